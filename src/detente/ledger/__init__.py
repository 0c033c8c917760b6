"""What is on the books: dated, cited measures of trade policy. Knows no economics."""

from __future__ import annotations

from detente.ledger.book import Book, Position
from detente.ledger.ledger import Ledger
from detente.ledger.load import built_in, open_ledger, read_ledger, read_record

__all__ = ["Book", "Ledger", "Position", "built_in", "open_ledger", "read_ledger", "read_record"]
