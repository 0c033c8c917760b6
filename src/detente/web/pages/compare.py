"""Compare: scenarios side by side, a map, bars, sectors, and a scenario a reader moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from detente.errors import DetenteError, InputError
from detente.report.tables import converged
from detente.web import charts, maps
from detente.web.levers import Lever, levers, moved
from detente.web.pages.frame import Take, Visit, client_of, page, render, shared
from detente.web.questions import Run, WhatIf
from detente.web.sheets import sheet
from detente.web.state import key_of
from detente.web.words import percent

if TYPE_CHECKING:
    from detente.web.state import State

router = APIRouter(include_in_schema=False)
# Outcomes a map can show, with what stands behind the value.
OUTCOMES = {
    "real_income_pct": "real income, % of baseline",
    "cpi_pct": "consumer prices, % of baseline",
    "exports_pct": "exports, % of baseline",
    "imports_pct": "imports, % of baseline",
    "terms_of_trade_pct": "terms of trade, % of baseline",
}
PANELS = ("no-deal", "truce", "escalation", "lapse")
MOST_SECTORS = 12


@router.get("/compare")
async def compare(request: Request) -> Response:
    """
    Answer with the page.

    Parameters
    ----------
    request
        ``scenario`` and ``outcome`` choose the map; levers move the scenario.

    Returns
    -------
    Response
        HTML; while the study is being solved, a page that says how far it is and loads itself again.
    """
    state = shared(request)
    if state.study.document is None:
        return _wait(request, state)
    visit = Visit.of(request)
    asked = question(visit)
    if asked is not None and (asked.moves or asked.closure):
        await _solve(visit, asked)
    return await page(request, build)


@router.get("/compare/answer")
async def answer(request: Request) -> Response:
    """
    Answer with the moved scenario alone, for a slider.

    Parameters
    ----------
    request
        As for the page.

    Returns
    -------
    Response
        A piece of HTML.
    """
    visit = Visit.of(request)
    state = visit.state
    near = state.near()
    asked = question(visit)
    if asked is None:
        raise InputError(**{k: v for k, v in (visit.refusal or {}).items() if k != "error"})
    document = await state.turn(client_of(request), lambda: asked.answered(near), key_of(asked))
    text = await run_in_threadpool(render, "answer.html", moved_context(visit, asked, document), state)
    return HTMLResponse(text)


@router.get("/compare/chart/{name}.svg")
async def chart(request: Request, name: str) -> Response:
    """
    Answer with a chart of the study or of the moved scenario.

    Parameters
    ----------
    request
        As for the page; ``size`` is wide or narrow.
    name
        tariffs, income, sectors, worth, map, or moved-map and moved-income.

    Returns
    -------
    Response
        SVG.
    """
    visit = Visit.of(request)
    state = visit.state
    document = state.study.document or {}
    if not document:
        state.near()
    asked = question(visit)
    if name.startswith("moved-") and asked is not None:
        document = await _solve(visit, asked) or document
    key = ("chart", name, state.study.stage, tuple(visit.fields))
    svg = await run_in_threadpool(
        lambda: state.shelf.once(key, lambda: drawn(document, name.removeprefix("moved-"), visit), len)
    )
    return Response(svg, media_type="image/svg+xml")


@router.get("/compare/table.csv")
async def table(request: Request) -> Response:
    """
    Answer with the comparison as a table.

    Parameters
    ----------
    request
        Any.

    Returns
    -------
    Response
        CSV.
    """
    state = shared(request)
    document = state.study.document or (state.near() and state.study.document)
    from detente.report import main_table  # noqa: PLC0415  (loads pandas)

    rows = await run_in_threadpool(lambda: main_table(dict(document or {})).to_dict("records"))
    head = {"content-disposition": 'attachment; filename="comparison.csv"'}
    return Response(sheet(rows), media_type="text/csv; charset=utf-8", headers=head)


async def _solve(visit: Visit, asked: WhatIf) -> dict[str, Any] | None:
    """Solve the moved scenario in its turn, or note why not."""
    near = visit.state.near()
    try:
        found: dict[str, Any] = await visit.state.turn(
            visit.client, lambda: asked.answered(near), key_of(asked)
        )
    except DetenteError as problem:
        visit.refuse(problem)
        return None
    return found


def question(visit: Visit) -> WhatIf | None:
    """
    Read what a reader moved: levers by their field, or the words of the API.

    Parameters
    ----------
    visit
        The request.

    Returns
    -------
    WhatIf or None
        None when a field cannot be used.
    """
    asked = visit.ask(WhatIf)
    run = visit.state.study.scenarios
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
    """
    Gather what the page shows.

    Parameters
    ----------
    visit
        The request.

    Returns
    -------
    template, context, take
        For `page`.
    """
    state = visit.state
    document = state.study.document or {}
    result = document["result"]
    scenarios = converged(document)
    asked = question(visit) or WhatIf()
    near = state.near()
    asked = (
        asked if asked.scenario in scenarios else asked.model_copy(update={"scenario": next(iter(scenarios))})
    )
    found = state.shelf.get(key_of(asked)) if asked.moves or asked.closure else None
    outcome = visit.one("outcome", "real_income_pct")
    outcome = outcome if outcome in OUTCOMES else "real_income_pct"
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
        asked if asked.moves or asked.closure else Run(),
        world=stamp["world_hash"],
        study=near.spec.hash if not asked.moves else near.spec.hash,
        query=asked.query(outcome=outcome if outcome != "real_income_pct" else None),
    )
    return "compare.html", context, take


def moved_context(visit: Visit, asked: WhatIf, document: dict[str, Any] | None) -> dict[str, Any]:
    """
    Gather what the moved scenario shows, beside the scenario as it stands.

    Parameters
    ----------
    visit
        The request.
    asked
        The question.
    document
        Its answer; None when nothing was moved.

    Returns
    -------
    dict
        moved, base, query: None where nothing was moved.
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
    shown = percent(lever.value, 0) if times > 1 else f"{lever.value:g}"
    return {
        "lever": lever,
        "value": f"{times * value:.6g}",
        "least": f"{times * lever.least:g}",
        "most": f"{times * lever.most:g}",
        "step": f"{times * lever.step:g}",
        "law": shown,
    }


def _stated(lever: Lever, visit: Visit) -> float | None:
    """Position named in the words of the API, as permalinks have it."""
    for key, text in visit.fields:
        name, _, value = text.partition("=")
        if name == lever.target and key in {"set", "assume"}:
            try:
                return float(value)
            except ValueError:
                return None
        if name == lever.target and lever.kind == "switch" and key == "end":
            return 0.0
    return None


def _legend(item: dict[str, Any], outcome: str) -> list[tuple[str, str]]:
    """Colour and words of each class of the map."""
    scale = maps.scale_of({code: row[outcome] for code, row in item["economies"].items()})
    return list(zip(scale.colours, scale.labels, strict=True))


def drawn(document: dict[str, Any], name: str, visit: Visit) -> str:
    """
    Draw one chart.

    Parameters
    ----------
    document
        Of a run.
    name
        tariffs, income, sectors, worth or map.
    visit
        ``scenario``, ``outcome`` and ``size``.

    Returns
    -------
    str
        SVG.
    """
    scenarios = converged(document)
    key = visit.one("scenario", "truce")
    item = scenarios.get(key) or next(iter(scenarios.values()))
    size = visit.one("size", "wide") if visit.one("size") in charts.WIDTHS else "wide"
    outcome = visit.one("outcome") if visit.one("outcome") in OUTCOMES else "real_income_pct"
    if name == "map":
        values = {code: row[outcome] for code, row in item["economies"].items()}
        return maps.world_map(values, unit=OUTCOMES[outcome], title=f"{item['label']}: {OUTCOMES[outcome]}")
    if name == "tariffs":
        rows = [
            {"scenario": each["label"], "pair": pair, "rate": rate}
            for each in scenarios.values()
            for pair, rate in each["tariffs"].items()
            if not pair.endswith("*")
        ]
        return charts.draw(charts.tariff_dots(rows, size=size))
    makers = {"income": _income_rows, "sectors": _sector_rows, "worth": _worth_rows}
    if name not in makers:
        raise InputError(
            "no such chart", where="chart", found=name[:40], allowed="tariffs, map, income, sectors, worth"
        )
    rows, title = makers[name](document, item, visit)
    return charts.draw(charts.bars(rows, title=title, size=size))


def _income_rows(
    document: dict[str, Any], item: dict[str, Any], visit: Visit
) -> tuple[list[dict[str, Any]], str]:
    """Real income of the featured economies and groups, with the band of the estimated flows."""
    spec = visit.state.study.spec
    both = {**item["economies"], **item["groups"]}
    band = document["result"]["band"].get("real_income_pct", {}).get(item["id"], {})
    names = [name for name in (*spec.featured, *spec.groups) if name in both]
    rows = [{"name": charts.label(n), "value": both[n]["real_income_pct"], **band.get(n, {})} for n in names]
    return rows, OUTCOMES["real_income_pct"]


def _sector_rows(
    _document: dict[str, Any], item: dict[str, Any], visit: Visit
) -> tuple[list[dict[str, Any]], str]:
    """Sectors whose output changes most in one economy."""
    economy = visit.one("economy", "USA")
    found = item["sectors"].get(economy) or next(iter(item["sectors"].values()))
    names = visit.state.shelf.once(("sector names",), lambda: _sector_names(visit.state), lambda _: 4_000)
    largest = sorted(found.items(), key=lambda pair: -abs(pair[1]["output_pct"]))[:MOST_SECTORS]
    rows = [
        {"name": names.get(code, code), "value": row["output_pct"]}
        for code, row in sorted(largest, key=lambda pair: pair[1]["output_pct"])
    ]
    return rows, "output, % of baseline"


def _sector_names(state: State) -> dict[str, str]:
    """Names of the industries."""
    from detente.world.sectors import read_sectors  # noqa: PLC0415

    world = state.near().world
    return {row.code: row.name for row in read_sectors(world.classification)}


def _worth_rows(
    document: dict[str, Any], _item: dict[str, Any], visit: Visit
) -> tuple[list[dict[str, Any]], str]:
    """What each instrument adds, mean of the two orders and both as whiskers."""
    worth = document["result"]["worth"]
    if not worth:
        raise InputError(
            "the contrast is still being solved", where="chart", found="worth", allowed="a moment later"
        )
    side = visit.one("economy", "USA")
    rows = []
    for line in next(iter(worth.values()))["lines"]:
        found = line["real_income_pct"].get(side)
        if found:
            low, high = sorted((found["in_order"], found["in_reverse"]))
            rows.append({"name": line["instrument"], "value": (low + high) / 2, "low": low, "high": high})
    return rows, f"real income of {charts.label(side)}, % of baseline"


def _wait(request: Request, state: State) -> Response:
    """A page that loads itself again until the study is solved."""
    context = {"title": "Being solved", "take": None, "refusal": None, "path": request.url.path}
    headers = {"refresh": "3"} if state.study.stage != "failed" else {}
    text = render("wait.html", context, state)
    return HTMLResponse(text, status_code=200 if headers else 500, headers=headers)
