"""Answers known without solving, and transformations that must change nothing."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.model import Shock, raise_tariff, solve
from detente.model.split import split_sector
from model.at_random import make_raw, random_baseline, random_shock

# Two solves of the same problem in another layout.
SAME = 1e-9
# A solve at the tightest tolerance against a closed form.
EXACT = 1e-11
TIGHT = 1e-13


def one_sector(pi, theta, added=None, tariff=None):
    """One sector, labour only, balanced trade, solved once to be exact."""
    N = len(pi)
    ones = np.ones((1, N))
    tariff = np.zeros((1, N, N)) if tariff is None else tariff
    added = np.ones(N) if added is None else added
    raw = make_raw(pi[None], tariff, ones, np.zeros((1, 1, N)), ones, np.array([theta]), added, np.zeros(N))
    return solve(raw, tolerance=TIGHT).as_baseline()


@given(seed=st.integers(0, 1000), theta=st.floats(1.5, 12))
@settings(max_examples=15, deadline=None)
def test_gains_from_trade_of_arkolakis_costinot_rodriguez_clare(seed, theta):
    """Real income is `pi_nn ** (-1 / theta)` in one sector with iceberg costs only, whatever the shock."""
    rng = np.random.default_rng(seed)
    base = one_sector(rng.dirichlet(np.ones(4), 4) * 0.3 + 0.7 * np.eye(4), theta, rng.uniform(0.5, 5, 4))
    cost = np.exp(rng.normal(0, 0.3, (1, 4, 4)))
    cost[:, range(4), range(4)] = 1
    eq = solve(base, Shock(iceberg=cost), tolerance=TIGHT)
    home_hat = np.einsum("jnn->n", eq.pi) / np.einsum("jnn->n", base.pi)
    assert np.abs(eq.real_income_hat / home_hat ** (-1 / theta) - 1).max() < EXACT


@pytest.mark.parametrize("theta", [1.2, 4.0, 12.0])
def test_autarky_in_one_sector(theta):
    rng = np.random.default_rng(5)
    base = one_sector(rng.dirichlet(np.ones(3), 3), theta, rng.uniform(1, 3, 3))
    eq = solve(base, Shock(iceberg=np.where(np.eye(3) > 0, 1.0, np.inf)[None]), closure="zero")
    home = np.einsum("jnn->n", base.pi)
    assert np.abs(eq.real_income_hat / home ** (1 / theta) - 1).max() < EXACT


def test_autarky_with_many_sectors_and_inputs():
    """`log W = sum_j (alpha (I - G')^-1)_j log(pi_nn) / theta`: Costinot and Rodriguez-Clare (2014), section 3.4."""
    base = random_baseline(7, deficits=0.0)
    base = solve(
        base, Shock(tariff=np.zeros_like(base.tariff)), closure="zero", tolerance=TIGHT
    ).as_baseline()
    J, N = base.va_share.shape
    eq = solve(base, Shock(prohibited=1.0 - np.broadcast_to(np.eye(N), (J, N, N))), closure="zero")
    for n in range(N):
        log_home = np.log(base.pi[:, n, n]) / base.theta
        log_price = np.linalg.solve(np.eye(J) - base.io[:, :, n].T, -log_home)
        assert eq.real_income_hat[n] == pytest.approx(np.exp(-base.alpha[:, n] @ log_price), rel=1e-10)


@given(tariff=st.floats(-0.4, 3), theta=st.floats(1.2, 9), home=st.floats(0.3, 0.95), count=st.integers(2, 5))
@settings(max_examples=15, deadline=None)
def test_symmetric_world(tariff, theta, home, count):
    """Equal countries, one tariff on all: wages stay 1 and shares, prices and revenue follow from a single ratio."""
    pi = np.full((count, count), (1 - home) / (count - 1))
    np.fill_diagonal(pi, home)
    base = one_sector(pi, theta)
    eq = solve(base, Shock(tariff=tariff * (1 - np.eye(count))[None]), tolerance=TIGHT)
    foreign = (1 - home) * (1 + tariff) ** -theta
    price = (home + foreign) ** (-1 / theta)
    share = foreign / (home + foreign)
    income = 1 / (1 - share * tariff / (1 + tariff))
    assert np.abs(eq.wage_hat - 1).max() < EXACT
    assert np.abs(eq.real_income_hat - income / price).max() < EXACT


def test_nearly_no_and_nearly_perfect_substitution():
    base = one_sector(np.array([[0.8, 0.2], [0.3, 0.7]]), 1.0)
    shock = Shock(tariff=0.1 * (1 - np.eye(2))[None])
    rigid = solve(dataclasses.replace(base, theta=np.array([0.06])), shock, tolerance=TIGHT)
    loose = solve(dataclasses.replace(base, theta=np.array([60.0])), shock, tolerance=TIGHT)
    assert np.abs(rigid.pi - base.pi).max() < 0.01
    assert 1 - loose.pi[0, 0, 0] < 0.01
    assert (rigid.real_income_hat - 1).sum() > (loose.real_income_hat - 1).sum()


@pytest.mark.parametrize("seed", [1, 4])
def test_small_tariffs_follow_the_first_order_formula(seed):
    base = random_baseline(seed)
    errors = []
    for points in (2e-4, 1e-4):
        eq = solve(base, Shock(tariff=raise_tariff(base, points, importer="E000")), tolerance=TIGHT)
        errors.append(np.abs(eq.first_order.remainder).max())
    # Second order: half the shock leaves a quarter of the error.
    assert errors[1] < 1e-6
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.01)


@given(seed=st.integers(0, 300))
@settings(max_examples=10, deadline=None)
def test_relabelling_permutes(seed):
    base = random_baseline(seed)
    rng = np.random.default_rng(seed)
    j, n = rng.permutation(len(base.sectors)), rng.permutation(len(base.economies))
    cube, table = np.ix_(j, n, n), np.ix_(j, n)
    other = dataclasses.replace(
        base,
        sectors=tuple(base.sectors[x] for x in j),
        economies=tuple(base.economies[x] for x in n),
        pi=base.pi[cube],
        tariff=base.tariff[cube],
        io=base.io[np.ix_(j, j, n)],
        theta=base.theta[j],
        **{name: getattr(base, name)[table] for name in ("spending", "output", "va_share", "alpha")},
        **{name: getattr(base, name)[n] for name in ("value_added", "deficit", "income", "revenue")},
    )
    tariff = base.tariff + (base.tariff > 0) * 0.3
    one, two = solve(base, Shock(tariff=tariff)), solve(other, Shock(tariff=tariff[cube]))
    assert np.abs(one.real_income_hat[n] - two.real_income_hat).max() < SAME
    assert np.abs(one.price_hat[table] - two.price_hat).max() < SAME


def halve_economy(base, n):
    """Split an economy into identical halves that trade with each other as the whole does with itself."""
    N = len(base.economies)
    index = np.append(np.arange(N), n)
    half = np.where(index == n, 0.5, 1.0)
    pi = base.pi[:, index][:, :, index] * half
    return dataclasses.replace(
        base,
        economies=(*base.economies, "half"),
        pi=pi,
        tariff=base.tariff[:, index][:, :, index],
        io=base.io[:, :, index],
        invested=None if base.invested is None else base.invested[index],
        **{name: getattr(base, name)[:, index] for name in ("va_share", "alpha")},
        **{name: getattr(base, name)[:, index] * half for name in ("spending", "output")},
        **{
            name: getattr(base, name)[index] * half
            for name in ("value_added", "deficit", "income", "revenue")
        },
    )


@pytest.mark.parametrize("factors", ["mobile", "fixed"])
@given(seed=st.integers(0, 300))
@settings(max_examples=6, deadline=None)
def test_splitting_an_economy_into_equal_halves_changes_nothing(seed, factors):
    base = random_baseline(seed)
    split = halve_economy(base, 2)
    assert split.residual() < EXACT
    tariff = raise_tariff(base, 0.4, importer="E001")
    index = np.append(np.arange(4), 2)
    one = solve(base, Shock(tariff=tariff), factors=factors)
    two = solve(split, Shock(tariff=tariff[:, index][:, :, index]), factors=factors)
    assert np.abs(one.real_income_hat[index] - two.real_income_hat).max() < SAME


@given(seed=st.integers(0, 300), share=st.floats(0.01, 0.99))
@settings(max_examples=8, deadline=None)
def test_splitting_a_sector_at_its_own_elasticity_changes_nothing(seed, share):
    base = random_baseline(seed)
    split = split_sector(base, "S01", "part", share)
    one = solve(base, Shock(tariff=raise_tariff(base, 0.4, importer="E001")))
    two = solve(split, Shock(tariff=raise_tariff(split, 0.4, importer="E001")))
    assert np.abs(one.real_income_hat - two.real_income_hat).max() < SAME
    assert np.abs(one.output[1] - two.output[1:3].sum(axis=0)).max() < SAME * one.output.max()


def test_the_optimal_tariff_of_gros():
    """Two countries, one sector: t = 1 / (theta pi_ff) with pi_ff the other's home share at the optimum."""
    theta = 4.0
    base = one_sector(np.array([[0.7, 0.3], [0.1, 0.9]]), theta, np.array([1.0, 3.0]))
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = 0.5 * (low + high)
        tariff = np.array([[[0, middle], [0, 0]]])
        eq = solve(base, Shock(tariff=tariff), tolerance=TIGHT)
        slope = eq.gradient("E000").tariff[0, 0, 1]
        low, high = (middle, high) if slope > 0 else (low, middle)
    assert middle == pytest.approx(1 / (theta * eq.pi[0, 1, 1]), rel=1e-8)


@pytest.mark.parametrize("seed", range(3))
def test_cut_off_from_everyone_the_short_run_loses_more(seed):
    base = random_baseline(seed, deficits=0.0)
    base = dataclasses.replace(base, theta=np.full(len(base.sectors), 5.0))
    base = solve(
        base, Shock(tariff=np.zeros_like(base.tariff)), closure="zero", tolerance=TIGHT
    ).as_baseline()
    closed = np.zeros(base.pi.shape)
    closed[:, 0, 1:] = closed[:, 1:, 0] = 1
    long = solve(base, Shock(prohibited=closed), closure="zero")
    short = solve(base, Shock(prohibited=closed), closure="zero", factors="fixed")
    assert short.real_income_hat[0] <= long.real_income_hat[0] < 1


def test_random_shocks_leave_the_world_no_richer_without_distortions():
    """Free trade is efficient for the world: no tax or prohibition raises every income."""
    base = random_baseline(2, deficits=0.0)
    base = solve(
        base, Shock(tariff=np.zeros_like(base.tariff)), closure="zero", tolerance=TIGHT
    ).as_baseline()
    rng = np.random.default_rng(0)
    for _ in range(20):
        shock = random_shock(rng, base)
        if shock.iceberg is not None:
            continue
        eq = solve(base, shock, closure="zero", throw=False)
        if eq.converged:
            assert eq.real_income_hat.min() < 1 + SAME
