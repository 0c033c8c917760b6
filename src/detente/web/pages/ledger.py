"""Ledger: browse, filter, compare two days, one measure, coverage and assumptions."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from starlette.responses import Response  # noqa: TC002  (the routes' annotations are resolved at run time)

from detente.errors import DetenteError
from detente.scenarios.instruments import assumption_rows
from detente.tariffs import Assumptions
from detente.web.pages.frame import Take, page
from detente.web.questions import Diff, LedgerList, LedgerShow

if TYPE_CHECKING:
    from detente.web.pages.visit import Visit

router = APIRouter(include_in_schema=False)


@router.get("/ledger")
async def browse(request: Request) -> Response:
    """
    Answer with the list of measures.

    Parameters
    ----------
    request
        ``words``, ``imposer``, ``instrument`` and ``state`` filter; ``on``, ``known``, ``view``, ``ends`` name the law.

    Returns
    -------
    Response
        HTML.
    """
    return await page(request, build_list)


@router.get("/ledger/changes")
async def changes(request: Request) -> Response:
    """
    Answer with what changed between two days.

    Parameters
    ----------
    request
        ``first`` and ``second``, or ``on`` for one day against the day before.

    Returns
    -------
    Response
        HTML.
    """
    return await page(request, build_changes)


@router.get("/ledger/assumptions")
async def assumptions(request: Request) -> Response:
    """
    Answer with coverage and assumptions.

    Parameters
    ----------
    request
        Any.

    Returns
    -------
    Response
        HTML.
    """
    return await page(request, build_assumptions)


@router.get("/ledger/measure")
async def measure(request: Request) -> Response:
    """
    Answer with one measure.

    Parameters
    ----------
    request
        ``id``; ``on``, ``known``, ``view``, ``ends`` name the law.

    Returns
    -------
    Response
        HTML.
    """
    return await page(request, build_measure)


def build_list(visit: Visit) -> tuple[str, dict[str, Any], Take]:
    """
    Gather the list.

    Parameters
    ----------
    visit
        The request.

    Returns
    -------
    template, context, take
        For `page`.
    """
    asked = visit.ask(LedgerList) or LedgerList()
    document = visit.answer(asked) or visit.state.document(LedgerList())
    rows = document["result"]["rows"]
    filters = {name: visit.one(name)[:80] for name in ("words", "imposer", "instrument", "state")}
    kept = [row for row in rows if _fits(row, filters)]
    context = {
        "asked": asked,
        "rows": kept,
        "total": len(rows),
        "filters": filters,
        "choices": {name: sorted({row[name] for row in rows}) for name in ("imposer", "instrument", "state")},
        "on": asked.day(visit.state.ledger).isoformat(),
    }
    dated = asked.dated(visit.state.ledger)
    query = dated.query(**{name: value for name, value in filters.items() if value})
    return "ledger.html", context, Take(f"Measures on the books, {dated.on}", dated, query=query)


def _fits(row: dict[str, Any], filters: dict[str, str]) -> bool:
    """Whether a row passes the filters."""
    if any(filters[name] and row[name] != filters[name] for name in ("imposer", "instrument", "state")):
        return False
    text = " ".join([row["id"], row["title"], row["detail"] or "", *row["targets"]]).lower()
    return all(word in text for word in filters["words"].lower().split())


def build_changes(visit: Visit) -> tuple[str, dict[str, Any], Take]:
    """
    Gather what changed.

    Parameters
    ----------
    visit
        The request.

    Returns
    -------
    template, context, take
        For `page`.
    """
    given: dict[str, Any] = {}
    if visit.one("on") and not visit.one("first"):
        try:
            day = dt.date.fromisoformat(visit.one("on"))
            given = {"first": (day - dt.timedelta(days=1)).isoformat(), "second": day.isoformat()}
        except ValueError:
            given = {"first": visit.one("on"), "second": visit.one("on")}
    asked = visit.ask(Diff, **given) or Diff()
    first, second = asked.span(visit.state.ledger)
    asked = asked.model_copy(update={"on": None, "first": first.isoformat(), "second": second.isoformat()})
    document = visit.answer(asked)
    context = {"asked": asked, "rows": document["result"]["rows"] if document else []}
    context["sources"] = _sources(
        visit, {source for row in context["rows"] for source in row["sources"] or ()}
    )
    return "changes.html", context, Take(f"What changed between {first} and {second}", asked)


def _sources(visit: Visit, ids: set[str]) -> dict[str, Any]:
    """Sources by id."""
    known = visit.state.ledger.sources
    return {name: known[name] for name in sorted(ids) if name in known}


def build_measure(visit: Visit) -> tuple[str, dict[str, Any], Take]:
    """
    Gather one measure.

    Parameters
    ----------
    visit
        The request.

    Returns
    -------
    template, context, take
        For `page`.
    """
    asked = visit.ask(LedgerShow)
    document = visit.answer(asked)
    context: dict[str, Any] = {"document": document, "sources": {}, "asked": asked}
    if asked is None or document is None:
        return "measure.html", context, Take("A measure")
    found = document["result"]
    used = {source for row in found["timeline"] for source in row["sources"]}
    used |= {row["id"] for row in found["sources"]}
    context["sources"] = _sources(visit, used)
    dated = asked.dated(visit.state.ledger)
    return "measure.html", context, Take(f"{found['title']}, {dated.on}", dated)


def build_assumptions(visit: Visit) -> tuple[str, dict[str, Any], Take]:
    """
    Gather coverage and assumptions.

    Parameters
    ----------
    visit
        The request.

    Returns
    -------
    template, context, take
        For `page`.
    """
    study = [item.model_dump() for item in visit.state.study.spec.assumptions]
    rows = [*study, *assumption_rows(), *Assumptions().rows()]
    context = {"rows": rows, "coverage": _coverage(visit)}
    return "assumptions.html", context, Take("Coverage and assumptions")


def _coverage(visit: Visit) -> list[dict[str, Any]]:
    """Named statements of what the ledger covers."""
    try:
        items = visit.state.ledger.coverage
    except DetenteError:
        return []
    values = items.values() if hasattr(items, "values") else items
    return [item.model_dump() if hasattr(item, "model_dump") else {"text": str(item)} for item in values]
