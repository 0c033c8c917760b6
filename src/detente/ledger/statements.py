"""What each side said it, or the other, would do, and the act that followed or did not."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  (pydantic resolves the annotations at run time)
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from detente.errors import LedgerError
from detente.ledger.schema import Record
from detente.reading import LARGEST_FILE, Document, read_text

Kind = Literal["threat", "promise", "claim"]
Side = Literal["confirmed", "silent", "denounced"]
Outcome = Literal["followed", "partly", "late", "broken", "taken back", "not seen", "pending"]


class Statement(Record):
    """
    One statement; the fields are explained in docs/statements.md.

    `by` speaks, `of` is the side whose act is due (for a claim, the other one). `act_recorded` is the day of the act
    that followed, `act_effective` its first day in force, `taken_back` the day the statement was withdrawn.
    """

    id: str
    date: dt.date
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
    act_recorded: dt.date | None = None
    act_effective: dt.date | None = None
    taken_back: dt.date | None = None
    note: str | None = None
    sources: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_story(self) -> Statement:
        problem = _problem(self)
        if problem:
            raise ValueError(problem)
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


class _File(Record):
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


@cache
def _built_in() -> tuple[Statement, ...]:
    """Read the packaged file once."""
    path = Path(str(files("detente") / "data" / "ledger" / "statements.yaml"))
    text = read_text(path, error=LedgerError, largest=LARGEST_FILE, name=path.name)
    return Document(path.name, text).validate(_File).statements


def statements(*, measure: str | None = None, known_on: dt.date | None = None) -> tuple[Statement, ...]:
    """
    Statements in order of their dates.

    Parameters
    ----------
    measure
        Only those about this measure id.
    known_on
        Only those made by this day. What became of them is as the file knows it.

    Returns
    -------
    tuple of Statement
        With the act that followed, where one did.

    Raises
    ------
    LedgerError
        The file breaks the schema.

    Examples
    --------
    >>> [(s.by, s.outcome, s.days) for s in statements(measure="us.threat.cn100")]
    [('USA', 'taken back', 16), ('USA', 'followed', None)]
    """
    return tuple(
        statement
        for statement in _built_in()
        if (measure is None or statement.measure == measure)
        and (known_on is None or statement.date <= known_on)
    )


def record_of(by: str, kind: Kind) -> dict[str, int]:
    """
    Count what became of one side's statements of a kind, those still pending left out.

    Parameters
    ----------
    by
        Alpha-3 code of the side that spoke.
    kind
        ``threat``, ``promise`` or ``claim``.

    Returns
    -------
    dict
        Number by outcome.

    Examples
    --------
    >>> sorted(record_of("CHN", "threat"))
    ['followed', 'partly', 'taken back']
    """
    count: dict[str, int] = {}
    for statement in _built_in():
        if statement.by == by and statement.kind == kind and statement.outcome != "pending":
            count[statement.outcome] = count.get(statement.outcome, 0) + 1
    return count
