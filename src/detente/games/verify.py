"""Is it an equilibrium? Deviations tried one by one, without the gradients that found it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from detente.formatting import change
from detente.formatting import number as number_text
from detente.model import solve, solve_many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from detente.games.game_economy import Arena, Seat
    from detente.model import Equilibrium, Shock

# Gain in the goal (log real income) below which a deviation does not count: a hundred times what an accepted solve,
# with relative residuals up to 1e-9, can be wrong by.
REGRET: Final = 1e-7
# Steps of the grid, in points of tariff, and levels tried for all of a player's tariffs together.
_STEPS: Final = (-0.05, 0.05, 0.2)
_LEVELS: Final = (0.0, 0.1, 0.25, 0.5, 1.0)
_SPREADS: Final = (0.01, 0.05, 0.2)


@dataclass(frozen=True)
class Deviation:
    """A deviation tried: by whom, what it was, what it would have gained."""

    player: str
    kind: str
    gain: float


@dataclass(frozen=True)
class Certificate:
    """
    What the search for profitable deviations found.

    Attributes
    ----------
    is_nash
        No deviation tried gains more than `tolerance`.
    regret
        Largest gain of any deviation, by player; negative where every deviation loses.
    best
        The most attractive deviation of each player.
    tried
        Deviations tried, by player.
    unsolved
        Deviations without an equilibrium, by player; they are not counted as tried.
    tolerance
        Gain that does not count.
    """

    is_nash: bool
    regret: dict[str, float]
    best: dict[str, Deviation]
    tried: dict[str, int]
    unsolved: dict[str, int]
    tolerance: float


def is_nash(
    arena: Arena,
    seats: Sequence[Seat],
    levels: Sequence[NDArray[np.float64]],
    *,
    random: int = 18,
    grid: int = 12,
    seed: int = 1,
    tolerance: float = REGRET,
) -> Certificate:
    """
    Try to find a profitable deviation of any player.

    Parameters
    ----------
    arena, seats, levels
        The game and the tariffs in question.
    random
        Random deviations of each player: all its tariffs moved at once, by 1, 5 and 20 points (standard deviations).
    grid
        Tariffs of each player, spread over its imports, that are moved alone by -5, +5 and +20 points.
        All its tariffs are also set to each of several levels, and moved together by those points.
    seed
        Of the random deviations.
    tolerance
        Gain that does not count.

    Returns
    -------
    Certificate

    Notes
    -----
    Values come from whole solves, each audited; no gradient and no optimiser is used. A certificate over the deviations
    tried, not a proof over all.
    """
    rng = np.random.default_rng(seed)
    instruments = [seat.instruments for seat in seats]
    regret, best, tried, unsolved = {}, {}, {}, {}
    for number, seat in enumerate(seats):
        who = seat.instruments.player.name
        moves = list(_deviations(seat, levels[number], rng, random=random, grid=grid))
        profiles = [[chosen if k == number else own for k, own in enumerate(levels)] for _, chosen in moves]
        shocks: list[Shock] = [arena.at(arena.set(instruments, list(levels)))]
        shocks += [arena.at(arena.set(instruments, profile)) for profile in profiles]

        def worth(eq: Equilibrium, seat: Seat = seat) -> float:
            return seat.goal.value(eq) if eq.converged else np.nan

        values = np.array(list(_worths(arena, shocks, worth)))
        gains = values[1:] - values[0]
        solved = np.isfinite(gains)
        top = int(np.nanargmax(gains)) if solved.any() else 0
        regret[who] = float(gains[top]) if solved.any() else np.nan
        best[who] = Deviation(who, moves[top][0], regret[who])
        tried[who], unsolved[who] = int(solved.sum()), int((~solved).sum())
    safe = all(value <= tolerance for value in regret.values())
    return Certificate(safe, regret, best, tried, unsolved, tolerance)


def _worths(arena: Arena, shocks: Sequence[Shock], worth: Callable[[Equilibrium], float]) -> Iterable[float]:
    """Value of each; with limits or targets, which cannot be stacked, each is solved from the first."""
    if not arena.shock.constraints:
        return solve_many(arena.base, shocks, throw=False, reduce=worth, **vars(arena.terms))
    first = solve(arena.base, shocks[0], throw=False, **vars(arena.terms))
    start = first if first.converged else None
    return [worth(first)] + [
        worth(solve(arena.base, shock, throw=False, start=start, **vars(arena.terms))) for shock in shocks[1:]
    ]


def _deviations(
    seat: Seat, levels: NDArray[np.float64], rng: np.random.Generator, *, random: int, grid: int
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Name and tariffs of every deviation of one player."""
    own = seat.instruments
    size = len(own)

    def clip(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.clip(values, own.low, own.high)

    if size > 1:
        for level in _LEVELS:
            yield f"all tariffs at {number_text(level)}", clip(np.full(size, level))
    for step in _STEPS:
        yield f"all tariffs {change(step, 6, least=0)}", clip(levels + step)
    order = np.argsort(-own.scale)
    for place in order[np.unique(np.linspace(0, size - 1, min(grid, size)).astype(int))]:
        for step in _STEPS:
            moved = levels.copy()
            moved[place] += step
            if not np.array_equal(clip(moved), levels):
                yield f"{own.labels[place]} {change(step, 6, least=0)}", clip(moved)
    for number in range(random):
        spread = _SPREADS[number % len(_SPREADS)]
        yield f"random, {number_text(spread)}", clip(levels + rng.normal(0, spread, size))


def largest_gain(
    cells: Mapping[tuple[str, str], tuple[float, float]],
    first: Mapping[str, float],
    second: Mapping[str, float],
) -> float:
    """
    Largest gain of a side of a finite game from one action instead of what it plays.

    Parameters
    ----------
    cells
        Payoffs of the two players, by pair of actions.
    first, second
        Probability by action; an action played for sure has 1.

    Returns
    -------
    float
        In the unit of the payoffs; not above what they can be wrong by where nobody gains.

    Notes
    -----
    Expected payoffs are added up cell by cell, action by action, by none of the code that finds equilibria.

    Examples
    --------
    >>> cells = {("talk", "talk"): (3, 3), ("talk", "fight"): (0, 4), ("fight", "talk"): (4, 0), ("fight", "fight"): (1, 1)}
    >>> largest_gain(cells, {"talk": 1}, {"talk": 1}), largest_gain(cells, {"fight": 1}, {"fight": 1})
    (1.0, 0.0)
    """
    gains = []
    for player, plays in enumerate((first, second)):
        others = (second, first)[player]
        worth: dict[str, float] = {}
        for pair, payoff in cells.items():
            mine, theirs = pair[player], pair[1 - player]
            if theirs in others:
                worth[mine] = worth.get(mine, 0.0) + others[theirs] * payoff[player]
        gains.append(max(worth.values()) - sum(share * worth[name] for name, share in plays.items()))
    return float(max(gains))
