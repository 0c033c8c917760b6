from __future__ import annotations

import dataclasses
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import ConvergenceError, InputError
from detente.model import Limit, Shock, Target, raise_tariff, solve
from model.at_random import random_baseline

# A bound is met to this, relative; money adds up to this, relative to world income.
MET = 1e-9


def assert_accounts(eq):
    """Spending is producers' revenue plus every tax, rent and subsidy, cell by cell; incomes add up."""
    wedges = eq.wedges()
    importer, exporter = wedges.importer, np.broadcast_to(wedges.exporter, wedges.importer.shape)
    rent_out, rent_in, subsidy = np.ones((3, *importer.shape))
    for bound, x in zip(eq.bounds, eq.answer.multipliers, strict=True):
        if bound.constraint.kind == "target":
            subsidy[bound.cells] *= np.exp(x)
        elif bound.constraint.rent_to == "exporter":
            rent_out[bound.cells] *= np.exp(x)
        else:
            rent_in[bound.cells] *= np.exp(x)
    producers = eq.new.producers
    taxed = producers * exporter
    export_tax = producers * (exporter - 1)
    rent_exporter = taxed * (rent_out - 1)
    border = taxed * rent_out
    rent_importer = border * (rent_in - 1)
    customs = border * rent_in
    tariff = (importer - 1) * customs
    paid_subsidy = customs * importer * (1 - subsidy)
    total = producers + export_tax + rent_exporter + rent_importer + tariff - paid_subsidy
    scale = eq.base.income.sum()
    assert np.abs(total - eq.new.paid).max() < MET * scale
    income = (
        (eq.wage_hat * eq.base.value_added if eq.wage_hat.ndim == 1 else eq.income_parts["factors"][1])
        + (tariff + rent_importer - paid_subsidy).sum(axis=(0, 2))
        + (export_tax + rent_exporter).sum(axis=(0, 1))
        + eq.income_parts["transfers"][1]
    )
    assert np.abs(income - eq.income).max() < MET * scale
    parts = eq.income_parts
    assert np.abs(parts["tariff revenue"][1] - tariff.sum(axis=(0, 2))).max() < MET * scale
    assert np.abs(parts["subsidies"][1] + paid_subsidy.sum(axis=(0, 2))).max() < MET * scale
    rents = rent_importer.sum(axis=(0, 2)) + rent_exporter.sum(axis=(0, 1))
    assert np.abs(parts["rents"][1] - rents).max() < MET * scale
    demand = np.einsum("kjn,jn->kn", eq.base.io, eq.output) + eq.base.alpha * income
    if getattr(eq.base, "sigma", None) is None:
        assert np.abs(demand - eq.spending).max() < MET * scale


@pytest.mark.parametrize("rent_to", ["exporter", "importer"])
@pytest.mark.parametrize("world", ["wiod", "icio"])
def test_a_limit_at_half_is_met_with_a_rent(world, rent_to, request):
    base = request.getfixturevalue(world)
    sector = "c14" if world == "wiod" else "C26"
    eq = solve(base, Shock(limits=(Limit(sector, "USA", "CHN", volume=0.5, rent_to=rent_to),)))
    (result,) = eq.constraints
    assert result.volume_hat == pytest.approx(0.5, rel=MET)
    assert result.binding
    assert result.multiplier > 1
    assert result.rent_usd_mn > 0
    earner = "CHN" if rent_to == "exporter" else "USA"
    rents = eq.income_parts["rents"][1]
    assert rents[base.economies.index(earner)] == pytest.approx(result.rent_usd_mn, rel=MET)
    assert rents.sum() == pytest.approx(result.rent_usd_mn, rel=MET)
    assert_accounts(eq)


@pytest.mark.parametrize(
    "bound", [Limit("c14", "USA", "CHN", volume=1.5), Target("c14", "USA", "CHN", volume=0.5)]
)
def test_a_slack_bound_changes_nothing(wiod, bound):
    kind = {"limits" if bound.kind == "limit" else "targets": (bound,)}
    eq = solve(wiod, Shock(**kind))
    assert np.abs(eq.real_income_hat - 1).max() < 1e-12
    assert eq.constraints[0] == dataclasses.replace(
        eq.constraints[0], multiplier=1.0, rent_usd_mn=0.0, binding=False
    )


def test_a_binding_limit_is_the_export_tax_with_the_same_effect(wiod):
    limited = solve(wiod, Shock(limits=(Limit("c14", "USA", "CHN", volume=0.5),)), tolerance=1e-13)
    tax = np.zeros(wiod.pi.shape)
    n, i = wiod.economies.index("USA"), wiod.economies.index("CHN")
    tax[wiod.sectors.index("c14"), n, i] = limited.constraints[0].multiplier - 1
    taxed = solve(wiod, Shock(export_tax=tax), tolerance=1e-13)
    assert np.allclose(limited.real_income_hat, taxed.real_income_hat, rtol=1e-11)
    assert taxed.income_parts["export tax revenue"][1][i] == pytest.approx(
        limited.constraints[0].rent_usd_mn, rel=MET
    )


def test_a_target_is_met_from_the_importers_budget(icio):
    eq = solve(icio, Shock(targets=(Target("A01", "CHN", "USA", volume=1.5),)))
    (result,) = eq.constraints
    assert result.volume_hat == pytest.approx(1.5, rel=MET)
    assert result.multiplier < 1
    subsidies = eq.income_parts["subsidies"][1]
    assert subsidies[icio.economies.index("CHN")] == pytest.approx(-result.rent_usd_mn, rel=MET)
    assert np.count_nonzero(subsidies) == 1
    assert_accounts(eq)


def test_a_limit_on_several_cells_binds_their_sum(wiod):
    eq = solve(wiod, Shock(limits=(Limit(("c13", "c14"), ("USA", "CAN"), "CHN", volume=0.7),)))
    i = wiod.economies.index("CHN")
    j = [wiod.sectors.index(code) for code in ("c13", "c14")]
    n = [wiod.economies.index(code) for code in ("USA", "CAN")]
    cells = np.ix_(j, n, [i])
    units = eq.flows[cells] / eq.cost_hat[j, i][:, None, None]
    assert units.sum() / wiod.flows[cells].sum() == pytest.approx(0.7, rel=MET)


def test_bounds_that_share_cells_share_their_rents(wiod):
    """Each dollar of rent or subsidy belongs to one bound: by role they add up to incomes."""
    limits = (
        Limit("c14", "USA", "CHN", volume=0.6),
        Limit(("c13", "c14"), ("USA", "CAN"), "CHN", volume=0.5),
        Limit("c14", "USA", ("CHN", "JPN"), volume=0.5, rent_to="importer"),
    )
    targets = (Target(("c14", "c15"), "USA", ("CHN", "JPN", "DEU"), volume=0.75),)
    eq = solve(wiod, Shock(tariff=raise_tariff(wiod, 0.1, importer="USA"), limits=limits, targets=targets))
    assert sum(result.binding for result in eq.constraints) >= 3
    exporters = sum(result.rent_usd_mn for result in eq.constraints[:2])
    licences = eq.constraints[2].rent_usd_mn
    rents = eq.income_parts["rents"][1]
    usa, china = wiod.economies.index("USA"), wiod.economies.index("CHN")
    assert rents[china] == pytest.approx(exporters, rel=MET)
    assert rents[usa] == pytest.approx(licences, rel=MET)
    assert -eq.income_parts["subsidies"][1][usa] == pytest.approx(eq.constraints[3].rent_usd_mn, rel=MET)
    assert_accounts(eq)


def test_embargo_by_limit_is_embargo_by_tariff_or_cost(wiod):
    cell = wiod.sectors.index("c14"), wiod.economies.index("USA"), wiod.economies.index("CHN")
    tariff, cost, share = np.array(wiod.tariff), np.ones(wiod.pi.shape), np.zeros(wiod.pi.shape)
    tariff[cell], cost[cell], share[cell] = np.inf, np.inf, 1.0
    ways = [
        Shock(limits=(Limit("c14", "USA", "CHN", volume=0.0),)),
        Shock(tariff=tariff),
        Shock(iceberg=cost),
        Shock(prohibited=share),
    ]
    answers = [solve(wiod, way) for way in ways]
    for eq in answers:
        assert eq.flows[cell] == 0
        assert np.allclose(eq.real_income_hat, answers[0].real_income_hat, rtol=1e-12)
    result = answers[0].constraints[0]
    assert (result.volume_hat, result.rent_usd_mn, result.binding) == (0, 0, True)
    assert np.isinf(result.multiplier)


def test_a_slice_is_its_iceberg(wiod):
    share, cost = np.zeros(wiod.pi.shape), np.ones(wiod.pi.shape)
    cell = wiod.sectors.index("c14"), wiod.economies.index("CHN"), wiod.economies.index("USA")
    share[cell] = 0.3
    cost[cell] = 0.7 ** (-1 / wiod.theta[cell[0]])
    one, two = solve(wiod, Shock(prohibited=share)), solve(wiod, Shock(iceberg=cost))
    assert np.allclose(one.real_income_hat, two.real_income_hat, rtol=1e-11)
    assert one.flow("USA", "CHN", "c14").new == pytest.approx(two.flow("USA", "CHN", "c14").new, rel=MET)


def many_bounds(base, seed=0):
    rng = np.random.default_rng(seed)
    j, n, i = np.nonzero(base.flows[:25] > 2000)
    foreign = np.flatnonzero(n != i)
    picks = rng.choice(foreign, 25, replace=False)
    cells = [(base.sectors[j[k]], base.economies[n[k]], base.economies[i[k]]) for k in picks]
    limits = tuple(Limit(*cell, volume=float(rng.uniform(0.3, 1.1))) for cell in cells[:20])
    return limits, tuple(Target(*cell, volume=float(rng.uniform(0.9, 1.5))) for cell in cells[20:])


def test_twenty_limits_and_five_targets(icio):
    limits, targets = many_bounds(icio)
    tariff = raise_tariff(icio, 0.3, importer="USA", exporter="CHN")
    eq = solve(icio, Shock(tariff=tariff, limits=limits, targets=targets))
    for result in eq.constraints:
        if result.binding:
            assert result.volume_hat == pytest.approx(result.bound, rel=MET)
            assert (result.multiplier > 1) == (result.kind == "limit")
        elif result.kind == "limit":
            assert result.volume_hat <= result.bound
        else:
            assert result.volume_hat >= result.bound
    assert sum(result.binding for result in eq.constraints) >= 15
    assert_accounts(eq)
    assert eq.iterations <= 3 * solve(icio, Shock(tariff=tariff)).iterations


@given(seed=st.integers(0, 400))
@settings(max_examples=20, deadline=None)
def test_money_adds_up_whatever_the_bounds(seed):
    base = random_baseline(seed, sectors=3, economies=4)
    rng = np.random.default_rng(seed)

    def cell():
        n, i = rng.choice(4, 2, replace=False)
        return base.sectors[rng.integers(3)], base.economies[n], base.economies[i]

    limits = tuple(
        Limit(*cell(), volume=float(rng.uniform(0.4, 1.2)), rent_to=str(rng.choice(["exporter", "importer"])))
        for _ in range(3)
    )
    tax = np.where(rng.random(base.pi.shape) < 0.2, 0.1, 0.0)
    tariff = np.array(base.tariff) + 0.2 * (base.tariff > 0)
    shock = Shock(tariff=tariff, export_tax=tax, limits=limits, targets=(Target(*cell(), volume=1.1),))
    eq = solve(base, shock, throw=False, factors=str(rng.choice(["mobile", "fixed"])))
    if eq.converged:
        assert_accounts(eq)
    else:
        assert eq.status.startswith(("infeasible: ", "not converged"))


def test_sets_that_cannot_hold_are_named(wiod):
    limit, target = Limit("c14", "USA", "CHN", volume=0.5), Target("c14", "USA", "CHN", volume=0.8)
    cases = {
        "target c14: CHN -> USA lies above limit c14: CHN -> USA": Shock(limits=(limit,), targets=(target,)),
        "this trade is forbidden": Shock(limits=(dataclasses.replace(limit, volume=0.0),), targets=(target,)),
        "there is no baseline trade to multiply": Shock(targets=(Target("c35", "USA", "CHN", volume=1.0),)),
    }
    assert wiod.pi[wiod.sectors.index("c35"), wiod.economies.index("USA"), wiod.economies.index("CHN")] == 0
    for words, shock in cases.items():
        eq = solve(wiod, shock, throw=False)
        assert eq.status.startswith("infeasible: ")
        assert words in eq.status
        with pytest.raises(ConvergenceError, match="no equilibrium was found"):
            solve(wiod, shock)


@pytest.mark.parametrize("volume", [-0.1, np.nan, np.inf])
def test_bounds_out_of_range_are_refused(wiod, volume):
    with pytest.raises(InputError) as caught:
        solve(wiod, Shock(limits=(Limit("c14", "USA", "CHN", volume=volume),)))
    assert "wrong bound of a limit" in str(caught.value)
    assert "limit c14: CHN -> USA" in str(caught.value)


def test_a_limit_in_the_short_run(wiod):
    eq = solve(wiod, Shock(limits=(Limit("c14", "USA", "CHN", volume=0.5),)), factors="fixed")
    assert eq.constraints[0].volume_hat == pytest.approx(0.5, rel=MET)
    assert_accounts(eq)


def test_seconds_are_wall_clock(wiod):
    begun = time.perf_counter()
    eq = solve(wiod)
    assert 0 < eq.seconds <= time.perf_counter() - begun
