"""Goods that may not be imported: what an answer says in place of a rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.compliance.documents.common import Assumption, Question
from detente.compliance.documents.duty import Prohibition
from detente.duties import banned, banning, conditions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from detente.compliance.customs.case import Case
    from detente.duties import Chosen, Claim

_YES_NO = {True: "yes", False: "no"}


@dataclass(frozen=True)
class Ban:
    """
    An import ban on the goods of a case.

    act, since, scope: The act, its first day (ISO), and the goods it names.
    conditions: Claims it rests on, nobody having stated otherwise.
    lines: Which candidate lines it reaches, shape (P,).
    """

    act: str
    since: str
    scope: str
    conditions: tuple[Claim, ...]
    lines: NDArray[np.bool_]

    @property
    def prohibition(self) -> Prohibition:
        """What an answer says of it."""
        return Prohibition(act=self.act, from_=self.since, scope=self.scope)


def bans_on(case: Case, facts: Mapping[str, Any]) -> Iterator[Ban]:
    """Import bans on the candidate lines of a case: one for each part of an act that reaches a line."""
    for entry in banning(case.book, case.importer, case.origin):
        lines = _reached(case, entry, facts)
        if lines.any():
            yield _ban(case, entry, facts, lines)


def _reached(case: Case, entry: Chosen, facts: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Lines that one ban reaches."""
    return np.asarray(banned([entry], case.book, case.origin, case.reader, facts) > 0.0)


def _ban(case: Case, entry: Chosen, facts: Mapping[str, Any], lines: NDArray[np.bool_]) -> Ban:
    """One ban in words."""
    item = entry.position
    step = item.step
    return Ban(
        act=step.act if step is not None else "; ".join(item.measure.authority),
        since=step.from_.isoformat() if step is not None else "",
        scope=item.scope.text,
        conditions=tuple(
            claim for claim in conditions(item, case.book, case.origin) if claim.fact not in facts
        ),
        lines=lines,
    )


def conditional_facts(case: Case) -> tuple[str, ...]:
    """Names of the facts on which a ban on a candidate line hangs, each once."""
    found: dict[str, None] = {}
    for entry in banning(case.book, case.importer, case.origin):
        asked = conditions(entry.position, case.book, case.origin)
        if asked and _reached(case, entry, {claim.fact: True for claim in asked}).any():
            found |= dict.fromkeys(claim.fact for claim in asked)
    return tuple(found)


def asked_of(ban: Ban, effects: Mapping[str, str]) -> tuple[tuple[Question, ...], tuple[Assumption, ...]]:
    """
    Questions that could lift a ban, and what is assumed meanwhile.

    One of each for every condition nobody stated, and a question where only some lines are meant.
    """
    questions = [
        Question(
            claim.fact,
            claim.question,
            f"prohibited if {_YES_NO[claim.default]}, {effects[claim.fact]} if {_YES_NO[not claim.default]}",
        )
        for claim in ban.conditions
    ]
    lines = ban.lines.size
    if not ban.lines.all():
        text = f"{int(ban.lines.sum())} of them are excluded from importation"
        questions.insert(0, Question("code", f"Which of the {lines} lines under the code is it?", text))
    assumptions = [
        Assumption(claim.fact, _YES_NO[claim.default], (_YES_NO[not claim.default],), claim.question)
        for claim in ban.conditions
    ]
    return tuple(questions), tuple(assumptions)
