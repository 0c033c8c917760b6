"""
Work out the bands that come with the package, and write them to src/detente/data/bands.

    python scripts/embed_bands.py --draws 4096 [--year-draws 1024] [--store out/bands]

Twice: in the long run, and one year after the change, with the first of the same draws and the ratio of elasticities drawn
(`--year-draws 0`: not). A store that is there is gone on with; more draws extend it. Prints the rate, how large the files
are, and how the mean of the draws compares with the first-order one.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from detente.io.columns import ENDING
from detente.policy.sweeps.spread.embedded import embedded_bands, write_bands
from detente.policy.sweeps.spread.slopes import compare_means
from detente.policy.sweeps.sweep import Sweep, sweep

REPO = Path(__file__).resolve().parents[1]
FOLDER = REPO / "src/detente/data/bands"
DESIGN = "kuala-lumpur-uncertainty"


def main() -> None:
    """Sweep, write, compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--draws", type=int, default=4096)
    parser.add_argument("--year-draws", type=int, default=1024, help="draws one year after the change")
    parser.add_argument("--store", type=Path, default=REPO / "out" / "bands")
    parser.add_argument("--workers", type=int, help="one for each core by default")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the bands are written")
    arguments = parser.parse_args()
    swept = solved(arguments.draws, arguments.store, arguments.workers)
    year = None
    if arguments.year_draws:
        beside = arguments.store.with_name(f"{arguments.store.name}-one-year")
        law = arguments.store / "law.npz"
        year = solved(arguments.year_draws, beside, arguments.workers, horizon="1", law=law)
    command = f"detente sweep {DESIGN} --draws {arguments.draws}"
    path = write_bands(swept, arguments.folder, command=command, year=year, say=print)
    for file in (path, path.with_suffix(ENDING)):
        print(f"{file.name}: {file.stat().st_size / 1e6:.2f} MB")
    compare(swept, arguments.folder)
    print(command)


def solved(
    draws: int, store: Path, workers: int | None, horizon: str | None = None, law: Path | None = None
) -> Sweep:
    """A sweep of the design, with what it took; its duties are read where they were worked out before."""
    begun = time.monotonic()
    swept = sweep(DESIGN, draws=draws, horizon=horizon, out=store, workers=workers, law=law, progress=print)
    print(
        f"{swept.swept.rows} scenarios in the store, {time.monotonic() - begun:.0f} s, {swept.swept.digest}"
    )
    for failure in (*swept.swept.failed, *swept.swept.lost):
        print(failure)
    return swept


def compare(swept: Sweep, folder: Path) -> None:
    """Print the mean of the draws beside the first-order one."""
    study, hashes = swept.cases.study, swept.cases.hashes
    bands = embedded_bands(study.id, hashes[study.world], hashes["ledger"], folder=folder)
    if bands is None:
        return
    print(f"real income in {bands['drivers']['slopes']['scenario']}, percent:")
    for row in compare_means(bands):
        verdict = "agree" if row["within"] else "DO NOT AGREE"
        print(
            f"{row['label']}: draws {row['mean']:.4f} (se {row['mean_se']:.4f}), first order {row['first_order']:.4f}"
            f" with curvature {row['curvature']:+.4f}; gap {row['gap']:+.4f}, stated error {row['error']:.4f}: {verdict};"
            f" spread {row['sd']:.4f} and {row['first_order_sd']:.4f}"
        )


if __name__ == "__main__":
    main()
