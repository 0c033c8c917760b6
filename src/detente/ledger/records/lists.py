"""Product lists: codes of 2 to 10 digits, each with the days it was on the list, and when that was made known."""

from __future__ import annotations

import bisect
import csv
import datetime as dt
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from detente.errors import LedgerError
from detente.io.dates import within
from detente.io.yaml_file import read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HEADER: Final = ["code", "from", "to"]
# With the days on which the act that put a code on the list, and the one that took it off, became known.
DATED_HEADER: Final = [*HEADER, "recorded", "ended"]
# The article within the line that the law describes, in its own words: the list reaches nothing else of the line.
ARTICLE: Final = "article"
HEADERS: Final = (HEADER, DATED_HEADER, [*HEADER, ARTICLE], [*DATED_HEADER, ARTICLE])
CODE: Final = re.compile(r"\d{2,10}")
LARGEST: Final = 8_000_000

Day = dt.date | None
Row = tuple[str, Day, Day]
DatedRow = tuple[str, Day, Day, Day, Day, str]


@dataclass(frozen=True)
class ProductList:
    """
    One list file.

    name: The file's name without its ending; unique over the ledger.
    path: Where it is.
    shown: How messages name the file.
    digest: SHA-256 of its text: lists of another text are other lists.
    known: Day of knowledge its rows are limited to; None for all.
    """

    name: str
    path: Path
    shown: str
    _read: list[tuple[Row, ...]] = field(default_factory=list, compare=False, repr=False)
    digest: str = ""
    known: Day = None
    _acts: list[tuple[tuple[Day, Day], ...]] = field(default_factory=list, compare=False, repr=False)
    _editions: dict[Day, ProductList] = field(default_factory=dict, compare=False, repr=False)
    _articles: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def __hash__(self) -> int:
        """By what tells lists apart; readers look lists up time and again."""
        return hash((self.name, self.digest, self.known))

    @property
    def rows(self) -> tuple[Row, ...]:
        """Codes with their first day on the list and first day off it; checked when first read."""
        if not self._read:
            text = read_text(self.path, error=LedgerError, largest=LARGEST, name=self.shown)
            found = _rows(text, self.shown)
            self._acts.append(tuple(row[3:5] for row in found) if any(any(row[3:5]) for row in found) else ())
            self._articles.update((row[0], row[5]) for row in found if row[5])
            # Last: another thread that finds it finds the rest.
            self._read.append(tuple(row[:3] for row in found))
        return self._read[0]

    @property
    def articles(self) -> Mapping[str, str]:
        """Articles that the law describes within a line, in its own words, by code; empty where lines are listed whole."""
        _ = self.rows
        return self._articles

    @property
    def acts(self) -> tuple[tuple[Day, Day], ...]:
        """For each row the days on which its first and its last day became known; empty if no row says so."""
        _ = self.rows
        return self._acts[0] if self._acts else ()

    @property
    def days(self) -> frozenset[dt.date]:
        """Days on which the list changes, or a change of it becomes known."""
        found = {day for row in self.rows for day in row[1:]} | {day for act in self.acts for day in act}
        return frozenset(day for day in found if day is not None)

    def codes(self, on: dt.date) -> tuple[str, ...]:
        """Codes on the list on a day, sorted."""
        return tuple(code for code, start, end in self.rows if within(on, start, end))

    def as_known(self, day: dt.date) -> ProductList:
        """The list as it was known on a day; one object for all days that knew the same."""
        days = sorted({when for act in self.acts for when in act if when is not None})
        place = bisect.bisect_right(days, day)
        if place == len(days):
            return self
        known = days[place - 1] if place else dt.date.min
        if known not in self._editions:
            rows = [
                (code, start, None if ended is not None and ended > day else end)
                for (code, start, end), (recorded, ended) in zip(self.rows, self.acts, strict=True)
                if recorded is None or recorded <= day
            ]
            self._editions[known] = ProductList(
                self.name, self.path, self.shown, [tuple(rows)], self.digest, known, _articles=self._articles
            )
        return self._editions[known]


def _rows(text: str, shown: str) -> tuple[DatedRow, ...]:
    """Parse and check the text of a list."""
    reader = csv.reader(io.StringIO(text))
    header = next(reader, [])
    if header not in HEADERS:
        raise LedgerError(
            "wrong header of a product list",
            where=f"{shown}:1",
            found=",".join(header) or "nothing",
            allowed="code,from,to",
            repair="write the header `code,from,to`",
        )
    # Most lists are codes alone, in order: looked at as a whole.
    body = text.partition("\n")[2]
    if re.fullmatch(rf'(?:"{CODE.pattern}"{"," * (len(header) - 1)}\n)*', body):
        codes = CODE.findall(body)
        if codes == sorted(set(codes)):
            return tuple((code, None, None, None, None, "") for code in codes)
    rows: list[DatedRow] = []
    blank, last = [""] * (len(header) - 1), ""
    for cells in reader:
        # Most rows are a code alone, after all codes before it.
        if cells[1:] == blank and cells[0] > last and CODE.fullmatch(cells[0]):
            last = cells[0]
            rows.append((last, None, None, None, None, ""))
            continue
        where = f"{shown}:{reader.line_num}"
        rows.append(_row(cells, header, where))
        last = rows[-1][0]
        if len(rows) > 1:
            _check_order(rows[-2], rows[-1], where)
    return tuple(rows)


def _row(cells: list[str], header: list[str], where: str) -> DatedRow:
    """One row."""
    if len(cells) != len(header):
        raise LedgerError(
            "wrong number of cells",
            where=where,
            found=",".join(cells),
            allowed=",".join(header),
            repair="add commas",
        )
    code = cells[0]
    if not CODE.fullmatch(code):
        digits = re.sub(r"\D", "", code)
        raise LedgerError(
            "bad product code",
            where=where,
            found=code,
            allowed="2 to 10 digits without dots",
            repair=f"write {digits}" if CODE.fullmatch(digits) else "write the code's digits",
        )
    article = cells.pop() if header[-1] == ARTICLE else ""
    days = [_day(cell, where) if cell else None for cell in cells[1:]]
    start, end, recorded, ended = (*days, None, None)[:4]
    if start and end and end <= start:
        raise LedgerError(
            "`to` is not after `from`",
            where=where,
            found=f"{start}, {end}",
            allowed="a later `to`",
            repair="correct it",
        )
    if ended is not None and end is None:
        raise LedgerError(
            "`ended` without `to`",
            where=where,
            found=ended,
            allowed="the day on which the act behind `to` became known",
            repair="give `to`, or leave `ended` out",
        )
    return code, start, end, recorded, ended, article


def _day(cell: str, where: str) -> dt.date | None:
    """A date or nothing."""
    try:
        return dt.date.fromisoformat(cell) if cell else None
    except ValueError:
        raise LedgerError(
            "bad date in a product list",
            where=where,
            found=cell,
            allowed="an ISO date, or nothing",
            repair="write YYYY-MM-DD",
        ) from None


def _check_order(before: DatedRow, after: DatedRow, where: str) -> None:
    """Rows are sorted by code and first day, and the spans of one code do not overlap."""
    if before[0] > after[0]:
        raise LedgerError(
            "product list not sorted",
            where=where,
            found=f"{after[0]} after {before[0]}",
            allowed="codes in ascending order, as text",
            repair="sort the file",
        )
    if before[0] == after[0] and (before[2] is None or after[1] is None or after[1] < before[2]):
        raise LedgerError(
            "product listed twice at the same time",
            where=where,
            found=after[0],
            allowed="each code once a day",
            repair="remove the row, or give both rows dates that do not overlap",
        )
