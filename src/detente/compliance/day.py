"""One day's law, read twice: by what the notices say, and by what is only reported."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, TypeVar

from detente.asof import READINGS, beyond, both_readings

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from detente.asof import AsOf, Basis
    from detente.compliance.documents.common import Suspended
    from detente.ledger import Book, Ledger, Position

Reading = TypeVar("Reading")


@dataclasses.dataclass(frozen=True)
class Clause:
    """
    One part of one measure on one day.

    position: The ledger's position under the reading of suspension ends that was asked for.
    suspended: True if a notice suspends it that day, ``"reported"`` if only a report says so, else False.
    """

    position: Position
    suspended: Suspended

    @property
    def id(self) -> str:
        """Measure id."""
        return self.position.measure.id

    @property
    def begun(self) -> bool:
        """Whether the schedule has begun and not ended, suspended or not."""
        return self.position.state in {"in force", "suspended"} and self.position.step is not None

    @property
    def in_force(self) -> bool:
        """Whether it binds on the day under the reading asked for."""
        return self.position.state == "in force"

    def amount(self, unit: str) -> float | None:
        """Money per `unit` of the step then due, in the step's currency."""
        return (self.position.amounts or {}).get(unit)

    def number(self, key: str) -> float | None:
        """Threshold `key` of the measure, or None where the ledger does not hold it."""
        value = self.position.measure.details.get(key)
        return float(value) if isinstance(value, (int, float)) else None

    def text(self, key: str) -> str | None:
        """Text `key` of the measure, or None where the ledger does not hold it."""
        value = self.position.measure.details.get(key)
        return None if value is None else str(value)

    def holds(self, key: str) -> bool:
        """Whether the measure's details say yes to `key`."""
        return self.position.measure.details.get(key) is True

    @property
    def sources(self) -> tuple[str, ...]:
        """Sources of the step, or of the measure when no step is due."""
        step = self.position.step
        return step.sources if step is not None else self.position.measure.sources


@dataclasses.dataclass(frozen=True)
class Day:
    """
    What is on the books on a day, under both readings of how long suspensions last.

    ledger: The ledger asked.
    asof: The question, with the reading answers use.
    legal, reported: The books under each reading.
    """

    ledger: Ledger
    asof: AsOf
    legal: Book
    reported: Book

    @property
    def on(self) -> dt.date:
        """The day, on the clock of the imposer's capital."""
        return self.asof.day

    @property
    def ends(self) -> Basis:
        """The reading answers use."""
        return self.asof.ends

    @property
    def chosen(self) -> Book:
        """The book answers use."""
        return self.reported if self.ends == "reported" else self.legal

    def clause(self, measure: str, part: str | None = None) -> Clause | None:
        """Find a part of a measure (the first one if `part` is None); None if not on the books."""
        position = _pick(self.chosen, measure, part)
        if position is None:
            return None
        return Clause(position, self._suspended(measure, position.part))

    def clauses(self, measure: str) -> tuple[Clause, ...]:
        """All parts of a measure."""
        found = self.chosen.get(measure)
        return tuple(Clause(p, self._suspended(measure, p.part)) for p in found)

    def beyond_sources(self) -> str | None:
        """Warn when the day lies after the last one the sources cover."""
        return beyond(self.on, self.ledger.horizon)

    def under(self, basis: Basis) -> Day:
        """The day under one reading, as if the other were not there."""
        book = self.reported if basis == "reported" else self.legal
        return dataclasses.replace(self, asof=self.asof.under(basis), legal=book, reported=book)

    def readings(self, numbers: Callable[[Basis, Day], Reading]) -> tuple[Reading, ...]:
        """The main numbers under both readings, after the last day the sources cover."""
        return both_readings(self.on, self.ledger.horizon, lambda basis: numbers(basis, self.under(basis)))

    def said(self) -> dict[str, Any]:
        """Fields of `detente.compliance.documents.common.Dated`."""
        return {
            "on": self.on,
            "at": self.asof.instant,
            "known_on": self.chosen.known_on,
            "ends": self.ends,
            "known_until": self.ledger.horizon,
        }

    def _suspended(self, measure: str, part: str) -> Suspended:
        """Compare both readings of one part."""
        legal, reported = (_pick(book, measure, part) for book in (self.legal, self.reported))
        if legal is not None and legal.state == "suspended":
            return True
        return "reported" if reported is not None and reported.state == "suspended" else False


def _pick(book: Book, measure: str, part: str | None) -> Position | None:
    """Take the position of a part."""
    for position in book.get(measure):
        if part is None or position.part == part:
            return position
    return None


def read_day(asof: AsOf, ledger: Ledger) -> Day:
    """Open one day's law under both readings."""
    legal, reported = (ledger.on(asof.under(ends)) for ends in READINGS)
    return Day(ledger, asof, legal, reported)
