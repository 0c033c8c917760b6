"""Duties the United States collected in 2024, by industry and partner (Census Bureau, public domain)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from baseline_tariffs.agreements import EU27

EU_BLOCK = "EUN"
# Cells with fewer imports than this (USD) say nothing about a rate.
THIN = 1e6
_CHAPTERS_OF_RETURNS = ("98", "99")


@dataclass(frozen=True)
class Collected:
    """
    US imports for consumption and calculated duties in 2024, USD.

    `lines`: by partner with HS10 detail (the EU as one). `chapters`: by partner with HS2 detail only,
    shared out to industries by the pooled HS2-to-industry mix. Both are frames indexed by (iso3, industry)
    with columns `imports`, `duty`. Chapters 98 and 99 (returned goods, special provisions: 3.9 % of
    imports, next to no duty) have no industry: they are spread over each partner's industries in
    proportion, so that every partner's mean is the rate collected.
    """

    lines: pd.DataFrame
    chapters: pd.DataFrame


def read_collected(shared: Path) -> Collected:
    """
    Read the Census files and bring them to industries.

    Parameters
    ----------
    shared
        Folder that holds `raw/`.

    Returns
    -------
    Collected
        Frames by partner and icio49 industry.
    """
    census, schedule = shared / "raw/us_census_imports_2024", shared / "raw/us_tariff_schedule_yale"
    iso3 = pd.read_csv(census / "CensusCountryMapping_FRBAtl_short.csv", dtype=str).set_index("CTY_CODE")[
        "ISO3"
    ]
    iso3 = {**iso3.to_dict(), "0003": EU_BLOCK}
    hs10 = pd.read_parquet(census / "us_imports_2024_hs10_by_partner.parquet")
    hs10["iso3"] = hs10["CTY_CODE"].astype(str).map(iso3)
    hs10["industry"] = map_industries(hs10["HS10"].astype(str), schedule / "hs10_gtap_crosswalk.csv")
    hs10["hs2"] = hs10["HS10"].str[:2]
    hs2 = pd.read_csv(census / "us_imports_2024_hs2_all_partners.csv", dtype={"HS2": str, "CTY_CODE": str})
    hs2 = hs2.rename(columns={"HS2": "hs2", "2024_imports": "imports", "2024_duty": "duty"})
    hs2["iso3"] = hs2["CTY_CODE"].map(iso3)
    lines = hs10.groupby(["iso3", "industry"])[["imports", "duty"]].sum()
    returned = hs10[hs10["hs2"].isin(_CHAPTERS_OF_RETURNS)].groupby("iso3")[["imports", "duty"]].sum()
    return Collected(_spread(lines, returned), _share_out(hs2.dropna(subset="iso3"), hs10))


def map_industries(codes: pd.Series, crosswalk: Path) -> pd.Series:
    """
    Map HTS10 codes to icio49 through the MIT-licensed HTS10-to-GTAP crosswalk.

    Parameters
    ----------
    codes
        HTS10 as text.
    crosswalk
        `hs10_gtap_crosswalk.csv`.

    Returns
    -------
    pandas.Series
        Industry, missing for chapters 98 and 99. HS 26 goes to B07, HS 8901-8908 to C301: GTAP pools them
        with other mining and other transport equipment.
    """
    gtap = pd.read_csv(crosswalk, dtype=str).dropna().set_index("hs10")["gtap_code"].str.upper()
    to_icio = pd.read_csv(Path(__file__).with_name("gtap_icio49.csv")).set_index("gtap")["icio49"]
    industry = codes.map(gtap).map(to_icio)
    industry = industry.mask(codes.str.startswith("26") & industry.notna(), "B07")
    ships = codes.str[:4].isin([f"89{k:02d}" for k in range(1, 9)])
    return industry.mask(ships & industry.notna(), "C301")


def _share_out(hs2: pd.DataFrame, hs10: pd.DataFrame) -> pd.DataFrame:
    """
    Bring HS2 imports and duties of each partner to industries.

    EU members by the EU's mix of each chapter (so that members add up to the EU by industry), others by the
    mix of all partners.
    """
    out = []
    for members, pool in ((True, hs10[hs10["iso3"] == EU_BLOCK]), (False, hs10)):
        part = hs2[hs2["iso3"].isin(EU27) == members]
        columns = {}
        for column in ("imports", "duty"):
            mix = pool.pivot_table(
                index="hs2", columns="industry", values=column, aggfunc="sum", fill_value=0
            )
            mix = mix.loc[mix.sum(axis=1) > 0]
            mix = mix.div(mix.sum(axis=1), axis=0)
            by = part.pivot_table(index="iso3", columns="hs2", values=column, aggfunc="sum", fill_value=0)
            by = by.reindex(columns=mix.index, fill_value=0)
            columns[column] = pd.Series(
                (by.to_numpy() @ mix.to_numpy()).ravel(), pd.MultiIndex.from_product([by.index, mix.columns])
            )
        frame = pd.DataFrame(columns).fillna(0.0)
        returned = part[part["hs2"].isin(_CHAPTERS_OF_RETURNS)].groupby("iso3")[["imports", "duty"]].sum()
        out.append(_spread(frame.rename_axis(["iso3", "industry"]), returned))
    return pd.concat(out)


def _spread(frame: pd.DataFrame, returned: pd.DataFrame) -> pd.DataFrame:
    """Raise each partner's industries in proportion, so that chapters 98 and 99 are inside."""
    total = frame.groupby(level="iso3")[["imports", "duty"]].sum()
    factor = 1 + (returned.reindex(total.index).fillna(0.0) / total.where(total > 0)).fillna(0.0)
    return frame.astype(float) * factor.reindex(frame.index.get_level_values("iso3")).to_numpy()


def collected_rates(
    collected: Collected, economies: list[str], industries: list[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """
    US duty by industry and partner of a world.

    Parameters
    ----------
    collected
        Output of `read_collected`.
    economies
        Partners of the world; "ROW" takes every partner that is not listed.
    industries
        icio49 industries.

    Returns
    -------
    rate, source, imports
        Each (industry, partner): fraction; 1 observed, 2 derived, 3 assumed; USD of 2024.
    """
    lines, chapters = (
        f.drop(EU_BLOCK, level="iso3", errors="ignore") for f in (collected.lines, collected.chapters)
    )
    known = set(lines.index.get_level_values("iso3"))
    shape = (len(industries), len(economies))
    imports, duty, source = np.zeros(shape), np.zeros(shape), np.zeros(shape, np.int8)
    for i, economy in enumerate(economies):
        others = _outside(set(economies), lines, chapters) if economy == "ROW" else [economy]
        for partner in others:
            frame = lines if partner in known else chapters
            if partner in frame.index.get_level_values("iso3"):
                cells = frame.loc[partner].reindex(industries, fill_value=0.0)
                imports[:, i] += cells["imports"]
                duty[:, i] += cells["duty"]
        source[:, i] = 1 if economy in known else 2
    china = np.array([economy == "CHN" for economy in economies])
    typical = duty[:, ~china].sum(axis=1) / np.maximum(imports[:, ~china].sum(axis=1), 1.0)
    rate = np.where(imports > THIN, duty / np.maximum(imports, 1.0), typical[:, None])
    return rate, np.where(imports > THIN, source, np.int8(3)), imports


def _outside(listed: set[str], *frames: pd.DataFrame) -> list[str]:
    """Partners that are in the data and not among the economies of the world."""
    return sorted({p for f in frames for p in f.index.get_level_values("iso3")} - listed)
