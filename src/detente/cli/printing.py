"""What every command does with its result: stamp it, and print it in the form asked for."""

from __future__ import annotations

import json
import re
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path  # noqa: TC003  (the command line resolves the annotations at run time)
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from detente.errors import InputError
from detente.io.documents import as_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

# Columns of a table that goes to a file or a pipe.
PIPE_WIDTH = 120
# Characters of a bar that shows how far a long command is.
BAR_WIDTH = 30
# Characters of the line of progress, what takes it away, and how a line that stays begins.
LINE, CLEAR, WRITTEN = 76, "\r\x1b[K", "written"
_COUNTED = re.compile(r"(\d+) of (\d+) \w+")
# What the first lines of an answer say, and the rest does not repeat.
SAID = ("readings", "passed")
# What prints the first lines by itself.
WHOLE = ("render_board", "render_changes")


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

    def __post_init__(self) -> None:
        """Refuse two forms at once, before anything is worked out."""
        if self.json and self.csv:
            raise InputError(
                "a result is printed in one form",
                where="--json, --csv",
                found="both",
                allowed="--json, --csv, or neither for a table to read",
                repair="leave one of them out",
            )


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
    """Open a rich console; it respects NO_COLOR by itself."""
    from rich.console import Console  # noqa: PLC0415

    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, width=None if stream.isatty() else PIPE_WIDTH)


def emit(
    found: Any,
    output: Output,
    prints: str = "",
    view: Mapping[str, Any] | None = None,
    *,
    name: str = "",
) -> None:
    """Print a document as JSON, as CSV with the columns of a question, or what was chosen of it for a reader."""
    if output.json:
        plain = found if isinstance(found, dict) else as_json(found)
        sys.stdout.write(json.dumps(plain, ensure_ascii=False, indent=1, default=str) + "\n")
        return
    from detente import render  # noqa: PLC0415

    if output.csv:
        from detente.render.columns import columns  # noqa: PLC0415
        from detente.render.spreadsheet import main_rows, sheet  # noqa: PLC0415

        sys.stdout.write(sheet(main_rows(as_json(found)), "\n", columns().get(name, ())))
        return
    out = console()
    if prints not in WHOLE:
        for line in render.first_lines(found):
            out.print(line, markup=False, highlight=False)
        if isinstance(found, dict):
            found = {
                **found,
                "result": {key: item for key, item in found["result"].items() if key not in SAID},
            }
    getattr(render, prints or "render_result")(found, out, **(view or {}))


@dataclass
class Progress:
    """
    How far a command is: one line of a terminal, written over; nothing where stderr is a file or a pipe.

    quiet: Whether it says nothing. What was written stays on a line of its own.
    """

    quiet: bool
    open: bool = False

    def __call__(self, text: str) -> None:
        """Say a step."""
        if self.quiet:
            return
        if text.startswith(WRITTEN):
            self.end()
            sys.stderr.write(f"  {text}\n")
        elif sys.stderr.isatty():
            self.open = True
            sys.stderr.write(f"{CLEAR}  {_bar(text)}")
        sys.stderr.flush()

    def end(self) -> None:
        """Take the line away."""
        if self.open:
            sys.stderr.write(CLEAR)
            sys.stderr.flush()
        self.open = False


def _bar(text: str) -> str:
    """A step, where it counts with a bar before it; no longer than a line."""
    counted = _COUNTED.search(text)
    if counted is None:
        return text[:LINE]
    done, of = int(counted[1]), max(1, int(counted[2]))
    filled = BAR_WIDTH * min(done, of) // of
    return f"[{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {text}"[:LINE]
