"""Measures on a day: the list of them, and one in full."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from detente.asof import Basis, View
from detente.io.documents import Document
from detente.ledger.documents.board import Cited, StatesRead
from detente.ledger.documents.records import OfTheLedger, Record


@dataclass(frozen=True, kw_only=True)
class ListedMeasure(Document):
    """A measure with its state on a day."""

    id: str
    title: str
    imposer: str
    targets: tuple[str, ...]
    instrument: str
    state: str
    rate: float | None
    detail: str
    confidence: str


@dataclass(frozen=True, kw_only=True)
class ListedLate(ListedMeasure):
    """The same after the last day the sources cover: also as the notices read, and as reported."""

    state_legal: str
    rate_legal: float | None
    state_reported: str
    rate_reported: float | None


@dataclass(frozen=True, kw_only=True)
class Listing(OfTheLedger):
    """The measures of a ledger on a day; `readings` after the last day the sources cover, empty up to it."""

    view: View
    ends: Basis
    readings: tuple[StatesRead, ...]
    rows: tuple[ListedMeasure, ...] | tuple[ListedLate, ...]


@dataclass(frozen=True, kw_only=True)
class StateRead(Document):
    """State, rate and words of a measure under one reading."""

    basis: Basis
    state: str
    rate: float | None
    detail: str


@dataclass(frozen=True, kw_only=True)
class Stacked(Document):
    """How a measure combines with others: in words, and as ids."""

    text: str
    in_lieu_of: tuple[str, ...]
    yields_to: tuple[str, ...]
    group: str | None = None


@dataclass(frozen=True, kw_only=True)
class PositionRow(Document):
    """How a part of a measure stands on a day."""

    part: str
    targets: tuple[str, ...]
    exempt_targets: tuple[str, ...]
    state: str
    rate: float | None
    cap: float | None
    amounts: dict[str, float] | None
    currency: str | None
    quantity: float | None
    rule: str | None
    unknown: bool
    suspended_points: float | None
    suspended_until_legal: dt.date | None
    suspended_until_reported: dt.date | None
    since: dt.date | None
    scope: str
    coverage: str | None


@dataclass(frozen=True, kw_only=True)
class MeasureShown(Document):
    """
    One measure in full, on a day.

    rate, rate_min, rate_max, cap: Fractions; the last three where there are several. from_, to: Of the position that stands
    for it. known_until, by_notice, by_report, rate_follows: Where a lapse or an end after the last day the sources cover
    decides the state. readings: After that day. lists: Where product lists are printed, if it has any.
    """

    id: str
    title: str
    imposer: str
    targets: tuple[str, ...]
    exempt_targets: tuple[str, ...]
    instrument: str
    on: dt.date
    at: dt.datetime | None = None
    known_on: dt.date | None
    view: View
    state: str
    rate: float | None
    rate_min: float | None = None
    rate_max: float | None = None
    cap: float | None = None
    unit: str | None
    from_: dt.date | None
    to: dt.date | None
    suspended_points: float | None
    suspended_until_legal: dt.date | None
    suspended_until_reported: dt.date | None
    detail: str
    known_until: dt.date | None = None
    by_notice: str | None = None
    by_report: str | None = None
    rate_follows: Basis | None = None
    readings: tuple[StateRead, ...] | None = None
    positions: tuple[PositionRow, ...]
    timeline: tuple[Record, ...]
    scope: dict[str, str]
    authority: tuple[str, ...]
    stacking: Stacked | None
    exemptions: str | None
    transit: str | None
    details: dict[str, str | float | bool]
    notes: str | None
    lists: dict[str, str] | None = None
    sources: tuple[Cited, ...]
    confidence: str
    unverified: str | None
