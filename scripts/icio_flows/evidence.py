"""What is known about final demand in 2022: WIOD and US import ratios, 2019 anchors, BACI, balances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from baseline_tariffs.us import collected_rates

from detente.world.sectors import read_sectors
from icio_flows.anchors import Anchors, Blocks, carry_over
from icio_flows.prior import Memory
from icio_flows.tables import ROW, read_g20, read_wiod, wiod_of_icio

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from baseline_tariffs.us import Collected

    from icio_flows.rest import Completed
    from icio_flows.tables import Array

# Range of an exporter's ratio of final sales to inputs from US imports.
US_RATIO = (0.05, 15.0)
# USD million: partners that sell less of an industry take the median of the others.
US_THIN = 300.0
# What sales to the United States say of other cells, chosen on WIOD with industries merged and its own, disturbed,
# sales to the United States in place of customs data: an exporter's own ratio against the industry's median; a row's
# mean foreign ratio against the pattern's; the home cell's share of the industry's deviation.
US_OWN, US_WEIGHT, US_HOME = 0.5, 0.1, 0.1
# How much of the gap to BACI's pattern is closed, and the largest gap (in logarithms) that counts.
BACI_WEIGHT, BACI_CLIP = 0.45, 1.5
# Trade balance of Myanmar, USD million: none is published for 2022; a small deficit, 2 % of GDP.
ASSUMED_BALANCES = {"MMR": -1_200.0}


def goods_mask() -> np.ndarray:
    """Which icio49 industries are goods."""
    return np.array([s.goods for s in read_sectors("icio49")])


def wiod_memory(shared: Path, table: Completed, year: int = 2011) -> Memory:
    """
    Where the world's economies and industries stand in a WIOD year; its RoW stands in for economies it lacks.

    Parameters
    ----------
    shared
        Folder that holds `raw/`.
    table
        Labels.
    year
        WIOD year.

    Returns
    -------
    Memory
        For `first_pattern`.
    """
    wiod = read_wiod(shared, year)
    to_wiod = wiod_of_icio()
    sector = np.array([wiod.sectors.index(to_wiod[s]) for s in table.sectors])
    known = [e if e in wiod.economies else ROW for e in table.economies]
    economy = np.array([wiod.economies.index(e) for e in known])
    return Memory(wiod, sector, economy, wiod.economies.index(ROW))


def g20_anchors(shared: Path, table: Completed) -> Anchors:
    """
    Final sales by section and pair as in the table of 2019.

    Parameters
    ----------
    shared
        Folder that holds `raw/`.
    table
        Labels, inputs and rows of 2022.

    Returns
    -------
    Anchors
        Economies outside the G20 are one group.
    """
    g20 = read_g20(shared)
    rest = g20.economies.index(ROW)
    where = Blocks(np.arange(len(g20.sectors)), np.arange(len(g20.economies)))
    section = np.array([g20.sectors.index(code[0]) for code in table.sectors])
    group = np.array([g20.economies.index(e) if e in g20.economies else rest for e in table.economies])
    return carry_over(g20, where, table.inputs, table.final_rows, Blocks(section, group), rest)


def us_imports(collected: Collected, table: Completed) -> Array:
    """
    US imports of 2024 by industry and partner, USD million.

    Parameters
    ----------
    collected
        Census imports by industry (`baseline_tariffs.us.read_collected`).
    table
        Labels.

    Returns
    -------
    numpy.ndarray
        (sector, exporter). EU members by the EU's mix of each chapter; ROW is every partner outside the table.
    """
    _, _, imports = collected_rates(collected, list(table.economies), list(table.sectors))
    imports[:, table.economies.index("USA")] = 0.0
    return imports / 1e6


def final_ratios(imports: Array, inputs: Array, goods: np.ndarray) -> Array:
    """
    Ratio of what exceeds inputs to inputs, within bounds; the median of larger partners where a partner is small.

    Parameters
    ----------
    imports, inputs
        Purchases of one importer in all and as inputs, (sector, exporter), USD million.
    goods
        Sectors to do.

    Returns
    -------
    numpy.ndarray
        (sector, exporter), NaN outside goods and where no partner is large.
    """
    out = np.full_like(inputs, np.nan)
    np.divide(imports - inputs, inputs, out=out, where=inputs > 0)
    out = np.clip(out, *US_RATIO)
    thick = (imports > US_THIN) & (inputs > 0)
    for j in range(len(out)):
        typical = np.median(out[j, thick[j]]) if thick[j].any() else np.nan
        out[j, ~thick[j]] = typical
    out[~goods] = np.nan
    return out


def add_us_ratios(pattern: Array, inputs: Array, us: Array, memory_sector: np.ndarray) -> Array:
    """
    Move a pattern towards the ratios of US imports.

    Parameters
    ----------
    pattern
        Final sales by `first_pattern`, (sector, importer, exporter).
    inputs
        Inputs.
    us
        Output of `final_ratios`, NaN where not known.
    memory_sector
        Coarser industry of each sector in the table the pattern comes from.

    Returns
    -------
    numpy.ndarray
        Foreign goods cells scaled so that a row's mean foreign ratio moves by `US_WEIGHT` to the US ratio; home cells
        by `US_HOME` with what tells an industry from the others of its coarser one (a product that is
        bought for final use abroad is so at home).
    """
    size = pattern.shape[1]
    home, foreign = np.arange(size), ~np.eye(size, dtype=bool)
    abroad, sold = (pattern * foreign).sum(axis=1), (inputs * foreign).sum(axis=1)
    typical = np.array([np.median(row[np.isfinite(row)]) if np.isfinite(row).any() else np.nan for row in us])
    us = us**US_OWN * typical[:, None] ** (1 - US_OWN)
    known = np.isfinite(us) & (abroad > 0) & (sold > 0)
    mean = np.divide(abroad, sold, out=np.ones_like(sold), where=known)
    factor = np.where(known, (np.where(known, us, 1.0) / mean) ** US_WEIGHT, 1.0)
    out: Array = np.where(foreign, pattern * factor[:, None, :], pattern)
    out[:, home, home] *= np.exp(US_HOME * _deviation(typical, sold.sum(axis=1), memory_sector))[:, None]
    return out


def _deviation(ratio: Array, weight: Array, group: np.ndarray) -> Array:
    """Logarithm of each sector's ratio less the weighted mean of its group; 0 where none is known."""
    out = np.zeros(len(ratio))
    for value in np.unique(group):
        members = (group == value) & np.isfinite(ratio)
        if members.sum() > 1:
            logs = np.log(ratio[members])
            out[members] = logs - np.average(logs, weights=weight[members])
    return out


def baci_tilt(flows: Array, goods_trade: Array) -> Array:
    """
    Factor on goods cells that brings pairs part of the way to BACI's pattern.

    Parameters
    ----------
    flows
        Inputs and final sales, (sector, importer, exporter), ROW last.
    goods_trade
        BACI, (importer, exporter), others last; exporters without data are left alone.

    Returns
    -------
    numpy.ndarray
        Shape of `flows`; 1 for services, home, ROW and pairs without data.
    """
    goods = goods_mask()
    size = flows.shape[1]
    seen, found = goods_trade.copy(), flows[goods].sum(axis=0)
    used = (seen > 0) & (found > 0) & ~np.eye(size, dtype=bool)
    used[-1], used[:, -1] = False, False
    gap = np.where(used, np.log(np.where(used, seen, 1.0) / np.where(used, found, 1.0)), 0.0)
    weight = used.astype(np.float64)
    for _ in range(50):
        for axis in (0, 1):
            mean = gap.sum(axis=axis, keepdims=True) / np.maximum(weight.sum(axis=axis, keepdims=True), 1.0)
            gap = np.where(used, gap - mean, 0.0)
    factor = np.exp(BACI_WEIGHT * np.clip(gap, -BACI_CLIP, BACI_CLIP))
    return np.where(goods[:, None, None], factor, 1.0)


def final_totals(table: Completed, balances: pd.DataFrame) -> tuple[Array, Array]:
    """
    Final demand by economy: value added and taxes on inputs less the trade balance.

    Parameters
    ----------
    table
        Labels, value added, rows.
    balances
        Exports and imports of goods and services (`read_balances`).

    Returns
    -------
    columns, stated
        Final demand that sums to the rows, and the balance used, (economy,). The world's balances do not sum to
        zero; the excess is taken off in proportion to exports + imports. ROW is the sum of economies
        outside the table.
    """
    listed = balances.reindex(table.economies)
    outside = balances.loc[~balances.index.isin(table.economies)].sum()
    listed.loc[ROW] = outside
    balance = (listed["exports"] - listed["imports"]).to_numpy(np.float64).copy()
    volume = (listed["exports"] + listed["imports"]).fillna(0.0).to_numpy(np.float64)
    for economy, value in ASSUMED_BALANCES.items():
        balance[table.economies.index(economy)] = value
    stated = balance - balance.sum() * volume / volume.sum()
    columns = table.value_added_taxes.sum(axis=0) - stated
    # rounding of the source: the rows are the total
    return columns * (table.final_rows.sum() / columns.sum()), stated
