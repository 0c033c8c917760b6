"""What each side still asks: prices by a run with the same edits, reliefs that are no burdens, what has no price and why."""

from __future__ import annotations

import datetime as dt

import pytest

from detente.asof import AsOf
from detente.policy.results import Options
from detente.policy.strategy.game_setting import open_game_setting
from detente.policy.strategy.unresolved import unresolved
from detente.policy.studies.run import run_study
from detente.policy.study import Edits, ScenarioSpec

# Real income in percent: stacked solves against single ones.
PERCENT = 1e-6
DAY = dt.date(2026, 10, 8)


def on(day, reading="legal"):
    return AsOf.of(day, ends=reading)


@pytest.fixture(scope="module")
def board():
    return open_game_setting(options=Options(world="wiod2011"))


@pytest.fixture(scope="module")
def found(board):
    return unresolved(board, on(DAY))


def _asks(found, measure):
    return [row for row in found["asks"] if measure in row["measures"]]


@pytest.mark.parametrize(
    ("measure", "kind", "edits", "sign"),
    [
        ("us.s301.cn.fouryear", "burden", {"end": ("us.s301.cn.fouryear",)}, 1),
        ("cn.ret.exclusions", "act", {"end": ("cn.ret.exclusions",)}, -1),
    ],
)
def test_a_price_is_the_difference_of_two_runs(board, found, measure, kind, edits, sign):
    item = next(row for row in _asks(found, measure) if row["kind"] == kind)
    plain = ScenarioSpec(id="now", label="now", definition="the law", on=DAY)
    other = plain.model_copy(update={"id": "granted", "edits": Edits(**edits)})
    study = board.run.spec.model_copy(
        update={"scenarios": (plain, other), "contrasts": (), "second_world": None}
    )
    options = Options(world="wiod2011", robustness=False, contributions=False)
    run = run_study(study, options=options, ledger=board.run.ledger)
    incomes = [run.scenarios[name].equilibrium.real_income_pct for name in ("now", "granted")]
    for side, worth in item["worth"]["pct"].items():
        wanted = sign * float(incomes[1][side] - incomes[0][side])
        assert worth == pytest.approx(wanted, abs=PERCENT)
        assert abs(worth) > PERCENT


def test_who_asks_whom_and_by_which_statement(found):
    beans = next(row for row in _asks(found, "cn.buy.soy2026_28") if row["kind"] == "act")
    assert (beans["asker"], beans["of"], beans["outcome"]) == ("USA", "CHN", "pending")
    assert beans["says"].startswith("China buys 25 Mt")
    lists = next(row for row in _asks(found, "us.s301.cn.list1") if row["kind"] == "burden")
    assert (lists["asker"], lists["of"]) == ("CHN", "USA")
    assert all(row["asker"] != row["of"] for row in found["asks"])


def test_everything_has_a_price_or_a_reason(found):
    for row in found["asks"]:
        assert (row["worth"] is None) == bool(row["not_priced"])
    suspended = [row for row in found["asks"] if row["state"] == "suspended"]
    assert suspended
    assert {row["not_priced"] for row in suspended} == {
        "suspended on this day, so that granting changes nothing yet"
    }


def test_a_relief_is_no_burden_and_no_burden_is_listed_twice(found):
    burdens = [tuple(row["measures"]) for row in found["asks"] if row["kind"] == "burden"]
    assert len(set(burdens)) == len(burdens)
    assert not {"cn.ret.exclusions", "us.s301.cn.exclusions", "us.xc.h200"} & {
        name for names in burdens for name in names
    }


def test_on_a_day_of_the_story_only_what_had_been_said_by_then_is_asked(board):
    found = unresolved(board, on("2025-10-27"))
    said = [row["said_on"] for row in found["asks"] if row["said_on"]]
    assert max(said) <= "2025-10-27"
    fees = next(row for row in _asks(found, "us.port.annex1") if row["kind"] == "burden")
    assert fees["asker"] == "CHN"


def test_after_the_last_day_of_the_sources_the_reading_decides(board):
    day = dt.date(2026, 11, 30)
    legal, reported = (unresolved(board, on(day, reading)) for reading in ("legal", "reported"))
    points = [_asks(found, "cn.ret.2025.reciprocal") for found in (legal, reported)]
    promised = next(row for row in points[0] if row["kind"] == "act")
    assert promised["worth"]["pct"]["USA"] > 0
    burden = next(row for row in points[0] if row["kind"] == "burden")
    # All 34 points are worth more than the 24 that were promised away.
    assert burden["worth"]["pct"]["USA"] > promised["worth"]["pct"]["USA"]
    assert not [row for row in points[1] if row["kind"] == "act" and row["worth"]]
