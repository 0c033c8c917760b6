"""
Work out the bands that come with the package, and write them to src/detente/data/bands.

    python scripts/embed_bands.py --draws 4096 [--store out/bands]

A store that is there is gone on with; more draws extend it. Prints the rate, how large the files are, and how the mean of
the draws compares with the first-order one.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

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
    parser.add_argument("--store", type=Path, default=REPO / "out" / "bands")
    parser.add_argument("--workers", type=int, help="one for each core by default")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the bands are written")
    arguments = parser.parse_args()
    begun = time.monotonic()
    swept = sweep(
        DESIGN, draws=arguments.draws, out=arguments.store, workers=arguments.workers, progress=print
    )
    print(
        f"{swept.swept.rows} scenarios in the store, {time.monotonic() - begun:.0f} s, {swept.swept.digest}"
    )
    for failure in (*swept.swept.failed, *swept.swept.lost):
        print(failure)
    command = f"detente sweep {DESIGN} --draws {arguments.draws}"
    path = write_bands(swept, arguments.folder, command=command, say=print)
    for file in (path, path.with_suffix(".parquet")):
        print(f"{file.name}: {file.stat().st_size / 1e6:.2f} MB")
    compare(swept, arguments.folder)
    print(command)


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
