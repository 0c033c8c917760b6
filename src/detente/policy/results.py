"""What a run of a study gives, and what it may be asked to change."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from detente.formatting import number
from detente.model import Terms, elasticity_ratio
from detente.stamp import digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from detente.ledger import Book, Ledger
    from detente.model import Closure, Equilibrium, Factors
    from detente.policy.instruments.shock import LawShock, Setting
    from detente.policy.solve_summary import Parts, SideRun, SideSolve
    from detente.policy.studies.drivers import Drivers
    from detente.policy.studies.one_year import OneYear
    from detente.policy.study import Contrast, ScenarioSpec, StudySpec
    from detente.world import World


@dataclass(frozen=True)
class ScenarioResult:
    """
    One scenario, solved.

    spec: The scenario as the study defines it.
    book: What is on the books in it.
    law: The shock, the duties and effects it was made of.
    equilibrium: The audited solution.
    contributions: For each instrument other than tariffs: what is kept of the solve without it.
    ranges: For each quantity condition: its size under each alternative of the assumption that sets it, and what is
        kept of the solve then.
    setting: The run's setting under the elasticities and judgements of the scenario; None where it has none of its own.
    """

    spec: ScenarioSpec
    book: Book
    law: LawShock
    equilibrium: Equilibrium
    contributions: dict[str, SideSolve] = dataclasses.field(default_factory=dict)
    ranges: dict[str, tuple[tuple[str, float, SideSolve], ...]] = dataclasses.field(default_factory=dict)
    setting: Setting | None = None


@dataclass(frozen=True)
class ContrastResult:
    """
    What one scenario is worth against another, instrument by instrument.

    contrast: The definition.
    forward, backward: For each line, what is kept of the solve after it is added in the stated order, and in its
        reverse. The first entry of each is the starting scenario without any line.
    parts: Of the change of real income at the first and the last entry of `forward`; none unless both converged.
    """

    contrast: Contrast
    forward: tuple[SideSolve, ...]
    backward: tuple[SideSolve, ...]
    parts: tuple[Parts, Parts] | None


@dataclass(frozen=True)
class StudyRun:
    """
    A study that has been run on one world.

    Attributes
    ----------
    spec, setting, ledger
        What was run, on which world and baseline.
    scenarios
        Results by scenario id, in the study's order.
    contrasts
        Contrasts whose two scenarios were both run.
    variants
        What is kept of the scenarios on variants of the world, by variant and scenario id: the band.
    second
        The same study on the second world, if asked: what is shown of it.
    one_year
        The scenarios one year after the change, by id, where the run is one of the long run.
    drivers
        What moves real income most, by scenario, where it was worked out with the run; None elsewhere.
    options
        What the run changed of its study.
    """

    spec: StudySpec
    setting: Setting
    ledger: Ledger
    scenarios: dict[str, ScenarioResult]
    contrasts: tuple[ContrastResult, ...] = ()
    variants: dict[str, dict[str, SideSolve]] = dataclasses.field(default_factory=dict)
    second: SideRun | None = None
    one_year: dict[str, OneYear] = dataclasses.field(default_factory=dict)
    drivers: dict[str, Drivers] | None = None
    options: Options = dataclasses.field(default_factory=lambda: Options())  # noqa: PLW0108  (defined below)

    @property
    def options_hash(self) -> str:
        """Hash of everything beyond study, law and world that its numbers depend on: options, and judgements as resolved."""
        specs = (self.spec.baseline, *self.spec.scenarios)
        assumed = {item.id: self.spec.assumed(item) for item in specs}
        return digest({"options": self.options, "assumed": assumed, "law": self.setting.assumptions.key})

    @property
    def world(self) -> World:
        """The world it was run on."""
        return self.setting.world

    def at(self, item: ScenarioResult) -> Setting:
        """The setting a scenario was solved in."""
        return item.setting or self.setting

    @property
    def failed(self) -> tuple[str, ...]:
        """Ids of the scenarios that did not converge."""
        return tuple(name for name, item in self.scenarios.items() if item.equilibrium.status != "converged")

    @property
    def failures(self) -> dict[str, str]:
        """Status of everything solved that did not converge, by what it is; empty when all is well."""
        return {name: status for name, status in self._verdicts() if status != "converged"}

    def _verdicts(self) -> Iterator[tuple[str, str]]:
        """Status of every solve of the run, with what it is."""
        for name, item in self.scenarios.items():
            yield name, item.equilibrium.status
            for instrument, side in item.contributions.items():
                yield f"{name} without {instrument}", side.status
            for rows in item.ranges.values():
                yield from (
                    (f"{name} with {size} {number(value)}", side.status) for size, value, side in rows
                )
        for found in self.contrasts:
            for way, path in (("in order", found.forward), ("in reverse", found.backward)):
                yield from ((f"{found.contrast.id} {way}, step {k}", x.status) for k, x in enumerate(path))
        for variant, results in self.variants.items():
            yield from ((f"{name} on {variant}", side.status) for name, side in results.items())
        yield from ((f"{name} at one year", item.side.status) for name, item in self.one_year.items())
        if self.second is not None:
            world = self.second.world.name
            yield from ((f"{name} on {world}", x.status) for name, x in self.second.scenarios.items())


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
        Patterns of measure ids (``us.s232.*``) or ids of instruments: only these, or all but these, change from
        the baseline. The relief of a scenario is no measure; it applies to what is left.
    robustness
        Whether to solve the band's variants and the second world as well.
    factors, horizon
        Whether factors move between industries; which elasticities (long, short, years, or such as 18 months).
    max_iterations
        Limit of a solve; a solve that stops there is `not converged`.
    contributions
        Whether to solve each scenario without each of the other instruments in turn.
    assume
        Values of named assumptions instead of the study's, by name; a scenario that states its own keeps it.
    """

    world: str | Path | None = None
    closure: Closure | None = None
    scenarios: Sequence[str] = ()
    only: Sequence[str] = ()
    without: Sequence[str] = ()
    robustness: bool = True
    factors: Factors = "mobile"
    horizon: str = "long"
    max_iterations: int = 500
    contributions: bool = True
    assume: Mapping[str, float | str] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a horizon there is none of, before anything is loaded or solved."""
        elasticity_ratio(self.horizon)

    @property
    def elastic(self) -> bool:
        """Whether it is a run of the long run: long-run elasticities, factors that move."""
        return self.horizon == "long" and self.factors == "mobile"

    def terms(self, spec: StudySpec) -> Terms:
        """What every solve of a study assumes."""
        return Terms(spec.closure, self.factors, self.horizon)

    @property
    def usual(self) -> bool:
        """Whether scenarios are solved as without options: nothing but which of them, and what is solved beside them."""
        chosen: dict[str, Any] = {
            "world": None,
            "closure": None,
            "scenarios": (),
            "robustness": True,
            "contributions": True,
        }
        return digest(dataclasses.replace(self, **chosen)) == digest(Options())
