"""Every rate text of the embedded schedule: how many of each kind, and exactly which are not read."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from detente.schedules.expressions import AdValorem, Compound, Ordinary, Specific, parse_rate, parse_special
from detente.schedules.expressions.parse import CEILING, NO_RATE, NOT_READ, NOTE, OTHER_ARTICLE
from detente.schedules.usa import tables

KINDS = {
    ("hts8", "general"): {
        "free": 4450,
        "ad valorem": 5872,
        "specific": 759,
        "compound": 415,
        "formula": 26,
        "unparsed": 339,
    },
    ("hts8", "column2"): {
        "free": 875,
        "ad valorem": 8077,
        "specific": 1246,
        "compound": 1281,
        "formula": 16,
        "unparsed": 366,
    },
    ("chapter99", "general"): {
        "free": 1539,
        "ad valorem": 392,
        "specific": 3,
        "formula": 985,
        "unparsed": 1386,
    },
    ("chapter99", "column2"): {"ad valorem": 24, "specific": 2, "formula": 2505, "unparsed": 1774},
}
# Every one of these columns names no rate of its own; none is a rate that was not understood.
REASONS = {
    ("hts8", "general"): {NO_RATE: 291, OTHER_ARTICLE: 39, NOTE: 5, CEILING: 4},
    ("hts8", "column2"): {NO_RATE: 304, OTHER_ARTICLE: 53, NOTE: 5, CEILING: 4},
    ("chapter99", "general"): {NO_RATE: 1386},
    ("chapter99", "column2"): {NO_RATE: 1774},
}


@pytest.mark.parametrize(("table", "column"), list(KINDS))
def test_every_text_is_counted(table: str, column: str) -> None:
    """Nothing is dropped: kinds sum to the rows of the table."""
    rates = [parse_rate(text) for text in tables.texts(table, column).tolist()]
    assert Counter(rate.kind for rate in rates) == KINDS[table, column]
    assert Counter(rate.reason for rate in rates if rate.kind == "unparsed") == REASONS[table, column]
    assert sum(KINDS[table, column].values()) == len(tables.texts(table, "code"))


def test_columns_without_a_rate_are_in_chapter_98() -> None:
    """An empty column is a provision of chapter 98; everywhere else a rate is printed."""
    for column in ("general", "column2"):
        codes, texts = tables.texts("hts8", "code"), tables.texts("hts8", column)
        assert {code[:2] for code, text in zip(codes, texts, strict=True) if not text} == {"98"}


def test_special_columns() -> None:
    """Clauses of the special column: five name another article's rate, three of chapter 99 a note."""
    clauses = [clause for text in tables.texts("hts8", "special").tolist() for clause in parse_special(text)]
    unread = Counter(clause.expression.reason for clause in clauses if clause.expression.kind == "unparsed")
    assert unread == {OTHER_ARTICLE: 5}
    clauses = [
        clause for text in tables.texts("chapter99", "special").tolist() for clause in parse_special(text)
    ]
    unread = Counter(clause.expression.reason for clause in clauses if clause.expression.kind == "unparsed")
    assert unread == {NOTE: 3}
    assert NOT_READ not in unread


def test_every_number_of_a_text_is_in_its_expression() -> None:
    """Digits that a reading loses would show as a sum that differs: percentages and money of every sum."""
    for text in tables.texts("hts8", "general").tolist():
        rate = parse_rate(text)
        parts = rate.parts if isinstance(rate, Compound) else (rate,)
        if not all(isinstance(part, AdValorem | Specific) for part in parts):
            continue
        percent = sum(float(found) for found in re.findall(r"([\d.]+) ?(?:%|percent)", text))
        dollars = sum(float(found) for found in re.findall(r"\$([\d.]+)", text))
        dollars += sum(float(found) / 100 for found in re.findall(r"([\d.]+)¢", text))
        assert sum(part.rate for part in parts if isinstance(part, AdValorem)) * 100 == pytest.approx(
            percent
        ), text
        assert sum(part.usd for part in parts if isinstance(part, Specific)) == pytest.approx(dollars), text


def test_additional_duties_of_chapter_99() -> None:
    """The rates of the headings everyone knows."""
    known = {"99038803": 0.25, "99038815": 0.075, "99038801": 0.25, "99039101": 0.25}
    texts = dict(zip(tables.texts("chapter99", "code"), tables.texts("chapter99", "general"), strict=True))
    for code, points in known.items():
        rate = parse_rate(str(texts[code]))
        assert isinstance(rate, Ordinary)
        assert rate.additional == AdValorem(points)
