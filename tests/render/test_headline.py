"""The first line of every kind of answer: the question, what it is about, its day."""

from __future__ import annotations

import pytest

from detente.render import after_sources, day_columns, first_lines, reading_lines
from detente.render.spreadsheet import main_rows

PAIR = {"players": ["USA", "CHN"]}
LINES = [
    (
        {"code": "7326908688", "description": "Other", "origin": "CHN", "destination": "USA", "value": 10_000.0,
         "currency": "USD", "on": "2025-11-10"},
        "Duty on 7326.90.86.88 (Other) from China to the United States, customs value USD 10,000, on 10 November 2025",
    ),
    (
        {"code": "220421", "description": "", "origin": "CAN", "destination": "USA", "on": "2026-10-01",
         "prohibited": {"from": "2026-09-29", "act": "x", "scope": "y"}},
        "Prohibited since 29 September 2026: 2204.21 from Canada to the United States on 1 October 2026",
    ),
    (
        {"importer": "CHN", "origin": None, "weights": "w", "on": "2025-11-08", "until": "2025-11-12"},
        "Average tariff of China on all partners from 8 November 2025 to 12 November 2025",
    ),
    (
        {"port_of": "USA", "net_tons": 85_123.0, "on": "2026-09-01", "known_on": "2026-08-01"},
        "Fee for one port call in the United States, 85,123 net tons, on 1 September 2026, as known on 1 August 2026",
    ),
    (
        {"kind": "chip", "required": True, "origin": "USA", "destination": "ARE", "on": "2025-01-02"},
        "Export licence for advanced chips from the United States to the United Arab Emirates on 2 January 2025",
    ),
    ({"name": "A bakery", "matches": [], "on": "2025-01-02"}, "Screening of A bakery on 2 January 2025"),
    (
        {"id": "cn.buy.x", "title": "Soybeans", "by_year": [], "target": 1.0, "on": "2025-01-02"},
        "Purchases: Soybeans (cn.buy.x) on 2 January 2025",
    ),
    (
        {"board": [], "on": "2025-11-10", "at": "2025-11-10T00:00:30-05:00", "ends": "reported"},
        "The board on 10 November 2025 at 00:00:30 (-05:00), suspensions ending as reported",
    ),
    (
        {"board": [], "between": ["DEU", "FRA"], "on": "2025-11-10"},
        "The board of Germany and France on 10 November 2025",
    ),
    (
        {"id": "us.x", "title": "A duty", "timeline": [], "instrument": "tariff", "on": "2025-01-02",
         "view": "legally-due"},
        "A duty (us.x) on 2 January 2025, legally due",
    ),
    ({"rows": [], "on": "2025-01-02", "view": "statutory"}, "Measures on the books on 2 January 2025"),
    ({"rows": [], "on": "2025-01-02", "measure": None}, "Timeline of all measures on 2 January 2025"),
    (
        {"rows": [], "on": "2025-01-03", "first": "2025-01-02", "second": "2025-01-03", "view": "statutory"},
        "What changed in the law between 2 January 2025 and 3 January 2025",
    ),
    (
        {"rows": [], "on": "2025-01-03", "measure": "us.x", "between": None},
        "Acts and sources behind us.x (us.x) on 3 January 2025",
    ),
    ({"rows": [], "on": "2025-01-03"}, "Check of the ledger on 3 January 2025"),
    ({"bloc": "RCEP", "under": "truce", "on": "2025-11-10"}, "RCEP as a hedge under truce on 10 November 2025"),
    (
        {"player": "USA", "under": "truce", "is_nash": None, "on": "2025-11-10"},
        "Best tariffs of the United States, the rest as under truce on 10 November 2025",
    ),
    (PAIR | {"is_nash": True, "on": "2025-11-10"}, "Nash tariffs of the United States and China on 10 November 2025"),
    (
        PAIR | {"threat_point": {}, "on": "2025-11-10"},
        "Bargain between the United States and China on 10 November 2025",
    ),
    ({"game": "g", "title": "A game", "on": "2025-11-10"}, "Payoffs of A game on 10 November 2025"),
    ({"game": "g", "elements": [], "rows": [], "on": "2025-11-10"}, "Deals of g on 10 November 2025"),
    (
        {"a": "USA", "b": "CHN", "direct": {}, "at": "baseline", "on": "2024-12-31"},
        "Reliance of the United States and China on each other at baseline on 31 December 2024",
    ),
    (
        {"years": [], "truce": "truce", "study": "s", "on": "2025-11-10"},
        "The path of s from truce, year by year on 10 November 2025",
    ),
    (
        {"study": {"title": "A study"}, "scenarios": {}, "on": "2026-01-01", "law_days": ["2024-12-31", "2026-01-01"]},
        "A study: real income, law to January 2026",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("result", "line"), LINES, ids=[line[:28] for _, line in LINES])
def test_the_first_line_says_what_was_asked_and_for_which_day(result, line):
    assert first_lines({"result": result}) == [line]


FEE = {
    "port_of": "USA",
    "net_tons": 85_000.0,
    "on": "2026-11-30",
    "known_until": "2026-10-08",
    "readings": [
        {"basis": "legal", "amount": 1_955_000.0, "currency": "USD", "suspended": False},
        {"basis": "reported", "amount": 0.0, "currency": "USD", "suspended": True},
    ],
}


def test_two_readings_stand_under_the_first_line():
    first, *rest = first_lines({"result": FEE})
    assert first.endswith("after the last day the sources cover (8 October 2026): two readings")
    assert rest == [
        "as the notices read, legal ends passed: USD 1,955,000",
        "as reported, extensions counted: USD 0, suspended",
    ]


def test_readings_that_agree_are_said_once():
    legal = FEE["readings"][0]
    result = FEE | {"readings": [legal, legal | {"basis": "reported"}]}
    first, *rest = first_lines({"result": result})
    assert first.endswith("both readings agree")
    assert rest == ["both readings: USD 1,955,000"]


def test_a_day_the_sources_cover_has_no_readings():
    result = FEE | {"on": "2026-10-08", "readings": []}
    assert after_sources(result) == ""
    assert reading_lines(result) == []
    assert first_lines({"result": result}) == [
        "Fee for one port call in the United States, 85,000 net tons, on 8 October 2026"
    ]


def test_a_table_has_the_day_and_both_readings_beside_it():
    rows = main_rows({"result": FEE | {"lines": [{"measure": "a", "on": "x"}, {"measure": "b", "on": "y"}]}})
    assert [row["on"] for row in rows] == ["x", "y"]
    assert {row["total_on"] for row in rows} == {"2026-11-30"}
    assert [row["amount_legal"] for row in rows] == [1_955_000.0, 1_955_000.0]
    assert [row["suspended_reported"] for row in rows] == [True, True]
    series = {"on": "2026-11-09", "readings": [
        {"basis": basis, "rate": 0.1, "series": [{"rate": 0.1}, {"rate": rate}]}
        for basis, rate in (("legal", 0.3), ("reported", 0.2))
    ]}  # fmt: skip
    assert day_columns(series, 2)["rate_legal"] == [0.1, 0.3]
    assert day_columns(series, 3)["rate_reported"] == pytest.approx(0.1)
