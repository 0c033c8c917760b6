"""The stacking rules of a ledger, as the tariff room names them."""

from __future__ import annotations

from detente.ledger import open_ledger
from detente.ledger.records.stacking import (
    Claim,
    Exclusive,
    Fee,
    ListClaim,
    Substitute,
    Transit,
    Yields,
    matches,
)
from detente.ledger.records.standing import Rules, Standing

__all__ = [
    "Claim",
    "Exclusive",
    "Fee",
    "ListClaim",
    "Rules",
    "Standing",
    "Substitute",
    "Transit",
    "Yields",
    "matches",
    "stacking_rules",
]


def stacking_rules() -> Rules:
    """
    The stacking rules of the ledger that comes with the package, everything known.

    A calculation asks its own book: ``book.law.rules``.

    Exclusive groups, non-stacking groups, claims, transit clauses, low-value and fee rules, each with its act.
    """
    return open_ledger().rules
