"""The built-in ledger says what the issue's story says it must."""

from __future__ import annotations

import pytest

from detente.asof import AsOf
from detente.io.documents import as_json
from detente.ledger import (
    calendar_ics,
    check_ledger,
    diff,
    edit,
    list_measures,
    open_ledger,
    show_measure,
    status,
    timeline,
)

FENTANYL = "us.ieepa.fentanyl.cn"


@pytest.mark.parametrize(
    ("on", "known", "state", "rate"),
    [
        ("2025-11-09", None, "in force", 0.20),
        ("2025-11-10", None, "in force", 0.10),
        ("2025-11-10", "2025-10-27", "in force", 0.20),
        ("2025-11-10", "2025-11-05", "in force", 0.10),
        ("2026-03-01", None, "ended", None),
    ],
)
def test_the_fentanyl_duty(on, known, state, rate):
    result = as_json(show_measure(open_ledger(), FENTANYL, asof=AsOf.of(on, known_on=known)))
    assert (result["state"], result["rate"]) == (state, rate)
    assert result["sources"]
    assert all(source["title"] for source in result["sources"])


def board(on, **query):
    """Rows by instrument."""
    return {
        row["instrument"]: row for row in as_json(status(open_ledger(), asof=AsOf.of(on, **query)))["board"]
    }


@pytest.mark.parametrize("known", [None, "2025-10-27"])
def test_the_board_of_2025_10_27(known):
    rows = board("2025-10-27", known_on=known)
    assert rows["Threatened extra 100 %"]["state"] == "threatened"
    for name in (
        "Reciprocal tariff on China: the suspended 24 points",
        "China's answer: the suspended 24 points",
    ):
        assert rows[name]["state"] == "suspended"
        assert rows[name]["detail"] == "24 points of 34 % suspended until 2025-11-10"
        assert rows[name]["next"] == {"date": "2025-11-10", "event": "suspension ends", "basis": "legal"}
    assert rows["Port fees on Chinese ships"]["state"] == "in force"
    assert rows["Special port dues on ships linked to the United States"]["state"] == "in force"
    assert rows["0.1 % rule for goods made abroad"]["state"] == "announced"
    assert rows["Rare earths, the five of October 2025"]["state"] == "announced"
    assert rows["Rare-earth technology"]["state"] == "in force"
    assert rows["Soybean purchases"]["state"] == "none"
    assert rows["Fentanyl tariff"]["detail"] == "20 %"
    assert rows["Entity list, 50 % affiliates rule"]["state"] == "in force"
    assert rows["Section 122 surcharge"]["state"] == "none"


def test_the_truce_on_the_board():
    rows = board("2025-11-10")
    for name in (
        "Port fees on Chinese ships",
        "Special port dues on ships linked to the United States",
        "0.1 % rule for goods made abroad",
        "Rare earths, the five of October 2025",
        "Superhard goods, rare-earth equipment, batteries: October 2025",
        "Rare-earth technology",
        "Entity list, 50 % affiliates rule",
        "Duties on cranes and chassis",
    ):
        assert rows[name]["state"] == "suspended", name
        assert rows[name]["next"]["date"] == "2026-11-10", name
    assert rows["Threatened extra 100 %"]["state"] == "ended"
    assert rows["China's farm duties of March 2025"]["state"] == "ended"
    assert rows["Rare earths, the seven of April 2025"]["state"] == "in force"
    assert rows["Soybean purchases"]["state"] == "in force"


def test_after_the_court():
    rows = board("2026-02-24")
    assert rows["Fentanyl tariff"]["state"] == "ended"
    assert rows["Reciprocal tariff on China"]["state"] == "ended"
    assert rows["Section 122 surcharge"]["state"] == "in force"
    assert board("2026-07-24")["Section 122 surcharge"]["state"] == "ended"
    assert board("2026-07-24")["Section 301, forced labour"]["state"] == "in force"


def test_what_is_not_known_after_the_horizon():
    rows = board("2026-11-10")
    for name in (
        "China's answer to the reciprocal tariff",
        "Port fees on Chinese ships",
        "0.1 % rule for goods made abroad",
    ):
        assert rows[name]["state"] == "not known", name
        assert "acts after 2026-10-08 are not known" in rows[name]["detail"]
    before = board("2026-10-08")
    assert before["Port fees on Chinese ships"]["next"] == {
        "date": "2026-11-10",
        "event": "suspension ends",
        "basis": "legal",
        "reported": "2027-01-10",
    }
    assert not [row for row in before.values() if row["state"] == "not known"]


@pytest.mark.parametrize(("ends", "rate"), [("legal", 0.34), ("reported", 0.10)])
def test_lapse_and_extension_are_readings_of_one_day(ends, rate):
    (position,) = open_ledger().on("2026-11-10", ends=ends).get("cn.ret.2025.reciprocal")
    assert (position.state, position.rate) == ("in force", rate)


def test_no_deal_against_truce():
    led = open_ledger()
    rates = {
        name: [led.on("2025-11-10", known_on=known).get(name)[0].rate for known in ("2025-10-27", None)]
        for name in ("us.ieepa.reciprocal.cn", "cn.ret.2025.reciprocal", FENTANYL)
    }
    assert rates == {
        "us.ieepa.reciprocal.cn": [0.34, 0.10],
        "cn.ret.2025.reciprocal": [0.34, 0.10],
        FENTANYL: [0.20, 0.10],
    }
    enacted = edit(led, enact=["us.threat.cn100"], on="2025-11-10")
    assert enacted.on("2025-11-10", known_on="2025-10-27").get("us.threat.cn100")[0].rate == 1.0


def test_there_is_nothing_to_question():
    assert check_ledger(open_ledger()) == ()


def test_every_list_is_in_order():
    for item in open_ledger().lists.values():
        assert item.rows


def test_every_instrument_of_the_story_is_on_the_board():
    rows = board("2025-11-10")
    assert len(rows) == len(status(open_ledger(), asof=AsOf.of("2025-11-10")).board)
    assert all((row["measures"] and row["sources"]) or row["state"] == "none" for row in rows.values())


def test_every_view_works_for_every_measure_on_every_day_something_happens():
    led = open_ledger()
    rows = timeline(led)
    assert calendar_ics(rows).count("BEGIN:VEVENT") > len(led.measures)
    days = sorted({row.date.isoformat() for row in rows if row.date.isoformat() <= "2027-06-30"})
    for day in days[:: max(1, len(days) // 25)]:
        states = {row.state for row in list_measures(led, asof=AsOf.of(day))}
        assert states <= {
            "in force",
            "suspended",
            "threatened",
            "announced",
            "authorised",
            "ended",
            "not known",
            "none",
        }
    assert diff(led, AsOf.of("2025-11-09"), AsOf.of("2025-11-10"))
