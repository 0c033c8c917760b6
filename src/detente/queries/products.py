"""Products by words or code, each with its heading, rate and trade."""

from __future__ import annotations

from typing import Annotated, Any

from detente.asof import near_day, today_at
from detente.errors import DetenteError, InputError
from detente.geography.territories import resolve_importer
from detente.queries.fields import Day, Limits, Word
from detente.queries.question import question
from detente.queries.result import Result
from detente.schedules import provided, provider_of
from detente.schedules.documents.products import ProductFound, ProductsFound

MOST = 1_000
HS6 = 6


@question("search", address="/search", prints="render_search")
def search(
    words: Annotated[str, Word(joined=True), Limits(length=120)],
    *,
    to: Annotated[str | None, Word(also=("--destination",)), Limits(length=60)] = None,
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
        Importer whose schedule is searched, the first one held by default; the first six digits of a code are the same in
        every schedule.
    on
        Only lines that stand on this day; the latest lines by default.
    limit
        How many at most.

    Returns
    -------
    Result
        words, destination, on, rows; each row has code, heading, description, rate (the general rate before any
        additional duty, or its ad valorem equivalent; None without one), rate_text, imports_usd (of 2024; None where
        trade by line is not held), score.

    Raises
    ------
    InputError
        Nothing resembles the words, or another schedule is asked for.

    Examples
    --------
    >>> search("toys").rows[0]["code"][:4]
    '9503'
    """
    place = resolve_importer(to, where="to") if to else provided()[0]
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
    standing = near_day(on, where="on") if on else None
    rows = tuple(
        ProductFound(
            code=row["code"],
            heading=row["path"][0],
            description=row["path"][-1],
            **{name: row[name] for name in ("rate", "rate_text", "imports_usd", "score")},
        )
        for row in provider.search(words, on=standing, limit=limit)
    )
    return Result.of(ProductsFound(words=words, destination=place, on=standing, rows=rows))


def described(words: str, home: str, limit: int) -> list[dict[str, Any]]:
    """Lines that words describe, in the schedule of an importer or the first one held: code, path, score."""
    provider = provider_of(home) or provider_of(provided()[0])
    hits = provider.search(words, limit=limit) if provider else []
    return [{"code": hit["code"], "path": list(hit["path"]), "score": hit["score"]} for hit in hits]


def shared_code(code: str, importer: str, home: str) -> str:
    """
    A code as another importer's schedule may have it: its first six digits, where the whole one is no line of it.

    The code itself for the `home` schedule, whose lines that are gone are refused with their successors.
    """
    digits = "".join(letter for letter in code if letter.isdigit())
    provider = provider_of(importer)
    if importer == home or len(digits) <= HS6 or provider is None:
        return code
    try:
        provider.candidates(digits, today_at(importer))
    except DetenteError:
        return digits[:HS6]
    return code


def headings(code: str, importer: str) -> tuple[str, ...]:
    """Headings down to a line; none where the importer's schedule, or the line, is not held."""
    provider = provider_of(importer)
    try:
        return provider.path(code) if provider else ()
    except DetenteError:
        return ()
