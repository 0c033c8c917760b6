"""How far what was observed follows what was predicted: slopes with clustered errors, correlation, skill, signs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# Cells and clusters below which no slope is given, draws of the wild bootstrap, and the tails of its interval.
FEWEST_CELLS, FEWEST_CLUSTERS, DRAWS, TAIL = 5, 4, 1999, 0.05
PARAMETERS = 2


@dataclass(frozen=True)
class Pairs:
    """
    Cells to be scored.

    predicted, observed, weight: shape (K,). clusters: by name, the cluster of each cell, (K,), and the names of clusters.
    """

    predicted: NDArray[np.float64]
    observed: NDArray[np.float64]
    weight: NDArray[np.float64]
    clusters: dict[str, tuple[NDArray[np.intp], tuple[str, ...]]]


def make_pairs(
    predicted: NDArray[np.float64],
    observed: NDArray[np.float64],
    weight: NDArray[np.float64],
    names: tuple[Sequence[str], Sequence[str]],
) -> Pairs:
    """Cells with a weight and both numbers, from tables (P, B); `names` of partners and industries."""
    kept = (weight > 0) & np.isfinite(predicted) & np.isfinite(observed)
    row, column = np.nonzero(kept)
    share = weight[kept] / weight[kept].sum() if kept.any() else weight[kept]
    clusters = {"partner": (row, tuple(names[0])), "industry": (column, tuple(names[1]))}
    return Pairs(predicted[kept], observed[kept], share, clusters)


@dataclass(frozen=True)
class Line:
    """
    A weighted regression of what was observed on what was predicted, with a constant.

    slope = sum of `pull` x observed; `residual` of each cell, (K,).
    """

    slope: float
    pull: NDArray[np.float64]
    residual: NDArray[np.float64]
    design: NDArray[np.float64]
    inverse: NDArray[np.float64]


def fit_line(x: NDArray[np.float64], y: NDArray[np.float64], weight: NDArray[np.float64]) -> Line | None:
    """Weighted least squares; None where there are too few cells or nothing varies."""
    if x.size < FEWEST_CELLS:
        return None
    centred = x - weight @ x / weight.sum()
    if not weight @ centred**2 > np.finfo(float).tiny:
        return None
    design = np.column_stack([np.ones_like(x), x])
    inverse: NDArray[np.float64] = np.linalg.inv(design.T @ (weight[:, None] * design)).astype(np.float64)
    linear = inverse @ (design * weight[:, None]).T
    coefficients = linear @ y
    return Line(float(coefficients[1]), linear[1], y - design @ coefficients, design, inverse)


def _correction(cells: int, clusters: int) -> float:
    """Small-sample factor of clustered errors (Cameron and Miller 2015, equation 12)."""
    return clusters / (clusters - 1) * (cells - 1) / (cells - PARAMETERS)


def clustered_error(line: Line, cluster: NDArray[np.intp]) -> float | None:
    """Standard error of the slope that allows any correlation within clusters; None with too few of them."""
    _, at = np.unique(cluster, return_inverse=True)
    groups = int(at.max()) + 1
    if groups < FEWEST_CLUSTERS:
        return None
    sums = np.bincount(at, line.pull * line.residual)
    return float(np.sqrt(_correction(at.size, groups) * (sums**2).sum()))


def wild_interval(
    line: Line, weight: NDArray[np.float64], cluster: NDArray[np.intp]
) -> tuple[float, float] | None:
    """
    Interval of the slope from a wild cluster bootstrap, Rademacher weights, percentile-t.

    Cameron, Gelbach and Miller (2008). A draw needs only sums by cluster, so all draws are two matrix products.
    """
    error = clustered_error(line, cluster)
    if error is None or not error > 0:
        return None
    _, at = np.unique(cluster, return_inverse=True)
    groups = int(at.max()) + 1
    own = np.bincount(at, line.pull * line.residual)
    pulled = np.array([np.bincount(at, line.pull * column, groups) for column in line.design.T])
    moment = np.array([np.bincount(at, weight * line.residual * column, groups) for column in line.design.T])
    response = np.diag(own) - pulled.T @ line.inverse @ moment
    signs = np.random.default_rng(0).choice([-1.0, 1.0], size=(DRAWS, groups))
    spread = np.sqrt(_correction(at.size, groups) * ((signs @ response.T) ** 2).sum(axis=1))
    statistic = np.divide(signs @ own, spread, out=np.zeros(DRAWS), where=spread > 0)
    low, high = np.quantile(statistic, [TAIL, 1 - TAIL])
    return line.slope - float(high) * error, line.slope - float(low) * error


def slopes_without(pairs: Pairs, name: str) -> dict[str, Any] | None:
    """The lowest and the highest slope when one partner or one industry is left out, and which one it is."""
    cluster, names = pairs.clusters[name]
    found = []
    for one in np.unique(cluster):
        kept = cluster != one
        line = fit_line(pairs.predicted[kept], pairs.observed[kept], pairs.weight[kept])
        if line is not None:
            found.append((line.slope, names[one]))
    if len(found) < FEWEST_CLUSTERS:
        return None
    (low, lowest), (high, highest) = min(found), max(found)
    return {"low": low, "low_without": lowest, "high": high, "high_without": highest}


def skill(pairs: Pairs) -> float | None:
    """1 - MSE/MSE(no change), weighted; above 0 a prediction is better than none."""
    nothing = float(pairs.weight @ pairs.observed**2)
    if not nothing > 0:
        return None
    return 1.0 - float(pairs.weight @ (pairs.observed - pairs.predicted) ** 2) / nothing


def skill_gain(better: Pairs, than: Pairs) -> dict[str, Any]:
    """
    Skill of one prediction less that of another on the same cells, and its error.

    The error is the wider of those that let partners, or industries, be drawn anew (a paired comparison of squared errors,
    Diebold and Mariano 1995, by cluster).
    """
    nothing = float(better.weight @ better.observed**2)
    if not nothing > 0:
        return {"model_gain": None, "model_gain_se": None}
    gains = better.weight * (
        (than.observed - than.predicted) ** 2 - (better.observed - better.predicted) ** 2
    )
    errors = []
    for cluster, _ in better.clusters.values():
        sums = np.bincount(np.unique(cluster, return_inverse=True)[1], gains / nothing)
        if sums.size >= FEWEST_CLUSTERS:
            errors.append(float(np.sqrt(sums.size) * sums.std(ddof=1)))
    return {"model_gain": float(gains.sum()) / nothing, "model_gain_se": max(errors, default=None)}


def brief_score(pairs: Pairs) -> dict[str, Any]:
    """Slope, correlation, skill, share of value whose sign is right, cells: what nulls are given."""
    if not pairs.weight.size:
        return {"slope": None, "correlation": None, "skill": None, "sign_share": None, "n": 0}
    line = fit_line(pairs.predicted, pairs.observed, pairs.weight)
    right = np.sign(pairs.predicted) == np.sign(pairs.observed)
    return {
        "slope": line.slope if line else None,
        "correlation": correlation(pairs) if line else None,
        "skill": skill(pairs),
        "sign_share": float(pairs.weight[right].sum()) if np.any(pairs.predicted) else None,
        "n": int(pairs.weight.size),
    }


def correlation(pairs: Pairs) -> float | None:
    """Weighted correlation; None where nothing varies."""
    x, y = (item - pairs.weight @ item for item in (pairs.predicted, pairs.observed))
    size = float(np.sqrt((pairs.weight @ x**2) * (pairs.weight @ y**2)))
    return float(pairs.weight @ (x * y)) / size if size > 0 else None


def full_score(pairs: Pairs) -> dict[str, Any]:
    """A brief score with the share of variance, clustered errors, the wild interval by the wider, and slopes without one."""
    found = brief_score(pairs)
    line = fit_line(pairs.predicted, pairs.observed, pairs.weight)
    errors = {
        f"slope_se_{name}": clustered_error(line, cluster) if line else None
        for name, (cluster, _) in pairs.clusters.items()
    }
    known = {name: value for name, value in errors.items() if value is not None}
    widest = max(known, key=lambda name: known[name], default="")
    cluster = pairs.clusters.get(widest.removeprefix("slope_se_"))
    interval = wild_interval(line, pairs.weight, cluster[0]) if line and cluster else None
    related = found["correlation"]
    return {
        **found,
        "variance_share": related**2 if related is not None else None,
        "slope_se": known.get(widest),
        **errors,
        "slope_q05": interval[0] if interval else None,
        "slope_q95": interval[1] if interval else None,
        "slope_without": {name: slopes_without(pairs, name) for name in pairs.clusters},
    }
