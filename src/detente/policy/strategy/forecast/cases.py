"""The laws of a forecast, solved under draws: what carrying a statement out is worth to both sides; every package."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from detente.games import RealIncome, Revenue
from detente.policy.strategy.actions import Cells
from detente.policy.strategy.deals import package
from detente.policy.strategy.fragility.drawn import Cell, solve_rows
from detente.policy.strategy.fragility.rows import rows_of
from detente.policy.strategy.game_file import load_game
from detente.policy.strategy.known import as_law_stands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from detente.games import Player
    from detente.model import Equilibrium, Shock
    from detente.policy.strategy.forecast.registered import ForecastCase, ForecastPackage
    from detente.policy.strategy.game_setting import GameSetting
    from detente.policy.study import ScenarioSpec


@dataclass(frozen=True, eq=False)
class Numbers:
    """
    Real income and revenue of both sides, percent, by law: (draws, 2 sides, 2).

    middle, draws: At the middle of the assumptions, (1, 2, 2), and under draws.
    """

    middle: NDArray[np.float64]
    draws: NDArray[np.float64]


def solve_cases(
    board: GameSetting, sides: tuple[Player, Player], cases: Sequence[ForecastCase], draws: int
) -> dict[str, Numbers]:
    """Every law of the cases, at the middle and under draws, by scenario id."""
    ledger = board.run.ledger
    laws = [as_law_stands(law, ledger) for case in cases for law in case.laws()]
    reader = Cells(board)
    cells = [Cell(law, *reader.read(law)) for law in laws]
    goals = [kind(side.economies) for side in sides for kind in (RealIncome, Revenue)]
    drawn = solve_rows(board, cells, rows_of(board, draws, alone=False), goals)
    tables = np.stack([drawn.of(goal) for goal in goals], axis=-1).reshape(len(drawn.rows), len(cells), 2, 2)
    return {name: Numbers(tables[:1, k], tables[drawn.draws, k]) for k, name in enumerate(drawn.cells)}


def gains_on(
    found: Numbers, against: Numbers, side: int, readings: NDArray[np.float64]
) -> NDArray[np.float64]:
    """
    What one law gains a side over another by its readings, percent, (draws, readings).

    Shapes: readings (readings, 2), the weight on revenue and on the other side's loss.
    """
    change = found.draws - against.draws
    own, revenue, rival = change[:, side, 0], change[:, side, 1], change[:, 1 - side, 0]
    out: NDArray[np.float64] = (
        own[:, None] + revenue[:, None] * readings[:, 0] - rival[:, None] * readings[:, 1]
    )
    return out


def elements_of(item: ForecastPackage) -> dict[str, str]:
    """Elements of an agreement by id, with their labels."""
    found = load_game(item.game).deals if item.game else item.elements
    return {element.id: element.label for element in found}


def chosen_from(
    item: ForecastPackage,
) -> tuple[list[tuple[str, ...]], Callable[[tuple[str, ...]], ScenarioSpec]]:
    """Every package of an agreement's elements, the first without any, and its law."""
    names = list(elements_of(item))
    if item.game:
        game = load_game(item.game)

        def law(taken: tuple[str, ...]) -> ScenarioSpec:
            return package(game, tuple(name in taken for name in names))
    else:

        def law(taken: tuple[str, ...]) -> ScenarioSpec:
            return item.law([element for element in item.elements if element.id in taken])

    packages = [
        tuple(name for name, kept in zip(names, chosen, strict=True) if kept)
        for chosen in product((False, True), repeat=len(names))
    ]
    return packages, law


def solve_package_list(
    board: GameSetting, sides: tuple[Player, Player], item: ForecastPackage
) -> tuple[list[tuple[str, ...]], NDArray[np.float64]]:
    """Every package and what it gains both sides over none, at the middle, (packages, 2 sides, 2)."""
    packages, law = chosen_from(item)
    reader, ledger = Cells(board), board.run.ledger
    goals = [kind(side.economies) for side in sides for kind in (RealIncome, Revenue)]

    def numbers(eq: Equilibrium) -> list[float]:
        return [goal.percent(eq) if eq.converged else np.nan for goal in goals]

    def shocks() -> Iterator[Shock]:
        for taken in packages:
            yield reader.read(as_law_stands(law(taken), ledger))[1].shock

    values = np.array(reader.solve_many(shocks(), reduce=numbers)).reshape(-1, 2, 2)
    return packages, values - values[:1]
