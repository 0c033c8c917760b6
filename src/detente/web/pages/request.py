"""One request for a page: its fields, its pin, and what could not be answered."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from pydantic import ValidationError

from detente.errors import DetenteError, InputError
from detente.queries.address import asked_of, model_of
from detente.queries.page.what_if import WhatIf
from detente.queries.question import question_of
from detente.web.errors import code_of, parts
from detente.web.permalinks import pin_of, read_pin

if TYPE_CHECKING:
    from pydantic import BaseModel
    from starlette.requests import Request

    from detente.queries.question import Asked
    from detente.web.permalinks import Pin
    from detente.web.state import State


# Pages of what is solved.
SOLVED = ("/compare", "/strategy", "/economy", "/points")


def shared(request: Request) -> State:
    """Give what requests share."""
    state: State = request.app.state.detente
    return state


def client_of(request: Request) -> str:
    """Name who asks, for fair turns."""
    return request.client.host if request.client else "unknown"


@dataclass
class Visit:
    """
    One request for a page.

    state: Shared.
    path: Of the page.
    fields: Of the query, without the pin.
    pin: What the address was made with, if it says so.
    client: Who asks.
    refusal, status: What could not be answered.
    passing: Whether the page says that something is still being worked out, and so is not to be kept.
    file: Content of a file that was sent with the fields; it is never kept.
    """

    state: State
    path: str
    fields: list[tuple[str, str]]
    pin: Pin | None = None
    client: str = ""
    refusal: dict[str, str] | None = None
    status: int = 200
    passing: bool = False
    file: bytes = b""

    @classmethod
    def of(cls, request: Request) -> Visit:
        """Read a request."""
        state, pairs = shared(request), list(request.query_params.multi_items())
        pins = [value for key, value in pairs if key == "pin"]
        fields = [(key, value) for key, value in pairs if key != "pin"]
        pin = read_pin(pins[0]) if pins else None
        found = cls(state, request.url.path, fields, pin, client_of(request))
        if found.stale and pin is not None and found.path.startswith(SOLVED):
            found.state = state.as_known(dt.date.fromisoformat(pin.day))
        return found

    @property
    def stale(self) -> bool:
        """Whether the address was made with another ledger."""
        return self.pin is not None and self.pin.ledger != pin_of(self.state.ledger).ledger

    @property
    def pin_query(self) -> str:
        """The pin as a field, for what a page of another day loads; empty for a page of this server's own facts."""
        return urlencode({"pin": str(self.pin)}) if self.state.known is not None else ""

    def one(self, name: str, default: str = "") -> str:
        """Give one field."""
        return next((value for key, value in self.fields if key == name and value), default)

    def ask(self, name: str, /, **given: Any) -> Asked | None:
        """
        Read a question out of the query.

        Gives with its day written out; None when a field cannot be used, and `refusal` says which.
        """
        question = question_of(name)
        model = model_of(question)
        taken = self._taken(model, given)
        if self.stale and self.pin is not None and "known" in model.model_fields:
            taken.setdefault("known", self.pin.day)
        try:
            return asked_of(question, model(**taken)).dated(self.state.ledger)
        except (ValidationError, DetenteError) as problem:
            self.refuse(problem)
            return None

    def moved(self) -> WhatIf | None:
        """
        Read a scenario that a reader moved out of the query.

        Gives None when a field cannot be used, and `refusal` says which.
        """
        try:
            return WhatIf(**self._taken(WhatIf, {}))
        except (ValidationError, DetenteError) as problem:
            self.refuse(problem)
            return None

    def _taken(self, model: type[BaseModel], given: dict[str, Any]) -> dict[str, Any]:
        """Fields of the query that a model has, blank ones left out."""
        taken: dict[str, Any] = {}
        lists = {name for name, each in model.model_fields.items() if "tuple[" in str(each.annotation)}
        for key, value in self.fields:
            if key in lists:
                taken.setdefault(key, []).append(value)
            elif key in model.model_fields and value:
                taken[key] = value
        return taken | given

    def answer(self, question: Asked | None) -> Any:
        """Answer a question, or say why it cannot be and give None."""
        if question is None:
            return None
        try:
            return self.state.document(question)
        except DetenteError as problem:
            self.refuse(problem)
            return None

    def refuse(self, problem: Exception) -> None:
        """Take note of a refusal, to be shown on the page."""
        if self.refusal is None:
            self.refusal, self.status = parts(problem), code_of(problem)

    def refused(self) -> InputError:
        """Give the refusal as an error, where there is no page to show it on."""
        return InputError(**{part: words for part, words in (self.refusal or {}).items() if part != "error"})
