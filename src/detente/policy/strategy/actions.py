"""Games whose actions are edits of the ledger: payoff matrices, credible threats, deals."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.errors import StudyError
from detente.games import FiniteGame
from detente.ledger.views.track_record import record_of
from detente.model import solve_many
from detente.policy.instruments.incremental import Near, read_law
from detente.policy.strategy.fragility.drawn import Cell
from detente.policy.strategy.fragility.judge import draws_of, judge_game
from detente.policy.strategy.game_file import GameSpec, load_game
from detente.policy.strategy.game_setting import (
    GameSetting,
    conditions,
    find_player,
    gain_usd_bn,
    real_income,
)
from detente.policy.strategy.goals import USUAL, GoalText, goals_of
from detente.policy.strategy.known import cell_of, idle_words
from detente.policy.strategy.revealed import spelled
from detente.policy.strategy.verdicts import discounts, equilibria, plain_goal, threat
from detente.policy.studies.run import solve_law

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from detente.games import Goal, Player
    from detente.ledger import Book, Ledger
    from detente.model import Equilibrium, Shock
    from detente.policy.instruments.shock import LawShock
    from detente.policy.study import ScenarioSpec


# What a payoff in percent may be wrong by: an accepted solve has relative residuals up to 1e-9.
NOISE = 1e-7


@dataclass
class Cells:
    """
    Scenarios of a game, solved as a run solves them.

    Their law is read from that of the first one, of which each changes a few measures.

    board: Study, world, law.
    """

    board: GameSetting
    _near: Near | None = field(default=None, init=False)

    def solve(self, spec: ScenarioSpec) -> Equilibrium:
        """Solve one scenario; the status may be other than converged."""
        return solve_law(self.board.run, self.read(spec)[1], self.board.options)

    def read(self, spec: ScenarioSpec) -> tuple[Book, LawShock]:
        """Read the law of a scenario."""
        run = self.board.run
        book, law = read_law(run.setting, self._near, spec, run.ledger, run.spec.assumed(spec))
        if self._near is None:
            self._near = Near(spec, book, law)
        return book, law

    def solve_many(self, shocks: Iterable[Shock], *, reduce: Callable[[Equilibrium], Any]) -> list[Any]:
        """Solve many, those without limits and targets side by side; gives what is made of each."""
        board = self.board
        return solve_many(
            board.base,
            shocks,
            **vars(board.options.terms(board.run.spec)),
            max_iterations=board.options.max_iterations,
            throw=False,
            reduce=reduce,
        )


@dataclass(frozen=True, eq=False)
class Matrix:
    """
    A game with its payoffs.

    spec, players, goals: The game.
    game: Payoffs: each side's goal, in percent of its unit.
    plain: The same without what a side counts of the other's.
    rows: One per pair of actions: actions, status, residual, real income of both and of others.
    """

    spec: GameSpec
    players: tuple[Player, Player]
    goals: tuple[Goal, Goal]
    game: FiniteGame
    plain: FiniteGame
    rows: list[dict[str, Any]]


def payoff_matrix(
    board: GameSetting, spec: GameSpec, *, goal: GoalText = USUAL, cells: Cells | None = None
) -> Matrix:
    """Solve every pair of actions."""
    cells = cells or Cells(board)
    first, second = (find_player(board, name) for name in spec.players)
    goals = goals_in(board, spec, goal)
    lists = [spec.actions[name] for name in spec.players]
    payoffs, plain, incomes = np.full((3, 2, len(lists[0]), len(lists[1])), np.nan)
    rows = []
    for r, mine in enumerate(lists[0]):
        for c, theirs in enumerate(lists[1]):
            scenario = cell_of(spec, mine, theirs, board.run.ledger)
            eq = cells.solve(scenario)
            row: dict[str, Any] = {
                spec.players[0]: mine.id, spec.players[1]: theirs.id,
                "scenario": scenario.id, "status": eq.status, "residual": eq.residual,
            }  # fmt: skip
            if eq.converged:
                outside = [mine.worth(name) + theirs.worth(name) for name in spec.players]
                payoffs[:, r, c] = [
                    goal.percent(eq) + more for goal, more in zip(goals, outside, strict=True)
                ]
                plain[:, r, c] = [
                    plain_goal(goal).percent(eq) + more for goal, more in zip(goals, outside, strict=True)
                ]
                incomes[:, r, c] = [real_income(eq, p) for p in (first, second)]
                row["payoff"] = dict(zip(spec.players, map(float, payoffs[:, r, c]), strict=True))
                row["real_income_pct"] = dict(zip(spec.players, map(float, incomes[:, r, c]), strict=True))
                row["gain_usd_bn"] = {
                    name: gain_usd_bn(eq, p) for name, p in zip(spec.players, (first, second), strict=True)
                }
                row["others_pct"] = _others(board, eq, spec.players)
            rows.append(row)
    ids = tuple(tuple(item.id for item in actions) for actions in lists)
    tables = [FiniteGame(spec.players, (ids[0], ids[1]), table, NOISE) for table in (payoffs, plain, incomes)]
    if board.run.ledger.known_on is None:
        _refuse_idle(spec, tables[2])
    return Matrix(spec, (first, second), goals, tables[0], tables[1], rows)


def goals_in(board: GameSetting, spec: GameSpec, goal: GoalText) -> tuple[Goal, Goal]:
    """What both players of a game want on a board."""
    first, second = (find_player(board, name) for name in spec.players)
    return two_goals(first, second, spelled(board, (first, second), goal, spec.goals), spec)


def two_goals(first: Player, second: Player, goal: GoalText, spec: GameSpec) -> tuple[Goal, Goal]:
    """What both players of a game want: as asked, else as its file says."""
    mine, theirs = goals_of([first, second], goal, spec.goals)
    return mine, theirs


def _others(board: GameSetting, eq: Equilibrium, players: Sequence[str]) -> dict[str, float]:
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
                np.nanmax(np.abs(table[k] - table[agreed]), initial=0.0) <= NOISE * 1e-2 for table in both
            ]
            if k != agreed and all(same) and np.isfinite(own[k]).any():
                raise StudyError(
                    "an action that changes nothing",
                    where=f"game {spec.id}: actions of {spec.players[player]}",
                    found=action,
                    allowed="edits that move somebody's payoff",
                    repair="check that the measure is not in that state already, or leave the action out",
                )


def play_payoffs(
    board: GameSetting,
    game: str | Path | GameSpec,
    *,
    goal: GoalText = USUAL,
    cells: Cells | None = None,
    draws: int | None = None,
) -> dict[str, Any]:
    """
    Solve a game whose actions are edits of the ledger, and say which threats are credible.

    Gives ``players, actions, payoffs, equilibria, dominated, credible, discount_factors, failed`` as in the interface;
    ``unit`` is what a payoff is a percentage of, by player; ``equilibria.regret_pct`` is the largest gain that a second
    method finds from leaving one of them; ``sequential`` with each side moving first; ``record`` of statements;
    ``fragility`` of threats and equilibria over draws of the assumptions, those that come with the package by default.
    """
    spec = game if isinstance(game, GameSpec) else load_game(game)
    cells = cells or Cells(board)
    matrix = payoff_matrix(board, spec, goal=goal, cells=cells)
    sure = _sure(board, matrix, cells, draws)
    ledger = board.run.ledger.as_known(spec.known_on or board.run.ledger.known_on)
    return {
        **conditions(board),
        "game": spec.id,
        "title": spec.title,
        "on": spec.on.isoformat(),
        "notes": [*idle_words(spec, board.run.ledger), *spec.notes],
        "game_assumptions": [item.model_dump() for item in spec.assumptions],
        **matrix_result(matrix, ledger, sure),
        "record": {name: record_of(name, "threat", ledger=ledger) for name in spec.players},
    }


def _sure(board: GameSetting, matrix: Matrix, cells: Cells, draws: int | None) -> dict[str, Any] | None:
    """How sure the verdicts are; None without draws, or where a cell failed and nothing is claimed."""
    spec = matrix.spec
    if matrix.game.failed:
        return None

    def again() -> list[Cell]:
        pairs = product(*(spec.actions[name] for name in spec.players))
        specs = [cell_of(spec, mine, theirs, board.run.ledger) for mine, theirs in pairs]
        return [Cell(item, *cells.read(item)) for item in specs]

    found = draws_of(board, spec, matrix.goals, draws, again)
    if found is None:
        return None
    drawn, about = found
    return {"about": about, **judge_game(board, matrix, drawn)}


def matrix_result(
    matrix: Matrix, ledger: Ledger | None = None, sure: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The part of a document that follows from a payoff matrix, from draws, and from what the ledger records of threats."""
    spec, table = matrix.spec, matrix.game
    said = {} if sure is None else {item: {"fragility": words} for item, words in sure["threats"].items()}
    more = (
        {} if sure is None else {key: sure[key] for key in ("elsewhere",)} | {"fragility": sure["equilibria"]}
    )
    return {
        **({} if sure is None else {"fragility": sure["about"]}),
        "unit": {name: goal.unit for name, goal in zip(spec.players, matrix.goals, strict=True)},
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
        "equilibria": equilibria(matrix) | more,
        "dominated": table.dominated(),
        "sequential": {
            spec.players[k]: [dict(zip(spec.players, pair, strict=True)) for pair in table.sequential(k)]
            for k in (0, 1)
        },
        "credible": [threat(matrix, item, ledger) | said.get(item.id, {}) for item in spec.threats],
        "discount_factors": discounts(matrix),
        "failed": [dict(zip(spec.players, pair, strict=True)) for pair in table.failed],
    }
