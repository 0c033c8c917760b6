"""Exact derivatives of an objective in every instrument of the world: one linear solve with the transposed map."""

from __future__ import annotations

import time
from dataclasses import dataclass
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
    from collections.abc import Mapping

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
    Derivatives of an objective at an equilibrium.

    Attributes
    ----------
    sectors, economies
        Labels.
    tariff, export_tax
        In the level of each tariff and export tax, (J, N, N).
    iceberg
        In the log of each delivery cost, (J, N, N).
    theta
        In each trade elasticity, the baseline data held, (J,).
    passes, seconds
        Transposed products, wall clock.
    """

    sectors: tuple[str, ...]
    economies: tuple[str, ...]
    tariff: NDArray[np.float64]
    export_tax: NDArray[np.float64]
    iceberg: NDArray[np.float64]
    theta: NDArray[np.float64]
    passes: int
    seconds: float

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
    """Weighted sum of log real incomes."""
    chosen = {weights: 1.0} if isinstance(weights, str) else dict(weights)
    vector = np.zeros(len(eq.base.economies))
    vector[positions(tuple(chosen), eq.base.economies, "economy")] = list(chosen.values())
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
    goal = objective if isinstance(objective, Objective) else real_income(eq, objective)
    with one_thread():
        wedges = eq.wedges()
        economy = make_economy(eq.base, fixed=eq.terms.factors == "fixed")
        solved = tuple(bound for bound in eq.bounds if bound.state == "solved")
        trade = make_trade(economy, wedges, separate=bool(solved))
        bounds = Bounds(solved, economy, trade) if solved else None
        map_ = Map(economy, trade, eq.terms.closure, bounds, eq.terms.labour)
        state = start_state(map_, eq.base, eq.bounds, eq)
        return _differentiate(eq, Pull(map_, state, trade), goal, begun)


def _differentiate(eq: Equilibrium, pull: Pull, goal: Objective, begun: float) -> Gradient:
    """Solve the transposed system and collect the derivatives."""
    map_, eco = pull.map, pull.map.economy
    income = (goal.income / eq.income)[:, None]
    wage = np.zeros(eco.factor.shape)
    if goal.wage is not None:
        wage = (eco.sort(goal.wage) if eco.fixed else goal.wage)[..., None]
    spending = np.zeros_like(eco.spending) if goal.spending is None else eco.sort(goal.spending)[..., None]
    direct = map_.pack(wage, eco.sort(goal.price)[..., None], spending, np.zeros_like(pull.point.multipliers))
    zero = np.zeros_like(direct)
    right = direct + pull(zero, income)[0]
    weights, passes = _solve_transposed(pull, right)
    _, seeds = pull(weights, income)
    tariff, tax, iceberg, theta = _collect(eq, pull, seeds, weights)
    return Gradient(
        eq.base.sectors, eq.base.economies, tariff, tax, iceberg, theta, passes, time.perf_counter() - begun
    )


def _solve_transposed(pull: Pull, right: NDArray[np.float64]) -> tuple[NDArray[np.float64], int]:
    """Solve `(I - F_z)' x = right` by the same acceleration as the equilibrium."""
    none = np.zeros((pull.map.economy.shape[1], 1))
    size = np.abs(right).max()
    if size == 0:
        return right, 0
    scaled = right / size

    def step(x: NDArray[np.float64]) -> NDArray[np.float64]:
        out: NDArray[np.float64] = scaled + pull(x, none)[0] - x
        return out

    run = accelerate(step, scaled, tolerance=_TOLERANCE, max_passes=_MOST_PASSES, memory=_MEMORY)
    if run.error[0] > _TOLERANCE:
        raise ConvergenceError(
            "the derivative could not be computed",
            where="gradient",
            found=f"residual {small(run.error[0])} of the transposed system after {run.passes} products",
            allowed=f"at most {small(_TOLERANCE)} of the largest entry",
            repair="the equilibrium may be singular: an economy cut off, or a bound at its edge",
        )
    return run.state * size, run.passes


def _collect(
    eq: Equilibrium, pull: Pull, seeds: Seeds, weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Derivatives in tariffs, export taxes, log delivery costs, elasticities."""
    eco, at, trade = pull.map.economy, pull.point, pull.trade
    T = eco.traded
    S, CU, BV, CV, U, V = (part[..., 0] for part in (seeds.S, seeds.CU, seeds.BV, seeds.CV, at.U, at.V))

    def outer(by_importer: NDArray[np.float64], by_exporter: NDArray[np.float64]) -> NDArray[np.float64]:
        return by_importer[:T, :, None] * by_exporter[:T, None, :]

    by_B = outer(V, BV) * trade.B
    by_C = (outer(CU, U) + outer(V, CV)) * trade.C
    total = outer(S, U) * trade.A
    if pull.map.bounds:
        by_B.reshape(-1)[pull.map.bounds.cells] += seeds.cells
    total += by_C
    total += by_B
    home_B, home_C = trade.b[..., 0] * V * BV, trade.c[..., 0] * (CU * U + V * CV)
    home = home_B, home_C, trade.a[..., 0] * S * U + home_C + home_B
    by_B, by_C, total = (
        _whole(eco, cube, diagonal) for cube, diagonal in zip((by_B, by_C, total), home, strict=True)
    )
    wedges, factor = eq.wedges(), eq.effective_wedges[2]
    moved = factor != 1
    by_theta = np.zeros(len(factor))
    np.add.at(by_theta, np.nonzero(moved)[0], -total[moved] * np.log(factor[moved]))
    log_price_weights = weights[:, pull.map.count : pull.map.count + pull.map.cells].reshape(eco.shape)
    own = -(at.log_cost * at.U * seeds.U)[..., 0].sum(axis=1)
    own += (log_price_weights * np.log(at.S[..., 0])).sum(axis=1) / eco.theta[:, 0, 0] ** 2
    iceberg = -eq.base.theta[:, None, None] * total
    by_C += by_B
    return (
        (iceberg - by_C) / wedges.importer,
        (iceberg - by_B) / wedges.exporter,
        iceberg,
        by_theta + eco.unsort(own),
    )


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
