"""The answer of a screening: matches, ownership rules, and the status they lead to."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Literal

from detente.compliance.answer import Dated, plain
from detente.compliance.screening.rules import list_kind
from detente.display import as_html, in_short

if TYPE_CHECKING:
    import datetime as dt

    from detente.compliance.answer import Question
    from detente.compliance.screening.ownership import Step

Status = Literal["restricted", "review", "clear"]
SAME = 0.97
"""Least score that is taken for the same name."""


@dataclasses.dataclass(frozen=True)
class Match:
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


@dataclasses.dataclass(frozen=True)
class RuleResult:
    """What one ownership rule says: whether its test is met, and whether it binds on the day."""

    rule: str
    measure: str
    in_force: bool
    suspended: bool | Literal["reported"]
    caught: bool
    possible: bool
    exposed: bool
    held: float
    owners: tuple[str, ...]
    policy: str
    source: str


@dataclasses.dataclass(frozen=True)
class Searched:
    """What a name was compared with."""

    files: tuple[str, ...] = ()
    parties: int = 0
    ledger: int = 0


@dataclasses.dataclass(frozen=True)
class Screening(Dated):
    """
    Outcome for one name.

    Parameters
    ----------
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
    refused: str = ""
    searched: Searched = Searched()

    @property
    def exit_code(self) -> int:
        """4 where no current list was searched and the ledger's own names do not restrict the party, else 0."""
        return 4 if self.sample and self.status != "restricted" else 0

    @property
    def asides(self) -> tuple[str, ...]:
        """What its command says beside the answer."""
        return (self.banner,) if self.banner else ()

    def to_dict(self) -> dict[str, Any]:
        """Shape of the JSON document's result."""
        shape: dict[str, Any] = plain(self)
        return shape


def by_name(matches: tuple[Match, ...]) -> Status:
    """Status by the name alone."""
    for match in matches:
        if match.listed and match.score >= SAME and list_kind(match.list).effect == "restricted":
            return "restricted"
    return "review" if matches else "clear"


def by_rules(rules: tuple[RuleResult, ...]) -> Status:
    """Status by ownership."""
    if any(rule.caught and rule.in_force for rule in rules):
        return "restricted"
    return "review" if any(r.caught or r.possible or r.exposed for r in rules) else "clear"


def worst(*statuses: Status) -> Status:
    """Take the most cautious status."""
    order: tuple[Status, ...] = ("restricted", "review", "clear")
    return min(statuses, key=order.index)
