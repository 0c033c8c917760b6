"""Which duties are drawn back on export, and the bond that guidance asks for."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

import detente
from detente.compliance.customs.drawback import STATUSES, continuous_bond, drawback_of, drawback_rules
from detente.duties import matches
from detente.ledger import open_ledger

LINES = [
    {
        "entry": "A",
        "code": "7326.90.86.88",
        "origin": "CN",
        "value": 14_172,
        "entered_on": "2026-09-18",
        "mode": "vessel",
    },
    {
        "entry": "A",
        "code": "6109.10.00.12",
        "origin": "VN",
        "value": 5_000,
        "entered_on": "2026-09-18",
        "mode": "vessel",
    },
    {
        "entry": "B",
        "code": "8517.13.00.00",
        "origin": "CN",
        "value": 500_000,
        "entered_on": "2025-07-18",
        "mode": "air",
    },
    {
        "entry": "C",
        "code": "7208.51.00.30",
        "origin": "JP",
        "value": 90_000,
        "entered_on": "2025-07-18",
        "mode": "vessel",
    },
    {
        "entry": "D",
        "code": "6109.10.00.12",
        "origin": "BD",
        "value": 900,
        "entered_on": "2025-07-18",
        "entry_type": "11",
    },
]


@pytest.mark.parametrize(
    ("measure", "day", "status", "act"),
    [
        ("base", "2025-07-18", "allowed", "19 CFR 190.3(a)(1)"),
        ("fee.mpf", "2025-07-18", "allowed", "19 CFR 190.3(a)"),
        ("case.antidumping", "2025-07-18", "barred", "19 U.S.C. 1677h"),
        ("us.s301.cn.list3", "2025-07-18", "allowed", "CSMS 18-000419"),
        ("us.s201.solar_qsp", "2025-07-18", "allowed", "CSMS 19-000050"),
        ("us.ieepa.fentanyl.cn", "2025-07-18", "barred", "EO 14195 sec. 2(f)"),
        ("us.ieepa.fentanyl.ca", "2025-07-18", "barred", "EO 14193"),
        ("us.ieepa.reciprocal.baseline", "2025-07-18", "allowed", "CSMS 64649265"),
        ("us.s232.steel", "2026-04-05", "barred", "Proclamations 9739 and 9740"),
        ("us.s232.steel", "2026-04-06", "limited", "Proclamation of 2026-04-02"),
        ("us.s232.copper", "2025-08-01", "barred", "Proclamation 10962"),
        ("us.s122", "2026-03-01", "allowed", "CSMS 67844987"),
        ("us.s301.fl", "2026-09-18", "unknown", "no act or guidance"),
        ("us.s232.autos", "2025-07-18", "unknown", "no act or guidance"),
    ],
)
def test_what_is_drawn_back_with_its_act(measure, day, status, act):
    found, why = drawback_of(measure, "USA", dt.date.fromisoformat(day))
    assert found == status
    assert act in why


def test_every_rule_names_a_measure_that_is_held_or_a_kind_of_charge():
    kinds = ("base", "fee.mpf", "fee.hmf", "case.antidumping", "case.countervailing")
    known = (*open_ledger().measures, *kinds)
    for rule in drawback_rules():
        assert rule.status in STATUSES
        assert rule.act
        for name in rule.measures:
            assert any(matches(item, (name,)) for item in known), name


def test_a_line_says_it_where_something_is_due_and_no_other_does():
    for on, code, origin in (
        ("2026-09-18", "7326.90.86.88", "CHN"),
        ("2025-07-18", "8517.13.00.00", "CHN"),
        ("2025-07-18", "8703.23.01.60", "CAN"),
    ):
        found = detente.duty(code, origin=origin, destination="USA", on=on, value=1_000, fees=True)
        for line in found.lines:
            assert (line.drawback in STATUSES) == (line.basis_share > 0.0), line.measure
            assert bool(line.drawback_why) == bool(line.drawback)
    china = detente.duty("1201.90", origin="USA", destination="CHN", on="2025-04-20")
    assert {line.drawback for line in china.lines} == {""}


def test_an_entry_adds_up_by_what_is_drawn_back():
    found = detente.entry(pd.DataFrame(LINES))
    for row in found.entries:
        assert sum(row[f"drawback_{status}"] for status in STATUSES) == pytest.approx(row["total"], abs=0.005)
        assert row["drawback_most"] == pytest.approx(0.99 * row["drawback_allowed"], abs=0.005)
    by_hand = {row["entry"]: row for row in found.entries}
    # List 3 (25 %) and the ordinary duties are drawn back, steel at 50 % in some cases; of forced labour nothing was read.
    assert by_hand["A"]["drawback_allowed"] == pytest.approx(
        3_543.00 + 410.99 + 825.00 + 66.41 + 23.97, abs=0.005
    )
    assert by_hand["A"]["drawback_limited"] == 7_086.00
    assert by_hand["A"]["drawback_unknown"] == 625.00
    assert by_hand["B"]["drawback_barred"] == 100_000.00  # fentanyl, 20 %
    assert by_hand["C"]["drawback_barred"] == 45_000.00  # steel, 50 %
    for status in (*STATUSES, "most"):
        name = f"drawback_{status}"
        assert found.totals[name] == pytest.approx(sum(row[name] for row in found.entries), abs=0.005)


def test_the_single_bond_is_value_duties_and_fees_where_they_are_known():
    lines = [LINES[0] | {"ad_cvd_case": "A-570-001"}, *LINES[1:]]
    found = {row["entry"]: row for row in detente.entry(pd.DataFrame(lines)).entries}
    assert found["A"]["bond_single"] is None  # the case's rate is not known
    assert found["B"]["bond_single"] == 500_000 + found["B"]["total"]
    assert found["D"]["bond_single"] is None  # informal


# Directive 3510-004 as customs brokers restate it: paid in a year, and the bond.
@pytest.mark.parametrize(
    ("paid", "bond"),
    [
        (0.0, 50_000), (500_000.0, 50_000), (500_000.01, 60_000), (600_000.0, 60_000), (990_000.0, 100_000),
        (1_000_000.0, 100_000), (1_000_001.0, 200_000), (2_000_000.0, 200_000), (4_500_000.0, 500_000),
        (5_000_000.0, 500_000),
    ],
)  # fmt: skip
def test_the_continuous_bond_is_a_tenth_rounded_up(paid, bond):
    found = continuous_bond(paid)
    assert found["amount"] == bond
    assert found["guidance"] is True
    assert "19 CFR 113.13" in found["source"]


def test_the_bond_of_a_file_rests_on_its_duties_and_fees_without_cases():
    cases = pd.DataFrame([{"case": "A-570-001", "rate": 9.0}])
    lines = [LINES[0] | {"ad_cvd_case": "A-570-001"}, *LINES[1:]]
    plain, more = detente.entry(pd.DataFrame(LINES)), detente.entry(pd.DataFrame(lines), cases=cases)
    assert more.totals["cases"] == 9.0 * 14_172
    assert more.bond["paid"] == plain.bond["paid"] == pytest.approx(plain.totals["total"], abs=0.005)
