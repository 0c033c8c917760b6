from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from detente.errors import InputError
from detente.model import (
    Labour,
    Limit,
    Objective,
    Saving,
    Shock,
    Target,
    raise_tariff,
    solve,
    with_substitution,
)
from detente.model.adjoint import gradients
from model.at_random import random_baseline

# Derivatives against Richardson differences of tight solves, relative to the largest component.
SAME = 1e-6
# The transposed systems are solved to a residual of 1e-9; solutions differ by some ten times that.
SAME_SYSTEM = 1e-7
TIGHT = 1e-13


def richardson(function, step=2e-3):
    """Central differences at two steps, error of fourth order."""

    def central(h):
        return (function(h) - function(-h)) / (2 * h)

    return (4 * central(step / 2) - central(step)) / 3


def log_income(eq, weights):
    where = [eq.base.economies.index(name) for name in weights]
    return float(np.log(eq.real_income_hat[where]) @ list(weights.values()))


def test_twenty_tariffs_of_the_embedded_world(wiod):
    tariff = raise_tariff(wiod, 0.1, importer="USA")
    eq = solve(wiod, Shock(tariff=tariff), tolerance=TIGHT)
    slope = eq.gradient("USA").tariff
    rng = np.random.default_rng(4)
    largest = np.argsort(-np.abs(slope), axis=None)[:200]
    for flat in rng.choice(largest, 20, replace=False):
        cell = np.unravel_index(flat, tariff.shape)

        def value(h, cell=cell):
            moved = tariff.copy()
            moved[cell] += h
            return log_income(solve(wiod, Shock(tariff=moved), tolerance=TIGHT, start=eq), {"USA": 1.0})

        assert abs(richardson(value) - slope[cell]) < SAME * np.abs(slope).max()


CASES = {
    "plain": {},
    "zero": {"closure": "zero"},
    "proportional": {"closure": "proportional"},
    "short run": {"factors": "fixed"},
    "soon": {"horizon": "short"},
    "elastic labour": {"labour": "elastic"},
    "elastic labour, short run": {"labour": "elastic", "factors": "fixed"},
    "sticky wages": {"labour": Labour("sticky", floor=1.0)},
    "sticky wages, short run": {"labour": Labour("sticky", floor=1.0), "factors": "fixed"},
    "saving": {"closure": "saving", "saving": Saving(0.7)},
    "saving, short run": {
        "closure": "saving",
        "saving": Saving(1.5),
        "factors": "fixed",
        "labour": "elastic",
    },
    "nest": {},
    "nest, saving": {"closure": "saving", "saving": Saving(0.7)},
    "bounds": {},
    "bounds, short run": {"factors": "fixed"},
    "bounds, saving": {"closure": "saving", "saving": Saving(0.7)},
}


def check_side_by_side(eq, weights):
    """Several objectives at once, and from solutions close by, are what each is alone."""
    goals = [weights, "E001", {"E003": 2.0}]
    alone = [eq.gradient(goal) for goal in goals]
    tariff = eq.wedges().importer - 1
    close = dataclasses.replace(eq.shock, tariff=np.where(tariff > 0, 1.001 * tariff, tariff))
    beside = gradients(solve(eq.base, close, start=eq, **vars(eq.terms)), goals)
    for found in (gradients(eq, goals), gradients(eq, goals, near=beside)):
        for one, same in zip(found, alone, strict=True):
            for name in ("tariff", "export_tax", "iceberg", "theta"):
                exact = getattr(same, name)
                assert np.abs(getattr(one, name) - exact).max() < SAME_SYSTEM * np.abs(exact).max()


@pytest.mark.parametrize("case", CASES)
def test_every_instrument_under_every_option(case):
    """Tariffs, export taxes, delivery costs, and elasticities, whatever the closure, horizon, nest or binding bounds."""
    base = random_baseline(9, sectors=4, economies=4)
    if case.startswith("nest"):
        base = with_substitution(base, {"S00": 0.3, "S02": 2.5}, source="test")
    limits = targets = ()
    if case.startswith("bounds"):
        limits = (
            Limit("S01", "E001", "E000", volume=0.1),
            Limit("S00", "E002", "E003", volume=0.3, rent_to="importer"),
        )
        targets = (Target(("S00", "S01"), "E000", "E002", volume=1.6),)
    rng = np.random.default_rng(1)
    foreign = ~np.eye(4, dtype=bool) & (base.pi > 0)
    levels = {
        "tariff": base.tariff + 0.1 * foreign,
        "export_tax": rng.uniform(0, 0.2, base.pi.shape) * foreign,
        "iceberg": np.exp(rng.uniform(0, 0.2, base.pi.shape) * foreign),
    }
    weights = {"E000": 1.0, "E002": -0.5}

    def run(start=None, theta=None, **changed):
        chosen = base if theta is None else dataclasses.replace(base, theta=theta)
        shock = Shock(**(levels | changed), limits=limits, targets=targets)
        return solve(chosen, shock, tolerance=TIGHT, start=start, **CASES[case])

    eq = run()
    assert all(result.binding for result in eq.constraints)
    slope = eq.gradient(weights)
    cells = [tuple(cell) for cell in rng.permutation(np.argwhere(foreign))[:4]]
    for name, level in levels.items():
        exact = getattr(slope, name)
        for cell in cells:

            def value(h, name=name, level=level, cell=cell):
                moved = level.copy()
                moved[cell] = moved[cell] * np.exp(h) if name == "iceberg" else moved[cell] + h
                return log_income(run(eq, **{name: moved}), weights)

            assert abs(richardson(value) - exact[cell]) < SAME * np.abs(exact).max()
    check_side_by_side(eq, weights)
    if case == "soon":
        return
    for j in range(4):

        def value(h, j=j):
            theta = base.theta.copy()
            theta[j] += h
            return log_income(run(theta=theta), weights)

        assert abs(richardson(value, 1e-2) - slope.theta[j]) < SAME * np.abs(slope.theta).max()


def test_an_objective_of_ones_own(toy):
    """Any function of income, prices, wages and spending: here the log wage of one and the log spending of another."""
    shock = Shock(tariff=raise_tariff(toy, 0.2, importer="E001"))
    eq = solve(toy, shock, tolerance=TIGHT)
    wage, spending = np.zeros(4), np.zeros(toy.spending.shape)
    wage[2], spending[1, 3] = 1.0, 2.0
    goal = Objective(income=np.zeros(4), price=np.zeros_like(spending), wage=wage, spending=spending)
    slope = eq.gradient(goal).tariff
    cell = (0, 1, 0)

    def value(h):
        moved = np.array(shock.tariff)
        moved[cell] += h
        new = solve(toy, Shock(tariff=moved), tolerance=TIGHT, start=eq)
        return np.log(new.wage_hat[2]) + 2 * np.log(new.spending[1, 3])

    assert abs(richardson(value) - slope[cell]) < SAME * np.abs(slope).max()


def test_small_tariffs_by_derivative(toy):
    """The gradient at the baseline is the first-order welfare formula, seen from the other side."""
    slope = solve(toy).gradient("E000").tariff
    step = 1e-6 * (toy.tariff > 0)
    eq = solve(toy, Shock(tariff=toy.tariff + step), tolerance=1e-14)
    assert (slope * step).sum() == pytest.approx(np.log(eq.real_income_hat[0]), rel=1e-4)


def test_the_largest_cells_are_listed(wiod):
    table = solve(wiod).gradient("USA").largest(3)
    assert list(table.columns) == ["sector", "importer", "exporter", "derivative"]
    assert table["derivative"].abs().is_monotonic_decreasing
    assert set(table["importer"]) | set(table["exporter"]) >= {"USA"}


def test_no_derivative_without_an_equilibrium(toy):
    eq = solve(toy, Shock(tariff=raise_tariff(toy, 5.0, importer="E001")), max_iterations=2, throw=False)
    with pytest.raises(InputError, match="no derivative without an equilibrium"):
        eq.gradient("E000")
    with pytest.raises(InputError, match="unknown economy"):
        solve(toy).gradient("ZZZ")


def test_first_order_uncertainty_is_that_of_a_sample(toy):
    """Errors of two per cent in every elasticity: the spread of a log real income over draws, to first order."""
    shock = Shock(tariff=raise_tariff(toy, 0.5, importer="E001"))
    deviation = 0.02 * toy.theta
    expected = solve(toy, shock).gradient("E001").spread(deviation)
    rng = np.random.default_rng(0)
    draws = [
        log_income(
            solve(dataclasses.replace(toy, theta=toy.theta + deviation * rng.standard_normal(3)), shock),
            {"E001": 1.0},
        )
        for _ in range(150)
    ]
    # Standard error of a standard deviation over 150 draws: 6 %.
    assert np.std(draws) == pytest.approx(expected, rel=0.18)
