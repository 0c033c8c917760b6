"""The answer of a screening: matches, ownership rules, and the status they lead to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from detente.asof import Basis
from detente.compliance.documents.common import Dated, Question, Suspended
from detente.display import as_html, in_short
from detente.io.documents import Document

Status = Literal["restricted", "review", "clear"]


@dataclass(frozen=True, kw_only=True)
class Match(Document):
    """One alias of a listed party that looks like the name, with the reason for its score."""

    name: str
    alias: str
    list: str
    score: float
    why: str
    number: str
    programs: str
    policy: str
    listed: bool


@dataclass(frozen=True, kw_only=True)
class Step(Document):
    """One link of a path; `share` is None where it is unknown."""

    owner: str
    owned: str
    share: float | None


@dataclass(frozen=True, kw_only=True)
class RuleResult(Document):
    """What one ownership rule says: whether its test is met, and whether it binds on the day."""

    rule: str
    measure: str
    in_force: bool
    suspended: Suspended
    caught: bool
    possible: bool
    exposed: bool
    held: float
    owners: tuple[str, ...]
    policy: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Searched(Document):
    """What a name was compared with: files, their parties, and entries of the ledger itself."""

    files: tuple[str, ...]
    parties: int
    ledger: int


@dataclass(frozen=True, kw_only=True)
class ScreeningReading(Document):
    """The status, and which ownership rules bind, under one reading of a day after the last one the sources cover."""

    basis: Basis
    status: Status
    ownership_rules_in_force: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Screening(Dated):
    """
    Outcome for one name.

    Parameters
    ----------
    on, at, known_on, ends, known_until
        The day, and how the ledger was read.
    readings
        After the last day the sources cover, the main numbers as the notices read (``legal``) and as reported; empty up
        to it.
    status
        ``restricted``, ``review`` or ``clear``.
    matches
        Aliases that look like the name, the best first.
    path
        Ownership links that count, from listed owners down.
    rules
        Each ownership rule's test and whether it binds.
    red_flag
        Whether listed owners stand above the party without catching it by a rule in force.
    list_date
        Newest day of listing in the files used.
    banner
        Warning to print first; empty with a list of the user's.
    refused
        Why the name could not be screened: no current list was given; else empty.
    searched
        What was searched: files, their parties, and how many names of the ledger.
    """

    __repr__ = in_short
    _repr_html_ = as_html

    readings: tuple[ScreeningReading, ...]
    status: Status
    name: str
    matches: tuple[Match, ...]
    path: tuple[Step, ...]
    rules: tuple[RuleResult, ...]
    red_flag: bool
    evidence_date: dt.date | None
    list_date: dt.date | None
    sample: bool
    banner: str
    questions: tuple[Question, ...]
    warnings: tuple[str, ...]
    sources: tuple[str, ...]
    refused: str
    searched: Searched

    @property
    def exit_code(self) -> int:
        """4 where no current list was searched and the ledger's own names do not restrict the party, else 0."""
        return 4 if self.sample and self.status != "restricted" else 0

    @property
    def asides(self) -> tuple[str, ...]:
        """What its command says beside the answer."""
        return (self.banner,) if self.banner else ()
