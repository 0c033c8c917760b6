"""The ledger for people: the list of measures, and one measure in full."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Any

from detente.asof import READINGS, AsOf
from detente.labels import short_phrase
from detente.ledger.documents.board import Cited, StatesRead
from detente.ledger.documents.measures import (
    ListedLate,
    ListedMeasure,
    MeasureShown,
    PositionRow,
    Stacked,
    StateRead,
)
from detente.ledger.records.printed import printed_for
from detente.ledger.views.horizon import Doubt, doubts
from detente.ledger.views.text import brief, describe, overall, unit_of
from detente.ledger.views.timeline import timeline

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from detente.asof import Basis
    from detente.ledger.ledger import Ledger
    from detente.ledger.records.schema import Measure
    from detente.ledger.snapshots import Book, Position

NOTHING = "none"
MAIN = "main"
NAMED = 4


def list_measures(
    ledger: Ledger,
    *,
    asof: AsOf,
    words: str = "",
    imposer: str | None = None,
    instrument: str | None = None,
    state: str | None = None,
) -> tuple[ListedMeasure, ...] | tuple[ListedLate, ...]:
    """
    Every measure with its state on a day.

    The state is ``none`` where nobody had announced the measure by then, and ``not known`` where it rests on acts after
    the horizon. After the horizon each row also has its state and rate as the notices read and as reported.

    Examples
    --------
    >>> from detente.ledger import open_ledger
    >>> rows = list_measures(open_ledger(), asof=AsOf.of("2025-10-27"))
    >>> [row.state for row in rows if row.id == "us.threat.cn100"]
    ['threatened']
    """
    book = ledger.on(asof)
    read = _both(ledger, book)
    rows = []
    for name, measure in ledger.measures.items():
        positions = book.get(name)
        unsure = doubts(ledger, name, book.asof.at(measure.imposer))
        rows.append(
            ListedMeasure(
                id=name,
                title=measure.title,
                imposer=measure.imposer,
                targets=measure.targets,
                instrument=measure.instrument,
                state=state_of(positions, unsure),
                rate=_range(positions)["rate"],
                detail=in_words(positions, unsure),
                confidence=measure.confidence,
            )
        )
    only = {"imposer": imposer, "instrument": instrument, "state": state}
    kept = tuple(row for row in rows if _passes(row, words, only))
    return tuple(_late(row, read) for row in kept) if read else kept


def _late(row: ListedMeasure, read: Mapping[Basis, Book]) -> ListedLate:
    """A row of the list with both readings."""
    legal, reported = (_reading(basis, read[basis], row.id) for basis in READINGS)
    return ListedLate(
        **vars(row),
        state_legal=legal.state,
        rate_legal=legal.rate,
        state_reported=reported.state,
        rate_reported=reported.rate,
    )


def _passes(row: ListedMeasure, words: str, only: Mapping[str, str | None]) -> bool:
    """Whether a row of the list has every value and every word asked for."""
    if any(value and getattr(row, name) != value for name, value in only.items()):
        return False
    text = " ".join([row.id, row.title, row.detail, *row.targets]).lower()
    return all(word in text for word in words.lower().split())


def count_readings(rows: Iterable[ListedMeasure]) -> tuple[StatesRead, ...]:
    """How many measures of a list stand where, under both readings; empty where the list has one."""
    listed = [row for row in rows if isinstance(row, ListedLate)]
    if not listed:
        return ()
    return (
        StatesRead(basis="legal", states=dict(Counter(row.state_legal for row in listed))),
        StatesRead(basis="reported", states=dict(Counter(row.state_reported for row in listed))),
    )


def _both(ledger: Ledger, book: Book) -> dict[Basis, Book]:
    """The book under both readings of a day after the horizon; empty up to it."""
    if book.on <= ledger.horizon:
        return {}
    return {basis: book if basis == book.ends else ledger.on(book.asof.under(basis)) for basis in READINGS}


def _reading(basis: Basis, book: Book, name: str) -> StateRead:
    """State and rate of a measure under one reading, that of the book, doubts aside."""
    positions = book.get(name)
    return StateRead(
        basis=basis,
        state=state_of(positions, {}),
        rate=_range(positions)["rate"],
        detail=in_words(positions, {}),
    )


def state_of(positions: Iterable[Position], unsure: dict[Any, Doubt]) -> str:
    """State of a measure in one word. Gives one of the states, ``not known``, or ``none`` without positions."""
    positions = tuple(positions)
    if any(item.key in unsure for item in positions):
        return "not known"
    return overall(positions) or NOTHING


def in_words(positions: Iterable[Position], unsure: dict[Any, Doubt], *, most: int = 3) -> str:
    """Positions in words, what binds first."""
    positions = tuple(positions)
    living = [item for item in positions if item.state != "ended"] or list(positions)
    said: dict[str, list[Position]] = {}
    for item in living:
        said.setdefault(str(unsure[item.key]) if item.key in unsure else describe(item), []).append(item)
    several, measures = len(said) > 1, len({item.measure.id for item in living}) > 1
    words = [_named(items, text, measures=measures) if several else text for text, items in said.items()]
    rest = f"; and {len(words) - most} more" if len(words) > most else ""
    return "; ".join(words[:most]) + rest or "nothing announced"


def _named(items: list[Position], text: str, *, measures: bool) -> str:
    """A text with the measures, parts or targets it speaks of."""
    parts = dict.fromkeys((item.measure.id, item.part) for item in items if item.part != MAIN)
    names = sorted(short_phrase("part", part, within=name) for name, part in parts)
    if measures:
        own = {item.measure.id: item.measure.title for item in items}
        names = [short_phrase("measure", name, otherwise=title) for name, title in own.items()]
    if not names:
        targets = sorted({"all" if target == "*" else target for item in items for target in item.targets})
        names = [*targets[:NAMED], *(["and others"] if len(targets) > NAMED else [])]
    return f"{', '.join(names)}: {text}"


def _range(positions: Iterable[Position]) -> dict[str, Any]:
    """The rate in force if there is one, and the span where there are several."""
    positions = tuple(positions)
    due = [item for item in positions if item.state in {"in force", "suspended"} or item.annulled]
    rates = sorted({item.rate for item in due if item.rate is not None})
    caps = [item.cap for item in due if item.cap is not None and item.rate is None]
    if len(rates) == 1 and not caps:
        return {"rate": rates[0]}
    if not rates:
        return {"rate": None, **({"cap": max(caps)} if caps else {})}
    return {"rate": None, "rate_min": rates[0], "rate_max": rates[-1], **({"cap": max(caps)} if caps else {})}


def show_measure(ledger: Ledger, name: str, *, asof: AsOf) -> MeasureShown:
    """
    One measure in full, on a day.

    Rates are fractions. After the horizon a state that a lapse or an end decides is ``not known``, with the readings by
    notice and by report; `rate` follows the reading asked for.

    Examples
    --------
    >>> from detente.ledger import open_ledger
    >>> show_measure(open_ledger(), "us.ieepa.fentanyl.cn", asof=AsOf.of("2025-11-09")).rate
    0.2
    """
    measure = ledger.measure(name)
    book = ledger.on(asof)
    positions = book.get(name)
    unsure = doubts(ledger, name, book.asof.at(measure.imposer))
    lead = _lead(positions)
    read = _both(ledger, book)
    return MeasureShown(
        id=name,
        title=measure.title,
        imposer=measure.imposer,
        targets=measure.targets,
        exempt_targets=measure.exempt_targets,
        instrument=measure.instrument,
        on=book.on,
        at=asof.instant,
        known_on=book.known_on,
        view=asof.view,
        state=state_of(positions, unsure),
        **_range(positions),
        unit=unit_of(lead.step) if lead else None,
        from_=_set(lead.step.from_) if lead and lead.step else None,
        to=_set(_over(lead)) if lead else None,
        suspended_points=lead.suspended_points if lead else None,
        suspended_until_legal=_set(lead.until_legal) if lead else None,
        suspended_until_reported=_set(lead.until_reported) if lead else None,
        detail=in_words(positions, unsure),
        **_not_known(unsure, book),
        readings=tuple(_reading(basis, other, name) for basis, other in read.items()) or None,
        positions=tuple(_row(item) for item in positions),
        timeline=timeline(ledger, name, asof=book.asof),
        scope={part: scope.text for part, scope in measure.scope.items()},
        authority=measure.authority,
        stacking=_stacked(measure),
        exemptions=measure.exemptions,
        transit=measure.transit,
        details=dict(measure.details),
        notes=measure.notes,
        lists=_printed(ledger, measure),
        sources=cited(ledger, _source_ids(measure)),
        confidence=measure.confidence,
        unverified=measure.unverified,
    )


def _lead(positions: tuple[Position, ...]) -> Position | None:
    """The position that stands for a measure: of those with its overall state, the first."""
    state = overall(positions)
    return next((item for item in positions if item.state == state), None)


def _over(position: Position) -> dt.date | None:
    """First day without the position, where one is set."""
    if position.state == "ended":
        return position.since
    return position.step.to if position.step else None


def _not_known(unsure: dict[Any, Doubt], book: Book) -> dict[str, Any]:
    """How far the sources reach, and both readings where they decide the state."""
    if not unsure:
        return {}
    doubt = next(iter(unsure.values()))
    return {
        "known_until": doubt.horizon,
        "by_notice": brief(doubt.by_notice),
        "by_report": brief(doubt.by_report),
        "rate_follows": book.ends,
    }


def _row(position: Position) -> PositionRow:
    """How a part stands."""
    return PositionRow(
        part=position.part,
        targets=position.targets,
        exempt_targets=position.exempt_targets,
        state=position.state,
        rate=position.rate,
        cap=position.cap,
        amounts=position.amounts,
        currency=position.step.currency if position.step else None,
        quantity=position.quantity,
        rule=position.rule,
        unknown=position.unknown,
        suspended_points=position.suspended_points,
        suspended_until_legal=_set(position.until_legal),
        suspended_until_reported=_set(position.until_reported),
        since=_set(position.since),
        scope=position.scope.text,
        coverage=position.scope.coverage,
    )


def _stacked(measure: Measure) -> Stacked | None:
    """How a measure combines with others."""
    held = measure.stacking
    if held is None:
        return None
    return Stacked(text=held.text, in_lieu_of=held.in_lieu_of, yields_to=held.yields_to, group=held.group)


def _printed(ledger: Ledger, measure: Measure) -> dict[str, str] | None:
    """Where the product lists of a measure are printed, by name, with the codes in which one differs from its print."""
    held = printed_for(measure, ledger.printed)
    if not held:
        return None
    differing = {
        name: [f"{', '.join(one.codes)} ({one.on}): {one.why}" for one in item.differs]
        for name, item in held.items()
    }
    return {
        name: "; ".join([item.citation, *(f"differs in {text}" for text in differing[name])])
        for name, item in held.items()
    }


def _source_ids(measure: Measure) -> list[str]:
    """Ids of all sources of a measure, its own first."""
    found = list(measure.sources)
    for kind in ("steps", "suspensions", "resumptions", "ends", "withdrawals", "annulments"):
        found += [name for record in getattr(measure, kind) for name in record.sources]
    return list(dict.fromkeys(found))


def cited(ledger: Ledger, ids: Iterable[str]) -> tuple[Cited, ...]:
    """Sources in full."""
    sources = {name: ledger.sources[name] for name in ids}
    return tuple(
        Cited(id=name, title=source.title, url=source.url, kind=source.kind)
        for name, source in sources.items()
    )


def _set(day: dt.date | None) -> dt.date | None:
    """A day; None for none and for one that never comes."""
    return None if day == dt.date.max else day
