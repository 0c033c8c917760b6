"""Goals in which an industry's income counts with a weight, and how industries' sales move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detente.errors import InputError
from detente.formatting import number
from detente.games.objectives import Goal, Slope, earned_by_industry
from detente.model import Objective
from detente.model.shock import position, positions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from detente.model import Equilibrium


@dataclass(frozen=True)
class _Weighted(Goal):
    """A goal of one economy in which industries count with weights, those not named with 1."""

    member: str
    weights: Mapping[str, float]
    unit = "real income, industries weighted"
    what = "weighted real income"

    @property
    def title(self) -> str:  # type: ignore[override]
        """Say whose and which."""
        named = ", ".join(f"{sector} {number(weight)}" for sector, weight in self.weights.items())
        return f"log {self.what} of {self.member} ({named}, others 1)"

    def by_sector(self, eq: Equilibrium) -> NDArray[np.float64]:
        """Weight of every sector, (J,); refuses one below 0."""
        weight = np.ones(len(eq.base.sectors))
        weight[positions(tuple(self.weights), eq.base.sectors, "sector")] = list(self.weights.values())
        if weight.min() < 0:
            raise InputError(
                "a negative weight of an industry",
                where=type(self).__name__,
                found=dict(self.weights),
                allowed="0 or more",
                repair="Ossa (2014) has weights around 1",
            )
        return weight


@dataclass(frozen=True)
class SectorWeights(_Weighted):
    """
    Log of real income in which what an industry's factors earn counts with the industry's weight.

    Parameters
    ----------
    member
        Label of the world.
    weights
        Sector to weight; the others count 1. All are then scaled so that their mean, weighted with baseline factor
        income, is 1. Income other than factor income counts 1.

    References
    ----------
    Ossa (2014), "Trade wars and trade talks with data", American Economic Review 104(12), equation 6; here with one
    mobile factor, or specific factors (``factors="fixed"``) as in Grossman and Helpman (1994).
    """

    source = "Ossa (2014), American Economic Review 104(12), political-economy weights"

    def value(self, eq: Equilibrium) -> float:
        """Give the log of weighted income over consumer prices and baseline income."""
        n = eq.base.economies.index(self.member)
        return float(np.log(self._income(eq)[0] / eq.cpi_hat[n] / eq.base.income[n]))

    def percent(self, eq: Equilibrium) -> float:
        """Give the change of weighted real income."""
        return float(100 * np.expm1(self.value(eq)))

    def per_value(self, eq: Equilibrium) -> float:
        """Give the level of weighted real income in percent: the value is its log."""
        return float(100 * np.exp(self.value(eq)))

    def _income(self, eq: Equilibrium) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
        """Weighted income, extra weight by industry, factor income by industry."""
        base = eq.base
        n = position(self.member, base.economies, "economy")
        weight = self.by_sector(eq)
        earned_0 = base.va_share[:, n] * base.output[:, n]
        extra = weight * earned_0.sum() / (weight @ earned_0) - 1
        earned = earned_by_industry(eq)[:, n]
        return float(eq.income[n] + extra @ earned), extra, earned

    def slope(self, eq: Equilibrium) -> Slope:
        """Differentiate income and what each industry's factors earn."""
        n = eq.base.economies.index(self.member)
        total, extra, earned = self._income(eq)
        unit = np.zeros(len(eq.base.economies))
        unit[n] = 1.0
        income, price = unit * eq.income[n] / total, -eq.final_shares * unit
        pull = np.zeros_like(eq.base.va_share)
        pull[:, n] = extra * earned / total
        if eq.terms.factors == "fixed":
            return Slope(Objective(income=income, price=price, wage=pull))
        weight = (
            eq.flows * np.divide(pull, eq.output, out=np.zeros_like(pull), where=eq.output > 0)[:, None, :]
        )
        sales = sales_slope(eq, weight)
        state = Objective(income=income, price=price + sales.price, wage=sales.wage, spending=sales.spending)
        return Slope(state, sales.tariff)


@dataclass(frozen=True)
class IndustryIncome(_Weighted):
    """
    Log of real income in which every dollar counts with the weight of the industry it accrues to.

    What an industry's factors earn and the profit on its sales accrue to it; tariff revenue and transfers accrue to
    industries in proportion to what their factors earn.

    Parameters
    ----------
    member
        Label of the world.
    weights
        Sector to weight, 0 or more; the others count 1. Only their proportions matter for what is chosen.

    References
    ----------
    Ossa (2014), "Trade wars and trade talks with data", American Economic Review 104(12), section I: the government's
    preferences. Profits with fixed entry are a tax of 1/(sigma - 1) on every sale, paid to the exporter
    (``ExtendedBaseline(export_tax=...)``).
    """

    source = "Ossa (2014), American Economic Review 104(12), section I"
    what = "industry-weighted real income"

    def value(self, eq: Equilibrium) -> float:
        """Give the log of weighted income over consumer prices and baseline income."""
        n = eq.base.economies.index(self.member)
        return float(np.log(self.by_sector(eq) @ _accruing(eq, n) / eq.cpi_hat[n] / eq.base.income[n]))

    def percent(self, eq: Equilibrium) -> float:
        """Give the change of weighted real income against the baseline's."""
        weights, n = self.by_sector(eq), eq.base.economies.index(self.member)
        before = weights @ _accruing_before(eq, n)
        return float(100 * (weights @ _accruing(eq, n) / eq.cpi_hat[n] / before - 1))

    def per_value(self, eq: Equilibrium) -> float:
        """Give the level of weighted real income in percent of the baseline's: the value is its log."""
        return self.percent(eq) + 100

    def slope(self, eq: Equilibrium) -> Slope:
        """Differentiate what accrues to each industry, weighted."""
        n = eq.base.economies.index(self.member)
        weights = self.by_sector(eq)
        return accruing_slope(eq, n, weights, float(weights @ _accruing(eq, n)))


def accruing_slope(eq: Equilibrium, n: int, weights: NDArray[np.float64], scale: float) -> Slope:
    """Gradient of `weights @ income accruing to industries of economy n` over consumer prices, divided by `scale`."""
    if eq.terms.factors == "fixed":
        raise InputError(
            "no gradient of industries' income with specific factors here",
            where="IndustryIncome.slope",
            found="factors='fixed'",
            allowed="factors='mobile'",
            repair="choose SectorWeights with factors='fixed'",
        )
    factors, _, rest = _parts(eq, n)
    employment = factors / factors.sum()
    mean = float(weights @ employment)
    unit = np.zeros(len(eq.base.economies))
    unit[n] = 1.0
    # A dollar more to an industry's factors is a dollar less to be shared, and draws a larger share of what is shared.
    by_factor = weights - mean + rest / factors.sum() * (weights - mean)
    by_profit = weights - mean
    cell = np.zeros_like(eq.new.producers)
    va, producers = eq.base.va_share[:, n], eq.new.producers[:, :, n]
    cell[:, :, n] = by_factor[:, None] * va[:, None] * producers
    cell[:, :, n] += by_profit[:, None] * (eq.new.customs[:, :, n] - producers)
    sales = sales_slope(eq, cell / scale)
    total = float(weights @ _accruing(eq, n))
    state = Objective(
        income=unit * mean * eq.income[n] / scale,
        price=-eq.final_shares * unit * total / scale + sales.price,
        wage=sales.wage,
        spending=sales.spending,
    )
    return Slope(state, sales.tariff)


def _accruing(eq: Equilibrium, n: int) -> NDArray[np.float64]:
    """Income of economy n by the industry it accrues to, (J,), USD million."""
    factors, profits, rest = _parts(eq, n)
    out: NDArray[np.float64] = factors + profits + rest * factors / factors.sum()
    return out


def _accruing_before(eq: Equilibrium, n: int) -> NDArray[np.float64]:
    """The same in the baseline."""
    factors = eq.base.va_share[:, n] * eq.base.output[:, n]
    profits = (eq.old.customs[:, :, n] - eq.old.producers[:, :, n]).sum(axis=1)
    rest = float(eq.base.income[n]) - factors.sum() - profits.sum()
    out: NDArray[np.float64] = factors + profits + rest * factors / factors.sum()
    return out


def _parts(eq: Equilibrium, n: int) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """What factors earn and profits by industry, (J,) each, and the rest of income of economy n."""
    factors = earned_by_industry(eq)[:, n]
    profits = (eq.new.customs[:, :, n] - eq.new.producers[:, :, n]).sum(axis=1)
    return factors, profits, float(eq.income[n] - factors.sum() - profits.sum())


@dataclass(frozen=True, eq=False)
class Sales:
    """Derivatives of a weighted sum of sales in prices, wages, spending and tariffs."""

    price: NDArray[np.float64]
    wage: NDArray[np.float64]
    spending: NDArray[np.float64]
    tariff: NDArray[np.float64]


def sales_slope(eq: Equilibrium, weight: NDArray[np.float64]) -> Sales:
    """
    Derivatives of `sum weight log y` over cells with one mobile factor; weight is (J, N, N).

    `y[j, n, i] = pi[j, n, i] X[j, n] / (wedges)`, with `pi` moved by producers' cost, the price index and the tariff.
    """
    base = eq.base
    if any(getattr(base, name, None) is not None for name in ("sigma", "technology")) or eq.bounds:
        raise InputError(
            "no gradient of industries' income here",
            where="SectorWeights.slope",
            found="substitution between inputs, or limits and targets",
            allowed="Cobb-Douglas inputs and tariffs only, or factors='fixed'",
            repair="leave them out, or choose factors='fixed'",
        )
    theta = base.theta[:, None]
    cost = -theta * weight.sum(axis=1)
    by_buyer = weight.sum(axis=2)
    price = theta * by_buyer + np.einsum("kjn,jn->kn", base.io, cost)
    wage = (base.va_share * cost).sum(axis=0)
    tariff = -(1 + base.theta[:, None, None]) * weight / eq.wedges().importer
    return Sales(price, wage, by_buyer, tariff)
