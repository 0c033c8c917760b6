"""From positions that concern an origin to the layers that meet on its goods, and to their stack."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from detente.duties.rules import Claim, Rules, Substitute, matches
from detente.duties.stack import Layer, Stack, stack_layers
from detente.duties.targets import BY_ALL, Chosen, closest, duties_on

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from detente.ledger import Book, Position

    Value = float | bool | NDArray[np.float64]
    Facts = Mapping[str, Value]
    Reach = Callable[[Position, Facts], NDArray[np.float64]]


def stack(
    book: Book,
    importer: str,
    origin: str,
    *,
    reach: Reach,
    facts: Facts,
    base: NDArray[np.float64],
    chosen: Sequence[Chosen] | None = None,
) -> Stack:
    """
    Stack the additional duties of an importer on goods of an origin: the one road from a book to duties.

    `reach` gives, for a position, the share of each line's value in its scope, shape (P,); `facts` are as in
    `build_layers`; `base` is the ordinary duty, shape (P,); `chosen` the positions, all that concern the origin by default.
    """
    entries = duties_on(book, importer, origin) if chosen is None else chosen
    layers = build_layers(entries, book=book, origin=origin, reach=reach, facts=facts)
    return stack_layers([layer for _, layer in layers], base)


def build_layers(
    chosen: Sequence[Chosen],
    *,
    book: Book,
    origin: str,
    reach: Reach,
    facts: Facts,
    claims: tuple[Claim, ...] | None = None,
) -> tuple[tuple[Chosen, Layer], ...]:
    """
    Turn the positions that concern an origin into layers, in order of precedence, each with its position.

    `facts` are what is known or assumed: by fact, what a case states; by id of a claim, the share of goods, or of each
    line, for which the claim holds, which goes before the fact. `claims` are the day's `active_claims`, where known.
    """
    claims = active_claims(book) if claims is None else claims
    general = [claim for claim in claims if claim.effect == "general"]
    entries = closest([entry for entry in chosen if _kept(entry, origin, general, facts)])
    found: list[tuple[Chosen, Layer]] = []
    for outline in _outlines(entries, book, origin, claims):
        entry = entries[outline.place]
        cover, share = reach(entry.position, facts), outline.share
        whole = any(_any(facts.get(name, False)) for name in outline.whole_under)
        if share is not None and share in facts and not whole:
            cover = cover * facts[share]
        layer = _filled(outline.layer, entry.position, cover)
        for claim in outline.claims:
            layer = _apply(claim, layer, facts)
        if not layer.cover.any():
            continue
        finding = outline.finding
        if finding and facts.get(finding.fact):
            layer = replace(layer, rate=finding.rate, cap=None)
        found.append((entry, layer))
    return tuple(found)


def _filled(outline: Layer, position: Position, cover: NDArray[np.float64]) -> Layer:
    """A layer with the rate of its position and what it covers."""
    return Layer(
        outline.measure,
        outline.part,
        position.rate,
        position.cap,
        cover,
        outline.group,
        outline.rest_of,
        outline.untouched_by,
        outline.behind,
        outline.replaced_by,
    )


_NOTHING = np.zeros(0)


@dataclass(frozen=True)
class _Outline:
    """
    What of a layer hangs on no line and on no fact.

    place: Place of its position among those that meet.
    layer: The layer, its cover still empty.
    share: Fact whose share of the value it scales with.
    whole_under: Claims under which it bears on the whole value nevertheless.
    claims: Claims that concern it.
    finding: The finding that puts its rate in place of the position's.
    """

    place: int
    layer: Layer
    share: str | None
    whole_under: tuple[str, ...]
    claims: tuple[Claim, ...]
    finding: Substitute | None


def _outlines(
    entries: Sequence[Chosen], book: Book, origin: str, claims: tuple[Claim, ...]
) -> tuple[_Outline, ...]:
    """Outlines of the layers of positions that meet, in order of precedence; remembered by the book."""
    meeting = tuple((entry.position.key, entry.closeness) for entry in entries)
    own = claims is active_claims(book)
    key = ("outlines", origin, meeting, None if own else tuple(claim.id for claim in claims))
    return book.recall(key, lambda: _outlined(entries, book, origin, claims))


def _outlined(
    entries: Sequence[Chosen], book: Book, origin: str, claims: tuple[Claim, ...]
) -> tuple[_Outline, ...]:
    """Outlines of the layers of positions that meet, in order of precedence."""
    rules, on = book.law.rules, book.on
    before, finding = _before([entry.position for entry in entries]), rules.substitute(on)
    found: list[tuple[tuple[object, ...], _Outline]] = []
    for place, entry in enumerate(entries):
        position = entry.position
        layer = _layer(position, on, rules, _NOTHING, before)
        whole = any(rule.covers(layer.measure, layer.part, origin, on) for rule in rules.whole_value)
        mine = tuple(claim for claim in claims if claim.reaches(layer.measure, origin, layer.part))
        named = finding if finding and matches(layer.measure, finding.measures) else None
        under = tuple(
            rule.under
            for rule in rules.whole_value
            if rule.under and rule.covers(layer.measure, layer.part, origin, on, {rule.under: True})
        )
        outline = _Outline(place, layer, None if whole else position.scope.share, under, mine, named)
        found.append((_precedence(entry, layer, on, rules), outline))
    found.sort(key=lambda row: row[0])
    return tuple(outline for _, outline in found)


def active_claims(book: Book) -> tuple[Claim, ...]:
    """Claims that can be made on a day: their rule holds, and the measure that grants them, if one is named, is in force."""

    def read() -> tuple[Claim, ...]:
        running = {item.measure.id for item in book.positions if item.state == "in force"}
        return tuple(
            claim
            for claim in book.law.rules.standing(book.on).claims
            if claim.granted_by is None or claim.granted_by in running
        )

    return book.recall("active claims", read)


def _kept(entry: Chosen, origin: str, general: Sequence[Claim], facts: Facts) -> bool:
    """Tell whether a position stands once claims that lose a country's own rate are read."""
    for claim in general:
        if (
            claim.reaches(entry.position.measure.id, origin, entry.position.part)
            and entry.closeness > BY_ALL
            and not in_force(claim, facts).any()
        ):
            return False
    return True


def _before(positions: Sequence[Position]) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """For each measure, those it yields to and those in lieu of it, as entries of the ledger say."""
    ids = sorted({item.measure.id for item in positions})
    yields: dict[str, set[str]] = {name: set() for name in ids}
    replaced: dict[str, set[str]] = {name: set() for name in ids}
    for item in positions:
        stacking = item.measure.stacking
        if stacking is None:
            continue
        yields[item.measure.id] |= {name for name in ids if matches(name, stacking.yields_to)}
        for name in ids:
            if matches(name, stacking.in_lieu_of):
                replaced[name].add(item.measure.id)
    return {
        name: (tuple(sorted(yields[name] - {name})), tuple(sorted(replaced[name] - {name}))) for name in ids
    }


def _layer(
    position: Position,
    on: dt.date,
    rules: Rules,
    cover: NDArray[np.float64],
    before: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]],
) -> Layer:
    """Build the layer of one position, before any claim."""
    name = position.measure.id
    place = rules.place(name, on)
    group = place[0] if place else None
    yields = [rule for rule in rules.gives_way(name, on) if rule.to_group != group]
    shared = {rule.to_group for rule in yields} | {group}
    others = tuple(
        other for other in before[name][0] if (rules.place(other, on) or (None, 0))[0] not in shared - {None}
    )
    return Layer(
        measure=name,
        part=position.part,
        rate=position.rate,
        cap=position.cap,
        cover=cover,
        group=group,
        rest_of=tuple(rule.to_group for rule in yields if rule.how == "share"),
        untouched_by=tuple(rule.to_group for rule in yields if rule.how == "whole"),
        behind=others,
        replaced_by=before[name][1],
    )


def _precedence(entry: Chosen, layer: Layer, on: dt.date, rules: Rules) -> tuple[object, ...]:
    """Order of taking value: groups by rank, then the rest; within a measure the narrower part first."""
    place = rules.place(layer.measure, on)
    waits = len(layer.rest_of) + len(layer.untouched_by)
    scope = entry.position.scope
    return (
        bool(waits),
        place is None,
        place[1] if place else 0,
        len(layer.behind) + len(layer.replaced_by),
        layer.measure,
        -entry.closeness,
        "all" in scope.include,
        layer.part,
    )


def _apply(claim: Claim, layer: Layer, facts: Facts) -> Layer:
    """Change a layer as a claim says."""
    holds = in_force(claim, facts)
    unmet = claim.requires and not _any(facts.get(claim.requires, False))
    if unmet or (claim.effect in {"remove", "free", "rate"} and not holds.any()):
        return layer
    if claim.effect in {"remove", "free"}:
        relieved = layer.cover * holds if claim.keeps_value else 0.0
        return replace(layer, cover=layer.cover * (1.0 - holds), relieved=layer.relieved + relieved)
    if claim.effect == "needs":
        return layer if (holds == 1.0).all() else replace(layer, cover=layer.cover * holds)
    if claim.effect == "rest" and holds.any():
        relieved = layer.cover * np.where(holds >= (claim.least or 0.0), holds, 0.0)
        return replace(layer, cover=layer.cover - relieved, relieved=layer.relieved + relieved)
    if claim.effect == "rate" and _any(holds):
        return replace(layer, rate=claim.rate, cap=claim.cap)
    return layer


def in_force(claim: Claim, facts: Facts) -> NDArray[np.float64]:
    """Share of goods, or of value, for which a claim holds under some facts: 0 to 1, a scalar array or shape (P,)."""
    if claim.id in facts:
        return np.asarray(facts[claim.id], dtype=np.float64)
    if claim.below is not None:
        return np.asarray(claim.fact in facts and facts[claim.fact] < claim.below, dtype=np.float64)
    return np.asarray(facts.get(claim.fact, claim.default), dtype=np.float64)


def _any(value: Value) -> bool:
    """Tell whether a flag, or a share of any line, is not zero."""
    return bool((value != 0.0).any() if isinstance(value, np.ndarray) else value)
