"""From a validation problem to a message with file, line, found, allowed and repair."""

from __future__ import annotations

import types
import typing
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from detente.errors import DetenteError
    from detente.reading import Document, Location

CLOSE: Final = 60.0


def first_refusal(
    problem: ValidationError, model: type[BaseModel], document: Document, at: Location = ()
) -> DetenteError:
    """
    The error to raise for the first problem of a record.

    Parameters
    ----------
    problem
        What pydantic found.
    model
        The schema.
    document
        Gives file, lines and the class of the error.
    at
        Where in the document the record starts.

    Returns
    -------
    error
        Not raised yet.
    """
    details = min(problem.errors(), key=lambda item: document.lines.get((*at, *item["loc"]), 1 << 30))
    inner = tuple(details["loc"])
    location = (*at, *inner)
    what, found, allowed, repair = _parts(details, model, document, location, inner)
    return document.error(what, where=document.where(location), found=found, allowed=allowed, repair=repair)


def _parts(
    details: ErrorDetails, model: type[BaseModel], document: Document, location: Location, inner: Location
) -> tuple[str, str, str, str]:
    """What, found, allowed, repair."""
    kind, key = details["type"], str(inner[-1]) if inner else ""
    value = details["input"]
    if kind == "extra_forbidden":
        keys = allowed_keys(model, inner[:-1])
        near = nearest(key, keys)
        return f"unknown key `{key}`", key, ", ".join(keys), f"write `{near}`" if near else "remove it"
    if kind == "missing":
        return f"missing key `{key}`", _found_keys(value), f"`{key}` is required", f"add `{key}:`"
    if kind == "string_type" and isinstance(value, (int, float)):
        raw = document.raw.get(location, str(value))
        return f"unquoted code or text in `{_name(inner)}`", raw, "text in quotes", f'write "{raw}"'
    if kind.startswith("date"):
        return f"bad date in `{_name(inner)}`", str(value), "an ISO date such as 2025-11-10", "write YYYY-MM-DD"
    if kind == "value_error":
        what, _, repair = str(details["ctx"]["error"]).partition(" | ")
        return what, _found_keys(value), "see the schema", repair
    if kind == "literal_error":
        allowed = str(details["ctx"]["expected"]).replace(" or ", ", ").replace("'", "")
        near = nearest(str(value), allowed.split(", "))
        return f"unknown value in `{_name(inner)}`", str(value), allowed, f"write `{near}`" if near else ""
    if kind == "string_pattern_mismatch":
        return f"bad form in `{_name(inner)}`", str(value), f"text like {details['ctx']['pattern']}", "rewrite it"
    if kind == "too_short":
        return f"`{_name(inner)}` is empty", str(value), "at least one entry", "add one"
    return f"bad value in `{_name(inner)}`", str(value), details["msg"][:1].lower() + details["msg"][1:], ""


def _name(location: Location) -> str:
    """Last key of a location, with the list position behind it."""
    words = [str(part) for part in location if not isinstance(part, int)]
    return words[-1] if words else "the document"


def _found_keys(value: Any) -> str:
    """The keys of a mapping, or the value."""
    return ", ".join(str(key) for key in value) if isinstance(value, dict) else str(value)


def nearest(word: str, choices: typing.Iterable[str]) -> str:
    """
    The most similar of some words, if any is similar.

    Parameters
    ----------
    word
        What was written.
    choices
        What could have been meant.

    Returns
    -------
    choice
        Empty if none is close.

    Examples
    --------
    >>> nearest("effectve", ["effective", "recorded"])
    'effective'
    """
    from rapidfuzz import fuzz, process  # noqa: PLC0415  (only for messages)

    best = process.extractOne(word, list(choices), scorer=fuzz.ratio, score_cutoff=CLOSE)
    return str(best[0]) if best else ""


def allowed_keys(model: type[BaseModel], location: Location) -> list[str]:
    """
    Keys a schema allows at a location.

    Parameters
    ----------
    model
        The schema of the whole record.
    location
        Keys and list positions from its top.

    Returns
    -------
    keys
        In the schema's order; empty where any key is allowed.
    """
    kind: Any = model
    for part in location:
        kind = _inside(kind, part)
    kind = _model_of(kind)
    return [field.alias or name for name, field in kind.model_fields.items()] if kind else []


def _inside(kind: Any, part: str | int) -> Any:
    """Type of one entry of a type."""
    record = _model_of(kind)
    if record is not None and isinstance(part, str):
        for name, field in record.model_fields.items():
            if part in {name, field.alias}:
                return field.annotation
        return None
    for option in _options(kind):
        arguments = typing.get_args(option)
        if typing.get_origin(option) in {tuple, list} and isinstance(part, int):
            return arguments[0]
        if typing.get_origin(option) is dict:
            return arguments[1]
    return None


def _model_of(kind: Any) -> type[BaseModel] | None:
    """The record among the alternatives of a type."""
    for option in _options(kind):
        if isinstance(option, type) and issubclass(option, BaseModel):
            return option
    return None


def _options(kind: Any) -> tuple[Any, ...]:
    """Alternatives of a union; the type itself otherwise."""
    if typing.get_origin(kind) in {typing.Union, types.UnionType}:
        return typing.get_args(kind)
    return (kind,)
