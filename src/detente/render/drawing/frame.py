"""The frame of a picture: a finding above, its unit below that, the source underneath, and a dark scheme."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from detente.formatting import coordinate
from detente.render import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

MARGIN: Final = 14
# Size of the words and their line height, by role: title on wide pictures, title on narrow ones, and the rest.
TITLE, TITLE_NARROW, SUBTITLE, NOTE = (19.0, 24.0), (16.0, 20.0), (13.0, 18.0), (11.0, 15.0)
NARROW: Final = 560
# Widths of characters of the sans-serif of charts, thousandths of the size (Helvetica, and what is metric-equal to it).
WIDTHS: Final = {
    191: "'", 222: "ijl", 260: "|", 278: " !,./:;[\\]ftI", 333: "()-r`", 334: "{}", 355: '"', 389: "*", 469: "^",
    500: "cksvxyzJ", 584: "+<=>~\N{MINUS SIGN}", 611: "FTZ", 667: "&ABEKPSVXY", 722: "CDHNRUw", 778: "GOQ", 833: "mM",
    889: "%", 944: "W", 1015: "@",
}  # fmt: skip
OTHERS: Final = 556
BOLD: Final = 1.07
_WIDTH = {letter: width for width, letters in WIDTHS.items() for letter in letters}
HEAD = re.compile(r"<svg[^>]*>")
SIZE = re.compile(r'\b(width|height)="([\d.]+)"')


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """
    Width of a line of text in pixels.

    Examples
    --------
    >>> round(text_width("Truce", 10.0), 1), round(text_width("", 10.0), 1)
    (25.6, 0.0)
    """
    units = sum(_WIDTH.get(letter, OTHERS) for letter in text)
    return units / 1000 * size * (BOLD if bold else 1.0)


def wrap(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """
    Break a text into lines of a width; a number stays with the word before a unit.

    Examples
    --------
    >>> wrap("a bc def", 30.0, 10.0)
    ['a bc', 'def']
    """
    lines: list[str] = []
    # A percent sign does not begin a line.
    for word in text.replace(" %", "\N{NO-BREAK SPACE}%").split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines if line]


def _lines(texts: Sequence[str], top: float, role: tuple[float, float], fill: str, weight: str = "") -> str:
    """Lines of text from a top down."""
    size, step = role
    style = f'font-family="{theme.FONT}" font-size="{coordinate(size)}" fill="{fill}"{weight}'
    return "".join(
        f'<text x="{MARGIN}" y="{coordinate(top + size * 0.95 + k * step)}" {style}>{escape(line)}</text>'
        for k, line in enumerate(texts)
    )


def framed(
    inner: str,
    *,
    title: str,
    subtitle: str,
    notes: Sequence[str] = (),
    source: str,
    alt: str,
    width: int,
    dark: bool = True,
) -> str:
    """
    Put words around a drawing: title and subtitle above, notes and the source below.

    Parameters
    ----------
    inner
        An ``<svg>`` element with its width and height; made smaller where it is wider than the frame.
    title, subtitle
        The finding, a sentence; what is drawn, its unit and its day.
    notes
        Lines under the drawing, such as the list of what numbers on it stand for.
    source, alt
        What it rests on, with the version; what it shows, for those who cannot see it.
    width
        Of the picture in pixels.
    dark
        Whether it brings its own rules for dark screens; a page that it stands in has them itself.

    Returns
    -------
    svg
        An ``<svg>`` element without script, request or style that a reader's page could undo.
    """
    room = width - 2 * MARGIN
    head = TITLE if width > NARROW else TITLE_NARROW
    above = wrap(title, room, head[0], bold=True)
    under = wrap(subtitle, room, SUBTITLE[0])
    below = [line for note in notes for line in wrap(note, room, NOTE[0] + 0.5)]
    sources = wrap(source, room, NOTE[0])
    tag = HEAD.search(inner)
    if tag is None:
        raise ValueError("a drawing is an <svg> element")
    size = {key: float(value) for key, value in SIZE.findall(tag[0])}
    scale = min(1.0, room / size["width"])
    wide, high = size["width"] * scale, size["height"] * scale
    y = MARGIN
    parts = [_lines(above, y, head, theme.INK, ' font-weight="bold"')]
    y += int(len(above) * head[1]) + 3
    parts.append(_lines(under, y, SUBTITLE, theme.MUTED))
    y += int(len(under) * SUBTITLE[1]) + 8
    box = " ".join(coordinate(size[side]) for side in ("width", "height"))
    place = f'x="{MARGIN}" y="{y}" width="{coordinate(wide)}" height="{coordinate(high)}" viewBox="0 0 {box}"'
    body = inner[tag.end() :]
    parts.append(f"<svg {place}>{body}")
    y += int(high) + 6
    if below:
        parts.append(_lines(below, y, (NOTE[0] + 0.5, NOTE[1]), theme.INK))
        y += int(len(below) * NOTE[1]) + 5
    parts.append(f'<path d="M{MARGIN},{y}h{room}" stroke="{theme.RULE}" fill="none"/>')
    parts.append(_lines(sources, y + 5, NOTE, theme.MUTED))
    y += 5 + int(len(sources) * NOTE[1]) + 8
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 {width} {y}" '
        f'width="{width}" height="{y}" role="img"><title>{escape(title)}</title><desc>{escape(alt)}</desc>'
        f"{f'<style>{theme.dark_rules()}</style>' if dark else ''}"
        f'<rect width="{width}" height="{y}" fill="{theme.PAPER}"/>{"".join(parts)}</svg>'
    )
