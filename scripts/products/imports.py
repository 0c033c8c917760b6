"""US imports for consumption of 2024 (Census Bureau, public domain): by line and partner, and by chapter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from products.writing import write

if TYPE_CHECKING:
    from pathlib import Path

CENSUS = "US Census Bureau, imports for consumption and calculated duties, 2024, USD; public domain"
EU_CODE, EU = "0003", "EUN"


def build_imports(shared: Path, out: Path) -> None:
    """Write imports by line and partner, and by chapter and every partner."""
    census = shared / "data/raw/us_census_imports_2024"
    iso3 = pd.read_csv(census / "CensusCountryMapping_FRBAtl_short.csv", dtype=str)
    alpha3 = {**dict(zip(iso3["CTY_CODE"], iso3["ISO3"], strict=True)), EU_CODE: EU}
    lines = pd.read_parquet(shared / "data/tariff_schedule/imports_2024_hts10_partner.parquet")
    frame = pd.DataFrame(
        {
            "partner": lines["cty_code"].map(alpha3),
            "code": lines["hts10"],
            "usd": lines["imports_usd"],
            "duty": lines["calculated_duty_usd"],
        }
    )
    if frame["partner"].isna().any():
        raise SystemExit("a partner has no ISO code")
    frame = frame.sort_values(["partner", "code"])
    inside = frame["partner"].isin(_members(shared))
    _must_be_inside(frame[inside], frame[frame["partner"] == EU])
    write(out, "imports_2024_members", frame[inside], CENSUS)
    write(out, "imports_2024", frame[~inside].astype({"partner": "category", "code": "category"}), CENSUS)
    chapters = pd.read_csv(
        census / "us_imports_2024_hs2_all_partners.csv", dtype={"HS2": str, "CTY_CODE": str}
    )
    by_chapter = pd.DataFrame(
        {
            "partner": chapters["CTY_CODE"].map(alpha3),
            "chapter": chapters["HS2"].str.zfill(2),
            "usd": chapters["2024_imports"].round().astype("int64"),
            "duty": chapters["2024_duty"].round().astype("int64"),
        }
    )
    unknown = sorted(set(chapters.loc[by_chapter["partner"].isna(), "CTY_CODE"]))
    print(
        "partners without an ISO code, left out:",
        unknown,
        by_chapter.loc[by_chapter["partner"].isna(), "usd"].sum(),
    )
    kept = by_chapter.dropna().groupby(["partner", "chapter"], as_index=False).sum()
    write(out, "imports_2024_chapters", kept, CENSUS)


def _members(shared: Path) -> set[str]:
    """Members of the European Union by ISO code."""
    countries = pd.read_csv(shared / "data/tariff_schedule/countries.csv", dtype=str)
    return set(countries.loc[countries["eu27"] == "True", "iso3"])


def _must_be_inside(members: pd.DataFrame, union: pd.DataFrame) -> None:
    """Check that the rows of single members (Slovakia) are part of the Union's, so that they must not be added."""
    whole = union.set_index("code")["usd"]
    excess = members["usd"] > members["code"].map(whole).fillna(0)
    if excess.any():
        raise SystemExit(f"rows of members beyond the Union's: {members[excess]}")
