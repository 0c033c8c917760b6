"""About: how to read the pages, the HTTP API in words, the limits of the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from starlette.responses import Response  # noqa: TC002  (the routes' annotations are resolved at run time)

from detente.web import questions as q
from detente.web.pages.frame import Take, page

if TYPE_CHECKING:
    from detente.web.pages.visit import Visit

router = APIRouter(include_in_schema=False)
QUESTIONS = (
    q.Status,
    q.Duty,
    q.Average,
    q.PortFee,
    q.Licence,
    q.Screen,
    q.Purchases,
    q.LedgerList,
    q.LedgerShow,
    q.Timeline,
    q.Diff,
    q.Cite,
    q.LedgerCheck,
    q.Run,
    q.WhatIf,
)


@router.get("/about")
async def about(request: Request) -> Response:
    """
    Answer with the page.

    Parameters
    ----------
    request
        Any.

    Returns
    -------
    Response
        HTML.
    """
    return await page(request, build)


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
    rows = [
        {
            "address": f"/api/v1{kind.address}",
            "does": (kind.__doc__ or "").strip().splitlines()[0],
            "fields": [each.alias or name for name, each in kind.model_fields.items()],
        }
        for kind in QUESTIONS
    ]
    study = visit.state.study
    return "about.html", {"rows": rows, "seconds": study.seconds}, Take("About Détente")
