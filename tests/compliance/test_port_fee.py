"""Port fees of both sides: published rates and cases, precedence, caps, exemptions, ranges."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.asof import AsOf
from detente.compliance.day import read_day
from detente.compliance.port_fees.fleet import port_fees
from detente.compliance.port_fees.ownership import us_shares
from detente.compliance.port_fees.port_fee import fee_on, port_fee
from detente.errors import InputError
from detente.ledger import edit, open_ledger

SHARED = Path(__file__).parents[3] / "shared" / "data"
SHIP = {"net_tons": 85_000, "containers": 9_000, "built": "CHN"}
CLOSE = 1e-9
"""Shares are sums and products of a few floats."""


@pytest.fixture(scope="module")
def law():
    return open_ledger()


@pytest.fixture(scope="module")
def day(law):
    return read_day(AsOf.of("2025-10-20"), law)


def us(law, on="2025-10-20", **facts):
    return port_fee("USA", asof=AsOf.of(on), ledger=law, **{**SHIP, **facts})


def china(law, on="2025-10-14", **facts):
    return port_fee("CHN", asof=AsOf.of(on), ledger=law, **{"net_tons": 60_000.2, **facts})


def test_default_and_range_of_a_chinese_built_ship(law):
    fee = us(law)
    assert (fee.amount, fee.amount_min, fee.amount_max) == (1_530_000, 0, 4_250_000)
    assert fee.rule == "us.port.annex2"
    assert fee.suspended is False
    assert [(line.basis, line.rate, line.amount, line.note) for line in fee.lines] == [
        ("net tons", 18, 1_530_000, "charged"),
        ("containers discharged", 120, 1_080_000, "compared, lower"),
    ]
    assumed = {a.name: a.value for a in fee.assumptions}
    assert assumed["owner"] == "not Chinese"
    assert assumed["operator"] == "not Chinese"
    assert {q.fact for q in fee.questions} >= {"owner", "operator", "teu", "call"}
    assert (
        next(q for q in fee.questions if q.fact == "owner").effect
        == "1,530,000 if not Chinese, 4,250,000 if Chinese"
    )


@pytest.mark.parametrize(
    ("facts", "amount"),
    [
        ({"containers": 14_000}, 1_680_000),
        ({"owner": "CHN"}, 4_250_000),
        ({"operator": "Hong Kong"}, 4_250_000),
        ({"operator": "MAC"}, 4_250_000),
        ({"operator": "TWN"}, 1_530_000),
        ({"call": 5}, 1_530_000),
        ({"call": 6}, 0),
        ({"first_port": False}, 0),
        ({"teu": 3_900}, 0),
        ({"teu": 4_000}, 0),
        ({"teu": 4_001}, 1_530_000),
        ({"teu": 3_900, "operator": "CHN"}, 4_250_000),
        ({"dwt": 55_000}, 0),
        ({"dwt": 70_000}, 1_530_000),
        ({"voyage_nm": 1_999}, 0),
        ({"voyage_nm": 2_000}, 1_530_000),
        ({"us_share": 0.75}, 0),
        ({"us_share": 0.74}, 1_530_000),
        ({"programme": "visa"}, 0),
        ({"laker": True}, 0),
        ({"us_government_cargo": True}, 0),
        ({"us_share": "75%"}, 0),
        ({"us_order_net_tons": 85_000}, 0),
        ({"us_order_net_tons": 84_999}, 1_530_000),
        ({"us_order_net_tons": 85_000, "us_order_delivered": False}, 1_530_000),
    ],
)
def test_one_fact_changes_the_fee_as_the_annexes_say(law, facts, amount):
    assert us(law, **facts).amount == amount


def test_bulk_capacity_counts_for_bulk_carriers_only(law):
    facts = {"net_tons": 30_000, "built": "CHN", "dwt": 80_000}
    assert port_fee("USA", asof=AsOf.of("2025-10-20"), ledger=law, type="bulk", **facts).amount == 0
    assert port_fee("USA", asof=AsOf.of("2025-10-20"), ledger=law, type="tanker", **facts).amount == 540_000


@pytest.mark.parametrize(
    ("facts", "rule", "amount"),
    [
        ({"type": "lng", "owner": "CHN", "built": "CHN"}, "us.port.annex4", 0),
        ({"type": "vehicle-carrier", "owner": "CHN", "built": "CHN"}, "us.port.annex3", 920_000),
        ({"type": "vehicle-carrier", "owner": "CHN", "built": "USA"}, "us.port.annex1", 1_000_000),
        ({"type": "vehicle-carrier", "built": "JPN", "programme": "msp"}, "us.port.annex3", 0),
        ({"type": "bulk", "owner": "CHN", "built": "CHN"}, "us.port.annex1", 1_000_000),
        ({"type": "bulk", "owner": "GRC", "operator": "GRC", "built": "CHN"}, "us.port.annex2", 360_000),
        ({"type": "bulk", "owner": "GRC", "operator": "GRC", "built": "KOR"}, "", 0),
    ],
)
def test_one_annex_by_precedence(law, facts, rule, amount):
    fee = port_fee("USA", asof=AsOf.of("2025-10-20"), ledger=law, net_tons=20_000, **facts)
    assert (fee.rule, fee.amount) == (rule, amount)


@pytest.mark.parametrize(
    ("on", "amount", "scheduled", "suspended"),
    [
        ("2025-10-13", 0, 0, False),
        ("2025-10-14", 1_530_000, 1_530_000, False),
        ("2025-11-09", 1_530_000, 1_530_000, False),
        ("2025-11-10", 0, 1_530_000, True),
        ("2026-04-16", 0, 1_530_000, True),
        ("2026-04-17", 0, 1_955_000, True),
        ("2026-11-09", 0, 1_955_000, True),
        ("2026-11-15", 1_955_000, 1_955_000, "reported"),
        ("2027-01-10", 1_955_000, 1_955_000, False),
        ("2027-04-17", 2_380_000, 2_380_000, False),
        ("2028-04-17", 2_805_000, 2_805_000, False),
    ],
)
def test_rate_steps_run_on_under_the_suspension(law, on, amount, scheduled, suspended):
    fee = us(law, on)
    assert (fee.amount, fee.scheduled, fee.suspended) == (amount, scheduled, suspended)


def test_reported_suspension_gives_the_range_and_asks(law):
    fee = us(law, "2026-11-15")
    assert (fee.amount_min, fee.amount_max) == (0, 6_800_000)
    assert "suspension" in {q.fact for q in fee.questions}
    assert "not known" in fee.warnings[0]
    other = port_fee("USA", asof=AsOf.of("2026-11-15", ends="reported"), ledger=law, **SHIP)
    assert (other.amount, other.amount_max, other.suspended) == (0, 6_800_000, "reported")
    early = port_fee("USA", asof=AsOf.of("2026-11-15", known_on="2026-01-01"), ledger=law, **SHIP)
    assert early.suspended is False


def test_vehicle_carriers_as_known_before_the_change(law):
    facts = {"net_tons": 20_000, "built": "JPN", "type": "vehicle-carrier", "ledger": law}
    assert (
        port_fee("USA", asof=AsOf.of("2025-10-20", known_on="2025-05-01"), ceu=6_000, **facts).amount
        == 150 * 6_000
    )
    unknown = port_fee("USA", asof=AsOf.of("2025-10-20", known_on="2025-05-01"), **facts)
    assert (unknown.amount, unknown.amount_max) == (0, None)
    assert "ceu" in {q.fact for q in unknown.questions}
    assert port_fee("USA", asof=AsOf.of("2025-10-20", known_on="2025-10-10"), **facts).amount == 46 * 20_000


def test_suspended_is_certain_and_has_no_range(law):
    fee = us(law, "2025-11-10")
    assert (fee.amount_min, fee.amount_max, fee.questions) == (0, 0, ())


def test_boxes_without_a_capacity_have_no_upper_bound(law):
    facts = {"net_tons": 85_000, "built": "CHN", "owner": "JPN", "operator": "JPN"}
    fee = port_fee("USA", asof=AsOf.of("2025-10-20"), ledger=law, **facts)
    assert (fee.amount, fee.amount_max) == (1_530_000, None)
    assert "no upper limit" in next(q.effect for q in fee.questions if q.fact == "containers")
    bounded = port_fee("USA", asof=AsOf.of("2025-10-20"), ledger=law, teu=15_000, **facts)
    assert bounded.amount_max == 120 * 15_000


def test_gold_cases(law):
    path = SHARED / "reference" / "gold_cases.csv"
    if not path.exists():
        pytest.skip("../shared is not there")
    facts = {
        "port_fee_annex_i": {"net_tons": 25_000, "operator": "CHN"},
        "port_fee_annex_ii": {"net_tons": 20_000, "built": "CHN", "containers": 4_500, "teu": 12_000},
        "port_fee_suspended": {"net_tons": 50_000, "owner": "CHN"},
    }
    with path.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["case_id"] in facts]
    assert len(rows) == len(facts)
    for row in rows:
        fee = port_fee("USA", asof=AsOf.of(row["date"]), ledger=law, **facts[row["case_id"]])
        assert fee.amount == float(row["expected"]), row["case_id"]


def test_rates_agree_with_the_shared_table(law):
    path = SHARED / "tariff_schedule" / "port_fees.csv"
    if not path.exists():
        pytest.skip("../shared is not there")
    facts = {
        "annex_I": ("USA", {"owner": "CHN"}),
        "annex_II": ("USA", {"built": "CHN", "type": "bulk", "owner": "GRC", "operator": "GRC"}),
        "annex_III": ("USA", {"built": "JPN", "type": "vehicle-carrier"}),
        "special_port_fee": ("CHN", {"owner": "USA"}),
    }
    with path.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["annex"] in facts]
    assert len(rows) == 13
    for row in rows:
        port, known = facts[row["annex"]]
        fee = port_fee(port, asof=AsOf.of(row["valid_from"]), ledger=law, net_tons=1_000, **known)
        assert fee.scheduled == 1_000 * float(row["rate"]), row


@pytest.mark.parametrize(
    ("facts", "amount"),
    [
        ({"us_votes": 0.26}, 24_000_400),
        ({"us_votes": 0.26, "us_equity": 0.10}, 24_000_400),
        ({"us_share": 0.25}, 24_000_400),
        ({"us_share": 0.2499}, 0),
        ({"us_votes": 0.26, "built": "CHN"}, 0),
        ({"us_votes": 0.26, "repair": True}, 0),
        ({"us_votes": 0.26, "call": 6}, 0),
        ({"owner": "USA"}, 24_000_400),
        ({"operator": "USA", "built": "CHN"}, 0),
        ({"flag": "USA"}, 24_000_400),
        ({"built": "USA"}, 24_000_400),
        ({"owner": "GRC"}, 0),
        ({"us_share_chain": 0.1, "us_share_control": 0.1, "us_share_aggregate": 0.3}, 24_000_400),
    ],
)
def test_chinese_dues(law, facts, amount):
    fee = china(law, **facts)
    assert (fee.amount, fee.currency, fee.rule) == (amount, "CNY", "cn.port.special")


def test_readings_that_disagree_become_a_question(law):
    fee = china(law, us_share_chain=0.1, us_share_control=0.1, us_share_aggregate=0.3)
    asked = next(q for q in fee.questions if q.fact == "reading")
    assert asked.effect == "24,000,400 if by aggregate: 30 %, 0 if by chain: 10 %, 0 if by control: 10 %"
    assert fee.ownership == {"chain": 0.1, "control": 0.1, "aggregate": 0.3}
    assert any(a.name == "ownership_reading" and a.value == "aggregate" for a in fee.assumptions)


def test_chinese_dues_by_date(law):
    assert china(law, "2025-11-10", us_votes=0.26).suspended is True
    fee = china(law, "2026-11-10", us_votes=0.26)
    assert (fee.amount, fee.suspended) == (640 * 60_001, "reported")


def test_shares_by_reading(day):
    links = pd.DataFrame(
        [
            ("Fund A", "Holding", 0.6),
            ("Holding", "Line", 0.4),
            ("Fund B", "Line", 0.06),
            ("Fund C", "Line", 0.04),
            ("Elsewhere", "Line", 0.5),
        ],
        columns=["owner", "owned", "share"],
    )
    found = us_shares(links, "Line", ["Fund A", "Fund B", "Fund C"], day=day)
    assert found.chain == pytest.approx(0.24, abs=CLOSE)
    assert found.control == pytest.approx(0.40, abs=CLOSE)
    assert found.aggregate == pytest.approx(0.30, abs=CLOSE)
    assert found.aggregate_all == pytest.approx(0.34, abs=CLOSE)
    assert fee_on(day, "CHN", {"net_tons": 100, **found.facts()}).amount == 40_000


def test_cross_holdings_converge_to_the_closed_form(day):
    links = pd.DataFrame(
        [("Fund", "A", 0.5), ("B", "A", 0.5), ("A", "B", 0.5)], columns=["owner", "owned", "share"]
    )
    # x_A = 0.5 + 0.5 x_B and x_B = 0.5 x_A, so x_A = 2/3
    assert us_shares(links, "A", ["Fund"], day=day).chain == pytest.approx(2 / 3, abs=CLOSE)


def test_fleet_counts_charged_strings_by_hull_and_year(law):
    row = {"vessel": "9300001", "port_of": "USA", "net_tons": 10_000, "operator": "CHN"}
    calls = [row | {"arrival": f"2025-10-{14 + at}", "string": str(max(at, 1))} for at in range(8)]
    calls.append(row | {"arrival": "2027-01-20", "string": "next year"})
    calls.append({**row, "vessel": "9300002", "arrival": "2025-10-21", "string": "other hull"})
    table = port_fees(pd.DataFrame(calls), ledger=law)
    assert table["amount"].tolist() == [5e5, 0, 5e5, 5e5, 5e5, 5e5, 0, 0, 8e5, 5e5]
    assert table.loc[1, "why"] == "not the first port of its string of calls"
    shuffled = port_fees(pd.DataFrame(calls).iloc[::-1], ledger=law).sort_index()
    assert shuffled["amount"].sum() == table["amount"].sum()


def test_fleet_year_of_china_begins_in_april(law):
    resumed = edit(law, end=(), resume=("cn.port.special",), on=pd.Timestamp("2025-11-10").date())
    row = {"vessel": "1", "port_of": "CHN", "net_tons": 100, "owner": "USA"}
    calls = [row | {"arrival": f"2026-04-{day}"} for day in (10, 11, 12, 13, 14, 15, 17)]
    table = port_fees(pd.DataFrame(calls), ledger=resumed)
    assert table["amount"].tolist() == [40_000] * 5 + [0, 64_000]


def test_fleet_names_the_row_it_cannot_use(law):
    row = {"vessel": "1", "port_of": "USA", "arrival": "2025-10-20", "net_tons": -5}
    with pytest.raises(InputError, match="cannot be used") as raised:
        port_fees(pd.DataFrame([row]), ledger=law)
    assert "row 1" in raised.value.where
    with pytest.raises(InputError, match="columns") as raised:
        port_fees(pd.DataFrame([{"vessel": "1", "colour": "red"}]), ledger=law)
    assert "colour" in raised.value.found


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ({"net_tons": -1}, "the number cannot be used"),
        ({"net_tons": 0}, "the number cannot be used"),
        ({"net_tons": math.inf}, "the number cannot be used"),
        ({"net_tons": "many"}, "the number cannot be used"),
        ({"us_share": 1.01}, "the number cannot be used"),
        ({"call": 0}, "the number cannot be used"),
        ({"call": 1.5}, "the number cannot be used"),
        ({"type": "contaner"}, "not one of the words"),
        ({"built": "Atlantis"}, "economy"),
        ({"ballast": "maybe"}, "not a yes or no"),
        ({"container": 5}, "no such fact"),
        ({"type": "x" * 10_000}, "too long"),
    ],
)
def test_facts_that_cannot_be_used_are_refused_in_five_parts(law, facts, text):
    with pytest.raises(InputError, match=text) as raised:
        us(law, **facts)
    error = raised.value
    assert all((error.what, error.where, error.found, error.allowed, error.repair))


def test_other_ports_are_not_covered(law):
    with pytest.raises(InputError, match="no port fee of this economy"):
        port_fee("DEU", asof=AsOf.of("2025-10-20"), net_tons=1, ledger=law)


tons = st.floats(min_value=1, max_value=300_000)
boxes = st.integers(min_value=0, max_value=24_000)


@settings(max_examples=40, deadline=None)
@given(
    tons,
    tons,
    boxes,
    boxes,
    st.sampled_from([{"owner": "CHN"}, {"built": "CHN"}, {"type": "ro-ro", "built": "KOR"}]),
)
def test_fees_do_not_fall_with_tons_or_boxes(day, low, high, few, many, facts):
    small = fee_on(day, "USA", {"net_tons": min(low, high), "containers": min(few, many), **facts})
    large = fee_on(day, "USA", {"net_tons": max(low, high), "containers": max(few, many), **facts})
    assert small.amount <= large.amount
    assert small.amount_min <= small.amount <= (small.amount_max or math.inf)


@settings(max_examples=40, deadline=None)
@given(tons)
def test_chinese_dues_round_tons_up(day, net):
    fee = fee_on(day, "CHN", {"net_tons": net, "owner": "USA"})
    assert fee.amount == 400 * math.ceil(net)


def test_json_shape(law):
    shape = us(law).to_dict()
    assert {
        "amount",
        "amount_min",
        "amount_max",
        "currency",
        "rule",
        "suspended",
        "lines",
        "questions",
    } <= set(shape)
    assert shape["questions"][0].keys() == {"fact", "why", "effect"}
