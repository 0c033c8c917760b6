"""Agreements of one side with several partners, each bargained with all others as agreed."""

from __future__ import annotations

from dataclasses import dataclass

from detente.io.documents import Document
from detente.policy.documents.fragility import Fragility, GainFragility
from detente.policy.documents.games import BySide, Conditions


@dataclass(frozen=True, kw_only=True)
class AgreementRow(Document):
    """
    What a hub and one partner agree on.

    cut: Share that each takes off its tariffs on the other. tariff_before, tariff_agreed, tariff_after: Means on goods
    without an agreement, with it, and in the law of the day after. gain_pct: Of both over no agreement of theirs,
    percent of real income. own_cut_worth_pct: What each side's own cut alone is worth, to both. after_gain_pct: What the
    tariffs of the day after are worth to both, in place of those without an agreement.
    """

    partner: str
    signed: bool
    cut: BySide
    tariff_before: BySide
    tariff_agreed: BySide
    tariff_after: BySide
    gain_pct: BySide
    own_cut_worth_pct: dict[str, BySide]
    after_gain_pct: BySide
    verdict: GainFragility | None = None


@dataclass(frozen=True, kw_only=True)
class LeftOut(Document):
    """How many economies outside the agreements lose and gain by them, and which the most, percent of real income."""

    lose: int
    gain: int
    most_lost_pct: BySide
    most_gained_pct: BySide


@dataclass(frozen=True, kw_only=True)
class HubAgreements(Conditions):
    """
    Nash-in-Nash bargains of a hub, first among the players, with its partners.

    largest_gain: By how much other terms that were tried raise the log of a pair's product of gains; 0 if by none.
    """

    players: tuple[str, ...]
    known_on: str | None
    after: str
    power: float
    agreements: tuple[AgreementRow, ...]
    together_pct: BySide
    together_usd_bn: BySide
    left_out: LeftOut
    largest_gain: float | None
    tried: int
    rounds: int
    solves: int
    fragility: Fragility | None = None
