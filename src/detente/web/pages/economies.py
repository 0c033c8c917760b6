"""Countries: what measures and scenarios mean for one economy, and all of them in a table."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from detente.asof import today_at
from detente.errors import DetenteError
from detente.io.words import one_of
from detente.queries.page.countries import code_of, early, gain, lead
from detente.queries.page.today import aside
from detente.queries.question import question_of
from detente.render.drawing import text as words
from detente.render.drawing.economy import stakes
from detente.web.job_queue import BusyError
from detente.web.pages.compare import at_hand
from detente.web.pages.compare_charts import KINDS, as_file, size_of
from detente.web.pages.layout import Take, page, render
from detente.web.pages.request import Visit

if TYPE_CHECKING:
    from detente.queries.question import Asked
    from detente.web.state import State

router = APIRouter(include_in_schema=False)
ECONOMY = question_of("economy")


@router.get("/economy")
async def index(request: Request) -> Response:
    """Answer with every economy, or lead to the one that a form names in `of`."""
    visit = Visit.of(request)
    if visit.state.study.found is None:
        return _wait(visit)
    named = visit.one("of")
    if named:
        try:
            code = code_of(named, visit.state.near().world.economies)
        except DetenteError:
            return await page(request, partial(_index, named=named))
        return RedirectResponse(f"/economy/{code}", status_code=303)
    return await page(request, _index)


@router.get("/economy/{code}")
async def one(request: Request, code: str) -> Response:
    """Answer with one economy."""
    visit = Visit.of(request)
    if visit.state.study.found is None:
        return _wait(visit)
    asked = _asked(visit, code)
    document = None
    if asked is not None:
        try:
            document = await visit.state.answer(visit.client, asked)
        except BusyError:
            return _wait(visit)
        except DetenteError as problem:
            visit.refuse(problem)
    return await page(request, partial(_one, code=code, document=document))


@router.get("/economy/{code}/scenarios.{kind}")
async def chart(request: Request, code: str, kind: str) -> Response:
    """Answer with the scenarios of one economy as bars, or with the numbers of them."""
    visit = Visit.of(request)
    one_of(kind, KINDS, what="no such kind of file", where="chart")
    visit.state.near()
    asked = _asked(visit, code)
    if asked is None:
        raise visit.refused()
    document = await visit.state.answer(visit.client, asked)
    size = size_of(visit)
    key = ("economy chart", kind, size, *asked.key)
    found = await run_in_threadpool(
        visit.state.shelf.once, key, lambda: as_file(stakes(document["result"], size), kind), len
    )
    return Response(found, media_type=KINDS[kind])


def warm(state: State) -> Asked:
    """The question about one economy: what it works out of critical inputs serves all others."""
    home = state.ledger.home
    return ECONOMY.ask(economy=home, on=today_at(home).isoformat())


def _asked(visit: Visit, code: str) -> Asked | None:
    """The question about one economy, its day written out; None where it names none, and `refusal` says so."""
    on = visit.one("on") or today_at(visit.state.ledger.home).isoformat()
    try:
        known = visit.state.near().world.economies
        return visit.ask("economy", economy=code_of(code[:60], known), on=on)
    except DetenteError as problem:
        visit.refuse(problem)
        return None


def _index(visit: Visit, named: str = "") -> tuple[str, dict[str, Any], Take]:
    """Every economy: what the study's question comes to."""
    study = visit.state.study
    of, against = next(iter(study.contrasts.values()))
    found = study.compared(of, against)
    if named:
        try:
            code_of(named, visit.state.near().world.economies)
        except DetenteError as problem:
            visit.refuse(problem)
    context = {
        "compared": found,
        "of": of,
        "against": against,
        "aside": aside(found),
        "study": study.spec.id,
        "economies": words.economies(),
    }
    take = Take(
        "Every economy", question_of("run").ask(), world=_world(visit), study=study.spec.hash, query=""
    )
    return "economies.html", context, take


def _one(visit: Visit, code: str, document: dict[str, Any] | None) -> tuple[str, dict[str, Any], Take]:
    """One economy."""
    asked = _asked(visit, code)
    result = document["result"] if document else None
    context: dict[str, Any] = {"document": document, "r": result, "told": (), "economies": words.economies()}
    if result is None or asked is None:
        visit.status = visit.status if visit.refusal else 404
        return "economy.html", context, Take("One economy")
    context |= {
        "heading": gain(result),
        "lead": lead(result),
        "apart": any(
            row[key] != row[f"{key}_reported"] for row in result["tariffs"] for key in ("charges", "faces")
        ),
        "early": early(at_hand(visit.state).result, result),
        "query": asked.query(economy=None),
    }
    title = f"{words.economy(result['economy'])}: duties, gains and losses, {result['on']}"
    permanent = asked.permanent(economy=None)
    take = Take(title, asked, world=_world(visit), study=visit.state.study.spec.hash, query=permanent)
    return "economy.html", context, take


def _world(visit: Visit) -> str:
    """Hash of the world of the study."""
    found = visit.state.study.found
    return (found.stamp.world_hash or "") if found else ""


def _wait(visit: Visit) -> Response:
    """A page that loads itself again until the answer is there."""
    visit.state.prepare(visit.client)
    context = {"title": "Being solved", "take": None, "refusal": visit.refusal, "path": "/economy"}
    return HTMLResponse(render("wait.html", context, visit.state), headers={"refresh": "3"})
