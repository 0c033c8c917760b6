"""How often a verdict holds over draws of what is not known, and the value at which it becomes another one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# Quantiles between which a number lies in nine draws of ten.
LOW: Final = 0.05
HIGH: Final = 0.95


@dataclass(frozen=True)
class Odds:
    """
    A gain over draws.

    draws: How many have a gain at all: where a solve failed there is none.
    share: In how many of them it is no loss.
    low, middle, high: Quantiles of 5, 50 and 95 %.
    tie: Whether no gain and no loss lies between the outer two: the sign is not known.
    """

    draws: int
    share: float
    low: float
    middle: float
    high: float
    tie: bool


def odds(gains: NDArray[np.float64], nothing: float = 0.0) -> Odds | None:
    """
    Describe a gain over draws; None if there is none in any.

    Examples
    --------
    >>> found = odds(np.array([-1.0, 1.0, 2.0, 3.0]))
    >>> found.share, found.tie
    (0.75, True)
    """
    known = gains[np.isfinite(gains)]
    if not known.size:
        return None
    low, middle, high = (float(x) for x in np.quantile(known, (LOW, 0.5, HIGH)))
    return Odds(
        known.size, float(np.mean(known >= -nothing)), low, middle, high, low <= nothing and high >= -nothing
    )


def equilibrium_gain(payoffs: NDArray[np.float64], row: int, column: int) -> NDArray[np.float64]:
    """
    Give, by draw, the least that a side loses by leaving a pair of actions alone; negative where one gains by it.

    Parameters
    ----------
    payoffs
        Of both players, (draws, 2, rows, columns).
    row, column
        The pair.

    Examples
    --------
    >>> equilibrium_gain(np.array([[[[3.0, 0.0], [4.0, 1.0]], [[3.0, 4.0], [0.0, 1.0]]]]), 1, 1).tolist()
    [1.0]
    """
    mine = payoffs[:, 0, row, column, None] - np.delete(payoffs[:, 0, :, column], row, axis=1)
    theirs = payoffs[:, 1, row, column, None] - np.delete(payoffs[:, 1, row, :], column, axis=1)
    out: NDArray[np.float64] = np.concatenate([mine, theirs], axis=1).min(axis=1, initial=np.inf)
    return out


def flip_at(middle: tuple[float, float], edges: Sequence[tuple[float, float]]) -> tuple[float, float] | None:
    """
    Give the value of an input at which a gain changes its sign, and the part of the way to its end that lies before it.

    Parameters
    ----------
    middle
        The input's value and the gain there.
    edges
        The same at its ends; lines are drawn from the middle to each.

    Returns
    -------
    tuple
        The nearest such value; None if the sign is the same at every end.

    Examples
    --------
    >>> flip_at((1.0, 2.0), [(3.0, -2.0), (0.5, 1.0)])
    (2.0, 0.5)
    """
    at, gain = middle
    found = []
    for value, other in edges:
        if np.isfinite([gain, other]).all() and (gain >= 0) != (other >= 0):
            way = float(gain / (gain - other)) if gain != other else 0.0
            found.append((float(at + way * (value - at)), way))
    return min(found, key=lambda pair: pair[1]) if found else None
