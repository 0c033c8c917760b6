"""The United States schedule: statistical lines with dates, headings, units, rate texts and ad valorem equivalents."""

from __future__ import annotations

import bisect
import datetime as dt
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from detente.schedules.usa import tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

T = TypeVar("T", bound=np.generic)
FIRST_DAY: Final = dt.date(2025, 1, 1)
LAST_REVISION: Final = dt.date(2026, 6, 8)
STEP: Final = " > "


@dataclass(frozen=True)
class Line:
    """
    One line of the schedule.

    code, hts8: Digits of the statistical line and of the tariff line that carries its rates.
    path: Headings from the four-digit heading down to the line.
    units: Units of quantity a declaration states.
    general, special, column2: Rate texts as the schedule prints them.
    kind: What the general rate is: free, ad valorem, specific, compound, formula, or unparsed.
    column1, column2_rate: Ad valorem rate or equivalent, a fraction; None where there is none.
    column1_source, column2_source: Where it comes from: see `RATE_SOURCES`.
    valid_from, valid_to: Half-open interval of the line; `valid_to` is None while open.
    """

    code: str
    hts8: str
    path: tuple[str, ...]
    units: tuple[str, ...]
    general: str
    special: str
    column2: str
    kind: str
    column1: float | None
    column1_source: str
    column2_rate: float | None
    column2_source: str
    valid_from: dt.date
    valid_to: dt.date | None

    @property
    def description(self) -> str:
        """The line's own words."""
        return self.path[-1]


RATE_SOURCES: Final = {
    "statutory": "the schedule's own ad valorem rate",
    "collected 2024": "duty over value of 2024 imports from partners without a preference (Census Bureau)",
    "unit value": "the specific duty over the mean price per unit that 2024 collections imply nearby: an estimate",
    "heading mean": "the mean rate of the heading, for duties on parts and rates of other articles: an estimate",
    "none": "no ad valorem equivalent: a quantity, or the provision claimed, is needed",
}


def standing(
    valid_from: NDArray[np.datetime64], valid_to: NDArray[np.datetime64], on: dt.date
) -> NDArray[np.bool_]:
    """Which lines stand on a day, shape of the days; before 2025 the lines of 2025-01-01 stand for it."""
    day = np.datetime64(max(on, FIRST_DAY), "D")
    return np.asarray((valid_from <= day) & (np.isnat(valid_to) | (valid_to > day)))


def _column(
    read: Callable[[str, str], NDArray[T]], table: str, name: str, what: str
) -> cached_property[NDArray[T]]:
    """Attribute that reads a column when first asked for."""

    def values(_: UsSchedule) -> NDArray[T]:
        return read(table, name)

    values.__doc__ = what
    return cached_property(values)


def _carried(read: Callable[[str, str], NDArray[T]], name: str, what: str) -> cached_property[NDArray[T]]:
    """Attribute that gives each row what its tariff line says."""

    def values(schedule: UsSchedule) -> NDArray[T]:
        return read("hts8", name)[schedule.parent]

    values.__doc__ = what
    return cached_property(values)


class UsSchedule:
    """
    The Harmonized Tariff Schedule of the United States, 2025-01-01 to 2026-06-08 (2026 revision 10).

    Rows are ten-digit statistical lines; 473 tariff lines (watches) that have no ten-digit line of their own stand with
    eight digits. A code that ended and came back has a row for each interval. Columns are read when first asked for.

    Examples
    --------
    >>> lines = us_schedule()
    >>> line = lines.line(int(lines.rows("7326908688")[0]))
    >>> line.general, line.column1
    ('2.9%', 0.029)

    USITC, Harmonized Tariff Schedule, 43 revisions of 2025 and 2026 (public domain).
    """

    def __len__(self) -> int:
        """Number of rows."""
        return int(self.codes.size)

    codes = _column(tables.texts, "hts10", "code", "Digits of each row, sorted, shape (P,).")
    valid_from = _column(tables.days, "hts10", "valid_from", "First day of each row, shape (P,).")
    valid_to = _column(
        tables.days, "hts10", "valid_to", "Day after the last one, NaT while open, shape (P,)."
    )
    hts8 = _column(tables.texts, "hts8", "code", "Codes of the tariff lines, sorted, shape (H,).")
    general = _column(tables.texts, "hts8", "general", "General rate texts of the tariff lines, shape (H,).")
    special = _column(tables.texts, "hts8", "special", "Special rate texts of the tariff lines, shape (H,).")
    column2_text = _column(
        tables.texts, "hts8", "column2", "Column 2 rate texts of the tariff lines, shape (H,)."
    )
    kind = _carried(
        tables.texts,
        "kind",
        "What the general rate of each row is: free, ad valorem, specific, compound, formula, unparsed.",
    )
    column1 = _carried(
        tables.numbers,
        "column1",
        "General rate or its ad valorem equivalent, NaN without one, shape (P,).",
    )
    column1_source = _carried(tables.texts, "column1_source", "Where `column1` comes from, shape (P,).")
    column2 = _carried(
        tables.numbers,
        "column2_rate",
        "Column 2 rate or its ad valorem equivalent, NaN without one, shape (P,).",
    )
    column2_source = _carried(tables.texts, "column2_source", "Where `column2` comes from, shape (P,).")

    @cached_property
    def parent(self) -> NDArray[np.intp]:
        """Index into the tariff lines for each row, shape (P,)."""
        return np.searchsorted(self.hts8, self.codes.astype("U8"))

    @cached_property
    def _texts(self) -> list[str]:
        """The codes as Python texts: one code is found faster among them."""
        found: list[str] = self.codes.tolist()
        return found

    def in_force(self, on: dt.date) -> NDArray[np.bool_]:
        """Rows that stand on a day (see `standing`), shape (P,)."""
        return standing(self.valid_from, self.valid_to, on)

    def rows(self, code: str, on: dt.date | None = None) -> NDArray[np.intp]:
        """Rows under a code, those of a day or all, ascending; empty if the code is not in the schedule."""
        first = bisect.bisect_left(self._texts, code)
        last = bisect.bisect_left(self._texts, code + ":", lo=first)
        rows = np.arange(first, last, dtype=np.intp)
        if rows.size == 0 and self._stands_alone(code):
            rows = np.array([bisect.bisect_left(self._texts, code[:8])], dtype=np.intp)
        if on is None or rows.size == 0:
            return rows
        return rows[standing(self.valid_from[rows], self.valid_to[rows], on)]

    def _stands_alone(self, code: str) -> bool:
        """Whether the tariff line of a ten-digit code has no ten-digit line of its own."""
        if len(code) <= 8:  # noqa: PLR2004  (eight digits are a tariff line)
            return False
        at = int(np.searchsorted(self.codes, code[:8]))
        return at < self.codes.size and str(self.codes[at]) == code[:8]

    @lru_cache(maxsize=1024)  # noqa: B019  (one object for the process)
    def line(self, row: int) -> Line:
        """One row with everything known about it."""
        at = int(self.parent[row])

        def rate(name: str) -> float | None:
            value = float(tables.numbers("hts8", name)[at])
            return None if np.isnan(value) else value

        def text(name: str) -> str:
            return tables.strings("hts8", name)[at]

        def day(name: str) -> Any:
            return tables.values("hts10", name)[row].item()

        return Line(
            code=str(self.codes[row]),
            hts8=str(self.hts8[at]),
            path=self.path(row),
            units=tuple(tables.strings("hts10", "units")[row].split(";")),
            general=text("general"),
            special=text("special"),
            column2=text("column2"),
            kind=text("kind"),
            column1=rate("column1"),
            column1_source=text("column1_source"),
            column2_rate=rate("column2_rate"),
            column2_source=text("column2_source"),
            valid_from=day("valid_from"),
            valid_to=day("valid_to"),
        )

    def path(self, row: int) -> tuple[str, ...]:
        """Headings of a row, from the four-digit heading down; the last is the row's own."""
        return tuple(tables.strings("hts10", "path")[row].split(STEP))


@cache
def us_schedule() -> UsSchedule:
    """
    The embedded schedule of the United States.

    One object for the process; its columns load when first asked for.

    >>> len(us_schedule()) > 20_000
    True
    """
    return UsSchedule()
