"""How duties add up: for one line, for whole schedules, and averaged to a world's sectors."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from detente.duties.assumptions import Assumption, Assumptions, case_shares
from detente.duties.bans import IMPORT_BAN, banned, banning, conditions
from detente.duties.duties import (
    Duties,
    expected_facts,
    freed_by,
    has_entry_rules,
    origin_duties,
    second_column,
)
from detente.duties.layers import active_claims, in_force, stack
from detente.duties.reader import Reader, conditional
from detente.duties.rules import Claim, Fee, ListClaim, Rules, Transit, matches, stacking_rules
from detente.duties.schedule import Schedule, schedule
from detente.duties.stack import Layer, Stack, stack_layers
from detente.duties.targets import Chosen, charging, choose, closeness, closest, duties_on, ever_charges
from detente.schedules.provider import LineTable

if TYPE_CHECKING:
    from detente.duties.averages.additional import additional_rates
    from detente.duties.averages.average import average_tariff
    from detente.duties.averages.averager import Averager, pooled
    from detente.duties.averages.cells import LineTrade
    from detente.duties.documents.average import Average

# Names of the averages and their modules, read when they are first asked for: a single duty needs none.
_AVERAGES = {
    "additional_rates": "averages.additional",
    "Average": "documents.average",
    "average_tariff": "averages.average",
    "Averager": "averages.averager",
    "pooled": "averages.averager",
    "LineTrade": "averages.cells",
}

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
    "schedule",
    "second_column",
    "stack",
    "stack_layers",
    "stacking_rules",
]


def __getattr__(name: str) -> Any:
    """A name of the averages, from its module."""
    if name not in _AVERAGES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_AVERAGES[name]}"), name)
