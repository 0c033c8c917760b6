"""Strategy: payoffs, credible threats, deals, the hedge, reliance, the path."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from detente.web.pages.frame import Take, Visit, page

router = APIRouter(include_in_schema=False)


@router.get("/strategy")
async def strategy(request: Request) -> Response:
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
    document = visit.state.study.document
    return "strategy.html", {"document": document}, Take("What each side would sign")
