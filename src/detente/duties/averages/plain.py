"""Importers whose lines are held and whose trade by line is not: flows by industry, each spread evenly over its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detente.duties.averages.averager import By, Charged
from detente.duties.averages.coverage import IMPORTS, IMPORTS_YEAR, IndustryTrade
from detente.duties.duties import banned_lines, origin_duties, same_law_key
from detente.duties.lines import industries
from detente.duties.reader import Reader
from detente.errors import InputError
from detente.formatting import count
from detente.geography import territories as customs
from detente.io.words import meant
from detente.schedules import provider_of
from detente.schedules.provider import LineTable, SpreadsLines

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from detente.duties.assumptions import Assumptions
    from detente.duties.documents.average import Covered
    from detente.ledger import Book

LINES = "icio2022-lines"


def spread_provider(importer: str, weights: str | None, on: dt.date) -> SpreadsLines | None:
    """The schedule whose lines an average is spread over; None where it is by line with its trade, or by industry."""
    provider = provider_of(importer, on)
    if not isinstance(provider, SpreadsLines) or provider.weights or weights == IMPORTS:
        return None
    if weights not in {None, LINES}:
        raise InputError(
            "no weights of that name for that importer",
            where="weights",
            found=weights,
            allowed=f"{LINES}, {IMPORTS}",
            repair=meant(str(weights), (LINES, IMPORTS), otherwise="leave it out"),
        )
    return provider


class PlainTrade:
    """
    Imports by industry, spread evenly over the lines of the importer's schedule, and the duties on these.

    Every line counts alike within its industry; the industries count by what the partner sells in them. Lines whose duty
    has no ad valorem rate are left out.
    """

    def __init__(
        self, importer: str, provider: SpreadsLines, assumptions: Assumptions, *, on: dt.date
    ) -> None:
        self.importer, self.provider = importer, provider
        self.by_industry = IndustryTrade(importer, assumptions, on=on)
        self.weights, self.year = LINES, IMPORTS_YEAR
        codes, rates, of_day = provider.spread_lines(on)
        self._known = ~np.isnan(rates)
        self.covered: Covered = True if bool(of_day[self._known].all()) and provider.covers(on) else "partial"
        self._left, self._others = int((~self._known).sum()), int((self._known & ~of_day).sum())
        self.codes = codes[self._known]
        self.table = LineTable(self.codes, rates[self._known], rates[self._known], provider)
        self.reader = Reader(self.table, assumptions)
        at = {name: place for place, name in enumerate(industries())}
        names = provider.industries_of(self.codes)
        self._industry = np.array([at.get(name, -1) for name in names.tolist()], dtype=np.intp)
        self._lines = np.bincount(self._industry[self._industry >= 0], minlength=len(at))

    def groups(self, by: By | None) -> tuple[tuple[str, ...], NDArray[np.intp]]:
        """Labels of groups of lines, and the group of each, -1 for none."""
        if by == "sector":
            return industries(), self._industry
        if by == "chapter":
            labels, index = np.unique(self.codes.astype("U2"), return_inverse=True)
            return tuple(labels.tolist()), index
        return (), np.full(self.codes.shape, -1)

    def partners(self, origin: str | None) -> tuple[str, ...]:
        """Exporters to the importer, or the origin, if anything is imported from it."""
        return self.by_industry.partners(origin)

    def key(self, book: Book, partner: str) -> tuple[object, ...]:
        """What the duties on a partner's goods depend on."""
        return (self._inside(book, partner), *same_law_key(book, partner, self.importer))

    def _inside(self, book: Book, partner: str) -> bool:
        """Whether a partner lies within the customs territory, where no duty is charged."""
        return customs.imposes(self.provider.importer, partner, book.on)

    def charged(self, book: Book, partner: str) -> Charged:
        """Duties on imports from one partner, line by line; what may not be imported is left out."""
        flows = self.by_industry.flows(partner)
        rows = np.flatnonzero(self._industry >= 0)
        place = self._industry[rows]
        usd = flows[place] / self._lines[place]
        duties = origin_duties(book, partner, self.reader, importer=self.importer)
        free = 1.0 - banned_lines(book, partner, self.reader, importer=self.importer, expected=True)
        ordinary = np.zeros(rows.size) if self._inside(book, partner) else duties.base[rows]
        return Charged(
            rows=rows,
            usd=usd * free[rows],
            base=ordinary,
            by_measure={name: rate[rows] for name, rate in duties.by_measure.items()},
            total=ordinary + duties.additional[rows],
            imports=usd,
        )

    def warnings(self, first: dt.date, origin: str | None) -> tuple[str, ...]:
        """What a reader must know of the weights."""
        del origin
        found = [
            "estimated: imports of 2022 by industry, within which every line counts alike: trade by line is not held",
            "no preference is claimed: ordinary duties are the most-favoured-nation rates",
        ]
        if self._left:
            found.append(f"{count(self._left)} lines without an ad valorem rate are left out")
        if self._others:
            held = self.provider.first_day
            found.append(
                f"the rate of {count(self._others)} lines on {first} is not known: those of {held} stand for it"
            )
        elif self.covered is not True:
            found.append(f"the rates of {self.provider.first_day} stand for those of {first}")
        return (*found, *self.by_industry.notes)
