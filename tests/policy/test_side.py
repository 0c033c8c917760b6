"""What a run keeps of solves beside its scenarios: the numbers shown, and not the arrays behind them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from detente import processes
from detente.model import Equilibrium
from detente.policy import Options, run_document, run_study, strategy_section
from detente.policy.instruments.shock import law_shock
from detente.policy.outcomes import group_members, real_incomes
from detente.policy.solve_summary import keep, parts_of
from detente.policy.studies.run import make_setting, solve_law
from detente.world import load_world
from policy.main_run import main_run

# Real income, fraction, of two solves of the same problem from different starts: both audited below 1e-9.
SAME = 1e-9


@pytest.fixture(scope="module")
def whole():
    """One scenario with everything beside it: contributions, ranges, variants, second world."""
    return run_study("kuala-lumpur", options=Options(scenarios=("truce",)))


def solved(run, *, off=(), **assumed):
    """The truce of a run again, whole, from its own equilibrium."""
    item = run.scenarios["truce"]
    law = law_shock(run.setting, item.spec, item.book, run.spec.assumed(item.spec) | assumed, off=off)
    return solve_law(run, law, Options(), start=item.equilibrium)


def test_what_is_kept_of_a_contribution_is_what_the_whole_solve_says(whole):
    item = whole.scenarios["truce"]
    assert len(item.contributions) > 1
    for instrument, kept in item.contributions.items():
        eq = solved(whole, off={instrument})
        assert (kept.status, kept.residual, kept.iterations) == (eq.status, eq.residual, eq.iterations)
        assert np.array_equal(kept.real_income_hat, eq.real_income_hat)
        assert np.array_equal(kept.income, eq.base.income)
        by_economy = real_incomes(kept, whole)
        assert by_economy["USA"] == pytest.approx(float(eq.real_income_pct["USA"]), abs=100 * SAME)
        inside = group_members("EU", whole.world, whole.spec.baseline)
        assert by_economy["EU"] == pytest.approx(eq.group(inside)["real_income_pct"], abs=100 * SAME)


def test_what_is_kept_of_a_range_is_what_the_whole_solve_says(whole):
    ranges = whole.scenarios["truce"].ranges
    assert ranges
    for rows in ranges.values():
        for name, value, kept in rows:
            eq = solved(whole, **{name: value})
            assert kept.constraints == eq.constraints
            assert np.array_equal(kept.real_income_hat, eq.real_income_hat)


def test_a_solve_without_an_answer_keeps_its_verdict_and_no_bounds(whole):
    stuck = dataclasses.replace(whole.scenarios["truce"].equilibrium, status="not converged")
    kept = keep(stuck, constraints=True)
    assert (kept.status, kept.constraints) == ("not converged", ())


def test_the_parts_of_a_contrast_are_those_of_its_scenarios():
    run = main_run()
    (found,) = run.contrasts
    first, _ = found.parts
    eq = run.scenarios["no-deal"].equilibrium
    parts = eq.decompose()
    assert np.array_equal(first.terms_of_trade, parts.terms_of_trade)
    assert np.array_equal(first.volume_of_trade, parts.volume_of_trade)
    assert np.array_equal(first.tariff_revenue, eq.tariff_revenue["new"].to_numpy())
    assert np.array_equal(parts_of(eq).tariff_revenue, first.tariff_revenue)


def test_the_second_world_shows_what_a_run_on_it_shows(whole):
    alone = run_study(
        "kuala-lumpur", options=Options(scenarios=("truce",), world="wiod2011", contributions=False)
    )
    shown = run_document(alone, command="x")["result"]["scenarios"]["truce"]
    found = run_document(whole, command="x")["result"]["second_world"]["scenarios"]["truce"]
    assert {**found, "seconds": 0} == {**shown, "seconds": 0}


def test_a_variant_is_solved_on_its_own_baseline(whole):
    kept = whole.variants["china-plus-15"]["truce"]
    world = load_world(whole.world.name, variant="china-plus-15")
    run = dataclasses.replace(whole, setting=make_setting(whole.spec, world, whole.ledger))
    eq = solved(run)
    assert np.abs(kept.real_income_hat - eq.real_income_hat).max() < SAME
    assert np.array_equal(kept.income, eq.base.income)


def reached(root):
    """Everything a value holds, through fields, containers and what is worked out once."""
    seen, left = {}, [root]
    while left:
        item = left.pop()
        if id(item) in seen or isinstance(item, (str, bytes, int, float, type)):
            continue
        seen[id(item)] = item
        if isinstance(item, dict):
            left += [*item.keys(), *item.values()]
        elif isinstance(item, (list, tuple, set, frozenset)):
            left += item
        elif isinstance(item, np.ndarray):
            left += [item.base] if item.base is not None else []
        elif type(item).__module__.startswith("detente."):
            left += getattr(item, "__dict__", {}).values()
    return list(seen.values())


def test_a_run_holds_no_equilibrium_but_those_of_its_scenarios(whole):
    run_document(whole, command="x")
    own = {id(item.equilibrium) for item in whole.scenarios.values()}
    found = [item for item in reached(whole) if isinstance(item, Equilibrium)]
    assert {id(item) for item in found} == own
    both = main_run()
    held = [item for item in reached(both) if isinstance(item, Equilibrium)]
    assert {id(item) for item in held} == {id(item.equilibrium) for item in both.scenarios.values()}


def test_what_stands_beside_the_scenarios_holds_no_array_of_flows(whole):
    flows = whole.setting.baseline.pi.size
    sides = [whole.variants, [x.shown for x in whole.second.scenarios.values()]]
    sides += [(item.contributions, item.ranges) for item in whole.scenarios.values()]
    arrays = [item for item in reached(sides) if isinstance(item, np.ndarray)]
    assert arrays
    assert max(item.size for item in arrays) < flows / 100


def test_a_scenario_keeps_no_flows_its_document_has_used(whole):
    """Duties, the tariff of the law and of the shock, and the delivery cost: no more cubes once the document is made."""
    run_document(whole, command="x")
    item, shape = whole.scenarios["truce"], whole.setting.baseline.pi.shape
    shared = {id(x) for x in reached(whole.setting) if isinstance(x, np.ndarray)}
    cubes = [
        x
        for x in reached((item.equilibrium, item.law))
        if isinstance(x, np.ndarray) and x.shape == shape and id(x) not in shared
    ]
    assert len(cubes) <= 4


@pytest.mark.slow
def test_a_run_in_two_processes_is_that_of_one_to_the_last_bit(monkeypatch):
    """Second world, estimates and drivers are worked out beside the rest; nothing but the seconds may differ."""
    monkeypatch.setattr(processes, "cores", lambda: 2)
    options = Options(scenarios=("truce", "no-deal"))
    with processes.second_process() as beside:
        shared = run_study("kuala-lumpur", options=options, beside=beside)
        assert beside.at_work
        bargain = strategy_section(shared, options=options, parts=("bargain",), beside=beside)
    alone = run_study("kuala-lumpur", options=options)
    assert shared.drivers is not None
    assert alone.drivers is None
    one, other = (run_document(run, command="x")["result"] for run in (alone, shared))
    assert other["drivers"]["truce"]
    assert other["second_world"]["scenarios"]["truce"]["status"] == "converged"
    assert timeless(one) == timeless(other)
    assert bargain == strategy_section(alone, options=options, parts=("bargain",))


@pytest.mark.slow
def test_a_run_that_is_given_its_scenarios_is_that_which_solves_them():
    chosen = {"scenarios": ("truce", "no-deal")}
    first = run_study("kuala-lumpur", options=Options(robustness=False, contributions=False, **chosen))
    given = run_study("kuala-lumpur", options=Options(robustness=False, **chosen), solved=first)
    alone = run_study("kuala-lumpur", options=Options(robustness=False, **chosen))
    assert given.scenarios["truce"].equilibrium is first.scenarios["truce"].equilibrium
    assert first.scenarios["truce"].contributions == {}
    one, other = (run_document(run, command="x") for run in (alone, given))
    assert timeless(one) == timeless(other)


def timeless(found):
    """A document without the seconds its solves took."""
    if isinstance(found, dict):
        return {key: timeless(value) for key, value in found.items() if key != "seconds"}
    return [timeless(item) for item in found] if isinstance(found, list) else found
