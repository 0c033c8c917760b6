"""Which lines of a table each position reaches, read once and remembered."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.duties.rules import Claim, ListClaim, matches
from detente.duties.scope import listed, names_version, reached

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from detente.duties.assumptions import Assumptions
    from detente.duties.layers import Facts, Reach
    from detente.duties.stack import Stack
    from detente.duties.targets import Chosen
    from detente.ledger import Book, Position
    from detente.ledger.records.schema import Scope
    from detente.schedules.provider import LineTable

CONTENTS = ("steel_content", "aluminum_content", "copper_content")


class Reader:
    """
    Reads which lines of a table each position reaches, remembering what it read.

    table: The lines.
    assumptions: Named judgements: content shares and the use of exemption lists.
    memory: What readers of the same table have read; given to several, each reads only what its judgements change.
    """

    def __init__(
        self,
        table: LineTable,
        assumptions: Assumptions,
        memory: dict[object, Any] | None = None,
    ) -> None:
        self.table = table
        self.assumptions = assumptions
        self._memory: dict[object, Any] = {} if memory is None else memory
        self._day: dt.date | None = None
        self._today: dict[object, Stack] = {}

    def cover(self, position: Position, book: Book, facts: Facts | None = None) -> NDArray[np.float64]:
        """Share of the value of each line in a position's scope; `facts`: how often conditions of exemption lists hold."""
        scope = position.scope
        return self._mixed(scope, book, scope.exclude, conditional(scope, book), facts or {})

    def reach(self, book: Book) -> Reach:
        """What a position of a book reaches under some facts, for `detente.duties.layers.stack`."""
        return lambda position, facts: self.cover(position, book, facts)

    def learn(self, positions: Iterable[Position], claims: Iterable[Claim], book: Book) -> None:
        """Read everything that `cover`, `listed`, `shares` and `used` can be asked of these positions and claims."""
        granted = [claim.granted_by for claim in claims if claim.listed and claim.granted_by is not None]
        lists = [item for name in granted for item in book.get(name) if item.state == "in force"]
        for scope in dict.fromkeys(item.scope for item in (*positions, *lists)):
            for exclude in _variants(scope, book):
                self._inside_of(scope, exclude, book)
        for claim in claims:
            self._outside(claim.not_chapters)
            if claim.average and claim.effect != "free":
                self.used(claim.average)
        self.shares()
        rules = book.law.rules
        taken = rules.preference.average if rules.preference else None
        for rule in rules.list_claims:
            if rule.average != taken:
                self.used(rule.average)

    def _mixed(
        self,
        scope: Scope,
        book: Book,
        exclude: tuple[str, ...],
        conditions: Conditional,
        facts: Facts,
    ) -> NDArray[np.float64]:
        """Cover with and without the exemption lists that hang on a condition, each by how often it holds."""
        if not conditions:
            return self._inside_of(scope, exclude, book).astype(np.float64)
        (rule, names), *others = conditions
        held = facts.get(rule.id, facts.get(rule.fact, rule.default))
        kept = tuple(name for name in exclude if name not in names)
        if isinstance(held, bool):
            return self._mixed(scope, book, exclude if held else kept, others, facts)
        holds = np.asarray(held, dtype=np.float64)
        found = np.zeros(self.table.codes.shape)
        if np.any(holds > 0.0):
            found = found + holds * self._mixed(scope, book, exclude, others, facts)
        if np.any(holds < 1.0):
            found = found + (1.0 - holds) * self._mixed(scope, book, kept, others, facts)
        return found

    def _inside_of(self, scope: Scope, exclude: tuple[str, ...], book: Book) -> NDArray[Any]:
        """Lines inside a scope less some exemption lists, remembered by the version of its lists."""
        key = _version(scope, exclude, book)
        used = self.assumptions.get("annex_use", 1.0)
        return self.recall(
            key if used == 1.0 else (key, used), lambda reader: reader.read(scope, exclude, book)
        )

    def reaching(self, chosen: tuple[Chosen, ...], book: Book, name: object) -> tuple[Chosen, ...]:
        """Positions whose scope, less only what it excludes without a condition, holds some line; `name` is of them all."""
        widest = book.recall(("widest", name), lambda: [_widest(entry, book) for entry in chosen])
        some, used = self._some, self.assumptions.get("annex_use", 1.0)
        found = []
        for entry, exclude, version in widest:
            key = version if used == 1.0 else (version, used)
            if key not in some:
                some[key] = bool(self._inside_of(entry.position.scope, exclude, book).any())
            if some[key]:
                found.append(entry)
        return tuple(found)

    @property
    def _some(self) -> dict[object, bool]:
        """Whether scopes hold some line, by version and use of exemption lists; kept with the rest of the memory."""
        found: dict[object, bool] = self._memory.setdefault("some", {})
        return found

    def _outside(self, chapters: tuple[str, ...]) -> NDArray[Any]:
        """Lines outside some chapters."""
        return self.recall(
            ("chapters", chapters), lambda reader: ~np.isin(reader.table.codes.astype("U2"), chapters)
        )

    def recall(self, key: object, read: Callable[[Reader], NDArray[Any]]) -> NDArray[Any]:
        """What the memory holds under a key (all that the values depend on but the lines); read now if it is not there."""
        if key not in self._memory:
            self._memory[key] = read(self)
        found: NDArray[Any] = self._memory[key]
        return found

    def read(self, scope: Scope, exclude: tuple[str, ...], book: Book) -> NDArray[Any]:
        """Lines inside a scope less `exclude`, or their share where exemption lists are not used to the full; not kept."""
        codes, outside = self.table.codes, book.law.rules.outside

        def read_list(name: str) -> frozenset[str]:
            return listed(book.law.lists[name], book.on)

        inside: NDArray[Any] = reached(codes, scope, read_list, outside, exclude=exclude)
        unused = 1.0 - float(self.assumptions.get("annex_use", 1.0))
        if unused > 0.0 and exclude:
            everything = reached(codes, scope, read_list, outside, exclude=())
            inside = np.where(everything, np.maximum(inside, unused), 0.0)
        return inside

    def by_line(self, name: str, letter: float, origin: str = "") -> NDArray[np.float64]:
        """A judgement as a share of each line, 0 to 1: one number, or the provider's table; else what the letter says."""
        value, provider = self.assumptions.get(name, letter), self.table.provider
        if not isinstance(value, str) or provider is None:
            return np.full(self.table.codes.shape, letter if isinstance(value, str) else value)
        return self.recall(
            (name, origin, value), lambda reader: provider.share_by_line(name, reader.table.codes, origin)
        )

    def shares(self) -> dict[str, NDArray[np.float64]]:
        """Metal content of each line, by name of the judgement."""
        return {name: self.by_line(name, 1.0) for name in CONTENTS}

    def used(self, name: str) -> NDArray[np.float64] | float:
        """How often the condition of an exemption list is met in trade, as a judgement says: one number, or by line."""
        value = self.assumptions.get(name, 0.0)
        return self.by_line(name, 0.0) if isinstance(value, str) else float(value)

    def claimed(self, origin: str) -> NDArray[np.float64]:
        """Share of each line from an origin whose goods a claim can free that is entered with it."""
        return self.by_line("usmca_use", 0.0, origin)

    def preferred(self, origin: str) -> NDArray[np.float64]:
        """Share of the ordinary duty on each line that preferences of an origin waive."""
        return self.by_line("preference_use", 0.0, origin)

    def on_day(self, day: dt.date, key: object, build: Callable[[], Stack]) -> Stack:
        """A stack already built for another origin on the same day under the same key, else a new one."""
        if day != self._day:
            self._day, self._today = day, {}
        if key not in self._today:
            self._today[key] = build()
        return self._today[key]

    def listed(self, claim: Claim, book: Book) -> NDArray[np.float64] | float:
        """Lines a claim can concern: those on the lists of its measure, less the chapters it leaves out; 1 without goods."""
        inside: NDArray[np.float64] | float = 1.0
        if claim.listed and claim.granted_by is not None:
            found = [item for item in book.get(claim.granted_by) if item.state == "in force"]
            inside = np.zeros(self.table.codes.shape)
            for item in found:
                inside = np.maximum(inside, self.cover(item, book))
        if claim.not_chapters:
            inside = np.asarray(inside * self._outside(claim.not_chapters), dtype=np.float64)
        return inside


Conditional = list[tuple[ListClaim, tuple[str, ...]]]


def _version(scope: Scope, exclude: tuple[str, ...], book: Book) -> str:
    """What a scope less some lists reaches on the day of a book, in a text that is looked up quickly."""

    def read() -> str:
        named = names_version((*scope.include, *exclude), book.law, book.on)
        lists = ";".join(f"{items.name} {items.digest} {items.known} {place}" for items, place in named)
        words = (book.law.rules.outside, scope.include, exclude)
        return sys.intern(f"scope {words} {lists}")

    return book.recall(("version", scope.include, exclude), read)


def _widest(entry: Chosen, book: Book) -> tuple[Chosen, tuple[str, ...], str]:
    """A position, what it excludes whatever is claimed, and what it reaches then."""
    scope = entry.position.scope
    claimed = {name for _, names in conditional(scope, book) for name in names}
    exclude = tuple(name for name in scope.exclude if name not in claimed)
    return entry, exclude, _version(scope, exclude, book)


def conditional(scope: Scope, book: Book) -> Conditional:
    """Exemption lists of a scope that hang on a condition, by condition."""
    exclude = scope.exclude
    return book.recall(
        ("conditional", exclude),
        lambda: [
            (rule, names)
            for rule in book.law.rules.list_claims
            if (names := tuple(name for name in exclude if matches(name, rule.lists)))
        ],
    )


def _variants(scope: Scope, book: Book) -> list[tuple[str, ...]]:
    """What a scope leaves out, under every answer to its conditions."""
    found = [scope.exclude]
    for _, names in conditional(scope, book):
        found += [tuple(name for name in exclude if name not in names) for exclude in found]
    return found
