"""
The day a legal question is about: a day or an instant, what was known, the view and the reading of suspension ends.

Without a day a question is about today at the capital of whoever imposes; what today is comes from one clock, which
tests set (`clock`), and which the environment sets for child processes and servers (``DETENTE_TODAY``: a day, or an
instant with its offset).
"""

from __future__ import annotations

import datetime as dt
import os
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, get_args

from detente.errors import InputError
from detente.geography.economies import capital_zone
from detente.geography.territories import resolve_importer
from detente.io.dates import local_time, parse_date, parse_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

VARIABLE: Final = "DETENTE_TODAY"
Moment = dt.date | dt.datetime
"""A day, meaning its end at the imposer's capital; or an instant that knows its offset."""
Given = Moment | str | None
"""A moment, its ISO text, or None for today."""
Reading = TypeVar("Reading")
View = Literal["statutory", "collected", "legally-due"]
Basis = Literal["legal", "reported"]
READINGS: Final[tuple[Basis, ...]] = ("legal", "reported")
"""How suspensions end after the last day the sources cover: as the notices read, and as reported."""

SAID: Final[dict[str, str]] = {
    "legal": "as the notices read, legal ends passed",
    "reported": "as reported, extensions counted",
}
"""Both readings in words."""


class _Clock:
    """The moment that counts as now; None for the environment's, else the system's."""

    stopped: Moment | None = None


@contextmanager
def clock(to: Moment | str) -> Iterator[None]:
    """
    Set the clock for a while.

    Examples
    --------
    >>> with clock("2026-11-30T03:00Z"):
    ...     [today_at("USA").isoformat(), today_at("CHN").isoformat()]
    ['2026-11-29', '2026-11-30']
    """
    before = _Clock.stopped
    _Clock.stopped = parse_moment(to, where="clock")
    try:
        yield
    finally:
        _Clock.stopped = before


def now() -> Moment:
    """Read the clock: as set, else as the environment says, else the system's."""
    if _Clock.stopped is not None:
        return _Clock.stopped
    text = os.environ.get(VARIABLE, "").strip()
    return parse_moment(text, where=VARIABLE) if text else dt.datetime.now(dt.UTC)


def today(zone: str) -> dt.date:
    """
    Today on the clock of a place.

    Examples
    --------
    >>> with clock("2026-10-08"):
    ...     today("Asia/Shanghai")
    datetime.date(2026, 10, 8)
    """
    moment = now()
    return local_time(moment, zone).date() if isinstance(moment, dt.datetime) else moment


def today_at(imposer: str) -> dt.date:
    """Today at an imposer's capital."""
    return today(_zone(imposer))


def _zone(imposer: str) -> str:
    """Time zone of the capital of an economy or a customs union given by code or name."""
    try:
        return capital_zone(resolve_importer(imposer))
    except InputError:
        return capital_zone(imposer.strip().upper())


FIRST_DAY: Final = dt.date(1900, 1, 1)
LAST_DAY: Final = dt.date(2035, 12, 31)
"""Days a question may be about."""


def within_reach(day: dt.date, *, where: str) -> dt.date:
    """
    Refuse a day that is too far away to be answered about.

    Examples
    --------
    >>> within_reach(dt.date(2025, 10, 27), where="on").year
    2025
    """
    if not FIRST_DAY <= day <= LAST_DAY:
        raise InputError(
            "the day is out of reach",
            where=where,
            found=day,
            allowed=f"{FIRST_DAY} to {LAST_DAY}",
            repair="choose a day in between",
        )
    return day


def near_day(value: dt.date | str, *, where: str) -> dt.date:
    """Read a day that a question may be about."""
    return within_reach(parse_date(value, where=where), where=where)


def parse_moment(value: Moment | str, *, where: str = "on") -> Moment:
    """
    Read a day or an instant.

    Examples
    --------
    >>> parse_moment("2025-11-10"), parse_moment("2025-11-10T13:01+08:00").hour
    (datetime.date(2025, 11, 10), 13)
    """
    if isinstance(value, dt.datetime):
        if value.tzinfo is None:
            raise InputError(
                "an instant needs its offset",
                where=where,
                found=value,
                allowed="a datetime that knows its offset, or a date",
                repair="add tzinfo, or give the date",
            )
        found: Moment = value
    elif isinstance(value, str) and "T" in value:
        found = parse_instant(value, where=where)
    else:
        found = parse_date(value, where=where)
    within_reach(day_of(found), where=where)
    return found


def moment_at(value: Given, imposer: str, *, where: str = "on") -> Moment:
    """
    Read the moment a question is about, on the clock of an imposer's capital.

    Examples
    --------
    >>> moment_at("2025-11-10T00:01-05:00", "CHN").isoformat()
    '2025-11-10T13:01:00+08:00'
    """
    if value is None or value == "":
        return today_at(imposer)
    found = parse_moment(value, where=where)
    return local_time(found, _zone(imposer)) if isinstance(found, dt.datetime) else found


def day_of(moment: Moment) -> dt.date:
    """The day of a moment, on the clock it was read with."""
    return moment.date() if isinstance(moment, dt.datetime) else moment


def instant_of(moment: Moment) -> dt.datetime | None:
    """The instant of a moment. Gives None for a day, which means its end."""
    return moment if isinstance(moment, dt.datetime) else None


def known_day(value: dt.date | str | None) -> dt.date | None:
    """Read the last day of knowledge. Gives A date or None."""
    return None if value is None or value == "" else parse_date(value, where="known_on")


@dataclass(frozen=True)
class AsOf:
    """
    The words of every legal question, read once: the moment, what was known, the view, the reading of ends.

    Attributes
    ----------
    moment
        A day, meaning its end at each imposer's capital; or an instant that knows its offset.
    known_on
        Last day of knowledge; None for everything.
    view
        ``statutory``: what the books say; ``collected``: what customs took, so nothing recorded later than the day;
        ``legally-due``: after annulments, a void duty is zero from its first day.
    ends
        Whether a suspension ends as notices say (``legal``) or also as reported.

    Raises
    ------
    InputError
        A view or a reading that does not exist.
    """

    moment: Moment
    known_on: dt.date | None = None
    view: View = "statutory"
    ends: Basis = "legal"

    def __post_init__(self) -> None:
        """Refuse words that there are not."""
        for value, kind, where in ((self.view, View, "view"), (self.ends, Basis, "ends")):
            if value not in get_args(kind):
                allowed = ", ".join(get_args(kind))
                raise InputError(
                    f"unknown {where}", where=where, found=value, allowed=allowed, repair="choose one"
                )

    @classmethod
    def of(
        cls,
        on: Given = None,
        *,
        imposer: str = "",
        known_on: dt.date | str | None = None,
        view: View = "statutory",
        ends: Basis = "legal",
    ) -> AsOf:
        """
        Read the four words as people give them.

        Parameters
        ----------
        on
            A day, an instant, ISO text of either, or None for today at the imposer's capital.
        imposer
            Whose capital's clock counts; without one an instant stays on the clock it is given on.
        known_on
            Last day of knowledge, or None.
        view, ends
            As the attributes.

        Returns
        -------
        AsOf
            Checked.

        Raises
        ------
        InputError
            A word that there is not, or a day that cannot be read.

        Examples
        --------
        >>> AsOf.of("2025-11-10T00:01-05:00", imposer="CHN", known_on="2025-10-27").moment.isoformat()
        '2025-11-10T13:01:00+08:00'
        """
        moment = moment_at(on, imposer) if imposer or not on else parse_moment(on)
        return cls(moment, known_day(known_on), view, ends)

    @cached_property
    def day(self) -> dt.date:
        """The day, on the clock the moment was read with."""
        return day_of(self.moment)

    @property
    def instant(self) -> dt.datetime | None:
        """The instant asked about; None for a day, which means its end."""
        return instant_of(self.moment)

    @cached_property
    def clock(self) -> dt.time | None:
        """Time within the day; None for its end."""
        return self.moment.time() if isinstance(self.moment, dt.datetime) else None

    @cached_property
    def knowledge(self) -> dt.date | None:
        """Last day of knowledge: for what customs collected no later than the day itself; None for everything."""
        if self.view != "collected":
            return self.known_on
        return self.day if self.known_on is None else min(self.known_on, self.day)

    def knows(self, recorded: dt.date) -> bool:
        """Whether a record of a day counts."""
        return self.knowledge is None or recorded <= self.knowledge

    def on(self, moment: Moment) -> AsOf:
        """The same question about another day or instant."""
        return replace(self, moment=moment)

    def at(self, imposer: str) -> AsOf:
        """The question on the clock of an imposer's capital; a day is the same everywhere."""
        if not isinstance(self.moment, dt.datetime):
            return self
        return self.on(local_time(self.moment, capital_zone(imposer)))

    def under(self, ends: Basis) -> AsOf:
        """The same question under one reading of ends."""
        return self if ends == self.ends else replace(self, ends=ends)

    def statutory(self) -> AsOf:
        """The same question about what the books say, for whatever has no other view."""
        return replace(self, view="statutory")

    def limited(self, known_on: dt.date | None) -> AsOf:
        """The same question to someone who knew no more than what was known on a day."""
        if known_on is None or (self.known_on is not None and self.known_on <= known_on):
            return self
        return replace(self, known_on=known_on)

    def law(self) -> dict[str, Any]:
        """The four words apart, as arguments: on, known_on, view, ends."""
        return {"on": self.moment, "known_on": self.known_on, "view": self.view, "ends": self.ends}


def quarter() -> str:
    """Name the quarter of an hour the clock stands in: no capital's day changes within one."""
    moment = now()
    if not isinstance(moment, dt.datetime):
        return moment.isoformat()
    utc = moment.astimezone(dt.UTC)
    return utc.replace(minute=utc.minute // 15 * 15, second=0, microsecond=0).isoformat()


def both_readings(day: dt.date, horizon: dt.date, work: Callable[[Basis], Reading]) -> tuple[Reading, ...]:
    """
    The main numbers of an answer under both readings of a day after the last one the sources cover.

    Gives what `work` makes of ``legal`` and of ``reported``; nothing up to the horizon.

    Examples
    --------
    >>> both_readings(dt.date(2026, 11, 11), dt.date(2026, 10, 8), len)
    (5, 8)
    """
    return tuple(work(basis) for basis in READINGS) if day > horizon else ()


def beyond(day: dt.date, horizon: dt.date) -> str | None:
    """
    Warn of a day after the last one the sources cover. Gives None up to the horizon.

    Examples
    --------
    >>> beyond(dt.date(2026, 11, 11), dt.date(2026, 10, 8))
    'the sources end on 2026-10-08; what was decided after that is not known'
    """
    return (
        f"the sources end on {horizon}; what was decided after that is not known" if day > horizon else None
    )


def agree(readings: Sequence[Any]) -> bool:
    """
    Whether both readings of a day say the same.

    Gives True where they differ in nothing but their basis; True of none.

    Examples
    --------
    >>> from types import SimpleNamespace as Read
    >>> agree((Read(basis="legal", rate=0.1), Read(basis="reported", rate=0.1)))
    True
    """
    said = [{**vars(item), "basis": ""} for item in readings]
    return all(item == said[0] for item in said)
