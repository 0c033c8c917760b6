"""The main study, solved as the server starts, and the scenarios people move from it."""

from __future__ import annotations

import ctypes
import gc
import threading
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from detente.duties import Assumptions
from detente.errors import DetenteError, StudyError
from detente.io.documents import as_json
from detente.policy import Options, load_study_spec, rates_over_time, run_study
from detente.policy.instruments.components import assumption_rows
from detente.policy.studies.compared import compare_scenarios
from detente.queries.studies import lay_out_study
from detente.world.sectors import read_sectors

if TYPE_CHECKING:
    from collections.abc import Callable

    from detente.ledger import Ledger
    from detente.policy import StudySpec
    from detente.policy.documents.compared import Compared
    from detente.policy.documents.run import RunDocument
    from detente.policy.results import StudyRun

MAIN = "kuala-lumpur"
COMMAND = f"detente run {MAIN} --json"
# Seconds in which a server that has just started answers pages only.
HEAD_START = 1.0
Stage = Literal["waiting", "solving", "scenarios", "timeline", "whole", "failed"]


@dataclass
class MainStudy:
    """
    The main study in three steps: its scenarios, the rates of every day, and everything the command prints.

    ledger: All measures.
    spec: The study as written.
    stage, step: How far it is, and what is being done.
    scenarios, found, timeline: The scenarios solved, the document at hand (whole once `stage` says so), and the rates
        of every day.
    seconds: Since the work began, by stage reached.
    """

    ledger: Ledger
    spec: StudySpec
    stage: Stage = "waiting"
    step: str = ""
    scenarios: StudyRun | None = None
    found: RunDocument | None = None
    timeline: list[dict[str, Any]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    ready: threading.Event = field(default_factory=threading.Event)
    whole: threading.Event = field(default_factory=threading.Event)

    @property
    def document(self) -> dict[str, Any]:
        """The document at hand as JSON; empty until the scenarios are solved."""
        found: dict[str, Any] = as_json(self.found) if self.found else {}
        return found

    @property
    def industries(self) -> dict[str, str]:
        """Names of the industries by code; empty until the scenarios are solved."""
        run = self.scenarios
        return {row.code: row.name for row in read_sectors(run.world.classification)} if run else {}

    @property
    def judgements(self) -> list[dict[str, Any]]:
        """Assumptions of the study, of the instruments and of the law, with values and sources."""
        own = [item.model_dump() for item in self.spec.assumptions]
        return [*own, *assumption_rows(), *Assumptions(self.ledger.law().assumptions).rows()]

    @property
    def played(self) -> StudyRun | None:
        """The scenarios solved, as those of the whole study: with the contrasts it asks; None until there are any."""
        return replace(self.scenarios, spec=self.spec) if self.scenarios else None

    @property
    def contrasts(self) -> dict[str, tuple[str, str]]:
        """Contrasts of the study: which scenario against which, by id; the first is its own question."""
        return {item.id: (item.of, item.against) for item in self.spec.contrasts}

    def compared(self, of: str, against: str) -> Compared:
        """Set one scenario against another, or against the baseline; refuses what the study does not have."""
        if self.found is None:
            raise StudyError(
                "the main study is being solved",
                where="server",
                found=self.step,
                allowed="a study that is solved",
                repair="ask again in some seconds",
            )
        return compare_scenarios(self.found.result, of, against, self.contrasts)

    def failure(self) -> StudyError:
        """The refusal of what rests on the main study, where it could not be solved."""
        return StudyError(
            "the main study could not be solved",
            where="server",
            found=self.step,
            allowed="a study that is solved",
            repair="see the log; start the server again",
        )

    @classmethod
    def of(cls, ledger: Ledger) -> MainStudy:
        """Take the built-in study."""
        return cls(ledger, load_study_spec(MAIN))

    def begin(self, then: Callable[[], None] = lambda: None) -> None:
        """Work in the background."""

        def work() -> None:
            time.sleep(HEAD_START)
            self.work()
            if self.stage != "failed":
                then()

        threading.Thread(target=work, name="main-study", daemon=True).start()

    def work(self) -> None:
        """Do the three steps; a step that fails says so in `step`."""
        began = time.monotonic()

        def reached(stage: Stage) -> None:
            self.stage = stage
            self.seconds[stage] = time.monotonic() - began

        try:
            self.stage = "solving"
            self._solve_scenarios()
            reached("scenarios")
            self.ready.set()
            self._draw_timeline()
            reached("timeline")
            self._solve_whole()
            give_memory_back()
            reached("whole")
        except DetenteError as problem:
            self.step = str(problem)
            reached("failed")
        finally:
            self.ready.set()
            self.whole.set()

    def solve_scenarios(self) -> None:
        """Do the first step only; if it fails, `step` says why."""
        try:
            self._solve_scenarios()
        except DetenteError as problem:
            self.stage, self.step = "failed", str(problem)
        else:
            self.stage = "scenarios"
        finally:
            self.ready.set()

    def _say(self, text: str) -> None:
        """Take note of the step."""
        self.step = text

    def _solve_scenarios(self) -> None:
        """The scenarios alone: what a reader waits for."""
        spec = self.spec.model_copy(update={"contrasts": (), "second_world": None})
        options = Options(robustness=False, contributions=False)
        run = run_study(spec, options=options, ledger=self.ledger, progress=self._say)
        self.found = lay_out_study(run, command=COMMAND)
        self.scenarios = run

    def _draw_timeline(self) -> None:
        """Average additional duties on every day of change."""
        if self.scenarios is not None:
            self._say("the rates of every day since 2018")
            self.timeline = rates_over_time(self.scenarios.setting, self.ledger, self.spec.pairs)

    def _solve_whole(self) -> None:
        """What the command prints: contrasts, contributions, bands, the second world."""
        run = run_study(
            self.spec, options=Options(), ledger=self.ledger, progress=self._say, solved=self.scenarios
        )
        self.found = lay_out_study(run, command=COMMAND)


def give_memory_back() -> None:
    """Return the memory of arrays no longer needed to the system, where the C library can."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
