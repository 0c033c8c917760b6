"""Documents as frozen dataclasses: laid out as JSON, read back from it, and described by a JSON schema."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping
from dataclasses import MISSING, fields
from functools import cache
from typing import Any, Self, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from detente.errors import InputError

Part = TypeVar("Part", bound="Document")
SCHEMA = "https://json-schema.org/draft/2020-12/schema"


class Document:
    """
    Base of what passes between rooms: keyword-only frozen dataclasses whose fields are the keys of the JSON.

    A field that has a default is left out of the JSON while it has it. A word of Python as a key has a ``_`` behind it.
    """

    __pydantic_config__ = ConfigDict(extra="forbid", alias_generator=lambda name: name.removesuffix("_"))

    @classmethod
    def read(cls, document: Self | Mapping[str, Any]) -> Self:
        """Read a document out of JSON, or give one that is read; refuses a key or a kind of value that it does not have."""
        if isinstance(document, cls):
            return document
        kind: Any = cls
        try:
            found: Self = adapter(kind).validate_python(document)
        except ValidationError as problem:
            first = problem.errors()[0]
            raise InputError(
                "not a document of this kind",
                where=".".join(map(str, first["loc"])) or cls.__name__,
                found=str(first["input"])[:80],
                allowed=first["msg"],
                repair="use a document of this version",
            ) from None
        return found


@cache
def adapter(kind: Hashable) -> TypeAdapter[Any]:
    """What reads and describes a kind of document; made once."""
    wanted: Any = kind
    return TypeAdapter(wanted)


@cache
def _keys(kind: Hashable) -> tuple[tuple[str, str, Any], ...]:
    """Attribute, key and default of each field of a document."""
    known: Any = kind
    return tuple((item.name, item.name.removesuffix("_"), item.default) for item in fields(known))


def as_json(value: Any) -> Any:
    """Lay a document out as plain mappings, lists and values, days as ISO text."""
    if isinstance(value, Document):
        kind: Any = type(value)
        pairs = ((key, getattr(value, name), default) for name, key, default in _keys(kind))
        return {key: as_json(one) for key, one, default in pairs if default is MISSING or one != default}
    if isinstance(value, Mapping):
        return {key: as_json(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(one) for one in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def part_of(document: Document, kind: type[Part]) -> Part:
    """The part of a document that a kind it is made from holds."""
    known: Any = kind
    found: Part = kind(**{item.name: getattr(document, item.name) for item in fields(known)})
    return found


def schema_of(kind: Any, title: str) -> dict[str, Any]:
    """JSON schema of a kind of document."""
    return {"$schema": SCHEMA, **adapter(kind).json_schema(by_alias=True), "title": title}
