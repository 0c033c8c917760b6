"""What is kept of a solve beside a scenario's own: its verdict and the numbers that are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detente.model import Equilibrium
    from detente.model.results.records import BoundResult
    from detente.policy.documents.run import Scenario, Unsolved
    from detente.world import World


@dataclass(frozen=True, eq=False)
class SideSolve:
    """
    The numbers kept of an equilibrium whose arrays nobody reads again.

    status, residual, iterations: The verdict, as in `Equilibrium`.
    income: Baseline income, USD million, shape (N,).
    real_income_hat: New real income over old, shape (N,).
    constraints: Limits and targets with their multipliers and rents, where they were asked for.
    """

    status: str
    residual: float
    iterations: int
    income: NDArray[np.float64]
    real_income_hat: NDArray[np.float64]
    constraints: tuple[BoundResult, ...]


@dataclass(frozen=True, eq=False)
class Parts:
    """
    Parts of a change of real income and the revenue beside them, shape (N,) each.

    terms_of_trade, volume_of_trade: Parts of the change at average weights, fractions of baseline income
        (`Equilibrium.decompose`).
    tariff_revenue: New tariff revenue, USD million.
    """

    terms_of_trade: NDArray[np.float64]
    volume_of_trade: NDArray[np.float64]
    tariff_revenue: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SideScenario:
    """
    A scenario on another world.

    status: The verdict, as in `Equilibrium`.
    shown: Its part of the document.
    """

    status: str
    shown: Scenario | Unsolved


@dataclass(frozen=True, eq=False)
class SideRun:
    """
    A study on another world: what the document shows of it.

    world: The world.
    scenarios: By id, in the study's order.
    """

    world: World
    scenarios: dict[str, SideScenario]


def keep(eq: Equilibrium, *, constraints: bool = False) -> SideSolve:
    """Take the numbers that are shown from a solve, so that its arrays can go."""
    bounds = eq.constraints if constraints and eq.converged else ()
    return SideSolve(eq.status, eq.residual, eq.iterations, eq.base.income, eq.real_income_hat, bounds)


def parts_of(eq: Equilibrium) -> Parts:
    """Take the parts of a change of real income from a solve."""
    parts = eq.decompose()
    return Parts(parts.terms_of_trade, parts.volume_of_trade, eq.income_parts["tariff revenue"][1])
