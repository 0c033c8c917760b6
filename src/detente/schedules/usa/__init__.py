"""Products: codes, the United States schedule line by line, words, weights and industries."""

from __future__ import annotations

from detente.schedules.codes import dotted, normalise
from detente.schedules.usa.imports import Imports, UsImports, chapters_of, us_imports_2024
from detente.schedules.usa.industries import industry_of
from detente.schedules.usa.lookup import Found, Provision, find, nearest, not_in_schedule, path, provision
from detente.schedules.usa.programs import Program, pays_column2, programs, programs_of
from detente.schedules.usa.provider import PROVIDER
from detente.schedules.usa.refresh import Changed, HtsDifference, HtsRow, read_hts_json
from detente.schedules.usa.schedule import (
    FIRST_DAY,
    LAST_REVISION,
    RATE_SOURCES,
    Line,
    UsSchedule,
    us_schedule,
)
from detente.schedules.usa.search import Hit, search

__all__ = [
    "FIRST_DAY",
    "LAST_REVISION",
    "PROVIDER",
    "RATE_SOURCES",
    "Changed",
    "Found",
    "Hit",
    "HtsDifference",
    "HtsRow",
    "Imports",
    "Line",
    "Program",
    "Provision",
    "UsImports",
    "UsSchedule",
    "chapters_of",
    "dotted",
    "find",
    "industry_of",
    "nearest",
    "normalise",
    "not_in_schedule",
    "path",
    "pays_column2",
    "programs",
    "programs_of",
    "provision",
    "read_hts_json",
    "search",
    "us_imports_2024",
    "us_schedule",
]
