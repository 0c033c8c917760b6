"""CPU seconds of the model: cold and warm solves by size, NAFTA, gradients, batches, and peers where installed."""

from __future__ import annotations

import dataclasses
import importlib.util
import time

import numpy as np
import pytest
from peers import one_sector_pair, solve_gegravity, solve_puremacro

from detente.model import CriticalInput, Nests, Shock, raise_tariff, solve, solve_many
from detente.world import load_world
from model.at_random import random_baseline
from model.nafta import PATH, load_nafta
from model.test_limits_targets import many_bounds

pytestmark = pytest.mark.benchmark(timer=time.process_time)


@pytest.fixture(scope="module")
def worlds():
    made = {}

    def get(name):
        if name not in made:
            made[name] = _make(name)
        return made[name]

    return get


def _make(name):
    if name == "nafta 31 x 40":
        if not PATH.exists():
            pytest.skip("the NAFTA data lie in ../shared")
        return solve(load_nafta()[0], closure="zero").as_baseline()
    if name.startswith("random"):
        economies, sectors = map(int, name.removeprefix("random ").split(" x "))
        return random_baseline(1, sectors=sectors, economies=economies)
    return load_world(name).baseline()


def _copy(base):
    """A baseline the solver has not seen: nothing of it is laid out yet."""
    return dataclasses.replace(base)


def _bytes_a_pass(base):
    """Shares twice each way less one, inputs twice."""
    J, N = base.va_share.shape
    traded = int((np.count_nonzero(base.pi, axis=(1, 2)) > N).sum())
    return 8 * (3 * traded * N * N + 2 * J * J * N)


SIZES = ["nafta 31 x 40", "wiod2011", "icio2022", "random 160 x 65", "random 194 x 1"]


@pytest.mark.parametrize("name", SIZES)
@pytest.mark.parametrize("state", ["cold", "warm"])
def test_one_solve(benchmark, record, worlds, name, state):
    """Cold: a baseline not seen before, from hats of 1. Warm: laid out, from the answer to a tariff half as high."""
    base = worlds(name)
    importer = base.economies[-2]
    shock = Shock(tariff=raise_tariff(base, 0.5, importer=importer))
    near = solve(base, Shock(tariff=raise_tariff(base, 0.25, importer=importer)))

    def setup():
        return ((_copy(base),), {}) if state == "cold" else ((base,), {"start": near})

    def run(world, **options):
        return solve(world, shock, **options)

    eq = benchmark.pedantic(run, setup=setup, rounds=15, warmup_rounds=2)
    assert eq.converged
    record(
        passes=eq.iterations, residual=eq.residual, bytes_a_pass=_bytes_a_pass(base), name=name, state=state
    )


def test_nafta_counterfactual(benchmark, record, worlds):
    """The article's tariff cuts from its balanced baseline, cold."""
    base = worlds("nafta 31 x 40")
    tariff = load_nafta()[1]
    eq = benchmark.pedantic(
        lambda world: solve(world, Shock(tariff=tariff), closure="zero"),
        setup=lambda: ((_copy(base),), {}),
        rounds=15,
        warmup_rounds=2,
    )
    assert round(eq.welfare_pct("cp2015")["Mexico"], 2) == 1.31
    record(passes=eq.iterations, residual=eq.residual, bytes_a_pass=_bytes_a_pass(base))


def test_nafta_whole_call(benchmark, record, worlds):
    """Read the data, balance, solve, and make both welfare tables and the table of economies."""
    worlds("nafta 31 x 40")

    def run():
        raw, tariff = load_nafta()
        base = solve(raw, closure="zero").as_baseline()
        eq = solve(base, Shock(tariff=tariff), closure="zero")
        return eq.welfare_pct("cp2015"), eq.real_income_pct, eq.by_economy()

    first, exact, _ = benchmark.pedantic(run, rounds=10, warmup_rounds=1)
    assert (round(first["USA"], 2), round(exact["USA"], 4)) == (0.08, 0.0741)
    record()


@pytest.mark.parametrize("name", ["wiod2011", "icio2022"])
def test_gradient(benchmark, record, worlds, name):
    """Derivatives of one real income in every tariff, export tax, cost and elasticity; and the solve before it."""
    base = worlds(name)
    eq = solve(base, Shock(tariff=raise_tariff(base, 0.5, importer="USA", exporter="CHN")))
    slope = benchmark.pedantic(lambda: eq.gradient("USA"), rounds=10, warmup_rounds=2)
    begun = time.process_time()
    for _ in range(5):
        solve(base, eq.shock)
    record(
        passes=slope.passes, over_one_solve=benchmark.stats.stats.min / ((time.process_time() - begun) / 5)
    )


def test_twenty_limits_and_five_targets(benchmark, record, worlds):
    base = worlds("icio2022")
    limits, targets = many_bounds(base)
    tariff = raise_tariff(base, 0.3, importer="USA", exporter="CHN")
    bound = Shock(tariff=tariff, limits=limits, targets=targets)
    eq = benchmark.pedantic(lambda: solve(base, bound), rounds=10, warmup_rounds=2)
    begun = time.process_time()
    for _ in range(5):
        solve(base, Shock(tariff=tariff))
    record(passes=eq.iterations, over_none=benchmark.stats.stats.min / ((time.process_time() - begun) / 5))


def _scenarios(base, count):
    rng = np.random.default_rng(0)
    for _ in range(count):
        importer, exporter = rng.choice(base.economies, 2, replace=False)
        partner = None if rng.random() < 0.5 else str(exporter)
        yield Shock(tariff=raise_tariff(base, rng.uniform(0, 1), importer=str(importer), exporter=partner))


@pytest.mark.parametrize("name", ["nafta 31 x 40", "icio2022"])
def test_a_thousand_scenarios(benchmark, record, worlds, name):
    base = worlds(name)
    results = benchmark.pedantic(
        lambda: solve_many(base, _scenarios(base, 1000), reduce=lambda eq: (eq.residual, eq.income)), rounds=1
    )
    assert max(residual for residual, _ in results) < 1e-9
    record(scenarios=1000)


@pytest.mark.skipif(not importlib.util.find_spec("puremacro"), reason="peer not installed")
def test_peer_puremacro_on_nafta(benchmark, record, worlds):
    """puremacro's Caliendo-Parro model on the NAFTA data scaled to world income 1: one solve, same exact welfare."""
    base = worlds("nafta 31 x 40")
    tariff = load_nafta()[1]
    theirs = benchmark.pedantic(lambda: solve_puremacro(base, tariff), rounds=1)
    eq = solve(base, Shock(tariff=tariff), closure="zero")
    assert np.abs(theirs - eq.real_income_pct.to_numpy()).max() < 1e-4
    record(difference_pct_points=float(np.abs(theirs - eq.real_income_pct.to_numpy()).max()))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(not importlib.util.find_spec("gegravity"), reason="peer not installed")
def test_peer_gegravity_in_one_sector(benchmark, record):
    """gegravity on thirty economies: its first-order answer is near ours, not the same (see `peers`)."""
    data, base, cost = one_sector_pair(30)
    theirs = benchmark.pedantic(lambda: solve_gegravity(data), rounds=1)
    begun = time.process_time()
    ours = solve(base, Shock(iceberg=cost))
    spent = time.process_time() - begun
    ratio = theirs / ours.real_income_pct.to_numpy()
    assert (ratio > 0.9).all()
    assert (ratio < 1.3).all()
    record(ours_cpu_seconds=spent, least_ratio=float(ratio.min()), largest_ratio=float(ratio.max()))


def test_nests_over_none(benchmark, record, worlds):
    """Low elasticities and two critical inputs against the plain model, both laid out: at most 1.6 times."""
    base = worlds("icio2022")
    shock = Shock(tariff=raise_tariff(base, 0.5, importer="USA"))
    users = {"C27": 0.4, "C29": 0.95, "C26": 0.3, "C28": 0.3}
    nests = Nests(
        source="benchmark",
        factors=0.5,
        inputs=0.2,
        final=0.9,
        critical=(CriticalInput("C24B", 0.05, users), CriticalInput("C24A", 0.1, users)),
    )
    eq = benchmark.pedantic(lambda: solve(base, shock, nests=nests), rounds=10, warmup_rounds=2)
    begun = time.process_time()
    for _ in range(5):
        solve(base, shock)
    ratio = benchmark.stats.stats.min / ((time.process_time() - begun) / 5)
    record(passes=eq.iterations, residual=eq.residual, over_none=ratio)
    assert ratio < 1.6
