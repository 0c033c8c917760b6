"""The HTTP API: the command line's documents, by address."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from detente.io.documents import Document, as_json
from detente.queries import QUESTIONS
from detente.queries.address import asked_of, model_of
from detente.queries.page.sent_study import read_study, require_built_in, solve_asked, solve_sent
from detente.queries.page.what_if import WhatIf  # noqa: TC001  (read at run time)
from detente.queries.question import question_of
from detente.render.columns import columns
from detente.render.spreadsheet import main_rows, sheet
from detente.web.job_queue import BusyError
from detente.web.pages.request import client_of, shared
from detente.web.state import text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from detente.web.state import State

REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"description": "A value cannot be used: error, what, where, found, allowed, repair"},
    401: {"description": "The token is not shown"},
    403: {"description": "Made by another site"},
    409: {"description": "The answer would be unsafe"},
    413: {"description": "Too large"},
    414: {"description": "The address is too long"},
    421: {"description": "Asked under another name"},
    422: {"description": "A field is missing or malformed, or a solve does not converge"},
    503: {"description": "Busy; Retry-After says when to ask again"},
}
router = APIRouter(prefix="/api/v1", responses=REFUSALS, tags=["documents"])


def _add(name: str) -> None:
    """Add the address of a question: the law is answered in the open, the economy in turn, games on the main study."""
    question = question_of(name)
    played = "setting" in question.takes

    async def answer(request: Request, typed: Annotated[Any, Query()]) -> Response:
        state, asked = shared(request), asked_of(question, typed)
        if played:
            return respond(request, await state.answer(client_of(request), asked), name)
        if question.long:
            work = partial(asked.document, state.ledger)
            found = await state.turn(client_of(request), work, asked.key, long=True)
            return respond(request, found, name)
        return respond(request, await run_in_threadpool(state.document, asked), name)

    answer.__annotations__["typed"] = Annotated[model_of(question), Query()]
    answer.__doc__ = question.help
    word = question.address.strip("/").replace("/", "_").replace("-", "_")
    router.add_api_route(
        question.address, answer, methods=["GET"], name=word, operation_id=word, response_class=Response
    )


for _name in QUESTIONS:
    if question_of(_name).address not in {"", "/run"}:
        _add(_name)
RUN = question_of("run")


@router.get("/run", operation_id="run")
async def run(request: Request, typed: Annotated[Any, Query()]) -> Response:
    """A built-in study: every scenario against one baseline."""
    state, asked = shared(request), asked_of(RUN, typed)
    if asked.given == RUN.ask().given:
        if not state.study.whole.is_set():
            raise BusyError(10)
        return respond(request, state.study.document)
    require_built_in(asked)
    work = _patiently(state, lambda say: solve_asked(asked, state.ledger, say))
    return respond(request, await state.turn(client_of(request), work, asked.key, long=True))


run.__annotations__["typed"] = Annotated[model_of(RUN), Query()]


@router.get("/what-if", operation_id="what_if")
async def what_if(request: Request, asked: Annotated[WhatIf, Query()]) -> Response:
    """One scenario of the main study, moved: rates and quantities set, measures switched, assumptions changed."""
    state = shared(request)
    near = state.near()
    found = await state.turn(client_of(request), lambda: asked.answered(near), asked.key)
    return respond(request, as_json(found))


@router.get("/what-if/study.yaml", operation_id="what_if_study")
async def what_if_study(request: Request, asked: Annotated[WhatIf, Query()]) -> Response:
    """The study file of a what-if, for `detente run`."""
    del request
    head = {"content-disposition": 'attachment; filename="what-if.yaml"'}
    return Response(asked.file() + "\n", media_type="application/yaml", headers=head)


@router.post("/run", operation_id="run_file")
async def run_file(
    request: Request, study: Annotated[str, Body(media_type="application/yaml", max_length=200_000)]
) -> Response:
    """A study file in YAML, run on a built-in world."""
    state = shared(request)
    spec = await run_in_threadpool(read_study, study)
    key = ("run-file", spec.hash)
    work = _patiently(state, lambda say: solve_sent(spec, state.ledger, say))
    return respond(request, await state.turn(client_of(request), work, key, long=True))


def _patiently(state: State, solve: Callable[[Callable[[str], None]], Any]) -> Callable[[], Any]:
    """Work that stops between two steps once its time is over."""

    def work() -> Any:
        latest = time.monotonic() + state.settings.seconds

        def say(_step: str) -> None:
            if time.monotonic() > latest:
                raise BusyError(60)

        return solve(say)

    return work


def respond(request: Request, document: dict[str, Any] | Document, name: str = "run") -> Response:
    """Write a document as the command line does, a table with the columns of the question of that name."""
    if "text/csv" in request.headers.get("accept", ""):
        table = sheet(main_rows(as_json(document)), told=columns().get(name, ()))
        return Response(table, media_type="text/csv; charset=utf-8")
    return Response(text_of(document), media_type="application/json")
