"""Bargaining solutions against closed forms, their axioms, and a tariff game."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from detente.errors import InputError
from detente.games import Player, RealIncome, bargain, make_arena, make_instruments
from detente.games.bargaining import BargainingTable, Point, _shortfall
from games.small import symmetric

# Solutions lie on the frontier to 1e-6 of the spread of payoffs; levels where payoffs are flat to second order.
FRONTIER = 1e-6
LEVEL = 1e-4


def circle(x):
    """Payoffs on the unit quarter circle, wasted by a second instrument away from 0."""
    a = np.pi / 2 * x[0]
    values = np.array([np.sin(a), np.cos(a)]) - x[1] ** 2
    slopes = np.array([[np.pi / 2 * np.cos(a), -2 * x[1]], [-np.pi / 2 * np.sin(a), -2 * x[1]]])
    return values, slopes


LOW, HIGH = np.zeros(2), np.ones(2)


def test_the_quarter_circle():
    found = bargain(circle, (0.0, 0.0), LOW, HIGH)
    for point in (found.nash, found.kalai_smorodinsky):
        assert point.payoffs == pytest.approx([np.sqrt(0.5)] * 2, abs=LEVEL)
        assert np.hypot(*point.payoffs) == pytest.approx(1, abs=FRONTIER)
    assert found.ideal == pytest.approx([1, 1], abs=1e-5)
    assert max(found.off_frontier.values()) < FRONTIER
    for point in found.frontier:
        assert np.hypot(*point.payoffs) == pytest.approx(1, abs=FRONTIER)


def test_a_solution_on_a_frontier_that_bends_inward_is_not_called_below_it():
    """No weighted sum is largest at Nash's solution, a third on the way along `v = (1 - u)**2`."""

    def inward(x):
        values = np.array([x[0], (1 - x[0]) ** 2]) - x[1] ** 2
        return values, np.array([[1.0, -2 * x[1]], [-2 * (1 - x[0]), -2 * x[1]]])

    found = bargain(inward, (0.0, 0.0), LOW, HIGH)
    assert found.nash.payoffs == pytest.approx([1 / 3, 4 / 9], abs=LEVEL)
    assert max(found.off_frontier.values()) < FRONTIER


def test_a_point_below_the_frontier_is_found_out():
    """The corner of no agreement lies a whole quarter circle below."""
    table = BargainingTable(circle, np.zeros(2), LOW, HIGH)
    values, _ = circle(np.array([0.5, 0.1]))
    short = _shortfall(table, Point(np.array([0.5, 0.1]), values, 0.5))
    assert short == pytest.approx(np.sqrt(1 - values[1] ** 2) - values[0], abs=LEVEL)


def test_the_two_solutions_differ_where_they_should():
    """Threat point (0, 0.5): Nash from its first-order condition, Kalai-Smorodinsky on the line to the ideal."""
    found = bargain(circle, (0.0, 0.5), LOW, HIGH)
    nash = brentq(lambda a: np.cos(a) / np.sin(a) - np.sin(a) / (np.cos(a) - 0.5), 0.2, 1.0)
    assert found.nash.payoffs == pytest.approx([np.sin(nash), np.cos(nash)], abs=LEVEL)
    ideal = np.array([np.sqrt(0.75), 1.0])
    share = (found.kalai_smorodinsky.payoffs - [0, 0.5]) / (ideal - [0, 0.5])
    assert np.ptp(share) < LEVEL
    assert np.hypot(*found.kalai_smorodinsky.payoffs) == pytest.approx(1, abs=FRONTIER)


@given(
    scale=st.tuples(st.floats(0.05, 20), st.floats(0.05, 20)),
    shift=st.tuples(st.floats(-5, 5), st.floats(-5, 5)),
)
@settings(max_examples=10, deadline=None)
def test_solutions_do_not_depend_on_the_units_of_payoffs(scale, shift):
    factor, move = np.array(scale), np.array(shift)

    def other(x):
        values, slopes = circle(x)
        return factor * values + move, factor[:, None] * slopes

    plain = bargain(circle, (0.1, 0.3), LOW, HIGH)
    moved = bargain(other, tuple(factor * [0.1, 0.3] + move), LOW, HIGH)
    for name in ("nash", "kalai_smorodinsky"):
        expected = factor * getattr(plain, name).payoffs + move
        assert getattr(moved, name).payoffs == pytest.approx(expected, abs=LEVEL * factor.max())


@pytest.mark.parametrize(("power", "expected"), [(0.0, [0, 1]), (1.0, [1, 0])])
def test_all_the_power_on_one_side(power, expected):
    found = bargain(circle, (0.0, 0.0), LOW, HIGH, power=power)
    assert found.nash.payoffs == pytest.approx(expected, abs=5e-3)


def test_nothing_to_agree_on():
    found = bargain(circle, (1.0, 1.0), LOW, HIGH)
    assert found.nash is None
    assert found.kalai_smorodinsky is None


def test_bad_input():
    with pytest.raises(InputError, match="bargaining power"):
        bargain(circle, (0, 0), LOW, HIGH, power=1.5)
    with pytest.raises(InputError, match="bounds out of order"):
        bargain(circle, (0, 0), HIGH, LOW)


def test_symmetric_countries_bargain_their_tariffs_away():
    """From tariffs above Nash's, equal power, equal countries: free trade, the maximum of the sum."""
    base = symmetric(tariff=0.6)
    arena = make_arena(base)
    own = [make_instruments(base, Player(name)) for name in base.economies]

    def payoffs(levels):
        eq = arena.solve(arena.set(own, [levels[:1], levels[1:]]))
        goals = [RealIncome((name,)) for name in base.economies]
        cubes = [goal.in_tariffs(eq) for goal in goals]
        values = np.array([100 * goal.value(eq) for goal in goals])
        return values, 100 * np.array([[item.collect(cube)[0] for item in own] for cube in cubes])

    threat, _ = payoffs(np.array([0.6, 0.6]))
    found = bargain(payoffs, tuple(threat), np.zeros(2), np.full(2, 0.6))
    for point in (found.nash, found.kalai_smorodinsky):
        assert np.abs(point.levels).max() < 1e-3
        assert (point.payoffs > threat).all()
        assert np.ptp(point.payoffs) < 1e-3
    assert max(found.off_frontier.values()) < FRONTIER
    sums = [point.payoffs.sum() for point in found.frontier]
    assert found.nash.payoffs.sum() >= max(sums) - 1e-5
