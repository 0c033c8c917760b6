"""What the first page says: the law of the day in words, how old the reading is, what comes next, what the study says."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from detente.formatting import average, change, count, day, typographic
from detente.geography.economies import name as place_name
from detente.geography.economies import spoken, with_article
from detente.labels import capital

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from detente.ledger.documents.board import BoardAnswer, BoardLine, Next
    from detente.policy.documents.compared import Compared

Row = dict[str, Any]
# Two readings of an average nearer than this are told as one.
APART: Final = 0.005
# Economies named at either end of who gains and who loses.
NAMED: Final = 3


def finding(rates: Sequence[Row]) -> str:
    """
    Say what either side charges the other, by both readings where they differ; empty until both are known.

    Examples
    --------
    >>> row = {"importer": "USA", "exporter": "CHN", "model": 0.245, "both": {}}
    >>> finding([row, {**row, "importer": "CHN", "exporter": "USA", "model": 0.19}])
    'The United States charges China 24.5 % on average, China the United States 19.0 %'
    """
    if any(row["model"] is None for row in rates):
        return ""
    said = []
    for row in rates:
        both = row["both"]
        rate = average(row["model"])
        if both and abs(both["legal"] - both["reported"]) >= APART:
            rate = f"{average(both['legal'])} by the notices and {average(both['reported'])} as reported"
        said.append(
            (with_article(place_name(row["importer"])), with_article(place_name(row["exporter"])), rate)
        )
    (one, other, rate), (back, to, answer) = said
    whole = f"{one} charges {other} {rate} on average, {back} {to} {answer}"
    return whole[:1].upper() + whole[1:]


def sentences(board: BoardAnswer, today: dt.date) -> tuple[str, str]:
    """
    Say what is on the board on its day under both readings, and how old the reading of the sources is.

    Examples
    --------
    >>> from detente.asof import AsOf
    >>> from detente.ledger import open_ledger, status
    >>> sentences(status(open_ledger(), asof=AsOf.of("2025-10-27")), dt.date(2026, 10, 10))[1]
    'The sources were read to 8 October 2026, which covers that day.'
    """
    on, until, rows = board.on, board.known_until, board.board
    if on <= until:
        return (
            f"On {day(on)} {_counted(row.state for row in rows)} of {count(len(rows))} measures between the two.",
            f"The sources were read to {day(until)}, which covers that day.",
        )
    legal, reported = (_counted(row.states[k] for row in rows) for k in (0, 1))
    law = f"Of {count(len(rows))} measures between the two on {day(on)}, as the notices read {legal}"
    law += f"; as was reported {reported}." if legal != reported else ", and so it was reported."
    ended = sorted({item.date for item in board.passed or () if item.basis == "legal"})
    days = (max(today, on) - until).days
    age = f"The sources were read to {day(until)}, {count(days)} day{'s' if days != 1 else ''} before"
    if not ended:
        return law, f"{age}."
    return (
        law,
        f"{age}: what notices set to end on {_days(ended)} is over unless a notice not seen here extended it.",
    )


def _days(dates: Sequence[dt.date]) -> str:
    """Days in a row."""
    *some, last = [day(date) for date in dates]
    return f"{', '.join(some)} and {last}" if some else last


def _counted(states: Iterable[str]) -> str:
    """How many are in force, suspended and threatened."""
    many = Counter(states)
    kinds = [(word, many[word]) for word in ("in force", "suspended", "threatened", "not known")]
    kinds = [pair for pair in kinds if pair[1]]
    return ", ".join(
        f"{count(number)} {'are ' if k == 0 else ''}{word}" for k, (word, number) in enumerate(kinds)
    )


def coming(board: BoardAnswer) -> list[Row]:
    """What comes next on the board, one row a day, soonest first: date, days, groups by event and basis, with titles."""
    rows = [(row.next, row) for row in board.board if row.next]
    rows.sort(key=lambda pair: (pair[0].date, pair[0].event, pair[0].basis))
    found = []
    for date, own in groupby(rows, key=lambda pair: pair[0].date):
        groups: dict[tuple[str, str], list[tuple[Next, BoardLine]]] = {}
        for after, row in own:
            groups.setdefault((after.event, after.basis), []).append((after, row))
        found.append(
            {
                "date": date,
                "days": (date - board.on).days,
                "groups": [
                    {
                        "event": event,
                        "basis": basis,
                        "rows": [row for _, row in listed],
                        "reported": next((after.reported for after, _ in listed if after.reported), None),
                    }
                    for (event, basis), listed in groups.items()
                ],
            }
        )
    return found


def worth(found: Compared, between: Sequence[str]) -> tuple[str, str]:
    """Say what one scenario is worth against another: to the sides, and who else gains and loses most."""
    parts = []
    for code in between:
        row, band = found.both[code], found.bands.get(code)
        ends = f", {_points(band.low)} to {_points(band.high)} in nine draws of ten" if band else ""
        usd = "" if row.real_income_usd_bn is None else f"USD {_points(row.real_income_usd_bn, 0)} bn a year"
        parts.append(f"{_points(row.real_income_pct)} % for {with_article(place_name(code))} ({usd}{ends})")
    of, against = (label[:1].lower() + label[1:] for label in found.labels)
    *some, last = parts
    first = f"Real income under {of} against {against}: {', '.join(some)} and {last}."
    others = [code for code in found.gainers if code not in between][:1]
    gain = f"{count(len(found.gainers))} of {count(len(found.economies))} economies gain"
    lose = f"{count(len(found.losers))} lose"
    best = f" ({_each(found, others)} most after the two)" if others else ""
    worst = f", most of all {_each(found, found.losers[:NAMED])}" if found.losers else ""
    return first, f"{gain}{best}, {lose}{worst}."


def aside(found: Compared) -> list[str]:
    """Say whose change comes from other law, and for whom the sign is another one year after."""
    said = [
        f"{capital(spoken(code))}'s {'gain' if row.real_income_pct > 0 else 'loss'} ({_points(row.real_income_pct)} %) comes"
        " from other law that changed in between."
        for code, row in ((code, found.both[code]) for code in found.from_other_law)
    ]
    early = found.one_year or {}
    turned = sorted(found.turned, key=lambda code: -abs(early[code] - found.both[code].real_income_pct))
    if turned:
        each = "; ".join(
            f"{spoken(code)} {_points(early[code], 3)} % then, {_points(found.both[code].real_income_pct, 3)} % later"
            for code in turned[:NAMED]
        )
        more = f"; and for {count(len(turned) - NAMED)} more" if len(turned) > NAMED else ""
        said.append(
            f"One year after the change, when buyers have turned to other sources less, the sign is another: {each}{more}."
        )
    return said


def _each(found: Compared, codes: Sequence[str]) -> str:
    """Economies with their changes."""
    return ", ".join(
        f"{place_name(code)} {_points(found.economies[code].real_income_pct)} %" for code in codes
    )


def _points(value: float, digits: int = 2) -> str:
    """A change with the minus sign of print."""
    return typographic(change(value, digits))
