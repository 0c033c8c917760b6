"""Products by words or code, each with its heading, rate and trade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.api.result import Result
from detente.errors import InputError
from detente.geography.economies import resolve
from detente.io.dates import parse_date
from detente.schedules import provided, provider_of

if TYPE_CHECKING:
    import datetime as dt

HELD = "USA"
MOST = 1_000


def search(words: str, *, to: str = HELD, on: dt.date | str | None = None, limit: int = 20) -> Result:
    """
    Find products by words or by the beginning of their code.

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
    provider = provider_of(place)
    if provider is None:
        raise InputError(
            "the words of this schedule are not held",
            where="to",
            found=to,
            allowed=", ".join(provided()),
            repair=f"search {provided()[0]}: the first six digits are the same everywhere;"
            f" then `detente duty CODE --to {place}`",
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
            "rows": [
                {
                    "code": row["code"],
                    "heading": row["path"][0],
                    "description": row["path"][-1],
                    **{name: row[name] for name in ("rate", "rate_text", "imports_usd", "score")},
                }
                for row in provider.search(words, on=standing, limit=limit)
            ],
        }
    )
