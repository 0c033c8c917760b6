"""A scenario of the main study that a reader moves by hand."""

from __future__ import annotations

import dataclasses
import json
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from detente.errors import InputError
from detente.formatting import exact
from detente.io.words import one_of
from detente.model import Closure, Factors
from detente.policy import Options, load_study_spec
from detente.policy.documents.run import Income, MovedScenario
from detente.policy.instruments.incremental import read_law
from detente.policy.outcomes import average_tariffs, group_members, real_income_of
from detente.policy.results import ScenarioResult, StudyRun
from detente.policy.solve_summary import keep
from detente.policy.studies.run import require_converged, solve_law
from detente.policy.studies.starting_point import restart
from detente.policy.study import NO_SCENARIO
from detente.queries.law import rates_typed
from detente.queries.page.main_study import MAIN
from detente.queries.question import encoded, question_of
from detente.queries.studies import lay_out_study

if TYPE_CHECKING:
    from detente.policy import StudySpec
    from detente.policy.documents.run import RunDocument
    from detente.policy.instruments.shock import Setting
    from detente.policy.study import Edits, ScenarioSpec
    from detente.queries.question import Asked

FILE = "what-if.yaml"
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$")]


@cache
def main_study() -> StudySpec:
    """Read the main study, once."""
    return load_study_spec(MAIN)


def _filled(values: tuple[str, ...]) -> tuple[str, ...]:
    """Fields left blank in a form are not given."""
    return tuple(value for value in values if value.strip())


Ids = Annotated[
    tuple[Annotated[str, Field(max_length=80)], ...], Field(max_length=12), AfterValidator(_filled)
]


class WhatIf(BaseModel):
    """One scenario of the main study, moved: rates and quantities set, measures switched, assumptions changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    address: ClassVar[str] = "/what-if"

    closure: Annotated[Closure | None, BeforeValidator(lambda value: value or None)] = None
    factors: Factors = "mobile"
    horizon: Literal["long", "short", "1", "2", "3", "5", "8", "10"] = "long"
    scenario: Name = "truce"
    enact: Ids = ()
    suspend: Ids = ()
    resume: Ids = ()
    end: Ids = ()
    set: Ids = ()
    quantity: Ids = ()
    assume: Ids = ()

    def spec(self, study: StudySpec) -> StudySpec:
        """Write the study that asks this question alone."""
        item = self.base(study)
        assume = item.assume | rates_typed(self.assume, "assume")
        for name in sorted(assume):
            known = sorted(study.assumed(item))
            one_of(name[:200], known, what="the study names no such assumption", where="assume")
        edits = item.edits
        lists = {v: (*getattr(edits, v), *getattr(self, v)) for v in ("enact", "suspend", "resume", "end")}
        numbers = {
            "set": edits.set | rates_typed(self.set),
            "quantity": self._quantities(edits),
        }
        moved = item.model_copy(
            update={
                "edits": edits.model_copy(update={**lists, **numbers}),
                "assume": assume,
                "label": f"{item.label}, moved" if self.moves else item.label,
            }
        )
        changes: dict[str, Any] = {"scenarios": (moved,), "contrasts": (), "second_world": None}
        changes |= {"id": f"{study.id}-what-if", "closure": self.closure or study.closure}
        return study.model_copy(update=changes)

    def _quantities(self, edits: Edits) -> dict[str, float]:
        """Yearly quantities of commitments: the scenario's own, then those asked for."""
        asked = rates_typed(self.quantity, "quantity")
        if low := [name for name, value in asked.items() if value <= 0]:
            raise InputError(
                "a purchase of nothing is none",
                where="quantity",
                found=f"{low[0]}={exact(asked[low[0]])}",
                allowed="more than 0",
                repair=f"end={low[0]}",
            )
        return {name: value for name, value in (edits.quantity | asked).items() if name not in self.end}

    @property
    def moves(self) -> bool:
        """Whether anything differs from the scenario."""
        lists = self.set or self.enact or self.suspend or self.resume or self.end
        return bool(lists or self.quantity or self.assume)

    def base(self, study: StudySpec) -> ScenarioSpec:
        """The scenario that is moved."""
        known = {item.id: item for item in study.scenarios}
        one_of(self.scenario, known, what=NO_SCENARIO, where="scenario")
        return known[self.scenario]

    def file(self) -> str:
        """The study file of this question, which the command reads (JSON is YAML)."""
        spec = self.spec(main_study())
        return json.dumps(spec.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False, indent=1)

    @property
    def key(self) -> tuple[str, str]:
        """Name of this question among answers that are kept."""
        return "what_if", self.model_dump_json()

    def query(self) -> str:
        """The question as the query of an address, fields left at their default left out."""
        return encoded(self.model_dump(exclude_defaults=True))

    def permanent(self, **changes: Any) -> str:
        """The question as the query of a permalink: every field."""
        return encoded(self.model_dump() | changes)

    def _run(self) -> Asked:
        """The study as the command and Python run it; its file is downloaded first."""
        solve = {"closure": self.closure, "factors": self.factors, "horizon": self.horizon}
        return question_of("run").ask(study=FILE, world=main_study().world, **solve)

    def shell(self, *, json: bool = False, known: str = "") -> str:
        """The command; the study file is downloaded first."""
        return self._run().shell(json=json, known=known)

    def python(self) -> str:
        """Python lines; the study file is downloaded first."""
        return self._run().python()

    def solved(self, near: StudyRun) -> StudyRun:
        """Solve from the nearest equilibrium there is."""
        spec = self.spec(near.spec)
        item = spec.scenarios[0]
        options = Options(factors=self.factors, horizon=self.horizon, contributions=False, robustness=False)
        assumed = spec.assumed(item)
        old, setting = near.scenarios.get(item.id), _setting(near, spec, options)
        book, law = read_law(setting, old, item, near.ledger, assumed)
        run = StudyRun(spec, setting, near.ledger, {})
        same = spec.closure == near.spec.closure and (self.factors, self.horizon) == ("mobile", "long")
        found = solve_law(run, law, options, start=old.equilibrium if old is not None and same else None)
        run.scenarios[item.id] = ScenarioResult(item, book, law, found)
        return run

    def sketched(self, near: StudyRun) -> MovedScenario:
        """Solve, and lay out what the page shows of it: a part of what `answered` gives, with the same numbers."""
        run = self.solved(near)
        require_converged(run)
        item = run.scenarios[self.scenario]
        eq, place = item.equilibrium, {label: k for k, label in enumerate(run.world.economies)}
        kept = keep(eq)
        inside = {
            group: [place[label] for label in group_members(group, run.world, item.spec)]
            for group in run.spec.groups
        }
        incomes = zip(run.world.economies, eq.real_income_pct, strict=True)
        return MovedScenario(
            id=self.scenario,
            label=item.spec.label,
            status=eq.status,
            residual=eq.residual,
            iterations=eq.iterations,
            seconds=eq.seconds,
            tariffs=average_tariffs(run.setting, item.law.tariff, run.spec.pairs),
            economies={label: Income(real_income_pct=float(value)) for label, value in incomes},
            groups={g: Income(real_income_pct=real_income_of(kept, places)) for g, places in inside.items()},
        )

    def answered(self, near: StudyRun) -> RunDocument:
        """Solve and lay out."""
        run = self.solved(near)
        require_converged(run)
        return lay_out_study(run, command=self.shell(json=True))


def _setting(near: StudyRun, spec: StudySpec, options: Options) -> Setting:
    """Where a moved scenario starts: as the study does, unless deficits or the step to the baseline are solved otherwise."""
    if near.setting.moved is None and (spec.closure == "zero") == (near.spec.closure == "zero"):
        return dataclasses.replace(near.setting, horizon=options.horizon)
    return restart(near.setting, spec, near.world, options=options)
