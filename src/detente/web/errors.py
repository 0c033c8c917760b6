"""Refusals as a reader sees them: what, where, found, allowed, repair; as JSON or as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from detente.errors import ConvergenceError, DetenteError, UnsafeAnswerError
from detente.web.job_queue import BusyError

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

BAD, UNPROCESSABLE, CONFLICT, BUSY = 400, 422, 409, 503
LONGEST = 300


def inner(problem: Exception) -> Exception:
    """
    Give the refusal a room made of a field, which the reading of fields wraps.

    Gives A `DetenteError` where there is one, else the same.
    """
    if isinstance(problem, RequestValidationError | ValidationError):
        cause = problem.errors()[0].get("ctx", {}).get("error")
        if isinstance(cause, DetenteError):
            return cause
    return problem


def parts(problem: Exception) -> dict[str, str]:
    """Give the five parts of a refusal."""
    problem = inner(problem)
    if isinstance(problem, DetenteError):
        return {
            "error": type(problem).__name__,
            "what": problem.what,
            "where": problem.where,
            "found": problem.found[:LONGEST],
            "allowed": problem.allowed[: 4 * LONGEST],
            "repair": problem.repair,
        }
    if isinstance(problem, RequestValidationError | ValidationError):
        first = problem.errors()[0]
        return {
            "error": "InputError",
            "what": first["msg"],
            "where": ".".join(str(item) for item in first["loc"])[:LONGEST],
            "found": str(first.get("input", ""))[:LONGEST],
            "allowed": "see /api/v1/openapi.json",
            "repair": "correct this field",
        }
    if isinstance(problem, BusyError):
        return {
            "error": "Busy",
            "what": "too much is being solved at the moment",
            "where": "",
            "found": "",
            "allowed": "a few solves at a time, in fair turns",
            "repair": f"ask again in {problem.seconds} s",
        }
    words = str(getattr(problem, "detail", problem))
    return {"error": type(problem).__name__, "what": words[:LONGEST]}


def code_of(problem: Exception) -> int:
    """Give the status of a refusal."""
    problem = inner(problem)
    if isinstance(problem, BusyError):
        return BUSY
    if isinstance(problem, UnsafeAnswerError):
        return CONFLICT
    if isinstance(problem, ConvergenceError | RequestValidationError | ValidationError):
        return UNPROCESSABLE
    if isinstance(problem, HTTPException):
        return problem.status_code
    return BAD


def respond(request: Request, problem: Exception) -> Response:
    """Answer with a refusal. Gives with ``Retry-After`` when busy."""
    found = parts(problem)
    headers: dict[str, str] = dict(getattr(problem, "headers", None) or {})
    if isinstance(problem, BusyError):
        headers["retry-after"] = str(problem.seconds)
    code = code_of(problem)
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": found}, status_code=code, headers=headers)
    from detente.web.pages.layout import error_page  # noqa: PLC0415  (pages import this module)

    return error_page(request, found, code, headers)


async def _refuse(request: Request, problem: Any) -> Response:
    """Handle what was raised."""
    return respond(request, problem)


def add_handlers(app: FastAPI) -> None:
    """Answer refusals in the house's form."""
    for kind in (DetenteError, RequestValidationError, ValidationError, BusyError, HTTPException):
        app.add_exception_handler(kind, _refuse)
