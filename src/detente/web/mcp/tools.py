"""One tool for each question that an address asks: its name and help are the command's, its fields the address's."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from mcp_types import CallToolResult, TextContent, Tool, ToolAnnotations
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from detente.errors import DetenteError
from detente.io.stamped import Stamped
from detente.io.words import one_of
from detente.queries import QUESTIONS
from detente.queries.address import asked_of, model_of
from detente.queries.page.sent_study import require_built_in
from detente.queries.question import question_of
from detente.render.answer_line import answer_line
from detente.web.errors import parts
from detente.web.job_queue import BusyError
from detente.web.state import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detente.queries.question import Asked, Question
    from detente.web.state import State

CLIENT: Final = "mcp"


def questions() -> dict[str, Question]:
    """Give the questions by the name of their tool: the words of the command."""
    asked = (question_of(name) for name in QUESTIONS)
    return {"-".join(question.command): question for question in asked if question.address}


def tools() -> list[Tool]:
    """Describe every tool. They read, change nothing, and ask nothing of a network."""
    hints = ToolAnnotations(readOnlyHint=True, idempotentHint=True, openWorldHint=False)
    return [
        Tool(name=name, description=question.help, inputSchema=schema_of(question), annotations=hints)
        for name, question in questions().items()
    ]


def schema_of(question: Question) -> dict[str, Any]:
    """Give the JSON schema of a question's fields: those of its address, each with its help."""
    found = model_of(question).model_json_schema()
    for item in question.offered:
        for key in item.word.apart or (item.key,):
            found["properties"][key]["description"] = item.help
    return found


async def call(state: State, name: str, given: Mapping[str, Any]) -> CallToolResult:
    """Answer a tool: a line that says the answer, then the document; a refusal in its five parts."""
    known = questions()
    try:
        one_of(name, known, what="no such tool", where="name", otherwise="list the tools")
        question = known[name]
        asked = asked_of(question, model_of(question)(**given)).dated(state.ledger)
        document = await _document(state, asked)
    except (DetenteError, ValidationError, BusyError) as problem:
        told = _by_field(parts(problem), known.get(name))
        lines = [f"{told['error']}: {told['what']}"]
        lines += [
            f"  {part:<7} {told[part]}" for part in ("where", "found", "allowed", "repair") if told[part]
        ]
        text = "\n".join(lines)
        return CallToolResult(
            content=[TextContent(text=text)], structuredContent={"error": told}, isError=True
        )
    plain = document if isinstance(document, Stamped) else json.loads(text_of(document))
    line = await run_in_threadpool(answer_line, plain, question.prints)
    return CallToolResult(content=[TextContent(text=line), TextContent(text=text_of(document))])


def _by_field(told: dict[str, str], question: Question | None) -> dict[str, str]:
    """A refusal that names an argument, with the field of the tool in its place."""
    fields = {item.name: item.key for item in question.offered} if question else {}
    return {**told, "where": fields.get(told.get("where", ""), told.get("where", ""))}


async def _document(state: State, asked: Asked) -> Any:
    """The law is answered at once; what is solved takes its turn and is kept, as the page does."""
    if not asked.question.solves:
        return await run_in_threadpool(state.document, asked)
    if asked.question.name == "run":
        require_built_in(asked)
    work = partial(asked.document, state.ledger)
    return await state.turn(CLIENT, work, asked.key, long=True)
