"""Exact derivatives of an objective in every instrument of the world: one linear solve with the transposed map."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from detente.errors import ConvergenceError, InputError
from detente.formatting import small
from detente.model.constraints import Bounds
from detente.model.economy import Economy, make_economy
from detente.model.kernel import Map
from detente.model.numerics.accelerate import accelerate
from detente.model.numerics.operators import make_trade
from detente.model.numerics.transposed import Pull, Seeds
from detente.model.shock import positions
from detente.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from detente.model.equilibrium import Equilibrium

# Residual of the linear system, relative to the largest entry of its right-hand side.
_TOLERANCE: Final = 1e-9
_MEMORY: Final = 10
_MOST_PASSES: Final = 600


@dataclass(frozen=True, eq=False)
class Objective:
    """
    A scalar function of the equilibrium, given by its gradient.

    Attributes
    ----------
    income
        Derivative in log income, (N,).
    price
        Derivative in log price index, (J, N).
    wage
        Derivative in log factor income (the log factor price where employment does not move), (N,) or (J, N), or None.
    spending
        Derivative in log spending, (J, N), or None.
    """

    income: NDArray[np.float64]
    price: NDArray[np.float64]
    wage: NDArray[np.float64] | None = None
    spending: NDArray[np.float64] | None = None


@dataclass(frozen=True, eq=False)
class Gradient:
    """
    Derivatives of an objective at an equilibrium, each worked out when it is asked for.

    Attributes
    ----------
    sectors, economies
        Labels.
    passes, seconds
        Transposed products, and wall clock, of the solve this objective was part of.
    """

    sectors: tuple[str, ...]
    economies: tuple[str, ...]
    passes: int
    seconds: float
    _solved: _Solved = field(repr=False)
    _place: int = field(repr=False)

    @cached_property
    def tariff(self) -> NDArray[np.float64]:
        """In the level of each tariff, (J, N, N)."""
        return self._solved.tariff(self._place)

    @cached_property
    def export_tax(self) -> NDArray[np.float64]:
        """In the level of each export tax, (J, N, N)."""
        return self._solved.export_tax(self._place)

    @cached_property
    def iceberg(self) -> NDArray[np.float64]:
        """In the log of each delivery cost, (J, N, N)."""
        return self._solved.iceberg(self._place)

    @cached_property
    def theta(self) -> NDArray[np.float64]:
        """In each trade elasticity, the baseline data held, (J,)."""
        return self._solved.theta(self._place)

    def spread(self, theta_sd: NDArray[np.float64]) -> float:
        """
        First-order standard deviation of the objective from independent errors of the trade elasticities.

        Parameters
        ----------
        theta_sd
            Standard deviation of each elasticity, (J,).

        Returns
        -------
        float
            In the objective's unit; for a log real income a fraction.
        """
        return float(np.sqrt(((self.theta * np.asarray(theta_sd)) ** 2).sum()))

    def largest(self, count: int = 10, instrument: str = "tariff") -> pd.DataFrame:
        """
        List the cells that move the objective most.

        Parameters
        ----------
        count
            How many.
        instrument
            "tariff", "export_tax" or "iceberg".

        Returns
        -------
        pandas.DataFrame
            Columns sector, importer, exporter, derivative.
        """
        import pandas as pd  # noqa: PLC0415

        cube = getattr(self, instrument)
        top = np.argsort(-np.abs(cube), axis=None)[:count]
        rows = [
            (self.sectors[j], self.economies[n], self.economies[i], cube[j, n, i])
            for j, n, i in zip(*np.unravel_index(top, cube.shape), strict=True)
        ]
        return pd.DataFrame(rows, columns=["sector", "importer", "exporter", "derivative"])


def real_income(eq: Equilibrium, weights: Mapping[str, float] | str) -> Objective:
    """Weighted sum of log real incomes; a group's is the mean of its members', weighted by baseline income."""
    chosen = {weights: 1.0} if isinstance(weights, str) else dict(weights)
    vector = np.zeros(len(eq.base.economies))
    for label, weight in chosen.items():
        where = positions(label, eq.base.economies, "economy")
        vector[where] += weight * eq.base.income[where] / eq.base.income[where].sum()
    return Objective(income=vector, price=-eq.final_shares * vector)


def gradient(eq: Equilibrium, objective: Objective | Mapping[str, float] | str) -> Gradient:
    """
    Differentiate an objective in every tariff, export tax, delivery cost and elasticity.

    With F the map and z its fixed point: `dO/dp = O_p + x' F_p`, `(I - F_z)' x = O_z`, by the same acceleration on
    transposed batched products.

    Examples
    --------
    >>> from detente.model import solve
    >>> from detente.world import load_world
    >>> slope = gradient(solve(load_world("wiod2011")), "USA")
    >>> slope.tariff.shape
    (35, 41, 41)
    """
    return gradients(eq, (objective,))[0]


def gradients(
    eq: Equilibrium,
    objectives: Sequence[Objective | Mapping[str, float] | str],
    *,
    near: Sequence[Gradient] = (),
) -> list[Gradient]:
    """
    Differentiate several objectives at one equilibrium, their transposed systems solved side by side.

    near: Gradients of the same objectives at an equilibrium close by, from which the systems are solved.

    Examples
    --------
    >>> from detente.model import solve
    >>> from detente.world import load_world
    >>> usa, chn = gradients(solve(load_world("wiod2011")), ("USA", "CHN"))
    >>> usa.tariff.shape == chn.tariff.shape
    True
    """
    from detente.model.problem import start_state  # noqa: PLC0415  (it imports the equilibrium)

    if not eq.converged:
        raise InputError(
            "no derivative without an equilibrium",
            where="gradient",
            found=eq.status,
            allowed="converged",
            repair="solve it first",
        )
    begun = time.perf_counter()
    goals = [item if isinstance(item, Objective) else real_income(eq, item) for item in objectives]
    with one_thread():
        wedges = eq.wedges()
        economy = make_economy(eq.base, fixed=eq.terms.factors == "fixed")
        bound = tuple(bound for bound in eq.bounds if bound.state == "solved")
        trade = make_trade(economy, wedges, separate=bool(bound))
        bounds = Bounds(bound, economy, trade) if bound else None
        map_ = Map(economy, trade, eq.terms, bounds)
        state = start_state(map_, eq.base, eq.bounds, eq)
        # A copy of the state for each objective: products of arrays alike are faster than those that broadcast.
        state = state if bounds else np.repeat(state, len(goals), axis=0)
        solved, passes = _differentiate(eq, Pull(map_, state, trade), goals, near)
    spent = time.perf_counter() - begun
    return [
        Gradient(eq.base.sectors, eq.base.economies, passes, spent, solved, place)
        for place in range(len(goals))
    ]


def _differentiate(
    eq: Equilibrium, pull: Pull, goals: Sequence[Objective], near: Sequence[Gradient]
) -> tuple[_Solved, int]:
    """Solve the transposed systems of all objectives; also how many products it took."""
    income = np.stack([goal.income for goal in goals], axis=-1) / eq.income[:, None]
    right = np.concatenate([_direct(pull, goal) for goal in goals])
    right = right + pull(np.zeros_like(right), income)[0]
    start = np.stack([slope._solved.weights[slope._place] for slope in near]) if near else None  # noqa: SLF001
    if start is not None and start.shape != right.shape:
        start = None
    weights, passes = _solve_transposed(pull, right, start)
    _, seeds = pull(weights, income)
    return _Solved(eq, pull, seeds, weights), passes


def _direct(pull: Pull, goal: Objective) -> NDArray[np.float64]:
    """Derivative of an objective in the state itself, (1, M)."""
    eco = pull.map.economy
    wage = np.zeros(eco.factor.shape)
    if goal.wage is not None:
        wage = (eco.sort(goal.wage) if eco.fixed else goal.wage)[..., None]
    spending = np.zeros_like(eco.spending) if goal.spending is None else eco.sort(goal.spending)[..., None]
    return pull.map.pack(
        wage, eco.sort(goal.price)[..., None], spending, np.zeros_like(pull.point.multipliers)
    )


def _solve_transposed(
    pull: Pull, right: NDArray[np.float64], start: NDArray[np.float64] | None
) -> tuple[NDArray[np.float64], int]:
    """Solve `(I - F_z)' x = right`, (K, M), by the same acceleration as the equilibrium."""
    none = np.zeros((pull.map.economy.shape[1], len(right)))
    size = np.abs(right).max(axis=1, keepdims=True)
    size[size == 0] = 1.0
    scaled = right / size

    def step(x: NDArray[np.float64]) -> NDArray[np.float64]:
        out: NDArray[np.float64] = scaled + pull(x, none)[0] - x
        return out

    first = scaled if start is None else start / size
    run = accelerate(step, first, tolerance=_TOLERANCE, max_passes=_MOST_PASSES, memory=_MEMORY)
    worst = float(run.error.max())
    if worst > _TOLERANCE:
        raise ConvergenceError(
            "the derivative could not be computed",
            where="gradient",
            found=f"residual {small(worst)} of the transposed system after {run.passes} products",
            allowed=f"at most {small(_TOLERANCE)} of the largest entry",
            repair="the equilibrium may be singular: an economy cut off, or a bound at its edge",
        )
    return run.state * size, run.passes


@dataclass(frozen=True, eq=False)
class _Solved:
    """
    Transposed systems of K objectives solved at one equilibrium, from which every derivative is read.

    seeds: Derivatives in the quantities of a pass, objectives on the last axis.
    weights: Solutions, (K, M).
    """

    eq: Equilibrium
    pull: Pull
    seeds: Seeds
    weights: NDArray[np.float64]

    def tariff(self, k: int) -> NDArray[np.float64]:
        """In the level of each tariff."""
        below = self._through_payments(k)
        out = self._through_delivery(k, below)
        out -= below
        out /= self.eq.wedges().importer
        return out

    def export_tax(self, k: int) -> NDArray[np.float64]:
        """In the level of each export tax."""
        out = self.iceberg(k)
        out -= self._through_revenue(k)
        out /= self.eq.wedges().exporter
        return out

    def iceberg(self, k: int) -> NDArray[np.float64]:
        """In the log of each delivery cost."""
        return self._through_delivery(k, self._through_payments(k))

    def theta(self, k: int) -> NDArray[np.float64]:
        """In each trade elasticity."""
        eco, at = self.pull.map.economy, self.pull.point
        factor = self.eq.effective_wedges[2]
        moved = factor != 1
        out = np.zeros(len(factor))
        by_log = self.iceberg(k)[moved] / self.eq.base.theta[np.nonzero(moved)[0]]
        np.add.at(out, np.nonzero(moved)[0], by_log * np.log(factor[moved]))
        first = self.pull.map.count
        by_price = self.weights[k, first : first + self.pull.map.cells].reshape(eco.shape)
        own = -(at.log_cost * at.U)[..., 0] * self.seeds.U[..., k]
        own += by_price * np.log(at.S[..., 0]) / eco.theta[:, 0] ** 2
        return out + eco.unsort(own.sum(axis=1))

    def _through_delivery(self, k: int, below: NDArray[np.float64]) -> NDArray[np.float64]:
        """In the log of each delivered cost: all three arrays of shares fall with it."""
        trade, at = self.pull.trade, self.pull.point
        S, U = self.seeds.S[..., k], at.U[..., 0]
        out = _whole(self.pull.map.economy, _outer(trade.A, (S, U)), trade.a[..., 0] * S * U)
        out += below
        out *= -self.eq.base.theta[:, None, None]
        return out

    def _through_payments(self, k: int) -> NDArray[np.float64]:
        """Less the derivative in the log of each importer's wedge, delivered costs held."""
        trade, at, seeds = self.pull.trade, self.pull.point, self.seeds
        U, V = at.U[..., 0], at.V[..., 0]
        CU, CV = seeds.CU[..., k], seeds.CV[..., k]
        cells = _outer(trade.C, (CU, U), (V, CV))
        out = _whole(self.pull.map.economy, cells, trade.c[..., 0] * (CU * U + V * CV))
        out += self._through_revenue(k)
        return out

    def _through_revenue(self, k: int) -> NDArray[np.float64]:
        """Less the derivative in the log of each exporter's wedge, what importers pay held."""
        trade, bounds = self.pull.trade, self.pull.map.bounds
        V, BV = self.pull.point.V[..., 0], self.seeds.BV[..., k]
        cells = _outer(trade.B, (V, BV))
        if bounds:
            cells.reshape(-1)[bounds.cells] += self.seeds.cells[..., k]
        return _whole(self.pull.map.economy, cells, trade.b[..., 0] * V * BV)


def _outer(
    shares: NDArray[np.float64], *pairs: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Shares times the sum of products of what is by importer with what is by exporter, (T, N, N)."""
    traded = len(shares)
    importer = np.stack([first[:traded] for first, _ in pairs], axis=2)
    exporter = np.stack([second[:traded] for _, second in pairs], axis=1)
    out: NDArray[np.float64] = np.matmul(importer, exporter)
    out *= shares
    return out


def _whole(eco: Economy, cube: NDArray[np.float64], diagonal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Foreign and home cells as one cube in the baseline's order."""
    J, N = eco.shape
    n = np.arange(N)
    if eco.traded == J:
        out = cube
    else:
        out = np.zeros((J, N, N))
        out[eco.order[: eco.traded]] = cube
    out[eco.order[:, None], n, n] = diagonal
    return out
