"""The board: what applies between two economies on a day, since when, and what lapses next."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from detente import formatting
from detente.errors import DetenteError
from detente.queries.ledger import deadlines
from detente.queries.page.rates import (
    averages,
    every_day,
    is_usual,
    pairs_charged,
    two_economies,
    unlisted,
)
from detente.queries.page.today import coming
from detente.queries.question import question_of
from detente.render.drawing import study
from detente.render.drawing import text as words
from detente.web.job_queue import BusyError
from detente.web.pages.layout import Take, add_page
from detente.web.pages.request import Visit

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

    from detente.compliance.documents.common import Assumption
    from detente.io.stamped import Stamped
    from detente.ledger.documents.board import BoardAnswer, BoardLine
    from detente.queries.question import Asked
    from detente.web.state import State

router = APIRouter(include_in_schema=False)
# Of a drawing inside a page: digits beyond a tenth of a pixel, and what its library says of the kind of each mark.
LONG_NUMBER = re.compile(r"(\d+\.\d)\d{2,}")
FOR_PROGRAMS = re.compile(r' (?:aria-roledescription="[^"]*"|class="(?:mark|role)-[^"]*")')
# The first page is about these two until a reader names others.
STORY = ("USA", "CHN")
BOARD = question_of("status")
STATES = ("in force", "suspended", "threatened", "announced", "authorised", "not known", "ended")


@router.get("/calendar.ics")
async def calendar(request: Request) -> Response:
    """Answer with the deadlines as a calendar."""
    visit = Visit.of(request)
    pair = pair_of(visit)
    if visit.refusal:
        raise visit.refused()

    def made() -> str:
        if set(pair) == set(STORY):
            return deadlines(visit.state.ledger)
        found: Stamped[BoardAnswer, Assumption] = visit.state.document(BOARD.ask(between=pair))
        return deadlines(visit.state.ledger, {name for row in found.result.board for name in row.measures})

    text = await run_in_threadpool(made)
    head = {"content-disposition": 'attachment; filename="detente.ics"'}
    return Response(text, media_type="text/calendar; charset=utf-8", headers=head)


def board(visit: Visit) -> tuple[str, dict[str, Any], Take]:
    """What applies between `a` and `b` under the law that `on`, `known` and `ends` name."""
    context, asked = gather(visit)
    a, b, day = context["a"], context["b"], context["on"]
    title = f"What applies between {words.economy(a)} and {words.economy(b)}, {formatting.day(day)}"
    return "now.html", context, Take(title, asked, query=asked.permanent(a=a, b=b, between=None))


def gather(visit: Visit) -> tuple[dict[str, Any], Asked]:
    """The board of two economies, its rates and dates, and the question that was asked."""
    a, b = pair_of(visit)
    story = {a, b} == set(STORY)
    pair = () if story else (a, b)
    asked = visit.ask("status", between=pair) or BOARD.ask(between=pair).dated(visit.state.ledger)
    found: Stamped[BoardAnswer, Assumption] = visit.answer(asked) or visit.state.document(
        BOARD.ask(between=pair)
    )
    day, rows = found.result.on, found.result.board
    context = {
        "a": a,
        "b": b,
        "asked": asked,
        "document": found,
        "on": day,
        "board": _by_state(rows),
        "lapses": coming(found.result),
        "rates": _rates(visit, asked, a, b, day),
        "apart": [row for row in rows if row.detail_legal != row.detail_reported],
        "story": story,
        **_since_2018(visit, asked, a, b),
        "economies": words.economies(),
    }
    return context, asked


def pair_of(visit: Visit) -> tuple[str, str]:
    """The two economies; the story's by default."""
    try:
        return two_economies(visit.one("a", STORY[0]), visit.one("b", STORY[1]), STORY)
    except DetenteError as problem:
        visit.refuse(problem)
        return STORY


def _by_state(board: Iterable[BoardLine]) -> dict[str, list[BoardLine]]:
    """Rows of the board by state, states in the order in which a reader looks."""
    found = {state: [row for row in board if row.state == state] for state in STATES}
    return {state: rows for state, rows in found.items() if rows}


def _rates(visit: Visit, asked: Asked, a: str, b: str, day: dt.date) -> list[dict[str, Any]]:
    """Average tariffs both ways, each kept by the question it belongs to."""
    state = visit.state

    def keep(of: Asked, work: Callable[[], dict[str, float]]) -> dict[str, float]:
        return state.shelf.once(("rates", a, b, *of.key), work, lambda _: 400)

    run = state.study.scenarios
    return averages(asked, day, (a, b), state.ledger, run, document=state.document, keep=keep)


def _since_2018(visit: Visit, asked: Asked, a: str, b: str) -> dict[str, Any]:
    """The rates of every day up to the one asked, as rows and drawn in two widths; or in words why there are none."""
    ledger, run = visit.state.ledger, visit.state.study.scenarios
    pairs = pairs_charged(ledger, a, b)
    silent = [side for side in (a, b) if side not in {importer for importer, _ in pairs}]
    found: dict[str, Any] = {"timeline": [], "lines": {}, "silent": silent, "unlisted": [], "early": False}
    if not pairs:
        return found
    found["unlisted"] = unlisted(run, a, b)
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
    run, asof = state.near(), asked.asof(state.ledger).statutory()
    if is_usual(run, pairs, asof):
        return state.study.timeline
    key = ("timeline", *pairs, str(asof.known_on), asof.ends)
    try:
        found = state.begin(visit.client, lambda: every_day(run, state.ledger, pairs, asof), key)
    except BusyError:
        return []
    return found or []


def _line(state: State, of: tuple[Any, ...], rows: list[dict[str, Any]], size: str) -> Markup:
    """The rates of every day in one width."""

    def drawn() -> str:
        # To a listener a picture has no parts: its links would be lost.
        drawing = study.duties_by_day(rows, size, linked=True).inlined
        return lighter(drawing.replace('role="img"', 'role="group"', 1))

    key = ("timeline chart", size, *of)
    return Markup(state.shelf.once(key, drawn, len))  # noqa: S704  (drawn here, not user text)


def lighter(svg: str) -> str:
    """A drawing without the digits and the words for programs that no reader sees."""
    return FOR_PROGRAMS.sub("", LONG_NUMBER.sub(r"\1", svg))


add_page(router, "/board", board)
