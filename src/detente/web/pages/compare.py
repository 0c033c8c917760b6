"""Compare: scenarios side by side, a map, bars, sectors, and a scenario a reader moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from detente.errors import DetenteError
from detente.formatting import exact, number, rate
from detente.queries.page.levers import Lever, levers, moved
from detente.queries.page.what_if import WhatIf
from detente.queries.question import question_of
from detente.render.drawing import maps
from detente.render.spreadsheet import main_rows, sheet
from detente.render.tables import converged
from detente.web.pages.compare_charts import OUTCOMES, drawn
from detente.web.pages.layout import Take, page, render
from detente.web.pages.request import Visit, client_of

if TYPE_CHECKING:
    from detente.web.state import State

router = APIRouter(include_in_schema=False)
REAL_INCOME = "real_income_pct"


@router.get("/compare")
async def compare(request: Request) -> Response:
    """Answer with the page."""
    visit = Visit.of(request)
    state = visit.state
    if state.study.document is None:
        state.prepare(visit.client)
        return _wait(request, state)
    asked = question(visit)
    if asked is not None and (asked.moves or asked.closure):
        await _solve(visit, asked)
    return await page(request, build)


@router.get("/compare/answer")
async def answer(request: Request) -> Response:
    """Answer with the moved scenario alone, for a slider."""
    visit = Visit.of(request)
    state = visit.state
    near = state.near()
    asked = question(visit)
    if asked is None:
        raise visit.refused()
    document = await state.turn(
        client_of(request), lambda: asked.sketched(near), sketch_key(asked), newest=True
    )
    context = {**moved_context(visit, asked, document), "pin_query": visit.pin_query}
    text = await run_in_threadpool(render, "answer.html", context, state)
    return HTMLResponse(text)


@router.get("/compare/chart/{name}.svg")
async def chart(request: Request, name: str) -> Response:
    """Answer with a chart of the study or of the moved scenario."""
    visit = Visit.of(request)
    state = visit.state
    document = state.study.document or {}
    if not document:
        state.near()
    asked = question(visit)
    if name.startswith("moved-") and asked is not None:
        whole = name == "moved-sectors" or visit.one("outcome", REAL_INCOME) != REAL_INCOME
        document = await _solve(visit, asked, whole=whole) or document
    key = ("chart", name, state.study.stage, tuple(visit.fields))
    svg = await run_in_threadpool(
        lambda: state.shelf.once(key, lambda: drawn(document, name.removeprefix("moved-"), visit), len)
    )
    return Response(svg, media_type="image/svg+xml")


@router.get("/compare/table.csv")
async def table(request: Request) -> Response:
    """Answer with the comparison as a table."""
    state = Visit.of(request).state
    document = state.study.document or (state.near() and state.study.document)
    rows = await run_in_threadpool(lambda: main_rows(document or {}))
    head = {"content-disposition": 'attachment; filename="comparison.csv"'}
    return Response(sheet(rows), media_type="text/csv; charset=utf-8", headers=head)


async def _solve(visit: Visit, asked: WhatIf, *, whole: bool = False) -> dict[str, Any] | None:
    """Solve the moved scenario in its turn, or note why not."""
    near = visit.state.near()
    work, key = (asked.answered, asked.key) if whole else (asked.sketched, sketch_key(asked))
    try:
        found: dict[str, Any] = await visit.state.turn(visit.client, lambda: work(near), key)
    except DetenteError as problem:
        visit.refuse(problem)
        return None
    return found


def sketch_key(asked: WhatIf) -> tuple[str, ...]:
    """
    Name what the page shows of a moved scenario among the answers kept.

    Gives the same for questions that differ in words only.
    """
    return ("sketch", *asked.key)


def question(visit: Visit) -> WhatIf | None:
    """
    Read what a reader moved: levers by their field, or the words of the API.

    Gives None when a field cannot be used.
    """
    asked = visit.moved()
    run = visit.state.study.scenarios
    if asked is not None and asked.closure == visit.state.study.spec.closure:
        asked = asked.model_copy(update={"closure": None})
    given = _positions(visit)
    if asked is None or run is None or not given:
        return asked
    try:
        return moved(levers(run, asked.base(run.spec)), given, asked)
    except DetenteError as problem:
        visit.refuse(problem)
        return None


def _positions(visit: Visit) -> dict[str, float]:
    """Positions of the levers; a percentage field holds percent."""
    found = {}
    for key, text in visit.fields:
        if ":" in key:
            try:
                value = float(text)
            except ValueError:
                continue
            if abs(value) < 1e6:  # noqa: PLR2004  (and not NaN)
                found[key] = value / 100 if key.startswith(("rate:", "threat:")) else value
    return found


def build(visit: Visit) -> tuple[str, dict[str, Any], Take]:
    """Gather what the page shows."""
    state = visit.state
    document = state.study.document or {}
    result = document["result"]
    scenarios = converged(document)
    asked = question(visit) or WhatIf()
    near = state.near()
    asked = (
        asked if asked.scenario in scenarios else asked.model_copy(update={"scenario": next(iter(scenarios))})
    )
    found = state.shelf.get(sketch_key(asked)) if asked.moves or asked.closure else None
    outcome = visit.one("outcome", REAL_INCOME)
    outcome = outcome if outcome in OUTCOMES else REAL_INCOME
    pairs = [pair for pair in next(iter(scenarios.values()))["tariffs"] if not pair.endswith("*")]
    context = {
        "document": document,
        "result": result,
        "scenarios": scenarios,
        "pairs": pairs,
        "sides": list(dict.fromkeys(side for pair in pairs for side in pair.split("<-"))),
        "chosen": asked.scenario,
        "outcome": outcome,
        "outcomes": OUTCOMES,
        "levers": [_shown(lever, visit) for lever in levers(near, asked.base(near.spec))],
        "legend": _legend(scenarios[asked.scenario], outcome),
        "whole": state.study.stage == "whole",
        **moved_context(visit, asked, found),
    }
    stamp = document["stamp"]
    take = Take(
        result["study"]["title"],
        asked if asked.moves or asked.closure else question_of("run").ask(),
        world=stamp["world_hash"],
        study=near.spec.hash,
        query=asked.permanent(outcome=outcome),
    )
    return "compare.html", context, take


def moved_context(visit: Visit, asked: WhatIf, document: dict[str, Any] | None) -> dict[str, Any]:
    """
    Gather what the moved scenario shows, beside the scenario as it stands.

    Gives moved, base, query: None where nothing was moved.
    """
    scenarios = converged(visit.state.study.document or {"result": {"scenarios": {}}})
    context: dict[str, Any] = {"asked": asked, "moved": None, "base": scenarios.get(asked.scenario)}
    context |= {"query": asked.query(), "failed": ""}
    if document is None:
        return context
    found = document["result"]["scenarios"][asked.scenario]
    if found["status"] != "converged":
        return context | {"failed": found["status"]}
    spec = visit.state.study.spec
    names = [*dict.fromkeys(side for pair in spec.pairs for side in pair), "WORLD"]
    both = {**found["economies"], **found["groups"]}
    others = sorted(
        (n for n in spec.featured if n not in names and n in both), key=lambda n: both[n]["real_income_pct"]
    )
    return context | {"moved": found, "named": names, "others": others, "both": both}


def _shown(lever: Lever, visit: Visit) -> dict[str, Any]:
    """A lever as a field of the form, at the position the reader left it in."""
    times = 100.0 if lever.kind in {"rate", "threat"} else 1.0
    given = _positions(visit).get(lever.key, _stated(lever, visit))
    value = lever.value if given is None else given
    shown = rate(lever.value) if times > 1 else number(lever.value)
    return {
        "lever": lever,
        "value": exact(times * value, 6),
        "least": exact(times * lever.least),
        "most": exact(times * lever.most),
        "step": exact(times * lever.step),
        "law": shown,
    }


def _stated(lever: Lever, visit: Visit) -> float | None:
    """Position named in the words of the API, as permalinks have it."""
    found = None
    for key, text in visit.fields:
        name, _, value = text.partition("=")
        if name != lever.target:
            continue
        if key in {"set", "assume", "quantity"}:
            try:
                return float(value)
            except ValueError:
                return None
        if key == "enact" and lever.kind == "threat":
            found = lever.own
        if key == "end" and lever.kind == "quantity":
            found = 0.0
    return found


def _legend(item: dict[str, Any], outcome: str) -> list[tuple[str, str]]:
    """Colour and words of each class of the map."""
    scale = maps.scale_of({code: row[outcome] for code, row in item["economies"].items()})
    return list(zip(scale.colours, scale.labels, strict=True))


def _wait(request: Request, state: State) -> Response:
    """A page that loads itself again until the study is solved."""
    context = {"title": "Being solved", "take": None, "refusal": None, "path": request.url.path}
    headers = {"refresh": "3"} if state.study.stage != "failed" else {}
    text = render("wait.html", context, state)
    return HTMLResponse(text, status_code=200 if headers else 500, headers=headers)
