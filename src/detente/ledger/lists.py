"""Product lists: codes of 2 to 10 digits, each with the days it was on the list."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from detente.dates import within
from detente.errors import LedgerError
from detente.reading import read_text

if TYPE_CHECKING:
    from pathlib import Path

HEADER: Final = ["code", "from", "to"]
CODE: Final = re.compile(r"\d{2,10}")
LARGEST: Final = 8_000_000

Row = tuple[str, dt.date | None, dt.date | None]


@dataclass(frozen=True)
class ProductList:
    """
    One list file.

    Parameters
    ----------
    name
        The file's name without its ending; unique over the ledger.
    path
        Where it is.
    shown
        How messages name the file.
    """

    name: str
    path: Path
    shown: str
    _read: list[tuple[Row, ...]] = field(default_factory=list, compare=False, repr=False)

    @property
    def rows(self) -> tuple[Row, ...]:
        """
        Codes with their first day on the list and first day off it; checked when first read.

        Raises
        ------
        LedgerError
            Wrong header, a code that is not 2 to 10 digits, rows not sorted, a row twice, or a bad date.
        """
        if not self._read:
            text = read_text(self.path, error=LedgerError, largest=LARGEST, name=self.shown)
            self._read.append(_rows(text, self.shown))
        return self._read[0]

    def codes(self, on: dt.date) -> tuple[str, ...]:
        """Codes on the list on a day, sorted."""
        return tuple(code for code, start, end in self.rows if within(on, start, end))


def _rows(text: str, shown: str) -> tuple[Row, ...]:
    """Parse and check the text of a list."""
    reader = csv.reader(io.StringIO(text))
    header = next(reader, [])
    if header != HEADER:
        raise LedgerError(
            "wrong header of a product list",
            where=f"{shown}:1",
            found=",".join(header) or "nothing",
            allowed="code,from,to",
            repair="write the header `code,from,to`",
        )
    rows: list[Row] = []
    for cells in reader:
        where = f"{shown}:{reader.line_num}"
        rows.append(_row(cells, where))
        if len(rows) > 1:
            _check_order(rows[-2], rows[-1], where)
    return tuple(rows)


def _row(cells: list[str], where: str) -> Row:
    """One row."""
    if len(cells) != len(HEADER):
        raise LedgerError(
            "wrong number of cells",
            where=where,
            found=",".join(cells),
            allowed="code,from,to",
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
    start, end = (_day(cell, where) for cell in cells[1:])
    if start and end and end <= start:
        raise LedgerError(
            "`to` is not after `from`",
            where=where,
            found=f"{start}, {end}",
            allowed="a later `to`",
            repair="correct it",
        )
    return code, start, end


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


def _check_order(before: Row, after: Row, where: str) -> None:
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
