"""Duty rates: texts of a tariff schedule as expressions of value and quantity."""

from __future__ import annotations

from detente.schedules.expressions.customs_units import parse_quantity, unit_name
from detente.schedules.expressions.expressions import (
    AdValorem,
    Cap,
    Choice,
    Compound,
    Degrees,
    Elsewhere,
    Expression,
    Formula,
    Free,
    Ordinary,
    Specific,
    Unparsed,
)
from detente.schedules.expressions.parse import clean_text, parse_rate
from detente.schedules.expressions.special import SpecialRate, parse_special, special_rate

__all__ = [
    "AdValorem",
    "Cap",
    "Choice",
    "Compound",
    "Degrees",
    "Elsewhere",
    "Expression",
    "Formula",
    "Free",
    "Ordinary",
    "SpecialRate",
    "Specific",
    "Unparsed",
    "clean_text",
    "parse_quantity",
    "parse_rate",
    "parse_special",
    "special_rate",
    "unit_name",
]
