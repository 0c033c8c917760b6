"""Name shocks that no prices can clear, before and after a solve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detente.formatting import number, small
from detente.model.audit import ACCEPTED

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
    """Name an economy whose trade cannot balance as it must because one side of it is closed."""
    world = base.value_added.sum()
    foreign = (base.pi > 0) & (open_ > 0) & ~np.eye(len(base.economies), dtype=bool)
    imports, exports = (np.atleast_1d(foreign.any(axis=axis)) for axis in ((0, 2), (0, 1)))
    balance = np.zeros(len(base.economies)) if closure == "zero" else base.deficit / world
    balance = np.where(np.abs(balance) < _NO_DEFICIT, 0.0, balance)
    only_imports, only_exports = imports & ~exports, exports & ~imports
    neither = ~imports & ~exports
    wrong = neither & (balance != 0)
    if closure != "saving":  # which may turn a surplus into a deficit
        wrong |= (only_imports & (balance <= 0)) | (only_exports & (balance >= 0))
    stuck = np.flatnonzero(wrong)
    if not len(stuck):
        return ""
    n = int(stuck[0])
    left = "imports" if imports[n] else "exports" if exports[n] else "trade"
    lost = "no exports" if imports[n] else "no imports" if exports[n] else "no trade"
    kept = f"{left} with {lost}" if left != "trade" else lost
    repair = "" if closure == "zero" else "; closure='zero' asks for balanced trade"
    return (
        f"{base.economies[n]} is left {kept}, and a trade deficit of {small(balance[n])} of the world{repair}"
    )


def name_failure(verdict: Verdict, run: Run, base: Baseline, bounds: tuple[Bound, ...]) -> str:
    """Say why there is no answer, as far as it shows."""
    negative = np.flatnonzero(verdict.income <= 0)
    others = max(gap for name, gap in verdict.residuals.items() if name != "income")
    if len(negative):
        name = base.economies[int(negative[0])]
        if others < ACCEPTED:
            return f"infeasible: every equation holds only with a negative income of {name}"
        return f"not converged: income of {name} is negative where the search ended"
    solved = [bound for bound in bounds if bound.state == "solved"]
    multipliers = run.state[0, run.state.shape[1] - len(solved) :]
    for bound, log_multiplier in zip(solved, multipliers, strict=True):
        if abs(log_multiplier) > _REACH:
            return f"not converged: {bound.constraint.label} is out of reach of multipliers below exp({number(_REACH)})"
    return "not converged"
