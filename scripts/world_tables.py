"""
Write the tables of docs/world.md from the embedded worlds: tariff means, sector shape, elasticities.

    python scripts/world_tables.py [--shared ../shared/data]

Each table stands between `<!-- table NAME -->` and `<!-- end -->` and is replaced in place.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

import numpy as np

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO / "src"))
sys.path.insert(0, str(REPO / "scripts"))

from baseline_tariffs.agreements import EU27, read_yaml  # noqa: E402  (the path is set above)
from baseline_tariffs.anchors import anchor_levels  # noqa: E402  (same)
from baseline_tariffs.build import tier_shapes  # noqa: E402  (same)
from baseline_tariffs.shape import TIERS  # noqa: E402  (same)

from detente.world import World, load_world, world_names  # noqa: E402  (same)
from detente.world.elasticities import read_elasticities, read_rows  # noqa: E402  (same)
from detente.world.sectors import read_sectors  # noqa: E402  (same)

DOCUMENT = REPO / "docs" / "world.md"


def table(header: str, rows: list[str]) -> str:
    """Put a Markdown table together; the first column is text, the others are numbers."""
    columns = header.count("|") - 2
    return "\n".join([header, "| --- |" + " ---: |" * columns, *rows])


def scale_table(world: World, shared: Path) -> str:
    """Import-weighted means of the world beside the World Bank's, percent, by economy (the EU as one)."""
    economies = list(world.economies)
    levels = anchor_levels(shared, economies)
    listed = read_sectors(world.classification)
    goods, primary = (np.array([getattr(s, name) for s in listed]) for name in ("goods", "primary"))
    flows, rates = world.baseline().flows, world.data["tariff"].to_numpy().astype(np.float64)
    eu = np.array([economy in EU27 for economy in economies])
    rows = []
    for name in ["EU", *(e for e in economies if e not in EU27)]:
        members = eu if name == "EU" else np.array([e == name for e in economies])
        partners = ~members
        level = levels[members].iloc[0]
        cells = []
        for mask, column in (
            (goods, "all_products_pct"),
            (goods & ~primary, "manufactures_pct"),
            (primary, "primary_pct"),
        ):
            part = np.ix_(mask, members, partners)
            cells.append(f"{100 * (flows[part] * rates[part]).sum() / flows[part].sum():.2f}")
            cells.append(f"{level[column]:.2f}")
        mark = " (stand-in)" if level["stand_in"] else ""
        highest = 100 * rates[np.ix_(goods, members, partners)].max()
        rows.append(f"| {name}{mark} | " + " | ".join(cells) + f" | {highest:.0f} |")
    header = "| economy | all | WDI | manufactures | WDI | primary | WDI | highest cell |"
    return table(header, rows)


def shape_table(shared: Path) -> str:
    """Relatives of each tier by industry."""
    shapes = tier_shapes(shared)
    rows = [
        f"| {code} | " + " | ".join(f"{shapes[tier][code]:.2f}" for tier in shapes) + " |"
        for code in shapes[0].index
    ]
    ends = (*(f"to {end:g} %" for end in TIERS), f"over {TIERS[-1]:g} %")
    return table("| industry | " + " | ".join(ends) + " |", rows)


def caps_table(world: World) -> str:
    """Industries whose elasticity a cap moves, and their part of trade across borders."""
    theta, published = read_elasticities("icio49", {})
    flows = world.baseline().flows
    abroad = (flows * ~np.eye(len(world.economies), dtype=bool)).sum(axis=(1, 2))
    sources = {row["industry"]: row for row in read_rows("elasticities.csv")}
    rows = []
    for k, sector in enumerate(read_sectors("icio49")):
        if theta[k] != published[k]:
            basis = sources[sector.code]["basis"]
            share = f"{100 * abroad[k] / abroad.sum():.1f}" if world.classification == "icio49" else ""
            rows.append(
                f"| {sector.code} {sector.name} ({basis}) | {published[k]:.2f} | {theta[k]:.0f} | {share} |"
            )
    return table("| industry | published | used | % of trade across borders |", rows)


def china_table(world: World) -> str:
    """China's mean duty on goods of the United States under each share waived."""
    waived = read_yaml("tariff_assumptions.yaml")["china_on_us_2018_2020"]["waived"]
    goods = [s.code for s in read_sectors(world.classification) if s.goods]
    pair = {"importer": "CHN", "exporter": "USA", "sector": goods}
    flow = (world.data["intermediate"] + world.data["final"]).sel(pair).to_numpy().astype(np.float64)
    now = world.data["tariff"].sel(pair).to_numpy().astype(np.float64)
    other = world.data["tariff"].sel(pair | {"exporter": "DEU"}).to_numpy().astype(np.float64)
    full = (now - other) / (1 - waived["value"])
    rows = [
        f"| {share:g}{' (used)' if share == waived['value'] else ''} | "
        f"{100 * float(((other + (1 - share) * full) * flow).sum() / flow.sum()):.1f} |"
        for share in sorted({waived["value"], *waived["alternatives"], 1.0})
    ]
    return table("| share waived | mean duty on US goods, % |", rows)


def main() -> None:
    """Replace every table of the document."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--shared", type=Path, default=REPO.parent / "shared" / "data")
    shared = parser.parse_args().shared
    world = load_world("icio2022" if "icio2022" in world_names() else "wiod2011")
    tables = {
        "scale": scale_table(world, shared),
        "shape": shape_table(shared),
        "caps": caps_table(world),
        "china": china_table(world),
    }
    text = DOCUMENT.read_text(encoding="utf-8")
    for name, body in tables.items():
        pattern = rf"(<!-- table {name} -->\n).*?(<!-- end -->)"
        text, count = re.subn(pattern, lambda m, b=body: f"{m[1]}{b}\n{m[2]}", text, flags=re.DOTALL)
        if count != 1:
            raise SystemExit(f"{DOCUMENT}: {count} places for table {name}, one expected")
    DOCUMENT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
