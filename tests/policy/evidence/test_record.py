"""The record that comes with the package, and one worked out from a user's file."""

from __future__ import annotations

import importlib
import json
from functools import cache
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import detente as dt
from detente.cli import main
from detente.errors import InputError
from detente.policy.evidence.actuals import held, with_file
from detente.policy.evidence.bench import Bench
from detente.policy.evidence.embedded import embedded, inputs_hash
from detente.policy.evidence.registered import registered
from detente.world import load_world
from policy.evidence.files import held_rows
from web.servers import BASE, plain_app

# Digits of the record that comes with the package, and solves to a step of 3e-11.
DIGITS, SOLVED = 6e-5, 1e-6
KEYS = ("episode", "shock", "horizon", "group", "window", "trends", "trend_from")


@cache
def whole():
    return dt.evidence()


@cache
def from_file():
    """The months of the latest main window, given as a file."""
    return dt.evidence(actuals=held_rows(registered().latest.main.months), horizon=("year",))


@cache
def later():
    """May to July 2025 under the names of later months, against the base months of those names."""
    names = {"2025-05": "2025-08", "2025-06": "2025-09", "2025-07": "2025-10"}
    rows = held_rows(list(names), names)
    return dt.evidence("2025", actuals=rows, horizon=("year", "fitted"))


def by_key(record):
    return {
        tuple({"episode": name, **row}[key] for key in KEYS): row
        for name, body in record.episodes.items()
        for row in body["scores"]
    }


def test_the_record_is_of_the_data_that_come_with_the_package():
    """After a change of the register or the months: `python scripts/embed_evidence.py --scores`."""
    assert embedded()["made_of"]["inputs"] == inputs_hash()


def test_both_episodes_have_scores_and_rules_beside_them():
    record = whole()
    assert list(record.episodes) == [item.id for item in registered().episodes]
    for body in record.episodes.values():
        groups = {row["group"] for row in body["scores"]}
        assert {"all", registered().focus, "third"} < groups
        assert {row["shock"] for row in body["scores"]} == {"law", "collected"}
        assert {row["rule"] for row in body["nulls"]} > {"no change", "one elasticity", "SMART"}
        assert {True, False} == {row["trends"] for row in body["scores"]}
        for row in (*body["scores"], *body["nulls"]):
            assert row["skill"] is None or row["skill"] <= 1.0
    assert len(record.answer) >= 6


def test_no_change_has_no_skill_and_the_model_gains_what_it_has():
    for body in whole().episodes.values():
        scores = {(row["window"], row["group"]): row for row in body["scores"] if _first(row)}
        for row in body["nulls"]:
            if row["rule"] == "no change" and not row["trends"]:
                assert row["skill"] == 0.0
                own = scores[row["window"], row["group"]]
                assert row["model_gain"] == pytest.approx(own["skill"], abs=1e-4)
                assert row["n"] == own["n"]


def _first(row):
    return row["horizon"] == "year" and row["shock"] == "collected" and not row["trends"]


def test_a_fit_is_tested_on_what_it_was_not_fitted_on():
    plan = registered()
    for row in whole().fits:
        spans = {(item["from"], item["to"]) for item in row["windows"]}
        assert all(last <= plan.fitting.until for _, last in spans)
        for score in row["scored"]:
            unseen = score["partners"] == "set aside" or score["from"] >= plan.testing.first
            assert unseen or score["episode"] != row["fitted_on"]
    assert {row["fitted_on"] for row in whole().fits} == {"registered", *(e.id for e in plan.episodes)}


def test_the_path_has_every_month_of_both_episodes_with_its_band():
    rows = whole().path
    assert len(rows) == 20 + 6
    for row in rows:
        assert row["q05"] <= row["ratio"] <= row["q95"]


def test_partners_and_duties_are_those_of_the_statistics():
    """China in May to July 2025: duty collected over imports with an industry, by hand."""
    traded, window = held(), registered().latest.main
    rows = whole().episodes["2025"]["partners"]
    china = next(row for row in rows if row["partner"] == "CHN")
    assert china["duty_change_collected"] == pytest.approx(0.32, abs=0.01)
    usd, _ = traded.summed(registered().latest.before(window.months))
    assert china["imports_usd"] == pytest.approx(usd[traded.partners.index("CHN")].sum(), rel=0.06)
    assert china["observed_pct"] < china["predicted_collected_pct"] < 0


def test_one_episode_and_one_horizon_are_taken_out_of_the_record():
    some = dt.evidence("2025", horizon=("long",))
    assert dt.evidence("2025", horizon="long").result == some.result
    assert list(some.episodes) == ["2025"]
    assert {row["horizon"] for row in some.episodes["2025"]["scores"]} == {"long"}


@pytest.mark.parametrize(
    ("words", "where", "repair"),
    [
        ({"episode": "2024"}, "episode", "2025"),
        ({"horizon": ("soon",)}, "horizon", "number of years"),
        ({"horizon": ("-1",)}, "horizon", "number of years"),
    ],
)
def test_what_there_is_not_is_refused(words, where, repair):
    with pytest.raises(InputError) as refused:
        dt.evidence(**words)
    assert refused.value.where == where
    assert repair in refused.value.repair


@pytest.mark.slow
def test_the_months_held_given_as_a_file_have_the_scores_of_the_record():
    """The whole computation anew: law, duties, solves and scores, against the record."""
    found, expected = by_key(from_file()), by_key(whole())
    assert {key[0] for key in found} == {"2025"}
    assert len(found) > 50
    for key, row in found.items():
        for name in ("slope", "slope_se", "correlation", "skill", "sign_share"):
            wanted = expected[key].get(name)
            near = wanted if wanted is None else pytest.approx(wanted, rel=DIGITS, abs=SOLVED)
            assert row.get(name) == near, (key, name)


@pytest.mark.slow
def test_later_months_are_scored_against_the_base_months_held():
    record = later()
    windows = [item["id"] for item in record.episodes["2025"]["windows"]]
    assert windows == ["2025-08", "2025-09", "2025-10", "later"]
    assert record.fits == whole().fits
    assert record.answer[0].startswith("2025-08 to 2025-10 on 2024")
    rows = [row for row in record.episodes["2025"]["scores"] if row["window"] == "later"]
    assert {row["horizon"] for row in rows} == {"year", "fitted"}


def test_months_with_a_gap_are_pooled_and_a_calendar_month_counts_once():
    names = {"2025-05": "2025-08", "2025-07": "2025-10", "2025-03": "2026-08"}
    bench = Bench(with_file(held_rows(list(names), names)), load_world("icio2022"), dt.open_ledger())
    windows = bench.windows(registered().latest)
    assert [item.id for item in windows] == ["2025-08", "2025-10", "2026-08", "later"]
    assert windows[-1].months == ("2025-10", "2026-08")
    assert registered().latest.before(windows[-1].months) == ("2024-08", "2024-10")


@pytest.mark.slow
def test_shares_do_not_depend_on_how_much_is_imported():
    """A thousandth more of the imports and the duties of every partner are the same shares and the same rates."""
    names = {"2025-07": "2025-10"}
    rows = held_rows(list(names), names)
    more = rows.assign(imports_usd=rows["imports_usd"] * 1.001, duty_usd=rows["duty_usd"] * 1.001)
    found = [by_key(dt.evidence("2025", actuals=item, horizon=("year",))) for item in (rows, more)]
    # Groups in which no cell becomes thick enough to count.
    alike = [
        key for key, row in found[0].items() if row["n"] == found[1][key]["n"] and row["skill"] is not None
    ]
    assert len(alike) > 10
    for key in alike:
        assert found[1][key]["skill"] == pytest.approx(found[0][key]["skill"], abs=SOLVED), key


@pytest.mark.slow
def test_a_partner_that_a_file_lacks_is_named_and_not_scored():
    names = {"2025-07": "2025-10"}
    rows = held_rows(list(names), names)
    record = dt.evidence("2025", actuals=rows[rows["partner"] != "VNM"], horizon=("year",))
    assert [
        row["partner"] for row in record.episodes["2025"]["partners"] if row["partner"] in {"VNM", "ROW"}
    ] == []
    assert any("VNM" in line for line in record.warnings)


def test_the_command_prints_the_answer_first(capsys):
    assert main(["evidence", "2025"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(
        "Predictions held against what was traded\nMay to July 2025 on 2024, all partners: skill"
    )
    assert "one elasticity" in said
    assert "2.53" in said


def test_the_document_is_that_of_the_function(capsys):
    assert main(["evidence", "2025", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["result"] == json.loads(json.dumps(dt.evidence("2025").result))
    assert {"detente", "command", "ledger_hash", "world_hash"} <= set(document["stamp"])


def test_a_file_that_is_not_there_is_refused_by_its_name(capsys):
    assert main(["evidence", "--actuals", "nothing.csv"]) == 1
    said = capsys.readouterr().err
    for part in ("cannot be read", "where", "found", "allowed", "repair"):
        assert part in said


def test_the_page_has_the_numbers_of_the_record(monkeypatch):
    """After the record is made anew: `python scripts/embed_evidence.py --scores`."""
    scripts = Path(__file__).resolve().parents[3] / "scripts"
    monkeypatch.syspath_prepend(str(scripts))
    page = importlib.import_module("evidence_page").write_page(embedded()["result"])
    assert (scripts.parent / "docs/validation/evidence.md").read_text(encoding="utf-8") == page


def test_the_address_gives_what_the_command_prints(capsys):
    answer = TestClient(plain_app(), base_url=BASE).get("/api/v1/evidence?episode=2025&horizon=year")
    assert answer.status_code == 200
    assert main(["evidence", "2025", "--horizon", "year", "--json"]) == 0
    assert answer.json()["result"] == json.loads(capsys.readouterr().out)["result"]


def test_an_address_takes_no_horizon_that_is_worked_out_anew():
    answer = TestClient(plain_app(), base_url=BASE).get("/api/v1/evidence?horizon=3")
    assert answer.status_code in {400, 422}


@pytest.mark.parametrize(("episode", "month"), [("2018-19", "2025-08"), ("2025", "2021-03")])
def test_a_file_with_no_month_to_score_is_refused(episode, month):
    source = "2025-07" if month > "2025" else month
    rows = held_rows([source], {source: month})
    with pytest.raises(InputError, match="no month of the file") as refused:
        dt.evidence(episode, actuals=rows)
    assert month in refused.value.found
    assert "2025-07" in refused.value.allowed
