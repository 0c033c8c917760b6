"""Elements of SVG as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from detente.formatting import coordinate
from detente.render import theme

if TYPE_CHECKING:
    from collections.abc import Sequence


def element(tag: str, content: str = "", **attributes: Any) -> str:
    """
    One element; an underscore in a name is a hyphen, numbers are coordinates, None is left out.

    Examples
    --------
    >>> element("rect", x=1.0, stroke_width=2, rx=None)
    '<rect x="1" stroke-width="2"/>'
    """
    words = [
        f"{name.replace('_', '-')}={quoteattr(place(value) if isinstance(value, float) else str(value))}"
        for name, value in attributes.items()
        if value is not None
    ]
    head = " ".join([tag, *words])
    return f"<{head}>{content}</{tag}>" if content else f"<{head}/>"


def place(value: float) -> str:
    """A coordinate to a tenth of a pixel."""
    return coordinate(round(value, 1) + 0.0)


def moved(content: str, x: float, y: float) -> str:
    """A group at a place."""
    return element("g", content, transform=f"translate({place(x)},{place(y)})") if content else ""


def text(
    lines: str | Sequence[str],
    x: float,
    y: float,
    *,
    size: float = 12.0,
    fill: str = theme.INK,
    anchor: str | None = None,
    step: float = 0.0,
    **more: Any,
) -> str:
    """Words at a baseline, several lines one below the other."""
    given = [lines] if isinstance(lines, str) else lines
    style = {
        "font_family": theme.FONT,
        "font_size": f"{coordinate(size)}px",
        "fill": fill,
        "text_anchor": anchor,
    }
    return "".join(
        element("text", escape(line), x=float(x), y=y + k * (step or size + 2), **style, **more)
        for k, line in enumerate(given)
    )
