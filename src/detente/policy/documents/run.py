"""The document of a run: scenarios against one baseline, what they are worth, and what the numbers rest on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from detente.asof import Basis
from detente.io.documents import Document
from detente.io.stamped import Stamp
from detente.ledger.documents.assumed import Value
from detente.policy.documents.bands import Bands
from detente.policy.documents.common import Assumption, Edited
from detente.policy.documents.strategy import StrategySection


@dataclass(frozen=True, kw_only=True)
class StudyTitle(Document):
    """Which study, and what it asks."""

    id: str
    title: str
    question: str


@dataclass(frozen=True, kw_only=True)
class Description(Document):
    """What a scenario is: the ledger on a day, as known on a day, with edits."""

    id: str
    label: str
    definition: str
    on: str
    known_on: str | None
    ends: Basis
    edits: Edited
    assume: dict[str, Value]


@dataclass(frozen=True, kw_only=True)
class BaselineRow(Description):
    """
    The baseline, and the step that moved the world to its law. Tariffs are fractions, flows USD billion of goods.

    Incomes and tariff revenues are USD billion of the world's year, by economy and group.
    """

    data_law: str
    moved: bool
    status: str
    residual: float
    iterations: int
    tariffs: dict[str, float]
    flows_usd_bn: dict[str, float]
    income_usd_bn: dict[str, float] = field(default_factory=dict)
    tariff_revenue_usd_bn: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Income(Document):
    """Change of real income, percent of the baseline."""

    real_income_pct: float


@dataclass(frozen=True, kw_only=True)
class Outcomes(Income):
    """What becomes of an economy or a group: percent of the baseline; tariff revenue its new level, USD billion."""

    real_gdp_pct: float
    cpi_pct: float
    real_wage_pct: float
    exports_pct: float
    imports_pct: float
    terms_of_trade_pct: float
    tariff_revenue_usd_bn: float


@dataclass(frozen=True, kw_only=True)
class Flow(Document):
    """Trade in goods and services of a pair, before duties."""

    base_usd_bn: float
    new_usd_bn: float
    change_pct: float


@dataclass(frozen=True, kw_only=True)
class SectorRow(Document):
    """
    What becomes of one industry of an economy: changes in percent of the baseline, shares in percent.

    `estimated_share_pct` is how much of what it sells in the baseline stands in cells that the world estimates: final demand
    by destination, the rest of the world, industries split out of others.
    """

    output_pct: float
    output_volume_pct: float
    producer_price_pct: float
    user_price_pct: float
    imports_pct: float
    exports_pct: float
    domestic_share_pct: float
    domestic_share_new_pct: float
    output_usd_mn: float
    output_new_usd_mn: float
    estimated_share_pct: float


@dataclass(frozen=True, kw_only=True)
class BoundAt(Document):
    """A limit or target with its size under an alternative of the assumption that sets it."""

    assumption: str
    value: float
    status: str
    kind: str
    bound: float
    volume_hat: float
    multiplier: float
    rent_usd_bn: float
    binding: bool
    real_income_pct: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Bound(Document):
    """A limit or target: volumes are multiples of the world's base year."""

    kind: str
    bound: float
    volume_hat: float
    multiplier: float
    rent_usd_bn: float
    binding: bool
    range: tuple[BoundAt, ...]


@dataclass(frozen=True, kw_only=True)
class MeasureRow(Document):
    """A measure between the sides that is not over."""

    id: str
    title: str
    imposer: str
    instrument: str
    part: str
    targets: tuple[str, ...]
    state: str
    rate: float | None
    sources: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Unsolved(Description):
    """A scenario without an equilibrium."""

    status: str
    residual: float
    iterations: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Scenario(Unsolved):
    """A solved scenario: average tariffs (fractions, ``importer<-exporter``), outcomes, flows, limits and targets."""

    tariffs: dict[str, float]
    economies: dict[str, Outcomes]
    groups: dict[str, Outcomes]
    flows: dict[str, Flow]
    sectors: dict[str, dict[str, SectorRow]]
    constraints: dict[str, Bound]
    contributions: dict[str, dict[str, float]]
    instruments: dict[str, tuple[str, ...]]
    not_included: tuple[str, ...]
    floored_cells: int
    measures: tuple[MeasureRow, ...]

    @property
    def pairs(self) -> list[str]:
        """Pairs that have a tariff of their own, ``importer<-exporter``."""
        return pairs_of(self.tariffs)

    @property
    def sides(self) -> list[str]:
        """Economies of the pairs, in the study's order."""
        return list(dict.fromkeys(side for pair in self.pairs for side in pair.split("<-")))

    @property
    def both(self) -> dict[str, Outcomes]:
        """Outcomes of economies and groups by their code."""
        return {**self.economies, **self.groups}


def pairs_of(tariffs: dict[str, float]) -> list[str]:
    """Pairs among average tariffs; averages over all partners left out."""
    return [pair for pair in tariffs if not pair.endswith("*")]


@dataclass(frozen=True, kw_only=True)
class InBothOrders(Document):
    """Effect of a line added in the stated order and in its reverse, percent of real income."""

    in_order: float
    in_reverse: float


@dataclass(frozen=True, kw_only=True)
class Line(Document):
    """One instrument of a contrast."""

    instrument: str
    measures: tuple[str, ...]
    real_income_pct: dict[str, InBothOrders]


@dataclass(frozen=True, kw_only=True)
class Worth(Document):
    """What one scenario is worth against another, line by line; `full_pct` with everything that differs between them."""

    title: str
    of: str
    against: str
    between: tuple[str, ...]
    lines: tuple[Line, ...]
    total_pct: dict[str, float]
    full_pct: dict[str, float]
    why: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Range(Document):
    """Lowest and highest value."""

    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Band(Document):
    """Real income over the variants of the world, by scenario and economy or group; nothing where none were solved."""

    variants: tuple[str, ...] | None = None
    real_income_pct: dict[str, dict[str, Range]] | None = None


@dataclass(frozen=True, kw_only=True)
class Driver(Document):
    """An assumption at an alternative: the change of real income in points, solved exactly and to first order."""

    assumption: str
    value: Value
    alternative: Value
    effect_pct: float
    first_order_pct: float


@dataclass(frozen=True, kw_only=True)
class DriverCheck(Document):
    """How far first order was from the exact effects of the alternatives solved, in points."""

    solved: int
    converged: int
    largest_gap_pct: float
    largest_gap_of: str
    median_gap_pct: float


@dataclass(frozen=True, kw_only=True)
class InstrumentRow(Document):
    """An instrument other than a tariff."""

    title: str
    measures: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SourceRow(Document):
    """Title and address of a source."""

    title: str
    url: str | None


@dataclass(frozen=True, kw_only=True)
class Group(Document):
    """A group's share of world GDP, and its members in this world."""

    gdp_share: float
    members: tuple[str, ...] | Literal["all"]


@dataclass(frozen=True, kw_only=True)
class ClaimRow(Document):
    """A published claim that is checked."""

    group: str
    text: str
    share: float
    share_2022: float
    source: str


@dataclass(frozen=True, kw_only=True)
class WorldRow(Document):
    """The world a run rests on: its size, groups, estimates and sources."""

    name: str
    year: int
    economies: int
    sectors: int
    hash: str
    groups: dict[str, Group]
    claim: ClaimRow | None
    flows_usd_bn: dict[str, float]
    flows_estimated: bool
    estimated: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SecondWorld(Document):
    """The same scenarios on another world."""

    world: WorldRow
    scenarios: dict[str, Scenario | Unsolved]


@dataclass(frozen=True, kw_only=True)
class HouseholdRow(Document):
    """
    What a scenario's duties cost a household a year, in dollars of the tables' year, against the baseline.

    `decile` is "all", or the tenth of households by income, 1 the lowest. `pass_through` is "full" (the added duty on the
    imports inside what it buys) or "model" (the model's prices over what factors earn).
    """

    scenario: str
    decile: str
    usd_per_year: float
    usd_min: float
    usd_max: float
    pass_through: Literal["full", "model"]


@dataclass(frozen=True, kw_only=True)
class RevenueRow(Document):
    """Tariff revenue a year, USD billion: on the world's flows, at customs values, and the second over the first."""

    world_usd_bn: float
    customs_usd_bn: float
    factor: float | None


@dataclass(frozen=True, kw_only=True)
class CollectedRevenue(Document):
    """What a treasury took from the first to the last month (their first days), as a year's, USD billion."""

    first: str
    last: str
    usd_bn_a_year: float
    source: str


@dataclass(frozen=True, kw_only=True)
class CustomsRevenue(Document):
    """
    Tariff revenue of the one importer whose customs values are held; others are not covered.

    The world's flows are at basic prices, without margins and freight, and count goods by producer; customs values are
    larger. `factor` is the one over the other for all imports of goods, `factor` of a row that of what pays duty. Each
    industry and partner has its own, customs value of `year` over the world's flow of its base year; customs values of cells
    that the world leaves empty are `left_out_usd_bn`. `collected` is what was taken under the law of its own months.
    """

    importer: str
    year: int
    imports_world_usd_bn: float
    imports_customs_usd_bn: float
    left_out_usd_bn: float
    factor: float
    scenarios: dict[str, RevenueRow]
    at_one_year: dict[str, RevenueRow]
    collected: CollectedRevenue
    source: str


@dataclass(frozen=True, kw_only=True)
class AtHorizon(Document):
    """
    The same scenarios some years after the change, with the elasticities of that time.

    `ratio` is what trade elasticities then are of the long-run ones. `scenarios` and `worth` are real income in percent, by
    scenario or contrast and economy or group, everything that differs between two scenarios counted; `changes` says where
    the sign is another than in the long run, and why.
    """

    years: float
    ratio: float
    scenarios: dict[str, dict[str, float]]
    worth: dict[str, dict[str, float]]
    changes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Lapse(Document):
    """What begins or ends next on a day: the legal day, and the day that was reported where it is another."""

    date: str
    event: str
    basis: Basis
    reported: str | None
    instruments: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RunResult(Document):
    """
    What a run found.

    `on` is the last day whose law it compares, `law_days` the first and the last. `worth`, `drivers` and
    `drivers_checked` are by contrast and scenario; `uncertainty` are the bands that come with the package; `strategy`,
    `timeline` and `lapses` stand in a report. Numbers are of the long run unless the run says otherwise; `at_one_year` has
    the same one year after the change. `evidence` says in a sentence an episode what the method was worth when it was
    held against what was traded. `customs_revenue` has tariff revenue at customs values, where they are held.
    """

    study: StudyTitle
    on: str
    law_days: tuple[str, ...]
    closure: str
    baseline: BaselineRow
    world: WorldRow
    scenarios: dict[str, Scenario | Unsolved]
    worth: dict[str, Worth]
    band: Band
    drivers: dict[str, dict[str, tuple[Driver, ...]]]
    drivers_checked: dict[str, dict[str, DriverCheck]]
    instruments: dict[str, InstrumentRow]
    sources: dict[str, SourceRow]
    second_world: SecondWorld | None = None
    uncertainty: Bands | None
    strategy: StrategySection | None = None
    timeline: tuple[dict[str, float | str], ...] | None = None
    households: tuple[HouseholdRow, ...] = ()
    evidence: tuple[str, ...] = ()
    at_one_year: AtHorizon | None = None
    customs_revenue: CustomsRevenue | None = None
    lapses: tuple[Lapse, ...] = ()

    @property
    def converged(self) -> dict[str, Scenario]:
        """Scenarios that have an equilibrium, by id in the study's order."""
        return solved(self.scenarios)

    @property
    def ranges(self) -> dict[str, dict[str, Range]]:
        """The band of real income by scenario and economy or group."""
        return self.band.real_income_pct or {}


def solved(scenarios: dict[str, Scenario | Unsolved]) -> dict[str, Scenario]:
    """Scenarios that have an equilibrium, by id in the study's order."""
    return {key: item for key, item in scenarios.items() if isinstance(item, Scenario)}


@dataclass(frozen=True, kw_only=True)
class RunDocument(Document):
    """A run with its stamp, the judgements it used, and what a reader must know before quoting a number."""

    stamp: Stamp
    result: RunResult
    assumptions: tuple[Assumption, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Failure(Document):
    """A solve that did not converge, and why."""

    status: str
    residual: None


@dataclass(frozen=True, kw_only=True)
class FailedResult(Document):
    """What did not converge, by what it is."""

    scenarios: dict[str, Failure]


@dataclass(frozen=True, kw_only=True)
class FailedRunDocument(Document):
    """A run in which a solve did not converge: no number that looks like an answer."""

    stamp: Stamp
    result: FailedResult
    assumptions: tuple[Assumption, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MovedScenario(Document):
    """What the page shows of a scenario that a reader moved: a part of `Scenario`, with the same numbers."""

    id: str
    label: str
    status: str
    residual: float
    iterations: int
    seconds: float
    tariffs: dict[str, float]
    economies: dict[str, Income]
    groups: dict[str, Income]

    @property
    def pairs(self) -> list[str]:
        """Pairs that have a tariff of their own, ``importer<-exporter``."""
        return pairs_of(self.tariffs)

    @property
    def sectors(self) -> dict[str, dict[str, SectorRow]]:
        """None: industries are laid out with the whole document only."""
        return {}

    @property
    def both(self) -> dict[str, Income]:
        """Real income of economies and groups by their code."""
        return {**self.economies, **self.groups}
