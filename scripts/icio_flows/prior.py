"""The first pattern of final sales: this year's inputs and another year's final sales, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from icio_flows.tables import Array, Observed

# Exponents of this year's inputs, the old final sales and the old inputs in a foreign cell, within a row.
# Regressions of logarithms on WIOD with effects of rows and of destinations, manufactures by exporter and
# importer: 2011 on 2000 (0.53, 0.51, -0.15), 2009 and 2008 on 1995 (0.56, 0.44, -0.12); services, the same
# (0.82, 0.41, -0.29), (0.84, 0.38, -0.26).
GOODS_POWERS = (0.55, 0.5, -0.15)
SERVICE_POWERS = (0.82, 0.42, -0.3)
# USD million of inputs that the mean ratio of importer and exporter counts for in a cell.
SHRINKAGE = 50.0
# USD million of the old year added to a cell at the mean ratio, so that none is empty.
SMOOTHING = 1.0
# A row's contrast between home and foreign ratio moves towards its industry's mean over economies: it counts for
# LEAST in small rows, for all in rows far above HALF (USD million of final sales). A contrast of goods that is further
# from the mean than MOST (in logarithms, a factor of 12) is cut to that: re-exports, not tastes, leave WIOD's Germany
# without clothes of its own.
LEAST_CONTRAST, HALF_CONTRAST, MOST_CONTRAST = 0.8, 20_000.0, 2.5
# Bounds (logarithms) on what one economy's contrast counts for in the mean.
_IN_MEAN = 4.0
# Rows of the old year smaller than this, USD million, say nothing about ratios at home; bounds on what they say.
SMALLEST_ROW = 500.0
_RATIOS, _OPENNESS = (1e-3, 1e3), (1e-4, 1e4)
_TINY = 1e-9


@dataclass(frozen=True)
class Memory:
    """
    Another year's table and where this year's labels stand in it.

    Attributes
    ----------
    table
        The other year.
    sector, economy
        Position in the other table of each of this year's sectors and economies.
    rest
        Position of the economy whose trade with itself mixes home and foreign, or -1.
    """

    table: Observed
    sector: np.ndarray
    economy: np.ndarray
    rest: int = -1


def first_pattern(inputs: Array, rows: Array, memory: Memory, goods: np.ndarray) -> Array:
    """
    Final sales before anchors; only the pattern within a row matters.

    Foreign cells follow `GOODS_POWERS` or `SERVICE_POWERS`; their sum within a row, and the home cell, follow
    the old year's ratios of final sales to inputs.

    Parameters
    ----------
    inputs
        This year's inputs, (sector, importer, exporter).
    rows
        Final sales by sector and exporter.
    memory
        The other year.
    goods
        Sectors that are goods.

    Returns
    -------
    numpy.ndarray
        Shape of `inputs`.
    """
    size = inputs.shape[1]
    home, foreign = np.arange(size), ~np.eye(size, dtype=bool)
    abroad = inputs * foreign
    final_then, inputs_then, ratio = _recall(abroad, memory)
    powers = np.where(goods[:, None], GOODS_POWERS, SERVICE_POWERS)[:, :, None, None]
    logs = (np.log(np.maximum(v, _TINY)) for v in (abroad, final_then, inputs_then))
    pattern = np.exp(sum(powers[:, k] * v for k, v in enumerate(logs)))
    pattern = np.where(abroad > 0, pattern, 0.0)
    total = (ratio * abroad).sum(axis=1)
    sums = pattern.sum(axis=1)
    flows = pattern * np.divide(total, sums, out=np.zeros_like(sums), where=sums > 0)[:, None, :]
    bought = abroad.sum(axis=1)
    mean = np.divide(total, bought, out=np.ones_like(total), where=bought > 0)
    contrast = np.log(np.clip(_home_ratio(inputs, goods, memory) / np.maximum(mean, _TINY), 1e-6, 1e6))
    flows[:, home, home] = mean * np.exp(_shrunk(contrast, rows, goods)) * inputs[:, home, home]
    return flows


def _shrunk(contrast: Array, rows: Array, goods: np.ndarray) -> Array:
    """Logarithm of home over foreign ratio, moved towards its industry's mean: (sector, economy)."""
    weight = np.sqrt(rows) * (rows > SMALLEST_ROW)
    total = np.maximum(weight.sum(axis=1), _TINY)
    mean = ((np.clip(contrast, -_IN_MEAN, _IN_MEAN) * weight).sum(axis=1) / total)[:, None]
    most = np.where(goods, MOST_CONTRAST, np.inf)[:, None]
    power = LEAST_CONTRAST + (1 - LEAST_CONTRAST) * rows / (rows + HALF_CONTRAST)
    out: Array = mean + power * np.clip(contrast - mean, -most, most)
    return out


def _recall(abroad: Array, memory: Memory) -> tuple[Array, Array, Array]:
    """Old final sales and inputs split by this year's inputs, and their shrunk ratio, foreign cells."""
    table, j, n = memory.table, memory.sector, memory.economy
    foreign = ~np.eye(len(table.economies), dtype=bool)
    inputs, final = table.inputs * foreign, table.final * foreign
    world = np.maximum(final.sum(axis=(1, 2)) / np.maximum(inputs.sum(axis=(1, 2)), 1.0), 1e-6)
    mean = _mean_ratio(inputs, final, world)
    cells = np.ix_(j, n, n)
    ratio = ((final + SHRINKAGE * mean) / (inputs + SHRINKAGE))[cells]
    share = _share_of_cell(abroad, memory)
    final_then = (final + SMOOTHING * mean)[cells] * share
    inputs_then = (inputs + SMOOTHING)[cells] * share
    if memory.rest >= 0:
        # inside the rest home and foreign sales are not told apart: this year's inputs at the old level
        inside = (n[:, None] == memory.rest) & (n[None, :] == memory.rest)
        now = np.bincount(j, abroad.sum(axis=(1, 2)), len(table.sectors))
        level = np.divide(inputs.sum(axis=(1, 2)), now, out=np.ones_like(now), where=now > 0)[j]
        inputs_then = np.where(inside, level[:, None, None] * abroad, inputs_then)
        final_then = np.where(inside, mean[cells] * inputs_then, final_then)
        ratio = np.where(inside, mean[cells], ratio)
    return final_then, inputs_then, ratio


def _mean_ratio(inputs: Array, final: Array, world: Array) -> Array:
    """Mean ratio of the importer times that of the exporter over the world's, by sector."""
    importer, exporter = (
        (final.sum(axis=axis) + SHRINKAGE * world[:, None]) / (inputs.sum(axis=axis) + SHRINKAGE)
        for axis in (2, 1)
    )
    out: Array = importer[:, :, None] * exporter[:, None, :] / world[:, None, None]
    return out


def _share_of_cell(abroad: Array, memory: Memory) -> Array:
    """Part of each old cell's trade that a cell of this year's, finer, table stands for."""
    size = len(memory.table.economies)
    old = memory.economy[:, None] * size + memory.economy[None, :]
    index = memory.sector[:, None, None] * size**2 + old[None]
    total = np.bincount(index.ravel(), abroad.ravel(), len(memory.table.sectors) * size**2)[index]
    return np.divide(abroad, total, out=np.zeros_like(abroad), where=total > 0)


def _home_ratio(inputs: Array, goods: np.ndarray, memory: Memory) -> Array:
    """
    Final sales over inputs at home, (sector, economy).

    Members of the rest have no ratio of their own: the mean of the others' logarithms, moved by how much an economy
    sells abroad, with the slope that holds among the others.
    """
    table, j, n = memory.table, memory.sector, memory.economy
    home, own_ratio = np.arange(len(table.economies)), np.arange(inputs.shape[1])
    own = table.final[:, home, home] / np.maximum(table.inputs[:, home, home], 1.0)
    out: Array = own[np.ix_(j, n)]
    if memory.rest < 0:
        return out
    known = home != memory.rest
    used = (table.final.sum(axis=1) > SMALLEST_ROW)[:, known]
    logs = np.log(np.clip(own, *_RATIOS))[:, known]
    openness = _openness(table.inputs, home)[:, known]
    count = np.maximum(used.sum(axis=1), 1)
    means = [(v * used).sum(axis=1) / count for v in (logs, openness)]
    now = _openness(inputs, own_ratio)
    members = n == memory.rest
    for kind in (goods, ~goods):
        then = np.isin(np.arange(len(table.sectors)), j[kind])
        y, x = ((v - m[:, None])[then] * used[then] for v, m in zip((logs, openness), means, strict=True))
        slope = (x * y).sum() / max((x * x).sum(), _TINY)
        moved = means[0][j][:, None] + slope * (now - means[1][j][:, None])
        cells = kind[:, None] & members[None, :] & (used.any(axis=1)[j])[:, None]
        out = np.where(cells, np.exp(moved), out)
    return out


def _openness(inputs: Array, home: np.ndarray) -> Array:
    """Logarithm of inputs sold abroad over inputs sold at home, (sector, economy)."""
    own = inputs[:, home, home]
    return np.log(np.clip((inputs.sum(axis=1) - own) / np.maximum(own, 1.0), *_OPENNESS))
