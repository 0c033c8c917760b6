"""
A large list in the published form: the public samples of ../shared, and parties made up to the size of the full list.

The full Consolidated Screening List is not held. Its size, its kinds of parties and its habit of listing a group firm
by firm (a brand word, a town, a line of business, a legal form) are imitated: made-up brands of two to four syllables,
some with one entry and some with a hundred, towns and lines of business common to all of them.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from detente.compliance.screening.lists import Party, read_lists

SHARED = Path(__file__).parents[3] / "shared" / "data" / "screening"
FILES = (
    "ofac_sdn_2021_07.csv",
    "ofac_sdn_alt_2021_07.csv",
    "bis_denied_persons_2021_07.csv",
    "consolidated_screening_list_sample.csv",
)
ENTITY_LIST = "Entity List (EL) - Bureau of Industry and Security"
ONSETS = (
    "b",
    "d",
    "f",
    "g",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
    "w",
    "x",
    "z",
    "ch",
    "sh",
    "zh",
    "kh",
    "gr",
    "tr",
    "st",
    "br",
)
NUCLEI = (
    "a",
    "e",
    "i",
    "o",
    "u",
    "ai",
    "ia",
    "ei",
    "ua",
)
CODAS = (
    "",
    "",
    "",
    "n",
    "ng",
    "r",
    "l",
    "s",
    "k",
    "m",
)
CITIES = (
    "Beijing",
    "Shanghai",
    "Shenzhen",
    "Guangzhou",
    "Tianjin",
    "Wuhan",
    "Chengdu",
    "Nanjing",
    "Hangzhou",
    "Xian",
    "Hefei",
    "Moscow",
    "Dubai",
    "Tehran",
    "Istanbul",
)
LINES = (
    "Technology",
    "Technologies",
    "Electronics",
    "Trading",
    "International Trading",
    "Aviation",
    "Science and Technology",
    "Microelectronics",
    "Industrial",
    "Investment",
    "Software",
    "Digital Technology",
    "Semiconductor",
    "Shipping",
    "Logistics",
    "Precision Instruments",
    "Communications",
    "Engineering",
)
ENDINGS = ("Co., Ltd.", "Co. Ltd.", "Company Limited", "LLC", "JSC", "FZE", "Limited", "Group Co., Ltd.")


def large_list(size: int = 25_000, *, seed: int = 5) -> tuple[Party, ...]:
    """Give a list of so many parties: real samples first, then firms everybody knows, then made-up ones."""
    if not SHARED.exists():
        pytest.skip("../shared is not there")
    dice = random.Random(seed)  # noqa: S311  (a fixed draw)
    real = list(read_lists(*(SHARED / name for name in FILES)).parties)
    known = [Party(name=name, aliases=aliases, list=ENTITY_LIST) for name, aliases in _known()]
    made: list[Party] = []
    while len(real) + len(known) + len(made) < size:
        brand = _brand(dice)
        made.extend(_firm(brand, dice) for _ in range(dice.choice((1, 1, 1, 1, 2, 3, 8, 40))))
    return tuple((real + known + made)[:size])


def _known() -> list[tuple[str, tuple[str, ...]]]:
    """Firms that everybody knows to be listed, as the published list names them."""
    return [
        ("Huawei Technologies Co., Ltd.", ("Shenzhen Huawei Technologies",)),
        ("Huawei Technologies France SAS", ()),
        ("Huawei Marine Networks", ()),
        ("Beijing Huawei Digital Technologies Co., Ltd.", ()),
        ("Shanghai Huawei Technologies Co., Ltd.", ()),
        ("Hangzhou Hikvision Digital Technology Co., Ltd.", ()),
        (
            "Semiconductor Manufacturing International Corporation",
            ("SMIC", "Semiconductor Manufacturing International (Beijing) Corporation"),
        ),
        ("Beijing Tianmu General Trading Co., Ltd.", ()),
        ("ZTE Corporation", ()),
    ]


def _brand(dice: random.Random) -> str:
    """Make up a word."""
    parts = [
        dice.choice(ONSETS) + dice.choice(NUCLEI) + dice.choice(CODAS)
        for _ in range(dice.choice((2, 2, 3, 3, 4)))
    ]
    return "".join(parts).capitalize()


def _firm(brand: str, dice: random.Random) -> Party:
    """Make up a firm of a brand."""
    town, line, ending = dice.choice(CITIES), dice.choice(LINES), dice.choice(ENDINGS)
    name = dice.choice(
        (f"{town} {brand} {line} {ending}", f"{brand} {line} {ending}", f"{brand} ({town}) {line} {ending}")
    )
    aliases = (f"{brand} {line}",) if dice.random() < 0.4 else ()
    return Party(name=name, aliases=aliases, list=ENTITY_LIST)
