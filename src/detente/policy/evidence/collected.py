"""Duties collected beside duties on the books, on the same imports, and what lies between them."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.asof import AsOf
from detente.display import as_html, in_short
from detente.duties import Assumptions, matches
from detente.duties.duties import book_signature
from detente.errors import InputError
from detente.formatting import average as percent
from detente.formatting import fixed
from detente.geography.economies import REST, resolve
from detente.geography.economies import name as named
from detente.io.documents import as_json
from detente.policy.documents.collected import CollectedRates, CollectedRow
from detente.policy.evidence.actuals import held
from detente.policy.evidence.concordance import concordance
from detente.policy.evidence.law_rates import LineRates
from detente.policy.evidence.registered import months_between, registered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from detente.ledger import Book, Ledger
    from detente.policy.evidence.actuals import Traded

FIRST: Final = "2018-01"
"""First month that the ledger covers."""
BYS: Final = ("month", "partner", "industry")
# Steps from the letter of the law to what is expected of trade, in this order: the judgements that each brings in, and their
# value without it: no exemption, claim or preference, the whole value of a derivative its metal, every listed line in full.
STEPS: Final[tuple[tuple[str, Mapping[str, float]], ...]] = (
    ("exemptions", {"annex_use": 0.0, "aircraft_use": 0.0, "use_claimed": 0.0, "described_use": 0.0}),
    (
        "contents",
        {
            "steel_content": 1.0,
            "aluminum_content": 1.0,
            "copper_content": 1.0,
            "us_auto_content": 0.0,
            "auto_parts_use": 1.0,
            "heavy_parts_use": 1.0,
            "sts_cranes_use": 1.0,
            "chassis_use": 1.0,
            "truck_light_use": 1.0,
        },
    ),
    ("usmca", {"usmca_use": 0.0}),
    ("preferences", {"preference_use": 0.0}),
)
LETTER, STATUTORY, DEPOSITED, AFLOAT = "letter", "statutory", "deposited", "afloat"
_PERCENT: Final = 100.0
_ONE_DAY = dt.timedelta(days=1)
_REST: Final = (
    "the rest is what cannot be told apart: goods entered before and after a change within the month, other lines in an"
    " industry than those of the weights' year, claims made more or less often than assumed, wrong filings, errors of the"
    " ledger"
)
_WATER: Final = (
    "goods on the water are the most they can explain, as if all that entered while a clause for goods in transit was open"
    " had been loaded before the change; how many were is not published"
)
_USE: Final = (
    "use of the USMCA is that observed from July 2025 on; before a claim was worth making it was lower, so the rest of"
    " earlier months is too small by the difference"
)
_PAID: Final = "collected is the duty that the Census Bureau calculated on the month's entries, not what was paid in the end"
_ORDER: Final = "the parts are taken in the order given; in another order points move between them"
NOTES: Final = (_REST, _WATER, _USE, _PAID, _ORDER)


@dataclass(frozen=True)
class Collected:
    """
    Collected duties beside those on the books.

    Attributes
    ----------
    document
        As in the interface; its fields are attributes too.
    warnings, assumptions, hashes
        What cannot be told apart, the judgements of the parts, and of which ledger it is.
    """

    __repr__ = in_short
    _repr_html_ = as_html

    document: CollectedRates
    warnings: tuple[str, ...]
    assumptions: tuple[dict[str, Any], ...]
    hashes: Mapping[str, str]

    @property
    def _shown(self) -> CollectedRates:
        """What a line or a notebook shows of it."""
        return self.document

    def __getattr__(self, name: str) -> Any:
        """A field of the document."""
        return getattr(self.__dict__["document"], name)

    def to_dict(self) -> dict[str, Any]:
        """
        Lay the document out for JSON.

        Returns
        -------
        dict
            importer, partner, by, first, last, answer, rows and what they rest on.
        """
        found: dict[str, Any] = as_json(self.document)
        return found


class Ladder:
    """
    Duties of a ledger on the cells of the statistics, from the letter of the law down to what it is thought to bring.

    Arrays have the shape (P, B): partners, some of `every` with a row of its own, and blocks of industries.
    """

    def __init__(
        self, ledger: Ledger, importer: str, partners: tuple[str, ...], every: tuple[str, ...]
    ) -> None:
        self.ledger, self.importer = ledger, importer
        self.expected = Assumptions(ledger.law(None).assumptions)
        rungs = [self.expected.with_values(**self._letter(place)) for place in range(len(STEPS))]
        self._rungs = [LineRates(importer, partners, values, every) for values in (*rungs, self.expected)]
        self._known: dict[object, NDArray[np.float64]] = {}

    def _letter(self, place: int) -> dict[str, float]:
        """Judgements of a step and of those after it, at the letter of the law."""
        found: dict[str, float] = {}
        for _, values in STEPS[place:]:
            found |= {name: value for name, value in values.items() if name in self.expected}
        return found

    @property
    def weights(self) -> tuple[str, int]:
        """Name and year of the imports by line within a cell."""
        return self._rungs[-1].weights

    def month(self, month: str) -> dict[str, NDArray[np.float64]]:
        """Duties of a month by reading: each day counts alike."""
        first = dt.date(int(month[:4]), int(month[5:]), 1)
        last = first.replace(day=monthrange(first.year, first.month)[1])
        starts = self.ledger.days_of_change(first, last)
        ends = (*starts[1:], last + _ONE_DAY)
        spans = [(end - start).days for start, end in zip(starts, ends, strict=True)]
        found: dict[str, NDArray[np.float64]] = {}
        for start, days in zip(starts, spans, strict=True):
            for name, rates in self._on(start):
                found[name] = found.get(name, 0.0) + rates * (days / sum(spans))
        return found

    def _on(self, day: dt.date) -> Iterator[tuple[str, NDArray[np.float64]]]:
        """Duties on a day by reading."""
        book, expected = self.ledger.on(AsOf(day)), len(STEPS)
        for rung, name in enumerate((LETTER, *(name for name, _ in STEPS))):
            yield name, self._rates(rung, book)
        yield DEPOSITED, self._rates(expected, self.ledger.on(AsOf(day, view="collected")))
        yield AFLOAT, self._rates(expected, self._afloat(book))

    def _rates(self, rung: int, book: Book) -> NDArray[np.float64]:
        """Duties on a rung; the same for all books that say the same of the importer's duties."""
        key = (rung, book_signature(book, self.importer))
        if key not in self._known:
            self._known[key] = self._rungs[rung].on(book)
        return self._known[key]

    def _afloat(self, book: Book) -> Book:
        """The book with every measure that has an open clause for goods in transit as it stood before the change."""
        on = book.on
        clauses = [item for item in book.law.rules.transit if item.change <= on < item.entered_before]
        positions = list(book.positions)
        for clause in sorted(clauses, key=lambda item: item.change, reverse=True):
            earlier = self.ledger.on(AsOf(clause.change - _ONE_DAY))
            positions = [item for item in positions if not matches(item.measure.id, clause.measures)]
            positions += [item for item in earlier.positions if matches(item.measure.id, clause.measures)]
        return replace(book, positions=tuple(positions)) if clauses else book


@dataclass(frozen=True)
class _Cells:
    """
    Imports, duty collected, and duty by reading, of one month.

    usd, duty: USD by partner asked about and block, (P, B). owed: USD by reading, (P, B) each.
    all_usd, all_duty: USD by partner, goods without an industry too, (P,).
    """

    usd: NDArray[np.float64]
    duty: NDArray[np.float64]
    owed: dict[str, NDArray[np.float64]]
    all_usd: NDArray[np.float64]
    all_duty: NDArray[np.float64]


def collected(
    partner: str | None = None,
    *,
    first: str | None = None,
    last: str | None = None,
    by: str = "month",
    ledger: Ledger,
    progress: Callable[[str], None] | None = None,
) -> Collected:
    """Hold duties collected against those on the books; see `detente.queries.collected.collected`."""
    traded = held()
    names = (*traded.partners[1:], REST)
    months = _months(traded, first, last)
    chosen = _chosen(partner, names)
    asked = tuple(names[at] for at in chosen)
    ladder = Ladder(ledger, registered().data.importer, asked, names)
    cells: dict[str, _Cells] = {}
    for month in months:
        cells[month] = _cells(traded, month, chosen, ladder)
        if progress:
            progress(f"{len(cells)} of {len(months)} months")
    rows = tuple(_rows(cells, asked, by))
    whole = _row(list(cells.values()))
    usd, duty = (sum(float(getattr(item, name).sum()) for item in cells.values()) for name in _ALL)
    code = None if partner is None else asked[0]
    document = CollectedRates(
        importer=registered().data.importer,
        partner=code,
        by=by,
        first=months[0],
        last=months[-1],
        answer=_answer(whole, code, months),
        rows=rows,
        left_out_share=1.0 - whole.imports_usd / usd,
        collected_all_rate=duty / usd,
        line_weights=ladder.weights[0],
        line_weights_year=ladder.weights[1],
        source=registered().data.source,
    )
    names_used = {name for _, values in STEPS for name in values}
    used = tuple(row for row in ladder.expected.rows() if row["name"] in names_used)
    return Collected(document, NOTES, used, {})


_ALL: Final = ("all_usd", "all_duty")


def _months(traded: Traded, first: str | None, last: str | None) -> tuple[str, ...]:
    """Months asked about, the last year held by default; InputError for others than those held."""
    end = last or traded.months[-1]
    start = first or f"{end[:4]}-01"
    known = [month for month in traded.months if month >= FIRST]
    for where, month in (("first", start), ("last", end)):
        if month not in known:
            raise InputError(
                "no imports of that month are held",
                where=where,
                found=month,
                allowed=f"{known[0]} to {known[-1]}, as YYYY-MM",
                repair="choose a month of these",
            )
    if end < start:
        raise InputError(
            "the span is empty",
            where="last",
            found=end,
            allowed=f"a month not before {start}",
            repair="choose a later month",
        )
    return months_between(start, end)


def _chosen(partner: str | None, names: tuple[str, ...]) -> list[int]:
    """Places of the partners asked about; InputError for one without a row of its own."""
    if partner is None:
        return list(range(len(names)))
    code = REST if partner.upper() == REST else resolve(partner, where="partner")
    if code not in names:
        raise InputError(
            "no imports from that partner are held by month",
            where="partner",
            found=code,
            allowed=", ".join(names),
            repair=f"leave it out for all partners, or take {REST} for those without a row of their own",
        )
    return [names.index(code)]


def _cells(traded: Traded, month: str, chosen: list[int], ladder: Ladder) -> _Cells:
    """Imports and duties of a month by partner and block; what no partner has is the rest's."""
    at, table = traded.months.index(month), concordance()
    usd, duty = (_with_rest(item[:, :, at])[chosen] for item in (traded.usd, traded.duty))
    folded = table.folded(usd)
    rates = ladder.month(month)
    rates[STATUTORY] = rates[STEPS[-1][0]]
    owed = {name: folded * rate for name, rate in rates.items()}
    return _Cells(folded, table.folded(duty), owed, usd.sum(axis=1), duty.sum(axis=1))


def _with_rest(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Partners without the total, and what is left of the total as the last row, (P, C)."""
    rest = values[0] - values[1:].sum(axis=0)
    return np.vstack([values[1:], np.maximum(rest, 0.0)])


def _rows(cells: Mapping[str, _Cells], partners: tuple[str, ...], by: str) -> Iterator[CollectedRow]:
    """Rows of the split asked for: months in order, partners and industries by their imports."""
    every = list(cells.values())
    if by == "month":
        yield from (replace(_row([item]), month=month) for month, item in cells.items())
        return
    if by == "partner":
        found = [replace(_row(every, partner=at), partner=name) for at, name in enumerate(partners)]
    else:
        labels = concordance().labels
        found = [replace(_row(every, block=at), industry=label) for at, label in enumerate(labels)]
    yield from sorted((row for row in found if row.imports_usd > 0.0), key=lambda row: -row.imports_usd)


def _row(cells: list[_Cells], *, partner: int | None = None, block: int | None = None) -> CollectedRow:
    """Some months, and one or all partners and blocks, together."""
    at = (slice(None) if partner is None else partner, slice(None) if block is None else block)
    usd, duty = (sum(float(getattr(item, name)[at].sum()) for item in cells) for name in ("usd", "duty"))
    value = usd or 1.0
    rates = {name: sum(float(item.owed[name][at].sum()) for item in cells) / value for name in cells[0].owed}
    rungs = (LETTER, *(name for name, _ in STEPS))
    exemptions, contents, usmca, preferences = (rates[one] - rates[other] for one, other in pairwise(rungs))
    statutory, paid = rates[STATUTORY], duty / value
    deposits, transit = statutory - rates[DEPOSITED], statutory - rates[AFLOAT]
    return CollectedRow(
        imports_usd=usd,
        duty_usd=duty,
        letter_rate=rates[LETTER],
        exemptions_rate=exemptions,
        contents_rate=contents,
        usmca_rate=usmca,
        preferences_rate=preferences,
        statutory_rate=statutory,
        deposits_rate=deposits,
        transit_rate=transit,
        rest_rate=statutory - deposits - transit - paid,
        collected_rate=paid,
    )


def _points(part: float) -> str:
    """A part of the value in points."""
    return fixed(_PERCENT * part, 1)


def _answer(row: CollectedRow, partner: str | None, months: tuple[str, ...]) -> tuple[str, ...]:
    """What it comes to, in words."""
    who = "all partners" if partner is None else named(partner)
    span = months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"
    least, most = sorted((row.rest_rate, row.rest_rate + row.transit_rate))
    books = (
        f"{span}, {who}: {percent(row.statutory_rate)} on the books, {percent(row.collected_rate)} collected."
    )
    letter = (
        f"By the letter, with nothing exempted or claimed, {percent(row.letter_rate)}: exemptions take off"
        f" {_points(row.exemptions_rate)} points, contents and uses {_points(row.contents_rate)}, the USMCA"
        f" {_points(row.usmca_rate)}, other preferences {_points(row.preferences_rate)}."
    )
    gap = (
        f"Of the gap to what was collected {_points(row.deposits_rate)} points are acts that reached back, 0 to"
        f" {_points(row.transit_rate)} goods on the water; {_points(least)} to {_points(most)} are not told apart."
    )
    return books, letter, gap
