"""The fragility of a game's verdicts and of a list of packages: with the draws that come with the package, or solved now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from detente.policy.strategy.fragility.drawn import Cell, Drawn, solve_rows
from detente.policy.strategy.fragility.embedded import embedded_draws
from detente.policy.strategy.fragility.rows import design_of, rows_of
from detente.policy.strategy.fragility.verdicts import DrawnGame, both_gain, moved_alone, package_gains
from detente.policy.strategy.fragility.words import equilibrium_words, package_words, threat_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from detente.games import Goal
    from detente.policy.strategy.actions import Matrix
    from detente.policy.strategy.game_file import GameSpec
    from detente.policy.strategy.game_setting import GameSetting

# Draws solved where none come with the package; from the second on, each assumption alone at its ends as well.
LIVE: Final = 8
WITH_ENDS: Final = 16
HOW: Final = (
    "paired exact solves: each draw of elasticities, sizes of instruments and flows is the same in every cell; judgements"
    " of the tariff law are held"
)
HELD: Final = "gains of a package's elements are drawn one by one, and their effects on each other held"


def draws_of(
    board: GameSetting,
    spec: GameSpec,
    goals: Sequence[Goal],
    asked: int | None,
    cells: Callable[[], Sequence[Cell]],
) -> tuple[Drawn, dict[str, Any]] | None:
    """
    Cells under draws, and what a document says of them.

    `asked` None takes the draws that come with the package, and none where there are none; a number solves as many.
    """
    if asked is None:
        held = embedded_draws(board, spec)
        if held is None or not held[0].holds(goals):
            return None
        drawn, head = held
        stale = head["stale_because"]
        return drawn, about(board, drawn, embedded=True, stale=stale)
    if asked <= 0:
        return None
    drawn = solve_rows(board, cells(), rows_of(board, asked, alone=asked >= WITH_ENDS), goals)
    return drawn, about(board, drawn, embedded=False, stale=[])


def usual_draws(board: GameSetting, spec: GameSpec, goals: Sequence[Goal]) -> int | None:
    """What a question asks for that says nothing: the draws that come with the package, or a few."""
    held = embedded_draws(board, spec)
    return None if held is not None and held[0].holds(goals) else LIVE


def about(board: GameSetting, drawn: Drawn, *, embedded: bool, stale: Sequence[str]) -> dict[str, Any]:
    """What a document says of its draws."""
    return {
        "design": design_of(board).id,
        "draws": len(drawn.draws),
        "alone": moved_alone(drawn),
        "how": HOW,
        "embedded": embedded,
        "stale_because": list(stale),
    }


def judge_game(board: GameSetting, matrix: Matrix, drawn: Drawn) -> dict[str, Any]:
    """The fragility of each threat, by its id, of each equilibrium, and where else equilibria lie."""
    game, spec, alone = DrawnGame(matrix, drawn), matrix.spec, moved_alone(drawn)
    base = board.base
    threats = {}
    for item in spec.threats:
        me = spec.players.index(item.by)
        labels = matrix.players[me].economies
        income = sum(float(base.income[base.economies.index(label)]) for label in labels) / 1e3
        found = game.threat(item, income)
        if found is not None:
            words = threat_words(found, item.by, spec.players[1 - me], alone)
            threats[item.id] = found | {"words": words}
    return {
        "threats": threats,
        "equilibria": [row | {"words": equilibrium_words(row, alone)} for row in game.equilibria()],
        "elsewhere": game.elsewhere(),
    }


def judge_package(
    drawn: Drawn,
    goals: Sequence[Goal],
    names: Sequence[str],
    ids: tuple[str, Sequence[str]],
    taken: Sequence[bool],
    middle: Sequence[float],
    nothing: float,
) -> dict[str, Any] | None:
    """The fragility of one package; `ids` are the cells of no deal and of each element alone."""
    gains = [
        package_gains(drawn, goal, ids[0], ids[1], taken, gain)
        for goal, gain in zip(goals, middle, strict=True)
    ]
    found = both_gain(drawn, gains, names, nothing)
    return None if found is None else found | {"words": package_words(found, moved_alone(drawn))}
