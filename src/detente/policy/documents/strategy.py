"""Hedges, reliance and the path over time; the strategy section of a report; the document around any of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from detente.io.documents import Document
from detente.io.stamped import Stamp
from detente.ledger.documents.assumed import LawAssumption, Value
from detente.policy.documents.agreements import HubAgreements
from detente.policy.documents.calendars import CalendarGame
from detente.policy.documents.forecasts import Forecast, RivalryIndex
from detente.policy.documents.fragility import Fragility, HedgeFragility, RelianceFragility
from detente.policy.documents.games import (
    BargainResult,
    BySide,
    Conditions,
    Deals,
    GameAssumption,
    NashTariffs,
    OptimalTariffs,
    PayoffGame,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class HedgeRow(Document):
    """
    Real income lost under a scenario, percent, with a bloc's preferences, without them and at zero duties inside.

    Shares are of the loss; worths are percent of real income; ``_all`` is for every agreement among the members.
    """

    loss_with: float
    loss_without: float
    offset_share: float | None
    worth_before: float
    worth_under: float
    hedge_pct: float
    loss_without_agreement: float | None
    loss_deepened: float
    deepened_offset_share: float | None
    gain_from_deepening: float
    loss_without_all: float
    offset_share_all: float | None
    worth_before_all: float
    worth_under_all: float
    hedge_pct_all: float


@dataclass(frozen=True, kw_only=True)
class HedgeMember(HedgeRow):
    """A member of a bloc."""

    economy: str


@dataclass(frozen=True, kw_only=True)
class HedgeTotal(HedgeRow):
    """The members together."""

    gdp_share: float


@dataclass(frozen=True, kw_only=True)
class Hedge(Conditions):
    """What a bloc is worth to its members under a scenario's tariffs."""

    bloc: str
    under: str
    agreements: tuple[str, ...]
    preferences: Literal["own", "all"]
    members: tuple[HedgeMember, ...]
    total: HedgeTotal
    fragility: Fragility | None = None
    verdict: HedgeFragility | None = None
    gains_most: str
    offset_most: str


@dataclass(frozen=True, kw_only=True)
class DirectSector(Document):
    """An industry's imports from the other side."""

    imports_usd_bn: float
    import_share: float
    use_share: float
    concentration: float


@dataclass(frozen=True, kw_only=True)
class Direct(Document):
    """Direct dependence on another economy, at basic prices."""

    imports_usd_bn: float
    exports_usd_bn: float
    import_share: float
    use_share: float
    export_share: float
    concentration: float
    sectors: dict[str, DirectSector]


@dataclass(frozen=True, kw_only=True)
class SectorShares(Document):
    """Shares of the goods an industry needs: bought directly, and through all rounds of inputs."""

    face_value: float
    look_through: float


@dataclass(frozen=True, kw_only=True)
class LookThrough(Document):
    """Share of the goods needed for production that are made in the other economy."""

    face_value: float
    look_through: float
    hidden: float | None
    sectors: dict[str, SectorShares]


@dataclass(frozen=True, kw_only=True)
class Cutoff(Document):
    """Cost of an end to trade; the loss of each side over that of the other. No numbers where it has no equilibrium."""

    status: str
    loss_pct: BySide | None = None
    loss_usd_bn: BySide | None = None
    leverage: dict[str, float | None] | None = None


@dataclass(frozen=True, kw_only=True)
class Cutoffs(Document):
    """In the short and the long run."""

    short: Cutoff
    long: Cutoff


@dataclass(frozen=True, kw_only=True)
class SectorCutoff(Cutoffs):
    """One industry cut off, both directions."""

    sector: str
    imports_usd_bn: BySide


@dataclass(frozen=True, kw_only=True)
class Reliance(Conditions):
    """How far two economies rely on each other."""

    a: str
    b: str
    at: str
    direct: dict[str, Direct]
    look_through: dict[str, LookThrough]
    cutoff: Cutoffs
    fragility: Fragility | None = None
    verdicts: dict[str, RelianceFragility | None] | None = None
    by_sector: tuple[SectorCutoff, ...]


@dataclass(frozen=True, kw_only=True)
class RelianceShares(Document):
    """Shares of a user's imports and use, and of its exports, of one year."""

    import_share: float
    use_share: float
    export_share: float


@dataclass(frozen=True, kw_only=True)
class Breakdown(Document):
    """Cost of a breakdown in its first year and in the long run, percent of real income."""

    first_year_pct: BySide
    long_run_pct: BySide


@dataclass(frozen=True, kw_only=True)
class PathYear(Document):
    """One year of a truce."""

    year: int
    law: str
    scenario: str
    tariffs: BySide
    adjusted_to: BySide
    real_income_pct: BySide
    flows_usd_bn: BySide
    reliance: dict[str, RelianceShares]
    cutoff_short_pct: BySide | None
    breakdown: Breakdown
    no_truce_pct: BySide | None = None
    undoubted_pct: BySide | None = None


@dataclass(frozen=True, kw_only=True)
class Exposure(Document):
    """A side's loss from a breakdown, in its first year, now and at the end of the path; the part that time takes away."""

    loss_first_pct: float
    loss_last_pct: float
    share_gone: float | None


@dataclass(frozen=True, kw_only=True)
class TimeWorth(Document):
    """Whose loss from a breakdown falls more while the truce lasts; `gains` is empty where that cannot be said."""

    sides: dict[str, Exposure]
    gains: str


@dataclass(frozen=True, kw_only=True)
class Path(Conditions):
    """A truce year by year."""

    truce: str
    breakdown: str
    sides: tuple[str, ...]
    short_run_elasticity: float
    years: tuple[PathYear, ...]
    time: TimeWorth | None = None
    path_assumptions: tuple[GameAssumption, ...]


@dataclass(frozen=True, kw_only=True)
class Worth(Document):
    """What granting an ask is worth to each side, percent of real income and USD billion a year."""

    pct: BySide
    usd_bn: BySide


@dataclass(frozen=True, kw_only=True)
class Ask(Document):
    """
    Something one side asks of the other: an act that was promised or claimed, or a burden to be lifted.

    `worth` by the model, everything else as the law of the day has it; `not_priced` says why there is none.
    """

    asker: str
    of: str
    kind: Literal["act", "burden"]
    title: str
    label: str
    measures: tuple[str, ...]
    state: str
    detail: str
    statement: str | None
    says: str | None
    said_on: str | None
    said_by: str | None
    outcome: str | None
    worth: Worth | None
    not_priced: str | None


@dataclass(frozen=True, kw_only=True)
class Unresolved(Conditions):
    """What each side still asks of the other."""

    ends: str
    sides: tuple[str, ...]
    asks: tuple[Ask, ...]


StrategyResult = (
    OptimalTariffs
    | NashTariffs
    | PayoffGame
    | BargainResult
    | Deals
    | Hedge
    | Reliance
    | Path
    | CalendarGame
    | Unresolved
    | Forecast
    | RivalryIndex
    | HubAgreements
)
# A field that only one kind of result has, in the order of the union.
_OWN: dict[str, type[Document]] = {
    "player": OptimalTariffs,
    "cooperation": NashTariffs,
    "credible": PayoffGame,
    "frontier": BargainResult,
    "no_deal": Deals,
    "bloc": Hedge,
    "look_through": Reliance,
    "years": Path,
    "waiting": CalendarGame,
    "asks": Unresolved,
    "forecasts": Forecast,
    "rivalry": RivalryIndex,
    "left_out": HubAgreements,
}


def read_strategy(result: Mapping[str, Any]) -> Any:
    """Read a strategy result as what it is: one of `StrategyResult`."""
    return next(kind for field, kind in _OWN.items() if field in result).read(result)


@dataclass(frozen=True, kw_only=True)
class ThenAndNow(Document):
    """Reliance before the confrontation, and under the last law the sources cover."""

    then: Reliance
    now: Reliance


@dataclass(frozen=True, kw_only=True)
class StrategySection(Document):
    """The strategy section of a report; a part that has no answer is named in `missing` with the reason."""

    sides: tuple[str, ...]
    missing: dict[str, str]
    nash: NashTariffs | None = None
    payoffs: PayoffGame | None = None
    bargain: BargainResult | None = None
    hedge: dict[str, Hedge] | None = None
    reliance: ThenAndNow | None = None
    deals: Deals | None = None
    path: Path | None = None


@dataclass(frozen=True, kw_only=True)
class PlainAssumption(Document):
    """A judgement with its value, its alternatives and why."""

    name: str
    value: Value
    alternatives: tuple[Value, ...]
    why: str
    source: str


Played = TypeVar("Played")


@dataclass(frozen=True, kw_only=True)
class StrategyDocument(Document, Generic[Played]):
    """A strategy result with its stamp, the judgements it used, and what a reader must know before quoting a number."""

    stamp: Stamp
    result: Played
    assumptions: tuple[PlainAssumption | LawAssumption, ...]
    warnings: tuple[str, ...]

    @classmethod
    def around(cls, kind: type[Document]) -> Any:
        """The kind of document whose result is of a kind."""
        generic: Any = cls
        return generic[kind]
