"""Optimal and Nash tariffs against the formula of one-sector countries, symmetry, and other optimisers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq, minimize, minimize_scalar

from detente.errors import ConvergenceError, InputError
from detente.games import (
    Instruments,
    Player,
    RealIncome,
    Revenue,
    Seat,
    find_nash,
    is_nash,
    make_arena,
    make_instruments,
    optimal_tariffs,
    rivalry,
)
from detente.model import Saving, Shock, solve
from games.small import one_sector, symmetric
from model.at_random import random_baseline

# The root of the first-order condition against the formula, solves at 1e-13.
EXACT = 1e-8
# Tariffs found by two optimisers, or by two players in the same position: flat to second order around the optimum.
TARIFF = 1e-5
TIGHT = 1e-13


def seats_of(base, goal=RealIncome, **options):
    return [
        Seat(make_instruments(base, Player(name), **options), goal((name,))) for name in base.economies[:2]
    ]


@pytest.mark.parametrize(("theta", "home"), [(4.0, 0.8), (2.0, 0.6), (8.0, 0.9)])
def test_optimal_tariff_of_one_sector_countries_is_the_formula(theta, home):
    """t = 1 / (theta pi_ff), pi_ff the foreign country's home share at the new equilibrium: Gros (1987)."""
    base = symmetric(theta, home)
    first = base.economies[0]
    found = optimal_tariffs(base, first, bounds=(0, 5), tolerance=TIGHT)
    n = base.economies.index(first)

    def condition(level):
        tariff = np.array(base.tariff)
        tariff[0, n, 1 - n] = level
        eq = solve(base, Shock(tariff=tariff), tolerance=TIGHT)
        return RealIncome((first,)).in_tariffs(eq)[0, n, 1 - n], eq.pi[0, 1 - n, 1 - n]

    root = brentq(lambda t: condition(t)[0], 0.5 * found.levels[0], 1.5 * found.levels[0], xtol=1e-13)
    assert root == pytest.approx(1 / (theta * condition(root)[1]), abs=EXACT)
    assert found.levels[0] == pytest.approx(root, abs=TARIFF)
    assert len({round(item.levels[0], 4) for item in found.starts}) == 1


def test_optimal_tariff_of_a_small_country_tends_to_one_over_theta_not_zero():
    gaps = []
    for size in (1e-1, 1e-2, 1e-4):
        base = one_sector([0.5, 1 - 0.5 * size], 4.0, [size, 1.0])
        level = optimal_tariffs(base, base.economies[0], bounds=(0, 5), tolerance=TIGHT).levels[0]
        gaps.append(level - 0.25)
    assert gaps[0] > gaps[1] > gaps[2] > 0
    assert gaps[2] < 1e-4


def test_optimum_by_sector_and_partner_against_a_derivative_free_search():
    base = random_baseline(3)
    name = base.economies[0]
    own = make_instruments(base, Player(name), by="partner", bounds=(0, 5))
    found = optimal_tariffs(base, name, by="partner", bounds=(0, 5), starts=("free trade", "high"))
    arena = make_arena(base)

    def loss(levels):
        return -RealIncome((name,)).value(arena.solve(arena.set([own], [np.clip(levels, 0, 5)])))

    best = minimize(
        loss,
        np.full(len(own), 0.2),
        method="Nelder-Mead",
        options={"xatol": 1e-7, "fatol": 1e-13, "maxiter": 600},
    )
    assert -best.fun == pytest.approx(found.value, abs=1e-9)
    assert np.abs(best.x - found.levels).max() < 1e-3
    assert found.first_order < 1e-6
    assert found.value > found.value_before


def test_revenue_maximising_tariff_is_above_the_optimal_one():
    """Johnson (1951): the tariff of maximum revenue exceeds the optimum."""
    base = symmetric()
    name = base.economies[0]
    welfare = optimal_tariffs(base, name, bounds=(0, 5)).mean
    assert optimal_tariffs(base, name, bounds=(0, 5), goal=Revenue((name,))).mean > welfare


def test_a_rival_makes_tariffs_higher():
    base = symmetric()
    own, other = (RealIncome((name,)) for name in base.economies)
    levels = [
        optimal_tariffs(base, base.economies[0], bounds=(0, 5), goal=rivalry(own, other, weight)).mean
        for weight in (0.0, 0.2, 0.4)
    ]
    assert levels[0] < levels[1] < levels[2]


def test_symmetric_players_have_symmetric_nash_tariffs_and_lose_against_free_trade():
    """With a tariff abroad the share in t = 1 / (theta pi_ff) is that of the foreign country's spending before duties."""
    base = symmetric()
    arena = make_arena(base, tolerance=TIGHT)
    search = find_nash(arena, seats_of(base, bounds=(0, 5)), starts=("status quo", "high", "random:3"))
    assert len(search.candidates) == 1
    levels = np.concatenate(search.candidates[0].levels)
    assert np.ptp(levels) < TARIFF
    eq = arena.solve(arena.set([s.instruments for s in search.seats], search.candidates[0].levels))
    home_share = eq.flows[0, 1, 1] / eq.flows[0, 1].sum()
    assert levels[0] == pytest.approx(1 / (4.0 * home_share), abs=TARIFF)
    assert sum(search.candidates[0].values.values()) < 0
    assert is_nash(arena, search.seats, search.candidates[0].levels).is_nash
    assert [move.mover for move in search.path[:3]] == ["start", *base.economies]


def test_nash_is_a_fixed_point_of_best_responses_found_by_another_optimiser():
    base = random_baseline(5)
    arena = make_arena(base)
    seats = seats_of(base, by="sector", bounds=(0, 5))
    search = find_nash(arena, seats)
    levels = search.candidates[0].levels
    for k, seat in enumerate(seats):

        def loss(own, k=k, seat=seat):
            trial = [np.clip(own, 0, 5) if j == k else held for j, held in enumerate(levels)]
            return -seat.goal.value(arena.solve(arena.set([s.instruments for s in seats], trial)))

        best = minimize(loss, levels[k] + 0.05, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-13})
        assert -best.fun <= -loss(levels[k]) + 1e-9


def test_the_certificate_refuses_tariffs_that_are_no_equilibrium():
    base = symmetric()
    arena = make_arena(base)
    seats = seats_of(base, bounds=(0, 5))
    verdict = is_nash(arena, seats, [np.zeros(1), np.zeros(1)])
    assert not verdict.is_nash
    assert min(verdict.regret.values()) > 1e-3
    assert verdict.best[base.economies[0]].gain == verdict.regret[base.economies[0]]


def test_a_union_shares_one_tariff_and_trades_freely_inside():
    base = symmetric(count=3, home=0.7)
    union = Player("AB", base.economies[:2])
    own = make_instruments(base, union, by="partner")
    assert own.labels == (base.economies[2],)
    assert set(own.cells[1].tolist()) == {0, 1}
    found = optimal_tariffs(base, union, by="partner", bounds=(0, 5))
    assert (
        found.levels[0]
        > optimal_tariffs(base, base.economies[0], against=base.economies[2:], bounds=(0, 5)).levels[0]
    )


def test_fixed_instruments_stay():
    base = random_baseline(3)
    name, kept = base.economies[0], base.economies[1]
    found = optimal_tariffs(
        base, name, by="partner", fixed={kept: 0.4}, bounds=(0, 5), starts=("status quo",)
    )
    n, i = 0, base.economies.index(kept)
    assert kept not in found.instruments.labels
    traded = base.flows[:, n, i] > 0
    assert found.equilibrium.wedges().importer[traded, n, i] == pytest.approx(1.4)
    with pytest.raises(InputError, match="no such instrument to fix"):
        optimal_tariffs(base, name, by="partner", fixed=("ZZZ",))


def test_bounds_that_exclude_the_status_quo():
    base = symmetric(tariff=0.3)
    with pytest.raises(InputError) as caught:
        optimal_tariffs(base, base.economies[0], bounds=(0, 0.1))
    text = str(caught.value)
    assert "bounds that exclude the status quo" in text
    assert "all at 0.3" in text
    assert "0 to 0.1" in text
    assert "widen the bounds" in text


def test_a_player_without_instruments():
    base = symmetric()
    with pytest.raises(InputError) as caught:
        optimal_tariffs(base, base.economies[0], against=(base.economies[0],))
    assert "a player without instruments" in str(caught.value)
    assert caught.value.repair


def test_one_tariff_set_by_two_players():
    base = symmetric()
    seat = seats_of(base)[0]
    with pytest.raises(InputError, match="not a game of tariffs"):
        find_nash(make_arena(base), [seat, seat])
    with pytest.raises(InputError, match="not a game of tariffs"):
        find_nash(make_arena(base), [seat])


def test_unknown_words():
    base = symmetric()
    with pytest.raises(InputError, match="unknown start"):
        optimal_tariffs(base, base.economies[0], starts=("somewhere",))
    with pytest.raises(InputError, match="unusable instruments"):
        make_instruments(base, Player(base.economies[0]), by="weekday")
    with pytest.raises(InputError, match="unusable instruments"):
        make_instruments(base, Player(base.economies[0]), bounds=(2, 1))


def test_a_solve_that_fails_on_the_way_is_an_error_not_a_tariff():
    base = random_baseline(1)
    closed = np.broadcast_to(~np.eye(len(base.economies), dtype=bool), base.pi.shape).astype(float)
    with pytest.raises(ConvergenceError, match="no equilibrium") as caught:
        optimal_tariffs(base, base.economies[0], shock=Shock(prohibited=closed))
    assert "infeasible" in caught.value.found


def test_instruments_read_back_what_they_put():
    base = random_baseline(3)
    own: Instruments = make_instruments(base, Player(base.economies[1]), by="both")
    rng = np.random.default_rng(1)
    levels = rng.uniform(0, 1, len(own))
    tariff = np.array(base.tariff)
    own.put(tariff, levels)
    assert np.abs(own.read(tariff) - levels).max() < 1e-12
    cube = rng.normal(0, 1, tariff.shape)
    assert own.collect(cube) @ levels == pytest.approx(
        (cube * (tariff - base.tariff * (tariff == base.tariff)))[own.cells].sum()
    )


@pytest.mark.parametrize("saving", [Saving(), Saving(1.0)])
def test_an_optimal_tariff_where_deficits_follow_saving(saving):
    """Against a search over solves; tariff revenue on its own has no gradient there."""
    base = random_baseline(3, sectors=2, economies=3)
    options = {"closure": "saving", "saving": saving, "tolerance": TIGHT}
    found = optimal_tariffs(base, "E000", bounds=(0, 5), **options)

    def loss(level):
        tariff = np.array(base.tariff)
        tariff[:, 0, 1:] = level
        return -solve(base, Shock(tariff=tariff), **options).real_income_pct["E000"]

    best = minimize_scalar(loss, bounds=(0, 2), method="bounded", options={"xatol": 1e-8})
    assert found.levels[0] == pytest.approx(best.x, abs=TARIFF)
    with pytest.raises(InputError, match="tariffs only, closure fixed or zero"):
        Revenue(("E000",)).slope(solve(base, **options))
