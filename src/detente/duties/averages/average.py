"""Average effective tariffs: a day or a daily series, by measure, sector, chapter or partner."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from detente.asof import beyond, both_readings, instant_of
from detente.duties.assumptions import Assumptions
from detente.duties.averages.averager import Averager, By, excluded_share, pooled, restrictiveness
from detente.duties.averages.cells import LineTrade, held_by_line
from detente.duties.averages.coverage import IndustryTrade
from detente.duties.averages.daily import Daily
from detente.duties.averages.plain import PlainTrade, spread_provider
from detente.duties.documents.average import Average, AverageDay, AverageReading
from detente.duties.duties import book_signature
from detente.duties.rules import matches
from detente.errors import InputError
from detente.formatting import rate as percent
from detente.geography import economies as places
from detente.geography import territories as customs
from detente.io.dates import parse_date
from detente.ledger import open_ledger
from detente.ledger.documents.assumed import LawAssumption

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from detente.asof import AsOf, Basis
    from detente.duties.averages.averager import Trade
    from detente.ledger import Book, Ledger

BYS = ("measure", "sector", "chapter", "partner")
FIRST_DAY = dt.date(2018, 1, 1)


def average_tariff(
    importer: str,
    origin: str | None = None,
    *,
    asof: AsOf,
    until: str | dt.date | None = None,
    by: By | None = None,
    weights: str | None = None,
    assumptions: Assumptions | None = None,
    ledger: Ledger | None = None,
) -> Average:
    """
    Average effective tariff of an importer: line by line where its schedule and trade are held, else by industry.

    Gives ``.rate``, ``.by``, ``.series`` and what they rest on. Parts by measure sum to the rate.

    Examples
    --------
    >>> from detente.asof import AsOf
    >>> found = average_tariff("USA", "CHN", asof=AsOf.of("2025-10-27", imposer="USA"), by="measure")
    >>> abs(sum(found.by.values()) - found.rate) < 1e-12
    True

    Import-weighted averages understate prohibitive duties (Anderson and Neary 2005).
    """
    held = ledger or open_ledger()
    asked = _asked(importer, origin, asof, until, by)
    spread = spread_provider(asked.importer, weights, asof.day)
    _charges(held, asked, by_line=spread is not None)
    chosen = assumptions or Assumptions(held.law(asof.known_on).assumptions)
    provider = held_by_line(asked.importer)
    trade: Trade
    if provider is not None:
        trade = LineTrade(provider, chosen, weights)
    elif spread is not None:
        trade = PlainTrade(asked.importer, spread, chosen, on=asof.day)
    else:
        trade = IndustryTrade(asked.importer, chosen, weights, on=asof.day)
    averager, book = Averager(trade, by), held.on(asof)
    found = _numbers(averager, held, asked)
    last = asked.last or asof.day
    late = beyond(last, held.horizon)
    return Average(
        **found,
        importer=asked.importer,
        origin=asked.origin,
        on=asof.day,
        weights=trade.weights,
        weights_year=trade.year,
        view=book.view,
        backcast=(held_from := provider or spread) is not None and asof.day < held_from.first_day,
        assumptions=_judgements(held, asked, chosen),
        warnings=(
            *trade.warnings(asof.day, asked.origin),
            *_left_out(found["excluded_share"]),
            *([late] if late else []),
        ),
        covered=trade.covered,
        at=instant_of(asof.moment),
        until=asked.last,
        known_on=book.known_on,
        ends=book.ends,
        known_until=held.horizon,
        readings=both_readings(
            last,
            held.horizon,
            lambda basis: _read(
                basis, _numbers(averager, held, replace(asked, asof=replace(asof, ends=basis)))
            ),
        ),
    )


@dataclass(frozen=True)
class _Asked:
    """The question, read."""

    importer: str
    origin: str | None
    asof: AsOf
    last: dt.date | None
    by: By | None

    def reached(self, imposer: str) -> bool:
        """Whether an imposer's duties are charged on the importer's purchases on the first or the last day."""
        days = (self.asof.day, self.last or self.asof.day)
        return any(customs.imposes(imposer, self.importer, day) for day in days)


def _numbers(averager: Averager, ledger: Ledger, asked: _Asked) -> dict[str, Any]:
    """The average, its parts and its series under one reading."""
    book = ledger.on(asked.asof)
    partners = averager.trade.partners(asked.origin)
    sums = {partner: averager.partner(book, partner) for partner in partners}
    rate, additional = pooled(sums.values())
    found, imports = averager.split(sums)
    return {
        "rate": rate,
        "additional": additional,
        "restrictiveness": restrictiveness(sums.values()),
        "by": found,
        "imports_usd": imports,
        "excluded_share": excluded_share(sums.values()),
        "series": _series(averager, ledger, partners, asked, (rate, additional)),
    }


def _read(basis: Basis, found: Mapping[str, Any]) -> AverageReading:
    """The main numbers of one reading."""
    return AverageReading(
        basis=basis, **{name: found[name] for name in ("rate", "additional", "by", "series")}
    )


def _asked(
    importer: str, origin: str | None, asof: AsOf, until: str | dt.date | None, by: By | None
) -> _Asked:
    """Read the question and refuse what cannot be answered."""
    destination = customs.resolve_importer(importer, where="importer")
    if by is not None and by not in BYS:
        raise InputError("no such split", where="by", found=by, allowed=", ".join(BYS), repair="leave it out")
    first = asof.day
    last = parse_date(until, where="until") if until is not None else None
    if last is not None and instant_of(asof.moment) is not None:
        raise InputError(
            "a series goes by days",
            where="until",
            found=f"a series from the instant {asof.moment}",
            allowed="an instant alone, or a first and a last day",
            repair="give the first day with --on, or leave --until out",
        )
    if first < FIRST_DAY or (last is not None and last < first):
        raise InputError(
            "the day is before the ledger" if first < FIRST_DAY else "the span is empty",
            where="on" if first < FIRST_DAY else "until",
            found=first if first < FIRST_DAY else last,
            allowed=f"{FIRST_DAY} or later" if first < FIRST_DAY else f"a day not before {first}",
            repair="choose a later day",
        )
    exporter = places.resolve(origin, where="origin") if origin else None
    return _Asked(destination, exporter, asof, last, by)


def _charges(ledger: Ledger, asked: _Asked, *, by_line: bool) -> None:
    """Refuse an importer without duties or schedule, and a split by chapter of one whose lines are not held."""
    imposers = sorted({item.imposer for item in ledger.measures.values() if item.instrument == "tariff"})
    if not by_line and not any(asked.reached(imposer) for imposer in imposers):
        union = customs.union_over(asked.importer, asked.asof.day)
        own = f" (those of {customs.name(union)} are charged there)" if union else ""
        raise InputError(
            "the ledger holds no duty of that importer",
            where="importer",
            found=f"{asked.importer}{own}",
            allowed=f"importers on whose purchases one of these imposes: {', '.join(imposers)}",
            repair=f"lay a file with measures of `imposer: {union or asked.importer}` over the ledger (--ledger),"
            " each on all goods or with a coverage assumption by industry",
        )
    if asked.by == "chapter" and not by_line and held_by_line(asked.importer) is None:
        raise InputError(
            "the lines of that importer are not held",
            where="by",
            found=asked.by,
            allowed="measure, sector, partner",
            repair="split by sector",
        )


def _judgements(ledger: Ledger, asked: _Asked, assumptions: Assumptions) -> tuple[LawAssumption, ...]:
    """The judgements an importer's averages rest on: without lines, those of claims on its duties."""
    rows = tuple(LawAssumption(**row) for row in assumptions.rows())
    if held_by_line(asked.importer) is not None:
        return rows
    own = [name for name, item in ledger.measures.items() if asked.reached(item.imposer)]
    named = {
        claim.average for claim in ledger.rules.claims if any(matches(name, claim.measures) for name in own)
    }
    return tuple(row for row in rows if row.name in named)


def _series(
    averager: Averager,
    ledger: Ledger,
    partners: tuple[str, ...],
    asked: _Asked,
    first: tuple[float, float],
) -> tuple[AverageDay, ...]:
    """One row a day, worked out only on days when something changes; `first` are the rates of the first day."""
    if asked.last is None:
        return ()
    spans = _spans(ledger, asked, asked.last)
    new = [book for book, _ in spans[1:] if book is not None]
    pool = _pool(averager, partners, new)
    rows: list[AverageDay] = []
    rate, additional = first
    for place, (book, days) in enumerate(spans):
        if place and book is not None:
            rate, additional = pool(book)
        rows += [AverageDay(date=day, rate=rate, additional=additional) for day in days]
    return tuple(rows)


def _spans(ledger: Ledger, asked: _Asked, last: dt.date) -> list[tuple[Book | None, list[dt.date]]]:
    """Days from one change to the next, with the book where it differs from the one before in what the importer charges."""
    found: list[tuple[Book | None, list[dt.date]]] = []
    before = None
    starts = ledger.days_of_change(asked.asof.day, last)
    for start, end in zip(starts, (*starts[1:], last + dt.timedelta(days=1)), strict=True):
        book = ledger.on(asked.asof.on(start))
        signature = book_signature(book, asked.importer)
        days = [start + dt.timedelta(days=n) for n in range((end - start).days)]
        found.append((book if signature != before else None, days))
        before = signature
    return found


def _pool(
    averager: Averager, partners: tuple[str, ...], books: list[Book]
) -> Callable[[Book], tuple[float, float]]:
    """How the rates of each of some books are worked out: all at once where the schedule and its trade are held by line."""
    if not isinstance(averager.trade, LineTrade):
        return lambda book: pooled(averager.partner(book, partner) for partner in partners)
    daily = Daily(averager.trade, averager.partner)
    daily.learn(books)
    return lambda book: daily.pooled(book, partners)


def _left_out(share: float) -> tuple[str, ...]:
    """Say how much of the trade may not be imported and is not in the average."""
    if share <= 0.0:
        return ()
    return (f"{percent(share)} of the imports behind the weights may not be imported: they are left out",)
