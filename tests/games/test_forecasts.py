"""Scores of forecasts: planted worlds in which the forecaster knows the truth, ranks by hand, intervals by cases."""

from __future__ import annotations

import numpy as np
import pytest

from detente.games.forecasts import beaten, brier, gain_on, of_draws, promise_share, threat_share

# Standard errors that a mean of many draws may be off by.
ERRORS = 4.0


def test_a_forecaster_who_knows_the_truth_scores_what_cannot_be_known():
    """With outcomes drawn from the probabilities Brier's score is the mean of p (1 - p), and no other is better."""
    rng = np.random.default_rng(1)
    truth = rng.uniform(size=20_000)
    outcome = rng.uniform(size=truth.size) < truth
    error = np.std((truth - outcome) ** 2) / np.sqrt(truth.size)
    assert brier(truth, outcome) == pytest.approx(float(np.mean(truth * (1 - truth))), abs=ERRORS * error)
    for wrong in (np.full(truth.size, outcome.mean()), np.clip(truth + 0.1, 0, 1), 1 - truth):
        assert brier(truth, outcome) < brier(wrong, outcome)


def test_planted_threats_are_forecast_as_often_as_they_are_carried_out():
    """The truth is one draw and one reading of each side: the share over all of them is calibrated."""
    rng = np.random.default_rng(2)
    told, happened, unsure = [], [], []
    for _ in range(4_000):
        own = rng.normal(rng.normal(), 1.0, (6, 5))
        others = rng.normal(rng.normal(), 1.0, (6, 4))
        share, draws = threat_share(own, others)
        assert draws == 6
        d, mine, theirs = rng.integers(6), rng.integers(5), rng.integers(4)
        told.append(share)
        happened.append(bool(own[d, mine] >= 0 and others[d, theirs] > 0))
        unsure.append(share * (1 - share))
    error = np.std((np.array(told) - happened) ** 2) / np.sqrt(len(told))
    assert brier(told, happened) == pytest.approx(float(np.mean(unsure)), abs=ERRORS * error)
    base = [float(np.mean(happened))] * len(told)
    assert gain_on(told, base, happened, [str(k) for k in range(len(told))]).low > 0


def test_a_threat_needs_its_author_and_the_other_side():
    own, others = np.array([[1.0, -1.0], [1.0, 1.0]]), np.array([[1.0], [-1.0]])
    # First draw: half of the readings and borne; second: credible, but the other side yields.
    assert threat_share(own, others) == (0.25, 2)
    assert threat_share(own, np.array([[np.nan], [1.0]])) == (1.0, 1)
    assert promise_share(np.array([[-1e-9, 1.0]]), nothing=1e-7) == (1.0, 1)


def test_no_forecast_is_certain():
    assert of_draws(0.0, 64) == pytest.approx(1 / 66)
    assert of_draws(1.0, 64) == pytest.approx(65 / 66)


def test_the_interval_draws_cases_and_not_statements():
    """Ten statements of one case are one thing that happened: the interval is that of four cases."""
    case = ["a"] * 10 + ["b", "c", "d"]
    outcome = [True] * 10 + [True, False, False]
    told = [0.9] * 10 + [0.9, 0.9, 0.9]
    clustered = gain_on(told, [0.5] * 13, outcome, case)
    single = gain_on(told, [0.5] * 13, outcome, [str(k) for k in range(13)])
    assert clustered.gain == single.gain == pytest.approx((11 * 0.24 - 2 * 0.56) / 13)
    assert clustered.high - clustered.low > single.high - single.low
    few = gain_on(told[:3], [0.5] * 3, outcome[:3], case[:3])
    assert (few.low, few.high) == (None, None)


def test_ranks_agree_with_a_sort_by_hand():
    rng = np.random.default_rng(3)
    for _ in range(50):
        gains = np.vstack([np.zeros((1, 2)), rng.normal(size=(15, 2))])

        def key(k, gains=gains):
            a, b = gains[k]
            return (1, a * b) if min(a, b) > 0 else (0, min(a, b))

        for signed in range(16):
            below = sum(key(k) < key(signed) for k in range(16) if k != signed)
            assert beaten(gains, signed) == pytest.approx(below / 15)


def test_chance_is_one_half_and_failed_packages_are_left_out():
    gains = np.vstack([np.zeros((1, 2)), np.random.default_rng(4).normal(size=(31, 2))])
    assert np.mean([beaten(gains, k) for k in range(32)]) == pytest.approx(0.5)
    gains[5] = np.nan
    assert beaten(gains, 0) == pytest.approx(np.mean([gains[k].min() < 0 for k in range(1, 32) if k != 5]))
