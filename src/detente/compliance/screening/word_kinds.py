"""How much a word of a name says about who is meant: nothing, little, or nearly everything."""

from __future__ import annotations

import csv
import functools

from detente.compliance.screening.names import DATA, fold, form_words
from detente.geography.economies import all_names
from detente.manifest import read_rows
from detente.schedules.usa.search_index import read_index

SHORTEST = 3
"""Least letters of a word that can name somebody by itself."""


@functools.cache
def _kinds() -> dict[str, str]:
    """Ordinary words by their kind: place, trade, given, surname, word."""
    csv.field_size_limit(1_000_000)
    rows = {row["kind"]: row["words"].split() for row in read_rows(DATA / "common_words.csv")}
    found = {word: "word" for word in read_index().words if word.isalpha()}
    found |= {word: kind for kind in ("word", "surname", "given", "trade") for word in rows[kind]}
    found |= {fold(text): "place" for text in all_names() if " " not in text}
    return found | dict.fromkeys((*rows["place"], *rows["country"]), "place")


@functools.cache
def _countries() -> frozenset[str]:
    """Words of the names of countries, in English and in their own languages, and what is of them."""
    rows = read_rows(DATA / "common_words.csv")
    own = [word for row in rows if row["kind"] == "country" for word in row["words"].split()]
    return frozenset(own) | {fold(text) for text in all_names() if " " not in text}


@functools.cache
def kind_of(word: str) -> str:
    """
    Tell the kind of a word.

    Gives ``form``, ``place``, ``trade``, ``given``, ``surname``, ``word`` (an ordinary word of English or of the
    customs tariff), ``number``, ``short``, or ``own``: a word that ordinary language does not have.

    Examples
    --------
    >>> [kind_of(word) for word in ("gmbh", "beijing", "technologies", "huawei")]
    ['form', 'place', 'trade', 'own']
    """
    if word in form_words():
        return "form"
    if not word.isalpha():
        return "number"
    known = _kinds().get(word)
    if known is not None:
        return known
    return "short" if len(word) < SHORTEST else "own"


def is_country(word: str) -> bool:
    """
    Whether a word is of the name of a country, or says that something is from there.

    Examples
    --------
    >>> is_country("deutschland"), is_country("beijing")
    (True, False)
    """
    return word in _countries()
