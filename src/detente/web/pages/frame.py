"""What every page has: the frame around it, its permalink, its citation, and the ways to take it away."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse

import detente
from detente.errors import DetenteError
from detente.report import theme
from detente.report.formats import money
from detente.web import words
from detente.web.errors import code_of, parts
from detente.web.maps import BORDERS
from detente.web.pins import differences, pin_of, read_pin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from detente.web.pins import Pin
    from detente.web.questions import Question
    from detente.web.state import State

    Asked = TypeVar("Asked", bound=Question)

NAVIGATION = (
    ("/", "Now"),
    ("/compare", "Compare"),
    ("/product", "Product"),
    ("/strategy", "Strategy"),
    ("/parties", "Ships and parties"),
    ("/ledger", "Ledger"),
)


def shared(request: Request) -> State:
    """
    Give what requests share.

    Parameters
    ----------
    request
        Any.

    Returns
    -------
    State
        Of the application.
    """
    state: State = request.app.state.detente
    return state


def client_of(request: Request) -> str:
    """
    Name who asks, for fair turns.

    Parameters
    ----------
    request
        Any.

    Returns
    -------
    str
        The address of the connection.
    """
    return request.client.host if request.client else "unknown"


@cache
def environment() -> Environment:
    """
    Set the templates up.

    Returns
    -------
    jinja2.Environment
        Every text is escaped; a name that is missing is an error.
    """
    found = Environment(
        loader=PackageLoader("detente.web"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "percent": words.percent,
        "points": words.points,
        "money": money,
        "economy": words.economy,
        "day": words.day,
        "https": words.https,
        "query": urlencode,
    }
    found.globals |= {
        "navigation": NAVIGATION,
        "borders": BORDERS,
        "version": detente.__version__,
        "theme": theme,
    }
    return found


@dataclass
class Visit:
    """
    One request for a page.

    Attributes
    ----------
    state
        Shared.
    path
        Of the page.
    fields
        Of the query, without the pin.
    pin
        What the address was made with, if it says so.
    client
        Who asks.
    """

    state: State
    path: str
    fields: list[tuple[str, str]]
    pin: Pin | None = None
    client: str = ""
    refusal: dict[str, str] | None = None
    status: int = 200
    used: list[tuple[str, Question]] = field(default_factory=list)

    @classmethod
    def of(cls, request: Request) -> Visit:
        """
        Read a request.

        Parameters
        ----------
        request
            For a page.

        Returns
        -------
        Visit
            Its pin taken out of the query.
        """
        state, pairs = shared(request), list(request.query_params.multi_items())
        pins = [value for key, value in pairs if key == "pin"]
        fields = [(key, value) for key, value in pairs if key != "pin"]
        pin = read_pin(pins[0]) if pins else None
        return cls(state, request.url.path, fields, pin, client_of(request))

    @property
    def stale(self) -> bool:
        """Whether the address was made with another ledger."""
        return self.pin is not None and self.pin.ledger != pin_of(self.state.ledger).ledger

    def one(self, name: str, default: str = "") -> str:
        """
        Give one field.

        Parameters
        ----------
        name
            Of the field.
        default
            When it is absent or blank.

        Returns
        -------
        str
            As typed.
        """
        return next((value for key, value in self.fields if key == name and value), default)

    def ask(self, kind: type[Asked], /, **given: Any) -> Asked | None:
        """
        Read a question out of the query.

        Parameters
        ----------
        kind
            The question.
        **given
            Values that stand before those of the query.

        Returns
        -------
        Question or None
            None when a field cannot be used; `refusal` says which.
        """
        taken: dict[str, Any] = {}
        lists = {name for name, each in kind.model_fields.items() if "list" in str(each.annotation)}
        names = {each.alias or name: name for name, each in kind.model_fields.items()}
        for key, value in self.fields:
            if key in lists:
                taken.setdefault(key, []).append(value)
            elif key in names and value:
                taken[key] = value
        if self.stale and self.pin is not None and "known" in names:
            taken.setdefault("known", self.pin.day)
        try:
            return kind(**(taken | given))
        except (ValidationError, DetenteError) as problem:
            self.refuse(problem)
            return None

    def answer(self, question: Question | None) -> dict[str, Any] | None:
        """
        Answer a question, or say why it cannot be.

        Parameters
        ----------
        question
            None when it could not be read.

        Returns
        -------
        document or None
            As the API gives it.
        """
        if question is None:
            return None
        try:
            return self.state.document(question)
        except DetenteError as problem:
            self.refuse(problem)
            return None

    def refuse(self, problem: Exception) -> None:
        """
        Take note of a refusal, to be shown on the page.

        Parameters
        ----------
        problem
            What was raised.
        """
        if self.refusal is None:
            self.refusal, self.status = parts(problem), code_of(problem)


@dataclass(frozen=True)
class Take:
    """
    Ways to take a page away.

    Attributes
    ----------
    title
        Of the page, for its citation.
    question
        What the page answers.
    world, study
        Hashes, where the page rests on them.
    query
        Of the permalink; that of the question by default.
    """

    title: str
    question: Question | None = None
    world: str = ""
    study: str = ""
    query: str | None = None


def take_away(visit: Visit, take: Take, base: str) -> dict[str, Any]:
    """
    Write a page's permalink, citation, command and Python.

    Parameters
    ----------
    visit
        The request.
    take
        What the page answers.
    base
        Scheme and host of this server.

    Returns
    -------
    dict
        For the template.
    """
    ledger, asked = visit.state.ledger, take.question
    here = pin_of(ledger, world=take.world, study=take.study)
    query = take.query if take.query is not None else asked.query() if asked else ""
    link = f"{visit.path}?{query}{'&' if query else ''}{urlencode({'pin': str(here)})}"
    world = f", world {take.world[:12]}" if take.world else ""
    return {
        "permalink": base + link,
        "python": asked.python() if asked else "",
        "command": asked.shell() if asked else "",
        "json": f"/api/v1{asked.address}?{asked.query()}" if asked else "",
        "cite": (
            f"Détente {detente.__version__} ({ledger.horizon.year}). {take.title}. "
            f"Ledger {ledger.version}{world}. {base}{link}"
        ),
        "changed": differences(visit.pin, here) if visit.pin else (),
        "pin": visit.pin,
        "stale": visit.stale,
    }


async def page(request: Request, build: Callable[[Visit], tuple[str, dict[str, Any], Take]]) -> Response:
    """
    Answer with a page, made once for each address.

    Parameters
    ----------
    request
        For the page.
    build
        Gives the template's name, its context, and what is to be taken away.

    Returns
    -------
    Response
        HTML.
    """
    visit = Visit.of(request)
    base = f"{request.url.scheme}://{request.headers.get('host', '')}"
    key = ("page", visit.path, base, visit.state.study.stage, tuple(request.query_params.multi_items()))
    kept = visit.state.shelf.get(key)
    if kept is None:
        kept = await run_in_threadpool(_made, visit, build, base, key)
    return HTMLResponse(kept, status_code=visit.status)


def _made(visit: Visit, build: Callable[..., Any], base: str, key: Any) -> bytes:
    """Make a page; one that refuses something is not kept."""
    name, context, take = build(visit)
    text = render(
        name,
        context
        | {
            "take": take_away(visit, take, base),
            "title": take.title,
            "refusal": visit.refusal,
            "path": visit.path,
        },
        visit.state,
    ).encode()
    if visit.status == 200:  # noqa: PLR2004  (the page as asked for)
        visit.state.shelf.put(key, text, len(text))
    return text


def render(name: str, context: Mapping[str, Any], state: State) -> str:
    """
    Fill a template.

    Parameters
    ----------
    name
        Of the template.
    context
        Its names.
    state
        For the line about the ledger.

    Returns
    -------
    str
        HTML.
    """
    frame = {"ledger": state.ledger, "stage": state.study.stage, "step": state.study.step}
    return environment().get_template(name).render({**frame, **context})


def simple_page(
    request: Request, name: str, context: Mapping[str, Any], *, status: int = 200, headers: Any = None
) -> Response:
    """
    Answer with a page that has nothing to take away.

    Parameters
    ----------
    request
        Any.
    name
        Of the template.
    context
        Its names.
    status, headers
        Of the answer.

    Returns
    -------
    Response
        HTML.
    """
    filled = {"take": None, "refusal": None, "title": "Détente", "path": request.url.path, **context}
    return HTMLResponse(render(name, filled, shared(request)), status_code=status, headers=headers)


def error_page(request: Request, found: Mapping[str, str], status: int, headers: Any) -> Response:
    """
    Answer with a refusal as a page.

    Parameters
    ----------
    request
        Any.
    found
        The five parts.
    status, headers
        Of the answer.

    Returns
    -------
    Response
        HTML.
    """
    context = {"refusal": found, "status": status, "title": found.get("what") or "Not found"}
    return simple_page(request, "error.html", context, status=status, headers=headers)
