"""How sure a bargain, a hedge and mutual reliance are: the solves that decide each, again under rows of values."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.errors import ConvergenceError
from detente.games import RealIncome
from detente.games.odds import odds
from detente.policy.instruments.incremental import read_law
from detente.policy.strategy.fragility.drawn import Cell, Drawn, Rows, parts_of
from detente.policy.strategy.fragility.embedded import embedded_answer, write_answer
from detente.policy.strategy.fragility.judge import WITH_ENDS, about
from detente.policy.strategy.fragility.rows import MIDDLE, rows_of
from detente.policy.strategy.fragility.verdicts import both_gain, ends, flips, moved_alone, quantiles
from detente.policy.strategy.fragility.words import gap_words, hedge_words, package_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from detente.games import Goal, Player
    from detente.model import Shock
    from detente.policy.strategy.fragility.rows import Row
    from detente.policy.strategy.game_setting import GameSetting
    from detente.policy.study import ScenarioSpec
    from detente.world import Baseline

# A gain up to this, percent of real income, is none: what solves may be wrong by.
NOTHING: Final = 1e-7
_NOT_A_LETTER: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Asked:
    """
    What is drawn behind an answer.

    laws: Scenarios it rests on, those of the study by name.
    cells: Names of the numbers that are read of each row.
    read: Reads them: by title, one number a cell.
    """

    laws: tuple[str | ScenarioSpec, ...]
    cells: tuple[str, ...]
    read: Callable[[Baseline, Sequence[Shock]], Mapping[str, Sequence[float]]]


def solve_asked(board: GameSetting, asked: Asked, rows: Sequence[Row]) -> Drawn:
    """Read the numbers behind an answer under every row; not numbers where a solve fails."""
    run, cells = board.run, []
    for item in asked.laws:
        spec = board.spec(item) if isinstance(item, str) else item
        book, law = read_law(run.setting, None, spec, run.ledger, run.spec.assumed(spec))
        cells.append(Cell(spec, book, law))
    solver, found = Rows(board, cells), []
    for row in rows:
        try:
            found.append(asked.read(*solver.read(row)))
        except ConvergenceError:
            found.append({})
    titles = dict.fromkeys(title for row in found for title in row)
    missing = [np.nan] * len(asked.cells)
    values = {
        title: np.array([row.get(title, missing) for row in found], dtype=np.float64) for title in titles
    }
    return Drawn(tuple(rows), asked.cells, values)


@dataclass(frozen=True)
class Draws:
    """
    How many draws are behind a verdict.

    asked: As many, none at 0; None takes those that come with the package.
    otherwise: Solved where none are asked for and none come with it.
    keep: Whether they are written as those that come with the package.
    """

    asked: int | None = None
    otherwise: int = 0
    keep: bool = False


def draw(
    board: GameSetting, key: str, asked: Callable[[], Asked], draws: Draws
) -> tuple[Drawn, dict[str, Any]] | None:
    """The numbers behind an answer under draws, and what a document says of them; None without draws."""
    if draws.asked is None and (held := embedded_answer(board, key)) is not None:
        drawn, stale = held
        return drawn, about(board, drawn, embedded=True, stale=stale)
    count = draws.otherwise if draws.asked is None else draws.asked
    if count <= 0:
        return None
    drawn = solve_asked(board, asked(), rows_of(board, count, alone=count >= WITH_ENDS))
    if draws.keep:
        write_answer(drawn, board, key)
    return drawn, about(board, drawn, embedded=False, stale=[])


def key_of(*words: str) -> str:
    """
    What was asked in the letters of a file's name.

    Examples
    --------
    >>> key_of("hedge", "RCEP", "truce")
    'hedge-rcep-truce'
    """
    return "-".join(_NOT_A_LETTER.sub("_", word.lower()) for word in words)


def goal_reader(goals: Sequence[Goal]) -> Callable[[Any], dict[str, float]]:
    """Numbers of an equilibrium by the title of what goals are made of; not numbers where it is none."""
    parts = {part.title: part for goal in goals for _, part in parts_of(goal)}

    def read(eq: Any) -> dict[str, float]:
        return {title: part.percent(eq) if eq.converged else np.nan for title, part in parts.items()}

    return read


def judge_bargain(drawn: Drawn, goals: Sequence[Goal], names: Sequence[str]) -> dict[str, Any] | None:
    """Whether both gain by a solution's cuts over the threat point; cells are the two."""
    gains = [drawn.of(goal)[:, 1] - drawn.of(goal)[:, 0] for goal in goals]
    found = both_gain(drawn, gains, names, NOTHING)
    return None if found is None else found | {"words": package_words(found, moved_alone(drawn))}


def judge_hedge(drawn: Drawn, goal: RealIncome, bloc: str) -> dict[str, Any] | None:
    """Whether a bloc is worth more under a scenario's tariffs; cells: with and without it before, then under them."""
    table = drawn.of(goal)
    worth = table[:, 2] - table[:, 3]
    hedge = worth - (table[:, 0] - table[:, 1])
    found, value = odds(hedge[drawn.draws], NOTHING), odds(worth[drawn.draws], NOTHING)
    if found is None or value is None:
        return None
    row = {
        "draws": found.draws,
        "p_hedge": found.share,
        "tie": found.tie,
        "hedge_pct": ends(found),
        "worth_under_pct": ends(value),
        "flips": flips(drawn, hedge),
    }
    return row | {"words": hedge_words(row, bloc, moved_alone(drawn))}


def judge_reliance(
    drawn: Drawn, goals: Sequence[Goal], names: Sequence[str], run: str
) -> dict[str, Any] | None:
    """Which side loses more if cut off in a run; the numbers are real incomes after it."""
    at = drawn.cells.index(run)
    losses = [-drawn.of(goal)[:, at] for goal in goals]
    here = int(drawn.kind(MIDDLE)[0])
    more = 0 if losses[0][here] >= losses[1][here] else 1
    gap: NDArray[np.float64] = losses[more] - losses[1 - more]
    found = odds(gap[drawn.draws], NOTHING)
    if found is None:
        return None
    row = {
        "draws": found.draws,
        "loses_more": names[more],
        "p_loses_more": found.share,
        "tie": found.tie,
        "gap_pct": ends(found),
        "loss_pct": {name: quantiles(loss[drawn.draws]) for name, loss in zip(names, losses, strict=True)},
        "flips": flips(drawn, gap),
    }
    return row | {"words": gap_words(row, names[1 - more], moved_alone(drawn))}


def real_incomes(players: Sequence[Player]) -> tuple[RealIncome, ...]:
    """Real income of each player."""
    return tuple(RealIncome(player.economies) for player in players)


def cut_tariffs(shock: Shock, base: Baseline, factor: NDArray[np.float64]) -> Shock:
    """
    The law with its tariffs multiplied.

    Shapes: factor (J, N, N).
    """
    held = base.tariff if shock.tariff is None else np.asarray(shock.tariff)
    return dataclasses.replace(shock, tariff=held * factor)
