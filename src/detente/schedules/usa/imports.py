"""United States imports of 2024: by line and partner as observed, members of the Union and small partners derived."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from detente.errors import InputError
from detente.geography import economies as places
from detente.schedules.usa import tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

EU: Final = "EUN"
YEAR: Final = 2024
_CHAPTERS: Final = 100


@dataclass(frozen=True)
class Imports:
    """
    Imports from one economy.

    rows: Index into `UsImports.codes`, ascending, shape (C,).
    usd, duty: Customs value and calculated duty of 2024, USD, shape (C,).
    basis: ``observed`` line by line, or ``derived`` from the economy's chapters.
    """

    rows: NDArray[np.intp]
    usd: NDArray[np.float64]
    duty: NDArray[np.float64]
    basis: Literal["observed", "derived"]


class UsImports:
    """
    Imports for consumption of 2024 by ten-digit line and partner.

    50 partners: 49 economies by ISO alpha-3 and the European Union as one, ``EUN``. They hold 98.7 % of US imports. The
    Census extract gives Slovakia beside the Union, in which it is counted already; here it is in the Union only. Codes
    are those of 2024: 289 of them had left the schedule by 2025, and 9999.95.0000 is the Census Bureau's estimate of
    shipments of low value.

    Examples
    --------
    >>> imports = us_imports_2024()
    >>> round(float(imports.usd.sum()) / 1e12, 3)
    3.209
    >>> imports.of("DEU").basis
    'derived'

    US Census Bureau, public domain.
    """

    @cached_property
    def _cells(self) -> tuple[NDArray[np.str_], NDArray[np.intp], tuple[str, ...], NDArray[np.intp]]:
        """Codes, row of each cell, partners, and partner of each cell."""
        codes, rows = tables.coded("imports_2024", "code")
        partners, partner = tables.coded("imports_2024", "partner")
        return codes, rows, tuple(partners.tolist()), partner

    @property
    def codes(self) -> NDArray[np.str_]:
        """Ten-digit codes with imports, sorted, shape (P,)."""
        return self._cells[0]

    @property
    def rows(self) -> NDArray[np.intp]:
        """Index into `codes` of each cell, shape (N,)."""
        return self._cells[1]

    @property
    def partners(self) -> tuple[str, ...]:
        """Labels of the partners, sorted."""
        return self._cells[2]

    @property
    def partner(self) -> NDArray[np.intp]:
        """Index into `partners` of each cell, shape (N,)."""
        return self._cells[3]

    @cached_property
    def usd(self) -> NDArray[np.float64]:
        """Customs value of each cell, USD, shape (N,)."""
        return tables.numbers("imports_2024", "usd")

    @cached_property
    def duty(self) -> NDArray[np.float64]:
        """Calculated duty of each cell, USD, shape (N,)."""
        return tables.numbers("imports_2024", "duty")

    def by_partner(self) -> Mapping[str, tuple[NDArray[np.intp], NDArray[np.float64]]]:
        """Rows and values by partner: index into `codes` and USD."""
        return {name: (rows, self.usd[cells]) for name, (cells, rows) in self._spans.items()}

    @cached_property
    def _spans(self) -> dict[str, tuple[slice, NDArray[np.intp]]]:
        """Cells and rows of each partner: the table is sorted by partner."""
        edges = np.searchsorted(self.partner, np.arange(len(self.partners) + 1))
        return {
            name: (slice(start, end), self.rows[start:end])
            for name, start, end in zip(self.partners, edges[:-1].tolist(), edges[1:].tolist(), strict=True)
        }

    def total(self) -> Mapping[str, float]:
        """Imports by code, all partners together, USD."""
        return self._total

    @cached_property
    def _total(self) -> Mapping[str, float]:
        """Imports by code."""
        values = np.bincount(self.rows, weights=self.usd, minlength=self.codes.size)
        return dict(zip(self.codes.tolist(), values.tolist(), strict=True))

    def of(self, economy: str) -> Imports:
        """
        Imports from one economy, line by line.

        Observed for the 50 partners and Slovakia. For another member of the European Union, the lines of the Union
        less Slovakia in each chapter times the member's share of the chapter; for another economy, the lines of all
        partners likewise: `basis` says ``derived``. Duties are shared out in the same way.
        """
        if economy in self._spans:
            cells, rows = self._spans[economy]
            return Imports(rows, self.usd[cells], self.duty[cells], "observed")
        return self._members.get(economy) or self._derived(economy)

    @cached_property
    def _members(self) -> dict[str, Imports]:
        """Members of the Union with lines of their own."""
        table = "imports_2024_members"
        partners, rows = (
            tables.texts(table, "partner"),
            np.searchsorted(self.codes, tables.texts(table, "code")),
        )
        usd, duty = tables.numbers(table, "usd"), tables.numbers(table, "duty")
        return {
            name: Imports(rows[partners == name], usd[partners == name], duty[partners == name], "observed")
            for name in np.unique(partners).tolist()
        }

    def _derived(self, economy: str) -> Imports:
        """Share out an economy's chapters by the lines of the rest of the Union, or of all partners."""
        usd, duty = chapters_of(economy)
        known, owed = self._within_union if economy in places.members("EU") else self._everyone
        values, duties = _share_out(usd, known, self._chapter), _share_out(duty, owed, self._chapter)
        rows = np.flatnonzero((values > 0.0) | (duties > 0.0))
        return Imports(rows, values[rows], duties[rows], "derived")

    @cached_property
    def _chapter(self) -> NDArray[np.intp]:
        """Chapter of each code, shape (P,)."""
        return self.codes.astype("U2").astype(np.intp)

    @cached_property
    def _everyone(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Imports and duty by line of all partners, shapes (P,)."""
        every = slice(None)
        return self._by_line(self.usd, every), self._by_line(self.duty, every)

    @cached_property
    def _within_union(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Imports and duty by line of the Union less its members with lines of their own, shapes (P,)."""
        cells = self._spans[EU][0]
        known, owed = self._by_line(self.usd[cells], cells), self._by_line(self.duty[cells], cells)
        for member in self._members.values():
            np.subtract.at(known, member.rows, member.usd)
            np.subtract.at(owed, member.rows, member.duty)
        return known, np.maximum(owed, 0.0)

    def _by_line(self, values: NDArray[np.float64], cells: slice) -> NDArray[np.float64]:
        """Sum cells by line."""
        return np.bincount(self.rows[cells], weights=values, minlength=self.codes.size).astype(np.float64)


def _share_out(
    totals: NDArray[np.float64], lines: NDArray[np.float64], chapter: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Spread chapter totals over lines in proportion."""
    pool = np.bincount(chapter, weights=lines, minlength=totals.size)
    factor = np.divide(totals, pool, out=np.zeros(totals.shape), where=pool > 0.0)
    return lines * factor[chapter]


@cache
def _chapters() -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Value and duty by chapter number, by economy."""
    table = "imports_2024_chapters"
    partners, chapters = tables.texts(table, "partner"), tables.texts(table, "chapter").astype(np.intp)
    usd, duty = tables.numbers(table, "usd"), tables.numbers(table, "duty")
    found = {}
    for partner in np.unique(partners).tolist():
        mine = partners == partner
        found[partner] = tuple(
            np.bincount(chapters[mine], weights=x[mine], minlength=100) for x in (usd, duty)
        )
    return found  # type: ignore[return-value]


def chapters_of(economy: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    US imports of 2024 from one economy by chapter, as observed.

    Customs value and calculated duty in USD, indexed by chapter number, each shape (100,).

    >>> usd, duty = chapters_of("DEU")
    >>> bool(usd[87] > 3e10)
    True
    """
    found = _chapters().get(economy)
    if found is None:
        raise InputError(
            "no US imports of 2024 from that economy",
            where="economy",
            found=economy,
            allowed="an ISO alpha-3 code the Census Bureau reports, or EUN",
            repair="check the code; `detente.geography.economies.resolve` reads names",
        )
    return found


@cache
def us_imports_2024() -> UsImports:
    """
    United States imports for consumption of 2024.

    One object for the process; its columns load when first asked for.

    >>> len(us_imports_2024().partners)
    50
    """
    return UsImports()
