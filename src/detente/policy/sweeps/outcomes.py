"""Outcomes of an equilibrium as plain arrays, without the tables that a single run can afford."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detente.model.audit import deficits, factor_income
from detente.model.equilibrium import ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from detente.model import Equilibrium
    from detente.model.constraints import Bound

_HATS = {"real_income_pct": "real_income_hat", "cpi_pct": "cpi_hat", "real_wage_pct": "real_wage_hat"}


def read_outcomes(
    eq: Equilibrium, names: Sequence[str], keep: NDArray[np.intp], groups: Sequence[NDArray[np.intp]]
) -> dict[str, NDArray[np.float64]]:
    """
    Outcomes of some economies and groups.

    Gives name to values, economies first; groups as in `detente.model.results.tables.group_results`.
    """
    base = eq.base
    found = {}
    for name in names:
        if name in _HATS:
            own = 100 * (getattr(eq, _HATS[name]) - 1)
            weight = base.value_added if name == "real_wage_pct" else base.income
            sums = [float(weight[where] @ own[where] / weight[where].sum()) for where in groups]
        elif name == "tariff_revenue_usd_bn":
            own = tariff_revenue(eq) / 1e3
            sums = [float(own[where].sum()) for where in groups]
        else:
            axis = 1 if name == "exports_pct" else 2
            new, old = eq.border(axis, eq.new), eq.border(axis, eq.old)
            own = 100 * (ratio(new, old) - 1)
            sums = [float(100 * (ratio(new[where].sum(), old[where].sum()) - 1)) for where in groups]
        found[name] = np.concatenate([own[keep], sums])
    return found


def tariff_revenue(eq: Equilibrium) -> NDArray[np.float64]:
    """
    Tariff revenue from income, less what else is in it: rents and subsidies of the few cells with a limit or target.

    Gives USD million, (N,): that of `Equilibrium.tariff_revenue`, without going through every flow.
    """
    live = [(bound, float(x)) for bound, x in zip(eq.bounds, eq.answer.multipliers, strict=True) if x != 0]
    sectors = [set(bound.cells[0].tolist()) for bound, _ in live]
    overlap = len(set().union(*sectors)) < sum(map(len, sectors))
    if overlap or eq.wedges().taxes_exports or eq.terms.closure == "saving":
        new: NDArray[np.float64] = eq.income_parts["tariff revenue"][1]
        return new
    factor = factor_income(eq.base, eq.earned_hat)
    earned = eq.income - factor - deficits(eq.base, eq.answer, factor, factor)
    for bound, x in live:
        earned = earned - _other_income(eq, bound, x)
    return earned


def _other_income(eq: Equilibrium, bound: Bound, x: float) -> NDArray[np.float64]:
    """Rent of a limit, or subsidy of a target (negative), by who gets it, (N,)."""
    base, wedges = eq.base, eq.wedges()
    j, n, i = bound.cells
    wedge = wedges.importer[bound.cells]
    factor = np.exp(x) * wedge / wedges.importer_0[bound.cells]
    if wedges.iceberg is not None:
        factor = factor * wedges.iceberg[bound.cells]
    delivered = factor * eq.cost_hat[j, i] / eq.price_hat[j, n]
    paid = base.pi[bound.cells] * delivered ** -base.theta[j] * eq.spending[j, n]
    if wedges.open is not None:
        paid = paid * wedges.open[bound.cells]
    to_exporter = getattr(bound.constraint, "rent_to", "importer") == "exporter"
    customs = paid / wedge if to_exporter else paid / (wedge * np.exp(x))
    if bound.constraint.kind == "target":
        amount = (np.exp(x) - 1) * wedge * customs
    elif to_exporter:
        amount = customs * (1 - np.exp(-x))
    else:
        amount = customs * (np.exp(x) - 1)
    out: NDArray[np.float64] = np.zeros(len(base.economies))
    np.add.at(out, i if to_exporter else n, amount)
    return out
