"""Tariff games on the law: optimal tariffs, Nash tariffs against the scenarios."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.formatting import small
from detente.games import Seat, find_nash, is_nash
from detente.games.instruments import HIGHEST, Grouping, check_bounds
from detente.games.optimal import best_response
from detente.games.tariff_vectors import start_levels
from detente.geography.economies import spoken
from detente.labels import short_phrase
from detente.policy.strategy.game_setting import (
    BASELINE,
    GameSetting,
    absent,
    conditions,
    find_player,
    gain_usd_bn,
    named_sectors,
    real_income,
    tariffs_of,
)
from detente.policy.strategy.goals import USUAL, GoalText, find_goal, goal_texts, goals_of
from detente.policy.strategy.revealed import spelled, spelled_alone
from detente.policy.studies.narrative import Channels, why

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from detente.games import Candidate, Certificate, Player
    from detente.games.game_economy import Arena
    from detente.games.optimal import Found
    from detente.model import Equilibrium

AGAINST = ("truce", "no-deal", "eve", BASELINE)
STARTS = ("status quo", "free trade", "high")


@dataclass(frozen=True)
class Choice:
    """
    What a tariff game is about.

    under: Scenario whose law everything but the instruments follows.
    by: One tariff, or one by partner, sector, or both.
    bounds: Lowest and highest tariff.
    goal: As in `detente.policy.strategy.goals.goals_of`: one for all, or one for each player.
    starts: As in `detente.games.tariff_vectors.start_levels`.
    partners: "players": each taxes the other players only; "all": every partner.
    sectors: Sectors that are taxed: "goods", "all", or labels.
    """

    under: str = "truce"
    by: Grouping = "uniform"
    bounds: tuple[float, float] = (0.0, HIGHEST)
    goal: GoalText = USUAL
    starts: tuple[str, ...] = STARTS
    partners: str = "players"
    sectors: str | tuple[str, ...] = "goods"


def play_optimal(
    board: GameSetting, player: str, *, against: Sequence[str] = (), choice: Choice | None = None
) -> dict[str, Any]:
    """
    Find one economy's best tariffs under a scenario's law, nobody answering.

    Gives ``tariffs``, ``payoffs``, ``first_order``, ``starts`` and ``against`` (its real income in the scenarios).
    """
    choice = choice or Choice()
    who = find_player(board, player)
    partners = [label for text in against for label in find_player(board, text).economies]
    own = tariffs_of(board, who, partners or None, choice.by, choice.bounds, sectors=choice.sectors)
    others = [find_player(board, text) for text in against]
    text = goal_texts(choice.goal, [who.name])[who.name]
    seat = Seat(own, find_goal(who, spelled_alone(board, who, others, text), others))
    arena = board.arena(choice.under)
    check_bounds(own, own.read(arena.tariff))
    before = arena.solve(arena.tariff)
    found = sorted(
        (
            best_response(arena, arena.tariff, seat, start=start_levels(own, arena.tariff, name), name=name)
            for name in choice.starts
        ),
        key=lambda item: -item.value,
    )
    best = found[0]
    eq = arena.solve(arena.set([own], [best.levels]))
    return {
        **_about(board, choice, [who, *others]),
        "player": who.name,
        "goal": {"title": seat.goal.title, "source": seat.goal.source},
        "unit": {who.name: seat.goal.unit},
        "tariffs": {who.name: _tariffs(seat, best.levels, arena.tariff)},
        "payoffs": {who.name: _payoff(eq, before, who)},
        "is_nash": None,
        "regret": None,
        "first_order": best.first_order,
        "starts": [_start(item, seat) for item in found],
        "against": _against(board, [seat], [best.levels], eq, choice.under),
        "why": _why(before, eq, who, f"its best tariffs against those under {_law(board, choice.under)}"),
    }


def play_nash(board: GameSetting, players: Sequence[str], *, choice: Choice | None = None) -> dict[str, Any]:
    """
    Find Nash tariffs, verify them, and set them beside the scenarios and cooperation.

    Gives as in the interface: ``tariffs``, ``payoffs``, ``is_nash``, ``regret``, ``starts``, ``against``; also
    ``equilibria`` (every one found), ``path`` (of retaliation) and ``cooperation``.
    """
    choice = choice or Choice()
    who = [find_player(board, text) for text in players]
    arena = board.arena(choice.under)
    seats = []
    wanted = dict(
        zip([player.name for player in who], goals_of(who, spelled(board, who, choice.goal)), strict=True)
    )
    for player in who:
        rivals = [other for other in who if other is not player]
        partners = [label for other in rivals for label in other.economies]
        taxed = partners if choice.partners == "players" else None
        own = tariffs_of(board, player, taxed, choice.by, choice.bounds, sectors=choice.sectors)
        check_bounds(own, own.read(arena.tariff))
        seats.append(Seat(own, wanted[player.name]))
    before = arena.solve(arena.tariff)
    search = find_nash(arena, seats, starts=choice.starts)
    judged = [(item, is_nash(arena, seats, item.levels)) for item in search.candidates]
    best, certificate = max(judged, key=lambda pair: (pair[1].is_nash, len(pair[0].starts)))
    eq = arena.solve(arena.set([seat.instruments for seat in seats], best.levels))
    return {
        **_about(board, choice, who),
        "players": [player.name for player in who],
        "goal": {player.name: seat.goal.title for player, seat in zip(who, seats, strict=True)},
        "unit": {player.name: seat.goal.unit for player, seat in zip(who, seats, strict=True)},
        "tariffs": {
            seat.instruments.player.name: _tariffs(seat, levels, arena.tariff)
            for seat, levels in zip(seats, best.levels, strict=True)
        },
        "payoffs": {player.name: _payoff(eq, before, player) for player in who},
        "is_nash": certificate.is_nash,
        "regret": _regret(certificate),
        "first_order": best.first_order,
        "starts": {name: _led_to(verdict) for item, verdict in judged for name in item.starts}
        | search.failed,
        "equilibria": [_equilibrium(item, verdict, seats) for item, verdict in judged],
        "path": [
            {"mover": move.mover, "tariffs": move.tariffs, "real_income_pct": move.incomes}
            for move in search.path
        ],
        "against": _against(board, seats, best.levels, eq, choice.under),
        "cooperation": _cooperate(arena, seats, who, eq),
        "why": {
            player.name: _why(
                before, eq, player, f"the Nash tariffs against those under {_law(board, choice.under)}"
            )
            for player in who
        },
    }


def _about(board: GameSetting, choice: Choice, who: Sequence[Player]) -> dict[str, Any]:
    """What a game of tariffs was about."""
    return {
        **conditions(board),
        **absent(board, *(player.name for player in who)),
        "under": choice.under,
        "by": choice.by,
        "sectors": named_sectors(choice.sectors),
    }


def _tariffs(seat: Seat, levels: NDArray[np.float64], before: NDArray[np.float64]) -> dict[str, Any]:
    """Mean and single tariffs, beside the status quo."""
    own = seat.instruments
    held = own.read(before)
    return {
        "mean": own.mean(levels),
        "mean_before": own.mean(held),
        "by": {
            label: {"tariff": float(new), "before": float(old)}
            for label, new, old in zip(own.labels, levels, held, strict=True)
        },
        "at_bound": [own.labels[k] for k in np.flatnonzero((levels <= own.low) | (levels >= own.high))],
    }


def _payoff(eq: Equilibrium, before: Equilibrium, player: Player) -> dict[str, float]:
    """Real income against the baseline, and against the status quo."""
    return {
        "real_income_pct": real_income(eq, player),
        "before_pct": real_income(before, player),
        "gain_usd_bn": gain_usd_bn(eq, player) - gain_usd_bn(before, player),
    }


def _start(item: Found, seat: Seat) -> dict[str, Any]:
    return {
        "start": item.start,
        "mean": seat.instruments.mean(item.levels),
        "value": item.value,
        "first_order": item.first_order,
        "evaluations": item.evaluations,
    }


def _regret(certificate: Certificate) -> dict[str, Any]:
    """What the search for deviations found, in log real income (or the goal's own units)."""
    return {
        "largest": max(certificate.regret.values()),
        "by_player": certificate.regret,
        "best_deviation": {who: item.kind for who, item in certificate.best.items()},
        "tried": certificate.tried,
        "unsolved": certificate.unsolved,
        "tolerance": certificate.tolerance,
    }


def _led_to(verdict: Certificate) -> str:
    """Where a start led: an equilibrium, or tariffs that the certificate refused."""
    if verdict.is_nash:
        return "found"
    best = max(verdict.best.values(), key=lambda deviation: deviation.gain)
    return f"refused: {best.player} gains {small(best.gain)} by {best.kind}"


def _equilibrium(item: Candidate, verdict: Certificate, seats: Sequence[Seat]) -> dict[str, Any]:
    return {
        "starts": list(item.starts),
        "mean_tariffs": {
            seat.instruments.player.name: seat.instruments.mean(levels)
            for seat, levels in zip(seats, item.levels, strict=True)
        },
        "first_order": item.first_order,
        "is_nash": verdict.is_nash,
        "regret": max(verdict.regret.values()),
    }


def _against(
    board: GameSetting,
    seats: Sequence[Seat],
    levels: Sequence[NDArray[np.float64]],
    eq: Equilibrium,
    under: str,
) -> dict[str, Any]:
    """Compare with the scenarios: with their tariffs between the players only, and as they are."""
    known = {item.id for item in board.run.spec.scenarios} | {BASELINE}
    arena = board.arena(under)
    players = [seat.instruments.player for seat in seats]
    found = {}
    for name in AGAINST:
        if name not in known:
            continue
        tariff, theirs = arena.tariff, board.law(name).tariff if name != BASELINE else board.base.tariff
        for seat in seats:
            cells = seat.instruments.cells
            tariff[cells] = theirs[cells]
        swapped = eq if name == under and not seats else arena.solve(tariff)
        found[name] = {
            "tariffs": {
                seat.instruments.player.name: seat.instruments.mean(seat.instruments.read(tariff))
                for seat in seats
            },
            "above": {
                seat.instruments.player.name: bool(
                    seat.instruments.mean(seat.instruments.read(tariff)) > seat.instruments.mean(chosen)
                )
                for seat, chosen in zip(seats, levels, strict=True)
            },
            "gain_pct": {
                player.name: real_income(eq, player) - real_income(swapped, player) for player in players
            },
            "gain_usd_bn": {
                player.name: gain_usd_bn(eq, player) - gain_usd_bn(swapped, player) for player in players
            },
            "why": {
                player.name: _why(
                    swapped, eq, player, f"these tariffs against those under {_law(board, name)}"
                )
                for player in players
            },
            "scenario_real_income_pct": {
                player.name: real_income(board.solved(name), player) if name != BASELINE else 0.0
                for player in players
            },
        }
    return found


def _law(board: GameSetting, scenario: str) -> str:
    """A scenario's law in words."""
    return short_phrase("scenario", scenario, within=board.run.spec.id)


def _why(before: Equilibrium, after: Equilibrium, player: Player, change: str) -> str:
    """Say why a player gains or loses, from the first-order channels of both equilibria."""
    where = [after.base.economies.index(label) for label in player.economies]
    weight = after.base.income[where] / after.base.income[where].sum()

    def change_of(attribute: str) -> float:
        ends = [np.asarray(getattr(eq, attribute), float)[where] for eq in (before, after)]
        return float(weight @ (ends[1] - ends[0]))

    revenue = [eq.tariff_revenue["new"].to_numpy()[where].sum() for eq in (before, after)]
    channels = Channels(
        total=real_income(after, player) - real_income(before, player),
        terms_of_trade=change_of("terms_of_trade_pct"),
        volume_of_trade=change_of("volume_of_trade_pct"),
        revenue_usd_bn=float(revenue[1] - revenue[0]) / 1e3,
    )
    shown = spoken(player.name) if len(player.economies) == 1 and player.name != "ROW" else player.name
    return why(shown, channels, change=change)


def _cooperate(
    arena: Arena, seats: Sequence[Seat], players: Sequence[Player], nash: Equilibrium
) -> dict[str, Any]:
    """Tariffs between the players that maximise the sum of their equivalent variations, and what they add to Nash."""
    table = _Joint(arena, seats, players)
    levels, eq = table.best([seat.instruments.low for seat in seats])
    gains = {p.name: gain_usd_bn(eq, p) - gain_usd_bn(nash, p) for p in players}
    return {
        "mean_tariffs": {
            seat.instruments.player.name: seat.instruments.mean(chosen)
            for seat, chosen in zip(seats, levels, strict=True)
        },
        "real_income_pct": {p.name: real_income(eq, p) for p in players},
        "gain_usd_bn": gains,
        "sum_gain_usd_bn": sum(gains.values()),
        "beats_nash_in_sum": sum(gains.values()) > 0,
    }


class _Joint:
    """All players' tariffs as one vector, to maximise the sum of equivalent variations."""

    def __init__(self, arena: Arena, seats: Sequence[Seat], players: Sequence[Player]) -> None:
        self.arena, self.seats = arena, seats
        self.places = [arena.base.economies.index(label) for player in players for label in player.economies]
        self.sizes = np.cumsum([len(seat.instruments) for seat in seats])[:-1]
        self.scale = np.concatenate([seat.instruments.scale for seat in seats])

    def best(self, start: Sequence[NDArray[np.float64]]) -> tuple[list[NDArray[np.float64]], Equilibrium]:
        """Maximise from a start."""
        from scipy.optimize import minimize  # noqa: PLC0415

        instruments = [seat.instruments for seat in self.seats]
        low = np.concatenate([own.low for own in instruments]) * self.scale
        high = np.concatenate([own.high for own in instruments]) * self.scale
        world = float(self.arena.base.income[self.places].sum())

        def evaluate(y: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            levels = np.split(np.clip(y, low, high) / self.scale, self.sizes)
            eq = self.arena.solve(self.arena.set(instruments, levels))
            hat = eq.real_income_hat
            weights = {eq.base.economies[k]: float(eq.base.income[k] * hat[k]) / world for k in self.places}
            slope = eq.gradient(weights).tariff
            value = float((eq.base.income[self.places] * (hat[self.places] - 1)).sum()) / world
            return -value, -np.concatenate([own.collect(slope) for own in instruments]) / self.scale

        settings = {"maxiter": 200, "gtol": 1e-6, "ftol": 1e-14, "maxcor": 20}
        bounds = list(zip(low, high, strict=True))
        run = minimize(
            evaluate,
            np.concatenate(list(start)) * self.scale,
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options=settings,
        )
        levels = np.split(np.clip(run.x, low, high) / self.scale, self.sizes)
        return levels, self.arena.solve(self.arena.set(instruments, levels))
