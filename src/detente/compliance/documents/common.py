"""What answers about a case share: their day, the questions still open, the assumptions taken meanwhile."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

from detente.asof import Basis
from detente.io.documents import Document, as_json

Suspended = bool | Literal["reported"]
"""Whether something is suspended: by a notice, or only as reported."""


@dataclass(frozen=True)
class Question(Document):
    """
    A fact that is not known and what hangs on it.

    fact: Name of the fact, as the call takes it.
    why: The legal test that asks for it.
    effect: What the answer would become.
    """

    fact: str
    why: str
    effect: str


@dataclass(frozen=True)
class Assumption(Document):
    """
    What was taken as given because nobody said otherwise, or because the text is open.

    name: Fact or judgement.
    value: The value used.
    alternatives: The other values it could take.
    why: Where the choice comes from.
    """

    name: str
    value: str
    alternatives: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Idle(Document):
    """
    A fact that was given and changes nothing.

    fact: Its name, as the call takes it.
    why: What keeps it from bearing.
    """

    fact: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Dated(Document):
    """
    What every answer says of its day.

    on: The day, on the clock of the imposer's capital.
    at: The instant, where one was asked about.
    known_on: Last day of knowledge; None for everything.
    ends: The reading of suspension ends the answer uses.
    known_until: Last day the sources cover.
    """

    on: dt.date
    at: dt.datetime | None
    known_on: dt.date | None
    ends: Basis
    known_until: dt.date

    def to_dict(self) -> dict[str, Any]:
        """
        Lay the answer out for JSON.

        Returns
        -------
        document
            The attributes by name, dates as ISO text.
        """
        found: dict[str, Any] = as_json(self)
        return found
