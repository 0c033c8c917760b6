"""A scenario solved again under another value of one assumption: exactly, from the world to the equilibrium."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from detente.model import solve
from detente.policy.assumptions import CARVING, Value, sector_of
from detente.policy.instrument_table import instrument_table
from detente.policy.instruments.components import effects_of
from detente.policy.instruments.scenario_law import stated_duties
from detente.policy.instruments.shock import Setting, law_shock, ledger_duties
from detente.policy.results import Options
from detente.policy.solve_summary import SideSolve, keep
from detente.policy.studies.starting_point import place_world, starting_point, with_elasticities

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detente.ledger import Book
    from detente.policy.results import ScenarioResult, StudyRun
    from detente.policy.study import ScenarioSpec, StudySpec


# Step at which a solve stops: a change of real income is right to a millionth of a percent, and the audit is the same.
TOLERANCE = 1e-8


def solve_under(run: StudyRun, found: ScenarioResult, name: str, value: Value) -> SideSolve:
    """
    Solve a scenario with one assumption at another value, the baseline under the same value.

    What the value moves is worked out again (the carving, the duties of every pair on every day compared, the effects of the
    instruments, the step to the baseline); nothing is approximated. The solve begins at the scenario's own equilibrium.
    """
    terms = found.equilibrium.terms
    options = Options(factors=terms.factors, horizon=str(terms.horizon))
    study, item = _with(run.spec, found.spec, name, value)
    setting, duties = run.at(found), found.law.duties
    off = _switched_off(run, found)
    if name in setting.assumptions:
        setting, duties = _judged_again(setting, study, found, name, value)
    elif sector_of(name) is not None or _carves(name):
        setting = _placed_again(setting, study)
    setting = starting_point(setting, study, options=options)
    law = law_shock(setting, item, found.book, study.assumed(item), off=off, duties=duties)
    eq = solve(
        setting.baseline,
        law.shock,
        **vars(terms),
        start=found.equilibrium,
        tolerance=TOLERANCE,
        throw=False,
    )
    return keep(eq)


def _with(study: StudySpec, item: ScenarioSpec, name: str, value: Value) -> tuple[StudySpec, ScenarioSpec]:
    """The study and one of its scenarios with an assumption at another value, also where the scenario states its own."""
    own = item.model_copy(update={"assume": {**item.assume, name: value}})
    return study.model_copy(update={"assume": {**study.assume, name: value}}), own


def _switched_off(run: StudyRun, found: ScenarioResult) -> set[str]:
    """Instruments that the run's options keep as the baseline has them."""
    usual = effects_of(run.at(found), found.book, run.spec.assumed(found.spec))
    return {item.instrument for item in usual} - {item.instrument for item in found.law.effects}


def _carves(name: str) -> bool:
    """Whether an assumption shapes the parts carved out of industries."""
    return name in CARVING or name in {part.theta for part in instrument_table().parts}


def _placed_again(setting: Setting, study: StudySpec) -> Setting:
    """The setting with its world placed again; only elasticities that change leave the flows as they are."""
    given = study.elasticities(study.baseline)
    plain = study.closure != "zero" and not any(_carves(name) for name in study.given(study.baseline))
    if plain:
        base = with_elasticities(setting.origin.baseline, given)
    else:
        base, _ = place_world(setting.world, study)
    return dataclasses.replace(setting, origin=dataclasses.replace(setting.origin, baseline=base))


def _judged_again(
    setting: Setting, study: StudySpec, found: ScenarioResult, name: str, value: Value
) -> tuple[Setting, NDArray[np.float64]]:
    """The setting and the scenario's duties under another judgement, on every pair and on every day that is compared."""
    judged = setting.assumptions.with_values(**{name: value})
    origin, base, parents, world = setting.origin, setting.origin.baseline, setting.parents, setting.world

    def read(book: Book) -> NDArray[np.float64]:
        return ledger_duties(book, world, base, parents, judged)

    before = read(origin.book)
    duties = before
    if setting.book is not origin.book:
        assumed = study.assumed(study.baseline)
        duties = stated_duties(read(setting.book), world, parents, study.baseline, assumed)
    other = dataclasses.replace(
        setting,
        assumptions=judged,
        duties=duties,
        origin=dataclasses.replace(origin, duties=before),
    )
    assumed = study.assumed(found.spec)
    return other, stated_duties(read(found.book), world, parents, found.spec, assumed)
