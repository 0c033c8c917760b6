"""Weighted sums of duties by partner, redone only when what concerns the partner changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from detente.duties.averages.cells import Cells, weights
from detente.duties.bans import banned, banning
from detente.duties.duties import BASE, alike, expected_facts, legal_origin, origin_duties
from detente.duties.lines import industries, industry_index
from detente.duties.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from detente.duties.assumptions import Assumptions
    from detente.ledger import Book

IMPORTER = "USA"
By = Literal["measure", "sector", "chapter", "partner"]


@dataclass(frozen=True)
class Sums:
    """
    Imports from one partner and the duties on them.

    Attributes
    ----------
    usd
        Imports, USD.
    base
        Ordinary duty, USD.
    by_measure
        Additional duty by measure, USD.
    groups, group_usd
        All duty, and imports, by group of lines, USD, shape (G,).
    excluded
        Imports of the weights' year that may not be imported on the day, USD; not in `usd`.
    """

    usd: float
    base: float
    by_measure: Mapping[str, float]
    groups: NDArray[np.float64]
    group_usd: NDArray[np.float64]
    excluded: float = 0.0

    @property
    def additional(self) -> float:
        """Additional duty, USD."""
        return sum(self.by_measure.values())


def pooled(sums: Iterable[Sums]) -> tuple[float, float]:
    """
    Average over partners.

    Parameters
    ----------
    sums
        One entry a partner.

    Returns
    -------
    rate, additional
        All duty, and additional duty, over imports.
    """
    items = list(sums)
    usd = sum(item.usd for item in items)
    additional = sum(item.additional for item in items)
    return (sum(item.base for item in items) + additional) / usd, additional / usd


def excluded_share(sums: Iterable[Sums]) -> float:
    """
    Share of imports that may not be imported on the day.

    Parameters
    ----------
    sums
        One entry a partner.

    Returns
    -------
    share
        0 to 1, of the imports behind the weights.
    """
    items = list(sums)
    out = sum(item.excluded for item in items)
    return out / (out + sum(item.usd for item in items))


def _pool(group: NDArray[np.intp], usd: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Sums by group."""
    return np.bincount(group, weights=usd, minlength=size).astype(np.float64)


class Averager:
    """
    Works out averages day by day.

    Parameters
    ----------
    name
        Name of the weights.
    assumptions
        Named judgements.
    by
        How the average is to be split.
    """

    def __init__(self, name: str, assumptions: Assumptions, by: By | None = None) -> None:
        self.known = weights(name)
        self.reader = Reader(self.known.table, assumptions)
        self.by = by
        self.labels, self._group = self._grouping()
        self._done: dict[tuple[object, ...], Sums] = {}

    def _grouping(self) -> tuple[tuple[str, ...], NDArray[np.intp]]:
        """Labels of groups of lines, and the group of each line."""
        if self.by == "sector":
            return industries(), industry_index()
        if self.by == "chapter":
            labels, index = np.unique(self.known.table.codes.astype("U2"), return_inverse=True)
            return tuple(labels.tolist()), index
        return (), np.full(self.known.table.codes.shape, -1)

    def partners(self, origin: str | None) -> tuple[str, ...]:
        """
        Partners an average is taken over.

        Parameters
        ----------
        origin
            ISO alpha-3, or None for all.

        Returns
        -------
        partners
            Names of partners in the weights, or the origin.
        """
        return tuple(self.known.partners) if origin is None else (origin,)

    def partner(self, book: Book, partner: str) -> Sums:
        """
        Imports from one partner and the duties on them.

        Parameters
        ----------
        book
            What is on the books.
        partner
            As `partners` names it.

        Returns
        -------
        sums
            USD.
        """
        key = (partner, *alike(book, partner))
        if key not in self._done:
            self._done[key] = self._sum(book, partner, self.known.of(partner))
        return self._done[key]

    def _sum(self, book: Book, partner: str, cells: Cells) -> Sums:
        """Weigh the duties on one partner's lines."""
        duties = origin_duties(book, partner, self.reader)
        rows, group = cells.rows, self._group[cells.rows]
        inside, size = group >= 0, len(self.labels)
        usd = cells.usd * (1.0 - self._banned(book, partner)[rows])
        return Sums(
            usd=float(usd.sum()),
            base=float(duties.base[rows] @ usd),
            by_measure={name: float(rate[rows] @ usd) for name, rate in duties.by_measure.items()},
            groups=_pool(group[inside], (duties.total[rows] * usd)[inside], size),
            group_usd=_pool(group[inside], usd[inside], size),
            excluded=float(cells.usd.sum() - usd.sum()),
        )

    def _banned(self, book: Book, partner: str) -> NDArray[np.float64]:
        """Share of each line that may not be imported from a partner."""
        origin = legal_origin(partner)
        bans = banning(book, IMPORTER, origin)
        if not bans:
            return np.zeros(self.known.table.codes.shape)
        return banned(bans, book, origin, self.reader, expected_facts(book, origin, self.reader))

    def split(self, sums: Mapping[str, Sums]) -> tuple[dict[str, float], dict[str, float]]:
        """
        Split an average.

        Parameters
        ----------
        sums
            By partner.

        Returns
        -------
        by, imports
            As `split`.
        """
        return split(sums, self.by, self.labels)


def split(
    sums: Mapping[str, Sums], by: By | None, labels: tuple[str, ...]
) -> tuple[dict[str, float], dict[str, float]]:
    """
    Split an average.

    Parameters
    ----------
    sums
        By partner.
    by
        How.
    labels
        Groups of lines or industries, in the order of the sums.

    Returns
    -------
    by, imports
        Points by measure, or the rate and the imports of each group.
    """
    usd = sum(item.usd for item in sums.values())
    if by == "measure":
        points = {BASE: sum(item.base for item in sums.values())}
        for item in sums.values():
            for name, duty in item.by_measure.items():
                points[name] = points.get(name, 0.0) + duty
        return {name: duty / usd for name, duty in points.items() if duty or name == BASE}, {}
    if by == "partner":
        rates = {name: pooled([item])[0] for name, item in sums.items()}
        return rates, {name: item.usd for name, item in sums.items()}
    if not labels:
        return {}, {}
    paid = np.sum([item.groups for item in sums.values()], axis=0)
    value = np.sum([item.group_usd for item in sums.values()], axis=0)
    kept = np.flatnonzero(value)
    return (
        {labels[n]: float(paid[n] / value[n]) for n in kept},
        {labels[n]: float(value[n]) for n in kept},
    )
