"""One legal test of an export control, applied to a case."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detente.compliance.day import Clause
    from detente.compliance.documents.common import Question


@dataclasses.dataclass(frozen=True)
class LegalTest:
    """
    One legal test applied to the case.

    name: What is tested.
    clause: The part of the measure that holds it, None if the ledger does not hold it.
    met: True, False, or None where a fact is missing.
    why: What decided, in words.
    path: Items from the top down to the one tested.
    policy: How an application would be decided if the test is met and binds.
    questions: Facts that would decide it.
    """

    name: str
    clause: Clause | None
    met: bool | None
    why: str
    path: tuple[str, ...] = ()
    policy: str = ""
    questions: tuple[Question, ...] = ()

    @property
    def binds(self) -> bool:
        """Whether the clause is in force on the day."""
        return self.clause is not None and self.clause.in_force
