"""A picture: a finding, what it is drawn from, and the drawing, as SVG, PNG, PDF or a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.errors import InputError
from detente.io.outputs import write_bytes
from detente.io.words import one_of
from detente.render import theme
from detente.render.drawing.frame import MARGIN, framed
from detente.render.drawing.vega import converter, draw_spec
from detente.render.spreadsheet import sheet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Width of a picture by the room it has, in pixels; a drawing inside leaves the margins free.
SIZES = {"wide": 748, "half": 500, "narrow": 358}
# Kinds of file a picture can be.
ENDINGS = (".svg", ".png", ".pdf", ".csv")
ROOM = {name: width - 2 * MARGIN for name, width in SIZES.items()}


@dataclass(frozen=True)
class Picture:
    r"""
    A chart or a map with its words.

    Attributes
    ----------
    title
        The finding: a sentence worked out from the numbers drawn.
    subtitle
        What is drawn, in which unit, on which day.
    source
        What it rests on: the law's days, the world, the version.
    rows
        The numbers drawn, one row a mark.
    alt
        What it shows, for those who cannot see it.
    size
        wide, half or narrow.
    spec
        Vega-Lite of the drawing inside; empty for a map.
    drawn
        The drawing inside where it is not Vega-Lite: an ``<svg>`` element.
    notes
        Lines under the drawing.

    Examples
    --------
    >>> Picture("One is 1 %.", "percent", "made up", [{"a": 1.0}], "a line", drawn="<svg width='1' height='1'></svg>").csv()
    'a\r\n1\r\n'
    """

    title: str
    subtitle: str
    source: str
    rows: Sequence[Mapping[str, Any]] = field(repr=False)
    alt: str = field(repr=False)
    size: str = "wide"
    spec: Mapping[str, Any] = field(default_factory=dict, repr=False)
    drawn: str = field(default="", repr=False)
    notes: Sequence[str] = field(default=(), repr=False)

    @cached_property
    def svg(self) -> str:
        """The whole picture as an ``<svg>`` element."""
        return self._framed(dark=True)

    @property
    def inlined(self) -> str:
        """The same for a page that turns dark by itself: without rules of style."""
        return self._framed(dark=False)

    def _framed(self, *, dark: bool) -> str:
        """The drawing with its words."""
        return framed(
            self._inner,
            title=self.title,
            subtitle=self.subtitle,
            notes=self.notes,
            source=self.source,
            alt=self.alt,
            width=SIZES[self.size],
            dark=dark,
        )

    @cached_property
    def _inner(self) -> str:
        """The drawing alone."""
        return self.drawn or draw_spec(self.spec)

    def png(self, scale: float = 2.0) -> bytes:
        """The picture as PNG (the extra [png]); `scale` is pixels of the file by pixel of the picture, above 0."""
        return bytes(converter().svg_to_png(self.svg, scale=scale))

    def pdf(self, *, paper: str = theme.PAPER) -> bytes:
        """The picture as one page of PDF (the extra [png]) on paper of a colour, drawn as lines and letters."""
        return bytes(
            converter().svg_to_pdf(self.inlined.replace(f'fill="{theme.PAPER}"', f'fill="{paper}"', 1))
        )

    @property
    def width(self) -> float:
        """Pixels."""
        return float(SIZES[self.size])

    @property
    def height(self) -> float:
        """Pixels, as the words and the drawing need."""
        return float(self.svg.split('viewBox="', 1)[1].split('"', 1)[0].split()[3])

    def csv(self) -> str:
        """The numbers drawn as a table."""
        return sheet(self.rows)

    def save(self, path: str | Path) -> Path:
        """
        Write the picture to a file; its ending says how.

        Parameters
        ----------
        path
            A name that ends in .svg, .png, .pdf or .csv.

        Returns
        -------
        pathlib.Path
            The file.

        Raises
        ------
        InputError
            Another ending; .png or .pdf, and the extra [png] is missing.
        """
        path = Path(path)
        one_of(path.suffix.lower(), ENDINGS, what="no such kind of file", where="save(path)")
        return write_bytes(path, self.as_file(path.suffix.lower()))

    def as_file(self, ending: str) -> bytes:
        """The picture as the bytes of a file of an ending, one of `ENDINGS`."""
        if ending == ".png":
            return self.png()
        if ending == ".pdf":
            return self.pdf()
        return self.svg.encode() if ending == ".svg" else self.csv().encode("utf-8-sig")

    def to_dict(self) -> dict[str, Any]:
        """The drawing as Vega-Lite with its words; refuses a map, which is drawn as shapes."""
        if not self.spec:
            raise InputError(
                "a map has no Vega-Lite",
                where="to_dict()",
                found=self.title,
                allowed="charts",
                repair="save it: .save('map.svg')",
            )
        words = {"text": self.title, "subtitle": [self.subtitle, self.source]}
        return {**self.spec, "config": theme.config(), "title": words}

    def to_altair(self) -> Any:
        """The drawing as an Altair chart, to be changed further; raises InputError where the extra [notebook] is missing."""
        try:
            import altair as alt  # noqa: PLC0415  (an extra)
        except ImportError:
            raise InputError(
                "there is no Altair",
                where="to_altair()",
                found="altair is not installed",
                allowed="the extra [notebook], or `to_dict()`: the same as Vega-Lite",
                repair='pip install "detente[notebook]"',
            ) from None
        return alt.Chart.from_dict(self.to_dict())

    def _repr_svg_(self) -> str:
        """What a notebook shows."""
        return self.svg
