"""Rules without an economy in closed form, and fits of what is known."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from detente.policy.evidence.fitting import fit, losses
from detente.policy.evidence.predictions import ratio_of
from detente.policy.evidence.rules import ces_shares, duty_change

EXACT = 1e-12


def test_shares_add_up_after_as_before():
    rng = np.random.default_rng(1)
    share = rng.dirichlet(np.ones(5), size=3).T
    change = rng.normal(scale=0.2, size=(5, 3))
    new = share * np.exp(ces_shares(change, share, np.array([1.5, 4.0, 0.0])))
    assert new.sum(axis=0) == pytest.approx(np.ones(3), abs=EXACT)
    assert new[:, 2] == pytest.approx(share[:, 2], abs=EXACT)


def test_one_duty_on_all_changes_nothing():
    share = np.array([[0.2], [0.8]])
    assert ces_shares(np.full((2, 1), 0.3), share, 7.0) == pytest.approx(0.0, abs=EXACT)


def test_two_partners_in_closed_form():
    """x / (1 - x) moves by (1 + t) to minus the elasticity."""
    share, elasticity, duty = 0.3, 2.5, 0.25
    change = duty_change(np.zeros((2, 1)), np.array([[duty], [0.0]]))
    new = share * np.exp(ces_shares(change, np.array([[share], [1 - share]]), elasticity))[0, 0]
    assert new / (1 - new) == pytest.approx(share / (1 - share) * (1 + duty) ** -elasticity, rel=EXACT)


def made_case(truth, noise=0.0):
    """A case whose observations are a multiple of a known prediction, with noise."""
    rng = np.random.default_rng(3)
    shape = rng.normal(size=(6, 5))
    observed = truth * shape + noise * rng.normal(size=(6, 5))
    return SimpleNamespace(weight=np.ones((6, 5)), observed=observed), [shape * v for v in (0.1, 0.5, 1.0)]


EVERYONE = np.ones(6, dtype=bool)


def test_a_fit_finds_the_value_the_observations_were_made_with():
    case, predictions = made_case(0.63)
    found = fit([losses(case, (0.1, 0.5, 1.0), predictions, EVERYONE)])
    step = 0.9 / 399
    assert found.value == pytest.approx(0.63, abs=step)
    assert (found.low, found.high) == pytest.approx((0.63, 0.63), abs=step)
    assert not found.at_end


def test_a_value_beyond_the_grid_is_said_to_be_at_its_end():
    case, predictions = made_case(-0.4)
    assert fit([losses(case, (0.1, 0.5, 1.0), predictions, EVERYONE)]).at_end


def test_a_fit_without_some_partners_does_not_see_them():
    case, predictions = made_case(0.4)
    case.observed[0] = 50.0
    aside = np.arange(6) != 0
    assert fit([losses(case, (0.1, 0.5, 1.0), predictions, aside)]).value == pytest.approx(0.4, abs=0.003)


def test_noise_widens_the_band():
    bands = []
    for noise in (0.1, 0.6):
        case, predictions = made_case(0.5, noise)
        found = fit([losses(case, (0.1, 0.5, 1.0), predictions, EVERYONE)])
        bands.append(found.high - found.low)
    assert bands[0] < bands[1]


def test_horizons_in_words_and_years():
    assert ratio_of("year") == ratio_of("1") == pytest.approx(0.38, abs=EXACT)
    assert ratio_of("long") == 1.0
    assert ratio_of("fitted", 0.4) == 0.4
    assert ratio_of("quarter") == ratio_of("year")
