"""Calendars as files: on which dates the sides of a game may change what they do, and what is assumed of time."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  (pydantic resolves the annotations at run time)
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from pydantic import Field

from detente.errors import StudyError
from detente.ledger.files.load import read_record
from detente.manifest import DATA
from detente.policy.instrument_table import NamedAssumption  # noqa: TC001  (pydantic resolves the annotations at run time)
from detente.policy.resources import locate, names_in
from detente.policy.strategy.game_file import load_game
from detente.policy.study import LARGEST_STUDY_BYTES, Spec

if TYPE_CHECKING:
    from pathlib import Path

    from detente.policy.strategy.game_file import GameSpec

CALENDARS = DATA / "calendars"
MOST_DATES: Final = 8
MOST_DRAWS: Final = 512
_DAYS_A_MONTH: Final = 365.25 / 12


class DateSpec(Spec):
    """A date: who moves on it, in turn; several in one list move at once."""

    on: dt.date
    label: str
    moves: tuple[tuple[str, ...], ...]
    source: str


class Types(Spec):
    """What nobody else knows: the weight of a side on the other's loss, drawn evenly from a range."""

    why: str
    source: str
    draws: int = Field(ge=1, le=MOST_DRAWS)
    ranges: dict[str, tuple[float, float]]


class CalendarSpec(Spec):
    """
    A whole calendar file.

    `start` is what both do before the first date, `since` the day since when. `until` is the day to which the last date
    counts. `breakdown` follows where the agreement of the game breaks down between dates. `horizons` are the years after a
    change at which the game is solved; between them payoffs follow the trade elasticity. `renewals` are months.
    """

    id: str
    game: str
    title: str
    start: dict[str, str]
    since: dt.date
    dates: tuple[DateSpec, ...] = Field(min_length=1, max_length=MOST_DATES)
    until: dt.date
    breakdown: dict[str, str]
    horizons: tuple[float, ...] = Field(min_length=1, max_length=4)
    renewals: tuple[int, ...] = ()
    assumptions: tuple[NamedAssumption, ...]
    types: Types | None = None

    @property
    def values(self) -> dict[str, float]:
        """The named assumptions."""
        return {item.name: item.value for item in self.assumptions}

    @property
    def months(self) -> tuple[int, ...]:
        """Months from each date to the next, a month at least."""
        ends = [item.on for item in self.dates[1:]] + [self.until]
        return tuple(
            max(1, round((end - item.on).days / _DAYS_A_MONTH))
            for item, end in zip(self.dates, ends, strict=True)
        )

    @property
    def age(self) -> int:
        """Months for which the start has been in force on the first date."""
        return max(0, round((self.dates[0].on - self.since).days / _DAYS_A_MONTH))


def built_in_calendars() -> list[str]:
    """Names of the calendars that come with the package."""
    return names_in(CALENDARS)


def load_calendar(name_or_path: str | Path) -> tuple[CalendarSpec, GameSpec]:
    """
    Read a built-in calendar by name, or a calendar file by path, and its game.

    Examples
    --------
    >>> load_calendar("november-2026")[0].months
    (2, 10, 12)
    """
    path = locate(name_or_path, CALENDARS, kind="calendar", where="CALENDAR")
    spec = read_record(path, CalendarSpec, error=StudyError, largest=LARGEST_STUDY_BYTES)
    game = load_game(spec.game)
    _check(spec, game, str(name_or_path))
    return spec, game


def _check(spec: CalendarSpec, game: GameSpec, where: str) -> None:
    """Days in order, sides and actions of the game, and the assumptions of time."""
    days = [spec.since, *(item.on for item in spec.dates), spec.until]
    if days[0] > days[1] or any(a >= b for a, b in pairwise(days[1:])):
        raise _wrong(f"{where}: dates", ", ".join(map(str, days)), "days in order, each once")
    for name, profile in (("start", spec.start), ("breakdown", spec.breakdown)):
        for side in game.players:
            known = [item.id for item in game.actions[side]]
            if profile.get(side) not in known or set(profile) != set(game.players):
                raise _wrong(
                    f"{where}: {name}", str(profile), f"an action of each side; {side}: {', '.join(known)}"
                )
    for item in spec.dates:
        movers = [side for stage in item.moves for side in stage]
        if len(set(movers)) < len(movers) or not set(movers) <= set(game.players):
            raise _wrong(
                f"{where}: {item.on}: moves", str(item.moves), f"{', '.join(game.players)}, each once at most"
            )
    for needed in ("discount_year", "hazard_year"):
        if not 0 <= spec.values.get(needed, -1) <= 1:
            raise _wrong(f"{where}: assumptions", needed, "discount_year and hazard_year, from 0 to 1")
    if spec.types and set(spec.types.ranges) != set(game.players):
        raise _wrong(
            f"{where}: types", ", ".join(spec.types.ranges), f"a range of {' and of '.join(game.players)}"
        )


def _wrong(where: str, found: str, allowed: str) -> StudyError:
    return StudyError(
        "a calendar that cannot be played",
        where=where,
        found=found,
        allowed=allowed,
        repair="copy one of the package's calendars (data/calendars) and change it",
    )
