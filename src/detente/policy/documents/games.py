"""Games of tariffs and of measures: what each side would choose, threaten and sign. Payoffs are in percent of `unit`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from detente import labels
from detente.io.documents import Document
from detente.policy.documents.common import Edited
from detente.policy.documents.fragility import (
    Elsewhere,
    EquilibriumFragility,
    Fragility,
    GainFragility,
    ThreatFragility,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

By = Literal["uniform", "partner", "sector", "both"]
"""How finely tariffs are chosen."""
BySide = dict[str, float]
"""A number of each side."""


@dataclass(frozen=True, kw_only=True)
class Conditions(Document):
    """What a strategy result was computed under; members of groups that the world does not hold are named."""

    on: str | None = None
    world: str
    study: str
    closure: str
    factors: str
    horizon: str
    not_in_world: dict[str, tuple[str, ...]] | None = None
    notes: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class ChosenTariff(Document):
    """A tariff chosen beside the one before, fractions."""

    tariff: float
    before: float


@dataclass(frozen=True, kw_only=True)
class ChosenTariffs(Document):
    """Tariffs a side chooses: trade-weighted means, each one, and those at a bound."""

    mean: float
    mean_before: float
    by: dict[str, ChosenTariff]
    at_bound: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Payoff(Document):
    """Real income of a side with the tariffs and before, percent of the baseline, and the gain."""

    real_income_pct: float
    before_pct: float
    gain_usd_bn: float


@dataclass(frozen=True, kw_only=True)
class Against(Document):
    """The tariffs chosen against those of a scenario."""

    tariffs: BySide
    above: dict[str, bool]
    gain_pct: BySide
    gain_usd_bn: BySide
    why: dict[str, str]
    scenario_real_income_pct: BySide


@dataclass(frozen=True, kw_only=True)
class GoalTitle(Document):
    """What a side wants."""

    title: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Start(Document):
    """Where a search began, and what it found."""

    start: str
    mean: float
    value: float
    first_order: float
    evaluations: int


@dataclass(frozen=True, kw_only=True)
class TariffChoice(Conditions):
    """What optimal and Nash tariffs have in common."""

    under: str
    by: By
    sectors: str | tuple[str, ...]
    unit: dict[str, str]
    tariffs: dict[str, ChosenTariffs]
    payoffs: dict[str, Payoff]
    first_order: float
    against: dict[str, Against]


@dataclass(frozen=True, kw_only=True)
class OptimalTariffs(TariffChoice):
    """One economy's best tariffs, nobody answering."""

    player: str
    goal: GoalTitle
    is_nash: None
    regret: None
    starts: tuple[Start, ...]
    why: str


@dataclass(frozen=True, kw_only=True)
class Regret(Document):
    """What a search for deviations found, in log real income or the goal's own units."""

    largest: float
    by_player: BySide
    best_deviation: dict[str, str]
    tried: dict[str, int]
    unsolved: dict[str, int]
    tolerance: float


@dataclass(frozen=True, kw_only=True)
class EquilibriumFound(Document):
    """Tariffs that a search ended at, and whether the certificate holds."""

    starts: tuple[str, ...]
    mean_tariffs: BySide
    first_order: float
    is_nash: bool
    regret: float


@dataclass(frozen=True, kw_only=True)
class Move(Document):
    """A step of retaliation."""

    mover: str
    tariffs: BySide
    real_income_pct: BySide


@dataclass(frozen=True, kw_only=True)
class Cooperation(Document):
    """Tariffs that maximise the sum of equivalent variations, and what they add to Nash."""

    mean_tariffs: BySide
    real_income_pct: BySide
    gain_usd_bn: BySide
    sum_gain_usd_bn: float
    beats_nash_in_sum: bool


@dataclass(frozen=True, kw_only=True)
class NashTariffs(TariffChoice):
    """Tariffs that no side would change alone, with the certificate."""

    players: tuple[str, ...]
    goal: dict[str, str]
    is_nash: bool
    regret: Regret
    starts: dict[str, str]
    equilibria: tuple[EquilibriumFound, ...]
    path: tuple[Move, ...]
    cooperation: Cooperation
    why: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class FrontierPoint(Document):
    """A pair of payoffs that no other cut betters for both; `weight` on the first side; `payoff_pct` if not income."""

    weight: float | None
    real_income_pct: BySide
    payoff_pct: BySide | None = None
    gain_pct: BySide
    mean_tariffs: BySide


@dataclass(frozen=True, kw_only=True)
class BargainResult(Conditions):
    """Bargaining over cuts of the tariffs two sides would charge each other without agreement."""

    players: tuple[str, ...]
    threat: str
    by: By
    sectors: str | tuple[str, ...]
    power: float
    unit: dict[str, str] | None = None
    threat_point: BySide
    ideal: BySide
    frontier: tuple[FrontierPoint, ...]
    nash: FrontierPoint | None
    kalai_smorodinsky: FrontierPoint | None
    off_frontier_pct: BySide
    solves: int
    fragility: Fragility | None = None
    verdict: GainFragility | None = None

    @property
    def solutions(self) -> dict[str, FrontierPoint]:
        """The solutions there are, by name."""
        named = {"Nash": self.nash, "Kalai-Smorodinsky": self.kalai_smorodinsky}
        return {name: point for name, point in named.items() if point is not None}


@dataclass(frozen=True, kw_only=True)
class Action(Document):
    """What a side can do."""

    id: str
    label: str
    edits: Edited


@dataclass(frozen=True, kw_only=True)
class Cell(Document):
    """One pair of actions, solved; without payoffs where it has no equilibrium."""

    actions: dict[str, str]
    scenario: str
    status: str
    residual: float
    payoff: BySide | None = None
    real_income_pct: BySide | None = None
    gain_usd_bn: BySide | None = None
    others_pct: BySide | None = None


@dataclass(frozen=True, kw_only=True)
class Equilibria(Document):
    """Equilibria of a finite game, and what is not listed of them."""

    pure: tuple[dict[str, str], ...]
    mixed: tuple[dict[str, BySide], ...]
    regret_pct: float | None
    complete: bool
    continua: tuple[tuple[dict[str, BySide], ...], ...] | None = None
    incomplete: str | None = None
    fragility: tuple[EquilibriumFragility, ...] | None = None
    elsewhere: tuple[Elsewhere, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Dominated(Document):
    """An action that another one is never worse than."""

    player: str
    action: str
    by: str
    strictly: str


@dataclass(frozen=True, kw_only=True)
class ThreatRecord(Document):
    """What became of the threats of a side, and of those of this measure."""

    threats_of_this_side: dict[str, int]
    carried_out_share: float | None
    this_measure: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Threat(Document):
    """Whether a threat would be carried out, and at which weights on the other's loss that changes."""

    threat: str
    by: str
    says: str
    action: str
    instead: str
    refused: str
    yielded: str
    credible: bool | None
    unit: str
    gain_pct: float | None
    harm_pct: float | None
    worth_yielding_pct: float | None
    own_unit: str
    own_gain_pct: float | None
    other_loss_pct: float | None
    weight: float
    rivalry_needed: float | None
    rivalry_at_most: float | None
    answer: str
    gain_answered_pct: float | None
    why: str
    record: ThreatRecord
    fragility: ThreatFragility | None = None


@dataclass(frozen=True, kw_only=True)
class Deviation(Document):
    """
    Smallest discount factor at which a side keeps the agreement under a punishment; None where none is enough.

    `punished_by`: of an equilibrium that is no punishment of the game's file, the action of each side.
    """

    player: str
    deviation: str
    punishment: str
    punished_by: dict[str, str] | None = None
    punishment_is_equilibrium: bool
    gain_pct: float | None
    other_gain_pct: float | None
    pays: bool | None
    breach: bool | None
    loss_pct: float | None
    grim: float | None
    periods: dict[str, float | None]


@dataclass(frozen=True, kw_only=True)
class GameAssumption(Document):
    """A judgement of a game or a path."""

    name: str
    value: float
    alternatives: tuple[float, ...]
    why: str
    source: str


@dataclass(frozen=True, kw_only=True)
class PayoffGame(Conditions):
    """
    A game whose actions are edits of the ledger, and which of its threats are credible.

    `payoffs` has a row for each pair of actions: the action of each player under its name, then the fields of `Cell`.
    """

    game: str
    title: str
    game_assumptions: tuple[GameAssumption, ...]
    unit: dict[str, str]
    goal: dict[str, str]
    players: tuple[str, ...]
    actions: dict[str, tuple[Action, ...]]
    payoffs: tuple[dict[str, str | float | BySide], ...]
    equilibria: Equilibria
    dominated: tuple[Dominated, ...]
    sequential: dict[str, tuple[dict[str, str], ...]]
    credible: tuple[Threat, ...]
    discount_factors: tuple[Deviation, ...]
    failed: tuple[dict[str, str], ...]
    record: dict[str, dict[str, int]]
    fragility: Fragility | None = None

    @property
    def cells(self) -> dict[tuple[str, ...], Cell]:
        """The rows of `payoffs` by the actions of the players."""
        found = {}
        for row in self.payoffs:
            actions = {name: str(row[name]) for name in self.players}
            rest = {key: value for key, value in row.items() if key not in actions}
            found[tuple(actions.values())] = Cell.read({"actions": actions, **rest})
        return found

    @property
    def pure(self) -> set[tuple[str, ...]]:
        """Equilibria in pure actions, by the actions of the players."""
        return {tuple(item[name] for name in self.players) for item in self.equilibria.pure}

    def action(self, side: str, action: str) -> str:
        """Words for an action of a side, to stand inside a sentence."""
        return labels.phrase(
            "action", action, within=f"{self.game}.{side}", otherwise=self._own(side, action)
        )

    def action_in_short(self, side: str, action: str) -> str:
        """Few words for an action of a side, to stand in a table."""
        return labels.short_phrase(
            "action", action, within=f"{self.game}.{side}", otherwise=self._own(side, action)
        )

    def profile(self, actions: Mapping[str, str]) -> str:
        """What every side does, in few words."""
        return " / ".join(self.action_in_short(side, action) for side, action in actions.items())

    def punishment(self, item: Deviation) -> str:
        """Words for what follows a broken agreement: of the game's file, or a return to an equilibrium."""
        if item.punished_by is not None:
            return f"equilibrium: {self.profile(item.punished_by)}"
        return labels.short_phrase("punishment", item.punishment, within=self.game)

    def _own(self, side: str, action: str) -> str:
        """The label that the game's own file gives an action."""
        return next((item.label for item in self.actions[side] if item.id == action), action)


@dataclass(frozen=True, kw_only=True)
class Element(Document):
    """An element of a deal: the edits with it, and without it."""

    id: str
    by: str
    label: str
    with_: Edited | None = None
    without: Edited | None = None
    assume: dict[str, float | str] | None = None
    assume_without: dict[str, float | str] | None = None


@dataclass(frozen=True, kw_only=True)
class NoDeal(Document):
    """Real income of both sides without any element."""

    real_income_pct: BySide
    scenario: str


@dataclass(frozen=True, kw_only=True)
class Package(Document):
    """A package against no deal: gains in percent of real income and USD billion a year."""

    elements: tuple[str, ...]
    scenario: str
    gain_pct: BySide
    goal_gain_pct: BySide | None = None
    gain_usd_bn: BySide
    sum_usd_bn: float
    share_of_first: float | None
    product: float
    others_lose: BySide
    others_gain: BySide
    groups_pct: BySide
    best_for_both: bool
    fragility: GainFragility | None = None


@dataclass(frozen=True, kw_only=True)
class Alone(Document):
    """What an element is worth by itself."""

    element: str
    by: str
    gain_pct: BySide


@dataclass(frozen=True, kw_only=True)
class FailedPackage(Document):
    """A package without an equilibrium."""

    elements: tuple[str, ...]
    status: str


@dataclass(frozen=True, kw_only=True)
class SignedByWeight(Document):
    """
    Packages both sign by the weight on the other's gain in real income.

    `rows`: the weight, then how many are signed if both sides have it (``both``), or one side alone (by its name). The two
    others: by the same names, the weight below which every package that both would sign without weights is signed, and the
    weight from which none is.
    """

    rows: tuple[dict[str, float], ...]
    all_signed_below: BySide | None
    none_signed_from: BySide | None


@dataclass(frozen=True, kw_only=True)
class Deals(Conditions):
    """Packages both sides prefer to no deal, by the product of gains."""

    game: str
    game_assumptions: tuple[GameAssumption, ...]
    players: tuple[str, ...]
    unit: dict[str, str] | None = None
    goal: dict[str, str] | None = None
    weights: SignedByWeight | None = None
    fragility: Fragility | None = None
    elements: tuple[Element, ...]
    no_deal: NoDeal
    packages: int
    rows: tuple[Package, ...]
    rejected: dict[str, int]
    alone: tuple[Alone, ...]
    failed: tuple[FailedPackage, ...]
