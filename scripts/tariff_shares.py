"""
Build the tables of shares that averages rest on: preferences, USMCA claims, metal content.

Run from the repository root with the folder of inputs: ``python scripts/tariff_shares.py ../shared``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
from products.writing import write

OUT = Path("src/detente/data/tariffs")
BORDER = {"1220": "CAN", "2010": "MEX"}
FIRST_MONTH, LAST_MONTH = "2025-07", "2026-02"
EU_BLOCK, EU_LABEL = "0003", "EUN"
YALE = "(c) 2025-2026 The Budget Lab at Yale, MIT"


def metal_content(schedule: Path) -> pd.DataFrame:
    """Steel, aluminum and copper share of value by HTS10, from the 2017 input-output accounts."""
    read = pd.read_parquet(schedule / "metal_content_shares_bea.parquet")
    return read[["hts10", "steel_share", "aluminum_share", "copper_share"]].sort_values("hts10")


def usmca_use(schedule: Path) -> pd.DataFrame:
    """Share of imports entered with a USMCA claim, by HTS10, HTS8 and in all, by partner, months pooled."""
    read = pd.read_parquet(schedule / "usmca_utilisation_monthly.parquet")
    read = read[read["month"].between(FIRST_MONTH, LAST_MONTH) & read["cty_code"].isin(BORDER)]
    levels = []
    for digits in (10, 8, 0):
        level = read.assign(code=read["hts10"].str[:digits])
        levels.append(level.groupby(["cty_code", "code"])[["total_value", "usmca_value"]].sum().reset_index())
    total = pd.concat(levels)
    total = total[total["total_value"] > 0]
    total["share"] = (total["usmca_value"] / total["total_value"]).clip(0.0, 1.0).round(4)
    total["iso3"] = total["cty_code"].map(BORDER)
    return total[["iso3", "code", "share"]].sort_values(["iso3", "code"])


def preference_use(shared: Path) -> pd.DataFrame:
    """Share of the ordinary duty waived by preferences, by HS2 and partner; the EU weighted from its members."""
    schedule = shared / "data/tariff_schedule"
    read = pd.read_csv(schedule / "mfn_preference_shares_hs2.csv", dtype={"hs2": str, "cty_code": str})
    countries = pd.read_csv(schedule / "countries.csv", dtype=str)
    iso3 = countries.set_index(countries.columns[0])["iso3"].to_dict()
    read["iso3"] = read["cty_code"].map(iso3)
    weights = pd.read_csv(
        shared / "data/raw/us_census_imports_2024/us_imports_2024_hs2_all_partners.csv",
        dtype={"HS2": str, "CTY_CODE": str},
    )
    weights["HS2"] = weights["HS2"].str.zfill(2)
    read = read.merge(
        weights.rename(columns={"HS2": "hs2", "CTY_CODE": "cty_code"}), on=["hs2", "cty_code"], how="left"
    )
    members = countries.loc[countries["eu27"] == "True", "iso3"]
    inside = read[read["iso3"].isin(members)].assign(
        weight=lambda frame: frame["2024_imports"].fillna(0.0) + 1.0
    )
    inside = inside.assign(part=inside["exemption_share"] * inside["weight"])
    block = inside.groupby("hs2")[["part", "weight"]].sum()
    eu = (block["part"] / block["weight"]).rename("exemption_share").reset_index().assign(iso3=EU_LABEL)
    both = pd.concat([read.dropna(subset=["iso3"])[["iso3", "hs2", "exemption_share"]], eu])
    both["share"] = both["exemption_share"].clip(0.0, 1.0)
    return both[["iso3", "hs2", "share"]].sort_values(["iso3", "hs2"])


def shares(name: str, frame: pd.DataFrame, note: str) -> None:
    """Write one table, its shares in single precision."""
    single = frame.astype(dict.fromkeys(frame.select_dtypes("float"), "float32"))
    write(OUT, name, single, note)


def main(shared: Path) -> None:
    """Write the three tables."""
    OUT.mkdir(parents=True, exist_ok=True)
    schedule = shared / "data/tariff_schedule"
    shares("metal_content", metal_content(schedule), f"BEA 2017 detailed input-output accounts; {YALE}")
    shares(
        "usmca_use",
        usmca_use(schedule),
        f"USITC DataWeb, {FIRST_MONTH} to {LAST_MONTH}, public domain",
    )
    shares("preference_use", preference_use(shared), f"Census calculated duties 2024; {YALE}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared"))
