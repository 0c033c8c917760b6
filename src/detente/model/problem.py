"""A shock on a baseline as a map, and the ways tried, in order, to find its fixed point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detente.errors import InputError
from detente.model.audit import ACCEPTED, Answer, Verdict, audit
from detente.model.constraints import Bound, Bounds
from detente.model.economy import make_economy
from detente.model.kernel import Map
from detente.model.labour import INELASTIC
from detente.model.numerics.accelerate import Run, accelerate, newton_krylov
from detente.model.numerics.operators import make_trade
from detente.model.wedges import Wedges, part_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.model.equilibrium import Equilibrium
    from detente.model.results.records import Terms
    from detente.world.baseline import Baseline

# Powers of the wedges through which a shock is approached when nothing else works, and how well each is solved.
_PARTS: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_ROUGH: Final = 1e-3


class Problem:
    """
    A shock on a baseline as a map, whole or in part.

    base, wedges, bounds, terms: What is solved.
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
        made = Map(self.economy, trade, self.terms, bounds)
        if part == 1:
            self._whole = made
        return made


def iterate(problem: Problem, run: Run, tolerance: float, max_iterations: int) -> Run:
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


def search(
    problem: Problem,
    wedges: Wedges,
    bounds: tuple[Bound, ...],
    state: NDArray[np.float64],
    effort: tuple[float, int],
) -> tuple[Run, Answer, Verdict]:
    """
    Iterate and audit; polish if the audit asks for it.

    effort: Tolerance of the map, and the most passes.
    """
    tolerance, most = effort
    run = Run(state, np.full(1, np.inf), 0)
    for attempt in range(4):
        aim = tolerance * 0.03**attempt if run.error[0] <= tolerance else tolerance
        run = iterate(problem, run, max(aim, 1e-15), most)
        answer = read_answer(problem.map(1.0), run.state, bounds)
        verdict = audit(problem.base, wedges, bounds, answer)
        if verdict.residual < ACCEPTED or run.passes >= most or run.error[0] > tolerance:
            break
    return run, answer, verdict


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
    """State to start from: the baseline's, or an equilibrium's."""
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
    wage = np.broadcast_to(answer.earned, base.va_share.shape)
    wage = eco.sort(wage) if eco.fixed else factor_mean(base, wage)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.log(eco.sort(answer.spending / other.spending))[..., None]
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
    """Mean factor price by economy, weighted by baseline factor income."""
    weights = base.va_share * base.output
    total = weights.sum(axis=0)
    mean = (wage * weights).sum(axis=0) / np.where(total > 0, total, 1.0)
    out: NDArray[np.float64] = np.where(total > 0, mean, 1.0)
    return out


def read_answer(map_: Map, z: NDArray[np.float64], bounds: tuple[Bound, ...]) -> Answer:
    """Turn a state of one scenario into levels in the baseline's order."""
    eco = map_.economy
    log_earned, log_price, log_change, raw = map_.unpack(z)
    spending = eco.spending * eco.active * np.exp(log_change)
    multipliers = np.zeros(len(bounds))
    if map_.bounds:
        solved = [pos for pos, bound in enumerate(bounds) if bound.state == "solved"]
        multipliers[solved] = map_.bounds.project(raw)[:, 0]
    log_wage = map_.wage_of(log_earned, log_price)
    wage, employment = np.exp(log_wage[..., 0]), np.exp((log_earned - log_wage)[..., 0])
    return Answer(
        wage=eco.unsort(wage) if eco.fixed else wage,
        employment=eco.unsort(employment) if eco.fixed else employment,
        price=eco.unsort(np.exp(log_price[..., 0])),
        spending=eco.unsort(spending[..., 0]),
        multipliers=multipliers,
        closure=map_.closure,
        labour=map_.labour or INELASTIC,
        saving=map_.saving,
    )
