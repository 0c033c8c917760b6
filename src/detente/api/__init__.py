"""The public functions, taking plain text where people write it."""

from detente.api.law import average_tariff, duty, open_ledger, schedule, status
from detente.api.result import Result
from detente.api.study import Outcome, Study, chart, load_study, table

__all__ = [
    "Outcome",
    "Result",
    "Study",
    "average_tariff",
    "chart",
    "duty",
    "load_study",
    "open_ledger",
    "schedule",
    "status",
    "table",
]
