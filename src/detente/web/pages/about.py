"""About: how to read the pages, the HTTP API in words, the limits of the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter

from detente.web import questions as q
from detente.web.pages.layout import Take, add_page

if TYPE_CHECKING:
    from detente.web.pages.request import Visit

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


def _page(visit: Visit) -> tuple[str, dict[str, Any], Take]:
    """How to read the pages, and the addresses of the HTTP API."""
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


add_page(router, "/about", _page)
