"""The world map: areas by change of real income, on a scale centred on zero."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd

from detente.manifest import DATA, read_text
from detente.policy.documents.run import RunDocument
from detente.render import theme

if TYPE_CHECKING:
    from collections.abc import Mapping

ANTARCTICA = "010"
BORDERS_NOTE = "Borders are those of the shapes used and imply no view."


# Name under which the shapes enter a specification: validated as text, they would take ten seconds.
SHAPES = "world"


@cache
def world_shapes() -> dict[str, Any]:
    """
    Read the outlines of the world at 1:50 million (Natural Earth, public domain, by way of world-atlas, ISC).

    Gives topoJSON with the object ``countries``.
    """
    text = read_text(DATA / "maps" / "countries-50m.json")
    shapes: dict[str, Any] = json.loads(text)
    return shapes


def _numeric(code: str) -> str | None:
    """ISO 3166 numeric code of an alpha-3 code."""
    import pycountry  # noqa: PLC0415  (loads its tables: only when a map is drawn)

    found = pycountry.countries.get(alpha_3=code)
    return str(found.numeric) if found else None


def world_map(document: RunDocument | Mapping[str, Any], scenario: str, *, width: int = 720) -> Any:
    """Draw the change of real income of every economy in one scenario."""
    economies = RunDocument.read(document).result.converged[scenario].economies
    frame = pd.DataFrame(
        [
            {"id": _numeric(code), "code": code, "value": item.real_income_pct}
            for code, item in economies.items()
            if _numeric(code)
        ]
    )
    most = float(frame["value"].abs().quantile(0.97)) or 1.0
    scale = alt.Scale(domain=[-most, 0, most], range=_three(), clamp=True)
    colour = alt.Color(
        "value:Q", scale=scale, title="real income, % of baseline", legend=alt.Legend(format="+.2f")
    )
    outlines = alt.NamedData(SHAPES, format=alt.TopoDataFormat(type="topojson", feature="countries"))
    world = (
        alt.Chart(outlines)
        .transform_filter(f"datum.id !== '{ANTARCTICA}'")
        .transform_lookup(lookup="id", from_=alt.LookupData(frame, "id", ["value"]))
    )
    unknown = world.transform_filter("!isValid(datum.value)").mark_geoshape(
        fill=theme.NO_DATA, stroke=theme.RULE, strokeWidth=0.4
    )
    areas = (
        world.transform_filter("isValid(datum.value)")
        .mark_geoshape(stroke="white", strokeWidth=0.3)
        .encode(color=colour)
    )
    at = theme.marks()["dots"]
    points = frame[frame["code"].isin(at)].assign(
        lon=lambda t: [at[c][0] for c in t["code"]], lat=lambda t: [at[c][1] for c in t["code"]]
    )
    dots = (
        alt.Chart(points)
        .mark_circle(size=38, stroke=theme.MUTED, strokeWidth=0.5, opacity=1)
        .encode(longitude="lon:Q", latitude="lat:Q", color=colour)
    )
    return (
        alt.layer(unknown, areas, dots)
        .project("equalEarth")
        .properties(width=width, height=int(width * 0.47))
    )


def map_spec(document: RunDocument | Mapping[str, Any], scenario: str) -> dict[str, Any]:
    """The map as Vega-Lite, its shapes among its data sets."""
    spec: dict[str, Any] = world_map(document, scenario).to_dict()
    return {**spec, "datasets": {**spec.get("datasets", {}), SHAPES: world_shapes()}}


def _three() -> list[str]:
    """Ends and middle of the diverging scale."""
    return [theme.DIVERGING[0], theme.DIVERGING[3], theme.DIVERGING[6]]
