"""The map whose fixed point is the equilibrium: log factor incomes, prices, spending and multipliers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, get_args

import numpy as np

from detente.errors import InputError
from detente.model.results.records import Closure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.model.constraints import Bounds
    from detente.model.economy import Economy
    from detente.model.numerics.operators import Trade
    from detente.model.preferences.production import Costing
    from detente.model.results.records import Terms

CLOSURES: Final = get_args(Closure)
# Demand that falls below this share of itself in one pass is cut there: income may be negative on the way.
_LEAST_RATIO: Final = 1e-4
# Added to both sides of a trade balance, so that an economy without any trade is in balance.
_NO_TRADE: Final = 1e-250


@dataclass(eq=False)
class Point:
    """Everything computed in one pass; K scenarios side by side on the last axis."""

    earned: NDArray[np.float64]
    log_earned: NDArray[np.float64]
    log_wage: NDArray[np.float64]
    log_price: NDArray[np.float64]
    log_cost: NDArray[np.float64]
    spending: NDArray[np.float64]
    U: NDArray[np.float64]
    S: NDArray[np.float64]
    V: NDArray[np.float64]
    CU: NDArray[np.float64]
    BV: NDArray[np.float64]
    CV: NDArray[np.float64]
    output: NDArray[np.float64]
    income: NDArray[np.float64]
    demand: NDArray[np.float64]
    balance: NDArray[np.float64]
    new_spending: NDArray[np.float64]
    multipliers: NDArray[np.float64]
    volumes: NDArray[np.float64]
    costing: Costing
    final: NDArray[np.float64]
    invested: NDArray[np.float64]


class Map:
    """
    One scenario's, or K stacked scenarios', equilibrium conditions as a map on stacked logs.

    economy: The layout of the baseline.
    trade: Products with the shares under the shock.
    terms: What is assumed: of trade deficits, and of how much of the factors is employed.
    bounds: Limits and targets, if any (one scenario only).

    The state is an array (K, M): log factor incomes, log price changes, log changes of spending, log
    multipliers. Factor income is the wage where employment does not move.
    Caliendo and Parro (2015), equations 2, 4, 6, 7 and 9, in changes. Factor income follows the trade balance, which
    decides it even where there is little trade left.
    """

    def __init__(self, economy: Economy, trade: Trade, terms: Terms, bounds: Bounds | None = None) -> None:
        closure: str = terms.closure
        if closure not in CLOSURES:
            raise InputError(
                "unknown closure",
                where="closure",
                found=closure,
                allowed=", ".join(CLOSURES),
                repair="choose what happens to trade deficits",
            )
        self.economy, self.trade, self.closure, self.bounds = economy, trade, closure, bounds
        self.labour = terms.labour if terms.labour.moves else None
        self.saving = terms.saving
        J, N = economy.shape
        self.size_wage = economy.factor.shape[:-1]
        self.count = int(np.prod(self.size_wage))
        self.cells = J * N

    @property
    def size(self) -> int:
        """Length of a state."""
        return self.count + 2 * self.cells + (len(self.bounds.bound) if self.bounds else 0)

    def start(self) -> NDArray[np.float64]:
        """State of the baseline, (1, M)."""
        return np.zeros((1, self.size))

    def unpack(
        self, z: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Log factor incomes, log prices, log changes of spending, log multipliers; scenarios last."""
        K, (J, N) = len(z), self.economy.shape
        columns = np.ascontiguousarray(z.T)
        first, second = self.count + self.cells, self.count + 2 * self.cells
        return (
            columns[: self.count].reshape(*self.size_wage, K),
            columns[self.count : first].reshape(J, N, K),
            columns[first:second].reshape(J, N, K),
            columns[second:],
        )

    def pack(self, *parts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Stack parts of a state, the inverse of `unpack`."""
        K = parts[0].shape[-1]
        return np.concatenate([part.reshape(-1, K) for part in parts]).T

    def evaluate(self, z: NDArray[np.float64]) -> Point:
        """Compute every quantity of the model at a state."""
        eco = self.economy
        log_earned, log_price, log_change, multipliers = self.unpack(z)
        if self.bounds:
            multipliers = self.bounds.project(multipliers)
            self.bounds.apply(multipliers)
        log_wage = self.wage_of(log_earned, log_price)
        costing = eco.production.at(log_wage, log_price)
        log_cost = costing.log_cost
        U = np.exp(-eco.theta * log_cost)
        spending = eco.spending * np.exp(log_change)
        if not eco.all_active:
            spending *= eco.active
        S, foreign_bought = self.trade.buy(U)
        V = spending / S
        foreign_made, foreign_sold = self.trade.sell(V)
        imports, exports = (V * foreign_bought).sum(axis=0), (U * foreign_sold).sum(axis=0)
        CU = foreign_bought + self.trade.c * U
        BV = foreign_made + self.trade.b * V
        CV = foreign_sold + self.trade.c * V if self.trade.taxes_exports else BV
        output = U * BV
        earned = np.exp(log_earned) * eco.factor
        factor_income = earned.sum(axis=0) if eco.fixed else earned
        revenue = (spending - V * CU).sum(axis=0)
        at_border = (U * CV - output).sum(axis=0) if self.trade.taxes_exports else np.zeros(1)
        invested = np.empty(0)
        if self.closure == "saving":
            deficit, invested = self.saved(factor_income + revenue + at_border, log_wage, log_price)
        else:
            deficit = self.deficit(factor_income)
        income = factor_income + revenue + deficit + at_border
        balance = np.log(exports + np.maximum(deficit, 0) + _NO_TRADE)
        balance -= np.log(imports - np.minimum(deficit, 0) + _NO_TRADE)
        final = eco.final.shares(log_price)
        demand, new_spending = costing.payments(output)
        new_spending += final * income
        volumes = self.bounds.volumes(U, V, log_cost) if self.bounds else np.empty(0)
        return Point(
            earned, log_earned, log_wage, log_price, log_cost, spending, U, S, V, CU, BV, CV, output, income,
            demand if eco.fixed else demand.sum(axis=0), balance, new_spending, multipliers, volumes,
            costing, final, invested,
        )  # fmt: skip

    def step(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Distance the map moves a state, (K, M); zero at an equilibrium."""
        eco, point = self.economy, self.evaluate(z)
        _, log_price, log_change, raw = self.unpack(z)
        move_wage = eco.wage_step * point.balance
        if eco.fixed:
            move_wage = move_wage + self._between_sectors(point)
        world = (eco.factor * np.exp(point.log_earned + move_wage)).reshape(-1, len(z)).sum(axis=0)
        move_wage -= np.log(world / eco.world)
        move_price = -np.log(point.S) / eco.theta - log_price
        change = point.new_spending / eco.spending
        if not eco.all_active:
            change = np.where(eco.active > 0, change, 1.0)
        floor = _LEAST_RATIO * np.exp(log_change)
        move_spending = np.log(np.maximum(change, floor)) - log_change
        if not self.bounds:
            return self.pack(move_wage, move_price, move_spending)
        moved = self.bounds.move(point.multipliers, point.volumes) - raw
        return self.pack(move_wage, move_price, move_spending, moved)

    def wage_of(self, log_earned: NDArray[np.float64], log_price: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log factor prices at log factor incomes and log prices, the shape of the first."""
        if self.labour is None:
            return log_earned
        return self.labour.log_wage(log_earned, self.economy.final.price(log_price))

    def _between_sectors(self, point: Point) -> NDArray[np.float64]:
        """Move of what each sector's factor earns relative to its economy's mean."""
        eco = self.economy
        supply = point.earned
        ratio = np.divide(point.demand, supply, out=np.ones_like(supply), where=supply > 0)
        gap = np.log(np.maximum(ratio, _LEAST_RATIO))
        mean = (gap * supply).sum(axis=0) / supply.sum(axis=0)
        return np.where(supply > 0, eco.factor_step * (gap - mean), 0.0)

    def deficit(self, factor_income: NDArray[np.float64]) -> NDArray[np.float64]:
        """
        Trade deficits under the closure, (N, K).

        "fixed": shares of world value added. "proportional": each moves with its economy's value added, and
        the gap this leaves in the world is shared by value added.
        """
        eco = self.economy
        if self.closure == "zero":
            return np.zeros_like(factor_income)
        total = factor_income.sum(axis=0)
        if self.closure == "fixed":
            fixed: NDArray[np.float64] = eco.deficit * (total / eco.world)
            return fixed
        own = eco.deficit * (factor_income / self.base_income)
        out: NDArray[np.float64] = own - own.sum(axis=0) * factor_income / total
        return out

    def saved(
        self, at_home: NDArray[np.float64], log_wage: NDArray[np.float64], log_price: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Deficits that saving leaves, and investment, at incomes before deficits; (N, K) each."""
        eco = self.economy
        assert eco.saved is not None  # noqa: S101  (for the type checker)
        assert eco.invested is not None  # noqa: S101  (for the type checker)
        saving = eco.saved * at_home
        wanted = self.saving.wanted(eco.invested, self.mean_wage(log_wage), eco.final.price(log_price))
        invested = wanted * (saving.sum(axis=0) / wanted.sum(axis=0))
        return invested - saving, invested

    def mean_wage(self, log_wage: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log of the mean factor price at baseline weights, (N, K)."""
        if not self.economy.fixed:
            return log_wage
        factor = self.economy.factor
        out: NDArray[np.float64] = np.log((factor * np.exp(log_wage)).sum(axis=0) / factor.sum(axis=0))
        return out

    @property
    def base_income(self) -> NDArray[np.float64]:
        """Baseline value added, (N, 1)."""
        eco = self.economy
        return eco.factor.sum(axis=0) if eco.fixed else eco.factor
