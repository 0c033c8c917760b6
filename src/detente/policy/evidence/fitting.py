"""The one parameter that is fitted: which value leaves the least squared error, and how well the data tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from detente.policy.evidence.cases import Case

STEPS, DRAWS, TAIL = 400, 999, 0.05


@dataclass(frozen=True)
class Fit:
    """
    A value with its band, and whether it is at an end of the grid.

    low, high: the wider of the 90 % intervals from drawing partners and from drawing industries anew.
    """

    value: float
    low: float
    high: float
    at_end: bool


@dataclass(frozen=True)
class Losses:
    """Squared errors by value of the parameter, partner and block, relative to those of no change, (F, P, B)."""

    values: NDArray[np.float64]
    errors: NDArray[np.float64]


def losses(
    case: Case,
    values: Sequence[float],
    predictions: Sequence[NDArray[np.float64]],
    scored: NDArray[np.bool_],
) -> Losses:
    """
    Errors of predictions at some values of a parameter, straight lines between them.

    `scored`: partners that take part, (P,). Divided by the errors of no change, so that episodes count alike.
    """
    fine = np.linspace(min(values), max(values), STEPS)
    place = np.interp(fine, values, np.arange(len(values)))
    low = np.minimum(place.astype(np.intp), len(values) - 2)
    part = (place - low)[:, None, None]
    grid = np.array(predictions)
    between = grid[low] * (1 - part) + grid[low + 1] * part
    kept = (case.weight > 0) & np.isfinite(case.observed) & np.isfinite(grid).all(axis=0) & scored[:, None]
    weight, observed = np.where(kept, case.weight, 0.0), np.where(kept, case.observed, 0.0)
    errors = weight * (observed - np.where(kept, between, 0.0)) ** 2
    return Losses(fine, errors / (weight * observed**2).sum())


def fit(cases: Sequence[Losses]) -> Fit:
    """The value that leaves least error over some cases together."""
    values = cases[0].values
    best = float(values[_least([item.errors.sum(axis=(1, 2)) for item in cases])])
    rng = np.random.default_rng(0)
    bands = [_band(cases, values, axis, rng) for axis in (1, 2)]
    return Fit(
        best,
        min(band[0] for band in bands),
        max(band[1] for band in bands),
        best in (float(values[0]), float(values[-1])),
    )


def _least(sums: Sequence[NDArray[np.float64]]) -> int:
    """Place of the least sum."""
    return int(np.argmin(np.sum(sums, axis=0)))


def _band(
    cases: Sequence[Losses], values: NDArray[np.float64], axis: int, rng: np.random.Generator
) -> tuple[float, float]:
    """5 and 95 % of the best value when partners (axis 1) or industries (axis 2) are drawn anew with replacement."""
    other = 2 if axis == 1 else 1
    sums = np.sum([item.errors.sum(axis=other) for item in cases], axis=0)
    present = sums.any(axis=0)
    drawn = rng.multinomial(int(present.sum()), np.full(int(present.sum()), 1.0 / present.sum()), size=DRAWS)
    found = values[np.argmin(sums[:, present] @ drawn.T, axis=0)]
    low, high = np.quantile(found, [TAIL, 1 - TAIL])
    return float(low), float(high)
