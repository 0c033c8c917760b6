"""What changed between two days in the terminal: grouped by what the change is, or every change by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.formatting import count, day, rate
from detente.labels import label, short
from detente.render.console.plain import make_table, say, wrap
from detente.render.headline import first_lines
from detente.render.law_headline import asked, readings_said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from detente.compliance.documents.common import Assumption
    from detente.io.stamped import Stamped
    from detente.ledger.documents.records import Change, Changes, Standing

# Measures of a group that are named; the others are counted.
MOST = 8


def render_changes(document: Stamped[Changes, Assumption], console: Console, *, whole: bool = False) -> None:
    """Print changes in groups, or one row a change."""
    result = document.result
    if not whole:
        for line in change_lines(result):
            say(console, line)
        return
    for line in first_lines(document):
        say(console, line)
    table = make_table("measure", "part", "change", "from", "to", "act")
    for row in result.rows:
        name = f"{label('measure', row.measure)} ({row.measure})"
        part = short("part", row.part, within=row.measure)
        table.add_row(name, part, row.change, row.from_, row.to, row.act)
    console.print(table)


def change_lines(result: Changes) -> Iterator[str]:
    """The question, how many changes under either reading, and the groups, largest first."""
    yield from wrap(f"{asked(result)}: {_many(len(result.rows), 'change')}")
    if len({item.changes for item in result.readings}) > 1:
        yield from (line for text in readings_said(result.readings) for line in wrap(text))
    groups: dict[str, list[str]] = {}
    for row in result.rows:
        groups.setdefault(what(row), []).append(short("measure", row.measure))
    for said, names in sorted(groups.items(), key=lambda group: -len(set(group[1]))):
        listed = list(dict.fromkeys(names))
        others = [f"{count(len(listed) - MOST)} others"] if len(listed) > MOST + 1 else listed[MOST:]
        yield from wrap(f"{said}: {_many(len(listed), 'measure')}")
        yield from (f"  {line}" for line in wrap("; ".join([*listed[:MOST], *others]), indent=0, less=2))
    if result.rows:
        yield "More: detente ledger diff --all, detente ledger show ID"


def _many(number: int, word: str) -> str:
    """A count with its word."""
    return f"{count(number)} {word}{'' if number == 1 else 's'}"


def what(row: Change) -> str:
    """What a change is, the same for changes that are alike: of the state, the end of a suspension, a rate, or else."""
    before, after = row.before, row.after
    if before is None or after is None or before.state != after.state:
        return f"{_state(before)} -> {_state(after)}"
    if _end(before) != _end(after):
        return f"{before.state}{_end(before)} -> {_end(after).lstrip(', ') or 'no end'}"
    if before.rate != after.rate and None not in (before.rate, after.rate):
        return f"{rate(before.rate)} -> {rate(after.rate)}"
    return f"{after.state}, other terms"


def _state(side: Standing | None) -> str:
    """The state of one side with the end of its suspension."""
    return f"{side.state}{_end(side)}" if side else "nothing"


def _end(side: Standing) -> str:
    """Until when points or the whole are suspended, by the notices or as reported."""
    words = {"suspended": "", "in force": ", but suspended"}.get(side.state, ", suspended")
    word = ", points suspended" if side.suspended_points else words
    if side.until_legal:
        return f"{word} until {day(side.until_legal)}"
    return f"{word} until {day(side.until_reported)} as reported" if side.until_reported else ""
