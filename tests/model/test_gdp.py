"""Real GDP: both sides agree, a gain of the terms of trade moves it by nothing, and it is no real income."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from detente.model import Limit, Shock, solve
from model.at_random import random_baseline

# Two sums of a hundred cells in double precision.
SAME = 1e-9
# A duty of a thousandth: second order is a thousandth of first order, times curvature of a few.
FIRST_ORDER = 0.02


def production(eq, prices):
    """GDP from the side of production, (N,): what is made less inputs, plus duties on what arrives, at old or new prices."""
    base, new = eq.base, eq.new
    factor = eq.effective_wedges[2]
    paid = factor * eq.cost_hat[:, None, :]
    final = (eq.final_shares * eq.income / eq.spending)[:, :, None]
    if prices == "new":
        made, inputs, duty = new.producers, new.paid * (1 - final), new.paid - new.customs
    else:
        made = new.producers / eq.cost_hat[:, None, :]
        inputs = new.paid * (1 - final) / paid
        duty = new.paid / paid * (1 - 1 / eq.wedges().importer_0)
    away = ~np.eye(len(base.economies), dtype=bool)[None]
    return made.sum(axis=(0, 1)) - inputs.sum(axis=(0, 2)) + (duty * away).sum(axis=(0, 2))


@pytest.mark.parametrize("seed", range(5))
def test_production_and_expenditure_agree_at_old_and_at_new_prices(seed):
    base = random_baseline(seed)
    rng = np.random.default_rng(seed)
    away = ~np.eye(len(base.economies), dtype=bool)[None]
    tariff = base.tariff + rng.uniform(0, 0.4, base.tariff.shape) * away
    eq = solve(base, Shock(tariff=tariff), tolerance=1e-13)
    assert eq.gdp.at_old_prices == pytest.approx(production(eq, "old"), rel=SAME)
    assert eq.gdp.after == pytest.approx(production(eq, "new"), rel=SAME)


def test_nothing_changes_without_a_shock():
    eq = solve(random_baseline(1), Shock())
    assert eq.real_gdp_pct.to_numpy() == pytest.approx(0, abs=1e-7)


def test_a_gain_of_the_terms_of_trade_moves_income_and_not_gdp():
    """Kehoe and Ruhl (2008): without wedges to begin with, GDP moves by second order only."""
    base = random_baseline(3)
    free = solve(base, Shock(tariff=np.zeros(base.tariff.shape)), tolerance=1e-13).as_baseline()
    tariff = np.zeros(base.tariff.shape)
    tariff[:, 0, 1:] = 1e-3
    eq = solve(free, Shock(tariff=tariff), tolerance=1e-14)
    income = float(eq.real_income_hat[0] - 1)
    assert income > 1e-5
    assert abs(float(eq.real_gdp_hat[0]) - 1) < FIRST_ORDER * income


def test_a_group_is_the_sum_of_its_members_and_the_world_makes_what_it_uses():
    base = random_baseline(2)
    tariff = base.tariff * 1.5
    eq = solve(base, Shock(tariff=tariff))
    alone = eq.group([base.economies[1]])["real_gdp_pct"]
    assert alone == pytest.approx(eq.real_gdp_pct[base.economies[1]])
    together = eq.group(list(base.economies))["real_gdp_pct"]
    assert eq.real_gdp_pct.min() <= together <= eq.real_gdp_pct.max()


def test_an_import_that_is_stopped_leaves_an_index():
    base = random_baseline(2)
    sector, (first, second) = base.sectors[0], base.economies[:2]
    stopped = Shock(limits=(Limit(sector, first, second, volume=0.0),))
    eq = solve(base, stopped)
    assert eq.converged
    assert np.isfinite(eq.real_gdp_hat).all()


def test_ten_points_on_all_goods_raise_income_and_lower_gdp():
    """
    The United States in the world of 2022: income gains at the border what output loses in wedges.

    Real income rises by the terms of trade; GDP falls since duties take resources from where they made most.
    """
    world = dt.load_world("icio2022")
    base = world.baseline()
    eq = solve(base, Shock(tariff=dt.raise_tariff(base, 0.10, importer="USA")))
    assert 0.1 < eq.real_income_pct["USA"] < 0.3
    assert -0.3 < eq.real_gdp_pct["USA"] < -0.05
