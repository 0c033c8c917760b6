"""Whole entries: totals against single duties, fees against the regulation, wrong rows, names and files, the command."""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
from decimal import Decimal

import pandas as pd
import pytest

from compliance.entry_file import HEADS, WRONG, entry_lines, write_lines
from detente import duty, edit, entry, open_ledger, processes
from detente.asof import AsOf
from detente.cli import main
from detente.compliance.customs.entry.rows import Entered
from detente.compliance.customs.entry.work import Task, turns, worked_out
from detente.errors import InputError
from detente.ledger.query import positions_of
from detente.processes import second_process

LINE = {"entry": "1", "code": "7326.90.86.88", "origin": "CHN", "value": 14_172, "entered_on": "2026-09-18"}


def frame(*lines, **all_lines):
    """Lines as a frame; each may say what differs from the usual one."""
    return pd.DataFrame([LINE | all_lines | line for line in lines])


def fee(name, *lines, facts=None, **all_lines):
    """One fee of the only entry."""
    (row,) = entry(frame(*(lines or ({},)), **all_lines), facts=facts).entries
    return row[name]


def single(item, line, view="statutory"):
    """What the same line owes asked alone."""
    facts = {
        key.removeprefix("fact."): text for key, text in line.items() if key.startswith("fact.") and text
    }
    if line.get("preference"):
        facts["usmca" if line["preference"] in {"S", "S+"} else "preference"] = True
    return duty(
        item["code"],
        origin=item["origin"],
        destination="USA",
        on=item["entered_on"],
        value=item["value"],
        facts=facts,
        view=view,
    )


def added(amounts):
    """A sum in cents, exactly."""
    return float(sum(Decimal(repr(amount or 0.0)) for amount in amounts))


# What a line owes is what it owes alone.


def check_against_single_duties(lines, seed, share_asked):
    rows, wrong = entry_lines(lines, seed=seed)
    given = dict(enumerate(rows, start=2))
    found = entry(pd.DataFrame(rows))
    assert {item["row"] for item in found.refused} == set(wrong)
    assert {item["row"] for item in found.items} == set(given) - set(wrong)
    draw = random.Random(seed)  # noqa: S311  (a sample)
    asked = [item for item in found.items if draw.random() < share_asked]
    for item in asked:
        alone = single(item, given[item["row"]])
        mine = (item["rate"], item["amount"], item["amount_min"], item["amount_max"], item["covered"])
        assert mine == (alone.rate, alone.amount, alone.amount_min, alone.amount_max, alone.covered), item
        own = [row for row in found.lines if (row["entry"], row["line"]) == (item["entry"], item["line"])]
        due = {(line.measure, line.amount) for line in alone.lines if line.basis_share > 0.0}
        assert due <= {(row["measure"], row["amount"]) for row in own}
        took, owed = (
            single(item, given[item["row"]], view).amount or 0.0 for view in ("collected", "legally-due")
        )
        assert item["refundable"] == pytest.approx(took - owed, abs=0.001), item
    assert found.totals["duty"] == added(item["amount"] for item in found.items)
    assert found.totals["refundable"] == pytest.approx(
        sum(row["refundable"] for row in found.refundable), abs=0.005
    )
    assert found.totals["total"] == added(row["total"] for row in found.entries)
    return found


def test_what_a_line_owes_is_what_it_owes_alone_to_the_cent():
    check_against_single_duties(300, seed=5, share_asked=0.5)


@pytest.mark.slow
@pytest.mark.nightly
def test_ten_thousand_lines_are_what_they_are_alone_and_every_wrong_one_is_reported():
    found = check_against_single_duties(10_000, seed=11, share_asked=0.1)
    assert found.totals["refused"] == 100
    columns = {
        (WRONG[kind][0], item["column"])
        for item in found.refused
        for kind in WRONG
        if WRONG[kind][0] == item["column"]
    }
    assert {named for named, _ in columns} == {column for column, _ in WRONG.values()}


def test_the_day_of_a_line_counts_on_both_sides_of_every_change():
    ledger = open_ledger()
    days = [day for day in turns(ledger, "USA") if dt.date(2025, 1, 2) <= day <= dt.date(2026, 9, 30)][::9]
    days = [day + dt.timedelta(days=k) for day in days for k in (-1, 0, 1)]
    lines = frame(
        *({"entered_on": day.isoformat(), "entry": day.isoformat()} for day in days), code="7326.90.86.88"
    )
    found = entry(lines, ledger=ledger)
    for item in found.items:
        assert item["amount"] == single(item, {}).amount, item["entered_on"]


def test_what_is_on_the_books_is_the_same_however_it_was_asked_before():
    """A ledger remembers positions from one change of a measure to the next."""
    ledger = open_ledger()
    draw = random.Random(2)  # noqa: S311  (a sample)
    for _ in range(120):
        day = dt.date(2018, 1, 1) + dt.timedelta(days=draw.randrange(3300))
        view, ends = (
            draw.choice(["statutory", "collected", "legally-due"]),
            draw.choice(["legal", "reported"]),
        )
        known = draw.choice([None, day, day + dt.timedelta(days=draw.randrange(-200, 200))])
        asof = AsOf(day, known, view, ends)
        fresh = [item for measure in ledger.measures.values() for item in positions_of(measure, asof)]
        assert list(ledger.on(asof).positions) == fresh, asof


def test_a_second_process_finds_the_same(monkeypatch):
    ledger = open_ledger()
    lines = [
        Entered(row, "1", str(row), code, origin, 1234.5, dt.date(2025, 10, 27))
        for row, (code, origin) in enumerate([("7326908688", "CHN"), ("6109100012", "VNM"), ("99", "VNM")])
    ]
    task = Task(ledger, "USA", AsOf(dt.date(2025, 10, 27)), _no_cases())
    monkeypatch.setattr(processes, "cores", lambda: 2)
    with second_process() as beside:
        asked = beside.ask(worked_out, task, lines)
        assert beside.at_work
        (there, failed), (here, wrong) = asked.result(), worked_out(task, lines)
    assert [(item.line, item.rows, item.differences) for item in there] == [
        (item.line, item.rows, item.differences) for item in here
    ]
    assert [line for line, _ in failed] == [line for line, _ in wrong] == lines[2:]


def _no_cases():
    from detente.compliance.customs.entry.given import Cases  # noqa: PLC0415

    return Cases([])


# Rows of the entry summary.


def test_headings_stand_in_the_order_cbp_takes_them():
    """CSMS 64018403: section 301, then the emergency powers, then sections 232 and 201, then the good's own number."""
    found = entry(frame({"code": "8541.43.00.10", "entered_on": "2025-10-27"}, {"entered_on": "2026-09-18"}))
    first = [
        row["measure"].split(".")[1] for row in found.lines if row["line"] == "1" and row["measure"] != "base"
    ]
    order = ["s301", "ieepa", "s122", "s232", "s201"]
    assert first == sorted(first, key=order.index)
    assert len(set(first)) > 1
    last = [row for row in found.lines if row["line"] == "2"]
    assert [row["heading"] for row in last][-1] == "7326.90.86.88"
    assert [row["sequence"] for row in last] == [1, 2, 3, 4]
    # The forced-labour duty is not due on articles under Section 232: its heading says so, and nothing is owed.
    assert [(row["heading"], row["rate"], row["amount"]) for row in last][1] == ("9903.05.90", 0.0, 0.0)
    assert [(row["base"], row["rate"], row["amount"]) for row in last] == [
        (14172.0, 0.25, 3543.0), (0.0, 0.0, 0.0), (14172.0, 0.5, 7086.0), (14172.0, 0.029, 410.99),
    ]  # fmt: skip


def test_cases_the_user_holds_join_the_lines_and_one_without_a_rate_is_asked_for(tmp_path):
    cases = tmp_path / "cases.csv"
    cases.write_text(
        "Case Number,rate,from,to\nA-570-967,33.28%,,2026-01-01\nA570967,0.4,2026-01-01,\nC-570-968-000,0.1,,\n"
    )
    found = entry(frame({"ad_cvd_case": "A-570-967-001; C-570-968-000; A-201-837"}), cases=cases)
    added_rows = [
        (row["heading"], row["rate"], row["amount"])
        for row in found.lines
        if row["measure"].startswith("case.")
    ]
    assert added_rows == [
        ("A-570-967-001", 0.4, 5668.8),
        ("C-570-968-000", 0.1, 1417.2),
        ("A-201-837", None, None),
    ]
    assert found.totals["cases"] == 7086.0
    assert found.totals["unknown"] == 1
    assert [row["effect"] for row in found.questions if row["fact"] == "cases"] == [
        "the deposit of A-201-837"
    ]


def test_what_was_void_is_refundable_line_by_line():
    """Learning Resources v. Trump: duties under the emergency powers void from their first day, 30 % of toys here."""
    found = entry(frame({"code": "9503.00.00.73", "entered_on": "2025-10-27", "value": 900}))
    assert {row["measure"]: row["refundable"] for row in found.refundable} == {
        "us.ieepa.fentanyl.cn": 180.0,
        "us.ieepa.reciprocal.cn": 90.0,
    }
    assert found.totals["refundable"] == found.items[0]["refundable"] == 270.0
    assert entry(frame({})).refundable == ()


# Fees.


@pytest.mark.parametrize(
    ("day", "value", "amount"),
    [
        ("2026-09-18", 1_000, 33.58),
        ("2026-10-01", 1_000, 34.58),
        ("2026-10-01", 20_000, 69.28),
        ("2026-10-01", 1_000_000, 670.86),
        ("2026-09-30", 1_000_000, 651.50),
        ("2025-09-30", 1_000_000, 634.62),
        ("2018-03-01", 1_000, 25.67),
    ],
)
def test_merchandise_processing_by_the_year(day, value, amount):
    """19 CFR 24.23(b)(1): 0.3464 % of the value, between the limits of the fiscal year."""
    assert fee("mpf", entered_on=day, value=value, code="6109.10.00.12", origin="VNM") == amount


@pytest.mark.parametrize(
    ("origin", "preference", "facts", "amount"),
    [
        ("MEX", "S", {}, 0.0),
        ("MEX", "", {}, 34.64),
        ("CAN", "S+", {}, 0.0),
        ("KOR", "KR", {}, 0.0),
        ("KOR", "", {}, 34.64),
        ("AUS", "AU", {}, 0.0),
        ("ISR", "", {}, 0.0),
        ("NIC", "P", {}, 0.0),
        ("JOR", "JO", {}, 34.64),
        ("MAR", "MA", {}, 34.64),
        ("JAM", "", {}, 0.0),
        ("GUM", "", {}, 0.0),
        ("CHN", "", {"chapter98": "9801"}, 0.0),
        ("CHN", "", {"chapter98": "9802-repair", "dutiable_share": 0.5}, 0.0),
        ("CHN", "", {"chapter98": "9802-assembly", "dutiable_share": 0.999}, 34.61),
    ],
)
def test_originating_goods_of_some_agreements_owe_no_processing_fee(origin, preference, facts, amount):
    """19 CFR 24.23(c): agreements where claimed; Israel, Caribbean Basin, possessions always; Jordan, Morocco never."""
    asked = {
        "entered_on": "2026-06-01",
        "value": 10_000,
        "code": "6109.10.00.12",
        "origin": origin,
        "preference": preference,
    }
    assert fee("mpf", facts=facts, **asked) == amount


def test_a_fee_of_an_entry_is_over_the_goods_that_owe_it():
    lines = ({"origin": "MEX", "preference": "S", "value": 90_000}, {"origin": "CHN", "value": 10_000})
    assert fee("mpf", *lines, entered_on="2026-06-01", code="6109.10.00.12") == 34.64


@pytest.mark.parametrize(
    ("mode", "amount"), [("11", 17.72), ("Ocean", 17.72), ("40", 0.0), ("truck", 0.0), ("", None)]
)
def test_harbor_maintenance_is_due_by_vessel_alone(mode, amount):
    """19 CFR 24.24: 0.125 % of the value of goods that came by vessel; where nobody says how, it is asked."""
    found = entry(frame({"mode": mode}))
    assert found.entries[0]["hmf"] == amount
    assert any(row["fact"] == "mode" for row in found.questions) == (not mode)


def test_an_informal_entry_owes_a_flat_fee():
    """19 CFR 24.23(b)(2): USD 2.00, raised with prices as the smallest formal fee was: 33.58 / 25."""
    asked = {"value": 900, "code": "6109.10.00.12", "origin": "VNM"}
    assert fee("mpf", entry_type="11", **asked) == 2.69
    assert round(2.00 * 33.58 / 25.0, 2) == 2.69
    assert fee("mpf", **asked) == 33.58
    assert any(row["fact"] == "entry_type" for row in entry(frame(asked)).questions)
    assert (
        "informal above 2,500"
        in entry(frame(asked | {"entry_type": "informal", "value": 9000})).entries[0]["remarks"]
    )


# What is asked, and answered once.


def test_a_question_of_many_lines_is_asked_once_and_a_profile_answers_it(tmp_path):
    lines = frame(*({"line": k, "value": 1000 * k} for k in range(1, 6)), mode="vessel")
    (asked,) = [row for row in entry(lines).questions if row["fact"] == "us_melted"]
    assert (asked["lines"], asked["value"]) == (5, 15_000.0)
    profile = tmp_path / "importer.yaml"
    profile.write_text(
        "facts: {us_melted: false}\nmode: vessel\n"
        "goods:\n  - {codes: ['7326'], origins: [CHN], facts: {exclusion_301: true}}\n"
    )
    answered = entry(lines, profile=profile)
    assert not {"us_melted", "exclusion_301", "mode"} & {row["fact"] for row in answered.questions}
    alone = duty(
        "7326.90.86.88",
        origin="CHN",
        destination="USA",
        on="2026-09-18",
        value=1000,
        facts={"exclusion_301": True},
    )
    assert answered.items[0]["amount"] == alone.amount
    assert answered.items[0]["amount"] < entry(lines).items[0]["amount"]


def test_a_line_goes_before_the_profile():
    lines = frame(
        {"fact.usmca": "no"}, {"fact.usmca": ""}, origin="CAN", code="4407.11.00.01", entered_on="2025-08-10"
    )
    rates = [item["rate"] for item in entry(lines, facts={"usmca": "yes"}).items]
    assert rates[0] > rates[1] == 0.0


# Rows that are wrong, names, files.


@pytest.mark.parametrize(
    ("said", "column", "repair"),
    [
        ({"code": "201305000"}, "code", "0201.30.50.00"),
        ({"code": "7326.90.86.99"}, "code", "search"),
        ({"origin": "Chnia"}, "origin", "CHN"),
        ({"value": "-1"}, "value", "14172.50"),
        ({"entered_on": "2025-02-30"}, "entered_on", "YYYY-MM-DD"),
        ({"entered_on": "2016-02-03"}, "entered_on", "later day"),
        ({"quantity": "12", "unit": ""}, "quantity", "both"),
        ({"preference": "KR"}, "preference", "origin"),
        ({"mode": "balloon"}, "mode", "one of"),
        ({"ad_cvd_case": "B-12"}, "ad_cvd_case", "cash deposit"),
        ({"fact.steel_content": "140%"}, "fact.steel_content", ""),
        ({"entry": ""}, "entry", "entry number"),
        ({"line": "1"}, "line", "its own number"),
    ],
)
def test_a_wrong_row_is_reported_with_its_column_and_its_repair_and_stops_no_other(said, column, repair):
    found = entry(frame({"line": "1"}, {"line": "2"} | said, {"line": "3"}))
    assert [item["line"] for item in found.items] == ["1", "3"]
    (wrong,) = found.refused
    assert (wrong["row"], wrong["column"]) == (3, column)
    assert repair in wrong["repair"]
    assert wrong["what"]
    assert found.exit_code == 1


def test_all_that_is_wrong_with_a_row_is_said_at_once():
    found = entry(frame({"code": "x", "origin": "Nowhere", "value": "free"}))
    assert {item["column"] for item in found.refused} == {"code", "origin", "value"}
    assert found.items == ()
    assert found.totals["refused"] == 1


def test_columns_are_understood_by_the_names_of_form_7501_and_abi():
    usual = entry(frame({"line": "1", "mode": "11", "preference": ""}))
    other = {
        "Entry Number": "1", "Line No.": "1", "HTSUS No.": "7326.90.86.88", "Country of Origin": "CN",
        "Entered Value": "$14,172.00", "Entry Date": "09/18/2026", "Mode of Transport": "Ocean", "SPI": "",
        "Broker's note": "x",
    }  # fmt: skip
    found = entry(pd.DataFrame([other]))
    assert found.totals == usual.totals
    assert found.lines == usual.lines
    assert "column not read: Broker's note" in found.warnings


@pytest.mark.parametrize(
    ("heads", "what", "repair"),
    [
        (["entry", "code", "value"], "a column is missing", "country_of_origin"),
        (["entry", "code", "hts", "origin", "value"], "two columns are one", "take one"),
        (["entry", "code", "origin", "value", "fact.steel_contnt"], "no such fact", "steel_content"),
    ],
)
def test_columns_that_cannot_be_read_are_refused_with_a_repair(heads, what, repair):
    with pytest.raises(InputError, match=what) as refused:
        entry(pd.DataFrame([["1"] * len(heads)], columns=heads))
    assert repair in refused.value.repair


def test_csv_workbook_and_parquet_are_one(tmp_path):
    rows, _ = entry_lines(40, seed=3)
    write_lines(tmp_path / "lines.csv", rows)
    held = pd.DataFrame(rows, columns=list(HEADS))
    held.to_excel(tmp_path / "lines.xlsx", index=False)
    held.assign(value=pd.to_numeric(held["value"], errors="coerce")).to_parquet(tmp_path / "lines.parquet")
    found = [entry(tmp_path / f"lines.{kind}") for kind in ("csv", "xlsx", "parquet")]
    assert found[0].to_dict() == found[1].to_dict() == found[2].to_dict()
    with pytest.raises(InputError, match="not a table"):
        entry(tmp_path / "lines.pdf")


def test_a_row_with_more_cells_than_columns_is_wrong_and_the_others_are_not(tmp_path):
    path = tmp_path / "lines.csv"
    path.write_text(
        "entry,code,origin,value,entered_on\n1,7326.90.86.88,CHN,14,172,2026-09-18\n1,7326.90.86.88,CHN,900,2026-09-18\n"
    )
    found = entry(path)
    assert {item["row"] for item in found.refused} == {2}
    assert [item["row"] for item in found.items] == [3]


# The law that is asked.


def test_knowledge_view_and_edits_reach_every_line():
    line = frame({"code": "9503.00.00.73", "entered_on": "2025-10-27", "value": 900})
    assert entry(line, view="legally-due").totals["duty"] == 0.0
    assert entry(line, known_on="2025-03-01").totals["duty"] == 90.0
    ledger = edit(open_ledger(), set={"us.ieepa.fentanyl.cn": 0.5}, on="2025-10-20")
    assert entry(line, ledger=ledger).totals["duty"] == 540.0


def test_lines_without_a_day_are_entered_on_the_day_asked_for():
    line = pd.DataFrame([{key: value for key, value in LINE.items() if key != "entered_on"}])
    assert entry(line, on="2026-09-18").totals["duty"] == entry(frame({})).totals["duty"]


# The command.


def test_the_command_prints_and_writes_what_python_gives(tmp_path, capsys):
    rows, wrong = entry_lines(120, seed=9)
    write_lines(tmp_path / "lines.csv", rows)
    asked = [
        "entry",
        str(tmp_path / "lines.csv"),
        "--on",
        "2026-09-30",
        "--out",
        str(tmp_path / "out"),
        "--json",
    ]
    assert main(asked) == 1
    document = json.loads(capsys.readouterr().out)
    found = entry(tmp_path / "lines.csv", on="2026-09-30")
    assert document["result"] == json.loads(json.dumps(found.to_dict()))
    held = {path.name for path in (tmp_path / "out").iterdir()}
    assert held == {
        "lines.csv",
        "entries.csv",
        "items.csv",
        "questions.csv",
        "refused.csv",
        "claims.csv",
        "result.json",
    }
    with (tmp_path / "out" / "lines.csv").open(encoding="utf-8") as file:
        written = list(csv.DictReader(file))
    assert added(float(row["amount"] or 0) for row in written) == found.totals["duty"]
    with (tmp_path / "out" / "refused.csv").open(encoding="utf-8") as file:
        assert {int(row["row"]) for row in csv.DictReader(file)} == set(wrong)
    assert main(asked[:-1]) == 1
    said = capsys.readouterr().out
    assert f"{found.totals['duty']:,.2f}" in said
    assert "row " in said


PASTED = "entry,code,origin,value,entered_on,mode\n1,7326.90.86.88,CHN,14172,2026-09-18,vessel\n1,1,CHN,<b>,2026-09-18,\n"


def client():
    """A server without a solved study."""
    from fastapi.testclient import TestClient  # noqa: PLC0415  (an extra)

    from web.servers import BASE, plain_app  # noqa: PLC0415

    return TestClient(plain_app(), base_url=BASE)


def test_lines_are_asked_by_address_and_sent_as_a_file():
    asked = client().get("/api/v1/entry", params={"lines": PASTED})
    assert asked.status_code == 200, asked.text
    assert asked.json()["result"]["totals"]["duty"] == 11_039.99
    sent = client().post("/api/v1/entry", content=PASTED, headers={"content-type": "text/csv"})
    assert sent.json()["result"] == asked.json()["result"]
    refused = client().post("/api/v1/entry", content="a,b\n1,2", headers={"content-type": "text/csv"})
    assert refused.status_code == 400
    assert refused.json()["error"]["what"] == "a column is missing"


def test_the_page_takes_a_file_and_keeps_nothing():
    assert client().get("/entry").status_code == 200
    shown = client().post("/entry", files={"file": ("lines.csv", PASTED, "text/csv")})
    assert shown.status_code == 200
    assert shown.headers["cache-control"] == "no-store"
    assert "11,039.99" in shown.text
    assert "&lt;b&gt;" in shown.text
    assert "<b>," not in shown.text
    large = client().post("/entry", data={"lines": "entry,code,origin,value\n" + "1,1,1,1\n" * 1_200})
    assert large.status_code == 400
    assert "too large for the page" in large.text
    broken = client().post("/entry", files={"file": ("lines.csv", b"\xff\xfe\x00", "text/csv")})
    assert "not text in UTF-8" in broken.text
