"""Points: what duty on top of the law of a day would do, asked by a form."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from detente.asof import today_at
from detente.errors import DetenteError
from detente.queries.page.goods import goods_industries
from detente.queries.question import question_of
from detente.render import points_headline, points_sentences
from detente.render.drawing import text as words
from detente.render.headline import asked as said
from detente.web.pages.layout import Take, page, render
from detente.web.pages.request import Visit

if TYPE_CHECKING:
    from detente.queries.question import Asked

router = APIRouter(include_in_schema=False)
TITLE = "What points more would do"


@router.get("/points")
async def points(request: Request) -> Response:
    """Answer with the form, and with what it asks; while that is worked out, with a page that loads itself again."""
    visit = Visit.of(request)
    asked = _asked(visit)
    if asked is not None:
        try:
            if await run_in_threadpool(_found, visit, asked) is None:
                context = {"title": TITLE, "take": None, "refusal": None, "path": visit.path}
                return HTMLResponse(
                    render("points_wait.html", context, visit.state), headers={"refresh": "3"}
                )
        except DetenteError:
            pass  # the page says so
    return await page(request, build)


def _asked(visit: Visit) -> Asked | None:
    """The question, its day written out; None where no exporter is named yet, or a field cannot be used."""
    visit.fields = [(key, value) for key, value in visit.fields if value.strip()]
    if not visit.one("exporter"):
        return None
    day = visit.one("on") or today_at(visit.state.ledger.home).isoformat()
    return visit.ask("what_if", on=day)


def _found(visit: Visit, asked: Asked) -> Any:
    """The document, or None while it is worked out."""
    return visit.state.begin(visit.client, partial(asked.document, visit.state.ledger), asked.key)


def build(visit: Visit) -> tuple[str, dict[str, Any], Take]:
    """Gather what the page shows."""
    asked, document = _asked(visit), None
    try:
        document = _found(visit, asked) if asked is not None else None
    except DetenteError as problem:
        visit.refuse(problem)
    visit.passing = asked is not None and document is None and visit.refusal is None
    result = document["result"] if document else None
    home = visit.state.ledger.home
    context = {
        "document": document,
        "r": result,
        "heading": points_headline(result) if result else TITLE,
        "kicker": said(result) if result else "",
        "sentences": list(points_sentences(result)) if result else [],
        "given": {
            "importer": visit.one("importer", home),
            "exporter": visit.one("exporter"),
            "points": visit.one("points", "100"),
            "industry": visit.one("industry"),
            "answer": visit.one("answer"),
            "on": visit.one("on", today_at(home).isoformat()),
        },
        "industries": goods_industries(),
        "economies": words.economies(),
    }
    stamp = document["stamp"] if document else {}
    take = Take(
        TITLE,
        question_of("what_if").ask(**asked.given) if document and asked else None,
        world=stamp.get("world_hash", ""),
        query=None if document else "",
    )
    return "points.html", context, take
