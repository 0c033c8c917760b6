"""Violent shocks: prohibitive duties, embargoes, economies cut off, zero flows, many economies."""

from __future__ import annotations

import re

import numpy as np
import pytest

from detente.model import Limit, Shock, Target, Terms, raise_tariff, solve
from detente.model.feasibility import end_of_search
from detente.model.problem import Problem
from detente.model.solve import TOLERANCE
from detente.model.wedges import resolve_wedges
from model.at_random import make_raw, random_baseline, random_options, random_shock


@pytest.mark.parametrize("points", [-0.5, -0.2, 1.0, 10.0, 1e3, 1e6, 1e12])
@pytest.mark.parametrize("who", ["USA", "CHN", "LUX"])
def test_any_tariff_on_all_partners(wiod, points, who):
    tariff = np.array(wiod.tariff)
    n = wiod.economies.index(who)
    tariff[:, n, :] = points
    tariff[:, n, n] = 0
    eq = solve(wiod, Shock(tariff=tariff), closure="zero", throw=False, max_iterations=2000)
    if points == -0.5 and who != "USA":
        # A subsidy of half of all imports costs these two more than they earn: real income falls to zero on the way.
        assert eq.status.startswith(
            ("infeasible: every equation holds only with a negative income", "not converged")
        )
        half = solve(wiod, Shock(tariff=np.where(tariff == points, -0.28, tariff)), closure="zero")
        assert 0 < half.real_income_hat[n] < 0.9
    else:
        assert eq.converged
        assert eq.real_income_hat[n] > 0


@pytest.mark.parametrize("world", ["wiod", "icio"])
def test_an_economy_cut_off_from_all_others(world, request):
    base = request.getfixturevalue(world)
    n = base.economies.index("USA")
    closed = np.zeros(base.pi.shape)
    closed[:, n], closed[:, :, n], closed[:, n, n] = 1, 1, 0
    eq = solve(base, Shock(prohibited=closed), closure="zero")
    assert eq.new.customs[:, n].sum() == pytest.approx(eq.new.customs[:, n, n].sum())
    assert eq.real_income_hat[n] < 0.99
    stuck = solve(base, Shock(prohibited=closed), throw=False)
    assert stuck.status.startswith("infeasible: USA is left no trade, and a trade deficit of")
    assert "closure='zero'" in stuck.status


def test_an_embargo_between_two(icio):
    n, i = icio.economies.index("USA"), icio.economies.index("CHN")
    closed = np.zeros(icio.pi.shape)
    closed[:, n, i] = closed[:, i, n] = 1
    eq = solve(icio, Shock(prohibited=closed))
    assert eq.flow("CHN", "USA").new == eq.flow("USA", "CHN").new == 0
    assert (eq.real_income_pct[["USA", "CHN"]] < 0).all()


def test_trade_one_way_only_is_infeasible(toy):
    closed = np.zeros(toy.pi.shape)
    closed[:, 0, 1:] = 1
    eq = solve(toy, Shock(prohibited=closed), closure="zero", throw=False)
    assert eq.status.startswith("infeasible: E000 is left exports with no imports")


def test_a_good_that_nobody_may_supply_is_named(toy):
    closed = np.zeros(toy.pi.shape)
    closed[1, 2, :] = 1
    eq = solve(toy, Shock(prohibited=closed), throw=False)
    assert eq.status == "infeasible: nobody may supply S01 to E002, which must buy it"


def test_income_below_zero_is_named():
    """A large surplus that has to be paid out of an economy whose income is all tied up."""
    base = random_baseline(11, deficits=0.0)
    deficit = base.value_added.max() * np.array([-3.0, 1.0, 1.0, 1.0])
    raw = make_raw(
        base.pi, base.tariff, base.va_share, base.io, base.alpha, base.theta, base.value_added, deficit
    )
    eq = solve(raw, throw=False)
    assert not eq.converged
    assert "a negative income of E000" in eq.status or eq.status.startswith("not converged")


def test_a_bound_out_of_reach_is_not_an_answer(wiod):
    """Nine tenths of the home market of a large economy cannot move abroad by a limit on a third party."""
    limits = tuple(Limit(code, "USA", wiod.economies, volume=1e-9) for code in wiod.sectors[:16])
    eq = solve(wiod, Shock(limits=limits), throw=False)
    assert eq.converged == (eq.residual < 1e-9)
    if eq.converged:
        assert all(result.volume_hat <= result.bound * (1 + 1e-8) for result in eq.constraints)
    else:
        assert eq.status != ""


@pytest.mark.parametrize("zeros", [0.4, 0.6])
def test_many_zero_flows(zeros):
    for seed in range(5):
        base = random_baseline(seed, sectors=4, economies=6, zeros=zeros)
        eq = solve(base, Shock(tariff=base.tariff + 0.5 * (base.tariff > 0)))
        assert eq.converged
        assert ((eq.pi > 0) == (base.pi > 0)).all()


def test_inputs_that_take_nearly_all_of_cost():
    rng = np.random.default_rng(8)
    base = random_baseline(8, sectors=3, economies=3)
    va = np.full((3, 3), 0.01)
    io = rng.dirichlet(np.ones(3), (3, 3)).transpose(2, 0, 1) * (1 - va)
    raw = make_raw(base.pi, base.tariff, va, io, base.alpha, base.theta, base.value_added, np.zeros(3))
    thin = solve(raw, tolerance=1e-13, max_iterations=3000).as_baseline()
    eq = solve(thin, Shock(tariff=raise_tariff(thin, 0.1, importer="E000")), max_iterations=3000)
    assert eq.converged


def test_two_hundred_economies():
    base = random_baseline(1, sectors=1, economies=200)
    for points in (0.1, 2.0):
        tariff = raise_tariff(base, points, importer=base.economies[:50])
        assert solve(base, Shock(tariff=tariff)).converged


def test_a_bound_without_which_there_is_an_answer_is_named():
    """Exports that must treble where imports are cut to a twentieth: trade cannot balance with both."""
    base = random_baseline(0, sectors=1, economies=2)
    cut, more = Limit("S00", "E000", "E001", volume=0.05), Target("S00", "E001", "E000", volume=3.0)
    eq = solve(base, Shock(limits=(cut,), targets=(more,)), closure="zero", throw=False)
    assert (
        eq.status
        == f"not converged: an equilibrium was found without {more.label}, none with it beside {cut.label}"
    )
    assert solve(base, Shock(limits=(cut,)), closure="zero").converged
    assert solve(base, Shock(targets=(more,)), closure="zero").converged


def test_how_far_a_shock_can_go_is_said(wiod):
    """A subsidy of half of all imports costs more than an economy earns; less of it does not."""
    tariff = np.array(wiod.tariff)
    n = wiod.economies.index("LUX")
    tariff[:, n, :] = -0.5
    tariff[:, n, n] = 0
    wedges = resolve_wedges(Shock(tariff=tariff), wiod)
    problem = Problem(wiod, wedges, (), Terms(closure="zero"))
    said = re.fullmatch(
        r"an equilibrium was found at ([\d.]+) % of the change of every wedge, in logs, none at ([\d.]+) %",
        end_of_search(problem, wedges, (), (TOLERANCE, 500)),
    )
    low, high = (float(number) / 100 for number in said.groups())
    assert 0 < high - low < 0.02
    for part, found in ((low, True), (high, False)):
        some = (1 + wiod.tariff) * ((1 + tariff) / (1 + wiod.tariff)) ** part - 1
        assert solve(wiod, Shock(tariff=some), closure="zero", throw=False).converged is found


def test_a_search_that_only_its_start_misled_is_named_as_well(wiod):
    """Nothing is limited, and from the baseline there is an answer: the search that ended began elsewhere."""
    wedges = resolve_wedges(Shock(tariff=raise_tariff(wiod, 0.1, importer="USA")), wiod)
    problem = Problem(wiod, wedges, (), Terms())
    said = end_of_search(problem, wedges, (), (TOLERANCE, 500))
    assert said.startswith("an equilibrium was found at 98.438 % of the change of every wedge")


@pytest.mark.slow
def test_soak():
    """No random shock, however violent, returns a wrong answer silently, and none fails without a reason."""
    rng = np.random.default_rng(99)
    worlds = [
        random_baseline(k, sectors=1 + k % 6, economies=2 + k % 7, zeros=0.2 * (k % 3)) for k in range(20)
    ]
    failed = 0
    for _ in range(600):
        base = worlds[rng.integers(len(worlds))]
        eq = solve(base, random_shock(rng, base), throw=False, **random_options(rng, base))
        if eq.converged:
            assert max(eq.audit().values()) < 1e-9
            assert np.isfinite(eq.real_income_hat).all()
            assert (eq.real_income_hat > 0).all()
        else:
            assert eq.status.startswith(("infeasible: ", "not converged: "))
            failed += eq.status.startswith("not converged")
    assert failed < 0.05 * 600
