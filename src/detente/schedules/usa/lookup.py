"""A code on a day: the lines it stands for, or what stands in its place."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from detente.errors import InputError
from detente.io.dates import parse_date
from detente.schedules.codes import LEVELS, dotted, normalise
from detente.schedules.usa import tables
from detente.schedules.usa.schedule import FIRST_DAY, LAST_REVISION, STEP, Line, us_schedule

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

Cover = Literal["in the schedule", "carried forward", "backcast", "not covered at line level"]
_SHOWN: Final = 5
_LISTED: Final = 9


@dataclass(frozen=True)
class Found:
    """
    What a code stands for on a day.

    code: Digits.
    on: The day.
    rows: Rows of `us_schedule` that stand under the code that day.
    cover: ``in the schedule``; ``carried forward`` after the last revision held, ``backcast`` before 2025, when the
        lines of 2025-01-01 stand for it; ``not covered at line level`` before 2025 where the code is not among them.
    """

    code: str
    on: dt.date
    rows: NDArray[np.intp]
    cover: Cover

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines, in order of code."""
        return tuple(us_schedule().line(int(row)) for row in self.rows)


def find(code: str, on: dt.date | str, *, where: str = "code") -> Found:
    """
    Lines of the United States schedule under a code on a day.

    One line for a full code, every line under a shorter one.

    >>> [line.code for line in find("7326.90.86.88", "2026-09-18").lines]
    ['7326908688']
    >>> find("8703.80", "2018-07-06").cover
    'backcast'
    """
    digits = normalise(code, where=where)
    day = parse_date(on, where="on") if isinstance(on, str) else on
    rows = us_schedule().rows(digits, day)
    if rows.size == 0:
        if day < FIRST_DAY:
            return Found(digits, day, rows, "not covered at line level")
        raise not_in_schedule(digits, day, where=where)
    if day < FIRST_DAY:
        return Found(digits, day, rows, "backcast")
    return Found(digits, day, rows, "in the schedule" if day <= LAST_REVISION else "carried forward")


def not_in_schedule(digits: str, day: dt.date, *, where: str = "code") -> InputError:
    """
    Say that a code is not in the United States schedule on a day, and what is there instead.

    To be raised: when the code stood, if ever, and the codes of that day nearest to it.

    >>> import datetime as dt
    >>> not_in_schedule("8507600020", dt.date(2026, 2, 1)).allowed
    'in the schedule from 2025-01-01 until 2026-02-01; that day: 8507.60.00.10, 8507.60.00.30, 8507.60.00.90'
    """
    search = "look the good up by words with `detente search WORDS`"
    ever = us_schedule().rows(digits)
    if ever.size:
        spans = [us_schedule().line(int(row)) for row in ever[:_SHOWN]]
        stood = " and ".join(
            dict.fromkeys(f"from {line.valid_from} until {line.valid_to or 'now'}" for line in spans)
        )
        allowed = f"in the schedule {stood}; that day: {_listed(digits, day)}"
        repair = f"ask for one of these, or for a day on which it stood, or {search}"
    elif digits.startswith("99"):
        allowed = "chapters 1 to 98"
        repair = (
            "a heading of chapter 99 is a provision, not a good: give the good's own code;"
            " `detente duty CODE` names the provisions that apply"
        )
    else:
        allowed = ", ".join(dotted(code) for code in nearest(digits, day))
        repair = f"check the digits, or {search}"
    return InputError(
        "the code is not in the US schedule that day",
        where=where,
        found=f"{dotted(digits)} on {day}",
        allowed=allowed,
        repair=repair,
    )


def _listed(digits: str, day: dt.date) -> str:
    """Codes that stand where one stood, under the longest digits it shares with any."""
    codes = nearest(digits, day, limit=len(us_schedule()))
    more = f" and {len(codes) - _LISTED} more" if len(codes) > _LISTED else ""
    return ", ".join(dotted(code) for code in sorted(codes[:_LISTED])) + more


def nearest(code: str, on: dt.date, *, limit: int = _SHOWN) -> tuple[str, ...]:
    """
    Codes of the schedule nearest to one that is not in it.

    Of the same length, under the longest prefix that exists, nearest in number first.

    >>> import datetime as dt
    >>> nearest("73269099", dt.date(2025, 6, 1), limit=2)
    ('73269086', '73269060')
    """
    schedule = us_schedule()
    for digits in sorted((level for level in (*LEVELS, 0) if level < len(code)), reverse=True):
        rows = schedule.rows(code[:digits], on) if digits else np.flatnonzero(schedule.in_force(on))
        if rows.size:
            near = np.unique(schedule.codes[rows].astype(f"U{len(code)}"))
            full = near[np.char.str_len(near) == len(code)]
            known = full if full.size else near
            gaps = [abs(int(item.ljust(len(code), "0")) - int(code)) for item in known.tolist()]
            return tuple(known[np.argsort(gaps, kind="stable")][:limit].tolist())
    return ()


def path(code: str) -> tuple[str, ...]:
    """
    Headings a code stands under, down to itself.

    The words that all lines under the code share; from the lines' full descriptions, since the schedule prints no row
    for 254 of its headings.

    >>> path("8703.80")[-1]
    'Other vehicles, with only electric motors for propulsion'
    """
    digits = normalise(code)
    rows = us_schedule().rows(digits)
    if rows.size == 0:
        raise not_in_schedule(digits, LAST_REVISION)
    paths = [tables.strings("hts10", "path")[int(row)].split(STEP) for row in rows]
    shared = []
    for words in zip(*paths, strict=False):
        if len(set(words)) > 1:
            break
        shared.append(words[0])
    return tuple(shared)


@dataclass(frozen=True)
class Provision:
    """
    A heading of chapter 99 while its text stood.

    code: Eight digits.
    description, general, special, column2: As published.
    valid_from, valid_to: Half-open interval; `valid_to` is None while open.
    """

    code: str
    description: str
    general: str
    special: str
    column2: str
    valid_from: dt.date
    valid_to: dt.date | None


def provision(code: str, on: dt.date | str) -> Provision:
    """
    Text of a heading of chapter 99 on a day: its description and rate texts.

    >>> provision("9903.88.03", "2025-06-01").general
    'The duty provided in the applicable subheading + 25%'
    """
    digits = normalise(code)
    day = parse_date(on, where="on") if isinstance(on, str) else on
    codes = tables.strings("chapter99", "code")
    for row in range(bisect.bisect_left(codes, digits), bisect.bisect_right(codes, digits)):
        start, end = (tables.values("chapter99", name)[row].item() for name in ("valid_from", "valid_to"))
        if start <= day and (end is None or day < end):
            words = {
                name: tables.strings("chapter99", name)[row]
                for name in ("description", "general", "special", "column2")
            }
            return Provision(code=digits, valid_from=start, valid_to=end, **words)
    near = sorted({item for item in codes if digits[:6] <= item < digits[:6] + ":"})[:_SHOWN]
    raise InputError(
        f"no such heading of chapter 99 on {day}",
        where="code",
        found=dotted(digits),
        allowed=", ".join(map(dotted, near)) or "9901.00.50 to 9922.01.12",
        repair=f"headings are held from {FIRST_DAY} to {LAST_REVISION}",
    )
