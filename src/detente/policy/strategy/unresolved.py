"""What each side still asks of the other: promises not carried out, burdens in force, and what granting each is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.asof import day_of
from detente.errors import DetenteError
from detente.labels import label
from detente.ledger.views.status import status
from detente.ledger.views.track_record import statements
from detente.policy.instrument_table import Purchase, Slice, instrument_table
from detente.policy.instruments.scenario_law import scenario_book
from detente.policy.strategy.actions import Cells
from detente.policy.strategy.game_setting import (
    GameSetting,
    conditions,
    find_player,
    gain_usd_bn,
    real_income,
)
from detente.policy.study import Edits, ScenarioSpec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from detente.asof import AsOf
    from detente.games import Player
    from detente.ledger import Book
    from detente.ledger.records.statements import Statement
    from detente.model import Equilibrium, Shock

# What became of a promise, or of a claim about the other side, that leaves something to ask for.
OPEN: Final = ("pending", "not seen", "partly")
# States of a measure in which it burdens somebody today.
IN_FORCE: Final = "in force"
# Kind of a measure that takes goods out of another.
EXCLUSION: Final = "exclusion"
# A change of both sides' real income below this, percent, is none.
NOTHING: Final = 1e-7


@dataclass(frozen=True)
class Ask:
    """
    Something one side asks of the other.

    kind: "act" (a promise or a claim to be carried out) or "burden" (a measure to be lifted).
    said: The statement behind it; the latest on the measure for a burden, None where there is none.
    """

    asker: str
    of: str
    kind: str
    title: str
    measures: tuple[str, ...]
    state: str
    detail: str
    said: Statement | None


def unresolved(board: GameSetting, asof: AsOf) -> dict[str, Any]:
    """
    List what each side of the study still asks of the other on a day, and price granting it by the model.

    Gives ``asks``: ``asker``, ``of``, ``kind``, ``title``, ``measures``, ``state``, the statement (``says``, ``said_on``,
    ``outcome``), and ``worth`` of granting to each side (percent of real income and USD billion a year, everything else
    as the law of the day has it), or ``not_priced`` with the reason.
    """
    first, second = board.run.spec.pairs[0]
    players = tuple(find_player(board, name) for name in (first, second))
    asks = list(_asks(board, (first, second), asof))
    prices = _prices(board, asks, players, asof)
    return {
        **conditions(board),
        "on": day_of(asof.moment).isoformat(),
        "ends": asof.ends,
        "sides": [first, second],
        "asks": [_row(ask, price) for ask, price in zip(asks, prices, strict=True)],
    }


def _asks(board: GameSetting, sides: tuple[str, str], asof: AsOf) -> Iterator[Ask]:
    """Acts that were promised or claimed and are not seen, then burdens in force between the two."""
    ledger = board.run.ledger
    on = day_of(asof.moment)
    known = ledger.as_known(min(on, ledger.known_on or on))
    board_rows = status(ledger, asof=asof.limited(ledger.known_on)).board
    by_measure = {name: row for row in board_rows for name in row.measures}
    for said in statements(ledger=known):
        other = sides[1] if said.of == sides[0] else sides[0]
        row = by_measure.get(said.measure)
        if said.kind == "threat" or said.outcome not in OPEN or said.of not in sides:
            continue
        if row is None:
            continue
        state, detail = row.under(asof.ends)
        if state != "ended":
            yield Ask(other, said.of, "act", said.says, (said.measure,), state, detail, said)
    latest = {said.measure: said for said in statements(ledger=known)}
    done: set[tuple[str, ...]] = set()
    for row in board_rows:
        imposer, _, target = row.side.partition(" on ")
        names, (state, detail) = row.measures, row.under(asof.ends)
        if {imposer, target} != set(sides) or state != IN_FORCE or _relieves(names, board):
            continue
        if names in done:
            continue
        done.add(names)
        last = next((latest[name] for name in names if name in latest), None)
        yield Ask(target, imposer, "burden", row.instrument, names, IN_FORCE, detail, last)


def _relieves(measures: Sequence[str], board: GameSetting) -> bool:
    """Whether measures take a burden off: exclusions, and rules that release what another rule holds back."""
    table = board.run.ledger.measures
    released = {
        name
        for item in instrument_table().instruments
        if isinstance(item, Slice)
        for name in item.released_by
    }
    return all(name in released or table[name].instrument == EXCLUSION for name in measures)


def _row(ask: Ask, price: dict[str, Any]) -> dict[str, Any]:
    """One line of the list."""
    said = ask.said
    return {
        "asker": ask.asker,
        "of": ask.of,
        "kind": ask.kind,
        "title": ask.title,
        "measures": list(ask.measures),
        "label": label("measure", ask.measures[0], otherwise=ask.title),
        "state": ask.state,
        "detail": ask.detail,
        "statement": said.id if said else None,
        "says": said.says if said else None,
        "said_on": said.date.isoformat() if said else None,
        "said_by": said.by if said else None,
        "outcome": said.outcome if said else None,
        **price,
    }


def _prices(
    board: GameSetting, asks: Sequence[Ask], players: tuple[Player, ...], asof: AsOf
) -> list[dict[str, Any]]:
    """What granting each is worth, or why it has no price."""
    cells = Cells(board)
    on = day_of(asof.moment)
    words = f"the ledger on {on}"
    law = ScenarioSpec(id="law", label=words, definition=words, on=on, ends=asof.ends)
    book, now = cells.read(law)
    found: list[dict[str, Any]] = [{} for _ in asks]
    todo: list[tuple[int, float, Shock]] = []
    for k, ask in enumerate(asks):
        edits, sign, reason = _granting(board, ask, law, book)
        if edits is None:
            found[k] = _unpriced(reason)
            continue
        try:
            edited = law.model_copy(update={"id": f"ask-{k}", "edits": edits})
            shock = cells.read(edited)[1].shock
        except DetenteError as error:
            found[k] = _unpriced(f"no edit of the law stands for it ({error.what})")
            continue
        todo.append((k, sign, shock))

    def incomes(eq: Equilibrium) -> list[tuple[float, float]] | None:
        return [(real_income(eq, p), gain_usd_bn(eq, p)) for p in players] if eq.converged else None

    start, *others = cells.solve_many([now.shock, *(shock for _, _, shock in todo)], reduce=incomes)
    for (k, sign, _), there in zip(todo, others, strict=True):
        found[k] = _priced(players, start, there, sign)
    return found


def _granting(board: GameSetting, ask: Ask, law: ScenarioSpec, book: Book) -> tuple[Edits | None, float, str]:
    """The edit that tells what granting is worth, the sign that makes a gain of it, and why there is none."""
    sized = [item for item in instrument_table().instruments if set(item.measures) & set(ask.measures)]
    helps = any(isinstance(item, Purchase) for item in sized) or _relieves(ask.measures, board)
    if ask.state == "suspended":
        return None, 0.0, "suspended on this day, so that granting changes nothing yet"
    if ask.state != IN_FORCE:
        return None, 0.0, "nothing in force on this day that granting would change"
    if ask.kind == "act" and not helps:
        return _kept(board, ask.measures[0], law, book), 1.0, ""
    standing = tuple(name for name in ask.measures if any(item.state == IN_FORCE for item in book.get(name)))
    return Edits(end=standing), -1.0 if helps else 1.0, ""


def _kept(board: GameSetting, measure: str, law: ScenarioSpec, book: Book) -> Edits:
    """A measure as it stands if what was reported comes true: at its rate then, or suspended."""
    reported = law.model_copy(update={"ends": "reported"})
    other = scenario_book(reported, board.run.ledger, board.run.spec.assumed(reported))
    rates = [[item.rate for item in read.get(measure) if item.state == IN_FORCE] for read in (book, other)]
    if len(rates[1]) == 1 and rates[1][0] is not None and rates[1] != rates[0]:
        return Edits(set={measure: rates[1][0]})
    return Edits(suspend=(measure,))


def _priced(
    players: Sequence[Player],
    start: list[tuple[float, float]] | None,
    there: list[tuple[float, float]] | None,
    sign: float,
) -> dict[str, Any]:
    """Gains of both sides from granting; none where a solve failed or nothing moves."""
    if start is None or there is None:
        return _unpriced("no equilibrium without it")
    gains = np.array(there) - np.array(start)
    if np.abs(gains[:, 0]).max() <= NOTHING:
        return _unpriced("the model has no size for it")
    return {
        "worth": {
            "pct": {p.name: sign * float(gain) for p, gain in zip(players, gains[:, 0], strict=True)},
            "usd_bn": {p.name: sign * float(gain) for p, gain in zip(players, gains[:, 1], strict=True)},
        },
        "not_priced": None,
    }


def _unpriced(reason: str) -> dict[str, Any]:
    """No price, and why."""
    return {"worth": None, "not_priced": reason}
