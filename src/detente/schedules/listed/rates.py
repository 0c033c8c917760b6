"""Rate texts of schedules that are listed: one common form, read into expressions."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from detente.schedules.expressions import AdValorem, Choice, Compound, Free, Specific, unit_name

if TYPE_CHECKING:
    from detente.schedules.expressions import Expression

_NUMBER: Final = r"\d+(?:\.\d+)?"
_PERCENT: Final = re.compile(rf"({_NUMBER})%")
_MONEY: Final = re.compile(rf"({_NUMBER}) ?[A-Z]{{3}}/(100 )?([a-z0-9.]+)")
_CHOICE: Final = re.compile(r"(.+) or (.+), whichever is (higher|lower)")
_CLIPPED: Final = re.compile(r"(.+?)(?: min (.+?))?(?: max (.+))?")
_ANY_PERCENT: Final = re.compile(rf"({_NUMBER})\s*%")
_WORDS: Final = re.compile(r"free|無税", re.IGNORECASE)
_HUNDRED: Final = 100.0


@lru_cache(maxsize=8192)
def read_rate(text: str) -> Expression | None:
    """
    Read a text of the common form; None for any other.

    Percent of the value, money per unit, sums with ``+``, ``A or B, whichever is higher``, ``A min B max C``.

    >>> read_rate("30% or 4300 JPY/pr., whichever is higher").amount(10_000.0, {"pr.": 1.0})
    4300.0
    """
    if found := _CHOICE.fullmatch(text):
        return _chosen(found[1], found[2], higher=found[3] == "higher")
    found = _CLIPPED.fullmatch(text)
    if found is None:
        return None
    whole = _sum(found[1])
    for limit, higher in ((found[2], True), (found[3], False)):
        if limit is not None:
            end = _sum(limit)
            whole = None if whole is None or end is None else Choice((whole, end), higher=higher)
    return whole


def _chosen(first: str, second: str, *, higher: bool) -> Expression | None:
    """The higher or the lower of two sums."""
    parts = [_sum(first), _sum(second)]
    known = tuple(part for part in parts if part is not None)
    return Choice(known, higher=higher) if len(known) == len(parts) else None


def _sum(text: str) -> Expression | None:
    """Terms added up."""
    terms = [_term(term) for term in text.split(" + ")]
    known = tuple(term for term in terms if term is not None)
    if len(known) < len(terms):
        return None
    return known[0] if len(known) == 1 else Compound(known)


def _term(text: str) -> Expression | None:
    """One term."""
    if text == "Free":
        return Free()
    if found := _PERCENT.fullmatch(text):
        return AdValorem(round(float(found[1]) / _HUNDRED, 10))
    if found := _MONEY.fullmatch(text):
        per = _HUNDRED if found[2] else 1.0
        return Specific(round(float(found[1]) / per, 10), unit_name(found[3]))
    return None


def bounds_in(text: str) -> tuple[float | None, float, float | None]:
    """
    Ad valorem rate of a text, what the duty is at least, and at most: None where it hangs on more than the value.

    >>> bounds_in("10.9%"), bounds_in("5% + 30 JPY/kg"), bounds_in("10% (1 JAN-31 MAY), 12% (1 JUN-31 DEC)")
    ((0.109, 0.109, 0.109), (None, 0.05, None), (None, 0.1, 0.12))
    """
    read = read_rate(text)
    if read is not None:
        rate = read.ad_valorem
        return rate, rate if rate is not None else read.at_least, rate if rate is not None else read.at_most
    rates = [round(float(found) / _HUNDRED, 10) for found in _ANY_PERCENT.findall(text)]
    rates += [0.0] if _WORDS.search(text) else []
    only = _is_percentages(text)
    return None, min(rates, default=0.0) if only else 0.0, max(rates) if only and rates else None


def _is_percentages(text: str) -> bool:
    """Whether a text that is not read names percentages of the whole value and no money."""
    return not re.search(
        r"円|EUR|GBP|課税価格|非譲許|基準輸入価格|\bEA\b|割当|対象|Entry|除|◆", text
    ) and bool(_ANY_PERCENT.search(text) or _WORDS.search(text))
