"""The cases of a design on a study, prepared once, shipped to every worker, and solved by parts."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

import detente
from detente.errors import DetenteError, StudyError
from detente.model import solve_many
from detente.scenarios.carve import carve
from detente.scenarios.design import CLOSURE, THETA, WORLD, Design
from detente.scenarios.design_sample import Sampler, Value
from detente.scenarios.law import relieve, scenario_book
from detente.scenarios.outcomes import group_members
from detente.scenarios.run import make_setting
from detente.scenarios.shock import LawShock, Setting, law_shock
from detente.scenarios.store_files import write_whole
from detente.scenarios.sweep_duties import Duties, applies, tables_from_file, tables_to_bytes, tabulate
from detente.scenarios.sweep_outcomes import read_outcomes
from detente.scenarios.table import instrument_table
from detente.world import load_world

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from detente.ledger import Book, Ledger
    from detente.model import Equilibrium, Shock
    from detente.scenarios.study import ScenarioSpec, StudySpec
    from detente.world import Baseline, World

# Assumptions that change the shares of the parts carved out, not only their elasticities.
CARVING = ("ree_home_ratio", "soy_usd_per_t")
FAILED = -1


@dataclass(frozen=True)
class Place:
    """One world, or one estimate of it, ready: the setting under the defaults, and the groups' members by scenario."""

    setting: Setting
    groups: Mapping[str, tuple[NDArray[np.intp], ...]]
    keep: NDArray[np.intp]


@dataclass(frozen=True)
class StudyCases:
    """
    Everything a worker needs to solve any part of a design.

    Attributes
    ----------
    design, study
        As read.
    key
        Name of the run: hash of design, study, ledger, worlds and code version.
    labels
        Economies, then groups: the order of every outcome.
    places
        By ``NAME`` or ``NAME:VARIANT``.
    books
        What is on the books, by scenario.
    duties
        By name of the world and scenario; the baseline's under "".
    sampler
        Makes the draws.
    hashes
        Of the ledger and of each world, for stamps.
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

        Parameters
        ----------
        start, stop
            Positions of the draws.

        Returns
        -------
        table
            One row a draw and scenario: status, residual, iterations, the draw's values, and each outcome as a list in the
            order of `labels` (not a number where there is no equilibrium).
        """
        rows: list[dict[str, Any]] = []
        for position, draw in enumerate(self.sampler.draw(start, stop), start):
            for spec, solved in zip(self.study.scenarios, self.solve_draw(draw), strict=True):
                rows.append({"draw": position, "scenario": spec.id, "values": draw} | solved)
        return self._table(rows)

    def solve_draw(self, draw: Mapping[str, Value]) -> list[dict[str, Any]]:
        """
        Solve every scenario in one draw, from the baseline.

        Parameters
        ----------
        draw
            Name to value.

        Returns
        -------
        rows
            status, residual, iterations and outcomes by scenario.
        """
        place = self.place(draw)
        setting = self.setting(place, draw)
        laws = [_attempt(self.law, place, setting, spec, draw) for spec in self.study.scenarios]
        rows: list[dict[str, Any]] = [law if isinstance(law, dict) else {} for law in laws]
        todo = [k for k, law in enumerate(laws) if isinstance(law, LawShock)]
        shocks = [laws[k].shock for k in todo]
        found = self._solve(setting.baseline, shocks, str(draw.get(CLOSURE, self.study.closure)))
        for k, eq in zip(todo, found, strict=True):
            rows[k] = eq if isinstance(eq, dict) else self._row(eq, place, self.study.scenarios[k].id)
        return rows

    def place(self, draw: Mapping[str, Value]) -> Place:
        """Give the world of a draw."""
        return self.places[str(draw.get(WORLD, self.study.world))]

    def setting(self, place: Place, draw: Mapping[str, Value]) -> Setting:
        """
        Give the setting of a draw: its elasticities, and the baseline's duties under its assumptions.

        Parameters
        ----------
        place
            Its world.
        draw
            Name to value.

        Returns
        -------
        setting
            A copy with another baseline.
        """
        setting = place.setting
        assumed = self.study.assumed(self.study.baseline) | _numbers(draw)
        base = setting.baseline
        if any(name in draw for name in CARVING):
            base, _ = carve(setting.world, assumed)
        theta = base.theta.copy()
        parts = {part.name: part.theta for part in instrument_table().parts}
        for j, sector in enumerate(base.sectors):
            if sector in parts:
                theta[j] = assumed[parts[sector]]
            elif f"{THETA}.{sector}" in draw:
                theta[j] = draw[f"{THETA}.{sector}"]
        duties = self.duties[setting.world.name, ""].at(draw)
        return dataclasses.replace(setting, baseline=dataclasses.replace(base, theta=theta), duties=duties)

    def law(self, place: Place, setting: Setting, spec: ScenarioSpec, draw: Mapping[str, Value]) -> LawShock:
        """
        Give the shock of a scenario in a draw.

        Parameters
        ----------
        place, setting
            The draw's world.
        spec
            The scenario.
        draw
            Name to value.

        Returns
        -------
        law
            Duties, effects of the other instruments, and the shock.
        """
        named = {item.name: item for item in self.design.parameters}
        own = {
            name: value
            for name, value in _numbers(draw).items()
            if (applies(named[name], spec) if name in named else name not in spec.assume)
        }
        assumed = self.study.assumed(spec) | own
        duties = self.duties[place.setting.world.name, spec.id].at(draw)
        duties = relieve(duties, setting.world, spec.relief, assumed)
        return law_shock(setting, spec, self.books[spec.id], assumed, duties=duties)

    def _solve(self, base: Baseline, shocks: Sequence[Shock], closure: str) -> list[Any]:
        """Equilibria side by side; one by one, with reasons, if one of them cannot be set up."""

        def together(some: Sequence[Shock]) -> list[Equilibrium]:
            limit = self.design.max_iterations
            return solve_many(base, some, closure=closure, throw=False, max_iterations=limit)  # type: ignore[arg-type]

        every = _attempt(together, shocks)
        if not isinstance(every, dict):
            return list(every)
        alone = [_attempt(together, [shock]) for shock in shocks]
        return [one if isinstance(one, dict) else one[0] for one in alone]

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
        words = {
            item.name for item in self.design.parameters if any(isinstance(v, str) for v in item.values or ())
        }
        words |= {name for row in self.design.rows for name, value in row.items() if isinstance(value, str)}
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


def prepare_cases(design: Design, study: StudySpec, ledger: Ledger) -> StudyCases:
    """
    Prepare a design but for its law: worlds loaded and carved, the run named.

    Parameters
    ----------
    design, study
        As `load_design` gives them.
    ledger
        All measures.

    Returns
    -------
    cases
        Ready for `with_law`.

    Raises
    ------
    StudyError, WorldError, LedgerError
        Something named does not exist.
    """
    worlds = {name: _load(name) for name in _world_names(design, study)}
    hashes = {"ledger": ledger.hash} | {name: world.hash for name, world in worlds.items()}
    labels = _labels(design, study, worlds)
    plain = {world.name: world for world in worlds.values()} | {
        w.name: w for w in worlds.values() if not w.variant
    }
    ready = {name: make_setting(study, world, ledger) for name, world in plain.items()}
    places = {name: _place(ready[world.name], world, study, labels) for name, world in worlds.items()}
    theta: dict[str, float] = {}
    parts = {part.name for part in instrument_table().parts}
    for place in places.values():
        base = place.setting.baseline
        theta |= {s: float(x) for s, x in zip(base.sectors, base.theta, strict=True) if s not in parts}
    content = [design.hash, study.hash, detente.__version__, *(f"{k}={v}" for k, v in hashes.items())]
    sampler = Sampler(design, theta)
    return StudyCases(
        design=design,
        study=study,
        key=hashlib.sha256("\n".join([*content, *sampler.names]).encode()).hexdigest(),
        labels=(*labels, *study.groups),
        places=places,
        books={spec.id: scenario_book(spec, ledger, study.assumed(spec)) for spec in study.scenarios},
        duties={},
        sampler=sampler,
        hashes=hashes,
    )


def with_law(
    cases: StudyCases, ledger: Ledger, cache: Path, *, say: Callable[[str], None] = lambda _text: None
) -> StudyCases:
    """
    Work out the duties of every scenario under the assumptions that vary, or read them if that has been done.

    Parameters
    ----------
    cases
        From `prepare_cases`.
    ledger
        All measures.
    cache
        File that keeps the duties; it belongs to the store, so to this run only.
    say
        Called with one line of text before each step.

    Returns
    -------
    cases
        Ready to be shipped.
    """
    tables = tables_from_file(cache)
    if tables is None:
        tables = {}
        study = cases.study
        for setting in {place.setting.world.name: place.setting for place in cases.places.values()}.values():
            for spec in (study.baseline, *study.scenarios):
                say(f"{setting.world.name}: the law of {spec.id} under the assumptions that vary")
                name = "" if spec is study.baseline else spec.id
                tables[setting.world.name, name] = tabulate(cases.design, study, spec, setting, ledger)
        write_whole(cache, tables_to_bytes(tables))
    return dataclasses.replace(cases, duties=tables)


def _world_names(design: Design, study: StudySpec) -> list[str]:
    """Worlds of the design; the study's comes first."""
    drawn = [str(value) for item in design.parameters if item.name == WORLD for value in item.values or ()]
    drawn += [str(row[WORLD]) for row in design.rows if WORLD in row]
    return list(dict.fromkeys(drawn or [study.world]))


def _load(name: str) -> World:
    """A world by ``NAME`` or ``NAME:VARIANT``."""
    plain, _, variant = name.partition(":")
    return load_world(plain, variant=variant)


def _labels(design: Design, study: StudySpec, worlds: Mapping[str, World]) -> tuple[str, ...]:
    """Economies whose outcomes are kept: the design's, or all that every world has."""
    known = [set(world.economies) for world in worlds.values()]
    first = next(iter(worlds.values())).economies
    common = [label for label in first if all(label in some for some in known)]
    if missing := sorted(set(design.economies) - set(common) - set(study.groups)):
        raise StudyError(
            "an economy that not every world of the design has",
            where=f"{design.id}: economies",
            found=", ".join(missing),
            allowed=", ".join([*common, *study.groups]),
            repair="leave it out",
        )
    return tuple(label for label in common if not design.economies or label in design.economies)


def _place(setting: Setting, world: World, study: StudySpec, labels: Sequence[str]) -> Place:
    """A world's setting, with the positions of economies and groups."""
    if world is not setting.world:
        baseline, parents = carve(world, study.assumed(study.baseline))
        setting = dataclasses.replace(setting, world=world, baseline=baseline, parents=parents)
    where = {label: k for k, label in enumerate(world.economies)}

    def inside(spec: ScenarioSpec) -> tuple[NDArray[np.intp], ...]:
        return tuple(
            np.array([where[label] for label in group_members(group, world, spec)], dtype=np.intp)
            for group in study.groups
        )

    groups = {spec.id: inside(spec) for spec in study.scenarios}
    return Place(setting, groups, np.array([where[label] for label in labels], dtype=np.intp))
