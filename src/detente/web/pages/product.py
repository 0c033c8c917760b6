"""Product: the stack of duties on one product, its history, and what would change it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from detente.compliance import worksheet
from detente.errors import DetenteError
from detente.geography import economies as places
from detente.geography import territories as customs
from detente.render.spreadsheet import main_rows, sheet
from detente.web.drawing import charts, charts_lines
from detente.web.pages.layout import Take, add_page
from detente.web.pages.request import Visit, client_of, shared

if TYPE_CHECKING:
    from detente.queries.question import Asked
    from detente.web.state import State

router = APIRouter(include_in_schema=False)
# First day drawn.
FIRST = dt.date(2018, 1, 1)
HITS = 12


@router.get("/product/lines.csv")
async def lines(request: Request) -> Response:
    """Answer with the stack as a table."""
    visit = Visit.of(request)
    asked = visit.ask("duty")
    document = await run_in_threadpool(visit.answer, asked)
    if document is None:
        raise visit.refused()
    head = {"content-disposition": 'attachment; filename="duty.csv"'}
    return Response(sheet(main_rows(document)), media_type="text/csv; charset=utf-8", headers=head)


@router.get("/product/history.csv")
async def history_table(request: Request) -> Response:
    """Answer with the rates of every day of change as a table."""
    visit = Visit.of(request)
    rows = await _history(visit, client_of(request))
    return Response(sheet(rows), media_type="text/csv; charset=utf-8")


@router.get("/product/history-{size}.svg")
async def history_chart(request: Request, size: str) -> Response:
    """Answer with the rates of every day of change as a chart."""
    visit = Visit.of(request)
    rows = await _history(visit, client_of(request))
    width = size if size in charts.WIDTHS else "wide"
    svg = await run_in_threadpool(lambda: charts.draw(charts_lines.history(rows, size=width)))
    return Response(svg, media_type="image/svg+xml")


@router.get("/product/sheet")
async def printable(request: Request) -> Response:
    """Answer with a worksheet that prints on one page."""
    visit = Visit.of(request)
    asked = visit.ask("duty")
    if asked is None:
        raise visit.refused()
    text = await run_in_threadpool(lambda: worksheet(asked.answer(shared(request).ledger)))
    # The sheet carries its own style and no script.
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
    return HTMLResponse(text, headers={"content-security-policy": policy})


def _page(visit: Visit) -> tuple[str, dict[str, Any], Take]:
    """The stack on one product, `code` or `words`, from `from` to `to` on a day; facts are fields of the form."""
    words = visit.one("words")[:120]
    visit.fields = _stated(visit.fields)
    code = visit.one("code") or (words if _is_code(words) else "")
    given = {"code": code, "from": visit.one("from", "CHN"), "to": visit.one("to", "USA")}
    asked = visit.ask("duty", **given) if code else None
    document = visit.answer(asked)
    context: dict[str, Any] = {
        "words": words,
        "given": given | {name: visit.one(name) for name in ("on", "known", "value", "quantity")},
        "facts": dict(text.partition("=")[::2] for key, text in visit.fields if key == "fact"),
        "hits": _hits(visit, words) if words and not code else [],
        "document": document,
        "query": asked.query() if asked else "",
        "headings": _path(document),
        "economies": _economies(),
    }
    if asked is None or document is None:
        return "product.html", context, Take("Duties on one product")
    found = document["result"]
    title = (
        f"Duties on {found['code']} from {places.name(found['origin'])} to"
        f" {places.name(found['destination'])}, {found['on']}"
    )
    return "product.html", context, Take(title, asked.dated(visit.state.ledger))


def _stated(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """A fact stated in the form, as the question takes it; it replaces an earlier answer."""
    given = dict(fields)
    name, answer = given.get("stated", ""), given.get("answer", "")
    kept = [(key, value) for key, value in fields if key not in {"stated", "answer"}]
    if not name or not answer:
        return kept
    kept = [(key, value) for key, value in kept if key != "fact" or value.partition("=")[0] != name]
    return [*kept, ("fact", f"{name}={answer}")]


def _is_code(words: str) -> bool:
    """Whether what was typed is a code rather than words."""
    return bool(words) and not any(letter.isalpha() for letter in words)


def _hits(visit: Visit, words: str) -> list[dict[str, Any]]:
    """Lines of the schedule that the words describe."""
    from detente.schedules import provided, provider_of  # noqa: PLC0415  (loads the schedule)

    def found() -> list[dict[str, Any]]:
        provider = provider_of(visit.state.ledger.home) or provider_of(provided()[0])
        hits = provider.search(words, limit=HITS) if provider else []
        return [{"code": hit["code"], "path": list(hit["path"]), "score": hit["score"]} for hit in hits]

    try:
        return visit.state.shelf.once(("search", words), found, lambda rows: 400 * len(rows))
    except DetenteError as problem:
        visit.refuse(problem)
        return []


def _path(document: dict[str, Any] | None) -> tuple[str, ...]:
    """Headings down to the line."""
    from detente.schedules import provider_of  # noqa: PLC0415  (loads the schedule)

    provider = provider_of(document["result"]["destination"]) if document is not None else None
    if document is None or provider is None:
        return ()
    try:
        return provider.path(document["result"]["code"])
    except DetenteError:
        return ()


def _economies() -> list[tuple[str, str]]:
    """Code and name of every economy."""
    from detente.web.pages.overview import _economies as listed  # noqa: PLC0415  (one list for both pages)

    return listed()


async def _history(visit: Visit, client: str) -> list[dict[str, Any]]:
    """The stack on every day on which it may have changed."""
    asked = visit.ask("duty")
    if asked is None:
        raise visit.refused()
    key = ("history", *asked.key)
    found: list[dict[str, Any]] = await visit.state.turn(client, lambda: spans(visit.state, asked), key)
    return found


def spans(state: State, asked: Asked) -> list[dict[str, Any]]:
    """
    Work out the parts of a duty over time.

    Gives ``from``, ``to``, ``part``, ``rate``, ``low`` and ``high``: fractions, parts stacked.
    """
    ledger = state.ledger
    days = _days(state, places.resolve(asked.destination, where="to"))
    ends = [*days[1:], ledger.horizon + dt.timedelta(days=1)]
    rows: list[dict[str, Any]] = []
    last: list[tuple[str, float]] = []
    for start, end in zip(days, ends, strict=True):
        try:
            found = asked.but(on=start.isoformat(), at=None).answer(ledger)
        except DetenteError:
            continue
        lines = [(line["title"], line["contribution"] or 0.0) for line in found.to_dict()["lines"]]
        parts = [(title, share) for title, share in lines if share > 0]
        if parts == last:
            for row in rows[len(rows) - len(parts) :]:
                row["to"] = end.isoformat()
            continue
        rows += _stacked(parts, start, end)
        last = parts
    return rows


def _stacked(parts: list[tuple[str, float]], start: dt.date, end: dt.date) -> list[dict[str, Any]]:
    """Parts of a duty over one span, each on top of those before it."""
    rows, top = [], 0.0
    for title, share in parts:
        span = {"from": start.isoformat(), "to": end.isoformat(), "part": title, "rate": share}
        rows.append(span | {"low": top, "high": top + share})
        top += share
    return rows


def _days(state: State, importer: str) -> list[dt.date]:
    """Days on which a tariff of an importer begins, changes, is suspended or ends, from the ledger's timeline."""
    from detente.ledger import timeline  # noqa: PLC0415
    from detente.schedules import provider_of  # noqa: PLC0415

    measures = state.ledger.measures
    kinds = {"tariff", "import_ban"}
    tariffs = {name: item.imposer for name, item in measures.items() if item.instrument in kinds}
    dated = [
        (tariffs[row["measure"]], dt.date.fromisoformat(row["date"]))
        for row in timeline(state.ledger)
        if row["measure"] in tariffs and row["event"] not in {"announced", "note"}
    ]
    days = {day for imposer, day in dated if customs.imposes(imposer, importer, day)}
    provider = provider_of(importer)
    days |= {FIRST, *((provider.first_day,) if provider else ())}
    return sorted(day for day in days if FIRST <= day <= state.ledger.horizon)


add_page(router, "/product", _page)
