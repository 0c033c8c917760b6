"""What is on the books: dated, cited measures of trade policy. Knows no economics."""

from __future__ import annotations

from detente.ledger.board import status
from detente.ledger.book import Book, Position
from detente.ledger.diff import apply_diff, diff, diff_readings, snapshot
from detente.ledger.findings import check_ledger
from detente.ledger.ledger import Ledger
from detente.ledger.load import built_in, open_ledger, read_ledger, read_record
from detente.ledger.timeline import calendar_ics, cite, timeline
from detente.ledger.views import count_readings, list_measures, show_measure

__all__ = [
    "Book",
    "Ledger",
    "Position",
    "apply_diff",
    "built_in",
    "calendar_ics",
    "check_ledger",
    "cite",
    "count_readings",
    "diff",
    "diff_readings",
    "list_measures",
    "open_ledger",
    "read_ledger",
    "read_record",
    "show_measure",
    "snapshot",
    "status",
    "timeline",
]
