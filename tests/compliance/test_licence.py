"""Licences: the deciding test, dates and suspensions, thresholds on the edge, nested items, headquarters."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.asof import AsOf
from detente.compliance.export_controls.bill import read_bill
from detente.compliance.export_controls.licence import licence
from detente.errors import InputError
from detente.ledger import edit, open_ledger

MAGNET = {"item": "magnet", "content_share": 0.002}
CAR = {
    "item": "car",
    "value": 30_000,
    "parts": [
        {
            "item": "motor",
            "value": 500,
            "parts": [{"item": "NdFeB magnet", "value": 10, "content": 0.02, "elements": "Nd, Dy"}],
        }
    ],
}
H100 = {"tpp": 15_824, "performance_density": 19.4, "dram_bandwidth": 3_350, "interconnect": 900}
A800 = {"tpp": 4_992, "performance_density": 6.0, "dram_bandwidth": 2_000, "interconnect": 400}
H20 = {"model": "H20", "tpp": 2_368, "performance_density": 2.9, "dram_bandwidth": 4_000, "interconnect": 900}
H200 = {
    "model": "H200",
    "tpp": 15_832,
    "performance_density": 19.4,
    "dram_bandwidth": 4_800,
    "interconnect": 900,
}
BAND = {"tpp": 3_000, "performance_density": 2.0, "dram_bandwidth": 500, "interconnect": 100}
CONDITIONS = {
    "us_available": True,
    "third_party_test": True,
    "volume_ratio": 0.5,
    "know_your_customer": True,
    "remote_access_safeguards": True,
    "military": False,
}


@pytest.fixture(scope="module")
def law():
    return open_ledger()


@pytest.fixture(scope="module")
def resumed(law):
    return edit(law, resume=("cn.xc.61",), on=dt.date(2025, 12, 1))


def rare(ledger, origin="JPN", destination="USA", on="2025-12-15", **facts):
    return licence(
        "rare-earth", asof=AsOf.of(on), origin=origin, destination=destination, facts=facts, ledger=ledger
    )


def chip(ledger, destination="CHN", on="2025-10-27", origin="USA", **facts):
    return licence(
        "chip", asof=AsOf.of(on), origin=origin, destination=destination, facts=facts, ledger=ledger
    )


def test_a_foreign_magnet_needs_a_licence_only_without_the_suspension(law, resumed):
    stands = rare(law, **MAGNET)
    assert (stands.required, stands.decision, stands.test, stands.suspended) == (
        False,
        "not required",
        "value share",
        True,
    )
    assert stands.in_force["cn.xc.61/value"] == "suspended"
    edited = rare(resumed, **MAGNET)
    assert (edited.required, edited.decision, edited.test) == (True, "case by case", "value share")
    assert edited.legal_text == "MOFCOM Announcement 61 of 2025, 1(1)"
    assert edited.why == "0.2 % of the value of magnet is at least 0.1 %"


def test_a_car_is_tested_at_the_magnet_inside(resumed):
    found = rare(resumed, bill=CAR)
    assert found.required is True
    assert found.path == ("car", "motor", "NdFeB magnet")
    text = rare(resumed, bill=json.dumps(CAR))
    assert (text.required, text.path) == (found.required, found.path)
    share_of_car = 0.02 / 30_000
    assert share_of_car < 0.001, "the car itself would pass, which is why it is not the base"


def test_a_car_without_its_bill_is_not_guessed(resumed):
    found = rare(resumed, item="car", content_share=0.002)
    assert (found.required, found.decision) == (None, "undecided")
    assert "bill" in {q.fact for q in found.questions}


def test_the_outer_part_2_item_counts_what_is_inside_it(resumed):
    inner = {"item": "magnet", "value": 10, "content": 0.005, "elements": "Dy"}
    outer = {"item": "target", "value": 20, "content": 0.02, "elements": "Dy", "parts": [inner]}
    found = rare(resumed, bill=outer)
    assert (found.required, found.path) == (True, ("target",))
    values = {t.path: t.met for t in found.tests if t.test == "value share"}
    assert values == {("target",): True, ("target", "magnet"): False}


@pytest.mark.parametrize(
    ("content", "value", "required"),
    [
        ("0.02", "20", True),
        ("0.019999", "20", False),
        ("0.3", "300", True),
        ("0.03", "30", True),
        ("0", "30", False),
    ],
)
def test_the_threshold_itself_is_caught_exactly(resumed, content, value, required):
    assert rare(resumed, item="magnet", elements="Tb", content=content, value=value).required is required


@pytest.mark.parametrize(
    ("facts", "required", "test"),
    [
        ({"elements": "Dy", "form": "magnet", "technology": True, "content_share": 0}, True, "technology"),
        ({"elements": "Dy", "form": "oxide", "chinese_origin": True}, True, "re-export"),
        (
            {"elements": "Nd", "form": "magnet", "technology": True, "content_share": 0.5},
            False,
            "value share",
        ),
    ],
)
def test_other_tests_abroad(resumed, facts, required, test):
    found = rare(resumed, **facts)
    assert (found.required, found.test) == (required, test)


def test_reexport_was_live_for_four_weeks(law):
    facts = {"elements": "Dy", "form": "oxide", "chinese_origin": True}
    by_day = {
        on: rare(law, on=on, **facts).required
        for on in ("2025-10-08", "2025-10-09", "2025-11-06", "2025-11-07")
    }
    assert by_day == {"2025-10-08": False, "2025-10-09": True, "2025-11-06": True, "2025-11-07": False}


def test_exports_back_to_china_are_free(resumed):
    assert rare(resumed, destination="CHN", **MAGNET).required is False


@pytest.mark.parametrize(
    ("elements", "on", "required"),
    [
        ("Dy", "2025-04-03", False),
        ("Dy", "2025-04-04", True),
        ("Dy", "2025-11-20", True),
        ("Ho", "2025-11-20", False),
        ("Ho", "2026-11-15", True),
        ("Nd", "2025-11-20", False),
    ],
)
def test_listed_elements_from_china(law, elements, on, required):
    assert rare(law, "CHN", "DEU", on, elements=elements, form="oxide").required is required


def test_a_suspension_that_is_only_reported_is_said(law):
    found = rare(law, "CHN", "DEU", "2026-11-15", elements="Ho", form="oxide")
    assert (found.required, found.suspended) == (True, "reported")
    assert "suspension" in {q.fact for q in found.questions}
    other = licence(
        "rare-earth",
        asof=AsOf.of("2026-11-15", ends="reported"),
        origin="CHN",
        destination="DEU",
        facts={"elements": "Ho", "form": "oxide"},
        ledger=law,
    )
    assert other.required is False


@pytest.mark.parametrize(
    ("facts", "required", "decision"),
    [
        ({"military": True}, True, "deny"),
        ({"end_use": "military"}, True, "deny"),
        ({"listed_party": True}, True, "deny"),
        ({"listed_share": 0.5}, True, "deny"),
        ({"listed_share": 0.49}, True, "case by case"),
        ({"end_use": "logic-14nm"}, True, "case by case"),
        ({"end_use": "humanitarian"}, False, "exempt"),
    ],
)
def test_licence_policy_by_user_and_use(resumed, facts, required, decision):
    found = rare(resumed, **MAGNET, **facts)
    assert (found.required, found.decision) == (required, decision)


def test_missing_elements_are_asked_for(law):
    found = rare(law, "CHN", "USA")
    assert (found.required, [q.fact for q in found.questions]) == (None, ["elements"])


@pytest.mark.parametrize(
    ("facts", "on", "required", "decision"),
    [
        (H100, "2022-10-06", False, "not required"),
        (H100, "2022-12-01", True, "presumption of denial"),
        (A800, "2022-12-01", False, "not required"),
        (A800, "2023-11-16", False, "not required"),
        (A800, "2023-11-17", True, "presumption of denial"),
        (H20, "2025-04-08", False, "not required"),
        (H20, "2025-04-09", True, "case by case"),
        (H20, "2025-10-27", True, "case by case"),
        (H200, "2026-01-14", True, "presumption of denial"),
        (H200, "2026-01-15", True, "case by case"),
        (H200 | CONDITIONS, "2026-02-01", True, "case by case"),
        (H200 | CONDITIONS | {"volume_ratio": 0.51}, "2026-02-01", True, "presumption of denial"),
        (H200 | CONDITIONS | {"third_party_test": False}, "2026-02-01", True, "presumption of denial"),
        (H200 | CONDITIONS | {"military": True}, "2026-02-01", True, "presumption of denial"),
        (H200 | {"tpp": 20_999}, "2026-02-01", True, "case by case"),
        (H200 | {"tpp": 21_000}, "2026-02-01", True, "presumption of denial"),
        (H200 | {"dram_bandwidth": 6_499}, "2026-02-01", True, "case by case"),
        (H200 | {"dram_bandwidth": 6_500}, "2026-02-01", True, "presumption of denial"),
        (BAND, "2025-03-01", True, "notice"),
        (BAND | {"data_center": False}, "2025-03-01", False, "not required"),
        ({"tpp": 4_800}, "2024-03-01", True, "presumption of denial"),
        ({"tpp": 4_799, "performance_density": 5.92}, "2024-03-01", True, "presumption of denial"),
        (
            {"tpp": 1_599, "performance_density": 50, "dram_bandwidth": 1, "interconnect": 1},
            "2024-03-01",
            False,
            "not required",
        ),
        ({"tpp": 4_000, "die_area": 500}, "2024-03-01", True, "presumption of denial"),
    ],
)
def test_chips_to_china_by_rule_and_day(law, facts, on, required, decision):
    found = chip(law, on=on, **facts)
    assert (found.required, found.decision) == (required, decision)


@pytest.mark.parametrize(
    ("destination", "headquarters", "required", "decision"),
    [
        ("MAC", None, True, "presumption of denial"),
        ("HKG", None, True, "presumption of denial"),
        ("ARE", "ARE", True, "case by case"),
        ("ISR", "ISR", False, "not required"),
        ("SGP", "SGP", False, "not required"),
        ("SGP", "CHN", True, "presumption of denial"),
        ("DEU", "MAC", True, "presumption of denial"),
    ],
)
def test_destination_and_headquarters(law, destination, headquarters, required, decision):
    found = chip(law, destination, headquarters=headquarters, **H100)
    assert (found.required, found.decision) == (required, decision)


def test_reexports_stay_denied_under_the_h200_rule(law):
    found = chip(law, origin="TWN", on="2026-02-01", **H200, **CONDITIONS)
    assert (found.decision, found.why) == ("presumption of denial", "a re-export or transfer stays denied")


def test_unknown_headquarters_and_parameters_become_questions(law):
    assert [q.fact for q in chip(law, "SGP", **H100).questions] == ["headquarters"]
    blank = chip(law)
    assert blank.required is None
    assert {q.fact for q in blank.questions} >= {
        "tpp",
        "performance_density",
        "dram_bandwidth",
        "interconnect",
    }
    asked = {q.fact for q in chip(law, on="2026-02-01", **H200).questions}
    assert asked == set(CONDITIONS)


def test_listed_user_needs_a_licence_for_anything(law):
    assert chip(law, "DEU", listed_party=True, tpp=1, headquarters="DEU").decision == "presumption of denial"


@pytest.mark.parametrize(
    ("kind", "facts", "text"),
    [
        ("rare-earth", {"content_share": 1.5}, "the number cannot be used"),
        ("rare-earth", {"value": 10, "content": 11}, "worth more than the item"),
        ("rare-earth", {"value": -1}, "the number cannot be used"),
        ("rare-earth", {"elements": "dysprosium"}, "not the symbol of an element"),
        ("rare-earth", {"colour": "red"}, "no such fact"),
        ("rare-earth", {"bill": "{"}, "not JSON"),
        ("rare-earth", {"bill": "nowhere.json"}, "neither JSON nor a file"),
        ("rare-earth", {"bill": {"value": 5}}, "has no name"),
        ("rare-earth", {"bill": {"item": "x", "price": 5}}, "unknown key"),
        ("rare-earth", {"bill": {"item": "x", "value": "1e999999999"}}, "cannot be used"),
        ("chip", {"tpp": "fast"}, "the number cannot be used"),
        ("laser", {}, "no licence of this kind"),
    ],
)
def test_bad_input_is_refused_in_five_parts(law, kind, facts, text):
    with pytest.raises(InputError, match=text) as raised:
        licence(kind, asof=AsOf.of("2025-10-27"), origin="CHN", destination="USA", facts=facts, ledger=law)
    assert all(
        (raised.value.what, raised.value.where, raised.value.found, raised.value.allowed, raised.value.repair)
    )


def test_bills_are_bounded():
    deep = {"item": "leaf"}
    for _ in range(60):
        deep = {"item": "box", "parts": [deep]}
    with pytest.raises(InputError, match="too deep or too long"):
        read_bill(deep)
    with pytest.raises(InputError, match="too deep or too long"):
        read_bill({"item": "box", "parts": [{"item": "leaf"}] * 20_000})


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 1_000_000), st.integers(1, 10**9))
def test_content_tests_do_not_depend_on_the_currency(resumed, content, value, scale):
    content = min(content, value)
    small = rare(resumed, item="magnet", elements="Dy", content=content, value=value)
    large = rare(resumed, item="magnet", elements="Dy", content=content * scale, value=value * scale)
    assert small.required == large.required == (content * 1_000 >= value)


def test_json_shape(law):
    shape = rare(law, **MAGNET).to_dict()
    assert {"required", "decision", "test", "in_force", "path", "questions"} <= set(shape)
    json.dumps(shape)
