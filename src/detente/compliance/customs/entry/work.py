"""The duty of many lines: lines that the law treats alike are worked out once, and each gets its amounts."""

from __future__ import annotations

import bisect
import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

from detente.compliance.customs.duty import Duty, duty
from detente.compliance.customs.duty_facts import ENTRY, LOADED, LOADED_ON, LOW_VALUE
from detente.compliance.customs.rate import cents
from detente.duties import active_claims, banning, duties_on, matches
from detente.duties.scope import list_names, listed
from detente.schedules import provider_of
from detente.schedules.provider import HasTurns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detente.asof import AsOf, View
    from detente.compliance.customs.entry.rows import Entered
    from detente.compliance.customs.lines import DutyLine
    from detente.ledger import Book, Ledger, Position

QUANTITY: Final = "quantity"
_EXACT: Final = 9
"""Digits of a share or a rate up to which an amount can be worked out from the answer; with more the line is asked alone."""


@dataclass(frozen=True)
class Difference:
    """What customs took under one measure, and what was due after annulments and acts that reach back."""

    measure: str
    title: str
    heading: str
    collected: float
    due: float
    source: str

    @property
    def refundable(self) -> float:
        """What was taken beyond what was due; negative where less was."""
        return cents(self.collected - self.due) if self.collected >= self.due else -cents(self.due - self.collected)


class Worker:
    """
    Works lines out, remembering those that the law treats alike.

    ledger: All measures. importer: Whose entries they are. asof: Knowledge, view and reading of ends of the question.
    """

    def __init__(self, ledger: Ledger, importer: str, asof: AsOf) -> None:
        self.ledger, self.importer, self.asof = ledger, importer, asof
        self._turns = turns(ledger, importer)
        self._answers: dict[tuple[object, ...], Duty] = {}
        self._first: dict[object, dt.date] = {}
        self._law: dict[tuple[dt.date, str, str], object] = {}

    def order(self, line: Entered) -> tuple[object, ...]:
        """Lines in this order are worked out with the fewest changes of the day."""
        return line.on, line.origin, line.code

    def answer(self, line: Entered, view: View | None = None) -> Duty:
        """The duty of a line, with its amounts; InputError where it cannot be worked out."""
        asof = self.asof if view is None or self._alike(line, view) else replace(self.asof, view=view)
        key, day = self._kind(line, asof)
        if key not in self._answers:
            self._answers[key] = self._ask(line, asof.on(day))
        found = self._answers[key]
        quantity = line.quantity if any(item.fact == QUANTITY for item in found.questions) else None
        if quantity is not None or not _round(found):
            return self._ask(line, asof.on(day), value=line.value, quantity=quantity)
        return priced(found, line.value)

    def differences(self, line: Entered) -> tuple[Difference, ...]:
        """Measures under which customs took another amount than was due; none where the law is the same."""
        afloat = LOADED in line.facts or LOADED_ON in line.facts
        if not afloat and self._signature(line, _TWO[0]) == self._signature(line, _TWO[1]):
            return ()
        collected, due = (self.answer(line, view) for view in ("collected", "legally-due"))
        return tuple(_compared(collected, due))

    def _kind(self, line: Entered, asof: AsOf) -> tuple[tuple[object, ...], dt.date]:
        """What the answer to a line depends on but its value, and a day that stands for the day of entry."""
        day = self._day(line.on)
        small = line.value if line.facts.get(ENTRY) == LOW_VALUE else None
        facts = tuple(sorted(line.facts.items()))
        return (day, line.code, line.origin, facts, small, asof.view), day

    def _day(self, on: dt.date) -> dt.date:
        """The first day seen of those that are like a day; the day itself where a schedule does not say when it changes."""
        period = on if self._turns is None else bisect.bisect_right(self._turns, on)
        return self._first.setdefault(period, on)

    def _ask(self, line: Entered, asof: AsOf, *, value: float | None = None, quantity: str | None = None) -> Duty:
        """The duty of a line asked alone."""
        if value is None and line.facts.get(ENTRY) == LOW_VALUE:
            value = line.value
        return duty(
            line.code,
            origin=line.origin,
            destination=self.importer,
            asof=asof,
            value=value,
            quantity=quantity,
            facts=line.facts,
            ledger=self.ledger,
            brief=True,
        )

    def _alike(self, line: Entered, view: View) -> bool:
        """Whether the law of a line is the same in a view as in that of the question; goods in transit ask about other days."""
        afloat = LOADED in line.facts or LOADED_ON in line.facts
        return not afloat and self._signature(line, view) == self._signature(line, self.asof.view)

    def _signature(self, line: Entered, view: View) -> object:
        """All that duties on goods of an origin on a day depend on, in a view."""
        key = (self._day(line.on), line.origin, view)
        if key not in self._law:
            book = self.ledger.kept(replace(self.asof, view=view).on(key[0]))
            self._law[key] = _law_of(book, line.origin, self.importer)
        return self._law[key]


def _law_of(book: Book, origin: str, importer: str) -> object:
    """All that duties on goods of an origin depend on, by what it says on the day and not by who knew it."""
    rules, on = book.law.rules, book.on
    chosen = [*duties_on(book, importer, origin), *banning(book, importer, origin)]
    parts = dict.fromkeys((entry.position.measure.id, entry.position.part) for entry in chosen)
    names = dict.fromkeys(name for name, _ in parts)
    excluded = {name for entry in chosen for name in entry.position.scope.exclude}
    claims = [
        claim
        for claim in active_claims(book)
        if (claim.effect == "free" and origin in claim.origins) or any(claim.reaches(name, origin) for name in names)
    ]
    granted = (item for claim in claims if claim.listed for item in book.get(claim.granted_by or ""))
    return (
        tuple((entry.closeness, *_said(entry.position, book)) for entry in chosen),
        tuple(_said(item, book) for item in granted if item.state == "in force"),
        tuple(claims),
        tuple((rules.place(name, on), rules.gives_way(name, on)) for name in names),
        tuple(rule for rule in rules.list_claims if any(matches(name, rule.lists) for name in excluded)),
        tuple(rule for rule in rules.whole_value if any(rule.covers(*part, origin, on) for part in parts)),
        tuple(rule for rule in rules.transit if any(matches(name, rule.measures) for name in names) and rule.change <= on < rule.entered_before),
        (rules.substitute(on), rules.preference, rules.low_value, rules.outside, origin in rules.second_column(on)),
        tuple(entry.position.scope.share in book.law.assumptions for entry in chosen),
    )


def _said(item: Position, book: Book) -> tuple[object, ...]:
    """What a position says: its rate, its scope, and the goods on its lists."""
    scope = item.scope
    lists = tuple(listed(book.law.lists[name], book.on) for name in list_names(scope))
    return (item.measure.id, item.part, item.rate, item.cap, scope.include, scope.exclude, scope.share, lists)


_TWO: Final[tuple[View, View]] = ("collected", "legally-due")


def _compared(collected: Duty, due: Duty) -> Iterator[Difference]:
    """Amounts of each measure in two answers, where they differ."""
    lines: dict[str, DutyLine] = {}
    amounts: dict[str, list[float]] = {}
    for place, answer in enumerate((collected, due)):
        for item in answer.lines:
            lines.setdefault(item.measure, item)
            amounts.setdefault(item.measure, [0.0, 0.0])[place] += item.amount or 0.0
    for name, (took, owed) in amounts.items():
        if cents(took) != cents(owed):
            item = lines[name]
            yield Difference(name, item.title, item.heading, cents(took), cents(owed), item.source)


def _round(found: Duty) -> bool:
    """Whether shares and rates are given to the last digit, so that amounts follow from them."""
    numbers = [number for item in found.lines for number in (item.basis_share, item.rate)]
    numbers += [found.rate_min, found.rate_max]
    return all(number is None or round(number, _EXACT) == number for number in numbers)


def priced(found: Duty, value: float) -> Duty:
    """A duty worked out without a value, with the amounts of one: lines are rounded to cents one by one and added."""
    if found.value is not None:
        return found
    lines = tuple(
        item
        if item.rate is None
        else replace(item, amount=cents(value * item.basis_share * item.rate) if item.basis_share else 0.0)
        for item in found.lines
    )
    total = None if found.rate is None else cents(sum(item.amount or 0.0 for item in lines))
    least, most = (
        None if end is None else total if end == found.rate and total is not None else cents(value * end)
        for end in (found.rate_min, found.rate_max)
    )
    return replace(found, lines=lines, value=value, amount=total, amount_min=least, amount_max=most)


def turns(ledger: Ledger, importer: str) -> tuple[dt.date, ...] | None:
    """
    Days on which law or schedule change, or law becomes known, ascending: between two of them all days are alike.

    None where the importer's schedule does not say when it changes.
    """
    provider, law = provider_of(importer), ledger.law()
    if not isinstance(provider, HasTurns):
        return None
    dated = [getattr(law, item.name) for item in dataclasses.fields(law) if item.name not in _UNDATED]
    return tuple(sorted({*ledger.days_of_change(dt.date.min, dt.date.max), *_days_in(dated), *provider.turns()}))


# Of the law: sources and statements decide nothing; lists and cited rates are among the ledger's own days of change.
_UNDATED: Final = frozenset({"sources", "statements", "lists", "mfn_lines"})


def _days_in(value: Any) -> Iterator[dt.date]:
    """Every day that stands anywhere in a value."""
    if isinstance(value, dt.date):
        yield value
    elif isinstance(value, (tuple, list, frozenset, set)):
        for item in value:
            yield from _days_in(item)
    elif isinstance(value, Mapping):
        yield from _days_in(tuple(value.values()))
    elif isinstance(value, BaseModel):
        yield from _days_in(tuple(value.__dict__.values()))
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from _days_in(tuple(getattr(value, item.name) for item in dataclasses.fields(value)))
