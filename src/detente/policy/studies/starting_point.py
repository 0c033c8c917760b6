"""Where scenarios start: the world under the law of a study's baseline."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from detente.duties import Assumptions
from detente.errors import ConvergenceError, StudyError
from detente.formatting import small
from detente.io.dates import parse_date
from detente.io.words import near_names
from detente.ledger import Ledger, open_ledger
from detente.model import solve
from detente.policy.assumptions import THETA, of_the_world, sector_of
from detente.policy.instrument_table import instrument_table
from detente.policy.instruments.disaggregation import carve
from detente.policy.instruments.scenario_law import scenario_book, stated_duties
from detente.policy.instruments.shock import Origin, Setting, law_shock, ledger_duties
from detente.policy.results import Options
from detente.policy.study import ScenarioSpec, StudySpec
from detente.world import World, load_world

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from detente.model import Closure, Limit
    from detente.world import Baseline

# Step of the solve to the baseline's law: every scenario stands on it, so it is ten times as fine as a scenario's.
TOLERANCE = 3e-12


def make_setting(spec: StudySpec, world: World, ledger: Ledger, *, options: Options | None = None) -> Setting:
    """Prepare a world for a study: its law read on the day of its data and at the baseline, then moved to the latter."""
    known = Assumptions(ledger.law().assumptions)
    given = spec.given(spec.baseline)
    assumptions = known.with_values(**{name: value for name, value in given.items() if name in known})
    assumed = spec.assumed(spec.baseline)
    base, parents = place_world(world, spec)
    book = scenario_book(spec.baseline, ledger, assumed)
    data = data_spec(spec.baseline, world)
    read = book if same_law(spec.baseline, data) else scenario_book(data, ledger, assumed)
    before = ledger_duties(read, world, base, parents, assumptions)
    duties = before if read is book else ledger_duties(book, world, base, parents, assumptions)
    if spec.baseline.relief or spec.baseline.surcharges:
        duties = stated_duties(duties, world, parents, spec.baseline, assumed)
    setting = Setting(world, base, parents, assumptions, book, duties, Origin(base, read, before))
    return starting_point(setting, spec, options=options)


def starting_point(
    setting: Setting,
    spec: StudySpec,
    *,
    options: Options | None = None,
    assumed: Mapping[str, float] | None = None,
) -> Setting:
    """
    Move a world from the law of its data to that of a study's baseline: the one place every question starts from.

    `setting` gives the origin and the law at the baseline; `assumed` stands in for the study's values. The step is solved
    with the closure, factors and horizon of the scenarios. Where the two laws charge and hold the same, nothing is solved.
    """
    options, origin = options or Options(), setting.origin
    setting = dataclasses.replace(setting, horizon=options.horizon)
    if setting.book is origin.book and setting.duties is origin.duties:
        return dataclasses.replace(setting, baseline=origin.baseline, law=None, moved=None)
    named = spec.assumed(spec.baseline) if assumed is None else assumed
    still = dataclasses.replace(setting, baseline=origin.baseline, law=None, moved=None)
    law = law_shock(still, spec.baseline, setting.book, named, duties=setting.duties)
    still = dataclasses.replace(still, law=law)
    if not law.effects and (law.tariff == origin.baseline.tariff).all():
        return still
    _refuse_closed(law.shock.limits, spec)
    moved = solve(
        origin.baseline,
        law.shock,
        **vars(options.terms(spec)),
        max_iterations=options.max_iterations,
        tolerance=TOLERANCE,
        throw=False,
    )
    if not moved.converged:
        raise ConvergenceError(
            "the baseline of a study is no equilibrium",
            where=f"study {spec.id}: baseline {spec.baseline.id}, on {setting.world.name}",
            found=f"{moved.status} (residual {small(moved.residual)} after {moved.iterations} iterations)",
            allowed="converged, residual below 1 in a billion",
            repair="raise the iteration limit, or choose a baseline nearer to the law of the world's data",
        )
    return dataclasses.replace(still, baseline=moved.as_baseline(), moved=moved)


def restart(setting: Setting, spec: StudySpec, world: World, *, options: Options | None = None) -> Setting:
    """The starting point of the same law on another estimate of the world, or under another closure, factors or horizon."""
    base, parents = place_world(world, spec)
    origin = dataclasses.replace(setting.origin, baseline=base)
    other = dataclasses.replace(setting, world=world, parents=parents, origin=origin)
    return starting_point(other, spec, options=options)


def place_world(world: World, spec: StudySpec) -> tuple[Baseline, NDArray[np.intp]]:
    """
    The world's equilibrium as a study reads it, and the parent of each of its sectors.

    Parts are carved out, elasticities are the study's where it gives them, and the closure ``zero`` takes deficits away.
    """
    baseline, parents = carve(world, spec.assumed(spec.baseline))
    baseline = with_elasticities(baseline, spec.elasticities(spec.baseline))
    return (without_deficits(baseline) if spec.closure == "zero" else baseline), parents


def with_elasticities(baseline: Baseline, values: Mapping[str, float]) -> Baseline:
    """The same equilibrium with other trade elasticities, by sector."""
    theta = baseline.theta.copy()
    for sector, value in values.items():
        if sector not in baseline.sectors:
            near = near_names(sector, baseline.sectors)
            raise StudyError(
                "an elasticity of a sector the world does not have",
                where="assume",
                found=f"{THETA}{sector}",
                allowed=", ".join(baseline.sectors),
                repair=f"did you mean {' or '.join(near)}?" if near else "name one of these sectors",
            )
        theta[baseline.sectors.index(sector)] = value
    return dataclasses.replace(baseline, theta=theta) if values else baseline


def read_as(spec: StudySpec, item: ScenarioSpec) -> StudySpec:
    """The study, its baseline read under the elasticities and judgements of a scenario; the same object if it has none."""
    given = spec.given(spec.baseline)
    own = {k: v for k, v in item.assume.items() if of_the_world(k) and given.get(k) != v}
    if not own:
        return spec
    baseline = spec.baseline.model_copy(update={"assume": {**spec.baseline.assume, **own}})
    return spec.model_copy(update={"baseline": baseline})


def for_world(spec: StudySpec, world: World) -> StudySpec:
    """The study for a second world: elasticities of sectors that it does not have are left out."""
    sectors = {*world.sectors, *(part.name for part in instrument_table().parts)}

    def kept(values: Mapping[str, float | str]) -> dict[str, float | str]:
        return {k: v for k, v in values.items() if sector_of(k) in {None, *sectors}}

    def own(item: ScenarioSpec) -> ScenarioSpec:
        return item.model_copy(update={"assume": kept(item.assume)})

    scenarios = tuple(own(item) for item in spec.scenarios)
    changes = {"assume": kept(spec.assume), "baseline": own(spec.baseline), "scenarios": scenarios}
    return spec.model_copy(update=changes)


def setting_of(
    setting: Setting, spec: StudySpec, item: ScenarioSpec, ledger: Ledger, options: Options
) -> Setting | None:
    """The setting of a scenario that reads the world or the law otherwise than its study; None for the study's."""
    other = read_as(spec, item)
    return None if other is spec else make_setting(other, setting.world, ledger, options=options)


def without_deficits(baseline: Baseline) -> Baseline:
    """The equilibrium in which every deficit has ended, from which Caliendo and Parro (2015) start; same elasticities."""
    return solve(baseline, closure="zero").as_baseline()


def data_spec(baseline: ScenarioSpec, world: World) -> ScenarioSpec:
    """The law that the tariffs of a world's data are of, read as the baseline is read."""
    return ScenarioSpec(
        id="data",
        label="Law of the data",
        definition=f"the ledger on {world.law_day}",
        on=world.law_day,
        ends=baseline.ends,
        view=baseline.view,
        assume=baseline.assume,
    )


def same_law(baseline: ScenarioSpec, data: ScenarioSpec) -> bool:
    """Whether a baseline is the law of the data by its very description."""
    return (baseline.on, baseline.known_on) == (data.on, None) and not baseline.edits.any


def _refuse_closed(limits: Iterable[Limit], spec: StudySpec) -> None:
    """A flow that the baseline forbids altogether cannot be opened again from it."""
    closed = [item.label for item in limits if item.volume == 0]
    if closed:
        raise StudyError(
            "a baseline that closes a flow leaves nothing to compare with",
            where=f"study {spec.id}: baseline {spec.baseline.id}",
            found=", ".join(closed),
            allowed="a limit above zero in the baseline",
            repair="give the limit in a scenario, or a small volume such as 0.01 in the baseline",
        )


def at_law(
    world: World | str | Path,
    on: str | dt.date,
    *,
    ledger: Ledger | None = None,
    known_on: str | dt.date | None = None,
    closure: Closure = "fixed",
    options: Options | None = None,
) -> Baseline:
    """
    Move a world from the law of its data to the law of another day.

    Parameters
    ----------
    world
        A world, its name or its file.
    on
        Day of the law, ISO.
    ledger
        All measures; the built-in ledger by default.
    known_on
        To someone who knew only what was known on this day.
    closure
        Trade deficits: "fixed", "zero", "proportional" or "saving".
    options
        Factors, horizon and limit of the solve.

    Returns
    -------
    Baseline
        An equilibrium with the tariffs, trade and incomes the model gives under that law, for `solve`; the small parts of
        industries that instruments act on are sectors of their own.

    Raises
    ------
    InputError, LedgerError, WorldError
        A day, a measure or a world that cannot be read.
    ConvergenceError
        There is no equilibrium under that law.

    Examples
    --------
    >>> import detente as dt
    >>> before = dt.at_law("wiod2011", "2018-01-01")
    >>> before.economies.index("USA"), before.residual() < 1e-9
    (39, True)
    """
    found = world if isinstance(world, World) else load_world(world)
    day = parse_date(on, where="at_law(on=...)")
    known = None if known_on is None else parse_date(known_on, where="at_law(known_on=...)")
    law = ScenarioSpec(id="law", label=str(day), definition=f"the ledger on {day}", on=day, known_on=known)
    # No question is asked of it, so it has no pairs.
    fields: dict[str, Any] = {"id": "law", "world": found.name, "closure": closure}
    study = StudySpec.model_construct(**fields, baseline=law, scenarios=())
    return make_setting(study, found, ledger or open_ledger(), options=options).baseline
