"""Run a study: every scenario against one baseline, its contrasts, and the same on other worlds."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from detente.errors import ConvergenceError, StudyError
from detente.ledger import Book, Ledger, open_ledger
from detente.model import Equilibrium, Shock, solve
from detente.scenarios.law import additional_duties, new_tariff, relieve, scenario_book, swap_measures
from detente.scenarios.study import Contrast, ScenarioSpec, StudySpec, load_study_spec
from detente.tariffs import Assumptions
from detente.world import World, load_world

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

Progress = Callable[[str], None]


@dataclass(frozen=True)
class ScenarioResult:
    """
    One scenario, solved.

    Attributes
    ----------
    spec
        The scenario as the study defines it.
    book
        What is on the books in it.
    duties
        Additional duties of the ledger, shape (J, N, N): sector, importer, exporter.
    tariff
        Tariffs of the scenario: t0 plus the change of the ledger, same shape.
    floored
        Cells in which duties removed exceed what was collected; their tariff is zero.
    equilibrium
        The audited solution.
    """

    spec: ScenarioSpec
    book: Book
    duties: NDArray[np.float64]
    tariff: NDArray[np.float64]
    floored: int
    equilibrium: Equilibrium


@dataclass(frozen=True)
class ContrastResult:
    """
    What one scenario is worth against another, instrument by instrument.

    Attributes
    ----------
    contrast
        The definition.
    forward, backward
        For each line, the equilibrium after it is added in the stated order, and in its reverse.
        The first entry of each is the starting scenario without any line.
    """

    contrast: Contrast
    forward: tuple[Equilibrium, ...]
    backward: tuple[Equilibrium, ...]


@dataclass(frozen=True)
class StudyRun:
    """
    A study that has been run on one world.

    Attributes
    ----------
    spec, world, ledger, assumptions
        What was run.
    baseline
        What is on the books at the baseline, and its duties.
    scenarios
        Results by scenario id, in the study's order.
    contrasts
        Contrasts whose two scenarios were both run.
    variants
        Scenario results on variants of the world, by variant and scenario id: the band.
    second
        The same study on the second world, if asked.
    """

    spec: StudySpec
    world: World
    ledger: Ledger
    assumptions: Assumptions
    baseline: tuple[Book, NDArray[np.float64]]
    scenarios: dict[str, ScenarioResult]
    contrasts: tuple[ContrastResult, ...] = ()
    variants: dict[str, dict[str, Equilibrium]] = dataclasses.field(default_factory=dict)
    second: StudyRun | None = None

    @property
    def failed(self) -> tuple[str, ...]:
        """Ids of the scenarios that did not converge."""
        return tuple(name for name, item in self.scenarios.items() if item.equilibrium.status != "converged")


@dataclass(frozen=True)
class Options:
    """
    What a run may change of its study.

    Attributes
    ----------
    world
        A world's name or file instead of the study's.
    closure
        Deficit closure instead of the study's.
    scenarios
        Only these scenario ids; empty means all.
    only, without
        Patterns of measure ids (``us.s232.*``): only these, or all but these, change from the baseline.
    robustness
        Whether to solve the band's variants and the second world as well.
    max_iterations
        Limit of a solve; a solve that stops there is `not converged`.
    """

    world: str | Path | None = None
    closure: str | None = None
    scenarios: Sequence[str] = ()
    only: Sequence[str] = ()
    without: Sequence[str] = ()
    robustness: bool = True
    max_iterations: int = 500


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
    say(f"loading {options.world or spec.world}")
    run = _run_on(spec, load_world(options.world or spec.world), ledger, options, say)
    if not options.robustness or options.world is not None:
        return run
    variants = {name: _variant(run, name, say) for name in run.world.variants}
    second = None
    if spec.second_world:
        plain = spec.model_copy(update={"contrasts": (), "second_world": None})
        second = _run_on(plain, load_world(spec.second_world), ledger, options, say)
    return dataclasses.replace(run, variants=variants, second=second)


def _restrict(spec: StudySpec, options: Options) -> StudySpec:
    """Keep the scenarios asked for, and the contrasts among them."""
    ids = [item.id for item in spec.scenarios]
    if unknown := [name for name in options.scenarios if name not in ids]:
        raise StudyError(
            "no such scenario in this study",
            where="--scenario",
            found=", ".join(unknown),
            allowed=", ".join(ids),
            repair="name scenarios of the study",
        )
    if options.closure:
        spec = spec.model_copy(update={"closure": options.closure})
    if not options.scenarios:
        return spec
    kept = tuple(item for item in spec.scenarios if item.id in options.scenarios)
    contrasts = tuple(c for c in spec.contrasts if {c.of, c.against} <= set(options.scenarios))
    return spec.model_copy(update={"scenarios": kept, "contrasts": contrasts})


def _run_on(spec: StudySpec, world: World, ledger: Ledger, options: Options, say: Progress) -> StudyRun:
    """Solve the scenarios and contrasts on one world."""
    assumptions = Assumptions()
    base_book = scenario_book(spec.baseline, ledger, spec.assumed(spec.baseline))
    base = additional_duties(base_book, world, assumptions)
    run = StudyRun(spec, world, ledger, assumptions, (base_book, base), {})
    for item in spec.scenarios:
        say(f"{world.name}: {item.id}")
        book = _filter(scenario_book(item, ledger, spec.assumed(item)), base_book, options)
        duties = additional_duties(book, world, assumptions)
        duties = relieve(duties, world, item.relief, spec.assumed(item))
        run.scenarios[item.id] = _solve_scenario(run, item, book, duties, options)
    contrasts = tuple(_contrast(run, item, options, say) for item in spec.contrasts)
    return dataclasses.replace(run, contrasts=contrasts)


def _solve_scenario(
    run: StudyRun, item: ScenarioSpec, book: Book, duties: NDArray[np.float64], options: Options
) -> ScenarioResult:
    """Solve one scenario given its duties."""
    baseline = run.world.baseline()
    tariff, floored = new_tariff(baseline.tariff, duties, run.baseline[1])
    equilibrium = solve(
        baseline,
        Shock(tariff=tariff),
        closure=run.spec.closure,
        max_iterations=options.max_iterations,
        throw=False,
    )
    return ScenarioResult(item, book, duties, tariff, floored, equilibrium)


def _filter(book: Book, base_book: Book, options: Options) -> Book:
    """Let only the chosen measures change from the baseline."""
    ids = sorted({item.measure.id for item in book.positions})
    if options.only:
        chosen = _matching(ids, options.only, "--only")
        book = swap_measures(base_book, book, chosen)
    if options.without:
        chosen = _matching(ids, options.without, "--without")
        book = swap_measures(book, base_book, chosen)
    return book


def _matching(ids: Iterable[str], patterns: Sequence[str], where: str) -> list[str]:
    """Ids that match any of the patterns; a pattern that matches nothing is an error."""
    ids = list(ids)
    for pattern in patterns:
        if not any(fnmatch(name, pattern) for name in ids):
            raise StudyError(
                "no measure matches",
                where=where,
                found=pattern,
                allowed="a measure id or a pattern such as us.s232.*",
                repair="see `detente ledger ls`",
            )
    return [name for name in ids if any(fnmatch(name, pattern) for pattern in patterns)]


def _contrast(run: StudyRun, contrast: Contrast, options: Options, say: Progress) -> ContrastResult:
    """Change one instrument after another, in the stated order and in its reverse."""
    start, goal = run.scenarios[contrast.against], run.scenarios[contrast.of]
    _check_lines(contrast, goal.book)

    def walk(lines: Sequence[tuple[str, ...]]) -> tuple[Equilibrium, ...]:
        steps = [start.equilibrium]
        changed: list[str] = []
        for measures in lines:
            say(f"{run.world.name}: {contrast.id}: {measures[0]}")
            changed += measures
            book = swap_measures(start.book, goal.book, changed)
            duties = additional_duties(book, run.world, run.assumptions)
            steps.append(_solve_scenario(run, start.spec, book, duties, options).equilibrium)
        return tuple(steps)

    lines = [line.measures for line in contrast.lines]
    return ContrastResult(contrast, forward=walk(lines), backward=walk(lines[::-1]))


def _check_lines(contrast: Contrast, book: Book) -> None:
    """The measures of a contrast must exist and lie between its two sides."""
    known = {item.measure.id: item.measure for item in book.positions}
    for line in contrast.lines:
        for name in line.measures:
            if name not in known:
                raise StudyError(
                    "a contrast names an unknown measure",
                    where=f"contrasts: {contrast.id}: {line.instrument}",
                    found=name,
                    allowed="a measure of the ledger",
                    repair=_nearest(name, known),
                )


def _nearest(name: str, known: Iterable[str]) -> str:
    """Hint with the nearest known id."""
    from rapidfuzz import process  # noqa: PLC0415  (only needed for an error)

    best = process.extractOne(name, list(known))
    return f"did you mean {best[0]}?" if best else "see `detente ledger ls`"


def _variant(run: StudyRun, variant: str, say: Progress) -> dict[str, Equilibrium]:
    """Solve the scenarios again on a variant of the world, with the same duties."""
    world = load_world(run.spec.world, variant=variant)
    other = dataclasses.replace(run, world=world)
    results = {}
    for name, item in run.scenarios.items():
        say(f"{world.name} ({variant}): {name}")
        results[name] = _solve_scenario(other, item.spec, item.book, item.duties, Options()).equilibrium
    return results


def require_converged(run: StudyRun) -> None:
    """
    Refuse a run in which a scenario did not converge.

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
