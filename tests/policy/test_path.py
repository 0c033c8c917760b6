"""The path: its adjustment by hand, its ends against single solves, and refusals."""

from __future__ import annotations

import pytest

from detente.errors import InputError, StudyError
from detente.model import Shock, solve
from detente.policy import Options
from detente.policy.strategy.game_setting import open_game_setting
from detente.policy.strategy.path import follow, path_file

# Real income in percent, from two solves chained against one.
PERCENT = 1e-6


@pytest.fixture(scope="module")
def board():
    return open_game_setting()


@pytest.fixture(scope="module")
def found(board):
    return follow(board, years=2)


@pytest.fixture(scope="module")
def short_board():
    """The same study with what instruments forbid sized at the elasticities of the short run."""
    return open_game_setting(options=Options(factors="fixed", horizon="short"))


def test_the_first_year_is_the_short_run_of_the_truce(board, short_board, found):
    law = short_board.law("truce").shock
    assert law.iceberg.max() > board.law("truce").shock.iceberg.max()
    shock = Shock(tariff=law.tariff, iceberg=law.iceberg)
    eq = solve(board.base, shock, closure=board.run.spec.closure, factors="fixed", horizon="short")
    for side in ("USA", "CHN"):
        assert found["years"][0]["real_income_pct"][side] == pytest.approx(
            float(eq.real_income_pct[side]), abs=PERCENT
        )


def test_firms_that_adjust_at_once_and_expect_no_breakdown_are_in_the_long_run(board):
    found = follow(board, years=3, assumed={"path_adjustment": 1.0, "path_breakdown": 0.0})
    last = found["years"][-1]
    assert last["law"] == "held"
    assert last["tariffs"] == pytest.approx(last["adjusted_to"], abs=1e-9)
    # An earlier year with the same law, all adjusted: nothing changes any more.
    assert last["real_income_pct"] == pytest.approx(
        follow(board, years=4, assumed={"path_adjustment": 1.0, "path_breakdown": 0.0})["years"][-1][
            "real_income_pct"
        ],
        abs=PERCENT,
    )


def test_firms_that_never_adjust_stay_at_the_baseline(board):
    found = follow(board, years=2, assumed={"path_adjustment": 0.0})
    assert found["years"][2]["adjusted_to"] == pytest.approx(found["years"][0]["adjusted_to"], abs=1e-12)
    assert found["years"][2]["breakdown"]["first_year_pct"] != found["years"][0]["breakdown"]["long_run_pct"]


def test_reliance_falls_and_a_breakdown_costs_less_as_firms_expect_it(found):
    first, last = found["years"][0], found["years"][-1]
    for pair in first["reliance"]:
        assert last["reliance"][pair]["import_share"] < first["reliance"][pair]["import_share"]
    for side in ("USA", "CHN"):
        assert abs(last["breakdown"]["first_year_pct"][side]) < abs(
            first["breakdown"]["first_year_pct"][side]
        )
    assert [row["law"] for row in found["years"]] == ["scenario", "ledger", "held"]


def test_assumptions_are_named_cited_and_changed_openly(board, found):
    rows = {item["name"]: item for item in found["path_assumptions"]}
    assert set(rows) == {item.name for item in path_file().assumptions}
    assert all(item["source"] and item["why"] and item["alternatives"] for item in rows.values())
    changed = follow(board, years=0, assumed={"path_breakdown": 0.5})
    assert {item["name"]: item["value"] for item in changed["path_assumptions"]}["path_breakdown"] == 0.5


@pytest.mark.parametrize(
    "bad", [{"years": -1}, {"years": 99}, {"assumed": {"path_adjustment": 1.5}}, {"assumed": {"luck": 0.5}}]
)
def test_paths_that_cannot_be_followed(board, bad):
    with pytest.raises(InputError, match="cannot be followed") as caught:
        follow(board, **bad)
    assert caught.value.repair


def test_a_scenario_that_is_not_in_the_study(board):
    with pytest.raises(StudyError, match="no such scenario"):
        follow(board, breakdown="apocalypse")


def test_no_truce_and_a_truce_nobody_doubts_stand_beside_the_truce(board, short_board, found):
    """The first year of every track is a short run from the baseline; a truce nobody doubts is the path at no risk."""
    law = short_board.law("escalation").shock
    shock = Shock(tariff=law.tariff, iceberg=law.iceberg)
    eq = solve(board.base, shock, closure=board.run.spec.closure, factors="fixed", horizon="short")
    sure = follow(board, years=2, assumed={"path_breakdown": 0.0})
    for side in ("USA", "CHN"):
        first = found["years"][0]
        assert first["no_truce_pct"][side] == pytest.approx(float(eq.real_income_pct[side]), abs=PERCENT)
        assert first["undoubted_pct"][side] == pytest.approx(first["real_income_pct"][side], abs=PERCENT)
        for year in (1, 2):
            assert found["years"][year]["undoubted_pct"][side] == pytest.approx(
                sure["years"][year]["real_income_pct"][side], abs=PERCENT
            )


def test_time_is_on_the_side_whose_loss_falls_by_the_larger_part(found):
    gone = {}
    for side, item in found["time"]["sides"].items():
        losses = [-row["breakdown"]["first_year_pct"][side] for row in found["years"]]
        assert (item["loss_first_pct"], item["loss_last_pct"]) == (losses[0], losses[-1])
        gone[side] = 1 - losses[-1] / losses[0]
        assert item["share_gone"] == pytest.approx(gone[side], abs=1e-12)
    assert found["time"]["gains"] == max(gone, key=gone.get)
