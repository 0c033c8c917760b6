"""Games on the law: the same numbers as a run, real findings of the study, and refusals."""

from __future__ import annotations

import numpy as np
import pytest

from detente.errors import InputError, StudyError
from detente.games import Player
from detente.policy.instruments.scenario_law import scenario_book
from detente.policy.instruments.shock import law_shock
from detente.policy.results import Options
from detente.policy.strategy.actions import Cells, payoff_matrix, play_payoffs
from detente.policy.strategy.bargain import play_bargain
from detente.policy.strategy.deals import package, play_deals
from detente.policy.strategy.game_file import GameSpec, load_game, merge_edits
from detente.policy.strategy.game_setting import find_player, open_game_setting
from detente.policy.strategy.goals import find_goal
from detente.policy.strategy.tariffs import Choice, play_nash, play_optimal
from detente.policy.studies.run import run_study
from detente.policy.study import Edits

# Cooperation and frontier: solves agree to 1e-9 of income, shown in percent.
PERCENT = 1e-6


@pytest.fixture(scope="module")
def board():
    return open_game_setting()


@pytest.fixture(scope="module")
def game():
    return load_game("kuala-lumpur")


@pytest.fixture(scope="module")
def payoffs(board, game):
    return play_payoffs(board, game)


def test_payoffs_are_those_of_a_run_with_the_same_edits_to_the_last_digit(board, game, payoffs):
    spec = board.run.spec
    chosen = [
        ("truce", "truce"),
        ("hundred", "match"),
        ("lift-fentanyl", "rare-earths"),
        ("resume-24", "stop-soybeans"),
    ]
    actions = {name: {item.id: item for item in game.actions[name]} for name in game.players}
    scenarios = tuple(game.scenario(actions["USA"][a], actions["CHN"][b]) for a, b in chosen)
    study = spec.model_copy(update={"scenarios": scenarios, "contrasts": (), "second_world": None})
    run = run_study(study, options=Options(robustness=False, contributions=False), ledger=board.run.ledger)
    rows = {(row["USA"], row["CHN"]): row for row in payoffs["payoffs"]}
    for (a, b), scenario in zip(chosen, scenarios, strict=True):
        eq = run.scenarios[scenario.id].equilibrium
        for side in game.players:
            assert rows[a, b]["real_income_pct"][side] == float(eq.real_income_pct[side])


def test_the_truce_cell_is_the_truce(board, payoffs):
    cell = next(row for row in payoffs["payoffs"] if (row["USA"], row["CHN"]) == ("truce", "truce"))
    eq = board.solved("truce")
    for side in ("USA", "CHN"):
        assert cell["real_income_pct"][side] == pytest.approx(float(eq.real_income_pct[side]), abs=PERCENT)


@pytest.mark.parametrize("name", ["kuala-lumpur", "november-2026"])
def test_the_law_of_every_cell_is_that_of_the_whole_book(board, name):
    game, cells = load_game(name), Cells(board)
    cells.solve(game.scenario(game.actions["USA"][0], game.actions["CHN"][0]))
    pairs = [(mine, game.actions["CHN"][1]) for mine in game.actions["USA"]]
    pairs += [(game.actions["USA"][2], theirs) for theirs in game.actions["CHN"]]
    for mine, theirs in pairs:
        spec = game.scenario(mine, theirs)
        assumed = board.run.spec.assumed(spec)
        book, law = cells.read(spec)
        wanted = scenario_book(spec, board.run.ledger, assumed)
        assert book.positions == wanted.positions
        assert np.array_equal(law.duties, law_shock(board.setting, spec, wanted, assumed).duties)


def test_the_threat_of_100_points_is_not_credible_and_no_cell_failed(payoffs):
    threats = {item["threat"]: item for item in payoffs["credible"]}
    assert threats["hundred"]["credible"] is False
    assert threats["hundred"]["gain_pct"] < 0 < threats["hundred"]["harm_pct"]
    assert threats["hundred"]["rivalry_needed"] > 1
    said = threats["hundred"]["why"]
    assert said.startswith(
        "not credible: should China refuse and cut rare-earth exports to a quarter, then to impose"
    )
    assert threats["hundred"]["record"]["this_measure"]["taken back"] == 1
    assert payoffs["failed"] == []
    assert payoffs["equilibria"]["complete"]


def test_equilibria_and_verdicts_by_brute_force(payoffs):
    rows = {(row["USA"], row["CHN"]): row["real_income_pct"] for row in payoffs["payoffs"]}
    mine, theirs = ([item["id"] for item in payoffs["actions"][side]] for side in ("USA", "CHN"))
    pure = [
        {"USA": a, "CHN": b}
        for a in mine
        for b in theirs
        if rows[a, b]["USA"] == max(rows[x, b]["USA"] for x in mine)
        and rows[a, b]["CHN"] == max(rows[a, y]["CHN"] for y in theirs)
    ]
    assert payoffs["equilibria"]["pure"] == pure
    for item in payoffs["discount_factors"]:
        if item["gain_pct"] > 0 and item["loss_pct"] > 0:
            factor = item["gain_pct"] / (item["gain_pct"] + item["loss_pct"])
            assert item["grim"] == pytest.approx(factor, rel=1e-9)
        elif item["gain_pct"] <= 0:
            assert item["grim"] == 0
        else:
            assert item["grim"] is None


def test_an_action_that_changes_nothing_is_refused(board, game):
    idle = game.actions["USA"][0].model_copy(update={"id": "idle", "label": "Nothing"})
    changed = game.model_copy(
        update={"actions": {"USA": (game.actions["USA"][0], idle), "CHN": game.actions["CHN"][:2]}}
    )
    with pytest.raises(StudyError) as caught:
        payoff_matrix(board, changed)
    assert "an action that changes nothing" in str(caught.value)
    assert "idle" in caught.value.found
    assert caught.value.repair


def test_a_failed_solve_marks_its_cells_and_nothing_is_claimed_through_them(board, game):
    small = game.model_copy(
        update={
            "actions": {"USA": game.actions["USA"][:2], "CHN": game.actions["CHN"][:2]},
            "threats": game.threats[:1],
        }
    )
    small = small.model_copy(
        update={
            "threats": (game.threats[0].model_copy(update={"refused": "match"}),),
            "punishments": (game.punishments[1],),
        }
    )
    short = type(board)(board.run, Options(max_iterations=2))
    found = play_payoffs(short, small)
    assert len(found["failed"]) == 4
    assert {row["status"] for row in found["payoffs"]} == {"not converged"}
    assert all("real_income_pct" not in row for row in found["payoffs"])
    assert found["equilibria"] == {"pure": [], "mixed": [], "regret_pct": None, "complete": False}
    assert found["credible"][0]["credible"] is None
    assert "nothing is claimed" in found["credible"][0]["why"]
    assert all(item["grim"] is None for item in found["discount_factors"])


def test_nash_tariffs_are_verified_below_those_of_2025_and_cooperation_beats_them(board):
    found = play_nash(board, ["USA", "CHN"], choice=Choice(by="uniform", starts=("status quo", "free trade")))
    assert found["is_nash"] is True
    assert found["regret"]["largest"] < 1e-7
    assert set(found["starts"].values()) == {"found"}
    assert len(found["equilibria"]) == 1
    for scenario in ("truce", "no-deal", "eve"):
        against = found["against"][scenario]
        assert against["above"] == {"USA": True, "CHN": True}
        assert min(against["gain_pct"].values()) > 0
        assert all("of real income from" in words for words in against["why"].values())
    assert found["against"]["truce"]["gain_pct"]["USA"] == pytest.approx(
        found["payoffs"]["USA"]["real_income_pct"] - found["payoffs"]["USA"]["before_pct"], abs=PERCENT
    )
    assert found["cooperation"]["beats_nash_in_sum"]
    assert found["path"][0]["mover"] == "start"


def test_the_best_tariff_alone_is_at_least_as_good_as_the_nash_tariff(board):
    found = play_optimal(board, "USA", against=["CHN"], choice=Choice(starts=("status quo",)))
    assert found["payoffs"]["USA"]["gain_usd_bn"] > 0
    assert found["first_order"] < 1e-6
    assert found["tariffs"]["USA"]["mean"] < found["tariffs"]["USA"]["mean_before"]


@pytest.mark.slow
def test_bargaining_gives_each_side_its_threat_point_and_lies_on_the_frontier(board):
    found = play_bargain(board, ["USA", "CHN"], by="uniform")
    threat = found["threat_point"]
    solved = board.solved("no-deal")
    for name in ("nash", "kalai_smorodinsky"):
        point = found[name]
        assert all(point["real_income_pct"][side] >= threat[side] for side in threat)
        assert found["off_frontier_pct"][name] < PERCENT
    for side in threat:
        assert threat[side] == pytest.approx(float(solved.real_income_pct[side]), abs=PERCENT)
    products = [np.prod(list(point["gain_pct"].values())) for point in found["frontier"]]
    assert np.prod(list(found["nash"]["gain_pct"].values())) >= max(products) - PERCENT


def test_deals_are_packages_both_prefer_and_nothing_is_between_them_and_no_deal(board, game):
    few = game.model_copy(update={"deals": game.deals[:3]})
    found = play_deals(board, few)
    assert found["packages"] == 7
    gains = [tuple(row["gain_pct"].values()) for row in found["rows"]]
    assert min(min(pair) for pair in gains) > 0
    products = [row["product"] for row in found["rows"]]
    assert products == sorted(products, reverse=True)
    for row in found["rows"]:
        better = [
            other
            for other in gains
            if min(o - m for o, m in zip(other, row["gain_pct"].values(), strict=True)) > 0
        ]
        assert row["best_for_both"] == (not better)
    cells = Cells(board)
    last = cells.solve(package(few, (True, True, True)))
    none = cells.solve(package(few, (False, False, False)))
    whole = next(row for row in found["rows"] if len(row["elements"]) == 3)
    expected = float(last.real_income_pct["USA"]) - float(none.real_income_pct["USA"])
    assert whole["gain_pct"]["USA"] == pytest.approx(expected, abs=1e-12)
    with pytest.raises(StudyError, match="a game without elements"):
        play_deals(board, game.model_copy(update={"deals": ()}))


def test_no_deal_of_the_packages_is_close_to_the_scenario(board, game):
    """Both undo the same measures; the scenario also reads the law as known two weeks before."""
    eq = Cells(board).solve(package(game, (False,) * len(game.deals)))
    scenario = board.solved("no-deal")
    for side in game.players:
        assert float(eq.real_income_pct[side]) == pytest.approx(
            float(scenario.real_income_pct[side]), abs=0.01
        )


def test_players_and_goals(board):
    assert find_player(board, "eu").economies[0] == "AUT"
    assert find_player(board, "China") == Player("CHN")
    with pytest.raises(InputError, match="this world does not hold"):
        find_player(board, "CUB")
    with pytest.raises(InputError, match="unknown goal") as caught:
        find_goal(Player("USA"), "glory")
    assert "rivalry:WEIGHT" in caught.value.allowed
    with pytest.raises(InputError, match="unknown goal"):
        find_goal(Player("USA"), "sectors:C26=much")
    assert find_goal(Player("USA"), "sectors:C26=2, C29=3").weights == {"C26": 2.0, "C29": 3.0}


def test_bounds_that_exclude_the_status_quo(board):
    with pytest.raises(InputError, match="bounds that exclude the status quo"):
        play_nash(board, ["USA", "CHN"], choice=Choice(bounds=(0.0, 0.1)))


@pytest.mark.parametrize("players", [["USA"], ["USA", "USA"], ["EU", "DEU"], ["USA", "CHN", "MEX"]])
def test_a_bargain_has_two_sides_that_share_no_member(board, players):
    with pytest.raises(InputError, match="not two sides of a bargain") as caught:
        play_bargain(board, players, by="uniform")
    assert caught.value.found == ", ".join(players)
    assert "play bargain USA CHN" in caught.value.repair


def test_a_scenario_that_is_not_in_the_study(board):
    with pytest.raises(StudyError, match="no such scenario") as caught:
        play_optimal(board, "USA", choice=Choice(under="peace"))
    assert "truce" in caught.value.allowed


def test_game_files(tmp_path, game):
    with pytest.raises(StudyError, match="no such game"):
        load_game("nowhere")
    broken = game.model_copy(update={"agreement": {"USA": "truce", "CHN": "peace"}})
    path = tmp_path / "game.yaml"
    path.write_text(broken.model_dump_json(by_alias=True, exclude_none=True), encoding="utf-8")
    with pytest.raises(StudyError, match="names something it does not define") as caught:
        load_game(path)
    assert caught.value.found == "peace"
    assert "stop-soybeans" in caught.value.allowed
    with pytest.raises(StudyError, match="two actions edit one measure"):
        merge_edits([Edits(end=("us.s122",)), Edits(suspend=("us.s122",))])
    assert isinstance(game, GameSpec)
