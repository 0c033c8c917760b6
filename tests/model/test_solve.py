from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from detente.errors import ConvergenceError, InputError
from detente.model import Shock, raise_tariff, solve
from model.at_random import make_raw, random_baseline, random_shock

# Rounding of sums over some thousand cells.
ROUNDING = 1e-12
# Largest relative residual that counts as converged, and what two solves of one problem may differ by.
ACCEPTED = 1e-9


def uniform(base, points, importer=None):
    return Shock(tariff=raise_tariff(base, points, importer=importer or base.economies))


@pytest.mark.parametrize("factors", ["mobile", "fixed"])
@pytest.mark.parametrize("closure", ["fixed", "proportional"])
@pytest.mark.parametrize("world", ["toy", "wiod", "icio"])
def test_without_a_shock_every_hat_is_one(world, closure, factors, request):
    base = request.getfixturevalue(world)
    eq = solve(base, closure=closure, factors=factors)
    for hat in (eq.wage_hat, eq.price_hat, eq.real_income_hat, eq.cpi_hat):
        assert np.abs(hat - 1).max() < ROUNDING
    assert np.abs(eq.spending - base.spending).max() < ROUNDING * base.spending.max()
    assert np.abs(eq.flows - base.flows).max() < ROUNDING * base.flows.max()


@given(seed=st.integers(0, 200), shock_seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_random_worlds_and_shocks_are_audited_or_named(seed, shock_seed):
    base = random_baseline(seed, sectors=1 + seed % 4, economies=2 + seed % 5, zeros=0.2 * (seed % 2))
    eq = solve(base, random_shock(np.random.default_rng(shock_seed), base), throw=False)
    assert eq.status.startswith(("converged", "not converged", "infeasible: "))
    assert eq.converged == (eq.residual < ACCEPTED)
    if eq.converged:
        assert max(eq.audit().values()) == eq.residual
        income = eq.base.alpha * eq.income
        inputs = np.einsum("kjn,jn->kn", base.io, eq.output)
        assert np.allclose(eq.spending, inputs + income, rtol=1e-8)


def test_a_market_left_out_of_the_iteration_clears(icio):
    eq = solve(icio, uniform(icio, 0.1, "USA"))
    gap = eq.wage_hat * icio.value_added - (icio.va_share * eq.output).sum(axis=0)
    assert np.abs(gap / icio.value_added).max() < ACCEPTED
    imports, exports = eq.new.customs.sum(axis=(0, 2)), eq.new.customs.sum(axis=(0, 1))
    assert np.abs((imports - exports - icio.deficit) / eq.income).max() < ACCEPTED
    assert abs(eq.wage_hat @ icio.value_added / icio.value_added.sum() - 1) < ROUNDING


@pytest.mark.parametrize("scale", [1e-3, 7.0])
def test_the_unit_of_money_changes_nothing(toy, scale):
    money = ("spending", "output", "value_added", "deficit", "income", "revenue")
    other = dataclasses.replace(toy, **{name: getattr(toy, name) * scale for name in money})
    first, second = solve(toy, uniform(toy, 0.3, "E001")), solve(other, uniform(toy, 0.3, "E001"))
    assert np.allclose(first.real_income_hat, second.real_income_hat, rtol=ACCEPTED)
    assert np.allclose(first.spending * scale, second.spending, rtol=ACCEPTED)


@given(seed=st.integers(0, 500))
@settings(max_examples=10, deadline=None)
def test_a_shock_and_its_inverse_return(seed):
    base = random_baseline(seed)
    rng = np.random.default_rng(seed)
    tariff = base.tariff + rng.uniform(0, 0.5, base.tariff.shape) * (base.tariff > 0)
    there = solve(base, Shock(tariff=tariff), tolerance=1e-13)
    middle = there.as_baseline()
    assert middle.residual() < 1e-11
    back = solve(middle, Shock(tariff=base.tariff), tolerance=1e-13)
    assert np.abs(there.real_income_hat * back.real_income_hat - 1).max() < 1e-10


def test_one_large_step_is_two_small_ones(wiod):
    whole = solve(wiod, uniform(wiod, 0.4, "CHN"), tolerance=1e-13)
    half = solve(wiod, uniform(wiod, 0.2, "CHN"), tolerance=1e-13)
    rest = solve(half.as_baseline(), uniform(wiod, 0.4, "CHN"), tolerance=1e-13)
    assert np.abs(half.real_income_hat * rest.real_income_hat / whole.real_income_hat - 1).max() < 1e-11


def test_iteration_limit_is_not_an_answer(icio):
    shock = uniform(icio, 1.0, "USA")
    eq = solve(icio, shock, max_iterations=5, throw=False)
    assert (eq.status, eq.converged, eq.iterations) == ("not converged", False, 5)
    assert eq.residual > ACCEPTED
    with pytest.raises(ConvergenceError) as caught:
        solve(icio, shock, max_iterations=5)
    text = str(caught.value)
    assert "no equilibrium was found" in text
    assert "5 iterations" in text
    assert "not converged; largest relative residual" in text
    assert "1 in a billion" in text
    assert caught.value.exit_code == 3


def test_a_warm_start_finds_the_same_answer_sooner(icio):
    first = solve(icio, uniform(icio, 0.10, "USA"))
    cold, warm = solve(icio, uniform(icio, 0.11, "USA")), solve(icio, uniform(icio, 0.11, "USA"), start=first)
    assert warm.iterations < cold.iterations
    assert np.allclose(warm.real_income_hat, cold.real_income_hat, rtol=ACCEPTED)


def test_a_start_is_read_as_changes_against_its_own_baseline(wiod):
    """The same world in another currency: its equilibrium is the answer at once, although every level is another."""
    money = ("spending", "output", "value_added", "deficit", "income", "revenue")
    other = dataclasses.replace(wiod, **{name: 7.0 * getattr(wiod, name) for name in money})
    shock = uniform(wiod, 0.10, "USA")
    first, cold = solve(wiod, shock), solve(other, shock)
    warm = solve(other, shock, start=first)
    assert warm.iterations <= 2 < cold.iterations
    assert np.allclose(warm.real_income_hat, cold.real_income_hat, rtol=ACCEPTED)


def test_a_start_from_another_world_is_refused(icio, wiod):
    with pytest.raises(InputError, match="a start from another world"):
        solve(icio, start=solve(wiod))


def test_threads_change_nothing(wiod):
    with threadpool_limits(1):
        one = solve(wiod, uniform(wiod, 0.2, "USA")).real_income_hat
    with threadpool_limits(2):
        two = solve(wiod, uniform(wiod, 0.2, "USA")).real_income_hat
    assert np.array_equal(one, two)


def test_single_precision_is_not_kept(wiod):
    single = solve(wiod, Shock(tariff=raise_tariff(wiod, 0.25, importer="USA").astype(np.float32)))
    assert single.real_income_hat.dtype == np.float64


def test_a_labelled_shock_is_put_in_order(wiod):
    tariff = raise_tariff(wiod, 0.1, importer="USA", exporter="CHN")
    coords = {
        "sector": list(wiod.sectors),
        "importer": list(wiod.economies),
        "exporter": list(wiod.economies),
    }
    labelled = xr.DataArray(tariff, coords=coords, dims=list(coords))
    shuffled = labelled.transpose("exporter", "sector", "importer").isel(exporter=slice(None, None, -1))
    one, two = solve(wiod, Shock(tariff=tariff)), solve(wiod, Shock(tariff=shuffled))
    assert np.array_equal(one.real_income_hat, two.real_income_hat)
    with pytest.raises(InputError) as caught:
        solve(wiod, Shock(tariff=labelled.isel(exporter=slice(1, None))))
    assert "labels of tariff are not those of the world" in str(caught.value)
    assert "AUS" in str(caught.value)


@pytest.mark.parametrize("value", [-1.0, -2.0, np.nan])
def test_impossible_tariffs_are_refused(toy, value):
    tariff = np.array(toy.tariff)
    tariff[1, 2, 3] = value
    with pytest.raises(InputError) as caught:
        solve(toy, Shock(tariff=tariff))
    text = str(caught.value)
    assert "tariff out of range" in text
    assert "S01 from E003 in E002" in text
    assert str(value) in text
    assert "above -1, no NaN" in text


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("iceberg", 0.0, "iceberg out of range"),
        ("iceberg", -1.0, "give a positive factor"),
        ("export_tax", -1.0, "export_tax out of range"),
        ("prohibited", 1.5, "a prohibited share is not a share"),
        ("prohibited", np.nan, "prohibited out of range"),
    ],
)
def test_other_impossible_shocks_are_refused(toy, name, value, words):
    cube = np.ones(toy.pi.shape) * (0.5 if name == "prohibited" else 1.0)
    cube[0, 0, 1] = value
    with pytest.raises(InputError, match=words):
        solve(toy, Shock(**{name: cube}))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"closure": "open"}, "unknown closure"),
        ({"factors": "stuck"}, "unknown factor mobility"),
        ({"horizon": "soon"}, "unknown horizon"),
        ({"horizon": -1}, "unknown horizon"),
        ({"max_iterations": 0}, "unusable limits"),
        ({"tolerance": 0.0}, "unusable limits"),
    ],
)
def test_unknown_options_are_refused(toy, options, words):
    with pytest.raises(InputError, match=words):
        solve(toy, **options)


def test_wrong_shape_and_label_are_refused(toy):
    with pytest.raises(InputError, match="wrong shape of tariff"):
        solve(toy, Shock(tariff=np.zeros((2, 2, 2))))
    with pytest.raises(InputError, match="unknown economy"):
        raise_tariff(toy, 0.1, importer="ZZZ")


def test_data_that_are_no_equilibrium_become_one():
    rng = np.random.default_rng(3)
    pi = rng.dirichlet(np.ones(3), (2, 3))
    va, half = np.full((2, 3), 0.5), np.full((2, 3), 0.5)
    raw = make_raw(
        pi,
        np.zeros_like(pi),
        va,
        np.full((2, 2, 3), 0.25),
        half,
        np.array([3.0, 5.0]),
        np.ones(3),
        np.zeros(3),
    )
    assert raw.residual() > 0.01
    assert solve(raw, tolerance=1e-14).as_baseline().residual() < ROUNDING


def test_results_print_in_a_line(toy):
    shock = Shock(tariff=raise_tariff(toy, 0.1, importer="E001"))
    eq = solve(toy, shock)
    assert repr(eq).startswith("Equilibrium(converged, residual ")
    assert "4 x 3, closure fixed, factors mobile, horizon long" in repr(eq)
    assert repr(shock) == "Shock(tariff)"
    assert repr(Shock()) == "Shock(nothing)"
