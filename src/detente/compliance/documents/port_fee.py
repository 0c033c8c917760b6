"""The answer about the fee for one port call."""

from __future__ import annotations

from dataclasses import dataclass

from detente.asof import Basis
from detente.compliance.documents.common import Assumption, Dated, Idle, Question, Suspended
from detente.display import as_html, in_short
from detente.io.documents import Document


@dataclass(frozen=True, kw_only=True)
class FeeLine(Document):
    """One charge: what was measured, at which rate, what it gives, and by which act."""

    measure: str
    title: str
    basis: str
    units: float
    rate: float
    amount: float
    currency: str
    note: str
    sources: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class FeeReading(Document):
    """The main numbers of a fee under one reading of a day after the last one the sources cover."""

    basis: Basis
    amount: float
    amount_min: float
    amount_max: float | None
    currency: str
    rule: str
    suspended: Suspended


@dataclass(frozen=True, kw_only=True)
class PortFee(Dated):
    """
    The fee for one call.

    Parameters
    ----------
    on, at, known_on, ends, known_until
        The day, and how the ledger was read.
    readings
        After the last day the sources cover, the main numbers as the notices read (``legal``) and as reported; empty up
        to it.
    port_of, net_tons
        What was asked.
    amount, amount_min, amount_max
        Fee under the default assumptions and the range the open facts span, in `currency`; the maximum is
        None where containers are charged and neither their number nor the ship's capacity is known.
    rule
        Measure that decides, empty if none reaches the vessel.
    why
        The deciding test in words.
    suspended
        True, False, or ``"reported"`` if only a report says that the suspension goes on.
    scheduled
        What the schedule asks for if nothing is suspended.
    ownership
        China: the United States share under each reading of the 25 % test.
    facts_used, facts_without_effect
        Facts given that the fee rests on, and those that change nothing, each with why.
    """

    __repr__ = in_short
    _repr_html_ = as_html

    readings: tuple[FeeReading, ...]
    port_of: str
    net_tons: float
    amount: float
    amount_min: float
    amount_max: float | None
    currency: str
    rule: str
    why: str
    suspended: Suspended
    scheduled: float
    lines: tuple[FeeLine, ...]
    ownership: dict[str, float]
    questions: tuple[Question, ...]
    assumptions: tuple[Assumption, ...]
    warnings: tuple[str, ...]
    sources: tuple[str, ...]
    facts_used: tuple[str, ...]
    facts_without_effect: tuple[Idle, ...]
