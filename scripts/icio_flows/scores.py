"""How far an estimate of final demand is from data that did not make it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from icio_flows.tables import Array, Observed

# Rows smaller than this, USD million, are not scored.
SMALLEST_ROW = 500.0
# Rows whose worst errors are looked at, USD million.
LARGE_ROW = 20_000.0
# Foreign cells smaller than this, USD million, have no place in a correlation of logarithms.
SMALLEST_CELL = 1.0
# Rows that sell less abroad, USD million, are not scored over their foreign destinations.
SMALLEST_ABROAD = 200.0
# Fewer foreign cells than this say nothing about a correlation.
_FEWEST_CELLS = 5


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
            if used.sum() >= _FEWEST_CELLS:
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


def score_rehearsal(found: Array, truth: Observed) -> dict[str, Any]:
    """
    Score an estimate of WIOD's final demand.

    Parameters
    ----------
    found
        (sector, importer, exporter), USD million.
    truth
        The published table, ROW last.

    Returns
    -------
    dict
        Mean error of the home share over large rows of all economies but ROW: "all", "manufactures", "by output"
        (manufactures weighted by output), "services", "by industry"; "pairs", manufactured pair flows;
        "correlation" and "absolute" (weighted by size) of manufactured rows over foreign destinations; "worst", the
        95th percentile of the error of the home share of manufactured rows over `LARGE_ROW`; "to usa", the mean
        absolute error of logarithms of manufactured cells of the United States over `SMALLEST_ROW`, and "to usa
        twofold", the part of them that is off by more than two.
    """
    made = np.array([2 <= k < 16 for k in range(len(truth.sectors))])
    services = np.arange(len(truth.sectors)) >= 16
    error, large = home_share_errors(found, truth.final)
    large[:, -1] = False
    output = (truth.inputs + truth.final).sum(axis=1)
    rows = large & made[:, None]
    scores = row_scores(found, truth.final)
    foreign = (truth.final * ~np.eye(len(truth.economies), dtype=bool)).sum(axis=1)
    scored = rows & np.isfinite(scores["absolute"]) & (foreign > SMALLEST_ABROAD)
    usa = truth.economies.index("USA")
    cells = made[:, None] & (truth.final[:, usa] > SMALLEST_ROW)
    cells[:, [usa, -1]] = False
    off = np.abs(np.log(np.maximum(found[:, usa][cells], 1.0) / truth.final[:, usa][cells]))
    return {
        "to usa": float(off.mean()),
        "to usa twofold": float((off > np.log(2.0)).mean()),
        "worst": float(np.quantile(error[rows & (truth.final.sum(axis=1) > LARGE_ROW)], 0.95)),
        "all": float(error[large].mean()),
        "manufactures": float(error[rows].mean()),
        "by output": float(np.average(error[rows], weights=output[rows])),
        "services": float(error[large & services[:, None]].mean()),
        "by industry": {
            code: float(error[k][large[k]].mean()) for k, code in enumerate(truth.sectors) if large[k].any()
        },
        "pairs": pair_error(found[made], truth.final[made]),
        "correlation": float(scores["correlation"][scored].mean()),
        "absolute": float(np.average(scores["absolute"][scored], weights=foreign[scored])),
    }
