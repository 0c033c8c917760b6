"""What an instrument other than a tariff does to the economy, as pieces of a shock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from detente.model import Limit, Target


@dataclass(frozen=True, eq=False)
class Cells:
    """
    Values on the few flows an instrument touches.

    j, n, i: Sector, importer and exporter of each cell, shape (C,); no cell twice.
    values: One per cell, shape (C,).
    """

    j: NDArray[np.intp]
    n: NDArray[np.intp]
    i: NDArray[np.intp]
    values: NDArray[np.float64]

    def whole(self, shape: tuple[int, ...], rest: float) -> NDArray[np.float64]:
        """
        Spread the values over every flow.

        Examples
        --------
        >>> one = np.array([0])
        >>> Cells(one, one, one, np.array([2.0])).whole((1, 1, 2), 1.0).tolist()
        [[[2.0, 1.0]]]
        """
        out = np.full(shape, rest)
        out[self.j, self.n, self.i] = self.values
        return out


@dataclass(frozen=True)
class Effect:
    """
    One instrument's pieces of a shock.

    instrument: Its id in the table of instruments.
    measures: Ids of the measures whose state decides it.
    tariff: Ad valorem addition to the tariff of some cells, or None. Revenue goes to the importer.
    iceberg: Factor on delivered cost of some cells, 1 or more, or None.
    limits, targets: Quantity conditions.
    size: Name of the assumption that sets a quantity, if there is one: results are shown over its alternatives.
    words: What is done and which assumptions it uses, one sentence each.
    """

    instrument: str
    measures: tuple[str, ...]
    tariff: Cells | None = None
    iceberg: Cells | None = None
    limits: tuple[Limit, ...] = ()
    targets: tuple[Target, ...] = ()
    size: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pieces:
    """
    Everything besides ordinary tariffs that enters one shock.

    tariff, iceberg: Sums and products over the effects, shape (J, N, N), or None.
    limits, targets: All quantity conditions.
    words: By instrument.
    """

    tariff: NDArray[np.float64] | None = None
    iceberg: NDArray[np.float64] | None = None
    limits: tuple[Limit, ...] = ()
    targets: tuple[Target, ...] = ()
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)


def combine(effects: Iterable[Effect], shape: tuple[int, ...]) -> Pieces:
    """Put the effects of several instruments together."""
    found = list(effects)
    tariffs = [item.tariff for item in found if item.tariff is not None]
    icebergs = [item.iceberg for item in found if item.iceberg is not None]
    added, factor = np.zeros(shape if tariffs else 0), np.ones(shape if icebergs else 0)
    for cells in tariffs:
        added[cells.j, cells.n, cells.i] += cells.values
    for cells in icebergs:
        factor[cells.j, cells.n, cells.i] *= cells.values
    return Pieces(
        tariff=added if tariffs else None,
        iceberg=factor if icebergs else None,
        limits=tuple(limit for item in found for limit in item.limits),
        targets=tuple(target for item in found for target in item.targets),
        words={item.instrument: item.words for item in found if item.words},
    )
