"""What every page has: the frame around it, its permalink, its citation, and the ways to take it away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request  # noqa: TC002  (the routes' annotations are resolved at run time)
from starlette.responses import HTMLResponse, Response

import detente
from detente import labels
from detente.asof import quarter, today_at
from detente.formatting import page_filters
from detente.io.stamped import Stamped
from detente.queries.page.what_if import WhatIf
from detente.render import after_sources, first_lines, theme
from detente.render.drawing import text as words
from detente.render.drawing.maps import BORDERS
from detente.web.cards import label_cells
from detente.web.pages.request import Visit, shared
from detente.web.permalinks import differences, others, pin_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import APIRouter

    from detente.queries.question import Asked
    from detente.web.state import State

NAVIGATION = (
    ("/", "Now"),
    ("/compare", "Compare"),
    ("/economy", "Countries"),
    ("/product", "Product"),
    ("/strategy", "Strategy"),
    ("/parties", "Ships and parties"),
    ("/ledger", "Ledger"),
)


@cache
def environment() -> Environment:
    """Set the templates up."""
    found = Environment(
        loader=PackageLoader("detente.web"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= page_filters()
    found.filters |= {
        "economy": words.economy,
        "the": words.the,
        "industry": words.industry,
        "sentence": words.sentence,
        "fact": words.fact,
        "https": words.https,
        "label": _label,
        "short": _short,
        "dotted": words.dotted,
        "plain_words": words.plain,
        "tied": lambda text: text.replace(" %", "\N{NO-BREAK SPACE}%"),
        "query": urlencode,
    }
    found.globals |= {
        "navigation": NAVIGATION,
        "borders": BORDERS,
        "version": detente.__version__,
        "theme": theme,
    }
    return found


def _label(name: str, kind: labels.Kind, within: str = "", otherwise: str = "") -> str:
    """The label of an id, with a capital."""
    return labels.label(kind, name, within=within, otherwise=otherwise)


def _short(name: str, kind: labels.Kind, within: str = "", otherwise: str = "") -> str:
    """The short label of an id, with a capital."""
    return labels.short(kind, name, within=within, otherwise=otherwise)


@dataclass(frozen=True)
class Take:
    """
    Ways to take a page away.

    title: Of the page, for its citation.
    question: What the page answers.
    world, study: Hashes, where the page rests on them.
    query: Of the permalink; that of the question by default.
    private: Whether its fields stand in no address.
    """

    title: str
    question: Asked | WhatIf | None = None
    world: str = ""
    study: str = ""
    query: str | None = None
    private: bool = False


def take_away(visit: Visit, take: Take, base: str) -> dict[str, Any]:
    """Write a page's permalink, citation, command and Python."""
    ledger, asked = visit.state.ledger, take.question
    here = pin_of(ledger, world=take.world, study=take.study)
    query = take.query if take.query is not None else asked.permanent() if asked else ""
    # What was worked out for a link's own day is found under that link again.
    pin = visit.pin if visit.state.known is not None else here
    link = f"{visit.path}?{query}{'&' if query else ''}{urlencode({'pin': str(pin)})}"
    own = asked if visit.state.known is None else None
    world = f", world {take.world[:12]}" if take.world else ""
    return {
        "permalink": base + link,
        "python": own.python() if own else "",
        "command": _command(visit, asked),
        "json": f"/api/v1{_address(own)}?{own.query()}" if own and not take.private else "",
        "cite": (
            f"Détente {detente.__version__} ({ledger.horizon.year}). {take.title}. "
            f"Ledger {ledger.version}{world}. {base}{link}"
        ),
        "changed": differences(visit.pin, here) if visit.pin else (),
        "pin": visit.pin,
        "stale": visit.stale,
        "other": others(visit.pin, here) if visit.pin else (),
    }


def _address(asked: Asked | WhatIf) -> str:
    """Address of a question under the HTTP API."""
    return asked.address if isinstance(asked, WhatIf) else asked.question.address


def _command(visit: Visit, asked: Asked | WhatIf | None) -> str:
    """The command that answers the same; none for levers moved on another day's law, whose file is not offered."""
    if asked is None or visit.state.known is None:
        return asked.shell() if asked else ""
    return "" if isinstance(asked, WhatIf) else asked.shell(known=visit.state.known.isoformat())


Build = Callable[[Visit], tuple[str, dict[str, Any], "Take"]]


def add_page(router: APIRouter, path: str, build: Build) -> None:
    """Add a page that is made from its address alone."""

    async def answer(request: Request) -> Response:
        return await page(request, build)

    answer.__doc__ = build.__doc__
    router.add_api_route(path, answer, methods=["GET"], response_class=HTMLResponse)


async def page(request: Request, build: Build) -> Response:
    """Answer with a page, made once for each address."""
    visit = Visit.of(request)
    base = f"{request.url.scheme}://{request.headers.get('host', '')}"
    fields = tuple(request.query_params.multi_items())
    key = ("page", visit.path, base, visit.state.study.stage, quarter(), fields)
    kept = visit.state.shelf.get(key)
    if kept is None:
        kept = await run_in_threadpool(_made, visit, build, base, key)
    # A page that still waits for a part of it says so to programs too.
    headers = {"retry-after": "2"} if visit.passing else None
    return HTMLResponse(kept, status_code=visit.status, headers=headers)


def _made(visit: Visit, build: Callable[..., Any], base: str, key: Any) -> bytes:
    """Make a page; one that refuses something, or waits for something, is not kept."""
    name, context, take = build(visit)
    text = render(
        name,
        context
        | {
            "take": take_away(visit, take, base),
            "title": take.title,
            "refusal": visit.refusal,
            "path": visit.path,
            "pin_query": visit.pin_query,
        },
        visit.state,
    ).encode()
    if visit.status == 200 and not visit.passing:  # noqa: PLR2004  (the page as asked for)
        visit.state.shelf.put(key, text, len(text))
    return text


def render(name: str, context: Mapping[str, Any], state: State) -> str:
    """Fill a template."""
    ledger, study = state.ledger, state.study
    frame = {"ledger": ledger, "today": today_at(ledger.home), "pin_query": ""}
    frame |= {"told": _told(context.get("document"))}
    frame |= {"stage": study.stage, "step": study.step}
    return label_cells(environment().get_template(name).render({**frame, **context}))


def _told(document: Any) -> list[str]:
    """What was asked and both readings, where the day of an answer lies after the last one the sources cover."""
    dated = isinstance(document, (dict, Stamped))  # a run is of several days
    return first_lines(document) if dated and after_sources(document) else []


def simple_page(
    request: Request, name: str, context: Mapping[str, Any], *, status: int = 200, headers: Any = None
) -> Response:
    """Answer with a page that has nothing to take away."""
    filled = {"take": None, "refusal": None, "title": "Détente", "path": request.url.path, **context}
    return HTMLResponse(render(name, filled, shared(request)), status_code=status, headers=headers)


def error_page(request: Request, found: Mapping[str, str], status: int, headers: Any) -> Response:
    """Answer with a refusal as a page."""
    context = {"refusal": found, "status": status, "title": found.get("what") or "Not found"}
    return simple_page(request, "error.html", context, status=status, headers=headers)
