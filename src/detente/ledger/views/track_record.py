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

    Parameters
    ----------
    measure
        Only those about this measure id.
    ledger
        The ledger; the built-in one by default. One limited to a day of knowledge (`Ledger.as_known`) gives those made
        known by then, with what had become of them.

    Returns
    -------
    tuple of Statement
        With the act that followed, where one did.

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

    Parameters
    ----------
    by
        Alpha-3 code of the side that spoke.
    kind
        ``threat``, ``promise`` or ``claim``.
    ledger
        The ledger, limited to what was known or not; the built-in one by default.

    Returns
    -------
    dict
        Number by outcome.

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
