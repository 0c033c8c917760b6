"""Name shocks that no prices can clear, before and after a solve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detente.formatting import number, small
from detente.model.audit import ACCEPTED
from detente.model.problem import Problem, search
from detente.model.wedges import part_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.model.audit import Verdict
    from detente.model.constraints import Bound
    from detente.model.kernel import Map
    from detente.model.numerics.accelerate import Run
    from detente.model.wedges import Wedges
    from detente.world.baseline import Baseline

# Deficits below this share of world value added are none.
_NO_DEFICIT: Final = 1e-12
# Log multiplier beyond which a bound counts as out of reach.
_REACH: Final = 30.0
# How often the way to a shock is halved to say how far an equilibrium is found.
_HALVES: Final = 6
NOT_CONVERGED: Final = "not converged"


def find_impossible(base: Baseline, wedges: Wedges, closure: str, map_: Map) -> str:
    """
    Name what no prices can repair: a good nobody may supply, a deficit nobody can run.

    Gives empty if nothing was found.
    """
    if wedges.open is None:
        return ""
    weights, _ = map_.trade.buy(np.ones((*map_.economy.shape, 1)))
    starved = np.argwhere((weights[..., 0] <= 0) & (map_.economy.active[..., 0] > 0))
    if len(starved):
        j, n = int(map_.economy.order[starved[0, 0]]), int(starved[0, 1])
        return f"nobody may supply {base.sectors[j]} to {base.economies[n]}, which must buy it"
    return _closed_complement(base, wedges.open) or _stuck_deficit(base, wedges.open, closure)


def _closed_complement(base: Baseline, open_: NDArray[np.float64]) -> str:
    """Name a closed flow of a product whose origins cannot replace each other."""
    low = np.flatnonzero(base.theta < 0)
    closed = np.argwhere((base.pi[low] > 0) & (open_[low] <= 0))
    if not len(closed):
        return ""
    j, n, i = low[closed[0, 0]], *closed[0, 1:]
    return (
        f"{base.economies[n]} cannot do without {base.sectors[j]} from {base.economies[i]}: origins substitute with"
        f" {number(float(base.theta[j] + 1))}, below 1"
    )


def _stuck_deficit(base: Baseline, open_: NDArray[np.float64], closure: str) -> str:
    """
    Name an economy whose trade cannot balance as it must because one side of it is closed.

    Where saving decides deficits only an economy without any trade is stuck: its investment and its saving move as its own
    prices do, and one level of investment for the world cannot make them the same.
    """
    world = base.value_added.sum()
    imports, exports = _open_sides(base, open_)
    neither = ~imports & ~exports
    balance = np.zeros(len(base.economies)) if closure == "zero" else base.deficit / world
    balance = np.where(np.abs(balance) < _NO_DEFICIT, 0.0, balance)
    only_imports, only_exports = imports & ~exports, exports & ~imports
    stuck = (only_imports & (balance <= 0)) | (only_exports & (balance >= 0)) | (neither & (balance != 0))
    repair = "" if closure == "zero" else "; closure='zero' asks for balanced trade"
    if closure == "saving":
        if not neither.any():
            return ""
        name = base.economies[int(np.argmax(neither))]
        return f"{name} is left no trade, and nothing makes its investment its saving{repair}"
    if not stuck.any():
        return ""
    n = int(np.argmax(stuck))
    left = _left(bool(imports[n]), bool(exports[n]))
    return (
        f"{base.economies[n]} is left {left}, and a trade deficit of {small(balance[n])} of the world{repair}"
    )


def _open_sides(base: Baseline, open_: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether each economy may import anything, and export anything, (N,) both."""
    foreign = (base.pi > 0) & (open_ > 0) & ~np.eye(len(base.economies), dtype=bool)
    imports, exports = (np.atleast_1d(foreign.any(axis=axis)) for axis in ((0, 2), (0, 1)))
    return imports, exports


def _left(imports: bool, exports: bool) -> str:
    """Say which sides of trade are left."""
    if not imports and not exports:
        return "no trade"
    return "imports with no exports" if imports else "exports with no imports"


def name_failure(verdict: Verdict, run: Run, base: Baseline, bounds: tuple[Bound, ...]) -> str:
    """Say why there is no answer, as far as it shows."""
    others = max(gap for name, gap in verdict.residuals.items() if name != "income")
    for what, amount in (("income", verdict.income), ("consumption", verdict.consumption)):
        negative = np.flatnonzero(amount <= 0)
        if len(negative):
            name = base.economies[int(negative[0])]
            if others < ACCEPTED:
                return f"infeasible: every equation holds only with a negative {what} of {name}"
            return f"not converged: {what} of {name} is negative where the search ended"
    solved = [bound for bound in bounds if bound.state == "solved"]
    multipliers = run.state[0, run.state.shape[1] - len(solved) :]
    for bound, log_multiplier in zip(solved, multipliers, strict=True):
        if abs(log_multiplier) > _REACH:
            return f"not converged: {bound.constraint.label} is out of reach of multipliers below exp({number(_REACH)})"
    return NOT_CONVERGED


def end_of_search(
    problem: Problem, wedges: Wedges, bounds: tuple[Bound, ...], effort: tuple[float, int]
) -> str:
    """Say which bound, in the order given, has no equilibrium beside those before it; else how far the shock could go."""
    solved = tuple(bound for bound in bounds if bound.state == "solved")
    if not solved or not _has_answer(problem, wedges, (), effort):
        return _furthest(problem, wedges, effort)
    count = 1
    while count < len(solved) and _has_answer(problem, wedges, solved[:count], effort):
        count += 1
    *others, last = (bound.constraint.label for bound in solved[:count])
    beside = f" beside {', '.join(others)}" if others else ""
    return f"an equilibrium was found without {last}, none with it{beside}"


def _has_answer(
    problem: Problem, wedges: Wedges, bounds: tuple[Bound, ...], effort: tuple[float, int]
) -> bool:
    """Whether an equilibrium is found from the baseline."""
    tried = Problem(problem.base, wedges, bounds, problem.terms)
    return search(tried, wedges, bounds, tried.map(1.0).start(), effort)[2].residual < ACCEPTED


def _furthest(problem: Problem, wedges: Wedges, effort: tuple[float, int]) -> str:
    """Say up to which power of every wedge, nothing limited, an equilibrium is found, by halves."""
    low, high = 0.0, 1.0
    for _ in range(_HALVES):
        middle = (low + high) / 2
        found = _has_answer(problem, part_of(wedges, middle), (), effort)
        low, high = (middle, high) if found else (low, middle)
    if low == 0:
        return f"none was found with the same flows forbidden and no other change, either{_one_sided(problem.base, wedges)}"
    reached, missed = number(100 * low, 3), number(100 * high, 3)
    return (
        f"an equilibrium was found at {reached} % of the change of every wedge, in logs, none at {missed} %"
    )


def _one_sided(base: Baseline, wedges: Wedges) -> str:
    """Say which economies have one side of trade left."""
    if wedges.open is None:
        return ""
    imports, exports = _open_sides(base, wedges.open)
    said = [
        f"{name} is left {_left(bool(imports[n]), bool(exports[n]))}"
        for n, name in enumerate(base.economies)
        if imports[n] != exports[n]
    ]
    return f"; {', '.join(said)}" if said else ""
