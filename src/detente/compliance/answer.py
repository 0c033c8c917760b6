"""Parts every answer shares: the questions still open and the assumptions taken meanwhile."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.asof import Basis


@dataclasses.dataclass(frozen=True)
class Question:
    """
    A fact that is not known and what hangs on it.

    Parameters
    ----------
    fact
        Name of the fact, as the call takes it.
    why
        The legal test that asks for it.
    effect
        What the answer would become.
    """

    fact: str
    why: str
    effect: str


@dataclasses.dataclass(frozen=True)
class Assumption:
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


@dataclasses.dataclass(frozen=True, kw_only=True)
class Dated:
    """
    What every answer says of its day.

    Parameters
    ----------
    on
        The day, on the clock of the imposer's capital.
    at
        The instant, where one was asked about.
    known_on
        Last day of knowledge; None for everything.
    ends
        The reading of suspension ends the answer uses.
    known_until
        Last day the sources cover.
    readings
        After that day, the main numbers as the notices read (``legal``) and as reported; empty up to it.
    """

    on: dt.date
    at: dt.datetime | None = None
    known_on: dt.date | None = None
    ends: Basis = "legal"
    known_until: dt.date
    readings: tuple[dict[str, Any], ...] = ()


def plain(value: Any) -> Any:
    """
    Turn an answer into what JSON can hold: dataclasses to dicts, tuples to lists, dates to ISO text.

    Gives only dicts, lists, text, numbers, booleans and None.

    Examples
    --------
    >>> plain(Question("built", "annex II", "0 to 1"))
    {'fact': 'built', 'why': 'annex II', 'effect': '0 to 1'}
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return value
