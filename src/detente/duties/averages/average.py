"""Average effective tariffs: a day or a daily series, by measure, sector, chapter or partner."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from detente.asof import Given, beyond, both_readings, day_of, instant_of, known_day, moment_at
from detente.duties.assumptions import Assumptions
from detente.duties.averages.averager import Averager, By, excluded_share, pooled
from detente.duties.averages.cells import WEIGHTS, WEIGHTS_YEAR
from detente.duties.averages.coverage import IMPORTS, IMPORTS_YEAR, ShareAverager
from detente.duties.duties import book_signature
from detente.duties.rules import matches
from detente.errors import InputError
from detente.formatting import rate as percent
from detente.geography import economies as places
from detente.geography import territories as customs
from detente.io.dates import parse_date
from detente.ledger import open_ledger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detente.ledger import Ledger

BYS = ("measure", "sector", "chapter", "partner")
LINE_LEVEL = "USA"
# Lines, column 1 and weights are those of 2025 and 2024: an earlier day is computed on them.
FIRST_LINE_DAY = dt.date(2025, 1, 1)
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
        True where lines and ordinary duty are held; ``partial`` where only additional duties are, by industry.
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

    rate: float
    additional: float
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
    importer: str = "USA",
    origin: str | None = None,
    *,
    on: Given = None,
    until: str | dt.date | None = None,
    by: By | None = None,
    weights: str = WEIGHTS[0],
    ledger: Ledger | None = None,
    **how: Any,
) -> Average:
    """
    Average effective tariff of an importer: of the United States line by line, of others by industry.

    Parameters
    ----------
    importer
        ISO alpha-3, a name, or a customs union (``EU``: the imports of its members from outside it). ``USA``: every
        line of the schedule, imports of 2024. Another importer with duties in the ledger, of its own (China) or of
        its customs union: additional duties alone, on the share of each industry's imports that they cover,
        imports of 2022 by industry and partner; ``covered`` is then ``partial`` and no ordinary duty is in it.
    origin
        ISO alpha-3 or a name; None is all partners. A member of the European Union is weighted with the
        Union's imports, an economy without line-level imports with those of all partners.
    on, until
        Day, or first and last day of a daily series; today at the importer's capital by default. An instant with
        its offset in place of the day has no series.
    by
        ``measure``, ``sector``, ``chapter`` (United States) or ``partner``; None for the average alone.
    weights
        ``us2024`` (all chapters) or ``us2024-chapters-1-97``; other importers have ``icio2022-industries`` only.
    ledger
        The measures, edits included; None for those that come with the package.
    **how
        ``known_on``, ``view``, ``ends`` as in `Ledger.on`, and ``assumptions``.

    Returns
    -------
    average
        ``.rate``, ``.by``, ``.series`` and what they rest on. Parts by measure sum to the rate.

    Raises
    ------
    InputError
        The ledger holds no duty of the importer, a name or a day is not understood, or the span is empty.

    Examples
    --------
    >>> found = average_tariff(origin="CHN", on="2025-10-27", by="measure")
    >>> abs(sum(found.by.values()) - found.rate) < 1e-12
    True

    References
    ----------
    Import-weighted averages understate prohibitive duties (Anderson and Neary 2005).
    """
    held = ledger or open_ledger()
    asked = _asked(importer, origin, on, until, by)
    _charges(held, asked)
    how["known_on"] = known_day(how.get("known_on"))
    law = held.law(how["known_on"])
    assumptions = how.pop("assumptions", None) or Assumptions(law.assumptions)
    averager = _averager(asked, weights, assumptions)
    by_line = asked.importer == LINE_LEVEL
    book = held.on(asked.moment, **how)
    found = _numbers(averager, held, how, asked)
    last = asked.last or asked.first
    late = beyond(last, held.horizon)
    return Average(
        **found,
        importer=asked.importer,
        origin=asked.origin,
        on=asked.first,
        weights=weights if by_line else IMPORTS,
        weights_year=WEIGHTS_YEAR if by_line else IMPORTS_YEAR,
        view=book.view,
        backcast=by_line and asked.first < FIRST_LINE_DAY,
        assumptions=_judgements(held, asked, assumptions),
        warnings=(*_warnings(asked, averager), *_left_out(found["excluded"]), *([late] if late else [])),
        covered=by_line or "partial",
        at=instant_of(asked.moment),
        until=asked.last,
        known_on=book.known_on,
        ends=book.ends,
        known_until=held.horizon,
        readings=both_readings(
            last, held.horizon, lambda basis: _read(_numbers(averager, held, how | {"ends": basis}, asked))
        ),
    )


@dataclass(frozen=True)
class _Asked:
    """The question, read."""

    importer: str
    origin: str | None
    moment: dt.date
    last: dt.date | None
    by: By | None

    def reached(self, imposer: str) -> bool:
        """Whether an imposer's duties are charged on the importer's purchases on the first or the last day."""
        return any(
            customs.imposes(imposer, self.importer, day) for day in (self.first, self.last or self.first)
        )

    @property
    def first(self) -> dt.date:
        """The day asked about, or the first of a series."""
        return day_of(self.moment)


def _numbers(
    averager: Averager | ShareAverager, ledger: Ledger, how: Mapping[str, Any], asked: _Asked
) -> dict[str, Any]:
    """The average, its parts and its series under one reading."""
    book = ledger.on(asked.moment, **how)
    partners = averager.partners(asked.origin)
    sums = {partner: averager.partner(book, partner) for partner in partners}
    rate, additional = pooled(sums.values())
    found, imports = averager.split(sums)
    return {
        "rate": rate,
        "additional": additional,
        "by": found,
        "imports": imports,
        "excluded": excluded_share(sums.values()),
        "series": _series(averager, ledger, how, partners, asked),
    }


def _read(found: Mapping[str, Any]) -> dict[str, Any]:
    """The main numbers of one reading."""
    kept = {"rate": found["rate"], "additional": found["additional"], "by": dict(found["by"])}
    return kept | ({"series": found["series"]} if found["series"] else {})


def _asked(
    importer: str, origin: str | None, on: Given, until: str | dt.date | None, by: By | None
) -> _Asked:
    """Read the question and refuse what cannot be answered."""
    destination = customs.resolve_importer(importer, where="importer")
    if by is not None and by not in BYS:
        raise InputError("no such split", where="by", found=by, allowed=", ".join(BYS), repair="leave it out")
    moment = moment_at(on, destination)
    first = day_of(moment)
    last = parse_date(until, where="until") if until is not None else None
    if last is not None and instant_of(moment) is not None:
        raise InputError(
            "a series goes by days",
            where="until",
            found=f"a series from the instant {on}",
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
    return _Asked(destination, exporter, moment, last, by)


def _charges(ledger: Ledger, asked: _Asked) -> None:
    """Refuse an importer without duties in the ledger, and a split by chapter of one whose lines are not held."""
    imposers = sorted({item.imposer for item in ledger.measures.values() if item.instrument == "tariff"})
    if not any(asked.reached(imposer) for imposer in imposers):
        union = customs.union_over(asked.importer, asked.first)
        own = f" (those of {customs.name(union)} are charged there)" if union else ""
        raise InputError(
            "the ledger holds no duty of that importer",
            where="importer",
            found=f"{asked.importer}{own}",
            allowed=f"importers on whose purchases one of these imposes: {', '.join(imposers)}",
            repair=f"lay a file with measures of `imposer: {union or asked.importer}` over the ledger (--ledger),"
            " each on all goods or with a coverage assumption by industry",
        )
    if asked.importer != LINE_LEVEL and asked.by == "chapter":
        raise InputError(
            "the lines of that importer are not held",
            where="by",
            found=asked.by,
            allowed="measure, sector, partner",
            repair="split by sector",
        )


def _averager(asked: _Asked, name: str, assumptions: Assumptions) -> Averager | ShareAverager:
    """What works the averages out: line by line, or by industry."""
    if asked.importer == LINE_LEVEL:
        return Averager(name, assumptions, asked.by)
    if name not in {WEIGHTS[0], IMPORTS}:
        raise InputError(
            "no weights of that name for that importer",
            where="weights",
            found=name,
            allowed=IMPORTS,
            repair="leave it out",
        )
    return ShareAverager(asked.importer, assumptions, asked.by, on=asked.first)


def _judgements(ledger: Ledger, asked: _Asked, assumptions: Assumptions) -> tuple[dict[str, Any], ...]:
    """The judgements an importer's averages rest on: for others than the United States, those of claims on its duties."""
    rows = assumptions.rows()
    if asked.importer == LINE_LEVEL:
        return tuple(rows)
    own = [name for name, item in ledger.measures.items() if asked.reached(item.imposer)]
    named = {
        claim.average for claim in ledger.rules.claims if any(matches(name, claim.measures) for name in own)
    }
    return tuple(row for row in rows if row["name"] in named)


def _series(
    averager: Averager | ShareAverager,
    ledger: Ledger,
    how: Mapping[str, Any],
    partners: tuple[str, ...],
    asked: _Asked,
) -> tuple[dict[str, Any], ...]:
    """One row a day, worked out only on days when something changes."""
    if asked.last is None:
        return ()
    days = ledger.days_of_change(asked.first, asked.last)
    rows: list[dict[str, Any]] = []
    last, rate, additional = None, 0.0, 0.0
    for start, end in zip(days, (*days[1:], asked.last + dt.timedelta(days=1)), strict=True):
        book = ledger.on(start, **how)
        signature = book_signature(book, asked.importer)
        if signature != last:
            last = signature
            rate, additional = pooled(averager.partner(book, partner) for partner in partners)
        rows += [
            {"date": start + dt.timedelta(days=n), "rate": rate, "additional": additional}
            for n in range((end - start).days)
        ]
    return tuple(rows)


def _left_out(share: float) -> tuple[str, ...]:
    """Say how much of the trade may not be imported and is not in the average."""
    if share <= 0.0:
        return ()
    return (f"{percent(share)} of the imports behind the weights may not be imported: they are left out",)


def _warnings(asked: _Asked, averager: Averager | ShareAverager) -> tuple[str, ...]:
    """What a reader must know."""
    if isinstance(averager, ShareAverager):
        return (
            f"the ordinary duty of {customs.name(asked.importer)} is not covered: these are additional duties alone",
            "estimated: the share of each industry's imports that a list covers, and imports of 2022 by industry",
            *averager.notes,
        )
    found = []
    if asked.first < FIRST_LINE_DAY:
        found.append(
            "backcast: the lines and ordinary duties of 2025 and the imports of 2024 stand for those of the day"
        )
    basis = averager.known.of(asked.origin).basis if asked.origin is not None else "observed"
    if basis == "derived":
        found.append(
            f"imports from {asked.origin} are held by chapter: lines are those of a wider group of partners"
        )
    if basis == "everyone":
        found.append(f"no imports from {asked.origin} are held: weighted with those of all partners")
    return tuple(found)
