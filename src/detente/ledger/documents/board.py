"""The board of a day: one row an instrument, and how the rows stand under both readings."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from detente.asof import READINGS, Basis
from detente.io.documents import Document, part_of


@dataclass(frozen=True, kw_only=True)
class Cited(Document):
    """A source in full."""

    id: str
    title: str
    url: str | None
    kind: str


@dataclass(frozen=True, kw_only=True)
class Next(Document):
    """What happens next, as it was known on the day; `reported`: the end that was reported beside a legal one."""

    date: dt.date
    event: str
    basis: Basis
    reported: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class BoardLine(Document):
    """
    One instrument of the board; after the last day the sources cover also as the notices read, and as reported.

    instrument, side: What it is, and whose on whom. state, detail: How it stands, in a word and in words.
    kind: What kind of measure. measures: Their ids.
    """

    instrument: str
    side: str
    state: str
    detail: str
    next: Next | None
    kind: str
    measures: tuple[str, ...]
    sources: tuple[Cited, ...]
    state_legal: str | None = None
    detail_legal: str | None = None
    state_reported: str | None = None
    detail_reported: str | None = None

    def under(self, basis: Basis) -> tuple[str, str]:
        """State and words under one reading; up to the last day the sources cover there is one."""
        if basis == "legal":
            return self.state_legal or self.state, self.detail_legal or self.detail
        return self.state_reported or self.state, self.detail_reported or self.detail

    @property
    def states(self) -> tuple[str, ...]:
        """The state under both readings."""
        return tuple(self.under(basis)[0] for basis in READINGS)

    @property
    def agreed(self) -> bool:
        """Whether both readings say the same of it."""
        return self.detail_legal == self.detail_reported and len(set(self.states)) == 1


@dataclass(frozen=True, kw_only=True)
class StatesRead(Document):
    """How many stand where under one reading."""

    basis: Basis
    states: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Passed(Document):
    """A date that was ahead on the last day the sources cover and has come since."""

    date: dt.date
    instrument: str
    side: str
    event: str
    basis: Basis
    measures: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class BoardAnswer(Document):
    """
    The board of the story, or of two economies, on a day.

    readings, passed: After the last day the sources cover; not there up to it.
    """

    on: dt.date
    at: dt.datetime | None = None
    known_on: dt.date | None
    ends: Basis
    known_until: dt.date
    between: tuple[str, ...]
    board: tuple[BoardLine, ...]
    readings: tuple[StatesRead, ...] | None = None
    passed: tuple[Passed, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Board(BoardAnswer):
    """The board, and what a reader must know of its day."""

    warnings: tuple[str, ...]

    @property
    def result(self) -> BoardAnswer:
        """The board without its warnings, which stand beside it."""
        return part_of(self, BoardAnswer)
