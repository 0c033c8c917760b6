"""Predictions of a case: the model from the law or from the duties collected, at a share of its elasticities."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from detente.errors import InputError
from detente.model.preferences.horizons import elasticity_ratio
from detente.policy.evidence.economy import (
    at_ratio,
    block_elasticities,
    make_column,
    mean_elasticity,
    predict,
    rebase,
    solved_at,
)
from detente.policy.evidence.law_rates import LawRates
from detente.policy.evidence.registered import registered
from detente.policy.evidence.rules import ces_shares, duty_change

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.ledger import Ledger
    from detente.model import Equilibrium
    from detente.policy.evidence.cases import Case
    from detente.policy.evidence.economy import Column
    from detente.world import Baseline, World

ShockKind = Literal["law", "collected"]
SHOCKS: Final[tuple[ShockKind, ...]] = ("collected", "law")
QUARTER: Final = 0.25
FITTED: Final = "fitted"
WORDS: Final = {"quarter": QUARTER, "year": 1.0}


class Economy:
    """One world under one ledger, on which cases are predicted; worlds moved to a base year are kept."""

    def __init__(self, world: World, ledger: Ledger, partners: tuple[str, ...]) -> None:
        importer = registered().data.importer
        self.column: Column = make_column(world.baseline(), importer, partners)
        self.law = LawRates(ledger, world, importer, partners)
        self._starts: dict[tuple[str, ...], Baseline] = {}

    def start(self, case: Case) -> Baseline:
        """The world moved to the trade and the duties of a case's base months."""
        base = case.episode.before(case.window.months)
        if base not in self._starts:
            others = self.law.others(base)
            self._starts[base] = rebase(self.column, case.before.usd, case.before.rate, others)
        return self._starts[base]


@dataclass(frozen=True)
class Predicted:
    """A case and the economy it is predicted in."""

    case: Case
    economy: Economy

    @cached_property
    def start(self) -> Baseline:
        """The world before."""
        return self.economy.start(self.case)

    def rates(self, shock: ShockKind) -> NDArray[np.float64]:
        """Duties after, as collected or as the law changed them from what was collected before, (P, B)."""
        before, after = self.case.before, self.case.after
        if shock == "law":
            return np.asarray(np.maximum(np.nan_to_num(before.rate) + self.law_change, 0.0))
        traded = np.nan_to_num(after.usd) > 0
        return np.where(traded, after.rate, np.nan_to_num(before.rate))

    @cached_property
    def law_change(self) -> NDArray[np.float64]:
        """Change of the ledger's duties, (P, B)."""
        months = self.case.window.months
        law = self.economy.law
        return law.cells(months) - law.cells(self.case.episode.before(months))

    def model(self, shock: ShockKind, ratio: float, *, uniform: bool = False) -> NDArray[np.float64]:
        """The model's change of the log of shares, (P, B)."""
        others = self.economy.law.others(self.case.window.months)
        return predict(self.economy.column, self.start, self.rates(shock), others, ratio, uniform=uniform)

    def solved(self, shock: ShockKind, ratio: float) -> Equilibrium:
        """The equilibrium behind `model`."""
        column = self.economy.column
        others = self.economy.law.others(self.case.window.months)
        return solved_at(column, at_ratio(column, self.start, ratio), self.rates(shock), others)

    def gravity(self, elasticity: float) -> NDArray[np.float64]:
        """One elasticity for everything, (P, B)."""
        change = duty_change(self.case.before.rate, self.rates("collected"))
        return ces_shares(change, self.case.before.share, elasticity)

    def partial(self, ratio: float) -> NDArray[np.float64]:
        """The model's own elasticities without an economy around them, (P, B)."""
        change = duty_change(self.case.before.rate, self.rates("collected"))
        own = 1.0 + ratio * block_elasticities(self.economy.column, self.start)
        return ces_shares(change, self.case.before.share, own)

    def customs_elasticity(self, ratio: float) -> float:
        """Mean elasticity of the customs value of imports to one plus the duty at a ratio."""
        return 1.0 + ratio * mean_elasticity(self.economy.column, self.start)


def ratio_of(horizon: str, fitted: float | None = None) -> float:
    """Elasticity at a horizon over the long-run one: a word, years, or the value fitted."""
    word = horizon.strip().lower()
    if word == FITTED and fitted is not None:
        return fitted
    try:
        return elasticity_ratio(WORDS.get(word, word))
    except InputError as problem:
        raise InputError(
            problem.what,
            where="horizon",
            found=horizon,
            allowed=f"{', '.join(WORDS)}, long, {FITTED}, or years since the change, 0 or more",
            repair=problem.repair,
        ) from None
