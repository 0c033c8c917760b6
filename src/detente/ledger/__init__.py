"""What is on the books: dated, cited measures of trade policy. Knows no economics."""

from __future__ import annotations

from detente.ledger.edits import edit
from detente.ledger.files.load import built_in, open_ledger, read_ledger, read_record
from detente.ledger.ledger import Ledger
from detente.ledger.lint.lint import check_ledger
from detente.ledger.snapshots import Book, Position
from detente.ledger.views.diff import apply_diff, diff, diff_readings, snapshot
from detente.ledger.views.listing import count_readings, list_measures, show_measure
from detente.ledger.views.status import status
from detente.ledger.views.timeline import calendar_ics, cite, timeline

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
    "edit",
    "list_measures",
    "open_ledger",
    "read_ledger",
    "read_record",
    "show_measure",
    "snapshot",
    "status",
    "timeline",
]
