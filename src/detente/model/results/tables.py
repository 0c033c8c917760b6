"""Views of an equilibrium: bounds, sectors, value added in trade, and the equilibrium as a new baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detente.errors import InputError
from detente.model.constraints import locate_bound, wedge_logs
from detente.model.equilibrium import ratio
from detente.model.preferences.horizons import extend
from detente.model.preferences.technology import carry_on
from detente.model.results.accounts import spending_parts
from detente.model.results.frames import sector_arrays
from detente.model.results.records import BoundResult
from detente.model.shock import position, positions

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from detente.model.constraints import Bound
    from detente.model.equilibrium import Equilibrium
    from detente.model.shock import Constraint
    from detente.world.baseline import Baseline

# Relative change at which rounds of inputs stop being added up.
_ROUNDS_TOLERANCE: Final = 1e-12
_MOST_ROUNDS: Final = 2000
# Distance of a volume from its bound, and of a log multiplier from 0, below which they count as equal.
_BINDING: Final = 1e-8
# Order in which rents and subsidies are put on producers' revenue.
_ROLES: Final = ("exporter", "importer", "target")


def bound_results(eq: Equilibrium) -> tuple[BoundResult, ...]:
    """Report limits and targets. Gives in the order of `Shock.constraints`."""
    return tuple(
        _bound_result(eq, bound, float(x)) for bound, x in zip(eq.bounds, eq.answer.multipliers, strict=True)
    )


def _bound_result(eq: Equilibrium, bound: Bound, log_multiplier: float) -> BoundResult:
    item = bound.constraint
    multiplier = float(np.inf if bound.state == "embargo" else np.exp(log_multiplier))
    return BoundResult(
        label=item.label,
        kind=item.kind,
        bound=item.volume,
        volume_hat=volume_hat(eq, item),
        multiplier=multiplier,
        rent_usd_mn=_rent(eq, bound, log_multiplier),
        binding=bound.state == "embargo" or abs(log_multiplier) > _BINDING,
    )


def volume_hat(eq: Equilibrium, item: Constraint) -> float:
    """New volume of a limit's or target's cells over that of the baseline, whether or not the solve knew of it."""
    bound = locate_bound(item, eq.base)
    if not len(bound.weights):
        return 1.0
    cost = eq.cost_hat[bound.cells[0], bound.cells[2]]
    return float((eq.flows[bound.cells] / cost).sum() / bound.weights.sum())


def _rent(eq: Equilibrium, bound: Bound, log_multiplier: float) -> float:
    """
    Rent of a limit or cost of a target, USD million.

    Exporters' rents come first, licences on top of them, subsidies on what is then due with the tariff. Bounds of one kind
    that share a cell share its rent in proportion to their logs.
    """
    item = bound.constraint
    if bound.state != "solved" or log_multiplier == 0:
        return 0.0
    wedges, cells = eq.wedges(), bound.cells
    logs = {name: np.zeros(eq.base.pi.shape) for name in _ROLES}
    for other, value in zip(eq.bounds, eq.answer.multipliers, strict=True):
        for name, part in _by_role(other, float(value)).items():
            logs[name][other.cells] += part
    value = eq.new.producers[cells] * np.broadcast_to(wedges.exporter, wedges.importer.shape)[cells]
    rent = 0.0
    for name, part in _by_role(bound, log_multiplier).items():
        before = sum((logs[role][cells] for role in _ROLES[: _ROLES.index(name)]), np.zeros(len(cells[0])))
        paid = value * np.exp(before)
        if name == "target":
            paid = paid * wedges.importer[cells]
        own = logs[name][cells]
        gain = np.where(np.abs(own) > _BINDING, np.expm1(own) / np.where(own == 0, 1.0, own), 1.0)
        rent += float((gain * part * paid).sum())
    return rent if item.kind == "limit" else -rent


def _by_role(bound: Bound, log_multiplier: float) -> dict[str, float]:
    """Whose money a bound moves, as logs of wedges."""
    if bound.constraint.kind == "target":
        return {"target": log_multiplier}
    exporter, importer = (float(part) for part in wedge_logs(bound, log_multiplier))
    return {"exporter": exporter, "importer": importer}


def group_results(eq: Equilibrium, members: str | Sequence[str]) -> dict[str, float]:
    """Results of several economies together, or of a group by its name."""
    where = positions(members, eq.base.economies, "economy")
    if not where:
        raise InputError("an empty group", where="group", found="[]", allowed="economies", repair="name some")
    income, added = eq.base.income[where], eq.base.value_added[where]
    variation = float(eq.equivalent_variation_usd_mn.to_numpy()[where].sum())
    base, new = (part[where].sum() for part in eq.income_parts["tariff revenue"])
    sums = [(eq.border(axis, eq.new)[where].sum(), eq.border(axis, eq.old)[where].sum()) for axis in (1, 2)]
    return {
        "real_income_pct": 100 * variation / float(income.sum()),
        "real_gdp_pct": 100 * float(eq.gdp.of(where).volume()[0] - 1),
        "cpi_pct": 100 * float(income @ (eq.cpi_hat[where] - 1) / income.sum()),
        "real_wage_pct": 100 * float(added @ (eq.real_wage_hat[where] - 1) / added.sum()),
        "exports_pct": 100 * float(ratio(*map(np.asarray, sums[0])) - 1),
        "imports_pct": 100 * float(ratio(*map(np.asarray, sums[1])) - 1),
        "terms_of_trade_pct": 100 * float(income @ eq.first_order.terms_of_trade[where] / income.sum()),
        "tariff_revenue_usd_mn": float(new),
        "tariff_revenue_change_usd_mn": float(new - base),
        "equivalent_variation_usd_mn": variation,
    }


def by_economy(eq: Equilibrium) -> pd.DataFrame:
    """
    Results of every economy.

    Gives one row per economy: percent changes of real income, real GDP, consumer prices, real wage, exports, imports;
    first-order terms and volume of trade, percent of income; equivalent variation, tariff revenue and its change, USD
    million.
    """
    import pandas as pd  # noqa: PLC0415

    revenue = eq.tariff_revenue
    columns = [
        eq.real_income_pct,
        eq.real_gdp_pct,
        eq.cpi_pct,
        eq.real_wage_pct,
        eq.exports_pct,
        eq.imports_pct,
        eq.terms_of_trade_pct,
        eq.volume_of_trade_pct,
        eq.equivalent_variation_usd_mn,
        revenue["new"].rename("tariff_revenue_usd_mn"),
        revenue["change"].rename("tariff_revenue_change_usd_mn"),
    ]
    return pd.concat(columns, axis=1)


def by_sector(eq: Equilibrium, economy: str) -> pd.DataFrame:
    """
    Results of one economy by sector.

    Gives percent changes of output (value and volume), producers' price, users' price, imports and exports at the
    border (values; 0 where there were none); domestic share of spending, percent, baseline and new; output, USD
    million, baseline and new; and how much of what the sector sells in the baseline stands in cells that the world estimates
    (final demand by destination, the rest of the world, industries split out of others), percent, NaN where not known.

    Examples
    --------
    >>> from detente.model import solve
    >>> from detente.world import load_world
    >>> float(by_sector(solve(load_world("wiod2011")), "USA")["output_pct"].abs().max()) < 1e-9
    True
    """
    import pandas as pd  # noqa: PLC0415

    n = position(economy, eq.base.economies, "economy")
    columns = {name: values[:, n] for name, values in sector_arrays(eq).items()}
    return pd.DataFrame(columns, index=pd.Index(eq.base.sectors, name="sector"))


def value_added_trade(eq: Equilibrium, *, new: bool = True) -> pd.DataFrame:
    """
    Value added of every economy in the final demand of every other.

    Gives USD million, rows origin of value added, columns destination. Rows sum to value added. Taxes on the way to the
    buyer are no value added.

    Inputs are bought in the same mix of origins as final goods, so the rounds `Y = F + Z(Y)` are batched products,
    added up until they vanish.

    Johnson and Noguera (2012), Journal of International Economics 86(2).
    """
    import pandas as pd  # noqa: PLC0415

    base = eq.base
    flows = eq.new if new else eq.old
    paid = flows.paid.sum(axis=2, keepdims=True)
    mix = flows.producers / np.where(paid > 0, paid, 1.0)
    income = eq.income if new else base.income
    final = (eq.final_shares if new else base.alpha) * income
    io = eq.cost_shares.inputs if new else base.io
    backward = mix.transpose(0, 2, 1)
    sales: NDArray[np.float64] = backward * final[:, None, :]
    total = sales.copy()
    use = np.ascontiguousarray(io.transpose(2, 0, 1))
    for _ in range(_MOST_ROUNDS):
        bought = np.matmul(use, sales.transpose(1, 0, 2)).transpose(1, 0, 2)
        sales = np.matmul(backward, bought)
        total += sales
        if np.abs(sales).sum() < _ROUNDS_TOLERANCE * np.abs(total).sum():
            break
    added = eq.cost_shares.factors if new else base.va_share
    value = np.einsum("jn,jnd->nd", added, total)
    origin, destination = (pd.Index(base.economies, name=name) for name in ("origin", "destination"))
    return pd.DataFrame(value, index=origin, columns=destination)


def _invested(eq: Equilibrium) -> NDArray[np.float64] | None:
    """New share of final spending that is investment; the baseline's where the closure does not move it."""
    return (
        spending_parts(eq)["investment"][1] / eq.income if eq.terms.closure == "saving" else eq.base.invested
    )


def rebase(eq: Equilibrium) -> Baseline:
    """
    Give an equilibrium as the baseline of further counterfactuals.

    A binding limit becomes the export tax, or the tariff, that has the same effect; a target becomes a negative tariff.
    Elasticities are those of the long run again: a solve from there scales them to its own horizon.

    Examples
    --------
    >>> from detente.model import Shock, raise_tariff, solve
    >>> from detente.world import load_world
    >>> base = load_world("wiod2011").baseline()
    >>> eq = solve(base, Shock(tariff=raise_tariff(base, 0.1, importer="USA")))
    >>> back = solve(eq.as_baseline(), Shock(tariff=base.tariff))
    >>> bool(abs(back.real_income_hat * eq.real_income_hat - 1).max() < 1e-8)
    True
    """
    if not eq.converged:
        raise InputError(
            "a baseline must be an equilibrium",
            where="as_baseline",
            found=eq.status,
            allowed="converged",
            repair="solve it first",
        )
    base = eq.base
    importer, exporter, _ = eq.effective_wedges
    taxed = bool(np.any(exporter != 1))
    factor, transfers = eq.income_parts["factors"][1], eq.income_parts["transfers"][1]
    paid = eq.cost_shares
    theta = getattr(base, "theta_long", None)
    return extend(
        base,
        theta=base.theta if theta is None else theta,
        theta_long=None,
        pi=eq.pi,
        tariff=importer - 1,
        export_tax=exporter - 1 if taxed else None,
        spending=eq.spending,
        output=eq.output,
        io=paid.inputs,
        va_share=paid.factors,
        alpha=eq.final_shares,
        **carry_on(base, paid.exposed),
        value_added=factor,
        deficit=transfers,
        income=eq.income,
        invested=_invested(eq),
        revenue=(eq.new.paid - eq.new.customs).sum(axis=(0, 2)),
        adjustments=(*base.adjustments, "rebased on a counterfactual equilibrium"),
    )
