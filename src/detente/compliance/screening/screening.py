"""From matches and ownership rules to a status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.compliance.screening.rules import list_kind

if TYPE_CHECKING:
    from detente.compliance.documents.screening import Match, RuleResult, Status

SAME = 0.97
"""Least score that is taken for the same name."""


def by_name(matches: tuple[Match, ...]) -> Status:
    """Status by the name alone."""
    for match in matches:
        if match.listed and match.score >= SAME and list_kind(match.list).effect == "restricted":
            return "restricted"
    return "review" if matches else "clear"


def by_rules(rules: tuple[RuleResult, ...]) -> Status:
    """Status by ownership."""
    if any(rule.caught and rule.in_force for rule in rules):
        return "restricted"
    return "review" if any(r.caught or r.possible or r.exposed for r in rules) else "clear"


def worst(*statuses: Status) -> Status:
    """Take the most cautious status."""
    order: tuple[Status, ...] = ("restricted", "review", "clear")
    return min(statuses, key=order.index)
