from __future__ import annotations

import numpy as np
import pytest

from detente.errors import ConvergenceError
from detente.model import Limit, Shock, raise_tariff, solve, solve_many
from model.at_random import random_baseline, random_shock

# One by one or side by side.
SAME = 1e-9


def scenarios(base, count, seed=0):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        exporter = str(rng.choice(base.economies))
        importer = str(rng.choice(base.economies))
        yield Shock(tariff=raise_tariff(base, rng.uniform(-0.02, 1), importer=importer, exporter=exporter))


@pytest.mark.parametrize(
    "options",
    [{}, {"closure": "zero"}, {"closure": "proportional"}, {"closure": "saving"}, {"factors": "fixed"}],
)
def test_side_by_side_is_one_by_one(wiod, options):
    shocks = list(scenarios(wiod, 40))
    together = solve_many(wiod, shocks, **options)
    for shock, eq in zip(shocks, together, strict=True):
        alone = solve(wiod, shock, **options)
        assert eq.converged
        assert np.abs(eq.real_income_hat - alone.real_income_hat).max() < SAME
        assert eq.residual < SAME


def test_every_kind_of_shock_keeps_its_place():
    base = random_baseline(5, sectors=4, economies=5)
    rng = np.random.default_rng(2)
    shocks = [random_shock(rng, base) for _ in range(60)]
    together = solve_many(base, shocks, throw=False)
    for shock, eq in zip(shocks, together, strict=True):
        assert eq.shock is shock
        alone = solve(base, shock, throw=False)
        if eq.converged and alone.converged:
            assert np.abs(eq.real_income_hat / alone.real_income_hat - 1).max() < 1e-7
        else:
            assert eq.status == alone.status


def test_home_taxes_export_taxes_and_untraded_sectors():
    base = next(b for b in map(random_baseline, range(20)) if np.allclose(b.pi[-1], np.eye(4)))
    tariff = np.array(base.tariff)
    tariff[-1, 1, 1] = 0.2
    tax = np.zeros(base.pi.shape)
    tax[0, 2, 1] = 0.3
    shocks = [Shock(tariff=tariff), Shock(export_tax=tax), Shock()]
    for shock, eq in zip(shocks, solve_many(base, shocks), strict=True):
        assert np.abs(eq.real_income_hat - solve(base, shock).real_income_hat).max() < SAME


def test_a_generator_is_reduced_as_it_goes(wiod):
    seen = []

    def watched():
        for number, shock in enumerate(scenarios(wiod, 50)):
            seen.append(number)
            yield shock

    def reduce(eq):
        return len(seen), float(eq.real_income_pct["CHN"])

    results = solve_many(wiod, watched(), reduce=reduce)
    assert len(results) == 50
    # The first scenarios were finished before the last shocks were asked for.
    assert results[0][0] < 50


def test_a_failure_is_raised_or_returned(wiod):
    impossible = Shock(limits=(Limit("c14", "USA", "CHN", volume=0.0),), prohibited=np.ones(wiod.pi.shape))
    with pytest.raises(ConvergenceError, match="no equilibrium was found"):
        solve_many(wiod, [Shock(), impossible])
    statuses = [eq.status for eq in solve_many(wiod, [Shock(), impossible], throw=False)]
    assert statuses[0] == "converged"
    assert statuses[1].startswith("infeasible: nobody may supply")


def test_no_scenarios(wiod):
    assert solve_many(wiod, []) == []
