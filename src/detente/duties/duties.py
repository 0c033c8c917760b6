"""Duties on goods of one origin, line by line: the shared road from a book to averages and schedules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from detente.duties.bans import IMPORT_BAN, banned, banning
from detente.duties.layers import active_claims, stack
from detente.duties.scope import scope_version
from detente.duties.stack import Stack, rated
from detente.duties.targets import charging, closeness, duties_on
from detente.geography import economies as places
from detente.geography import territories as customs
from detente.schedules import provider_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.duties.reader import Reader
    from detente.duties.rules import Claim
    from detente.duties.targets import Chosen
    from detente.ledger import Book, Position

Claims = Literal["none", "observed"]
BASE = "base"


@dataclass(frozen=True)
class Duties:
    """
    Duties on goods of one origin.

    base: Ordinary duty after preferences, shape (P,).
    by_measure: Additional duty of each measure, shape (P,): they sum to the additional duty.
    """

    base: NDArray[np.float64]
    by_measure: dict[str, NDArray[np.float64]]

    @property
    def additional(self) -> NDArray[np.float64]:
        """Sum over measures, shape (P,)."""
        return (
            np.sum(list(self.by_measure.values()), axis=0) if self.by_measure else np.zeros(self.base.shape)
        )

    @property
    def total(self) -> NDArray[np.float64]:
        """Ordinary plus additional duty, shape (P,)."""
        return self.base + self.additional


def has_entry_rules(importer: str) -> bool:
    """Whether the rules of the ledger that name no measure (fees, low value, column 2, free goods) are an importer's."""
    provider = provider_of(importer)
    return provider is not None and provider.entry_rules


def second_column(book: Book, importer: str) -> frozenset[str]:
    """Origins whose goods owe an importer the duty of column 2."""
    return book.law.rules.second_column(book.on) if has_entry_rules(importer) else frozenset()


def freed_by(book: Book, importer: str, origin: str) -> Claim | None:
    """The claim that can free goods of an origin from duty at an importer's border."""
    if not has_entry_rules(importer):
        return None
    frees = (claim for claim in active_claims(book) if claim.effect == "free" and origin in claim.origins)
    return next(frees, None)


def legal_origin(economy: str, importer: str) -> str:
    """The origin whose law an economy has: itself; for one that is several as one in an importer's trade, a member."""
    provider = provider_of(importer)
    return economy if provider is None else provider.stands_for.get(economy, economy)


def origin_duties(
    book: Book, origin: str, reader: Reader, *, importer: str, claims: Claims = "observed"
) -> Duties:
    """
    Duties on goods of one origin on every line of a table.

    `origin` is ISO alpha-3, a partner that is several as one, or ``ROW`` for an economy without a name. With `claims`
    ``observed`` preferences and free entry are claimed as often as they are; with ``none`` never.
    """
    legal = legal_origin(origin, importer)
    second = legal in second_column(book, importer)
    column = reader.table.column2 if second else reader.table.column1
    facts, reach = expected_facts(book, legal, reader), reader.reach(book)
    freeing = freed_by(book, importer, legal) if claims == "observed" else None
    if freeing is not None:
        share, free = reader.claimed(legal), np.zeros(column.shape)
        plain, freed = (
            stack(book, importer, legal, reach=reach, facts={**facts, freeing.fact: claimed}, base=base)
            for claimed, base in ((False, column), (True, free))
        )
        return Duties((1.0 - share) * column, _mixed(plain.by_measure, freed.by_measure, share))
    chosen = duties_on(book, importer, legal)
    stacked = reader.on_day(
        book.on,
        _structure(book, legal, chosen, importer),
        lambda: stack(book, importer, legal, reach=reach, facts=facts, base=column, chosen=chosen),
    )
    stacked = _rated_for(stacked, chosen, column)
    found = stacked.by_measure
    if claims == "none" or second:
        return Duties(column, found)
    share = reader.preferred(origin)
    return Duties((1.0 - share) * column, _with_preferences(stacked, found, share, column))


def banned_lines(
    book: Book, origin: str, reader: Reader, *, importer: str, expected: bool = False
) -> NDArray[np.float64]:
    """Share of each line that may not be imported: conditions as often met as is expected, or at their defaults."""
    legal = legal_origin(origin, importer)
    bans = banning(book, importer, legal)
    facts = expected_facts(book, legal, reader) if bans and expected else {}
    return banned(bans, book, legal, reader, facts)


def _structure(book: Book, origin: str, chosen: tuple[Chosen, ...], importer: str) -> tuple[object, ...]:
    """Everything the shares of value depend on: all but the rates."""
    rules = book.law.rules
    claims = tuple(
        (claim.id, claim.names(origin)) for claim in active_claims(book) if claim.origins or claim.not_origins
    )
    whole = tuple(origin in rule.origins for rule in rules.whole_value)
    entries = tuple((entry.closeness, *structure_key(entry.position, book)) for entry in chosen)
    own = any(rules.by_preference(entry.position.scope.exclude) for entry in chosen)
    return (importer, origin if own else "", rules.standing(book.on).key, claims, whole, entries)


def _rated_for(stacked: Stack, chosen: tuple[Chosen, ...], base: NDArray[np.float64]) -> Stack:
    """The same shares of value at the rates of these positions."""
    nearest: dict[tuple[str, str], Chosen] = {}
    for entry in chosen:
        key = (entry.position.measure.id, entry.position.part)
        if key not in nearest or nearest[key].closeness < entry.closeness:
            nearest[key] = entry
    layers = tuple(
        replace(layer, rate=at.rate, cap=at.cap)
        for layer in stacked.layers
        for at in (nearest[layer.measure, layer.part].position,)
    )
    return rated(layers, stacked.shares, base)


def _mixed(
    plain: dict[str, NDArray[np.float64]], freed: dict[str, NDArray[np.float64]], share: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Goods with and without a claim, each by how often it is made."""
    return {
        name: (1.0 - share) * plain.get(name, 0.0) + share * freed.get(name, 0.0)
        for name in dict.fromkeys((*plain, *freed))
    }


def _with_preferences(
    stacked: Stack,
    found: dict[str, NDArray[np.float64]],
    share: NDArray[np.float64],
    column: NDArray[np.float64],
) -> dict[str, NDArray[np.float64]]:
    """
    Raise the floors on goods that enter under a preference: net of no ordinary duty, they are charged in full.

    Shares of value do not depend on the ordinary duty, so only rates of floors change.
    """
    raised = dict(found)
    for row, layer in enumerate(stacked.layers):
        if layer.cap is None:
            continue
        gain = share * stacked.shares[row] * (layer.cap - np.maximum(0.0, layer.cap - column))
        raised[layer.measure] = raised[layer.measure] + gain
    return raised


def origin_signature(book: Book, origin: str, importer: str) -> tuple[object, ...]:
    """Everything on the books that duties on goods of an origin depend on: equal signatures give equal duties."""
    legal = legal_origin(origin, importer)
    positions = tuple(
        (entry.closeness, *_key(entry.position, book)) for entry in duties_on(book, importer, legal)
    )
    bans = tuple(structure_key(entry.position, book) for entry in banning(book, importer, legal))
    return (importer, *standing_rules(book, active_claims(book)), positions, bans)


def book_signature(book: Book, importer: str) -> tuple[object, ...]:
    """Everything on the books that duties of an importer depend on, whatever the origin: equal signatures, equal duties."""
    charged = charging(book, importer)
    positions = tuple((item.targets, item.measure.exempt_targets, *_key(item, book)) for item in charged)
    named = {name for item in charged for name in (*item.targets, *item.measure.exempt_targets)}
    groups = tuple((name, places.members(name, book.on)) for name in sorted(named) if places.is_group(name))
    standing = standing_rules(book, active_claims(book))
    bans = tuple(
        (item.targets, structure_key(item, book))
        for item in book.in_force(IMPORT_BAN)
        if customs.imposes(item.measure.imposer, importer, book.on)
    )
    inside = tuple(
        sorted(
            {(item.measure.imposer, customs.territory(item.measure.imposer, book.on)) for item in charged},
            key=str,
        )
    )
    return (importer, *standing, groups, positions, bans, inside)


def structure_key(item: Position, book: Book) -> tuple[object, ...]:
    """
    Everything in a position that the value it bears on depends on: all but the rate.

    Measure, part, scope, what is assumed of its coverage, the versions of its lists, and what the measure says of others.
    """
    scope, stacking = item.scope, item.measure.stacking
    covered = repr(book.law.coverage.get(scope.coverage)) if scope.coverage else None
    return (
        item.measure.id,
        item.part,
        (scope.include, scope.exclude, covered, scope.share),
        scope_version(scope, book.law, book.on),
        (stacking.in_lieu_of, stacking.yields_to) if stacking else None,
    )


def _key(item: Position, book: Book) -> tuple[object, ...]:
    """Everything in a position that a rate depends on."""
    return (item.rate, item.cap, *structure_key(item, book))


def standing_rules(book: Book, claims: tuple[Claim, ...]) -> tuple[object, ...]:
    """Which stacking rules hold on a day, and what the claims that can be made are granted for."""
    granted = tuple(
        (item.scope.include, item.scope.exclude, scope_version(item.scope, book.law, book.on))
        for claim in claims
        if claim.listed and claim.granted_by is not None
        for item in book.get(claim.granted_by)
        if item.state == "in force"
    )
    return (book.law.rules.standing(book.on).key, tuple(claim.id for claim in claims), granted)


def same_law_key(book: Book, origin: str, importer: str) -> tuple[object, ...]:
    """
    A key that two origins share if the law, and the use of preferences, treats their goods alike.

    The signature, with the origin itself where a claim names it or a floor is net of its preferences.
    """
    legal = legal_origin(origin, importer)
    named = any(legal in claim.origins for claim in active_claims(book))
    capped = any(entry.position.cap is not None for entry in duties_on(book, importer, legal))
    own = named or capped or by_preference(book, legal)
    return (
        origin if own else "",
        origin in second_column(book, importer),
        *origin_signature(book, origin, importer),
    )


def by_preference(book: Book, origin: str) -> bool:
    """Tell whether an exemption list of goods of an origin hangs on a preference, whose use is that origin's own."""
    rules = book.law.rules

    def read() -> tuple[tuple[str, ...], ...]:
        hanging = (
            item
            for item in book.positions
            if item.state == "in force" and rules.by_preference(item.scope.exclude)
        )
        return tuple({item.targets: None for item in hanging})

    targets = book.recall(("targets of what hangs on a preference",), read)
    return any(closeness(named, origin, book.on) > 0 for named in targets)


def expected_facts(book: Book, origin: str, reader: Reader) -> dict[str, NDArray[np.float64] | float | bool]:
    """
    How often each claim holds in trade with an origin, and how large each content is, as `build_layers` reads them.

    The claim that frees goods (USMCA) is not among them: goods with and without it are told apart.
    """
    rules = book.law.rules
    facts: dict[str, NDArray[np.float64] | float | bool] = {
        **reader.assumptions.numbers(),
        **reader.shares(),
        "us_content": 0.0,
    }
    for rule in rules.list_claims:
        if rules.preference and rule.average == rules.preference.average:
            facts[rule.id] = reader.preferred(origin) if by_preference(book, origin) else 0.0
        else:
            facts[rule.id] = reader.used(rule.average)
    for claim in active_claims(book):
        if claim.effect == "free" or (claim.origins and origin not in claim.origins):
            continue
        often: NDArray[np.float64] | float = 0.0
        if claim.average_kept:
            often = 1.0 - float(reader.assumptions.get(claim.average_kept, 1.0))
        elif claim.average:
            often = reader.used(claim.average)
        if claim.average or claim.average_kept:
            facts[claim.id] = often * reader.listed(claim, book) if np.any(often) else 0.0
    return facts
