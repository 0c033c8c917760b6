"""Commands of several words: ledger and play."""

from __future__ import annotations

from cyclopts import App

from detente.queries import QUESTIONS
from detente.queries.question import question_of


def _group(name: str, told: str) -> App:
    """A group of the commands whose first word is its name; each loads when it is called."""
    app = App(name=name, help=told, help_format="plaintext")
    for function, (first, *rest) in COMMANDS.items():
        if first == name:
            app.command(f"detente.cli.command:{function}", name=rest[0], help=question_of(function).help)
    return app


COMMANDS = {
    name: question_of(name).command
    for name in QUESTIONS
    if QUESTIONS[name] in {"ledger", "games", "calendars", "forecasts", "agreements"}
}
ledger = _group("ledger", "Read and check the law: every measure, dated and cited.")
play = _group("play", "Games of tariffs and of measures: what each side would do, and sign.")
