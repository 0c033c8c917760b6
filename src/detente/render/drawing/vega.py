"""Vega-Lite drawn on the server as SVG, without a browser and without script."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Any

from detente.errors import InputError
from detente.formatting import coordinate
from detente.render import theme

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
# The drawing library puts this before links that have no host.
BASE = re.compile(r'(xlink:href=")https://vega\.github\.io/vega-datasets/+')
# Coordinates beyond a tenth of a pixel only make a picture heavy.
OUTLINE = re.compile(r' d="[^"]*"')
LONG_NUMBER = re.compile(r"(\d+\.\d)\d+")
# A name of a row in several lines: right-aligned, its lines one below the other.
NAMED = re.compile(
    r'(<text text-anchor="end" transform="translate\([-\d.]+,)([-\d.]+)(\)"[^>]*>)((?:<tspan[^>]*>[^<]*</tspan>){2,})'
)
LINE = re.compile(r'dy="([\d.]+)"')
_DRAWING = threading.Lock()


def converter() -> Any:
    """Give the library that draws; refuses where the extra is missing."""
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
    return vl_convert


def draw_spec(spec: Mapping[str, Any]) -> str:
    """Draw Vega-Lite. Gives an ``<svg>`` element."""
    library = converter()
    with _DRAWING:
        svg = str(library.vegalite_to_svg({"$schema": SCHEMA, "config": theme.config(), **spec}))
    svg = NAMED.sub(_centred, BASE.sub(r"\1/", svg))
    return OUTLINE.sub(lambda path: LONG_NUMBER.sub(r"\1", path[0]), svg)


def _centred(found: re.Match[str]) -> str:
    """A name in several lines, moved up so that its middle stands beside its row."""
    head, y, rest, lines = found.groups()
    down = sum(float(step) for step in LINE.findall(lines)) / 2
    return f"{head}{coordinate(float(y) - down)}{rest}{lines}"
