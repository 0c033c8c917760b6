"""The lists of the printed notes, by subdivision: their codes, their described articles, and what they leave out."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from printed_law.entries import Entry, entries
from printed_law.outline import printed_notes, subdivisions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

# The printed text, and the lists of some notes as they stood half a year later, without their words.
TEXT: Final = "chapter99_2026_rev_6.txt.gz"
LATER: Final = "hts_2026_rev21_note_lists.csv"
SUBHEADING: Final = 8
REVISION_6: Final = "2026 Revision 6"
REVISION_21: Final = "2026 Revision 21"


@dataclass(frozen=True)
class PrintedLaw:
    """
    What the notes list.

    printed: Entries of the printed text, by subdivision.
    later: Codes of Revision 21, by subdivision.
    numbers: Statistical numbers of each subheading, in any revision of the schedule that is held.
    """

    printed: Mapping[str, list[Entry]]
    later: Mapping[str, list[str]]
    numbers: Mapping[str, list[str]] = field(repr=False)

    @classmethod
    def read(cls, source: Path, lines: Iterable[str]) -> PrintedLaw:
        """Read the law from its folder; `lines` are the statistical numbers of every revision held."""
        printed: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries(subdivisions(printed_notes(source / TEXT))):
            printed[entry.path].append(entry)
        later: dict[str, list[str]] = defaultdict(list)
        with (source / LATER).open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                later[row["note"]].append(row["code"])
        numbers: dict[str, list[str]] = defaultdict(list)
        for line in sorted(set(lines)):
            numbers[line[:SUBHEADING]].append(line)
        return cls(dict(printed), dict(later), dict(numbers))

    def entries(self, *notes: str) -> list[Entry]:
        """Entries of some subdivisions and of all within them."""
        return [entry for path, own in self.printed.items() if _within(path, notes) for entry in own]

    def codes(self, *notes: str) -> list[str]:
        """Codes that some subdivisions list; where statistical numbers are excepted, the other numbers one by one."""
        return [code for entry in self.entries(*notes) for code in self.meant(entry)]

    def meant(self, entry: Entry) -> list[str]:
        """The codes an entry means: itself, or the statistical numbers that it does not except."""
        if entry.condition != "except":
            return [entry.code]
        return [number for number in self.numbers.get(entry.code, ()) if number not in entry.excepted]

    def lines_under(self, code: str) -> list[str]:
        """Statistical numbers, or lines without any, that begin with a code."""
        if len(code) >= SUBHEADING:
            return [line for line in self.numbers.get(code[:SUBHEADING], ()) if line.startswith(code)]
        return [line for head, own in self.numbers.items() if head.startswith(code) for line in own]

    def articles(self, *notes: str) -> dict[str, str]:
        """Articles that some subdivisions describe, in the words of the note, by code; several of one code together."""
        found: dict[str, list[str]] = defaultdict(list)
        for entry in self.entries(*notes):
            if entry.condition == "described":
                found[entry.code].append(entry.article)
        return {code: "; or ".join(dict.fromkeys(words)) for code, words in found.items()}

    def codes_later(self, *notes: str) -> list[str]:
        """Codes of some subdivisions in Revision 21."""
        return [code for path, codes in self.later.items() if _within(path, notes) for code in codes]


def _within(path: str, notes: Iterable[str]) -> bool:
    """Whether a subdivision is one of some, or lies within one."""
    return any(path == note or path.startswith(f"{note}(") for note in notes)
