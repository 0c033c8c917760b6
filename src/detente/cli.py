"""The command line: thin, over the public functions."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import cyclopts
from cyclopts import App, Parameter

import detente
from detente.errors import DetenteError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from detente.ledger import Ledger

app = App(
    name="detente",
    help="What trade measures apply, what they do to every economy, and what each side would sign.",
    version=detente.__version__,
    help_format="plaintext",
)
ledger_app = App(name="ledger", help="Read and check the law: every measure, dated and cited.", help_format="plaintext")
app.command(ledger_app)

USAGE_ERROR = 2


@Parameter(name="*")
@dataclass(frozen=True)
class Output:
    """How results are printed."""

    json: Annotated[bool, Parameter(negative="")] = False
    """Print exactly one JSON document."""
    csv: Annotated[bool, Parameter(negative="")] = False
    """Print the main table as CSV."""
    quiet: Annotated[bool, Parameter(negative="")] = False
    """No progress on stderr."""
    ledger: tuple[Path, ...] = ()
    """Ledger files or folders laid over the built-in ledger."""
    reproduce: Annotated[bool, Parameter(negative="")] = False
    """Print the Python lines that give the same result, and stop."""


@Parameter(name="*")
@dataclass(frozen=True)
class Law:
    """Which day's law, to whom, read how, and with which edits."""

    on: str | None = None
    """Day (ISO), meaning its end at the imposer's capital. Default: the last day the sources cover."""
    known: str | None = None
    """To someone who knew only what was known on this day."""
    view: Literal["statutory", "collected", "legally-due"] = "statutory"
    """What the books said, what the customs took, or what was due after annulments."""
    ends: Literal["legal", "reported"] = "legal"
    """Suspensions end as a notice says, or as was reported."""
    enact: tuple[str, ...] = ()
    """Measures put in force."""
    suspend: tuple[str, ...] = ()
    """Measures suspended."""
    resume: tuple[str, ...] = ()
    """Measures whose suspension is lifted."""
    end: tuple[str, ...] = ()
    """Measures ended."""
    set: tuple[str, ...] = ()
    """ID=RATE: measures set to a rate (a fraction)."""

    def edits(self) -> dict[str, Any]:
        """Arguments for `Ledger.edit`; empty when nothing is edited."""
        lists = {name: getattr(self, name) for name in ("enact", "suspend", "resume", "end")}
        rates = dict(_rate(text) for text in self.set)
        return {**lists, "set": rates} if rates or any(lists.values()) else {}


@dataclass
class _Call:
    """The words of the current command, for the stamp."""

    words: list[str] = field(default_factory=list)


_call = _Call()


def _rate(text: str) -> tuple[str, float]:
    """Split ID=RATE."""
    name, _, value = text.partition("=")
    try:
        return name, float(value)
    except ValueError:
        raise InputError(
            "--set needs a measure and a rate",
            where="--set",
            found=text,
            allowed="ID=RATE with the rate as a fraction, such as us.s122=0.15",
            repair="write the rate as a decimal fraction",
        ) from None


def _open_ledger(output: Output, law: Law | None = None) -> Ledger:
    """Built-in ledger, overlays and edits."""
    from detente.ledger import open_ledger  # noqa: PLC0415  (loads the YAML stack: only when needed)

    ledger = open_ledger(*output.ledger)
    if law is not None and (edits := law.edits()):
        ledger = ledger.edit(**edits, on=_day(law.on, ledger))
    return ledger


def _day(text: str | None, ledger: Ledger) -> Any:
    """The day asked for, or the last day the sources cover."""
    from detente.dates import parse_date  # noqa: PLC0415

    return parse_date(text, where="--on") if text else ledger.horizon


def _optional_day(text: str | None, where: str) -> Any:
    """A day or None."""
    from detente.dates import parse_date  # noqa: PLC0415

    return parse_date(text, where=where) if text else None


def _console(*, stderr: bool = False) -> Console:
    """A rich console; it respects NO_COLOR by itself."""
    from rich.console import Console  # noqa: PLC0415

    return Console(stderr=stderr)


def _emit(document: dict[str, Any], output: Output, render: Callable[[dict[str, Any], Console], None]) -> None:
    """Print a document as JSON, as CSV, or for a reader."""
    if output.json:
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    elif output.csv:
        from detente.report import main_table  # noqa: PLC0415

        sys.stdout.write(main_table(document).to_csv(index=False))
    else:
        render(document, _console())


def _document(result: Any, ledger: Ledger, warnings: Sequence[str] = ()) -> dict[str, Any]:
    """A stamped document around a result of the ledger."""
    from detente.report import stamp  # noqa: PLC0415

    head = stamp(command=" ".join(["detente", *_call.words]), ledger_hash=ledger.hash)
    return {"stamp": head, "result": result, "assumptions": [], "warnings": list(warnings)}


def _reproduce(*lines: str) -> int:
    """Print Python lines that give the same result."""
    sys.stdout.write("\n".join(("import detente as dt", *lines)) + "\n")
    return 0


@app.command
def status(*, law: Law | None = None, output: Output | None = None) -> int:
    """
    Show the board: every instrument of the story, its state, and what lapses next.

    Parameters
    ----------
    law
        Day, knowledge, reading and edits.
    output
        Form of the result.
    """
    from detente.ledger import status as board  # noqa: PLC0415
    from detente.report import render_board  # noqa: PLC0415

    law, output = law or Law(), output or Output()
    if output.reproduce:
        return _reproduce(f"dt.status(on={law.on!r}, known_on={law.known!r}, ends={law.ends!r})")
    ledger = _open_ledger(output, law)
    result = board(
        _day(law.on, ledger), known_on=_optional_day(law.known, "--known"), ends=law.ends, ledger=ledger
    )
    _emit(_document(result, ledger, result.pop("warnings", ())), output, render_board)
    return 0


@app.command
def run(
    study: str,
    *,
    out: Path | None = None,
    scenario: tuple[str, ...] = (),
    only: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
    world: str | None = None,
    closure: Literal["fixed", "zero", "proportional"] | None = None,
    max_iterations: int = 500,
    output: Output | None = None,
) -> int:
    """
    Solve a study and print the comparison of its scenarios.

    Parameters
    ----------
    study
        A built-in study (kuala-lumpur is the main job) or a study file.
    out
        Folder for report.html and tables (CSV, Parquet, XLSX).
    scenario
        Only these scenarios.
    only
        Only these measures (ids or patterns such as us.s232.*) change from the baseline.
    without
        These measures stay as at the baseline.
    world
        icio2022, wiod2011, or a world file.
    closure
        Trade deficits: fixed shares of world income, zero, or proportional to income.
    max_iterations
        Limit of each solve.
    output
        Form of the result.
    """
    from detente.report import render_run, write_report  # noqa: PLC0415
    from detente.scenarios import Options, run_document, run_study  # noqa: PLC0415

    output = output or Output()
    if output.reproduce:
        return _reproduce(f"dt.load_study({study!r}).run()")
    options = Options(
        world=world,
        closure=closure,
        scenarios=scenario,
        only=only,
        without=without,
        max_iterations=max_iterations,
    )
    say = _progress(output)
    result = run_study(study, options=options, ledger=_open_ledger(output), progress=say)
    document = run_document(result, command=" ".join(["detente", *_call.words]))
    if result.failed:
        return _not_converged(document, output)
    if out is not None:
        say(f"writing {out}")
        write_report(document, out)
    _emit(document, output, render_run)
    return 0


def _not_converged(document: dict[str, Any], output: Output) -> int:
    """Say which scenarios failed, without their numbers."""
    failed = {
        name: item["status"]
        for name, item in document["result"]["scenarios"].items()
        if item["status"] != "converged"
    }
    if output.json:
        document["result"] = {
            "scenarios": {name: {"status": text, "residual": None} for name, text in failed.items()}
        }
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    for name, text in failed.items():
        sys.stderr.write(f"scenario {name}: {text}\n")
    return 3


def _progress(output: Output) -> Callable[[str], None]:
    """One line on stderr per step, or nothing."""

    def say(text: str) -> None:
        if not output.quiet:
            sys.stderr.write(f"  {text}\n")
            sys.stderr.flush()

    return say


@ledger_app.command
def ls(*, law: Law | None = None, output: Output | None = None) -> int:
    """
    List every measure with its state on a day.

    Parameters
    ----------
    law
        Day, knowledge, reading and edits.
    output
        Form of the result.
    """
    from detente.ledger import list_measures  # noqa: PLC0415

    law, output = law or Law(), output or Output()
    ledger = _open_ledger(output, law)
    return _rows(list_measures(ledger, **_query(law, ledger)), ledger, output)


@ledger_app.command
def show(measure: str, *, law: Law | None = None, output: Output | None = None) -> int:
    """
    Show one measure: state, rate, dates, timeline, stacking, sources.

    Parameters
    ----------
    measure
        The measure's id.
    law
        Day, knowledge, reading and edits.
    output
        Form of the result.
    """
    from detente.ledger import show_measure  # noqa: PLC0415
    from detente.report import render_measure  # noqa: PLC0415

    law, output = law or Law(), output or Output()
    ledger = _open_ledger(output, law)
    result = show_measure(ledger, measure, **_query(law, ledger))
    _emit(_document(result, ledger), output, render_measure)
    return 0


@ledger_app.command
def timeline(measure: str | None = None, *, law: Law | None = None, output: Output | None = None) -> int:
    """
    List the dated records of one measure, or of all.

    Parameters
    ----------
    measure
        The measure's id; all when left out.
    law
        Knowledge (--known) and edits.
    output
        Form of the result.
    """
    from detente.ledger import timeline as records  # noqa: PLC0415

    law, output = law or Law(), output or Output()
    ledger = _open_ledger(output, law)
    return _rows(records(ledger, measure, known_on=_optional_day(law.known, "--known")), ledger, output)


@ledger_app.command
def diff(first: str, second: str, *, law: Law | None = None, output: Output | None = None) -> int:
    """
    List what changed between two days.

    Parameters
    ----------
    first
        Earlier day.
    second
        Later day.
    law
        Knowledge, reading and edits.
    output
        Form of the result.
    """
    from detente.ledger import diff as changes  # noqa: PLC0415

    law, output = law or Law(), output or Output()
    ledger = _open_ledger(output, law)
    query = _query(law, ledger)
    query.pop("on")
    days = _optional_day(first, "first"), _optional_day(second, "second")
    return _rows(changes(ledger, *days, **query), ledger, output)


@ledger_app.command
def check(*, output: Output | None = None) -> int:
    """
    Check every record of the ledger; exit code 4 when something is found.

    Parameters
    ----------
    output
        Form of the result.
    """
    from detente.ledger import check_ledger  # noqa: PLC0415

    output = output or Output()
    ledger = _open_ledger(output)
    findings = check_ledger(ledger)
    if findings:
        _rows(findings, ledger, output)
        return 4
    return _rows([{"measures": len(ledger.measures), "sources": len(ledger.sources), "findings": 0}], ledger, output)


@ledger_app.command
def cite(
    measure: str,
    *,
    between: Annotated[tuple[str, str] | None, Parameter(negative="")] = None,
    output: Output | None = None,
) -> int:
    """
    List the acts and sources behind a measure.

    Parameters
    ----------
    measure
        The measure's id.
    between
        Only acts recorded between these two days.
    output
        Form of the result.
    """
    from detente.ledger import cite as acts  # noqa: PLC0415

    output = output or Output()
    ledger = _open_ledger(output)
    days = tuple(_optional_day(day, "--between") for day in between) if between else None
    return _rows(acts(ledger, measure, between=days), ledger, output)


def _query(law: Law, ledger: Ledger) -> dict[str, Any]:
    """Arguments of a ledger query."""
    return {
        "on": _day(law.on, ledger),
        "known_on": _optional_day(law.known, "--known"),
        "view": law.view,
        "ends": law.ends,
    }


def _rows(rows: list[dict[str, Any]], ledger: Ledger, output: Output) -> int:
    """Print rows."""
    from detente.report import render_rows  # noqa: PLC0415

    _emit(_document({"rows": rows}, ledger), output, render_rows)
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the command line.

    Parameters
    ----------
    arguments
        Words after the program's name; those of the process by default.

    Returns
    -------
    code
        0 ok, 1 bad input, 2 usage, 3 a solve did not converge, 4 a check failed or an answer would be unsafe.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    _call.words = words
    try:
        code = app(words, exit_on_error=False, print_error=False, result_action="return_value")
    except DetenteError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except cyclopts.CycloptsError as error:
        sys.stderr.write(f"usage: {error}\n  repair  see `detente --help`\n")
        return USAGE_ERROR
    except BrokenPipeError:
        return 0
    return int(code or 0)


if __name__ == "__main__":
    sys.exit(main())
