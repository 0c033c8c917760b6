"""Which judgements of the tariff room can move the duties on goods of one origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.duties.layers import active_claims
from detente.duties.rules import matches
from detente.duties.targets import duties_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detente.duties.rules import Claim, Rules
    from detente.duties.targets import Chosen
    from detente.ledger import Book


def judgements(book: Book, importer: str, origin: str) -> frozenset[str]:
    """
    Names of the judgements that additional duties may depend on.

    Examples
    --------
    >>> from detente.ledger import open_ledger
    >>> book = open_ledger().on("2024-12-31")
    >>> "steel_content" in judgements(book, "USA", "CAN")
    False
    """
    rules = book.law.rules
    chosen = duties_on(book, importer, origin)
    names = set(_scopes(chosen, rules))
    for claim in active_claims(book):
        if claim.origins and origin not in claim.origins:
            continue
        named = any(matches(entry.position.measure.id, claim.measures) for entry in chosen)
        if named or claim.effect == "free":
            names |= set(_claim(claim))
    if rules.transshipment:
        names.add(rules.transshipment.fact)
    return frozenset(names)


def _scopes(chosen: tuple[Chosen, ...], rules: Rules) -> Iterator[str]:
    """What the scopes and the floors of positions read."""
    for entry in chosen:
        scope = entry.position.scope
        if scope.share is not None:
            yield scope.share
        if scope.exclude:
            yield "annex_use"
        if entry.position.cap is not None:
            yield "preference_use"
        for rule in rules.list_claims:
            if any(matches(name, rule.lists) for name in scope.exclude):
                yield from (rule.average, rule.fact)


def _claim(claim: Claim) -> Iterator[str]:
    """What a claim reads."""
    yield from (claim.fact, claim.requires or "", claim.average or "", claim.average_kept or "")
    if claim.effect == "free":
        yield "usmca_use"
    if claim.listed:
        yield "annex_use"
