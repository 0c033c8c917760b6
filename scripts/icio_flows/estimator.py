"""
Final demand by origin and destination from row totals, inputs, and ratios of other years: one estimator.

The 2022 build and the rehearsal on WIOD both run `estimate`; they differ in the evidence they hand over.
Index order (sector, importer, exporter), USD million.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detente.world.variants import balance

if TYPE_CHECKING:
    from icio_flows.tables import Array, Observed

# Least share of a row that reading B leaves at home.
HOME_FLOOR = 0.1
_PASSES = 60
_TINY = np.finfo(float).tiny


@dataclass(frozen=True)
class Anchors:
    """
    Final sales over inputs by block of another year's table.

    Attributes
    ----------
    ratio
        (section, block of destinations, group of origins). Blocks are the groups, then home (last).
    section
        Section of each sector.
    group
        Group of each economy.
    """

    ratio: Array
    section: np.ndarray
    group: np.ndarray

    def block(self) -> np.ndarray:
        """Block of destinations by importer and exporter: the importer's group, or home."""
        out = np.repeat(self.group[:, None], len(self.group), axis=1)
        np.fill_diagonal(out, self.ratio.shape[1] - 1)
        return out

    def index(self) -> np.ndarray:
        """Flat position in `ratio` of every cell (sector, importer, exporter)."""
        _, blocks, groups = self.ratio.shape
        pair = self.block() * groups + self.group[None, :]
        return self.section[:, None, None] * blocks * groups + pair[None]


@dataclass(frozen=True)
class Evidence:
    """
    What is known about final sales besides their totals.

    Attributes
    ----------
    pattern
        Final sales before anchors, (sector, importer, exporter); only the pattern within a row matters.
    anchors
        Ratios by block, or none.
    tilt
        Factor on cells after the anchors; 1 where nothing is known.
    """

    pattern: Array
    anchors: Anchors | None = None
    tilt: Array | None = None


@dataclass(frozen=True)
class Estimate:
    """The estimate after each step: prior pattern, anchors and tilt, balance."""

    prior: Array
    unbalanced: Array
    final: Array


def estimate(inputs: Array, rows: Array, columns: Array, evidence: Evidence) -> Estimate:
    """
    Estimate final sales.

    Parameters
    ----------
    inputs
        Sales of inputs.
    rows
        Final sales by sector and exporter.
    columns
        Final demand by importer; same sum as the rows.
    evidence
        Pattern, anchors, tilt.

    Returns
    -------
    Estimate
        Every array has the row totals; `final` has the column totals too.
    """
    prior = scale_rows(evidence.pattern, rows)
    anchored = prior
    if evidence.anchors is not None:
        levels = scale_blocks(prior, inputs, rows, evidence.anchors)
        faces = face_blocks(prior, inputs, rows, evidence.anchors)
        anchored = scale_rows(np.sqrt(levels * faces), rows)
    if evidence.tilt is not None:
        anchored = scale_rows(anchored * evidence.tilt, rows)
    return Estimate(prior, anchored, balance(anchored, rows, columns))


def scale_rows(flows: Array, rows: Array) -> Array:
    """Scale each row to its total; a row with nothing to scale goes to the home market."""
    total = flows.sum(axis=1)
    out = flows * np.divide(rows, total, out=np.zeros_like(rows), where=total > 0)[:, None, :]
    home = np.arange(flows.shape[1])
    out[:, home, home] += np.where(total > 0, 0.0, rows)
    return out


def scale_blocks(prior: Array, inputs: Array, rows: Array, anchors: Anchors) -> Array:
    """Reading A: every block, home included, at its ratio up to one level per origin and section."""
    index, size = anchors.index(), anchors.ratio.size
    wanted = anchors.ratio.ravel() * np.bincount(index.ravel(), inputs.ravel(), size)
    shape = anchors.ratio.shape
    out = prior
    for _ in range(_PASSES):
        now = np.bincount(index.ravel(), out.ravel(), size)
        usable = np.isfinite(wanted) & (wanted > 0) & (now > 0)
        level = _level(now, wanted, usable, shape)
        factor = np.ones(size)
        factor[usable] = wanted[usable] * level[usable] / now[usable]
        out = scale_rows(out * factor[index], rows)
    return out


def _level(now: Array, wanted: Array, usable: np.ndarray, shape: tuple[int, ...]) -> Array:
    """Level per section and origin that keeps its total, spread over the blocks."""
    have = np.where(usable, now, 0.0).reshape(shape).sum(axis=1, keepdims=True)
    want = np.where(usable, wanted, 0.0).reshape(shape).sum(axis=1, keepdims=True)
    level = np.divide(have, want, out=np.ones_like(have), where=want > 0)
    return np.broadcast_to(level, shape).ravel()


def face_blocks(prior: Array, inputs: Array, rows: Array, anchors: Anchors) -> Array:
    """Reading B: foreign blocks at face value, home the rest of the row."""
    index, size = anchors.index(), anchors.ratio.size
    wanted = anchors.ratio.ravel() * np.bincount(index.ravel(), inputs.ravel(), size)
    home = np.arange(prior.shape[1])
    foreign = ~np.eye(prior.shape[1], dtype=bool)
    out = prior
    for _ in range(_PASSES):
        now = np.bincount(index.ravel(), out.ravel(), size)
        usable = np.isfinite(wanted) & (wanted > 0) & (now > 0)
        factor = np.ones(size)
        factor[usable] = wanted[usable] / now[usable]
        abroad = out * factor[index] * foreign
        total = abroad.sum(axis=1)
        most = (1 - HOME_FLOOR) * rows
        cut = np.divide(most, total, out=np.ones_like(rows), where=total > most)
        out = abroad * cut[:, None, :]
        out[:, home, home] = rows - out.sum(axis=1)
    return out


def block_ratios(
    table: Observed,
    section: np.ndarray,
    group: np.ndarray,
    rest: int | None = None,
    foreign_share: Array | float = 0.0,
) -> Array:
    """
    Ratios of the blocks of another year's table.

    Parameters
    ----------
    table
        Published table.
    section, group
        Section of its sectors, group of its economies.
    rest
        Group whose trade within itself is not told apart from home, if there is one.
    foreign_share
        By section: part of the inputs in the block of the rest with itself that crosses borders, in the
        year the ratios are used for.

    Returns
    -------
    numpy.ndarray
        `Anchors.ratio`; NaN where the block had no inputs. Trade inside the rest has the mean ratio of its
        trade with the other groups.
    """
    sizes = int(section.max()) + 1, int(group.max()) + 1
    index = (section[:, None, None] * sizes[1] + group[None, :, None]) * sizes[1] + group[None, None, :]
    inputs, final = (
        np.bincount(index.ravel(), values.ravel(), sizes[0] * sizes[1] ** 2).reshape(
            sizes[0], sizes[1], sizes[1]
        )
        for values in (table.inputs, table.final)
    )
    ratio = np.full((sizes[0], sizes[1] + 1, sizes[1]), np.nan)
    ratio[:, :-1] = np.divide(final, inputs, out=np.full_like(final, np.nan), where=inputs > 0)
    own = np.arange(sizes[1])
    ratio[:, -1] = ratio[:, own, own]
    if rest is None:
        return ratio
    others = own != rest
    with_others = [v[:, rest, others].sum(axis=1) + v[:, others, rest].sum(axis=1) for v in (final, inputs)]
    mean = with_others[0] / np.maximum(with_others[1], 1.0)
    ratio[:, rest, rest] = mean
    home = (ratio[:, -1, rest] - mean * foreign_share) / np.maximum(1 - foreign_share, _TINY)
    ratio[:, -1, rest] = np.where(home > 0, home, ratio[:, -1, rest])
    return ratio
