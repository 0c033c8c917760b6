"""
Build src/detente/data/scenarios/rare_earths_2022.csv from CEPII BACI (raw-material codes, 2022).

    python scripts/build_carves.py [--shared ../shared/data]

soybeans_2022.csv beside it is typed in from published totals; its header says which.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

REPO = Path(__file__).resolve().parents[1]
OUT = REPO / "src/detente/data/scenarios/rare_earths_2022.csv"
CODES = ("280530", "284610", "284690")
# BACI's "Other Asia, not elsewhere specified" stands for Chinese Taipei.
NAMES = {"S19": "TWN"}
# Pairs below this (USD million) are left out; together they are under 1 % of the trade.
FLOOR = 0.2


def main() -> None:
    """Sum the three codes by pair and write those that count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--shared", type=Path, default=REPO.parent / "shared" / "data")
    path = parser.parse_args().shared / "raw/critical_minerals/baci_raw_materials_2017_2024.parquet"
    trade = pd.read_parquet(path)
    trade = trade[(trade["year"] == 2022) & trade["hs6"].astype(str).isin(CODES)]
    trade = trade.replace({"exporter": NAMES, "importer": NAMES})
    pairs = trade.groupby(["exporter", "importer"], as_index=False)[["value_kusd", "tonnes"]].sum()
    pairs["usd_mn"] = (pairs["value_kusd"] / 1e3).round(3)
    kept = pairs[pairs["usd_mn"] >= FLOOR][["exporter", "importer", "usd_mn"]]
    kept.to_csv(OUT, index=False, lineterminator="\n")
    print(
        f"{OUT.relative_to(REPO)}: {len(kept)} pairs, {kept['usd_mn'].sum():,.0f} of {pairs['usd_mn'].sum():,.0f} USD mn"
    )


if __name__ == "__main__":
    main()
