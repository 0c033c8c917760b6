"""
Write src/detente/data/tariffs/industry_tariffs.csv: what each importer's duties averaged by industry in 2022.

    python scripts/build_industry_tariffs.py

From the embedded world `icio2022`: the tariffs of its baseline weighted with its imports from all partners. A stated
substitute where neither schedule nor duties of an importer are held; docs/world.md says where the tariffs come from.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from detente.duties.lines import goods, industries
from detente.world import load_world

OUT = Path(__file__).resolve().parents[1] / "src/detente/data/tariffs/industry_tariffs.csv"


def main() -> None:
    """Write one row an importer and industry of goods with imports."""
    base = load_world("icio2022").baseline()
    value = base.pi * base.spending[:, :, None] / (1.0 + base.tariff)
    for place in range(len(base.economies)):
        value[:, place, place] = 0.0
    kept = np.array(industries())[goods()]
    with OUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("importer", "industry", "rate"))
        for importer, name in enumerate(base.economies):
            for sector, industry in enumerate(base.sectors):
                flows = value[sector, importer]
                if industry in kept and flows.sum() > 0.0:
                    rate = float(flows @ base.tariff[sector, importer] / flows.sum())
                    writer.writerow((name, industry, f"{rate:.4f}"))
    print(f"{OUT.name}: {OUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
