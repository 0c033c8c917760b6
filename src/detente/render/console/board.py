"""The board in the terminal: in a few lines what is in force and what lapses next, or every instrument."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from rich.text import Text

from detente.asof import READINGS
from detente.formatting import count, day
from detente.geography.economies import spoken
from detente.labels import phrase, short_phrase
from detente.render.console.plain import DETAIL_WIDTH, make_table, say, wrap
from detente.render.headline import first_lines
from detente.render.kinds import spelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from rich.console import Console

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


def render_board(document: Mapping[str, Any], console: Console, *, whole: bool = False) -> None:
    """Print the state of the board in a few lines, or all of it as a table."""
    if not whole:
        for line in state_lines(document["result"]):
            say(console, line)
        return
    for line in first_lines(document):
        say(console, line)
    result = document["result"]
    table = make_table("instrument", "side", "state", "detail", "next")
    for row in result["board"]:
        state = Text(row["state"], style=STATE_STYLE.get(row["state"], ""))
        detail = shorten(spelled(row["detail"]), DETAIL_WIDTH, placeholder=" ...")
        table.add_row(row["instrument"], row["side"], state, detail, _next(row.get("next")))
    console.print(table)
    for warning in document["warnings"]:
        say(console, (warning, "dim"))


def state_lines(result: Mapping[str, Any]) -> Iterator[str]:
    """The board of a day in at most a dozen lines: what is in force, what the readings differ on, what comes next."""
    board = result["board"]
    yield from wrap(" ".join([_first(result), *_age(result)]))
    agreed = [row for row in board if _same(row)]
    differ = [row for row in board if not _same(row)]
    shown = (((IN_FORCE,), "In force"), (("suspended",), "Suspended"), (AHEAD, "Threatened or announced"))
    for states, title in shown:
        rows = [row for row in agreed if _states(row)[0] in states]
        if rows:
            said = _by_kind(rows) if IN_FORCE in states else _some([row["instrument"] for row in rows])
            yield from wrap(f"{title}: {said}.")
    yield from _differing(differ)
    yield from _coming(board, _reported_ends(differ))
    yield from wrap("More: detente status --all, detente ledger ls, detente run kuala-lumpur")


def _first(result: Mapping[str, Any]) -> str:
    """How many measures of whom are in force on the day, under either reading."""
    board, pair = result["board"], result.get("between") or ()
    whose = f"measures between {spoken(pair[0])} and {spoken(pair[1])}" if pair else "measures"
    known = f", as known on {day(result['known_on'])}" if result.get("known_on") else ""
    legal, reported = (sum(_states(row)[k] == IN_FORCE for row in board) for k in (0, 1))
    said = (
        "are in force"
        if legal == reported
        else f"are in force as the notices read, {count(reported)} as reported"
    )
    return f"{day(result['on'])}{known}: {count(legal)} of {count(len(board))} {whose} {said}."


def _age(result: Mapping[str, Any]) -> list[str]:
    """How old the sources are, for a day after their last one."""
    until = result.get("known_until")
    if not until or str(result["on"]) <= str(until):
        return []
    late = (dt.date.fromisoformat(result["on"]) - dt.date.fromisoformat(until)).days
    return [f"The sources end {count(late)} days before, on {day(until)}."]


def _states(row: Mapping[str, Any]) -> tuple[str, str]:
    """The state under both readings."""
    return tuple(row.get(f"state_{basis}", row["state"]) for basis in READINGS)


def _same(row: Mapping[str, Any]) -> bool:
    """Whether both readings say the same of a row."""
    return row.get(f"detail_{LEGAL}") == row.get(f"detail_{REPORTED}") and len(set(_states(row))) == 1


def _by_kind(rows: Iterable[Mapping[str, Any]]) -> str:
    """How many of each kind, most first."""
    kinds = Counter(row.get("kind", "") for row in rows).most_common()
    said = [f"{count(many)} {_kind(name, many)}" for name, many in kinds[:KINDS]]
    others = sum(many for _, many in kinds[KINDS:])
    return ", ".join([*said, *([f"{count(others)} of other kinds"] if others else [])])


def _kind(name: str, many: int) -> str:
    """A kind of measure, one or several."""
    if not name:
        return "measures"
    return short_phrase("kind", name) if many == 1 else phrase("kind", name)


def _differing(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What is in force as the notices read and not, or otherwise, as reported."""
    if not rows:
        return
    days = _reported_ends(rows)
    to = f" to {day(days[0])}" if len(days) == 1 else ""
    names = _some([row["instrument"] for row in rows])
    yield from wrap(f"In force as the notices read, suspended{to} as reported: {names}.")


def _reported_ends(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Days on which what the reports suspend comes back."""
    ahead = [row["next"] for row in rows if row.get("next")]
    return sorted({item["date"] for item in ahead if item["basis"] == REPORTED})


def _coming(board: Sequence[Mapping[str, Any]], said: Sequence[str]) -> Iterator[str]:
    """What comes next under each reading, but for a day that has been said."""
    for basis, words in ((LEGAL, "by law"), (REPORTED, "as reported")):
        ahead = [row for row in board if row.get("next") and row["next"]["basis"] == basis]
        first = min((row["next"]["date"] for row in ahead), default="")
        if not first or [first] == list(said):
            continue
        events: dict[str, list[str]] = {}
        for row in ahead:
            if row["next"]["date"] == first:
                events.setdefault(row["next"]["event"], []).append(row["instrument"])
        told = [f"{event}: {_some(names)}" for event, names in events.items()]
        others = [f"{count(len(told) - MOST)} other changes"] if len(told) > MOST else []
        yield from wrap(f"Next {words}, {day(first)}: {'; '.join([*told[:MOST], *others])}.")


def _some(names: Sequence[str]) -> str:
    """The first names of a list, and how many others there are."""
    listed = list(dict.fromkeys(names))
    said, others = listed[:MOST], len(listed) - MOST
    return "; ".join([*said, *([f"{count(others)} others"] if others > 1 else listed[MOST:])])


def _next(item: Mapping[str, Any] | None) -> str:
    """What happens next to an instrument."""
    if not item:
        return ""
    basis = f" ({item['basis']})" if item.get("basis") else ""
    return f"{item['date']} {item['event']}{basis}"
