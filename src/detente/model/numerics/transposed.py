"""The transposed derivative of the map: what a change of its value, or of income, owes to the state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.model.kernel import Map, Point
    from detente.model.numerics.operators import DenseTrade

# A log multiplier above this belongs to a binding bound, which stays binding to first order.
_BINDING: Final = 1e-8


@dataclass(eq=False)
class Seeds:
    """Derivatives of K scalars in the quantities of a pass, the scalars on the last axis."""

    S: NDArray[np.float64]
    CU: NDArray[np.float64]
    BV: NDArray[np.float64]
    CV: NDArray[np.float64]
    U: NDArray[np.float64]
    price: NDArray[np.float64]
    cells: NDArray[np.float64]


class Pull:
    """
    The transposed derivative of the map at a state.

    map_: The map.
    state: Its fixed point, (1, M); or as often as scalars are pulled, (K, M), where nothing is limited.
    trade: The map's products.
    """

    def __init__(self, map_: Map, state: NDArray[np.float64], trade: DenseTrade) -> None:
        self.map, self.state, self.trade = map_, state, trade
        self.point: Point = map_.evaluate(state)
        self.earned = self.point.earned
        self.share = self.earned / _total(self.earned)
        self.spent = np.broadcast_to(map_.economy.active > 0, self.point.new_spending.shape)
        self.over_spending = np.where(self.spent, self.point.new_spending, 1.0)
        self.binding = np.abs(self.point.multipliers) > _BINDING

    def __call__(
        self, seed: NDArray[np.float64], income: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], Seeds]:
        """Pull derivatives of K scalars in the map's value, (K, M), and in income, (N, K), back to the state."""
        eco, at = self.map.economy, self.point
        wage_seed, price_seed, spending_seed, bound_seed = self.map.unpack(seed)
        wage_seed = wage_seed - self.share * _total(wage_seed)
        pull_demand = np.where(eco.factor > 0, eco.factor_step * wage_seed, 0.0)
        new_spending = np.where(self.spent, spending_seed / self.over_spending, 0.0)
        income = income + (at.final * new_spending).sum(axis=0)
        demand = np.where(at.demand > 0, pull_demand / np.where(at.demand > 0, at.demand, 1.0), 0.0)
        output, by_factor, price_state = at.costing.pull_use(
            np.broadcast_to(demand, new_spending.shape), new_spending, at.output
        )
        price_state = price_state + eco.final.pull_shares(new_spending * at.income, at.final)
        income, wage_state, by_basket = self._pull_saving(income)
        price_state = price_state + by_basket
        earned_state = wage_seed - pull_demand + self._income_to_wage(income)
        wage_state = wage_state + self._by_factor(by_factor)
        output = output - income
        U = output * at.BV + income * at.CV
        BV, CV = output * at.U, income * at.U
        CU = -income * at.V
        V = -income * at.CU
        cost = np.zeros_like(U)
        cells = np.empty(0)
        bound_state = bound_seed
        if self.map.bounds:
            cells, bound_state = self._pull_bounds(bound_seed, U, V, cost)
        V = V + self.trade.pull_sell(BV, CV)
        spending = V / at.S + income
        S = -V * at.V / at.S - price_seed / (eco.theta * at.S)
        U = U + self.trade.pull_buy(S, CU)
        cost = cost - eco.theta * at.U * U
        by_factor, by_price = at.costing.pull_cost(cost)
        wage_state = wage_state + self._by_factor(by_factor)
        price_state = price_state + by_price
        by_earned, by_basket = self._pull_wage(wage_state)
        earned_state, price_state = earned_state + by_earned, price_state + by_basket
        if self.map.bounds:
            bound_state = bound_state + self._cells_to_bounds(S, CU, BV, CV, cells)
            bound_state = np.where(self.binding, bound_state, 0.0)
        seeds = Seeds(S, CU, BV, CV, U, price_seed, cells)
        return self.map.pack(earned_state, price_state, spending * at.spending, bound_state), seeds

    def _by_factor(self, by_sector: NDArray[np.float64]) -> NDArray[np.float64]:
        """Shape a derivative by sector as the factor prices are."""
        out: NDArray[np.float64] = by_sector if self.map.economy.fixed else by_sector.sum(axis=0)
        return out

    def _pull_wage(
        self, seed: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64] | float]:
        """Derivatives in log factor income and in log prices through the wage."""
        labour, at = self.map.labour, self.point
        if labour is None:
            return seed, 0.0
        by_earned, by_consumer_price = labour.slopes(at.log_earned)
        total = seed.sum(axis=0) if self.map.economy.fixed else seed
        return by_earned * seed, by_consumer_price * at.final * total

    def _pull_saving(
        self, income: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64] | float, NDArray[np.float64] | float]:
        """Derivatives in income before the deficit, log factor prices and log prices, through saving and investment."""
        map_, eco, at = self.map, self.map.economy, self.point
        if map_.closure != "saving":
            return income, 0.0, 0.0
        assert eco.saved is not None  # noqa: S101  (for the type checker)
        mean = (income * at.invested).sum(axis=0) / at.invested.sum(axis=0)
        invested = (income - mean) * at.invested
        by_return = map_.saving.elasticity * invested
        by_price = (invested - by_return) * at.final
        if eco.fixed:
            paid = eco.factor * np.exp(at.log_wage)
            by_return = by_return * paid / paid.sum(axis=0)
        return income - eco.saved * (income - mean), by_return, by_price

    def _income_to_wage(self, income: NDArray[np.float64]) -> NDArray[np.float64]:
        """Derivative through factor income and the deficits that follow it alone."""
        eco, map_ = self.map.economy, self.map
        weight = income
        if map_.closure == "fixed":
            weight = income + (income * eco.deficit).sum(axis=0) / eco.world
        elif map_.closure == "proportional":
            earned = self.earned.sum(axis=0) if eco.fixed else self.earned
            ratio, total = eco.deficit / map_.base_income, earned.sum(axis=0)
            gap, mean = (ratio * earned).sum(axis=0) / total, (income * earned).sum(axis=0) / total
            weight = income * (1 + ratio - gap) - mean * (ratio - gap)
        return weight * self.earned

    def _pull_bounds(
        self,
        seed: NDArray[np.float64],
        U: NDArray[np.float64],
        V: NDArray[np.float64],
        cost: NDArray[np.float64],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Add what volumes contribute to `U`, `V` and costs; derivative in the log of each cell's `B`."""
        bounds, at = self.map.bounds, self.point
        assert bounds is not None  # noqa: S101  (for the type checker)
        quantity = bounds.quantities(at.U, at.V, at.log_cost)
        pulled = np.where(self.binding, seed, 0.0) * bounds.gain / at.volumes / bounds.base
        cells = (bounds.member.T @ pulled) * quantity[:, None]
        j, n, i = bounds.j, bounds.n, bounds.i
        np.add.at(U, (j, i), cells / at.U[j, i])
        np.add.at(V, (j, n), cells / at.V[j, n])
        np.add.at(cost, (j, i), -cells)
        return cells, np.where(self.binding, seed, 0.0)

    def _cells_to_bounds(
        self,
        S: NDArray[np.float64],
        CU: NDArray[np.float64],
        BV: NDArray[np.float64],
        CV: NDArray[np.float64],
        cells: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Derivative in the log multipliers through the cells of `A`, `C`, `B`."""
        bounds, at = self.map.bounds, self.point
        assert bounds is not None  # noqa: S101  (for the type checker)
        j, n, i = bounds.j, bounds.n, bounds.i
        trade = self.trade
        A, C, B = (cube.reshape(-1)[bounds.cells][:, None] for cube in (trade.A, trade.C, trade.B))
        by_A = A * S[j, n] * at.U[j, i]
        by_C = C * (CU[j, n] * at.U[j, i] + at.V[j, n] * CV[j, i])
        by_B = B * at.V[j, n] * BV[j, i] + cells
        shared = -bounds.theta[:, None] * (by_A + by_C + by_B) - by_B
        slopes = bounds.importer_slopes(at.multipliers[:, 0])
        out: NDArray[np.float64] = bounds.member @ shared - slopes[:, None] * (bounds.member @ by_C)
        return out


def _total(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum over everything but the scalars on the last axis, (K,)."""
    out: NDArray[np.float64] = values.reshape(-1, values.shape[-1]).sum(axis=0)
    return out
