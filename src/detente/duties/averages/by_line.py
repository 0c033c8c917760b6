"""Additional duties of all exporters at once: law is stacked on kinds of lines and weighted with imports by kind."""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from detente.duties.averages.cells import filled, weights
from detente.duties.duties import (
    by_preference,
    expected_facts,
    has_entry_rules,
    legal_origin,
    second_column,
    standing_rules,
    structure_key,
)
from detente.duties.kinds import FinerError, Folded, Kinds, fine_enough
from detente.duties.layers import active_claims, build_layers, in_force
from detente.duties.lines import goods, industries, industry_index
from detente.duties.reader import Reader
from detente.duties.stack import share_out
from detente.duties.targets import Chosen, charging, chooser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from detente.duties.assumptions import Assumptions
    from detente.duties.layers import Facts
    from detente.ledger import Book
    from detente.schedules.provider import Provider

T = TypeVar("T")

# Shares of value kept for other days and other edits, bytes.
_MOST_BYTES = 24_000_000
_MOST_NUMBERED = 100_000


def rates_by_line(
    book: Book, provider: Provider, exporters: tuple[str, ...], classification: str, assumptions: Assumptions
) -> NDArray[np.float64]:
    """
    Average the stacked lines of a schedule by industry and exporter.

    The additional duty of `origin_duties`, weighted with the provider's imports, shape (J, exporters); zero for services.
    """
    return weighed(book, provider, classification, assumptions, lambda weighing: weighing.columns(exporters))


def weighed(
    book: Book,
    provider: Provider,
    classification: str,
    assumptions: Assumptions,
    work: Callable[[Weighing], T],
) -> T:
    """Work with the duties of a book, whose lines are read as kinds; done again where kinds turn out too coarse."""
    law, whole = _Law(book, provider), _reader(provider, assumptions)
    kinds = _fine_enough(law, whole, classification)
    while True:
        try:
            found = work(Weighing(law, Folded(whole, kinds), classification))
        except FinerError as finer:
            kinds = finer.kinds
        else:
            break
    _latest(provider)["kinds"] = kinds
    return found


def learn(books: Iterable[Book], provider: Provider, classification: str, assumptions: Assumptions) -> None:
    """Split kinds until each of several books treats lines of one kind alike: what is then worked out stays good."""
    whole = _reader(provider, assumptions)
    for book in books:
        _latest(provider)["kinds"] = _fine_enough(_Law(book, provider), whole, classification)


def _fine_enough(law: _Law, whole: Reader, classification: str) -> Kinds:
    """The latest kinds of lines, split until a book and a classification treat lines of one kind alike."""
    kinds = _latest(law.provider)["kinds"].split(industry_index(law.provider, classification))
    return fine_enough(kinds, whole, law.positions, law.claims, law.book)


@functools.cache
def _latest(provider: Provider) -> dict[str, Kinds]:
    """The finest kinds of lines so far: what other books have told apart stays apart."""
    return {"kinds": Kinds(np.zeros(provider.weighted_table().codes.shape, dtype=np.intp))}


@functools.lru_cache(maxsize=8)
def _reader(provider: Provider, assumptions: Assumptions) -> Reader:
    """The reader of the weighted lines under some judgements."""
    return Reader(provider.weighted_table(), assumptions, _scopes(provider))


@functools.cache
def _scopes(_: Provider) -> dict[object, NDArray[np.float64]]:
    """What readers of the weighted lines have read, whatever their judgements."""
    return {}


@dataclass(frozen=True)
class _Cells:
    """Lines and imports that stand for an economy, every industry filled: shape (C,); imports by industry, shape (J,)."""

    rows: NDArray[np.int32]
    usd: NDArray[np.float64]
    industry: NDArray[np.int8]
    value: NDArray[np.float64]


@functools.lru_cache(maxsize=1024)
def _cells(provider: Provider, exporter: str, classification: str) -> _Cells:
    """Read the cells of an economy, special provisions, which belong to no industry, left out."""
    known = weights(provider)
    cells = filled(known, known.of(exporter), classification)
    industry = industry_index(provider, classification)[cells.rows]
    inside = industry >= 0
    usd, own = cells.usd[inside], industry[inside]
    value = np.asarray(
        np.bincount(own, weights=usd, minlength=len(industries(classification))), dtype=np.float64
    )
    return _Cells(cells.rows[inside].astype(np.int32), usd, own.astype(np.int8), value)


_counter = itertools.count()


@functools.cache
def _numbers() -> dict[object, int]:
    """Short names of long keys."""
    return {}


def _number(key: object) -> int:
    """The short name of a key; one that was forgotten gets another."""
    known = _numbers()
    if len(known) > _MOST_NUMBERED:
        known.clear()
    return known.setdefault(key, next(_counter))


_Kind = tuple[tuple[int, ...], tuple[bool | str, ...]]


class _Law:
    """What is the same for every origin on a day."""

    def __init__(self, book: Book, provider: Provider) -> None:
        rules = book.law.rules
        self.book, self.provider, self.importer = book, provider, provider.importer
        self.positions = charging(book, self.importer)
        self.claims = active_claims(book)
        self.nearness = chooser(self.positions, book.on)
        self.second = second_column(book, self.importer)
        self.whole = tuple(rule for rule in rules.whole_value if rule.holds(book.on))
        self.keys = tuple(_number(structure_key(item, book)) for item in self.positions)
        self.number = _number(standing_rules(book, self.claims))
        self._frees = has_entry_rules(self.importer)
        self._kinds: dict[str, _Kind] = {}

    def kind(self, origin: str) -> _Kind:
        """Origins of one kind are under one law: nearness of the positions; whether claims and rules are theirs."""
        if origin not in self._kinds:
            self._kinds[origin] = self.nearness(origin), self._theirs(origin)
        return self._kinds[origin]

    def _theirs(self, origin: str) -> tuple[bool | str, ...]:
        """Whether each claim and rule that names origins names this one; itself where its use of preferences counts."""
        mine: list[bool | str] = [
            *(claim.names(origin) for claim in self.claims),
            *(origin in rule.origins for rule in self.whole),
            origin in self.second,
            origin if by_preference(self.book, origin) else "",
        ]
        return tuple(mine)

    def free(self, origin: str) -> bool:
        """Whether a claim frees goods of an origin."""
        return self._frees and any(
            claim.effect == "free" and origin in claim.origins for claim in self.claims
        )


@dataclass(frozen=True)
class _Handed:
    """
    Value handed out, whatever the rates.

    `shares` by layer and kind, shape (L, C); `of`: which of the chosen positions each layer is; `fixed`: rate and cap
    where a claim set them.
    """

    shares: NDArray[np.float64]
    of: tuple[int, ...]
    fixed: tuple[tuple[float | None, float | None] | None, ...]


class _Memory:
    """Value handed out under laws met before."""

    def __init__(self, most: int = _MOST_BYTES) -> None:
        self.most, self.bytes = most, 0
        self.held: dict[object, _Handed] = {}

    def recall(self, key: object, build: Callable[[], _Handed]) -> _Handed:
        """What is held under a key, built now if it is not; all is let go of when it becomes too much."""
        found = self.held.get(key)
        if found is None:
            found = build()
            if self.bytes > self.most:
                self.held.clear()
                self.bytes = 0
            self.held[key] = found
            self.bytes += found.shares.nbytes
        return found


@functools.cache
def _handed_out() -> _Memory:
    """The memory all calls share."""
    return _Memory()


@dataclass(frozen=True)
class _Charged:
    """Duties by kind at flat rates, shape (C,), and by floor the share of value it bears on."""

    flat: NDArray[np.float64]
    floors: dict[float, NDArray[np.float64]]


class Weighing:
    """
    Duties of a law, averaged over the imports from each exporter.

    Sums go line by line in one order, whatever the kinds: the same question has the same answer to the last bit, whatever
    was asked before.
    """

    def __init__(self, law: _Law, reader: Folded, classification: str) -> None:
        self.law, self.reader, self.kinds = law, reader, reader.kinds
        self.classification = classification
        self._assumed = _number(reader.assumptions.key)
        self._charged: dict[object, _Charged] = {}
        self._expected: dict[tuple[bool | str, ...], Facts] = {}

    def columns(self, exporters: tuple[str, ...]) -> NDArray[np.float64]:
        """Rates by industry and exporter; zero for the importer itself."""
        kept = goods(self.classification)
        found = np.zeros((kept.size, len(exporters)))
        for column, exporter in enumerate(exporters):
            if exporter == self.law.importer:
                continue
            cells = _cells(self.law.provider, exporter, self.classification)
            kinds = self.kinds_of((exporter, self.classification), cells.rows)
            due = self.paid(exporter, cells.rows, cells.usd, kinds)
            paid = np.bincount(cells.industry, weights=due, minlength=kept.size)
            np.divide(paid, cells.value, out=found[:, column], where=(cells.value > 0.0) & kept)
        return found

    def kinds_of(self, name: object, rows: NDArray[Any]) -> NDArray[np.intp]:
        """Kinds of the lines of some cells, which a name stands for."""
        return self.kinds.recall(name, lambda: self.kinds.of[rows])

    def paid(
        self, exporter: str, rows: NDArray[Any], usd: NDArray[np.float64], kinds: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        """Additional duty on imports from an exporter by cell, USD: lines, imports and kinds of shape (C,)."""
        origin = legal_origin(exporter, self.law.importer)
        if not self.law.free(origin):
            return usd * self._rate(exporter, origin, rows, kinds, self._law_on(origin))
        claimed = self.reader.whole.claimed(origin)[rows]
        plain = self._rate(exporter, origin, rows, kinds, self._law_on(origin, usmca=False))
        freed = self._law_on(origin, usmca=True).flat[kinds]
        return np.asarray(usd * ((1.0 - claimed) * plain + claimed * freed), dtype=np.float64)

    def ordinary(self, exporter: str, rows: NDArray[Any], usd: NDArray[np.float64]) -> NDArray[np.float64]:
        """Ordinary duty on imports from an exporter by cell, USD, less what preferences and free entry waive."""
        origin, whole = legal_origin(exporter, self.law.importer), self.reader.whole
        second = origin in self.law.second
        column = (whole.table.column2 if second else whole.table.column1)[rows]
        waived: NDArray[np.float64] | float = 0.0
        if self.law.free(origin):
            waived = whole.claimed(origin)[rows]
        elif not second:
            waived = whole.preferred(exporter)[rows]
        return np.asarray(usd * (1.0 - waived) * column, dtype=np.float64)

    def _rate(
        self, exporter: str, origin: str, rows: NDArray[Any], kinds: NDArray[np.intp], charged: _Charged
    ) -> NDArray[np.float64]:
        """Duty by line on goods that no claim frees: flat rates, and floors net of the ordinary duty."""
        rate = charged.flat[kinds]
        for cap, share in charged.floors.items():
            rate += share[kinds] * self._net_of(cap, exporter, origin, rows)
        return rate

    def _net_of(self, cap: float, exporter: str, origin: str, rows: NDArray[Any]) -> NDArray[np.float64]:
        """A floor net of the ordinary duty: in full where a preference waives it."""
        whole, second = self.reader.whole, origin in self.law.second
        column = whole.table.column2 if second else whole.table.column1
        net: NDArray[np.float64] = np.maximum(0.0, cap - column[rows])
        if second or self.law.free(origin):
            return net
        return np.asarray(net + whole.preferred(exporter)[rows] * (cap - net), dtype=np.float64)

    def _law_on(self, origin: str, *, usmca: bool | None = None) -> _Charged:
        """Duties by kind on goods of an origin, with and without a claim where one can be made."""
        key = (usmca, *self.law.kind(origin))
        if key not in self._charged:
            self._charged[key] = self._charge(origin, key[1], usmca)
        return self._charged[key]

    def _facts(self, origin: str) -> Facts:
        """What is expected of goods of an origin, which depends on the claims that are theirs."""
        key = self.law.kind(origin)[1]
        if key not in self._expected:
            self._expected[key] = expected_facts(self.law.book, origin, self.reader)
        return self._expected[key]

    def _charge(self, origin: str, nearness: tuple[int, ...], usmca: bool | None) -> _Charged:
        """Put today's rates on the value each layer bears on."""
        facts = self._facts(origin)
        if usmca is not None:
            facts = {**facts, "usmca": usmca}
        near = tuple((k, n) for k, n in enumerate(nearness) if n)
        chosen = tuple(Chosen(self.law.positions[k], n) for k, n in near)
        handed = _handed_out().recall(
            self._key(origin, near, facts, usmca), lambda: self._hand_out(origin, chosen, facts)
        )
        rates = np.zeros(len(handed.of))
        floors: dict[float, NDArray[np.float64]] = {}
        for row, (place, fixed) in enumerate(zip(handed.of, handed.fixed, strict=True)):
            position = chosen[place].position
            rate, cap = fixed or (position.rate, position.cap)
            if cap is None:
                rates[row] = rate
            elif usmca:
                rates[row] = max(0.0, cap)
            else:
                floors[cap] = floors.get(cap, 0.0) + handed.shares[row]
        flat = np.zeros(self.kinds.rows.size)
        for rate, share in zip(rates, handed.shares, strict=True):
            flat += rate * share
        return _Charged(flat, floors)

    def _key(
        self, origin: str, near: tuple[tuple[int, int], ...], facts: Facts, usmca: bool | None
    ) -> tuple[object, ...]:
        """Everything that the value handed out depends on: all but the rates, unless a fact sets them."""
        law = self.law
        entries = tuple((law.keys[k], n) for k, n in near)
        finding = law.book.law.rules.transshipment
        set_by_fact = (finding is not None and bool(facts.get(finding.fact))) or any(
            claim.effect == "rate" and np.any(in_force(claim, facts)) for claim in law.claims
        )
        rates = tuple((law.positions[k].rate, law.positions[k].cap) for k, _ in near) if set_by_fact else ()
        return (self.kinds.number, self._assumed, law.number, usmca, law.kind(origin)[1], entries, rates)

    def _hand_out(self, origin: str, chosen: tuple[Chosen, ...], facts: Facts) -> _Handed:
        """Build the layers that concern an origin on every kind of lines, and hand the value out."""
        law = self.law
        pairs = build_layers(
            chosen,
            book=law.book,
            origin=origin,
            reach=self.reader.reach(law.book),
            facts=facts,
            claims=law.claims,
        )
        places = {id(entry): place for place, entry in enumerate(chosen)}
        return _Handed(
            shares=share_out([layer for _, layer in pairs], self.kinds.rows.size),
            of=tuple(places[id(entry)] for entry, _ in pairs),
            fixed=tuple(
                None
                if (layer.rate, layer.cap) == (entry.position.rate, entry.position.cap)
                else (layer.rate, layer.cap)
                for entry, layer in pairs
            ),
        )
