"""The command line: thin, over the public functions."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import cyclopts
from cyclopts import App, Parameter

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
    default_parameter=Parameter(negative=()),
)
# Where each command is, and its line in the help: a command's module loads when it is called.
COMMANDS = {
    "status": ("law:status", "The board: every instrument of the story, its state, and what lapses next."),
    "run": ("economy:run", "Solve a study and compare its scenarios; kuala-lumpur is the main job."),
    "duty": ("law:duty", "The duties on one product, line by line."),
    "average": ("law:average", "The average effective tariff, on a day or day by day."),
    "port-fee": ("cases:port_fee", "The fee for one port call."),
    "licence": ("cases:licence", "Whether an export needs a licence, and which test decides."),
    "screen": ("cases:screen", "Screen a name against restricted-party lists, with the 50 % rule."),
    "purchases": ("cases:purchases", "Progress against a purchase commitment."),
    "ledger": ("law:ledger_app", "Read and check the law: every measure, dated and cited."),
    "play": ("strategy:play_app", "Optimal and Nash tariffs, payoffs, bargaining, deals."),
    "hedge": ("strategy:hedge", "What a bloc is worth to its members as a hedge."),
    "reliance": ("strategy:reliance", "Mutual dependence, and the cost of being cut off."),
    "path": ("strategy:path", "The path over time while a truce lasts."),
    "sweep": ("sweep:sweep", "Many scenarios: bands and what drives them."),
    "serve": ("serve:serve", "The page and its HTTP API, on this machine."),
    "doctor": ("check:doctor", "Versions, data, law and solver checks of this installation."),
}
for _name, (_place, _help) in COMMANDS.items():
    app.command(f"detente.cli.{_place}", name=_name, help=_help)


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
    CALL.begin(words)
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
