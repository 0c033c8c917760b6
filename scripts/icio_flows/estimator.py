"""
Final demand by origin and destination from totals, a first pattern and anchors: one estimator.

The 2022 build and the rehearsal on WIOD both run `estimate`; they differ in the evidence they hand over.
Index order (sector, importer, exporter), USD million.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detente.world.variants import balance

if TYPE_CHECKING:
    from icio_flows.anchors import Anchors
    from icio_flows.tables import Array

# Least share of a row that reading B leaves at home.
HOME_FLOOR = 0.1
_PASSES = 60


@dataclass(frozen=True)
class Evidence:
    """
    What is known about final sales besides their totals.

    Attributes
    ----------
    pattern
        Final sales before anchors, (sector, importer, exporter); only the pattern within a row matters.
    anchors
        Final sales by block, or none.
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


def estimate(rows: Array, columns: Array, evidence: Evidence) -> Estimate:
    """
    Estimate final sales.

    Parameters
    ----------
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
        levels = scale_blocks(prior, rows, evidence.anchors)
        faces = face_blocks(prior, rows, evidence.anchors)
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


def scale_blocks(prior: Array, rows: Array, anchors: Anchors) -> Array:
    """Reading A: every block, home included, as wanted up to one level per origin and section."""
    index, wanted = anchors.index(), anchors.wanted.ravel()
    out = prior
    for _ in range(_PASSES):
        now = np.bincount(index.ravel(), out.ravel(), wanted.size)
        usable = np.isfinite(wanted) & (wanted > 0) & (now > 0)
        level = _level(now, wanted, usable, anchors.wanted.shape)
        factor = np.ones(wanted.size)
        factor[usable] = wanted[usable] * level[usable] / now[usable]
        out = scale_rows(out * factor[index], rows)
    return out


def _level(now: Array, wanted: Array, usable: np.ndarray, shape: tuple[int, ...]) -> Array:
    """Level per section and origin that keeps its total, spread over the blocks."""
    have = np.where(usable, now, 0.0).reshape(shape).sum(axis=1, keepdims=True)
    want = np.where(usable, wanted, 0.0).reshape(shape).sum(axis=1, keepdims=True)
    level = np.divide(have, want, out=np.ones_like(have), where=want > 0)
    return np.broadcast_to(level, shape).ravel()


def face_blocks(prior: Array, rows: Array, anchors: Anchors) -> Array:
    """Reading B: foreign blocks at face value, home the rest of the row."""
    index, wanted = anchors.index(), anchors.wanted.ravel()
    home = np.arange(prior.shape[1])
    foreign = ~np.eye(prior.shape[1], dtype=bool)
    most = (1 - HOME_FLOOR) * rows
    out = prior
    for _ in range(_PASSES):
        now = np.bincount(index.ravel(), out.ravel(), wanted.size)
        usable = np.isfinite(wanted) & (wanted > 0) & (now > 0)
        factor = np.ones(wanted.size)
        factor[usable] = wanted[usable] / now[usable]
        abroad = out * factor[index] * foreign
        total = abroad.sum(axis=1)
        cut = np.divide(most, total, out=np.ones_like(rows), where=total > most)
        out = abroad * cut[:, None, :]
        out[:, home, home] = rows - out.sum(axis=1)
    return out
