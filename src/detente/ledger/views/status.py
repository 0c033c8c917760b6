"""The board: every instrument of the story, its state on a day, and what lapses next."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from detente.asof import READINGS, AsOf, Basis, both_readings
from detente.formatting import number
from detente.geography import territories as customs
from detente.geography.economies import resolve
from detente.labels import label
from detente.ledger.documents.board import Board, BoardLine, Next, Passed, StatesRead
from detente.ledger.history import FOREVER, Amendment, History
from detente.ledger.query import positions_of
from detente.ledger.views.horizon import Doubt, doubts
from detente.ledger.views.listing import NOTHING, cited, in_words, state_of
from detente.ledger.views.text import starts, until, value_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from detente.ledger.ledger import Ledger
    from detente.ledger.records.schema import BoardRow
    from detente.ledger.snapshots import Book, Position

Ahead = tuple[dt.date, str, Basis]


def status(ledger: Ledger, *, asof: AsOf, between: tuple[str, str] | None = None) -> Board:
    """
    Show the board of the story, or of any two economies, on a day.

    The state of a row is ``none`` where nobody had announced anything, and ``not known`` where a lapse or an end after the
    last day the sources cover decides it. After that day each row also has its state and words as the notices read and
    as reported (``state_legal``, ``detail_reported`` ...), `readings` counts the states under both, and `passed` lists
    the dates ahead of the sources that have come since.

    Examples
    --------
    >>> from detente.ledger import open_ledger
    >>> board = status(open_ledger(), asof=AsOf.of("2025-10-27")).board
    >>> [row.state for row in board if row.measures == ("us.threat.cn100",)]
    ['threatened']
    >>> rows = status(open_ledger(), asof=AsOf.of("2025-10-27"), between=("USA", "MYS")).board
    >>> [row.instrument for row in rows if row.side == "MYS on USA"]
    []
    """
    pair = tuple(resolve(name, where="between") for name in between) if between else ()
    book = ledger.on(asof.statutory())
    rows = _of_pair(book, *pair) if pair else [_of_story(row, ledger) for row in ledger.board]
    past = book.on > ledger.horizon
    others = [ledger.on(book.asof.under(basis)) for basis in READINGS] if past else []
    board = [_told(row, ledger, book, others) for row in rows]
    if pair:
        board.sort(key=lambda row: row.state == "ended")
    return Board(
        on=book.on,
        at=asof.instant,
        known_on=book.known_on,
        ends=asof.ends,
        known_until=ledger.horizon,
        between=pair,
        board=tuple(board),
        readings=_readings(board, ledger, book) if past else None,
        passed=_passed(rows, ledger, book) if past else None,
        warnings=_warnings(ledger, book),
    )


def _readings(board: list[BoardLine], ledger: Ledger, book: Book) -> tuple[StatesRead, ...]:
    """How many instruments stand where, under both readings."""

    def counted(basis: Basis) -> StatesRead:
        states = Counter(row.under(basis)[0] for row in board)
        return StatesRead(basis=basis, states=dict(states))

    return both_readings(book.on, ledger.horizon, counted)


@dataclass(frozen=True)
class _Row:
    """What one row of the board speaks of: its measures, and which of their positions."""

    instrument: str
    side: str
    names: tuple[str, ...]
    keeps: Callable[[Position], bool]
    points: bool = False

    def positions(self, book: Book) -> list[Position]:
        """Its positions in a book."""
        return [item for name in self.names for item in book.get(name) if self.keeps(item)]

    def said(self, positions: list[Position], unsure: dict[Any, Doubt]) -> tuple[str, str]:
        """State and words."""
        if self.points:
            return _points(positions, unsure)
        return state_of(positions, unsure), in_words(positions, unsure)


def _of_story(row: BoardRow, ledger: Ledger) -> _Row:
    """One instrument of the story."""
    names = tuple(dict.fromkeys(name for pattern in row.measures for name in matching(ledger, pattern)))
    points = row.about == "points"
    return _Row(row.instrument, row.side, names, lambda item: not row.parts or item.part in row.parts, points)


def _of_pair(book: Book, a: str, b: str) -> list[_Row]:
    """Every measure of either economy that reaches the other, one row each."""
    found = []
    for imposer, target in ((a, b), (b, a)):
        for name, measure in book.measures.items():
            said = label("measure", name, otherwise=measure.title)
            side = f"{measure.imposer} on {target}"
            row = _Row(said, side, (name,), partial(_reaching, target=target, on=book.on))
            if customs.imposes(measure.imposer, imposer, book.on) and row.positions(book):
                found.append(row)
    return found


def _reaching(position: Position, *, target: str, on: dt.date) -> bool:
    """Whether a position reaches an economy on a day."""
    return position.reaches(target, on)


def _read(row: _Row, book: Book) -> dict[str, str]:
    """State and words of one row under the book's reading, doubts aside."""
    state, detail = row.said(row.positions(book), {})
    return {f"state_{book.ends}": state, f"detail_{book.ends}": detail}


def _passed(rows: list[_Row], ledger: Ledger, book: Book) -> tuple[Passed, ...]:
    """What was to come next on the last day the sources cover, and has come since by the notices or the reports."""
    last = ledger.on(book.asof.on(ledger.horizon))
    found = []
    for row in rows:
        positions = row.positions(last)
        coming = [item for name in row.names for item in _coming(last, name, _parts(positions, name))]
        said = {(day, event, basis) for day, event, basis in coming if day <= book.on}
        found += [
            Passed(
                date=day,
                instrument=row.instrument,
                side=row.side,
                event=event,
                basis=basis,
                measures=row.names,
            )
            for day, event, basis in sorted(said)
        ]
    return tuple(sorted(found, key=lambda item: item.date))


def _parts(positions: list[Position], name: str) -> set[str]:
    """Parts of one measure among positions."""
    return {item.part for item in positions if item.measure.id == name}


def _warnings(ledger: Ledger, book: Book) -> tuple[str, ...]:
    """What a reader must know about the day asked."""
    horizon, found = ledger.horizon, list(ledger.warnings)
    if book.on > horizon:
        found.append(
            f"The sources end on {horizon}: a state that a later lapse or end decides is shown as not known, with what "
            "the notices and the reports say; everything else is the law as it was enacted by then."
        )
    return tuple(found)


def matching(ledger: Ledger, pattern: str) -> list[str]:
    """Ids that a pattern matches. Gives in order."""
    if pattern.endswith("*"):
        return [name for name in ledger.measures if name.startswith(pattern[:-1])]
    return [pattern] if pattern in ledger.measures else []


def _told(row: _Row, ledger: Ledger, book: Book, others: Iterable[Book]) -> BoardLine:
    """One row of the board: state, words, what comes next, and sources; `others` are the book under both readings."""
    positions = row.positions(book)
    unsure: dict[Any, Doubt] = {}
    for name in row.names:
        unsure |= doubts(ledger, name, book.asof.at(ledger.measures[name].imposer))
    state, detail = row.said(positions, unsure)
    ids = list(dict.fromkeys(name for item in positions for name in _sources(item)))
    return BoardLine(
        instrument=row.instrument,
        side=row.side,
        state=state,
        detail=detail,
        next=_next(row.names, positions, book),
        kind=ledger.measures[row.names[0]].instrument if row.names else "",
        measures=row.names,
        sources=cited(ledger, ids),
        **{key: words for other in others for key, words in _read(row, other).items()},
    )


def _sources(position: Position) -> tuple[str, ...]:
    """Sources of what a position says: its step's, and those of the suspensions of its part."""
    found = position.step.sources if position.step else position.measure.sources
    if position.until_legal or position.until_reported:
        found += tuple(
            name
            for window in position.measure.suspensions
            if window.part in {"all", position.part}
            and (window.to_legal or window.to_reported) in {position.until_legal, position.until_reported}
            for name in window.sources
        )
    return found


def _points(positions: list[Position], unsure: dict[Any, Doubt]) -> tuple[str, str]:
    """State and words for the suspended points of a rate, not for the rate."""
    if any(item.key in unsure for item in positions):
        return state_of(positions, unsure), in_words(positions, unsure)
    for item in positions:
        if item.state == "in force" and item.suspended_points is not None:
            points = f"{number(100 * item.suspended_points)} points"
            return (
                "suspended",
                f"{points} of {value_of(item.step) if item.step else ''} suspended{until(item)}",
            )
    if any(item.state == "in force" for item in positions):
        return "in force", "no points suspended: " + in_words(positions, {})
    return state_of(positions, {}), in_words(positions, {}) if positions else NOTHING


def _next(names: Iterable[str], positions: list[Position], book: Book) -> Next | None:
    """What happens next, as it was known on the day."""
    coming: list[Ahead] = []
    for name in names:
        coming += _coming(book, name, _parts(positions, name))
    if not coming:
        return None
    day, event, basis = min(coming)
    later = [item for item in coming if item[2] == "reported" and item[0] > day]
    beside = later and basis == "legal" and "suspension" in event
    return Next(date=day, event=event, basis=basis, reported=min(later)[0] if beside else None)


def _coming(book: Book, name: str, parts: set[str]) -> Iterator[Ahead]:
    """Dates ahead of one measure."""
    on, asof = book.on, book.asof.on(book.on).limited(book.on)
    measure, amendment = book.measures[name], book.amendments.get(name, Amendment())
    history = History(measure, asof, amendment)
    positions = positions_of(measure, asof, amendment)
    living = {item.part for item in positions if item.state != "ended"} & parts
    for _, end in history.ends:
        if end.from_ > on and (end.part == "all" or end.part in living):
            yield end.from_, "ends", "legal"
    for part in sorted(living):
        yield from _of_part(history, part, [item for item in positions if item.part == part], on)


def _of_part(history: History, part: str, positions: list[Position], on: dt.date) -> Iterator[Ahead]:
    """Starts and ends of steps, and ends of suspensions, of one part."""
    threat = history.measure.instrument == "threat"
    legal = {item.until_legal for item in positions if item.until_legal}
    reported = {item.until_reported for item in positions if item.until_reported}
    under = max(legal | reported, default=on) if any(item.state == "suspended" for item in positions) else on
    for item in (item for chain in history.chains(part).values() for item in chain if not history.cut(item)):
        step = item[1]
        if step.from_ > under:
            event = f"{value_of(step)} threatened" if threat else starts(step)
            yield step.from_, event, "reported" if threat else "legal"
        if step.to is not None and step.to > on >= step.from_:
            yield step.to, "ends" if step.rule else f"{value_of(step)} ends", "legal"
    yield from ((end, "suspension ends", "legal") for end in legal if on < end < FOREVER)
    yield from ((end, "suspension ends", "reported") for end in reported if on < end < FOREVER)
