"""Run a study: every scenario against one baseline, its contrasts, and the same on other worlds."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

from detente.errors import ConvergenceError, StudyError
from detente.formatting import small
from detente.io.words import one_of
from detente.ledger import Ledger, open_ledger
from detente.model import Equilibrium, Shock, solve
from detente.policy.assumptions import check_assumptions
from detente.policy.instrument_table import instrument_table
from detente.policy.instruments.choice import check_names, choose_measures
from detente.policy.instruments.components import switchable
from detente.policy.instruments.incremental import moved_duties
from detente.policy.instruments.scenario_law import scenario_book, swap_measures
from detente.policy.instruments.shock import LawShock, compose, law_shock
from detente.policy.results import ContrastResult, Options, ScenarioResult, StudyRun
from detente.policy.solve_summary import SideRun, SideScenario, SideSolve, keep, parts_of
from detente.policy.studies.drivers import drivers_of
from detente.policy.studies.one_year import solve_at_one_year
from detente.policy.studies.scenario_rows import scenario_row
from detente.policy.studies.starting_point import for_world, make_setting, read_as, restart, setting_of
from detente.policy.study import A_SCENARIO, NO_SCENARIO, Contrast, StudySpec, load_study_spec
from detente.processes import Beside
from detente.world import load_world
from detente.world.variants import variant_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from detente.policy.instruments.shock import Setting
    from detente.policy.studies.drivers import Drivers

Progress = Callable[[str], None]


def run_study(
    study: str | Path | StudySpec,
    *,
    options: Options | None = None,
    ledger: Ledger | None = None,
    progress: Progress | None = None,
    beside: Beside | None = None,
    solved: StudyRun | None = None,
) -> StudyRun:
    """
    Solve every scenario of a study, what does not rest on the rest in a second process where there is one.

    `solved` is a run of the same study whose scenarios are solved, on the same law and with the same closure and terms.

    Dekle, Eaton and Kortum (2008), "Global rebalancing with gravity", IMF Staff Papers 55(3): the exact hat method.
    Caliendo and Parro (2015), Review of Economic Studies 82(1): the multi-sector form.
    """
    options = options or Options()
    say = progress or (lambda _text: None)
    spec = study if isinstance(study, StudySpec) else load_study_spec(study)
    spec = _restrict(spec, options)
    ledger = ledger or open_ledger()
    whole = options.robustness and options.world is None
    beside = beside if beside and whole else Beside()
    second = beside.ask(_second, spec, ledger, options) if whole and spec.second_world else None
    if solved is None:
        run = _solve_scenarios(spec, ledger, options, say)
    else:
        run = StudyRun(spec, solved.setting, ledger, dict(solved.scenarios), options=options)
    again = None if run.failed else beside.ask(_solve_again, run, options, beside.at_work)
    if options.contributions:
        run.scenarios.update({key: _with_sides(run, item, options) for key, item in run.scenarios.items()})
    if again is None:
        return run
    contrasts = tuple(_contrast(run, item, options, say) for item in spec.contrasts)
    run = dataclasses.replace(run, contrasts=contrasts)
    if options.contributions and options.elastic:
        year = solve_at_one_year(run, options, off=_off(options), say=say)
        run = dataclasses.replace(run, one_year=year)
    say(f"{run.world.name}: its estimates, and the second world")
    variants, moved = again.result()
    other = second.result() if second else None
    return dataclasses.replace(run, variants=variants, second=other, drivers=moved)


def _solve_scenarios(spec: StudySpec, ledger: Ledger, options: Options, say: Progress) -> StudyRun:
    """The scenarios alone, in their world."""
    name = options.world or spec.world
    say(f"loading {name}")
    setting = make_setting(spec, load_world(name), ledger, options=options)
    run = StudyRun(spec, setting, ledger, {}, options=options)
    run.scenarios.update({item.spec.id: item for item in _scenarios(run, options, say)})
    return run


def _solve_again(
    run: StudyRun, options: Options, moved: bool
) -> tuple[dict[str, dict[str, SideSolve]], dict[str, Drivers] | None]:
    """The scenarios on the variants of the world, and what moves them, if asked: what rests on them and on the law alone."""
    variants = {}
    if options.robustness and options.world is None:
        variants = {name: _variant(run, name, options) for name in variant_names(run.world.name)}
    return variants, drivers_of(run) if moved else None


def _restrict(spec: StudySpec, options: Options) -> StudySpec:
    """Keep the scenarios asked for, and the contrasts among them."""
    ids = [item.id for item in spec.scenarios]
    for name in options.scenarios:
        one_of(name, ids, what=NO_SCENARIO, where="--scenario", otherwise=A_SCENARIO, error=StudyError)
    spec = resolved(spec, options)
    if not options.scenarios:
        return spec
    kept = tuple(item for item in spec.scenarios if item.id in options.scenarios)
    contrasts = tuple(c for c in spec.contrasts if {c.of, c.against} <= set(options.scenarios))
    return spec.model_copy(update={"scenarios": kept, "contrasts": contrasts})


def resolved(spec: StudySpec, options: Options) -> StudySpec:
    """The study with the closure and the assumptions that the options put in place of its own."""
    if options.closure:
        spec = spec.model_copy(update={"closure": options.closure})
    if options.assume:
        check_assumptions(options.assume, spec, where="--assume")
        spec = spec.model_copy(update={"assume": {**spec.assume, **options.assume}})
    return spec


def _scenarios(run: StudyRun, options: Options, say: Progress) -> Iterator[ScenarioResult]:
    """Solve the scenarios of a run's study, one after another."""
    spec, setting = run.spec, run.setting
    chosen = {"only": options.only, "without": options.without}
    check_names(spec, run.ledger, setting.world, **chosen)
    books = [scenario_book(item, run.ledger, spec.assumed(item)) for item in spec.scenarios]
    found: ScenarioResult | None = None
    for item, whole in zip(spec.scenarios, books, strict=True):
        say(f"{setting.world.name}: {item.id}")
        book, assumed = choose_measures(whole, setting.book, **chosen), spec.assumed(item)
        own = setting_of(setting, spec, item, run.ledger, options)
        here = own or setting
        near = found if found and run.at(found) is here else None
        duties = moved_duties(here, near, item, book, assumed) if near else None
        law = law_shock(here, item, book, assumed, off=_off(options), duties=duties)
        found = ScenarioResult(item, book, law, solve_law(run, law, options, setting=own), setting=own)
        yield found


def solve_law(
    run: StudyRun,
    law: LawShock,
    options: Options,
    *,
    start: Equilibrium | None = None,
    setting: Setting | None = None,
) -> Equilibrium:
    """Solve a shock on a run's world with its closure, factors and elasticities."""
    return _solve(run, law.shock, options, start, setting)


def _solve(
    run: StudyRun, shock: Shock, options: Options, start: Equilibrium | None, setting: Setting | None
) -> Equilibrium:
    """Solve any shock as the run does."""
    return solve(
        (setting or run.setting).baseline,
        shock,
        **vars(options.terms(run.spec)),
        max_iterations=options.max_iterations,
        throw=False,
        start=start,
    )


def _with_sides(run: StudyRun, found: ScenarioResult, options: Options) -> ScenarioResult:
    """The scenario with its contributions and ranges; as it is if it did not converge."""
    if not found.equilibrium.converged:
        return found
    without, ranges = _without_each(run, found, options), _ranges(run, found, options)
    return dataclasses.replace(found, contributions=without, ranges=ranges)


def _without_each(run: StudyRun, found: ScenarioResult, options: Options) -> dict[str, SideSolve]:
    """Solve without each of the other instruments in turn, from the scenario's own equilibrium."""
    law = found.law
    kept = {}
    for effect in law.effects:
        shock = compose(run.at(found), law.tariff, [item for item in law.effects if item is not effect])
        kept[effect.instrument] = keep(_solve(run, shock, options, found.equilibrium, found.setting))
    return kept


def _ranges(
    run: StudyRun, found: ScenarioResult, options: Options
) -> dict[str, tuple[tuple[str, float, SideSolve], ...]]:
    """Solve under each alternative of the assumptions that set quantities, from the scenario's own equilibrium."""
    sizes = {effect.instrument: effect.size for effect in found.law.effects if effect.size}
    alternatives = {item.name: item.alternatives for item in instrument_table().assumptions}

    def at(name: str, value: float) -> SideSolve:
        assumed = run.spec.assumed(found.spec) | {name: value}
        same = found.law.duties
        law = law_shock(run.at(found), found.spec, found.book, assumed, off=_off(options), duties=same)
        at = solve_law(run, law, options, start=found.equilibrium, setting=found.setting)
        return keep(at, constraints=True)

    return {
        instrument: tuple((name, value, at(name, value)) for value in alternatives[name])
        for instrument, name in sizes.items()
    }


def _off(options: Options) -> set[str]:
    """Instruments other than tariffs that the options switch off."""
    return set(switchable()) & set(options.without)


def _contrast(run: StudyRun, contrast: Contrast, options: Options, say: Progress) -> ContrastResult:
    """Change one instrument after another, in the stated order and in its reverse."""
    start, goal = run.scenarios[contrast.against], run.scenarios[contrast.of]
    here, own = run.at(start), start.spec.assume | goal.spec.assume
    assumed = run.spec.assumed(start.spec.model_copy(update={"assume": own}))

    def walk(lines: Sequence[tuple[str, ...]]) -> tuple[tuple[SideSolve, ...], Equilibrium]:
        at = start.equilibrium
        kept, changed = [keep(at)], list[str]()
        for measures in lines:
            say(f"{run.world.name}: {contrast.id}: {measures[0]}")
            changed += measures
            book = swap_measures(start.book, goal.book, changed)
            duties = moved_duties(here, start, start.spec, book, assumed)
            law = law_shock(here, start.spec, book, assumed, off=_off(options), duties=duties)
            at = solve_law(run, law, options, start=at, setting=here)
            kept.append(keep(at))
        return tuple(kept), at

    lines = [line.measures for line in contrast.lines]
    forward, end = walk(lines)
    backward, _ = walk(lines[::-1])
    parts = (parts_of(start.equilibrium), parts_of(end)) if end.converged else None
    return ContrastResult(contrast, forward, backward, parts)


def _variant(run: StudyRun, variant: str, options: Options) -> dict[str, SideSolve]:
    """Solve the scenarios again on a variant of the world, with the same law."""
    world = load_world(run.spec.world, variant=variant)
    setting = restart(run.setting, run.spec, world, options=options)
    results = {}
    for name, item in run.scenarios.items():
        here = setting
        if item.setting is not None:
            here = restart(item.setting, read_as(run.spec, item.spec), world, options=options)
        assumed = run.spec.assumed(item.spec)
        law = law_shock(here, item.spec, item.book, assumed, off=_off(options), duties=item.law.duties)
        solved = solve_law(run, law, options, start=item.equilibrium, setting=here)
        results[name] = keep(solved)
    return results


def _second(study: StudySpec, ledger: Ledger, options: Options) -> SideRun:
    """Solve the scenarios on the study's second world, and let go of each once its part of the document is made."""
    world = load_world(str(study.second_world))
    spec = for_world(study.model_copy(update={"contrasts": (), "second_world": None}), world)
    setting = make_setting(spec, world, ledger, options=options)
    other = StudyRun(spec, setting, ledger, {}, options=options)
    found = {
        item.spec.id: SideScenario(item.equilibrium.status, scenario_row(other, item))
        for item in _scenarios(other, options, lambda _text: None)
    }
    return SideRun(world, found)


def require_converged(run: StudyRun) -> None:
    """Refuse a run in which a scenario did not converge."""
    for name in run.failed:
        eq = run.scenarios[name].equilibrium
        raise ConvergenceError(
            "a scenario did not converge",
            where=f"scenario {name}",
            found=f"{eq.status} (residual {small(eq.residual)} after {eq.iterations} iterations)",
            allowed="converged, residual below 1 in a billion",
            repair="raise the iteration limit, or report the study with its world",
        )
