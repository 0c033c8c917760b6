"""The main job as a user meets it: a fresh process, nothing loaded; seconds, memory, and ratios to the probe."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time

import pytest
from scenarios.main_run import main_run

from detente.model import solve

# One thread, as the aims are stated.
ONE_THREAD = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def fresh(*words):
    """CPU seconds and peak memory (MB) of a command in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *words], env=ONE_THREAD, capture_output=True, text=True, check=True
    )
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu": cpu, "wall": wall, "peak_mb": after.ru_maxrss / 1e3, "said": done.stdout}


def measure(benchmark, probe, words, rounds):
    """Run a command in fresh processes; note the least CPU seconds, also in probes, and the memory."""
    runs = []
    benchmark.pedantic(lambda: runs.append(fresh(*words)), rounds=rounds)
    least = min(run["cpu"] for run in runs)
    benchmark.extra_info |= {
        "cpu_seconds": least,
        "wall_seconds": min(run["wall"] for run in runs),
        "in_probes": least / probe,
        "probe_seconds": probe,
        # The kernel keeps the largest child so far.
        "peak_mb_of_children": runs[-1]["peak_mb"],
    }
    return runs[-1]["said"]


def test_import(benchmark, probe):
    """Aim: 0.3 s."""
    measure(benchmark, probe, ["-c", "import detente"], rounds=10)


def test_the_board(benchmark, probe):
    said = measure(benchmark, probe, ["-m", "detente", "status", "--on", "2025-10-27"], rounds=5)
    assert "threatened" in said


def test_the_comparison_alone(benchmark, probe):
    """The ten scenarios and what the truce is worth, without band, second world and contributions. Aim: 6 s, 1 GB."""
    text = (
        "from detente.policy import Options, run_document, run_study\n"
        "run = run_study('kuala-lumpur', options=Options(robustness=False, contributions=False))\n"
        "assert not run.failures\n"
        "print(len(run_document(run, command='x')['result']['scenarios']))"
    )
    assert measure(benchmark, probe, ["-c", text], rounds=3).strip() == "10"


def test_the_main_job(benchmark, probe):
    """`detente run kuala-lumpur` as it stands in the README, with everything it prints."""
    said = measure(benchmark, probe, ["-m", "detente", "run", "kuala-lumpur", "--quiet"], rounds=2)
    assert "escalation" in said


@pytest.mark.benchmark(timer=time.process_time)
def test_one_solve_of_the_study(benchmark, probe):
    """One scenario of the study on the carved world of 81 x 51, from hats of 1. Aim: 0.15 s."""
    run = main_run()
    item = run.scenarios["no-deal"]
    eq = benchmark.pedantic(lambda: solve(run.setting.baseline, item.law.shock), rounds=10, warmup_rounds=1)
    assert eq.converged
    least = benchmark.stats.stats.min
    benchmark.extra_info |= {
        "cpu_seconds": least,
        "in_probes": least / probe,
        "probe_seconds": probe,
        "passes": eq.iterations,
        "residual": eq.residual,
    }
