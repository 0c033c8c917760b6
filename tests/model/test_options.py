"""Horizons, substitution between inputs, closures, the short run, and splitting an industry."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from detente.errors import InputError
from detente.model import (
    Limit,
    Shock,
    drawn_path,
    elasticity_ratio,
    horizon_source,
    path_band,
    raise_tariff,
    solve,
    split_sector,
    with_substitution,
    years_of,
)
from model.at_random import random_baseline

SAME = 1e-9


def test_horizons_follow_the_cited_values():
    source = horizon_source()
    assert (source["short_run"], source["long_run_low"], source["long_run_high"]) == (0.76, 1.75, 2.25)
    assert "10.1257/aer.20210225" in source["citation"]
    assert elasticity_ratio("short") == pytest.approx(0.76 / 2.0)
    assert elasticity_ratio("long") == elasticity_ratio(10) == 1.0
    years = [elasticity_ratio(year) for year in (0, 1, 2, 4, 6, 8, 9)]
    assert years == sorted(years)
    assert years[0] == years[1] == elasticity_ratio("short")
    assert elasticity_ratio(4.75) == pytest.approx(0.5 * (0.38 + 1))
    assert elasticity_ratio("3") == elasticity_ratio(3)


@pytest.mark.parametrize(
    ("horizon", "years"),
    [
        ("18 months", 1.5),
        ("1 month", 1 / 12),
        ("3 years", 3),
        (" 2.5 years ", 2.5),
        ("0", 0),
        ("12months", 1),
        (4.0, 4),
    ],
)
def test_a_horizon_in_months_or_years(wiod, horizon, years):
    assert years_of(horizon) == pytest.approx(years)
    assert elasticity_ratio(horizon) == elasticity_ratio(years)
    shock = Shock(tariff=raise_tariff(wiod, 0.2, importer="USA"))
    if years > 1:
        found = solve(wiod, shock, horizon=horizon).real_income_hat
        assert np.allclose(found, solve(wiod, shock, horizon=years).real_income_hat, atol=SAME)


@pytest.mark.parametrize("horizon", ["soon", "-1", "18 weeks", "1e", "months", "nan", "", "3 years 2", -0.5])
def test_a_horizon_there_is_none_of(horizon):
    with pytest.raises(InputError) as caught:
        elasticity_ratio(horizon)
    assert caught.value.what == "unknown horizon"
    assert "months" in caught.value.allowed


def test_the_path_holds_its_band_and_its_middle():
    """Nine of ten draws of the ratio at one year lie between the stated ends; the middle is the cited article's."""
    low, high = path_band()
    assert drawn_path(0.5).ratio(1) == pytest.approx(elasticity_ratio("short"))
    for place, end in ((0.05, low), (0.95, high)):
        assert drawn_path(place).ratio(1) == pytest.approx(end)
    u = (np.arange(4000) + 0.5) / 4000
    drawn = np.array([drawn_path(x).ratio(1) for x in u])
    assert (np.diff(drawn) >= 0).all()
    assert drawn.min() > 0
    assert drawn.max() <= 1
    assert ((drawn > low) & (drawn < high)).mean() == pytest.approx(0.9, abs=1e-3)
    # Either side is normal in logs: a quarter of the way to an end at the quantile where the normal has it.
    for end in (low, high):
        place = norm.cdf(0.25 * norm.ppf(0.95) * np.sign(end - drawn_path(0.5).one_year))
        share = np.log(drawn_path(place).one_year / 0.38) / np.log(end / 0.38)
        assert share == pytest.approx(0.25)


@given(st.floats(0.001, 0.999), st.floats(0, 12), st.floats(0, 12))
def test_a_path_rises_to_the_long_run(u, first, second):
    path = drawn_path(u)
    early, late = sorted((first, second))
    assert path.ratio(early) <= path.ratio(late) <= 1
    assert path.ratio(path.last) == 1


def test_a_horizon_is_the_same_as_smaller_elasticities(wiod):
    shock = Shock(tariff=raise_tariff(wiod, 0.2, importer="USA"))
    other = dataclasses.replace(wiod, theta=wiod.theta * elasticity_ratio(3))
    assert np.array_equal(solve(wiod, shock, horizon=3).real_income_hat, solve(other, shock).real_income_hat)
    assert solve(wiod, shock, horizon=3).terms.horizon == 3


@pytest.mark.parametrize("closure", ["fixed", "zero", "proportional", "saving"])
def test_closures(wiod, closure):
    eq = solve(wiod, Shock(tariff=raise_tariff(wiod, 0.3, importer="USA")), closure=closure)
    deficit = eq.income_parts["transfers"][1]
    assert abs(deficit.sum()) < SAME * wiod.value_added.sum()
    balance = eq.new.customs.sum(axis=(0, 2)) - eq.new.customs.sum(axis=(0, 1))
    assert np.allclose(balance, deficit, atol=1e-8 * wiod.value_added.sum())
    if closure == "zero":
        assert not deficit.any()
    if closure == "fixed":
        assert np.allclose(deficit, wiod.deficit)
    if closure == "proportional":
        before, after = wiod.deficit / wiod.value_added, deficit / (wiod.value_added * eq.wage_hat)
        # Every economy's ratio moves by the same amount: its part of what the world must share.
        assert np.ptp(after - before) < SAME


def test_the_short_run_pays_each_sector_its_own_factor_price(wiod):
    eq = solve(wiod, Shock(tariff=raise_tariff(wiod, 0.5, importer="USA", exporter="CHN")), factors="fixed")
    earned = wiod.va_share * wiod.output
    live = earned > 0
    new = wiod.va_share * eq.output
    assert np.allclose(eq.wage_hat[live] * earned[live], new[live], rtol=1e-8)
    assert np.ptp(eq.wage_hat[:, wiod.economies.index("USA")][live[:, wiod.economies.index("USA")]]) > 1e-3


def test_one_sector_has_no_short_run():
    base = random_baseline(3, sectors=1, economies=4)
    shock = Shock(tariff=base.tariff + 0.3 * (base.tariff > 0))
    mobile, fixed = solve(base, shock), solve(base, shock, factors="fixed")
    assert np.abs(mobile.real_income_hat - fixed.real_income_hat).max() < SAME


@pytest.mark.parametrize("factors", ["mobile", "fixed"])
def test_elasticity_one_between_inputs_is_cobb_douglas(wiod, factors):
    shock = Shock(tariff=raise_tariff(wiod, 0.5, importer="USA", exporter="CHN"))
    plain = solve(wiod, shock, factors=factors)
    nested = solve(
        with_substitution(wiod, dict.fromkeys(wiod.sectors, 1.0), source="test"), shock, factors=factors
    )
    assert np.abs(plain.real_income_hat - nested.real_income_hat).max() < SAME
    near = solve(
        with_substitution(wiod, dict.fromkeys(wiod.sectors, 1 + 1e-4), source="test"), shock, factors=factors
    )
    assert np.abs(plain.real_income_hat - near.real_income_hat).max() < 1e-5


@given(seed=st.integers(0, 300), sigma=st.sampled_from([0.0, 0.2, 0.9, 1.5, 4.0]))
@settings(max_examples=12, deadline=None)
def test_nested_inputs_are_audited_and_cost_shares_are_ces(seed, sigma):
    base = with_substitution(random_baseline(seed), {"S00": sigma, "S01": sigma}, source="test")
    eq = solve(base, Shock(tariff=base.tariff + 0.5 * (base.tariff > 0)), throw=False)
    assert eq.converged
    middle = eq.as_baseline()
    assert middle.residual() < 1e-8
    relative = eq.price_hat[0] / eq.price_hat[1]
    ratio = (middle.io[0, 0] / middle.io[1, 0]) / (base.io[0, 0] / base.io[1, 0])
    assert np.allclose(ratio, relative ** (1 - sigma), rtol=1e-8)


def test_a_critical_input_hurts_more_when_it_is_hard_to_replace(wiod):
    base = split_sector(
        wiod,
        "c12",
        "magnets",
        0.02,
        theta=1.0,
        use={"c14": 3, "c15": 2, "c13": 1},
        source="assumed for this test",
    )
    limits = tuple(Limit("magnets", name, "CHN", volume=0.1) for name in ("USA", "DEU", "JPN"))
    losses = []
    for sigma in (1.0, 0.5, 0.1):
        users = dict.fromkeys(("c13", "c14", "c15"), sigma)
        eq = solve(with_substitution(base, users, source="assumed for this test"), Shock(limits=limits))
        losses.append(eq.real_income_hat[base.economies.index("DEU")] - 1)
    assert 0 > losses[0] > losses[1] > losses[2]


def test_unusable_substitution_is_refused(wiod):
    for arguments, words in (
        ({"sigma": {"zz": 1.0}, "source": "x"}, "unusable substitution"),
        ({"sigma": {"c1": -1.0}, "source": "x"}, "unusable substitution"),
        ({"sigma": {"c1": 0.5}, "source": " "}, "substitution without a source"),
    ):
        with pytest.raises(InputError, match=words):
            with_substitution(wiod, **arguments)


@given(seed=st.integers(0, 300))
@settings(max_examples=15, deadline=None)
def test_a_split_keeps_every_flow_and_stays_an_equilibrium(seed):
    base = random_baseline(seed)
    rng = np.random.default_rng(seed)
    N = len(base.economies)
    part = rng.uniform(0, 0.05, (N, N))
    split = split_sector(
        base,
        "S01",
        "part",
        part,
        theta=2.0,
        use={"S00": 1.0, "S01": 0.5, "S02": 1.0, "final": 2.0},
        source="test",
    )
    assert split.sectors == ("S00", "S01", "part", "S02")
    assert split.residual() < 1e-13
    assert np.allclose(split.flows[1] + split.flows[2], base.flows[1])
    assert np.allclose(split.flows[2], base.flows[1] * part)
    assert split.theta[2] == 2.0
    assert solve(split).iterations == 1


def test_a_split_of_an_extended_baseline(toy):
    base = with_substitution(toy, {"S01": 0.4}, source="test")
    split = split_sector(base, "S01", "part", 0.1)
    assert split.sigma.tolist() == [1.0, 0.4, 0.4, 1.0]


def test_unusable_splits_are_refused(toy):
    for arguments, words in (
        (("S09", "part", 0.1), "unknown sector"),
        (("S01", "S02", 0.1), "unusable label"),
        (("S01", "part", 1.1), "unusable share"),
        (("S01", "part", np.zeros((2, 2))), "unusable share"),
    ):
        with pytest.raises(InputError, match=words):
            split_sector(toy, *arguments)
    with pytest.raises(InputError, match="uses of a part that its industry does not have"):
        split_sector(toy, "S01", "part", 0.9, use={"S00": 1.0})
