"""Compare: scenarios side by side, a map, bars, sectors, and a scenario a reader moves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from detente.errors import DetenteError
from detente.formatting import exact, number, rate
from detente.io.words import one_of
from detente.queries.page.compared import against_rows, heading
from detente.queries.page.levers import Lever, levers, moved
from detente.queries.page.today import aside, worth
from detente.queries.page.what_if import WhatIf
from detente.queries.question import question_of
from detente.render.spreadsheet import sheet
from detente.render.tables import comparison
from detente.web.job_queue import BusyError
from detente.web.pages.compare_charts import KINDS, OUTCOMES, Shown, as_file, moved_chart, outcome_of, picture
from detente.web.pages.layout import Take, page, render
from detente.web.pages.request import Visit, client_of

if TYPE_CHECKING:
    from detente.policy.documents.run import MovedScenario, RunDocument
    from detente.web.state import State

router = APIRouter(include_in_schema=False)
REAL_INCOME = "real_income_pct"


@router.get("/compare")
async def compare(request: Request) -> Response:
    """Answer with the page."""
    visit = Visit.of(request)
    state = visit.state
    if state.study.found is None:
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
    found = await state.turn(client_of(request), lambda: asked.sketched(near), sketch_key(asked), newest=True)
    context = {**moved_context(visit, asked, found), "pin_query": visit.pin_query}
    text = await run_in_threadpool(render, "answer.html", context, state)
    return HTMLResponse(text)


@router.get("/compare/chart/{name}.{kind}")
async def chart(request: Request, name: str, kind: str) -> Response:
    """Answer with a chart of the study or of the moved scenario; as SVG or PNG, or its numbers as CSV."""
    visit = Visit.of(request)
    one_of(kind, KINDS, what="no such kind of file", where="chart")
    state = visit.state
    study, pair = at_hand(state).result, compared_pair(visit)
    shown = Shown(study, *pair)
    asked = question(visit)
    if name.startswith("moved-") and asked is not None:
        shown = replace(shown, moved=await _solve(visit, asked, whole=outcome_of(visit) != REAL_INCOME))
    key = ("chart", name, kind, state.study.stage, tuple(visit.fields))
    found = await run_in_threadpool(
        lambda: state.shelf.once(key, lambda: _drawn(shown, name, kind, visit), len)
    )
    return Response(found, media_type=KINDS[kind])


def _drawn(shown: Shown, name: str, kind: str, visit: Visit) -> str | bytes:
    """A chart as a file of a kind."""
    plain = name.removeprefix("moved-")
    if shown.moved is not None and plain != name:
        return moved_chart(shown, shown.moved, plain, visit)
    return as_file(picture(shown, plain, visit), kind)


@router.get("/compare/table.csv")
async def table(request: Request) -> Response:
    """Answer with the comparison as a table: every scenario, or one against another where `against` names it."""
    visit = Visit.of(request)
    found = at_hand(visit.state)
    if visit.one("against"):
        of, against = compared_pair(visit)
        rows = against_rows(visit.state.study.compared(of, against or found.result.baseline.id))
    else:
        rows = await run_in_threadpool(comparison, found)
    head = {"content-disposition": 'attachment; filename="comparison.csv"'}
    return Response(sheet(rows), media_type="text/csv; charset=utf-8", headers=head)


def compared_pair(visit: Visit) -> tuple[str, str]:
    """
    Which scenario against which: `scenario` (or `of`) and `against`; the study's own question where neither is said.

    A scenario alone is against the baseline, which is the empty word; so is one that the study does not have.
    """
    study = visit.state.study
    known = at_hand(visit.state).result.converged
    of, against = visit.one("scenario") or visit.one("of"), visit.one("against")
    if not of and not against and study.contrasts:
        of, against = next(iter(study.contrasts.values()))
    of = of if of in known else next(iter(known))
    return of, against if against in known and against != of else ""


def at_hand(state: State) -> RunDocument:
    """The study as far as it is solved; who asks before is told when to ask again."""
    found = state.study.found
    if found is None:
        state.near()
        raise BusyError(1)
    return found


async def _solve(visit: Visit, asked: WhatIf, *, whole: bool = False) -> Any:
    """Solve the moved scenario in its turn, or note why not."""
    near = visit.state.near()
    turn, client = visit.state.turn, visit.client
    try:
        if not whole:
            return await turn(client, lambda: asked.sketched(near), sketch_key(asked))
        document = await turn(client, lambda: asked.answered(near), asked.key)
    except DetenteError as problem:
        visit.refuse(problem)
        return None
    return next(iter(document.result.converged.values()))


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
    if visit.state.study.found is not None and visit.one("scenario") == "":
        visit.fields = [*visit.fields, ("scenario", compared_pair(visit)[0])]
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
    document = at_hand(state)
    result, scenarios = document.result, document.result.converged
    against = compared_pair(visit)[1]
    asked = question(visit) or WhatIf()
    near = state.near()
    asked = (
        asked if asked.scenario in scenarios else asked.model_copy(update={"scenario": next(iter(scenarios))})
    )
    found = state.shelf.get(sketch_key(asked)) if asked.moves or asked.closure else None
    outcome, base = outcome_of(visit), result.baseline.id
    first = next(iter(scenarios.values()))
    compared = state.study.compared(asked.scenario, against or base)
    context = {
        "study": state.study.spec.id,
        "against": against,
        "baseline": base,
        "compared": compared,
        "heading": heading(compared, state.study.spec.id),
        "said": worth(compared, first.sides),
        "aside": aside(compared),
        "early": result.at_one_year.scenarios if result.at_one_year else {},
        "pair_query": urlencode({"scenario": asked.scenario, "against": against or base}),
        "document": document,
        "result": result,
        "scenarios": scenarios,
        "pairs": first.pairs,
        "sides": first.sides,
        "chosen": asked.scenario,
        "outcome": outcome,
        "outcomes": OUTCOMES,
        "levers": [_shown(lever, visit) for lever in levers(near, asked.base(near.spec))],
        "whole": state.study.stage == "whole",
        **moved_context(visit, asked, found),
    }
    take = Take(
        result.study.title,
        asked if asked.moves or asked.closure else question_of("run").ask(),
        world=document.stamp.world_hash or "",
        study=near.spec.hash,
        query=asked.permanent(outcome=outcome, against=against or None),
    )
    return "compare.html", context, take


def moved_context(visit: Visit, asked: WhatIf, moved: MovedScenario | None) -> dict[str, Any]:
    """
    Gather what the moved scenario shows, beside the scenario as it stands.

    Gives moved, base, query: None where nothing was moved.
    """
    study = visit.state.study.found
    base = study.result.converged.get(asked.scenario) if study else None
    context = {"asked": asked, "moved": None, "base": base, "query": asked.query(), "failed": ""}
    if moved is None:
        return context
    if moved.status != "converged":
        return context | {"failed": moved.status}
    spec, both = visit.state.study.spec, moved.both
    names = [*dict.fromkeys(side for pair in spec.pairs for side in pair), "WORLD"]
    others = sorted(
        (n for n in spec.featured if n not in names and n in both), key=lambda n: both[n].real_income_pct
    )
    return context | {"moved": moved, "named": names, "others": others, "both": both}


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


def _wait(request: Request, state: State) -> Response:
    """A page that loads itself again until the study is solved."""
    context = {"title": "Being solved", "take": None, "refusal": None, "path": request.url.path}
    headers = {"refresh": "3"} if state.study.stage != "failed" else {}
    text = render("wait.html", context, state)
    return HTMLResponse(text, status_code=200 if headers else 500, headers=headers)
