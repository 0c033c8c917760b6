"""
Build src/detente/data/tariffs/industry_imports.columns: imports of goods by importer, exporter and industry, 2022.

    python scripts/build_industry_imports.py

From the embedded world `icio2022` (OECD ICIO, 2025 edition, CC BY 4.0; final demand by destination estimated as
docs/world.md says), at the exporter's price before duties. Weights of averages for importers whose lines are not held.
"""

from __future__ import annotations

import numpy as np

from detente.duties.averages.coverage import IMPORTS_FILE
from detente.duties.lines import goods, industries
from detente.io.columns import to_bytes
from detente.world import load_world

SOURCE = "OECD (2025), Inter-Country Input-Output Database; final demand by destination estimated"
# Flows below this (USD million) are left out; together they are far under a thousandth of the trade.
FLOOR = 0.5


def main() -> None:
    """Write every flow of goods between two economies that counts."""
    base = load_world("icio2022").baseline()
    value = base.pi * base.spending[:, :, None] / (1.0 + base.tariff)
    value[~np.isin(base.sectors, np.array(industries())[goods()])] = 0.0
    for place in range(len(base.economies)):
        value[:, place, place] = 0.0
    kept = value >= FLOOR
    industry, importer, exporter = np.nonzero(kept)
    names = np.array(base.economies)
    table = {
        "importer": names[importer],
        "exporter": names[exporter],
        "industry": np.array(base.sectors)[industry],
        "usd_mn": np.round(value[kept], 1).astype(np.float32),
    }
    IMPORTS_FILE.write_bytes(to_bytes(table, SOURCE))
    print(f"{IMPORTS_FILE.name}: {importer.size:,} flows, {value[kept].sum() / value.sum():.5f} of the trade")


if __name__ == "__main__":
    main()
