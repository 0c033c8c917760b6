"""
The sector shape of tariffs: what an industry's duty is relative to the mean of its class.

Four tiers of economies by the World Bank's mean for manufactures; in each, the median over economies of the
industry group's mean relative to the economy's mean of manufactures (or primary products). Some thirty
parameters estimated from published means (World Bank, WITS TradeStats-Tariff; UNCTAD TRAINS), which
are not shipped and cannot be recovered from them. No economy keeps a shape of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path

# Upper ends of the tiers, percent, mean applied duty on manufactures.
TIERS = (1.2, 3.6, 8.0)
# A mean below this (percent) is too near zero to divide by.
FLOOR = 0.2
# Industries of each published group. Fuels, ores, plastics and miscellaneous goods come from the second file.
GROUPS_8 = {
    "agriculture_food": ("A01", "A03", "C10T12"),
    "textiles_apparel": ("C13T15",),
    "base_metals": ("C24A", "C24B", "C25"),
    "chemicals": ("C20", "C21"),
    "machinery_electrical": ("C26", "C27", "C28"),
    "transportation": ("C29", "C301", "C302T309"),
    "wood_paper": ("A02", "C16", "C17_18"),
    "stone_glass": ("C23",),
}
GROUPS_16 = {
    "25-26_Minerals": ("B07", "B08"),
    "27-27_Fuels": ("B05", "B06", "C19"),
    "39-40_PlastiRub": ("C22",),
    "90-99_Miscellan": ("C31T33",),
}
# Within a group the published means say nothing; the industry's US duty on partners without agreement
# relative to the group's does, up to a factor of two either way. Not for food and farm goods, where US duties
# are unlike those of others.
WITHIN = 2.0


def sector_shape(
    shared: Path, primary: set[str], us_rates: pd.Series, us_imports: pd.Series
) -> dict[int, pd.Series]:
    """
    Estimate the shape of each tier.

    Parameters
    ----------
    shared
        Folder that holds `raw/`.
    primary
        Industries that count as primary products.
    us_rates, us_imports
        US duty and imports by industry, partners without agreement, for the split within groups.

    Returns
    -------
    dict
        Tier number to relatives by icio49 industry (1 is the mean of the economy's class).
    """
    anchors = read_anchors(shared)
    eight = _read_means(shared / "raw/wits_sector_tariffs/wits_2022_applied_8_sectors.csv", "sector")
    sixteen = _read_means(
        shared / "raw/wits_sector_tariffs/wits_2021_hs_sections_16_economies.csv", "hs_section_group"
    )
    within = _within_groups(us_rates, us_imports)
    shapes = {}
    for tier in range(len(TIERS) + 1):
        shape = {}
        for table, groups, pooled in ((eight, GROUPS_8, False), (sixteen, GROUPS_16, True)):
            members = table.index.intersection(anchors.index)
            if not pooled:
                members = [m for m in members if tier_of(anchors.loc[m, "manufactures_pct"]) == tier]
            for group, industries in groups.items():
                column = "primary_pct" if industries[0] in primary else "manufactures_pct"
                mean = anchors.loc[members, column].clip(lower=FLOOR)
                relative = float((table.loc[members, group] / mean).median())
                shape |= {industry: relative * within[industry] for industry in industries}
        shapes[tier] = pd.Series(shape)
    return shapes


def tier_of(manufactures_pct: float) -> int:
    """Give the tier of an economy by its mean duty on manufactures, percent."""
    return int(np.searchsorted(TIERS, manufactures_pct))


def read_anchors(shared: Path) -> pd.DataFrame:
    """Read the World Bank's weighted mean applied tariffs, percent, by economy."""
    return pd.read_csv(shared / "raw/wdi_applied_tariffs/wdi_applied_weighted_latest.csv").set_index("iso3")


def _read_means(path: Path, columns: str) -> pd.DataFrame:
    """Means by economy and group; EU members have one schedule and count once."""
    table = pd.read_csv(path).pivot_table(index="iso3", columns=columns, values="applied_weighted_pct")
    return table[~table.duplicated()]


def _within_groups(rates: pd.Series, imports: pd.Series) -> pd.Series:
    out = pd.Series(1.0, index=rates.index)
    for group, industries in (GROUPS_8 | GROUPS_16).items():
        if group == "agriculture_food":
            continue
        members = list(industries)
        weights = imports[members] + 1.0
        mean = float((rates[members] * weights).sum() / weights.sum())
        if mean > 0:
            out[members] = (rates[members] / mean).clip(1 / WITHIN, WITHIN)
    return out
