"""Nash tariffs: answers in turn, a polish of all first-order conditions at once, every start's equilibrium."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from detente.errors import ConvergenceError, InputError
from detente.formatting import small
from detente.games.objectives import RealIncome
from detente.games.optimal import best_response
from detente.games.tariff_vectors import first_order, mean_tariffs, start_levels
from detente.model.numerics.accelerate import accelerate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from detente.games.game_economy import Arena, Seat
    from detente.model import Equilibrium

# Largest move of any tariff in a round of answers below which the polish takes over.
_CLOSE: Final = 0.02
_ROUNDS: Final = 8
# Largest projected gradient of any player, in scaled tariffs, that counts as an equilibrium candidate.
CONDITIONS: Final = 1e-7
# Largest move of a scaled tariff at which the polish stops, and of a tariff at which an answer in turn does.
_AIM: Final = 1e-8
_ROUGH: Final = 5e-3
_PASSES: Final = 80
_MEMORY: Final = 8
_FEW_PASSES: Final = 25
# Largest move of a tariff in one step of an answer.
_TRUST: Final = 0.3
# Equilibria whose tariffs differ by less than this everywhere are one.
SAME: Final = 1e-3
Levels = list["NDArray[np.float64]"]


@dataclass(frozen=True)
class Round:
    """One move on the path of retaliation: who moved; mean tariffs, values and real income (percent) after it."""

    mover: str
    tariffs: dict[str, float]
    values: dict[str, float]
    incomes: dict[str, float]


@dataclass(frozen=True, eq=False)
class Candidate:
    """
    Tariffs at which every player's first-order conditions hold.

    Attributes
    ----------
    starts
        Starts that led here.
    levels
        Tariffs by player, (K,) each.
    values
        Goals by player.
    first_order
        Largest projected gradient of any player.
    """

    starts: tuple[str, ...]
    levels: tuple[NDArray[np.float64], ...]
    values: dict[str, float]
    first_order: float


@dataclass(frozen=True, eq=False)
class Search:
    """
    Every candidate found.

    Attributes
    ----------
    seats
        Players.
    candidates
        Distinct ones, in the order of the starts.
    path
        Retaliation from the first start, move by move.
    failed
        Starts that led nowhere, with the reason.
    seconds
        Wall clock.
    """

    seats: tuple[Seat, ...]
    candidates: tuple[Candidate, ...]
    path: tuple[Round, ...]
    failed: dict[str, str]
    seconds: float


def find_nash(
    arena: Arena, seats: Sequence[Seat], *, starts: Sequence[str] = ("status quo", "free trade", "high")
) -> Search:
    """
    Look for Nash tariffs.

    Parameters
    ----------
    arena
        Status quo and solves.
    seats
        Players with instruments and goals; no two may set the same tariff.
    starts
        As in `detente.games.tariff_vectors.start_levels`, for all players at once. From the first, players answer in
        turn until their tariffs settle (the path of retaliation); from the others each answers once. Then all first-order
        conditions are solved at once.

    Returns
    -------
    Search
        Candidates satisfy first-order conditions; whether they are equilibria is for `detente.games.verify.is_nash`.

    Raises
    ------
    InputError
        Fewer than two players, or one tariff set by two of them.
    ConvergenceError
        No start led to a candidate.

    References
    ----------
    Ossa (2014), section III.B: best responses iterated; here polished on the stacked conditions.
    """
    begun = time.perf_counter()
    _check_seats(seats)
    found: list[Candidate] = []
    path: tuple[Round, ...] = ()
    failed: dict[str, str] = {}
    for number, name in enumerate(starts):
        levels = [start_levels(seat.instruments, arena.tariff, name) for seat in seats]
        try:
            moves, levels = retaliate(arena, seats, levels, rounds=1 if number else _ROUNDS)
            path = path or moves
            candidate = _settle(arena, seats, levels, name)
        except ConvergenceError as error:
            failed[name] = error.what
            continue
        if candidate.first_order > CONDITIONS:
            failed[name] = f"first-order conditions hold to {small(candidate.first_order)} only"
        else:
            _add(found, candidate)
    if not found:
        raise ConvergenceError(
            "no Nash tariffs were found",
            where=f"starts {', '.join(starts)}",
            found="; ".join(f"{name}: {why}" for name, why in failed.items()),
            allowed=f"first-order conditions to {small(CONDITIONS)}",
            repair="try other starts, fewer instruments or narrower bounds",
        )
    return Search(tuple(seats), tuple(found), path, failed, time.perf_counter() - begun)


def retaliate(
    arena: Arena, seats: Sequence[Seat], levels: Levels, *, rounds: int = _ROUNDS
) -> tuple[tuple[Round, ...], Levels]:
    """Let the players answer each other in turn."""
    levels = list(levels)
    path = [_observe(arena, seats, levels, "start")]
    for _ in range(rounds):
        before = [chosen.copy() for chosen in levels]
        for number, seat in enumerate(seats):
            others = arena.set([s.instruments for s in seats], levels)
            levels[number] = answer(arena, others, seat, levels[number])
            path.append(_observe(arena, seats, levels, seat.instruments.player.name))
        moves = [np.abs(new - old).max() for new, old in zip(levels, before, strict=True)]
        if max(moves) < _CLOSE:
            break
    return tuple(path), levels


def answer(
    arena: Arena, tariff: NDArray[np.float64], seat: Seat, start: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Answer the others' tariffs, to about half a point of tariff."""
    own, tariff = seat.instruments, tariff.copy()
    values: list[float] = []

    def step(state: NDArray[np.float64]) -> NDArray[np.float64]:
        levels = np.clip(state[0], own.low, own.high)
        own.put(tariff, levels)
        eq = arena.solve(tariff)
        values.append(seat.goal.value(eq))
        move = np.clip(slope_over_curvature(eq, seat)[0], -_TRUST, _TRUST)
        out: NDArray[np.float64] = (np.clip(levels + move, own.low, own.high) - state[0])[None]
        return out

    run = accelerate(step, start[None], tolerance=_ROUGH, max_passes=_FEW_PASSES, memory=4)
    if run.error[0] > _ROUGH or max(values[-2:]) < values[0]:
        return best_response(arena, tariff, seat, start=start, polish=False).levels
    out: NDArray[np.float64] = np.clip(run.state[0], own.low, own.high)
    return out


def slope_over_curvature(eq: Equilibrium, seat: Seat) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Gradient of a goal over the curvature real income would have: imports times elasticity over 1 + tariff.

    Gives A step of tariffs, (K,), near the one that meets the first-order conditions; the gradient, (K,).
    """
    own = seat.instruments
    j, n, i = own.cells
    bent = eq.new.customs[j, n, i] * eq.base.theta[j] / eq.wedges().importer[j, n, i]
    income = eq.base.income[sorted(set(n.tolist()))].sum()
    curvature = np.bincount(own.group, bent, minlength=len(own)) / income
    slope = own.collect(seat.goal.in_tariffs(eq))
    return slope / np.maximum(curvature, np.finfo(float).tiny), slope


def _observe(arena: Arena, seats: Sequence[Seat], levels: Levels, mover: str) -> Round:
    """Mean tariffs and values at some tariffs."""
    eq = arena.solve(arena.set([seat.instruments for seat in seats], levels))
    values = {seat.instruments.player.name: seat.goal.value(eq) for seat in seats}
    players = [seat.instruments.player for seat in seats]
    incomes = {player.name: RealIncome(player.economies).percent(eq) for player in players}
    return Round(mover, mean_tariffs(seats, levels), values, incomes)


def _settle(arena: Arena, seats: Sequence[Seat], levels: Levels, name: str) -> Candidate:
    """Solve the first-order conditions of all players at once: one solve and one adjoint each a pass."""
    sizes = np.cumsum([len(seat.instruments) for seat in seats])[:-1]
    scales = [seat.instruments.scale for seat in seats]
    reached: dict[bytes, tuple[dict[str, float], float]] = {}

    def split(y: NDArray[np.float64]) -> Levels:
        return [
            np.clip(part / scale, seat.instruments.low, seat.instruments.high)
            for part, scale, seat in zip(np.split(y, sizes), scales, seats, strict=True)
        ]

    def step(state: NDArray[np.float64]) -> NDArray[np.float64]:
        chosen = split(state[0])
        eq = arena.solve(arena.set([seat.instruments for seat in seats], chosen))
        moves, worst = [], 0.0
        for seat, own_levels, scale in zip(seats, chosen, scales, strict=True):
            own = seat.instruments
            move, gradient = slope_over_curvature(eq, seat)
            worst = max(worst, first_order(own_levels * scale, gradient / scale, own))
            moves.append(scale * (np.clip(own_levels + move, own.low, own.high) - own_levels))
        values = {seat.instruments.player.name: seat.goal.value(eq) for seat in seats}
        reached[state.tobytes()] = values, worst
        return np.concatenate(moves)[None]

    start = np.concatenate([chosen * scale for chosen, scale in zip(levels, scales, strict=True)])
    run = accelerate(step, start[None], tolerance=_AIM, max_passes=_PASSES, memory=_MEMORY)
    values, worst = reached[run.state.tobytes()]
    return Candidate((name,), tuple(split(run.state[0])), values, worst)


def _add(found: list[Candidate], candidate: Candidate) -> None:
    """Keep a candidate, or note that one found before was reached again."""
    for place, known in enumerate(found):
        gaps = [np.abs(a - b).max() for a, b in zip(known.levels, candidate.levels, strict=True)]
        if max(gaps) < SAME:
            best = known if known.first_order <= candidate.first_order else candidate
            found[place] = Candidate(
                (*known.starts, *candidate.starts), best.levels, best.values, best.first_order
            )
            return
    found.append(candidate)


def _check_seats(seats: Sequence[Seat]) -> None:
    """Two players or more, no tariff set by two."""
    cells = [tuple(zip(*seat.instruments.cells, strict=True)) for seat in seats]
    every = [cell for own in cells for cell in own]
    if len(seats) < 2 or len(set(every)) < len(every):  # noqa: PLR2004
        raise InputError(
            "not a game of tariffs",
            where="players",
            found=", ".join(seat.instruments.player.name for seat in seats),
            allowed="two players or more, each with its own tariffs",
            repair="name each economy once; an economy inside a group cannot play beside it",
        )
