"""What is on the books: dated, cited measures of trade policy. Knows no economics."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.ledger.edits import edit
    from detente.ledger.files.load import built_in, open_ledger, read_ledger, read_record
    from detente.ledger.ledger import Ledger
    from detente.ledger.lint.lint import check_ledger
    from detente.ledger.snapshots import Book, Position
    from detente.ledger.views.diff import apply_diff, diff, diff_readings, snapshot
    from detente.ledger.views.listing import count_readings, list_measures, show_measure
    from detente.ledger.views.status import status
    from detente.ledger.views.timeline import calendar_ics, cite, timeline

# Names and their modules, read when they are first asked for: an answer needs a few of the views.
_HOMES = {
    "detente.ledger.edits": ("edit",),
    "detente.ledger.files.load": ("built_in", "open_ledger", "read_ledger", "read_record"),
    "detente.ledger.ledger": ("Ledger",),
    "detente.ledger.lint.lint": ("check_ledger",),
    "detente.ledger.snapshots": ("Book", "Position"),
    "detente.ledger.views.diff": ("apply_diff", "diff", "diff_readings", "snapshot"),
    "detente.ledger.views.listing": ("count_readings", "list_measures", "show_measure"),
    "detente.ledger.views.status": ("status",),
    "detente.ledger.views.timeline": ("calendar_ics", "cite", "timeline"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

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


def __getattr__(name: str) -> Any:
    """A name, from its module."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
