"""What every command does with its result: stamp it, and print it in the form asked for."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from detente.cli.options import Output
    from detente.ledger import Ledger

# Columns of a table that goes to a file or a pipe.
PIPE_WIDTH = 120
# What the first lines of an answer say, and the rest does not repeat.
SAID = ("readings", "passed")


@dataclass
class Call:
    """The words of the current command, for the stamp."""

    words: list[str] = field(default_factory=list)
    pinned: list[str] = field(default_factory=list)

    @property
    def command(self) -> str:
        """The command that reproduces the result, quoted for a shell."""
        at = self.words.index("--json") if "--json" in self.words else len(self.words)
        return shlex.join(["detente", *self.words[:at], *self.pinned, *self.words[at:]])

    def begin(self, words: list[str]) -> None:
        """Take the words of a new command."""
        self.words, self.pinned = words, []

    def pin(self, day: str) -> None:
        """Write out the day of a command that was given none, so that it says the same tomorrow."""
        self.pinned = ["--on", day]


CALL = Call()


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
        from detente.render.spreadsheet import main_rows, sheet  # noqa: PLC0415

        sys.stdout.write(sheet(main_rows(found), end="\n"))
    else:
        from detente.render import first_lines, render_result  # noqa: PLC0415
        from detente.render.plain import say  # noqa: PLC0415

        out = console()
        for line in first_lines(found):
            say(out, line)
        rest = {key: value for key, value in found["result"].items() if key not in SAID}
        (render or render_result)({**found, "result": rest}, out)


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
    plain = [_plain(item) for item in assumptions]
    warnings = getattr(found, "warnings", ())
    emit(document(found.to_dict(), ledger, assumptions=plain, warnings=warnings), output, render)
    return 0


def rows(found: list[dict[str, Any]], ledger: Ledger, output: Output, **about: Any) -> int:
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
    **about
        What was asked, and for which day.

    Returns
    -------
    int
        0.
    """
    from detente.render import render_rows  # noqa: PLC0415

    emit(document({**about, "rows": found}, ledger), output, render_rows)
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
