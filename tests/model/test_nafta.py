"""Caliendo and Parro (2015), Table 2: welfare effects of NAFTA's tariff cuts, from the article's own data."""

from __future__ import annotations

import numpy as np
import pytest

from detente.model import Shock, solve
from model.nafta import load_nafta

# Percentage points by which figures may differ between solver settings.
STABLE = 1e-8
# Published, percent: first-order welfare. Exact real income as in the specification of this model.
PUBLISHED = {"Mexico": 1.31, "Canada": -0.06, "USA": 0.08}
EXACT = {"Mexico": 0.0073, "Canada": -0.1101, "USA": 0.0741}
# Digits of an independent solver of the same article (R and C++, tolerance 1e-7).
INDEPENDENT = {"Mexico": 1.3121137, "Canada": -0.0638164, "USA": 0.0847532}


@pytest.fixture(scope="module")
def after(nafta):
    base, tariff = nafta
    return solve(base, Shock(tariff=tariff), closure="zero", tolerance=1e-13)


def test_published_welfare(after):
    welfare = after.welfare_pct("cp2015")
    for name, value in PUBLISHED.items():
        assert round(welfare[name], 2) == value
    for name, value in INDEPENDENT.items():
        assert welfare[name] == pytest.approx(value, abs=1e-6)


def test_exact_real_income_beside_it(after):
    for name, value in EXACT.items():
        assert round(after.real_income_pct[name], 4) == value


@pytest.mark.parametrize("tolerance", [1e-11, 1e-12])
def test_every_figure_is_stable_across_settings(after, tolerance):
    raw, tariff = load_nafta()
    base = solve(raw, closure="zero", tolerance=tolerance).as_baseline()
    warm = solve(base, closure="zero", tolerance=1e-6)
    for start in (None, warm):
        eq = solve(base, Shock(tariff=tariff), closure="zero", tolerance=tolerance, start=start)
        assert np.abs(eq.welfare_pct("cp2015") - after.welfare_pct("cp2015")).max() < STABLE
        assert np.abs(eq.real_income_pct - after.real_income_pct).max() < STABLE
    assert len(after.real_income_pct) == 31


def test_one_call_without_the_balanced_baseline_in_between(nafta, after):
    """The change from one equilibrium to another is the ratio of both to the raw data."""
    raw, tariff = load_nafta()
    before = solve(raw, closure="zero", tolerance=1e-13)
    both = solve(raw, Shock(tariff=tariff), closure="zero", tolerance=1e-13)
    ratio = 100 * (both.real_income_hat / before.real_income_hat - 1)
    assert np.abs(ratio - after.real_income_pct).max() < STABLE


def test_with_deficits_kept(nafta):
    """The independent solver's figures when deficits are kept: Mexico 1.1743, Canada -0.0405, USA 0.0850."""
    raw, tariff = load_nafta()
    base = solve(raw, tolerance=1e-13).as_baseline()
    eq = solve(base, Shock(tariff=tariff), tolerance=1e-13)
    found = eq.welfare_pct("cp2015")[["Mexico", "Canada", "USA"]]
    assert found.round(2).tolist() == [1.17, -0.04, 0.08]
