"""Cells of a game, or packages of a deal, solved exactly under each row of values: a row is the same for all of them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detente.errors import ConvergenceError
from detente.model import solve_many
from detente.policy.instruments.shock import law_shock
from detente.policy.strategy.fragility.rows import DRAW, END, Row
from detente.policy.studies.starting_point import place_world, starting_point
from detente.world import load_world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from detente.games import Goal
    from detente.ledger import Book
    from detente.model import Equilibrium, Shock
    from detente.policy.instruments.shock import LawShock, Setting
    from detente.policy.strategy.game_setting import GameSetting
    from detente.policy.study import ScenarioSpec, StudySpec
    from detente.world import Baseline


@dataclass(frozen=True)
class Cell:
    """A cell to be solved again: its scenario, and its law under the usual assumptions, which no row moves."""

    spec: ScenarioSpec
    book: Book
    law: LawShock


@dataclass(frozen=True, eq=False)
class Drawn:
    """
    Numbers of some cells under rows of values.

    rows: What the values are.
    cells: Scenario ids.
    values: What was read of each equilibrium by its title, (rows, cells); not a number where it failed.
    """

    rows: tuple[Row, ...]
    cells: tuple[str, ...]
    values: dict[str, NDArray[np.float64]]

    def of(self, goal: Goal) -> NDArray[np.float64]:
        """A goal, percent, (rows, cells)."""
        found = [weight * self.values[part.title] for weight, part in parts_of(goal)]
        out: NDArray[np.float64] = np.sum(found, axis=0)
        return out

    def holds(self, goals: Sequence[Goal]) -> bool:
        """Whether everything the goals are made of was read."""
        return all(part.title in self.values for goal in goals for _, part in parts_of(goal))

    def kind(self, kind: str) -> NDArray[np.intp]:
        """Places of the rows of a kind."""
        return np.array([k for k, row in enumerate(self.rows) if row.kind == kind], dtype=np.intp)

    @property
    def draws(self) -> NDArray[np.intp]:
        """Places of the draws."""
        return self.kind(DRAW)

    @property
    def ends(self) -> NDArray[np.intp]:
        """Places of the ends."""
        return self.kind(END)


def parts_of(goal: Goal) -> list[tuple[float, Goal]]:
    """What a goal is made of, with weights in percent."""
    parts = getattr(goal, "parts", None)
    if parts is None:
        return [(1.0, goal)]
    return [(weight * inner, part) for weight, own in parts for inner, part in parts_of(own)]


def solve_rows(
    board: GameSetting, cells: Sequence[Cell], rows: Sequence[Row], goals: Sequence[Goal]
) -> Drawn:
    """Solve every cell under every row; a cell that a row leaves as it was is not solved again."""
    read = {part.title: part for goal in goals for _, part in parts_of(goal)}
    values = np.full((len(read), len(rows), len(cells)), np.nan)

    def numbers(eq: Equilibrium) -> list[float]:
        return [part.percent(eq) if eq.converged else np.nan for part in read.values()]

    solver = Rows(board, cells)
    known: tuple[Baseline, list[Shock]] | None = None
    for k, row in enumerate(rows):
        try:
            base, shocks = solver.read(row)
        except ConvergenceError:
            continue
        same = [known is not None and _same(known, k0, base, shock) for k0, shock in enumerate(shocks)]
        todo = [c for c, kept in enumerate(same) if not kept]
        for c, found in zip(todo, solver.solve(base, [shocks[c] for c in todo], numbers), strict=True):
            values[:, k, c] = found
        for c in (c for c, kept in enumerate(same) if kept):
            values[:, k, c] = values[:, 0, c]
        known = known or (base, shocks)
    tables = {title: values[t] for t, title in enumerate(read)}
    return Drawn(tuple(rows), tuple(cell.spec.id for cell in cells), tables)


class Rows:
    """The economy under rows of values."""

    def __init__(self, board: GameSetting, cells: Sequence[Cell]) -> None:
        self.board, self.cells = board, cells

    def read(self, row: Row) -> tuple[Baseline, list[Shock]]:
        """The baseline of a row, and the shock of each cell."""
        study = self.board.run.spec
        study = study.model_copy(update={"assume": {**study.assume, **row.study}})
        setting = self._setting(row, study)
        shocks = []
        for cell in self.cells:
            own = {name: value for name, value in row.cells.items() if name in cell.spec.assume}
            spec = cell.spec.model_copy(update={"assume": {**cell.spec.assume, **own}})
            law = law_shock(setting, spec, cell.book, study.assumed(spec), duties=cell.law.duties)
            shocks.append(law.shock)
        return setting.baseline, shocks

    def _setting(self, row: Row, study: StudySpec) -> Setting:
        """The starting point under a row: its world placed with its elasticities, then moved to the law of the baseline."""
        if not row.world and not row.study:
            return self.board.setting
        usual = self.board.setting
        world = usual.world
        if row.world:
            world = load_world(world.name, variant=row.world)
        base, parents = place_world(world, study)
        origin = dataclasses.replace(usual.origin, baseline=base)
        placed = dataclasses.replace(usual, world=world, parents=parents, origin=origin)
        return starting_point(placed, study, options=self.board.options)

    def solve(
        self, base: Baseline, shocks: Sequence[Shock], read: Callable[[Equilibrium], list[float]]
    ) -> Iterator[list[float]]:
        """What is read of each equilibrium."""
        options = self.board.options
        terms = vars(options.terms(self.board.run.spec))
        yield from solve_many(
            base, shocks, **terms, max_iterations=options.max_iterations, throw=False, reduce=read
        )


def _same(known: tuple[Baseline, list[Shock]], place: int, base: Baseline, shock: Shock) -> bool:
    """Whether a row leaves a cell as it was in the middle."""
    first, before = known[0], known[1][place]
    if first is not base and not (
        np.array_equal(first.theta, base.theta)
        and np.array_equal(first.pi, base.pi)
        and np.array_equal(first.spending, base.spending)
    ):
        return False
    arrays = ((before.tariff, shock.tariff), (before.iceberg, shock.iceberg))
    return (
        before.limits == shock.limits
        and before.targets == shock.targets
        and all((a is None) == (b is None) and (a is None or np.array_equal(a, b)) for a, b in arrays)
    )
