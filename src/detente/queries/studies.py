"""Questions that solve a study: several scenarios against one baseline, run, tabled and drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Unpack

from detente.display import as_html, in_short, plot
from detente.errors import InputError
from detente.io.documents import as_json
from detente.io.words import one_of
from detente.policy.documents.bands import Bands
from detente.policy.documents.run import FailedResult, FailedRunDocument, Failure, RunDocument
from detente.processes import Beside
from detente.queries.fields import HIDDEN, Assumed, Limits, Patterns, Word
from detente.queries.law import Solve
from detente.queries.question import question
from detente.queries.result import Result, silent

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from detente.ledger import Ledger
    from detente.policy import StudyRun, StudySpec


NOT_CONVERGED = 3


@dataclass(frozen=True)
class Study:
    """
    Several scenarios against one baseline, with the questions asked of them.

    Attributes
    ----------
    spec
        As written in its file.
    """

    __repr__ = in_short
    _repr_html_ = as_html

    spec: StudySpec

    @property
    def _shown(self) -> dict[str, Any]:
        """What a line or a notebook shows of it: its title and its scenarios."""
        spec = self.spec
        rows = [{"scenario": item.id, "title": item.label, "day": item.on} for item in spec.scenarios]
        return {"study": spec.id, "title": spec.title, "world": spec.world, "scenarios": rows}

    def run(self, *, ledger: Ledger | None = None, **options: Any) -> Outcome:
        """
        Solve every scenario.

        Parameters
        ----------
        ledger
            All measures; the built-in ledger by default.
        **options
            Fields of `detente.policy.Options`: world, closure, factors, horizon, scenarios, only, without, assume
            (``assume={"usmca_use": 0.5}``: any assumption that the document lists).

        Returns
        -------
        Outcome
            The solved scenarios and their document.

        Raises
        ------
        InputError
            Unknown option.
        """
        from detente.policy import Options, run_study  # noqa: PLC0415

        try:
            chosen = Options(**options)
        except TypeError:
            raise InputError(
                "unknown option of a run",
                where="Study.run",
                found=", ".join(options),
                allowed=", ".join(Options.__dataclass_fields__),
                repair="use these names",
            ) from None
        words = ", ".join(f"{key}={value!r}" for key, value in options.items())
        command = f"dt.load_study({self.spec.id!r}).run({words})"
        return Outcome(run_study(self.spec, options=chosen, ledger=ledger), command)


@dataclass(frozen=True)
class Outcome:
    """
    A study that has been run.

    Attributes
    ----------
    run
        Scenarios, contrasts, variants.
    command
        What reproduces it.
    beside
        A second process to share the work of a report with.
    """

    _repr_html_ = as_html
    plot = plot

    run: StudyRun
    command: str
    beside: Beside | None = None

    def __repr__(self) -> str:
        """Say which study it is of, and how many scenarios; the document has the rest."""
        spec = self.run.spec
        return f"<{type(self).__name__} of {spec.id}: {len(self.run.scenarios)} scenarios, {spec.title!r}; see .document>"

    @property
    def _shown(self) -> dict[str, Any]:
        """What a notebook shows of it: the study, and real income of its sides by scenario."""
        run = self.run
        sides = dict.fromkeys(side for pair in run.spec.pairs for side in pair)
        rows = [
            {
                "scenario": item.spec.label,
                "day": item.spec.on,
                **{
                    f"{side}, % of real income": float(item.equilibrium.real_income_pct[side])
                    for side in sides
                    if side in run.world.economies
                },
            }
            for item in run.scenarios.values()
        ]
        return {"study": run.spec.title, "world": run.world.name, "command": self.command, "scenarios": rows}

    @cached_property
    def document(self) -> dict[str, Any]:
        """The JSON document."""
        return self.as_document(self.command)

    @property
    def result(self) -> Result:
        """The document's result, keys as attributes."""
        return Result(self.document["result"])

    @cached_property
    def timeline(self) -> list[dict[str, Any]]:
        """Average additional duties of the sides on every day of change since 2018, fractions."""
        from detente.policy import rates_over_time  # noqa: PLC0415

        return rates_over_time(self.run.setting, self.run.ledger, self.run.spec.pairs)

    @property
    def exit_code(self) -> int:
        """3 where a solve did not converge."""
        return NOT_CONVERGED if self.run.failures else 0

    @property
    def unsolved(self) -> bool:
        """Whether there is nothing to show."""
        return bool(self.run.failures)

    @property
    def asides(self) -> tuple[str, ...]:
        """What did not converge, a line each."""
        return tuple(f"{name}: {text}" for name, text in self.run.failures.items())

    def as_document(self, command: str) -> dict[str, Any]:
        """
        Lay the run out, its bands beside it.

        Parameters
        ----------
        command
            What reproduces it.

        Returns
        -------
        document
            stamp, result, assumptions, warnings; where a solve did not converge, no number that looks like an answer.
        """
        return study_document(self.run, command=command)

    def write(
        self,
        folder: Path,
        document: dict[str, Any] | None = None,
        *,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        """
        Write a brief of two pages (brief.html, brief.pdf with the extra [report]), its annex, tables and charts.

        Parameters
        ----------
        folder
            Made if it is not there.
        document
            The run's; worked out if None. What each side would sign, and the rates of every day since 2018, are added.
        progress
            Called with one line before each step.

        Raises
        ------
        InputError
            The folder cannot be written.
        """
        from detente.policy import rates_over_time, strategy_section  # noqa: PLC0415
        from detente.policy.studies.lapses import next_lapses  # noqa: PLC0415
        from detente.render import write_report  # noqa: PLC0415

        say, run = progress or silent, self.run
        beside = self.beside or Beside()
        found = self.document if document is None else document
        timeline = beside.ask(rates_over_time, run.setting, run.ledger, run.spec.pairs)
        found["result"]["strategy"] = strategy_section(run, options=run.options, progress=say, beside=beside)
        say("the rates of every day since 2018")
        found["result"]["timeline"] = timeline.result()
        found["result"]["lapses"] = next_lapses(run.ledger)
        say(f"writing {folder}")
        written = write_report(found, folder, beside=beside)
        if not any(path.suffix == ".pdf" for path in written):
            say('brief.pdf is left out: pip install "detente[report]"')
        if not any(path.suffix == ".parquet" for path in written):
            say('tables as Parquet are left out: pip install "detente[parquet]"')


def study_document(run: StudyRun, *, command: str) -> dict[str, Any]:
    """A run's document as JSON, with the bands that come with the package; its failures alone where it has some."""
    found = lay_out_study(run, command=command)
    if run.failures:
        failed = {name: Failure(status=text, residual=None) for name, text in run.failures.items()}
        said = FailedRunDocument(
            stamp=found.stamp,
            result=FailedResult(scenarios=failed),
            assumptions=found.assumptions,
            warnings=found.warnings,
        )
        return dict(as_json(said))
    return dict(as_json(found))


def lay_out_study(run: StudyRun, *, command: str) -> RunDocument:
    """A run's document with the bands and the track record that come with the package."""
    from detente.policy.evidence.embedded import in_short  # noqa: PLC0415
    from detente.policy.studies.document import lay_out  # noqa: PLC0415
    from detente.policy.sweeps.spread.embedded import embedded_bands  # noqa: PLC0415

    found = lay_out(run, command=command)
    bands = embedded_bands(
        run.spec.id,
        run.world.hash,
        run.ledger.hash,
        scenarios=run.spec.scenario_hashes,
        usual=run.options.usual,
    )
    uncertainty = Bands.read(bands).of(found.result.scenarios) if bands else None
    record = in_short(run.world)
    return replace(found, result=replace(found.result, uncertainty=uncertainty, evidence=record))


@question("run", address="/run", prints="render_run")
def run(
    study: Annotated[str, Word(said=True), Limits(pattern=r"[a-z0-9][a-z0-9-]{0,40}")] = "kuala-lumpur",
    *,
    scenarios: Annotated[
        tuple[str, ...], Word("scenario"), Limits(pattern=r"[a-z0-9][a-z0-9-]{0,40}", many=12)
    ] = (),
    only: Patterns = (),
    without: Patterns = (),
    assume: Assumed = None,
    max_iterations: Annotated[int, Word(offered=False)] = 500,
    progress: Annotated[Callable[[str], None] | None, HIDDEN] = None,
    beside: Annotated[Beside | None, HIDDEN] = None,
    **solve: Unpack[Solve],
) -> Outcome:
    """
    Solve a study and compare its scenarios; kuala-lumpur is the main job.

    Parameters
    ----------
    study
        A built-in study (kuala-lumpur is the main job) or a study file.
    scenarios
        Only these scenarios.
    only
        Only these measures (ids or patterns such as us.s232.*) change from the baseline.
    without
        These measures stay as at the baseline.
    assume
        NAME=VALUE: an assumption of the output at another value, any number of times; elasticities too ("theta of C26=5").
    max_iterations
        Limit of each solve.
    progress
        Called with one line before each step.
    beside
        A second process to share the work with (`detente.processes.second_process`); the numbers are the same.
    **solve
        World, closure, factors, horizon, knowledge and ledger: `detente.queries.law.Solve`.

    Returns
    -------
    Outcome
        The solved scenarios and their document.

    Raises
    ------
    StudyError, WorldError, InputError
        Something named does not exist, or an option that cannot be used.

    Examples
    --------
    >>> outcome = run("kuala-lumpur", scenarios=("truce",), world="wiod2011")  # doctest: +SKIP
    """
    from detente.policy import Options, run_study  # noqa: PLC0415
    from detente.queries.law import read_solve  # noqa: PLC0415

    economy, ledger = read_solve(solve)
    options = Options(
        **economy,
        scenarios=scenarios,
        only=only,
        without=without,
        assume=assume or {},
        max_iterations=max_iterations,
    )
    solved = run_study(study, options=options, ledger=ledger, progress=progress or silent, beside=beside)
    return Outcome(solved, f"dt.run({study!r})", beside)


def load_study(name_or_path: str | Path) -> Study:
    """
    Load a built-in study by name, or a study file.

    Parameters
    ----------
    name_or_path
        ``"kuala-lumpur"``, or the path of a YAML file.

    Returns
    -------
    Study
        To be run.

    Raises
    ------
    StudyError
        Absent, or not a study.

    Examples
    --------
    >>> load_study("kuala-lumpur").spec.baseline.on.isoformat()
    '2024-12-31'
    """
    from detente.policy import load_study_spec  # noqa: PLC0415

    return Study(load_study_spec(name_or_path))


def table(outcome: Outcome, name: str = "comparison") -> pd.DataFrame:
    """
    Give one table of an outcome.

    Parameters
    ----------
    outcome
        Of `Study.run`.
    name
        comparison, economies, groups, tariffs, flows, sectors, worth, constraints, measures, assumptions.

    Returns
    -------
    pandas.DataFrame
        The table.

    Raises
    ------
    InputError
        No such table.
    """
    from detente.render import make_tables  # noqa: PLC0415

    _require_outcome(outcome, "table")
    found = make_tables(outcome.document)
    one_of(name, found, what="no such table", where="table")
    return found[name]


def _require_outcome(outcome: object, call: str) -> None:
    """Refuse what is no outcome of a study."""
    if not isinstance(outcome, Outcome):
        raise InputError(
            "not the outcome of a study",
            where=f"{call}(outcome)",
            found=type(outcome).__name__,
            allowed="what `load_study(...).run()` gives",
            repair=f"run a study, then {call}(outcome); `eq.by_economy` is the table of an equilibrium",
        )


def self_test(ledger: Ledger | None = None) -> list[dict[str, Any]]:
    """
    Check versions, data, ledger and solver of this installation.

    Parameters
    ----------
    ledger
        All measures; the built-in ledger by default.

    Returns
    -------
    list of dict
        ``check``, ``ok`` and what was found, one a check.

    Examples
    --------
    >>> all(row["ok"] for row in self_test())
    True
    """
    from detente.ledger import open_ledger  # noqa: PLC0415
    from detente.policy import self_test as checks  # noqa: PLC0415

    return checks(ledger or open_ledger())
