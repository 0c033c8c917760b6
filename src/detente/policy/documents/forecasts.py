"""A forecast and what became of it; weights on the other side's loss that tariffs reveal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from detente.io.documents import Document
from detente.policy.documents.games import BySide, Conditions


@dataclass(frozen=True, kw_only=True)
class Revealed(Document):
    """
    One side's tariff on the other's goods on a day, and what a point more would do, percent.

    The weight on the other's loss at which the tariff is the best one lies between `weight_low` and `weight_high`, over
    weights on revenue; none where a point more costs the other nothing (`identified`). Below 0 is 0.
    """

    side: str
    other: str
    on: str
    tariff: float
    own_pct: float
    revenue_pct: float
    rival_pct: float
    identified: bool
    weight_low: float | None
    weight_high: float | None


@dataclass(frozen=True, kw_only=True)
class RivalryIndex(Conditions):
    """The weight each side puts on the other's loss by what its tariffs of each day say, over weights on revenue."""

    sides: tuple[str, ...]
    on_revenue: tuple[float, ...]
    on_revenue_source: str
    rivalry: tuple[Revealed, ...]


@dataclass(frozen=True, kw_only=True)
class Counted(Document):
    """Statements of a kind whose outcome was known on the day of knowledge."""

    carried_out: int
    of: int
    share: float


@dataclass(frozen=True, kw_only=True)
class ForecastRow(Document):
    """
    A statement, how likely it was to be carried out by each forecaster, and whether it was; None while it is pending.

    `sized`: whether the model has a size for it; where not, the base rate stands for it.
    """

    statement: str
    said_on: str
    by: str
    kind: str
    says: str
    case: str
    title: str
    why: str
    outcome: str
    carried_out: bool | None
    sized: bool
    draws: int
    probability: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class ScoreGain(Document):
    """The base rate's score less a forecaster's, with nine draws of ten of whole cases; above 0 is better."""

    gain: float
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True)
class Score(Document):
    """Brier's scores of a group of statements, 0 at best."""

    group: Literal["all", "threat", "promise"]
    statements: int
    cases: int
    carried_out: int
    brier: dict[str, float]
    gain: dict[str, ScoreGain]


@dataclass(frozen=True, kw_only=True)
class PackageElement(Document):
    """An element that could be signed."""

    id: str
    label: str


@dataclass(frozen=True, kw_only=True)
class RankedPackage(Document):
    """
    Where the package that was signed ranks among all of its elements.

    beaten: Share of the other packages it beats, by forecaster; one half is chance. both_sign: Share of readings in which
    both would sign it. best: The best one with real income alone.
    """

    package: str
    title: str
    packages: int
    solved: int
    elements: tuple[PackageElement, ...]
    signed: tuple[str, ...]
    gain_pct: BySide
    beaten: dict[str, float]
    both_sign: dict[str, float]
    best: tuple[str, ...]
    best_gain_pct: BySide


@dataclass(frozen=True, kw_only=True)
class Forecast(Conditions):
    """What threats, promises and packages came to, as forecast from what was known on a day, with the score."""

    registered: str
    seen_before: str
    known_on: str
    scored_on: str
    players: tuple[str, ...]
    rule: str
    draws: int
    revealed: tuple[Revealed, ...]
    base_rates: dict[str, Counted]
    forecasts: tuple[ForecastRow, ...]
    scores: tuple[Score, ...]
    packages: tuple[RankedPackage, ...]
    answer: tuple[str, ...]
    embedded: bool
    stale_because: tuple[str, ...]
