"""The equations again, in levels and one sector at a time, to judge an answer without the code that found it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from detente.model.levels import consumer_price, cost_shares, final_shares
from detente.model.saving import require_investment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.model.constraints import Bound
    from detente.model.labour import Labour
    from detente.model.saving import Saving
    from detente.model.wedges import Wedges
    from detente.world.baseline import Baseline

# Largest relative residual of an equilibrium.
ACCEPTED: Final = 1e-9
# Cells smaller than this share of world value added are judged against it, not against themselves.
_FLOOR: Final = 1e-13


@dataclass(frozen=True, eq=False)
class Answer:
    """
    What a solve claims, in the baseline's order.

    wage: Factor price, new over old: (N,), or (J, N) with one factor per sector.
    price: Price index, new over old, (J, N).
    spending: New spending at user prices, (J, N).
    multipliers: Log multiplier of each bound; 0 for those that were not solved.
    closure: What happens to trade deficits.
    employment: Factors employed, new over old, shaped as their prices.
    labour: The labour market.
    saving: What investment follows under the closure "saving".
    """

    wage: NDArray[np.float64]
    price: NDArray[np.float64]
    spending: NDArray[np.float64]
    multipliers: NDArray[np.float64]
    closure: str
    employment: NDArray[np.float64]
    labour: Labour
    saving: Saving

    @property
    def earned(self) -> NDArray[np.float64]:
        """What the factors earn, new over old, shaped as their prices."""
        return self.wage * self.employment


@dataclass(frozen=True, eq=False)
class Verdict:
    """
    What an audit found.

    residuals: Largest relative residual by equation.
    income, consumption: New income, and what of it is not known to be invested, (N,), as recomputed.
    """

    residuals: dict[str, float]
    income: NDArray[np.float64]
    consumption: NDArray[np.float64]

    @property
    def residual(self) -> float:
        """Largest of all."""
        return max(self.residuals.values())


def audit(base: Baseline, wedges: Wedges, bounds: tuple[Bound, ...], answer: Answer) -> Verdict:
    """Recompute every equation of the model in levels."""
    world = float(base.value_added.sum())
    with np.errstate(all="ignore"):
        paid = cost_shares(base, answer.wage, answer.price)
        flows = _trade(base, wedges, bounds, answer, paid.cost)
        factor = factor_income(base, answer.earned)
        at_home = factor + flows.revenue + flows.export_revenue
        deficit = deficits(base, answer, factor, at_home)
        total = at_home + deficit
        consumed = at_home - saving(base, at_home) if answer.closure == "saving" else total
        inputs = np.empty_like(answer.spending)
        for n in range(len(base.economies)):
            inputs[:, n] = paid.inputs[:, :, n] @ flows.output[:, n]
        spending = inputs + final_shares(base, answer.price) * total
        earned = paid.factors * flows.output
        if answer.wage.ndim == 1:
            earned, supplied = earned.sum(axis=0), answer.earned * base.value_added
        else:
            supplied = answer.earned * factor_by_sector(base)
        gaps = {
            "prices": _gap(answer.price, flows.price, 0.0),
            "shares": float(np.abs(flows.shares - 1).max()),
            "spending": _gap(answer.spending, spending, _FLOOR * world),
            "factor market": _gap(earned, supplied, _FLOOR * world),
            "trade balance": float((np.abs(flows.imports - flows.exports - deficit) / np.abs(total)).max()),
            "income": 0.0 if (total > 0).all() and (consumed > 0).all() else np.inf,
            "world value added": abs(float(factor.sum()) / world - 1),
            "labour": _labour(base, answer),
            "bounds": _complementarity(bounds, answer, flows.volumes),
        }
    return Verdict({name: gap if np.isfinite(gap) else np.inf for name, gap in gaps.items()}, total, consumed)


def _gap(left: NDArray[np.float64], right: NDArray[np.float64], floor: float) -> float:
    """Largest relative difference."""
    scale = np.maximum(np.maximum(np.abs(left), np.abs(right)), floor)
    return float((np.abs(left - right) / np.where(scale > 0, scale, 1.0)).max())


@dataclass(frozen=True, eq=False)
class _Trade:
    """Sums over cells: prices, shares, output by sector; revenues and border values by economy."""

    price: NDArray[np.float64]
    shares: NDArray[np.float64]
    output: NDArray[np.float64]
    revenue: NDArray[np.float64]
    export_revenue: NDArray[np.float64]
    imports: NDArray[np.float64]
    exports: NDArray[np.float64]
    volumes: NDArray[np.float64]


def _trade(
    base: Baseline, wedges: Wedges, bounds: tuple[Bound, ...], answer: Answer, cost: NDArray[np.float64]
) -> _Trade:
    """Go through the sectors, one importer-exporter table at a time."""
    J, N = base.va_share.shape
    price, shares, output = np.empty((J, N)), np.empty((J, N)), np.empty((J, N))
    revenue, export_revenue, imports, exports = np.zeros((4, N))
    volumes = np.zeros(len(bounds))
    for j in range(J):
        importer, exporter = _wedges_of(j, wedges, bounds, answer)
        factor = importer / wedges.importer_0[j] * exporter / _one(wedges.exporter_0, j)
        if wedges.iceberg is not None:
            factor = factor * wedges.iceberg[j]
        weight = base.pi[j] * cost[j] ** -base.theta[j]
        moved = factor != 1
        weight[moved] *= factor[moved] ** -base.theta[j]
        if wedges.open is not None:
            weight *= wedges.open[j]
        total = weight.sum(axis=1)
        price[j] = total ** (-1 / base.theta[j])
        share = weight * (answer.price[j] ** base.theta[j])[:, None]
        shares[j] = share.sum(axis=1)
        paid = share * answer.spending[j][:, None]
        customs = paid / importer
        producers = customs / exporter
        output[j] = producers.sum(axis=0)
        revenue += (paid - customs).sum(axis=1)
        export_revenue += (customs - producers).sum(axis=0)
        imports += customs.sum(axis=1)
        exports += customs.sum(axis=0)
        for pos, bound in enumerate(bounds):
            own = bound.cells[0] == j
            n, i = bound.cells[1][own], bound.cells[2][own]
            volumes[pos] += (producers[n, i] / cost[j, i]).sum()
    for pos, bound in enumerate(bounds):
        volumes[pos] /= bound.weights.sum() if len(bound.weights) else 1.0
    return _Trade(price, shares, output, revenue, export_revenue, imports, exports, volumes)


def _one(cube: NDArray[np.float64], j: int) -> NDArray[np.float64]:
    """Give a sector's table of a cube that may be a single one."""
    table: NDArray[np.float64] = cube[j] if cube.size > 1 else cube[0]
    return table


def _wedges_of(
    j: int, wedges: Wedges, bounds: tuple[Bound, ...], answer: Answer
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Importer's and exporter's wedge of a sector, multipliers of bounds included."""
    importer, exporter = wedges.importer[j], _one(wedges.exporter, j)
    for bound, log_multiplier in zip(bounds, answer.multipliers, strict=True):
        own = bound.cells[0] == j
        if log_multiplier == 0 or not own.any():
            continue
        cells = bound.cells[1][own], bound.cells[2][own]
        total = np.exp(log_multiplier)
        received = 1.0
        if getattr(bound.constraint, "rent_to", "importer") == "exporter":
            received = 1 + getattr(bound.constraint, "spot", 1.0) * (total - 1)
            exporter = np.array(np.broadcast_to(exporter, importer.shape))
            exporter[cells] *= received
        if received != total:
            importer = importer.copy()
            importer[cells] *= total / received
    return importer, exporter


def factor_by_sector(base: Baseline) -> NDArray[np.float64]:
    """Baseline factor income by sector, summing to the value added of each economy. Gives (J, N), USD million."""
    own = base.va_share * base.output
    total = own.sum(axis=0)
    out: NDArray[np.float64] = own * np.where(
        total > 0, base.value_added / np.where(total > 0, total, 1.0), 1.0
    )
    return out


def factor_income(base: Baseline, earned: NDArray[np.float64]) -> NDArray[np.float64]:
    """Income of factors by economy from what they earn, new over old, (N,) or (J, N). Gives (N,), USD million."""
    if earned.ndim == 1:
        return earned * base.value_added
    out: NDArray[np.float64] = (earned * factor_by_sector(base)).sum(axis=0)
    return out


def deficits(
    base: Baseline, answer: Answer, factor: NDArray[np.float64], at_home: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Trade deficits under an answer's closure, at factor incomes and incomes before the deficit."""
    if answer.closure == "zero":
        return np.zeros_like(factor)
    if answer.closure == "saving":
        return _investment(base, answer, at_home) - saving(base, at_home)
    if answer.closure == "fixed":
        fixed: NDArray[np.float64] = base.deficit / base.value_added.sum() * factor.sum()
        return fixed
    own = base.deficit / base.value_added * factor
    out: NDArray[np.float64] = own - factor / factor.sum() * own.sum()
    return out


def saving(base: Baseline, at_home: NDArray[np.float64]) -> NDArray[np.float64]:
    """Saving as the baseline's share of income before the deficit, (N,), USD million."""
    before = require_investment(base) * base.income - base.deficit
    out: NDArray[np.float64] = before * at_home / (base.income - base.deficit)
    return out


def _investment(base: Baseline, answer: Answer, at_home: NDArray[np.float64]) -> NDArray[np.float64]:
    """World saving by where it is invested, (N,), USD million."""
    price = consumer_price(base, answer.price)
    weights = factor_by_sector(base)
    paid = np.broadcast_to(answer.wage, weights.shape)
    real = (paid * weights).sum(axis=0) / weights.sum(axis=0) / price
    wanted = require_investment(base) * base.income * price * real**answer.saving.elasticity
    out: NDArray[np.float64] = wanted / wanted.sum() * saving(base, at_home).sum()
    return out


def _labour(base: Baseline, answer: Answer) -> float:
    """Largest violation of the labour market: of employment, or of a floor that only binds where work is short."""
    labour = answer.labour
    if labour.supply == "sticky":
        room, short = answer.wage / labour.floor - 1, 1 - answer.employment
        return float(np.abs(np.minimum(room, short)).max())
    real = answer.wage / consumer_price(base, answer.price)
    return float(np.abs(answer.employment / real**labour.elasticity - 1).max())


def _complementarity(bounds: tuple[Bound, ...], answer: Answer, volumes: NDArray[np.float64]) -> float:
    """Largest violation: of the bound, of the multiplier's sign, or of their product."""
    worst = 0.0
    for bound, log_multiplier, volume in zip(bounds, answer.multipliers, volumes, strict=True):
        if bound.state == "idle":
            continue
        if bound.state == "embargo":
            worst = max(worst, volume)
            continue
        room = np.log(bound.constraint.volume / volume)
        pair = (log_multiplier, room) if bound.constraint.kind == "limit" else (-log_multiplier, -room)
        worst = max(worst, abs(min(pair)))
    return float(worst)
