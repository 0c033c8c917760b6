"""Find the equilibrium of a shock, and judge it."""

from __future__ import annotations

import dataclasses
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from detente.errors import ConvergenceError, InputError
from detente.model.accelerate import Run, accelerate, newton_krylov
from detente.model.audit import ACCEPTED, Answer, audit
from detente.model.constraints import Bound, Bounds, close_embargoes, find_conflict, locate_bounds
from detente.model.economy import Economy, make_economy
from detente.model.equilibrium import Equilibrium, Terms
from detente.model.horizons import at_horizon
from detente.model.kernel import Map
from detente.model.operators import make_trade
from detente.model.shock import Shock, Wedges, part_of, resolve_wedges

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from detente.world.baseline import Baseline
    from detente.world.world import World

# Largest step of the map at which a solve stops, so that the audit ends an order of magnitude inside what is accepted.
TOLERANCE: Final = 3e-11
# Powers of the wedges through which a shock is approached when nothing else works, and how well each is solved.
_PARTS: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_ROUGH: Final = 1e-3
# Deficits below this share of world value added are none.
_NO_DEFICIT: Final = 1e-12
_FACTORS: Final = ("mobile", "fixed")
_blas: Any = None


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep BLAS at one thread: the products are too small to share, and threads spin."""
    global _blas  # noqa: PLW0603  (finding the libraries takes milliseconds, once)
    if _blas is None:
        from threadpoolctl import ThreadpoolController  # noqa: PLC0415

        _blas = ThreadpoolController()
    with _blas.limit(limits=1, user_api="blas"):
        yield


class Problem:
    """
    A shock on a baseline as a map, whole or in part.

    Parameters
    ----------
    base, wedges, bounds, terms
        What is solved.
    """

    def __init__(self, base: Baseline, wedges: Wedges, bounds: tuple[Bound, ...], terms: Terms) -> None:
        self.base, self.wedges, self.terms = base, wedges, terms
        self.solved = tuple(bound for bound in bounds if bound.state == "solved")
        self.economy = make_economy(base, fixed=terms.factors == "fixed")
        self._whole: Map | None = None

    def map(self, part: float) -> Map:
        """Give the map with every wedge at this power; bounds are whole."""
        if part == 1 and self._whole is not None:
            return self._whole
        wedges = self.wedges if part == 1 else part_of(self.wedges, part)
        trade = make_trade(self.economy, wedges, separate=bool(self.solved))
        bounds = Bounds(self.solved, self.economy, trade) if self.solved else None
        made = Map(self.economy, trade, self.terms.closure, bounds)
        if part == 1:
            self._whole = made
        return made


def solve(
    world: World | Baseline,
    shock: Shock | None = None,
    *,
    closure: Literal["fixed", "zero", "proportional"] = "fixed",
    factors: Literal["mobile", "fixed"] = "mobile",
    horizon: str | float = "long",
    max_iterations: int = 500,
    tolerance: float = TOLERANCE,
    throw: bool = True,
    start: Equilibrium | None = None,
) -> Equilibrium:
    """
    Solve one counterfactual in exact hat algebra.

    Parameters
    ----------
    world
        A world, or its baseline.
    shock
        What changes; nothing by default.
    closure
        Trade deficits: "fixed" shares of world value added, "zero", or "proportional" to own value added.
    factors
        "mobile" between sectors (long run), or "fixed" in each (short run).
    horizon
        Of the trade elasticities: "long", "short", or years since the shock, 0 or more (`detente.model.horizons`).
    max_iterations
        Evaluations of the map allowed.
    tolerance
        Largest step of the map, in logs, at which to stop.
    throw
        Raise if there is no equilibrium; otherwise return it with its status.
    start
        An equilibrium of the same baseline from which to start.

    Returns
    -------
    Equilibrium
        `status` is "converged" only if an audit of the equations in levels finds no relative residual above 1e-9.

    Raises
    ------
    InputError
        A shock or option that cannot be used.
    ConvergenceError
        No equilibrium was found, with `throw`.

    References
    ----------
    Dekle, Eaton and Kortum (2008); Caliendo and Parro (2015), section 2.

    Examples
    --------
    >>> from detente.world import load_world
    >>> world = load_world("wiod2011")
    >>> solve(world).status
    'converged'
    """
    begun = time.perf_counter()
    shock = shock or Shock()
    base = at_horizon(as_baseline(world), horizon)
    terms = Terms(closure=closure, factors=factors, horizon=horizon)
    check_options(terms, max_iterations, tolerance)
    with one_thread():
        eq = solve_shock(base, shock, terms, max_iterations, tolerance, start)
    eq = dataclasses.replace(eq, seconds=time.perf_counter() - begun)
    if throw and eq.status != "converged":
        raise no_equilibrium(eq)
    return eq


def as_baseline(world: World | Baseline) -> Baseline:
    """
    Give the baseline of a world, or the baseline itself.

    Parameters
    ----------
    world
        Either.

    Returns
    -------
    Baseline
    """
    get = getattr(world, "baseline", None)
    base: Baseline = get() if callable(get) else world
    return base


def no_equilibrium(eq: Equilibrium) -> ConvergenceError:
    """
    Make the error for a solve that ended without an equilibrium.

    Parameters
    ----------
    eq
        Its result.

    Returns
    -------
    ConvergenceError
    """
    worst = max(eq.residuals, key=lambda name: eq.residuals[name]) if eq.residuals else "not evaluated"
    return ConvergenceError(
        "no equilibrium was found",
        where=f"solve, closure {eq.terms.closure}, factors {eq.terms.factors}, {eq.iterations} iterations",
        found=f"{eq.status}; largest relative residual {eq.residual:.2g} ({worst})",
        allowed=f"a residual below {ACCEPTED:g} in every equation",
        repair="raise max_iterations, try closure='zero' or a smaller shock; with throw=False the result is returned",
    )


def check_options(terms: Terms, max_iterations: int, tolerance: float) -> None:
    """
    Refuse options a solve cannot use.

    Parameters
    ----------
    terms
        Closure, factors, horizon; the closure is checked by the map.
    max_iterations, tolerance
        As in `solve`.

    Raises
    ------
    InputError
        An unknown word or a number out of range.
    """
    if terms.factors not in _FACTORS:
        raise InputError(
            "unknown factor mobility",
            where="factors",
            found=terms.factors,
            allowed=", ".join(_FACTORS),
            repair="'mobile' is the long run, 'fixed' the short run",
        )
    if max_iterations < 1 or not 0 < tolerance < 1e-3:  # noqa: PLR2004
        raise InputError(
            "unusable limits of a solve",
            where="max_iterations, tolerance",
            found=f"{max_iterations}, {tolerance}",
            allowed="at least 1, and above 0 and below 1e-3",
            repair="leave them out",
        )


def solve_shock(
    base: Baseline,
    shock: Shock,
    terms: Terms,
    max_iterations: int,
    tolerance: float,
    start: Equilibrium | None,
) -> Equilibrium:
    """
    Set up, iterate, audit; polish if the audit asks for it.

    Parameters
    ----------
    base
        The baseline at its horizon.
    shock, terms, max_iterations, tolerance, start
        As in `solve`.

    Returns
    -------
    Equilibrium
        With its status; `seconds` is left at 0.
    """
    wedges = resolve_wedges(shock, base)
    bounds = locate_bounds(shock, base)
    wedges = dataclasses.replace(wedges, open=close_embargoes(bounds, wedges.open, base.pi.shape))
    problem = Problem(base, wedges, bounds, terms)
    map_ = problem.map(1.0)
    z = start_state(map_, base, bounds, start)
    why = find_conflict(bounds, wedges) or find_impossible(base, wedges, terms.closure, map_)
    if why:
        answer = read_answer(map_, z, base, bounds)
        return Equilibrium(base, shock, answer, bounds, terms, f"infeasible: {why}", np.inf, {}, 0, 0.0)
    run = Run(z, np.full(1, np.inf), 0)
    residuals: dict[str, float] = {}
    for attempt in range(4):
        aim = tolerance * 0.03**attempt if run.error[0] <= tolerance else tolerance
        run = _iterate(problem, run, max(aim, 1e-15), max_iterations)
        answer = read_answer(map_, run.state, base, bounds)
        residuals = audit(base, wedges, bounds, answer)
        if max(residuals.values()) < ACCEPTED or run.passes >= max_iterations or run.error[0] > tolerance:
            break
    residual = max(residuals.values())
    status = "converged" if residual < ACCEPTED else _name_failure(map_, run, base, bounds)
    return Equilibrium(base, shock, answer, bounds, terms, status, residual, residuals, run.passes, 0.0)


def _iterate(problem: Problem, run: Run, tolerance: float, max_iterations: int) -> Run:
    """Accelerate; if that stalls, damp; then approach the shock by steps; then Newton-Krylov."""
    best = run
    for attempt in (_plain, _damped, _by_steps, _newton):
        left = max_iterations - best.passes
        if left <= 0:
            break
        new = attempt(problem, best.state, tolerance, left)
        done = best.passes + new.passes
        better = new.error[0] < best.error[0]
        best = Run(new.state, new.error, done) if better else Run(best.state, best.error, done)
        if best.error[0] <= tolerance:
            break
    return best


def _plain(problem: Problem, state: NDArray[np.float64], tolerance: float, left: int) -> Run:
    return accelerate(problem.map(1.0).step, state, tolerance=tolerance, max_passes=left)


def _damped(problem: Problem, state: NDArray[np.float64], tolerance: float, left: int) -> Run:
    step = problem.map(1.0).step
    return accelerate(step, state, tolerance=tolerance, max_passes=left, memory=12, damping=0.3)


def _by_steps(problem: Problem, _state: NDArray[np.float64], tolerance: float, left: int) -> Run:
    """Walk from the baseline to the shock, each wedge growing geometrically."""
    run, used = Run(problem.map(1.0).start(), np.full(1, np.inf), 0), 0
    for part in _PARTS:
        aim = tolerance if part == 1 else _ROUGH
        run = accelerate(problem.map(part).step, run.state, tolerance=aim, max_passes=left - used, memory=10)
        used += run.passes
        if used >= left:
            break
    return Run(run.state, run.error if part == 1 else np.full(1, np.inf), used)


def _newton(problem: Problem, state: NDArray[np.float64], tolerance: float, left: int) -> Run:
    return newton_krylov(problem.map(1.0).step, state, tolerance=tolerance, max_passes=left)


def start_state(
    map_: Map, base: Baseline, bounds: tuple[Bound, ...], start: Equilibrium | None
) -> NDArray[np.float64]:
    """
    State to start from: the baseline's, or an equilibrium's.

    Parameters
    ----------
    map_
        The map.
    base
        The baseline.
    bounds
        Bounds of the shock.
    start
        An earlier equilibrium, or None.

    Returns
    -------
    array
        (1, M).

    Raises
    ------
    InputError
        The equilibrium belongs to a world of another size or other labels.
    """
    if start is None:
        return map_.start()
    other = start.base
    if (other.economies, other.sectors) != (base.economies, base.sectors):
        raise InputError(
            "a start from another world",
            where="start",
            found=f"{len(other.economies)} x {len(other.sectors)}",
            allowed=f"the same labels, {len(base.economies)} x {len(base.sectors)}",
            repair="start from an equilibrium of this world",
        )
    eco, answer = map_.economy, start.answer
    wage = np.broadcast_to(answer.wage, base.va_share.shape)
    wage = eco.sort(wage) if eco.fixed else factor_mean(base, wage)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.log(eco.sort(answer.spending)[..., None] / eco.spending)
    multipliers = [x for bound, x in zip(bounds, answer.multipliers, strict=False) if bound.state == "solved"]
    solved = sum(bound.state == "solved" for bound in bounds)
    if len(multipliers) != solved or len(answer.multipliers) != len(bounds):
        multipliers = [0.0] * solved
    state = map_.pack(
        np.log(wage)[..., None],
        np.log(eco.sort(answer.price))[..., None],
        np.where(np.isfinite(change), change, 0.0),
        np.array(multipliers).reshape(-1, 1),
    )
    return np.where(np.isfinite(state), state, 0.0)


def factor_mean(base: Baseline, wage: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Mean factor price by economy, weighted by baseline factor income.

    Parameters
    ----------
    base
        The baseline.
    wage
        (J, N).

    Returns
    -------
    array
        (N,).
    """
    weights = base.va_share * base.output
    total = weights.sum(axis=0)
    mean = (wage * weights).sum(axis=0) / np.where(total > 0, total, 1.0)
    out: NDArray[np.float64] = np.where(total > 0, mean, 1.0)
    return out


def read_answer(map_: Map, z: NDArray[np.float64], base: Baseline, bounds: tuple[Bound, ...]) -> Answer:
    """
    Turn a state of one scenario into levels in the baseline's order.

    Parameters
    ----------
    map_
        The map.
    z
        State, (1, M).
    base
        The baseline.
    bounds
        All bounds, solved or not.

    Returns
    -------
    Answer
    """
    eco = map_.economy
    log_wage, log_price, log_change, raw = map_.unpack(z)
    spending = eco.spending * eco.active * np.exp(log_change)
    multipliers = np.zeros(len(bounds))
    if map_.bounds:
        solved = [pos for pos, bound in enumerate(bounds) if bound.state == "solved"]
        multipliers[solved] = map_.bounds.project(raw)[:, 0]
    wage = np.exp(log_wage[..., 0])
    return Answer(
        wage=eco.unsort(wage) if eco.fixed else wage,
        price=eco.unsort(np.exp(log_price[..., 0])),
        spending=eco.unsort(spending[..., 0]),
        multipliers=multipliers,
        closure=map_.closure,
    )


def find_impossible(base: Baseline, wedges: Wedges, closure: str, map_: Map) -> str:
    """
    Name what no prices can repair: a good nobody may supply, a deficit nobody can run.

    Parameters
    ----------
    base
        The baseline.
    wedges
        The shock.
    closure
        What happens to deficits.
    map_
        The map at the baseline.

    Returns
    -------
    str
        Empty if nothing was found.
    """
    if wedges.open is None:
        return ""
    weights, _ = map_.trade.buy(np.ones((*map_.economy.shape, 1)))
    starved = map_.economy.unsort((weights[..., 0] <= 0) & (map_.economy.active[..., 0] > 0))
    if starved.any():
        j, n = (int(x) for x in np.argwhere(starved)[0])
        return f"nobody may supply {base.sectors[j]} to {base.economies[n]}, which must buy it"
    return _stuck_deficit(base, wedges.open, closure)


def _stuck_deficit(base: Baseline, open_: NDArray[np.float64], closure: str) -> str:
    """Name an economy whose trade cannot balance as it must because one side of it is closed."""
    world = base.value_added.sum()
    foreign = (base.pi > 0) & (open_ > 0) & ~np.eye(len(base.economies), dtype=bool)
    imports, exports = foreign.any(axis=(0, 2)), foreign.any(axis=(0, 1))
    balance = np.zeros(len(base.economies)) if closure == "zero" else base.deficit / world
    balance = np.where(np.abs(balance) < _NO_DEFICIT, 0.0, balance)
    possible = np.where(imports & exports, True, np.where(imports, balance > 0, balance < 0))  # noqa: FBT003
    stuck = np.flatnonzero(~(possible | (~imports & ~exports & (balance == 0))))
    if not len(stuck):
        return ""
    n = int(stuck[0])
    left = "imports" if imports[n] else "exports" if exports[n] else "trade"
    lost = "no exports" if imports[n] else "no imports" if exports[n] else "no trade"
    kept = f"{left} with {lost}" if left != "trade" else lost
    repair = "" if closure == "zero" else "; closure='zero' asks for balanced trade"
    return f"{base.economies[n]} is left {kept}, and a trade deficit of {balance[n]:.2g} of the world{repair}"


def _name_failure(map_: Map, run: Run, base: Baseline, bounds: tuple[Bound, ...]) -> str:
    """Say why there is no answer, as far as it shows."""
    with np.errstate(all="ignore"):
        point = map_.evaluate(run.state)
    negative = np.flatnonzero(~(point.income[:, 0] > 0))
    if len(negative):
        name = base.economies[int(negative[0])]
        return f"infeasible: income of {name} is negative under closure {map_.closure!r}"
    if map_.bounds:
        solved = [bound for bound in bounds if bound.state == "solved"]
        reach = 30.0
        for bound, log_multiplier in zip(solved, point.multipliers[:, 0], strict=True):
            if abs(log_multiplier) > reach:
                return f"infeasible: {bound.constraint.label} cannot be met at any multiplier below exp({reach:g})"
    return "not converged"


def economy_of(eq: Equilibrium) -> Economy:
    """
    Give the solver's layout behind an equilibrium.

    Parameters
    ----------
    eq
        An equilibrium.

    Returns
    -------
    Economy
    """
    return make_economy(eq.base, fixed=eq.terms.factors == "fixed")
