"""Commands that read the law: status, duty, average, ledger."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  (the command line resolves the annotations at run time)
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from detente.cli import options as cli
from detente.cli.options import DayLaw, Law, Output
from detente.cli.repeat import LEDGER, PUBLIC, repeat

# Exit code where the good asked about may not be imported.
PROHIBITED = 4
ledger_app = App(
    name="ledger", help="Read and check the law: every measure, dated and cited.", help_format="plaintext"
)


def status(
    *,
    between: Annotated[tuple[str, str] | None, Parameter(negative="")] = None,
    law: Law | None = None,
    output: Output | None = None,
) -> int:
    """
    Show the board: every instrument of the story, its state, and what lapses next.

    Parameters
    ----------
    between
        Two economies: the measures of either that reach the other, in place of the story's.
    law
        Day, knowledge, reading and edits.
    output
        Form of the result.
    """
    from detente.ledger import status as board  # noqa: PLC0415
    from detente.render import render_board  # noqa: PLC0415

    law, output = law or Law(), output or Output()
    imposer = cli.named(between[0]) if between else cli.home
    if output.reproduce:
        asked = ("on", "known_on", "ends")
        return repeat(
            "status", home=PUBLIC, output=output, law=law, asked=asked, imposer=imposer, between=between
        )
    ledger = cli.open_law(output, law, imposer=imposer)
    question = cli.query(law, ledger, imposer)
    named: dict[str, Any] = {"known_on": question["known_on"], "ends": law.ends, "between": between}
    result = board(question["on"], **named, ledger=ledger)
    warnings = result.pop("warnings", ())
    cli.emit(cli.document(result, ledger, warnings=warnings), output, render_board)
    return 0


def duty(
    code: str,
    *,
    origin: Annotated[str, Parameter(name=["--from", "--origin"])],
    destination: Annotated[str, Parameter(name=["--to", "--destination"])],
    value: float | None = None,
    quantity: str | None = None,
    fact: tuple[str, ...] = (),
    fees: Annotated[bool, Parameter(negative="")] = False,
    worksheet: Path | None = None,
    law: Law | None = None,
    output: Output | None = None,
) -> int:
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
    fact
        KEY=VALUE about the shipment; unknown facts become questions with the range they span.
    fees
        Add merchandise processing and harbour maintenance fees.
    worksheet
        Write a printable worksheet (HTML) to this file.
    law
        Day, knowledge, reading and edits.
    output
        Form of the result.
    """
    from detente.asof import AsOf  # noqa: PLC0415
    from detente.compliance import duty as one_duty  # noqa: PLC0415
    from detente.render import render_duty  # noqa: PLC0415
    from detente.schedules.expressions import parse_quantity  # noqa: PLC0415

    law, output = law or Law(), output or Output()
    if quantity is not None:
        parse_quantity(quantity, where="--quantity")  # before anything is loaded, by the option's name
    given: dict[str, Any] = {
        "origin": origin,
        "destination": destination,
        "value": value,
        "quantity": quantity,
        "facts": cli.facts(fact),
        "fees": fees,
    }
    imposer = cli.named(destination)
    if output.reproduce:
        return repeat("duty", code, home=PUBLIC, output=output, law=law, imposer=imposer, **given)
    ledger = cli.open_law(output, law, imposer=imposer)
    asof = AsOf.of(**cli.query(law, ledger, imposer), imposer=destination)
    found = one_duty(code, **given, asof=asof, ledger=ledger)
    if worksheet is not None:
        from detente.compliance import worksheet as sheet  # noqa: PLC0415

        worksheet.write_text(sheet(found), encoding="utf-8")
    done = cli.answer(found, ledger, output, render_duty)
    return PROHIBITED if found.prohibited else done


def average(
    *,
    destination: Annotated[str, Parameter(name=["--to", "--importer"])],
    origin: Annotated[str | None, Parameter(name=["--from", "--origin"])] = None,
    until: str | None = None,
    by: Literal["measure", "sector", "chapter", "partner"] | None = None,
    weights: str = "us2024",
    law: Law | None = None,
    output: Output | None = None,
) -> int:
    """
    Give the average effective tariff of an importer, on a day or as a daily series.

    Parameters
    ----------
    destination
        Importer.
    origin
        Partner; all partners when left out.
    until
        Last day of a daily series that starts on --on.
    by
        Split the average.
    weights
        Name of the trade weights.
    law
        Day, knowledge, reading and edits.
    output
        Form of the result.
    """
    from detente.asof import AsOf  # noqa: PLC0415
    from detente.duties import average_tariff  # noqa: PLC0415

    law, output = law or Law(), output or Output()
    given: dict[str, Any] = {"importer": destination, "origin": origin, "by": by, "weights": weights}
    imposer = cli.named(destination)
    if output.reproduce:
        return repeat(
            "average_tariff", home=PUBLIC, output=output, law=law, imposer=imposer, **given, until=until
        )
    ledger = cli.open_law(output, law, imposer=imposer)
    given["until"] = cli.optional_day(until, "--until")
    asof = AsOf.of(**cli.query(law, ledger, imposer), imposer=destination)
    found = average_tariff(**given, asof=asof, ledger=ledger)
    return cli.answer(found, ledger, output)


@ledger_app.command
def ls(
    *,
    words: str = "",
    imposer: str | None = None,
    instrument: str | None = None,
    state: str | None = None,
    law: Law | None = None,
    output: Output | None = None,
) -> int:
    """
    List every measure with its state on a day.

    Parameters
    ----------
    words
        Only measures with these words in their id, title, targets or what is on the books.
    imposer, instrument, state
        Only measures of this imposer (code or name), instrument or state.
    law
        Day, knowledge, reading and edits.
    output
        Form of the result.
    """
    from detente.ledger import count_readings, list_measures  # noqa: PLC0415

    law, output = law or Law(), output or Output()
    only: dict[str, Any] = {"words": words, "imposer": imposer, "instrument": instrument, "state": state}
    if output.reproduce:
        return repeat("list_measures", home=LEDGER, output=output, law=law, **only)
    ledger = cli.open_law(output, law)
    question = cli.query(law, ledger)
    found = list_measures(ledger, **question, **only)
    told = {**cli.told(ledger, question), "readings": count_readings(found)}
    return cli.rows(found, ledger, output, **told)


@ledger_app.command
def show(measure: str, *, law: Law | None = None, output: Output | None = None) -> int:
    """
    Show one measure: state, rate, dates, timeline, stacking, sources.

    Parameters
    ----------
    measure
        The measure's id.
    law
        Day, knowledge, reading and edits.
    output
        Form of the result.
    """
    from detente.ledger import show_measure  # noqa: PLC0415
    from detente.render import render_measure  # noqa: PLC0415

    law, output, imposer = law or Law(), output or Output(), cli.imposer_of(measure)
    if output.reproduce:
        return repeat("show_measure", measure, home=LEDGER, output=output, law=law, imposer=imposer)
    ledger = cli.open_law(output, law, imposer=imposer)
    result = show_measure(ledger, measure, **cli.query(law, ledger, imposer))
    cli.emit(cli.document(result, ledger), output, render_measure)
    return 0


@ledger_app.command
def timeline(
    measure: str | None = None,
    *,
    ics: Path | None = None,
    law: DayLaw | None = None,
    output: Output | None = None,
) -> int:
    """
    List the dated records of one measure, or of all.

    Parameters
    ----------
    measure
        The measure's id; all when left out.
    ics
        Write the deadlines as a calendar to this file.
    law
        Knowledge (--known) and edits.
    output
        Form of the result.
    """
    from detente.ledger import timeline as records  # noqa: PLC0415

    law, output = law or DayLaw(), output or Output()
    imposer = cli.imposer_of(measure or "")
    if output.reproduce:
        asked = ("known_on",)
        return repeat("timeline", measure, home=LEDGER, output=output, law=law, asked=asked, imposer=imposer)
    ledger = cli.open_law(output, law, imposer=imposer)
    question = cli.query(law, ledger, imposer)
    found = records(ledger, measure, known_on=question["known_on"])
    if ics is not None:
        from detente.ledger import calendar_ics  # noqa: PLC0415

        ics.write_text(calendar_ics(found), encoding="utf-8", newline="")
    told = cli.told(ledger, {key: question[key] for key in ("on", "known_on")})
    return cli.rows(found, ledger, output, **told, measure=measure)


@ledger_app.command
def diff(first: str, second: str, *, law: DayLaw | None = None, output: Output | None = None) -> int:
    """
    List what changed between two days.

    Parameters
    ----------
    first
        Earlier day.
    second
        Later day.
    law
        Knowledge, reading and edits.
    output
        Form of the result.
    """
    from detente.io.dates import parse_date  # noqa: PLC0415
    from detente.ledger import diff as changes  # noqa: PLC0415
    from detente.ledger import diff_readings  # noqa: PLC0415

    law, output = law or DayLaw(), output or Output()
    if output.reproduce:
        asked = ("known_on", "view", "ends")
        return repeat("diff", first, second, home=LEDGER, output=output, law=law, asked=asked)
    ledger = cli.open_law(output, law)
    question = cli.query(law, ledger)
    days = parse_date(first, where="first"), parse_date(second, where="second")
    told = cli.told(ledger, question | {"on": days[1]}) | {
        "first": days[0].isoformat(),
        "second": days[1].isoformat(),
    }
    question.pop("on")
    told["readings"] = diff_readings(ledger, *days, **question)
    return cli.rows(changes(ledger, *days, **question), ledger, output, **told)


@ledger_app.command
def check(*, output: Output | None = None) -> int:
    """
    Check every record of the ledger; exit code 4 when something is found.

    Parameters
    ----------
    output
        Form of the result.
    """
    from detente.ledger import check_ledger  # noqa: PLC0415

    output = output or Output()
    if output.reproduce:
        return repeat("check_ledger", home=LEDGER, output=output)
    ledger = cli.open_law(output)
    findings = check_ledger(ledger)
    counts = {"measures": len(ledger.measures), "sources": len(ledger.sources), "findings": 0}
    cli.rows(findings or [counts], ledger, output, **cli.told(ledger, {"on": DayLaw().moment(ledger.home)}))
    return 4 if findings else 0


@ledger_app.command
def cite(
    measure: str,
    *,
    between: Annotated[tuple[str, str] | None, Parameter(negative="")] = None,
    output: Output | None = None,
) -> int:
    """
    List the acts and sources behind a measure.

    Parameters
    ----------
    measure
        The measure's id.
    between
        Only acts recorded between these two days.
    output
        Form of the result.
    """
    from detente.io.dates import parse_date  # noqa: PLC0415
    from detente.ledger import cite as acts  # noqa: PLC0415

    output = output or Output()
    if output.reproduce:
        return repeat("cite", measure, home=LEDGER, output=output, between=between)
    ledger = cli.open_law(output)
    days = None
    if between:
        days = parse_date(between[0], where="--between"), parse_date(between[1], where="--between")
    found = acts(ledger, measure, between=days)
    told = cli.told(ledger, {"on": DayLaw().moment(cli.imposer_of(measure)(ledger))})
    return cli.rows(found, ledger, output, **told, measure=measure, between=between)
