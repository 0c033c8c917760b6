"""Questions about the law as a whole: the board, listings, timelines, differences, sources, checks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Unpack, get_args

from detente.asof import day_of, instant_of, known_day, near_day, today_at
from detente.errors import InputError
from detente.geography import territories as customs
from detente.io.documents import as_json
from detente.io.words import one_of
from detente.queries.fields import Day, Limits, Text, Typed, Word
from detente.queries.law import Dated, Ended, Knowledge, Law, Reading, ledger_of, near_known, read_law
from detente.queries.question import question
from detente.queries.result import Result, Rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from detente.asof import Moment
    from detente.ledger import Ledger
    from detente.ledger.documents.records import Record

SPAN = dt.timedelta(days=30)
"""Days to today that differences are listed for where no day is named."""


def open_ledger(*overlays: Path | str, known_on: dt.date | str | None = None) -> Ledger:
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
    >>> "us.ieepa.fentanyl.cn" in open_ledger().measures
    True
    """
    from detente.ledger import open_ledger as opened  # noqa: PLC0415  (loads the YAML stack)

    return opened(*overlays, known_on=known_day(known_on))


def imposer_of(measure: str, ledger: Ledger) -> str:
    """Whose capital's clock counts for one measure; the board's where there is none of that id (refused later)."""
    return ledger.measures[measure].imposer if measure in ledger.measures else ledger.home


def _own_clock(given: Mapping[str, Any], ledger: Ledger) -> str:
    """The clock of the measure that is asked about."""
    return imposer_of(given["measure"] or "", ledger)


def _first_of_pair(given: Mapping[str, Any], ledger: Ledger) -> str:
    """The first of two economies; of the story, the board's first imposer."""
    return given["between"][0] if given["between"] else ledger.home


def _of_day(ledger: Ledger, on: Moment, known_on: dt.date | None) -> dict[str, Any]:
    """What a typed listing says of its day: fields of `detente.ledger.documents.records.OfTheLedger`."""
    return {
        "on": day_of(on),
        "at": instant_of(on),
        "known_on": known_on,
        "known_until": ledger.horizon,
    }


def told(ledger: Ledger) -> dict[str, Any]:
    """What a listing says of today at the capital of the board's first imposer, as JSON."""
    from detente.ledger.documents.records import OfTheLedger  # noqa: PLC0415

    found: dict[str, Any] = as_json(OfTheLedger(**_of_day(ledger, today_at(ledger.home), None)))
    return found


def _pair(typed: Sequence[str], where: str) -> tuple[str, str] | None:
    """Two economies or days; None for none."""
    if not typed:
        return None
    if len(typed) != 2:  # noqa: PLR2004  (a pair)
        raise InputError(
            "a pair is two",
            where=where,
            found=", ".join(typed),
            allowed=f"two values of {where}, or none",
            repair="name the other one",
        )
    return typed[0], typed[1]


Pair = Annotated[
    tuple[str, str] | None, Typed(tuple[str, ...], _pair), Word(together=True), Limits(length=60, many=2)
]


Days = Annotated[
    tuple[str, str] | None,
    Typed(tuple[str, ...], _pair),
    Word(together=True, apart=("first", "second")),
    Limits(length=10, day=True),
]


@question("status", address="/status", clock=_first_of_pair, prints="render_board")
def status(*, between: Pair = None, **law: Unpack[Ended]) -> Result:
    """
    Show the board: every instrument of the story, its state, and what lapses next.

    Parameters
    ----------
    between
        Two economies: the measures of either that reach the other, in place of the story's.
    **law
        Day, knowledge, reading of ends and ledger: `detente.queries.law.Ended`.

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
    >>> any(row["state"] == "threatened" for row in status(on="2025-10-27").board)
    True
    """
    from detente.ledger import status as board  # noqa: PLC0415

    asof, ledger = read_law(law, between[0] if between else None)
    return Result.of(board(ledger, asof=asof, between=between))


@question("ledger", "ls", address="/ledger/ls", prints="render_rows")
def list_measures(
    *,
    words: Annotated[str, Limits(length=80)] = "",
    imposer: Text = None,
    instrument: Text = None,
    state: Text = None,
    **law: Unpack[Law],
) -> Rows:
    """
    List every measure with its state on a day.

    Parameters
    ----------
    words
        Only measures with these words in their id, title, targets or what is on the books.
    imposer, instrument, state
        Only measures of this imposer (code or name), instrument or state.
    **law
        Day, knowledge, reading and ledger: `detente.queries.law.Law`.

    Returns
    -------
    Rows
        One a measure.

    Raises
    ------
    InputError
        A day, an imposer, an instrument or a state that does not exist.

    Examples
    --------
    >>> {row["id"] for row in list_measures(words="fentanyl", imposer="USA", on="2025-10-27")} >= {"us.ieepa.fentanyl.cn"}
    True
    """
    from detente.ledger import count_readings  # noqa: PLC0415
    from detente.ledger import list_measures as listed  # noqa: PLC0415
    from detente.ledger.documents.measures import Listing  # noqa: PLC0415
    from detente.ledger.records.schema import Instrument  # noqa: PLC0415
    from detente.ledger.snapshots import State  # noqa: PLC0415

    asof, ledger = read_law(law, None)
    if imposer:
        held = any(customs.imposes(item.imposer, imposer) for item in ledger.measures.values())
        imposer = customs.imposer_of(
            imposer if held else customs.resolve_importer(imposer, where="imposer"), asof.day
        )
    for name, value, choices in (
        ("instrument", instrument, get_args(Instrument)),
        ("state", state, (*get_args(State), "none")),
    ):
        if value:
            one_of(value, choices, what=f"no such {name} of a measure", where=name)
    only: dict[str, Any] = {"words": words, "imposer": imposer, "instrument": instrument, "state": state}
    rows = listed(ledger, asof=asof, **{key: value for key, value in only.items() if value})
    about = _of_day(ledger, asof.moment, asof.known_on) | {"view": asof.view, "ends": asof.ends}
    return Rows.of(Listing(**about, readings=count_readings(rows), rows=rows))


@question("ledger", "show", address="/ledger/show", clock=_own_clock, prints="render_measure")
def show_measure(measure: Annotated[str, Word("id"), Limits(length=120)], **law: Unpack[Law]) -> Result:
    """
    Show one measure: state, rate, dates, timeline, stacking, sources.

    Parameters
    ----------
    measure
        The measure's id.
    **law
        Day, knowledge, reading and ledger: `detente.queries.law.Law`.

    Returns
    -------
    Result
        id, title, imposer, targets, instrument, state, rate, unit, from, to, suspensions, timeline, stacking, sources.

    Raises
    ------
    InputError
        No such measure, or a day that cannot be read.

    Examples
    --------
    >>> show_measure("us.ieepa.fentanyl.cn", on="2025-10-27").state
    'in force'
    """
    from detente.ledger import show_measure as shown  # noqa: PLC0415

    ledger = ledger_of(law)
    asof, ledger = read_law(law, imposer_of(measure, ledger))
    return Result.of(shown(ledger, measure, asof=asof))


@question(
    "ledger", "timeline", address="/ledger/timeline", clock=_own_clock, prints="render_rows", whole_days=True
)
def timeline(
    measure: Annotated[str | None, Word("id"), Limits(length=120)] = None, **law: Unpack[Dated]
) -> Rows:
    """
    List the dated records of one measure, or of all.

    Parameters
    ----------
    measure
        The measure's id; all when left out.
    **law
        Day it is told on, knowledge and ledger: `detente.queries.law.Dated`.

    Returns
    -------
    Rows
        One a record, by day.

    Raises
    ------
    InputError
        No such measure.

    Examples
    --------
    >>> timeline("us.port.annex1")[0]["measure"]
    'us.port.annex1'
    """
    from detente.ledger import timeline as records  # noqa: PLC0415
    from detente.ledger.documents.records import Timeline  # noqa: PLC0415

    asof, ledger = read_law(law, imposer_of(measure or "", ledger_of(law)))
    rows = records(ledger, measure, asof=asof)
    about = _of_day(ledger, asof.moment, asof.known_on)
    return Rows.of(Timeline(**about, measure=measure, rows=rows))


@question("ledger", "diff", address="/ledger/diff", prints="render_changes", whole_days=True)
def diff(
    first: Annotated[Day, Word(said=True)] = None,
    second: Annotated[Day, Word(said=True)] = None,
    **law: Unpack[Reading],
) -> Rows:
    """
    List what changed between two days.

    Parameters
    ----------
    first
        Earlier day; thirty days before the later one by default.
    second
        Later day; today at the capital of the board's first imposer by default.
    **law
        Knowledge, reading and ledger: `detente.queries.law.Reading`.

    Returns
    -------
    Rows
        One a change.

    Raises
    ------
    InputError
        A day that cannot be read.

    Examples
    --------
    >>> len(diff("2025-11-09", "2025-11-10")) > 5
    True
    """
    from detente.ledger import diff as changes  # noqa: PLC0415
    from detente.ledger import diff_readings  # noqa: PLC0415
    from detente.ledger.documents.records import Changes  # noqa: PLC0415

    asof, ledger = read_law(law, None)
    last = near_day(second, where="second") if second else asof.day
    spans = (asof.on(near_day(first, where="first") if first else last - SPAN), asof.on(last))
    about = _of_day(ledger, last, asof.known_on) | {"view": asof.view, "ends": asof.ends}
    rows, readings = changes(ledger, *spans), diff_readings(ledger, *spans)
    return Rows.of(Changes(**about, first=spans[0].day, second=last, readings=readings, rows=rows))


@question("ledger", "check", address="/ledger/check", prints="render_rows")
def check_ledger(**law: Unpack[Knowledge]) -> Rows:
    """
    Check every record of the ledger; exit code 4 when something is found.

    Parameters
    ----------
    **law
        Knowledge and ledger: `detente.queries.law.Knowledge`.

    Returns
    -------
    Rows
        One a finding; counts of what was checked where there is none.

    Examples
    --------
    >>> check_ledger()[0]["findings"]
    0
    """
    from detente.ledger import check_ledger as check  # noqa: PLC0415
    from detente.ledger.documents.records import Checked, Findings  # noqa: PLC0415

    ledger, known = _known(law)
    findings = check(ledger)
    looked = Checked(measures=len(ledger.measures), sources=len(ledger.sources), findings=0)
    about = _of_day(ledger, today_at(ledger.home), known)
    return Rows.of(Findings(**about, rows=findings or (looked,)), exit_code=4 if findings else 0)


@question("ledger", "cite", address="/ledger/cite", clock=_own_clock, prints="render_rows")
def cite(
    measure: Annotated[str, Word("id"), Limits(length=120)], *, between: Days = None, **law: Unpack[Knowledge]
) -> Rows:
    """
    List the acts and sources behind a measure.

    Parameters
    ----------
    measure
        The measure's id.
    between
        Only acts recorded between these two days.
    **law
        Knowledge and ledger: `detente.queries.law.Knowledge`.

    Returns
    -------
    Rows
        One an act.

    Raises
    ------
    InputError
        No such measure, or a day that cannot be read.

    Examples
    --------
    >>> len(cite("us.s122")) > 0
    True
    """
    from detente.ledger import cite as acts  # noqa: PLC0415
    from detente.ledger.documents.records import Citations  # noqa: PLC0415

    ledger, known = _known(law)
    days = (near_day(between[0], where="between"), near_day(between[1], where="between")) if between else None
    about = _of_day(ledger, today_at(imposer_of(measure, ledger)), known)
    rows = acts(ledger, measure, between=days)
    return Rows.of(Citations(**about, measure=measure, between=days, rows=rows))


def _known(law: Mapping[str, Any]) -> tuple[Ledger, dt.date | None]:
    """The ledger as it was known on the day asked about, and the day."""
    ledger, known = ledger_of(law), near_known(law.get("known_on"))
    return ledger.as_known(known) if known else ledger, known


def deadlines(ledger: Ledger, measures: Collection[str] | None = None) -> str:
    """The dated records of every measure, or of some, as a calendar (iCalendar)."""
    from detente.ledger import timeline as records  # noqa: PLC0415

    return calendar(row for row in records(ledger) if measures is None or row.measure in measures)


def calendar(records: Iterable[Record]) -> str:
    """The records of a timeline as a calendar (iCalendar)."""
    from detente.ledger import calendar_ics  # noqa: PLC0415

    return calendar_ics(records)
