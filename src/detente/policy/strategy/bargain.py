"""Bargaining on the law: cuts of the tariffs two sides would charge each other without agreement."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.errors import InputError
from detente.formatting import exact
from detente.games import RealIncome, Seat, Total, bargain
from detente.games.instruments import HIGHEST, Grouping
from detente.games.objectives import Slopes
from detente.model import solve_many
from detente.policy.strategy.fragility.answers import (
    Asked,
    Draws,
    cut_tariffs,
    draw,
    goal_reader,
    judge_bargain,
    key_of,
)
from detente.policy.strategy.game_setting import (
    GameSetting,
    absent,
    conditions,
    find_player,
    named_sectors,
    real_income,
    tariffs_of,
)
from detente.policy.strategy.goals import USUAL, GoalText, goals_of
from detente.policy.strategy.revealed import spelled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from detente.games import Player
    from detente.games.bargaining import Bargain, Point, Weigh
    from detente.games.game_economy import Arena
    from detente.model import Equilibrium, Shock
    from detente.model.shock import Labels
    from detente.world import Baseline

THREAT = "no-deal"
"""The scenario without agreement that a bargain starts from."""
_CURVATURE = 15.0
# Step at which solves of a bargain stop: its solvers compare payoffs to nine digits.
_TIGHT = 1e-13


def play_bargain(
    board: GameSetting,
    players: Sequence[str],
    *,
    threat: str = THREAT,
    by: Grouping = "sector",
    power: float = 0.5,
    sectors: Labels = "goods",
    goal: GoalText = USUAL,
    draws: Draws | None = None,
) -> dict[str, Any]:
    """
    Bargain over cuts of the tariffs two sides would charge each other without agreement.

    Gives ``threat_point``, ``frontier``, ``nash``, ``kalai_smorodinsky``: what the sides want, real income in percent of
    the baseline's unless a goal says otherwise (``unit``); ``verdict``, how sure it is that both gain by the cuts of Nash's
    solution, over the draws of ``fragility``.
    """
    who = _two(board, players)
    arena = dataclasses.replace(board.arena(threat), tolerance=_TIGHT)
    seats = []
    wanted = goals_of(who, spelled(board, who, goal))
    for (player, other), want in zip(((who[0], who[1]), (who[1], who[0])), wanted, strict=True):
        own = tariffs_of(board, player, other.economies, by, (0.0, HIGHEST), sectors=sectors)
        seats.append(Seat(own, want))
    cuts = _Cuts(arena, seats)
    start, _ = cuts(np.zeros(cuts.size))
    found = bargain(
        cuts,
        (float(start[0]), float(start[1])),
        np.zeros(cuts.size),
        np.ones(cuts.size),
        power=power,
        scale=cuts.scale,
    )
    return {
        **conditions(board),
        "players": [player.name for player in who],
        **absent(board, *(player.name for player in who)),
        "threat": threat,
        "by": by,
        "sectors": named_sectors(sectors),
        "power": power,
        "unit": {player.name: seat.goal.unit for player, seat in zip(who, seats, strict=True)},
        "threat_point": dict(zip([p.name for p in who], map(float, found.threat_point), strict=True)),
        "ideal": dict(zip([p.name for p in who], map(float, found.ideal), strict=True)),
        "frontier": [_point(item, found, cuts) for item in found.frontier],
        "nash": _point(found.nash, found, cuts) if found.nash else None,
        "kalai_smorodinsky": _point(found.kalai_smorodinsky, found, cuts)
        if found.kalai_smorodinsky
        else None,
        **(
            _sure(board, cuts, found.nash, _key(who, threat, by, power, sectors, goal), draws or Draws())
            if found.nash
            else {}
        ),
        "off_frontier_pct": found.off_frontier,
        "solves": arena.solves,
    }


def bargain_asked(board: GameSetting, cuts: _Cuts, threat: str, levels: NDArray[np.float64]) -> Asked:
    """What decides whether both gain by some cuts: what they want without and with them."""
    factor = cuts.factor(levels)
    read = goal_reader([seat.goal for seat in cuts.seats])

    def numbers(base: Baseline, shocks: Sequence[Shock]) -> dict[str, list[float]]:
        law = shocks[0]
        terms = vars(board.options.terms(board.run.spec))
        found = solve_many(base, [law, cut_tariffs(law, base, factor)], throw=False, reduce=read, **terms)
        return {title: [row[title] for row in found] for title in found[0]}

    return Asked((threat,), ("threat", "nash"), numbers)


def _sure(board: GameSetting, cuts: _Cuts, nash: Point, key: tuple[str, ...], draws: Draws) -> dict[str, Any]:
    """How sure it is that both gain by the cuts of Nash's solution; nothing without draws."""
    threat = key[3]
    found = draw(board, key_of(*key), lambda: bargain_asked(board, cuts, threat, nash.levels), draws)
    if found is None:
        return {}
    drawn, about = found
    goals = [seat.goal for seat in cuts.seats]
    if not drawn.holds(goals):
        return {}
    names = [seat.instruments.player.name for seat in cuts.seats]
    return {"fragility": about, "verdict": judge_bargain(drawn, goals, names)}


def _key(
    who: Sequence[Player], threat: str, by: str, power: float, sectors: Labels, goal: GoalText
) -> tuple[str, ...]:
    """What was asked."""
    first, second = (player.name for player in who)
    words = [by, exact(power), *np.atleast_1d(named_sectors(sectors)), *np.atleast_1d(goal)]
    return ("bargain", first, second, threat, *map(str, words))


def _two(board: GameSetting, players: Sequence[str]) -> list[Player]:
    """Two sides that share no member."""
    who = [find_player(board, text) for text in players]
    if len(who) != 2 or set(who[0].economies) & set(who[1].economies):  # noqa: PLR2004
        raise InputError(
            "not two sides of a bargain",
            where="players",
            found=", ".join(players) or "none",
            allowed="two economies or groups without a member in common",
            repair="name both sides, as in `detente play bargain USA CHN`",
        )
    return who


class _Cuts:
    """What two sides want, percent, and its derivatives in the cuts of their tariffs on each other."""

    def __init__(self, arena: Arena, seats: Sequence[Seat]) -> None:
        self.arena, self.seats, self.held = arena, seats, arena.tariff
        self.slopes, self.slope_of_sum = Slopes(), Slopes()
        self.sizes = np.cumsum([len(seat.instruments) for seat in seats])[:-1]
        self.size = sum(len(seat.instruments) for seat in seats)
        taxed = [seat.instruments.scale * seat.instruments.read(self.held) for seat in seats]
        # With payoffs in percent, and their spread of some tenths of a percent as the unit, curvature is about 1.
        self.scale = _CURVATURE * np.concatenate([np.maximum(own, 1e-3 * own.max()) for own in taxed])

    def __call__(self, cuts: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What both get, (2,), and the derivatives, (2, K)."""
        eq = self.solve(cuts)
        cubes = self.slopes(eq, [seat.goal.in_percent(eq) for seat in self.seats])
        return self._values(eq), np.array([self._collect(cube) for cube in cubes])

    def weighted(
        self, levels: NDArray[np.float64], weigh: Weigh
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What both get, and the derivative of their weighted sum: one transposed system in place of two."""
        eq = self.solve(levels)
        values = self._values(eq)
        goals = (seat.goal.in_percent(eq) for seat in self.seats)
        both = Total(tuple((float(w), goal) for w, goal in zip(weigh(values), goals, strict=True)))
        return values, self._collect(self.slope_of_sum(eq, [both])[0])

    @property
    def plain(self) -> bool:
        """Whether both want real income and nothing else."""
        return all(isinstance(seat.goal, RealIncome) for seat in self.seats)

    def _values(self, eq: Equilibrium) -> NDArray[np.float64]:
        """What both get, percent, (2,)."""
        return np.array([seat.goal.percent(eq) for seat in self.seats])

    def solve(self, cuts: NDArray[np.float64]) -> Equilibrium:
        """Solve with the tariffs between the two cut."""
        return self.arena.solve(self.held * self.factor(cuts))

    def factor(self, cuts: NDArray[np.float64]) -> NDArray[np.float64]:
        """What tariffs are multiplied by, (J, N, N)."""
        out = np.ones(self.held.shape)
        for seat, own in zip(self.seats, np.split(cuts, self.sizes), strict=True):
            out[seat.instruments.cells] = 1 - own[seat.instruments.group]
        return out

    def _collect(self, by_tariff: NDArray[np.float64]) -> NDArray[np.float64]:
        """Derivative in the cuts from that in every tariff."""
        cube = -self.held * by_tariff
        return np.concatenate([seat.instruments.collect(cube) for seat in self.seats])

    def means(self, cuts: NDArray[np.float64]) -> dict[str, float]:
        """Mean tariff of each side after the cuts."""
        found = {}
        for seat, chosen in zip(self.seats, np.split(cuts, self.sizes), strict=True):
            own = seat.instruments
            kept = self.held[own.cells] * (1 - chosen[own.group])
            found[own.player.name] = float(own.weight @ kept / own.weight.sum())
        return found


def _point(item: Point, found: Bargain, cuts: _Cuts) -> dict[str, Any]:
    """One point of the frontier: payoffs, gains, mean tariffs; real income beside payoffs that are something else."""
    players = [seat.instruments.player for seat in cuts.seats]
    names = [player.name for player in players]
    payoffs = dict(zip(names, map(float, item.payoffs), strict=True))
    incomes = payoffs
    if not cuts.plain:
        eq = cuts.solve(item.levels)
        incomes = {player.name: real_income(eq, player) for player in players}
    return {
        "weight": item.weight if np.isfinite(item.weight) else None,
        "real_income_pct": incomes,
        **({} if cuts.plain else {"payoff_pct": payoffs}),
        "gain_pct": dict(zip(names, map(float, item.payoffs - found.threat_point), strict=True)),
        "mean_tariffs": cuts.means(item.levels),
    }
