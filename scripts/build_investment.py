"""
Build src/detente/data/worlds/investment.csv: the share of final spending that is investment, by economy.

    python scripts/build_investment.py [--shared ../shared/data]

Gross fixed capital formation and changes of inventories over all final demand at basic prices, by the economy that buys.
From the World Input-Output Database, 2013 release, 2011 (CC BY 4.0), and the OECD's table of 2019 (2023 edition): of
`icio2022`, the 19 members of the G20 are of 2019, other economies of 2011 where that table has them, the rest take the
share of the economies that the table of 2019 does not name.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

import numpy as np

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO / "src"))

from detente.world import load_world  # noqa: E402  (the path is set above)

TARGET = REPO / "src/detente/data/worlds/investment.csv"
WIOD, OECD = "WIOD, 2013 release", "OECD ICIO, 2023 edition"
REST = "ROW"
# Labels of the table of 2011 that are others here.
LABELS = {"ROM": "ROU", "RoW": REST}


def wiod_shares(shared: Path) -> dict[str, float]:
    """Last two of the five categories: fixed capital formation, inventories."""
    with np.load(shared / "raw/wiod_2013_release/wiot_2011.npz") as table:
        names = [LABELS.get(str(c), str(c)) for c in table["countries"]]
        bought = table["F"].astype(np.float64).sum(axis=0).reshape(len(names), -1)
    return dict(zip(names, bought[:, 3:].sum(axis=1) / bought.sum(axis=1), strict=True))


def oecd_shares(shared: Path) -> dict[str, float]:
    """Category I: fixed capital formation and inventories."""
    with np.load(shared / "raw/oecd_icio_2023_2019_g20/icio2019_g20_sections.npz") as table:
        bought = table["final_demand"].sum(axis=(0, 2))
        invested = bought[:, list(table["final_categories"]).index("I")]
        return dict(zip(map(str, table["countries"]), invested / bought.sum(axis=1), strict=True))


def rows(shared: Path) -> list[tuple[str, str, str, str, int, str]]:
    """World, economy, share, source, year, note."""
    old, new = wiod_shares(shared), oecd_shares(shared)
    out = [
        ("wiod2011", name, f"{old[name]:.4f}", WIOD, 2011, "") for name in load_world("wiod2011").economies
    ]
    for name in load_world("icio2022").economies:
        if name in new and name != REST:
            out.append(("icio2022", name, f"{new[name]:.4f}", OECD, 2019, ""))
        elif name in old and name != REST:
            out.append(("icio2022", name, f"{old[name]:.4f}", WIOD, 2011, ""))
        else:
            out.append(("icio2022", name, f"{new[REST]:.4f}", OECD, 2019, "of the rest of the world"))
    return out


def main() -> None:
    """Write a row for every economy of the built-in worlds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--shared", type=Path, default=REPO.parent / "shared" / "data")
    found = rows(parser.parse_args().shared)
    with TARGET.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("world", "economy", "share", "source", "year", "note"))
        out.writerows(found)
    print(f"{TARGET.name}: {len(found)} rows")


if __name__ == "__main__":
    main()
