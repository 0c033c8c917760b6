"""The special column: which programmes give which rate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from detente.schedules.expressions.parse import clean_text, parse_rate

if TYPE_CHECKING:
    from detente.schedules.expressions.expressions import Expression

ANY: Final = "*"
_CODE: Final = r"[A-Z]{1,2}[*+#]?"
_PROGRAMMES: Final = re.compile(rf"\(\s*({_CODE}(?:\s*,\s*{_CODE})*)\s*,?\s*\)")


@dataclass(frozen=True)
class SpecialRate:
    """
    One clause of the special column.

    programmes: Codes as the schedule prints them; ``*`` where the clause names none.
    expression: The rate.
    text: Its words.
    """

    programmes: tuple[str, ...]
    expression: Expression
    text: str


@lru_cache(maxsize=8192)
def parse_special(text: str) -> tuple[SpecialRate, ...]:
    """
    Read the special column in the order of the text; none for an empty column.

    >>> [(c.programmes, c.expression.ad_valorem) for c in parse_special("Free (AU, BH) 2.5% (KR)")]
    [(('AU', 'BH'), 0.0), (('KR',), 0.025)]
    """
    plain, clauses, start = clean_text(text), [], 0
    for found in _PROGRAMMES.finditer(plain):
        words = plain[start : found.start()].strip(" ,;")
        clauses.append(SpecialRate(tuple(re.split(r"\s*,\s*", found[1])), parse_rate(words), words))
        start = found.end()
    rest = plain[start:].strip(" ,;")
    if rest:
        clauses.append(SpecialRate((ANY,), parse_rate(rest), rest))
    return tuple(clauses)


def special_rate(text: str, programme: str) -> Expression | None:
    """
    Rate the special column gives a programme; None where the column does not name the programme.

    >>> special_rate("Free (AU, BH) 2.5% (KR)", "KR")
    AdValorem(rate=0.025, base='')
    >>> special_rate("Free (AU, BH)", "JP") is None
    True
    """
    for clause in parse_special(text):
        if programme in clause.programmes or ANY in clause.programmes:
            return clause.expression
    return None
