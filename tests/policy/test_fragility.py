"""How sure verdicts are: against solves made one by one, planted payoffs with closed forms, and what is said of it."""

from __future__ import annotations

import numpy as np
import pytest

from detente.games import FiniteGame
from detente.games.threats import credible_weights
from detente.policy.results import Options
from detente.policy.strategy.actions import Cells, Matrix, goals_in, play_payoffs
from detente.policy.strategy.deals import play_deals
from detente.policy.strategy.fragility.drawn import Cell, Drawn, solve_rows
from detente.policy.strategy.fragility.embedded import FOLDER, embedded_draws
from detente.policy.strategy.fragility.rows import Row, rows_of
from detente.policy.strategy.fragility.verdicts import DrawnGame
from detente.policy.strategy.game_file import OffModel, load_game
from detente.policy.strategy.game_setting import open_game_setting
from detente.policy.strategy.known import cell_of
from detente.policy.studies.run import run_study
from policy.smaller import smaller_game

# Real income in percent: stacked solves against single ones.
PERCENT = 1e-6
# What two orders of the same sums may differ by.
SAME = 1e-12


@pytest.fixture(scope="module")
def board():
    return open_game_setting(options=Options(world="wiod2011"))


@pytest.fixture(scope="module")
def game():
    return smaller_game((0, 1), (0, 2))


@pytest.fixture(scope="module")
def drawn(board, game):
    cells, specs = Cells(board), [
        cell_of(game, mine, theirs, board.run.ledger)
        for mine in game.actions["USA"]
        for theirs in game.actions["CHN"]
    ]  # fmt: skip
    read = [Cell(item, *cells.read(item)) for item in specs]
    return solve_rows(board, read, rows_of(board, 2), goals_in(board, game, "real-income"))


def test_a_draw_is_a_run_of_the_study_with_the_same_assumptions(board, game, drawn):
    """The second method: `run` with the draw's elasticities and sizes as the study's own assumptions."""
    place = int(drawn.draws[1])
    row = drawn.rows[place]
    first = game.scenario(game.actions["USA"][1], game.actions["CHN"][0])
    study = board.run.spec.model_copy(
        update={"scenarios": (first,), "contrasts": (), "second_world": None, "assume": dict(row.study)}
    )
    options = Options(world="wiod2011", robustness=False, contributions=False)
    eq = run_study(study, options=options, ledger=board.run.ledger).scenarios[first.id].equilibrium
    for side, goal in zip(game.players, goals_in(board, game, "real-income"), strict=True):
        found = drawn.of(goal)[place, drawn.cells.index(first.id)]
        assert found == pytest.approx(float(eq.real_income_pct[side]), abs=PERCENT)


def test_the_middle_is_the_game_and_rows_move_it(board, game, drawn):
    goals = goals_in(board, game, "real-income")
    rows = {row["scenario"]: row for row in play_payoffs(board, game, draws=0)["payoffs"]}
    for k, name in enumerate(game.players):
        for c, cell in enumerate(drawn.cells):
            table = drawn.of(goals[k])
            assert table[0, c] == pytest.approx(rows[cell]["payoff"][name], abs=PERCENT)
            assert np.ptp(table[drawn.draws, c]) > PERCENT


def _planted(game, gains, others, ends=()):
    """A game of two actions each in which carrying the threat out gains its author `gains`, and costs the other `others`."""
    first, second = (tuple(item.id for item in game.actions[name]) for name in game.players)
    titles = ("log real income of USA", "log real income of CHN")
    rows = [Row("middle"), *(Row("draw") for _ in gains[1:]), *(Row("end", *end[:3]) for end in ends)]
    values = {title: np.zeros((len(rows), 4)) for title in titles}
    cells = tuple(f"{a}--{b}" for a in first for b in second)
    at = cells.index("hundred--resume-24")
    values[titles[0]][: len(gains), at] = gains
    values[titles[1]][: len(gains), at] = [-x for x in others]
    for k, end in enumerate(ends):
        values[titles[0]][len(gains) + k, at] = end[3]
        values[titles[1]][len(gains) + k, at] = -others[0]
    payoffs = np.stack([values[title][0].reshape(2, 2) for title in titles])
    return Drawn(tuple(rows), cells, values), FiniteGame(game.players, (first, second), payoffs)


def _matrix(board, game, table, drawn, goal="real-income"):
    goals = goals_in(board, game, goal)
    rows = [{"scenario": cell} for cell in drawn.cells]
    return Matrix(game, (None, None), goals, table, table, rows)


def test_shares_weights_and_worth_by_closed_forms(board, game):
    gains = (-1.0, -0.5, -1.5, 0.5, -2.0)
    others = (2.0, 2.0, 2.0, 2.0, -1.0)
    drawn, table = _planted(game, gains, others)
    found = DrawnGame(_matrix(board, game, table, drawn), drawn).threat(game.threats[0], 1000.0)
    assert found["draws"] == 4
    assert found["p_credible"] == 1 / 4
    assert found["no_weight"] == 1 / 4
    weights = [credible_weights(g, o)[0] for g, o in zip(gains[1:4], others[1:4], strict=True)]
    assert weights == [0.25, 0.75, 0.0]
    assert found["weight_needed"]["q50"] == pytest.approx(0.25, abs=SAME)
    assert found["worth_needed_pct"] == pytest.approx(1.0, abs=SAME)
    assert found["worth_needed_usd_bn"] == pytest.approx(10.0, abs=SAME)
    assert found["tie"] is True


def test_the_assumption_that_flips_first_is_the_one_with_the_shortest_way(board, game):
    ends = [
        ("slow", 3.0, 1.0, 1.0),
        ("fast", 2.0, 1.0, 3.0),
        ("never", 9.0, 1.0, -5.0),
        ("world", "dry", "", 0.5),
    ]
    drawn, table = _planted(game, (-1.0, -1.0), (2.0, 2.0), ends)
    flips = DrawnGame(_matrix(board, game, table, drawn), drawn).threat(game.threats[0], 1.0)["flips"]
    assert [row["assumption"] for row in flips] == ["fast", "slow", "world"]
    assert flips[0]["at"] == pytest.approx(1.25, abs=SAME)
    assert flips[1]["at"] == pytest.approx(2.0, abs=SAME)


def test_a_weight_known_to_a_range_is_drawn_over_it(board, game):
    count = 64
    drawn, table = _planted(game, (-1.0,) * (count + 1), (2.0,) * (count + 1))
    goal = ("USA=income - 0.25..1.25*rival",)
    found = DrawnGame(_matrix(board, game, table, drawn, goal), drawn).threat(game.threats[0], 1.0)
    # The weight that makes it credible is a half: three quarters of the range lie above.
    assert found["p_credible"] == pytest.approx(0.75, abs=1 / count)


def test_a_payoff_outside_the_model_is_drawn_from_its_range(board, game):
    drawn, table = _planted(game, (-1.0,) * 401, (2.0,) * 401)
    worth = OffModel(side="USA", pct=1.0, low=0.0, high=2.0, why="a test", source="a test")
    struck = game.actions["USA"][1].model_copy(update={"off_model": (worth,)})
    own = game.model_copy(
        update={"actions": {"USA": (game.actions["USA"][0], struck), "CHN": game.actions["CHN"]}}
    )
    found = DrawnGame(_matrix(board, own, table, drawn), drawn).threat(own.threats[0], 1.0)
    # Symmetric around what it costs: half the draws, give or take three standard errors.
    assert found["p_credible"] == pytest.approx(0.5, abs=3 * 0.5 / 20)


def test_a_game_solved_in_draws_says_how_sure_each_verdict_is(board, game):
    found = play_payoffs(board, game, draws=3)
    assert found["fragility"]["draws"] == 3
    item = found["credible"][0]["fragility"]
    assert item["draws"] == 3
    assert item["gain_pct"]["q05"] <= item["gain_pct"]["q50"] <= item["gain_pct"]["q95"]
    assert f"of {item['draws']} draws" in item["words"]
    for row in found["equilibria"]["fragility"]:
        assert row["actions"] in found["equilibria"]["pure"]
    assert "fragility" not in play_payoffs(board, game, draws=0)


def test_packages_solved_in_draws_are_close_to_their_elements_added_up(board, game):
    found = play_deals(board, game, draws=3)
    for row in found["rows"]:
        assert row["fragility"]["draws"] == 3
        for side, ends in row["fragility"]["gain_pct"].items():
            assert ends["q05"] <= ends["q95"]
            assert np.sign(ends["q50"]) == np.sign(row["gain_pct"][side])
    # Two suspensions of tariffs on each other's goods hardly move each other: a hundredth of a percent of income.
    assert 0 <= found["fragility"]["largest_gap_pct"] < 0.01


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.json")))
def test_draws_that_come_with_the_package_are_those_of_the_game(name):
    board, spec = open_game_setting(), load_game(name)
    drawn, head = embedded_draws(board, spec)
    cells, table = Cells(board), drawn.of(goals_in(board, spec, "real-income")[0])
    chosen = spec.scenario(spec.actions["USA"][1], spec.actions["CHN"][1])
    eq = cells.solve(chosen)
    if not head["stale_because"]:
        found = table[0, drawn.cells.index(chosen.id)]
        assert found == pytest.approx(float(eq.real_income_pct["USA"]), abs=PERCENT)
    assert len(drawn.draws) == head["draws"]


def test_no_draws_of_the_package_where_the_question_is_another_one(board, game):
    spec = load_game("kuala-lumpur")
    assert embedded_draws(board, spec) is None
    assert embedded_draws(open_game_setting(options=Options(horizon="short")), spec) is None
