"""The world map: shapes projected once, coloured by classes centred on zero."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from detente.formatting import change, coordinate, typographic
from detente.geography.economies import name as place_name
from detente.render import theme
from detente.render.drawing.picture import ROOM, Picture

if TYPE_CHECKING:
    from collections.abc import Mapping

# Changes below this are none. Steps of a scale of classes: 1, 2 or 5 times a power of ten.
SMALLEST = 1e-6
NICE = (1.0, 2.0, 5.0)
# Pixels of the far south that are left out.
SOUTH = 52
BORDERS = "Borders are those of the shapes used and imply no view."


@dataclass(frozen=True)
class Scale:
    """
    Classes of a diverging scale.

    edges: Ascending and symmetric about zero; one fewer than the colours.
    colours: From the lowest class to the highest.
    """

    edges: tuple[float, ...]
    colours: tuple[str, ...] = theme.DIVERGING

    def colour(self, value: float) -> str:
        """Give the colour of a value."""
        return self.colours[sum(value >= edge for edge in self.edges)]

    @property
    def labels(self) -> tuple[str, ...]:
        """Words for each class."""
        words = [typographic(change(edge, 6, least=0)) for edge in self.edges]
        inner = [f"{low} to {high}" for low, high in pairwise(words)]
        return (f"below {words[0]}", *inner, f"{words[-1]} or more")


def scale_of(values: Mapping[str, float]) -> Scale:
    """
    Choose rounded classes so that at most a twentieth of the economies falls outside the inner ones.

    Three steps from zero, each 1, 2 or 5 times a power of ten: a tenth of the largest, a half of it (or nearly), and it.

    Examples
    --------
    >>> scale_of({"A": -1.3}).edges
    (-1.0, -0.5, -0.1, 0.1, 0.5, 1.0)
    """
    sizes = sorted(abs(value) for value in values.values()) or [1.0]
    top = sizes[int(0.95 * (len(sizes) - 1))]
    top = top if top >= SMALLEST else 1.0
    power = math.floor(math.log10(top))
    steps = [round(step * 10.0**p, 12) for p in (power - 1, power) for step in NICE]
    most = max(k for k, step in enumerate(steps) if step <= top or k == 0)
    first, second, zero = steps[most], steps[most - 1], round(steps[most] / 10, 12)
    return Scale((-first, -second, -zero, zero, second, first))


@cache
def shapes() -> dict[str, Any]:
    """Load the projected shapes (Natural Earth, public domain, by way of world-atlas, ISC)."""
    text = (resources.files("detente.render") / "shapes.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def world_map(values: Mapping[str, float], *, unit: str, title: str, scale: Scale | None = None) -> str:
    """Colour the map."""
    scale = scale or scale_of(values)
    found = shapes()
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {found["width"]} {found["height"] - SOUTH}" role="img">'
            f"<title>{escape(title)}</title>"
            '<defs><pattern id="none" width="5" height="5" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate(45)"><rect width="5" height="5" fill="{theme.PAPER}"/>'
            f'<rect width="1.3" height="5" fill="{theme.RULE}"/></pattern></defs>'
            f'<g stroke="{theme.PAPER}" stroke-width="0.5" stroke-linejoin="round">'
        )
    ]
    for area in found["areas"]:
        if area["code"] == theme.marks()["empty"]:
            continue
        label = escape(_label(area["code"], area["name"], values, unit))
        fill = scale.colour(values[area["code"]]) if area["code"] in values else "url(#none)"
        parts.append(f'<path fill="{fill}" d="{area["path"]}"><title>{label}</title></path>')
    parts.append(f'</g><g stroke="{theme.MUTED}" stroke-width="0.8">')
    for dot in found["dots"]:
        if dot["code"] in values:
            label = escape(_label(dot["code"], dot["code"], values, unit))
            fill = scale.colour(values[dot["code"]])
            parts.append(
                f'<circle cx="{dot["x"]}" cy="{dot["y"]}" r="4" fill="{fill}"><title>{label}</title></circle>'
            )
    return "".join([*parts, "</g></svg>"])


def legend(scale: Scale, width: float, y: float) -> str:
    """The classes as one bar of colours with their edges written under it, and the sign for no data."""
    size, below = 11, width < ROOM["half"]
    step = min(78.0, (width - (0 if below else 90)) / len(scale.colours))
    words = f'font-family="{theme.FONT}" font-size="{size}" fill="{theme.MUTED}"'
    edge = f'height="11" stroke="{theme.RULE}" stroke-width="0.5"'
    parts = [
        f'<rect x="{coordinate(k * step)}" y="{coordinate(y)}" width="{coordinate(step)}" fill="{colour}" {edge}/>'
        for k, colour in enumerate(scale.colours)
    ]
    parts += [
        f'<text x="{coordinate(k * step)}" y="{coordinate(y + 24)}" text-anchor="middle" {words}>'
        f"{typographic(change(at, 6, least=0))}</text>"
        for k, at in enumerate(scale.edges, start=1)
    ]
    x, y = (0.0, y + 30) if below else (len(scale.colours) * step + 14, y)
    parts.append(
        f'<rect x="{coordinate(x)}" y="{coordinate(y)}" width="20" fill="url(#none)" {edge}/>'
        f'<text x="{coordinate(x + 25)}" y="{coordinate(y + 10)}" {words}>no data</text>'
    )
    return "".join(parts)


def map_picture(
    values: Mapping[str, float],
    *,
    title: str,
    subtitle: str,
    source: str,
    alt: str,
    size: str = "wide",
    worse: bool = False,
) -> Picture:
    """The map with its words and the bar of its classes; the colours change sides where more is worse."""
    found, scale, width = shapes(), scale_of(values), ROOM[size]
    scale = replace(scale, colours=scale.colours[::-1]) if worse else scale
    tall, high = found["height"] - SOUTH, width * (found["height"] - SOUTH) / found["width"]
    inner = world_map(values, unit="", title=title, scale=scale).split(">", 1)[1].removesuffix("</svg>")
    drawn = (
        f'<svg width="{width}" height="{round(high + (34 if width >= ROOM["half"] else 52))}">'
        f'<svg width="{width}" height="{coordinate(round(high, 1))}" viewBox="0 0 {found["width"]} {tall}">{inner}</svg>'
        f"{legend(scale, width, high + 6)}</svg>"
    )
    rows = [
        {"code": code, "economy": place_name(code), "value": value}
        for code, value in sorted(values.items(), key=lambda row: -row[1])
    ]
    return Picture(title, subtitle, f"{source}. {BORDERS}", rows, alt, size, drawn=drawn)


def _label(code: str, name: str, values: Mapping[str, float], unit: str) -> str:
    """Words shown over an area."""
    if code not in values:
        return f"{name}: no data"
    return f"{place_name(code)}: {change(values[code])} {unit}".strip()
