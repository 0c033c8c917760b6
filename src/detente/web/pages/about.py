"""About: how to read the pages, the HTTP API in words, the limits of the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter

from detente.queries import QUESTIONS
from detente.queries.address import model_of
from detente.queries.page.what_if import WhatIf
from detente.queries.question import question_of
from detente.web.pages.layout import Take, add_page

if TYPE_CHECKING:
    from detente.web.pages.request import Visit

router = APIRouter(include_in_schema=False)


def _page(visit: Visit) -> tuple[str, dict[str, Any], Take]:
    """How to read the pages, and the addresses of the HTTP API."""
    rows = [
        {
            "address": f"/api/v1{question.address}",
            "does": question.help,
            "fields": list(model_of(question).model_fields),
        }
        for question in map(question_of, QUESTIONS)
        if question.address
    ]
    rows.append(
        {
            "address": f"/api/v1{WhatIf.address}",
            "does": (WhatIf.__doc__ or "").strip().splitlines()[0],
            "fields": list(WhatIf.model_fields),
        }
    )
    study = visit.state.study
    return "about.html", {"rows": rows, "seconds": study.seconds}, Take("About Détente")


add_page(router, "/about", _page)
