"""Optimal tariffs: a library optimiser on exact gradients, from several starts, with first-order conditions."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.display import as_html, in_short
from detente.errors import ConvergenceError, InputError
from detente.games.game_economy import Arena, Seat, make_arena
from detente.games.instruments import HIGHEST, Grouping, Instruments, Player, check_bounds, make_instruments
from detente.games.objectives import Goal, RealIncome, Slopes
from detente.games.tariff_vectors import first_order, project, start_levels
from detente.model.numerics.accelerate import accelerate

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from detente.model import Equilibrium, Shock
    from detente.model.shock import Labels
    from detente.world import Baseline, World

# Largest entry of the projected gradient, in scaled tariffs, at which the optimiser stops. The gain left is of the order
# of its square times the number of instruments: 1e-9 of real income for 2,000 of them.
GRADIENT: Final = 1e-6
# The same after polishing; solves are good to some 1e-10.
POLISHED: Final = 1e-9
_POLISH_PASSES: Final = 40
_POLISH_MEMORY: Final = 8
_MOST_STEPS: Final = 400
STARTS: Final = ("status quo", "free trade")


@dataclass(frozen=True, eq=False)
class Found:
    """
    Where one start led.

    start: Its name.
    levels: Tariffs, (K,).
    value: The goal there.
    first_order: Largest entry of the projected gradient in scaled tariffs: 0 if the first-order conditions hold.
    evaluations: Solves with a gradient.
    """

    start: str
    levels: NDArray[np.float64]
    value: float
    first_order: float
    evaluations: int


@dataclass(frozen=True, eq=False)
class Optimum:
    """
    Best tariffs found for one player.

    Attributes
    ----------
    instruments
        What was set.
    levels
        Tariffs, (K,).
    goal
        What was maximised.
    value, value_before
        The goal at the optimum and in the status quo.
    first_order
        As in `Found`.
    at_bound
        Instruments at a bound that the goal pushes against.
    starts
        Where each start led, best first.
    equilibrium
        Audited.
    seconds
        Wall clock.
    """

    __repr__ = in_short
    _repr_html_ = as_html

    instruments: Instruments
    levels: NDArray[np.float64]
    goal: Goal
    value: float
    value_before: float
    first_order: float
    at_bound: tuple[str, ...]
    starts: tuple[Found, ...]
    equilibrium: Equilibrium
    seconds: float

    @property
    def mean(self) -> float:
        """Mean optimal tariff, weighted with baseline imports."""
        return self.instruments.mean(self.levels)


def optimal_tariffs(
    world: World | Baseline,
    player: Player | str,
    *,
    against: Collection[str] | None = None,
    by: Grouping = "uniform",
    sectors: Labels | None = "goods",
    bounds: tuple[float, float] = (0.0, HIGHEST),
    fixed: Mapping[str, float] | Collection[str] = (),
    goal: Goal | None = None,
    starts: Sequence[str] = STARTS,
    shock: Shock | None = None,
    **options: Any,
) -> Optimum:
    """
    Find the tariffs of one player that serve its goal best, all others' policies given.

    Parameters
    ----------
    world
        A world or its baseline.
    player
        A label, or a player of several economies.
    against
        Exporters it can tax; all by default.
    by
        One tariff, or one by partner, sector, or both.
    sectors
        Sectors it can tax: labels, "goods" (the default) or "all"; those without imports are left out.
    bounds
        Lowest and highest tariff; the status quo must lie within.
    fixed
        Instruments left as they are; with a number, at that tariff.
    goal
        Log real income by default.
    starts
        "status quo", "free trade", "high", or "random:SEED".
    shock
        The status quo, if it is not the baseline.
    **options
        closure, factors, horizon, tolerance of the solves.

    Returns
    -------
    Optimum

    Raises
    ------
    InputError
        No instruments, bounds that exclude the status quo, an unknown start.
    ConvergenceError
        An equilibrium on the way was not found.

    References
    ----------
    Ossa (2014), "Trade wars and trade talks with data", American Economic Review 104(12), section III.

    Examples
    --------
    >>> from detente.world import load_world
    >>> found = optimal_tariffs(load_world("wiod2011"), "USA", starts=("status quo",))
    >>> found.first_order < 1e-6 and found.value > found.value_before
    True
    """
    begun = time.perf_counter()
    arena = make_arena(world, shock, **options)
    who = Player(player) if isinstance(player, str) else player
    instruments = make_instruments(
        arena.base, who, partners=against, by=by, sectors=sectors, bounds=bounds, fixed=fixed
    )
    check_bounds(instruments, instruments.read(arena.tariff))
    tariff = _fix(arena, who, against, by, sectors, fixed)
    return _best_of(arena, tariff, Seat(instruments, goal or RealIncome(who.economies)), starts, begun)


def _best_of(
    arena: Arena, tariff: NDArray[np.float64], seat: Seat, starts: Sequence[str], begun: float
) -> Optimum:
    """The best end of all starts, beside the status quo."""
    instruments = seat.instruments
    before = seat.goal.value(arena.solve(arena.tariff))
    found = [
        best_response(arena, tariff, seat, start=start_levels(seat.instruments, tariff, name), name=name)
        for name in starts
    ]
    found.sort(key=lambda item: -item.value)
    best = found[0]
    instruments.put(tariff, best.levels)
    return Optimum(
        instruments=instruments,
        levels=best.levels,
        goal=seat.goal,
        value=best.value,
        value_before=before,
        first_order=best.first_order,
        at_bound=_at_bound(instruments, best.levels),
        starts=tuple(found),
        equilibrium=arena.solve(tariff),
        seconds=time.perf_counter() - begun,
    )


def _fix(
    arena: Arena,
    player: Player,
    against: Collection[str] | None,
    by: Grouping,
    sectors: Labels | None,
    fixed: Mapping[str, float] | Collection[str],
) -> NDArray[np.float64]:
    """Tariffs of the status quo, those fixed at a number set to it."""
    tariff = arena.tariff
    if not fixed:
        return tariff
    every = make_instruments(arena.base, player, partners=against, by=by, sectors=sectors)
    if unknown := [name for name in fixed if name not in every.labels]:
        raise InputError(
            "no such instrument to fix",
            where=f"fixed tariffs of {player.name}",
            found=", ".join(unknown),
            allowed=", ".join(every.labels[:12]),
            repair="name instruments as they are grouped",
        )
    if isinstance(fixed, dict):
        for name, level in fixed.items():
            chosen = every.group == every.labels.index(name)
            tariff[tuple(axis[chosen] for axis in every.cells)] = level
    return tariff


def best_response(
    arena: Arena,
    tariff: NDArray[np.float64],
    seat: Seat,
    *,
    start: NDArray[np.float64],
    name: str = "",
    polish: bool = True,
    gradient: float = GRADIENT,
) -> Found:
    """Maximise one player's goal over its tariffs."""
    from scipy.optimize import minimize  # noqa: PLC0415

    instruments = seat.instruments
    scale, low, high = instruments.scale, instruments.low, instruments.high
    tariff = tariff.copy()
    count, slopes = 0, Slopes()

    def evaluate(y: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        nonlocal count
        count += 1
        instruments.put(tariff, np.clip(y / scale, low, high))
        eq = arena.solve(tariff)
        return -seat.goal.value(eq), -instruments.collect(slopes(eq, [seat.goal])[0]) / scale

    bounds = list(zip(low * scale, high * scale, strict=True))
    settings = {"maxiter": _MOST_STEPS, "gtol": gradient, "ftol": 1e-14, "maxcor": 20, "maxls": 30}
    run = minimize(evaluate, start * scale, jac=True, method="L-BFGS-B", bounds=bounds, options=settings)
    y, value, size = run.x, -float(run.fun), first_order(run.x, -run.jac, instruments)
    if polish:
        y, value, size = _polish(evaluate, instruments, y, value, size)
    return Found(name, np.clip(y / scale, low, high), value, size, count)


def _polish(
    evaluate: Callable[[NDArray[np.float64]], tuple[float, NDArray[np.float64]]],
    instruments: Instruments,
    y: NDArray[np.float64],
    value: float,
    size: float,
) -> tuple[NDArray[np.float64], float, float]:
    """Accelerate the projected gradient step near the optimum; keep it only if the goal is no lower."""
    if size <= POLISHED:
        return y, value, size

    def step(state: NDArray[np.float64]) -> NDArray[np.float64]:
        return project(state[0], -evaluate(state[0])[1], instruments)[None]

    try:
        run = accelerate(step, y[None], tolerance=POLISHED, max_passes=_POLISH_PASSES, memory=_POLISH_MEMORY)
    except ConvergenceError:
        return y, value, size
    after, slope = evaluate(run.state[0])
    reached = first_order(run.state[0], -slope, instruments)
    if reached < size and -after >= value - GRADIENT**2:
        return run.state[0], -after, reached
    return y, value, size


def _at_bound(instruments: Instruments, levels: NDArray[np.float64]) -> tuple[str, ...]:
    """Names of the instruments at a bound."""
    at = (levels <= instruments.low) | (levels >= instruments.high)
    return tuple(instruments.labels[k] for k in np.flatnonzero(at))
