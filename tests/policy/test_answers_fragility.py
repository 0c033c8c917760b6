"""How sure a bargain, a hedge and reliance are: the middle is the answer, a draw is a board of its own, ties are said."""

from __future__ import annotations

import numpy as np
import pytest
from rich.console import Console

from detente.games import RealIncome
from detente.policy.results import Options
from detente.policy.strategy.bargain import play_bargain
from detente.policy.strategy.document import strategy_document
from detente.policy.strategy.fragility import answers
from detente.policy.strategy.fragility.answers import Draws, judge_hedge, judge_reliance, key_of, solve_asked
from detente.policy.strategy.fragility.drawn import Drawn
from detente.policy.strategy.fragility.embedded import embedded_answer, write_answer
from detente.policy.strategy.fragility.rows import Row, rows_of
from detente.policy.strategy.game_setting import find_player, open_game_setting
from detente.policy.strategy.hedge import find_bloc, hedge, hedge_asked
from detente.policy.strategy.reliance import reliance, reliance_asked
from detente.policy.studies.starting_point import make_setting
from detente.render import render_strategy

# Real income in percent: stacked solves against single ones.
PERCENT = 1e-6
TITLE = "log real income of {}"


@pytest.fixture(scope="module")
def board():
    return open_game_setting(options=Options(world="wiod2011"))


def test_the_middle_of_a_hedge_is_the_hedge(board):
    name, members = find_bloc(board, "CHN,JPN,KOR", "truce")
    drawn = solve_asked(board, hedge_asked(board, members, (), "truce"), rows_of(board, 1, alone=False))
    table = drawn.of(RealIncome(tuple(members)))[0]
    total = hedge(board, "CHN,JPN,KOR", under="truce")["total"]
    assert table[2] - table[3] == pytest.approx(total["worth_under"], abs=PERCENT)
    assert table[0] - table[1] == pytest.approx(total["worth_before"], abs=PERCENT)
    assert name == "CHN+JPN+KOR"


@pytest.mark.parametrize("at", ["baseline", "truce"])
def test_the_middle_of_reliance_is_what_a_cut_off_costs(board, at):
    pair = find_player(board, "USA"), find_player(board, "CHN")
    drawn = solve_asked(board, reliance_asked(board, pair, at), [Row("middle")])
    found = reliance(board, "USA", "CHN", at=at, by_sector=False)
    for player in pair:
        for run in ("short", "long"):
            lost = -drawn.of(RealIncome(player.economies))[0, drawn.cells.index(run)]
            assert lost == pytest.approx(found["cutoff"][run]["loss_pct"][player.name], abs=PERCENT)


def test_a_draw_of_reliance_is_a_board_with_the_draws_elasticities(board):
    """The second method: the study prepared anew with the draw's values as its own."""
    row = rows_of(board, 1, alone=False)[1]
    pair = find_player(board, "USA"), find_player(board, "CHN")
    drawn = solve_asked(board, reliance_asked(board, pair, "baseline"), [Row("middle"), row])
    study = board.run.spec.model_copy(update={"assume": dict(row.study)})
    base = make_setting(study, board.run.world, board.run.ledger, options=board.options).baseline
    other = open_game_setting(study, options=Options(world="wiod2011"))
    assert np.array_equal(other.base.theta, base.theta)
    found = reliance(other, "USA", "CHN", by_sector=False)["cutoff"]["long"]["loss_pct"]
    for player in pair:
        lost = -drawn.of(RealIncome(player.economies))[1, drawn.cells.index("long")]
        assert lost == pytest.approx(found[player.name], abs=PERCENT)


def test_the_middle_of_a_bargain_is_nashs_gain(board, monkeypatch):
    kept = []
    solved = answers.solve_asked
    monkeypatch.setattr(answers, "solve_asked", lambda *given: kept.append(solved(*given)) or kept[-1])
    found = play_bargain(board, ["USA", "CHN"], by="uniform", draws=Draws(2))
    assert found["fragility"]["draws"] == found["verdict"]["draws"] == 2
    for side in ("USA", "CHN"):
        table = kept[0].of(RealIncome((side,)))[0]
        assert table[1] - table[0] == pytest.approx(found["nash"]["gain_pct"][side], abs=PERCENT)
    assert found["verdict"]["p_both"] == 1.0
    assert "no assumption was moved alone" in found["verdict"]["words"]


def _planted(gaps, ends=()):
    """Numbers of two sides under rows: what the first loses more than the second, in the short run."""
    rows = (Row("middle"), *(Row("draw") for _ in gaps[1:]), *(Row("end", *end[:3]) for end in ends))
    first = [-1.0 - gap for gap in (*gaps, *(end[3] for end in ends))]
    values = {
        TITLE.format("USA"): np.array([[x, 0.0] for x in first]),
        TITLE.format("CHN"): np.tile([-1.0, 0.0], (len(rows), 1)),
    }
    return Drawn(rows, ("short", "long"), values)


def test_who_loses_more_is_a_tie_where_draws_disagree():
    goals, names = (RealIncome(("USA",)), RealIncome(("CHN",))), ("USA", "CHN")
    sure = judge_reliance(_planted([0.2, 0.1, 0.3, 0.2]), goals, names, "short")
    assert (sure["loses_more"], sure["p_loses_more"], sure["tie"]) == ("USA", 1.0, False)
    tied = judge_reliance(_planted([0.1, 0.2, -0.3, 0.2, -0.1]), goals, names, "short")
    assert (tied["p_loses_more"], tied["tie"]) == (0.5, True)
    assert "a tie within the band" in tied["words"]
    ends = [("theta", 2.0, 1.0, -0.1)]
    flipped = judge_reliance(_planted([0.1, 0.2, 0.2], ends), goals, names, "short")
    assert flipped["flips"][0]["at"] == pytest.approx(1.5)
    assert "first changed by all trade elasticities at 1.50" in flipped["words"]
    failed = _planted([0.1, np.nan])
    assert judge_reliance(failed, goals, names, "short") is None


def test_a_bloc_is_a_hedge_by_what_it_adds_under_tariffs():
    goal = RealIncome(("CHN",))
    rows = (Row("middle"), Row("draw"), Row("draw"))
    table = np.array([[0.3, 0.1, 0.0, -0.3], [0.3, 0.1, 0.0, -0.3], [0.3, 0.1, 0.0, -0.1]])
    found = judge_hedge(Drawn(rows, ("a", "b", "c", "d"), {goal.title: table}), goal, "RCEP")
    assert found["p_hedge"] == 0.5
    assert found["hedge_pct"]["q50"] == pytest.approx(0.0)
    assert found["worth_under_pct"]["q50"] == pytest.approx(0.2)


def test_draws_are_written_and_read_back_for_their_own_board_only(tmp_path, monkeypatch, board):
    monkeypatch.setattr("detente.policy.strategy.fragility.embedded.FOLDER", tmp_path)
    own = open_game_setting()
    key = key_of("reliance", "USA", "CHN", "a test")
    drawn = _planted([0.1, 0.2])
    path = write_answer(drawn, own, key, tmp_path)
    assert path.name == "reliance-usa-chn-a_test.json"
    monkeypatch.setattr("detente.policy.strategy.fragility.embedded.is_there", lambda item: item.is_file())
    monkeypatch.setattr(
        "detente.policy.strategy.fragility.embedded.read_text", lambda item: item.read_text(encoding="utf-8")
    )
    read, stale = embedded_answer(own, key)
    assert stale == []
    assert all(np.array_equal(read.values[title], drawn.values[title]) for title in drawn.values)
    assert embedded_answer(board, key) is None
    assert embedded_answer(own, "another") is None


def test_a_verdict_without_draws_is_said_not_to_be_judged(board):
    found = reliance(board, "USA", "CHN", by_sector=False, draws=Draws(0))
    assert "verdicts" not in found
    console = Console(record=True, width=120)
    render_strategy(strategy_document(board, found, command="detente reliance USA CHN"), console)
    assert "not judged" in console.export_text().lower()
