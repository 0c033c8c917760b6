"""The United States behind the calls that every schedule answers."""

from __future__ import annotations

import functools
import math
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.errors import InputError
from detente.geography import economies as places
from detente.schedules.codes import dotted
from detente.schedules.provider import Candidates, Cells, LineTable, OrdinaryDuty
from detente.schedules.usa.imports import EU, YEAR, us_imports_2024
from detente.schedules.usa.industries import industry_of
from detente.schedules.usa.lookup import find, not_in_schedule, path
from detente.schedules.usa.ordinary import claimed_as, ordinary_duty, special_rate
from detente.schedules.usa.programs import programs
from detente.schedules.usa.schedule import FIRST_DAY, LAST_REVISION, us_schedule
from detente.schedules.usa.search import Hit, search
from detente.schedules.usa.search_index import read_index
from detente.schedules.usa.shares import share_by_line

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from numpy.typing import NDArray


# A subheading of the Harmonized System, and what fills a shorter code up to the digits of the schedule.
_SUBHEADING: Final = 6
_PADDING: Final = "00"


class UnitedStates:
    """The Harmonized Tariff Schedule and the imports of 2024, as `detente.schedules.provider.Provider` asks."""

    importer = "USA"
    first_day = FIRST_DAY
    entry_rules = True
    weights: tuple[str, ...] = ("us2024", "us2024-chapters-1-97")
    weights_year = YEAR
    special_chapters: tuple[str, ...] = ("98", "99")
    stands_for: Mapping[str, str] = MappingProxyType({EU: "DEU"})

    claimed_as = staticmethod(claimed_as)
    path = staticmethod(path)
    share_by_line = staticmethod(share_by_line)

    @functools.lru_cache(maxsize=8)  # noqa: B019  (one object for the process)
    def day_table(self, on: dt.date) -> LineTable:
        """Lines that stand on a day; before 2025 the lines of 2025-01-01 stand for it."""
        lines = us_schedule()
        rows = np.flatnonzero(lines.in_force(on))
        first, second = (np.nan_to_num(column[rows]) for column in (lines.column1, lines.column2))
        return LineTable(lines.codes[rows], first, second, self)

    @functools.cache  # noqa: B019  (one object for the process)
    def turns(self) -> frozenset[dt.date]:
        """Days on which a line or a programme begins or ends."""
        lines = us_schedule()
        days = {*np.unique(lines.valid_from).tolist(), *np.unique(lines.valid_to).tolist()}
        days |= {day for item in programs() for day in (item.from_, item.to)}
        return frozenset({FIRST_DAY, *(day for day in days if day is not None)})

    @functools.lru_cache(maxsize=1024)  # noqa: B019  (as above)
    def candidates(self, code: str, on: dt.date) -> Candidates:
        """One line for a full code; every line under a shorter one, the largest in trade being the default."""
        schedule = us_schedule()
        rows, early = schedule.rows(code, on), on < FIRST_DAY
        warnings = []
        if rows.size == 0 and (short := _unpadded(code, on)):
            warnings = [
                f"{dotted(code)} is not in the schedule: the lines under {dotted(short)} stand for it"
            ]
            rows, code = schedule.rows(short, on), short
        if rows.size == 0 and not early:
            raise not_in_schedule(code, on)
        if rows.size == 0:
            said = f"not covered at line level: {dotted(code)} is not in the schedule of {FIRST_DAY}, used for {on}"
            return Candidates(np.array([code]), (), 0, ("",), (said,), covered=False)
        lines = [schedule.line(int(row)) for row in rows]
        codes = tuple(line.code if len(line.code) >= len(code) else code for line in lines)
        if early:
            warnings.append(
                f"backcast: the line, its ordinary duty and the lists of {FIRST_DAY} stand for those of {on}"
            )
        if len(codes) > 1:
            warnings.append(
                f"{len(codes)} lines stand under {dotted(code)}: the answer is for the largest in trade, the range for all"
            )
        usd = us_imports_2024().total() if len(codes) > 1 else {}
        return Candidates(
            np.array(codes),
            tuple(int(row) for row in rows),
            int(np.argmax([usd.get(item, 0.0) for item in codes])),
            tuple(line.description for line in lines),
            tuple(warnings),
            covered="partial" if early else True,
        )

    def ordinary_duty(
        self, row: int, *, column: int, value: float | None, quantity: str | None, on: dt.date
    ) -> OrdinaryDuty:
        """Ordinary duty of a line; rows have their days, so the day is the row's."""
        del on
        return ordinary_duty(row, column=column, value=value, quantity=quantity)

    def special_rates(self, rows: tuple[int, ...], origin: str, on: dt.date) -> NDArray[np.float64]:
        """Lowest rate of the special column for an origin, NaN where it names no programme of it."""
        rates = [special_rate(row, origin, on) for row in rows]
        return np.array([np.nan if rate is None else rate for rate in rates])

    def search(self, words: str, *, on: dt.date | None = None, limit: int = 20) -> list[dict[str, Any]]:
        """Lines by words, or by the beginning of their code, the largest in trade first."""
        schedule, index = us_schedule(), read_index()
        if any(letter.isalpha() for letter in words) or not any(letter.isdigit() for letter in words):
            hits = search(words, on=on, limit=limit)
        else:
            rows = find(words, on or LAST_REVISION, where="words").rows
            largest = sorted((int(row) for row in rows), key=lambda row: -index.usd[row])[:limit]
            hits = tuple(Hit(dotted(index.code(row)), row, 1.0, index.path(row)) for row in largest)
        return [
            {
                "code": hit.code,
                "path": hit.path,
                "rate": None if math.isnan(rate := float(schedule.column1[hit.row])) else rate,
                "rate_text": str(schedule.general[schedule.parent[hit.row]]),
                "imports_usd": float(index.usd[hit.row]),
                "score": hit.score,
            }
            for hit in hits
        ]

    @functools.cache  # noqa: B019  (as above)
    def weighted_table(self) -> LineTable:
        """Lines that had imports in 2024: their codes of 2024 with the ordinary duty of the schedule."""
        codes, lines = us_imports_2024().codes, us_schedule()
        first, second = (_by_tariff_line(codes, column) for column in (lines.column1, lines.column2))
        return LineTable(codes, first, second, self)

    def industry_codes(self, classification: str) -> NDArray[np.str_]:
        """Industry of each line with imports."""
        return industry_of(us_imports_2024().codes, classification)

    def imports(self) -> dict[str, Cells]:
        """Imports of 2024 by partner; the European Union is one."""
        members = set(places.members("EU"))
        return {
            partner: Cells(rows, usd, "observed")
            for partner, (rows, usd) in us_imports_2024().by_partner().items()
            if partner not in members
        }

    def imports_of(self, economy: str) -> Cells | None:
        """Imports of 2024 from an economy: by line, else those of the Union or of all partners by its chapters."""
        try:
            found = us_imports_2024().of(economy)
        except InputError:
            return None
        return Cells(found.rows, found.usd, found.basis)


def _by_tariff_line(codes: NDArray[np.str_], rates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ordinary duty of each code: of its line, its tariff line, else the mean of its subheading, else zero."""
    known = ~np.isnan(rates)
    lines, values = us_schedule().codes[known], rates[known]
    found = np.full(codes.shape, np.nan)
    for digits in (10, 8, 6):
        missing = np.flatnonzero(np.isnan(found))
        heads, inverse = np.unique(lines.astype(f"U{digits}"), return_inverse=True)
        means = np.bincount(inverse, weights=values) / np.bincount(inverse)
        wanted = codes[missing].astype(f"U{digits}")
        place = np.clip(np.searchsorted(heads, wanted), 0, heads.size - 1)
        found[missing] = np.where(heads[place] == wanted, means[place], np.nan)
    return np.asarray(np.nan_to_num(found), dtype=np.float64)


def _unpadded(code: str, on: dt.date) -> str:
    """The subheading or tariff line that stands on a day under a code filled up with pairs of zeros, or empty."""
    while len(code) > _SUBHEADING and code.endswith(_PADDING):
        code = code.removesuffix(_PADDING)
        if us_schedule().rows(code, on).size:
            return code
    return ""


PROVIDER: Final = UnitedStates()
