"""Anderson acceleration of several fixed points side by side, with a safeguard and a Newton-Krylov fallback."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Step = Callable[[NDArray[np.float64]], NDArray[np.float64]]

# Relative ridge of the scaled Gram matrix: above rounding (1e-16 times its size), below what slows the last digits.
_RIDGE: Final = 1e-13
# Largest move of a log in one plain step.
_TRUST: Final = 2.0
# A step this many times the best so far starts the memory afresh at the best point.
_GROWTH: Final = 30.0
# Passes without halving the error after which acceleration is given up.
_PATIENCE: Final = 50
# Share of rows that are done at which they are dropped from a batch.
_DONE: Final = 0.25


@dataclass(frozen=True)
class Run:
    """Where an iteration ended: state (K, M), largest step (K,), passes."""

    state: NDArray[np.float64]
    error: NDArray[np.float64]
    passes: int


def accelerate(
    step: Step,
    start: NDArray[np.float64],
    *,
    tolerance: float,
    max_passes: int,
    memory: int = 6,
    damping: float = 1.0,
    shrink: Callable[[NDArray[np.bool_]], Step] | None = None,
) -> Run:
    """
    Find the fixed points of a map given as the distance it moves a state.

    Parameters
    ----------
    step
        `F(z) - z` for states (K, M); rows are independent of each other.
    start
        First states, (K, M).
    tolerance
        Largest entry of the step at which a row stops.
    max_passes
        Evaluations of `step` allowed.
    memory
        Differences kept, 1 or more.
    damping
        Share of the plain step taken, 0 to 1.
    shrink
        Gives the map of the rows marked True among the present ones; called when a quarter of them are done.

    Returns
    -------
    Run
        The best state found; compare `error` with `tolerance`.

    Notes
    -----
    Anderson (1965), type II, by normal equations on a Gram matrix that is updated one row a pass
    (Walker and Ni 2011).
    """
    result = Run(np.array(start), np.full(len(start), np.inf), 0)
    rows = np.arange(len(start))
    history = _History(start.shape, memory)
    z, best, best_error = np.array(start), np.array(start), np.full(len(start), np.inf)
    mark, mark_pass = np.inf, 0
    passes = 0
    for passes in range(1, max_passes + 1):
        with np.errstate(all="ignore"):
            f = step(z)
        error = np.abs(f).max(axis=1)
        bad = ~(error < _GROWTH * np.maximum(best_error, tolerance)) & np.isfinite(best_error)
        better = error < best_error
        best[better], best_error[better] = z[better], error[better]
        done = best_error <= tolerance
        worst = best_error.max()
        if worst < 0.5 * mark:
            mark, mark_pass = worst, passes
        lost = not np.isfinite(f).all() and not bad.any()
        if done.all() or passes - mark_pass > _PATIENCE or lost:
            break
        if shrink is not None and done.mean() >= _DONE:
            result.state[rows[done]], result.error[rows[done]] = best[done], best_error[done]
            left = ~done
            step, rows = shrink(left), rows[left]
            history.keep(left)
            z, f, best, best_error, bad = z[left], f[left], best[left], best_error[left], bad[left]
        f = damping * np.clip(f, -_TRUST, _TRUST)
        if bad.any():
            z, damping = _go_back(step, history, best, z, bad), max(0.25, 0.5 * damping)
            continue
        z = history.extrapolate(z, f)
    result.state[rows], result.error[rows] = best, best_error
    return Run(result.state, result.error, passes)


def _go_back(
    step: Step, history: _History, best: NDArray[np.float64], z: NDArray[np.float64], bad: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return rows that ran away to their best state, one small plain step on, without memory."""
    history.clear()
    z = np.where(bad[:, None], best, z)
    with np.errstate(all="ignore"):
        f = step(z)
    return z + 0.3 * np.clip(np.where(np.isfinite(f), f, 0.0), -_TRUST, _TRUST)


class _History:
    """Differences of the last steps, and their Gram matrix, for each row."""

    def __init__(self, shape: tuple[int, ...], memory: int) -> None:
        rows, size = shape
        self.steps = np.zeros((rows, memory, size))
        self.moves = np.zeros((rows, memory, size))
        self.gram = np.zeros((rows, memory, memory))
        self.memory = memory
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.used = 0
        self.slot = 0
        self.last: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None

    def keep(self, rows: NDArray[np.bool_]) -> None:
        """Forget all rows but these."""
        self.steps, self.moves, self.gram = self.steps[rows], self.moves[rows], self.gram[rows]
        if self.last is not None:
            self.last = self.last[0][rows], self.last[1][rows]

    def extrapolate(self, z: NDArray[np.float64], f: NDArray[np.float64]) -> NDArray[np.float64]:
        """Next state from the current one and its step."""
        if self.last is not None:
            self._push(z - self.last[0], f - self.last[1])
        self.last = (z, f)
        if not self.used:
            return z + f
        used = slice(0, self.used)
        gram = self.gram[:, used, used]
        right = np.matmul(self.steps[:, used], f[:, :, None])
        size = np.sqrt(np.einsum("kaa->ka", gram))[:, :, None]
        size[size == 0] = 1.0
        scaled = gram / (size * size.transpose(0, 2, 1)) + _RIDGE * np.eye(self.used)
        weights = np.linalg.solve(scaled, right / size) / size
        out: NDArray[np.float64] = z + f - np.matmul(weights.transpose(0, 2, 1), self.moves[:, used])[:, 0]
        return out

    def _push(self, dz: NDArray[np.float64], df: NDArray[np.float64]) -> None:
        """Replace the oldest difference and its row of the Gram matrix."""
        slot = self.slot
        self.steps[:, slot] = df
        np.add(df, dz, out=self.moves[:, slot])
        self.used = max(self.used, slot + 1)
        used = slice(0, self.used)
        row = np.matmul(self.steps[:, used], df[:, :, None])[:, :, 0]
        self.gram[:, slot, used] = row
        self.gram[:, used, slot] = row
        self.slot = (slot + 1) % self.memory


def newton_krylov(step: Step, start: NDArray[np.float64], *, tolerance: float, max_passes: int) -> Run:
    """Solve `step(z) = 0` for one state by Newton's method with Krylov steps, for maps that acceleration does not tame."""
    from scipy import optimize  # noqa: PLC0415

    best = Run(start, np.full(1, np.inf), 0)
    count = 0

    def residual(flat: NDArray[np.float64]) -> NDArray[np.float64]:
        nonlocal best, count
        count += 1
        with np.errstate(all="ignore"):
            f = np.nan_to_num(step(flat[None, :]), nan=1e3, posinf=1e3, neginf=-1e3)
        error = np.abs(f).max(axis=1)
        if error[0] < best.error[0]:
            best = Run(flat[None, :].copy(), error, count)
        if count > max_passes:
            raise optimize.NoConvergence(flat)
        out: NDArray[np.float64] = f[0]
        return out

    with suppress(optimize.NoConvergence, ValueError, ZeroDivisionError):
        optimize.newton_krylov(
            residual, start[0], f_tol=tolerance, method="lgmres", inner_maxiter=30, maxiter=max_passes
        )
    return Run(best.state, best.error, count)
