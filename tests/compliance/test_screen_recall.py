"""What a screening must find: every listed name under six disturbances, at few alarms on ordinary names."""

from __future__ import annotations

import csv
import functools
import random
import re
import time
from collections import Counter
from pathlib import Path

import pytest

from compliance.large_list import SHARED, large_list
from compliance.ordinary_names import ordinary_names
from detente.compliance.screening.ledger_parties import ledger_parties
from detente.compliance.screening.lists import Party, read_lists
from detente.compliance.screening.match import Index
from detente.compliance.screening.names import form_words, tokens
from detente.compliance.screening.word_kinds import kind_of
from detente.ledger import open_ledger

SURE = 0.99
"""Least share found: the distinctive word alone, with a legal form, with a country; the words re-ordered."""
LIKELY = 0.97
"""Least share found: one letter off, initials and legal forms written out."""
PRECISION = 0.90
ORDINARY = 800
NAMES_PER_SECOND = 120.0
FORMS = ("GmbH", "LLC", "Co., Ltd.", "S.A.", "Pte Ltd", "Limited")
COUNTRIES = ("Deutschland", "China", "Singapore", "Turkey", "Hong Kong", "France", "UAE")
WRITTEN_OUT = {
    "LLC": "Limited Liability Company",
    "L.L.C.": "Limited Liability Company",
    "OOO": "Obshchestvo s ogranichennoi otvetstvennostyu",
    "OAO": "Otkrytoe aktsionernoe obshchestvo",
    "AO": "Aktsionernoe obshchestvo",
    "JSC": "Joint Stock Company",
    "PLC": "Public Limited Company",
    "GMBH": "Gesellschaft mit beschraenkter Haftung",
    "S.A.": "Sociedad Anonima",
    "LTDA.": "Limitada",
    "LTD.": "Limited",
    "LTD": "Limited",
    "CO.": "Company",
    "CO": "Company",
    "CORP.": "Corporation",
    "INC.": "Incorporated",
}
FIRST_NAMES = {
    name[0].lower(): name
    for name in (
        "Anton",
        "Boris",
        "Carlos",
        "Dmitri",
        "Emilio",
        "Farid",
        "Georg",
        "Hamid",
        "Ibrahim",
        "Jorge",
        "Khalid",
        "Luis",
        "Mahmoud",
        "Nasser",
        "Omar",
        "Pedro",
        "Quentin",
        "Rashid",
        "Sergei",
        "Tariq",
        "Umar",
        "Viktor",
        "Walid",
        "Yusuf",
        "Ziad",
    )
}


@functools.cache
def parties() -> tuple[Party, ...]:
    """Every listed name of the samples."""
    if not SHARED.exists():
        pytest.skip("../shared is not there")
    files = ("ofac_sdn_2021_07.csv", "ofac_sdn_alt_2021_07.csv", "bis_denied_persons_2021_07.csv")
    return (*read_lists(*(SHARED / name for name in files)).parties, *sample())


@functools.cache
def sample() -> tuple[Party, ...]:
    """The parties of the published sample."""
    return read_lists(SHARED / "consolidated_screening_list_sample.csv").parties


@functools.cache
def index() -> Index:
    """The index of all of them."""
    return Index(parties())


@functools.cache
def unique_words() -> dict[int, str]:
    """For each firm with a word that no other party has, the longest such word of its name."""
    held: Counter[str] = Counter()
    for one in parties():
        held.update({word for alias in (one.name, *one.aliases) for word in tokens(alias)})
    forms = form_words()
    found = {}
    for at, one in enumerate(parties()):
        words = [
            w for w in tokens(one.name) if held[w] == 1 and len(w) > 3 and w.isalpha() and w not in forms
        ]
        if words and one.kind != "Individual":
            found[at] = max(words, key=len)
    return found


def chosen(number: int) -> list[int]:
    """Some of the parties, and all of the small sample."""
    dice = random.Random(3)  # noqa: S311  (a fixed draw)
    first = len(parties()) - len(sample())
    return [*dice.sample(range(first), number), *range(first, len(parties()))]


def found_share(asked: dict[int, str]) -> float:
    """Share of names whose party is among the hits."""
    same = _namesakes()
    hits = index().search(list(asked.values()), most=50)
    good = [any(hit.party in same[at] for hit in hs) for at, hs in zip(asked, hits, strict=True)]
    return sum(good) / len(good)


@functools.cache
def _namesakes() -> dict[int, frozenset[int]]:
    """Parties with the same name: the lists repeat some."""
    by_name: dict[tuple[str, ...], set[int]] = {}
    for at, one in enumerate(parties()):
        by_name.setdefault(tuple(sorted(tokens(one.name))), set()).add(at)
    return {at: frozenset(group) for group in by_name.values() for at in group}


@functools.cache
def alarms(half: int) -> float:
    """Share of ordinary names with a hit."""
    names = ordinary_names(ORDINARY, half=half)
    return sum(bool(hits) for hits in index().search(names)) / len(names)


def with_word(number: int) -> dict[int, str]:
    """Distinctive words of some firms."""
    dice = random.Random(4)  # noqa: S311  (a fixed draw)
    words = unique_words()
    return {at: words[at] for at in sorted(dice.sample(sorted(words), number))}


def word_alone() -> dict[int, str]:
    """The distinctive word."""
    return with_word(400)


def word_and_form() -> dict[int, str]:
    """The distinctive word with a legal form."""
    return {at: f"{word.title()} {FORMS[at % len(FORMS)]}" for at, word in with_word(400).items()}


def word_and_country() -> dict[int, str]:
    """The distinctive word with a country, and a legal form now and then."""
    return {
        at: f"{word.title()} {COUNTRIES[at % len(COUNTRIES)]}{' GmbH' if at % 3 == 0 else ''}"
        for at, word in with_word(400).items()
    }


def re_ordered() -> dict[int, str]:
    """The words of a listed name in another order."""
    dice = random.Random(6)  # noqa: S311  (a fixed draw)
    found = {}
    for at in chosen(300):
        words = parties()[at].name.replace(",", " ").split()
        dice.shuffle(words)
        found[at] = " ".join(words)
    return found


def one_letter_off() -> dict[int, str]:
    """A listed name with a letter changed, left out, doubled or swapped with the next."""
    dice = random.Random(8)  # noqa: S311  (a fixed draw)
    names = {at: parties()[at].name for at in chosen(300)}
    return {at: _off(name, dice) for at, name in names.items() if any(map(str.isalpha, name))}


def word_off() -> dict[int, str]:
    """The distinctive word with a letter changed; words of six letters or more."""
    dice = random.Random(9)  # noqa: S311  (a fixed draw)
    return {at: _off(word, dice) for at, word in with_word(400).items() if len(word) >= 6}


def _off(name: str, dice: random.Random) -> str:
    """Make one slip of the pen."""
    letters = [i for i, letter in enumerate(name) if letter.isalpha()]
    at = dice.choice(letters)
    other = dice.choice("abcdefghijklmnopqrstuvwxyz")
    swapped = name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :]
    return dice.choice(
        (name[:at] + other + name[at + 1 :], name[:at] + name[at + 1 :], name[: at + 1] + name[at:], swapped)
    )


def written_out() -> dict[int, str]:
    """Listed names with their initials and legal forms written out."""
    found = {}
    for at, one in enumerate(parties()):
        words = one.name.replace(",", " ").split()
        new = [WRITTEN_OUT.get(word.upper(), _expanded(word)) for word in words]
        if new != words:
            found[at] = " ".join(new)
    dice = random.Random(10)  # noqa: S311  (a fixed draw)
    return {at: found[at] for at in sorted(dice.sample(sorted(found), 300))}


def _expanded(word: str) -> str:
    """Write the letters of initials out."""
    letters = word.replace(".", "").lower()
    if not re.fullmatch(r"(?:[A-Za-z]\.)+|[A-Z]\.?", word) or letters in form_words() or letters == "a":
        return word
    return " ".join(FIRST_NAMES.get(letter.lower(), letter) for letter in word if letter.isalpha())


@pytest.mark.parametrize(
    ("disturbed", "least"),
    [
        (word_alone, SURE),
        (word_and_form, SURE),
        (word_and_country, SURE),
        (re_ordered, SURE),
        (one_letter_off, LIKELY),
        (word_off, LIKELY),
        (written_out, LIKELY),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_listed_names_are_found_however_they_are_disturbed(disturbed, least):
    share = found_share(disturbed())
    assert share >= least
    assert share / (share + alarms(0)) >= PRECISION


def test_ordinary_names_that_nobody_looked_at_are_left_in_peace():
    assert 1.0 / (1.0 + alarms(1)) >= PRECISION


def made_up(kind: str) -> list[str]:
    """Names that Faker makes up, in 82 locales; no word or threshold was chosen with them in view."""
    text = (Path(__file__).parent / "made_up_names.csv").read_text(encoding="utf-8")
    return [row["name"] for row in csv.DictReader(text.splitlines()[1:]) if row["kind"] == kind]


@pytest.mark.parametrize("kind", ["firm", "person"])
def test_made_up_names_of_many_countries_are_left_in_peace(kind):
    names = made_up(kind)
    assert len(names) == 1_640
    for searched in (index(), full_list()):
        share = sum(map(bool, searched.search(names))) / len(names)
        assert 1.0 / (1.0 + share) >= PRECISION


@functools.cache
def full_list() -> Index:
    """The index of a list as large as the published one."""
    return Index(large_list())


@pytest.mark.parametrize(
    "name",
    [
        "Huawei", "Hikvision", "SMIC Beijing", "Huawei Technologies Deutschland GmbH", "ZTE", "Hikvision Deutschland GmbH",
        "Huawei Cloud Singapore Pte Ltd", "Hickvision", "HUAWEI (Dusseldorf) GmbH", "Shenzhen SMIC Ltd",
    ],
)  # fmt: skip
def test_the_firms_everybody_asks_for_are_found_in_a_full_list(name):
    assert full_list().search([name])[0]


@pytest.mark.parametrize(
    "name",
    [
        "Beijing Trading Co", "Shanghai Technology Co., Ltd.", "Beijing General Trading", "China Electronics Trading Ltd",
        "Hangzhou Digital Trading", "International Semiconductor Group", "Smith and Co",
    ],
)  # fmt: skip
def test_common_words_restrict_nobody_in_a_full_list(name):
    assert full_list().search([name])[0] == []


def test_made_up_firms_of_a_full_list_are_found_by_their_brand():
    brands = {one.name: _brand_of(one.name) for one in large_list()[-4_000::40]}
    found = full_list().search([f"{brand} Nederland BV" for brand in brands.values()], most=60)
    good = [
        any(brand.lower() in hit.alias.lower() for hit in hits)
        for brand, hits in zip(brands.values(), found, strict=True)
    ]
    assert sum(good) / len(good) >= SURE


def _brand_of(name: str) -> str:
    """The made-up word of a made-up firm."""
    return next(word for word in re.findall(r"[A-Z][a-z]+", name) if kind_of(word.lower()) == "own")


def test_ordinary_names_are_clear_of_a_full_list_and_it_is_searched_quickly():
    names = ordinary_names(400, half=1)
    full_list()
    before = time.process_time()
    hits = full_list().search(names)
    seconds = time.process_time() - before
    assert 1.0 / (1.0 + sum(map(bool, hits)) / len(names)) >= PRECISION
    assert len(names) / seconds >= NAMES_PER_SECOND


def test_the_names_of_the_ledger_are_found_by_their_own_words():
    held = ledger_parties(open_ledger())
    screener = Index(held)
    owned = [(at, word) for at, one in enumerate(held) for word in tokens(one.name) if kind_of(word) == "own"]
    assert len(owned) > 30
    for form in ("{}", "{} GmbH", "{} Singapore Pte Ltd"):
        found = screener.search([form.format(word.title()) for _, word in owned], most=60)
        good = [
            any(word in tokens(held[hit.party].name) for hit in hits)
            for (_, word), hits in zip(owned, found, strict=True)
        ]
        assert sum(good) / len(good) >= SURE
