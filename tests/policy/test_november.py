"""The game of November 2026: its corners are scenarios of the study, its equilibria hold by other methods."""

from __future__ import annotations

import datetime as dt
from itertools import product

import numpy as np
import pytest

from detente.errors import StudyError
from detente.games import FiniteGame, largest_gain
from detente.policy.instruments.scenario_law import scenario_book
from detente.policy.strategy.actions import play_payoffs
from detente.policy.strategy.deals import package
from detente.policy.strategy.document import strategy_document
from detente.policy.strategy.game_file import built_in_games, load_game
from detente.policy.strategy.game_setting import open_game_setting

# Real income in percent: a solve is right to 1e-9 of income.
SOLVED = 1e-7


@pytest.fixture(scope="module")
def board():
    return open_game_setting()


@pytest.fixture(scope="module")
def game():
    return load_game("november-2026")


@pytest.fixture(scope="module")
def payoffs(board, game):
    return play_payoffs(board, game)


@pytest.fixture(scope="module")
def cells(payoffs):
    return {(row["USA"], row["CHN"]): row["real_income_pct"] for row in payoffs["payoffs"]}


def test_every_pair_of_actions_is_solved(game, payoffs):
    sizes = [len(game.actions[side]) for side in game.players]
    assert len(payoffs["payoffs"]) == sizes[0] * sizes[1]
    assert {row["status"] for row in payoffs["payoffs"]} == {"converged"}
    assert payoffs["equilibria"]["complete"]


@pytest.mark.parametrize(("action", "scenario"), [("extend", "extension"), ("lapse", "lapse")])
def test_the_corners_are_the_scenarios_of_the_study(board, cells, action, scenario):
    eq = board.solved(scenario)
    for side, value in cells[action, action].items():
        assert value == pytest.approx(float(eq.real_income_pct[side]), abs=SOLVED)


def test_an_action_touches_the_measures_of_its_own_side_only(board, game):
    measures = board.run.ledger.measures
    for side, actions in game.actions.items():
        for item in actions:
            edits = item.edits
            for name in (*edits.enact, *edits.suspend, *edits.resume, *edits.end, *edits.set):
                assert measures[name].imposer == side
            assert edits.mirror is None or edits.mirror.imposer == side


def test_extending_leaves_the_states_the_reports_announce(board, game):
    """The edits of both sides against the ledger's own reading of the reported ends."""
    spec = game.scenario(game.actions["USA"][0], game.actions["CHN"][0])
    edited = scenario_book(spec, board.run.ledger, board.run.spec.assumed(spec))
    reported = board.run.ledger.on(dt.date(2026, 11, 10), ends="reported")
    names = {
        name
        for side in game.players
        for name in (*game.actions[side][0].edits.suspend, "cn.ret.2025.reciprocal")
    }
    for name in names:
        ours, theirs = edited.get(name), reported.get(name)
        assert [(p.part, p.state, p.rate) for p in ours] == [(p.part, p.state, p.rate) for p in theirs]


def test_the_american_answer_is_24_points_on_all_goods(board, game):
    answer = next(item for item in game.actions["USA"] if item.id == "answer-24")
    spec = game.scenario(answer, game.actions["CHN"][0])
    book = scenario_book(spec, board.run.ledger, board.run.spec.assumed(spec))
    (position,) = book.get(answer.edits.mirror.id)
    assert position.state == "in force"
    assert position.rate == pytest.approx(0.24, abs=1e-12)
    assert position.targets == ("CHN",)


def test_equilibria_hold_by_comparing_cells_and_by_the_second_method(payoffs, cells):
    mine, theirs = ([item["id"] for item in payoffs["actions"][side]] for side in ("USA", "CHN"))
    pure = [
        {"USA": a, "CHN": b}
        for a, b in product(mine, theirs)
        if cells[a, b]["USA"] == max(cells[x, b]["USA"] for x in mine)
        and cells[a, b]["CHN"] == max(cells[a, y]["CHN"] for y in theirs)
    ]
    assert payoffs["equilibria"]["pure"] == pure
    assert pure or payoffs["equilibria"]["mixed"]
    table = {pair: (value["USA"], value["CHN"]) for pair, value in cells.items()}
    certain = [({item["USA"]: 1.0}, {item["CHN"]: 1.0}) for item in pure]
    mixed = [(item["USA"], item["CHN"]) for item in payoffs["equilibria"]["mixed"]]
    assert max(largest_gain(table, *profile) for profile in (*certain, *mixed)) <= SOLVED
    assert payoffs["equilibria"]["regret_pct"] <= SOLVED
    # What is no equilibrium is refused by the same check.
    others = [pair for pair in product(mine, theirs) if {"USA": pair[0], "CHN": pair[1]} not in pure]
    assert all(largest_gain(table, {a: 1.0}, {b: 1.0}) > SOLVED for a, b in others)


def test_letting_lapse_hurts_the_side_that_does_it_whatever_the_other_does(payoffs, cells):
    """Signs, not sizes: a duty above the best one is worth lowering (docs/strategy.md)."""
    for theirs in (item["id"] for item in payoffs["actions"]["CHN"]):
        assert cells["extend", theirs]["USA"] > cells["lapse", theirs]["USA"]
        assert cells["lapse", theirs]["USA"] > cells["answer-24", theirs]["USA"]
    for mine in (item["id"] for item in payoffs["actions"]["USA"]):
        assert cells[mine, "extend"]["CHN"] > cells[mine, "lapse"]["CHN"]
    by_threat = {item["threat"]: item["credible"] for item in payoffs["credible"]}
    assert by_threat["us-100"] is False
    assert by_threat["cn-controls"] == (
        cells["affiliates", "controls"]["CHN"] >= cells["affiliates", "extend"]["CHN"]
    )


def test_the_document_says_what_is_not_known_and_what_is_assumed(board, game, payoffs):
    document = strategy_document(board, payoffs, command="detente play payoffs november-2026")
    assert board.run.ledger.horizon.isoformat() in game.notes[0]
    assert set(game.notes) <= set(document["warnings"])
    named = {item["name"]: item for item in document["assumptions"]}
    for item in game.assumptions:
        assert named[item.name]["source"]
        assert named[item.name]["alternatives"]


def test_no_element_is_the_lapse_and_all_are_the_extension(board, game):
    """Packages edit the same measures as the actions do."""
    for chosen, scenario in ((False, "lapse"), (True, "extension")):
        spec = package(game, (chosen,) * len(game.deals))
        book = scenario_book(spec, board.run.ledger, board.run.spec.assumed(spec))
        wanted = board.spec(scenario)
        law = scenario_book(wanted, board.run.ledger, board.run.spec.assumed(wanted))
        state = {(p.measure.id, p.part, p.targets): (p.state, p.rate) for p in law.positions}
        assert {(p.measure.id, p.part, p.targets): (p.state, p.rate) for p in book.positions} == state


def test_a_value_that_is_no_assumption_of_the_game_is_refused(tmp_path, game):
    held = game.actions["CHN"][2].model_copy(update={"assume": {"ree_volume": "held_volumes"}})
    actions = {"USA": game.actions["USA"], "CHN": (*game.actions["CHN"][:2], held, *game.actions["CHN"][3:])}
    path = tmp_path / "game.yaml"
    broken = game.model_copy(update={"actions": actions})
    path.write_text(broken.model_dump_json(by_alias=True, exclude_none=True), encoding="utf-8")
    with pytest.raises(StudyError, match="names something it does not define") as caught:
        load_game(path)
    assert caught.value.found == "held_volumes"
    assert "held_volume" in caught.value.allowed


def test_every_built_in_game_is_one():
    names = built_in_games()
    assert names == ["kuala-lumpur", "november-2026"]
    assert [load_game(name).id for name in names] == names


def test_the_second_method_on_matching_pennies():
    table = np.array([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]], dtype=float)
    pennies = FiniteGame(("A", "B"), (("h", "t"), ("h", "t")), table)
    cells = {(a, b): tuple(pennies.at(a, b)) for a in "ht" for b in "ht"}
    assert largest_gain(cells, {"h": 0.5, "t": 0.5}, {"h": 0.5, "t": 0.5}) == 0
    assert largest_gain(cells, {"h": 1.0}, {"h": 0.5, "t": 0.5}) == pytest.approx(1.0)
    ((first, second),) = pennies.mixed_equilibria()
    assert largest_gain(cells, first, second) == pytest.approx(0, abs=1e-12)
