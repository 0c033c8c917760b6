"""US imports of 2024 as cells (line, partner, industry): what averages are weighted with."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from detente import places
from detente.errors import InputError
from detente.tariffs.lines import imports_2024, weighted_table
from detente.tariffs.shares import EU_BLOCK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from detente.tariffs.duties import Table

WEIGHTS = ("us2024", "us2024-chapters-1-97")
WEIGHTS_YEAR = 2024
ICIO = "icio49"
_WIOD = "wiod35"
_CONCORDANCE = Path(__file__).parent.parent / "data" / "worlds" / "wiod35_icio49.csv"
_SPECIAL_CHAPTERS = ("98", "99")
# An industry in which a partner sold less than this (USD) is weighted with the imports of all partners.
_THIN = 1e6


@dataclass(frozen=True)
class Cells:
    """
    Imports from one partner.

    Attributes
    ----------
    rows
        Rows of the table of lines, shape (C,).
    usd
        Imports of 2024, USD, shape (C,).
    """

    rows: NDArray[np.intp]
    usd: NDArray[np.float64]


@dataclass(frozen=True)
class Weights:
    """
    Imports by line and partner, with the industry of each line.

    Attributes
    ----------
    table
        Lines with imports, shape (P,).
    industries
        Labels of the industries.
    industry
        Index into `industries` of each line, -1 for chapters 98 and 99, shape (P,).
    partners
        Imports by partner; the European Union is one.
    everyone
        Imports from all partners.
    """

    table: Table
    industries: tuple[str, ...]
    industry: NDArray[np.intp]
    partners: Mapping[str, Cells]
    everyone: Cells

    def partner_of(self, economy: str) -> str | None:
        """Find the partner whose imports stand for an economy; None when there is none."""
        if economy in self.partners:
            return economy
        return EU_BLOCK if economy in places.members("EU") and EU_BLOCK in self.partners else None

    def of(self, economy: str) -> Cells:
        """Imports that stand for an economy: its own, the Union's for a member, else those of all partners."""
        partner = self.partner_of(economy)
        return self.partners[partner] if partner else self.everyone


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
            repair="leave it out for imports of 2024",
        )
    table, labels, industry = weighted_table()
    special = np.isin(table.codes.astype("U2"), _SPECIAL_CHAPTERS)
    partners: dict[str, Cells] = {}
    total = np.zeros(table.codes.size)
    for partner, (rows, usd) in imports_2024().items():
        kept = ~special[rows] if name != WEIGHTS[0] else np.ones(rows.shape, dtype=bool)
        partners[partner] = Cells(rows[kept], usd[kept])
        np.add.at(total, rows[kept], usd[kept])
    rows = np.flatnonzero(total)
    return Weights(table, labels, industry, partners, Cells(rows, total[rows]))


def filled(known: Weights, cells: Cells) -> Cells:
    """
    Add the imports of all partners in industries where a partner sells next to nothing.

    Parameters
    ----------
    known
        The weights.
    cells
        Imports from one partner.

    Returns
    -------
    cells
        With every industry that the United States imports from anyone.
    """
    size = len(known.industries)
    industry = known.industry[cells.rows]
    own = np.bincount(industry[industry >= 0], weights=cells.usd[industry >= 0], minlength=size)
    thin = np.flatnonzero(own < _THIN)
    if not thin.size:
        return cells
    kept = ~np.isin(industry, thin)
    borrowed = np.isin(known.industry[known.everyone.rows], thin)
    return Cells(
        np.concatenate([cells.rows[kept], known.everyone.rows[borrowed]]),
        np.concatenate([cells.usd[kept], known.everyone.usd[borrowed]]),
    )


@functools.cache
def sector_map(classification: str) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """
    Sectors of a world's classification and how industries fall into them.

    Parameters
    ----------
    classification
        ``icio49`` or ``wiod35``.

    Returns
    -------
    sectors, membership
        Labels, and a matrix of 0 and 1, shape (sectors, industries).

    Raises
    ------
    InputError
        The classification has no concordance.
    """
    industries = weighted_table()[1]
    if classification == ICIO:
        return industries, np.eye(len(industries))
    if classification != _WIOD:
        raise InputError(
            "no concordance to that classification",
            where="classification",
            found=classification,
            allowed=f"{ICIO}, {_WIOD}",
            repair="use a world in one of them",
        )
    pairs = [line.split(",") for line in _CONCORDANCE.read_text(encoding="utf-8").split()[1:]]
    sectors = tuple(dict.fromkeys(sector for sector, _ in pairs))
    membership = np.zeros((len(sectors), len(industries)))
    for sector, industry in pairs:
        if industry in industries:
            membership[sectors.index(sector), industries.index(industry)] = 1.0
    return sectors, membership
