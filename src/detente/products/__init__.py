"""Products: codes, the United States schedule line by line, words, weights and industries."""

from __future__ import annotations

from detente.products.codes import dotted, longest_match, match_prefix, normalise
from detente.products.imports import Imports, UsImports, chapters_of, us_imports_2024
from detente.products.industries import industry_of
from detente.products.schedule import RATE_SOURCES, Line, UsSchedule, us_schedule

__all__ = [
    "RATE_SOURCES",
    "Imports",
    "Line",
    "UsImports",
    "UsSchedule",
    "chapters_of",
    "dotted",
    "industry_of",
    "longest_match",
    "match_prefix",
    "normalise",
    "us_imports_2024",
    "us_schedule",
]
