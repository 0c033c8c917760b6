"""Strategy: payoffs and credible threats, deals, tariff games, bargaining, the hedge, reliance, the path, rivalry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from detente.errors import DetenteError, InputError
from detente.queries.question import question_of
from detente.queries.strategy import typed
from detente.render.console.strategy_forecast import weight_words
from detente.render.console.strategy_play import other_goals, taxed_words
from detente.render.drawing import charts
from detente.render.drawing.strategy import MAKERS
from detente.web.pages.layout import Take, page, render
from detente.web.pages.request import Visit, client_of

if TYPE_CHECKING:
    from detente.policy.documents.forecasts import Revealed, RivalryIndex
    from detente.queries.question import Asked

router = APIRouter(include_in_schema=False)
# Tabs of the page: path, name, question, template.
TABS: dict[str, tuple[str, str]] = {
    "payoffs": ("Payoffs and threats", "payoffs"),
    "deals": ("Deals", "deals"),
    "tariffs": ("Tariff games", "play_nash"),
    "bargain": ("Bargaining", "play_bargain"),
    "hedge": ("The hedge", "hedge"),
    "reliance": ("Reliance", "reliance"),
    "path": ("The path", "path"),
    "rivalry": ("Rivalry", "play_rivalry"),
}
TITLES = {
    "payoffs": "Which threats are credible",
    "deals": "Which deals leave both sides better off",
    "tariffs": "The tariffs each side would choose",
    "bargain": "What bargaining would settle on",
    "hedge": "What a bloc is worth as a hedge",
    "reliance": "How far two economies rely on each other",
    "path": "A truce year by year",
    "rivalry": "How intense the rivalry is, by what tariffs say",
}
# Worked out in the background once the study is solved, so that a reader need not wait.
AHEAD = ("payoffs", "hedge", "reliance", "path", "tariffs", "deals", "bargain", "rivalry")
# What the page asks where a field is left out; a bargain by sector takes minutes.
USUAL: dict[str, dict[str, Any]] = {"bargain": {"by": "uniform"}}
SHOWN = 20


@router.get("/strategy")
async def strategy(request: Request) -> Response:
    """Answer with the first tab."""
    return await _tab(request, "payoffs")


@router.get("/strategy/{tab}")
async def one(request: Request, tab: str) -> Response:
    """Answer with a tab."""
    if tab not in TABS:
        raise InputError(
            "no such page", where="strategy", found=tab[:40], allowed=", ".join(TABS), repair="choose one"
        )
    return await _tab(request, tab)


@router.get("/strategy/chart/{tab}.svg")
async def chart(request: Request, tab: str) -> Response:
    """Answer with the chart of a tab."""
    visit = Visit.of(request)
    size = visit.one("size") if visit.one("size") in charts.WIDTHS else "wide"
    asked = _asked(visit, tab) if tab in TABS and tab in MAKERS else None
    if asked is None:
        raise InputError(
            "no such chart", where="chart", found=tab[:40], allowed=", ".join(MAKERS), repair="choose one"
        )
    document = await run_in_threadpool(visit.state.play, client_of(request), asked)
    if document is None:
        return Response(status_code=503, headers={"retry-after": "5"})
    key = ("strategy chart", tab, size, *asked.key)
    svg = await run_in_threadpool(
        visit.state.shelf.once, key, lambda: charts.draw(MAKERS[tab](typed(document), size)), len
    )
    return Response(svg, media_type="image/svg+xml")


def usual(tab: str) -> Asked:
    """Give the question a tab asks before a reader changes it."""
    return question_of(TABS[tab][1]).ask(**USUAL.get(tab, {}))


def _asked(visit: Visit, tab: str) -> Asked | None:
    """The question of a tab, read out of the query."""
    given = {word: visit.one(word, value) for word, value in USUAL.get(tab, {}).items()}
    return visit.ask(TABS[tab][1], **given)


async def _tab(request: Request, tab: str) -> Response:
    """One tab, or the page that waits for it."""
    visit = Visit.of(request)
    state = visit.state
    if state.study.scenarios is None:
        state.prepare(visit.client)
        return _wait(visit, tab)
    asked = _asked(visit, tab)
    if asked is not None and state.shelf.get(asked.key) is None:
        try:
            if await run_in_threadpool(state.play, visit.client, asked) is None:
                return _wait(visit, tab)
        except DetenteError:
            pass  # the page says so
    return await page(request, lambda each: build(each, tab))


def _wait(visit: Visit, tab: str) -> Response:
    """A page that loads itself again until the answer is there."""
    context = {
        "title": TITLES[tab],
        "take": None,
        "refusal": visit.refusal,
        "path": "/strategy",
        "tab": tab,
        "tabs": TABS,
    }
    return HTMLResponse(render("strategy_wait.html", context, visit.state), headers={"refresh": "3"})


def _latest(result: RivalryIndex) -> list[Revealed]:
    """What was read on the last day."""
    last = max(row.on for row in result.rivalry)
    return [row for row in result.rivalry if row.on == last]


def build(visit: Visit, tab: str) -> tuple[str, dict[str, Any], Take]:
    """Gather what a tab shows."""
    asked = _asked(visit, tab)
    document = None
    try:
        document = visit.state.play(visit.client, asked) if asked is not None else None
    except DetenteError as problem:
        visit.refuse(problem)
    if document is None and visit.refusal is None:
        visit.status = 503
    result = typed(document) if document else None
    context = {
        "tab": tab,
        "tabs": TABS,
        "heading": TITLES[tab],
        "asked": asked or usual(tab),
        "document": document,
        "r": result,
        "scenarios": [(item.id, item.label) for item in visit.state.study.spec.scenarios],
        "query": asked.query() if asked else "",
        "shown": SHOWN,
        "industries": visit.state.study.industries,
        "taxed": taxed_words(getattr(result, "sectors", "goods")),
        "goals": other_goals(getattr(result, "unit", {})),
        "last": _latest(result) if tab == "rivalry" and result else [],
        "weight": weight_words,
    }
    stamp = document["stamp"] if document else {}
    take = Take(
        TITLES[tab],
        asked,
        world=stamp.get("world_hash", ""),
        study=visit.state.study.spec.hash if document else "",
    )
    return f"strategy_{tab}.html", context, take
