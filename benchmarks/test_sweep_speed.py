"""Scenarios a second of the main study's design, and what a part costs besides its scenarios."""

from __future__ import annotations

import dataclasses
import pickle

import numpy as np
import pytest

from detente.ledger import open_ledger
from detente.policy.sweeps.design import known_parameters, load_design
from detente.policy.sweeps.prepare import prepare_cases, with_law
from detente.policy.sweeps.sampling import Sampler
from detente.policy.sweeps.stores.store import open_store, to_bytes


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    """The built-in design without the tariff room's assumptions, whose table takes a minute; the solves are the same."""
    design, study = load_design("kuala-lumpur-uncertainty")
    rooms = known_parameters(study)
    kept = tuple(item for item in design.parameters if rooms[item.name] != "tariffs")
    ledger = open_ledger()
    ready = prepare_cases(design.model_copy(update={"parameters": kept}), study, ledger)
    return with_law(ready, ledger, tmp_path_factory.mktemp("law") / "law.npz")


def test_a_draw_of_every_scenario(benchmark, cases):
    """One core: the number of scenarios of the study over the time; 81 economies, 51 industries."""
    draws = iter(cases.sampler.draw(0, 64))
    rows = benchmark.pedantic(lambda: cases.solve_draw(next(draws)), rounds=5, warmup_rounds=1)
    benchmark.extra_info["scenarios"] = len(rows)
    assert all(row["status"] == "converged" for row in rows)


def test_making_the_draws_of_a_part(benchmark, cases):
    draws = benchmark(lambda: cases.sampler.draw(4080, 4096))
    assert len(draws) == 16


def test_far_draws_of_a_sobol_sequence(benchmark, cases):
    far = cases.design.model_copy(update={"draws": 1_000_000})
    sampler = Sampler(far, cases.sampler.theta)
    assert len(benchmark(lambda: sampler.draw(999_984, 1_000_000))) == 16


def test_shipping_the_cases_once(benchmark, cases):
    payload = pickle.dumps(cases, protocol=pickle.HIGHEST_PROTOCOL)
    benchmark.extra_info["megabytes"] = round(len(payload) / 1e6, 1)
    benchmark.pedantic(lambda: pickle.loads(payload), rounds=5)  # noqa: S301


def test_writing_a_part(benchmark, cases, tmp_path):
    store = open_store(tmp_path / "store", "key", cases.describe())
    blank = {name: np.zeros(len(cases.labels)) for name in cases.design.outcomes}
    row = {"scenario": "truce", "values": cases.sampler.draw(0, 1)[0], "status": "converged"} | blank
    table = cases._table([row | {"draw": k} for k in range(160)])  # noqa: SLF001
    data = to_bytes(table)
    positions = iter(range(0, 10**8, 16))
    benchmark.extra_info["kilobytes"] = round(len(data) / 1e3)

    def write():
        start = next(positions)
        return store.write((start, start + 16), data)

    assert benchmark.pedantic(write, rounds=50).exists()


def test_the_bytes_of_a_part(benchmark, cases):
    small = dataclasses.replace(cases)
    blank = {name: np.random.default_rng(0).normal(size=len(cases.labels)) for name in cases.design.outcomes}
    row = {"scenario": "truce", "values": cases.sampler.draw(0, 1)[0], "status": "converged"} | blank
    table = small._table([row | {"draw": k} for k in range(160)])  # noqa: SLF001
    assert benchmark(lambda: to_bytes(table))
