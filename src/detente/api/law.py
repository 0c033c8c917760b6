"""The law: the ledger, the board, the duties on a product, whole schedules and their averages."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Literal

from detente.api.result import Result
from detente.asof import AsOf, Given, known_day
from detente.ledger import Ledger
from detente.ledger import open_ledger as _open
from detente.ledger import status as _status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from detente.compliance.customs.duty import Duty
    from detente.duties import Average
    from detente.duties.schedule import Schedule

Day = dt.date | str | None
View = Literal["statutory", "collected", "legally-due"]
Ends = Literal["legal", "reported"]


def open_ledger(*overlays: Path | str, known_on: Day = None) -> Ledger:
    """
    Open the built-in ledger, with files laid over it.

    Parameters
    ----------
    *overlays
        Files or folders in the ledger's schema; a measure with an id that exists replaces it.
    known_on
        As it was known on this day.

    Returns
    -------
    Ledger
        All measures.

    Raises
    ------
    LedgerError
        A file breaks a rule of the ledger.

    Examples
    --------
    >>> from detente.api import open_ledger
    >>> "us.ieepa.fentanyl.cn" in open_ledger().measures
    True
    """
    return _open(*overlays, known_on=known_day(known_on))


def status(
    on: Given = None,
    *,
    known_on: Day = None,
    ends: Ends = "legal",
    between: tuple[str, str] | None = None,
    ledger: Ledger | None = None,
) -> Result:
    """
    Give the board: every instrument of the story, its state, and what lapses next.

    Parameters
    ----------
    on
        Day, or an instant with its offset; today at the capital of the board's first imposer by default.
    known_on
        To someone who knew only what was known on this day.
    ends
        Suspensions end as a notice says, or as was reported.
    between
        Two economies, by code or name: every measure of either that reaches the other, in place of the story's.
    ledger
        All measures; the built-in ledger by default.

    Returns
    -------
    Result
        on, known_on, between, board; after the last day the sources cover also readings and passed.

    Raises
    ------
    InputError
        A day or an economy that does not exist.

    Examples
    --------
    >>> board = status("2025-10-27").board
    >>> any(row["state"] == "threatened" for row in board)
    True
    """
    found = _status(on, known_on=known_day(known_on), ends=ends, between=between, ledger=ledger)
    return Result(found)


def duty(
    code: str,
    *,
    origin: str,
    destination: str,
    on: Given = None,
    value: float | None = None,
    quantity: str | None = None,
    facts: Mapping[str, Any] | None = None,
    **law: Any,
) -> Duty:
    """
    Give the duties on one product, line by line.

    Parameters
    ----------
    code
        HS2/4/6 or HTS8/10, with or without dots.
    origin, destination
        ISO alpha-3 codes or unambiguous names.
    on
        Day of entry, or an instant with its offset; today at the destination's capital by default.
    value
        Customs value.
    quantity
        Amount and unit, such as ``"1200 kg"``.
    facts
        What is known of the shipment; unknown facts become questions.
    **law
        known_on, view, ends, ledger, fees.

    Returns
    -------
    Duty
        rate, rate_min, rate_max, amount, lines, questions, covered; readings after the last day the sources cover.

    Raises
    ------
    InputError
        The code, a country or a fact cannot be used.

    Examples
    --------
    >>> duty("7326.90.86.88", origin="CHN", destination="USA", on="2026-09-18", value=14172).amount
    11039.99
    """
    from detente.compliance import duty as one_duty  # noqa: PLC0415  (loads the schedule)

    given = {name: law.pop(name) for name in ("ledger", "fees") if name in law}
    return one_duty(
        code,
        origin=origin,
        destination=destination,
        asof=AsOf.of(on, imposer=destination, **law),
        value=value,
        quantity=quantity,
        facts=facts,
        **given,
    )


def schedule(importer: str, on: Given = None, *, ledger: Ledger | None = None, **law: Any) -> Schedule:
    """
    Give the rates of every product from every origin on a day.

    Parameters
    ----------
    importer
        ISO alpha-3.
    on
        Day, or an instant with its offset; today at the importer's capital by default.
    ledger
        All measures; the built-in ledger by default.
    **law
        known_on, view, ends, assumptions.

    Returns
    -------
    Schedule
        ``rate`` and ``base``: fractions, labelled by product and origin; ``by(measure)``: what one measure adds.
    """
    from detente.duties import schedule as whole  # noqa: PLC0415  (loads the schedule)

    given = {name: law.pop(name) for name in ("origins", "claims", "assumptions") if name in law}
    return whole(importer, AsOf.of(on, imposer=importer, **law), ledger=ledger, **given)


def average_tariff(
    importer: str,
    origin: str | None = None,
    *,
    on: Given = None,
    until: Day = None,
    ledger: Ledger | None = None,
    **law: Any,
) -> Average:
    """
    Give the average effective tariff of an importer, on a day or as a daily series.

    Parameters
    ----------
    importer
        ISO alpha-3.
    origin
        Partner; all by default.
    on, until
        Day or instant, or first and last day of a series; today at the importer's capital by default.
    ledger
        All measures; the built-in ledger by default.
    **law
        by, weights, known_on, view, ends.

    Returns
    -------
    Average
        rate, by, series; readings after the last day the sources cover.
    """
    from detente.duties import average_tariff as mean  # noqa: PLC0415  (loads the schedule)

    given = {name: law.pop(name) for name in ("by", "weights", "assumptions") if name in law}
    asof = AsOf.of(on, imposer=importer, **law)
    return mean(importer, origin, asof=asof, until=until, ledger=ledger, **given)
