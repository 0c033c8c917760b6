"""The duty of many lines: lines that the law treats alike are worked out once, and each gets its amounts."""

from __future__ import annotations

import bisect
import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from pydantic import BaseModel

from detente.compliance.customs.base import candidates
from detente.compliance.customs.duty import duty
from detente.compliance.customs.duty_facts import ENTRY, LOADED, LOADED_ON, LOW_VALUE
from detente.compliance.customs.entry.answer import Difference, Done
from detente.compliance.customs.entry.summary import filed_rows
from detente.compliance.customs.rate import cents
from detente.duties import (
    IMPORT_BAN,
    Assumptions,
    LineTable,
    Reader,
    active_claims,
    banning,
    charging,
    duties_on,
    matches,
)
from detente.duties.scope import list_names, listed
from detente.errors import InputError
from detente.schedules import provider_of
from detente.schedules.provider import HasTurns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from detente.asof import AsOf, View
    from detente.compliance.customs.entry.given import Cases
    from detente.compliance.customs.entry.rows import Entered
    from detente.compliance.documents.duty import Duty, DutyLine
    from detente.duties import Claim
    from detente.ledger import Book, Ledger, Position

QUANTITY: Final = "quantity"
_EXACT: Final = 9
"""Digits of a share or a rate up to which an amount can be worked out from the answer; with more the line is asked alone."""


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
        self._two = tuple(replace(asof, view=view) for view in _TWO)
        self._changed: dict[tuple[dt.date, str], frozenset[str] | None] = {}
        self._asked: dict[tuple[View, dt.date], AsOf] = {}
        self._books: dict[tuple[View, dt.date], Book] = {}
        self._today: dt.date | None = None

    def answer(self, line: Entered, asof: AsOf | None = None) -> Duty:
        """The duty of a line as the question, or `asof`, reads the law of its day; InputError where it has none."""
        seen = asof or self.asof
        key, day = self._kind(line, seen)
        if day != self._today:  # lines come in the order of their days: earlier ones are not asked again
            self._today, self._answers = day, {}
        if key not in self._answers:
            self._answers[key] = self._ask(line, seen, day)
        found = self._answers[key]
        quantity = line.quantity if any(item.fact == QUANTITY for item in found.questions) else None
        if quantity is not None or not _round(found):
            return self._ask(line, seen, day, value=line.value, quantity=quantity)
        return priced(found, line.value)

    def differences(self, line: Entered) -> tuple[Difference, ...]:
        """Measures under which customs took another amount than was due; none where the law is the same."""
        seen = [self.asof if self._alike(line, asof) else asof for asof in self._two]
        if seen[0] == seen[1]:
            return ()
        return tuple(_compared(*(self.answer(line, asof) for asof in seen)))

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

    def _on(self, asof: AsOf, day: dt.date) -> AsOf:
        """The question read in one way on a day: the same object each time."""
        if (asof.view, day) not in self._asked:
            self._asked[asof.view, day] = asof.on(day)
        return self._asked[asof.view, day]

    def _book(self, asof: AsOf, day: dt.date) -> Book:
        """What is on the books of a day, read in one way."""
        if (asof.view, day) not in self._books:
            self._books = {key: book for key, book in self._books.items() if key[1] == day}
            self._books[asof.view, day] = self.ledger.kept(self._on(asof, day))
        return self._books[asof.view, day]

    def _ask(
        self,
        line: Entered,
        asof: AsOf,
        day: dt.date,
        *,
        value: float | None = None,
        quantity: str | None = None,
    ) -> Duty:
        """The duty of a line asked alone."""
        if value is None and line.facts.get(ENTRY) == LOW_VALUE:
            value = line.value
        return duty(
            line.code,
            origin=line.origin,
            destination=self.importer,
            asof=self._on(asof, day),
            value=value,
            quantity=quantity,
            facts=line.facts,
            ledger=self.ledger,
            brief=True,
            ranges=asof.view == self.asof.view,
        )

    def _alike(self, line: Entered, asof: AsOf) -> bool:
        """Whether the law of a line is the same in a reading as in that of the question."""
        if not _OTHER_DAYS.isdisjoint(line.facts):
            return False
        day = self._day(line.on)
        books = (self._book(asof, day), self._book(self.asof, day))
        key = (day, asof.view)
        if key not in self._changed:
            self._changed[key] = changed(books[0], books[1], self.importer)
        names = self._changed[key]
        return names is not None and not any(self._concerned(book, line, names) for book in books)

    def _concerned(self, book: Book, line: Entered, names: frozenset[str]) -> bool:
        """Whether one of some measures bears on a line in a book."""
        mine = book.recall(
            ("concerned", self.importer, line.origin, names), lambda: self._named(book, line, names)
        )
        if not mine:
            return False
        codes = candidates(line.code, self.importer, book).codes
        memory = self.ledger.read_of((self.importer, *codes.tolist()))
        none = np.zeros(codes.shape)
        assumed = book.recall("assumptions", lambda: Assumptions(book.law.assumptions))
        reader = Reader(LineTable(codes, none, none, None), assumed, memory)
        widest = {rule.fact: False for rule in book.law.rules.list_claims}
        return any(reader.cover(item, book, widest).any() for item in mine)

    def _named(self, book: Book, line: Entered, names: frozenset[str]) -> tuple[Position, ...]:
        """Duties and bans on goods of a line's origin under some measures."""
        chosen = (*duties_on(book, self.importer, line.origin), *banning(book, self.importer, line.origin))
        return tuple(entry.position for entry in chosen if entry.position.measure.id in names)


def changed(one: Book, other: Book, importer: str) -> frozenset[str] | None:
    """Measures of an importer that two books of a day do not treat alike; None where they differ in more than measures."""
    if _general(one) != _general(other):
        return None
    first, second = _by_measure(one, importer), _by_measure(other, importer)
    return frozenset(name for name in {*first, *second} if first.get(name) != second.get(name))


def _general(book: Book) -> object:
    """Rules of a day that are about no measure."""
    rules, on = book.law.rules, book.on
    free = tuple(claim for claim in active_claims(book) if claim.effect == "free")
    return free, rules.preference, rules.outside, rules.second_column(on)


def _by_measure(book: Book, importer: str) -> dict[str, object]:
    """By measure, all that duties or bans under it depend on."""
    rules, on = book.law.rules, book.on
    claims, finding = active_claims(book), rules.substitute(on)
    found: dict[str, list[object]] = {}
    for item in (*charging(book, importer), *book.in_force(IMPORT_BAN)):
        found.setdefault(item.measure.id, []).append(_said(item, book))
    return {
        name: (
            *said,
            tuple((claim, *_granted(claim, book)) for claim in claims if matches(name, claim.measures)),
            rules.place(name, on),
            rules.gives_way(name, on),
            tuple(rule for rule in rules.whole_value if rule.holds(on) and matches(name, rule.measures)),
            tuple(
                rule
                for rule in rules.transit
                if rule.change <= on < rule.entered_before and matches(name, rule.measures)
            ),
            finding if finding is not None and matches(name, finding.measures) else None,
        )
        for name, said in found.items()
    }


def _granted(claim: Claim, book: Book) -> Iterator[object]:
    """The goods that a claim for listed goods can concern."""
    if claim.listed and claim.granted_by is not None:
        yield from (_said(item, book) for item in book.get(claim.granted_by) if item.state == "in force")


def _said(item: Position, book: Book) -> object:
    """What a position says: whom it names, its rate, its scope, and the goods on its lists."""
    scope, rules = item.scope, book.law.rules.list_claims
    lists = tuple(listed(book.law.lists[name], book.on) for name in list_names(scope))
    asked = tuple(rule for rule in rules if any(matches(name, rule.lists) for name in scope.exclude))
    words = (scope.include, scope.exclude, scope.share, scope.share in book.law.assumptions)
    return (
        item.part,
        item.targets,
        item.exempt_targets,
        item.rate,
        item.cap,
        item.unknown,
        words,
        lists,
        asked,
    )


# Facts that ask about other days, or about rules on low value: such lines are worked out in each view.
_OTHER_DAYS: Final = frozenset({LOADED, LOADED_ON, ENTRY})
_TWO: Final[tuple[View, View]] = ("collected", "legally-due")


@dataclass(frozen=True)
class Task:
    """
    What lines are worked out by.

    ledger: All measures. importer: Whose entries they are. asof: Knowledge, view and reading of ends of the question.
    cases: Rates of antidumping and countervailing cases.
    """

    ledger: Ledger
    importer: str
    asof: AsOf
    cases: Cases


Failed = tuple["Entered", InputError]


def worked_out(
    task: Task, lines: Sequence[Entered], say: Callable[[int], None] = lambda _done: None
) -> tuple[list[Done], list[Failed]]:
    """Work lines out, those of one day together: what each comes to, and those that cannot be."""
    worker = Worker(task.ledger, task.importer, task.asof)
    rules = task.ledger.law(task.asof.known_on).rules
    found: list[Done] = []
    failed: list[Failed] = []
    for place, line in enumerate(sorted(lines, key=in_order), start=1):
        try:
            duty = worker.answer(line)
            found.append(
                Done(line, duty, filed_rows(line, duty, rules, task.cases), worker.differences(line))
            )
        except InputError as problem:
            failed.append((line, problem))
        if place % _STEP == 0:
            say(place)
    return found, failed


def in_order(line: Entered) -> tuple[object, ...]:
    """Lines in this order are worked out with the fewest changes of the day."""
    return line.on, line.origin, line.code


_STEP: Final = 50


def _compared(collected: Duty, due: Duty) -> Iterator[Difference]:
    """Amounts of each measure in two answers, where they differ, under the heading of the answer in which it is due."""
    lines: dict[str, DutyLine] = {}
    amounts: dict[str, list[float]] = {}
    for place, answer in enumerate((collected, due)):
        for item in answer.lines:
            if item.amount:
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
    return tuple(
        sorted({*ledger.days_of_change(dt.date.min, dt.date.max), *_days_in(dated), *provider.turns()})
    )


# Of the law: sources and statements decide nothing; lists and cited rates are among the ledger's own days of change.
_UNDATED: Final = frozenset({"sources", "statements", "lists", "mfn_lines"})


_PLAIN: Final = (str, int, float)


def _days_in(value: Any) -> Iterator[dt.date]:
    """Every day that stands anywhere in a value."""
    if value is None or isinstance(value, _PLAIN):
        return
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
