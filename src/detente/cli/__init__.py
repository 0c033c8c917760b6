"""The command line: thin, over the public functions."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import cyclopts
from cyclopts import App

import detente
from detente.cli.options import CALL
from detente.errors import DetenteError

if TYPE_CHECKING:
    from collections.abc import Sequence

USAGE_ERROR = 2

app = App(
    name="detente",
    help="What trade measures apply, what they do to every economy, and what each side would sign.",
    version=detente.__version__,
    help_format="plaintext",
)
app.command("detente.cli.law:status", name="status")
app.command("detente.cli.law:duty", name="duty")
app.command("detente.cli.law:average", name="average")
app.command("detente.cli.law:ledger_app", name="ledger")
app.command("detente.cli.cases:port_fee", name="port-fee")
app.command("detente.cli.cases:licence", name="licence")
app.command("detente.cli.cases:screen", name="screen")
app.command("detente.cli.cases:purchases", name="purchases")
app.command("detente.cli.economy:run", name="run")
app.command("detente.cli.check:doctor", name="doctor")


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
    CALL.words = words
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
