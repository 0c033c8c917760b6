"""The law beside the measures as someone knew it: rules, judgements, coverage, lists, cited rates, statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from detente.ledger.records.headings import Headings
from detente.ledger.records.standing import Rules

if TYPE_CHECKING:
    import datetime as dt

    from detente.ledger.records.judgements import Judgement
    from detente.ledger.records.lists import ProductList
    from detente.ledger.records.ordinary import MfnLine
    from detente.ledger.records.printed import PrintedList
    from detente.ledger.records.schema import Coverage, Source
    from detente.ledger.records.statements import Statement


class _Dated(Protocol):
    """A record that says when it was made known, or nothing."""

    @property
    def recorded(self) -> dt.date | None:
        """Day of the act."""


_Record = TypeVar("_Record", bound=_Dated)


@dataclass(frozen=True)
class Law:
    """
    What a ledger holds beside its measures, limited to what was known on a day.

    rules: Stacking rules.
    assumptions: Judgements by name.
    coverage, lists: Coverage assumptions and product lists by name.
    mfn_lines: Cited ordinary duties by importer.
    statements: What each side said it would do.
    sources: By id.
    printed: Where each product list is printed, by its name.
    headings: Which heading is filed.
    """

    rules: Rules = field(default_factory=Rules)
    assumptions: Mapping[str, Judgement] = field(default_factory=dict, repr=False)
    coverage: Mapping[str, Coverage] = field(default_factory=dict, repr=False)
    lists: Mapping[str, ProductList] = field(default_factory=dict, repr=False)
    mfn_lines: Mapping[str, tuple[MfnLine, ...]] = field(default_factory=dict, repr=False)
    statements: tuple[Statement, ...] = field(default=(), repr=False)
    sources: Mapping[str, Source] = field(default_factory=dict, repr=False)
    printed: Mapping[str, PrintedList] = field(default_factory=dict, repr=False)
    headings: Headings = field(default_factory=Headings, repr=False)

    def as_known(self, day: dt.date | None) -> Law:
        """What had been made known by a day; all of it without one."""
        if day is None:
            return self
        return Law(
            self.rules.as_known(day),
            _known(self.assumptions, day),
            _known(self.coverage, day),
            KnownLists(self.lists, day),
            {
                importer: tuple(item for item in lines if _knows(item, day))
                for importer, lines in self.mfn_lines.items()
            },
            tuple(item.as_known(day) for item in self.statements if item.made_known <= day),
            self.sources,
            self.printed,
            self.headings.as_known(day),
        )

    def days(self) -> set[dt.date]:
        """Days on which any of it changes, or becomes known, in no order."""
        days: set[dt.date | None] = {*self.rules.days()}
        days |= {item.recorded for item in self.assumptions.values()}
        days |= {item.recorded for item in self.coverage.values()}
        days |= {item.recorded for lines in self.mfn_lines.values() for item in lines}
        for items in self.lists.values():
            days |= items.days
        return {day for day in days if day is not None}


class KnownLists(Mapping[str, "ProductList"]):
    """Product lists as they were known on a day; a list is read when it is asked for."""

    def __init__(self, held: Mapping[str, ProductList], day: dt.date) -> None:
        self.held, self.day = held, day
        self._known: dict[str, ProductList] = {}

    def __getitem__(self, name: str) -> ProductList:
        """A list without what was not known."""
        if name not in self._known:
            self._known[name] = self.held[name].as_known(self.day)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        """Names of all lists."""
        return iter(self.held)

    def __len__(self) -> int:
        """Number of lists."""
        return len(self.held)

    def __eq__(self, other: object) -> bool:
        """The same lists on the same day."""
        return isinstance(other, KnownLists) and (self.held, self.day) == (other.held, other.day)

    __hash__ = None  # type: ignore[assignment]


def _knows(record: _Dated, day: dt.date) -> bool:
    """Whether a record had been made known."""
    return record.recorded is None or record.recorded <= day


def _known(records: Mapping[str, _Record], day: dt.date) -> Mapping[str, _Record]:
    """Records that had been made known; the same mapping if all had."""
    kept = {name: record for name, record in records.items() if _knows(record, day)}
    return records if len(kept) == len(records) else kept
