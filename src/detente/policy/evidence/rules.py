"""What users would otherwise use: rules without an economy, on the same cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def duty_change(before: NDArray[np.float64], after: NDArray[np.float64]) -> NDArray[np.float64]:
    """Change of the logarithm of one plus the duty, (P, B)."""
    return np.asarray(np.log1p(np.nan_to_num(after)) - np.log1p(np.nan_to_num(before)), dtype=np.float64)


def ces_shares(
    change: NDArray[np.float64], share: NDArray[np.float64], elasticity: float | NDArray[np.float64]
) -> NDArray[np.float64]:
    """
    Change of the log of a partner's share where buyers choose among origins of imports with a constant elasticity, (P, B).

    `elasticity` of the customs value to one plus the duty: one number (a gravity rule; 1.5 is SMART's), or one a block.
    Sellers' costs, home sales and every other market stay what they were.
    """
    pull = -np.asarray(elasticity) * change
    weight = np.nan_to_num(share) / np.nan_to_num(share).sum(axis=0)
    return np.asarray(pull - np.log((weight * np.exp(pull)).sum(axis=0)), dtype=np.float64)
