"""Nash in Nash: a supplier in closed form, three countries by brute force and as published, and terms that suit nobody."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

from detente.errors import InputError
from detente.games import Player, RealIncome, Total, make_arena, make_instruments
from detente.games.agreements import Agreements, largest_gain, nash_in_nash
from games.small import hub_and_two, one_sector

# Terms of a solution found to a gradient of 1e-8; points of a grid of terms.
CLOSE, GRID = 1e-4, 21


class Supplier:
    """A supplier of two firms with the demand 1 - q1 - q2; a term is twice the price of its input, 0 is no supply."""

    def values(self, terms):
        w = np.array([float(own[0]) / 2 for own in terms])
        on = w > 0
        q = np.zeros(2)
        if on.all():
            q = (1 - 2 * w + w[::-1]) / 3
        elif on.any():
            q[on] = (1 - w[on]) / 2
        return np.array([w @ q, *q**2])

    def slope(self, terms, pair, weights):
        step, ends = 1e-6, []
        for sign in (1, -1):
            moved = [own.copy() for own in terms]
            moved[pair] += sign * step
            found = self.values(moved)
            ends.append(weights[0] * found[0] + weights[1] * found[1 + pair])
        return np.array([(ends[0] - ends[1]) / (2 * step)])


def test_horn_and_wolinskys_supplier_charges_a_quarter():
    """
    With equal power the first-order condition of each pair, at equal prices, is 2 (1 - 2 w) / w = 4, so w = 1/4.

    The supplier's gain is w (1 - w) / 6 (the other firm then has the market at the same price), its derivative
    (1 - 2 w) / 3, and that of the log of a firm's profit -4 / (1 - w).
    """
    low, high = [np.zeros(1)] * 2, [np.ones(1)] * 2
    found = nash_in_nash(Supplier(), low, high)
    for item in found.agreements:
        assert item.signed
        assert float(item.terms[0]) / 2 == pytest.approx(0.25, abs=CLOSE)
        assert item.gains == pytest.approx((0.25 * 0.75 / 6, (0.75 / 3) ** 2), abs=CLOSE)
    assert largest_gain(Supplier(), found, low, high)[0] <= CLOSE


class Countries:
    """A hub and two partners of a small world; terms are cuts of the tariffs a pair charges each other."""

    def __init__(self, arena, hub, partners):
        self.arena, self.held = arena, arena.tariff
        self.goals = [RealIncome((name,)) for name in (hub, *partners)]
        self.pairs = [
            tuple(
                make_instruments(arena.base, Player(a), partners=(b,), by="uniform", sectors="all")
                for a, b in ((hub, other), (other, hub))
            )
            for other in partners
        ]

    def solve(self, terms):
        tariff = self.held.copy()
        for pair, cuts in zip(self.pairs, terms, strict=True):
            for own, cut in zip(pair, cuts, strict=True):
                tariff[own.cells] = self.held[own.cells] * (1 - cut)
        return self.arena.solve(tariff)

    def values(self, terms):
        eq = self.solve(terms)
        return np.array([goal.percent(eq) for goal in self.goals])

    def slope(self, terms, pair, weights):
        eq = self.solve(terms)
        goals = (self.goals[0], self.goals[1 + pair])
        both = Total(tuple((w, goal.in_percent(eq)) for w, goal in zip(weights, goals, strict=True)))
        cube = -self.held * both.in_tariffs(eq)
        return np.array([cube[own.cells].sum() for own in self.pairs[pair]])


@pytest.fixture(scope="module")
def countries():
    base = one_sector([0.75, 0.8, 0.7], 4.0, [3.0, 1.5, 1.0], tariff=0.4)
    return Countries(make_arena(base, tolerance=1e-13), base.economies[0], base.economies[1:])


@pytest.mark.parametrize("power", [0.5, 0.8])
def test_three_countries_by_brute_force(countries, power):
    """Each pair's cuts are the best of a fine grid, the other pair as agreed; and the slope is that of the values."""
    low, high = [np.zeros(2)] * 2, [np.ones(2)] * 2
    found = nash_in_nash(countries, low, high, power=power)
    terms = [item.terms for item in found.agreements]
    shares = np.linspace(0, 1, GRID)
    for pair in (0, 1):
        without = countries.values([np.zeros(2) if k == pair else own for k, own in enumerate(terms)])

        def product_of(own, pair=pair, without=without):
            there = countries.values([own if k == pair else held for k, held in enumerate(terms)]) - without
            gains = there[[0, 1 + pair]]
            if gains.min() <= 0:
                return -np.inf
            return float(power * np.log(gains[0]) + (1 - power) * np.log(gains[1]))

        held = product_of(terms[pair])
        grid = {own: product_of(np.array(own)) for own in product(shares, repeat=2)}
        best = max(grid, key=grid.get)
        assert grid[best] <= held + 1e-9
        assert np.abs(np.array(best) - terms[pair]).max() <= 1.5 / (GRID - 1)
    assert largest_gain(countries, found, low, high, power=power)[0] <= 1e-9
    slope = countries.slope(terms, 0, (1.0, 2.0))
    for k in (0, 1):
        ends = []
        for sign in (1, -1):
            moved = terms[0].copy()
            moved[k] -= 0.01
            moved[k] += sign * 1e-4
            there = countries.values([moved, terms[1]])
            ends.append(there[0] + 2 * there[1])
        beside = terms[0].copy()
        beside[k] -= 0.01
        assert (ends[0] - ends[1]) / 2e-4 == pytest.approx(
            countries.slope([beside, terms[1]], 0, (1.0, 2.0))[k], rel=1e-3
        )
    assert np.isfinite(slope).all()


def test_a_stronger_hub_gets_more(countries):
    low, high = [np.zeros(2)] * 2, [np.ones(2)] * 2
    weak, strong = (nash_in_nash(countries, low, high, power=power) for power in (0.2, 0.8))
    for one, other in zip(weak.agreements, strong.agreements, strict=True):
        assert other.gains[0] > one.gains[0]
        assert other.gains[1] < one.gains[1]


@pytest.mark.parametrize("tariff", [0.25, 0.5])
def test_agreements_cut_too_deep_as_bagwell_staiger_and_yurukoglu_prove(tariff):
    """
    Their three countries: each pair cuts at the expense of the country left out, so tariffs end too low for all three.

    All gain where all four tariffs rise in some proportion, none can be cut further to the gain of all, and each pair alone
    has nothing left to agree on: its two gradients point against each other. "Nash-in-Nash" tariff bargaining, Journal of
    International Economics 122 (2020).
    """
    base = hub_and_two(4.0, (0.35, 0.45, 0.4), (2.0, 1.0, 0.8), tariff)
    countries = Countries(make_arena(base, tolerance=1e-13), base.economies[0], base.economies[1:])
    low, high = [np.zeros(2)] * 2, [np.full(2, 1.9)] * 2
    found = nash_in_nash(countries, low, high)
    terms = [item.terms for item in found.agreements]
    assert all(item.signed for item in found.agreements)
    assert largest_gain(countries, found, low, high)[0] <= 1e-9
    assert (
        min(own.min() for own in terms) > 1
    )  # subsidies, and short of the bound: gains of both are first-order conditions
    assert max(own.max() for own in terms) < 1.9
    eq = countries.solve(terms)
    cubes = [-countries.held * goal.in_percent(eq).in_tariffs(eq) for goal in countries.goals]
    slopes = np.array([[cube[own.cells].sum() for pair in countries.pairs for own in pair] for cube in cubes])
    hub, partners = slopes[0].reshape(2, 2), (slopes[1, :2], slopes[2, 2:])
    for own, other in zip(hub, partners, strict=True):
        assert own @ other / np.linalg.norm(own) / np.linalg.norm(other) == pytest.approx(-1, abs=CLOSE)

    def least_gain(sign):
        """The most that the one who gains least can gain by moving all four cuts one way."""
        room = [(min(sign, 0), max(sign, 0))] * 4
        rows = np.c_[-slopes, np.ones(3)]
        return -linprog([0, 0, 0, 0, -1], rows, np.zeros(3), bounds=[*room, (None, None)]).fun

    assert least_gain(-1) > 0.1
    assert least_gain(1) == pytest.approx(0, abs=1e-9)


class Nothing(Supplier):
    """Whatever the second pair agrees, its partner loses by it."""

    def values(self, terms):
        return np.array(
            [
                float(terms[0].sum() + terms[1].sum()),
                float(1 - (terms[0] - 0.5) @ (terms[0] - 0.5)),
                -float(terms[1].sum()),
            ]
        )


def test_a_pair_that_cannot_both_gain_signs_nothing():
    low, high = [np.zeros(1)] * 2, [np.ones(1)] * 2
    found = nash_in_nash(Nothing(), low, high)
    assert isinstance(found, Agreements)
    assert [item.signed for item in found.agreements] == [True, False]
    assert found.agreements[1].terms.tolist() == [0.0]
    assert largest_gain(Nothing(), found, low, high)[0] <= CLOSE


@pytest.mark.parametrize("power", [0.0, 1.0, -1.0, float("nan")])
def test_a_power_that_is_no_share(power):
    with pytest.raises(InputError, match="a bargaining power is a share"):
        nash_in_nash(Supplier(), [np.zeros(1)] * 2, [np.ones(1)] * 2, power=power)
