"""A chart laid out: legends above or below, axes around, marks inside."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from detente.render.drawing.frame import text_width
from detente.render.drawing.svg.elements import moved, text
from detente.render.drawing.svg.guides import (
    SIZE,
    Guide,
    above,
    across,
    apart,
    below,
    beside,
    keys_of,
    legend,
)
from detente.render.drawing.svg.marks import Layer, Plane, drawn, holds
from detente.render.drawing.svg.scales import scale_of, tick_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from detente.render.drawing.svg.scales import Scale

Row = dict[str, Any]
# Pixels around a chart, between charts and between a legend and its chart; the title of one among several.
EDGE, BETWEEN, UNDER = 5.0, 20.0, 8.0
HEAD, HEAD_ROW = 14.0, 24.0
_ENDS: Final = {"min": min, "max": max}


@dataclass(frozen=True)
class Chart:
    """A chart as SVG from its upper left corner, with the pixels that it takes."""

    body: str
    width: float
    height: float


def draw_chart(spec: Mapping[str, Any]) -> Chart:
    """Draw one chart, or several one below the other."""
    if "vconcat" not in spec:
        return _single(spec)
    parts, y, wide = [], 0.0, 0.0
    for item in spec["vconcat"]:
        chart = _single(item)
        parts.append(moved(chart.body, 0.0, y))
        y, wide = y + chart.height + BETWEEN, max(wide, chart.width)
    return Chart("".join(parts), wide, y - BETWEEN)


def _single(spec: Mapping[str, Any]) -> Chart:
    """One chart with everything around it."""
    layers = layers_of(spec)
    shown = [(layer.rows, layer.encoding) for layer in layers if layer.rows]
    x, y = (next(own[channel] for _, own in shown) for channel in ("x", "y"))
    upward = y["type"] != "nominal"
    high = scale_of(shown, "y", _pixels(spec["height"], shown, "y"), upward=upward)
    side = beside(high, y)
    wide = scale_of(shown, "x", _across(spec, shown, side), upward=False)
    over = above(wide, x) if wide.kind == "nominal" else Guide("", "", 0.0)
    under = below(wide, x, high.length) if wide.kind != "nominal" else Guide("", "", 0.0)
    plane = Plane(wide, high)
    body = under.under + across(high, y, wide.length)
    body += "".join(drawn(layer, plane) for layer in layers if layer.rows)
    keys = keys_of(layers)
    total = EDGE + side.size + wide.length + _overhang(wide, x) + EDGE
    told, tall = legend(keys, total - 2 * EDGE) if keys else ("", 0.0)
    first = not any(key.plan.get("orient") == "bottom" for key in keys)
    top = EDGE + over.size + (tall + UNDER if tall and first else 0.0)
    title = text(spec["title"], EDGE, EDGE + HEAD, size=HEAD, font_weight="bold") if "title" in spec else ""
    top += HEAD_ROW if title else 0.0
    bottom = top + high.length + under.size + EDGE
    parts = [title, moved(body + under.over + over.over + side.over, EDGE + side.size, top)]
    if tall:
        parts.append(moved(told, EDGE, EDGE if first else bottom + UNDER))
    return Chart("".join(parts), total, bottom + (0.0 if first or not tall else tall + UNDER))


def layers_of(spec: Mapping[str, Any]) -> list[Layer]:
    """Layers with their rows: filtered, and the least or most of those at one place."""
    found = []
    for item in spec.get("layer", [spec]):
        rows = [dict(row) for row in item.get("data", spec.get("data", {})).get("values", ())]
        for step in item.get("transform", ()):
            rows = [row for row in rows if _kept(step["filter"], row)]
        mark = item["mark"] if isinstance(item["mark"], dict) else {"type": item["mark"]}
        found.append(_summed(Layer(rows, mark, item["encoding"])))
    return found


def _kept(test: str | Mapping[str, Any], row: Row) -> bool:
    """Whether a row stays."""
    return holds(test, row) if isinstance(test, str) else bool(row[test["field"]] == test["equal"])


def _summed(layer: Layer) -> Layer:
    """A layer whose channels across ask for the least and the most of each name: one row a name."""
    ends = {name: own for name, own in layer.encoding.items() if own.get("aggregate")}
    if not ends:
        return layer
    name = layer.field_of("y")
    by: dict[Any, list[Row]] = {}
    for row in layer.rows:
        by.setdefault(row[name], []).append(row)
    rows = [
        {name: key}
        | {
            channel: _ENDS[own["aggregate"]](row[own["field"]] for row in rows)
            for channel, own in ends.items()
        }
        for key, rows in by.items()
    ]
    encoding = {**layer.encoding, **{channel: {**own, "field": channel} for channel, own in ends.items()}}
    return Layer(rows, layer.mark, encoding)


def _pixels(asked: Any, shown: Sequence[tuple[Sequence[Row], Mapping[str, Any]]], channel: str) -> float:
    """Pixels of an axis: as many as asked, or a step a name."""
    if not isinstance(asked, dict):
        return float(asked)
    return float(asked["step"]) * len(scale_of(shown, channel, 1.0).labels)


def _across(
    spec: Mapping[str, Any], shown: Sequence[tuple[Sequence[Row], Mapping[str, Any]]], side: Guide
) -> float:
    """Pixels of a plot from left to right: what is left of its room where it has to fit in."""
    wide = _pixels(spec["width"], shown, "x")
    if "autosize" not in spec:
        return wide
    room = wide - 2 * EDGE - side.size
    x = next(own["x"] for _, own in shown)
    return room - _overhang(scale_of(shown, "x", room), x)


def _overhang(scale: Scale, definition: Mapping[str, Any]) -> float:
    """Pixels that the last label of the axis below stands over the end of a plot."""
    if scale.kind == "nominal":
        return 0.0
    shown = apart(tick_values(scale, definition.get("axis", {})))
    ends = chain([scale.length], (x + text_width(words, SIZE) / 2 for x, words in shown))
    return max(0.0, max(ends) - scale.length - EDGE)
