"""Goals in words, for all or for each side; payoffs outside the model; elements with values of their own."""

from __future__ import annotations

import numpy as np
import pytest

import detente
from detente.errors import InputError, StudyError
from detente.games import Player, RealIncome
from detente.policy.results import Options
from detente.policy.strategy.actions import play_payoffs
from detente.policy.strategy.bargain import play_bargain
from detente.policy.strategy.deals import package, play_deals
from detente.policy.strategy.game_file import OffModel, load_game
from detente.policy.strategy.game_setting import open_game_setting
from detente.policy.strategy.goals import find_goal, goal_texts
from detente.policy.strategy.tariffs import Choice, play_nash
from policy.smaller import smaller_game

SIDES = (Player("USA"), Player("CHN"))
# What two ways of adding the same numbers may differ by.
SAME = 1e-12
# Step of a difference of payoffs in percent, and what is left of its curvature relative to the largest slope.
STEP, CURVED = 1e-3, 1e-4


@pytest.fixture(scope="module")
def board():
    return open_game_setting(options=Options(world="wiod2011"))


@pytest.fixture(scope="module")
def game():
    return smaller_game((0, 1), (0, 1, 2))


@pytest.mark.parametrize(
    ("given", "file", "wanted"),
    [
        ("real-income", {}, ("real-income", "real-income")),
        ("revenue", {"USA": "rivalry:1"}, ("revenue", "revenue")),
        ((), {"CHN": "rivalry:1"}, ("real-income", "rivalry:1")),
        (("CHN=income - 0.9*rival",), {"CHN": "revenue"}, ("real-income", "income - 0.9*rival")),
        (("USA=sectors:C24A=2", "revenue"), {}, ("sectors:C24A=2", "revenue")),
        ("sectors:C24A=2", {}, ("sectors:C24A=2", "sectors:C24A=2")),
    ],
)
def test_whose_goal_is_which(given, file, wanted):
    assert tuple(goal_texts(given, ("USA", "CHN"), file).values()) == wanted


@pytest.mark.parametrize("given", [("revenue", "rivalry:1"), ("USA=revenue", "USA=rivalry:1")])
def test_two_goals_of_one_side_are_refused(given):
    with pytest.raises(InputError, match="two goals of one side") as caught:
        goal_texts(given, ("USA", "CHN"))
    assert "--goal USA=" in caught.value.repair


@pytest.mark.parametrize(
    ("text", "weight", "band"),
    [
        ("income - 0.9*rival", 0.9, ()),
        ("real-income - rival", 1.0, ()),
        ("income - 0.5..1.2*rival", 0.85, (0.5, 1.2)),
        ("income - 0.4 * rival", 0.4, ()),
    ],
)
def test_a_sum_is_the_rivalry_it_says(text, weight, band):
    goal = find_goal(SIDES[0], text, SIDES[1:])
    assert goal.weight == pytest.approx(weight, abs=SAME)
    assert (goal.own, goal.band) == (RealIncome(("USA",)), band)


@pytest.mark.parametrize(
    "text", ["income rival", "income -", "income + 0.2*rival", "rival", "income - income", "0.1..0.2*income"]
)
def test_sums_that_mean_nothing_here_are_refused(text):
    with pytest.raises(InputError, match="unknown goal"):
        find_goal(SIDES[0], text, SIDES[1:])


def test_each_side_plays_for_what_it_is_given(board, game):
    found = play_payoffs(board, game, goal=("CHN=income - 0.9*rival + 0.5*revenue",))
    plain = play_payoffs(board, game)
    revenue = play_payoffs(board, game, goal="revenue")
    for row, own, dues in zip(found["payoffs"], plain["payoffs"], revenue["payoffs"], strict=True):
        incomes = own["real_income_pct"]
        assert row["payoff"]["USA"] == incomes["USA"]
        wanted = incomes["CHN"] - 0.9 * incomes["USA"] + 0.5 * dues["payoff"]["CHN"]
        assert row["payoff"]["CHN"] == pytest.approx(wanted, abs=SAME)
    assert found["goal"]["USA"] == "log real income of USA"
    assert "less 0.9 times" in found["unit"]["CHN"]


def test_a_game_file_says_what_the_sides_want_unless_the_question_does(board, game):
    own = game.model_copy(update={"goals": {"CHN": "rivalry:0.5"}})
    said = play_payoffs(board, own)["goal"]
    assert said == play_payoffs(board, game, goal="CHN=rivalry:0.5")["goal"]
    assert play_payoffs(board, own, goal="revenue")["goal"]["CHN"] == "real tariff revenue of CHN"


def test_a_payoff_outside_the_model_moves_its_side_in_every_cell_of_its_action_and_the_verdict(board, game):
    before = play_payoffs(board, game)
    needed = -before["credible"][0]["gain_pct"]
    assert needed > 0

    def with_worth(pct: float):
        worth = OffModel(side="USA", pct=pct, low=0.0, high=2 * pct, why="a test", source="a test")
        struck = game.actions["USA"][1].model_copy(update={"off_model": (worth,)})
        actions = {"USA": (game.actions["USA"][0], struck), "CHN": game.actions["CHN"]}
        return play_payoffs(board, game.model_copy(update={"actions": actions}))

    for factor, credible in ((0.99, False), (1.01, True)):
        after = with_worth(factor * needed)
        assert after["credible"][0]["credible"] is credible
        for old, new in zip(before["payoffs"], after["payoffs"], strict=True):
            more = factor * needed if old["USA"] == "hundred" else 0.0
            assert new["payoff"]["USA"] == pytest.approx(old["payoff"]["USA"] + more, abs=SAME)
            assert new["payoff"]["CHN"] == old["payoff"]["CHN"]
            assert new["real_income_pct"] == old["real_income_pct"]


def test_deals_are_those_both_want_by_their_goals_and_the_weights_say_how_many(board, game):
    found = play_deals(board, game, goal=("USA=income - 0.8*rival",))
    plain = play_deals(board, game)
    by_name = {row["scenario"]: row for row in plain["rows"]}
    for row in found["rows"]:
        gain = by_name[row["scenario"]]["gain_pct"]
        assert row["gain_pct"] == gain
        assert row["goal_gain_pct"]["USA"] == pytest.approx(gain["USA"] - 0.8 * gain["CHN"], abs=SAME)
    at = next(row for row in plain["weights"]["rows"] if row["weight"] == 0.8)
    assert at["USA"] == len(found["rows"])
    assert plain["weights"]["rows"][0]["both"] == len(plain["rows"])


def test_the_derivatives_a_bargain_moves_along_are_those_of_what_the_sides_want(board):
    found = play_bargain(board, ["USA", "CHN"], by="uniform", goal=("CHN=income - 0.4*rival",))
    assert "less 0.4 times" in found["unit"]["CHN"]
    for point in found["frontier"]:
        incomes = point["real_income_pct"]
        assert point["payoff_pct"]["CHN"] == pytest.approx(incomes["CHN"] - 0.4 * incomes["USA"], abs=1e-6)
    own = play_bargain(board, ["USA", "CHN"], by="uniform")
    assert own["nash"]["mean_tariffs"]["CHN"] <= found["nash"]["mean_tariffs"]["CHN"] + 1e-6


def test_slopes_in_percent_are_differences_of_percent(board):
    goal = find_goal(SIDES[0], "income - 0.7*rival + 0.3*revenue", SIDES[1:])
    arena = board.arena("baseline")
    here = arena.solve(arena.tariff)
    slope = goal.in_percent(here).in_tariffs(here)
    j, n, i = (int(k) for k in np.unravel_index(np.abs(slope).argmax(), slope.shape))
    ends = []
    for sign in (1, -1):
        tariff = arena.tariff
        tariff[j, n, i] += sign * STEP
        ends.append(goal.percent(arena.solve(tariff)))
    assert slope[j, n, i] == pytest.approx((ends[0] - ends[1]) / (2 * STEP), rel=CURVED)


def test_nash_tariffs_with_a_goal_for_each_side(board):
    found = play_nash(
        board,
        ["USA", "CHN"],
        choice=Choice(goal=("USA=revenue", "CHN=rivalry:0.5"), starts=("status quo",), under="baseline"),
    )
    assert found["goal"]["USA"] == "real tariff revenue of USA"
    assert "less 0.5 times" in found["goal"]["CHN"]
    assert found["is_nash"]


def test_an_element_left_out_has_the_size_of_the_action(game):
    whole = load_game("kuala-lumpur")
    place = [item.id for item in whole.deals].index("rare-earths")
    taken = tuple(k == place for k in range(len(whole.deals)))
    action = next(item for item in whole.actions["CHN"] if item.id == "rare-earths")
    assert package(whole, [False] * len(taken)).assume == action.assume
    assert package(whole, taken).assume == {}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"goals": {"DEU": "revenue"}}, "names something it does not define"),
        ({"deals": "assume"}, "names something it does not define"),
        ({"actions": "range"}, "a payoff outside its range"),
        ({"actions": "side"}, "names something it does not define"),
    ],
)
def test_files_that_say_what_cannot_be(tmp_path, change, message):
    game = load_game("kuala-lumpur")
    if change.get("deals") == "assume":
        change = {"deals": (game.deals[0].model_copy(update={"assume": {"ree_volume": "nobody"}}),)}
    if isinstance(change.get("actions"), str):
        side, high = ("DEU", 1.0) if change["actions"] == "side" else ("USA", 0.1)
        worth = OffModel(side=side, pct=0.5, low=0.0, high=high, why="a test", source="a test")
        first = game.actions["USA"][0].model_copy(update={"off_model": (worth,)})
        change = {"actions": {**game.actions, "USA": (first, *game.actions["USA"][1:])}}
    path = tmp_path / "game.yaml"
    text = game.model_copy(update=change).model_dump_json(by_alias=True, exclude_none=True)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=message) as caught:
        load_game(path)
    assert caught.value.repair


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: detente.play_bargain("USA", "CHN", goal=("glory",)), "unknown goal"),
        (lambda: detente.play_nash("USA", "Chima"), "unknown economy"),
        (lambda: detente.play_optimal("USA", goal=("rivalry:1",)), "unknown goal"),
        (lambda: detente.payoffs("kuala-lumpur", goal=("CHN=income - rivals",)), "unknown goal"),
        (lambda: detente.deals("kuala-lumpur", goal=("revenue", "real-income")), "two goals of one side"),
    ],
)
def test_what_no_world_could_play_is_refused_before_one_is_read(ask, words, monkeypatch):
    def read(*_):
        raise AssertionError

    monkeypatch.setattr("detente.policy.strategy.game_setting.load_world", read)
    with pytest.raises(InputError, match=words):
        ask()
