"""Options shared by the commands, and what every command does with its result."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field, is_dataclass
from pathlib import Path  # noqa: TC003  (the command line resolves the annotations at run time)
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from detente.errors import InputError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from detente.ledger import Ledger


# Columns of a table that goes to a file or a pipe.
PIPE_WIDTH = 120


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
    at: str | None = None
    """Instant (ISO, with its offset) instead of a day: the law as it stood at that moment."""
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


@Parameter(name="*")
@dataclass(frozen=True)
class Economy:
    """Which world, and how it is solved."""

    world: str | None = None
    """icio2022, wiod2011, or a world file."""
    closure: Literal["fixed", "zero", "proportional"] | None = None
    """Trade deficits: fixed shares of world income, zero, or proportional to income."""
    factors: Literal["mobile", "fixed"] = "mobile"
    """Factors move between industries (long run) or not (short run)."""
    horizon: str = "long"
    """Elasticities: long, short, or a number of years."""


@dataclass
class Call:
    """The words of the current command, for the stamp."""

    words: list[str] = field(default_factory=list)

    @property
    def command(self) -> str:
        """The command that reproduces the result."""
        return " ".join(["detente", *self.words])


CALL = Call()


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


def facts(pairs: Sequence[str], *, where: str = "--fact") -> dict[str, str]:
    """
    Split KEY=VALUE words.

    Parameters
    ----------
    pairs
        Words of the command line.
    where
        Option, for the error.

    Returns
    -------
    dict
        Key to value, as text.

    Raises
    ------
    InputError
        A word without ``=``, or a key twice.
    """
    found: dict[str, str] = {}
    for text in pairs:
        key, sign, value = text.partition("=")
        if not sign or not key or key in found:
            raise InputError(
                "a fact is a key and a value, each key once",
                where=where,
                found=text,
                allowed="KEY=VALUE",
                repair="write for instance --fact us_content=0.25",
            )
        found[key.strip()] = value.strip()
    return found


def open_law(output: Output, law: Law | None = None) -> Ledger:
    """
    Open the built-in ledger with overlays and edits.

    Parameters
    ----------
    output
        Names the overlays.
    law
        Names the edits and their day.

    Returns
    -------
    Ledger
        All measures.
    """
    from detente.ledger import open_ledger  # noqa: PLC0415  (loads the YAML stack: only when needed)

    ledger = open_ledger(*output.ledger)
    if law is not None and (edits := law.edits()):
        ledger = ledger.edit(**edits, on=day(law, ledger))
    return ledger


def day(law: Law, ledger: Ledger) -> dt.date:
    """
    Give the day asked for, or the last day the sources cover.

    Parameters
    ----------
    law
        Day, or instant, asked for.
    ledger
        Gives the default.

    Returns
    -------
    datetime.date
        The day; with `--at`, the instant.
    """
    from detente.dates import parse_date, parse_instant  # noqa: PLC0415

    if law.at:
        return parse_instant(law.at, where="--at")
    return parse_date(law.on, where="--on") if law.on else ledger.horizon


def optional_day(text: str | None, where: str) -> dt.date | None:
    """
    Read a day, if one is given.

    Parameters
    ----------
    text
        ISO date or None.
    where
        Option, for the error.

    Returns
    -------
    datetime.date or None
        The day.
    """
    from detente.dates import parse_date  # noqa: PLC0415

    return parse_date(text, where=where) if text else None


def query(law: Law, ledger: Ledger) -> dict[str, Any]:
    """
    Arguments of a ledger query.

    Parameters
    ----------
    law
        Options of the command.
    ledger
        Gives the default day.

    Returns
    -------
    dict
        on, known_on, view, ends.
    """
    return {
        "on": day(law, ledger),
        "known_on": optional_day(law.known, "--known"),
        "view": law.view,
        "ends": law.ends,
    }


def console(*, stderr: bool = False) -> Console:
    """
    Open a rich console; it respects NO_COLOR by itself.

    Parameters
    ----------
    stderr
        Print there instead of on stdout.

    Returns
    -------
    Console
        The console.
    """
    from rich.console import Console  # noqa: PLC0415

    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, width=None if stream.isatty() else PIPE_WIDTH)


def document(
    result: Any, ledger: Ledger, *, assumptions: Sequence[Any] = (), warnings: Sequence[str] = ()
) -> dict[str, Any]:
    """
    Put a stamped document around a result.

    Parameters
    ----------
    result
        What the command found.
    ledger
        Gives hash and version.
    assumptions, warnings
        What the result used, and what its reader must know.

    Returns
    -------
    dict
        stamp, result, assumptions, warnings.
    """
    from detente.stamp import stamp  # noqa: PLC0415

    head = stamp(command=CALL.command, ledger_hash=ledger.hash, ledger_version=ledger.version)
    return {
        "stamp": head,
        "result": result,
        "assumptions": list(assumptions),
        "warnings": list(warnings),
    }


def emit(
    found: dict[str, Any], output: Output, render: Callable[[dict[str, Any], Console], None] | None = None
) -> None:
    """
    Print a document as JSON, as CSV, or for a reader.

    Parameters
    ----------
    found
        The document.
    output
        Form asked for.
    render
        How a reader sees it; a general layout by default.
    """
    if output.json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1, default=str) + "\n")
    elif output.csv:
        from detente.report import main_table  # noqa: PLC0415

        sys.stdout.write(main_table(found).to_csv(index=False))
    else:
        from detente.report import render_result  # noqa: PLC0415

        (render or render_result)(found, console())


def _plain(item: Any) -> Any:
    """An assumption as plain data."""
    if hasattr(item, "model_dump"):
        return item.model_dump(mode="json")
    return asdict(item) if is_dataclass(item) and not isinstance(item, type) else item


def answer(
    found: Any,
    ledger: Ledger,
    output: Output,
    render: Callable[[dict[str, Any], Console], None] | None = None,
) -> int:
    """
    Print the answer to one case.

    Parameters
    ----------
    found
        Has ``to_dict()``, and where it applies ``assumptions`` and ``warnings``.
    ledger
        For the stamp.
    output
        Form asked for.
    render
        How a reader sees it; a general layout by default.

    Returns
    -------
    int
        0.
    """
    assumptions = getattr(found, "assumptions", ())
    plain = [
        asdict(item) if is_dataclass(item) and not isinstance(item, type) else item for item in assumptions
    ]
    warnings = getattr(found, "warnings", ())
    emit(document(found.to_dict(), ledger, assumptions=plain, warnings=warnings), output, render)
    return 0


def rows(found: list[dict[str, Any]], ledger: Ledger, output: Output) -> int:
    """
    Print rows.

    Parameters
    ----------
    found
        The rows.
    ledger
        For the stamp.
    output
        Form asked for.

    Returns
    -------
    int
        0.
    """
    from detente.report import render_rows  # noqa: PLC0415

    emit(document({"rows": found}, ledger), output, render_rows)
    return 0


def reproduce(*lines: str) -> int:
    """
    Print Python lines that give the same result.

    Parameters
    ----------
    *lines
        After the import.

    Returns
    -------
    int
        0.
    """
    sys.stdout.write("\n".join(("import detente as dt", *lines)) + "\n")
    return 0


def call_text(function: str, *positional: object, **named: object) -> str:
    """
    Write a call of the public API as text, leaving defaults out.

    Parameters
    ----------
    function
        Name in the package.
    *positional, **named
        Arguments; None, empty and False ones are left out.

    Returns
    -------
    str
        For instance ``dt.duty('1201.90.00', origin='USA')``.

    Examples
    --------
    >>> call_text("duty", "1201.90.00", origin="USA", value=None)
    "dt.duty('1201.90.00', origin='USA')"
    """
    words = [repr(item) for item in positional]
    words += [f"{key}={value!r}" for key, value in named.items() if value not in (None, (), {}, False, "")]
    return f"dt.{function}({', '.join(words)})"


def progress(output: Output) -> Callable[[str], None]:
    """
    Print one line on stderr per step, or nothing.

    Parameters
    ----------
    output
        Whether to be quiet.

    Returns
    -------
    callable
        Takes the line.
    """

    def say(text: str) -> None:
        if not output.quiet:
            sys.stderr.write(f"  {text}\n")
            sys.stderr.flush()

    return say
