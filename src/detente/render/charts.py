"""Charts of a run, as Vega-Lite: the same specification goes to SVG, PNG and the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd

from detente.geography.economies import is_group, name
from detente.io.documents import as_json
from detente.policy.documents.run import Range, RunDocument
from detente.render import theme
from detente.render.tables import worth

if TYPE_CHECKING:
    from collections.abc import Mapping

# Bars and dots are drawn at this width in pixels; the page scales them.
WIDTH = 640


def tariffs_chart(document: RunDocument | Mapping[str, Any]) -> Any:
    """Draw the average tariff each side charges the other, scenario by scenario."""
    rows = [
        {
            "scenario": item.label,
            "of": f"{name(pair.split('<-')[0])} on {name(pair.split('<-')[1])}",
            "rate": item.tariffs[pair],
            "importer": pair.split("<-")[0],
        }
        for item in RunDocument.read(document).result.converged.values()
        for pair in item.pairs
    ]
    frame = pd.DataFrame(rows)
    order = list(dict.fromkeys(frame["scenario"]))
    labels = list(dict.fromkeys(frame["of"]))
    importers = [frame.loc[frame["of"] == label, "importer"].iloc[0] for label in labels]
    colour = alt.Color(
        "of:N", title=None, scale=alt.Scale(domain=labels, range=theme.side_colours(importers))
    )
    y = alt.Y("scenario:N", sort=order, title=None, axis=alt.Axis(labelLimit=260))
    base = alt.Chart(frame)
    span = base.mark_rule(color=theme.RULE, strokeWidth=3).encode(
        y=y,
        x=alt.X("min(rate):Q", title="average tariff on goods", axis=alt.Axis(format=".0%")),
        x2="max(rate):Q",
    )
    dots = base.mark_point(size=130, filled=True, opacity=1).encode(
        y=y, x="rate:Q", color=colour, shape=alt.Shape("of:N", title=None, scale=alt.Scale(domain=labels))
    )
    frame["high"] = frame["rate"] == frame.groupby("scenario")["rate"].transform("max")
    words = [
        base.transform_filter(f"datum.high === {high}")
        .mark_text(dx=9 if high == "true" else -9, align="left" if high == "true" else "right", fontSize=11)
        .encode(y=y, x="rate:Q", text=alt.Text("rate:Q", format=".1%"), color=colour)
        for high in ("true", "false")
    ]
    return alt.layer(span, dots, *words).properties(width=WIDTH, height=alt.Step(40))


def income_chart(document: RunDocument | Mapping[str, Any], scenarios: list[str]) -> Any:
    """
    Draw real income of the featured economies, one panel per scenario.

    Gives bars in percent of baseline real income, with the band of the estimated flows where there is one.
    """
    result = RunDocument.read(document).result
    rows = []
    for key in scenarios:
        item, band = result.converged[key], result.ranges.get(key, {})
        for label in band or (*item.groups, *item.economies):
            value = item.both[label].real_income_pct
            ends = band.get(label, Range(low=value, high=value))
            rows.append({"scenario": item.label, "economy": _label(label), "value": value, **as_json(ends)})
    frame = pd.DataFrame(rows)
    order = list(dict.fromkeys(frame["economy"]))
    y = alt.Y("economy:N", sort=order, title=None)
    base = alt.Chart(frame)
    colour = alt.condition("datum.value < 0", alt.value(theme.DIVERGING[1]), alt.value(theme.DIVERGING[5]))
    bars = base.mark_bar(height=12).encode(
        y=y, x=alt.X("value:Q", title="real income, % of baseline"), color=colour
    )
    whiskers = base.mark_rule(color=theme.INK).encode(y=y, x="low:Q", x2="high:Q")
    return (
        (bars + whiskers)
        .properties(width=WIDTH // max(1, len(scenarios)), height=alt.Step(19))
        .facet(column=alt.Column("scenario:N", title=None, sort=list(dict.fromkeys(frame["scenario"]))))
        .resolve_scale(x="shared")
    )


def worth_chart(document: RunDocument | Mapping[str, Any], contrast: str) -> Any:
    """
    Draw what one scenario is worth against another, instrument by instrument, for each side.

    Gives bars of the mean of the two orders, with a whisker from one order to the other.
    """
    run = RunDocument.read(document)
    frame = pd.DataFrame(worth(run))
    sides = [*run.result.worth[contrast].between, "WORLD"]
    frame = frame[(frame["contrast"] == contrast) & frame["of"].isin(sides)].copy()
    frame["value"] = frame[["in_order", "in_reverse"]].mean(axis=1)
    frame["side"] = [_label(of) for of in frame["of"]]
    order = list(dict.fromkeys(frame["instrument"]))
    y = alt.Y("instrument:N", sort=order, title=None, axis=alt.Axis(labelLimit=330))
    colour = alt.condition("datum.value < 0", alt.value(theme.DIVERGING[1]), alt.value(theme.DIVERGING[5]))
    base = alt.Chart(frame)
    bars = base.mark_bar(height=13).encode(
        y=y,
        x=alt.X("value:Q", title="real income, %", axis=alt.Axis(format="+.2f", tickCount=4)),
        color=colour,
    )
    whiskers = base.mark_rule(color=theme.INK).encode(y=y, x="in_order:Q", x2="in_reverse:Q")
    return (
        (bars + whiskers)
        .properties(width=170, height=alt.Step(26))
        .facet(column=alt.Column("side:N", title=None, sort=[_label(side) for side in sides]))
    )


def timeline_chart(document: RunDocument | Mapping[str, Any]) -> Any:
    """Draw the average additional duty each side has charged the other, day by day."""
    frame = pd.DataFrame(RunDocument.read(document).result.timeline or ())
    pairs = [column for column in frame.columns if "<-" in column]
    tidy = frame.melt("date", pairs, "pair", "rate")
    tidy["date"] = pd.to_datetime(tidy["date"])
    tidy["of"] = [f"{name(p.split('<-')[0])} on {name(p.split('<-')[1])}" for p in tidy["pair"]]
    labels = list(dict.fromkeys(tidy["of"]))
    importers = [pair.split("<-")[0] for pair in pairs]
    colour = alt.Color(
        "of:N", title=None, scale=alt.Scale(domain=labels, range=theme.side_colours(importers))
    )
    return (
        alt.Chart(tidy)
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(
            x=alt.X("date:T", title=None, axis=alt.Axis(format="%Y", tickCount="year")),
            y=alt.Y("rate:Q", title="average additional duty", axis=alt.Axis(format=".0%")),
            color=colour,
            strokeDash=alt.StrokeDash("of:N", title=None, scale=alt.Scale(domain=labels)),
        )
        .properties(width=WIDTH, height=260)
    )


def _label(code: str) -> str:
    """Name of an economy; groups keep theirs."""
    return {"WORLD": "World"}.get(code) or (code if is_group(code) else name(code))


def to_svg(chart: Any, datasets: dict[str, Any] | None = None) -> str:
    """Draw a chart as SVG, without a browser and without script. Gives an ``<svg>`` element."""
    from detente.errors import InputError  # noqa: PLC0415  (only needed here)

    try:
        import vl_convert  # noqa: PLC0415  (an extra)
    except ImportError:
        raise InputError(
            "charts cannot be drawn",
            where="--out",
            found="vl-convert-python is not installed",
            allowed="the extra [charts]",
            repair='pip install "detente[charts]"',
        ) from None
    spec = chart.configure(**theme.config()).to_dict()
    spec.setdefault("datasets", {}).update(datasets or {})
    return str(vl_convert.vegalite_to_svg(spec))
