"""What changed between two days, as rows that can be applied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from detente.asof import AsOf, both_readings
from detente.errors import LedgerError
from detente.ledger.views.text import describe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from detente.asof import Basis
    from detente.ledger.ledger import Ledger
    from detente.ledger.snapshots import Book, Position

Key = tuple[str, str, tuple[str, ...]]
Snapshot = dict[Key, dict[str, Any]]
ABSENT: Final = "none"


def snapshot(book: Book) -> Snapshot:
    """
    A book as plain values.

    Gives by measure, part and targets: state, value in words, rate, ceiling, amounts, quantity, rule, suspended points,
    ends of the suspension, exempt targets, act and sources.
    """
    return {item.key: _values(item) for item in book.positions}


def _values(position: Position) -> dict[str, Any]:
    """What can change of a position."""
    step = position.step
    return {
        "state": position.state,
        "detail": describe(position),
        "rate": position.rate,
        "cap": position.cap,
        "amounts": position.amounts,
        "quantity": position.quantity,
        "rule": position.rule,
        "suspended_points": position.suspended_points,
        "until_legal": position.until_legal.isoformat() if position.until_legal else None,
        "until_reported": position.until_reported.isoformat() if position.until_reported else None,
        "exempt_targets": list(position.exempt_targets),
        "act": step.act if step else "",
        "sources": list(step.sources if step else position.measure.sources),
    }


def diff(ledger: Ledger, before: AsOf, after: AsOf) -> list[dict[str, Any]]:
    """
    What changed between two questions, mostly two days.

    Gives ``{measure, part, targets, change, from, to, act, sources, before, after}``: `from` and `to` in words,
    `before` and `after` in full, None where there was nothing. `apply_diff` turns the first day into the second.

    Examples
    --------
    >>> from detente.ledger import open_ledger
    >>> rows = diff(open_ledger(), AsOf.of("2025-11-09"), AsOf.of("2025-11-10"))
    >>> [(row["from"], row["to"]) for row in rows if row["measure"] == "us.ieepa.fentanyl.cn"]
    [('20 %', '10 %')]
    """
    old, new = (snapshot(ledger.on(asof)) for asof in (before, after))
    keys = [key for key in sorted({*old, *new}) if old.get(key) != new.get(key)]
    return [_row(key, old.get(key), new.get(key)) for key in keys]


def diff_readings(ledger: Ledger, before: AsOf, after: AsOf) -> list[dict[str, Any]]:
    """Changes under both readings, where the second day lies after the last one the sources cover; else empty."""

    def read(basis: Basis) -> dict[str, Any]:
        rows = diff(ledger, before.under(basis), after.under(basis))
        kept = [{key: row[key] for key in ("measure", "part", "targets", "from", "to")} for row in rows]
        return {"basis": basis, "changes": len(kept), "rows": kept}

    return list(both_readings(after.day, ledger.horizon, read))


def _row(key: Key, before: dict[str, Any] | None, after: dict[str, Any] | None) -> dict[str, Any]:
    """One change."""
    was, now = (before or {}).get("state", ABSENT), (after or {}).get("state", ABSENT)
    measure, part, targets = key
    return {
        "measure": measure,
        "part": part,
        "targets": list(targets),
        "change": f"{was} to {now}" if was != now else f"{now}, changed",
        "from": (before or {}).get("detail", ABSENT),
        "to": (after or {}).get("detail", ABSENT),
        "act": (after or before or {}).get("act", ""),
        "sources": (after or before or {}).get("sources", []),
        "before": before,
        "after": after,
    }


def apply_diff(states: Mapping[Key, Mapping[str, Any]], rows: Iterable[Mapping[str, Any]]) -> Snapshot:
    """Apply the rows of a diff to a snapshot."""
    found = {key: dict(values) for key, values in states.items()}
    for row in rows:
        key = (row["measure"], row["part"], tuple(row["targets"]))
        if found.get(key) != row["before"]:
            raise LedgerError(
                "the difference does not start here",
                where=f"{row['measure']}: {row['part']}",
                found=found.get(key, {}).get("detail", ABSENT),
                allowed=row["from"],
                repair="apply it to the snapshot of its first day",
            )
        if row["after"] is None:
            found.pop(key, None)
        else:
            found[key] = dict(row["after"])
    return found
