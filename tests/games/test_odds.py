"""How often verdicts stand over draws, by going through the cells one by one; values at which they flip, by closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from detente.games.odds import equilibrium_gain, flip_at, odds

# What two orders of the same sums may differ by.
SAME = 1e-12


@pytest.mark.parametrize("seed", range(6))
def test_the_share_of_draws_is_counted_one_by_one(seed):
    rng = np.random.default_rng(seed)
    gains = rng.normal(0.2, 1.0, 101)
    gains[rng.integers(0, 101, 5)] = np.nan
    found = odds(gains, 0.1)
    known = [x for x in gains.tolist() if x == x]  # noqa: PLR0124  (not a number is not itself)
    assert found.draws == len(known)
    assert found.share == sum(x >= -0.1 for x in known) / len(known)
    below, above = sorted(known)[:3], sorted(known)[-3:]
    assert found.tie == (found.low <= 0.1 and found.high >= -0.1)
    assert min(below) <= found.low <= found.middle <= found.high <= max(above)


@pytest.mark.parametrize(("low", "high", "tie"), [(0.5, 1.5, False), (-1.0, 1.0, True), (-2.0, -1.0, False)])
def test_a_tie_is_a_band_on_both_sides_of_nothing(low, high, tie):
    found = odds(np.linspace(low, high, 201))
    assert found.tie is tie
    assert (found.low, found.high) == pytest.approx(
        (low + 0.05 * (high - low), low + 0.95 * (high - low)), abs=SAME
    )


def test_no_draw_gives_no_odds():
    assert odds(np.array([np.nan, np.nan])) is None


@pytest.mark.parametrize("seed", range(6))
def test_leaving_a_pair_of_actions_costs_what_the_best_single_move_gains(seed):
    rng = np.random.default_rng(seed)
    payoffs = rng.normal(0, 1, (7, 2, 3, 4))
    for r in range(3):
        for c in range(4):
            found = equilibrium_gain(payoffs, r, c)
            for draw, table in enumerate(payoffs):
                losses = [table[0, r, c] - table[0, x, c] for x in range(3) if x != r]
                losses += [table[1, r, c] - table[1, r, y] for y in range(4) if y != c]
                assert found[draw] == pytest.approx(min(losses), abs=SAME)


@pytest.mark.parametrize("seed", range(20))
def test_a_line_flips_where_its_formula_says(seed):
    slope, root = np.random.default_rng(seed).uniform(0.5, 3.0, 2)
    middle, end = root - 0.3, root + 0.9

    def gain(x: float) -> float:
        return float(slope * (x - root))

    at, way = flip_at((middle, gain(middle)), [(end, gain(end)), (middle - 1, gain(middle - 1))])
    assert at == pytest.approx(root, abs=SAME)
    assert way == pytest.approx((root - middle) / (end - middle), abs=SAME)


def test_what_never_changes_the_sign_flips_nothing_and_the_nearest_of_two_counts():
    assert flip_at((1.0, 2.0), [(2.0, 0.1), (0.0, 5.0), (3.0, float("nan"))]) is None
    assert flip_at((1.0, 1.0), [(2.0, -1.0), (0.0, -3.0)]) == (0.75, 0.25)
