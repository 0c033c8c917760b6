"""Now: what applies between two economies on a day, since when, and what lapses next."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from detente import formatting
from detente.asof import READINGS
from detente.duties import ever_charges
from detente.errors import DetenteError
from detente.geography import economies as places
from detente.ledger import calendar_ics, timeline
from detente.policy import rates_on, rates_over_time
from detente.queries.question import question_of
from detente.web.drawing import charts, charts_lines
from detente.web.job_queue import BusyError
from detente.web.pages.layout import Take, add_page
from detente.web.pages.request import Visit

if TYPE_CHECKING:
    from detente.queries.question import Asked
    from detente.web.state import State

router = APIRouter(include_in_schema=False)
# The first page is about these two until a reader names others.
STORY = ("USA", "CHN")
BOARD = question_of("status")
STATES = ("in force", "suspended", "threatened", "announced", "authorised", "not known", "ended")


@router.get("/calendar.ics")
async def calendar(request: Request) -> Response:
    """Answer with the deadlines as a calendar."""
    visit = Visit.of(request)
    pair = _pair(visit)
    if visit.refusal:
        raise visit.refused()

    def made() -> str:
        rows = timeline(visit.state.ledger)
        if set(pair) == set(STORY):
            return calendar_ics(rows)
        board = visit.state.document(BOARD.ask(between=pair))["result"]["board"]
        ours = {name for row in board for name in row["measures"]}
        return calendar_ics([row for row in rows if row["measure"] in ours])

    text = await run_in_threadpool(made)
    head = {"content-disposition": 'attachment; filename="detente.ics"'}
    return Response(text, media_type="text/calendar; charset=utf-8", headers=head)


def _page(visit: Visit) -> tuple[str, dict[str, Any], Take]:
    """What applies between `a` and `b` under the law that `on`, `known` and `ends` name."""
    a, b = _pair(visit)
    story = {a, b} == set(STORY)
    pair = () if story else (a, b)
    asked = visit.ask("status", between=pair) or BOARD.ask(between=pair).dated(visit.state.ledger)
    board = visit.answer(asked) or visit.state.document(BOARD.ask(between=pair))
    day = board["result"]["on"]
    context = {
        "a": a,
        "b": b,
        "asked": asked,
        "document": board,
        "on": day,
        "board": _by_state(board["result"]["board"]),
        "lapses": _lapses(board["result"]["board"], day),
        "rates": _rates(visit, asked, a, b, day),
        "apart": [
            row for row in board["result"]["board"] if row.get("detail_legal") != row.get("detail_reported")
        ],
        "story": story,
        **_since_2018(visit, asked, a, b),
        "economies": _economies(),
    }
    title = f"What applies between {places.name(a)} and {places.name(b)}, {formatting.day(day)}"
    return "now.html", context, Take(title, asked, query=asked.permanent(a=a, b=b, between=None))


def _pair(visit: Visit) -> tuple[str, str]:
    """The two economies; the story's by default."""
    try:
        a = places.resolve(visit.one("a", STORY[0]), where="a")
        b = places.resolve(visit.one("b", STORY[1]), where="b")
    except DetenteError as problem:
        visit.refuse(problem)
        return STORY
    return (a, b) if a != b else (a, next(side for side in STORY if side != a))


def _by_state(board: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Rows of the board by state, states in the order in which a reader looks."""
    found = {state: [row for row in board if row["state"] == state] for state in STATES}
    return {state: rows for state, rows in found.items() if rows}


def _lapses(board: list[dict[str, Any]], day: str) -> list[dict[str, Any]]:
    """What comes next, soonest first, with the days left."""
    rows = [
        {
            "instrument": row["instrument"],
            "side": row["side"],
            "measures": row["measures"],
            **row["next"],
            "days": (dt.date.fromisoformat(row["next"]["date"]) - dt.date.fromisoformat(day)).days,
        }
        for row in board
        if row["next"]
    ]
    return sorted(rows, key=lambda row: row["date"])


def _rates(visit: Visit, asked: Asked, a: str, b: str, day: str) -> list[dict[str, Any]]:
    """Average tariffs both ways, with the world's flows; line by line as well where the importer is the United States."""
    run = visit.state.study.scenarios
    found = []
    held = run is not None and {a, b} <= set(run.setting.baseline.economies)
    by_pair = _model_rates(visit.state, asked, a, b) if held else {}
    late = dt.date.fromisoformat(day) > visit.state.ledger.horizon
    both = {
        basis: _model_rates(visit.state, asked.but(ends=basis), a, b) for basis in READINGS if held and late
    }
    for importer, exporter in ((a, b), (b, a)):
        fields = {
            "importer": importer,
            "origin": exporter,
            "on": day,
            "known_on": asked.known_on,
            "ends": asked.ends,
        }
        row: dict[str, Any] = {"importer": importer, "exporter": exporter, "line": None, "why": ""}
        try:
            row["line"] = visit.state.document(question_of("average_tariff").ask(**fields))["result"]
        except DetenteError as problem:
            row["why"] = problem.what
        name = f"{importer}<-{exporter}"
        read = {basis: rates[name] for basis, rates in both.items() if name in rates}
        if not read and row["line"]:
            read = {item["basis"]: item["rate"] for item in row["line"]["readings"]}
        found.append({**row, "model": by_pair.get(name), "both": read})
    return found


def _model_rates(state: State, asked: Asked, a: str, b: str) -> dict[str, float]:
    """Tariffs collected in the world's data plus the change of the ledger, weighted with the world's flows."""
    setting = state.near().setting

    def worked() -> dict[str, float]:
        book = asked.edited(state.ledger).on(asked.asof(state.ledger).statutory())
        return rates_on(setting, book, ((a, b), (b, a)))

    return state.shelf.once(("rates", a, b, *asked.key), worked, lambda _: 400)


def _since_2018(visit: Visit, asked: Asked, a: str, b: str) -> dict[str, Any]:
    """The rates of every day up to the one asked, as rows and drawn in two widths; or in words why there are none."""
    ledger, run = visit.state.ledger, visit.state.study.scenarios
    pairs = [(i, e) for i, e in ((a, b), (b, a)) if ever_charges(ledger, i, e)]
    silent = [side for side in (a, b) if side not in {importer for importer, _ in pairs}]
    found: dict[str, Any] = {"timeline": [], "lines": {}, "silent": silent, "unlisted": [], "early": False}
    if not pairs:
        return found
    if run is not None:
        found["unlisted"] = [side for side in (a, b) if side not in run.world.economies]
    rows = [] if run is None or found["unlisted"] else _every_day(visit, asked, pairs)
    if not rows:
        visit.passing = not found["unlisted"]
        return found
    day = asked.day(ledger).isoformat()
    rows = [row for row in rows if row["date"] <= day]
    if not rows:
        return found | {"early": True}
    try:
        key = (*pairs, str(asked.known_on), asked.ends, rows[-1]["date"])
        found["lines"] = {size: _line(visit.state, key, rows, size) for size in ("wide", "narrow")}
    except DetenteError as problem:
        visit.refuse(problem)
    return found | {"timeline": rows}


def _every_day(visit: Visit, asked: Asked, pairs: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """The rates of every day: the story's with the study, others as long work; empty until then."""
    state = visit.state
    run = state.near()
    asof = asked.asof(state.ledger).statutory()
    if set(pairs) == set(run.spec.pairs) and (asof.known_on, asof.ends) == (None, "legal"):
        return state.study.timeline
    key = ("timeline", *pairs, str(asof.known_on), asof.ends)
    try:
        found = state.begin(
            visit.client, lambda: rates_over_time(run.setting, state.ledger, pairs, asof=asof), key
        )
    except BusyError:
        return []
    return found or []


def _line(state: State, of: tuple[Any, ...], rows: list[dict[str, Any]], size: str) -> Markup:
    """The rates of every day in one width."""

    def drawn() -> str:
        return charts.draw(charts_lines.rates_over_time(rows, size=size))

    key = ("timeline chart", size, *of)
    return Markup(state.shelf.once(key, drawn, len))  # noqa: S704  (drawn here, not user text)


def _economies() -> list[tuple[str, str]]:
    """Code and name of every economy, for the lists of a form."""
    named = [(code, places.name(code)) for code in places.members("WORLD")]
    return sorted(named, key=lambda row: row[1])


add_page(router, "/", _page)
