"""A design made ready: worlds loaded and carved, the run named, the law tabulated in a process of its own."""

from __future__ import annotations

import dataclasses
import hashlib
import pickle
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING

import numpy as np

import detente
from detente.duties import Assumptions
from detente.errors import StudyError
from detente.manifest import data_hash
from detente.model.saving import require_investment
from detente.policy.instrument_table import instrument_table
from detente.policy.instruments.choice import check_names
from detente.policy.instruments.disaggregation import carve
from detente.policy.instruments.scenario_law import scenario_book
from detente.policy.instruments.shock import Origin, Setting
from detente.policy.outcomes import group_members
from detente.policy.studies.starting_point import data_spec, read_as, same_law, with_elasticities
from detente.policy.sweeps.cases import BASELINE, DATA, Place, StudyCases
from detente.policy.sweeps.duties import Duties, Tables, tables_from_file, tables_to_bytes, tabulate
from detente.policy.sweeps.sampling import Sampler
from detente.policy.sweeps.schema import CLOSURE, WORLD, Design
from detente.policy.sweeps.stores.files import write_whole
from detente.policy.sweeps.workers import require_start, spawned
from detente.stamp import digest
from detente.world import load_world

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from detente.ledger import Ledger
    from detente.policy.study import ScenarioSpec, StudySpec
    from detente.world import World

# What the process that tabulates the law has been given.
_GIVEN: list[tuple[StudyCases, Ledger]] = []


def prepare_cases(design: Design, study: StudySpec, ledger: Ledger) -> StudyCases:
    """Prepare a design but for its law: worlds loaded and carved, the run named."""
    _refuse_own_worlds(study)
    worlds = {name: _load(name) for name in _world_names(design, study)}
    for world in worlds.values():
        check_names(study, ledger, world)
    hashes = {"ledger": ledger.hash} | {name: world.hash for name, world in worlds.items()}
    labels = _labels(design, study, worlds)
    places = {name: _place(world, study, ledger, labels) for name, world in worlds.items()}
    theta: dict[str, float] = {}
    parts = {part.name for part in instrument_table().parts}
    for place in places.values():
        base = place.setting.origin.baseline
        theta |= {s: float(x) for s, x in zip(base.sectors, base.theta, strict=True) if s not in parts}
    content = [design.hash, study.hash, detente.__version__, *(f"{k}={v}" for k, v in hashes.items())]
    content += [f"data={data_hash(solved=True)}", *study.scenario_hashes.values()]
    if "saving" in _closures(design, study):
        bases = (place.setting.origin.baseline for place in places.values())
        content += [f"invested={digest(require_investment(base).tolist())}" for base in bases]
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


def _closures(design: Design, study: StudySpec) -> set[object]:
    """Closures of a design: the study's, and those that its draws take."""
    drawn = (item.values or () for item in design.varied if item.name == CLOSURE)
    return {study.closure, *(value for values in drawn for value in values)}


def _refuse_own_worlds(study: StudySpec) -> None:
    """All scenarios of a sweep share one reading of the world and the law in each draw."""
    if own := [item.id for item in study.scenarios if read_as(study, item) is not study]:
        raise StudyError(
            "scenarios of a sweep read the world differently",
            where=f"study {study.id}: assume",
            found=", ".join(own),
            allowed="elasticities and judgements of the law under `assume` of the study, or as parameters of the design",
            repair="move them there",
        )


def with_law(
    cases: StudyCases, ledger: Ledger, cache: Path, *, say: Callable[[str], None] = lambda _text: None
) -> StudyCases:
    """
    Work out the duties of every scenario under the assumptions that vary, or read them if that has been done.

    In a process of its own, since the schedules take a gigabyte that nothing needs afterwards.
    """
    tables = tables_from_file(cache)
    if tables is None:
        tables = _tabulate_apart(cases, ledger, say)
        write_whole(cache, tables_to_bytes(tables))
    return dataclasses.replace(cases, duties=tables)


def _tabulate_apart(cases: StudyCases, ledger: Ledger, say: Callable[[str], None]) -> Tables:
    """Tabulate scenario by scenario in one other process, which ends with its work."""
    tables: Tables = {}
    worlds = dict.fromkeys(place.setting.world.name for place in cases.places.values())
    payload = pickle.dumps((cases, ledger), protocol=pickle.HIGHEST_PROTOCOL)
    with spawned(1, payload, _receive) as make, make() as apart:
        require_start(apart)
        for world in worlds:
            for name, spec in _laws(cases, world).items():
                say(f"{world}: the law of {spec.id} under the assumptions that vary")
                try:
                    tables[world, name] = apart.submit(_tabulate, world, name).result()
                except BrokenProcessPool:
                    raise StudyError(
                        "the law could not be worked out",
                        where=f"{world}: {spec.id}",
                        found="the process that works it out ended without an answer",
                        allowed="about 2 GB of memory for it",
                        repair="make room and run the same command again",
                    ) from None
    return tables


def _receive(payload: bytes) -> None:
    """Take what the duties are worked out from, once."""
    _GIVEN[:] = [pickle.loads(payload)]  # noqa: S301  (sent by the process that started this one)


def _setting_of(cases: StudyCases, world: str) -> Setting:
    """The setting of a world; its estimates share one law."""
    return next(place.setting for place in cases.places.values() if place.setting.world.name == world)


def _laws(cases: StudyCases, world: str) -> dict[str, ScenarioSpec]:
    """Everything whose duties a world needs: the baseline, the law of its data if that is another, the scenarios."""
    setting, study = _setting_of(cases, world), cases.study
    laws = {BASELINE: study.baseline}
    if setting.book is not setting.origin.book:
        laws[DATA] = data_spec(study.baseline, setting.world)
    return laws | {spec.id: spec for spec in study.scenarios}


def _tabulate(world: str, name: str) -> Duties:
    """Tabulate the duties of one scenario, of the baseline, or of the law of the data, on one world."""
    cases, ledger = _GIVEN[0]
    spec = _laws(cases, world)[name]
    return tabulate(cases.design, cases.study, spec, _setting_of(cases, world), ledger)


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


def _place(world: World, study: StudySpec, ledger: Ledger, labels: Sequence[str]) -> Place:
    """A world's setting, with the positions of economies and groups."""
    assumed = study.assumed(study.baseline)
    baseline, parents = carve(world, assumed)
    baseline = with_elasticities(baseline, study.elasticities(study.baseline))
    known, given = Assumptions(ledger.law().assumptions), study.given(study.baseline)
    judged = known.with_values(**{name: value for name, value in given.items() if name in known})
    book, data = scenario_book(study.baseline, ledger, assumed), data_spec(study.baseline, world)
    read = book if same_law(study.baseline, data) else scenario_book(data, ledger, assumed)
    none = np.zeros(baseline.tariff.shape)
    setting = Setting(world, baseline, parents, judged, book, none, Origin(baseline, read, none))
    where = {label: k for k, label in enumerate(world.economies)}

    def inside(spec: ScenarioSpec) -> tuple[NDArray[np.intp], ...]:
        return tuple(
            np.array([where[label] for label in group_members(group, world, spec)], dtype=np.intp)
            for group in study.groups
        )

    groups = {spec.id: inside(spec) for spec in study.scenarios}
    return Place(setting, groups, np.array([where[label] for label in labels], dtype=np.intp))
