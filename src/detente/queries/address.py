"""Questions as addresses: what a query may say, and how a question is written as one."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, create_model

from detente.asof import near_day
from detente.errors import InputError
from detente.queries.fields import REQUIRED, Pasted, annotated

if TYPE_CHECKING:
    from detente.queries.fields import Field as QuestionField
    from detente.queries.question import Asked, Question


class Address(BaseModel):
    """Fields of an address; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@functools.cache
def model_of(question: Question) -> type[Address]:
    """Make the model that reads a question's address."""
    fields: dict[str, Any] = {}
    for item in question.offered:
        if item.word.apart:
            fields |= dict.fromkeys(item.word.apart, (_DAY, None))
        else:
            fields[item.key] = (_kind(item), _default(item))
    made: type[Address] = create_model(question.name, __base__=Address, __doc__=question.help, **fields)
    return made


def asked_of(question: Question, model: BaseModel) -> Asked:
    """Read a question out of its address."""
    given: dict[str, Any] = {}
    for item in question.offered:
        if item.word.apart:
            pair = tuple(value for key in item.word.apart if (value := getattr(model, key)))
            given[item.name] = pair if len(pair) == len(item.word.apart) else ()
            continue
        value = getattr(model, item.key)
        given[item.name] = Pasted(value, item.columns, item.name) if item.columns and value else value
    if any(text.partition("=")[0].strip() == "bill" for text in given.get("facts") or ()):
        raise InputError(
            "the page reads no files",
            where="fact",
            found="bill",
            allowed="the item's own facts",
            repair="use `detente licence ... --fact bill=FILE` for nested content",
        )
    return question.ask(**given)


def _default(item: QuestionField) -> Any:
    """What stands where a field is left out."""
    if item.default is REQUIRED:
        return ...
    return () if item.several and item.default is None else item.default


def _kind(item: QuestionField) -> Any:
    """The annotation of a field, with its limits."""
    limits, kind = item.limits, str if item.columns else item.kind
    optional = type(None) in get_args(kind)
    plain = next((one for one in get_args(kind) if one is not type(None)), kind) if optional else kind
    if limits.choices:
        words: Any = Literal
        plain = words[limits.choices]
    bounds: dict[str, Any] = {}
    if plain in {float, int}:
        bounds = {"ge": limits.low, "le": limits.high, "gt": limits.above}
        plain = annotated(plain, AfterValidator(_finite))
    elif plain is str or get_origin(plain) is tuple:
        bounds = {"max_length": limits.length, "pattern": f"^({limits.pattern})$" if limits.pattern else None}
        if item.default is REQUIRED and plain is str:
            bounds["min_length"] = 1
    kept = Field(**{key: value for key, value in bounds.items() if value is not None})
    if get_origin(plain) is tuple:
        many = Field(max_length=limits.many or 60)
        return annotated(tuple.__class_getitem__((annotated(str, kept), ...)), many, AfterValidator(_filled))
    checks = [AfterValidator(_within)] if limits.day or item.name in {"on", "known_on"} else []
    one = annotated(plain, kept, *checks)
    return annotated(one | None, BeforeValidator(_blank)) if optional or item.columns else one


def _within(text: str) -> str:
    """A day near enough to be answered."""
    return near_day(text, where="date").isoformat()


def _blank(value: Any) -> Any:
    """A field left blank in a form is not given."""
    return None if value == "" else value


_DAY = annotated(
    annotated(str, Field(max_length=10), AfterValidator(_within)) | None, BeforeValidator(_blank)
)


def _finite(value: float) -> float:
    """Numbers have an end."""
    if not math.isfinite(value):
        raise ValueError("a finite number")
    return value


def _filled(values: tuple[str, ...]) -> tuple[str, ...]:
    """Fields left blank in a form are not given."""
    return tuple(value for value in values if value.strip())
