"""One duty on every day on which it may have changed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from detente.errors import DetenteError
from detente.geography import territories as customs
from detente.geography.economies import resolve
from detente.ledger import timeline
from detente.schedules import provider_of

if TYPE_CHECKING:
    from detente.ledger import Ledger
    from detente.queries.question import Asked

# First day drawn.
FIRST = dt.date(2018, 1, 1)


def spans(asked: Asked, ledger: Ledger) -> list[dict[str, Any]]:
    """
    Work out the parts of a duty over time.

    Gives ``from``, ``to``, ``part``, ``rate``, ``low`` and ``high``: fractions, parts stacked.
    """
    days = _days(ledger, resolve(asked.destination, where="to"))
    ends = [*days[1:], ledger.horizon + dt.timedelta(days=1)]
    rows: list[dict[str, Any]] = []
    last: list[tuple[str, float]] = []
    for start, end in zip(days, ends, strict=True):
        try:
            found = asked.but(on=start.isoformat(), at=None).answer(ledger)
        except DetenteError:
            continue
        parts = [(line.title, line.contribution) for line in found.lines if line.contribution > 0]
        if parts == last:
            for row in rows[len(rows) - len(parts) :]:
                row["to"] = end.isoformat()
            continue
        rows += _stacked(parts, start, end)
        last = parts
    return rows


def _stacked(parts: list[tuple[str, float]], start: dt.date, end: dt.date) -> list[dict[str, Any]]:
    """Parts of a duty over one span, each on top of those before it."""
    rows, top = [], 0.0
    for title, share in parts:
        span = {"from": start.isoformat(), "to": end.isoformat(), "part": title, "rate": share}
        rows.append(span | {"low": top, "high": top + share})
        top += share
    return rows


def _days(ledger: Ledger, importer: str) -> list[dt.date]:
    """Days on which a tariff of an importer begins, changes, is suspended or ends, from the ledger's timeline."""
    kinds = {"tariff", "import_ban"}
    tariffs = {name: item.imposer for name, item in ledger.measures.items() if item.instrument in kinds}
    dated = [
        (tariffs[row.measure], row.date)
        for row in timeline(ledger)
        if row.measure in tariffs and row.event not in {"announced", "note"}
    ]
    days = {day for imposer, day in dated if customs.imposes(imposer, importer, day)}
    provider = provider_of(importer)
    days |= {FIRST, *((provider.first_day,) if provider else ())}
    return sorted(day for day in days if FIRST <= day <= ledger.horizon)
