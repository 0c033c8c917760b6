"""Questions that solve the economy: a study, and one of its scenarios moved by hand."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from detente.errors import InputError, StudyError
from detente.formatting import exact
from detente.model import Closure, Factors  # noqa: TC001  (pydantic resolves the annotations at run time)
from detente.policy import Options, built_in_studies, load_study_spec, run_document, run_study
from detente.policy.instruments.incremental import read_law
from detente.policy.outcomes import average_tariffs, group_members, real_income_of
from detente.policy.results import ScenarioResult, StudyRun
from detente.policy.solve_summary import keep
from detente.policy.studies.run import require_converged, solve_law
from detente.policy.studies.starting_point import restart
from detente.web.questions.base import Ids, Question, option, python_lines, rate_of, repeated

if TYPE_CHECKING:
    from collections.abc import Callable

    from detente.ledger import Ledger
    from detente.policy import StudySpec
    from detente.policy.instruments.shock import Setting
    from detente.policy.study import Edits, ScenarioSpec

MAIN: str = "kuala-lumpur"
FILE = "what-if.yaml"
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$")]
Names = Annotated[tuple[Name, ...], Field(max_length=12)]
WORLDS = Literal["icio2022", "wiod2011"]


@cache
def main_study() -> StudySpec:
    """
    Read the main study, once.

    Returns
    -------
    StudySpec
        As written.
    """
    return load_study_spec(MAIN)


class _Solve(Question):
    """Options every question that solves has."""

    closure: Closure | None = None
    factors: Factors = "mobile"
    horizon: Literal["long", "short", "1", "2", "3", "5", "8", "10"] = "long"

    def solve_words(self) -> list[str]:
        """Options of the command line."""
        words = option("--closure", self.closure)
        words += option("--factors", self.factors) if self.factors != "mobile" else []
        return words + (option("--horizon", self.horizon) if self.horizon != "long" else [])

    def solve_named(self) -> dict[str, Any]:
        """Arguments of `Study.run`, defaults left out."""
        named = {"closure": self.closure, "factors": self.factors, "horizon": self.horizon}
        return {key: value for key, value in named.items() if value not in (None, "mobile", "long")}


class Run(_Solve):
    """A built-in study: every scenario against one baseline."""

    address: ClassVar[str] = "/run"

    study: Name = MAIN
    world: WORLDS | None = None
    scenario: Names = ()
    only: Ids = ()
    without: Ids = ()

    def words(self) -> list[str]:
        """Words of the command line."""
        return [
            "run",
            self.study,
            *repeated("--scenario", self.scenario),
            *repeated("--only", self.only),
            *repeated("--without", self.without),
            *option("--world", self.world),
            *self.solve_words(),
        ]

    def named(self) -> dict[str, Any]:
        """Arguments of `Study.run`, defaults left out."""
        lists = {"scenarios": self.scenario, "only": self.only, "without": self.without}
        given = {"world": self.world, **self.solve_named(), **lists}
        return {key: value for key, value in given.items() if value not in (None, ())}

    def python(self) -> str:
        """Python lines."""
        words = ", ".join(f"{key}={value!r}" for key, value in self.named().items())
        return python_lines(f"dt.load_study({self.study!r}).run({words}).document")

    def solved(self, ledger: Ledger, say: Callable[[str], None]) -> dict[str, Any]:
        """
        Run the study.

        Parameters
        ----------
        ledger
            All measures.
        say
            Called before each step; may raise to stop.

        Returns
        -------
        document
            What the command prints with ``--json``.
        """
        if self.study not in built_in_studies():
            raise StudyError(
                "no such study",
                where="study",
                found=self.study,
                allowed=", ".join(built_in_studies()),
                repair="name a built-in study, or post a study file",
            )
        run = run_study(self.study, options=Options(**self.named()), ledger=ledger, progress=say)
        require_converged(run)
        return run_document(run, command=self.shell(json=True))


class WhatIf(_Solve):
    """One scenario of the main study, moved: rates and quantities set, measures switched, assumptions changed."""

    address: ClassVar[str] = "/what-if"

    scenario: Name = "truce"
    enact: Ids = ()
    suspend: Ids = ()
    resume: Ids = ()
    end: Ids = ()
    set: Ids = ()
    quantity: Ids = ()
    assume: Ids = ()

    def spec(self, study: StudySpec) -> StudySpec:
        """
        Write the study that asks this question alone.

        Parameters
        ----------
        study
            The main study.

        Returns
        -------
        StudySpec
            One scenario, with the edits added to its own.

        Raises
        ------
        InputError
            No such scenario, or an assumption the study does not name.
        """
        item = self.base(study)
        assume = item.assume | dict(rate_of(text, "assume") for text in self.assume)
        if unknown := sorted(set(assume) - set(study.assumed(item))):
            raise InputError(
                "the study names no such assumption",
                where="assume",
                found=", ".join(unknown)[:200],
                allowed=", ".join(sorted(study.assumed(item))),
                repair="name one of these",
            )
        edits = item.edits
        lists = {v: (*getattr(edits, v), *getattr(self, v)) for v in ("enact", "suspend", "resume", "end")}
        numbers = {
            "set": edits.set | dict(rate_of(text, "set") for text in self.set),
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
        asked = dict(rate_of(text, "quantity") for text in self.quantity)
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
        for item in study.scenarios:
            if item.id == self.scenario:
                return item
        raise InputError(
            "no such scenario in this study",
            where="scenario",
            found=self.scenario,
            allowed=", ".join(item.id for item in study.scenarios),
            repair="name one of these",
        )

    def file(self) -> str:
        """The study file of this question, which the command reads (JSON is YAML)."""
        spec = self.spec(main_study())
        return json.dumps(spec.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False, indent=1)

    def words(self) -> list[str]:
        """Words of the command line; the study file is downloaded first."""
        world = main_study().world
        return ["run", FILE, "--world", world, *self.solve_words()]

    def python(self) -> str:
        """Python lines; the study file is downloaded first."""
        named = {"world": main_study().world, **self.solve_named()}
        words = ", ".join(f"{key}={value!r}" for key, value in named.items())
        return python_lines(f"dt.load_study({FILE!r}).run({words}).document")

    def solved(self, near: StudyRun) -> StudyRun:
        """
        Solve from the nearest equilibrium there is.

        Parameters
        ----------
        near
            The main study's scenarios, solved.

        Returns
        -------
        StudyRun
            With the one scenario, audited like any other.
        """
        spec = self.spec(near.spec)
        item = spec.scenarios[0]
        options = Options(factors=self.factors, horizon=self.horizon, contributions=False, robustness=False)
        assumed = spec.assumed(item)
        old, setting = near.scenarios.get(item.id), _setting(near, spec, options)
        book, law = read_law(setting, old, item, near.ledger, assumed)
        run = StudyRun(spec, setting, near.ledger, {})
        same = spec.closure == near.spec.closure and not self.solve_named().keys() - {"closure"}
        found = solve_law(run, law, options, start=old.equilibrium if old is not None and same else None)
        run.scenarios[item.id] = ScenarioResult(item, book, law, found)
        return run

    def sketched(self, near: StudyRun) -> dict[str, Any]:
        """
        Solve, and lay out what the page shows of it: a part of what `answered` gives, with the same numbers.

        Parameters
        ----------
        near
            The main study's scenarios, solved.

        Returns
        -------
        document
            Average tariffs, and real income of every economy and of the study's groups.
        """
        run = self.solved(near)
        require_converged(run)
        item = run.scenarios[self.scenario]
        eq, place = item.equilibrium, {label: k for k, label in enumerate(run.world.economies)}
        kept = keep(eq)
        inside = {
            group: [place[label] for label in group_members(group, run.world, item.spec)]
            for group in run.spec.groups
        }
        found = {
            "id": self.scenario,
            "label": item.spec.label,
            "status": eq.status,
            "residual": eq.residual,
            "iterations": eq.iterations,
            "seconds": eq.seconds,
            "tariffs": average_tariffs(run.setting, item.law.tariff, run.spec.pairs),
            "economies": {
                label: {"real_income_pct": float(value)}
                for label, value in zip(run.world.economies, eq.real_income_pct, strict=True)
            },
            "groups": {
                group: {"real_income_pct": real_income_of(kept, members)} for group, members in inside.items()
            },
        }
        return {"result": {"scenarios": {self.scenario: found}, "band": {}}}

    def answered(self, near: StudyRun) -> dict[str, Any]:
        """
        Solve and lay out.

        Parameters
        ----------
        near
            The main study's scenarios, solved.

        Returns
        -------
        document
            As the command prints it.
        """
        run = self.solved(near)
        require_converged(run)
        return run_document(run, command=self.shell(json=True))


def _setting(near: StudyRun, spec: StudySpec, options: Options) -> Setting:
    """Where a moved scenario starts: as the study does, unless deficits or the step to the baseline are solved otherwise."""
    if near.setting.moved is None and (spec.closure == "zero") == (near.spec.closure == "zero"):
        return near.setting
    return restart(near.setting, spec, near.world, options=options)
