"""Games over a calendar. Values are percent of a year's income (of `unit`), discounted to the date they stand at."""

from __future__ import annotations

from dataclasses import dataclass

from detente.io.documents import Document
from detente.policy.documents.games import BySide, Conditions, GameAssumption


@dataclass(frozen=True, kw_only=True)
class Course(Document):
    """What is done on a date, and how likely it is, seen from before the first."""

    actions: dict[str, str]
    chance: float


@dataclass(frozen=True, kw_only=True)
class ThreatOnDate(Document):
    """
    A threat carried out on a date against what it answers, with all that follows.

    `gain_pct` is what carrying it out brings its side over not doing so, once refused; credible if that is no loss.
    `harm_pct` is what the other side loses by it, and
    `worth_yielding_pct` what it would have more if it had yielded.
    """

    threat: str
    by: str
    credible: bool
    gain_pct: float
    harm_pct: float
    worth_yielding_pct: float


@dataclass(frozen=True, kw_only=True)
class CalendarDate(Document):
    """A date of the calendar: who moves, in turn, what is done, and what threats are worth."""

    on: str
    label: str
    months: int
    moves: tuple[tuple[str, ...], ...]
    source: str
    course: tuple[Course, ...]
    threats: tuple[ThreatOnDate, ...]


@dataclass(frozen=True, kw_only=True)
class FirstMove(Document):
    """What a side has if it may not move before a date."""

    not_before: str
    value_pct: float


@dataclass(frozen=True, kw_only=True)
class Waiting(Document):
    """What it is worth to a side to be able to wait: what it has, less what it has if it may move on the first date only."""

    option_pct: float
    first_moves: tuple[FirstMove, ...]


@dataclass(frozen=True, kw_only=True)
class Renewal(Document):
    """The agreement kept by both for some months, and the breakdown after them, against the breakdown at once."""

    months: int
    gain_pct: BySide
    accepted: dict[str, bool]


@dataclass(frozen=True, kw_only=True)
class TypeRanges(Document):
    """Outcomes over weights that are not known: how often the agreement is kept on each date, and each threat credible."""

    draws: int
    weights: dict[str, tuple[float, float]]
    kept: tuple[float, ...]
    credible: dict[str, tuple[float, ...]]
    why: str
    source: str


@dataclass(frozen=True, kw_only=True)
class CalendarGame(Conditions):
    """A game over a calendar, solved backwards."""

    calendar: str
    title: str
    game: str
    players: tuple[str, str]
    unit: dict[str, str]
    start: dict[str, str]
    agreement: dict[str, str]
    breakdown: dict[str, str]
    until: str
    years_solved: tuple[float, ...]
    discount_year: float
    hazard_year: float
    dates: tuple[CalendarDate, ...]
    value_pct: BySide
    kept_pct: BySide
    broken_pct: BySide
    waiting: dict[str, Waiting]
    renewals: tuple[Renewal, ...]
    types: TypeRanges | None
    game_assumptions: tuple[GameAssumption, ...]
