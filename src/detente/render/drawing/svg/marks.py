"""Marks of a layer as SVG: bars, rules, texts, points, lines and rectangles."""

from __future__ import annotations

import math
import operator
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from detente.render import theme
from detente.render.drawing.svg.elements import element, place, text
from detente.render.drawing.svg.scales import as_number, written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from detente.render.drawing.svg.scales import Scale

Row = dict[str, Any]
# What is drawn where a layer says no colour.
PLAIN: Final = theme.MUTED
# What tells names apart where a chart does not say.
_USUAL: Final[dict[str, Sequence[Any]]] = {
    "strokeDash": ([1, 0], [4, 2], [2, 1], [1, 1], [1, 2, 4, 2]),
    "shape": ("circle", "square", "diamond", "triangle-up"),
    "color": theme.OTHERS,
}
_TEST: Final = re.compile(r"datum\.(\w+) (<|>=) (-?[\d.]+)")
_HOLDS: Final[dict[str, Callable[[float, float], bool]]] = {"<": operator.lt, ">=": operator.ge}
_HALF_ROOT: Final = math.sqrt(3) / 2


@dataclass(frozen=True)
class Layer:
    """
    Marks of one kind.

    rows: What is drawn, one a mark (one a point of lines).
    mark, encoding: As in Vega-Lite.
    """

    rows: Sequence[Row] = field(repr=False)
    mark: Mapping[str, Any]
    encoding: Mapping[str, Any]

    def field_of(self, channel: str) -> str:
        """Name of the column that a channel shows; empty without one."""
        return str(self.encoding.get(channel, {}).get("field", ""))

    def looked_up(self, channel: str, row: Row, otherwise: Any) -> Any:
        """What a channel of names gives a row: its place in the domain counts."""
        definition = self.encoding.get(channel, {})
        if "field" not in definition:
            return otherwise
        domain, found = self.domain(channel), definition.get("scale", {}).get("range", _USUAL[channel])
        return found[domain.index(row[definition["field"]]) % len(found)]

    def domain(self, channel: str) -> list[Any]:
        """Names that a channel tells apart, in their order."""
        definition = self.encoding[channel]
        own = dict.fromkeys(row[definition["field"]] for row in self.rows)
        return list(definition.get("scale", {}).get("domain", own))

    def colour(self, row: Row) -> str | None:
        """Colour of a row's mark; None where it has no value to be coloured by."""
        definition = self.encoding.get("color", {})
        if "condition" in definition:
            condition = definition["condition"]
            return str(condition["value"] if holds(condition["test"], row) else definition["value"])
        if definition.get("type") == "quantitative":
            value = row[definition["field"]]
            return None if value is None else _between(definition["scale"], value)
        return str(self.looked_up("color", row, self.mark.get("fill") or self.mark.get("color") or PLAIN))


@dataclass(frozen=True)
class Plane:
    """Scales of both axes."""

    x: Scale
    y: Scale

    def spot(self, layer: Layer, row: Row) -> tuple[float, float]:
        """Where the mark of a row stands."""
        return self.x.at(row[layer.field_of("x")]), self.y.at(row[layer.field_of("y")])


def holds(test: str, row: Mapping[str, Any]) -> bool:
    """
    Whether a row passes a test of the form ``datum.value < 0``.

    Examples
    --------
    >>> holds("datum.value >= 0", {"value": -1.0})
    False
    """
    found = _TEST.fullmatch(test)
    if found is None:
        raise ValueError(f"a test that is not known: {test}")
    return _HOLDS[found[2]](row[found[1]], float(found[3]))


def drawn(layer: Layer, plane: Plane) -> str:
    """All marks of a layer."""
    return _DRAWERS[layer.mark["type"]](layer, plane)


def symbol(shape: str, x: float, y: float, size: float, **style: Any) -> str:
    """A sign of an area in square pixels."""
    r = math.sqrt(size) / 2
    if shape == "circle":
        return element("circle", cx=x, cy=y, r=r, **style)
    if shape == "square":
        return element("rect", x=x - r, y=y - r, width=2 * r, height=2 * r, **style)
    high = r * _HALF_ROOT
    corners = {
        "diamond": ((-r, 0.0), (0.0, -r), (r, 0.0), (0.0, r)),
        "triangle-up": ((0.0, -high), (r, high), (-r, high)),
    }[shape]
    return element("path", d=_path([(x + dx, y + dy) for dx, dy in corners]) + "Z", **style)


def _between(scale: Mapping[str, Any], value: float) -> str:
    """The colour between those at the ends of a part of a scale."""
    ends, colours = scale["domain"], scale["range"]
    at = 0 if value < ends[1] else 1
    share = (value - ends[at]) / ((ends[at + 1] - ends[at]) or 1.0)
    low, high = ([int(colour[k : k + 2], 16) for k in (1, 3, 5)] for colour in colours[at : at + 2])
    mixed = [round(a + min(1.0, max(0.0, share)) * (b - a)) for a, b in zip(low, high, strict=True)]
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _path(spots: Sequence[tuple[float, float]]) -> str:
    """A line through spots."""
    return "M" + "L".join(f"{place(x)},{place(y)}" for x, y in spots)


def _bars(layer: Layer, plane: Plane) -> str:
    """Bars from zero to the right or the left."""
    high, zero = float(layer.mark["height"]), plane.x.at(0.0)
    parts = []
    for row in layer.rows:
        x, y = plane.spot(layer, row)
        parts.append(
            element(
                "rect",
                x=min(x, zero),
                y=y - high / 2,
                width=abs(x - zero),
                height=high,
                fill=layer.colour(row),
            )
        )
    return "".join(parts)


def _rules(layer: Layer, plane: Plane) -> str:
    """Lines across, from one end to the other."""
    width = layer.mark.get("strokeWidth", 1)
    parts = []
    for row in layer.rows:
        x, y = plane.spot(layer, row)
        path = _path([(x, y), (plane.x.at(row[layer.field_of("x2")]), y)])
        parts.append(element("path", d=path, stroke=layer.colour(row), stroke_width=width, fill="none"))
    return "".join(parts)


def _texts(layer: Layer, plane: Plane) -> str:
    """Words at their places, moved as the mark says, their middle there."""
    mark, shown = layer.mark, layer.encoding["text"]
    size = float(mark.get("fontSize", 11))
    anchor = {"left": "start", "right": "end"}.get(mark.get("align", ""), "middle")
    parts = []
    for row in layer.rows:
        x, y = plane.spot(layer, row)
        parts.append(
            text(
                written(row[shown["field"]], shown.get("format", "")),
                x + mark.get("dx", 0),
                y + mark.get("dy", 0) + 0.3 * size,
                size=size,
                fill=layer.colour(row) or theme.INK,
                anchor=anchor,
                font_weight=mark.get("fontWeight"),
            )
        )
    return "".join(parts)


def _points(layer: Layer, plane: Plane) -> str:
    """Signs; a sign with an address is a link."""
    parts = []
    for row in layer.rows:
        shape = layer.looked_up("shape", row, "circle")
        x, y = plane.spot(layer, row)
        size, clear = layer.mark["size"], layer.mark.get("opacity")
        sign = symbol(shape, x, y, size, fill=layer.colour(row), fill_opacity=clear)
        if "href" in layer.encoding:
            words = element("title", row[layer.field_of("description")])
            sign = element("a", f"{words}{sign}", **{"xlink:href": row[layer.field_of("href")]})
        parts.append(sign)
    return "".join(parts)


def _lines(layer: Layer, plane: Plane) -> str:
    """Lines, one for each colour and dash."""
    told, by = [layer.field_of(channel) for channel in ("color", "strokeDash")], layer.field_of("order")
    by = by or layer.field_of("x")
    parted: dict[tuple[Any, ...], list[Row]] = {}
    for row in layer.rows:
        parted.setdefault(tuple(row[name] for name in told if name), []).append(row)
    parts = []
    for rows in parted.values():
        spots = [plane.spot(layer, row) for row in sorted(rows, key=lambda row: as_number(row[by]))]
        path = _path(_stepped(spots) if layer.mark.get("interpolate") == "step-after" else spots)
        style = {
            "stroke": layer.colour(rows[0]),
            "stroke_width": layer.mark.get("strokeWidth", 2),
            "stroke_dasharray": dashed(layer.looked_up("strokeDash", rows[0], None)),
        }
        parts.append(element("path", d=path, fill="none", **style))
        if dot := layer.mark.get("point"):
            parts += [symbol("circle", x, y, dot["size"], fill=dot["color"]) for x, y in spots]
    return "".join(parts)


def dashed(dash: Sequence[int] | None) -> str | None:
    """A dash as SVG says it; None for a whole line."""
    return None if dash is None or list(dash) == [1, 0] else ",".join(map(str, dash))


def _stepped(spots: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Spots of a line that keeps its height until the next."""
    found = list(spots[:1])
    for x, y in spots[1:]:
        found += [(x, found[-1][1]), (x, y)]
    return found


def _rects(layer: Layer, plane: Plane) -> str:
    """Rectangles between two ends of both axes, or whole cells of names."""
    parts = []
    for row in layer.rows:
        fill = layer.colour(row)
        if fill is not None:
            (left, right), (top, bottom) = (
                _span(scale, row, layer.field_of(name), layer.field_of(f"{name}2"))
                for name, scale in (("x", plane.x), ("y", plane.y))
            )
            parts.append(element("rect", x=left, y=top, width=right - left, height=bottom - top, fill=fill))
    return "".join(parts)


def _span(scale: Scale, row: Row, first: str, second: str) -> tuple[float, float]:
    """Both ends of a rectangle on an axis, the smaller first."""
    if not second:
        middle = scale.at(row[first])
        return middle - scale.step / 2, middle + scale.step / 2
    a, b = scale.at(row[first]), scale.at(row[second])
    return min(a, b), max(a, b)


_DRAWERS: Final[dict[str, Callable[[Layer, Plane], str]]] = {
    "bar": _bars,
    "rule": _rules,
    "text": _texts,
    "point": _points,
    "line": _lines,
    "rect": _rects,
}
