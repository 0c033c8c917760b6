"""From a validation problem to a message with file, line, found, allowed and repair."""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from detente.errors import InputError
from detente.formatting import number as number_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

    from detente.errors import DetenteError
    from detente.io.yaml_file import Document, Location

CLOSE: Final = 60.0
SHORTEST: Final = 3
Parts = tuple[str, str, str, str]


def first_refusal(
    problem: ValidationError, model: type[BaseModel], document: Document, at: Location = ()
) -> DetenteError:
    """The error to raise for the first problem of a record."""
    details = min(problem.errors(), key=lambda item: document.lines.get((*at, *item["loc"]), 1 << 30))
    inner = tuple(details["loc"])
    location = (*at, *inner)
    parts = _PARTS.get("date" if details["type"].startswith("date") else details["type"], _other)
    found = _Problem(details, model, inner, document.raw.get(location, ""))
    what, seen, allowed, repair = parts(found)
    return document.error(what, where=document.where(location), found=seen, allowed=allowed, repair=repair)


@dataclass(frozen=True)
class _Problem:
    """One problem: what pydantic says, the schema, where in the record, and the unquoted text if any."""

    details: ErrorDetails
    model: type[BaseModel]
    at: Location
    raw: str

    @property
    def key(self) -> str:
        """Last part of the location."""
        return str(self.at[-1]) if self.at else ""

    @property
    def name(self) -> str:
        """Last key of the location."""
        words = [str(part) for part in self.at if not isinstance(part, int)]
        return words[-1] if words else "the document"

    @property
    def value(self) -> Any:
        """The value, or the record that holds it."""
        return self.details["input"]

    @property
    def seen(self) -> str:
        """The value as text; of a mapping its keys."""
        return ", ".join(map(str, self.value)) if isinstance(self.value, dict) else str(self.value)


def _unknown_key(problem: _Problem) -> Parts:
    """A key the schema does not have."""
    keys = allowed_keys(problem.model, problem.at[:-1])
    near = nearest(problem.key, keys)
    repair = f"write `{near}`" if near else "remove it"
    if problem.value is None and " " in problem.key:
        repair = "put the whole text in quotes: inside { } a comma starts a new key"
    return f"unknown key `{problem.key}`", problem.key, ", ".join(keys), repair


def _missing(problem: _Problem) -> Parts:
    """A key the schema requires."""
    return (
        f"missing key `{problem.key}`",
        problem.seen,
        f"`{problem.key}` is required",
        f"add `{problem.key}:`",
    )


def _not_text(problem: _Problem) -> Parts:
    """A number where a code or text is due."""
    if not isinstance(problem.value, (int, float)):
        return _other(problem)
    raw = problem.raw or problem.seen
    return f"unquoted code or text in `{problem.name}`", raw, "text in quotes", f'write "{raw}"'


def _date(problem: _Problem) -> Parts:
    """No date."""
    return f"bad date in `{problem.name}`", problem.seen, "an ISO date such as 2025-11-10", "write YYYY-MM-DD"


def _rule(problem: _Problem) -> Parts:
    """A rule between several keys."""
    said = problem.details["ctx"]
    return problem.details["msg"], said["found"], said["allowed"], said["repair"]


def _not_a_number(problem: _Problem) -> Parts:
    """Text where a number is due."""
    return f"not a number in `{problem.name}`", problem.seen, "a number without quotes", "remove the quotes"


def _too_large(problem: _Problem) -> Parts:
    """A rate that is no fraction, most likely."""
    limit = problem.details["ctx"]["le"]
    return (
        f"too large a number in `{problem.name}`",
        problem.seen,
        f"at most {number_text(limit)}",
        "write 25 % as 0.25",
    )


def _not_a_record(problem: _Problem) -> Parts:
    """No mapping."""
    keys = ", ".join(allowed_keys(problem.model, problem.at))
    return (
        f"not a mapping in `{problem.name}`",
        problem.seen or "nothing",
        f"the keys {keys}",
        "write `key: value` lines",
    )


def _choice(problem: _Problem) -> Parts:
    """A word that is not among those allowed."""
    allowed = str(problem.details["ctx"]["expected"]).replace(" or ", ", ").replace("'", "")
    near = nearest(problem.seen, allowed.split(", "))
    repair = f"write `{near}`" if near else "choose one of these"
    return f"unknown value in `{problem.name}`", problem.seen, allowed, repair


def _form(problem: _Problem) -> Parts:
    """A text that does not have its form."""
    pattern = problem.details["ctx"]["pattern"]
    return f"bad form in `{problem.name}`", problem.seen, f"text that matches {pattern}", "rewrite it so"


def _empty(problem: _Problem) -> Parts:
    """A list that may not be empty."""
    return f"`{problem.name}` is empty", problem.seen, "at least one entry", "add one"


def _other(problem: _Problem) -> Parts:
    """Anything else, in pydantic's words."""
    message = problem.details["msg"]
    return f"bad value in `{problem.name}`", problem.seen, message[:1].lower() + message[1:], "correct it"


_PARTS: Final[dict[str, Callable[[_Problem], Parts]]] = {
    "extra_forbidden": _unknown_key,
    "missing": _missing,
    "string_type": _not_text,
    "date": _date,
    "broken_rule": _rule,
    "float_type": _not_a_number,
    "less_than_equal": _too_large,
    "model_type": _not_a_record,
    "model_attributes_type": _not_a_record,
    "literal_error": _choice,
    "string_pattern_mismatch": _form,
    "too_short": _empty,
}


def nearest(word: str, choices: typing.Iterable[str]) -> str:
    """
    The most similar of some words, if any is similar. Gives empty if none is close.

    Examples
    --------
    >>> nearest("effectve", ["effective", "recorded"])
    'effective'
    """
    return next(iter(closest(word, choices, limit=1)), "")


def closest(word: str, choices: typing.Iterable[str], *, limit: int = 3, narrow: bool = True) -> list[str]:
    """
    The words most similar to one: fewest slips of the pen first, whatever is a capital.

    Gives those one slip away; without any, those at least six tenths alike; empty if none is.

    Examples
    --------
    >>> closest("RECP", ["RCEP", "USMCA", "EU"])
    ['RCEP']
    """
    from rapidfuzz import fuzz  # noqa: PLC0415  (only for messages)
    from rapidfuzz.distance import OSA  # noqa: PLC0415

    wanted = word.casefold()
    ranked = []
    ordered = sorted(choices) if isinstance(choices, (set, frozenset)) else dict.fromkeys(choices)
    for place, choice in enumerate(ordered):
        other = choice.casefold()
        slips, alike = OSA.distance(wanted, other), fuzz.ratio(wanted, other)
        if alike >= CLOSE or (slips == 1 and len(wanted) >= SHORTEST):
            # Letters swapped, or a capital, are the likeliest slips.
            ranked.append((slips - (sorted(wanted) == sorted(other)), -alike, place, choice))
    ranked.sort()
    if narrow and ranked and ranked[0][0] <= 1:
        ranked = [one for one in ranked if one[0] <= 1]
    return [choice for *_, choice in ranked[:limit]]


def meant(word: str, choices: typing.Iterable[str], *, otherwise: str = "choose one of these") -> str:
    """
    Ask whether the most similar of some words was meant.

    Examples
    --------
    >>> meant("kuala-lumper", ["kuala-lumpur"]), meant("x", ["kuala-lumpur"], otherwise="name a study")
    ('did you mean kuala-lumpur?', 'name a study')
    """
    near = nearest(word, choices)
    return f"did you mean {near}?" if near else otherwise


def near_names(word: str, choices: typing.Iterable[str], most: int = 3) -> list[str]:
    """The most similar of some words, nearest first; empty if none is close."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415  (only for messages)

    found = process.extract(word, list(choices), scorer=fuzz.ratio, score_cutoff=CLOSE, limit=most)
    return [str(item[0]) for item in found]


def allowed_keys(model: type[BaseModel], location: Location) -> list[str]:
    """Keys a schema allows at a location. Gives in the schema's order; empty where any key is allowed."""
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
    from pydantic import BaseModel  # noqa: PLC0415  (heavy, and a command parses its words without it)

    for option in _options(kind):
        if isinstance(option, type) and issubclass(option, BaseModel):
            return option
    return None


def _options(kind: Any) -> tuple[Any, ...]:
    """Alternatives of a union; the type itself otherwise."""
    if typing.get_origin(kind) in {typing.Union, types.UnionType}:
        return typing.get_args(kind)
    return (kind,)


def one_of(
    word: str,
    choices: typing.Collection[str],
    *,
    what: str,
    where: str,
    otherwise: str = "name one of these",
    error: type[DetenteError] = InputError,
) -> None:
    """
    Refuse a word that is not one of some, with the nearest of them.

    Examples
    --------
    >>> try:
    ...     one_of("trucee", ["truce", "lapse"], what="no such scenario", where="--under")
    ... except InputError as problem:
    ...     print(problem.allowed, "|", problem.repair)
    truce, lapse | did you mean truce?
    """
    if word not in choices:
        raise error(
            what,
            where=where,
            found=word,
            allowed=", ".join(choices),
            repair=meant(word, choices, otherwise=otherwise),
        )
