"""How duties add up: for one line, for whole schedules, and averaged to a world's sectors."""

from __future__ import annotations

from detente.duties.assumptions import Assumption, Assumptions, case_shares
from detente.duties.averages.additional import additional_rates
from detente.duties.averages.average import Average, average_tariff
from detente.duties.averages.averager import Averager, pooled
from detente.duties.bans import IMPORT_BAN, banned, banning, conditions
from detente.duties.duties import Duties, expected_facts, origin_duties, pile
from detente.duties.layers import active_claims, holding
from detente.duties.reader import Reader, Table
from detente.duties.rules import Claim, Fee, ListClaim, Rules, Transit, matches, stacking_rules
from detente.duties.schedule import Schedule, schedule
from detente.duties.stack import Layer, Stack, stack
from detente.duties.targets import Chosen, charging, choose, closeness

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
    "ListClaim",
    "Reader",
    "Rules",
    "Schedule",
    "Stack",
    "Table",
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
    "conditions",
    "expected_facts",
    "holding",
    "matches",
    "origin_duties",
    "pile",
    "pooled",
    "schedule",
    "stack",
    "stacking_rules",
]
