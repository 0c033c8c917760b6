"""
Build src/detente/data/tariffs/industry_imports.parquet: imports of goods by importer, exporter and industry, 2022.

    python scripts/build_industry_imports.py

From the embedded world `icio2022` (OECD ICIO, 2025 edition, CC BY 4.0; final demand by destination estimated as
docs/world.md says), at the exporter's price before duties. Weights of averages for importers whose lines are not held.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from detente.duties.lines import goods, industries
from detente.world import load_world

OUT = Path(__file__).resolve().parents[1] / "src/detente/data/tariffs/industry_imports.parquet"
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
    table = pa.table(
        {
            "importer": pa.array(names[importer]).dictionary_encode(),
            "exporter": pa.array(names[exporter]).dictionary_encode(),
            "industry": pa.array(np.array(base.sectors)[industry]).dictionary_encode(),
            "usd_mn": pa.array(np.round(value[kept], 1).astype(np.float32)),
        }
    )
    pq.write_table(table, OUT, compression="zstd")
    print(f"{OUT.name}: {table.num_rows:,} flows, {value[kept].sum() / value.sum():.5f} of the trade")


if __name__ == "__main__":
    main()
