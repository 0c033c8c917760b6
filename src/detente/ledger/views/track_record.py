"""What each side said it would do, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.ledger.files.load import open_ledger

if TYPE_CHECKING:
    from detente.ledger.ledger import Ledger
    from detente.ledger.records.statements import Kind, Statement


def statements(*, measure: str | None = None, ledger: Ledger | None = None) -> tuple[Statement, ...]:
    """
    Statements in order of their dates.

    Examples
    --------
    >>> [(s.by, s.outcome, s.days) for s in statements(measure="us.threat.cn100")]
    [('USA', 'taken back', 16), ('USA', 'followed', None)]
    """
    held = (ledger or open_ledger()).law().statements
    return tuple(item for item in held if measure is None or item.measure == measure)


def record_of(by: str, kind: Kind, *, ledger: Ledger | None = None) -> dict[str, int]:
    """
    Count what became of one side's statements of a kind, those still pending left out.

    Examples
    --------
    >>> sorted(record_of("CHN", "threat"))
    ['followed', 'partly', 'taken back']
    """
    count: dict[str, int] = {}
    for statement in statements(ledger=ledger):
        if statement.by == by and statement.kind == kind and statement.outcome != "pending":
            count[statement.outcome] = count.get(statement.outcome, 0) + 1
    return count
