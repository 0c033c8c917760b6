"""The page of whole entries: a file of lines is sent, worked out, shown and not kept; the same as an address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Body
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request  # noqa: TC002  (the routes' annotations are resolved at run time)
from starlette.responses import HTMLResponse, Response

from detente.errors import DetenteError, InputError
from detente.queries.entry import LINES
from detente.queries.fields import Columns, Pasted
from detente.queries.question import question_of
from detente.web.api import REFUSALS, respond
from detente.web.errors import code_of, parts
from detente.web.forms import read_form
from detente.web.pages.layout import render
from detente.web.pages.request import Visit, shared

if TYPE_CHECKING:
    from detente.web.state import State

router = APIRouter()
MOST_LINES: Final = 1_000
"""Lines of one file that a server takes; the command takes half a million."""
LONGEST: Final = 200_000
SHOWN: Final = 200


def answered(state: State, text: str) -> dict[str, Any]:
    """Work a file of lines out; neither the file nor the answer is kept."""
    if text.count("\n") > MOST_LINES + 1 or len(text) > LONGEST:
        raise InputError(
            "the file is too large for the page",
            where="lines",
            found=f"{text.count(chr(10))} lines, {len(text)} characters",
            allowed=f"{MOST_LINES} lines and {LONGEST} characters",
            repair="use `detente entry FILE`",
        )
    question = question_of("entry")
    asked = question.ask(frame=Pasted(text, Columns(LINES, 4), "lines"))
    return asked.dated(state.ledger).document(state.ledger)


@router.post("/api/v1/entry", operation_id="entry_file", tags=["documents"], responses=REFUSALS)
async def entry_file(
    request: Request, lines: Annotated[str, Body(media_type="text/csv", max_length=LONGEST)]
) -> Response:
    """Whole entries from a file of lines in CSV, at most 1,000 of them."""
    return respond(request, await run_in_threadpool(answered, shared(request), lines))


@router.get("/entry", include_in_schema=False)
async def entry_form(request: Request) -> Response:
    """Answer with the page that takes a file."""
    return _page(Visit.of(request), None)


@router.post("/entry", include_in_schema=False)
async def entry_sent(request: Request) -> Response:
    """Answer with what a file that was sent comes to."""
    visit = Visit.of(request)
    kind = request.headers.get("content-type", "")
    form = read_form(await request.body(), kind, visit.state.settings.fields)
    pasted = next((value for key, value in form.fields if key == "lines"), "")
    document = None
    try:
        text = form.files.get("file", pasted.encode()).decode("utf-8-sig")
        document = await run_in_threadpool(answered, visit.state, text)
    except (DetenteError, UnicodeDecodeError) as problem:
        told = problem if isinstance(problem, DetenteError) else _not_text()
        visit.refusal, visit.status = parts(told), code_of(told)
    return _page(visit, document)


def _not_text() -> InputError:
    """The refusal of a file that is no text."""
    return InputError(
        "not text in UTF-8",
        where="file",
        found="another kind of file",
        allowed="CSV in UTF-8",
        repair="save the sheet as CSV; `detente entry` reads XLSX and Parquet",
    )


def _page(visit: Visit, document: dict[str, Any] | None) -> Response:
    """The page with or without an answer."""
    context = {"document": document, "columns": LINES, "shown": SHOWN, "most": MOST_LINES}
    frame = {"take": None, "title": "Whole entries", "refusal": visit.refusal, "path": visit.path}
    text = render("entry.html", {**context, **frame}, visit.state)
    return HTMLResponse(text, status_code=visit.status, headers={"cache-control": "no-store"})
