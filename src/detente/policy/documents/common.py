"""What documents of solves have in common: the stamp, the judgements they used, edits of the ledger."""

from __future__ import annotations

from dataclasses import dataclass

from detente.io.documents import Document

Value = bool | float | str
"""Of an assumption: a number, a switch, or the word for a table."""


@dataclass(frozen=True, kw_only=True)
class Stamp(Document):
    """What made it, so that it can be made again."""

    detente: str
    command: str
    data_hash: str
    ledger_hash: str | None = None
    world_hash: str | None = None
    scenario_hash: str | None = None
    options_hash: str | None = None
    ledger_version: str | None = None


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
