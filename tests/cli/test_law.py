"""What the commands must show of the law: the board on the eve, and one measure through its days."""

from __future__ import annotations

import pytest

from cli.calls import answer, result
from detente.cli import main

FENTANYL = ["ledger", "show", "us.ieepa.fentanyl.cn"]


@pytest.mark.parametrize(
    ("days", "rate", "state"),
    [
        (["--on", "2025-11-09"], 0.20, "in force"),
        (["--on", "2025-11-10"], 0.10, "in force"),
        (["--on", "2026-03-01"], None, "ended"),
        (["--known", "2025-10-27", "--on", "2025-11-10"], 0.20, "in force"),
    ],
)
def test_the_fentanyl_duty_through_its_days(days, rate, state, capsys):
    found = result([*FENTANYL, *days], capsys)
    assert found["rate"] == rate
    assert found["state"] == state
    assert found["id"] == "us.ieepa.fentanyl.cn"
    assert found["sources"]


@pytest.mark.parametrize("name", ["China", "CN", "chn"])
def test_economies_by_name_and_code(name, capsys):
    """The case by name is the case by code, to the last digit."""
    by_code = result(["average", "--to", "USA", "--from", "CHN", "--on", "2025-10-27"], capsys)
    assert (
        result(["average", "--to", "united states", "--from", name, "--on", "2025-10-27"], capsys) == by_code
    )


def test_an_instant_is_not_a_day(capsys):
    """The suspension of the port fees begins at 00:01 Eastern."""
    show = ["ledger", "show", "us.port.annex1", "--at"]
    before = result([*show, "2025-11-10T00:00:30-05:00"], capsys)
    after = result([*show, "2025-11-10T00:02:00-05:00"], capsys)
    assert (before["state"], after["state"]) == ("in force", "suspended")


def board(capsys, *words):
    """Rows of the board by instrument."""
    return {row["instrument"]: row for row in result(["status", *words], capsys)["board"]}


def test_the_board_on_the_eve(capsys):
    rows = board(capsys, "--on", "2025-10-27")
    threat = rows["Threatened extra 100 %"]
    assert (threat["state"], threat["next"]["date"]) == ("threatened", "2025-11-01")
    suspended = rows["Reciprocal tariff on China: the suspended 24 points"]
    assert suspended["state"] == "suspended"
    assert suspended["detail"] == "24 points of 34 % suspended until 2025-11-10"
    assert suspended["next"] == {"date": "2025-11-10", "event": "suspension ends", "basis": "legal"}
    assert rows["Port fees on Chinese ships"]["state"] == "in force"
    assert rows["Special port dues on ships linked to the United States"]["state"] == "in force"
    assert rows["0.1 % rule for goods made abroad"]["state"] == "announced"
    soybeans = rows["Soybean purchases"]
    assert soybeans["detail"] == "nothing announced"
    assert not {row["state"] for row in rows.values()} - {
        "in force",
        "suspended",
        "threatened",
        "ended",
        "announced",
        "not known",
        "none",
    }


def test_every_row_of_the_board_is_cited(capsys):
    for row in board(capsys, "--on", "2025-10-27").values():
        assert set(row) >= {"instrument", "side", "state", "detail", "next", "measures", "sources"}
        if row["state"] != "none":
            assert row["measures"], row["instrument"]
            assert row["sources"], row["instrument"]


def test_the_board_in_words(capsys):
    assert main(["status", "--on", "2025-10-27", "--all"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "The board on 27 October 2025" in text
    for piece in ("threatened", "suspended", "announced", "in force", "nothing announced", "2025-11-10"):
        assert piece in text


def test_the_truce_on_the_board(capsys):
    rows = board(capsys, "--on", "2025-11-10")
    assert rows["Port fees on Chinese ships"]["state"] == "suspended"
    assert rows["Entity list, 50 % affiliates rule"]["state"] == "suspended"
    assert rows["Fentanyl tariff"]["detail"].startswith("10 %")
    assert rows["China's farm duties of March 2025"]["state"] == "ended"


def test_knowledge_changes_the_board(capsys):
    """On the eve of the order, and a day later: the same day asked, another answer."""
    early = board(capsys, "--on", "2025-11-10", "--known", "2025-10-27")
    assert early["Fentanyl tariff"]["detail"].startswith("20 %")
    assert early["Port fees on Chinese ships"]["state"] == "in force"


def test_edits_change_the_board(capsys):
    rows = board(capsys, "--on", "2025-10-27", "--suspend", "us.port.annex1", "--suspend", "us.port.annex2")
    assert (
        rows["Port fees on Chinese ships"]["detail"]
        != board(capsys, "--on", "2025-10-27")["Port fees on Chinese ships"]["detail"]
    )
    threat = board(capsys, "--on", "2025-11-02", "--known", "2025-10-27", "--enact", "us.threat.cn100")
    assert threat["Threatened extra 100 %"]["state"] == "in force"


def test_after_the_horizon_the_answer_is_not_known(capsys):
    _, found, _ = answer(["status", "--on", "2027-06-01"], capsys)
    assert found["warnings"]


def test_the_anchor_entry(capsys):
    """HTS 7326.90.86.88 from China, 14,172.00 USD, September 2026: 77.9 %, 11,039.99."""
    words = [
        "duty",
        "7326.90.86.88",
        "--from",
        "CHN",
        "--to",
        "USA",
        "--on",
        "2026-09-18",
        "--value",
        "14172",
    ]
    found = result(words, capsys)
    assert found["rate"] == pytest.approx(0.779, abs=1e-12)
    assert found["amount"] == 11039.99
    assert found["currency"] == "USD"


def test_port_fees_by_hand(capsys):
    """85,000 net tons at 18 USD beat 9,000 boxes at 120; 14,000 boxes beat the tons; suspended on the truce's day."""
    words = ["port-fee", "--port-of", "USA", "--net-tons", "85000", "--built", "CHN", "--on"]
    assert result([*words, "2025-10-20", "--containers", "9000"], capsys)["amount"] == 85_000 * 18
    assert result([*words, "2025-10-20", "--containers", "14000"], capsys)["amount"] == 14_000 * 120
    assert result([*words, "2025-11-10", "--containers", "9000"], capsys)["suspended"] is True
    china = [
        "port-fee",
        "--port-of",
        "CHN",
        "--net-tons",
        "60000.2",
        "--us-share",
        "0.26",
        "--on",
        "2025-10-14",
    ]
    found = result(china, capsys)
    assert (found["amount"], found["currency"]) == (60_001 * 400, "CNY")


def test_a_calendar_of_deadlines(tmp_path, capsys):
    path = tmp_path / "deadlines.ics"
    assert main(["ledger", "timeline", "us.port.annex1", "--ics", str(path), "--past", "--json"]) == 0
    text = path.read_bytes().decode()
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert "DTSTART;VALUE=DATE:20251014" in text


def test_a_worksheet_is_a_page_of_its_own(tmp_path, capsys):
    path = tmp_path / "sheet.html"
    words = [
        "duty",
        "7326.90.86.88",
        "--from",
        "CHN",
        "--to",
        "USA",
        "--on",
        "2026-09-18",
        "--value",
        "14172",
    ]
    assert main([*words, "--worksheet", str(path), "--quiet"]) == 0
    text = path.read_text(encoding="utf-8")
    assert "11,039.99" in text
    assert "<script" not in text
