"""The records of a measure as someone knew them: what superseded what, and what bears on a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from detente.ledger.records.rules import WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from detente.asof import AsOf
    from detente.ledger.records.schema import Annulment, End, Measure, Resumption, Step, Suspension

Rank = tuple[dt.date, int]
DATA: Final = 0
FOREVER: Final = dt.date.max
DATES: Final = ("announced", "recorded", "from_", "to", "to_legal", "to_reported", "step")


class Recorded(Protocol):
    """Any record: it says when its act made it known, and on which part it bears."""

    @property
    def recorded(self) -> dt.date:
        """Date of the act."""

    @property
    def part(self) -> str:
        """Part of the measure."""


AnyRecord = TypeVar("AnyRecord", bound=Recorded)
Ranked = tuple[Rank, AnyRecord]


def started(record: Step | Suspension | End, asof: AsOf) -> bool:
    """Whether a record has taken effect."""
    if record.from_ != asof.day or asof.clock is None or record.at is None:
        return record.from_ <= asof.day
    return dt.time.fromisoformat(record.at) <= asof.clock


@dataclass(frozen=True)
class Amendment:
    """Records that edits add to a measure; they count whatever is known, and after every record of the ledger."""

    steps: tuple[tuple[int, Step], ...] = ()
    suspensions: tuple[tuple[int, Suspension], ...] = ()
    resumptions: tuple[tuple[int, Resumption], ...] = ()
    ends: tuple[tuple[int, End], ...] = ()


@dataclass
class History:
    """Records of one measure that count in a question, with those that edits add."""

    measure: Measure
    asof: AsOf
    amendment: Amendment = field(default_factory=Amendment)

    def __post_init__(self) -> None:
        """Pick the records that count."""
        added, measure = self.amendment, self.measure
        self.withdrawals = self._pick(measure.withdrawals)
        self.ends = self._pick(measure.ends, added.ends)
        self.resumptions = self._pick(measure.resumptions, added.resumptions)
        self.suspensions = self._pick(measure.suspensions, added.suspensions)
        self.annulments = self._pick(measure.annulments)
        self.every_step = self._pick(measure.steps, added.steps)
        self.steps = [item for item in self.every_step if not self._withdrawn(item)]

    def _pick(
        self, records: Iterable[AnyRecord], edits: Iterable[tuple[int, AnyRecord]] = ()
    ) -> list[Ranked[AnyRecord]]:
        """Records that are known, with their rank; edits rank last."""
        known = [((item.recorded, DATA), item) for item in records if self.asof.knows(item.recorded)]
        return known + [((FOREVER, number), item) for number, item in edits]

    def _withdrawn(self, item: Ranked[Step]) -> bool:
        """Whether a later act took a step back before it took effect."""
        rank, step = item
        return any(
            by.part == step.part and by.step == step.from_ and taken >= rank for taken, by in self.withdrawals
        )

    @property
    def known(self) -> bool:
        """Whether anything about the measure had been said by the day asked, as far as is known."""
        if any(rank[1] != DATA for rank, _ in self.steps):
            return True
        said = [step.announced or step.recorded for _, step in self.steps]
        said += [event.date for event in self.measure.events if self.asof.knows(event.date)]
        said += [record.recorded for _, record in self.withdrawals]
        return any(day <= self.asof.day for day in said) or any(
            started(step, self.asof) for _, step in self.steps
        )

    def chains(self, part: str) -> dict[tuple[str, ...], list[Ranked[Step]]]:
        """Steps of a part by their targets, in order of their days; of two for one day the later recorded stays."""
        found: dict[tuple[str, ...], dict[dt.date, Ranked[Step]]] = {}
        for rank, step in self.steps:
            if step.part != part:
                continue
            targets = tuple(sorted(self.measure.targets if step.targets is None else step.targets))
            chain = found.setdefault(targets, {})
            if step.from_ not in chain or chain[step.from_][0] <= rank:
                chain[step.from_] = (rank, step)
        return {targets: [chain[day] for day in sorted(chain)] for targets, chain in sorted(found.items())}

    def cut(self, item: Ranked[Step]) -> bool:
        """Whether an end that came later in law took back a step that was to start after it."""
        rank, step = item
        return any(
            end.part in {WHOLE, step.part} and end.from_ < step.from_ and by > rank for by, end in self.ends
        )

    def ended(self, part: str) -> dt.date | None:
        """First day of an act that ends a part, if it has come."""
        days = [end.from_ for _, end in self.ends if end.part in {WHOLE, part} and started(end, self.asof)]
        return min(days, default=None)

    def end_of(self, item: Ranked[Step]) -> dt.date | None:
        """Day a step that started was ended by its own `to`, by an act or, without one, by a court's ruling."""
        rank, step = item
        acts = [(by, end) for by, end in self.ends if end.part in {WHOLE, step.part}]
        days = [
            end.from_
            for by, end in acts
            if started(end, self.asof)
            and (end.from_ > step.from_ or (end.from_ == step.from_ and by >= rank))
        ]
        if all(by[1] != DATA for by, _ in acts):  # an edit does not take the ruling back
            days += [
                ruling.recorded
                for by, ruling in self.annulments
                if self._hits(ruling, step.part) and by >= rank
            ]
        days += [step.to] if step.to else []
        return min((day for day in days if day <= self.asof.day), default=None)

    def _hits(self, annulment: Annulment, part: str) -> bool:
        """Whether a ruling bears on a part."""
        return annulment.part in {WHOLE, part}

    def annulled(self, part: str) -> bool:
        """Whether a court held the part void."""
        return any(self._hits(item, part) for _, item in self.annulments)

    def windows(self, part: str) -> list[tuple[Rank, Suspension, dt.date | None, dt.date | None]]:
        """Suspension windows of a part: rank, record, end by notice, end by report, after replacements and resumptions."""
        latest: dict[dt.date, Ranked[Suspension]] = {}
        for rank, item in self.suspensions:
            if item.part in {WHOLE, part} and (item.from_ not in latest or latest[item.from_][0] <= rank):
                latest[item.from_] = (rank, item)
        found = []
        for day in sorted(latest):
            rank, item = latest[day]
            legal, reported = item.to_legal, item.to_reported
            lifted = [r.from_ for by, r in self.resumptions if r.part in {WHOLE, part} and by >= rank]
            if lifted and min(lifted) <= day:
                continue
            legal, reported = (_earlier(end, lifted) for end in (legal, reported))
            found.append((rank, item, legal, reported))
        return found


def _earlier(end: dt.date | None, lifted: list[dt.date]) -> dt.date | None:
    """End of a window, earlier if it was lifted."""
    return None if end is None else min([end, *lifted])


def dates_of(measure: Measure) -> Iterator[dt.date]:
    """
    Every day on which something about a measure can change.

    Gives in no order: announced, recorded, first day, first day without, ends of suspensions, events.
    """
    for kind in ("steps", "suspensions", "resumptions", "ends", "withdrawals", "annulments"):
        for record in getattr(measure, kind):
            found = (getattr(record, name, None) for name in DATES)
            yield from (day for day in found if day is not None)
    yield from (event.date for event in measure.events)
