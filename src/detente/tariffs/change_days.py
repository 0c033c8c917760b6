"""The days on which a duty can change: between them a series stands still."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.tariffs.rules import rule_days
from detente.tariffs.scope import list_days, list_names

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from detente.ledger import Ledger
    from detente.ledger.schema import Measure


def change_days(ledger: Ledger, importer: str, first: dt.date, last: dt.date) -> tuple[dt.date, ...]:
    """
    Days from `first` to `last` on which a step, a suspension, an end, a list or a rule may change a duty.

    Parameters
    ----------
    ledger
        The measures and their lists.
    importer
        ISO alpha-3: whose measures count.
    first, last
        Span, both ends included.

    Returns
    -------
    days
        Ascending, beginning with `first`.
    """
    found: set[dt.date | None] = {first}
    names: set[str] = set()
    for measure in ledger.measures.values():
        if measure.imposer == importer:
            found.update(_of_measure(measure))
            for scope in measure.scope.values():
                names.update(list_names(scope))
    for name in names:
        found.update(list_days(ledger.lists[name]))
    found.update(rule_days())
    return tuple(sorted(day for day in found if day is not None and first <= day <= last))


def _of_measure(measure: Measure) -> Iterator[dt.date | None]:
    """Days named by a measure."""
    for step in measure.steps:
        yield from (step.from_, step.to)
    for window in measure.suspensions:
        yield from (window.from_, window.to_legal, window.to_reported)
    yield from (ending.from_ for ending in measure.ends)
    yield from (resumption.from_ for resumption in measure.resumptions)
    yield from (annulment.recorded for annulment in measure.annulments)
