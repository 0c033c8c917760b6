"""Games told on an earlier day of knowledge, and one `no deal` in a run, in deals and in a bargain."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from detente.cli import main
from detente.errors import InputError, LedgerError
from detente.ledger import open_ledger
from detente.policy.instruments.scenario_law import scenario_book
from detente.policy.results import Options
from detente.policy.strategy.actions import Cells, play_payoffs
from detente.policy.strategy.bargain import play_bargain
from detente.policy.strategy.deals import package, play_deals
from detente.policy.strategy.document import strategy_document
from detente.policy.strategy.game_file import built_in_games, load_game
from detente.policy.strategy.game_setting import find_player, open_game_setting
from detente.policy.strategy.hedge import hedge
from detente.policy.strategy.known import as_law_stands, cell_of
from detente.policy.strategy.reliance import reliance
from detente.policy.study import Edits

# Percent of real income: two solves of one law, from different starts.
SOLVED = 1e-6
STORY = "2025-10-27"
DAYS = [STORY, "2025-09-01", "2025-11-10", "2026-10-08"]


def board_known(day, world="wiod2011"):
    return open_game_setting(
        ledger=open_ledger(known_on=dt.date.fromisoformat(day)), options=Options(world=world)
    )


def law_of(spec, board):
    """State, rate and suspended points of every measure that charges anything."""
    book = scenario_book(spec, board.run.ledger, board.run.spec.assumed(spec))
    return {
        (item.measure.id, item.part, item.targets): (item.state, item.rate, item.suspended_points)
        for item in book.positions
    }


@pytest.fixture(scope="module")
def board():
    return open_game_setting(options=Options(world="wiod2011"))


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("name", built_in_games())
def test_every_action_can_be_read_on_any_day_of_knowledge(name, day):
    """Every pair of actions and every package is law to somebody who knew less: the class, without solving."""
    game, known = load_game(name), board_known(day)
    for mine in game.actions["USA"]:
        for theirs in game.actions["CHN"]:
            law_of(cell_of(game, mine, theirs, known.run.ledger), known)
    size = len(game.deals)
    for chosen in [(False,) * size, (True,) * size, *map(tuple, np.eye(size, dtype=bool).tolist())]:
        law_of(as_law_stands(package(game, chosen), known.run.ledger), known)


def test_on_the_day_of_the_story_each_action_is_what_it_says():
    game, known = load_game("kuala-lumpur"), board_known(STORY)
    actions = {side: {item.id: item for item in game.actions[side]} for side in game.players}

    def law(mine, theirs):
        pair = actions["USA"][mine], actions["CHN"][theirs]
        return law_of(cell_of(game, *pair, known.run.ledger), known)

    truce = {name: value for (name, _, _), value in law("truce", "truce").items()}
    assert truce["us.ieepa.reciprocal.cn"][:2] == ("in force", 0.1)
    assert truce["cn.ret.2025.reciprocal"][:2] == ("in force", 0.1)
    assert truce["us.ieepa.fentanyl.cn"][:2] == ("in force", 0.1)
    assert truce["us.affiliates50"][0] == truce["cn.xc.61"][0] == truce["us.port.annex1"][0] == "suspended"
    back = {name: value for (name, _, _), value in law("resume-24", "rare-earths").items()}
    assert back["us.ieepa.reciprocal.cn"][:2] == ("in force", 0.34)
    assert back["cn.xc.61"][0] == "in force"
    assert {name: v for (name, _, _), v in law("hundred", "match").items()}["us.threat.cn100"][
        0
    ] == "in force"
    (answer,) = set(law("hundred", "match")) - set(law("hundred", "truce"))
    assert answer[2] == ("USA",)


def test_a_game_told_on_the_day_of_the_story_has_an_answer():
    known = board_known(STORY)
    found = play_payoffs(known, "kuala-lumpur")
    assert found["failed"] == []
    note = found["notes"][0]
    assert "27 October 2025" in note
    assert "USA resume-24 (us.ieepa.reciprocal.cn)" in note
    assert note in strategy_document(known, found, command="")["warnings"]
    cells = {(row["USA"], row["CHN"]): row["real_income_pct"] for row in found["payoffs"]}
    assert cells["truce", "match"]["CHN"] < cells["truce", "truce"]["CHN"] - 0.05
    assert len({value["USA"] for value in cells.values()}) == len(cells)


@pytest.mark.parametrize(
    "words",
    [
        ["payoffs", "kuala-lumpur"],
        ["payoffs", "november-2026"],
        ["optimal", "USA", "--against", "CHN", "--start", "status quo"],
    ],
    ids=" ".join,
)
def test_commands_of_the_day_of_the_story(words, capsys):
    assert main(["play", *words, "--known", STORY, "--world", "wiod2011"]) == 0
    assert capsys.readouterr().out


def test_the_terms_are_the_law_once_the_agreement_is_made(board):
    """Written out, they change nothing: an action without them is the same law."""
    game, ledger = load_game("kuala-lumpur"), board.run.ledger
    known = ledger.as_known(ledger.horizon)
    for mine in game.actions["USA"]:
        for theirs in game.actions["CHN"]:
            spec = as_law_stands(game.scenario(mine, theirs, terms=True), known)
            assert spec.edits == game.scenario(mine, theirs).edits


def test_without_a_day_of_knowledge_an_idle_edit_is_refused(board):
    game = load_game("kuala-lumpur")
    idle = game.actions["USA"][0].model_copy(update={"edits": Edits(suspend=("us.port.annex1",))})
    spec = cell_of(game, idle, game.actions["CHN"][0], board.run.ledger)
    with pytest.raises(LedgerError, match="the edit changes nothing"):
        Cells(board).solve(spec)


def test_an_answer_is_made_whatever_is_known():
    """A mirror is a what-if: it must not be forgotten by a reader who knew less than its day."""
    board = board_known("2025-09-30")
    spec = board.spec("escalation")
    book = scenario_book(spec, board.run.ledger, board.run.spec.assumed(spec))
    assert any(item.measure.authority == ("none: a what-if of this scenario",) for item in book.positions)


@pytest.mark.parametrize("name", built_in_games())
def test_one_no_deal_under_one_name(name):
    """The law of no deal is the scenario's, measure by measure, and the numbers are its numbers."""
    board, game = open_game_setting(options=Options(world="wiod2011")), load_game(name)
    few = game.model_copy(update={"deals": game.deals})
    spec, wanted = package(few, (False,) * len(game.deals)), board.spec(game.no_deal)
    assert law_of(spec, board) == law_of(wanted, board)
    found = play_deals(board, game.model_copy(update={"deals": game.deals[:2]}))["no_deal"]
    assert found["scenario"] == game.no_deal
    if game.no_deal != "no-deal":
        return
    solved = board.solved(found["scenario"])
    point = play_bargain(board, ["USA", "CHN"], by="uniform")["threat_point"]
    for side in game.players:
        assert found["real_income_pct"][side] == pytest.approx(
            float(solved.real_income_pct[side]), abs=SOLVED
        )
        assert point[side] == pytest.approx(float(solved.real_income_pct[side]), abs=SOLVED)


def test_all_elements_are_the_truce_but_for_what_was_learned_later(board):
    game = load_game("kuala-lumpur")
    whole = law_of(package(game, (True,) * len(game.deals)), board)
    truce = law_of(board.spec("truce"), board)
    edited = {
        text.partition(":")[0]
        for item in game.deals
        for text in (*item.with_.enact, *item.with_.suspend, *item.with_.end, *item.with_.set)
    }
    assert len(edited) > 10
    for key, (state, rate, _) in whole.items():
        if key[0] in edited and state in {"in force", "suspended"}:
            assert (state, rate) == truce[key][:2], key


# --- members of a group that a world does not hold --------------------------------------------------------------------


def test_a_member_is_never_dropped_in_silence(board, capsys):
    with pytest.raises(InputError) as caught:
        hedge(board, "KHM,CHN,USA")
    assert caught.value.found == "KHM"
    assert "icio2022" in caught.value.repair
    assert main(["hedge", "KHM,CHN,USA", "--world", "wiod2011", "--quiet"]) == 1
    assert "KHM" in capsys.readouterr().err
    assert main(["hedge", "RCEP", "--world", "wiod2011", "--quiet"]) == 0
    assert "BRN, KHM, LAO" in capsys.readouterr().out
    for found in (hedge(board, "RCEP"), reliance(board, "USA", "ASEAN", by_sector=False)):
        ((group, missing),) = found["not_in_world"].items()
        assert "KHM" in missing
        assert "CHN" not in missing
        warnings = strategy_document(board, found, command="")["warnings"]
        assert any(text.startswith(group) and "KHM" in text for text in warnings)
    assert find_player(board, "ASEAN").economies == ("IDN",)
    assert "not_in_world" not in reliance(board, "USA", "CHN", by_sector=False)


def test_the_offset_is_the_blocs_own_and_all_agreements_stand_beside_it():
    found = hedge(open_game_setting(), "RCEP")
    total = found["total"]
    assert found["preferences"] == "own"
    assert total["offset_share"] == pytest.approx(0.022, abs=1e-3)
    assert total["offset_share_all"] == pytest.approx(0.224, abs=2e-3)
    for row in (*found["members"], total):
        assert row["loss_without"] == row["loss_without_agreement"]
        assert row["worth_under_all"] == pytest.approx(row["loss_without_all"] - row["loss_with"], abs=1e-12)
    assert hedge(open_game_setting(), "CHN,JPN,KOR")["preferences"] == "all"
