"""Weighted sums of duties by partner, redone only when what concerns the partner changed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from detente.duties.duties import BASE

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from detente.duties.documents.average import Covered
    from detente.ledger import Book

By = Literal["measure", "sector", "chapter", "partner"]


@dataclass(frozen=True)
class Charged:
    """
    Duties on imports from one partner, cell by cell: lines of a schedule, or industries.

    `rows` of the cells among all lines or industries; `usd` that may be imported; `base`, `by_measure` and `total`:
    duties, fractions; `imports`, whether they may be imported or not, USD; each shape (C,).
    """

    rows: NDArray[np.intp]
    usd: NDArray[np.float64]
    base: NDArray[np.float64]
    by_measure: Mapping[str, NDArray[np.float64]]
    total: NDArray[np.float64]
    imports: NDArray[np.float64]


class Trade(Protocol):
    """
    What an importer's averages are weighted with, and the duties on it.

    `covered` is True where the ordinary duty is held, ``partial`` where only additional duties are.
    """

    importer: str
    weights: str
    year: int
    covered: Covered

    def groups(self, by: By | None) -> tuple[tuple[str, ...], NDArray[np.intp]]:
        """Labels of groups of lines or industries, and the group of each, -1 for none."""

    def partners(self, origin: str | None) -> tuple[str, ...]:
        """Partners an average is taken over: all of them, or the origin."""

    def key(self, book: Book, partner: str) -> tuple[object, ...]:
        """What the duties on a partner's goods depend on."""

    def charged(self, book: Book, partner: str) -> Charged:
        """Duties on imports from one partner."""

    def warnings(self, first: dt.date, origin: str | None) -> tuple[str, ...]:
        """What a reader must know of the weights."""


@dataclass(frozen=True)
class Sums:
    """
    Imports from one partner and the duties on them.

    usd: Imports, USD.
    base: Ordinary duty, USD.
    by_measure: Additional duty by measure, USD.
    groups, group_usd: All duty, and imports, by group of lines, USD, shape (G,).
    squares: Squared duty times imports, USD.
    excluded: Imports of the weights' year that may not be imported on the day, USD; not in `usd`.
    """

    usd: float
    base: float
    squares: float
    by_measure: Mapping[str, float]
    groups: NDArray[np.float64]
    group_usd: NDArray[np.float64]
    excluded: float = 0.0

    @property
    def additional(self) -> float:
        """Additional duty, USD."""
        return sum(self.by_measure.values())


def pooled(sums: Iterable[Sums]) -> tuple[float, float]:
    """Average over partners: all duty, and additional duty, over imports."""
    items = list(sums)
    usd = sum(item.usd for item in items)
    additional = sum(item.additional for item in items)
    return (sum(item.base for item in items) + additional) / usd, additional / usd


def restrictiveness(sums: Iterable[Sums]) -> float:
    """
    The trade-restrictiveness average: the one tariff that loses as much welfare as the duties, were elasticities equal.

    The root of the import-weighted mean of squares: Feenstra (1995), Handbook of International Economics 3; Kee, Nicita and
    Olarreaga (2009), Economic Journal 119, equation 6 with one elasticity.
    """
    items = list(sums)
    return math.sqrt(sum(item.squares for item in items) / sum(item.usd for item in items))


def excluded_share(sums: Iterable[Sums]) -> float:
    """Share of the imports behind the weights that may not be imported on the day."""
    items = list(sums)
    out = sum(item.excluded for item in items)
    return out / (out + sum(item.usd for item in items))


class Averager:
    """
    Works out averages day by day.

    trade: Lines or industries with their weights and duties.
    by: How the average is to be split.
    """

    def __init__(self, trade: Trade, by: By | None = None) -> None:
        self.trade, self.by = trade, by
        self.labels, self._group = trade.groups(by)
        self._done: dict[tuple[object, ...], Sums] = {}

    def partner(self, book: Book, partner: str) -> Sums:
        """Imports from one partner, as `Trade.partners` names it, and the duties on them."""
        key = (partner, *self.trade.key(book, partner))
        if key not in self._done:
            self._done[key] = self._sum(self.trade.charged(book, partner))
        return self._done[key]

    def _sum(self, found: Charged) -> Sums:
        """Weigh the duties on one partner's goods."""
        usd, group = found.usd, self._group[found.rows]
        inside = group >= 0
        paid, value = (
            np.bincount(group[inside], weights=of[inside], minlength=len(self.labels)).astype(np.float64)
            for of in (found.total * usd, usd)
        )
        return Sums(
            usd=float(usd.sum()),
            base=float(found.base @ usd),
            squares=float(found.total**2 @ usd),
            by_measure={name: float(rate @ usd) for name, rate in found.by_measure.items()},
            groups=paid,
            group_usd=value,
            excluded=float(found.imports.sum() - usd.sum()),
        )

    def split(self, sums: Mapping[str, Sums]) -> tuple[dict[str, float], dict[str, float]]:
        """Points by measure, or the rate and the imports of each group, of sums by partner."""
        return _split(sums, self.by, self.labels, base=self.trade.covered is True)


def _split(
    sums: Mapping[str, Sums], by: By | None, labels: tuple[str, ...], *, base: bool
) -> tuple[dict[str, float], dict[str, float]]:
    """Points by measure, or the rate and the imports of each partner or group (labels in the order of the sums)."""
    usd = sum(item.usd for item in sums.values())
    if by == "measure":
        points = {BASE: sum(item.base for item in sums.values())} if base else {}
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
