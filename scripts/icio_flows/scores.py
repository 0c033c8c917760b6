"""How far an estimate of final demand is from data that did not make it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from icio_flows.tables import Array

# Rows smaller than this, USD million, are not scored.
SMALLEST_ROW = 500.0
# Foreign cells smaller than this, USD million, have no place in a correlation of logarithms.
SMALLEST_CELL = 1.0


def home_share_errors(found: Array, true: Array) -> tuple[Array, np.ndarray]:
    """Absolute error of the home share by (sector, exporter), and which rows are large enough to count."""
    rows = true.sum(axis=1)
    home = np.arange(true.shape[1])
    safe = np.maximum(rows, 1.0)
    error = np.abs(found[:, home, home] - true[:, home, home]) / safe
    return error, rows > SMALLEST_ROW


def row_scores(found: Array, true: Array) -> dict[str, Array]:
    """
    Score every row over its foreign destinations.

    Parameters
    ----------
    found, true
        (sector, importer, exporter), USD million.

    Returns
    -------
    dict
        `correlation` of logarithms and `absolute` error over the sum, each (sector, exporter), NaN where a row has
        fewer than five foreign cells of some size.
    """
    size = true.shape[1]
    shape = true.shape[0], size
    correlation, absolute = np.full(shape, np.nan), np.full(shape, np.nan)
    for j in range(shape[0]):
        for i in range(size):
            abroad = np.arange(size) != i
            x, y = found[j, abroad, i], true[j, abroad, i]
            used = (y > SMALLEST_CELL) & (x > 0)
            if used.sum() >= 5:
                correlation[j, i] = np.corrcoef(np.log(x[used]), np.log(y[used]))[0, 1]
                absolute[j, i] = np.abs(x - y).sum() / y.sum()
    return {"correlation": correlation, "absolute": absolute}


def pair_error(found: Array, true: Array) -> float:
    """Sum of absolute errors of flows between pairs over their sum, home left out."""
    foreign = ~np.eye(true.shape[1], dtype=bool)
    x, y = found.sum(axis=0)[foreign], true.sum(axis=0)[foreign]
    return float(np.abs(x - y).sum() / y.sum())


def compare(found: Array, seen: Array) -> dict[str, float]:
    """Correlation of logarithms, absolute error after one common scale, and half the sum of share differences."""
    used = (found > 0) & (seen > 0)
    x, y = found[used], seen[used]
    scaled = x * y.sum() / x.sum()
    return {
        "log_correlation": float(np.corrcoef(np.log(x), np.log(y))[0, 1]),
        "absolute": float(np.abs(scaled - y).sum() / y.sum()),
        "mix": float(np.abs(x / x.sum() - y / y.sum()).sum() / 2),
    }
