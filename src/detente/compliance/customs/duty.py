"""The duty on one product from one origin on one day, line by line, with the range that unknown facts span."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.asof import beyond, both_readings, instant_of
from detente.compliance.bearing import sort_out
from detente.compliance.customs.agreements import agreed
from detente.compliance.customs.base import candidates, line_digits, special_rates
from detente.compliance.customs.case import Case
from detente.compliance.customs.duty_facts import ENTERED_ON, declared
from detente.compliance.customs.facts_bearing import why_idle
from detente.compliance.customs.reply import answer
from detente.compliance.documents.common import Idle
from detente.compliance.documents.duty import Duty, DutyReading, ReadLine
from detente.compliance.facts import read_facts
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
    from detente.ledger import Ledger

FIRST_DAY = "2018-01-01"
# What makes two answers the same.
_NUMBERS = (
    "rate",
    "rate_min",
    "rate_max",
    "additional",
    "amount",
    "amount_min",
    "amount_max",
    "currency",
    "covered",
    "prohibited",
)
_ANSWERS = ("rate", "rate_min", "rate_max", "lines", "questions", "assumptions", "prohibited", "covered")


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
    readings: tuple[DutyReading, ...] = ()
    if not brief:
        used, idle = sort_out(known, result, lambda fewer: worked(case, fewer))
        readings = both_readings(
            asof.day, held.horizon, lambda basis: _numbers(basis, worked(opened(basis), known))
        )
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


def _numbers(basis: Basis, found: Mapping[str, Any]) -> DutyReading:
    """The main numbers of one reading, and what each measure adds."""
    return DutyReading(
        basis=basis,
        **{name: found[name] for name in _NUMBERS},
        lines=tuple(
            ReadLine(measure=line.measure, title=line.title, rate=line.contribution)
            for line in found["lines"]
        ),
    )
