"""
Build the embedded worlds: src/detente/data/worlds/wiod2011.nc and icio2022.nc.

Reads ../shared/data (or --shared) and, for icio2022, out/icio_flows.npz, which
scripts/build_icio_flows.py writes. Running it twice gives the same bytes.

    python scripts/build_world.py [wiod2011|icio2022 ...]
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO / "src"))
sys.path.insert(0, str(REPO / "scripts"))

from baseline_tariffs.agreements import read_yaml  # noqa: E402  (the path is set above)
from baseline_tariffs.build import build_tariffs  # noqa: E402  (same)

from detente.geography.economies import is_economy  # noqa: E402  (same)
from detente.world.elasticities import read_elasticities  # noqa: E402  (same)
from detente.world.gdp import WORLD_BANK_YEAR  # noqa: E402  (same)
from detente.world.io.layout import make_dataset  # noqa: E402  (same)
from detente.world.readers.wiod import read_wiod  # noqa: E402  (same)
from detente.world.sectors import read_sectors  # noqa: E402  (same)
from detente.world.world import World  # noqa: E402  (same)

FLOWS = REPO / "out" / "icio_flows.npz"


def read_attributes(name: str) -> dict[str, Any]:
    """Citations, estimates and rounding of a world, from sources.yaml."""
    table = read_yaml("sources.yaml")
    own = table[name]
    return {
        "name": name,
        "year": own["year"],
        "classification": own["classification"],
        "sources": [*own["sources"], *table["shared_sources"]],
        "estimated": [*own["estimates"], *table["shared_estimates"]],
        "tolerance": own.get("tolerance", 0.0),
        "negative_allowed": own["negative_allowed"],
        "estimated_cells": own.get("estimated_cells", {}),
    }


def import_weights(shared: Path) -> dict[str, float]:
    """World imports of inputs by icio49 industry, 2022: weights for merged elasticities."""
    with np.load(shared / "raw/oecd_icio_2025_2022/icio2022_compact.npz") as table:
        trade, codes = table["trade_intermediate"].astype(np.float64), table["industries"]
    abroad = trade.sum(axis=(0, 1)) - np.einsum("iis->s", trade)
    return {str(code): float(value) for code, value in zip(codes, abroad, strict=True)}


def build_wiod(shared: Path) -> World:
    """Pack WIOD 2011: every flow observed; final demand summed over categories."""
    table = read_wiod(shared / "raw/wiod_2013_release/wiot_2011.npz", year=2011)
    names = ("intermediate", "final", "input_use", "output", "value_added_taxes")
    arrays = {name: table.data[name].to_numpy() for name in names}
    economies, sectors = list(table.economies), list(table.sectors)
    flows = arrays["intermediate"] + arrays["final"]
    arrays["theta"], arrays["theta_uncapped"] = read_elasticities("wiod35", import_weights(shared))
    arrays["tariff"], arrays["tariff_source"] = build_tariffs(
        flows, economies, classification="wiod35", shared=shared
    )
    attributes = read_attributes("wiod2011") | {"tolerance": table.data.attrs["tolerance"]}
    return World(make_dataset(arrays, economies=economies, sectors=sectors, attributes=attributes))


def build_icio(shared: Path) -> World:
    """Pack the flows of ICIO 2022: inputs observed, final demand and the rest of the world estimated."""
    with np.load(FLOWS) as table:
        names = ("intermediate", "final", "input_use", "output", "final_taxes", "final_taxes_source")
        arrays = {name: table[name] for name in names}
        arrays["value_added_taxes"] = table["value_added"]
        economies, sectors = ([str(x) for x in table[name]] for name in ("economies", "sectors"))
    expected = [s.code for s in read_sectors("icio49")]
    if sectors != expected:
        raise SystemExit(f"{FLOWS}: sectors {sectors} are not those of sectors.csv {expected}")
    for name in ("intermediate", "final", "input_use"):
        arrays[name] = arrays[name].astype(np.float32)
    flows = arrays["intermediate"].astype(np.float64) + arrays["final"]
    arrays["tariff"], arrays["tariff_source"] = build_tariffs(
        flows, economies, classification="icio49", shared=shared
    )
    arrays["theta"], arrays["theta_uncapped"] = read_elasticities("icio49", {})
    attributes = read_attributes("icio2022")
    return World(make_dataset(arrays, economies=economies, sectors=sectors, attributes=attributes))


def write_variants(world: World, folder: Path) -> None:
    """Store each alternative final demand that the flows file holds, as `variants/<world>.<name>.nc`."""
    texts = read_yaml("sources.yaml")[world.name].get("variants", {})
    with np.load(FLOWS) as table:
        stored = {
            name: table[key]
            for name, key in ((n, f"final_{n}".replace("-", "_")) for n in texts)
            if key in table
        }
    for name, final in stored.items():
        data = world.data[["final"]].copy(data={"final": final.astype(np.float32)})
        data.attrs = {"estimated": texts[name]}
        (folder / "variants").mkdir(exist_ok=True)
        path = folder / "variants" / f"{world.name}.{name}.nc"
        data.to_netcdf(path, engine="scipy", encoding={"final": {"_FillValue": None}})
        print(f"{path}  {path.stat().st_size:,} bytes")


def write_gdp(shared: Path, folder: Path) -> None:
    """Store the World Bank's GDP of 2022 by economy, USD million, aggregates left out but for the world."""
    frame = pd.read_csv(shared / "raw/world_bank_gdp/gdp_current_usd.csv")
    frame = frame[(frame["Year"] == WORLD_BANK_YEAR)].set_index("Country Code")["Value"] / 1e6
    codes = [code for code in sorted(frame.index) if is_economy(code) or code == "WLD"]
    lines = ["iso3,gdp_musd", *(f"{code},{frame[code]:.3f}" for code in codes)]
    (folder / "world_bank_gdp_2022.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


BUILDERS = {"wiod2011": build_wiod, "icio2022": build_icio}


def main() -> None:
    """Build the worlds named on the command line, all by default."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("worlds", nargs="*", default=list(BUILDERS))
    parser.add_argument("--shared", type=Path, default=REPO.parent / "shared" / "data")
    parser.add_argument("--out", type=Path, default=REPO / "src/detente/data/worlds")
    arguments = parser.parse_args()
    write_gdp(arguments.shared, arguments.out)
    for name in arguments.worlds:
        world = BUILDERS[name](arguments.shared)
        world.check()
        path = world.to_file(arguments.out / f"{name}.nc")
        print(
            f"{path}  {path.stat().st_size:,} bytes  sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}"
        )
        print(world.summary())
        if name == "icio2022":
            write_variants(world, arguments.out)


if __name__ == "__main__":
    main()
