"""What changed between two days, as rows that can be applied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from detente.asof import AsOf, both_readings
from detente.errors import LedgerError
from detente.ledger.documents.records import Change, ChangeRead, ChangesRead, Standing
from detente.ledger.views.text import describe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from detente.asof import Basis
    from detente.ledger.ledger import Ledger
    from detente.ledger.snapshots import Book, Position

Key = tuple[str, str, tuple[str, ...]]
Snapshot = dict[Key, Standing]
ABSENT: Final = "none"


def snapshot(book: Book) -> Snapshot:
    """What can change of a book, by measure, part and targets."""
    return {item.key: _values(item) for item in book.positions}


def _values(position: Position) -> Standing:
    """What can change of a position."""
    step = position.step
    return Standing(
        state=position.state,
        detail=describe(position),
        rate=position.rate,
        cap=position.cap,
        amounts=position.amounts,
        quantity=position.quantity,
        rule=position.rule,
        suspended_points=position.suspended_points,
        until_legal=position.until_legal,
        until_reported=position.until_reported,
        exempt_targets=position.exempt_targets,
        act=step.act if step else "",
        sources=step.sources if step else position.measure.sources,
    )


def diff(ledger: Ledger, before: AsOf, after: AsOf) -> tuple[Change, ...]:
    """
    What changed between two questions, mostly two days.

    `apply_diff` turns the first day into the second.

    Examples
    --------
    >>> from detente.ledger import open_ledger
    >>> rows = diff(open_ledger(), AsOf.of("2025-11-09"), AsOf.of("2025-11-10"))
    >>> [(row.from_, row.to) for row in rows if row.measure == "us.ieepa.fentanyl.cn"]
    [('20 %', '10 %')]
    """
    old, new = (snapshot(ledger.on(asof)) for asof in (before, after))
    keys = [key for key in sorted({*old, *new}) if old.get(key) != new.get(key)]
    return tuple(_row(key, old.get(key), new.get(key)) for key in keys)


def diff_readings(ledger: Ledger, before: AsOf, after: AsOf) -> tuple[ChangesRead, ...]:
    """Changes under both readings, where the second day lies after the last one the sources cover; else empty."""

    def read(basis: Basis) -> ChangesRead:
        rows = tuple(
            ChangeRead(measure=row.measure, part=row.part, targets=row.targets, from_=row.from_, to=row.to)
            for row in diff(ledger, before.under(basis), after.under(basis))
        )
        return ChangesRead(basis=basis, changes=len(rows), rows=rows)

    return both_readings(after.day, ledger.horizon, read)


def _row(key: Key, before: Standing | None, after: Standing | None) -> Change:
    """One change."""
    was, now = before.state if before else ABSENT, after.state if after else ABSENT
    measure, part, targets = key
    last = after or before
    return Change(
        measure=measure,
        part=part,
        targets=targets,
        change=f"{was} to {now}" if was != now else f"{now}, changed",
        from_=before.detail if before else ABSENT,
        to=after.detail if after else ABSENT,
        act=last.act if last else "",
        sources=last.sources if last else (),
        before=before,
        after=after,
    )


def apply_diff(states: Mapping[Key, Standing], rows: Iterable[Change]) -> Snapshot:
    """Apply the rows of a diff to a snapshot."""
    found = dict(states)
    for row in rows:
        key = (row.measure, row.part, row.targets)
        held = found.get(key)
        if held != row.before:
            raise LedgerError(
                "the difference does not start here",
                where=f"{row.measure}: {row.part}",
                found=held.detail if held else ABSENT,
                allowed=row.from_,
                repair="apply it to the snapshot of its first day",
            )
        if row.after is None:
            found.pop(key, None)
        else:
            found[key] = row.after
    return found
