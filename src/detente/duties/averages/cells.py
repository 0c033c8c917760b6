"""US imports of 2024 as cells (line, partner): what averages are weighted with."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detente.duties.lines import industries, industry_index, weighted_table
from detente.errors import InputError
from detente.geography import economies as places
from detente.io.words import meant
from detente.schedules.usa import us_imports_2024

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from detente.duties.reader import Table

WEIGHTS = ("us2024", "us2024-chapters-1-97")
WEIGHTS_YEAR = 2024
EU_BLOCK = "EUN"
_SPECIAL_CHAPTERS = ("98", "99")
# An industry in which a partner sold less than this (USD) is weighted with the imports of all partners.
_THIN = 1e6


@dataclass(frozen=True)
class Cells:
    """
    Imports from one economy.

    Attributes
    ----------
    rows
        Rows of the table of lines, shape (C,).
    usd
        Imports of 2024, USD, shape (C,).
    basis
        ``observed`` by line, ``derived`` from chapters, or ``everyone``: those of all partners.
    """

    rows: NDArray[np.intp]
    usd: NDArray[np.float64]
    basis: str


@dataclass(frozen=True)
class Weights:
    """
    Imports by line and partner.

    Attributes
    ----------
    name
        Name of the weights.
    table
        Lines with imports, shape (P,).
    partners
        Imports by partner, none counted twice: the European Union is one.
    everyone
        Imports from all partners.
    """

    name: str
    table: Table
    partners: Mapping[str, Cells]
    everyone: Cells

    def of(self, economy: str) -> Cells:
        """
        Imports that stand for an economy.

        Parameters
        ----------
        economy
            ISO alpha-3, ``EUN``, or ``ROW``.

        Returns
        -------
        cells
            Its own by line; for other economies those of the Union or of all partners, by the economy's chapters;
            where nothing is reported, those of all partners.
        """
        if economy in self.partners:
            return self.partners[economy]
        try:
            found = us_imports_2024().of(economy)
        except InputError:
            return self.everyone
        return self._kept(Cells(found.rows, found.usd, found.basis))

    def _kept(self, cells: Cells) -> Cells:
        """Without the special chapters where the weights leave them out."""
        if self.name == WEIGHTS[0]:
            return cells
        kept = ~np.isin(self.table.codes[cells.rows].astype("U2"), _SPECIAL_CHAPTERS)
        return Cells(cells.rows[kept], cells.usd[kept], cells.basis)


@functools.cache
def weights(name: str = WEIGHTS[0]) -> Weights:
    """
    Read named weights.

    Parameters
    ----------
    name
        ``us2024`` (all chapters) or ``us2024-chapters-1-97``.

    Returns
    -------
    weights
        US imports for consumption by HTS10 and partner, Census Bureau, public domain.

    Raises
    ------
    InputError
        The name is not one of the two.
    """
    if name not in WEIGHTS:
        raise InputError(
            "no weights of that name",
            where="weights",
            found=name,
            allowed=", ".join(WEIGHTS),
            repair=meant(name, WEIGHTS, otherwise="leave it out for imports of 2024"),
        )
    table, imports = weighted_table(), us_imports_2024()
    members = set(places.members("EU"))
    empty = Cells(np.zeros(0, dtype=np.intp), np.zeros(0), "observed")
    held = Weights(name, table, {}, empty)
    partners = {
        partner: held._kept(Cells(rows, usd, "observed"))  # noqa: SLF001  (same module)
        for partner, (rows, usd) in imports.by_partner().items()
        if partner not in members
    }
    total = np.zeros(table.codes.size)
    for cells in partners.values():
        total[cells.rows] += cells.usd
    rows = np.flatnonzero(total)
    return Weights(name, table, partners, Cells(rows, total[rows], "everyone"))


def filled(known: Weights, cells: Cells, classification: str) -> Cells:
    """
    Add the imports of all partners in industries where an economy sells next to nothing.

    Parameters
    ----------
    known
        The weights.
    cells
        Imports from one economy.
    classification
        ``icio49`` or ``wiod35``.

    Returns
    -------
    cells
        With every industry that the United States imports from anyone.
    """
    index, size = industry_index(classification), len(industries(classification))
    industry = index[cells.rows]
    own = np.bincount(industry[industry >= 0], weights=cells.usd[industry >= 0], minlength=size)
    # The place of special provisions, -1, is the last: they stay what they are.
    thin = np.append(own < _THIN, False)
    kept = ~thin[industry]
    borrowed = thin[index[known.everyone.rows]]
    return Cells(
        np.concatenate([cells.rows[kept], known.everyone.rows[borrowed]]),
        np.concatenate([cells.usd[kept], known.everyone.usd[borrowed]]),
        cells.basis,
    )
