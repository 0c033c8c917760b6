"""
Charts as SVG, from the words of Vega-Lite that this package uses.

A chart is data: rows, marks, channels, scales. It is drawn here without another library, a browser or script; a notebook
takes the same as Vega-Lite. Only pictures of pixels and of print (PNG, PDF) need the extra [png].
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.errors import InputError
from detente.render.drawing.svg.elements import element
from detente.render.drawing.svg.plot import draw_chart

if TYPE_CHECKING:
    from collections.abc import Mapping


def converter() -> Any:
    """Give the library that turns SVG into PNG and PDF; refuses where the extra is missing."""
    try:
        import vl_convert  # noqa: PLC0415  (an extra, and 80 MB)
    except ImportError:
        raise InputError(
            "a picture cannot be written as PNG or PDF",
            where="charts",
            found="vl-convert-python is not installed",
            allowed="the extra [png], or .svg and .csv",
            repair='pip install "detente[png]"',
        ) from None
    return vl_convert


def draw_spec(spec: Mapping[str, Any]) -> str:
    """Draw Vega-Lite. Gives an ``<svg>`` element."""
    chart = draw_chart(spec)
    return element(
        "svg",
        chart.body,
        width=float(chart.width),
        height=float(chart.height),
        xmlns="http://www.w3.org/2000/svg",
        **{"xmlns:xlink": "http://www.w3.org/1999/xlink"},
    )
