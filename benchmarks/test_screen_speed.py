"""How fast names are screened against a list of full size, and ownership resolved over a million links."""

from __future__ import annotations

import datetime as dt
import random

import numpy as np
import pandas as pd
import pytest

from detente.compliance.screening.graph import read_graph
from detente.compliance.screening.lists import Party
from detente.compliance.screening.match import Index
from detente.compliance.screening.ownership import reach

PARTIES = 25_000
NAMES = 200
LINKS = 1_000_000
ON = dt.date(2025, 10, 15)
SYLLABLES = [
    "ba",
    "chen",
    "dar",
    "el",
    "fu",
    "gan",
    "hai",
    "ivan",
    "jin",
    "kol",
    "lim",
    "mor",
    "nov",
    "omar",
    "pet",
    "qing",
    "rus",
    "shen",
    "tar",
    "uz",
    "vol",
    "wang",
    "xin",
    "yev",
    "zhou",
]
WORDS = [
    "trading",
    "shipping",
    "technology",
    "institute",
    "bank",
    "oil",
    "steel",
    "marine",
    "aviation",
    "electronics",
    "logistics",
    "research",
]
FORMS = ("Co., Ltd.", "LLC", "JSC", "GmbH", "Corp.", "")


def made_up(dice):
    """A name as lists have them: one to three rare words, a common one, a legal form."""
    rare = [
        "".join(dice.choices(SYLLABLES, k=dice.randint(2, 3))).capitalize() for _ in range(dice.randint(1, 3))
    ]
    return " ".join([*rare, dice.choice(WORDS), dice.choice(FORMS)]).strip()


@pytest.fixture(scope="module")
def full_list():
    dice = random.Random(3)  # noqa: S311  (a fixed draw)
    return [
        Party(made_up(dice), tuple(made_up(dice) for _ in range(dice.randint(0, 3))), "Entity List (EL)")
        for _ in range(PARTIES)
    ]


@pytest.fixture(scope="module")
def index(full_list):
    return Index(full_list)


@pytest.fixture(scope="module")
def names(full_list):
    dice = random.Random(5)  # noqa: S311  (a fixed draw)
    return [made_up(dice) for _ in range(NAMES // 2)] + [p.name for p in dice.sample(full_list, NAMES // 2)]


def test_index_of_a_full_list(benchmark, full_list):
    benchmark.pedantic(Index, args=(full_list,), rounds=1)


def test_names_against_a_full_list(benchmark, index, names):
    hits = benchmark.pedantic(index.search, args=(names,), rounds=3)
    benchmark.extra_info["names_per_second"] = round(len(names) / benchmark.stats.stats.min)
    assert all(hits[at] for at in range(NAMES // 2, NAMES))


def test_one_name_against_a_full_list(benchmark, index):
    benchmark.pedantic(index.search, args=(["Chenhai Shipping Co., Ltd."],), rounds=10)


@pytest.mark.parametrize("shape", ["random", "chain"])
def test_ownership_over_a_million_links(benchmark, shape):
    dice = np.random.default_rng(0)
    if shape == "random":
        owner, owned = dice.integers(0, 600_000, (2, LINKS))
    else:
        owner, owned = np.arange(LINKS), np.arange(1, LINKS + 1)
    frame = pd.DataFrame(
        {
            "owner": [f"F{at:07d}" for at in owner],
            "owned": [f"F{at:07d}" for at in owned],
            "share": dice.random(LINKS).round(4) if shape == "random" else 0.5,
        }
    )
    seeds = [f"F{at:07d}" for at in range(3_000)] if shape == "random" else ["F0000000"]

    def resolve():
        return reach(read_graph(frame, on=ON), seeds, threshold=0.5)

    found = benchmark.pedantic(resolve, rounds=1)
    assert sum(found.certain) > len(seeds)
