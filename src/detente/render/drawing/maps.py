"""The world map: shapes projected once, coloured by classes centred on zero."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from detente.formatting import change, typographic
from detente.geography.economies import name as place_name
from detente.render import theme

if TYPE_CHECKING:
    from collections.abc import Mapping

# Changes below this are none. Steps of a scale of classes: 1, 2 or 5 times a power of ten.
SMALLEST = 1e-6
NICE = (1.0, 2.0, 5.0, 10.0)
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
    Choose classes so that a twentieth of the economies, at most, falls outside the inner ones.

    Examples
    --------
    >>> scale_of({"A": -1.3}).edges
    (-1.0, -0.4, -0.04, 0.04, 0.4, 1.0)
    """
    sizes = sorted(abs(value) for value in values.values()) or [1.0]
    top = sizes[int(0.95 * (len(sizes) - 1))]
    top = top if top >= SMALLEST else 1.0
    power = 10.0 ** math.floor(math.log10(top))
    most = max((step * power for step in (*NICE, 0.5) if step * power <= top), default=power)
    first, second = round(most, 12), round(0.4 * most, 12)
    middle = round(0.04 * most, 12)
    return Scale((-first, -second, -middle, middle, second, first))


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


def _label(code: str, name: str, values: Mapping[str, float], unit: str) -> str:
    """Words shown over an area."""
    if code not in values:
        return f"{name}: no data"
    return f"{place_name(code)}: {change(values[code])} {unit}"
