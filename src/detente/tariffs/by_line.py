"""Additional duties of all exporters at once: law is stacked on kinds of lines and weighted with imports by kind."""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detente.tariffs.assumptions import Assumptions
from detente.tariffs.cells import filled, weights
from detente.tariffs.duties import expected_facts, legal_origin, standing_rules, structure_key
from detente.tariffs.kinds import FinerError, Folded, Kinds, fine_enough
from detente.tariffs.layers import Chosen, active_claims, charging, chooser, holding, laid
from detente.tariffs.lines import goods, industries, industry_index, weighted_table
from detente.tariffs.reader import Reader
from detente.tariffs.rules import stacking_rules
from detente.tariffs.stack import share_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from detente.ledger import Book, Position
    from detente.tariffs.layers import Facts

LINE_LEVEL = "USA"
# Shares of value kept for other days and other edits, bytes.
_MOST_BYTES = 24_000_000
_MOST_NUMBERED = 100_000


def rates_by_line(
    book: Book, exporters: tuple[str, ...], classification: str, assumptions: Assumptions
) -> NDArray[np.float64]:
    """
    Average the stacked lines of the US schedule by industry and exporter.

    Parameters
    ----------
    book
        What is on the books.
    exporters
        ISO alpha-3, ``EUN`` or ``ROW``.
    classification
        ``icio49`` or ``wiod35``.
    assumptions
        Named judgements.

    Returns
    -------
    rates
        Shape (J, exporters): the additional duty of `origin_duties`, weighted with imports of 2024; zero for services.
    """
    law, whole = _Law(book), _reader(assumptions.key)
    kinds = _fine_enough(law, whole, classification)
    while True:
        try:
            columns = _Weighing(law, Folded(whole, kinds), classification).columns(exporters)
        except FinerError as finer:
            kinds = finer.kinds
        else:
            break
    _latest()["kinds"] = kinds
    return columns


def _fine_enough(law: _Law, whole: Reader, classification: str) -> Kinds:
    """The latest kinds of lines, split until a book and a classification treat lines of one kind alike."""
    kinds = _latest()["kinds"].split(industry_index(classification))
    return fine_enough(kinds, whole, law.positions, law.claims, law.book)


@functools.cache
def _latest() -> dict[str, Kinds]:
    """The finest kinds of lines so far: what other books have told apart stays apart."""
    return {"kinds": Kinds(np.zeros(weighted_table().codes.shape, dtype=np.intp))}


@functools.lru_cache(maxsize=8)
def _reader(assumptions: tuple[tuple[str, float | str], ...]) -> Reader:
    """The reader of the weighted lines under some judgements."""
    return Reader(weighted_table(), Assumptions(**dict(assumptions)), _scopes())


@functools.cache
def _scopes() -> dict[object, NDArray[np.float64]]:
    """What readers of the weighted lines have read, whatever their judgements."""
    return {}


@functools.lru_cache(maxsize=1024)
def _cells(exporter: str, classification: str) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Lines and imports that stand for an economy, every industry filled."""
    known = weights()
    cells = filled(known, known.of(exporter), classification)
    inside = industry_index(classification)[cells.rows] >= 0
    return cells.rows[inside].astype(np.int32), cells.usd[inside]


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


class _Law:
    """What is the same for every origin on a day."""

    def __init__(self, book: Book) -> None:
        rules = stacking_rules()
        self.book, self.rules = book, rules
        self.positions = charging(book, LINE_LEVEL)
        self.claims = active_claims(book, rules)
        self.nearness = chooser(self.positions, book.on)
        self.second = rules.second_column(book.on)
        self.whole = tuple(rule for rule in rules.whole_value if rule.holds(book.on))
        self.keys = tuple(_number(structure_key(item, book)) for item in self.positions)
        self.number = _number(standing_rules(book, self.claims))
        self._kinds: dict[str, tuple[tuple[int, ...], tuple[bool, ...]]] = {}

    def kind(self, origin: str) -> tuple[tuple[int, ...], tuple[bool, ...]]:
        """Origins of one kind are under one law: nearness of the positions; whether claims and rules are theirs."""
        if origin not in self._kinds:
            self._kinds[origin] = self.nearness(origin), self._theirs(origin)
        return self._kinds[origin]

    def _theirs(self, origin: str) -> tuple[bool, ...]:
        """Whether each claim and rule that names origins names this one."""
        mine = [
            *(not claim.origins or origin in claim.origins for claim in self.claims),
            *(origin in rule.origins for rule in self.whole),
            origin in self.second,
        ]
        return tuple(mine)

    def free(self, origin: str) -> bool:
        """Whether a claim frees goods of an origin."""
        return any(claim.effect == "free" and origin in claim.origins for claim in self.claims)


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


class _Weighing:
    """Duties of a law, averaged over the imports from each exporter."""

    def __init__(self, law: _Law, reader: Folded, classification: str) -> None:
        self.law, self.reader, self.kinds = law, reader, reader.kinds
        self.classification, self.size = classification, len(industries(classification))
        # Special provisions, which belong to no industry, go first.
        self._industry = industry_index(classification)[self.kinds.rows] + 1
        self._assumed = _number(reader.assumptions.key)
        self._charged: dict[object, _Charged] = {}
        self._expected: dict[tuple[bool, ...], Facts] = {}

    def columns(self, exporters: tuple[str, ...]) -> NDArray[np.float64]:
        """Rates by industry and exporter; zero for the importer itself."""
        found, kept = np.zeros((self.size, len(exporters))), goods(self.classification)
        for column, exporter in enumerate(exporters):
            if exporter == LINE_LEVEL:
                continue
            paid = self._by_industry(self._paid(exporter))
            value = self._by_industry(self._imports(exporter))
            np.divide(paid, value, out=found[:, column], where=(value > 0.0) & kept)
        return found

    def _by_industry(self, usd: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sums over the kinds of each industry."""
        sums = np.bincount(self._industry, weights=usd, minlength=self.size + 1)
        return np.asarray(sums[1:], dtype=np.float64)

    def _paid(self, exporter: str) -> NDArray[np.float64]:
        """Additional duty on imports from an exporter by kind, USD."""
        origin, imports = legal_origin(exporter), self._imports(exporter)
        if not self.law.free(origin):
            return self._owed(exporter, origin, imports, self._law_on(origin))
        claimed = self._summed(
            exporter, ("usmca", self.reader.assumptions["usmca_use"]), self._claims(origin)
        )
        plain = self._law_on(origin, usmca=False)
        freed = self._law_on(origin, usmca=True)
        return self._owed(exporter, origin, imports - claimed, plain) + claimed * freed.flat

    def _owed(
        self, exporter: str, origin: str, imports: NDArray[np.float64], charged: _Charged
    ) -> NDArray[np.float64]:
        """Duty by kind: flat rates on imports, and floors net of the ordinary duty of each line."""
        owed = imports * charged.flat
        for cap, share in charged.floors.items():
            key = ("floor", cap, origin in self.law.second, *self._waived(origin))
            owed += share * self._summed(exporter, key, self._net_of(cap, exporter, origin))
        return owed

    def _imports(self, exporter: str) -> NDArray[np.float64]:
        """Imports by kind, USD."""
        return self._summed(exporter, ("imports",), lambda rows: np.ones(rows.shape))

    def _summed(
        self, exporter: str, key: tuple[object, ...], of: Callable[[NDArray[np.int32]], NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        """Imports times something by line, summed by kind."""

        def sums() -> NDArray[np.float64]:
            rows, usd = _cells(exporter, self.classification)
            weighted = usd * of(rows)
            sums = np.bincount(self.kinds.of[rows], weights=weighted, minlength=self.kinds.rows.size)
            return np.asarray(sums, dtype=np.float64)

        return self.kinds.recall((exporter, self.classification, *key), sums)

    def _claims(self, origin: str) -> Callable[[NDArray[np.int32]], NDArray[np.float64]]:
        """How often a claim frees goods of an origin."""
        return lambda rows: self.reader.whole.claimed(origin)[rows]

    def _waived(self, origin: str) -> tuple[str, float | str] | tuple[()]:
        """By which judgement some goods of an origin owe no ordinary duty."""
        if self.law.free(origin):
            return "usmca_use", self.reader.assumptions["usmca_use"]
        if origin in self.law.second:
            return ()
        return "preference_use", self.reader.assumptions["preference_use"]

    def _net_of(
        self, cap: float, exporter: str, origin: str
    ) -> Callable[[NDArray[np.int32]], NDArray[np.float64]]:
        """A floor net of the ordinary duty: in full where a preference waives it; goods that a claim frees apart."""
        whole, waived = self.reader.whole, self._waived(origin)
        column = whole.table.column2 if origin in self.law.second else whole.table.column1

        def rate(rows: NDArray[np.int32]) -> NDArray[np.float64]:
            net: NDArray[np.float64] = np.maximum(0.0, cap - column[rows])
            if not waived:
                return net
            if waived[0] == "usmca_use":
                return net * (1.0 - whole.claimed(origin)[rows])
            return net + whole.preferred(exporter)[rows] * (cap - net)

        return rate

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
        return _Charged(rates @ handed.shares, floors)

    def _key(
        self, origin: str, near: tuple[tuple[int, int], ...], facts: Facts, usmca: bool | None
    ) -> tuple[object, ...]:
        """Everything that the value handed out depends on: all but the rates, unless a fact sets them."""
        law = self.law
        entries = tuple((law.keys[k], n) for k, n in near)
        set_by_fact = bool(facts.get(law.rules.transshipment.fact)) or any(
            claim.effect == "rate" and np.any(holding(claim, facts)) for claim in law.claims
        )
        rates = tuple((law.positions[k].rate, law.positions[k].cap) for k, _ in near) if set_by_fact else ()
        return (self.kinds.number, self._assumed, law.number, usmca, law.kind(origin)[1], entries, rates)

    def _hand_out(self, origin: str, chosen: tuple[Chosen, ...], facts: Facts) -> _Handed:
        """Lay and stack what concerns an origin on every kind of lines."""
        law = self.law

        def reach(position: Position, held: Facts) -> NDArray[np.float64]:
            return self.reader.cover(position, law.book, held)

        pairs = laid(
            chosen,
            on=law.book.on,
            origin=origin,
            rules=law.rules,
            claims=law.claims,
            reach=reach,
            facts=facts,
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
