"""Finite games against brute force and another library; threats and discount factors against hand-made answers."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import InputError
from detente.games import FiniteGame, Threat, finite_punishment, grim_trigger, judge

# A payoff table is compared to this; two libraries solve the same linear systems.
SAME = 1e-9


def game(first, second):
    first, second = np.asarray(first, float), np.asarray(second, float)
    names = tuple(f"r{k}" for k in range(first.shape[0])), tuple(f"c{k}" for k in range(first.shape[1]))
    return FiniteGame(("A", "B"), names, np.array([first, second]))


def random_game(seed, rows=3, columns=3):
    rng = np.random.default_rng(seed)
    return game(rng.normal(size=(rows, columns)), rng.normal(size=(rows, columns)))


def vector(game, player, mix):
    return np.array([mix.get(name, 0.0) for name in game.actions[player]])


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "columns"), [(1, 3), (2, 2), (3, 3), (4, 3), (4, 4)])
@pytest.mark.parametrize("seed", range(8))
def test_equilibria_are_those_of_another_library(seed, rows, columns):
    quantecon = pytest.importorskip("quantecon", reason="the oracle for finite games is not installed")
    table = random_game(seed, rows, columns)
    players = [quantecon.game_theory.Player(np.ascontiguousarray(table.own(k))) for k in (0, 1)]
    oracle = quantecon.game_theory.support_enumeration(quantecon.game_theory.NormalFormGame(players))
    ours = [(vector(table, 0, {r: 1.0}), vector(table, 1, {c: 1.0})) for r, c in table.pure_equilibria()] + [
        (vector(table, 0, p), vector(table, 1, q)) for p, q in table.mixed_equilibria()
    ]
    assert len(ours) == len(oracle)
    for p, q in oracle:
        assert min(max(np.abs(p - x).max(), np.abs(q - y).max()) for x, y in ours) < 1e-6


@given(seed=st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_pure_equilibria_and_sequential_play_by_brute_force(seed):
    table = random_game(seed, 4, 3)
    a, b = table.payoffs
    pure = {
        (table.actions[0][r], table.actions[1][c])
        for r, c in itertools.product(range(4), range(3))
        if a[r, c] == a[:, c].max() and b[r, c] == b[r].max()
    }
    assert set(table.pure_equilibria()) == pure
    replies = [int(np.argmax(b[r])) for r in range(4)]
    best = max(range(4), key=lambda r: a[r, replies[r]])
    assert table.sequential(0) == [(table.actions[0][best], table.actions[1][replies[best]])]


@given(seed=st.integers(0, 10_000), scale=st.floats(0.01, 100), shift=st.floats(-50, 50))
@settings(max_examples=20, deadline=None)
def test_equilibria_do_not_depend_on_the_units_of_payoffs(seed, scale, shift):
    table = random_game(seed)
    other = game(scale * table.payoffs[0] + shift, table.payoffs[1])
    assert table.pure_equilibria() == other.pure_equilibria()
    assert table.sequential(1) == other.sequential(1)
    assert len(table.mixed_equilibria()) == len(other.mixed_equilibria())


def test_matching_pennies_and_the_prisoners():
    pennies = game([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    assert pennies.pure_equilibria() == []
    ((p, q),) = pennies.mixed_equilibria()
    assert p == pytest.approx({"r0": 0.5, "r1": 0.5})
    assert q == pytest.approx({"c0": 0.5, "c1": 0.5})
    prisoners = game([[3, 0], [4, 1]], [[3, 4], [0, 1]])
    assert prisoners.pure_equilibria() == [("r1", "c1")]
    assert {(row["player"], row["action"], row["strictly"]) for row in prisoners.dominated()} == {
        ("A", "r0", "yes"),
        ("B", "c0", "yes"),
    }


def test_nothing_is_claimed_through_a_cell_that_failed():
    prisoners = game([[3, np.nan], [4, 1]], [[3, np.nan], [0, 1]])
    assert prisoners.failed == [("r0", "c1")]
    assert prisoners.pure_equilibria() == []
    assert prisoners.mixed_equilibria() == []
    assert prisoners.sequential(0) == []
    assert prisoners.dominated() == []
    assert prisoners.best_replies(0, "c1") == []
    assert judge(prisoners, Threat(0, "r1", "r0", "c1", "c0")).credible is None
    assert math.isnan(grim_trigger(1, 2, np.nan))
    assert math.isnan(finite_punishment(1, 2, np.nan, 3))


def test_a_cell_that_failed_elsewhere_leaves_an_equilibrium_standing():
    table = game([[3, 1, 0], [0, 0, np.nan]], [[3, 1, 0], [0, 0, np.nan]])
    assert table.pure_equilibria() == [("r0", "c0")]


def test_a_threat_is_credible_exactly_if_carrying_it_out_pays():
    refuse, strike = [[0.0, -1.0], [-0.5, -2.0]], [[2.0, 0.0], [-5.0, -4.0]]
    idle = judge(game(refuse, strike), Threat(0, "r1", "r0", "c0", "c1"))
    assert idle.credible is False
    assert idle.gain == pytest.approx(-0.5)
    assert idle.harm == pytest.approx(7.0)
    assert idle.rivalry == pytest.approx(0.5 / 7.0)
    assert idle.worth_yielding == pytest.approx(5.0)
    assert idle.answer == "c1"
    assert idle.gain_answered == pytest.approx(-2.0)
    real = judge(game([[0.0, -1.0], [0.5, -2.0]], strike), Threat(0, "r1", "r0", "c0", "c1"))
    assert real.credible is True
    assert real.rivalry == 0
    harmless = judge(game(refuse, [[2.0, 0.0], [3.0, 4.0]]), Threat(0, "r1", "r0", "c0", "c1"))
    assert harmless.rivalry == math.inf


def test_a_threat_of_the_column_player():
    table = game([[1.0, -3.0], [0.0, 0.0]], [[0.0, -1.0], [5.0, 5.0]])
    verdict = judge(table, Threat(1, "c1", "c0", "r0", "r1"))
    assert verdict.credible is False
    assert verdict.gain == pytest.approx(-1.0)
    assert verdict.harm == pytest.approx(4.0)


@given(
    agreed=st.floats(-1, 1), tempted=st.floats(0.01, 1), loss=st.floats(0.01, 3), periods=st.integers(1, 6)
)
@settings(max_examples=50, deadline=None)
def test_discount_factors_make_the_present_values_equal(agreed, tempted, loss, periods):
    deviating, punished = agreed + tempted, agreed - loss
    for_ever = grim_trigger(agreed, deviating, punished)
    stay = agreed / (1 - for_ever)
    leave = deviating + for_ever * punished / (1 - for_ever)
    assert stay == pytest.approx(leave, abs=1e-9 + 1e-9 * abs(stay))
    some = finite_punishment(agreed, deviating, punished, periods)
    if some <= 1:
        powers = some ** np.arange(1, periods + 1)
        assert agreed + agreed * powers.sum() == pytest.approx(deviating + punished * powers.sum(), abs=1e-9)
        assert some >= for_ever - 1e-12
    else:
        assert some == math.inf
        assert loss * periods <= tempted + 1e-12


def test_discount_factors_at_the_edges():
    assert grim_trigger(1, 1, 0) == 0
    assert grim_trigger(1, 2, 1) == math.inf
    assert finite_punishment(3, 4, 1, 1) == pytest.approx(0.5, abs=1e-12)
    assert finite_punishment(1, 2, 0.5, 1) == math.inf
    with pytest.raises(InputError, match="at least one period"):
        finite_punishment(1, 2, 0, 0)


def test_payoffs_that_do_not_fit_and_unknown_actions():
    with pytest.raises(InputError, match="do not fit"):
        FiniteGame(("A", "B"), (("x",), ("y",)), np.zeros((2, 2, 2)))
    with pytest.raises(InputError, match="no such action") as caught:
        random_game(1).at("r9", "c0")
    assert "r0, r1, r2" in caught.value.allowed
