"""Final sales to the United States from its customs, with the BEA's final use of imports in levels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from baseline_tariffs.agreements import EU27

from icio_flows.estimator import scale_rows
from icio_flows.evidence import add_us_ratios, final_ratios
from icio_flows.tables import ROW

if TYPE_CHECKING:
    from icio_flows.anchors import Anchors
    from icio_flows.rest import Completed
    from icio_flows.tables import Array, Observed

USA = "USA"
# Spreads (standard deviations of logarithms). Of the pattern's cells of the United States about the truth: 1.4, or
# 0.65 by the median, in 2022 where nearly all that customs saw is final, after customs' own; of customs values against
# inputs between partners where nearly all is an input (wood, paper, plastics, minerals, over USD 300 mn, effects of
# industries and partners taken out); the last grows for cells under SMALL_CELL, USD million.
PATTERN_SPREAD, CUSTOMS_SPREAD, SMALL_CELL = 1.0, 0.35, 500.0
# Least part of a cell's customs value that is final; range of the scale from customs values to basic prices.
LEAST_FINAL = 0.05
SCALE = (0.45, 1.2)
# Year of the ten-digit lines.
MIX_YEAR = 2024
_PASSES = 60


@dataclass(frozen=True)
class Imports:
    """
    What the United States bought of goods, at customs values.

    Attributes
    ----------
    customs
        (sector, exporter), USD million.
    group
        Group of commodities of each sector, -1 where there is none.
    final_part
        Part of each group's imports that final users buy.
    """

    customs: Array
    group: np.ndarray
    final_part: Array


@dataclass(frozen=True)
class Column:
    """Final sales to one importer, USD million, and what they weigh against the pattern: (sector, exporter)."""

    level: Array
    weight: Array


def read_naics(shared: Path, years: tuple[int, ...]) -> pd.DataFrame:
    """US imports for consumption by (partner, naics3), USD million, a column a year."""
    path = shared / "actuals/us_imports_naics3_partner_monthly_2013_2025_07.parquet"
    frame = pd.read_parquet(path)
    frame["year"] = frame["month"].astype(str).str[:4].astype(int)
    chosen = frame[frame["year"].isin(years)].astype({"imports_usd": float})
    return 1e-6 * chosen.pivot_table(
        index=["partner", "naics3"], columns="year", values="imports_usd", aggfunc="sum", fill_value=0.0
    )


def read_imports(shared: Path, mix: Array, table: Completed, year: int = 2022) -> Imports:
    """
    US imports of a year by industry and partner, and what part of each commodity is for final use.

    Parameters
    ----------
    shared
        Folder of the sources.
    mix
        US imports of 2024 by industry and partner from ten-digit lines (`evidence.us_imports`): it splits what the
        monthly series gives in groups of industries, or for partners it pools.
    table
        Labels.
    year
        Year of the imports.

    Returns
    -------
    Imports
        The series' partners observed; other members of the EU, and all others with ROW, by their mix. Manufactures are
        brought from the series' classes to the industries' by the lines of 2024, one factor for all partners.
    """
    groups = pd.read_csv(Path(__file__).with_name("naics_icio49.csv"))
    series = read_naics(shared, (year, MIX_YEAR))
    seen, then = series[year], series[MIX_YEAR]
    use = pd.read_csv(shared / "us_households/bea_use_import.csv").set_index("bea_code").sum(axis=1)
    total = pd.read_csv(shared / "us_households/bea_commodity_use_totals.csv").set_index("bea_code")
    listed = set(seen.index.get_level_values(0))
    pools = [([e], [e], []) for e in table.economies if e in listed]
    named = [p[0][0] for p in pools]
    union = [e for e in EU27 if e not in named]
    others = [e for e in table.economies if e not in {*named, *EU27, USA}]
    pools += [
        (union, ["EU"], [e for e in named if e in EU27]),
        (others, ["WORLD"], ["EU", *(e for e in named if e not in EU27)]),
    ]
    customs = np.zeros_like(mix)
    group, part = np.full(len(table.sectors), -1), np.zeros(len(groups))
    for g, (sectors, naics, bea) in enumerate(groups.itertuples(index=False)):
        rows = [table.sectors.index(s) for s in sectors.split()]
        group[rows] = g
        codes = bea.split()
        bought = float(total.loc[codes, "import_total"].sum())
        by_lines = 1.0
        if sectors.startswith("C"):
            by_lines = mix[rows].sum() / _sum_of(then, ["WORLD"], naics.split())
        part[g] = min(max(1 - float(use[codes].sum()) / bought, 0.0), 1.0)
        for members, plus, minus in pools:
            value = _sum_of(seen, plus, naics.split()) - _sum_of(seen, minus, naics.split())
            cells = np.ix_(rows, [table.economies.index(e) for e in members])
            size = mix[cells].sum()
            customs[cells] = mix[cells] * (max(value, 0.0) * by_lines / size if size > 0 else 0.0)
    return Imports(customs, group, part)


def _sum_of(seen: pd.Series, partners: list[str], codes: list[str]) -> float:
    """Imports from partners of some codes."""
    return float(sum(seen.get((p, c), 0.0) for p in partners for c in codes))


def us_column(imports: Imports, inputs: Array, anchors: Anchors, made: np.ndarray, usa: int) -> Column:
    """
    Final sales to the United States: customs values at basic prices less inputs.

    Customs values are scaled by partner, so that the manufactures of each group of the anchors add up to inputs and
    the anchors' final sales, and by commodity, so that final sales are the mean of two readings: the part that the
    BEA's tables give to final users, in levels, and what the scaled imports exceed inputs by.

    Parameters
    ----------
    imports
        Customs values.
    inputs
        This year's inputs, (sector, importer, exporter).
    anchors
        Final sales by block.
    made
        Sectors that are manufactures, all of one section of the anchors.
    usa
        Position of the United States.

    Returns
    -------
    Column
        Weight zero where nothing is known. It is the precision of a cell against the pattern's: what is left of a
        customs value after inputs of the same size says little.
    """
    bought = inputs[:, usa].copy()
    bought[:, usa] = 0.0
    scaled = imports.customs * _partner_scale(imports.customs, bought, anchors, made, usa)
    known = imports.group >= 0
    groups = len(imports.final_part)

    def by_group(flows: Array) -> Array:
        return np.bincount(imports.group[known], flows[known].sum(axis=1), groups)

    total, used = by_group(scaled), by_group(bought)
    rest = np.maximum(total - used, LEAST_FINAL * total)
    levels = imports.final_part * total
    levels *= rest.sum() / levels.sum()
    wanted = used + (levels + rest) / 2
    partners = scaled.sum(axis=0)
    for _ in range(_PASSES):
        now = by_group(scaled)
        factor = np.divide(wanted, now, out=np.ones_like(now), where=now > 0)
        scaled = np.where(known[:, None], scaled * factor[imports.group][:, None], scaled)
        sums = scaled.sum(axis=0)
        scaled = scaled * np.divide(partners, sums, out=np.ones_like(sums), where=sums > 0)
    level = np.where(known[:, None], np.maximum(scaled - bought, LEAST_FINAL * scaled), 0.0)
    level[:, usa] = 0.0
    left = by_group(level)
    level *= np.divide(wanted - used, left, out=np.ones_like(left), where=left > 0)[imports.group][:, None]
    noise = CUSTOMS_SPREAD * np.divide(scaled, level, out=np.ones_like(level), where=level > 0)
    spread = noise**2 * (1 + SMALL_CELL / np.maximum(scaled, 1.0))
    weight = PATTERN_SPREAD**2 / (PATTERN_SPREAD**2 + spread)
    return Column(level, np.where(level > 0, weight, 0.0))


def _partner_scale(customs: Array, bought: Array, anchors: Anchors, made: np.ndarray, usa: int) -> Array:
    """Scale from customs values to basic prices by exporter: one for each group of the anchors."""
    group, groups = anchors.blocks.group, anchors.wanted.shape[2]
    section = anchors.blocks.section[np.flatnonzero(made)[0]]
    final = np.nan_to_num(anchors.wanted[section, group[usa]])
    inputs, imports = (np.bincount(group, v[made].sum(axis=0), groups) for v in (bought, customs))
    scale = np.divide(inputs + final, imports, out=np.ones(groups), where=imports > 0)
    out: Array = np.clip(scale, *SCALE)[group]
    return out


def add_column(pattern: Array, rows: Array, column: Column, importer: int) -> Array:
    """
    Blend a pattern's cells of one importer with what is known of them.

    Parameters
    ----------
    pattern
        Final sales before anchors, (sector, importer, exporter).
    rows
        Final sales by sector and exporter, to which the pattern is scaled first.
    column
        Level and weight of the importer's cells.
    importer
        Its position.

    Returns
    -------
    numpy.ndarray
        Shape of `pattern`; geometric means by weight in the importer's cells.
    """
    out = scale_rows(pattern, rows)
    cell = out[:, importer]
    both = (cell > 0) & (column.level > 0)
    mean = (
        np.where(both, cell, 1.0) ** (1 - column.weight) * np.where(both, column.level, 1.0) ** column.weight
    )
    out[:, importer] = np.where(both, mean, cell)
    return out


def add_us_evidence(
    pattern: Array,
    inputs: Array,
    rows: Array,
    column: Column,
    memory_sector: np.ndarray,
    goods: np.ndarray,
    usa: int,
) -> Array:
    """
    Put what is known of sales to the United States into a pattern: its own cells, and a little of all others.

    Parameters
    ----------
    pattern, inputs
        (sector, importer, exporter).
    rows
        Final sales by sector and exporter.
    column
        Output of `us_column`.
    memory_sector
        Coarser industry of each sector in the table the pattern comes from.
    goods
        Sectors that are goods.
    usa
        Position of the United States.

    Returns
    -------
    numpy.ndarray
        Shape of `pattern`.
    """
    bought = inputs[:, usa].copy()
    bought[:, usa] = 0.0
    ratios = final_ratios(np.where(column.level > 0, column.level + bought, 0.0), bought, goods)
    return add_column(add_us_ratios(pattern, inputs, ratios, memory_sector), rows, column, usa)


def grow_blocks(anchors: Anchors, then: Array, growth: Array, section: int, destination: int) -> Anchors:
    """
    Let an importer's blocks grow with its customs as much as with its inputs.

    Parameters
    ----------
    anchors
        Blocks carried over by inputs.
    then
        The importer's final purchases by group of origins in the anchors' year, USD million.
    growth
        Growth of customs values since then by group of origins, NaN where not known.
    section, destination
        The blocks.

    Returns
    -------
    Anchors
        Geometric mean of the two.
    """
    wanted = anchors.wanted.copy()
    carried, grown = wanted[section, destination], then * growth
    both = np.isfinite(carried) & np.isfinite(grown) & (carried > 0) & (grown > 0)
    wanted[section, destination] = np.where(both, np.sqrt(carried * np.where(both, grown, 1.0)), carried)
    return replace(anchors, wanted=wanted)


def grow_us_blocks(
    anchors: Anchors, g20: Observed, shared: Path, years: tuple[int, int] = (2019, 2022)
) -> Anchors:
    """
    Manufactures sold to the United States, from 2019 to 2022, by customs values as well as by inputs.

    Parameters
    ----------
    anchors
        `evidence.g20_anchors`.
    g20
        The table of 2019.
    shared
        Folder of the sources.
    years
        The anchors' year and this one.

    Returns
    -------
    Anchors
        Groups without a partner of their own in the series stay; the rest is the world less the partners listed.
    """
    seen = read_naics(shared, years)
    made = seen[seen.index.get_level_values("naics3").str.startswith("3")].groupby(level="partner").sum()
    listed = [e for e in g20.economies if e in made.index]
    made.loc[ROW] = made.loc["WORLD"] - made.loc[listed].sum()
    growth = (made[years[1]] / made[years[0]]).reindex(g20.economies).to_numpy(np.float64)
    section, usa = g20.sectors.index("C"), g20.economies.index(USA)
    return grow_blocks(anchors, g20.final[section, usa], growth, section, usa)
