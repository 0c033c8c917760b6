"""Rate texts of the United States schedule, read into expressions."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from detente.schedules.expressions.customs_units import unit_name
from detente.schedules.expressions.expressions import (
    AdValorem,
    Compound,
    Degrees,
    Elsewhere,
    Expression,
    Free,
    Ordinary,
    Specific,
    Unparsed,
)

if TYPE_CHECKING:
    from collections.abc import Callable

NO_RATE: Final = "no rate is printed in the column"
OTHER_ARTICLE: Final = "the rate is that of another article"
NOTE: Final = "a note sets the rate"
CEILING: Final = "the duty is limited by the duty on another article"
NOT_READ: Final = "not a form of rate that is read"

_NUMBER: Final = r"\d[\d,]*(?:\.\d+)?|\.\d+"
_PERCENT: Final = re.compile(
    rf"(?P<whole>{_NUMBER})(?: (?P<over>\d+)/(?P<under>\d+))?\s*%"
    r"(?:\s*(?:up)?(?:on|of) (?:the )?(?:value of )?(?:the )?(?P<base>.+))?"
)
_MONEY: Final = re.compile(
    rf"(?:\$(?P<usd>{_NUMBER})|(?P<cents>{_NUMBER})\s*¢)\s*(?:/\s*(?P<per>.+)|(?P<each>each|for each .+))"
)
_UNIT: Final = re.compile(
    r"(?P<clean>clean )?(?P<unit>line/ ?gross|1,?000|thou- ?sand|lin\. m|pf\. ?liter|m[23]|[A-Za-z]+\.?)"
    r"[, ]*(?P<content>.*)"
)
_FREE_IF: Final = re.compile(r"Free(?:, (?=\w)| (?=\())\(?(?P<condition>.+?)\)?", re.IGNORECASE)
_DEGREES: Final = re.compile(
    rf"(?P<usd>{_NUMBER})¢/(?P<unit>\w+) less (?P<step>{_NUMBER})¢/\w+ for each degree under (?P<top>{_NUMBER}) degrees"
    rf" \(and fractions of a degree in proportion\) but not less(?: than)? (?P<floor>{_NUMBER})¢/\w+"
)
_ORDINARY: Final = re.compile(
    r"The duty provided (?:for )?in ?(?:the applicable subheading|subheadings? [\d., or]+\d)"
    r"(?:\s*(?:\+|plus)\s*(?:a duty of )?(?P<plus>.+))?",
    re.IGNORECASE,
)
_MINUS: Final = re.compile(rf"The duty rate provided in such subheading minus (?P<points>{_NUMBER})%")
_PART: Final = re.compile(
    r"A duty upon the (?:full )?value of (?:the |such )?(?P<part>.+?)(?: \(see U\.S\. note [^)]*\))?",
    re.IGNORECASE,
)
_SUCH: Final = re.compile(r"The duty rate provided for originating goods of \w+ in such subheading")
_HEADINGS: Final = re.compile(r"See (?P<at>\d{4}\.\d\d(?:\.\d\d)?.*)")
_TAG: Final = re.compile(r"<[^<>]*>")
# Spaces lost in the published texts.
_MISPRINTS: Final = {"oralterations": "or alterations", "thebattery": "the battery", "inthe ": "in the "}
_BROKEN_WORD: Final = re.compile(r"(?<=[a-z])- (?=[a-z])")


def clean_text(text: str) -> str:
    r"""
    A rate text without mark-up, line breaks and broken words: one line, single spaces, no final stop.

    >>> clean_text("1.34¢ /kg<il> on drained\nweight</il>  + 9%.")
    '1.34¢/kg on drained weight + 9%'
    """
    plain = " ".join(_TAG.sub("", text).replace("\u00a0", " ").split())
    plain = _BROKEN_WORD.sub("", plain)
    for wrong, right in _MISPRINTS.items():
        plain = plain.replace(wrong, right)
    plain = re.sub(r"\s*¢\s*/\s*", "¢/", plain)
    plain = re.sub(r"(\d) percent\b", r"\1%", plain)
    return plain.strip().removesuffix(".").strip(" :")


@lru_cache(maxsize=8192)
def parse_rate(text: str) -> Expression:
    """
    Read one rate text.

    HTSUS general note 3(c) and the notes of each chapter.

    `Unparsed` with the reason where the text states no rate; nothing is dropped.

    >>> parse_rate("2.9%")
    AdValorem(rate=0.029, base='')
    >>> parse_rate("37.2¢/kg + 8.5%").amount(1000.0, {"t": 0.1})
    122.2
    >>> parse_rate("See additional U.S. note 5").kind
    'unparsed'
    """
    plain = clean_text(text)
    for read in _READERS:
        found = read(plain)
        if found is not None:
            return found
    return Unparsed(plain, NOT_READ)


def _simple(text: str) -> Expression | None:
    """Empty columns, free goods, and no change."""
    lower = text.lower()
    if not text:
        return Unparsed("", NO_RATE)
    if lower == "free":
        return Free()
    if found := _FREE_IF.fullmatch(text):
        return Free(condition=found["condition"])
    if lower == "no change":
        return Ordinary()
    return None


def _degrees(text: str) -> Expression | None:
    """Sugar by polarisation."""
    found = _DEGREES.fullmatch(text)
    if found is None:
        return None
    usd, step, floor = (_exact(_number(found[name]) / 100) for name in ("usd", "step", "floor"))
    return Degrees(usd, step, _number(found["top"]), floor, unit_name(found["unit"]))


def _ordinary(text: str) -> Expression | None:
    """The duty of the line the good would otherwise enter under, with or without an addition."""
    if found := _ORDINARY.fullmatch(text):
        plus = Free() if found["plus"] is None else _sum(found["plus"])
        return None if plus is None else Ordinary(plus)
    if found := _MINUS.fullmatch(text):
        return Ordinary(minus=_exact(_number(found["points"]) / 100))
    if found := _PART.fullmatch(text):
        return Ordinary(share_of=found["part"])
    return Ordinary() if _SUCH.fullmatch(text) else None


def _worded(text: str) -> Expression | None:
    """Texts that send the reader to a heading, a note or another article."""
    if found := _HEADINGS.fullmatch(text):
        return Elsewhere(found["at"])
    lower = text.lower()
    if lower.startswith(("see additional u.s. note", "see u.s. note")):
        return Unparsed(text, NOTE)
    if "shall not exceed" in lower or "in no case in excess" in lower:
        return Unparsed(text, CEILING)
    if lower.startswith(("the rate applicable", "the rate of duty applicable")):
        return Unparsed(text, OTHER_ARTICLE)
    return None


def _sum(text: str) -> Expression | None:
    """Percentages and unit rates, added up."""
    terms = [_term(term) for term in re.split(r"\s*\+\s*", text)]
    if any(term is None for term in terms):
        return None
    parts = tuple(term for term in terms if term is not None)
    return parts[0] if len(parts) == 1 else Compound(parts)


def _term(text: str) -> Expression | None:
    """One percentage or unit rate."""
    if found := _PERCENT.fullmatch(text):
        rate = _number(found["whole"])
        if found["over"]:
            rate += int(found["over"]) / int(found["under"])
        return AdValorem(_exact(rate / 100), _base(found["base"] or ""))
    if found := _MONEY.fullmatch(text):
        usd = _number(found["usd"]) if found["usd"] else _exact(_number(found["cents"]) / 100)
        if found["per"] is None:
            return Specific(usd, "each", found["each"].removeprefix("for ").removeprefix("each").strip())
        return _per(usd, found["per"])
    return None


def _per(usd: float, text: str) -> Expression | None:
    """A unit rate and what it is measured on."""
    found = _UNIT.fullmatch(text)
    if found is None:
        return None
    unit, content = unit_name(found["unit"]), found["content"].strip()
    if found["clean"]:
        content = f"clean {content}".strip()
    return Specific(usd, unit, content)


def _base(text: str) -> str:
    """The part a percentage falls on; empty where it is the whole article."""
    plain = text.removesuffix(", if any").strip()
    return "" if plain in {"entire set", "full value of the imported article"} else plain


def _number(text: str) -> float:
    """A number with or without thousands commas."""
    return float(text.replace(",", ""))


def _exact(rate: float) -> float:
    """Remove the noise of division: 2.9 / 100 is 0.029."""
    return float(f"{rate:.12g}")


_READERS: Final[tuple[Callable[[str], Expression | None], ...]] = (
    _simple,
    _degrees,
    _ordinary,
    _worded,
    _sum,
)
