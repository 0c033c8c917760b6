"""What a ledger remembers of questions already answered: positions between two changes, books, laws, lines read."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from detente.geography.economies import membership_days
from detente.ledger.history import Amendment, dates_of
from detente.ledger.query import positions_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from detente.asof import AsOf
    from detente.ledger.law import Law
    from detente.ledger.records.schema import Measure
    from detente.ledger.snapshots import Book, Position

MOST_LAWS = 64
MOST_BOOKS = 64
MOST_LINES = 4096
MOST_STOOD = 50_000

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


@dataclass(eq=False)
class Memory:
    """
    Answers of one ledger, each kind up to a number.

    laws: By the last day of knowledge. books: By the question. lines: What was read of lines of a schedule, by the lines.
    """

    laws: dict[dt.date | None, Law] = field(default_factory=dict)
    books: dict[AsOf, Book] = field(default_factory=dict)
    lines: dict[object, dict[object, Any]] = field(default_factory=dict)
    _turns: dict[str, list[dt.date]] = field(default_factory=dict)
    _stood: dict[object, tuple[Position, ...]] = field(default_factory=dict)

    def positions(self, measure: Measure, asof: AsOf, amendment: Amendment | None) -> tuple[Position, ...]:
        """Positions of a measure: the same objects on all days between two on which it, or a group, changes."""
        if amendment is not None or asof.instant is not None:
            return positions_of(measure, asof, amendment)
        if measure.id not in self._turns:
            self._turns[measure.id] = sorted({*dates_of(measure), *self._membership})
        days, known = self._turns[measure.id], asof.knowledge
        seen = -1 if known is None else bisect.bisect_right(days, known)
        key = (measure.id, bisect.bisect_right(days, asof.day), seen, asof.view, asof.ends)
        if key not in self._stood:
            if len(self._stood) >= MOST_STOOD:
                self._stood.clear()
            self._stood[key] = positions_of(measure, asof)
        return self._stood[key]

    @cached_property
    def _membership(self) -> tuple[dt.date, ...]:
        """Days on which a group changes its members."""
        return membership_days()

    def law(self, day: dt.date | None, read: Callable[[], Law]) -> Law:
        """The law as known on a day; all are let go of when they are too many."""
        if day not in self.laws:
            if len(self.laws) >= MOST_LAWS:
                self.laws.clear()
            self.laws[day] = read()
        return self.laws[day]

    def book(self, asof: AsOf, read: Callable[[], Book]) -> Book:
        """The book for a question; the oldest goes when they are too many."""
        return _kept(self.books, asof, read, MOST_BOOKS)

    def read_of(self, lines: object) -> dict[object, Any]:
        """What was read of some lines; the oldest goes when they are too many."""
        return _kept(self.lines, lines, dict, MOST_LINES)


def _kept(held: dict[_Key, _Value], key: _Key, read: Callable[[], _Value], most: int) -> _Value:
    """What is held under a key, read now if it is not; the oldest goes when there are too many."""
    if key not in held:
        if len(held) >= most:
            del held[next(iter(held))]
        held[key] = read()
    return held[key]
