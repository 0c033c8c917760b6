"""What lapses next between the sides of a study, as the books stand on the last day the sources cover."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.asof import AsOf
from detente.ledger import status

if TYPE_CHECKING:
    from detente.ledger import Ledger


def next_lapses(ledger: Ledger) -> list[dict[str, Any]]:
    """
    Days on which something on the board begins or ends next, soonest first.

    Gives ``{date, event, basis, reported, instruments}`` a day, event and basis.
    """
    groups: dict[tuple[str, ...], list[str]] = {}
    for row in status(ledger, asof=AsOf.of(ledger.horizon)).board:
        if after := row.next:
            reported = after.reported.isoformat() if after.reported else ""
            key = (after.date.isoformat(), after.event, after.basis, reported)
            groups.setdefault(key, []).append(row.instrument)
    return [
        {"date": date, "event": event, "basis": basis, "reported": reported or None, "instruments": names}
        for (date, event, basis, reported), names in sorted(groups.items())
    ]
