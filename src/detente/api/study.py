"""Studies: several scenarios against one baseline, run, tabled and drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from detente.api.result import Result
from detente.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from detente.ledger import Ledger
    from detente.policy import StudyRun, StudySpec


@dataclass(frozen=True)
class Study:
    """
    Several scenarios against one baseline, with the questions asked of them.

    Attributes
    ----------
    spec
        As written in its file.
    """

    spec: StudySpec

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
    """

    run: StudyRun
    command: str

    @cached_property
    def document(self) -> dict[str, Any]:
        """The JSON document."""
        from detente.policy import run_document  # noqa: PLC0415

        return run_document(self.run, command=self.command)

    @property
    def result(self) -> Result:
        """The document's result, keys as attributes."""
        return Result(self.document["result"])


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
    if name not in found:
        raise InputError(
            "no such table", where="table", found=name, allowed=", ".join(found), repair="name one of these"
        )
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


def chart(outcome: Outcome, name: str = "income", scenario: str = "truce") -> Any:
    """
    Give one chart of an outcome, as an Altair chart.

    Parameters
    ----------
    outcome
        Of `Study.run`.
    name
        tariffs, income, worth or map.
    scenario
        For the map and the bars: id of a scenario.

    Returns
    -------
    altair.Chart
        Show it in a notebook, or save it.

    Raises
    ------
    InputError
        No such chart.
    """
    from detente.render import draw_chart  # noqa: PLC0415

    _require_outcome(outcome, "chart")
    return draw_chart(outcome.document, name, scenario)
