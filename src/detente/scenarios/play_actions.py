"""Games whose actions are edits of the ledger: payoff matrices, credible threats, deals."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.errors import StudyError
from detente.games import (
    FiniteGame,
    RealIncome,
    Threat,
    finite_punishment,
    grim_trigger,
    judge,
    largest_gain,
)
from detente.ledger.statements import record_of, statements
from detente.scenarios.nearby import read_law
from detente.scenarios.play import Board, conditions, find_goal, find_player, gain_usd_bn, real_income
from detente.scenarios.play_file import GameSpec, load_game
from detente.scenarios.results import ScenarioResult
from detente.scenarios.run import solve_law

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from detente.games import Goal, Player, Verdict
    from detente.ledger import Book, Ledger
    from detente.model import Equilibrium
    from detente.scenarios.play_file import ThreatSpec
    from detente.scenarios.shock import LawShock
    from detente.scenarios.study import ScenarioSpec


@dataclass
class Cells:
    """
    Scenarios of a game, solved as a run solves them.

    Their law is read from that of the first one, of which each changes a few measures.

    Attributes
    ----------
    board
        Study, world, law.
    """

    board: Board
    _near: ScenarioResult | None = field(default=None, init=False)

    def solve(self, spec: ScenarioSpec) -> Equilibrium:
        """Solve one scenario; the status may be other than converged."""
        board = self.board
        book, law = self.read(spec)
        eq = solve_law(board.run, law, board.options)
        if self._near is None:
            self._near = ScenarioResult(spec, book, law, eq)
        return eq

    def read(self, spec: ScenarioSpec) -> tuple[Book, LawShock]:
        """
        Read the law of a scenario.

        Parameters
        ----------
        spec
            The scenario.

        Returns
        -------
        book, law
            Equal to those of `scenario_book` and `law_shock`.
        """
        run = self.board.run
        return read_law(run.setting, self._near, spec, run.ledger, run.spec.assumed(spec))


@dataclass(frozen=True, eq=False)
class Matrix:
    """
    A game with its payoffs.

    Attributes
    ----------
    spec, players, goals
        The game.
    game
        Payoffs: real income in percent of the baseline's, or the goal times 100.
    rows
        One per pair of actions: actions, status, residual, real income of both and of others.
    """

    spec: GameSpec
    players: tuple[Player, Player]
    goals: tuple[Goal, Goal]
    game: FiniteGame
    rows: list[dict[str, Any]]


def payoff_matrix(
    board: Board, spec: GameSpec, *, goal: str = "real-income", cells: Cells | None = None
) -> Matrix:
    """
    Solve every pair of actions.

    Parameters
    ----------
    board
        Study, world, law.
    spec
        The game.
    goal
        As in `detente.scenarios.play.find_goal`, for both players.
    cells
        Scenarios solved so far, to share their duties.

    Returns
    -------
    Matrix
        A pair without an equilibrium has NaN payoffs and its status.

    Raises
    ------
    StudyError
        An action that changes nothing for anybody.
    """
    cells = cells or Cells(board)
    first, second = (find_player(board, name) for name in spec.players)
    goals = (find_goal(first, goal, [second]), find_goal(second, goal, [first]))
    lists = [spec.actions[name] for name in spec.players]
    payoffs = np.full((2, len(lists[0]), len(lists[1])), np.nan)
    rows = []
    for r, mine in enumerate(lists[0]):
        for c, theirs in enumerate(lists[1]):
            scenario = spec.scenario(mine, theirs)
            eq = cells.solve(scenario)
            row: dict[str, Any] = {
                spec.players[0]: mine.id, spec.players[1]: theirs.id,
                "scenario": scenario.id, "status": eq.status, "residual": eq.residual,
            }  # fmt: skip
            if eq.converged:
                payoffs[:, r, c] = [_payoff(eq, *pair) for pair in zip((first, second), goals, strict=True)]
                row["real_income_pct"] = {p.name: real_income(eq, p) for p in (first, second)}
                row["gain_usd_bn"] = {p.name: gain_usd_bn(eq, p) for p in (first, second)}
                row["others_pct"] = _others(board, eq, spec.players)
            rows.append(row)
    ids = tuple(tuple(item.id for item in actions) for actions in lists)
    game = FiniteGame(spec.players, (ids[0], ids[1]), payoffs)
    _refuse_idle(spec, game)
    return Matrix(spec, (first, second), goals, game, rows)


def _payoff(eq: Equilibrium, player: Player, goal: Goal) -> float:
    """Real income in percent, as a run prints it; other goals times 100."""
    return real_income(eq, player) if isinstance(goal, RealIncome) else 100 * goal.value(eq)


def _others(board: Board, eq: Equilibrium, players: Sequence[str]) -> dict[str, float]:
    """Real income of the study's other featured economies."""
    return {
        label: float(eq.real_income_pct[label])
        for label in board.run.spec.featured
        if label in eq.base.economies and label not in players
    }


def _refuse_idle(spec: GameSpec, game: FiniteGame) -> None:
    """No action may leave every payoff as the agreement's action does: the edit would be a silent no-op."""
    for player in (0, 1):
        own = game.own(player)
        agreed = game.place(player, spec.agreement[spec.players[player]])
        both = [game.payoffs[k] if player == 0 else game.payoffs[k].T for k in (0, 1)]
        for k, action in enumerate(game.actions[player]):
            same = [
                np.nanmax(np.abs(table[k] - table[agreed]), initial=0.0) <= game.tie * 1e-2 for table in both
            ]
            if k != agreed and all(same) and np.isfinite(own[k]).any():
                raise StudyError(
                    "an action that changes nothing",
                    where=f"game {spec.id}: actions of {spec.players[player]}",
                    found=action,
                    allowed="edits that move somebody's payoff",
                    repair="check that the measure is not in that state already, or leave the action out",
                )


def play_payoffs(board: Board, game: str | Path | GameSpec, *, goal: str = "real-income") -> dict[str, Any]:
    """
    Solve a game whose actions are edits of the ledger, and say which threats are credible.

    Parameters
    ----------
    board
        Study, world, law.
    game
        A built-in game, a file, or a game already read.
    goal
        What both players want.

    Returns
    -------
    dict
        ``players, actions, payoffs, equilibria, dominated, credible, discount_factors, failed`` as in the
        interface; ``equilibria.regret_pct`` is the largest gain that a second method finds from leaving one of
        them; ``sequential`` with each side moving first; ``record`` of statements.
    """
    spec = game if isinstance(game, GameSpec) else load_game(game)
    matrix = payoff_matrix(board, spec, goal=goal)
    table = matrix.game
    ledger = board.run.ledger.as_known(spec.known_on or board.run.ledger.known_on)
    return {
        **conditions(board),
        "game": spec.id,
        "title": spec.title,
        "on": spec.on.isoformat(),
        "notes": list(spec.notes),
        "game_assumptions": [item.model_dump() for item in spec.assumptions],
        "goal": {name: goal.title for name, goal in zip(spec.players, matrix.goals, strict=True)},
        "players": list(spec.players),
        "actions": {
            name: [
                {"id": item.id, "label": item.label, "edits": item.edits.model_dump(exclude_defaults=True)}
                for item in actions
            ]
            for name, actions in spec.actions.items()
        },
        "payoffs": matrix.rows,
        "equilibria": _equilibria(spec, table),
        "dominated": table.dominated(),
        "sequential": {
            spec.players[k]: [dict(zip(spec.players, pair, strict=True)) for pair in table.sequential(k)]
            for k in (0, 1)
        },
        "credible": [_threat(spec, table, item, ledger) for item in spec.threats],
        "discount_factors": _discounts(spec, table),
        "failed": [dict(zip(spec.players, pair, strict=True)) for pair in table.failed],
        "record": {name: record_of(name, "threat", ledger=ledger) for name in spec.players},
    }


def _equilibria(spec: GameSpec, table: FiniteGame) -> dict[str, Any]:
    """Pure and mixed equilibria, what a second method gains from leaving one, whether a failed cell hides some."""
    names = spec.players
    pure, mixed = table.pure_equilibria(), table.mixed_equilibria()
    sure = [({first: 1.0}, {second: 1.0}) for first, second in pure]
    rows, columns = table.actions
    cells = {(r, c): (float(table.at(r, c)[0]), float(table.at(r, c)[1])) for r in rows for c in columns}
    gains = [largest_gain(cells, *profile) for profile in (*sure, *mixed)]
    return {
        "pure": [dict(zip(names, pair, strict=True)) for pair in pure],
        "mixed": [dict(zip(names, pair, strict=True)) for pair in mixed],
        "regret_pct": max(gains) if gains else None,
        "complete": not table.failed,
    }


def _threat(spec: GameSpec, table: FiniteGame, item: ThreatSpec, ledger: Ledger) -> dict[str, Any]:
    """One threat: verdict, reason, and what became of such threats before."""
    by = spec.players.index(item.by)
    verdict = judge(table, Threat(by, item.action, item.instead, item.refused, item.yielded))
    past = record_of(item.by, "threat", ledger=ledger)
    return {
        "threat": item.id,
        "by": item.by,
        "says": item.says,
        "action": item.action,
        "refused": item.refused,
        "credible": verdict.credible,
        "gain_pct": _finite(verdict.gain),
        "harm_pct": _finite(verdict.harm),
        "worth_yielding_pct": _finite(verdict.worth_yielding),
        "rivalry_needed": _finite(verdict.rivalry),
        "answer": verdict.answer,
        "gain_answered_pct": _finite(verdict.gain_answered),
        "why": _why_threat(item, spec.players[1 - by], verdict),
        "record": {
            "threats_of_this_side": past,
            "carried_out_share": _share(past, "followed", "partly"),
            "this_measure": dict(Counter(s.outcome for s in statements(measure=item.measure, ledger=ledger))),
        },
    }


def _share(counts: dict[str, int], *outcomes: str) -> float | None:
    """Share of some outcomes in all."""
    total = sum(counts.values())
    return sum(counts.get(name, 0) for name in outcomes) / total if total else None


def _why_threat(item: ThreatSpec, other: str, verdict: Verdict) -> str:
    """The verdict on a threat in words."""
    if verdict.credible is None:
        return "a solve it needs failed, so nothing is claimed"
    verb, theirs = ("gains" if x >= 0 else "loses" for x in (verdict.gain, -verdict.harm))
    words = (
        f"if {other} refuses ({item.refused}), carrying out {item.action} {verb} {item.by} {abs(verdict.gain):.3f} % of real"
        f" income, and {other} {theirs} {abs(verdict.harm):.3f} %"
    )
    if verdict.credible:
        return f"credible: {words}"
    needed = (
        f"; it would be credible if {item.by} gave a weight of {verdict.rivalry:.2f} or more to the loss of {other}"
        if np.isfinite(verdict.rivalry)
        else f"; no weight on the loss of {other} makes it credible"
    )
    return f"not credible: {words}{needed}"


def _discounts(spec: GameSpec, table: FiniteGame) -> list[dict[str, Any]]:
    """Smallest discount factor at which each side keeps the agreement, by deviation and punishment."""
    agreed = tuple(spec.agreement[name] for name in spec.players)
    stage = table.pure_equilibria()
    profiles = {
        item.id: (item.profile[spec.players[0]], item.profile[spec.players[1]]) for item in spec.punishments
    }
    profiles |= {f"equilibrium {r}/{c}": (r, c) for r, c in stage if (r, c) != agreed}
    found = []
    for player in (0, 1):
        held = float(table.at(*agreed)[player])
        for action in table.actions[player]:
            if action == agreed[player]:
                continue
            pair = (action, agreed[1]) if player == 0 else (agreed[0], action)
            tempted = float(table.at(*pair)[player])
            for name, profile in profiles.items():
                after = float(table.at(*profile)[player])
                found.append(
                    {
                        "player": spec.players[player],
                        "deviation": action,
                        "punishment": name,
                        "punishment_is_equilibrium": profile in stage,
                        "gain_pct": _finite(tempted - held),
                        "loss_pct": _finite(held - after),
                        "grim": _finite(grim_trigger(held, tempted, after)),
                        "periods": {
                            str(n): _finite(finite_punishment(held, tempted, after, n)) for n in spec.periods
                        },
                    }
                )
    return found


def _finite(value: float) -> float | None:
    """None where no factor is enough, or a solve failed."""
    return value if np.isfinite(value) else None
