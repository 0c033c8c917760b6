"""How duties add up: for one line, for whole schedules, and averaged to a world's sectors."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.duties.assumptions import Assumption, Assumptions, case_shares
    from detente.duties.averages.additional import additional_rates
    from detente.duties.averages.average import average_tariff
    from detente.duties.averages.averager import Averager, pooled
    from detente.duties.averages.cells import LineTrade
    from detente.duties.bans import IMPORT_BAN, banned, banning, conditions
    from detente.duties.documents.average import Average
    from detente.duties.duties import (
        Duties,
        expected_facts,
        freed_by,
        has_entry_rules,
        origin_duties,
        second_column,
    )
    from detente.duties.layers import active_claims, in_force
    from detente.duties.reader import Reader, conditional
    from detente.duties.rules import Claim, Fee, ListClaim, Rules, Transit, matches, stacking_rules
    from detente.duties.schedule import Schedule
    from detente.duties.stack import Layer, Stack, stack_layers
    from detente.duties.targets import Chosen, charging, choose, closeness, closest, duties_on, ever_charges
    from detente.schedules.provider import LineTable

# Names and their modules, read when they are first asked for: the documents of an answer need none, a single duty few.
# `stack` and `schedule` are modules, so the functions of these names are theirs.
_HOMES = {
    "detente.duties.assumptions": ("Assumption", "Assumptions", "case_shares"),
    "detente.duties.averages.additional": ("additional_rates",),
    "detente.duties.averages.average": ("average_tariff",),
    "detente.duties.averages.averager": ("Averager", "pooled"),
    "detente.duties.averages.cells": ("LineTrade",),
    "detente.duties.bans": ("IMPORT_BAN", "banned", "banning", "conditions"),
    "detente.duties.documents.average": ("Average",),
    "detente.duties.duties": (
        "Duties",
        "expected_facts",
        "freed_by",
        "has_entry_rules",
        "origin_duties",
        "second_column",
    ),
    "detente.duties.layers": ("active_claims", "in_force"),
    "detente.duties.reader": ("Reader", "conditional"),
    "detente.duties.rules": ("Claim", "Fee", "ListClaim", "Rules", "Transit", "matches", "stacking_rules"),
    "detente.duties.schedule": ("Schedule",),
    "detente.duties.stack": ("Layer", "Stack", "stack_layers"),
    "detente.duties.targets": (
        "Chosen",
        "charging",
        "choose",
        "closeness",
        "closest",
        "duties_on",
        "ever_charges",
    ),
    "detente.schedules.provider": ("LineTable",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "IMPORT_BAN",
    "Assumption",
    "Assumptions",
    "Average",
    "Averager",
    "Chosen",
    "Claim",
    "Duties",
    "Fee",
    "Layer",
    "LineTable",
    "LineTrade",
    "ListClaim",
    "Reader",
    "Rules",
    "Schedule",
    "Stack",
    "Transit",
    "active_claims",
    "additional_rates",
    "average_tariff",
    "banned",
    "banning",
    "case_shares",
    "charging",
    "choose",
    "closeness",
    "closest",
    "conditional",
    "conditions",
    "duties_on",
    "ever_charges",
    "expected_facts",
    "freed_by",
    "has_entry_rules",
    "in_force",
    "matches",
    "origin_duties",
    "pooled",
    "second_column",
    "stack_layers",
    "stacking_rules",
]


def __getattr__(name: str) -> Any:
    """A name, from its module."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
