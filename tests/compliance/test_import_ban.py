"""Goods that may not be imported: every listed code, its day, its condition, and every form the answer takes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from detente import average_tariff, duty, schedule
from detente.cli import main
from detente.compliance import worksheet
from detente.duties import Assumptions
from detente.ledger import edit, open_ledger

LAW = Path(__file__).parents[2].parent / "shared" / "data" / "law_text"
needs_law = pytest.mark.skipif(not LAW.is_dir(), reason="the tables of the printed law are not at hand")
FIRST, BEFORE = "2026-09-29", "2026-09-28"
ACTS = {"11061", "11062", "11063"}
# Wine, whey and motorcycles whole; beer and cider only when packaged.
SAMPLE = [
    ("2204.21.20", "11061", "all"),
    ("0404.10.05", "11062", "all"),
    ("8711.50.00", "11063", "all"),
    ("2203.00.00", "11061", "packaged only"),
    ("2206.00.15", "11061", "packaged only"),
]


def ask(code, origin="CAN", on=FIRST, **how):
    return duty(code, origin=origin, destination="USA", on=on, value=1000.0, **how)


def prohibited(code, proclamation, scope):
    """One code is prohibited from its day on, and asks whether it is packaged where only packaged goods are meant."""
    found = ask(code)
    assert found.prohibited is not None, code
    assert found.prohibited.act == f"Proclamation {proclamation}"
    assert found.prohibited.from_ == FIRST
    assert found.prohibited.scope
    money = (found.rate, found.rate_min, found.rate_max, found.additional, found.amount, found.amount_max)
    assert money == (None,) * 6, code
    asked = {question.fact for question in found.questions}
    assert ("packaged" in asked) is (scope == "packaged only"), code
    loose = ask(code, facts={"packaged": "no"})
    assert (loose.prohibited is None) is (scope == "packaged only"), code
    if loose.prohibited is None:
        assert loose.additional >= 0.5  # the ordinary duty may hang on a quantity
        effect = next(question.effect for question in found.questions if question.fact == "packaged")
        assert effect.startswith("prohibited if yes, duty ")
        assert effect.endswith(" if no")
        assert {item.name: item.value for item in found.assumptions}["packaged"] == "yes"
    for other in (ask(code, on=BEFORE), ask(code, origin="DEU"), ask(code, known_on="2026-09-07")):
        assert other.prohibited is None, (code, other.origin, other.on)
        assert other.lines


@pytest.mark.parametrize(("code", "proclamation", "scope"), SAMPLE)
def test_a_sample_of_the_bans(code, proclamation, scope):
    prohibited(code, proclamation, scope)


@needs_law
def test_every_code_of_the_table_is_prohibited():
    with (LAW / "canada_338_import_bans.csv").open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    assert len(rows) == 68
    assert {row["proclamation"] for row in rows} == ACTS
    for row in rows:
        prohibited(row["hts_code"], row["proclamation"], row["scope"])
    held = {row["hts_code"]: (row["proclamation"], row["scope"]) for row in rows}
    for code, proclamation, scope in SAMPLE:
        assert held[code.replace(".", "")] == (proclamation, scope)


def test_a_short_code_says_how_many_of_its_lines_are_meant():
    found = ask("2204")
    assert found.prohibited is not None
    code = next(question for question in found.questions if question.fact == "code")
    assert code.effect.endswith("are excluded from importation")
    milk = ask("0404")
    assert milk.prohibited is None or "code" in {question.fact for question in milk.questions}


def test_an_edit_lifts_the_ban():
    ledger = edit(open_ledger(), end=["us.s338.ca.import_ban"], on="2026-09-29")
    assert ask("2204.21.20", ledger=ledger).prohibited is None


def test_terminal_and_exit_code(capsys):
    words = ["duty", "2203.00.00", "--from", "CAN", "--to", "USA", "--on", FIRST]
    with pytest.raises(SystemExit) as ended:
        raise SystemExit(main(words))
    assert ended.value.code == 4
    text = " ".join(capsys.readouterr().out.split())
    assert text.startswith("Prohibited")
    assert "Excluded from importation since 2026-09-29 (Proclamation 11061)" in text
    assert "%" not in text.split("?", 1)[0]
    assert main([*words, "--fact", "packaged=no"]) == 0
    capsys.readouterr()
    assert main([*words, "--json"]) == 4
    result = json.loads(capsys.readouterr().out)["result"]
    assert set(result["prohibited"]) == {"act", "from", "scope"}
    assert result["rate"] is None
    assert main([*words, "--csv"]) == 4
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["prohibited_act"], row["prohibited_from"]) for row in rows] == [
        ("Proclamation 11061", FIRST)
    ]
    assert not any(row.get("rate") for row in rows)
    assert main(["duty", "8471.30.01", "--from", "CAN", "--to", "USA", "--on", FIRST, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["result"]["prohibited"] is None


def test_the_printable_page_has_the_ban_and_no_total():
    page = worksheet(ask("8711.50.00"))
    assert "Excluded from importation since 2026-09-29 (Proclamation 11063)" in page
    assert "Total duty" not in page


def test_averages_leave_the_lines_out_and_say_how_much():
    before = average_tariff("USA", origin="CAN", on=BEFORE, by="measure")
    found = average_tariff("USA", origin="CAN", on=FIRST, by="measure")
    assert before.excluded == 0.0
    # USD 0.99 bn of USD 411 bn in 2024.
    assert found.excluded == pytest.approx(0.99 / 411, rel=0.03)
    assert any("may not be imported" in text for text in found.warnings)
    assert found.to_dict()["excluded_share"] == found.excluded
    assert found.by["us.s338.ca"] < before.by["us.s338.ca"]
    assert sum(found.by.values()) == pytest.approx(found.rate, abs=1e-12)
    loose = average_tariff("USA", origin="CAN", on=FIRST, assumptions=Assumptions(packaged_share=0.0))
    assert 0.0 < loose.excluded < found.excluded
    assert average_tariff("USA", origin="DEU", on=FIRST).excluded == 0.0
    series = average_tariff("USA", origin="CAN", on=BEFORE, until=FIRST).series
    assert [row.rate for row in series] == [before.rate, found.rate]


def test_the_schedule_has_no_rate_where_an_answer_has_none():
    lines = schedule("USA", FIRST, origins=["CAN", "DEU"])
    assert not lines.prohibited.sel(origin="DEU").any()
    assert not lines.rate.sel(origin="DEU").isnull().any()
    named = lines.prohibited.sel(origin="CAN")
    assert bool((lines.rate.sel(origin="CAN").isnull() == named).all())
    codes = [str(code) for code in named.coords["product"].values[named.values]]
    assert (
        len({code[:8] for code in codes}) == 64
    )  # the 68 codes name some subheadings by their statistical lines
    assert all(ask(code).prohibited for code in codes[::20])
