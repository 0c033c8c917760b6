"""A baseline laid out for the solver, in memory order and with everything that does not depend on a shock."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detente.model.preferences.nest import CesInputs
from detente.model.preferences.production import FinalDemand
from detente.model.preferences.technology import make_production

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from detente.model.preferences.production import Inputs, Production
    from detente.world.baseline import Baseline

_CACHE: dict[tuple[int, bool], tuple[weakref.ref[Baseline], Economy]] = {}


class CobbDouglas:
    """
    Fixed input shares: `cost = g' log P`, `use = g Y`, as batched matrix products over economies.

    io: g, (N, K, J): economy, input, using sector; contiguous.
    """

    def __init__(self, io: NDArray[np.float64]) -> None:
        self.io = io
        self.io_t = io.transpose(0, 2, 1)

    def priced(self, log_price: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log prices themselves."""
        return log_price

    def cost(self, log_price: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log cost of the input bundle, weighted by its share in cost, (J, N, K)."""
        out: NDArray[np.float64] = np.matmul(self.io_t, log_price.transpose(1, 0, 2))
        return np.ascontiguousarray(out.transpose(1, 0, 2))

    def use(self, output: NDArray[np.float64], log_price: NDArray[np.float64]) -> NDArray[np.float64]:  # noqa: ARG002
        """Spending on each input, (J, N, K)."""
        out: NDArray[np.float64] = np.matmul(self.io, output.transpose(1, 0, 2))
        return np.ascontiguousarray(out.transpose(1, 0, 2))

    def pull_cost(self, seed: NDArray[np.float64], log_price: NDArray[np.float64]) -> NDArray[np.float64]:
        """Transposed derivative of `cost`."""
        return self.use(seed, log_price)

    def pull_use(
        self,
        seed: NDArray[np.float64],
        output: NDArray[np.float64],  # noqa: ARG002
        log_price: NDArray[np.float64],  # noqa: ARG002
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Transposed derivatives of `use` in output and in log prices."""
        return self.cost(seed), np.zeros_like(seed)


@dataclass(frozen=True, eq=False)
class Economy:
    """
    Arrays of the solver. Sectors are reordered so that those with foreign trade come first.

    order, traded: Sector positions in the baseline, and how many of them, from the start, are traded.
    pi, pi_home: Shares of traded sectors (T, N, N), home shares of the others (J - T, N, 1).
    theta: Trade elasticities with a trailing axis for scenarios, (J, 1, 1).
    factor: Baseline factor income: (N, 1), or (J, N, 1) with one factor per sector.
    spending, active: Baseline spending (1 where nothing is spent) and where something is, (J, N, 1).
    deficit: (N, 1).
    saved, invested: Share of income before the deficit that is saved, and investment, (N, 1), or None where not known.
    wage_step, factor_step: Damping of factor prices: one over 1 + the elasticity of an economy's exports, (N, 1), and
        of what each factor earns, shaped as `factor`.
    """

    order: NDArray[np.intp]
    traded: int
    pi: NDArray[np.float64]
    pi_home: NDArray[np.float64]
    theta: NDArray[np.float64]
    factor: NDArray[np.float64]
    spending: NDArray[np.float64]
    active: NDArray[np.float64]
    all_active: bool
    deficit: NDArray[np.float64]
    saved: NDArray[np.float64] | None
    invested: NDArray[np.float64] | None
    wage_step: NDArray[np.float64]
    factor_step: NDArray[np.float64]
    production: Production
    final: FinalDemand
    fixed: bool

    @property
    def shape(self) -> tuple[int, int]:
        """Number of sectors and of economies."""
        return self.spending.shape[0], self.spending.shape[1]

    @property
    def world(self) -> float:
        """World value added."""
        return float(self.factor.sum())

    def sort(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Put sectors of an array in the solver's order."""
        return values[self.order]

    def unsort(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Put sectors of an array back in the baseline's order."""
        out = np.empty_like(values)
        out[self.order] = values
        return out


def make_economy(base: Baseline, *, fixed: bool) -> Economy:
    """Lay a baseline out for the solver; the last layouts are kept as long as their baseline lives."""
    key = (id(base), fixed)
    if key in _CACHE and _CACHE[key][0]() is base:
        return _CACHE[key][1]
    economy = _lay_out(base, fixed=fixed)
    _CACHE[key] = (weakref.ref(base, _forget(key)), economy)
    return economy


def _forget(key: tuple[int, bool]) -> Callable[[object], None]:
    """Give the callback that drops a layout with its baseline."""
    return lambda _ref: _CACHE.pop(key, None) and None


def _lay_out(base: Baseline, *, fixed: bool) -> Economy:
    home = np.einsum("jnn->jn", base.pi)
    foreign = np.count_nonzero(base.pi, axis=(1, 2)) > np.count_nonzero(home, axis=1)
    order = np.concatenate([np.flatnonzero(foreign), np.flatnonzero(~foreign)])
    traded = int(foreign.sum())
    identity = traded == len(order)

    def pick(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return values if identity else values[order]

    va = np.ascontiguousarray(pick(base.va_share))
    spending = pick(base.spending)
    active = spending > 0
    flows = base.pi * (base.spending[:, :, None] / (1 + base.tariff))
    pull = pick(np.einsum("jni,jni->ji", flows, 1 - base.pi)) * pick(base.theta)[:, None]
    output = pick(flows.sum(axis=1))
    by_sector = pick(base.va_share * base.output)
    factor = base.value_added
    if fixed:
        total = by_sector.sum(axis=0)
        factor = by_sector * np.divide(base.value_added, total, out=np.ones_like(total), where=total > 0)
    sold = np.where(output > 0, output, 1.0)
    slope = va * pull / sold
    if not fixed:
        earned = (va * output).sum(axis=0)
        slope = (va * va * pull).sum(axis=0) / np.where(earned > 0, earned, 1.0)
    trade = np.einsum("jni->i", flows) - np.einsum("jnn->n", flows)
    elasticity = (va * pull).sum(axis=0) / np.where(trade > 0, trade, 1.0)
    saved, invested = _saving(base)
    return Economy(
        order=order,
        traded=traded,
        pi=np.ascontiguousarray(base.pi if identity else base.pi[order[:traded]]),
        pi_home=home[order[traded:]][..., None],
        theta=np.ascontiguousarray(pick(base.theta))[:, None, None],
        factor=np.array(factor, dtype=np.float64)[..., None],
        spending=np.where(active, spending, 1.0)[..., None],
        active=active.astype(np.float64)[..., None],
        all_active=bool(active.all()),
        deficit=np.array(base.deficit, dtype=np.float64)[:, None],
        saved=saved,
        invested=invested,
        wage_step=(1.0 / (1.0 + elasticity))[:, None],
        factor_step=(1.0 / (1.0 + slope))[..., None],
        production=make_production(base, order, lambda io: _make_inputs(base, io, order)),
        final=FinalDemand(np.ascontiguousarray(pick(base.alpha))[..., None], _final_elasticity(base)),
        fixed=fixed,
    )


def _saving(base: Baseline) -> tuple[NDArray[np.float64] | None, NDArray[np.float64] | None]:
    """Share of income before the deficit that is saved, and what is invested, USD million, (N, 1) each."""
    if base.invested is None:
        return None, None
    invested = base.invested * base.income
    return ((invested - base.deficit) / (base.income - base.deficit))[:, None], invested[:, None]


def _make_inputs(base: Baseline, io: NDArray[np.float64], order: NDArray[np.intp]) -> Inputs:
    """Cobb-Douglas unless the baseline says how sectors substitute between inputs; io (K, J, N)."""
    shares = np.ascontiguousarray(io.transpose(2, 0, 1))
    sigma = getattr(base, "sigma", None)
    return CobbDouglas(shares) if sigma is None else CesInputs(shares, sigma[order])


def _final_elasticity(base: Baseline) -> float:
    """Between products in final demand; 1 without nests."""
    technology = getattr(base, "technology", None)
    return 1.0 if technology is None else float(technology.final)
