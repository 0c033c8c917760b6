"""The solver against a levels model written from other equations, and limits against enumeration of what binds."""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np
import pytest

from detente.model import Limit, Shock, solve
from model.at_random import random_baseline

# The root finder's own accuracy.
SAME = 1e-8
TIGHT = 1e-13


@pytest.mark.parametrize("size", [(2, 2), (3, 2), (2, 3), (3, 3)])
@pytest.mark.parametrize("seed", [0, 3])
def test_levels(three_solvers, seed, size):
    base = random_baseline(seed, sectors=size[0], economies=size[1])
    rng = np.random.default_rng(seed)
    tariff = base.tariff + rng.uniform(0, 0.5, base.tariff.shape)
    tariff[:, range(size[1]), range(size[1])] = 0
    truth = three_solvers.Levels(base, tariff).solve()
    eq = solve(base, Shock(tariff=tariff), tolerance=TIGHT)
    assert np.allclose(eq.real_income_hat, truth["real_income"], rtol=SAME)
    assert np.allclose(eq.wage_hat, truth["wage"], rtol=SAME)
    assert np.allclose(eq.spending, truth["spending"], rtol=SAME)


@pytest.mark.parametrize("seed", range(4))
def test_limits_bind_where_enumeration_says(three_solvers, seed):
    """Of all subsets of limits that may bind, exactly one has permit prices above 1 and slack elsewhere."""
    base = random_baseline(seed + 20, sectors=2, economies=3)
    rng = np.random.default_rng(seed)
    tariff = base.tariff + 0.1 * (base.tariff > 0)
    cells = [
        (j, n, i) for j in range(2) for n in range(3) for i in range(3) if n != i and base.pi[j, n, i] > 0
    ]
    chosen = [cells[k] for k in rng.choice(len(cells), 3, replace=False)]
    limits = tuple((*cell, float(rng.uniform(0.6, 1.1))) for cell in chosen)
    model = three_solvers.Levels(base, tariff, limits)
    consistent = []
    for binding in chain.from_iterable(combinations(range(3), size) for size in range(4)):
        found = model.solve(binding)
        prices = all(value >= 1 for value in found["permits"].values())
        slack = all(found["volumes"][cell[:3]] <= cell[3] * (1 + 1e-9) for cell in limits)
        if prices and slack:
            consistent.append((binding, found))
    assert len(consistent) == 1
    binding, truth = consistent[0]
    bounds = tuple(
        Limit(base.sectors[j], base.economies[n], base.economies[i], volume=v) for j, n, i, v in limits
    )
    eq = solve(base, Shock(tariff=tariff, limits=bounds), tolerance=TIGHT)
    assert np.allclose(eq.real_income_hat, truth["real_income"], rtol=SAME)
    for k, result in enumerate(eq.constraints):
        assert result.binding == (k in binding)
        assert result.multiplier == pytest.approx(truth["permits"].get(limits[k][:3], 1.0), rel=1e-7)
        assert result.volume_hat == pytest.approx(truth["volumes"][limits[k][:3]], rel=1e-7)


@pytest.mark.parametrize("bound", [0.2, 0.5])
def test_three_solvers_agree(three_solvers, bound):
    lines, gap = three_solvers.compare(bound)
    assert len(lines) == 4
    assert gap < SAME


def test_the_example_runs(three_solvers, capsys):
    assert three_solvers.main() == 0
    assert "largest difference between the three" in capsys.readouterr().out
