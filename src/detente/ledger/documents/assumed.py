"""A judgement that an answer used."""

from __future__ import annotations

from dataclasses import dataclass

from detente.io.documents import Document

Value = bool | float | str
"""Of an assumption: a number, a switch, or the word for a table."""


@dataclass(frozen=True, kw_only=True)
class LawAssumption(Document):
    """A named judgement of the ledger about what the law does not say."""

    name: str
    value: Value
    default: Value
    title: str
    recorded: str
    case: Value | None
    alternatives: tuple[Value, ...]
    unit: str
    used: str
    why: str
    source: str
    test: str
