"""
Work out the bands that come with the package, and write them to src/detente/data/bands.

    python scripts/embed_bands.py --draws 256 [--store out/bands]

A store that is there is gone on with; more draws extend it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from detente.scenarios.bands_embedded import write_bands
from detente.scenarios.sweep import sweep

REPO = Path(__file__).resolve().parents[1]
DESIGN = "kuala-lumpur-uncertainty"


def main() -> None:
    """Sweep, then write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--draws", type=int, default=4096)
    parser.add_argument("--store", type=Path, default=REPO / "out" / "bands")
    arguments = parser.parse_args()
    swept = sweep(DESIGN, draws=arguments.draws, out=arguments.store, progress=print)
    command = f"detente sweep {DESIGN} --draws {arguments.draws}"
    write_bands(swept, REPO / "src/detente/data/bands", command=command)
    print(command)


if __name__ == "__main__":
    main()
