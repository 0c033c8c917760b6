"""Product: the stack of duties on one product, its history, and what would change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from detente.errors import DetenteError
from detente.io.documents import as_json
from detente.queries.duties import worksheet
from detente.queries.duty_history import spans
from detente.queries.page.countries import place_code
from detente.queries.page.goods import goods_words, way_down
from detente.queries.products import HS6, described, headings, shared_code
from detente.queries.question import question_of
from detente.render.columns import columns
from detente.render.drawing import charts
from detente.render.drawing import text as words
from detente.render.drawing.product import draw_history
from detente.render.spreadsheet import main_rows, sheet
from detente.web.pages.layout import Take, add_page
from detente.web.pages.request import Visit, client_of, shared

if TYPE_CHECKING:
    from detente.compliance.documents.common import Assumption
    from detente.compliance.documents.duty import DutyAnswer
    from detente.io.stamped import Stamped

router = APIRouter(include_in_schema=False)
HITS = 12
# Where a duty has no history there is nothing to draw.
EMPTY = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'


@router.get("/product/lines.csv")
async def lines(request: Request) -> Response:
    """Answer with the stack as a table."""
    visit = Visit.of(request)
    asked = visit.ask("duty")
    document = await run_in_threadpool(visit.answer, asked)
    if document is None:
        raise visit.refused()
    head = {"content-disposition": 'attachment; filename="duty.csv"'}
    return Response(
        sheet(main_rows(as_json(document)), told=columns()["duty"]),
        media_type="text/csv; charset=utf-8",
        headers=head,
    )


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
    asked = visit.ask("duty")
    if asked is None or not rows:
        return Response(EMPTY, media_type="image/svg+xml")
    subject = {
        "code": asked.code,
        "origin": place_code(asked.origin),
        "destination": place_code(asked.destination),
    }
    svg = await run_in_threadpool(lambda: draw_history(rows, subject, width).svg)
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
    text = visit.one("words")[:120]
    visit.fields = _stated(visit.fields)
    code = visit.one("code") or (text if _is_code(text) else "")
    to = visit.one("to", "USA")
    given: dict[str, Any] = {
        "code": shared_code(code, to, visit.state.ledger.home),
        "from": visit.one("from", "CHN"),
        "to": to,
    }
    asked = visit.ask("duty", **given) if code else None
    document: Stamped[DutyAnswer, Assumption] | None = visit.answer(asked)
    path = headings(document.result.code, document.result.destination) if document else ()
    context: dict[str, Any] = {
        "words": text,
        "given": given | {name: visit.one(name) for name in ("on", "known", "value", "quantity")},
        "facts": dict(value.partition("=")[::2] for key, value in visit.fields if key == "fact"),
        "hits": _hits(visit, text) if text and not code else [],
        "document": document,
        "query": asked.query() if asked else "",
        "shortened": code if given["code"] != code else "",
        "goods": goods_words(path),
        "way_down": way_down(path),
        "economies": words.economies(),
        "back": None,
        "back_query": "",
    }
    if asked is None or document is None:
        return "product.html", context, Take("Duties on one product")
    found = document.result
    context |= _back(visit, found)
    title = (
        f"Duties on {found.code} from {words.economy(found.origin)} to"
        f" {words.economy(found.destination)}, {found.on}"
    )
    return "product.html", context, Take(title, asked.dated(visit.state.ledger))


def _back(visit: Visit, found: DutyAnswer) -> dict[str, Any]:
    """The same goods the other way: the duty of the origin on what the destination sells, under no further facts."""
    code = found.code.replace(".", "")[:HS6]
    if len(code) < HS6 or found.origin == found.destination:
        return {}
    asked = question_of("duty").ask(
        code=code,
        origin=found.destination,
        destination=found.origin,
        on=found.on.isoformat(),
        known_on=found.known_on.isoformat() if found.known_on else None,
    )
    try:
        document: Stamped[DutyAnswer, Assumption] = visit.state.document(asked)
    except DetenteError:
        return {}
    return {"back": document.result, "back_query": asked.query()}


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
    state = visit.state
    try:
        return state.shelf.once(
            ("search", words), lambda: described(words, state.ledger.home, HITS), lambda rows: 400 * len(rows)
        )
    except DetenteError as problem:
        visit.refuse(problem)
        return []


async def _history(visit: Visit, client: str) -> list[dict[str, Any]]:
    """The stack on every day on which it may have changed."""
    asked = visit.ask("duty")
    if asked is None:
        raise visit.refused()
    # The same days are asked whatever day stands in the address, and dots say nothing.
    key = ("history", *asked.but(on=None, at=None, code=asked.code.replace(".", "")).key)
    found: list[dict[str, Any]] = await visit.state.turn(
        client, lambda: spans(asked, visit.state.ledger), key
    )
    return found


add_page(router, "/product", _page)
