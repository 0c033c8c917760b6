"""What people type into the fields of a question: what is meant, what is near it, and what is neither."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from detente.queries.law import VERBS
from detente.queries.question import question_of
from queries.test_options import BASE, HEAVY, OTHER

if TYPE_CHECKING:
    import random

ASKED = sorted(set(BASE) - {"check_ledger"})
ODD = (
    "", " ", "\t", "nan", "NaN", "inf", "-inf", "-1", "-0", "1e999", "1e-400", "0x10", "1_000", "1,5",
    "1.5.2", "00", "٣", "\uff11\uff12", "true", "None", "null", "'", '"', "\\", "../../etc/passwd",
    "/dev/null", "~", "*", "%00", "\x00", "\x1b[31m", "a" * 5_000, "2025-02-30", "2025-13-01",
    "2025-11-10T25:00", "25-11-10", "10/11/2025", "2025-W46", "today", "0001-01-01", "9999-12-31", "USA",
    "usa", "U.S.A.", "Türkiye", "EU", "Taiwan", "中国", "Côte d'Ivoire", "XXX", "ROW", "🚢", "{}", "[]",
    "--on", "-", "--", "=", "a=", "=b", "a=b=c", "us.s122", "us.s122=", "us.s122=nan", "us.s122=1e999",
    "us.s122=-0.1", "us.*", "cn.*=0.1", "steel_content=2", "steel_content=x", "elements=",
    "loaded_on=2025-99-99", "0000.00.00", "9999.99.99.99", "72", "7", "720", "7326.90.86.8", "8517",
    "8703.23.0190", "1 kg", "kg", "-3 kg", "1e9 No.", "3 parsecs", "1;2", "<script>", "\u2019", "\u202e",
)  # fmt: skip
OBJECTS: tuple[Any, ...] = (
    None, True, 0, -1, 3, 2.5, float("nan"), float("inf"), np.float64(0.1), np.int64(4), np.nan, pd.NaT,
    pd.NA, (), [], {}, set(), b"bytes", object, dt.date(2025, 11, 10), dt.date(1, 1, 1),
    dt.datetime(2025, 11, 10, tzinfo=dt.UTC), pd.Timestamp("2025-11-10"), ["CHN"], ("CHN", "USA"),
    {"CHN": 1.0}, {"us.s122": 0.1}, {1: 2}, np.array([1.0, 2.0]), pd.Series([1.0]), 10**400, "CHN",
    "2025-11-10", "us.s122=0.2",
)  # fmt: skip


def fields_of(name: str) -> list:
    """Fields that are typed as words, no tables or files."""
    kept = [item for item in question_of(name).fields if item.columns is None]
    return [item for item in kept if item.name not in {"lists", "ledger", "out", "worksheet", "ics"}]


def meant(item, chance: random.Random) -> Any:
    """A value that the field is for, in the form a person types, where one is known."""
    pool = OTHER.get(item.name, ())
    return chance.choice(list(pool)) if pool else chance.choice(ODD)


def words_of(name: str, chance: random.Random) -> list[str]:
    """Words of a command: its base, some fields said rightly, some oddly, some twice or not at all."""
    question = question_of(name)
    given = {key: value for key, value in BASE[name].items() if chance.random() > 0.06}
    words = list(question.command)
    own = {item.name: item for item in fields_of(name)}
    for item in chance.sample(list(own.values()), chance.randint(0, min(4, len(own)))):
        given[item.name] = meant(item, chance) if chance.random() < 0.55 else chance.choice(ODD)
    typed: list[list[str]] = []
    for key, value in given.items():
        item = own.get(key)
        if item is None:
            continue
        values = value if isinstance(value, tuple) else (value,)
        if item.positional:
            words += [str(one) for one in values]
        elif values == (True,):
            typed.append([item.option])
        else:
            typed.append([item.option, *map(str, values)] if key == "between" else [])
            typed += [[item.option, str(one)] for one in values if key != "between"]
    chance.shuffle(typed)
    extra = chance.choice(
        ([], [], ["--json"], ["--json"], ["--csv"], ["--quiet"], ["--json", "--csv"], [chance.choice(ODD)])
    )
    return [*words, *(word for pair in typed for word in pair), *extra]


def arguments_of(name: str, chance: random.Random) -> dict[str, Any]:
    """Arguments of a function, of the kinds Python users pass."""
    given = dict(BASE[name])
    own = [item.name for item in fields_of(name) if item.name not in {"at", *VERBS}]
    for key in chance.sample(own, chance.randint(1, min(3, len(own)))):
        given[key] = chance.choice(OBJECTS if chance.random() < 0.7 else ODD)
    return given


__all__ = ["ASKED", "HEAVY", "OBJECTS", "ODD", "arguments_of", "fields_of", "meant", "words_of"]
