"""Dated records of the law, the acts behind them, and what changes from one day to another."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from detente.asof import Basis, View
from detente.io.documents import Document


@dataclass(frozen=True, kw_only=True)
class Record(Document):
    """
    A dated record of a measure.

    date: The day it speaks of. recorded: The day of the act that made it known. basis: Of an end of a suspension.
    """

    date: dt.date
    measure: str
    event: str
    part: str
    detail: str
    basis: Basis | None
    recorded: dt.date
    act: str
    sources: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CitedAct(Document):
    """An act behind a measure with one of its sources, or where a product list is printed, which has no day of its own."""

    recorded: dt.date | None
    act: str
    does: str
    source: str
    title: str
    url: str | None
    kind: str


@dataclass(frozen=True, kw_only=True)
class Standing(Document):
    """What can change of a part of a measure."""

    state: str
    detail: str
    rate: float | None
    cap: float | None
    amounts: dict[str, float] | None
    quantity: float | None
    rule: str | None
    suspended_points: float | None
    until_legal: dt.date | None
    until_reported: dt.date | None
    exempt_targets: tuple[str, ...]
    act: str
    sources: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ChangeRead(Document):
    """A change under one reading, in words."""

    measure: str
    part: str
    targets: tuple[str, ...]
    from_: str
    to: str


@dataclass(frozen=True, kw_only=True)
class Change(Document):
    """A change of a part of a measure: `from_` and `to` in words, `before` and `after` in full, None where nothing was."""

    measure: str
    part: str
    targets: tuple[str, ...]
    change: str
    from_: str
    to: str
    act: str
    sources: tuple[str, ...]
    before: Standing | None
    after: Standing | None


@dataclass(frozen=True, kw_only=True)
class ChangesRead(Document):
    """How many changes there are under one reading, and which."""

    basis: Basis
    changes: int
    rows: tuple[ChangeRead, ...]


@dataclass(frozen=True, kw_only=True)
class OfTheLedger(Document):
    """What a listing says of its day."""

    on: dt.date
    at: dt.datetime | None = None
    known_on: dt.date | None
    known_until: dt.date


@dataclass(frozen=True, kw_only=True)
class Timeline(OfTheLedger):
    """The dated records of one measure, or of all."""

    measure: str | None
    rows: tuple[Record, ...]


@dataclass(frozen=True, kw_only=True)
class Citations(OfTheLedger):
    """The acts and sources behind a measure; `between`: only acts recorded between these days."""

    measure: str
    between: tuple[dt.date, dt.date] | None
    rows: tuple[CitedAct, ...]


@dataclass(frozen=True, kw_only=True)
class Changes(OfTheLedger):
    """What changed from one day to another; `readings` after the last day the sources cover, empty up to it."""

    view: View
    ends: Basis
    first: dt.date
    second: dt.date
    readings: tuple[ChangesRead, ...]
    rows: tuple[Change, ...]


@dataclass(frozen=True, kw_only=True)
class Finding(Document):
    """Something that a check of the ledger finds: in which file, of which measure, and how to repair it."""

    where: str
    measure: str
    finding: str
    repair: str


@dataclass(frozen=True, kw_only=True)
class Checked(Document):
    """How much was checked, where nothing was found."""

    measures: int
    sources: int
    findings: int


@dataclass(frozen=True, kw_only=True)
class Findings(OfTheLedger):
    """What a check of the ledger finds."""

    rows: tuple[Finding, ...] | tuple[Checked]
