"""The first line of every kind of answer: the question, what it is about, its day."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

import detente as dt
from detente.cli import main
from detente.io.stamped import Stamp, Stamped
from detente.render import after_sources, day_columns, first_lines
from detente.render.spreadsheet import main_rows

PAIR = {"players": ["USA", "CHN"]}
LINES = [
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


CASES = [
    (
        "duty 7326.90.86.88 --from CHN --to USA --on 2025-11-10 --value 10000",
        "Duty on 7326.90.86.88 (Other) from China to the United States, customs value USD 10,000, on 10 November 2025",
    ),
    (
        "duty 2204.21.50 --from CAN --to USA --on 2026-10-05 --known 2026-10-01",
        (
            "Prohibited since 29 September 2026: 2204.21.50.55 (Not certified organic) from Canada to the United States on"
            " 5 October 2026, as known on 1 October 2026"
        ),
    ),
    (
        "duty 0101.21.00 --from CAN --to USA --at 2025-11-10T00:00:30-05:00 --view legally-due --ends reported",
        (
            "Duty on 0101.21.00.20 (Females) from Canada to the United States on 10 November 2025 at 00:00:30 (-05:00),"
            " legally due, suspensions ending as reported"
        ),
    ),
    (
        "port-fee --port-of USA --net-tons 85123 --on 2026-09-01 --known 2026-08-01",
        "Fee for one port call in the United States, 85,123 net tons, on 1 September 2026, as known on 1 August 2026",
    ),
    (
        "licence chip --from USA --to ARE --on 2025-01-02",
        "Export licence for advanced chips from the United States to the United Arab Emirates on 2 January 2025",
    ),
    ("screen 'A bakery' --on 2025-01-02", "Screening of A bakery on 2 January 2025"),
    ("search toys --limit 1", "toys: lines of the schedule of the United States, the latest held"),
    (
        "search toys --limit 1 --on 2025-11-10",
        "toys: lines of the schedule of the United States on 10 November 2025",
    ),
    ("ledger ls --on 2025-01-02", "Measures on the books on 2 January 2025"),
    (
        "ledger show us.s122 --on 2026-04-02 --view legally-due",
        "US import surcharge under Section 122 (us.s122) on 2 April 2026, legally due",
    ),
    ("ledger timeline --on 2025-01-02", "Timeline of all measures on 2 January 2025"),
    (
        "ledger diff 2025-01-02 2025-01-03 --all",
        "What changed in the law between 2 January 2025 and 3 January 2025",
    ),
    ("ledger cite us.s122", "Acts and sources behind US import surcharge under Section 122 (us.s122) on"),
    (
        "average --to CHN --on 2025-11-08 --until 2025-11-12",
        "Average tariff of China on all partners from 8 November 2025 to 12 November 2025",
    ),
    (
        "status --at 2025-11-10T00:00:30-05:00 --ends reported --all",
        "The board on 10 November 2025 at 00:00:30 (-05:00), suspensions ending as reported",
    ),
    (
        "status --between DEU FRA --on 2025-11-10 --all",
        "The board of Germany and France on 10 November 2025",
    ),
    (
        "purchases cn.buy.soy2026_28 --on 2026-06-30",
        "Purchases: Soybeans, 2026 to 2028 (cn.buy.soy2026_28) on 30 June 2026",
    ),
]


@pytest.mark.parametrize(("command", "line"), CASES, ids=[line[:28] for _, line in CASES])
def test_the_first_line_of_a_case_says_what_was_asked(command, line, capsys):
    main([*shlex.split(command), "--quiet"])
    assert " ".join(capsys.readouterr().out.split()).startswith(line)


def fee(on):
    """The fee for a call of a Chinese ship, USD 80 a net ton, by the notices due again since 10 November 2026."""
    found = dt.port_fee("USA", net_tons=85_000, operator="CHN", on=on)
    stamp = Stamp(detente="0", command="detente", data_hash="0")
    return Stamped(stamp=stamp, result=found, assumptions=found.assumptions, warnings=found.warnings)


def test_two_readings_stand_under_the_first_line():
    first, *rest = first_lines(fee("2026-11-30"))
    assert first.endswith("after the last day the sources cover (8 October 2026): two readings")
    assert rest == [
        "as the notices read, legal ends passed: USD 6,800,000 (USD 0 to USD 6,800,000)",
        "as reported, extensions counted: USD 0, suspended",
    ]


def test_readings_that_agree_are_said_once():
    document = fee("2026-11-30")
    legal, _ = document.result.readings
    same = replace(document.result, readings=(legal, replace(legal, basis="reported")))
    first, *rest = first_lines(replace(document, result=same))
    assert first.endswith("both readings agree")
    assert rest == ["both readings: USD 6,800,000 (USD 0 to USD 6,800,000)"]


def test_a_day_the_sources_cover_has_no_readings():
    document = fee("2026-10-08")
    assert after_sources(document) == ""
    assert document.result.readings == ()
    assert first_lines(document) == [
        "Fee for one port call in the United States, 85,000 net tons, on 8 October 2026"
    ]


FEE = {
    "on": "2026-11-30",
    "readings": [
        {"basis": "legal", "amount": 1_955_000.0, "currency": "USD", "suspended": False},
        {"basis": "reported", "amount": 0.0, "currency": "USD", "suspended": True},
    ],
}


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
