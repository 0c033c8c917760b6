"""What the law said of the same cells: duties of the ledger by partner and block, averaged over the days of some months."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from detente.asof import AsOf
from detente.duties import Assumptions
from detente.duties.averages.averager import Averager
from detente.duties.averages.cells import LineTrade, held_by_line
from detente.errors import InputError
from detente.geography.economies import REST, is_group, members
from detente.geography.territories import resolve_importer
from detente.policy.evidence.concordance import concordance
from detente.policy.instruments.scenario_law import additional_duties

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.ledger import Book, Ledger
    from detente.world import World

# Days of a month that stand for it: duties change within months.
DAYS = (3, 9, 15, 21, 27)


class LineRates:
    """
    Duties of an importer on the cells of the statistics: partners, and blocks of industries.

    Lines are weighted with the importer's trade of the one year that is held, with claims, use of preferences and exemptions
    as the judgements have them. `every` are all partners with rows of their own, by default those asked about: the rest of
    the world is all others.
    """

    def __init__(
        self,
        importer: str,
        partners: tuple[str, ...],
        assumptions: Assumptions,
        every: tuple[str, ...] = (),
    ) -> None:
        self.importer, self.partners, self.assumptions = importer, partners, assumptions
        self.every = every or partners

    @cached_property
    def _averager(self) -> Averager:
        """Averages by industry of the lines the importer buys."""
        provider = held_by_line(self.importer)
        if provider is None:
            raise InputError(
                "no schedule with imports by line for that importer",
                where="evidence",
                found=self.importer,
                allowed="an importer whose schedule is held",
                repair="use the built-in data",
            )
        return Averager(LineTrade(provider, self.assumptions), by="sector")

    @property
    def weights(self) -> tuple[str, int]:
        """Name and year of the imports by line within a cell."""
        return self._averager.trade.weights, self._averager.trade.year

    @cached_property
    def _stand_ins(self) -> tuple[tuple[str, ...], ...]:
        """Partners of the lines behind each row; the rest is all without a row, members of unions one by one."""
        held = self._averager.trade.partners(None)
        unions = {name: union for name in held if is_group(union := resolve_importer(name))}
        apart = {member for union in unions.values() for member in members(union)}
        own = set(self.every)
        rest = sorted(((set(held) - set(unions)) | apart) - own)
        return tuple((name,) if name != REST else tuple(rest) for name in self.partners)

    def on(self, book: Book) -> NDArray[np.float64]:
        """Ordinary and additional duty of a book, (P, B)."""
        return np.array([self._row(book, stand_ins) for stand_ins in self._stand_ins])

    def _row(self, book: Book, stand_ins: tuple[str, ...]) -> NDArray[np.float64]:
        """Duty by block on what some partners sell together, (B,)."""
        sums = [self._averager.partner(book, name) for name in stand_ins]
        table, places = concordance(), {name: at for at, name in enumerate(self._averager.labels)}
        owed, usd = (
            np.sum(values, axis=0) for values in zip(*((s.groups, s.group_usd) for s in sums), strict=True)
        )
        found = np.zeros(len(table.labels))
        for at, industries in enumerate(table.industries):
            rows = [places[name] for name in industries]
            value = float(usd[rows].sum())
            found[at] = float(owed[rows].sum()) / value if value > 0 else 0.0
        return found


class LawRates:
    """Duties of a ledger on the cells of the statistics over some months, the same lines' weights on both sides."""

    def __init__(self, ledger: Ledger, world: World, importer: str, partners: tuple[str, ...]) -> None:
        self.ledger, self.world = ledger, world
        self.assumptions = Assumptions(ledger.law(None).assumptions)
        self.lines = LineRates(importer, partners, self.assumptions)
        self._others: dict[str, NDArray[np.float64]] = {}

    def cells(self, months: tuple[str, ...]) -> NDArray[np.float64]:
        """Ordinary and additional duty, mean over the days, (P, B)."""
        days = [dt.date(int(month[:4]), int(month[5:]), day) for month in months for day in DAYS]
        return np.asarray(np.mean([self.lines.on(self.ledger.on(AsOf(day))) for day in days], axis=0))

    def others(self, months: tuple[str, ...]) -> NDArray[np.float64]:
        """Tariffs of every importer in the middle of some months as the world and the ledger have them, (J, N, N)."""
        month = months[len(months) // 2]
        if month not in self._others:
            day = dt.date(int(month[:4]), int(month[5:]), 15)
            now, then = (
                additional_duties(self.ledger.on(AsOf(on)), self.world, self.assumptions)
                for on in (day, self.world.law_day)
            )
            self._others[month] = np.maximum(self.world.baseline().tariff + now - then, 0.0)
        return self._others[month]
