"""Questions about duties: on one product, on average."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Unpack

from detente.asof import Given, near_day
from detente.errors import InputError
from detente.geography.economies import resolve
from detente.queries.fields import HIDDEN, Amount, Destination, Facts, Limits, Name, Origin, Text, Word
from detente.queries.law import Law, read_law
from detente.queries.question import question

if TYPE_CHECKING:
    from detente.compliance import Duty
    from detente.duties import Average
    from detente.duties.schedule import Schedule

LONGEST_SERIES = 3700
"""Days of a daily series; a longer one is asked for in pieces."""


@question("duty", address="/duty", clock="destination", prints="render_duty")
def duty(
    code: Name,
    *,
    origin: Origin,
    destination: Destination,
    value: Amount = None,
    quantity: Text = None,
    facts: Facts = None,
    fees: bool = False,
    **law: Unpack[Law],
) -> Duty:
    """
    Give the duties on one product, line by line; exit code 4 where it may not be imported.

    Parameters
    ----------
    code
        HS2/4/6 or HTS8/10, with or without dots.
    origin
        Country of origin: ISO alpha-3 or a name.
    destination
        Importing country.
    value
        Customs value, in the destination's currency of account (USD for the United States).
    quantity
        Amount and unit, such as "1200 kg"; needed where a duty is specific.
    facts
        KEY=VALUE about the shipment; unknown facts become questions with the range they span.
    fees
        Add merchandise processing and harbour maintenance fees.
    **law
        Day, knowledge, reading and ledger: `detente.queries.law.Law`.

    Returns
    -------
    Duty
        rate, rate_min, rate_max, amount, lines, questions, covered; readings after the last day the sources cover.

    Raises
    ------
    InputError
        The code, a country, a day or a fact cannot be used.

    Examples
    --------
    >>> duty("7326.90.86.88", origin="CHN", destination="USA", on="2026-09-18", value=14172).amount
    11039.99

    References
    ----------
    US notes 2, 16, 20, 31 and 52 to HTSUS chapter 99; EO 14289; Proclamation 10947.
    """
    from detente.compliance import duty as one_duty  # noqa: PLC0415  (loads the schedule)

    asof, ledger = read_law(law, destination)
    given: dict[str, Any] = {"value": value, "quantity": quantity, "facts": facts, "fees": fees}
    return one_duty(code, origin=origin, destination=destination, **given, asof=asof, ledger=ledger)


@question("average", address="/average", clock="importer")
def average_tariff(
    importer: Annotated[
        str | None, Word("to", also=("--importer",), named=True, said=True), Limits(length=60)
    ] = None,
    origin: Annotated[str | None, Word("from", also=("--origin",), named=True), Limits(length=60)] = None,
    *,
    until: Annotated[str | None, Limits(length=10)] = None,
    by: Literal["measure", "sector", "chapter", "partner"] | None = None,
    weights: Annotated[str | None, Limits(length=40)] = None,
    assumptions: Annotated[Any, HIDDEN] = None,
    **law: Unpack[Law],
) -> Average:
    """
    Give the average effective tariff of an importer, on a day or as a daily series.

    Parameters
    ----------
    importer
        Importer; the board's first imposer by default.
    origin
        Partner; all partners when left out.
    until
        Last day of a daily series that starts on the day asked about.
    by
        Split the average.
    weights
        Name of the trade weights; the importer's own by default.
    assumptions
        Judgements at other values than the ledger's: `detente.duties.Assumptions`.
    **law
        Day, knowledge, reading and ledger: `detente.queries.law.Law`.

    Returns
    -------
    Average
        rate, by, weights, series.

    Raises
    ------
    InputError
        The importer, the partner, the weights or a day cannot be used.

    Examples
    --------
    >>> round(average_tariff(importer="USA", origin="CHN", on="2025-11-10").rate, 3) > 0.2
    True
    """
    from detente.duties import average_tariff as mean  # noqa: PLC0415  (loads the schedule)

    asof, ledger = read_law(law, importer)
    last = near_day(until, where="until") if until else None
    if last and (last - asof.day).days > LONGEST_SERIES:
        raise InputError(
            "the series is too long",
            where="until",
            found=until,
            allowed=f"at most {LONGEST_SERIES} days",
            repair="ask for it in pieces",
        )
    given: dict[str, Any] = {
        "importer": importer or ledger.home,
        "origin": origin,
        "by": by,
        "weights": weights,
        "until": last,
        "assumptions": assumptions,
    }
    return mean(**given, asof=asof, ledger=ledger)


@question("schedule", clock="importer")
def schedule(
    importer: Annotated[str | None, Word("to", also=("--importer",), named=True), Limits(length=60)] = None,
    *day: Annotated[Given, HIDDEN],
    origins: Annotated[tuple[str, ...], Word("from", also=("--origin",)), Limits(length=60, many=260)] = (),
    claims: Literal["none", "observed"] = "none",
    assumptions: Annotated[Any, HIDDEN] = None,
    **law: Unpack[Law],
) -> Schedule:
    """
    Give the rates of every product from every origin on a day.

    Parameters
    ----------
    importer
        ISO alpha-3 or a name; the board's first imposer by default.
    *day
        The day as the second argument, in place of ``on``; today at the importer's capital by default.
    origins
        Exporters; every economy by default.
    claims
        Preferences claimed: none, or as they were observed.
    assumptions
        Judgements at other values than the ledger's.
    **law
        Day, knowledge, reading and ledger: `detente.queries.law.Law`.

    Returns
    -------
    Schedule
        ``rate`` and ``base``: fractions, labelled by product and origin; ``by(measure)``: what one measure adds;
        ``write(path)``: all of it as a Parquet file.

    Raises
    ------
    InputError
        No schedule of this importer is held, or a day that cannot be read.

    Examples
    --------
    >>> schedule("USA", "2025-10-27").rate.dims
    ('product', 'origin')
    """
    from detente.duties.schedule import schedule as whole  # noqa: PLC0415  (loads the schedule)

    if len(day) + ("on" in law) > 1:
        raise InputError(
            "one day, not several",
            where="on",
            found=", ".join(map(str, day)),
            allowed="the day as the second argument, or as `on`",
            repair="leave one of them out",
        )
    asof, ledger = read_law({**law, "on": day[0]} if day else law, importer)
    exporters = tuple(resolve(name, where="origins") for name in origins or ()) or None
    return whole(
        importer or ledger.home,
        asof,
        origins=exporters,
        claims=claims,
        assumptions=assumptions,
        ledger=ledger,
    )


def worksheet(answer: Duty) -> str:
    """A printable worksheet (HTML) of a duty."""
    from detente.compliance.customs.worksheet import worksheet as sheet  # noqa: PLC0415

    return sheet(answer)
