"""
Measure that memory does not grow with the number of scenarios, and how fast they are solved: a table for the docs.

`python benchmarks/sweep_scale.py [--draws 64 256 1024] [--executor local] [--workers 2]` (Linux: reads /proc).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DESIGN = """
id: scale
title: Two scenarios of the main study, 81 economies and 51 industries
study: kuala-lumpur
draws: 64
batch: 16
seed: 1
scenarios: [no-deal, truce]
economies: [USA, CHN]
elasticities: {common_log_sd: 0.21, relative_error: 0.24, low: 1, high: 25, why: as the main design, source: as there}
parameters:
  - {name: cn_waiver, triangular: [0.5, 0.8, 0.95], why: as the main design, source: as there}
  - {name: soy_theta, triangular: [5, 10, 12], why: as the main design, source: as there}
"""
RUN = """
import sys
from detente.policy.sweeps.sweep import sweep
if __name__ == "__main__":
    design, draws, out, executor, workers = sys.argv[1:]
    done = sweep(design, draws=int(draws), out=out, executor=executor, workers=int(workers))
    assert not done.swept.failed and not done.swept.lost
"""
SECONDS_BETWEEN_LOOKS = 0.2
PROC = Path("/proc")


def peak_mb(pid: int) -> float:
    """Most memory a process has held, MB; 0 if it has ended."""
    try:
        lines = (PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def descendants(pid: int) -> set[int]:
    """Processes below a process."""
    parents = {}
    for folder in PROC.glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found, new = set(), {pid}
    while new:
        new = {child for child, parent in parents.items() if parent in new} - found
        found |= new
    return found


def measure(folder: Path, draws: int, executor: str, workers: int) -> dict[str, float]:
    """Run one sweep beside this process, and watch it."""
    store = folder / f"{executor}-{draws}"
    words = [sys.executable, folder / "run.py", folder / "design.yaml", draws, store, executor, workers]
    begun = time.monotonic()
    process = subprocess.Popen(list(map(str, words)), stdout=subprocess.DEVNULL)
    driver, law, peaks, ready = 0.0, 0.0, {}, 0.0
    while process.poll() is None:
        driver = max(driver, peak_mb(process.pid))
        own = {child: peak_mb(child) for child in descendants(process.pid)}
        if (store / "law.npz").exists():
            ready = ready or time.monotonic()
            peaks |= {child: max(peaks.get(child, 0.0), size) for child, size in own.items()}
        else:
            law = max([law, *own.values()])
        time.sleep(SECONDS_BETWEEN_LOOKS)
    if process.returncode:
        raise SystemExit(f"the sweep ended with {process.returncode}")
    rows = json.loads((store / "index.json").read_text())["rows"]
    seconds = time.monotonic() - ready
    return {
        "draws": draws,
        "scenarios": rows,
        "driver MB": driver,
        "largest worker MB": max(peaks.values()),
        "law MB": law,
        "law s": ready - begun,
        "solving s": seconds,
        "scenarios a second": rows / seconds,
    }


def main() -> None:
    """Measure each number of draws, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--draws", type=int, nargs="+", default=[64, 256, 1024])
    parser.add_argument("--executor", choices=["local", "dask"], default="local")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "run.py").write_text(RUN, encoding="utf-8")
        (folder / "design.yaml").write_text(DESIGN, encoding="utf-8")
        rows = [measure(folder, draws, given.executor, given.workers) for draws in given.draws]
    sys.stdout.write("| " + " | ".join(rows[0]) + " |\n|" + " ---: |" * len(rows[0]) + "\n")
    for row in rows:
        cells = (
            f"{value:.1f}" if key == "scenarios a second" else f"{value:.0f}" for key, value in row.items()
        )
        sys.stdout.write("| " + " | ".join(cells) + " |\n")


if __name__ == "__main__":
    main()
