"""Many scenarios of one world at once: their products with the shares become matrix products."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from detente.model.audit import ACCEPTED, audit
from detente.model.constraints import locate_bounds
from detente.model.economy import Economy, make_economy
from detente.model.equilibrium import Equilibrium
from detente.model.kernel import Map
from detente.model.labour import labour_market
from detente.model.numerics.accelerate import Run, accelerate
from detente.model.numerics.operators import DenseTrade, make_trade
from detente.model.preferences.horizons import at_horizon
from detente.model.preferences.nests import with_nests
from detente.model.problem import read_answer
from detente.model.results.records import Terms
from detente.model.saving import PROPORTIONAL
from detente.model.shock import Shock
from detente.model.solve import (
    TOLERANCE,
    as_baseline,
    check_options,
    no_equilibrium,
    solve_shock,
)
from detente.model.wedges import Wedges, resolve_wedges
from detente.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from detente.model.labour import Labour, Supply
    from detente.model.preferences.nests import Nests
    from detente.model.results.records import Closure, Factors, Horizon
    from detente.model.saving import Saving
    from detente.world.baseline import Baseline
    from detente.world.world import World

Result = TypeVar("Result")
# Scenarios side by side: enough for the matrix products, few enough for the states to stay in the cache.
_CHUNK: Final = 16
# Numbers a chunk may hold in states and memory of the acceleration, and changed cells in all: some 200 MB each.
_MOST_STATES: Final = 12_000_000
_MOST_CELLS: Final = 5_000_000
# A scenario that changes more than this share of cells is solved alone.
_DENSE: Final = 0.25
_MEMORY: Final = 6


@dataclass(frozen=True, eq=False)
class Change:
    """Cells of a scenario that differ from the baseline: flat positions, and what is added to `A`, `C`, `B`."""

    cells: NDArray[np.intp]
    A: NDArray[np.float64]
    C: NDArray[np.float64]
    B: NDArray[np.float64]


class StackedTrade:
    """
    Products for scenarios that share most cells: matrix products with the baseline's, plus sparse changes.

    base: Baseline `A`, `C`, `B`.
    changes: One per scenario.
    """

    def __init__(self, base: DenseTrade, changes: list[Change]) -> None:
        self.base, self.changes = base, changes
        self.taxes_exports = base.taxes_exports or any(change.B is not change.C for change in changes)
        T, N, _ = base.A.shape
        self.shape = T, N, len(changes)
        cells = np.concatenate([change.cells for change in changes])
        scenario = np.repeat(np.arange(len(changes)), [len(change.cells) for change in changes])
        j, n, i = np.unravel_index(cells, base.A.shape)
        self.A = self._sparse(j, n, i, scenario, "A")
        self.C = self._sparse(j, n, i, scenario, "C")
        self.B = self._sparse(j, n, i, scenario, "B") if self.taxes_exports else self.C
        self.b, self.c = base.b, base.c

    def _sparse(
        self,
        j: NDArray[np.intp],
        n: NDArray[np.intp],
        i: NDArray[np.intp],
        scenario: NDArray[np.intp],
        name: str,
    ) -> Any:
        """Changes of one array as a matrix from (sector, exporter, scenario) to (sector, importer, scenario)."""
        from scipy.sparse import csr_array  # noqa: PLC0415

        T, N, K = self.shape
        values = np.concatenate([getattr(change, name) for change in self.changes])
        rows, columns = (j * N + n) * K + scenario, (j * N + i) * K + scenario
        return csr_array((values, (rows, columns)), shape=(T * N * K, T * N * K))

    def buy(self, U: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """`A U`, home included, and `C U` without home."""
        bought, paid = self.base.buy(U)
        flat = U[: self.shape[0]].reshape(-1)
        return self._add(bought, self.A @ flat), self._add(paid, self.C @ flat)

    def sell(self, V: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """`B' V` and `C' V`, both without home."""
        sold, shipped = self.base.sell(V)
        flat = V[: self.shape[0]].reshape(-1)
        if not self.taxes_exports:
            sold = self._add(sold, self.C.T @ flat)
            return sold, sold
        if shipped is sold:
            shipped = sold.copy()
        return self._add(sold, self.B.T @ flat), self._add(shipped, self.C.T @ flat)

    def _add(self, dense: NDArray[np.float64], changes: NDArray[np.float64]) -> NDArray[np.float64]:
        dense[: self.shape[0]] += changes.reshape(self.shape)
        return dense

    def pick(self, keep: NDArray[np.bool_]) -> StackedTrade:
        """Give the products of some of the scenarios."""
        return StackedTrade(
            self.base, [change for change, kept in zip(self.changes, keep, strict=True) if kept]
        )


@dataclass(eq=False)
class _Job:
    """A scenario on its way: where it belongs, and its changes if it can be stacked."""

    place: int
    shock: Shock
    change: Change | None


def solve_many(
    world: World | Baseline,
    shocks: Iterable[Shock],
    *,
    closure: Closure = "fixed",
    factors: Factors = "mobile",
    horizon: Horizon = "long",
    labour: Labour | Supply = "inelastic",
    saving: Saving = PROPORTIONAL,
    nests: Nests | None = None,
    max_iterations: int = 500,
    throw: bool = True,
    reduce: Callable[[Equilibrium], Any] | None = None,
) -> list[Any]:
    """
    Solve many scenarios of one world, stacked; each is audited on its own.

    Parameters
    ----------
    world
        A world, or its baseline.
    shocks
        Scenarios; a generator is consumed piece by piece.
    closure, factors, horizon, labour, saving, nests, max_iterations, throw
        As in `solve`, for all scenarios.
    reduce
        Called with each equilibrium; its value is kept in its place. Use it with thousands of scenarios, so that their
        shocks need not stay in memory.

    Returns
    -------
    list
        Equilibria, or what `reduce` made of them, in the order of the shocks.

    Raises
    ------
    InputError
        A shock or option that cannot be used.
    ConvergenceError
        One of the scenarios has no equilibrium, with `throw`.

    Notes
    -----
    Scenarios with limits or targets, or that change more than a quarter of all cells, are solved one by one.

    Examples
    --------
    >>> from detente.model import Shock, raise_tariff
    >>> from detente.world import load_world
    >>> base = load_world("wiod2011").baseline()
    >>> shocks = [Shock(tariff=raise_tariff(base, x, importer="USA", exporter="CHN")) for x in (0.1, 0.2)]
    >>> losses = solve_many(base, shocks, reduce=lambda eq: eq.real_income_pct["CHN"])
    >>> bool(losses[1] < losses[0] < 0)
    True
    """
    base = with_nests(at_horizon(as_baseline(world), horizon), nests)
    terms = Terms(closure, factors, horizon, labour_market(labour, horizon), saving)
    check_options(base, terms, max_iterations, TOLERANCE)
    economy = make_economy(base, fixed=factors == "fixed")
    trade = _base_trade(economy, base)
    results: dict[int, Any] = {}

    def finish(place: int, eq: Equilibrium) -> None:
        if throw and not eq.converged:
            raise no_equilibrium(eq)
        results[place] = eq if reduce is None else reduce(eq)

    for jobs in _chunks(shocks, base, economy, trade, terms):
        with one_thread():
            for job, eq in _solve_chunk(base, economy, trade, terms, jobs, max_iterations):
                finish(job.place, eq)
    return [results[place] for place in sorted(results)]


def _base_trade(economy: Economy, base: Baseline) -> DenseTrade:
    """`A`, `C`, `B` of the baseline."""
    return make_trade(economy, resolve_wedges(Shock(), base))


def _chunks(
    shocks: Iterable[Shock], base: Baseline, economy: Economy, trade: DenseTrade, terms: Terms
) -> Iterator[list[_Job]]:
    """Gather scenarios until a chunk is full."""
    size = Map(economy, trade, terms).size
    most = max(1, min(_CHUNK, _MOST_STATES // (size * (2 * _MEMORY + 8))))
    jobs: list[_Job] = []
    cells = 0
    for place, shock in enumerate(shocks):
        change = None if shock.constraints else find_change(economy, trade, resolve_wedges(shock, base))
        jobs.append(_Job(place, shock, change))
        cells += len(change.cells) if change else 0
        if len(jobs) >= most or cells > _MOST_CELLS:
            yield jobs
            jobs, cells = [], 0
    if jobs:
        yield jobs


def find_change(economy: Economy, trade: DenseTrade, wedges: Wedges) -> Change | None:
    """Compare a shock with the baseline, cell by cell. Gives None if too many cells change, or home sales."""
    changed = wedges.importer != wedges.importer_0
    if wedges.taxes_exports:
        changed = changed | (wedges.exporter != wedges.exporter_0)
    if wedges.iceberg is not None:
        changed |= wedges.iceberg != 1
    if wedges.open is not None:
        changed |= wedges.open != 1
    order = economy.order[: economy.traded]
    if np.einsum("jnn->jn", changed).any():
        return None
    own = changed if economy.traded == len(economy.order) else changed[order]
    cells = np.flatnonzero(own & (economy.pi > 0))
    if len(cells) > _DENSE * own.size:
        return None
    j, n, i = np.unravel_index(cells, own.shape)
    where = order[j], n, i
    factor = wedges.importer[where] / wedges.importer_0[where]
    exporter = np.broadcast_to(wedges.exporter, wedges.importer.shape)[where]
    factor *= exporter / np.broadcast_to(wedges.exporter_0, wedges.importer.shape)[where]
    if wedges.iceberg is not None:
        factor *= wedges.iceberg[where]
    A = economy.pi[j, n, i] * factor ** -economy.theta[j, 0, 0]
    if wedges.open is not None:
        A *= wedges.open[where]
    C = A / wedges.importer[where]
    added_C = C - trade.C.reshape(-1)[cells]
    taxed = wedges.taxes_exports
    added_B = C / exporter - trade.B.reshape(-1)[cells] if taxed else added_C
    return Change(cells, A - trade.A.reshape(-1)[cells], added_C, added_B)


def _solve_chunk(
    base: Baseline, economy: Economy, trade: DenseTrade, terms: Terms, jobs: list[_Job], max_iterations: int
) -> Iterator[tuple[_Job, Equilibrium]]:
    """Solve what can be stacked, audit, and solve the rest alone."""
    begun = time.perf_counter()
    stacked = [job for job in jobs if job.change is not None]
    rest = [job for job in jobs if job.change is None]
    if len(stacked) > 1:
        run, map_ = _iterate(economy, trade, terms, stacked, max_iterations)
        share = (time.perf_counter() - begun) / len(stacked)
        for pos, job in enumerate(stacked):
            eq = _judge(base, terms, job, map_, Run(run.state[pos : pos + 1], run.error, run.passes), share)
            if eq is None:
                rest.append(job)
            else:
                yield job, eq
    else:
        rest += stacked
    for job in rest:
        begun = time.perf_counter()
        eq = solve_shock(base, job.shock, terms, max_iterations, TOLERANCE, None)
        yield job, dataclasses.replace(eq, seconds=time.perf_counter() - begun)


def _iterate(
    economy: Economy, trade: DenseTrade, terms: Terms, jobs: list[_Job], max_iterations: int
) -> tuple[Run, Map]:
    """Accelerate the stacked scenarios, dropping those that are done."""
    current = StackedTrade(trade, [job.change for job in jobs if job.change is not None])
    map_ = Map(economy, current, terms)

    def shrink(left: NDArray[np.bool_]) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
        nonlocal current
        current = current.pick(left)
        return Map(economy, current, terms).step

    start = np.repeat(map_.start(), len(jobs), axis=0)
    run = accelerate(
        map_.step, start, tolerance=TOLERANCE, max_passes=max_iterations, memory=_MEMORY, shrink=shrink
    )
    return run, map_


def _judge(
    base: Baseline, terms: Terms, job: _Job, map_: Map, run: Run, seconds: float
) -> Equilibrium | None:
    """Audit one scenario of a stack; None if it has to be solved alone."""
    begun = time.perf_counter()
    answer = read_answer(map_, run.state, ())
    verdict = audit(base, resolve_wedges(job.shock, base), (), answer)
    if verdict.residual >= ACCEPTED:
        return None
    spent = seconds + time.perf_counter() - begun
    bounds = locate_bounds(job.shock, base)
    found = verdict.residual, verdict.residuals, verdict.income
    return Equilibrium(base, job.shock, answer, bounds, terms, "converged", *found, run.passes, spent)
