"""What each side said it, or the other, would do, and the act that followed or did not."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  (pydantic resolves the annotations at run time)
from typing import Literal

from pydantic import Field, model_validator

from detente.ledger.records.schema import Record, broken_rule

Kind = Literal["threat", "promise", "claim"]
Side = Literal["confirmed", "silent", "denounced"]
Outcome = Literal["followed", "partly", "late", "broken", "taken back", "not seen", "pending"]


class Statement(Record):
    """
    One statement; the fields are explained in docs/statements.md.

    `by` speaks, `of` is the side whose act is due (for a claim, the other one). `act_recorded` is the day of the act
    that followed, `act_effective` its first day in force, `taken_back` the day the statement was withdrawn. `recorded` is
    the day the statement became known, where that is not the day it was made, `outcome_recorded` the day its outcome did,
    where no act and no day it was due says so.
    """

    id: str
    date: dt.date
    recorded: dt.date | None = None
    by: str
    of: str
    kind: Kind
    says: str
    measure: str
    part: str | None = None
    due: dt.date | None = None
    other_side: Side
    answered: dt.date | None = None
    outcome: Outcome
    outcome_recorded: dt.date | None = None
    act_recorded: dt.date | None = None
    act_effective: dt.date | None = None
    taken_back: dt.date | None = None
    note: str | None = None
    sources: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_story(self) -> Statement:
        problem = _problem(self)
        if problem:
            raise broken_rule(
                "a statement contradicts itself",
                found=self.id,
                allowed=problem,
                repair="correct one of the two",
            )
        return self

    @property
    def days(self) -> int | None:
        """Days from the statement to the act, or to its being taken back; None if neither came."""
        day = self.act_recorded or self.taken_back
        return None if day is None else (day - self.date).days

    @property
    def days_late(self) -> int | None:
        """Days from the day it was due to the act's first day in force; negative if early."""
        if self.due is None or self.act_effective is None:
            return None
        return (self.act_effective - self.due).days

    @property
    def made_known(self) -> dt.date:
        """Day the statement became known."""
        return self.recorded or self.date

    @property
    def settled(self) -> dt.date | None:
        """Day from which the outcome is known: of the act, of its being taken back, as stated, or the day it was due."""
        return self.act_recorded or self.taken_back or self.outcome_recorded or self.due

    def as_known(self, day: dt.date) -> Statement:
        """The statement with what had become of it by a day: what came later is left out, the outcome pending."""
        changed: dict[str, object] = {}
        if self.answered is not None and self.answered > day:
            changed["answered"] = None
        if self.outcome != "pending" and (self.settled is None or self.settled > day):
            changed |= dict.fromkeys(("act_recorded", "act_effective", "taken_back", "note"))
            changed["outcome"] = "pending"
        return self.model_copy(update=changed) if changed else self


class StatementFile(Record):
    """`statements.yaml`."""

    statements: tuple[Statement, ...]


def _problem(statement: Statement) -> str | None:
    """What contradicts itself in a statement, if anything."""
    if (statement.act_recorded is None) != (statement.act_effective is None):
        return "an act has both act_recorded and act_effective"
    if (statement.outcome == "taken back") != (statement.taken_back is not None):
        return "the outcome `taken back` and the day taken_back belong together"
    if (statement.kind == "claim") != (statement.by != statement.of):
        return "a claim, and only a claim, is about the other side's act"
    if statement.outcome in {"pending", "not seen"} and statement.act_recorded is not None:
        return f"the outcome `{statement.outcome}` has no act"
    return None
