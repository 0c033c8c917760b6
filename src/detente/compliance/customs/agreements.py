"""Preferential rates under agreements that the importer's schedule tells apart: what a claim gives, and what it asks."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.compliance.ranges import Open
from detente.formatting import rate as rate_text
from detente.schedules import provider_of
from detente.schedules.listed.agreements import claim_words
from detente.schedules.provider import HasAgreements, OrdinaryDuty, Preference

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from detente.compliance.customs.case import Case
    from detente.ledger import Book
    from detente.schedules.provider import Candidates

AGREEMENT = "agreement"
NONE = "none"
QUESTION = "Under which agreement or scheme is a preferential rate claimed?"


def words() -> tuple[str, ...]:
    """What a claim may say."""
    return (NONE, *claim_words())


def agreed(
    goods: Candidates,
    importer: str,
    origin: str,
    book: Book,
    *,
    value: float | None = None,
    quantity: str | None = None,
) -> tuple[Preference, ...]:
    """What each agreement gives goods of an origin on the candidate lines; none where the schedule has no such columns."""
    provider = _telling(importer, book.on)
    if provider is None or not goods.rows:
        return ()
    return provider.preferences(goods.rows, origin, book.on, value=value, quantity=quantity)


@cache
def _telling(importer: str, on: dt.date) -> HasAgreements | None:
    """The provider of an importer where it tells agreements apart; None otherwise."""
    provider = provider_of(importer, on)
    return provider if isinstance(provider, HasAgreements) else None


def claimed(case: Case, facts: Mapping[str, Any], rule: str | None) -> tuple[Preference, ...]:
    """Agreements that a claim names: the one, or with the fact of a preference all; none without a claim."""
    word = facts.get(AGREEMENT)
    if word is not None:
        return tuple(item for item in case.agreements if item.word == word)
    return case.agreements if rule is not None and facts.get(rule) else ()


def lowest(found: tuple[Preference, ...], lines: int) -> NDArray[np.float64]:
    """Lowest rate of some agreements, NaN where none is known, shape (P,)."""
    return np.asarray(np.fmin.reduce([np.full(lines, np.nan), *(item.rates for item in found)]))


def under_claim(
    bases: tuple[OrdinaryDuty, ...], case: Case, known: Mapping[str, Any], rule: str | None
) -> tuple[OrdinaryDuty, ...]:
    """
    Ordinary duties as far as agreements leave them known.

    Under a claim whose rate is not held the duty is between nothing and the most-favoured-nation rate; without a claim what
    is not held may lower it.
    """
    if not case.agreements:
        return bases
    stated = AGREEMENT in known or (rule is not None and rule in known)
    made = claimed(case, known, rule) if stated else case.agreements
    return tuple(_open(base, made, row, claim=stated) for row, base in enumerate(bases))


def _open(base: OrdinaryDuty, made: tuple[Preference, ...], row: int, *, claim: bool) -> OrdinaryDuty:
    """One duty under what agreements give on its line."""
    if claim and base.rate is None:
        return _replaced(base, made, row)
    lost = [item for item in made if item.unknown[row]]
    if not lost or base.rate is None:
        return base
    names = " and ".join(dict.fromkeys(item.title for item in lost))
    least = min(base.least, *(float(item.least[row]) for item in lost))
    printed = dict.fromkeys(item.texts[row] for item in lost if item.texts[row] != "not held")
    why = f"is {', '.join(printed)}" if printed else "on this line is not held"
    ask = f"The rate under {names} {why}: it is at most {rate_text(base.rate)}."
    if not claim:
        return replace(base, least=least, ask=base.ask or ask, fact=base.fact if base.ask else AGREEMENT)
    return replace(
        base, rate=None, least=least, most=base.rate, bounded=False, text="not known", ask=ask, fact=None
    )


def _replaced(base: OrdinaryDuty, made: tuple[Preference, ...], row: int) -> OrdinaryDuty:
    """A duty that is not known, in whose place a claim puts a rate that is; itself where the claim's is not known either."""
    given = [item for item in made if not np.isnan(item.least[row])]
    if not given or any(item.unknown[row] for item in given):
        return base
    best = min(given, key=lambda item: float(item.rates[row]))
    rate = float(best.rates[row])
    return replace(
        base,
        rate=rate,
        least=min(rate, base.least),
        bounded=True,
        text=best.texts[row],
        title=f"Ordinary duty under {best.title}",
        source=best.act,
        ask="",
    )


def open_agreement(case: Case, known: Mapping[str, Any], rule: str | None) -> dict[str, Open]:
    """The question which agreement is claimed, where one of known rate could be."""
    if AGREEMENT in known or (rule is not None and rule in known):
        return {}
    given = [item for item in case.agreements if not np.all(np.isnan(item.rates))]
    if not given:
        return {}
    titles: dict[str, list[str]] = {}
    for item in given:
        titles.setdefault(item.word, []).append(item.title)
    texts = ("there is no claim", *(f"under {' or '.join(names)}" for names in titles.values()))
    return {AGREEMENT: Open((NONE, *titles), QUESTION, texts)}


def claim_note(case: Case, facts: Mapping[str, Any], rule: str | None, row: int, left: float) -> str:
    """Which agreement gives the rate left on a line, and its text."""
    for item in claimed(case, facts, rule):
        if item.rates[row] == left:
            return f"{item.title}: {item.texts[row]} ({item.act})"
    return ""
