"""Services sold to final users abroad: where hardly any inputs cross borders, inputs do not tell who sells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from icio_flows.estimator import HOME_FLOOR, scale_rows

if TYPE_CHECKING:
    from icio_flows.anchors import Anchors
    from icio_flows.tables import Array

# Weight of rows against the pattern in a section all of whose trade is final; less as inputs cross borders too.
# Tourists' spending is the case in point: Thailand's hotels sell no inputs abroad. Chosen for such rows; the
# rehearsals hardly tell 0.5 from 1.
ROW_WEIGHT = 0.8


def spread_services(pattern: Array, inputs: Array, rows: Array, anchors: Anchors, goods: np.ndarray) -> Array:
    """
    Share the anchors' blocks of services out by what exporters sell in all as well as by the pattern.

    Parameters
    ----------
    pattern
        Final sales before anchors, (sector, importer, exporter).
    inputs
        Inputs.
    rows
        Final sales by sector and exporter.
    anchors
        Final sales by block.
    goods
        Sectors that are goods: left alone.

    Returns
    -------
    numpy.ndarray
        The pattern, rows at their totals. In each block, an exporter's part is a mean of its part in the pattern and its
        part in the rows (times the share of its inputs sold abroad that goes there), the second weighing
        `ROW_WEIGHT` times the part of final sales in the section's trade; destinations within the block
        follow the pattern. Home is what is left.
    """
    prior = scale_rows(pattern, rows)
    foreign = ~np.eye(inputs.shape[1], dtype=bool)
    index, wanted = anchors.index(), anchors.wanted
    by_rows = _by_rows(prior * foreign, inputs * foreign, rows, anchors)
    scaled = [_to_blocks(v, index, wanted) for v in (prior * foreign, by_rows)]
    weight = (_final_part(inputs * foreign, index, wanted)[anchors.blocks.section] * ~goods)[:, None, None]
    traded = np.bincount(index.ravel(), scaled[0].ravel(), wanted.size)[index] > 0
    weight = np.where(traded, weight, 1.0)
    abroad = (1 - weight) * scaled[0] + weight * scaled[1]
    known = np.isfinite(wanted.ravel())[index] & foreign
    abroad = np.where(known, abroad, prior * foreign)
    total = abroad.sum(axis=1)
    most = (1 - HOME_FLOOR) * rows
    out = abroad * np.divide(most, total, out=np.ones_like(rows), where=total > most)[:, None, :]
    home = np.arange(inputs.shape[1])
    out[:, home, home] = rows - out.sum(axis=1)
    return np.where(goods[:, None, None], prior, out)


def _by_rows(prior: Array, abroad: Array, rows: Array, anchors: Anchors) -> Array:
    """Final sales by row total and pair trade, with the prior's destinations inside each block where it has some."""
    size, blocks = abroad.shape[1], anchors.wanted.shape[1]
    pair = abroad.sum(axis=0)
    share = np.divide(pair, pair.sum(axis=0), out=np.zeros_like(pair), where=pair.sum(axis=0) > 0)
    flat = rows[:, None, :] * share[None]
    to = np.repeat(anchors.blocks.group[:, None], size, axis=1)
    np.fill_diagonal(to, blocks - 1)
    cell = (np.arange(len(rows))[:, None, None] * blocks + to[None]) * size + np.arange(size)
    has, due = (np.bincount(cell.ravel(), v.ravel(), len(rows) * blocks * size)[cell] for v in (prior, flat))
    return np.where(has > 0, due * np.divide(prior, has, out=np.zeros_like(prior), where=has > 0), flat)


def _to_blocks(flows: Array, index: np.ndarray, wanted: Array) -> Array:
    """Scale each block to what is wanted; blocks without flows stay empty."""
    total = np.bincount(index.ravel(), flows.ravel(), wanted.size)
    target = np.nan_to_num(wanted.ravel())
    out: Array = flows * np.divide(target, total, out=np.zeros_like(target), where=total > 0)[index]
    return out


def _final_part(abroad: Array, index: np.ndarray, wanted: Array) -> Array:
    """Weight of rows by section: `ROW_WEIGHT` times final sales over all sales across borders."""
    bought = (
        np.bincount(index.ravel(), abroad.ravel(), wanted.size).reshape(wanted.shape)[:, :-1].sum(axis=(1, 2))
    )
    final = np.nansum(wanted[:, :-1], axis=(1, 2))
    return ROW_WEIGHT * np.divide(final, final + bought, out=np.zeros_like(final), where=final + bought > 0)
