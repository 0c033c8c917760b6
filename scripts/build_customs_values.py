"""
Build src/detente/data/revenue/customs_values.csv: US imports of 2024 at customs values, by industry and partner.

Imports for consumption by icio49 industry and partner of the world `icio2022`; partners outside it are ROW.

    python scripts/build_customs_values.py [--shared ../shared/data]

US Census Bureau (public domain). Chapters 98 and 99 are spread over each partner's industries.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO / "src"))
sys.path.insert(0, str(REPO / "scripts"))

from baseline_tariffs.us import collected_rates, read_collected  # noqa: E402  (the path is set above)

from detente.world import load_world  # noqa: E402  (same)

TARGET = REPO / "src/detente/data/revenue/customs_values.csv"
# Cells below this, USD million, are left out; together they are far under a thousandth.
FLOOR = 0.05


def main() -> None:
    """Write a row for every industry and partner that sold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--shared", type=Path, default=REPO.parent / "shared" / "data")
    world = load_world("icio2022")
    economies, industries = list(world.economies), list(world.sectors)
    _, _, imports = collected_rates(read_collected(parser.parse_args().shared), economies, industries)
    cells = pd.MultiIndex.from_product([industries, economies])
    table = pd.Series((imports / 1e6).ravel(), cells)
    kept = table[table >= FLOOR].round(2)
    lines = ["industry,exporter,usd_mn", *(f"{j},{i},{value:.2f}" for (j, i), value in kept.items())]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(
        f"{TARGET.name}: {len(kept):,} cells, {kept.sum() / 1e3:,.1f} bn USD, {kept.sum() / table.sum():.5f} of all"
    )


if __name__ == "__main__":
    main()
