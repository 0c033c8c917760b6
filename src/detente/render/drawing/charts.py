"""Charts as Vega-Lite, drawn on the server as SVG: wide, and narrow for small screens."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Any

from detente.errors import InputError
from detente.render import theme
from detente.render.drawing.text import economy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
WIDTHS = {"wide": 720, "half": 500, "narrow": 330}
# The drawing library puts this before links that have no host.
BASE = re.compile(r'(xlink:href=")https://vega\.github\.io/vega-datasets/+')
_DRAWING = threading.Lock()


def draw(spec: Mapping[str, Any]) -> str:
    """Draw a chart, without a browser and without script. Gives an ``<svg>`` element."""
    try:
        import vl_convert  # noqa: PLC0415  (an extra, and 80 MB)
    except ImportError:
        raise InputError(
            "charts cannot be drawn",
            where="charts",
            found="vl-convert-python is not installed",
            allowed="the extra [charts]",
            repair='pip install "detente[charts]"',
        ) from None
    with _DRAWING:
        svg = str(vl_convert.vegalite_to_svg({"$schema": SCHEMA, "config": theme.config(), **spec}))
    return BASE.sub(r"\1/", svg)


def pair_label(pair: str) -> str:
    """
    Name a pair of importer and exporter.

    Examples
    --------
    >>> pair_label("USA<-CHN")
    'United States on China'
    """
    importer, _, exporter = pair.partition("<-")
    return f"{economy(importer)} on {'all' if exporter == '*' else economy(exporter)}"


def side_scale(pairs: Sequence[str]) -> dict[str, Any]:
    """Give each pair the colour of its importer."""
    labels = [pair_label(pair) for pair in pairs]
    return {"domain": labels, "range": theme.side_colours([pair.partition("<-")[0] for pair in pairs])}


def panels(named: Mapping[str, Sequence[Mapping[str, Any]]], *, title: str, step: int = 19) -> dict[str, Any]:
    """Draw bars side by side on one scale, a panel a name; only the first names its rows."""
    every = [row for rows in named.values() for row in rows]
    width = max(110, (WIDTHS["wide"] - 160) // max(1, len(named)))
    drawn = [bars(rows, title=title, step=step, scale_of=every, width=width) for rows in named.values()]
    for spec, name in zip(drawn, named, strict=True):
        spec["title"] = name
    for spec in drawn[1:]:
        for layer in spec["layer"]:
            axis = layer["encoding"]["y"]
            layer["encoding"]["y"] = {**axis, "axis": {**axis["axis"], "labels": False}}
    return {"hconcat": drawn}


def bars(
    rows: Iterable[Mapping[str, Any]],
    *,
    title: str,
    size: str = "wide",
    step: int = 19,
    scale_of: Iterable[Mapping[str, Any]] | None = None,
    width: int | None = None,
) -> dict[str, Any]:
    """Draw signed values by name: losses brown, gains teal, whiskers where there is a band; scaled for more if given."""
    listed = _with_ends(rows)
    spanned = listed if scale_of is None else _with_ends(scale_of)
    ends = [row[key] for row in spanned for key in ("low", "high")] + [0.0]
    reach = max(ends) - min(ends) or 1.0
    room = (0.26 if size == "narrow" or width else 0.14) * reach
    domain = [min(ends) - room, max(ends) + room]
    y = {
        "field": "name",
        "type": "nominal",
        "title": None,
        "sort": None,
        "axis": {"labelLimit": 150 if size == "narrow" else 260, "domain": False, "ticks": False},
    }
    x = {
        "field": "value",
        "type": "quantitative",
        "title": title,
        "scale": {"domain": domain, "nice": False},
        "axis": {"tickCount": 5},
    }
    sign = "datum.value < 0"
    colour = {"condition": {"test": sign, "value": theme.DIVERGING[1]}, "value": theme.DIVERGING[5]}
    text = {"field": "value", "type": "quantitative", "format": "+.2f"}
    label_of = {"y": y, "text": text}
    return {
        "width": width or WIDTHS[size] - (110 if size == "narrow" else 120),
        "height": {"step": step},
        "data": {"values": listed},
        "layer": [
            {"mark": {"type": "bar", "height": 12}, "encoding": {"y": y, "x": x, "color": colour}},
            {
                "mark": {"type": "rule", "color": theme.INK},
                "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}},
            },
            {
                "transform": [{"filter": "datum.value >= 0"}],
                "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 11, "color": theme.INK},
                "encoding": {**label_of, "x": {**x, "field": "high"}},
            },
            {
                "transform": [{"filter": "datum.value < 0"}],
                "mark": {"type": "text", "align": "right", "dx": -5, "fontSize": 11, "color": theme.INK},
                "encoding": {**label_of, "x": {**x, "field": "low"}},
            },
        ],
    }


def _with_ends(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows with the ends of their whiskers; those of a row without a band are its value."""
    return [{"low": row["value"], "high": row["value"], **row} for row in rows]


def tariff_dots(rows: Sequence[Mapping[str, Any]], *, size: str = "wide") -> dict[str, Any]:
    """Draw the average tariff each side charges the other, scenario by scenario."""
    pairs = list(dict.fromkeys(row["pair"] for row in rows))
    values = [{**row, "of": pair_label(row["pair"])} for row in rows]
    y = {
        "field": "scenario",
        "type": "nominal",
        "title": None,
        "sort": None,
        "axis": {"labelLimit": 130 if size == "narrow" else 240, "domain": False, "ticks": False},
    }
    x = {
        "field": "rate",
        "type": "quantitative",
        "title": "average tariff on goods",
        "axis": {"format": ".0%", "tickCount": 6},
    }
    labels = [pair_label(pair) for pair in pairs]
    colour = {"field": "of", "type": "nominal", "title": None, "scale": side_scale(pairs)}
    shape = {"field": "of", "type": "nominal", "title": None, "scale": {"domain": labels}}
    written = [
        {
            "transform": [{"filter": {"field": "of", "equal": name}}],
            "mark": {"type": "text", "dy": dy, "fontSize": 11},
            "encoding": {
                "y": y,
                "x": x,
                "color": colour,
                "text": {"field": "rate", "type": "quantitative", "format": ".1%"},
            },
        }
        for name, dy in zip(labels, (-12, 14, -12, 14), strict=False)
    ]
    return {
        "width": WIDTHS[size] - (110 if size == "narrow" else 160),
        "height": {"step": 44},
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "rule", "color": theme.RULE, "strokeWidth": 3},
                "encoding": {
                    "y": y,
                    "x": {**x, "aggregate": "min"},
                    "x2": {"field": "rate", "aggregate": "max"},
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 120, "opacity": 1},
                "encoding": {
                    "y": y,
                    "x": x,
                    "color": colour,
                    "shape": shape,
                },
            },
            *written,
        ],
    }
