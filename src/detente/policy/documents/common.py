"""What documents of solves have in common: the judgements they used, edits of the ledger."""

from __future__ import annotations

from dataclasses import dataclass

from detente.io.documents import Document
from detente.ledger.documents.assumed import LawAssumption, Value


@dataclass(frozen=True, kw_only=True)
class SizeAssumption(Document):
    """A named judgement of a study, an instrument or an elasticity."""

    name: str
    value: Value
    alternatives: tuple[Value, ...]
    why: str
    source: str
    default: Value | None = None


@dataclass(frozen=True, kw_only=True)
class Mirrored(Document):
    """A measure that is answered with the same points times a share."""

    measure: str
    imposer: str
    target: str
    share: str


@dataclass(frozen=True, kw_only=True)
class Edited(Document):
    """Edits of the ledger in a scenario."""

    enact: tuple[str, ...] | None = None
    suspend: tuple[str, ...] | None = None
    resume: tuple[str, ...] | None = None
    end: tuple[str, ...] | None = None
    set: dict[str, float] | None = None
    quantity: dict[str, float] | None = None
    mirror: Mirrored | None = None


Assumption = SizeAssumption | LawAssumption
