"""Dated records in order, the acts behind them, and deadlines as a calendar."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any, Final

from detente.asof import AsOf
from detente.errors import InputError
from detente.formatting import number
from detente.io.dates import parse_date
from detente.ledger.documents.records import CitedAct, Record
from detente.ledger.history import FOREVER, Amendment, History
from detente.ledger.records.printed import printed_for
from detente.ledger.views.text import value_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from detente.asof import Basis
    from detente.ledger.ledger import Ledger
    from detente.ledger.records.schema import Measure, Step, Suspension

FOLD: Final = 74
DEADLINES: Final = {"takes effect", "suspended until", "ends", "reported end of suspension"}


def timeline(ledger: Ledger, measure: str | None = None, *, asof: AsOf | None = None) -> tuple[Record, ...]:
    """
    List the dated records of one measure, or of all.

    In order of the dates. `event` is announced, takes effect, ends, suspended, suspended until, reported end of
    suspension, resumed, withdrawn, held void, or note.

    Examples
    --------
    >>> from detente.ledger import open_ledger
    >>> rows = timeline(open_ledger(), "us.ieepa.fentanyl.cn")
    >>> [row.detail for row in rows if row.event == "takes effect"]
    ['10 %', '20 %', '10 %']
    """
    names = list(ledger.measures) if measure is None else [ledger.measure(measure).id]
    known = AsOf(FOREVER, asof.known_on if asof else None).limited(ledger.known_on)
    rows = [row for name in names for row in _records(ledger, name, known)]
    return tuple(sorted(rows, key=lambda row: (row.date, row.measure, row.recorded, row.event)))


def _records(ledger: Ledger, name: str, asof: AsOf) -> Iterator[Record]:
    """Rows of one measure."""
    measure = ledger.measures[name]
    history = History(measure, asof, ledger.amendments.get(name, Amendment()))
    for _, step in history.every_step:
        yield from _step(history, step)
    for _, window in history.suspensions:
        yield from _suspension(name, window)
    for _, resumption in history.resumptions:
        yield _line(name, "resumed", resumption.from_, resumption)
    for _, end in history.ends:
        yield _line(
            name, "ends", end.from_, end, "the whole measure" if end.part == "all" else end.note or ""
        )
    for _, withdrawal in history.withdrawals:
        detail = f"the step of {withdrawal.step} will not take effect"
        yield _line(name, "withdrawn", withdrawal.recorded, withdrawal, detail)
    for _, ruling in history.annulments:
        yield _line(name, "held void", ruling.recorded, ruling, "void from its first day")
    for event in measure.events:
        if asof.knows(event.date):
            yield Record(
                date=event.date,
                measure=name,
                event="note",
                part="main",
                detail=event.event,
                basis=None,
                recorded=event.date,
                act=event.note or "",
                sources=measure.sources,
            )


def _step(history: History, step: Step) -> Iterator[Record]:
    """Announcement, start and own end of a step."""
    name, detail = history.measure.id, value_of(step)
    if step.targets is not None:
        detail += f" on {', '.join(step.targets)}"
    said = step.announced or step.recorded
    if said < step.from_:
        yield _line(name, "announced", said, step, f"{detail} from {step.from_}")
    event = (
        "threatened for"
        if history.measure.instrument == "threat" and step.act != "what-if"
        else "takes effect"
    )
    yield _line(name, event, step.from_, step, detail)
    followed = any(other.part == step.part and other.from_ == step.to for _, other in history.steps)
    if step.to is not None and not followed:
        yield _line(name, "ends", step.to, step, detail)


def _suspension(name: str, window: Suspension) -> Iterator[Record]:
    """Start and end of a suspension."""
    detail = "the whole" if window.points is None else f"{number(100 * window.points)} points"
    end = window.to_legal or window.to_reported
    yield _line(name, "suspended", window.from_, window, detail)
    if end is not None and end != FOREVER:
        event = "suspended until" if window.to_legal else "reported end of suspension"
        basis: Basis = "legal" if window.to_legal else "reported"
        yield _line(name, event, end, window, detail, basis)


def _line(
    name: str, event: str, day: dt.date, record: Any, detail: str = "", basis: Basis | None = None
) -> Record:
    """A row for a record with an act."""
    return Record(
        date=day,
        measure=name,
        event=event,
        part=record.part,
        detail=detail,
        basis=basis,
        recorded=record.recorded,
        act=record.act,
        sources=record.sources,
    )


def cite(
    ledger: Ledger, measure: str, *, between: tuple[dt.date | str, dt.date | str] | None = None
) -> tuple[CitedAct, ...]:
    """
    List the acts behind a measure, with their sources, and the notes that print its product lists.

    One per act and source, in order of the acts; then, unless
    acts of some days are asked for, one per list and revision of the note that prints it, without a day of its own.

    Examples
    --------
    >>> from detente.ledger import open_ledger
    >>> rows = cite(open_ledger(), "us.ieepa.fentanyl.cn", between=("2025-11-01", "2025-11-30"))
    >>> rows[0].act[:8], rows[0].recorded.isoformat()
    ('EO 14357', '2025-11-04')
    """
    first, last = (parse_date(day, where="between") for day in between) if between else (dt.date.min, FOREVER)
    if first > last:
        raise InputError(
            "days the wrong way round",
            where="between",
            found=f"{first} {last}",
            allowed="the earlier day first",
            repair="swap them",
        )
    does: dict[tuple[dt.date, str, str], list[str]] = {}
    for row in timeline(ledger, measure):
        if row.event == "note" or not first <= row.recorded <= last:
            continue
        for name in row.sources:
            text = f"{row.event} {row.date}" + (f": {row.detail}" if row.detail else "")
            does.setdefault((row.recorded, row.act, name), []).append(text)
    rows = []
    for (recorded, act, name), said in sorted(does.items()):
        source = ledger.sources[name]
        rows.append(
            CitedAct(
                recorded=recorded,
                act=act,
                does="; ".join(said),
                source=name,
                title=source.title,
                url=source.url,
                kind=source.kind,
            )
        )
    return tuple(rows) if between else (*rows, *_notes(ledger, ledger.measure(measure)))


def _printing(act: str, does: str) -> CitedAct:
    """Where a product list is printed, or not."""
    return CitedAct(recorded=None, act=act, does=does, source="", title="", url=None, kind="printed law")


def _notes(ledger: Ledger, measure: Measure) -> Iterator[CitedAct]:
    """Where each product list of a measure is printed: note, subdivision and revision, or where else it comes from."""
    for name, item in printed_for(measure, ledger.printed).items():
        for one in item.printed:
            act = f"US note {', '.join(one.notes)} to chapter 99, HTSUS {one.revision}"
            said = f"prints list {name}, held against it on {one.on}"
            yield _printing(act, said)
        if item.worded_by:
            act = f"US note {item.worded_by} to chapter 99"
            said = f"its words describe articles of list {name} (inferred)"
            yield _printing(act, said)
        if not item.printed:
            said = f"has list {name}; no note held prints it"
            yield _printing(item.instead, said)


def calendar_ics(rows: Iterable[Record]) -> str:
    """
    Deadlines of a timeline as an iCalendar file.

    Gives RFC 5545, lines folded and ended by CRLF; the same rows give the same text.

    Examples
    --------
    >>> from detente.ledger import open_ledger
    >>> calendar_ics(timeline(open_ledger(), "us.port.annex1")).splitlines()[0]
    'BEGIN:VCALENDAR'
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//detente//ledger//EN"]
    for row in rows:
        if row.event in DEADLINES:
            lines += _event(row)
    return "".join(f"{folded}\r\n" for line in [*lines, "END:VCALENDAR"] for folded in _fold(line))


def _event(row: Record) -> list[str]:
    """One all-day event."""
    day = row.date
    words = (day.isoformat(), row.measure, row.event, row.part, row.detail, row.act)
    uid = hashlib.sha256("\0".join(words).encode()).hexdigest()[:24]
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}@detente",
        f"DTSTAMP:{row.recorded:%Y%m%d}T000000Z",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + dt.timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escape(f'{row.measure} {row.event}: {row.detail}')}",
        f"DESCRIPTION:{_escape(row.act)}",
        "END:VEVENT",
    ]


def _escape(text: str) -> str:
    """Text with the characters escaped that the format reserves."""
    for character in ("\\", ";", ","):
        text = text.replace(character, "\\" + character)
    return text.replace("\n", "\\n")


def _fold(line: str) -> Iterator[str]:
    """Lines of at most 75 octets; those after the first start with a space."""
    rest = line
    lead = ""
    while len((lead + rest).encode()) > FOLD + 1:
        size = FOLD
        while len((lead + rest[:size]).encode()) > FOLD + 1:
            size -= 1
        yield lead + rest[:size]
        rest, lead = rest[size:], " "
    yield lead + rest
