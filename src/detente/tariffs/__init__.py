"""How duties add up: for one line, for whole schedules, and averaged to a world's sectors."""

from __future__ import annotations

from detente.tariffs.additional import additional_rates
from detente.tariffs.assumptions import Assumption, Assumptions, case_shares
from detente.tariffs.average import Average, average_tariff
from detente.tariffs.averager import Averager, pooled
from detente.tariffs.bans import IMPORT_BAN, banned, banning, conditions
from detente.tariffs.duties import Duties, expected_facts, origin_duties, pile
from detente.tariffs.layers import active_claims, holding
from detente.tariffs.reader import Reader, Table
from detente.tariffs.rules import Claim, Fee, ListClaim, Rules, Transit, matches, stacking_rules
from detente.tariffs.schedule import Schedule, schedule
from detente.tariffs.stack import Layer, Stack, stack
from detente.tariffs.targets import Chosen, charging, choose, closeness

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
