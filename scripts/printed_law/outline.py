"""The printed notes of subchapter III of HTSUS chapter 99, cut into subdivisions: ``2(v)(iii)(a)`` and its lines."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# What a page prints around the notes; the words "U.S. Notes (con.)" may share a line with the first codes of the page.
FURNITURE: Final = re.compile(
    r"^\s*(?:Harmonized Tariff Schedule of the United States Revision.*"
    r"|Annotated for Statistical Reporting Purposes|XXII|99\s*-\s*[IVX]+\s*-\s*\d+)\s*$"
)
CONTINUED: Final = re.compile(r"U\.S\. Notes(?: \(con\.\))?")
OPENING: Final = "SUBCHAPTER III"
CLOSING: Final = re.compile(r"^\s*Heading/\s+Stat\.")
MARKER: Final = re.compile(r"(?:\(([a-zA-Z]{1,5}|\d{1,3})\)|([ivx]{1,4})\))(?=\s|$)")
NOTE: Final = re.compile(r"(\d{1,2})\.(?=\s|$)")
ITEM: Final = re.compile(r"(\d{1,2})\.\s")
# How many notes or letters may be missing between two: deleted notes, and (c) to (j) of note 2.
LARGEST_GAP: Final = 8

_ROMAN: Final = {"i": 1, "v": 5, "x": 10, "l": 50}


@dataclass(frozen=True)
class Subdivision:
    """
    One subdivision of a note.

    path: Its name, as the law cites it: ``20(s)(ii)(1)``.
    lines: Its own printed lines, without those of subdivisions within it.
    """

    path: str
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its words on one line."""
        return " ".join(" ".join(self.lines).split())


def printed_notes(path: Path) -> list[str]:
    """Lines of the notes to subchapter III, without what the pages print around them."""
    text = gzip.decompress(path.read_bytes()).decode("utf-8", errors="replace")
    lines = text.split("\n")
    first = next(number for number, line in enumerate(lines) if line.strip() == OPENING)
    last = next(number for number, line in enumerate(lines) if number > first and CLOSING.match(line))
    return clean(lines[first + 1 : last])


def clean(lines: Iterable[str]) -> list[str]:
    """Lines without what the pages print around them."""
    return [CONTINUED.sub("", line, count=1) for line in lines if not FURNITURE.match(line)]


def subdivisions(lines: list[str]) -> list[Subdivision]:
    """Cut the notes into their subdivisions, in the order of the print."""
    outline = _Outline()
    found: list[Subdivision] = []
    marked = [
        (line, tuple(_markers(line)) if not re.search(r"[A-Za-z]", before) else ())
        for before, line in zip(["", *lines], lines, strict=False)
    ]
    for number, (line, markers) in enumerate(marked):
        rest = line
        following = [mark for _, later in marked[number + 1 : number + 400] for mark in later]
        for place, mark in enumerate(markers):
            if not outline.opens(mark, [*markers[place + 1 :], *following]):
                break
            rest = rest.lstrip()[len(mark) :]
            found.append(Subdivision(outline.path))
        if found:
            found[-1].lines.append(rest.strip())
    return found


def _markers(line: str) -> Iterator[str]:
    """Markers that a line begins with, the first of a paragraph: a note's number, letters, numerals."""
    rest = line.lstrip()
    if note := NOTE.match(rest):
        yield note.group(0)
        rest = rest[note.end() :].lstrip()
    while mark := MARKER.match(rest):
        yield mark.group(0)
        rest = rest[mark.end() :].lstrip()


class _Outline:
    """Where in the notes a reader is: the number of the note, and the mark of each level below it."""

    def __init__(self) -> None:
        self.note = 0
        self.levels: list[tuple[str, str]] = []

    @property
    def path(self) -> str:
        """The place, as the law cites it."""
        return f"{self.note}" + "".join(f"({mark})" for _, mark in self.levels)

    def opens(self, marker: str, following: list[str]) -> bool:
        """Go to the subdivision that a marker opens; False where it opens none."""
        word = marker.strip("().")
        if marker.endswith("."):
            return self._numbered(int(word))
        if not self.note:
            return False
        level = self._level(word, following)
        if (level is None or level[1] == "item") and word == str(self.note + 1) and following[:1] == ["(a)"]:
            return self._numbered(int(word))
        if level is None:
            return False
        depth, style = level
        del self.levels[depth:]
        self.levels.append((style, word))
        return True

    def _numbered(self, number: int) -> bool:
        """A note of the next number, or an item of a subdivision that counts with full stops."""
        if self.note < number <= self.note + LARGEST_GAP and not self._counts(number):
            self.note, self.levels = number, []
            return True
        if not self.levels:
            return False
        if self.levels[-1][0] == "item":
            self.levels.pop()
        self.levels.append(("item", str(number)))
        return True

    def _counts(self, number: int) -> bool:
        """Whether a number goes on with the items of this subdivision."""
        return bool(self.levels) and self.levels[-1] == ("item", str(number - 1))

    def _level(self, word: str, following: list[str]) -> tuple[int, str] | None:
        """Depth and style of the level that a mark belongs to: the next of an open level, or the first of a new one."""
        for depth in range(len(self.levels) - 1, -1, -1):
            style, mark = self.levels[depth]
            if style != "item" and _place(word, style) == _place(mark, style) + 1:
                if word == "i" and style == "letter" and _next_is("(ii)", "(j)", following):
                    break
                return depth, style
        for style in ("roman", "letter", "number", "capital"):
            if _place(word, style) == 1 and all(style != own for own, _ in self.levels[-1:]):
                return len(self.levels), style
        return self._jump(word)

    def _jump(self, word: str) -> tuple[int, str] | None:
        """Depth and style of the open level whose mark a later one follows with the smallest gap."""
        gaps = [
            (_place(word, style) - _place(mark, style), depth, style)
            for depth, (style, mark) in enumerate(self.levels)
            if style != "item" and _place(word, style) and _place(mark, style)
        ]
        forward = [found for found in gaps if 0 < found[0] <= (LARGEST_GAP if found[2] != "number" else 2)]
        if forward:
            _, depth, style = min(forward)
            return depth, style
        return None


def _next_is(one: str, other: str, following: list[str]) -> bool:
    """Whether one mark comes before another."""
    return next((mark == one for mark in following if mark in {one, other}), False)


def _place(word: str, style: str) -> int:
    """The place of a mark in its sequence, 1 for the first; 0 where it is not of that style."""
    if style == "number":
        return int(word) if word.isdigit() else 0
    if style == "roman":
        return _roman(word)
    proper = word.isupper() if style == "capital" else word.islower()
    if not proper or not word.isalpha() or len(set(word)) != 1:
        return 0
    return (len(word) - 1) * 26 + ord(word[0].lower()) - ord("a") + 1


def _roman(word: str) -> int:
    """Value of a small Roman numeral; 0 where it is none."""
    if not word or set(word) - set(_ROMAN):
        return 0
    values = [_ROMAN[letter] for letter in word]
    total = sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))
    return total if _to_roman(total) == word else 0


def _to_roman(number: int) -> str:
    """A small Roman numeral."""
    text = ""
    for value, letters in ((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):
        text += letters * (number // value)
        number %= value
    return text
