"""The brief as PDF: two A4 pages, letters and lines, fonts inside, the same bytes every time."""

from __future__ import annotations

from functools import cache, partial
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.sax.saxutils import escape

from detente.errors import InputError
from detente.render import theme
from detente.render.brief.blocks import Heading, Table, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from detente.render.brief.blocks import Block, Brief
    from detente.render.drawing.picture import Picture

# Millimetres of an A4 page and its margins; points of text.
PAGE, MARGIN, FOOT = (210.0, 297.0), 14.0, 9.0
MM = 72 / 25.4
TEXT, LEADING, SMALL, CELL = 9.3, 12.2, 7.4, 8.0
FACES = {
    "Franklin": "libre-franklin-regular",
    "Franklin-Bold": "libre-franklin-bold",
    "Serif-Bold": "source-serif-4-bold",
}
# The first column of a table by its share of the width.
FIRST = 0.28


class _Laid(NamedTuple):
    """A picture and where it stands: page, left and lower edge, width in points."""

    picture: Picture
    page: int
    x: float
    y: float
    width: float


def has_pdf() -> bool:
    """Whether the libraries that write PDF are installed."""
    try:
        import pypdf  # noqa: F401, PLC0415  (an extra)
        import reportlab  # noqa: F401, PLC0415  (an extra)
        import vl_convert  # noqa: F401, PLC0415  (an extra)
    except ImportError:
        return False
    return True


def brief_pdf(brief: Brief) -> bytes:
    """
    Write the brief as PDF.

    Raises
    ------
    InputError
        The extra [report] is missing.
    """
    if not has_pdf():
        raise InputError(
            "the brief cannot be written as PDF",
            where="brief.pdf",
            found="reportlab, pypdf or vl-convert-python is not installed",
            allowed="the extra [report]",
            repair='pip install "detente[report]", or print brief.html',
        )
    _fonts()
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415  (an extra)

    whole, room = BytesIO(), (PAGE[0] - 2 * MARGIN) * MM
    canvas = Canvas(whole, pagesize=(PAGE[0] * MM, PAGE[1] * MM), invariant=1, pageCompression=1)
    canvas.setTitle(brief.title)
    canvas.setAuthor("Détente")
    canvas.setCreator("Détente")
    laid: list[_Laid] = []
    for number, page in enumerate(brief.pages):
        top = (
            [(_words(escape(brief.kicker), "note")), _words(escape(brief.title), "title")]
            if number == 0
            else []
        )
        space = partial(_space, room=room, page=number, laid=laid)
        flow = [*top, *(item for block in page for item in _flowables(block, room, space))]
        _fill(canvas, flow, room)
        canvas.setFont("Franklin", SMALL)
        canvas.setFillColor(theme.MUTED)
        canvas.drawString(MARGIN * MM, FOOT * MM, brief.foot)
        canvas.drawRightString((PAGE[0] - MARGIN) * MM, FOOT * MM, f"{number + 1} of {len(brief.pages)}")
        canvas.showPage()
    canvas.save()
    return _with_drawings(whole.getvalue(), laid)


@cache
def _fonts() -> None:
    """Make the fonts of the package known, once."""
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415  (an extra)
    from reportlab.pdfbase.ttfonts import TTFont  # noqa: PLC0415

    for name, file in FACES.items():
        path = files("detente.render") / "fonts" / f"{file}.ttf"
        pdfmetrics.registerFont(TTFont(name, BytesIO(path.read_bytes())))
    pdfmetrics.registerFontFamily("Franklin", normal="Franklin", bold="Franklin-Bold")


def _words(text: str, kind: str) -> Any:
    """A paragraph in one of the styles of the brief."""
    from reportlab.lib.styles import ParagraphStyle  # noqa: PLC0415  (an extra)
    from reportlab.platypus import Paragraph  # noqa: PLC0415

    styles = {
        "title": {
            "fontName": "Serif-Bold",
            "fontSize": 17,
            "leading": 20,
            "spaceAfter": 5,
            "textColor": theme.INK,
        },
        "heading": {
            "fontName": "Franklin-Bold",
            "fontSize": 9.6,
            "leading": 12,
            "spaceBefore": 3,
            "textColor": theme.INK,
        },
        "text": {
            "fontName": "Franklin",
            "fontSize": TEXT,
            "leading": LEADING,
            "spaceAfter": 4,
            "textColor": theme.INK,
        },
        "note": {
            "fontName": "Franklin",
            "fontSize": SMALL,
            "leading": 9,
            "spaceAfter": 4,
            "textColor": theme.MUTED,
        },
        "cell": {"fontName": "Franklin", "fontSize": CELL, "leading": 9.8, "textColor": theme.INK},
        "number": {
            "fontName": "Franklin",
            "fontSize": CELL,
            "leading": 9.8,
            "alignment": 2,
            "textColor": theme.INK,
        },
        "head": {
            "fontName": "Franklin-Bold",
            "fontSize": SMALL,
            "leading": 8.8,
            "alignment": 2,
            "textColor": theme.INK,
        },
    }
    return Paragraph(text, ParagraphStyle(kind, **styles[kind]))


def _flowables(block: Block, room: float, space: Callable[[Picture], Any]) -> list[Any]:
    """What a block is on a page of a width."""
    if isinstance(block, Heading):
        return [_words(escape(block.text), "heading")]
    if isinstance(block, Words):
        return [_words(f"<b>{escape(block.lead)}</b> {escape(block.text)}", "text")]
    if isinstance(block, Table):
        return _table(block, room)
    return [space(block.picture)]


def _table(block: Table, room: float) -> list[Any]:
    """A table with its note."""
    from reportlab.platypus import Table as Grid  # noqa: PLC0415  (an extra)

    rest = room * (1 - FIRST) / (len(block.head) - 1)
    grid = Grid(
        [
            [_words(escape(cell), "head") for cell in block.head],
            *(
                [_words(escape(cell), "cell" if k == 0 else "number") for k, cell in enumerate(row)]
                for row in block.rows
            ),
        ],
        colWidths=[room * FIRST, *([rest] * (len(block.head) - 1))],
        style=[
            ("LINEBELOW", (0, 0), (-1, 0), 0.6, theme.INK),
            ("LINEBELOW", (0, 1), (-1, -1), 0.3, theme.RULE),
            ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
            ("VALIGN", (0, 1), (-1, -1), "MIDDLE"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            ("TOPPADDING", (0, 0), (-1, -1), 1.6),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.8),
        ],
    )
    return [grid, _words(escape(block.note), "note")]


def _space(picture: Picture, *, room: float, page: int, laid: list[_Laid]) -> Any:
    """Room for a picture, which notes where it came to stand."""
    from reportlab.platypus import Flowable  # noqa: PLC0415  (an extra)

    class Space(Flowable):  # type: ignore[misc]
        """An empty box of the picture's shape."""

        def wrap(self, _width: float, _height: float) -> tuple[float, float]:
            """Width and height."""
            return room, room * picture.height / picture.width

        def draw(self) -> None:
            """Note the place on the page."""
            x, y = self.canv.absolutePosition(0, 0)
            right, _ = self.canv.absolutePosition(room, 0)
            laid.append(_Laid(picture, page, x, y, right - x))

    return Space()


def _fill(canvas: Any, flow: list[Any], room: float) -> None:
    """Draw everything on one page, made smaller where it would not fit."""
    from reportlab.platypus import Frame, KeepInFrame  # noqa: PLC0415  (an extra)

    low, high = (FOOT + 5) * MM, (PAGE[1] - MARGIN) * MM
    sides = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}
    frame = Frame(MARGIN * MM, low, room, high - low, **sides)
    frame.addFromList([KeepInFrame(room, high - low, flow, mode="shrink", vAlign="TOP")], canvas)


def _with_drawings(pages: bytes, laid: Sequence[_Laid]) -> bytes:
    """Lay the pictures into the places kept for them."""
    from pypdf import PdfReader, PdfWriter, Transformation  # noqa: PLC0415  (an extra)

    writer = PdfWriter(clone_from=PdfReader(BytesIO(pages)))
    for item in laid:
        drawn = PdfReader(BytesIO(item.picture.pdf(paper="#ffffff"))).pages[0]
        _in_order(drawn, set())
        scale = item.width / float(drawn.mediabox.width)
        writer.pages[item.page].merge_transformed_page(
            drawn, Transformation().scale(scale).translate(item.x, item.y)
        )
    whole = BytesIO()
    writer.write(whole)
    return whole.getvalue()


def _in_order(item: Any, seen: set[int]) -> None:
    """Put the keys of a drawing's objects in order: they come in another one each time it is drawn."""
    found = item.get_object()
    if id(found) in seen or not hasattr(found, "keys"):
        return
    seen.add(id(found))
    for key in sorted(found):
        value = found.raw_get(key)
        dict.pop(found, key)
        dict.__setitem__(found, key, value)
        for child in value if isinstance(value, list) else [value]:
            if key != "/Parent" and hasattr(child, "get_object"):
                _in_order(child, seen)
