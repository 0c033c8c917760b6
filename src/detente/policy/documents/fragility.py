"""How sure a verdict is: how often it stands over draws of the assumptions, and what would make it another."""

from __future__ import annotations

from dataclasses import dataclass

from detente.io.documents import Document

Ends = dict[str, float]
"""Quantiles of 5, 50 and 95 %: ``q05``, ``q50``, ``q95``."""


@dataclass(frozen=True, kw_only=True)
class Flip(Document):
    """
    A value of one assumption alone at which a verdict becomes another.

    `way` is the part of the way from the usual value to the end of the range; "theta" is a multiple of every trade
    elasticity, "world" another estimate of the world.
    """

    assumption: str
    usual: float | str
    at: float | str
    way: float


@dataclass(frozen=True, kw_only=True)
class ThreatFragility(Document):
    """
    How sure the verdict on a threat is.

    `weight_needed`: over the draws in which some weight on the other's loss makes it credible; `no_weight`: share of draws
    in which none does. `worth_needed_pct`: what carrying it out would have to be worth for other reasons, percent of real
    income.
    """

    draws: int
    p_credible: float
    tie: bool
    gain_pct: Ends
    weight_needed: Ends | None
    no_weight: float
    worth_needed_pct: float
    worth_needed_usd_bn: float
    flips: tuple[Flip, ...]
    words: str


@dataclass(frozen=True, kw_only=True)
class EquilibriumFragility(Document):
    """How sure it is that a pair of actions is an equilibrium; `least_loss_pct` is what leaving it costs a side at least."""

    actions: dict[str, str]
    draws: int
    p_equilibrium: float
    tie: bool
    least_loss_pct: Ends
    flips: tuple[Flip, ...]
    words: str


@dataclass(frozen=True, kw_only=True)
class Elsewhere(Document):
    """A pair of actions, and the share of draws in which it is an equilibrium."""

    actions: dict[str, str]
    share: float


@dataclass(frozen=True, kw_only=True)
class GainFragility(Document):
    """How sure it is that both sides gain."""

    draws: int
    p_both: float
    tie: bool
    gain_pct: dict[str, Ends]
    flips: tuple[Flip, ...]
    words: str


@dataclass(frozen=True, kw_only=True)
class HedgeFragility(Document):
    """How sure it is that a bloc is worth more to its members under a scenario's tariffs than before, percent."""

    draws: int
    p_hedge: float
    tie: bool
    hedge_pct: Ends
    worth_under_pct: Ends
    flips: tuple[Flip, ...]
    words: str


@dataclass(frozen=True, kw_only=True)
class RelianceFragility(Document):
    """How sure it is which of two sides loses more if they are cut off, and by how much, percent of real income."""

    draws: int
    loses_more: str
    p_loses_more: float
    tie: bool
    gap_pct: Ends
    loss_pct: dict[str, Ends]
    flips: tuple[Flip, ...]
    words: str


@dataclass(frozen=True, kw_only=True)
class Fragility(Document):
    """
    The draws behind the verdicts of an answer.

    `alone`: assumptions moved one at a time. `stale_because`: what differs today from what draws that come with the package
    were made of. `largest_gap_pct`: between a package of all elements solved exactly in a draw and its elements added up.
    """

    design: str
    draws: int
    alone: int
    how: str
    embedded: bool
    stale_because: tuple[str, ...]
    largest_gap_pct: float | None = None
