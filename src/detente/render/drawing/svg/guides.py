"""What helps to read a chart: axes with their grid, and legends."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from detente.render import theme
from detente.render.drawing.frame import text_width, wrap
from detente.render.drawing.svg.elements import element, moved, place, text
from detente.render.drawing.svg.marks import dashed, symbol
from detente.render.drawing.svg.scales import tick_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from detente.render.drawing.svg.marks import Layer
    from detente.render.drawing.svg.scales import Scale

# What parts the lines of a name.
BREAK: Final = "|"
# Sizes in pixels: letters, how far below the middle of a line its letters stand, lines of a name, a tick and its gap.
SIZE: Final = 12.0
SINK: Final = 0.3
LINE: Final = 13.0
TICK, GAP = 5.0, 2.0
TITLE: Final = 17.0
# Of a legend: the height of a row, what parts sign and words, what parts entries, and the widths of signs.
ROW, BESIDE, APART = 19.0, 6.0, 18.0
SIGN, STROKE = 11.0, 24.0
CHANNELS: Final = ("color", "shape", "strokeDash")


@dataclass(frozen=True)
class Guide:
    """
    An axis drawn.

    under: Its grid, below the marks. over: its labels, ticks and title. size: Pixels it takes outside the plot.
    """

    under: str
    over: str
    size: float


def below(scale: Scale, definition: Mapping[str, Any], height: float) -> Guide:
    """The axis under a plot: numbers or years, and its title."""
    shown = apart(tick_values(scale, definition.get("axis", {})))
    grid = "".join(_line(x, 0.0, x, height) for x, _ in shown)
    over = _line(0.0, height, scale.length, height, theme.MUTED)
    over += "".join(_line(x, height, x, height + TICK) for x, _ in shown)
    baseline = height + TICK + GAP + 0.8 * SIZE
    over += "".join(text(words, x, baseline, anchor="middle") for x, words in shown)
    size = TICK + GAP + SIZE
    if title := definition.get("title"):
        over += text(title, scale.length / 2, baseline + TITLE, fill=theme.MUTED, anchor="middle")
        size += TITLE
    return Guide(grid, over, size)


def beside(scale: Scale, definition: Mapping[str, Any]) -> Guide:
    """The axis left of a plot: names without lines, or numbers with a grid, and its title."""
    shown = tick_values(scale, definition.get("axis", {}))
    if scale.kind == "nominal":
        over = "".join(_name(words.split(BREAK), y) for y, words in shown)
        return Guide("", over, max((name_width(words) for _, words in shown), default=0.0) + TICK + GAP)
    wide = max((text_width(words, SIZE) for _, words in shown), default=0.0)
    ticks = "".join(_line(-TICK, y, 0.0, y) for y, _ in shown)
    words = "".join(text(words, -TICK - GAP, y + SINK * SIZE, anchor="end") for y, words in shown)
    over, size = ticks + words, wide + TICK + GAP
    if title := definition.get("title"):
        turned = f"translate({place(-size - BESIDE)},{place(scale.length / 2)}) rotate(-90)"
        over += element("g", text(title, 0.0, 0.0, fill=theme.MUTED, anchor="middle"), transform=turned)
        size += TITLE
    return Guide("", over, size)


def across(scale: Scale, definition: Mapping[str, Any], width: float) -> str:
    """Lines across a plot where numbers stand beside it."""
    shown = tick_values(scale, definition.get("axis", {})) if scale.kind != "nominal" else []
    return "".join(_line(0.0, y, width, y) for y, _ in shown)


def above(scale: Scale, definition: Mapping[str, Any]) -> Guide:
    """Names over a plot, in several lines."""
    axis = definition["axis"]
    size, step = float(axis.get("labelFontSize", SIZE)), float(axis.get("labelLineHeight", LINE))
    shown = [(x, words.split(BREAK)) for x, words in tick_values(scale, axis)]
    most = max(len(lines) for _, lines in shown)
    over = "".join(
        text(lines, x, -TICK - GAP - step * (len(lines) - 1), size=size, anchor="middle", step=step)
        for x, lines in shown
    )
    return Guide("", over, TICK + GAP + step * most)


def name_width(name: str) -> float:
    """Pixels that the name of a row takes."""
    return max(text_width(line, SIZE) for line in name.split(BREAK))


def apart(shown: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """Every label, or every second, third ... one, so that none lies on the next."""
    for each in range(1, len(shown) + 1):
        kept = list(shown[::each])
        halves = [(x, text_width(words, SIZE) / 2) for x, words in kept]
        gaps = [b[0] - b[1] - a[0] - a[1] for a, b in pairwise(halves)]
        if min(gaps, default=GAP) >= GAP:
            return kept
    return list(shown[:1])


def _line(x: float, y: float, to_x: float, to_y: float, stroke: str = theme.RULE) -> str:
    """A thin line."""
    return element(
        "path", d=f"M{place(x)},{place(y)}L{place(to_x)},{place(to_y)}", stroke=stroke, fill="none"
    )


def _name(lines: Sequence[str], y: float) -> str:
    """A name of a row, right-aligned, its middle beside the row."""
    first = y + SINK * SIZE - LINE * (len(lines) - 1) / 2
    return text(lines, -TICK - GAP, first, anchor="end", step=LINE)


@dataclass(frozen=True)
class Key:
    """
    A legend: what a column tells apart.

    layers: Those that show it, by channel. plan: How it is laid out, as in Vega-Lite.
    """

    layers: Mapping[str, Layer]
    plan: Mapping[str, Any]

    @property
    def lined(self) -> bool:
        """Whether its signs are lines."""
        return "strokeDash" in self.layers or self.plan.get("symbolType") == "stroke"

    def names(self) -> list[Any]:
        """What is told apart, in order."""
        channel, layer = next(iter(self.layers.items()))
        return layer.domain(channel)

    def sign(self, name: Any) -> str:
        """The sign of a name, its middle at height 0."""
        given = {
            channel: layer.looked_up(channel, {layer.field_of(channel): name}, None)
            for channel, layer in self.layers.items()
        }
        colour = given.get("color", theme.INK)
        if self.lined:
            dash = dashed(given.get("strokeDash"))
            line = f"M0,0L{place(STROKE)},0"
            return element("path", d=line, stroke=colour, stroke_width=2, stroke_dasharray=dash, fill="none")
        shape = "square" if self.layers["color"].mark["type"] in {"rect", "bar"} else "circle"
        return symbol(given.get("shape", shape), SIGN / 2, 0.0, 100.0, fill=colour)


def keys_of(layers: Sequence[Layer]) -> list[Key]:
    """Legends of a chart: one for each column that channels tell apart by, unless it says none."""
    found: dict[str, dict[str, Layer]] = {}
    plans: dict[str, Mapping[str, Any]] = {}
    for layer in layers:
        for channel in CHANNELS:
            definition = layer.encoding.get(channel, {})
            if definition.get("type") == "nominal" and definition.get("legend") is not None:
                found.setdefault(definition["field"], {}).setdefault(channel, layer)
                plans.setdefault(definition["field"], definition["legend"])
    return [Key(own, plans[name]) for name, own in found.items()]


def legend(keys: Sequence[Key], width: float) -> tuple[str, float]:
    """Legends row by row, entries side by side as far as the width goes; with the height they take."""
    parts, y = [], 0.0
    for key in keys:
        sign, x, high = STROKE if key.lined else SIGN, 0.0, ROW
        for place_of, name in enumerate(key.names()):
            lines = wrap(str(name), width - sign - BESIDE, SIZE) or [""]
            wide = sign + BESIDE + max(text_width(line, SIZE) for line in lines)
            if place_of and (key.plan.get("columns") == 1 or x + wide > width):
                x, y, high = 0.0, y + high, ROW
            words = "".join(text(line, sign + BESIDE, SINK * SIZE + k * LINE) for k, line in enumerate(lines))
            parts.append(moved(key.sign(name) + words, x, y + ROW / 2))
            x, high = x + wide + APART, max(high, ROW + (len(lines) - 1) * LINE)
        y += high
    return "".join(parts), y
