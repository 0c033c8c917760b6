"""The document of points put on top of the law: tariffs, incomes at both horizons, revenue, households, industries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from detente.io.documents import Document
from detente.io.stamped import Stamp
from detente.policy.documents.common import Assumption


@dataclass(frozen=True, kw_only=True)
class TariffMoved(Document):
    """Average tariff on goods, fractions of value with the trade of the world's year; exporter ``*`` for all partners."""

    importer: str
    exporter: str
    before: float
    after: float


@dataclass(frozen=True, kw_only=True)
class FlowMoved(Document):
    """Trade in goods and services of a pair a year, before duties, USD billion at basic prices of the world's year."""

    exporter: str
    importer: str
    before_usd_bn: float
    after_usd_bn: float


@dataclass(frozen=True, kw_only=True)
class IncomeMoved(Document):
    """
    Real income of an economy, a side or ``WORLD``: percent of that under the law of the day, USD billion of the base year.

    `at_one_year_pct` is None where the run is not one of the long run.
    """

    economy: str
    name: str
    real_income_pct: float
    real_income_usd_bn: float
    at_one_year_pct: float | None


@dataclass(frozen=True, kw_only=True)
class RevenueMoved(Document):
    """
    Tariff revenue of the importer a year, USD billion.

    `basis`: at the world's basic prices; at customs values, which are higher, as well where they are held.
    """

    basis: Literal["customs", "world"]
    before_usd_bn: float
    after_usd_bn: float


@dataclass(frozen=True, kw_only=True)
class HouseholdCost(Document):
    """Cost to a household of the importer, USD a year: duties in full in prices, their range, and the model's prices."""

    full_usd: float
    full_usd_min: float
    full_usd_max: float
    model_usd: float


@dataclass(frozen=True, kw_only=True)
class OutputMoved(Document):
    """Value of output of one industry of a side."""

    economy: str
    industry: str
    name: str
    output_pct: float
    output_usd_bn: float


@dataclass(frozen=True, kw_only=True)
class SurchargeResult(Document):
    """
    Points of duty on top of the law of a day.

    `importer` is who sets the duty: a customs union for its members. `points` and `answer` are percentage points;
    `industries` is empty for all goods. `sides` are both sides and the world, `rows` every economy, who gains most first.
    """

    importer: str
    importer_name: str
    exporter: str
    exporter_name: str
    points: float
    answer: float | None
    industries: tuple[str, ...]
    on: str
    known_until: str
    world: str
    year: int
    closure: str
    factors: str
    horizon: str
    tariffs: tuple[TariffMoved, ...]
    flows: tuple[FlowMoved, ...]
    sides: tuple[IncomeMoved, ...]
    rows: tuple[IncomeMoved, ...]
    revenue: tuple[RevenueMoved, ...]
    household: HouseholdCost | None
    outputs: tuple[OutputMoved, ...]
    not_covered: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SurchargeDocument(Document):
    """Points on top of the law: their stamp, the judgements used, and what to know before quoting a number."""

    stamp: Stamp
    result: SurchargeResult
    assumptions: tuple[Assumption, ...]
    warnings: tuple[str, ...]
