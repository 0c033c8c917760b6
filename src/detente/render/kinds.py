"""What kind of number stands under a key, and how a reader sees it: one table for terminal, page and print."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal

from detente import labels
from detente.formatting import between, change, count, exact, fixed, money, number, quantity, rate, small

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Kind = Literal[
    "rate", "money", "billions", "change", "quantity", "score", "residual", "plain", "whole", "number"
]

# Kind by key, then by the end of a key; what neither names is a number as it is.
KINDS: Final[dict[str, Kind]] = {
    "rate": "rate", "rate_min": "rate", "rate_max": "rate", "additional": "rate", "contribution": "rate",
    "suspended_points": "rate", "points": "rate", "cap": "rate", "share": "rate", "by": "rate", "tariffs": "rate",
    "ownership": "rate", "restrictiveness": "rate",
    "mean": "rate", "mean_before": "rate", "amount": "money", "amount_min": "money", "amount_max": "money",
    "scheduled": "money", "value": "money", "amounts": "money", "units": "number", "target": "quantity",
    "done": "quantity", "due_to_date": "quantity", "shortfall": "quantity", "score": "score", "similarity": "score",
    "leverage": "score", "residual": "residual", "year": "plain", "weights_year": "plain",
}  # fmt: skip
ENDINGS: Final[tuple[tuple[str, Kind], ...]] = (
    ("_usd_bn", "billions"),
    ("_usd", "whole"),
    ("_pct", "change"),
    ("_share", "rate"),
    ("_rate", "rate"),
    ("_year", "plain"),
)
# Words for keys that say little as they are.
WORDS: Final = {
    "by": "part",
    "on": "day",
    "known_on": "as known on",
    "ends": "suspensions end as",
    "imports_usd": "imports, USD",
    "usd_bn": "USD bn",
    "hs6": "HS6",
    "hts8": "HTS8",
    "hts10": "HTS10",
    "due_to_date": "due to date",
    "additional": "additional duties",
    "weights_year": "year of the weights",
    "restrictiveness": "uniform tariff of the same loss",
    "legal_text": "legal text",
    "in_force": "in force",
    "id": "measure",
}
# Words of the ledger that are written with an underscore.
CODES: Final = {"instrument", "events"}
# Ids of the ledger and of worlds, by key, and what they are of.
NAMED: Final[dict[str, labels.Kind]] = {
    "measure": "measure",
    "part": "part",
    "sector": "industry",
    "industry": "industry",
    "of": "industry",
    "assumption": "assumption",
}
# A measure in a text, with a part of it, that is not typed in brackets.
ID: Final = re.compile(
    r"(?<![\w.(`/])(?P<name>[a-z]+(?:\.[a-z0-9_]+)+)(?:/(?P<part>\w+))?(?![\w)`])(?P<comma>,(?=\w))?"
)
COVERED: Final = {"partial": "in part"}


def kind_of(key: str, row: Mapping[str, Any] | None = None) -> Kind:
    """Kind of the number under a key; a rate beside units is money per unit, a value beside a name anything."""
    beside = row or {}
    if key == "rate" and "units" in beside:
        return "money"
    if key == "value" and "currency" not in beside:
        return "number"
    if key in KINDS:
        return KINDS[key]
    return next((kind for end, kind in ENDINGS if key.endswith(end)), "number")


def heading(key: str) -> str:
    """A key in words."""
    for end, words in (("_usd_bn", ", USD bn"), ("_usd", ", USD"), ("_pct", ", %")):
        if key.endswith(end) and key not in WORDS:
            return f"{heading(key.removesuffix(end))}{words}"
    return WORDS.get(key, key.replace("_", " "))


def text_of(key: str, value: Any, row: Mapping[str, Any] | None = None) -> str:
    """A value of any kind as a reader sees it; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _number(key, value, row or {})
    if isinstance(value, dict | list | tuple):
        return _several(key, value)
    return _words(key, str(value), row or {})


def _words(key: str, value: str, row: Mapping[str, Any]) -> str:
    """A text: of an id its label, of a code its words, else as it is with the measures in it by their labels."""
    if not key:  # a cell for machines
        return value
    if key in NAMED:
        return _named(key, value, row)
    if key in CODES:
        return value.replace("_", " ")
    return COVERED.get(value, value) if key == "covered" else spelled(value)


def spelled(text: str) -> str:
    """
    Write a text with the ids of measures in it as their short labels.

    Examples
    --------
    >>> spelled("us.xc.2023/band in force"), spelled("us.port.annex4,us.port.annex3")
    ('Chip controls of 2023 (below the threshold) in force', 'LNG cargo rule, Port fee, vehicle carriers')
    """

    def label_of(found: re.Match[str]) -> str:
        name, part = found["name"], found["part"]
        if not labels.find("measure", name):
            return found[0]
        inside = f" ({labels.short_phrase('part', part, within=name)})" if part and part != "main" else ""
        return labels.short("measure", name) + inside + (", " if found["comma"] else "")

    return ID.sub(label_of, text)


def _named(key: str, value: str, row: Mapping[str, Any]) -> str:
    """The short label of an id, where it has one."""
    within = str(row.get("measure") or row.get("id") or "") if NAMED[key] == "part" else ""
    return labels.short(NAMED[key], value, within=within) if labels.find(NAMED[key], value, within) else value


def _several(key: str, value: Mapping[Any, Any] | Iterable[Any]) -> str:
    """A list or a mapping in a line."""
    if isinstance(value, dict):
        return "; ".join(_pair(key, name, item) for name, item in value.items() if not empty(item))
    items = list(value)
    separator = "; " if any(isinstance(item, dict) for item in items) else ", "
    return separator.join(text_of(key, item) for item in items)


def _pair(key: str, name: Any, item: Any) -> str:
    """One entry of a mapping: the number's kind is that of its own key, or of the mapping's."""
    own = name if isinstance(name, str) and kind_of(name) != "number" else key
    said = spelled(str(name)) if ID.search(str(name)) else heading(str(name))
    return f"{said} {text_of(own, item)}"


def _number(key: str, value: float, row: Mapping[str, Any]) -> str:
    """A number by its kind."""
    writers: dict[Kind, Callable[[], str]] = {
        "rate": lambda: rate(value),
        "money": lambda: money(value, row.get("currency") or ""),
        "billions": lambda: fixed(value, 1),
        "change": lambda: change(value),
        "quantity": lambda: quantity(value, row.get("unit") or ""),
        "score": lambda: fixed(value, 2),
        "residual": lambda: small(value),
        "plain": lambda: exact(value),
        "whole": lambda: count(value),
        "number": lambda: number(value),
    }
    return writers[kind_of(key, row)]()


def empty(value: Any) -> bool:
    """Whether there is nothing to show."""
    return value is None or (isinstance(value, str | list | tuple | dict) and not value)


def range_of(result: Mapping[str, Any], key: str) -> str:
    """The range of a number in words; empty where there is none or both ends are the same."""
    low, high = result.get(f"{key}_min"), result.get(f"{key}_max")
    if low == high:
        return ""
    return between(low, high, lambda end: text_of(f"{key}_min", end, result))


def columns_of(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Keys that hold something in some row, in the order in which they first appear."""
    listed = list(rows)
    keys = dict.fromkeys(key for row in listed for key in row)
    return [key for key in keys if any(not empty(row.get(key)) for row in listed)]
