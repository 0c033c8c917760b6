"""Limits and targets: complementarity conditions with one log multiplier each, solved inside the same map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detente.errors import InputError
from detente.model.shock import Constraint, Limit, find_cells

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.model.economy import Economy
    from detente.model.numerics.operators import DenseTrade
    from detente.model.shock import Shock
    from detente.model.wedges import Wedges
    from detente.world.baseline import Baseline

Cells = tuple["NDArray[np.intp]", "NDArray[np.intp]", "NDArray[np.intp]"]


@dataclass(frozen=True, eq=False)
class Bound:
    """
    A limit or target with its cells.

    constraint: As given.
    cells: Sector, importer, exporter positions in the baseline, cells with trade only.
    weights: Baseline producers' revenue of these cells.
    state: "solved" (has a multiplier), "embargo" (volume 0) or "idle" (no baseline trade, or a target of 0).
    """

    constraint: Constraint
    cells: Cells
    weights: NDArray[np.float64]
    state: str


def locate_bounds(shock: Shock, base: Baseline) -> tuple[Bound, ...]:
    """Find the cells of every limit and target."""
    return tuple(locate_bound(item, base) for item in shock.constraints)


def locate_bound(item: Constraint, base: Baseline) -> Bound:
    """Find the cells of one limit or target."""
    if not (np.isfinite(item.volume) and item.volume >= 0):
        raise InputError(
            f"wrong bound of a {item.kind}",
            where=item.label,
            found=item.volume,
            allowed="a finite multiple of the baseline volume, 0 or more",
            repair="give 0.5 for half of the baseline volume",
        )
    cells = find_cells(base, item.sectors, item.importers, item.exporters)
    j, n, i = cells
    taxes = getattr(base, "export_tax", None)
    weights = base.pi[cells] * base.spending[j, n] / (1 + base.tariff[cells])
    if taxes is not None:
        weights = weights / (1 + taxes[cells])
    some = weights > 0
    state = "solved"
    if item.kind == "limit" and item.volume == 0:
        state = "embargo"
    elif not some.any() or item.volume == 0:
        state = "idle"
    return Bound(item, (j[some], n[some], i[some]), weights[some], state)


def wedge_logs(
    bound: Bound, log_multiplier: NDArray[np.float64] | float
) -> tuple[NDArray[np.float64] | float, NDArray[np.float64] | float]:
    """Split a log multiplier into the logs of the exporter's and of the importer's wedge."""
    item = bound.constraint
    if not isinstance(item, Limit) or item.rent_to == "importer":
        return 0.0 * log_multiplier, log_multiplier
    if item.spot == 1:
        return log_multiplier, 0.0 * log_multiplier
    exporter = np.log1p(item.spot * np.expm1(log_multiplier))
    return exporter, log_multiplier - exporter


def close_embargoes(
    bounds: tuple[Bound, ...], open_: NDArray[np.float64] | None, shape: tuple[int, ...]
) -> NDArray[np.float64] | None:
    """Forbid the flows of limits at zero."""
    closed = [bound for bound in bounds if bound.state == "embargo"]
    if not closed:
        return open_
    out = np.ones(shape) if open_ is None else open_.copy()
    for bound in closed:
        out[bound.cells] = 0.0
    return out


def find_conflict(bounds: tuple[Bound, ...], wedges: Wedges) -> str:
    """
    Name a set of bounds that cannot hold together.

    Gives empty if none was found. A target on no trade, on forbidden trade, or above the limits on all of its cells.
    """
    limits = [bound for bound in bounds if isinstance(bound.constraint, Limit)]
    for bound in bounds:
        item = bound.constraint
        if isinstance(item, Limit) or item.volume == 0:
            continue
        if not len(bound.weights):
            return f"{item.label}: there is no baseline trade to multiply"
        if wedges.open is not None and not wedges.open[bound.cells].any():
            return f"{item.label}: this trade is forbidden"
        if why := _over_limits(bound, limits):
            return why
    return ""


def _over_limits(target: Bound, limits: list[Bound]) -> str:
    """Name a limit that covers the target's cells and lies below it."""
    need = target.constraint.volume * target.weights.sum()
    cells = set(zip(*(axis.tolist() for axis in target.cells), strict=True))
    for limit in limits:
        covered = set(zip(*(axis.tolist() for axis in limit.cells), strict=True))
        allowed = limit.constraint.volume * limit.weights.sum()
        if cells <= covered and need > allowed * (1 + 1e-12):
            return f"{target.constraint.label} lies above {limit.constraint.label}"
    return ""


class Bounds:
    """
    The solved bounds in the solver's layout.

    bounds: Those with state "solved".
    economy: Layout.
    trade: Shares under the shock; its cells are changed in place by `apply`.

    With log multiplier x, a cell's delivered cost is multiplied by exp(x): x >= 0 for a limit, x <= 0 for a target. The
    factor joins the exporter's wedge (rent to the exporter) or the importer's (rent to licence holders, or the
    subsidy).
    """

    def __init__(self, bounds: tuple[Bound, ...], economy: Economy, trade: DenseTrade) -> None:
        place = np.empty(len(economy.order), dtype=np.intp)
        place[economy.order] = np.arange(len(economy.order))
        shape = trade.A.shape
        flat = [np.ravel_multi_index((place[b.cells[0]], b.cells[1], b.cells[2]), shape) for b in bounds]
        self.cells = np.unique(np.concatenate(flat))
        self.member = np.array([np.isin(self.cells, own) for own in flat], dtype=np.float64)
        self.j, self.n, self.i = np.unravel_index(self.cells, shape)
        self.theta = economy.theta[self.j, 0, 0]
        self.trade = trade
        self.A, self.C, self.B = (cube.reshape(-1)[self.cells] for cube in (trade.A, trade.C, trade.B))
        self.bound = np.array([b.constraint.volume for b in bounds])[:, None]
        self.base = np.array([b.weights.sum() for b in bounds])[:, None]
        limit = np.array([isinstance(b.constraint, Limit) for b in bounds])[:, None]
        self.low = np.where(limit, 0.0, -np.inf)
        self.high = np.where(limit, np.inf, 0.0)
        self.bounds = bounds
        self.gain = 1.0 / (1.0 + (self.member * self.theta).max(axis=1, keepdims=True))

    def project(self, multipliers: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log multipliers with the right sign."""
        return np.clip(multipliers, self.low, self.high)

    def apply(self, multipliers: NDArray[np.float64]) -> None:
        """Put the multipliers into the shares."""
        total = multipliers[:, 0] @ self.member
        importer = self.importer_logs(multipliers[:, 0]) @ self.member
        power = np.exp(-self.theta * total)
        self.trade.A.reshape(-1)[self.cells] = self.A * power
        self.trade.C.reshape(-1)[self.cells] = self.C * power * np.exp(-importer)
        self.trade.B.reshape(-1)[self.cells] = self.B * power * np.exp(-total)

    def importer_logs(self, multipliers: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log of the importer's wedge of each bound, (bounds,)."""
        return np.array([wedge_logs(b, x)[1] for b, x in zip(self.bounds, multipliers, strict=True)])

    def importer_slopes(self, multipliers: NDArray[np.float64]) -> NDArray[np.float64]:
        """Derivative of the log of the importer's wedge of each bound in its log multiplier, (bounds,)."""
        spot = np.array([getattr(b.constraint, "spot", 1.0) for b in self.bounds])
        to_exporter = np.array([getattr(b.constraint, "rent_to", "") == "exporter" for b in self.bounds])
        own = spot * np.exp(multipliers) / (1 + spot * np.expm1(multipliers))
        return np.where(to_exporter, 1.0 - own, 1.0)

    def quantities(
        self, U: NDArray[np.float64], V: NDArray[np.float64], log_cost: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Units shipped by cell, at baseline producer prices."""
        j, n, i = self.j, self.n, self.i
        revenue = self.trade.B.reshape(-1)[self.cells] * V[j, n, 0] * U[j, i, 0]
        quantity: NDArray[np.float64] = revenue * np.exp(-log_cost[j, i, 0])
        return quantity

    def volumes(
        self, U: NDArray[np.float64], V: NDArray[np.float64], log_cost: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Volume of each bound as a multiple of its baseline, (bounds, 1)."""
        out: NDArray[np.float64] = (self.member @ self.quantities(U, V, log_cost))[:, None] / self.base
        return out

    def move(self, multipliers: NDArray[np.float64], volumes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Next log multipliers, projected at zero."""
        return self.project(multipliers + self.gain * np.log(volumes / self.bound))
