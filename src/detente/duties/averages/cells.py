"""Imports as cells (line, partner): what averages over the lines of a schedule are weighted with."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detente.duties.averages.averager import By, Charged
from detente.duties.duties import banned_lines, origin_duties, same_law_key
from detente.duties.lines import industries, industry_index
from detente.duties.reader import Reader
from detente.errors import InputError
from detente.io.words import meant
from detente.schedules import provided, provider_of
from detente.schedules.provider import Cells

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from detente.duties.assumptions import Assumptions
    from detente.duties.documents.average import Covered
    from detente.ledger import Book
    from detente.schedules.provider import LineTable, Provider

# An industry in which a partner sold less than this (USD) is weighted with the imports of all partners.
_THIN = 1e6


@functools.cache
def held_by_line(importer: str) -> Provider | None:
    """The schedule of an importer whose trade is held line by line as well."""
    provider = provider_of(importer)
    return provider if provider is not None and provider.weights else None


def default_weights() -> frozenset[str]:
    """Names of the weights that are taken where nothing is said."""
    held = (held_by_line(code) for code in provided())
    return frozenset(provider.weights[0] for provider in held if provider is not None)


@dataclass(frozen=True)
class Weights:
    """
    Imports by line and partner.

    `name` of the weights; `table` of lines with imports, shape (P,); imports by partner, none counted twice; and from
    `everyone`.
    """

    name: str
    provider: Provider
    table: LineTable
    partners: Mapping[str, Cells]
    everyone: Cells

    def of(self, economy: str) -> Cells:
        """Imports that stand for an economy: its own by line, else derived ones; where none are reported, everyone's."""
        if economy in self.partners:
            return self.partners[economy]
        found = self.provider.imports_of(economy)
        return self.everyone if found is None else self.kept(found)

    def kept(self, cells: Cells) -> Cells:
        """Without the special chapters where the weights leave them out."""
        if self.name == self.provider.weights[0]:
            return cells
        kept = ~np.isin(self.table.codes[cells.rows].astype("U2"), self.provider.special_chapters)
        return Cells(cells.rows[kept], cells.usd[kept], cells.basis)


@functools.cache
def weights(provider: Provider, name: str | None = None) -> Weights:
    """Read the named weights of a provider, its first by default; InputError where it has none of that name."""
    name = provider.weights[0] if name is None else name
    if name not in provider.weights:
        raise InputError(
            "no weights of that name",
            where="weights",
            found=name,
            allowed=", ".join(provider.weights),
            repair=meant(
                name, provider.weights, otherwise=f"leave it out for imports of {provider.weights_year}"
            ),
        )
    table = provider.weighted_table()
    empty = Cells(np.zeros(0, dtype=np.intp), np.zeros(0), "observed")
    held = Weights(name, provider, table, {}, empty)
    partners = {partner: held.kept(cells) for partner, cells in provider.imports().items()}
    total = np.zeros(table.codes.size)
    for cells in partners.values():
        total[cells.rows] += cells.usd
    rows = np.flatnonzero(total)
    return Weights(name, provider, table, partners, Cells(rows, total[rows], "everyone"))


def filled(known: Weights, cells: Cells, classification: str) -> Cells:
    """Add the imports of all partners in industries where an economy sells next to nothing."""
    index, size = industry_index(known.provider, classification), len(industries(classification))
    industry = index[cells.rows]
    own = np.bincount(industry[industry >= 0], weights=cells.usd[industry >= 0], minlength=size)
    # The place of special provisions, -1, is the last: they stay what they are.
    thin = np.append(own < _THIN, False)
    kept = ~thin[industry]
    borrowed = thin[index[known.everyone.rows]]
    return Cells(
        np.concatenate([cells.rows[kept], known.everyone.rows[borrowed]]),
        np.concatenate([cells.usd[kept], known.everyone.usd[borrowed]]),
        cells.basis,
    )


class LineTrade:
    """The trade of an importer whose schedule and imports are held by line, and the duties on it."""

    covered: Covered = True

    def __init__(self, provider: Provider, assumptions: Assumptions, name: str | None = None) -> None:
        self.provider, self.importer = provider, provider.importer
        self.known = weights(provider, name)
        self.weights, self.year = self.known.name, provider.weights_year
        self.reader = Reader(self.known.table, assumptions)

    def groups(self, by: By | None) -> tuple[tuple[str, ...], NDArray[np.intp]]:
        """Labels of groups of lines, and the group of each line, -1 for none."""
        if by == "sector":
            return industries(), industry_index(self.provider)
        if by == "chapter":
            labels, index = np.unique(self.known.table.codes.astype("U2"), return_inverse=True)
            return tuple(labels.tolist()), index
        return (), np.full(self.known.table.codes.shape, -1)

    def partners(self, origin: str | None) -> tuple[str, ...]:
        """Partners of the weights, or the origin."""
        return tuple(self.known.partners) if origin is None else (origin,)

    def key(self, book: Book, partner: str) -> tuple[object, ...]:
        """What the duties on a partner's goods depend on."""
        return same_law_key(book, partner, self.importer)

    def charged(self, book: Book, partner: str) -> Charged:
        """Duties on imports from one partner, line by line; what may not be imported is left out."""
        cells = self.known.of(partner)
        duties = origin_duties(book, partner, self.reader, importer=self.importer)
        free = 1.0 - banned_lines(book, partner, self.reader, importer=self.importer, expected=True)
        return Charged(
            rows=cells.rows,
            usd=cells.usd * free[cells.rows],
            base=duties.base[cells.rows],
            by_measure={name: rate[cells.rows] for name, rate in duties.by_measure.items()},
            total=duties.total[cells.rows],
            imports=cells.usd,
        )

    def warnings(self, first: dt.date, origin: str | None) -> tuple[str, ...]:
        """What a reader must know of the weights."""
        found, held = [], self.provider.first_day.year
        if first < self.provider.first_day:
            found.append(
                f"backcast: the lines and ordinary duties of {held} and the imports of {self.year}"
                " stand for those of the day"
            )
        basis = self.known.of(origin).basis if origin is not None else "observed"
        if basis == "derived":
            found.append(
                f"imports from {origin} are held by chapter: lines are those of a wider group of partners"
            )
        if basis == "everyone":
            found.append(f"no imports from {origin} are held: weighted with those of all partners")
        return tuple(found)
