"""The command line: thin, over the public functions."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from typing import TYPE_CHECKING

import cyclopts
from cyclopts import App, Parameter

import detente
from detente.cli.printing import CALL
from detente.errors import DetenteError
from detente.io.outputs import system_refusal
from detente.threads import one_for_this_process

if TYPE_CHECKING:
    from collections.abc import Sequence

USAGE_ERROR = 2
# New objects between two looks of the garbage collector; Python's own number is in the hundreds.
_RARELY = 50_000

app = App(
    name="detente",
    help="What trade measures apply, what they do to every economy, and what each side would sign.",
    version=detente.__version__,
    help_format="plaintext",
    default_parameter=Parameter(negative=()),
)
# Where each command is, and its line in the help: a command's module loads when it is called.
COMMANDS = {
    "status": (
        "command:status",
        "The board: every instrument of the story, its state, and what lapses next.",
    ),
    "run": ("command:run", "Solve a study and compare its scenarios; kuala-lumpur is the main job."),
    "duty": ("command:duty", "The duties on one product, line by line."),
    "entry": ("command:entry", "Whole entries: what to file, to pay and to claim, line by line."),
    "search": ("command:search", "Products by words or code, each with its heading, rate and trade."),
    "average": ("command:average_tariff", "The average effective tariff, on a day or day by day."),
    "schedule": ("command:schedule", "The rates of every product from every origin, as a file."),
    "port-fee": ("command:port_fee", "The fee for one port call."),
    "licence": ("command:licence", "Whether an export needs a licence, and which test decides."),
    "screen": ("command:screen", "Screen a name against restricted-party lists, with the 50 % rule."),
    "purchases": ("command:purchases", "Progress against a purchase commitment."),
    "ledger": ("groups:ledger", "Read and check the law: every measure, dated and cited."),
    "play": ("groups:play", "Optimal and Nash tariffs, payoffs, bargaining, deals."),
    "hedge": ("command:hedge", "What a bloc is worth to its members as a hedge."),
    "reliance": ("command:reliance", "Mutual dependence, and the cost of being cut off."),
    "path": ("command:path", "The path over time while a truce lasts."),
    "unresolved": (
        "command:unresolved",
        "What each side still asks of the other, and what granting it is worth.",
    ),
    "forecast": (
        "command:forecast",
        "Threats, promises and packages forecast from what was known, and scored.",
    ),
    "economy": ("command:economy", "What measures and scenarios mean for one economy."),
    "what-if": (
        "command:what_if",
        "Points of duty on top of the law of a day: what a hundred more on one economy do.",
    ),
    "chokepoints": (
        "command:chokepoints",
        "Critical inputs: what a cut costs in a quarter, a year, the long run.",
    ),
    "sweep": ("command:sweep", "Many scenarios: bands and what drives them."),
    "schema": ("command:schema", "The JSON schema of a document."),
    "collected": ("command:collected", "Duties collected beside those on the books, the gap taken apart."),
    "evidence": (
        "command:evidence",
        "Predictions held against what was traded, beside rules without a model.",
    ),
    "serve": ("serve:serve", "The page and its HTTP API, on this machine."),
    "publish": ("publish:publish", "The whole page as static files, for a folder or any host."),
    "mcp": ("mcp:mcp", "Every question as a tool for programs (Model Context Protocol)."),
    "completion": (
        "completion:completion",
        "A script for bash, zsh or fish that completes commands and options.",
    ),
    "doctor": ("check:doctor", "Versions, data, law and solver checks of this installation."),
}
for _name, (_place, _help) in COMMANDS.items():
    app.command(f"detente.cli.{_place}", name=_name, help=_help)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line. Whatever the system refuses on the way ends here, in five parts."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    CALL.begin(words)
    one_for_this_process()
    # Nothing in this program is a plugin of pydantic, which would look through every installed package for some.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # A command that starts makes many objects and drops few: the collector would look through them time and again.
    gc.set_threshold(_RARELY, *gc.get_threshold()[1:])
    try:
        code = _answered(words)
        sys.stdout.flush()
        if arguments is None:
            # The process ends: nothing is left for the collector to look through.
            gc.freeze()
    except BrokenPipeError:
        _drop_output()
        return 0
    except OSError as problem:
        _drop_output()
        return _told(system_refusal(problem))
    return code


def _answered(words: Sequence[str]) -> int:
    """Run a command, and give the code it ends with."""
    try:
        return int(app(words, exit_on_error=False, print_error=False, result_action="return_value") or 0)
    except DetenteError as error:
        return _told(error)
    except cyclopts.CycloptsError as error:
        sys.stderr.write(f"usage: {_slip(error) or error}\n  repair  see `detente --help`\n")
        return USAGE_ERROR


def _slip(error: cyclopts.CycloptsError) -> str:
    """Name the option that was meant where a slip in one leaves another missing: the parser tells of the latter only."""
    typed = next((word for word in error.unused_tokens or () if word.startswith("--")), "")
    if not typed or not isinstance(error, cyclopts.MissingArgumentError):
        return ""
    from detente.io.words import nearest  # noqa: PLC0415  (loads what only a refusal needs)

    command = app
    for word in error.command_chain or ():
        command = command[word]
    names = [name for item in command.assemble_argument_collection() for name in item.names]
    near = nearest(typed, [name for name in names if name.startswith("--")])
    return f"Unknown option: {typed}. Did you mean {near}?" if near and near != typed else ""


def _told(error: DetenteError) -> int:
    """Say a refusal, where there is anywhere to say it."""
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{error}\n")
        sys.stderr.flush()
    return error.exit_code


def _drop_output() -> None:
    """Let go of what could not be printed: Python would try again as it ends."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main())
