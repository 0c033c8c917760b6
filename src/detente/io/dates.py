"""Days and instants: ISO dates that mean the end of the day at the imposer's capital, half-open intervals."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final
from zoneinfo import ZoneInfo

from detente.errors import InputError

ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
LAST_MINUTE: Final = dt.time(23, 59, 59, 999999)


def parse_date(text: str | dt.date, *, where: str = "") -> dt.date:
    """
    Read an ISO day.

    Examples
    --------
    >>> parse_date("2025-10-27", where="--on")
    datetime.date(2025, 10, 27)
    """
    if isinstance(text, dt.date) and not isinstance(text, dt.datetime):
        return text
    refusal = InputError(
        "not a date",
        where=where,
        found=text,
        allowed="an ISO date such as 2025-11-10",
        repair="write YYYY-MM-DD with a day that exists",
    )
    if not ISO_DAY.fullmatch(str(text)):
        raise refusal
    try:
        return dt.date.fromisoformat(str(text))
    except ValueError:
        raise refusal from None


def parse_instant(text: str, *, where: str = "") -> dt.datetime:
    """
    Read an instant with its offset from UTC.

    Examples
    --------
    >>> parse_instant("2025-11-10T00:01-05:00", where="--at").isoformat()
    '2025-11-10T00:01:00-05:00'
    """
    refusal = InputError(
        "not an instant",
        where=where,
        found=text,
        allowed="an ISO date and time with its offset, such as 2025-11-10T13:01+08:00",
        repair="add the time and the offset, or give a date with --on",
    )
    try:
        instant = dt.datetime.fromisoformat(text)
    except ValueError:
        raise refusal from None
    if instant.tzinfo is None:
        raise refusal
    return instant


def local_time(instant: dt.datetime, zone: str) -> dt.datetime:
    """
    An instant on the clock of a capital. Gives the same instant there.

    Examples
    --------
    >>> local_time(parse_instant("2025-11-10T00:01-05:00"), "Asia/Shanghai").isoformat()
    '2025-11-10T13:01:00+08:00'
    """
    return instant.astimezone(ZoneInfo(zone))


def end_of_day(day: dt.date, zone: str) -> dt.datetime:
    """
    The instant a bare date means: the day's last moment at a capital.

    Examples
    --------
    >>> end_of_day(dt.date(2025, 11, 10), "America/New_York").utcoffset().total_seconds()
    -18000.0
    """
    return dt.datetime.combine(day, LAST_MINUTE, tzinfo=ZoneInfo(zone))


def within(day: dt.date, start: dt.date | None, end: dt.date | None) -> bool:
    """
    Whether a day lies in a half-open interval. Gives True if ``start <= day < end``.

    Examples
    --------
    >>> within(dt.date(2025, 11, 10), dt.date(2025, 11, 10), None)
    True
    """
    return (start is None or start <= day) and (end is None or day < end)
