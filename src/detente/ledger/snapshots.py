"""What is on the books on a day: positions of measures."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from detente.display import as_html, in_short
from detente.geography import territories as customs
from detente.geography.economies import is_group, members
from detente.ledger.law import Law

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from detente.asof import AsOf, Basis, View
    from detente.ledger.history import Amendment
    from detente.ledger.records.schema import Coverage, Measure, Scope, Step

_Read = TypeVar("_Read")
# What a book remembers at most; more, and all is worked out anew.
_MOST_REMEMBERED = 4096
State = Literal["in force", "suspended", "threatened", "announced", "authorised", "ended", "not known"]


@dataclass(frozen=True)
class Position:
    """
    One part of one measure on one set of targets on one day.

    Attributes
    ----------
    measure
        The measure.
    part
        Key of its scope.
    state
        In force, suspended (as a whole), threatened, announced (known, to start later), authorised (a power that nothing
        has been done under), ended.
    step
        The step that counts: the current one, the next one if announced, the last one if ended.
    targets
        ISO alpha-3 codes, groups, or ``*``.
    exempt_targets
        Codes and groups taken out of `targets`: exempt, or served by a narrower step of the same part.
    rate
        Ad valorem, fraction: what is due that day, after suspended points (0.34 with 0.24 suspended is 0.10); 0.0
        while suspended as a whole and, in the view legally-due, where annulled. None for threats, announcements,
        ended parts, and steps that are not a rate.
    suspended_points
        Points of the rate under a partial suspension.
    until_legal, until_reported
        First day after the running suspension by notices, and by reports where one goes further.
    since
        Day the state began: of the step, the suspension or the end.
    annulled
        Whether a court held it void, as far as the query knows.
    """

    measure: Measure
    part: str
    state: State
    step: Step | None
    targets: tuple[str, ...]
    exempt_targets: tuple[str, ...] = ()
    rate: float | None = None
    suspended_points: float | None = None
    until_legal: dt.date | None = None
    until_reported: dt.date | None = None
    since: dt.date | None = None
    annulled: bool = False

    @property
    def cap(self) -> float | None:
        """Ceiling of the step: the duty is ``max(0, cap - MFN)``."""
        return self.step.cap if self.step else None

    @property
    def amounts(self) -> dict[str, float] | None:
        """Money per unit of the step."""
        return self.step.amounts if self.step else None

    @property
    def quantity(self) -> float | None:
        """Quantity of the step."""
        return self.step.quantity if self.step else None

    @property
    def rule(self) -> str | None:
        """Rule of the step in words."""
        return self.step.rule if self.step else None

    @property
    def unknown(self) -> bool:
        """Whether the step says that something applies, and not how much."""
        return self.step.unknown if self.step else False

    @property
    def scope(self) -> Scope:
        """The part's scope."""
        return self.measure.scope[self.part]

    @property
    def key(self) -> tuple[str, str, tuple[str, ...]]:
        """What makes a position one: measure, part, targets."""
        return self.measure.id, self.part, self.targets

    def reaches(self, economy: str, on: dt.date) -> bool:
        """
        Whether an economy is a target.

        Parameters
        ----------
        economy
            ISO alpha-3.
        on
            Day whose group membership counts.

        Returns
        -------
        reached
            True if among the targets, not exempt, and outside the imposer's customs territory.
        """
        if customs.imposes(self.measure.imposer, economy, on):
            return False
        return _among(economy, self.targets, on) and not _among(economy, self.exempt_targets, on)


def _among(economy: str, named: tuple[str, ...], on: dt.date) -> bool:
    """Whether an economy is named, by itself, by a group or by ``*``."""
    return any(item in {economy, "*"} or (is_group(item) and economy in members(item, on)) for item in named)


@dataclass(frozen=True)
class Book:
    """
    Every position on a day.

    Attributes
    ----------
    asof
        The question: day, knowledge (limited to the ledger's), view, reading of ends.
    positions
        One per measure, part and set of targets, in order of their ids; measures nobody had announced are absent.
    law
        What the ledger holds beside its measures, limited to what was known: rules, judgements, coverage, lists.
    measures, amendments
        Every measure of the ledger by id, and the records that edits add, by measure.
    coverage
        Coverage assumptions, whatever was known: those that an edited measure rests on count as the edit does.
    """

    __repr__ = in_short
    _repr_html_ = as_html

    asof: AsOf
    positions: tuple[Position, ...] = field(repr=False)
    law: Law = field(default_factory=Law, repr=False)
    measures: Mapping[str, Measure] = field(default_factory=dict, repr=False, compare=False)
    amendments: Mapping[str, Amendment] = field(default_factory=dict, repr=False, compare=False)
    coverage: Mapping[str, Coverage] = field(default_factory=dict, repr=False, compare=False)
    _memory: dict[object, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __getstate__(self) -> dict[str, Any]:
        """What another process is sent: the book without what it remembers."""
        return self.__dict__ | {"_memory": {}}

    @cached_property
    def on(self) -> dt.date:
        """The day; it means the day's end at each imposer's capital."""
        return self.asof.day

    def recall(self, key: object, read: Callable[[], _Read]) -> _Read:
        """
        What is remembered of this book, worked out now if it is not.

        Parameters
        ----------
        key
            All that the answer depends on, the book apart.
        read
            Works it out.

        Returns
        -------
        answer
            The same object each time, which nobody changes.
        """
        if key in self._memory:
            found: _Read = self._memory[key]
            return found
        if len(self._memory) >= _MOST_REMEMBERED:
            self._memory.clear()
        found = self._memory[key] = read()
        return found

    @property
    def known_on(self) -> dt.date | None:
        """Only what was recorded by this day counts; None for everything the ledger holds."""
        return self.asof.known_on

    @property
    def view(self) -> View:
        """Statutory, collected or legally due."""
        return self.asof.view

    @property
    def ends(self) -> Basis:
        """Whether suspensions end as notices say, or as reported."""
        return self.asof.ends

    @cached_property
    def _by_id(self) -> dict[str, tuple[Position, ...]]:
        """Positions by measure."""
        found: dict[str, list[Position]] = {}
        for item in self.positions:
            found.setdefault(item.measure.id, []).append(item)
        return {name: tuple(items) for name, items in found.items()}

    def get(self, measure: str) -> tuple[Position, ...]:
        """
        Positions of one measure.

        Parameters
        ----------
        measure
            Its id.

        Returns
        -------
        positions
            Empty if it was not yet announced, or does not exist.
        """
        return self._by_id.get(measure, ())

    def in_force(self, *instruments: str) -> tuple[Position, ...]:
        """
        Positions in force.

        Parameters
        ----------
        *instruments
            Only these instruments; all when left out.

        Returns
        -------
        positions
            In the book's order. Threats, announcements, suspended and ended parts are left out.
        """
        return tuple(
            item
            for item in self.positions
            if item.state == "in force" and (not instruments or item.measure.instrument in instruments)
        )
