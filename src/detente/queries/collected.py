"""The question what was collected: held against the books on the same imports, month by month."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Literal, Unpack

from detente.queries.fields import HIDDEN, Limits, Word
from detente.queries.law import Booked, ledger_of, require_words
from detente.queries.question import question

if TYPE_CHECKING:
    from detente.policy.evidence.collected import Collected


@question("collected", address="/collected", prints="render_collected")
def collected(
    partner: Annotated[str | None, Word("from", also=("--partner",), named=True), Limits(length=60)] = None,
    *,
    first: Annotated[str | None, Limits(pattern=r"\d{4}-\d{2}")] = None,
    last: Annotated[str | None, Limits(pattern=r"\d{4}-\d{2}")] = None,
    by: Literal["month", "partner", "industry"] = "month",
    progress: Annotated[Callable[[str], None] | None, HIDDEN] = None,
    **law: Unpack[Booked],
) -> Collected:
    """
    Hold duties collected against the average on the books, on the same imports, and take the gap apart.

    The books are read on every day of a month and weighted with that month's imports by partner and industry. The gap is
    laid to exemptions, contents, the USMCA, other preferences, acts that reached back, and goods on the water; what is left
    cannot be told apart.

    Parameters
    ----------
    partner
        Economy with a row of its own in the statistics, or ROW for the rest; all partners by default.
    first, last
        Months, such as 2025-04; the year of the last month held by default.
    by
        Rows by month, or by partner or industry over all months.
    progress
        Told how many months are done.
    **law
        The ledger: `detente.queries.law.Booked`.

    Returns
    -------
    Collected
        rows: imports_usd, duty_usd, letter_rate, exemptions_rate, contents_rate, usmca_rate, preferences_rate,
        statutory_rate, deposits_rate, transit_rate, rest_rate, collected_rate, fractions of the value; answer, in words;
        left_out_share, collected_all_rate. The letter less its four parts is the statutory rate; that less deposits, transit
        (at most) and the rest is what was collected.

    Raises
    ------
    InputError
        A month or a partner that is not held.

    Examples
    --------
    >>> row = collected("CHN", first="2025-07").rows[0]
    >>> round(row.statutory_rate, 3), round(row.collected_rate, 3)
    (0.462, 0.43)

    References
    ----------
    US Census Bureau, imports for consumption and calculated duty by NAICS code and partner.
    """
    from detente.policy.evidence.collected import collected as held_against  # noqa: PLC0415  (loads the schedule)

    require_words(law, Booked.__annotations__)
    return held_against(partner, first=first, last=last, by=by, ledger=ledger_of(law), progress=progress)
