"""Weights read off tariffs: a planted weight comes back, derivatives by the adjoint, goals written out, days refused."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest

import detente
from detente.errors import InputError
from detente.games import RealIncome, make_instruments
from detente.model import solve
from detente.policy.strategy.actions import goals_in
from detente.policy.strategy.forecast.registered import register
from detente.policy.strategy.game_file import load_game
from detente.policy.strategy.game_setting import find_player, open_game_setting
from detente.policy.strategy.revealed import index_days, read_day, read_shock, spelled
from detente.policy.strategy.tariffs import Choice, play_optimal

# A weight from an optimum found to a projected gradient of some 1e-6; central differences of a point against the adjoint.
WEIGHT, SLOPE = 2e-3, 2e-3


@pytest.fixture(scope="module")
def board():
    return open_game_setting("kuala-lumpur")


@pytest.fixture(scope="module")
def sides(board):
    return find_player(board, "USA"), find_player(board, "CHN")


@pytest.mark.parametrize("planted", [0.0, 0.3, 0.8])
def test_the_weight_of_a_side_that_plays_its_best_tariff_comes_back(board, sides, planted):
    """One best tariff under a planted weight, found by the optimiser, is read as that weight."""
    goal = f"rivalry:{planted}" if planted else "real-income"
    best = play_optimal(board, "USA", against=("CHN",), choice=Choice(goal=goal))["tariffs"]["USA"]["mean"]
    own = make_instruments(board.base, sides[0], partners=sides[1].economies, by="uniform")
    shock = board.law("truce").shock
    tariff = np.array(shock.tariff)
    tariff[own.cells] = best
    found = read_shock(
        board, sides[0], [sides[1]], dataclasses.replace(shock, tariff=tariff), dt.date(2025, 11, 10)
    )
    assert found.identified
    assert found.weight() == pytest.approx(planted, abs=WEIGHT)
    assert found.tariff == pytest.approx(best, abs=1e-12)


def test_derivatives_are_those_of_the_adjoint(board, sides):
    """A point up and down by two solves, against one transposed solve."""
    shock = board.law("no-deal").shock
    found = read_shock(board, sides[0], [sides[1]], shock, dt.date(2025, 11, 10))
    plain = dataclasses.replace(shock, limits=(), targets=())
    eq = solve(board.base, plain, closure=board.run.spec.closure)
    own = make_instruments(board.base, sides[0], partners=sides[1].economies, by="uniform")
    for side, value in ((sides[0], found.own), (sides[1], found.rival)):
        goal = RealIncome(side.economies)
        slope = goal.per_value(eq) * own.collect(goal.in_tariffs(eq))[0] / 100
        assert value == pytest.approx(slope, rel=SLOPE)


def test_a_goal_is_the_range_of_weights_of_its_day(board, sides):
    day = dt.date(2025, 12, 31)
    low, high = read_day(board, sides[0], [sides[1]], day).weights(register().readings.revenue)
    text = spelled(board, sides, ("USA=revealed@2025-12-31", "CHN=real-income"))
    assert text == (f"USA=income - {low:.4f}..{high:.4f}*rival", "CHN=real-income")
    goals = goals_in(board, load_game("kuala-lumpur"), text)
    assert goals[0].band == pytest.approx((low, high), abs=1e-4)
    assert spelled(board, sides, "real-income") == "real-income"


@pytest.mark.parametrize(
    ("goal", "found"),
    [
        ("CHN=revealed@2024-12-31", "it could tax more even without a rival"),
        ("CHN=revealed@2025-04-30", "moves the other side's real income"),
    ],
)
def test_a_day_that_says_nothing_is_refused(board, sides, goal, found):
    with pytest.raises(InputError, match="reveal no weight") as caught:
        spelled(board, sides, goal)
    assert found in caught.value.found
    assert caught.value.where == "--goal"
    assert caught.value.repair


def test_a_day_that_is_none_is_refused(board, sides):
    with pytest.raises(InputError):
        spelled(board, sides, "revealed@2025-13-01")


def test_the_index_ends_with_the_sources_and_says_what_it_rests_on(board):
    days = index_days(board)
    assert days == sorted(set(days))
    assert days[-1] == board.run.ledger.horizon
    found = detente.play_rivalry("USA", "CHN", day=("2018-12-31", "2025-12-31"), setting=board)
    assert [row["on"] for row in found.rivalry] == ["2018-12-31"] * 2 + ["2025-12-31"] * 2
    assert found.on_revenue_source
    for row in found.rivalry:
        ends = [
            max((row["own_pct"] + r * row["revenue_pct"]) / row["rival_pct"], 0.0) for r in found.on_revenue
        ]
        assert (row["weight_low"], row["weight_high"]) == pytest.approx((min(ends), max(ends)))


def test_one_side_has_no_rival(board):
    with pytest.raises(InputError, match="two sides"):
        detente.play_rivalry("USA", "USA", setting=board)
