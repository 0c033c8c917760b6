"""The duty on one product from one origin on one day, line by line, with the range that unknown facts span."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.asof import beyond, both_readings, instant_of
from detente.compliance.answer import Assumption, Question, plain
from detente.compliance.bearing import Idle, sort_out
from detente.compliance.customs.agreements import agreed
from detente.compliance.customs.base import candidates, line_digits, special_rates
from detente.compliance.customs.case import Case
from detente.compliance.customs.duty_facts import ENTERED_ON, declared
from detente.compliance.customs.facts_bearing import why_idle
from detente.compliance.customs.reply import answer
from detente.compliance.facts import read_facts
from detente.display import as_html, in_short, plot
from detente.errors import InputError
from detente.geography import economies as places
from detente.geography import territories as customs
from detente.io.dates import parse_date
from detente.ledger import open_ledger
from detente.schedules import provider_of
from detente.schedules.codes import normalise
from detente.schedules.expressions import parse_quantity
from detente.schedules.provider import LineTable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detente.asof import AsOf, Basis
    from detente.compliance.customs.lines import DutyLine
    from detente.ledger import Ledger

FIRST_DAY = "2018-01-01"
# What makes two answers the same.
_ANSWERS = ("rate", "rate_min", "rate_max", "lines", "questions", "assumptions", "prohibited", "covered")


@dataclass(frozen=True)
class Duty:
    """
    The duty on one product.

    Attributes
    ----------
    code, description
        Digits of the line the default is for, and its words.
    origin, destination, on
        What was asked.
    known_on, view, ends
        How the ledger was read.
    value, quantity
        Customs value, and quantity in words, or None.
    rate
        Duty over customs value under the default assumptions; None where a part of it is not known.
    rate_min, rate_max
        What unknown facts span; None where there is no bound.
    additional
        The part that is additional duty.
    amount, amount_min, amount_max, currency
        The same in money, None without a customs value. Lines are rounded to cents one by one.
    covered
        True, False, or ``partial``.
    lines
        One a measure; fees apart, they sum to the duty.
    questions
        Facts that would narrow the range.
    assumptions
        What was taken as given meanwhile.
    warnings
        What a reader must know.
    prohibited
        Where the good may not be imported: ``act``, ``from`` (its first day) and ``scope``; there is then no rate.
    at
        The instant, where one was asked about.
    known_until
        Last day the sources cover.
    readings
        After that day, the main numbers as the notices read (``legal``) and as reported; empty up to it.
    facts_used
        Facts given that the answer rests on.
    facts_without_effect
        Facts given that change nothing, each with why.
    """

    __repr__ = in_short
    _repr_html_ = as_html
    plot = plot

    code: str
    description: str
    origin: str
    destination: str
    on: dt.date
    known_on: dt.date | None
    view: str
    ends: str
    value: float | None
    quantity: str | None
    rate: float | None
    rate_min: float | None
    rate_max: float | None
    additional: float | None
    amount: float | None
    amount_min: float | None
    amount_max: float | None
    currency: str
    covered: bool | str
    lines: tuple[DutyLine, ...]
    questions: tuple[Question, ...]
    assumptions: tuple[Assumption, ...] = field(repr=False)
    warnings: tuple[str, ...] = ()
    prohibited: Mapping[str, str] | None = None
    at: dt.datetime | None = None
    known_until: dt.date | None = None
    readings: tuple[dict[str, Any], ...] = ()
    facts_used: tuple[str, ...] = ()
    facts_without_effect: tuple[Idle, ...] = ()

    @property
    def exit_code(self) -> int:
        """4 where the good may not be imported, else 0."""
        return 4 if self.prohibited else 0

    def to_dict(self) -> dict[str, Any]:
        """
        Lay the answer out for JSON.

        Returns
        -------
        document
            The attributes by name, dates as ISO text; assumptions and warnings apart, they stand beside the result.
        """
        found = plain(self)
        del found["assumptions"], found["warnings"]
        return dict(found)


def duty(
    code: str,
    *,
    origin: str,
    destination: str,
    asof: AsOf,
    value: float | None = None,
    quantity: str | None = None,
    facts: Mapping[str, object] | None = None,
    fees: bool = False,
    ledger: Ledger | None = None,
    brief: bool = False,
    ranges: bool = True,
) -> Duty:
    """
    Work out the duties on one product.

    Without facts the answer assumes that no preference and no exclusion is claimed, that the metal content is the whole
    value where the law splits it, and, for China's duties, that the purchaser's waiver of the duties of 2018-19 is
    granted; each is listed, and the range shows what the other answer would do. A threat is never in it.

    With `brief` it does not say which facts bear on it, nor what else it could be after the last day the sources cover;
    without `ranges` not what open facts would do, nor which duties are not due.

    Examples
    --------
    >>> from detente.asof import AsOf
    >>> day = AsOf.of("2026-09-18", imposer="USA")
    >>> found = duty("7326.90.86.88", origin="CHN", destination="USA", asof=day, value=14_172)
    >>> found.rate, found.amount
    (0.779, 11039.99)

    US notes 2, 16, 20, 31 and 52 to HTSUS chapter 99; EO 14289; Proclamation 10947.
    """
    asked: dict[str, Any] = {
        "origin": origin,
        "destination": destination,
        "value": value,
        "quantity": quantity,
    }
    asked |= {"fees": fees, "ledger": ledger, "brief": brief, "ranges": ranges}
    entered = _entered_on(facts, ledger)
    if entered is not None:
        return _on_day_of_entry(code, entered, asof, facts or {}, asked)
    importer = customs.resolve_importer(destination, where="destination")
    exporter = places.resolve(origin, where="origin")
    _usable(asof.day, value, quantity)
    held = ledger or open_ledger()
    book = held.kept(asof)
    digits = normalise(code, own=line_digits(importer, book))
    known = read_facts(declared(held), facts, where="duty") if facts else {}
    goods = candidates(digits, importer, book)
    special, none = special_rates(goods, importer, exporter, book), np.zeros(goods.codes.shape)
    agreements = agreed(goods, importer, exporter, book, value=value, quantity=quantity)
    table = LineTable(goods.codes, none, none, provider_of(importer, asof.day))

    def opened(basis: Basis) -> Case:
        return Case(held.kept(asof.under(basis)), importer, exporter, table, special, held, agreements)

    def worked(case: Case, stated: Mapping[str, Any]) -> dict[str, Any]:
        return answer(case, goods, stated, value=value, quantity=quantity, fees=fees, ranges=ranges)

    case = opened(asof.ends)
    result, late = worked(case, known), beyond(asof.day, held.horizon)
    used: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()
    readings: tuple[dict[str, Any], ...] = ()
    if not brief:
        used, idle = sort_out(known, result, lambda fewer: worked(case, fewer))
        readings = both_readings(asof.day, held.horizon, lambda basis: _numbers(worked(opened(basis), known)))
    return Duty(
        origin=exporter,
        destination=importer,
        on=asof.day,
        known_on=book.known_on,
        view=book.view,
        ends=book.ends,
        value=value,
        quantity=quantity,
        at=instant_of(asof.moment),
        known_until=held.horizon,
        readings=readings,
        facts_used=used,
        facts_without_effect=tuple(Idle(name, why_idle(case, name, known, value, result)) for name in idle),
        **(result | {"warnings": (*result["warnings"], *([late] if late else []))}),
    )


def _on_day_of_entry(
    code: str, entered: dt.date, asof: AsOf, facts: Mapping[str, object], asked: Mapping[str, Any]
) -> Duty:
    """The answer on the day of entry that the facts give, held against that of the day asked about."""
    rest = {name: given for name, given in facts.items() if name.replace("-", "_") != ENTERED_ON}
    found = duty(code, asof=asof.on(entered), facts=rest, **asked)
    try:
        return _as_entered(found, duty(code, asof=asof, facts=rest, **asked))
    except InputError:  # the code is not in the schedule of the day asked about
        return replace(found, facts_used=(ENTERED_ON, *found.facts_used))


def _usable(day: dt.date, value: float | None, quantity: str | None) -> None:
    """Refuse a day before the ledger, a value that is none, and a quantity that cannot be read."""
    if day < parse_date(FIRST_DAY):
        raise InputError(
            "the day is before the ledger",
            where="on",
            found=day,
            allowed=f"{FIRST_DAY} or later",
            repair="choose a later day",
        )
    if value is not None and not 0.0 <= value < float("inf"):
        raise InputError(
            "a customs value is an amount of money",
            where="value",
            found=value,
            allowed="a number of at least 0",
            repair="leave it out for the rate alone",
        )
    if quantity is not None:
        parse_quantity(quantity, where="quantity")  # also where no duty of the stack asks for it


def _entered_on(facts: Mapping[str, object] | None, ledger: Ledger | None) -> dt.date | None:
    """The day of entry that the facts give."""
    given = read_facts(declared(ledger), facts, where="duty").get(ENTERED_ON) if facts else None
    return given if isinstance(given, dt.date) else None


def _as_entered(found: Duty, asked: Duty) -> Duty:
    """The answer for the day of entry that a fact gave: used, or idle where the day asked about has the same."""
    if any(getattr(found, name) != getattr(asked, name) for name in _ANSWERS):
        return replace(found, facts_used=(ENTERED_ON, *found.facts_used))
    same = (
        "it is the day asked about"
        if found.on == asked.on
        else "what is due on the day asked about is the same"
    )
    return replace(found, facts_without_effect=(Idle(ENTERED_ON, same), *found.facts_without_effect))


def _numbers(found: Mapping[str, Any]) -> dict[str, Any]:
    """The main numbers of one reading, and what each measure adds."""
    names = ("rate", "rate_min", "rate_max", "additional", "amount", "amount_min", "amount_max", "currency")
    lines = [
        {"measure": line.measure, "title": line.title, "rate": line.contribution} for line in found["lines"]
    ]
    said = {name: found[name] for name in (*names, "covered")}
    return said | {"prohibited": found.get("prohibited"), "lines": lines}
