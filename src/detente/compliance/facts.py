"""Facts of a case as people type them: declared, read strictly, never guessed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import difflib
import math
from typing import TYPE_CHECKING, Literal

from detente.errors import InputError
from detente.geography import economies as places
from detente.io.dates import parse_date

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["number", "count", "share", "flag", "place", "word", "text", "day"]
LONGEST = 200
Value = float | int | bool | str | dt.date
_TRUE = frozenset({"true", "yes", "y", "1"})
_FALSE = frozenset({"false", "no", "n", "0"})
_UNKNOWN = frozenset({"", "unknown", "?", "nan"})


@dataclasses.dataclass(frozen=True)
class Fact:
    """
    One fact a case may state.

    kind: How it is read: a ``number`` of at least zero, a whole ``count`` of at least one, a ``share`` from 0 to 1, a
        ``flag``, a ``place``, a ``word`` out of `words`, a ``day``, or free ``text``.
    why: The legal test that asks for it; shown when it is unknown.
    words: The words allowed; for a ``place``, those beside the names of economies.
    positive: For a number: zero is refused too.
    """

    kind: Kind
    why: str
    words: tuple[str, ...] = ()
    positive: bool = False


def read_facts(declared: Mapping[str, Fact], given: Mapping[str, object], *, where: str) -> dict[str, Value]:
    """
    Read the facts of a case; unknown ones are left out.

    Examples
    --------
    >>> read_facts({"teu": Fact("number", "size test")}, {"teu": "3900"}, where="port_fee")
    {'teu': 3900.0}
    """
    read: dict[str, Value] = {}
    for raw, value in given.items():
        name = str(raw).replace("-", "_")
        if name not in declared:
            near = difflib.get_close_matches(name[:LONGEST], declared, n=1)
            raise InputError(
                "this case has no such fact",
                where=where,
                found=str(raw)[:LONGEST],
                allowed=", ".join(sorted(declared)),
                repair=f"did you mean `{near[0]}`?" if near else "leave it out",
            )
        if is_unknown(value):
            continue
        read[name] = _read(declared[name], value, f"{where}: {name}")
    return read


def is_unknown(value: object) -> bool:
    """
    Tell whether a value says that the fact is not known. Gives True for nothing, None, NaN and the words for it.

    Examples
    --------
    >>> is_unknown("?"), is_unknown("no")
    (True, False)
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return True
    return isinstance(value, str) and value.strip().lower() in _UNKNOWN


def _read(fact: Fact, value: object, where: str) -> Value:
    """Read one value by the kind of its fact."""
    if isinstance(value, str) and len(value) > LONGEST:
        raise InputError(
            "the text of a fact is too long",
            where=where,
            found=f"{len(value)} characters",
            allowed=f"at most {LONGEST}",
            repair="shorten it",
        )
    if fact.kind == "flag":
        return _flag(value, where)
    if fact.kind == "place":
        return _place(str(value), fact.words, where)
    if fact.kind == "word":
        return _word(value, fact.words, where)
    if fact.kind == "text":
        return str(value).strip()
    if fact.kind == "day":
        return value if isinstance(value, dt.date) else parse_date(str(value).strip(), where=where)
    return _number(fact, value, where)


def _place(value: str, words: tuple[str, ...], where: str) -> str:
    """Read an economy, or a word that the fact takes in place of one."""
    text = value.strip().lower().replace("_", "-").replace(" ", "-")
    return text if text in words else places.resolve(value, where=where)


def _flag(value: object, where: str) -> bool:
    """Read a yes or no."""
    text = str(value).strip().lower()
    if text in _TRUE | _FALSE:
        return text in _TRUE
    raise InputError(
        "not a yes or no",
        where=where,
        found=value,
        allowed="true or false",
        repair="say true or false, or leave it out",
    )


def _word(value: object, words: tuple[str, ...], where: str) -> str:
    """Read one word of a closed list."""
    text = str(value).strip().lower().replace("_", "-").replace(" ", "-")
    if text in words:
        return text
    near = difflib.get_close_matches(text, words, n=1)
    raise InputError(
        "not one of the words this fact knows",
        where=where,
        found=value,
        allowed=", ".join(words),
        repair=f"did you mean `{near[0]}`?" if near else "choose one of them or leave it out",
    )


_LIMITS = {
    "number": (0.0, math.inf, "a number, at least 0"),
    "count": (1.0, math.inf, "a whole number, at least 1"),
    "share": (0.0, 1.0, "a share from 0 to 1 (0.25 or 25%)"),
}


def _number(fact: Fact, value: object, where: str) -> float | int:
    """Read a number and check its range."""
    least, most, allowed = _LIMITS[fact.kind]
    text = str(value).strip().replace(",", "").replace("_", "")
    try:
        percent = fact.kind == "share" and text.endswith("%")
        number = float(text.removesuffix("%")) / 100.0 if percent else float(text)
    except ValueError:
        number = math.nan
    whole = fact.kind != "count" or number == math.floor(number)
    inside = math.isfinite(number) and least <= number <= most and whole
    if isinstance(value, bool) or not inside or (fact.positive and number == 0):
        raise InputError(
            "the number cannot be used",
            where=where,
            found=value,
            allowed=allowed + (" and not 0" if fact.positive else ""),
            repair="give the number without a unit, or leave it out if it is not known",
        )
    return int(number) if fact.kind == "count" else number
