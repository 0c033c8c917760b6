"""The same results whatever does the work, and however it is stopped: on the real model, a small world."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Executor, Future
from pathlib import Path

import pytest

from detente.errors import StudyError
from detente.manifest import PACKAGE
from detente.policy.sweeps import pool as sweep_pool
from detente.policy.sweeps.spread.bands import Bands, read_results
from detente.policy.sweeps.spread.slopes import slope_drivers
from detente.policy.sweeps.sweep import Sweep, run_cases, sweep
from detente.policy.sweeps.workers import require_start, spawned
from sweeps.fragile_cases import Known, breaks, ends, held, keeps

TESTS = Path(__file__).parents[1]
UNGUARDED = """
from detente.policy.sweeps.sweep import run_cases
from pathlib import Path
from sweeps.fragile_cases import Known
run_cases(Known(), Path({store!r}), workers=2)
"""
SCRIPT = """
import sys
from detente.policy.sweeps.sweep import sweep
if __name__ == "__main__":
    sweep(sys.argv[1], out=sys.argv[2], workers=2)
"""


@pytest.fixture(scope="module")
def undisturbed(cases, tmp_path_factory):
    return run_cases(cases, tmp_path_factory.mktemp("local") / "store", workers=2)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of Dask's own shutdown
def test_dask_gives_the_bytes_of_local_processes(cases, undisturbed, tmp_path):
    pytest.importorskip("distributed")
    done = run_cases(cases, tmp_path / "store", executor="dask", workers=2)
    assert done.digest == undisturbed.digest
    for path in undisturbed.store.parts.iterdir():
        assert (done.store.parts / path.name).read_bytes() == path.read_bytes()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of Dask's own shutdown
def test_a_scheduler_by_address_gives_the_same(cases, undisturbed, tmp_path):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=True, dashboard_address=":0"
    ) as cluster:
        done = run_cases(cases, tmp_path / "store", executor="dask", address=cluster.scheduler_address)
    assert done.digest == undisturbed.digest


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of Dask's own shutdown
def test_a_dask_worker_that_dies_loses_nothing(tmp_path):
    pytest.importorskip("distributed")
    plain = run_cases(Known(), tmp_path / "plain", workers=1)
    once = Known(dies=(17,), dies_once=str(tmp_path / "died"))
    assert run_cases(once, tmp_path / "once", executor="dask", workers=2).digest == plain.digest
    assert (tmp_path / "died").exists()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of Dask's own shutdown
def test_a_dask_worker_killed_in_the_middle_of_a_study_changes_no_byte(cases, tmp_path):
    distributed = pytest.importorskip("distributed")
    design = cases.design.model_copy(update={"batch": 1})
    sampler = dataclasses.replace(cases.sampler, design=design)
    singly = dataclasses.replace(cases, design=design, sampler=sampler, key="singly")
    plain = run_cases(singly, tmp_path / "local", workers=2)
    killed, parts = [], tmp_path / "dask" / "parts"

    def kill(cluster):
        while not list(parts.glob("*.parquet")):
            time.sleep(0.01)
        killed.append(next(iter(cluster.workers.values())).pid)
        os.kill(killed[0], signal.SIGKILL)
        killed.append(len(list(parts.glob("*.parquet"))))

    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as cluster:
        killer = threading.Thread(target=kill, args=(cluster,), daemon=True)
        killer.start()
        done = run_cases(singly, parts.parent, executor="dask", address=cluster.scheduler_address)
        killer.join(60)
        assert killed[0] not in [worker.pid for worker in cluster.workers.values()]
    assert killed[1] < singly.count
    assert (done.rows, done.failed, done.lost) == (16, (), ())
    assert done.digest == plain.digest
    for path in plain.store.parts.iterdir():
        assert (done.store.parts / path.name).read_bytes() == path.read_bytes()


def test_a_cluster_without_workers_ends_the_run_and_names_what_is_lost(monkeypatch):
    class Never(Executor):
        def submit(self, *_arguments):
            return Future()

    monkeypatch.setattr(sweep_pool, "PATIENCE", 0.05)
    monkeypatch.setattr(sweep_pool, "LOOK", 0.01)
    pool = sweep_pool.Pool(Never, 2, breaks=False, alive=lambda: 0)
    lost = []
    sweep_pool.run_parts(
        pool, "key", [(0, 8), (8, 16), (16, 24)], lambda *_: None, lambda *item: lost.append(item)
    )
    assert [item for item, _ in lost] == [(0, 8), (8, 16), (16, 24)]
    assert all("no worker was left" in reason for _, reason in lost)


@pytest.mark.filterwarnings("ignore")  # of Dask's own attempt to connect
def test_an_absent_scheduler_is_named(cases, tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed")

    def refuse(address, timeout):
        raise OSError(f"nothing at {address} in {timeout}")

    monkeypatch.setattr(distributed, "Client", refuse)
    with pytest.raises(StudyError) as caught:
        run_cases(cases, tmp_path / "store", executor="dask", address="tcp://127.0.0.1:1")
    assert caught.value.what == "no Dask scheduler answers"


@pytest.mark.slow
def test_a_study_killed_twice_and_resumed_is_the_same_by_hash(design_file, undisturbed, tmp_path):
    script = tmp_path / "run.py"
    script.write_text(SCRIPT)
    store = tmp_path / "store"
    for parts in (0, 1):
        process = subprocess.Popen(
            [sys.executable, str(script), str(design_file), str(store)],
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 300
        wanted = (
            (store / "manifest.json").exists if parts == 0 else lambda: list(store.glob("parts/*.parquet"))
        )
        while not wanted():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    done = sweep(design_file, out=store, workers=1)
    assert done.swept.digest == undisturbed.digest
    assert done.cases.key == done.store.manifest["key"]


@pytest.mark.slow
@pytest.mark.nightly
def test_the_mean_of_the_draws_is_the_first_order_one_within_the_stated_error(cases, tmp_path):
    design = cases.design.model_copy(update={"draws": 512, "batch": 64})
    sampler = dataclasses.replace(cases.sampler, design=design)
    many = dataclasses.replace(cases, design=design, sampler=sampler, key="many")
    done = Sweep(many, run_cases(many, tmp_path / "store", workers=2))
    bands = Bands(done, read_results(done)).scenarios
    for scenario in ("no-deal", "truce"):
        for label in ("USA", "CHN"):
            numbers = bands[scenario]["real_income_pct"]
            k = many.labels.index(label)
            slopes = slope_drivers(many, scenario, label, curvature=True)
            # Sampling, and what second derivatives along each axis say; products of two are left out, hence twice.
            error = 4 * numbers["mean_se"][k] + 2 * abs(slopes.curvature)
            assert abs(numbers["mean"][k] - slopes.mean) < error
            assert slopes.sd == pytest.approx(numbers["sd"][k], rel=0.25)


def test_workers_that_cannot_start_end_the_run_with_an_error(tmp_path):
    script = tmp_path / "unguarded.py"
    script.write_text(UNGUARDED.format(store=str(tmp_path / "store")), encoding="utf-8")
    path = os.pathsep.join([str(PACKAGE.parent), str(TESTS)])
    said = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        timeout=240,
        env=os.environ | {"PYTHONPATH": path},
        check=False,
    )
    assert said.returncode == 1
    assert "StudyError: the workers do not start" in said.stderr
    assert 'put the call under `if __name__ == "__main__":`' in said.stderr


@pytest.mark.parametrize("receive", [breaks, ends])
def test_workers_that_break_as_they_start_are_noticed(receive):
    large = b"x" * 5_000_000
    refused = pytest.raises(StudyError, match="the workers do not start")
    with spawned(2, large, receive) as make, make() as executor, refused:
        require_start(executor)


def test_workers_receive_what_was_sent():
    with spawned(1, b"x" * 5_000_000, keeps) as make, make() as executor:
        require_start(executor)
        assert executor.submit(held).result() == 5_000_000
