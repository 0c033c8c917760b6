"""A game told to someone who knew only what was known on a day: edits that are the law already are left out, and named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.errors import LedgerError
from detente.formatting import day
from detente.ledger import edit
from detente.policy.strategy.game_file import VERBS

if TYPE_CHECKING:
    from detente.ledger import Ledger
    from detente.policy.strategy.game_file import ActionSpec, GameSpec
    from detente.policy.study import Edits, ScenarioSpec

# What the ledger says of an edit after which everything is as before.
_IDLE = "the edit changes nothing"


def cell_of(game: GameSpec, first: ActionSpec, second: ActionSpec, ledger: Ledger) -> ScenarioSpec:
    """A pair of actions as a scenario; for a reader with a day of knowledge the agreement is made where it was not law."""
    if ledger.known_on is None:
        return game.scenario(first, second)
    return as_law_stands(game.scenario(first, second, terms=True), ledger)


def as_law_stands(spec: ScenarioSpec, ledger: Ledger) -> ScenarioSpec:
    """
    Leave out the edits of a scenario that are the law already to a reader with a day of knowledge.

    Gives the same if every edit changes something, or if the ledger has no day of knowledge: an idle edit is then
    refused.
    """
    if ledger.known_on is None:
        return spec
    return spec.model_copy(update={"edits": _moving(spec.edits, spec, ledger)[0]})


def idle_words(game: GameSpec, ledger: Ledger) -> list[str]:
    """Say of each action which of its edits are the law already on the day of knowledge."""
    if ledger.known_on is None:
        return []
    words = []
    for side, actions in game.actions.items():
        for item in actions:
            spec = game.edited(item.id, item.label, item.edits, item.assume)
            idle = _moving(item.edits, spec, ledger)[1]
            if idle:
                words.append(f"{side} {item.id} ({', '.join(idle)})")
    if not words:
        return []
    known = day(ledger.known_on)
    return [
        f"To someone who knew only what was known on {known}, these were the law already: {'; '.join(words)}."
    ]


def _moving(edits: Edits, spec: ScenarioSpec, ledger: Ledger) -> tuple[Edits, list[str]]:
    """The edits that change something, and the names of those that do not."""
    seen = ledger.as_known(spec.asof.limited(ledger.known_on).known_on)
    idle = [
        (verb, name)
        for verb in (*VERBS, "set")
        for name in getattr(edits, verb)
        if not _moves(seen, verb, name, edits, spec)
    ]
    lists = {verb: tuple(n for n in getattr(edits, verb) if (verb, n) not in idle) for verb in VERBS}
    rates = {name: rate for name, rate in edits.set.items() if ("set", name) not in idle}
    return edits.model_copy(update={**lists, "set": rates}), [name for _, name in idle]


def _moves(ledger: Ledger, verb: str, name: str, edits: Edits, spec: ScenarioSpec) -> bool:
    """Whether one edit changes what is on the books."""
    try:
        if verb == "set":
            edit(ledger, set={name: edits.set[name]}, on=spec.on)
        else:
            edit(ledger, **{verb: [name]}, on=spec.on)  # type: ignore[arg-type]
    except LedgerError as error:
        if error.what != _IDLE:
            raise
        return False
    return True
