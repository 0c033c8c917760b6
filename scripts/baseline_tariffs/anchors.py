"""Tariffs of importers other than the United States: World Bank level x sector shape x agreements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from baseline_tariffs.agreements import EU27, mfn_shares, read_yaml
from baseline_tariffs.shape import read_anchors, tier_of

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Frame:
    """
    The world the tariffs are for.

    `flows` (sector, importer, exporter) weigh the means; `goods`, `primary`, `food` are masks over sectors.
    """

    economies: list[str]
    flows: np.ndarray
    goods: np.ndarray
    primary: np.ndarray
    food: np.ndarray


def anchor_levels(shared: Path, economies: list[str]) -> pd.DataFrame:
    """
    Give the published means by economy, percent, with stand-ins for those that have none.

    Parameters
    ----------
    shared
        Folder that holds `raw/`.
    economies
        Labels of the world.

    Returns
    -------
    pandas.DataFrame
        Columns `all_products_pct`, `manufactures_pct`, `primary_pct`, `stand_in` (True where not published).
    """
    anchors = read_anchors(shared).drop(columns="year")
    trade = pd.read_parquet(shared / "raw/baci_2023_total_bilateral/baci_hs22_2023_total_goods.parquet")
    imports = trade.groupby("importer")["value_kusd"].sum()
    rows = {}
    for economy in economies:
        if economy in anchors.index:
            rows[economy] = {**anchors.loc[economy], "stand_in": False}
            continue
        of = read_yaml("tariff_assumptions.yaml")["stand_ins"][economy]["of"]
        others = anchors.drop(index=[e for e in economies if e in anchors.index])
        weights = imports.reindex(others.index).fillna(0.0)
        mean = others.mul(weights, axis=0).sum() / weights.sum() if of == "others" else anchors.loc[of]
        rows[economy] = {**mean, "stand_in": True}
    return pd.DataFrame(rows).T


def foreign_tariffs(
    frame: Frame, levels: pd.DataFrame, shapes: dict[int, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """
    Tariffs of every importer whose import-weighted means are the published ones.

    Parameters
    ----------
    frame
        Labels, weights and masks of the world.
    levels
        Output of `anchor_levels`.
    shapes
        Tier to relatives by sector of the world, (J,).

    Returns
    -------
    rate, source
        (sector, importer, exporter): fraction; 0, 2 (derived) or 3 (assumed). MFN of a sector is scale x
        relative, the duty on a partner that times the share that applies under agreements; one scale for
        primary products and one for manufactures meet the two means exactly, unless `highest_mfn` binds. EU
        members share one schedule and the mean of the EU's imports from outside.
    """
    other, food, basis = mfn_shares(frame.economies)
    share = np.where(frame.food[:, None, None], food, other)
    abroad = ~np.eye(len(frame.economies), dtype=bool)
    eu = np.array([economy in EU27 for economy in frame.economies])
    weights = frame.flows * abroad * ~(eu[:, None] & eu[None, :])
    rate = np.zeros_like(frame.flows)
    for n, economy in enumerate(frame.economies):
        level = levels.loc[economy]
        shape = shapes[tier_of(float(level["manufactures_pct"]))]
        members = eu if eu[n] else np.arange(len(eu)) == n
        for mask, column in (
            (frame.primary, "primary_pct"),
            (frame.goods & ~frame.primary, "manufactures_pct"),
        ):
            weight = weights[np.ix_(mask, members)].sum(axis=1)
            applied = _applied(weights[np.ix_(mask, members)], share[np.ix_(mask, members)])
            mfn = _scale(float(level[column]) / 100, shape[mask], weight.sum(axis=1), applied)
            rate[mask, n] = mfn[:, None] * share[mask, n]
    rate *= abroad & frame.goods[:, None, None]
    code = np.where(levels["stand_in"].to_numpy(bool)[:, None], np.int8(3), basis)
    return rate, np.where(abroad & frame.goods[:, None, None], code, np.int8(0))


def _applied(weights: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Sum the imports that pay, by sector: imports times the share of the MFN duty that applies."""
    return (weights * share).sum(axis=(1, 2))


def _scale(mean: float, shape: np.ndarray, imports: np.ndarray, applied: np.ndarray) -> np.ndarray:
    """MFN by sector, proportional to the shape under the cap, with the given mean over imports."""
    highest = float(read_yaml("tariff_assumptions.yaml")["highest_mfn"]["value"])
    due = mean * imports.sum()
    mfn = np.zeros_like(shape)
    free = np.ones(len(shape), dtype=bool)
    while due > 0:
        base = float((shape * applied)[free].sum())
        if base <= 0:
            break
        scale = max(due - float((mfn * applied)[~free].sum()), 0.0) / base
        mfn[free] = scale * shape[free]
        over = free & (mfn > highest)
        if not over.any():
            break
        mfn[over] = highest
        free &= ~over
    return mfn


def china_additions(sectors: dict[str, list[str]]) -> np.ndarray:
    """
    Give China's additional duties of 2018-2020 on US goods still collected in 2022, by sector, (J,).

    Parameters
    ----------
    sectors
        Sector of the world to its icio49 industries.
    """
    table = read_yaml("tariff_assumptions.yaml")["china_on_us_2018_2020"]
    rate = {i: group["value"] for group in table["rates"].values() for i in group["industries"]}
    kept = 1 - table["waived"]["value"]
    return np.array([kept * float(np.mean([rate.get(i, 0.0) for i in parts])) for parts in sectors.values()])
