"""What a subdivision of a note lists: codes, and under which condition each is listed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from printed_law.outline import Subdivision

CODE: Final = re.compile(r"(?<![\d.])(\d{4}(?:\.\d{2}(?:\.\d{2}(?:\.?\d{2})?)?)?)(?![\d.]*\d)")
# A line of a table: codes and nothing else; in prose only codes with a full stop are codes, in a table headings too.
TABLE: Final = re.compile(r"(?:\d{4}(?:\.\d{2}(?:\.\d{2}(?:\.?\d{2})?)?)?[;,.]?(?:\s+|$))+")
IN_PROSE: Final = re.compile(r"(?<![\d.])\d{4}\.\d{2}(?:\.\d{2}(?:\.?\d{2})?)?(?!\d)")
# Headings that prose names without a full stop: "provided for in heading 7608 and 7609".
HEADINGS: Final = re.compile(r"provided for in (?:headings? )?((?:\d{4}(?!\.\d)(?: and |, )?)+)")
COMPILER: Final = re.compile(r"\[Compiler's note:[^\]]*\]")
ADMINISTRATIVE: Final = ("98", "99")
EXCEPT: Final = re.compile(r"\bexcept for\b")
NAMED: Final = re.compile(
    r"\((?:classifiable|described|provided for) in (?:statistical reporting numbers?|subheadings?) "
)
AIRCRAFT: Final = "civil aircraft"
PHARMA: Final = "pharmaceutical applications"


@dataclass(frozen=True)
class Entry:
    """
    One code of a printed list.

    path: The subdivision, as the law cites it.
    code: Digits without dots.
    condition: What must be true of the good: nothing, ``aircraft``, ``pharma``, ``described`` (the article in `words`),
        or ``except`` (the statistical numbers in `excepted` are not meant).
    """

    path: str
    code: str
    condition: str = ""
    words: str = ""
    excepted: tuple[str, ...] = ()

    @property
    def article(self) -> str:
        """The article described, in the words of the note, without its code and its closing stop."""
        return NAMED.split(self.words)[0].rstrip(" ,;.").strip()


def entries(found: Iterable[Subdivision]) -> list[Entry]:
    """Every code that the subdivisions list, in the order of the print."""
    return [entry for own in found for entry in _of(own)]


def _of(own: Subdivision) -> list[Entry]:
    """Codes of one subdivision: of its table, or those its words name."""
    table = [code for line in own.lines for code in _row(line)]
    words = COMPILER.sub("", " ".join(line for line in own.lines if not _row(line)))
    words = " ".join(words.replace("[subheading]", "subheading").split())
    named = _codes(words) + [
        code for found in HEADINGS.findall(words) for code in re.findall(r"\d{4}", found)
    ]
    if NAMED.search(words):
        return [Entry(own.path, code, "described", words) for code in dict.fromkeys([*named, *table])]
    first = IN_PROSE.search(words)
    if named and first and EXCEPT.search(words, first.end()):
        excepted = tuple(sorted({*named[1:], *table} - {named[0]}))
        return [Entry(own.path, named[0], "except", words, excepted)]
    condition = "aircraft" if AIRCRAFT in words else "pharma" if PHARMA in words else ""
    return [Entry(own.path, code, condition) for code in dict.fromkeys([*named, *table])]


def _codes(words: str) -> list[str]:
    """Codes that words name, digits only."""
    found = [code.replace(".", "") for code in IN_PROSE.findall(words)]
    return [code for code in found if not code.startswith(ADMINISTRATIVE)]


def _row(line: str) -> list[str]:
    """Codes of a line of a table; none where the line has words."""
    text = line.strip()
    if not TABLE.fullmatch(text):
        return []
    return [
        code for code in (found.replace(".", "") for found in CODE.findall(text)) if not code.startswith("99")
    ]
