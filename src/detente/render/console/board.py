"""The board in the terminal: in a few lines what is in force and what lapses next, or every instrument."""

from __future__ import annotations

from collections import Counter
from textwrap import shorten
from typing import TYPE_CHECKING

from rich.text import Text

from detente.asof import READINGS
from detente.formatting import count, day
from detente.geography.economies import spoken
from detente.labels import phrase, short_phrase
from detente.render.console.plain import DETAIL_WIDTH, make_table, say, wrap
from detente.render.headline import first_lines
from detente.render.kinds import spelled

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console

    from detente.compliance.documents.common import Assumption
    from detente.io.stamped import Stamped
    from detente.ledger.documents.board import BoardAnswer, BoardLine, Next

# Names of a list, and kinds, that are said; the others are counted.
MOST, KINDS = 2, 4
LEGAL, REPORTED = READINGS
IN_FORCE = "in force"
AHEAD = ("threatened", "announced")
STATE_STYLE = {
    "in force": "bold red",
    "suspended": "yellow",
    "threatened": "magenta",
    "announced": "cyan",
    "authorised": "cyan",
    "ended": "dim",
    "not known": "dim italic",
}


def render_board(
    document: Stamped[BoardAnswer, Assumption], console: Console, *, whole: bool = False
) -> None:
    """Print the state of the board in a few lines, or all of it as a table."""
    if not whole:
        for line in state_lines(document.result):
            say(console, line)
        return
    for line in first_lines(document):
        say(console, line)
    table = make_table("instrument", "side", "state", "detail", "next")
    for row in document.result.board:
        state = Text(row.state, style=STATE_STYLE.get(row.state, ""))
        detail = shorten(spelled(row.detail), DETAIL_WIDTH, placeholder=" ...")
        table.add_row(row.instrument, row.side, state, detail, _next(row.next))
    console.print(table)
    for warning in document.warnings:
        say(console, (warning, "dim"))


def state_lines(result: BoardAnswer) -> Iterator[str]:
    """The board of a day in at most a dozen lines: what is in force, what the readings differ on, what comes next."""
    board = result.board
    yield from wrap(" ".join([_first(result), *_age(result)]))
    agreed = [row for row in board if row.agreed]
    differ = [row for row in board if not row.agreed]
    shown = (((IN_FORCE,), "In force"), (("suspended",), "Suspended"), (AHEAD, "Threatened or announced"))
    for states, title in shown:
        rows = [row for row in agreed if row.states[0] in states]
        if rows:
            said = _by_kind(rows) if IN_FORCE in states else _some([row.instrument for row in rows])
            yield from wrap(f"{title}: {said}.")
    yield from _differing(differ)
    yield from _coming(board, _reported_ends(differ))
    yield from wrap("More: detente status --all, detente ledger ls, detente run kuala-lumpur")


def _first(result: BoardAnswer) -> str:
    """How many measures of whom are in force on the day, under either reading."""
    board, pair = result.board, result.between
    whose = f"measures between {spoken(pair[0])} and {spoken(pair[1])}" if pair else "measures"
    known = f", as known on {day(result.known_on)}" if result.known_on else ""
    legal, reported = (sum(row.states[k] == IN_FORCE for row in board) for k in (0, 1))
    said = (
        "are in force"
        if legal == reported
        else f"are in force as the notices read, {count(reported)} as reported"
    )
    return f"{day(result.on)}{known}: {count(legal)} of {count(len(board))} {whose} {said}."


def _age(result: BoardAnswer) -> list[str]:
    """How old the sources are, for a day after their last one."""
    late = (result.on - result.known_until).days
    return [f"The sources end {count(late)} days before, on {day(result.known_until)}."] if late > 0 else []


def _by_kind(rows: Iterable[BoardLine]) -> str:
    """How many of each kind, most first."""
    kinds = Counter(row.kind for row in rows).most_common()
    said = [f"{count(many)} {_kind(name, many)}" for name, many in kinds[:KINDS]]
    others = sum(many for _, many in kinds[KINDS:])
    return ", ".join([*said, *([f"{count(others)} of other kinds"] if others else [])])


def _kind(name: str, many: int) -> str:
    """A kind of measure, one or several."""
    if not name:
        return "measures"
    return short_phrase("kind", name) if many == 1 else phrase("kind", name)


def _differing(rows: Sequence[BoardLine]) -> Iterator[str]:
    """What is in force as the notices read and not, or otherwise, as reported."""
    if not rows:
        return
    days = _reported_ends(rows)
    to = f" to {day(days[0])}" if len(days) == 1 else ""
    names = _some([row.instrument for row in rows])
    yield from wrap(f"In force as the notices read, suspended{to} as reported: {names}.")


def _reported_ends(rows: Iterable[BoardLine]) -> list[dt.date]:
    """Days on which what the reports suspend comes back."""
    ahead = [row.next for row in rows if row.next]
    return sorted({item.date for item in ahead if item.basis == REPORTED})


def _coming(board: Sequence[BoardLine], said: Sequence[dt.date]) -> Iterator[str]:
    """What comes next under each reading, but for a day that has been said."""
    for basis, words in ((LEGAL, "by law"), (REPORTED, "as reported")):
        ahead = [(row.next, row) for row in board if row.next and row.next.basis == basis]
        first = min((after.date for after, _ in ahead), default=None)
        if first is None or [first] == list(said):
            continue
        events: dict[str, list[str]] = {}
        for after, row in ahead:
            if after.date == first:
                events.setdefault(after.event, []).append(row.instrument)
        told = [f"{event}: {_some(names)}" for event, names in events.items()]
        others = [f"{count(len(told) - MOST)} other changes"] if len(told) > MOST else []
        yield from wrap(f"Next {words}, {day(first)}: {'; '.join([*told[:MOST], *others])}.")


def _some(names: Sequence[str]) -> str:
    """The first names of a list, and how many others there are."""
    listed = list(dict.fromkeys(names))
    said, others = listed[:MOST], len(listed) - MOST
    return "; ".join([*said, *([f"{count(others)} others"] if others > 1 else listed[MOST:])])


def _next(item: Next | None) -> str:
    """What happens next to an instrument."""
    if not item:
        return ""
    return f"{item.date} {item.event} ({item.basis})"
