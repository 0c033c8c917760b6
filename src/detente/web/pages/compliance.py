"""Ships and parties: the fee for a port call, a name on a list, a licence, a purchase commitment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from detente.errors import DetenteError
from detente.io.documents import as_json
from detente.queries.cases import facts_of
from detente.queries.fields import facts_typed
from detente.queries.question import question_of
from detente.web.forms import read_form
from detente.web.pages.layout import Take, add_page, page, render, take_away
from detente.web.pages.request import Visit, shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from detente.compliance.documents.common import Assumption
    from detente.compliance.documents.licence import Licence
    from detente.compliance.documents.port_fee import PortFee
    from detente.compliance.documents.screening import Screening
    from detente.compliance.facts import Fact
    from detente.io.stamped import Stamped
    from detente.queries.question import Asked

router = APIRouter(include_in_schema=False)
PORT_FACTS = facts_of("port-fee")
# Facts that are fields of the question.
OPTIONS = tuple(
    item.name
    for item in question_of("port_fee").fields
    if item.name in PORT_FACTS and item.name != "net_tons"
)
MORE_PORT = tuple(name for name in PORT_FACTS if name not in {*OPTIONS, "net_tons"})


@router.get("/parties")
async def parties(request: Request) -> Response:
    """Answer with the page that leads to the four forms."""
    return await page(
        request, lambda _visit: ("parties.html", {}, Take("Ships, licences, parties and purchases"))
    )


@router.post("/parties/screen")
async def screen_links(request: Request) -> Response:
    """Answer with a name compared with the lists, its owners posted as a table."""
    visit = Visit.of(request)
    form = read_form(
        await request.body(), request.headers.get("content-type", ""), visit.state.settings.fields
    )
    visit.fields, visit.file = form.fields, form.files.get("list", b"")
    base = f"{request.url.scheme}://{request.headers.get('host', '')}"

    def made() -> str:
        name, context, take = _screen(visit)
        take = Take("Screening of a party", take.question, query="", private=True)
        frame = {"take": take_away(visit, take, base), "title": take.title, "refusal": visit.refusal}
        return render(name, {**context, **frame, "path": visit.path}, shared(request))

    text = await run_in_threadpool(made)
    return HTMLResponse(text, status_code=visit.status, headers={"cache-control": "no-store"})


def _with_facts(visit: Visit, declared: Mapping[str, Fact], own: tuple[str, ...] = ()) -> dict[str, Any]:
    """Fields of a form that are facts, as the question takes them."""
    facts = [f"{key}={value}" for key, value in visit.fields if key in declared and key not in own and value]
    facts += [value for key, value in visit.fields if key == "fact"]
    return {"fact": facts}


def _port(visit: Visit) -> tuple[str, dict[str, Any], Take]:
    """The fee for one port call; facts are fields of the form."""
    asked = (
        visit.ask("port_fee", **_with_facts(visit, PORT_FACTS, (*OPTIONS, "net_tons")))
        if visit.one("net_tons")
        else None
    )
    document: Stamped[PortFee, Assumption] | None = visit.answer(asked)
    context = {
        "document": document,
        "asked": asked,
        "facts": PORT_FACTS,
        "stated": _stated(asked) if asked and document else {},
        "more": MORE_PORT,
        "given": dict(visit.fields) | _facts_of(visit),
        "sources": _cited(visit, document.result.sources if document else ()),
    }
    title = f"Fee for a port call in {asked.port_of}" if asked else "Fee for a port call"
    return "port_fee.html", context, Take(title, asked.dated(visit.state.ledger) if asked else None)


def _stated(asked: Asked) -> dict[str, Any]:
    """Facts of the call that were stated."""
    stated = {name: asked.given[name] for name in OPTIONS} | facts_typed(asked.facts or ())
    return {key: value for key, value in stated.items() if value is not None}


def _facts_of(visit: Visit) -> dict[str, str]:
    """Facts of a permalink, as fields of the form."""
    return dict(text.partition("=")[::2] for key, text in visit.fields if key == "fact")


def _licence(visit: Visit) -> tuple[str, dict[str, Any], Take]:
    """Whether an export needs a licence; facts are fields of the form."""
    kind = "chip" if visit.one("kind") == "chip" else "rare-earth"
    declared = facts_of(kind)
    asked = (
        visit.ask("licence", **_with_facts(visit, declared))
        if visit.one("from") and visit.one("to")
        else None
    )
    document: Stamped[Licence, Assumption] | None = visit.answer(asked)
    context = {
        "kind": kind,
        "document": document,
        "asked": asked,
        "facts": declared,
        "stated": facts_typed(asked.facts or ()) if asked and document else {},
        "given": dict(visit.fields) | _facts_of(visit),
        "sources": _cited(visit, document.result.sources if document else ()),
    }
    title = f"Export licence, {kind}" + (f", {asked.origin} to {asked.destination}" if asked else "")
    return "licence.html", context, Take(title, asked.dated(visit.state.ledger) if asked else None)


def _screen(visit: Visit) -> tuple[str, dict[str, Any], Take]:
    """A name compared with the lists; names of owners are posted, never in an address."""
    asked = visit.ask("screen") if visit.one("name") else None
    document: Stamped[Screening, Assumption] | None = None
    if asked is not None:
        try:
            asked = asked.but(lists=(visit.file,)) if visit.file else visit.state.with_lists(asked)
            document = asked.stamped(visit.state.ledger)
        except (DetenteError, ValidationError) as problem:
            visit.refuse(problem)
    context = {
        "document": document,
        "asked": asked,
        "given": dict(visit.fields),
        "rules": as_json(document.result.rules) if document else [],
        "sources": _cited(visit, document.result.sources if document else ()),
    }
    title = f"Screening of {asked.name}" if asked else "Screening"
    return "screen.html", context, Take(title, _by_name(asked.dated(visit.state.ledger)) if asked else None)


def _by_name(asked: Asked) -> Asked:
    """A screening whose lists are named without their folders; one that was sent goes to a file."""
    return asked.but(
        lists=tuple(Path("list.csv" if isinstance(one, bytes) else one.name) for one in asked.lists)
    )


def _purchases(visit: Visit) -> tuple[str, dict[str, Any], Take]:
    """Progress against a commitment, `id`, with a pasted table `actuals`."""
    ledger = visit.state.ledger
    asked = visit.ask("purchases")
    document = visit.answer(asked)
    listed = [m for m in ledger.measures.values() if m.instrument == "purchase"]
    context = {
        "document": document,
        "asked": asked,
        "commitments": [(m.id, m.title) for m in listed],
        "given": dict(visit.fields),
        "sources": {},
    }
    title = (
        f"Purchases: {ledger.measures[asked.commitment].title}"
        if asked and asked.commitment in ledger.measures
        else "Purchases"
    )
    return "purchases.html", context, Take(title, asked.dated(ledger) if asked else None)


def _cited(visit: Visit, names: Iterable[str]) -> dict[str, Any]:
    """Sources of an answer, by id."""
    known = visit.state.ledger.sources
    return {name: known[name] for name in names if name in known}


add_page(router, "/parties/port-fee", _port)
add_page(router, "/parties/licence", _licence)
add_page(router, "/parties/screen", _screen)
add_page(router, "/parties/purchases", _purchases)
