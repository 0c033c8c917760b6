"""The model's answer in the terms of the trade statistics: one importer's purchases by partner and block."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detente.errors import ConvergenceError
from detente.formatting import small
from detente.geography.economies import REST
from detente.model import Shock, solve
from detente.policy.evidence.concordance import concordance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.model import Equilibrium
    from detente.world import Baseline

# Largest gap of a share of imports at which the base year's trade counts as reached, and how often it is tried.
CLOSE, MOST_SOLVES = 1e-6, 60
# Share of a block's imports left to a partner that the world has and the base months do not: next to nothing, not nothing.
CLOSED = 1e-7
# As the smallest elasticity a horizon may lead to in the model: below it prices leave the range of floating point.
SMALLEST = 0.05


@dataclass(frozen=True)
class Column:
    """
    One importer in a world, its partners and industries as the statistics have them.

    base: The world's equilibrium. importer: place of the importer. partner: row of each economy, (N,).
    block: of each industry, -1 for none, (J,). partners: how many rows there are.
    """

    base: Baseline
    importer: int
    partner: NDArray[np.intp]
    block: NDArray[np.intp]
    partners: int

    def folded(self, flows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Purchases by partner and block, (J, N, N) to (P, B); home sales are not among them."""
        bought = np.array(flows[:, self.importer, :])
        bought[:, self.importer] = 0.0
        found = np.zeros((self.partners, len(concordance().labels)))
        inside = self.block >= 0
        np.add.at(found, (self.partner[None, :], self.block[inside][:, None]), bought[inside])
        return found

    def spread(self, values: NDArray[np.float64], own: float) -> NDArray[np.float64]:
        """Values by partner and block at each industry and economy of the importer's column, (P, B) to (J, N)."""
        found = values[self.partner[None, :], self.block[:, None]]
        found[self.block < 0] = own
        found[:, self.importer] = own
        return found

    def tariffs(self, rates: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
        """The importer's column at some rates, (P, B), and every other importer at `others`, (J, N, N)."""
        tariff, inside = others.copy(), self.block >= 0
        tariff[inside, self.importer, :] = self.spread(rates, 0.0)[inside]
        return tariff


def make_column(base: Baseline, importer: str, partners: tuple[str, ...]) -> Column:
    """Place the partners and the industries of the statistics in a world."""
    rows = {name: at for at, name in enumerate(partners)}
    table, block = concordance(), np.full(len(base.sectors), -1, dtype=np.intp)
    for at, industries in enumerate(table.industries):
        for name in industries:
            block[base.sectors.index(name)] = at
    partner = np.array([rows.get(name, rows[REST]) for name in base.economies], dtype=np.intp)
    return Column(base, base.economies.index(importer), partner, block, len(partners))


def rebase(
    column: Column, usd: NDArray[np.float64], rates: NDArray[np.float64], others: NDArray[np.float64]
) -> Baseline:
    """
    Move the world to the law and the trade of a base year by solves.

    Tariffs are the rates collected then; delivery costs of the importer's purchases are moved until each partner's share of
    a block's imports is what was observed, usd (P, B), so the rest of the world adjusts as the model says.
    """
    base = column.base
    held = column.folded(base.flows)
    known, seen = held > 0, np.nan_to_num(usd)
    wanted = _shares(np.where(known, np.maximum(_shares(seen), CLOSED), 0.0))
    pull = np.ones_like(wanted)
    tariff = column.tariffs(np.nan_to_num(rates), others)
    gap = np.inf
    for _ in range(MOST_SOLVES):
        iceberg = np.ones_like(base.tariff)
        iceberg[:, column.importer, :] = column.spread(pull, 1.0) ** (-1.0 / base.theta[:, None])
        moved = solve(base, Shock(tariff=tariff, iceberg=iceberg))
        found = _shares(np.where(known, column.folded(moved.new.customs), 0.0))
        gap = float(np.abs(found - wanted).max())
        if gap < CLOSE:
            return moved.as_baseline()
        pull *= np.divide(wanted, found, out=np.ones_like(wanted), where=known)
    raise ConvergenceError(
        "the trade of the base year is not reached",
        where="evidence: the world moved to the base year",
        found=f"a share of imports {small(gap)} away after {MOST_SOLVES} solves",
        allowed=f"within {small(CLOSE)}",
        repair="report it with the file of imports; the months held reach it in about ten solves",
    )


def predict(
    column: Column,
    start: Baseline,
    rates: NDArray[np.float64],
    others: NDArray[np.float64],
    ratio: float,
    *,
    uniform: bool = False,
) -> NDArray[np.float64]:
    """
    Change of the log of each partner's share of a block's imports, at customs value, (P, B); NaN where nothing is bought.

    `ratio` scales the world's elasticities; `uniform` puts their mean, weighted with the importer's purchases, in the place
    of each.
    """
    solved = solved_at(column, at_ratio(column, start, ratio, uniform=uniform), rates, others)
    with np.errstate(divide="ignore", invalid="ignore"):
        before, after = (np.log(_shares(column.folded(item.customs))) for item in (solved.old, solved.new))
        return np.asarray(np.where(np.isfinite(before), after - before, np.nan), dtype=np.float64)


def solved_at(
    column: Column, start: Baseline, rates: NDArray[np.float64], others: NDArray[np.float64]
) -> Equilibrium:
    """The equilibrium with the importer's duties at some rates, (P, B), and everybody else's at `others`."""
    return solve(start, Shock(tariff=column.tariffs(np.nan_to_num(rates), others)))


def at_ratio(column: Column, start: Baseline, ratio: float, *, uniform: bool = False) -> Baseline:
    """The same equilibrium with scaled elasticities, or with one for all industries of the blocks."""
    theta = np.array(start.theta)
    if uniform:
        theta[column.block >= 0] = mean_elasticity(column, start)
    return dataclasses.replace(start, theta=np.maximum(theta * ratio, SMALLEST))


def _bought(column: Column, start: Baseline) -> NDArray[np.float64]:
    """The importer's purchases abroad by industry, zero outside the blocks, (J,)."""
    imports = (
        start.flows[:, column.importer, :].sum(axis=1) - start.flows[:, column.importer, column.importer]
    )
    return np.where(column.block >= 0, imports, 0.0)


def mean_elasticity(column: Column, start: Baseline) -> float:
    """Long-run elasticity of the importer's purchases, weighted with them."""
    return float(np.average(start.theta, weights=_bought(column, start)))


def block_elasticities(column: Column, start: Baseline) -> NDArray[np.float64]:
    """Long-run elasticity of each block, weighted with purchases, (B,)."""
    bought, belongs = _bought(column, start), np.eye(len(concordance().labels))[column.block]
    found: NDArray[np.float64] = np.divide((bought * start.theta) @ belongs, bought @ belongs)
    return found


def _shares(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares in the sum over partners, (P, B)."""
    total = values.sum(axis=0)
    found: NDArray[np.float64] = np.divide(values, total, out=np.zeros_like(values), where=total > 0)
    return found
