"""What a brief is made of, the same for the page and for the PDF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detente.render.drawing.picture import Picture


@dataclass(frozen=True)
class Heading:
    """Words over a part."""

    text: str


@dataclass(frozen=True)
class Words:
    """A paragraph; its first words stand out."""

    lead: str
    text: str


@dataclass(frozen=True)
class Table:
    """Rows under one head; the first column names them, the others are numbers."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Drawing:
    """A picture."""

    picture: Picture


Block = Heading | Words | Table | Drawing


@dataclass(frozen=True)
class Brief:
    """
    Two pages.

    title: The answer, a sentence.
    kicker: What it is about, the days of its law.
    pages: Blocks of the first page and of the second.
    foot: Version, day and what reproduces it.
    """

    title: str
    kicker: str
    pages: tuple[tuple[Block, ...], tuple[Block, ...]]
    foot: str
