"""Products with the trade shares: the only work on arrays of N x N x J inside a solve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.model.economy import Economy
    from detente.model.wedges import Wedges


class Trade(Protocol):
    """
    Products of stacked scenarios with `A = pi b**-theta`, `C = A / importer wedge`, `B = C / exporter wedge`.

    U is by exporter, V by importer, both (J, N, K). Home sales are kept apart, so that trade is never what is left of
    two large numbers.
    """

    @property
    def taxes_exports(self) -> bool:
        """Whether what the importer's customs see differs from producers' revenue."""

    @property
    def b(self) -> NDArray[np.float64]:
        """Home sales: diagonal of `B`, (J, N, 1)."""

    @property
    def c(self) -> NDArray[np.float64]:
        """Home sales: diagonal of `C`, (J, N, 1)."""

    def buy(self, U: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """`A U`, home included, and `C U` without home."""

    def sell(self, V: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """`B' V` and `C' V`, both without home."""


@dataclass(eq=False)
class DenseTrade:
    """
    One scenario: `A`, `C`, `B` of traded sectors as (T, N, N) with zeros for home, and home of all sectors (J, N, 1).

    `B is C` if no export is taxed or limited.
    """

    A: NDArray[np.float64]
    C: NDArray[np.float64]
    B: NDArray[np.float64]
    a: NDArray[np.float64]
    c: NDArray[np.float64]
    b: NDArray[np.float64]

    @property
    def taxes_exports(self) -> bool:
        """Whether what the importer's customs see differs from producers' revenue."""
        return self.B is not self.C

    def buy(self, U: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """`A U`, home included, and `C U` without home."""
        whole = _apply(self.A, U)
        whole += self.a * U
        return whole, _apply(self.C, U)

    def sell(self, V: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """`B' V` and `C' V`, both without home."""
        out = _apply_t(self.B, V)
        return out, (_apply_t(self.C, V) if self.taxes_exports else out)

    def pull_buy(self, S: NDArray[np.float64], M: NDArray[np.float64]) -> NDArray[np.float64]:
        """`A' S + C' M`, home included: transpose of both products with `U`."""
        return _apply_t(self.A, S) + _apply_t(self.C, M) + self.a * S + self.c * M

    def pull_sell(self, R: NDArray[np.float64], E: NDArray[np.float64]) -> NDArray[np.float64]:
        """`B R + C E`, home included: transpose of both products with `V`."""
        if not self.taxes_exports:
            return _apply(self.C, R + E) + self.c * (R + E)
        return _apply(self.B, R) + _apply(self.C, E) + self.b * R + self.c * E


def _apply(matrix: NDArray[np.float64], U: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum over exporters; zero for sectors without foreign trade."""
    if len(matrix) == len(U):
        whole: NDArray[np.float64] = np.matmul(matrix, U)
        return whole
    out = np.zeros_like(U)
    np.matmul(matrix, U[: len(matrix)], out=out[: len(matrix)])
    return out


def _apply_t(matrix: NDArray[np.float64], V: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum over importers; zero for sectors without foreign trade."""
    return _apply(matrix.transpose(0, 2, 1), V)


def make_trade(economy: Economy, wedges: Wedges, *, separate: bool = False) -> DenseTrade:
    """
    Fold a shock into the shares, once.

    Powers are taken of the cells that change only.
    """
    exponent = -economy.theta[: economy.traded]
    taxes = wedges.taxes_exports
    importer = _traded(economy, wedges.importer)
    factor = importer / _traded(economy, wedges.importer_0)
    exporter = _traded(economy, wedges.exporter) if taxes else None
    if exporter is not None:
        factor = factor * (exporter / _traded(economy, wedges.exporter_0))
    if wedges.iceberg is not None:
        factor = factor * _traded(economy, wedges.iceberg)
    A = _power(factor, exponent) * economy.pi
    if wedges.open is not None:
        A *= _traded(economy, wedges.open)
    C = A / importer
    B = C / exporter if exporter is not None else (C.copy() if separate else C)
    a, c, b = (
        np.concatenate([_take_diagonal(cube), rest])
        for cube, rest in zip((A, C, B), _home(economy, wedges), strict=True)
    )
    n = np.arange(economy.shape[1])
    for cube in (A, C, B):
        cube[:, n, n] = 0.0
    return DenseTrade(A, C, B, a, c, b)


def _take_diagonal(cube: NDArray[np.float64]) -> NDArray[np.float64]:
    """Copy home sales of every sector, (T, N, 1)."""
    return np.array(np.einsum("jnn->jn", cube))[..., None]


def _traded(economy: Economy, cube: NDArray[np.float64]) -> NDArray[np.float64]:
    """Traded sectors of a cube, in the solver's order."""
    if cube.size == 1 or economy.traded == len(economy.order):
        return cube
    return cube[economy.order[: economy.traded]]


def _power(factor: NDArray[np.float64], exponent: NDArray[np.float64]) -> NDArray[np.float64]:
    """`factor ** exponent`, skipping the ones."""
    changed = factor != 1.0
    share = np.count_nonzero(changed) / max(factor.size, 1)
    if share > 0.5:  # noqa: PLR2004  (gathering costs more than the powers saved)
        whole: NDArray[np.float64] = np.power(factor, exponent)
        return whole
    out = np.ones_like(factor)
    if share > 0:
        j, n, i = np.nonzero(changed)
        out[j, n, i] = factor[j, n, i] ** exponent[j, 0, 0]
    return out


def _home(
    economy: Economy, wedges: Wedges
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Diagonals of `A`, `C`, `B` for sectors without foreign trade."""
    rest = economy.order[economy.traded :]
    if not len(rest):
        empty = np.empty((0, economy.shape[1], 1))
        return empty, empty, empty

    def diagonal(cube: NDArray[np.float64] | None) -> NDArray[np.float64]:
        if cube is None or cube.size == 1:
            return np.ones(1)
        home: NDArray[np.float64] = np.einsum("jnn->jn", cube)[rest][..., None]
        return home

    importer, exporter = diagonal(wedges.importer), diagonal(wedges.exporter)
    factor = importer / diagonal(wedges.importer_0) * exporter / diagonal(wedges.exporter_0)
    factor = factor * diagonal(wedges.iceberg)
    a = economy.pi_home * factor ** -economy.theta[economy.traded :] * diagonal(wedges.open)
    return a, a / importer, a / importer / exporter
