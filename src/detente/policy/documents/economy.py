"""The document of one economy: duties it charges and faces, what scenarios do to it, its industries, inputs, dates."""

from __future__ import annotations

from dataclasses import dataclass

from detente.io.documents import Document
from detente.io.stamped import Stamp
from detente.policy.documents.common import Assumption


@dataclass(frozen=True, kw_only=True)
class TariffRow(Document):
    """
    Average tariffs on goods with one partner, ``*`` for all: fractions of value, with the trade of the world's year.

    `charges` is what the economy takes on imports from the partner, `faces` what the partner takes on imports from it; with
    ``_reported`` as suspensions end by the reports, the same as by the notices up to the last day the sources cover.
    """

    partner: str
    imports_usd_bn: float
    exports_usd_bn: float
    charges: float | None
    faces: float | None
    charges_reported: float | None
    faces_reported: float | None


@dataclass(frozen=True, kw_only=True)
class StakeRow(Document):
    """
    Real income under a scenario against another, percent of the baseline and USD billion of the world's year.

    `low` and `high` are the ends of nine draws of ten; None where there are none.
    """

    scenario: str
    label: str
    against: str
    against_label: str
    real_income_pct: float
    real_income_usd_bn: float
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True)
class QuestionRow(StakeRow):
    """The study's own question for the economy, and its place among all of the world: 1 gains most."""

    title: str
    place: int
    economies: int
    gain: int
    lose: int


@dataclass(frozen=True, kw_only=True)
class IndustryRow(Document):
    """Value of output of one industry, the question's first scenario against its second."""

    industry: str
    name: str
    output_pct: float
    output_usd_bn: float


@dataclass(frozen=True, kw_only=True)
class ExposureRow(Document):
    """What a cut of a critical input would cost the economy at a horizon, real GDP, percent of the period's own."""

    input: str
    title: str
    holder: str
    cut: float
    horizon: str
    gdp_pct: float | None
    gdp_pct_min: float | None
    gdp_pct_max: float | None


@dataclass(frozen=True, kw_only=True)
class LapseRow(Document):
    """What happens next to a measure of or on the economy; `basis` is the notice or the report."""

    date: str
    title: str
    measure: str
    by: str
    on: str
    event: str
    basis: str
    reported: str | None


@dataclass(frozen=True, kw_only=True)
class EconomyResult(Document):
    """
    What measures and scenarios mean for one economy.

    `stakes` are the scenarios against the baseline. `question` is None for a study that asks none; `industries` are of the
    question, those that move most dollars.
    """

    economy: str
    name: str
    on: str
    known_until: str
    study: str
    world: str
    year: int
    income_usd_bn: float
    tariffs: tuple[TariffRow, ...]
    question: QuestionRow | None
    stakes: tuple[StakeRow, ...]
    industries: tuple[IndustryRow, ...]
    exposures: tuple[ExposureRow, ...]
    lapses: tuple[LapseRow, ...]


@dataclass(frozen=True, kw_only=True)
class EconomyDocument(Document):
    """One economy with its stamp, the judgements used, and what a reader must know before quoting a number."""

    stamp: Stamp
    result: EconomyResult
    assumptions: tuple[Assumption, ...]
    warnings: tuple[str, ...]
