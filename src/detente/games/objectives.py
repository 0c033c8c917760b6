"""What a player wants: real income, revenue, weighted industries, rivalry; each with its gradient."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detente.errors import InputError
from detente.formatting import number
from detente.model import Objective
from detente.model.adjoint import gradients
from detente.model.audit import factor_income
from detente.model.shock import positions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from detente.model import Equilibrium
    from detente.model.adjoint import Gradient


@dataclass(frozen=True, eq=False)
class Slope:
    """
    Gradient of a goal at an equilibrium.

    state: Derivatives in what the equilibrium decides, for the adjoint.
    tariff: Derivative in each tariff with the equilibrium held, (J, N, N), or None.
    """

    state: Objective
    tariff: NDArray[np.float64] | None = None


class Slopes:
    """
    Derivatives of goals in every tariff of the world, equilibrium effects included, one equilibrium after another.

    The linear systems of goals at one equilibrium are solved side by side, each from its solution at the equilibrium before.
    """

    def __init__(self) -> None:
        self._near: list[Gradient] = []

    def __call__(self, eq: Equilibrium, goals: Sequence[Goal]) -> list[NDArray[np.float64]]:
        """Of each goal, (J, N, N)."""
        return self.of(eq, [goal.slope(eq) for goal in goals])

    def of(self, eq: Equilibrium, slopes: Sequence[Slope]) -> list[NDArray[np.float64]]:
        """The same from gradients at the equilibrium."""
        near = self._near if len(self._near) == len(slopes) else []
        self._near = gradients(eq, [slope.state for slope in slopes], near=near)
        return [
            found.tariff if slope.tariff is None else found.tariff + slope.tariff
            for found, slope in zip(self._near, slopes, strict=True)
        ]


class Goal(ABC):
    """A scalar a player maximises. Goals add, and multiply by numbers."""

    title: str
    source: str
    # What `percent` is a percentage of.
    unit: str = "the goal"

    @abstractmethod
    def value(self, eq: Equilibrium) -> float:
        """Give the goal at an equilibrium."""

    @abstractmethod
    def slope(self, eq: Equilibrium) -> Slope:
        """Give its gradient there."""

    def percent(self, eq: Equilibrium) -> float:
        """Give the goal as people read it: a change in percent of `unit`."""
        return 100 * self.value(eq)

    def per_value(self, eq: Equilibrium) -> float:
        """Give the derivative of `percent` in `value`."""
        del eq
        return 100.0

    def in_percent(self, eq: Equilibrium) -> Total:
        """Give the goal whose gradient at an equilibrium is that of `percent`."""
        return Total(((self.per_value(eq), self),))

    def in_tariffs(self, eq: Equilibrium) -> NDArray[np.float64]:
        """Give the derivative in every tariff of the world, (J, N, N), equilibrium effects included."""
        return Slopes()(eq, [self])[0]

    def __add__(self, other: Goal) -> Goal:
        """Add two goals."""
        return Total(((1.0, self), (1.0, other)))

    def __mul__(self, weight: float) -> Goal:
        """Weigh a goal."""
        return Total(((float(weight), self),))

    __rmul__ = __mul__


@dataclass(frozen=True)
class Total(Goal):
    """
    Weighted sum of goals.

    Parameters
    ----------
    parts
        Weight and goal.
    """

    parts: tuple[tuple[float, Goal], ...]
    source = "weights as stated"

    @property
    def title(self) -> str:  # type: ignore[override]
        """Say what is added."""
        return " + ".join(f"{number(weight)} x {goal.title}" for weight, goal in self.parts)

    def value(self, eq: Equilibrium) -> float:
        """Give the sum."""
        return float(sum(weight * goal.value(eq) for weight, goal in self.parts))

    def percent(self, eq: Equilibrium) -> float:
        """Give the sum of the parts as people read them."""
        return float(sum(weight * goal.percent(eq) for weight, goal in self.parts))

    def in_percent(self, eq: Equilibrium) -> Total:
        """Give the parts, each with what its value is in percent."""
        parts = [(w * inner, g) for w, goal in self.parts for inner, g in goal.in_percent(eq).parts]
        return Total(tuple(parts))

    def slope(self, eq: Equilibrium) -> Slope:
        """Add the gradients."""
        slopes = [(weight, goal.slope(eq)) for weight, goal in self.parts]

        def total(name: str) -> NDArray[np.float64] | None:
            found = [(w, getattr(s.state, name)) for w, s in slopes if getattr(s.state, name) is not None]
            return np.sum([w * values for w, values in found], axis=0) if found else None

        direct = [w * s.tariff for w, s in slopes if s.tariff is not None]
        income, price = total("income"), total("price")
        assert income is not None and price is not None  # noqa: S101, PT018  (every goal gives both)
        state = Objective(income, price, total("wage"), total("spending"))
        return Slope(state, np.sum(direct, axis=0) if direct else None)


@dataclass(frozen=True)
class RealIncome(Goal):
    """
    Log real income of an economy, or of several together (their equivalent variations added).

    Parameters
    ----------
    members
        Labels of the world.

    Examples
    --------
    >>> from detente.model import solve
    >>> from detente.world import load_world
    >>> RealIncome(("USA",)).value(solve(load_world("wiod2011"))) == 0
    True
    """

    members: tuple[str, ...]
    source = "Caliendo and Parro (2015), section 2; the government of Ossa (2014) with equal weights"
    unit = "real income"

    @property
    def title(self) -> str:  # type: ignore[override]
        """Say whose."""
        return f"log real income of {'+'.join(self.members)}"

    def value(self, eq: Equilibrium) -> float:
        """Give the log of real income over the baseline's."""
        weight = _weights(eq, self.members)
        level = (weight * eq.real_income_hat).sum()
        return float(np.log(level)) if level > 0 else -np.inf

    def percent(self, eq: Equilibrium) -> float:
        """Give the change of real income, as a run prints it."""
        if len(self.members) == 1 and self.members[0] in eq.base.economies:
            return float(eq.real_income_pct[self.members[0]])
        return float(100 * (_weights(eq, self.members) @ (eq.real_income_hat - 1)))

    def per_value(self, eq: Equilibrium) -> float:
        """Give the level of real income in percent: the value is its log."""
        return 100 * float(np.exp(self.value(eq)))

    def slope(self, eq: Equilibrium) -> Slope:
        """Give shares of the members in their real income, and less those times their baskets."""
        share = _weights(eq, self.members) * eq.real_income_hat
        share = share / share.sum()
        return Slope(Objective(income=share, price=-eq.final_shares * share))


@dataclass(frozen=True)
class Revenue(Goal):
    """
    Tariff revenue at baseline consumer prices, over baseline income.

    Parameters
    ----------
    members
        Labels of the world.

    Notes
    -----
    Under a model without limits, export taxes and rents, revenue is income less factor income and transfers, which gives
    the gradient. With them the value is right and the gradient is refused.
    """

    members: tuple[str, ...]
    source = "the revenue motive: Johnson (1951), 'Optimum welfare and maximum revenue tariffs'"
    unit = "baseline income, in tariff revenue"

    @property
    def title(self) -> str:  # type: ignore[override]
        """Say whose."""
        return f"real tariff revenue of {'+'.join(self.members)}"

    def value(self, eq: Equilibrium) -> float:
        """Give revenue over consumer prices, as a fraction of baseline income."""
        revenue = eq.income_parts["tariff revenue"][1]
        return float((self._per_income(eq) * revenue).sum())

    def slope(self, eq: Equilibrium) -> Slope:
        """Differentiate income less factor income."""
        parts = eq.income_parts
        if (
            eq.bounds
            or np.abs(parts["export tax revenue"][1]).max() > 0
            or eq.terms.closure not in ("fixed", "zero")
        ):
            raise InputError(
                "no gradient of revenue here",
                where="Revenue.slope",
                found=f"{len(eq.bounds)} limits or targets, closure {eq.terms.closure}",
                allowed="tariffs only, closure fixed or zero",
                repair="leave limits and export taxes out, or choose another goal",
            )
        per = self._per_income(eq)
        wage = -per * _factor_parts(eq)
        revenue = per * parts["tariff revenue"][1]
        state = Objective(income=per * eq.income, price=-eq.final_shares * revenue, wage=_to_wages(eq, wage))
        return Slope(state)

    def _per_income(self, eq: Equilibrium) -> NDArray[np.float64]:
        """One over prices and over the members' baseline income."""
        chosen = _weights(eq, self.members) > 0
        out: NDArray[np.float64] = chosen / eq.cpi_hat / eq.base.income[chosen].sum()
        return out


@dataclass(frozen=True)
class Rivalry(Total):
    """
    Own goal less a weight times the rival's; made by `rivalry`.

    band: Least and largest weight where only a range is known; empty where the weight is one number.
    """

    band: tuple[float, ...] = ()

    @property
    def own(self) -> Goal:
        """The goal without the rival's."""
        return self.parts[0][1]

    @property
    def weight(self) -> float:
        """What the rival's loss counts."""
        return -self.parts[1][0]

    @property
    def unit(self) -> str:  # type: ignore[override]
        """Say what is subtracted."""
        return f"{self.own.unit}, less {number(self.weight)} times the other side's"

    @property
    def title(self) -> str:  # type: ignore[override]
        """Say whose is subtracted from whose."""
        return f"{self.own.title} less {number(self.weight)} times {self.parts[1][1].title}"


def rivalry(own: Goal, rival: Goal, weight: float, *, band: tuple[float, ...] = ()) -> Rivalry:
    """
    Own goal less a weight times the rival's.

    Parameters
    ----------
    own, rival
        Goals of the two sides.
    weight
        0 or more; 1 means that only the difference counts.
    band
        Least and largest weight where only a range is known.

    Returns
    -------
    Goal

    References
    ----------
    Powell (1991), "Absolute and relative gains in international relations theory", American Political Science Review 85(4).

    Examples
    --------
    >>> rivalry(RealIncome(("USA",)), RealIncome(("CHN",)), 0.5).title
    'log real income of USA less 0.5 times log real income of CHN'
    """
    if not weight >= 0:
        raise InputError(
            "a rivalry has a weight of 0 or more",
            where="rivalry",
            found=weight,
            allowed="0 or more",
            repair="0 is own gain alone, 1 the difference of the two",
        )
    return Rivalry(((1.0, own), (-float(weight), rival)), band)


def _weights(eq: Equilibrium, members: tuple[str, ...]) -> NDArray[np.float64]:
    """Baseline income of the members over its sum, 0 for the others, (N,)."""
    weight = np.zeros(len(eq.base.economies))
    where = positions(members, eq.base.economies, "economy")
    weight[where] = eq.base.income[where]
    out: NDArray[np.float64] = weight / weight.sum()
    return out


def _factor_parts(eq: Equilibrium) -> NDArray[np.float64]:
    """Factor income by economy, (N,), or by industry and economy with one factor each, (J, N)."""
    if eq.wage_hat.ndim == 1:
        return factor_income(eq.base, eq.earned_hat)
    return earned_by_industry(eq)


def _to_wages(eq: Equilibrium, by_economy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shape a derivative as the factor prices are."""
    return (
        by_economy if eq.wage_hat.ndim == by_economy.ndim else np.broadcast_to(by_economy, eq.wage_hat.shape)
    )


def earned_by_industry(eq: Equilibrium) -> NDArray[np.float64]:
    """What the factors of each industry earn, (J, N)."""
    if eq.wage_hat.ndim == 1:
        return eq.base.va_share * eq.output
    by_sector = eq.base.va_share * eq.base.output
    total = by_sector.sum(axis=0)
    scale = np.divide(eq.base.value_added, total, out=np.ones_like(total), where=total > 0)
    out: NDArray[np.float64] = eq.earned_hat * by_sector * scale
    return out
