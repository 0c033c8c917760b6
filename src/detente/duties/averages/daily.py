"""Averages of many days: each book's law on kinds of lines, weighted with imports cell by cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detente.duties.averages.by_line import learn, weighed
from detente.duties.bans import banning
from detente.duties.duties import legal_origin
from detente.duties.lines import ICIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from detente.duties.averages.averager import Sums
    from detente.duties.averages.by_line import Weighing
    from detente.duties.averages.cells import LineTrade
    from detente.ledger import Book


class Daily:
    """
    The average over partners under one book after another.

    trade: Imports by line and partner.
    whole: Sums over a partner's goods line by line, for partners some of whose goods may not be imported.
    """

    def __init__(self, trade: LineTrade, whole: Callable[[Book, str], Sums]) -> None:
        self.trade, self.whole = trade, whole

    def learn(self, books: Iterable[Book]) -> None:
        """Tell apart beforehand what any of the books tells apart."""
        learn(books, self.trade.provider, ICIO, self.trade.reader.assumptions)

    def pooled(self, book: Book, partners: tuple[str, ...]) -> tuple[float, float]:
        """All duty, and additional duty, over imports."""
        sums = weighed(
            book,
            self.trade.provider,
            ICIO,
            self.trade.reader.assumptions,
            lambda weighing: [self._partner(weighing, book, partner) for partner in partners],
        )
        usd, ordinary, additional = (float(sum(column)) for column in zip(*sums, strict=True))
        return (ordinary + additional) / usd, additional / usd

    def _partner(self, weighing: Weighing, book: Book, partner: str) -> tuple[float, float, float]:
        """Imports from one partner, ordinary and additional duty on them, USD."""
        importer = self.trade.importer
        if banning(book, importer, legal_origin(partner, importer)):
            found = self.whole(book, partner)
            return found.usd, found.base, found.additional
        cells = self.trade.known.of(partner)
        kinds = weighing.kinds_of(("cells", self.trade.weights, partner), cells.rows)
        due = weighing.paid(partner, cells.rows, cells.usd, kinds)
        return (
            float(np.sum(cells.usd)),
            float(np.sum(weighing.ordinary(partner, cells.rows, cells.usd))),
            float(np.sum(due)),
        )
