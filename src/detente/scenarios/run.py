"""Run a study: every scenario against one baseline, its contrasts, and the same on other worlds."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

from detente.errors import ConvergenceError, StudyError
from detente.ledger import Ledger, open_ledger
from detente.model import Equilibrium, solve
from detente.scenarios.carve import carve
from detente.scenarios.choice import check_names, choose_measures
from detente.scenarios.instruments import switchable
from detente.scenarios.law import scenario_book, swap_measures
from detente.scenarios.results import ContrastResult, Options, ScenarioResult, StudyRun
from detente.scenarios.shock import LawShock, Setting, law_shock, ledger_duties
from detente.scenarios.study import Contrast, StudySpec, load_study_spec
from detente.scenarios.table import instrument_table
from detente.tariffs import Assumptions
from detente.world import World, load_world
from detente.world.variants import variant_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from detente.world import Baseline

Progress = Callable[[str], None]


def run_study(
    study: str | Path | StudySpec,
    *,
    options: Options | None = None,
    ledger: Ledger | None = None,
    progress: Progress | None = None,
) -> StudyRun:
    """
    Solve every scenario of a study.

    Parameters
    ----------
    study
        A built-in study's name, a file, or a study already read.
    options
        What to change of it.
    ledger
        All measures; the built-in ledger by default.
    progress
        Called with one line of text before each step.

    Returns
    -------
    run
        Results with their status. A scenario that did not converge is kept, with its status; see `StudyRun.failed`.

    Raises
    ------
    StudyError, LedgerError, WorldError
        Something named does not exist or is not usable; nothing is written.

    References
    ----------
    Dekle, Eaton and Kortum (2008), "Global rebalancing with gravity", IMF Staff Papers 55(3): the exact hat
    method. Caliendo and Parro (2015), Review of Economic Studies 82(1): the multi-sector form.
    """
    options = options or Options()
    say = progress or (lambda _text: None)
    spec = study if isinstance(study, StudySpec) else load_study_spec(study)
    spec = _restrict(spec, options)
    ledger = ledger or open_ledger()
    name = options.world or spec.world
    say(f"loading {name}")
    run = _run_on(spec, make_setting(spec, load_world(name), ledger), ledger, options, say)
    if not options.robustness or options.world is not None or run.failed:
        return run
    variants = {name: _variant(run, name, options, say) for name in variant_names(run.world.name)}
    second = None
    if spec.second_world:
        plain = spec.model_copy(update={"contrasts": (), "second_world": None})
        setting = make_setting(plain, load_world(spec.second_world), ledger)
        second = _run_on(plain, setting, ledger, dataclasses.replace(options, contributions=False), say)
    return dataclasses.replace(run, variants=variants, second=second)


def make_setting(spec: StudySpec, world: World, ledger: Ledger) -> Setting:
    """
    Prepare a world for a study: parts carved out, the ledger at the baseline aggregated.

    Parameters
    ----------
    spec
        Gives the baseline's day and the named assumptions.
    world
        The world.
    ledger
        All measures.

    Returns
    -------
    setting
        Shared by every scenario on this world.
    """
    assumptions = Assumptions()
    assumed = spec.assumed(spec.baseline)
    book = scenario_book(spec.baseline, ledger, assumed)
    baseline, parents = starting_point(world, assumed, spec.closure)
    duties = ledger_duties(book, world, baseline, parents, assumptions)
    return Setting(world, baseline, parents, assumptions, book, duties)


def starting_point(
    world: World, assumed: Mapping[str, float], closure: str
) -> tuple[Baseline, NDArray[np.intp]]:
    """
    The baseline every scenario is compared with: parts carved out and, under the closure ``zero``, no deficits.

    Parameters
    ----------
    world
        The world.
    assumed
        Values of the named assumptions.
    closure
        Of the study. Under ``zero`` the deficits are taken away first, as Caliendo and Parro (2015) do, so that a scenario
        shows its own measures and not the end of the deficits.

    Returns
    -------
    baseline, parents
        The baseline, and the position of the world's sector behind each of its sectors.
    """
    baseline, parents = carve(world, assumed)
    if closure == "zero":
        baseline = solve(baseline, closure="zero").as_baseline()
    return baseline, parents


def _restrict(spec: StudySpec, options: Options) -> StudySpec:
    """Keep the scenarios asked for, and the contrasts among them."""
    ids = [item.id for item in spec.scenarios]
    if unknown := [name for name in options.scenarios if name not in ids]:
        raise StudyError(
            "no such scenario in this study",
            where="--scenario",
            found=", ".join(unknown),
            allowed=", ".join(ids),
            repair=nearest(unknown[0], ids),
        )
    if options.closure:
        spec = spec.model_copy(update={"closure": options.closure})
    if not options.scenarios:
        return spec
    kept = tuple(item for item in spec.scenarios if item.id in options.scenarios)
    contrasts = tuple(c for c in spec.contrasts if {c.of, c.against} <= set(options.scenarios))
    return spec.model_copy(update={"scenarios": kept, "contrasts": contrasts})


def _run_on(spec: StudySpec, setting: Setting, ledger: Ledger, options: Options, say: Progress) -> StudyRun:
    """Solve the scenarios and contrasts on one world."""
    chosen = {"only": options.only, "without": options.without}
    check_names(spec, ledger, setting.world, **chosen)
    books = [scenario_book(item, ledger, spec.assumed(item)) for item in spec.scenarios]
    run = StudyRun(spec, setting, ledger, {})
    for item, whole in zip(spec.scenarios, books, strict=True):
        say(f"{setting.world.name}: {item.id}")
        book = choose_measures(whole, setting.book, **chosen)
        law = law_shock(setting, item, book, spec.assumed(item), off=_off(options))
        eq = solve_law(run, law, options)
        found = ScenarioResult(item, book, law, eq)
        if options.contributions and eq.status == "converged":
            without, ranges = _without_each(run, found, options), _ranges(run, found, options)
            found = dataclasses.replace(found, contributions=without, ranges=ranges)
        run.scenarios[item.id] = found
    if run.failed:
        return run
    contrasts = tuple(_contrast(run, item, options, say) for item in spec.contrasts)
    return dataclasses.replace(run, contrasts=contrasts)


def solve_law(
    run: StudyRun, law: LawShock, options: Options, *, start: Equilibrium | None = None
) -> Equilibrium:
    """
    Solve a shock on a run's world with its closure, factors and elasticities.

    Parameters
    ----------
    run
        Gives the baseline and the closure.
    law
        The shock.
    options
        Factors, horizon, iteration limit.
    start
        A nearby equilibrium.

    Returns
    -------
    equilibrium
        Audited; its status may be other than converged.
    """
    return solve(
        run.setting.baseline,
        law.shock,
        closure=run.spec.closure,
        factors=options.factors,
        horizon=options.horizon,
        max_iterations=options.max_iterations,
        throw=False,
        start=start,
    )


def _without_each(run: StudyRun, found: ScenarioResult, options: Options) -> dict[str, Equilibrium]:
    """Solve without each of the other instruments in turn."""
    return {
        effect.instrument: _again(run, found, options, off={effect.instrument})
        for effect in found.law.effects
    }


def _ranges(
    run: StudyRun, found: ScenarioResult, options: Options
) -> dict[str, tuple[tuple[str, float, Equilibrium], ...]]:
    """Solve under each alternative of the assumptions that set quantities."""
    sizes = {effect.instrument: effect.size for effect in found.law.effects if effect.size}
    alternatives = {item.name: item.alternatives for item in instrument_table().assumptions}
    return {
        instrument: tuple(
            (name, value, _again(run, found, options, assume={name: value})) for value in alternatives[name]
        )
        for instrument, name in sizes.items()
    }


def _again(
    run: StudyRun,
    found: ScenarioResult,
    options: Options,
    *,
    off: Collection[str] = (),
    assume: Mapping[str, float] | None = None,
) -> Equilibrium:
    """Solve a scenario again with instruments off or assumptions changed, from its own equilibrium."""
    assumed = run.spec.assumed(found.spec) | dict(assume or {})
    switched = {*_off(options), *off}
    law = law_shock(run.setting, found.spec, found.book, assumed, off=switched, duties=found.law.duties)
    return solve_law(run, law, options, start=found.equilibrium)


def _off(options: Options) -> set[str]:
    """Instruments other than tariffs that the options switch off."""
    return set(switchable()) & set(options.without)


def _contrast(run: StudyRun, contrast: Contrast, options: Options, say: Progress) -> ContrastResult:
    """Change one instrument after another, in the stated order and in its reverse."""
    start, goal = run.scenarios[contrast.against], run.scenarios[contrast.of]
    assumed = run.spec.assumed(start.spec) | goal.spec.assume

    def walk(lines: Sequence[tuple[str, ...]]) -> tuple[Equilibrium, ...]:
        steps = [start.equilibrium]
        changed: list[str] = []
        for measures in lines:
            say(f"{run.world.name}: {contrast.id}: {measures[0]}")
            changed += measures
            book = swap_measures(start.book, goal.book, changed)
            law = law_shock(run.setting, start.spec, book, assumed, off=_off(options))
            steps.append(solve_law(run, law, options, start=steps[-1]))
        return tuple(steps)

    lines = [line.measures for line in contrast.lines]
    return ContrastResult(contrast, forward=walk(lines), backward=walk(lines[::-1]))


def nearest(name: str, known: Iterable[str]) -> str:
    """
    Hint at the nearest known id.

    Parameters
    ----------
    name
        What was written.
    known
        What exists.

    Returns
    -------
    str
        A question, or where to look.
    """
    from rapidfuzz import process  # noqa: PLC0415  (only needed for an error)

    best = process.extractOne(name, list(known))
    return f"did you mean {best[0]}?" if best else "see `detente ledger ls`"


def _variant(run: StudyRun, variant: str, options: Options, say: Progress) -> dict[str, Equilibrium]:
    """Solve the scenarios again on a variant of the world, with the same law."""
    world = load_world(run.spec.world, variant=variant)
    baseline, parents = starting_point(world, run.spec.assumed(run.spec.baseline), run.spec.closure)
    setting = dataclasses.replace(run.setting, world=world, baseline=baseline, parents=parents)
    other = dataclasses.replace(run, setting=setting)
    results = {}
    for name, item in run.scenarios.items():
        say(f"{world.name} ({variant}): {name}")
        assumed = run.spec.assumed(item.spec)
        law = law_shock(setting, item.spec, item.book, assumed, off=_off(options), duties=item.law.duties)
        results[name] = solve_law(other, law, options, start=item.equilibrium)
    return results


def require_converged(run: StudyRun) -> None:
    """
    Refuse a run in which a scenario did not converge.

    Parameters
    ----------
    run
        Results of a study.

    Raises
    ------
    ConvergenceError
        At least one scenario has no equilibrium; its status and residual are given.
    """
    for name in run.failed:
        eq = run.scenarios[name].equilibrium
        raise ConvergenceError(
            "a scenario did not converge",
            where=f"scenario {name}",
            found=f"{eq.status} (residual {eq.residual:.1e} after {eq.iterations} iterations)",
            allowed="converged, residual below 1e-9",
            repair="raise the iteration limit, or report the study with its world",
        )
