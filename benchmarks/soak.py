"""Solve random shocks: each must be converged and audited, or a named failure. `soak.py [COUNT]`."""

from __future__ import annotations

import collections
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from detente.model import solve
from detente.world import load_world
from model.at_random import random_baseline, random_options, random_shock


def soak(count: int, seed: int = 0) -> collections.Counter[str]:
    """Count outcomes; the audit is run once more, from outside, on every converged answer."""
    rng = np.random.default_rng(seed)
    worlds = [
        random_baseline(k, sectors=1 + k % 6, economies=2 + k % 7, zeros=0.2 * (k % 3)) for k in range(30)
    ]
    worlds.append(load_world("wiod2011").baseline())
    outcomes: collections.Counter[str] = collections.Counter()
    for number in range(count):
        base = worlds[rng.integers(len(worlds))]
        shock = random_shock(rng, base)
        options = random_options(rng, base)
        eq = solve(base, shock, throw=False, **options)
        if eq.converged:
            assert max(eq.audit().values()) < eq.accepted_residual
            assert np.isfinite(eq.real_income_hat).all()
        else:
            assert ": " in eq.status, eq.status
        outcomes[eq.status.split(":")[0]] += 1
        if eq.status.startswith("not converged"):
            sys.stderr.write(
                f"{number}: {eq.status} {eq.residual:.1e} after {eq.iterations} {options} {shock}\n"[:400]
            )
    return outcomes


if __name__ == "__main__":
    begun = time.perf_counter()
    result = soak(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
    sys.stdout.write(f"{dict(result)} in {time.perf_counter() - begun:.0f} s\n")
