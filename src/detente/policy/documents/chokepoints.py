"""The document of cuts of critical inputs: rows by economy and horizon, and for one input what stands behind them."""

from __future__ import annotations

from dataclasses import dataclass

from detente.io.documents import Document
from detente.io.stamped import Stamp
from detente.ledger.documents.assumed import Value


@dataclass(frozen=True, kw_only=True)
class LossRow(Document):
    """
    What a cut of an input costs an economy at a horizon, percent of the period's own real GDP and real income.

    `missing_share` is the share of deliveries that is short after stocks; a number is None where there is no equilibrium, or
    where nothing was published.
    """

    input: str
    holder: str
    cut: float
    economy: str
    horizon: str
    missing_share: float
    gdp_pct: float | None
    gdp_pct_min: float | None
    gdp_pct_max: float | None
    real_income_pct: float | None
    real_income_pct_min: float | None
    real_income_pct_max: float | None
    published_pct_min: float | None
    published_pct_max: float | None


@dataclass(frozen=True, kw_only=True)
class InputRow(Document):
    """A critical input: who holds it, who uses it, the cut asked about."""

    input: str
    title: str
    holder: str
    users: tuple[str, ...]
    cut: float


@dataclass(frozen=True, kw_only=True)
class MissingInput(Document):
    """An input that is asked for and not covered, and why."""

    id: str
    why: str


@dataclass(frozen=True, kw_only=True)
class SizeRow(Document):
    """Use of an input by an economy, USD million, and the holder's share of it."""

    economy: str
    use_usd_mn: float
    use_usd_mn_min: float
    use_usd_mn_max: float
    from_holder_share: float
    estimated: bool


@dataclass(frozen=True, kw_only=True)
class CurveRow(Document):
    """Loss at one elasticity and one cut."""

    horizon: str
    elasticity: float
    cut: float
    economy: str
    gdp_pct: float | None


@dataclass(frozen=True, kw_only=True)
class InputDriver(Document):
    """Loss with one assumption at the ends of its range."""

    assumption: str
    horizon: str
    economy: str
    gdp_pct_low: float | None
    gdp_pct_high: float | None


@dataclass(frozen=True, kw_only=True)
class EpisodeRow(Document):
    """What happened once, and what the method says of it; percent of the output watched."""

    id: str
    watched: str
    cut: float
    weeks: float
    change_pct: float | None
    change_pct_min: float | None
    change_pct_max: float | None
    at_most_pct: float | None
    central_within: bool | None
    range_within: bool | None
    seen: str


@dataclass(frozen=True, kw_only=True)
class PublishedLoss(Document):
    """What others found, percent of GDP by economy."""

    text: str
    horizon: str | None
    gdp_pct: dict[str, tuple[float, ...] | float]
    sources: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ChokePointResult(Document):
    """Losses of all inputs, or of one with its sizes, curve, drivers, episodes and what others found."""

    world: str
    rows: tuple[LossRow, ...]
    inputs: tuple[InputRow, ...]
    not_covered: tuple[MissingInput, ...]
    sizes: tuple[SizeRow, ...] | None = None
    curve: tuple[CurveRow, ...] | None = None
    drivers: tuple[InputDriver, ...] | None = None
    episodes: tuple[EpisodeRow, ...] | None = None
    published: tuple[PublishedLoss, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class InputAssumption(Document):
    """A judgement about an input, with its range; without a value where it differs by economy."""

    name: str
    value: Value | None
    alternatives: tuple[Value, ...]
    why: str
    source: str


@dataclass(frozen=True, kw_only=True)
class ChokePointDocument(Document):
    """Cuts of critical inputs with their stamp, the judgements behind them, and what a reader must know."""

    stamp: Stamp
    result: ChokePointResult
    assumptions: tuple[InputAssumption, ...]
    warnings: tuple[str, ...]
