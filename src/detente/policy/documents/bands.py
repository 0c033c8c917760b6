"""Bands: quantiles of outcomes over the draws of a design, what drives them, and expectations over policies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from detente.io.documents import Document
from detente.io.stamped import Stamp

if TYPE_CHECKING:
    from collections.abc import Container


@dataclass(frozen=True, kw_only=True)
class Quantiles(Document):
    """Quantiles of one outcome."""

    q05: float
    q25: float
    q50: float
    q75: float
    q95: float


@dataclass(frozen=True, kw_only=True)
class Spread(Document):
    """Mean, spread and quantiles of one outcome over the draws, with sampling errors, and the share of draws below 0."""

    mean: float
    sd: float
    mean_se: float
    q05: float
    q25: float
    q50: float
    q75: float
    q95: float
    q05_se: float
    q25_se: float
    q50_se: float
    q75_se: float
    q95_se: float
    p_below: float
    p_below_se: float


ByOutcome = dict[str, dict[str, Spread]]
"""By outcome, then by economy or group."""


def _among(rows: dict[str, ByOutcome], names: Container[str]) -> dict[str, ByOutcome]:
    """The rows of these names, in their own order."""
    return {name: row for name, row in rows.items() if name in names}


@dataclass(frozen=True, kw_only=True)
class Policy(Document):
    """Probabilities of scenarios, with the expectation of each draw and the mixture of the draws."""

    title: str
    on: str
    states: dict[str, float]
    why: str
    source: str
    expected: ByOutcome
    mixture: ByOutcome


@dataclass(frozen=True, kw_only=True)
class FanPoint(Document):
    """Quantiles on one day of the path, by economy or group."""

    on: str
    point: str
    quantiles: dict[str, Quantiles]


@dataclass(frozen=True, kw_only=True)
class Index(Document):
    """First-order Sobol index of one input, with half the width of its interval."""

    name: str
    first_order: float
    half_width: float
    method: str


@dataclass(frozen=True, kw_only=True)
class Slope(Document):
    """Effect of one input at the middle of the design, and its share of the variance; no slope over listed values."""

    name: str
    slope: float | None
    sd: float | None
    slope_sd: float
    shift: float
    method: str
    share: float


@dataclass(frozen=True, kw_only=True)
class Slopes(Document):
    """Slopes of one headline number, and how far it is from linear."""

    scenario: str
    label: str
    middle: float
    rows: tuple[Slope, ...]
    mean: float
    sd: float
    curvature: float | None


@dataclass(frozen=True, kw_only=True)
class SlopesOf(Document):
    """Slopes in one scenario by economy or group; none for a design that is a grid or a list."""

    scenario: str | None = None
    labels: dict[str, Slopes] | None = None


@dataclass(frozen=True, kw_only=True)
class Drivers(Document):
    """What drives the bands: by scenario and label."""

    note: str
    first_order: dict[str, dict[str, tuple[Index, ...]]]
    slopes: SlopesOf


@dataclass(frozen=True, kw_only=True)
class Varied(Document):
    """A parameter that is drawn."""

    name: str
    why: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Published(Document):
    """A published elasticity with its standard error."""

    sector: str
    value: float
    standard_error: float
    source: str


@dataclass(frozen=True, kw_only=True)
class Elasticities(Document):
    """How trade elasticities are drawn."""

    common_log_sd: float
    relative_error: float
    published: tuple[Published, ...]
    low: float
    high: float
    why: str
    source: str


@dataclass(frozen=True, kw_only=True)
class BandsAt(Document):
    """
    The same bands some years after the change: the same draws, the ratio of elasticities to the long run drawn as well.

    `ratio` is its middle, `ratio_low` and `ratio_high` the ends that hold nine draws of ten; `draws` may be fewer.
    """

    years: float
    ratio: float
    ratio_low: float
    ratio_high: float
    draws: int
    failed: int
    command: str
    hash: str
    scenarios: dict[str, ByOutcome]
    contrasts: dict[str, dict[str, Spread]]

    def of(self, scenarios: Container[str]) -> BandsAt:
        """Bands of these scenarios alone, and of the contrasts."""
        return replace(self, scenarios=_among(self.scenarios, scenarios))


@dataclass(frozen=True, kw_only=True)
class Bands(Document):
    """Bands of a built-in study as they come with the package, and whether they are of the run's own facts."""

    study: str
    design: str
    design_hash: str
    title: str
    draws: int
    draws_of_design: int
    seed: int
    sample: str
    command: str
    version: str
    ledger_hash: str
    world_hash: str
    data_hash: str
    scenario_hashes: dict[str, str]
    world_hashes: dict[str, str]
    hash: str
    failed: int
    level: float
    outcomes: tuple[str, ...]
    scenarios: dict[str, ByOutcome]
    contrasts: dict[str, dict[str, Spread]]
    policies: dict[str, Policy]
    fan: dict[str, tuple[FanPoint, ...]]
    drivers: Drivers
    varied: tuple[Varied, ...]
    elasticities: Elasticities | None
    note: str
    stale: bool
    stale_because: tuple[str, ...]
    at_one_year: BandsAt | None = None

    def of(self, scenarios: Container[str]) -> Bands:
        """Bands of a run that solved these scenarios of the study alone, and of the contrasts."""
        early = self.at_one_year and self.at_one_year.of(scenarios)
        return replace(self, scenarios=_among(self.scenarios, scenarios), at_one_year=early)


@dataclass(frozen=True, kw_only=True)
class DesignTitle(Document):
    """Which design."""

    id: str
    title: str
    hash: str


@dataclass(frozen=True, kw_only=True)
class FailedDraw(Document):
    """A draw of a scenario without an equilibrium."""

    draw: int
    scenario: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class LostDraws(Document):
    """Draws from the first to the last of a part that was lost."""

    draws: tuple[int, int]
    reason: str


@dataclass(frozen=True, kw_only=True)
class SweepBands(Document):
    """Bands of the draws that were solved."""

    level: float
    draws: int
    failed: int
    scenarios: dict[str, ByOutcome]
    contrasts: dict[str, dict[str, Spread]]
    policies: dict[str, Policy]
    fan: dict[str, tuple[FanPoint, ...]]


@dataclass(frozen=True, kw_only=True)
class NoDrivers(Document):
    """Drivers were not asked for."""


@dataclass(frozen=True, kw_only=True)
class SweepResult(Document):
    """What a sweep found: its store, what failed or was lost, bands, and what drives them."""

    design: DesignTitle
    on: str
    store: str
    draws: int
    done: int
    failed: int
    failures: tuple[FailedDraw, ...]
    lost: tuple[LostDraws, ...]
    redone: tuple[str, ...]
    hash: str
    featured: tuple[str, ...]
    bands: SweepBands
    drivers: Drivers | NoDrivers


@dataclass(frozen=True, kw_only=True)
class Drawn(Document):
    """A parameter of a design: exactly one of the four forms says how it is drawn."""

    name: str
    uniform: tuple[float, float] | None
    triangular: tuple[float, float, float] | None
    lognormal: tuple[float, float] | None
    values: tuple[float | str, ...] | None
    weights: tuple[float, ...] | None
    scenarios: tuple[str, ...]
    why: str
    source: str


@dataclass(frozen=True, kw_only=True)
class SweepStamp(Stamp):
    """A stamp with the key of the run's store."""

    run: str


@dataclass(frozen=True, kw_only=True)
class SweepDocument(Document):
    """A sweep with its stamp, what was drawn, and what a reader must know before quoting a band."""

    stamp: SweepStamp
    result: SweepResult
    assumptions: tuple[Drawn | Elasticities, ...]
    warnings: tuple[str, ...]
