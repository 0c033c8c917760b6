"""The ordinary duty: candidate lines of a code, and what each owes before any measure, by a schedule or a cited rate."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.compliance.customs.agreements import under_claim
from detente.compliance.customs.duty_facts import ORDINARY
from detente.compliance.customs.rate import stated_base, unknown_base
from detente.duties import second_column
from detente.duties.scope import list_names
from detente.formatting import rate as rate_text
from detente.geography import economies as places
from detente.geography import territories as customs
from detente.geography.territories import entry_of
from detente.ledger.records.ordinary import line_on
from detente.schedules import provider_of
from detente.schedules.provider import Candidates, OrdinaryDuty

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from detente.compliance.customs.case import Case
    from detente.ledger import Book


def currency_of(importer: str) -> str:
    """Currency of the customs value, empty where it is not known."""
    return str(entry_of(importer).get("currency", ""))


def line_digits(importer: str, book: Book) -> int:
    """Digits of a full code of an importer, the usual eight where nothing is said of them."""
    return int(entry_of(importer, book.on).get("digits", 8))


def candidates(code: str, importer: str, book: Book) -> Candidates:
    """Lines a code may stand for on the day; InputError for one that is not in the importer's schedule."""
    provider = provider_of(importer, book.on)
    if provider is None:
        return _cited_candidates(code, importer, book)
    found, cited = provider.candidates(code, book.on), book.law.mfn_lines.get(importer, ())
    if not cited:
        return found
    named = {item.code: item.text for item in cited}
    words = zip(found.codes.tolist(), found.descriptions, strict=True)
    return replace(found, descriptions=tuple(named.get(line, text) for line, text in words))


def special_rates(goods: Candidates, importer: str, origin: str, book: Book) -> NDArray[np.float64]:
    """Preferential rate of each candidate line, shape (P,), NaN where no programme of the origin names it."""
    provider = provider_of(importer, book.on)
    if provider is None or not goods.rows:
        return np.full(goods.codes.shape, np.nan)
    return provider.special_rates(goods.rows, origin, book.on)


def is_held(importer: str, book: Book) -> bool:
    """Whether anything is known of an importer's ordinary duties, be it what to say of a line that is not held."""
    return bool(entry_of(importer, book.on)) or importer in book.law.mfn_lines


def ordinary_duties(
    case: Case, goods: Candidates, known: Mapping[str, Any], value: float | None, quantity: str | None
) -> tuple[OrdinaryDuty, ...]:
    """Ordinary duty of each candidate line: as stated, by the schedule, by a cited rate, or unknown."""
    book, importer = case.book, case.importer
    if ORDINARY in known:
        return tuple(stated_base(known[ORDINARY]) for _ in goods.codes)
    provider = provider_of(importer, book.on)
    if provider is not None:
        column = 2 if case.origin in second_column(book, importer) else 1
        cited = book.law.mfn_lines.get(importer, ())
        found = tuple(
            _cited_base(importer, str(code), book)
            if cited and line_on(cited, str(code), book.on)
            else provider.ordinary_duty(row, column=column, value=value, quantity=quantity, on=book.on)
            for code, row in zip(goods.codes, goods.rows, strict=True)
        )
        rule = book.law.rules.preference
        return under_claim(found, case, known, rule.fact if rule else None)
    if is_held(importer, book):
        return tuple(_cited_base(importer, str(code), book) for code in goods.codes)
    return tuple(unknown_base(importer) for _ in goods.codes)


def _cited_candidates(code: str, importer: str, book: Book) -> Candidates:
    """
    Lines a code may stand for where no schedule is held: those that lists and cited rates name under a short code.

    Only where the file of places says how many digits a line has; else, and where none is named, the code itself.
    """
    digits = entry_of(importer, book.on).get("digits", 0)
    codes = (_named_lines(code, digits, importer, book) if len(code) < digits else ()) or (code,)
    if not digits:
        # A rate of all goods, and those under the code that the law leaves out.
        under = {item.code for item in book.law.mfn_lines.get(importer, ()) if item.code.startswith(code)}
        codes = (code, *sorted(under - {code}))
    lines = [line_on(book.law.mfn_lines.get(importer, ()), item, book.on) for item in codes]
    words = tuple(line.text if line else "" for line in lines)
    return Candidates(np.array(codes), (), 0, words, (), covered=True)


def _named_lines(code: str, digits: int, importer: str, book: Book) -> tuple[str, ...]:
    """Lines of so many digits under a code that cited rates, or lists of the importer's measures, name."""
    named = {item.code for item in book.law.mfn_lines.get(importer, ())}
    own = (item for item in book.measures.values() if customs.imposes(item.imposer, importer, book.on))
    lists = {name for item in own for scope in item.scope.values() for name in list_names(scope)}
    named |= {row[0] for name in lists for row in book.law.lists[name].rows}
    return tuple(sorted(item for item in named if len(item) == digits and item.startswith(code)))


def _cited_base(importer: str, code: str, book: Book) -> OrdinaryDuty:
    """Ordinary duty on a line by a cited single rate, or unknown: the schedule is not held line by line."""
    title, law = "Ordinary duty, most favoured nation", book.law
    line = line_on(law.mfn_lines.get(importer, ()), code, book.on)
    if line is None:
        ask = entry_of(importer, book.on).get(
            "not_held", f"The ordinary duty of {places.name(importer)} on this line is not held."
        )
        return OrdinaryDuty(
            None, 0.0, bounded=False, text="not held", title=title, source="not held", ask=ask
        )
    source = "; ".join(law.sources[name].title for name in line.sources if name in law.sources)
    if line.rate is None:
        return OrdinaryDuty(
            None,
            0.0,
            bounded=False,
            text=line.text,
            title=title,
            source=source,
            ask=f"{line.text}: not held.",
        )
    within = line.quota_rate
    ask = "" if within is None else f"Is it inside the tariff quota? It then owes {rate_text(within)}."
    return OrdinaryDuty(
        line.rate,
        line.rate if within is None else within,
        bounded=True,
        text=rate_text(line.rate),
        title=title,
        source=source,
        ask=ask,
        fact=None if within is None else ORDINARY,
    )
