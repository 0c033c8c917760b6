"""What every benchmark is read against: a fixed matrix product, and the memory bandwidth of one core."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

# The peers' side of the comparisons is a module beside this file.
sys.path.insert(0, str(Path(__file__).parent))

_SIZE = 768
_STREAM = 16_000_000


def _fastest(function, repeats=7):
    """Least CPU seconds of several runs."""
    best = np.inf
    for _ in range(repeats):
        begun = time.process_time()
        function()
        best = min(best, time.process_time() - begun)
    return best


@pytest.fixture(scope="session")
def probe():
    """CPU seconds of one product of two 768 x 768 matrices on one thread."""
    rng = np.random.default_rng(0)
    left, right = rng.random((2, _SIZE, _SIZE))
    with threadpool_limits(1):
        return _fastest(lambda: left @ right)


@pytest.fixture(scope="session")
def bandwidth():
    """Bytes a second that one core reads from an array far larger than the caches."""
    stream = np.ones(_STREAM)
    other = np.ones(_STREAM)
    with threadpool_limits(1):
        return 2 * stream.nbytes / _fastest(lambda: stream @ other)


@pytest.fixture
def record(benchmark, probe, bandwidth):
    """Note seconds against the probe, passes, and the bytes of a pass against the bandwidth."""

    def note(**extra):
        stats = benchmark.stats.stats
        benchmark.extra_info |= {
            "cpu_seconds": stats.min,
            "in_probes": stats.min / probe,
            "probe_seconds": probe,
            "bandwidth_gb_s": bandwidth / 1e9,
            "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
        }
        benchmark.extra_info |= extra
        if "bytes_a_pass" in extra:
            limit = extra["bytes_a_pass"] * extra["passes"] / bandwidth
            benchmark.extra_info |= {"seconds_at_bandwidth": limit, "over_bandwidth": stats.min / limit}

    return note
