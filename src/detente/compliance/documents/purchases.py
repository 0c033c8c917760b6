"""The answer about a purchase commitment, period by period."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from detente.compliance.documents.common import Assumption, Dated, Question
from detente.display import as_html, in_short
from detente.io.documents import Document


@dataclass(frozen=True, kw_only=True)
class Period(Document):
    """
    One period of a commitment.

    period: Its name: a year, or its first and last day.
    first, end: Half-open days; `end` is None where no period is stated.
    target: Promised, in the commitment's unit.
    done, due_to_date, shortfall: Done and due by the day, and what is missing; None where not known.
    pace, pace_needed: Per month: so far, and for the rest of the period to meet the target.
    met: Whether the target is met; None where not known.
    """

    period: str
    first: dt.date
    end: dt.date | None
    target: float
    done: float | None
    due_to_date: float | None
    shortfall: float | None
    pace: float | None
    pace_needed: float | None
    met: bool | None


@dataclass(frozen=True, kw_only=True)
class Recorded(Document):
    """What is on record of a commitment: an event with its day (ISO)."""

    date: str
    event: str
    note: str


@dataclass(frozen=True, kw_only=True)
class Purchases(Dated):
    """
    Progress of one commitment on one day.

    Parameters
    ----------
    on, at, known_on, ends, known_until
        The day, and how the ledger was read; progress has one reading, so `readings` is empty.
    id, title
        The commitment.
    target, done, due_to_date, shortfall
        Over the periods begun by the day. A surplus of one period does not offset another's shortfall.
    unit
        Unit of all quantities.
    measure
        What is counted: sales booked, shipments, arrivals at customs, or purchases.
    by_year
        The periods.
    by_measure
        Totals of the user's file by what they count.
    flags
        ``not begun``, ``behind``, ``on pace``, ``met``, ``missed``, ``not known``.
    record
        What is on record, dated.
    """

    __repr__ = in_short
    _repr_html_ = as_html

    readings: tuple[()]
    id: str
    title: str
    target: float
    done: float | None
    due_to_date: float | None
    shortfall: float | None
    pace: float | None
    pace_needed: float | None
    unit: str
    measure: str
    share: float | None
    by_year: tuple[Period, ...]
    by_measure: dict[str, float]
    flags: tuple[str, ...]
    record: tuple[Recorded, ...]
    questions: tuple[Question, ...]
    assumptions: tuple[Assumption, ...]
    warnings: tuple[str, ...]
    sources: tuple[str, ...]
