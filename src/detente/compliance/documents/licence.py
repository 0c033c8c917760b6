"""The answer about an export licence, and the tests that decide it."""

from __future__ import annotations

from dataclasses import dataclass

from detente.asof import Basis
from detente.compliance.documents.common import Assumption, Dated, Idle, Question, Suspended
from detente.display import as_html, in_short
from detente.io.documents import Document


@dataclass(frozen=True, kw_only=True)
class Finding(Document):
    """A test as the answer shows it."""

    test: str
    measure: str
    part: str
    met: bool | None
    state: str
    why: str
    path: tuple[str, ...]
    act: str


@dataclass(frozen=True, kw_only=True)
class LicenceReading(Document):
    """What is decided under one reading of a day after the last one the sources cover."""

    basis: Basis
    required: bool | None
    decision: str
    test: str
    suspended: Suspended


@dataclass(frozen=True, kw_only=True)
class Licence(Dated):
    """
    Whether a licence is needed.

    Parameters
    ----------
    on, at, known_on, ends, known_until
        The day, and how the ledger was read.
    readings
        After the last day the sources cover, the main numbers as the notices read (``legal``) and as reported; empty up
        to it.
    kind, origin, destination
        What was asked.
    required
        True, False, or None where missing facts decide.
    decision
        ``not required``, ``undecided``, or how an application is likely to be decided: ``deny``,
        ``presumption of denial``, ``case by case``, ``notice``, ``exempt``, ``approve``.
    test
        The test that decides.
    legal_text
        The act behind it.
    in_force
        State of every clause looked at, by ``measure/part``.
    suspended
        True, False or ``"reported"``, of the deciding test's clause.
    path
        Items from the top down to the one that decides.
    tests
        Every test applied, met or not.
    facts_used, facts_without_effect
        Facts given that the answer rests on, and those that change nothing, each with why.
    """

    __repr__ = in_short
    _repr_html_ = as_html

    readings: tuple[LicenceReading, ...]
    kind: str
    origin: str
    destination: str
    required: bool | None
    decision: str
    test: str
    legal_text: str
    why: str
    in_force: dict[str, str]
    suspended: Suspended
    path: tuple[str, ...]
    tests: tuple[Finding, ...]
    questions: tuple[Question, ...]
    assumptions: tuple[Assumption, ...]
    warnings: tuple[str, ...]
    sources: tuple[str, ...]
    facts_used: tuple[str, ...]
    facts_without_effect: tuple[Idle, ...]
