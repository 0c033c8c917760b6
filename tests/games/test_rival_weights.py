"""Packages both sign by the weight on the other's gain: by hand, by counting one by one, at the ends."""

from __future__ import annotations

import numpy as np
import pytest

from detente.games.rival_weights import by_weight, largest_weights, signed

# A weight this far on either side of an end tells the two apart.
ASIDE = 1e-9


@pytest.mark.parametrize("seed", range(8))
def test_counts_are_those_of_going_through_the_packages_one_by_one(seed):
    rng = np.random.default_rng(seed)
    gains = rng.normal(0.3, 1.0, (40, 2))
    weights = tuple(rng.uniform(0, 1.5, 4))
    for weight, both, first, second in by_weight(gains, weights):
        wanted = [0, 0, 0]
        for mine, theirs in gains.tolist():
            for k, (w, v) in enumerate(((weight, weight), (weight, 0.0), (0.0, weight))):
                wanted[k] += mine > w * theirs and theirs > v * mine
        assert [both, first, second] == wanted


@pytest.mark.parametrize("seed", range(20))
def test_a_package_is_signed_up_to_its_largest_weight_and_not_beyond(seed):
    gain = np.random.default_rng(seed).uniform(0.01, 3.0, 2)
    both, first, second = largest_weights(gain.tolist())
    for end, pair in ((both, (1, 1)), (first, (1, 0)), (second, (0, 1))):
        for aside, wanted in ((-ASIDE, True), (ASIDE, False)):
            weights = tuple((end + aside) * k for k in pair)
            assert bool(signed(gain[None], weights)[0]) is wanted


def test_what_one_side_does_not_want_is_signed_at_no_weight_and_a_zero_sum_at_none_from_one():
    assert largest_weights((-1.0, 2.0)) == largest_weights((2.0, 0.0)) == (0.0, 0.0, 0.0)
    gains = np.random.default_rng(1).uniform(0.1, 1.0, (50, 2))
    assert by_weight(gains, (1.0,))[0][1] == 0
