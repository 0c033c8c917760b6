"""Average effective tariffs: a day or a daily series, by measure, sector, chapter or partner."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from detente.asof import beyond, both_readings, instant_of
from detente.display import as_html, in_short, plot
from detente.duties.assumptions import Assumptions
from detente.duties.averages.averager import Averager, By, excluded_share, pooled, restrictiveness
from detente.duties.averages.cells import LineTrade, held_by_line
from detente.duties.averages.coverage import IndustryTrade
from detente.duties.averages.daily import Daily
from detente.duties.averages.plain import PlainTrade, spread_provider
from detente.duties.duties import book_signature
from detente.duties.rules import matches
from detente.errors import InputError
from detente.formatting import rate as percent
from detente.geography import economies as places
from detente.geography import territories as customs
from detente.io.dates import parse_date
from detente.ledger import open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from detente.asof import AsOf
    from detente.duties.averages.averager import Trade
    from detente.ledger import Book, Ledger

BYS = ("measure", "sector", "chapter", "partner")
FIRST_DAY = dt.date(2018, 1, 1)


@dataclass(frozen=True)
class Average:
    """
    An average effective tariff.

    Attributes
    ----------
    rate
        Ordinary and additional duty over customs value, fraction.
    additional
        The part that is additional duty.
    restrictiveness
        The one tariff that loses as much welfare as these duties, were all import elasticities equal: above `rate` the more
        uneven they are (Kee, Nicita and Olarreaga 2009).
    by
        By measure: points that sum to `rate` (the ordinary duty, where covered, is ``base``). By sector, chapter or partner:
        the rate of each. Empty when nothing was asked.
    imports
        USD behind each entry of `by`, where it is a rate.
    series
        One row a day when a span was asked: date, rate, additional.
    importer, origin, on, weights, weights_year, view
        What was asked.
    backcast
        The day lies before the schedule: lines of 2025 stand for those of the day.
    covered
        True where lines and ordinary duty of the day are held; ``partial`` where those of another day stand for some, or
        only additional duties are held, by industry.
    excluded
        Share of the imports behind the weights that may not be imported on the day; the average is over the rest.
    assumptions, warnings
        The judgements used, and what a reader must know.
    at, until, known_on, ends
        The instant, the last day of a series, what was known and how suspensions end, as asked.
    known_until
        Last day the sources cover.
    readings
        After that day, the average as the notices read (``legal``) and as reported; empty up to it.
    """

    __repr__ = in_short
    _repr_html_ = as_html
    plot = plot

    rate: float
    additional: float
    restrictiveness: float
    by: Mapping[str, float]
    imports: Mapping[str, float]
    series: tuple[dict[str, Any], ...]
    importer: str
    origin: str | None
    on: dt.date
    weights: str
    weights_year: int
    view: str
    backcast: bool
    assumptions: tuple[dict[str, Any], ...] = field(repr=False)
    warnings: tuple[str, ...] = ()
    covered: bool | str = True
    at: dt.datetime | None = None
    until: dt.date | None = None
    known_on: dt.date | None = None
    ends: str = "legal"
    known_until: dt.date | None = None
    readings: tuple[dict[str, Any], ...] = ()
    excluded: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """
        Lay the average out for JSON.

        Returns
        -------
        document
            Keys as in the interface: rate, by, weights, weights_year, view, series, and what was asked.
        """
        return {
            "importer": self.importer,
            "origin": self.origin,
            "on": self.on.isoformat(),
            "at": self.at.isoformat() if self.at else None,
            "until": self.until.isoformat() if self.until else None,
            "known_on": self.known_on.isoformat() if self.known_on else None,
            "ends": self.ends,
            "rate": self.rate,
            "additional": self.additional,
            "restrictiveness": self.restrictiveness,
            "by": dict(self.by),
            "imports_usd": dict(self.imports),
            "weights": self.weights,
            "weights_year": self.weights_year,
            "view": self.view,
            "backcast": self.backcast,
            "covered": self.covered,
            "excluded_share": self.excluded,
            "known_until": self.known_until.isoformat() if self.known_until else None,
            "series": _dated(self.series),
            "readings": [
                item | ({"series": _dated(item["series"])} if "series" in item else {})
                for item in self.readings
            ],
        }


def _dated(series: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    """A series with its days as ISO text."""
    return [row | {"date": row["date"].isoformat()} for row in series]


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
            *_left_out(found["excluded"]),
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
            lambda basis: _read(_numbers(averager, held, replace(asked, asof=replace(asof, ends=basis)))),
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
        "imports": imports,
        "excluded": excluded_share(sums.values()),
        "series": _series(averager, ledger, partners, asked, (rate, additional)),
    }


def _read(found: Mapping[str, Any]) -> dict[str, Any]:
    """The main numbers of one reading."""
    kept = {"rate": found["rate"], "additional": found["additional"], "by": dict(found["by"])}
    return kept | ({"series": found["series"]} if found["series"] else {})


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


def _judgements(ledger: Ledger, asked: _Asked, assumptions: Assumptions) -> tuple[dict[str, Any], ...]:
    """The judgements an importer's averages rest on: without lines, those of claims on its duties."""
    rows = assumptions.rows()
    if held_by_line(asked.importer) is not None:
        return tuple(rows)
    own = [name for name, item in ledger.measures.items() if asked.reached(item.imposer)]
    named = {
        claim.average for claim in ledger.rules.claims if any(matches(name, claim.measures) for name in own)
    }
    return tuple(row for row in rows if row["name"] in named)


def _series(
    averager: Averager,
    ledger: Ledger,
    partners: tuple[str, ...],
    asked: _Asked,
    first: tuple[float, float],
) -> tuple[dict[str, Any], ...]:
    """One row a day, worked out only on days when something changes; `first` are the rates of the first day."""
    if asked.last is None:
        return ()
    spans = _spans(ledger, asked, asked.last)
    new = [book for book, _ in spans[1:] if book is not None]
    pool = _pool(averager, partners, new)
    rows: list[dict[str, Any]] = []
    rate, additional = first
    for place, (book, days) in enumerate(spans):
        if place and book is not None:
            rate, additional = pool(book)
        rows += [{"date": day, "rate": rate, "additional": additional} for day in days]
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
