"""The cases of a design on a study, shipped to every worker once, and solved by parts."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from detente.errors import DetenteError
from detente.model import elasticity_ratio, solve
from detente.model.preferences.horizons import SMALLEST_THETA
from detente.policy.assumptions import CARVING
from detente.policy.instrument_table import instrument_table
from detente.policy.instruments.disaggregation import carve
from detente.policy.instruments.scenario_law import stated_duties
from detente.policy.instruments.shock import LawShock, Origin, Setting, law_shock
from detente.policy.results import Options
from detente.policy.studies.starting_point import starting_point, without_deficits
from detente.policy.sweeps.duties import applies
from detente.policy.sweeps.outcomes import read_outcomes
from detente.policy.sweeps.schema import CLOSURE, HORIZON, THETA, WORLD, Design

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from detente.ledger import Book
    from detente.model import Closure, Equilibrium, Shock
    from detente.policy.study import ScenarioSpec, StudySpec
    from detente.policy.sweeps.duties import Duties
    from detente.policy.sweeps.sampling import Sampler, Value
    from detente.world import Baseline

# Names under which the duties of the baseline, and of the law of a world's data where that is another, are kept.
BASELINE, DATA = "", "law of the data"
FAILED = -1


@dataclass(frozen=True)
class Place:
    """
    One world, or one estimate of it, ready.

    setting: Parts carved out at the default values, deficits as they are; its duties are filled in by each draw.
    groups: Positions of the groups' members, by scenario.
    keep: Positions of the economies whose outcomes are kept.
    """

    setting: Setting
    groups: Mapping[str, tuple[NDArray[np.intp], ...]]
    keep: NDArray[np.intp]

    @cached_property
    def balanced(self) -> Baseline:
        """The baseline without deficits, at the default elasticities."""
        return without_deficits(self.setting.origin.baseline)


@dataclass(frozen=True)
class StudyCases:
    """
    Everything a worker needs to solve any part of a design.

    design, study: As read.
    key: Name of the run: hash of design, study, ledger, worlds and code version.
    labels: Economies, then groups: the order of every outcome.
    places: By ``NAME`` or ``NAME:VARIANT``.
    books: What is on the books, by scenario.
    duties: By name of the world and scenario; the baseline's under `BASELINE`, those of the world's data under `DATA`.
    sampler: Makes the draws.
    hashes: Of the ledger and of each world, for stamps.
    """

    design: Design
    study: StudySpec
    key: str
    labels: tuple[str, ...]
    places: Mapping[str, Place]
    books: Mapping[str, Book]
    duties: Mapping[tuple[str, str], Duties]
    sampler: Sampler
    hashes: Mapping[str, str]

    @property
    def count(self) -> int:
        """Number of draws."""
        return self.sampler.count

    @property
    def batch(self) -> int:
        """Draws of one part."""
        return self.design.batch

    def describe(self) -> dict[str, Any]:
        """Say what the store holds."""
        return {
            "design": self.design.model_dump(mode="json", exclude={"draws", "title", "policies", "fan"}),
            "study": self.study.id,
            "scenarios": [item.id for item in self.study.scenarios],
            "labels": list(self.labels),
            "outcomes": list(self.design.outcomes),
            "parameters": list(self.sampler.names),
            "hashes": dict(self.hashes),
        }

    def solve(self, start: int, stop: int) -> pa.Table:
        """
        Solve every scenario in some of the draws.

        Gives one row a draw and scenario: status, residual, iterations, the draw's values, and each outcome as a list
        in the order of `labels` (not a number where there is no equilibrium).
        """
        rows: list[dict[str, Any]] = []
        for position, draw in enumerate(self.sampler.draw(start, stop), start):
            for spec, solved in zip(self.study.scenarios, self.solve_draw(draw), strict=True):
                rows.append({"draw": position, "scenario": spec.id, "values": draw} | solved)
        return self._table(rows)

    def solve_draw(self, draw: Mapping[str, Value]) -> list[dict[str, Any]]:
        """Solve every scenario in one draw, from the baseline."""
        place = self.place(draw)
        setting = _attempt(self.setting, place, draw)
        if isinstance(setting, dict):
            return [dict(setting) for _ in self.study.scenarios]
        laws = [_attempt(self.law, place, setting, spec, draw) for spec in self.study.scenarios]
        rows: list[dict[str, Any]] = [law if isinstance(law, dict) else {} for law in laws]
        todo = [k for k, law in enumerate(laws) if isinstance(law, LawShock)]
        shocks = [laws[k].shock for k in todo]
        found = self._solve(setting.baseline, shocks, self.closure(draw))
        for k, eq in zip(todo, found, strict=True):
            rows[k] = eq if isinstance(eq, dict) else self._row(eq, place, self.study.scenarios[k].id)
        return rows

    def place(self, draw: Mapping[str, Value]) -> Place:
        """Give the world of a draw."""
        return self.places[str(draw.get(WORLD, self.study.world))]

    def closure(self, draw: Mapping[str, Value]) -> Closure:
        """Say how deficits close in a draw."""
        return cast("Closure", draw.get(CLOSURE, self.study.closure))

    def setting(self, place: Place, draw: Mapping[str, Value]) -> Setting:
        """
        Give the setting of a draw: its elasticities, and the baseline's duties under its assumptions.

        Gives a copy with another baseline: `detente.policy.studies.starting_point.starting_point` under the draw's
        values. Under the closure ``zero`` deficits are taken away with the draw's elasticities. At a horizon elasticities
        are scaled once, here, and every solve is one of the long run.
        """
        setting, closure = place.setting, self.closure(draw)
        assumed = self.study.assumed(self.study.baseline) | _numbers(draw)
        base = carved = setting.origin.baseline
        if any(name in draw for name in CARVING):
            base, _ = carve(setting.world, assumed)
        base = dataclasses.replace(base, theta=self._theta(base, assumed, draw))
        if closure == "zero":
            own = any(name in draw for name in CARVING) or (base.theta != carved.theta).any()
            base = without_deficits(base) if own else place.balanced
        ratio = float(draw.get(HORIZON, elasticity_ratio(self.design.horizon)))
        if ratio != 1:
            base = dataclasses.replace(base, theta=np.maximum(ratio * base.theta, SMALLEST_THETA))
        world = setting.world.name
        duties = self.duties[world, BASELINE].at(draw)
        if setting.book is setting.origin.book:
            origin = Origin(base, setting.book, duties)
            return dataclasses.replace(setting, baseline=base, duties=duties, origin=origin)
        origin = Origin(base, setting.origin.book, self.duties[world, DATA].at(draw))
        duties = stated_duties(duties, setting.world, setting.parents, self.study.baseline, assumed)
        study = self.study.model_copy(update={"closure": closure})
        options = Options(max_iterations=self.design.max_iterations)
        unmoved = dataclasses.replace(setting, duties=duties, origin=origin)
        return starting_point(unmoved, study, options=options, assumed=assumed)

    @staticmethod
    def _theta(
        base: Baseline, assumed: Mapping[str, float], draw: Mapping[str, Value]
    ) -> NDArray[np.float64]:
        """Elasticities of a draw, by sector."""
        theta = base.theta.copy()
        parts = {part.name: part.theta for part in instrument_table().parts}
        for j, sector in enumerate(base.sectors):
            if sector in parts:
                theta[j] = assumed[parts[sector]]
            elif f"{THETA}.{sector}" in draw:
                theta[j] = draw[f"{THETA}.{sector}"]
        return theta

    def law(self, place: Place, setting: Setting, spec: ScenarioSpec, draw: Mapping[str, Value]) -> LawShock:
        """Give the shock of a scenario in a draw."""
        named = {item.name: item for item in self.design.varied}
        own = {
            name: value
            for name, value in _numbers(draw).items()
            if (applies(named[name], spec) if name in named else name not in spec.assume)
        }
        assumed = self.study.assumed(spec) | own
        duties = self.duties[place.setting.world.name, spec.id].at(draw)
        duties = stated_duties(duties, setting.world, setting.parents, spec, assumed)
        return law_shock(setting, spec, self.books[spec.id], assumed, duties=duties)

    def _solve(self, base: Baseline, shocks: Sequence[Shock], closure: Closure) -> list[Any]:
        """Equilibria of one draw, or reasons: each scenario from the one before it that converged."""
        limit = self.design.max_iterations

        def alone(shock: Shock, near: Equilibrium | None) -> Equilibrium:
            return solve(base, shock, closure=closure, throw=False, max_iterations=limit, start=near)

        found: list[Any] = []
        near: Equilibrium | None = None
        for shock in shocks:
            found.append(_attempt(alone, shock, near))
            near = found[-1] if not isinstance(found[-1], dict) and found[-1].converged else near
        return found

    def _row(self, eq: Equilibrium, place: Place, scenario: str) -> dict[str, Any]:
        """Status and outcomes of an equilibrium."""
        head = {"status": eq.status, "residual": eq.residual, "iterations": eq.iterations}
        if not eq.converged:
            return head
        return head | read_outcomes(eq, self.design.outcomes, place.keep, place.groups[scenario])

    def _table(self, rows: list[dict[str, Any]]) -> pa.Table:
        """Rows as a table whose schema does not depend on them."""
        import pyarrow as pa  # noqa: PLC0415  (heavy, and needed by sweeps only)

        blank = np.full(len(self.labels), np.nan)
        columns: dict[str, pa.Array] = {
            "draw": pa.array([row["draw"] for row in rows], pa.int32()),
            "scenario": pa.array([row["scenario"] for row in rows], pa.string()),
            "status": pa.array([row["status"] for row in rows], pa.string()),
            "residual": pa.array([row.get("residual", np.nan) for row in rows], pa.float64()),
            "iterations": pa.array([row.get("iterations", FAILED) for row in rows], pa.int32()),
        }
        varied = self.design.varied
        words = {item.name for item in varied if any(isinstance(v, str) for v in item.values or ())}
        for name in self.sampler.names:
            values = [row["values"].get(name) for row in rows]
            if name in words:
                columns[name] = pa.array([None if v is None else str(v) for v in values], pa.string())
            else:
                columns[name] = pa.array(values, pa.float64())
        for outcome in self.design.outcomes:
            flat = np.concatenate([row.get(outcome, blank) for row in rows])
            columns[outcome] = pa.FixedSizeListArray.from_arrays(pa.array(flat), len(self.labels))
        return pa.table(columns)


def _numbers(draw: Mapping[str, Value]) -> dict[str, float]:
    """Values of a draw that are numbers."""
    return {name: value for name, value in draw.items() if not isinstance(value, str)}


def _attempt(action: Callable[..., Any], *arguments: Any) -> Any:
    """The result, or a row that says why there is none."""
    try:
        return action(*arguments)
    except DetenteError as error:
        return {"status": f"{type(error).__name__}: {error.what} {error.where}".strip()}
    except (ArithmeticError, ValueError, np.linalg.LinAlgError) as error:
        return {"status": f"{type(error).__name__}: {error}".splitlines()[0]}
