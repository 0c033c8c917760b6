"""Products by words or code, each with its heading, rate and trade."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

from detente.errors import InputError
from detente.geography.economies import resolve
from detente.io.dates import parse_date
from detente.queries.fields import Day, Limits, Word
from detente.queries.question import question
from detente.queries.result import Result

if TYPE_CHECKING:
    import datetime as dt

HELD = "USA"
MOST = 1_000


@question("search", address="/search", prints="render_search")
def search(
    words: Annotated[str, Word(joined=True), Limits(length=120)],
    *,
    to: Annotated[str, Word(also=("--destination",)), Limits(length=60)] = HELD,
    on: Day = None,
    limit: Annotated[int, Limits(low=1, high=MOST)] = 20,
) -> Result:
    """
    Find products by words or by the beginning of their code, each with its heading, rate and trade.

    Parameters
    ----------
    words
        As ``toys`` or ``cotton T-shirts``, or a code of 2 to 10 digits.
    to
        Importer whose schedule is searched; the one held line by line with its words is that of the United States. The
        first six digits of a code are the same in every schedule.
    on
        Only lines that stand on this day; the latest lines by default.
    limit
        How many at most.

    Returns
    -------
    Result
        words, destination, on, rows; each row has code, heading, description, rate (the general rate before any
        additional duty, or its ad valorem equivalent; None without one), rate_text, imports_usd (of 2024), score.

    Raises
    ------
    InputError
        Nothing resembles the words, or another schedule is asked for.

    Examples
    --------
    >>> search("toys").rows[0]["code"][:4]
    '9503'
    """
    place = resolve(to, where="to")
    if place != HELD:
        raise InputError(
            "the words of this schedule are not held",
            where="to",
            found=to,
            allowed=HELD,
            repair=f"search {HELD}: the first six digits are the same everywhere; then `detente duty CODE --to {place}`",
        )
    if not 1 <= limit <= MOST:
        raise InputError(
            "no such number of hits",
            where="limit",
            found=limit,
            allowed=f"1 to {MOST}",
            repair="write a number between",
        )
    standing = parse_date(on, where="on") if isinstance(on, str) else on
    return Result(
        {
            "words": words,
            "destination": place,
            "on": standing.isoformat() if standing else None,
            "rows": _rows(words, standing, limit),
        }
    )


def _rows(words: str, on: dt.date | None, limit: int) -> list[dict[str, Any]]:
    """The lines found, with what the schedule says of each."""
    from detente.schedules.usa import Hit, dotted, find, us_schedule  # noqa: PLC0415  (reads the schedule)
    from detente.schedules.usa import search as by_words  # noqa: PLC0415
    from detente.schedules.usa.schedule import LAST_REVISION  # noqa: PLC0415
    from detente.schedules.usa.search_index import read_index  # noqa: PLC0415

    schedule, index = us_schedule(), read_index()
    if any(letter.isalpha() for letter in words) or not any(letter.isdigit() for letter in words):
        hits = by_words(words, on=on, limit=limit)
    else:
        rows = sorted(find(words, on or LAST_REVISION, where="words").rows, key=lambda row: -index.usd[row])
        hits = tuple(
            Hit(dotted(index.code(int(row))), int(row), 1.0, index.path(int(row))) for row in rows[:limit]
        )
    return [
        {
            "code": hit.code,
            "heading": hit.path[0],
            "description": hit.path[-1],
            "rate": None if math.isnan(rate := float(schedule.column1[hit.row])) else rate,
            "rate_text": str(schedule.general[schedule.parent[hit.row]]),
            "imports_usd": float(index.usd[hit.row]),
            "score": hit.score,
        }
        for hit in hits
    ]
