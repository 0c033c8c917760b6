"""Ledger: browse, filter, compare two days, one measure, coverage and assumptions."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter

from detente.asof import today_at
from detente.errors import DetenteError
from detente.queries.ledger import SPAN
from detente.queries.question import question_of
from detente.web.pages.layout import Take, add_page

if TYPE_CHECKING:
    from detente.compliance.documents.common import Assumption
    from detente.io.stamped import Stamped
    from detente.ledger.documents.measures import Listing, MeasureShown
    from detente.ledger.documents.records import Changes
    from detente.web.pages.request import Visit

router = APIRouter(include_in_schema=False)
LIST = question_of("list_measures")
CHOICES = ("imposer", "instrument", "state")


def _list(visit: Visit) -> tuple[str, dict[str, Any], Take]:
    """Measures on the books; `words`, `imposer`, `instrument` and `state` filter them."""
    asked = visit.ask("list_measures") or LIST.ask().dated(visit.state.ledger)
    document: Stamped[Listing, Assumption] = visit.answer(asked) or visit.state.document(LIST.ask())
    dated = asked.dated(visit.state.ledger)
    whole: Stamped[Listing, Assumption] = visit.state.document(LIST.ask(on=dated.on))
    context = {
        "asked": asked,
        "document": document,
        "rows": document.result.rows,
        "total": len(whole.result.rows),
        "choices": {name: sorted({getattr(row, name) for row in whole.result.rows}) for name in CHOICES},
        "on": dated.on,
    }
    return "ledger.html", context, Take(f"Measures on the books, {dated.on}", dated)


def _changes(visit: Visit) -> tuple[str, dict[str, Any], Take]:
    """What changed from `first` to `second`, or on the one day `on`."""
    given: dict[str, Any] = {}
    if visit.one("on") and not visit.one("first"):
        try:
            day = dt.date.fromisoformat(visit.one("on"))
            given = {"first": (day - dt.timedelta(days=1)).isoformat(), "second": day.isoformat()}
        except ValueError:
            given = {"first": visit.one("on"), "second": visit.one("on")}
    asked = visit.ask("diff", **given) or question_of("diff").ask()
    last = dt.date.fromisoformat(asked.second) if asked.second else today_at(visit.state.ledger.home)
    first, second = asked.first or (last - SPAN).isoformat(), last.isoformat()
    asked = asked.but(on=None, first=first, second=second)
    document: Stamped[Changes, Assumption] | None = visit.answer(asked)
    rows = document.result.rows if document else ()
    sources = _sources(visit, {source for row in rows for source in row.sources})
    context: dict[str, Any] = {"asked": asked, "document": document, "rows": rows, "sources": sources}
    return "changes.html", context, Take(f"What changed between {first} and {second}", asked)


def _sources(visit: Visit, ids: set[str]) -> dict[str, Any]:
    """Sources by id."""
    known = visit.state.ledger.sources
    return {name: known[name] for name in sorted(ids) if name in known}


def _measure(visit: Visit) -> tuple[str, dict[str, Any], Take]:
    """One measure, `id`, with its record and sources."""
    asked = visit.ask("show_measure")
    document: Stamped[MeasureShown, Assumption] | None = visit.answer(asked)
    context: dict[str, Any] = {"document": document, "sources": {}, "asked": asked}
    if asked is None or document is None:
        return "measure.html", context, Take("A measure")
    found = document.result
    used = {source for row in found.timeline for source in row.sources}
    used |= {row.id for row in found.sources}
    context["sources"] = _sources(visit, used)
    dated = asked.dated(visit.state.ledger)
    return "measure.html", context, Take(f"{found.title}, {dated.on}", dated)


def _assumptions(visit: Visit) -> tuple[str, dict[str, Any], Take]:
    """Coverage and assumptions."""
    context = {"rows": visit.state.study.judgements, "coverage": _coverage(visit)}
    return "assumptions.html", context, Take("Coverage and assumptions")


def _coverage(visit: Visit) -> list[dict[str, Any]]:
    """Named statements of what the ledger covers."""
    try:
        items = visit.state.ledger.coverage
    except DetenteError:
        return []
    values = items.values() if hasattr(items, "values") else items
    return [item.model_dump() if hasattr(item, "model_dump") else {"text": str(item)} for item in values]


add_page(router, "/ledger", _list)
add_page(router, "/ledger/changes", _changes)
add_page(router, "/ledger/assumptions", _assumptions)
add_page(router, "/ledger/measure", _measure)
