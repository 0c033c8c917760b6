"""Products found by words or code."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from detente.io.documents import Document


@dataclass(frozen=True, kw_only=True)
class ProductFound(Document):
    """
    A line of a schedule that words or a code find.

    rate: Before any additional duty, or its ad valorem equivalent; None without one. imports_usd: Of 2024; None where trade
    by line is not held. score: Of its likeness to the words.
    """

    code: str
    heading: str
    description: str
    rate: float | None
    rate_text: str
    imports_usd: float | None
    score: float


@dataclass(frozen=True, kw_only=True)
class ProductsFound(Document):
    """Lines of a schedule, those that stand on a day or the latest held."""

    words: str
    destination: str
    on: dt.date | None
    rows: tuple[ProductFound, ...]
