"""
Measure how the cost of a solve grows with economies and sectors, and draw docs/growth.svg.

`python benchmarks/growth.py` (needs the `charts` extra).
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import altair as alt
import pandas as pd

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from detente.model import Shock, raise_tariff, solve  # noqa: E402
from model.at_random import random_baseline  # noqa: E402  (tests are not installed)

SIZES = {
    "economies (20 sectors)": [(n, 20) for n in (10, 20, 40, 80, 160)],
    "sectors (40 economies)": [(40, j) for j in (5, 10, 20, 40, 80)],
    "economies (1 sector)": [(n, 1) for n in (25, 50, 100, 200, 400)],
}


def measure(economies: int, sectors: int) -> tuple[float, int]:
    """Least CPU seconds of five warm solves of a 50-point tariff, and passes."""
    base = random_baseline(1, economies=economies, sectors=sectors)
    shock = Shock(tariff=raise_tariff(base, 0.5, importer=base.economies[1]))
    solve(base, shock)
    best, passes = float("inf"), 0
    for _ in range(5):
        begun = time.process_time()
        passes = solve(base, shock).iterations
        best = min(best, time.process_time() - begun)
    return best, passes


def draw() -> pd.DataFrame:
    """Measure every size and draw."""
    rows = []
    for series, sizes in SIZES.items():
        for economies, sectors in sizes:
            seconds, passes = measure(economies, sectors)
            size = economies if series.startswith("economies") else sectors
            rows.append((series, size, economies, sectors, 1000 * seconds, passes))
    table = pd.DataFrame(rows, columns=["growing", "size", "economies", "sectors", "milliseconds", "passes"])
    base = alt.Chart(table).encode(
        x=alt.X("size:Q", scale=alt.Scale(type="log"), title="number"),
        y=alt.Y("milliseconds:Q", scale=alt.Scale(type="log"), title="CPU milliseconds of a solve"),
        color=alt.Color("growing:N", title="growing"),
    )
    chart = (base.mark_line() + base.mark_point(filled=True)).properties(width=480, height=300)
    chart.save(ROOT / "docs/growth.svg")
    return table


if __name__ == "__main__":
    sys.stdout.write(draw().to_string(index=False) + "\n")
