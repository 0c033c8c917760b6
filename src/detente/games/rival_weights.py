"""What a weight on the other side's gain does to a list of packages that both would otherwise sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray


def signed(
    gains: NDArray[np.float64], weights: tuple[float, float], nothing: float = 0.0
) -> NDArray[np.bool_]:
    """
    Say which packages both sides sign if each counts the other's gain against its own with a weight.

    Parameters
    ----------
    gains
        Of both sides, against no deal, (packages, 2).
    weights
        Of the first and of the second side on the other's gain.
    nothing
        A gain up to this is none.

    Returns
    -------
    ndarray
        (packages,).

    Examples
    --------
    >>> import numpy as np
    >>> signed(np.array([[1.0, 3.0], [2.0, 1.0]]), (0.5, 0.0)).tolist()
    [False, True]
    """
    first, second = gains.T
    out: NDArray[np.bool_] = (first - weights[0] * second > nothing) & (second - weights[1] * first > nothing)
    return out


def by_weight(
    gains: NDArray[np.float64], weights: Sequence[float], nothing: float = 0.0
) -> list[tuple[float, int, int, int]]:
    """
    Count the packages both sign by the weight on the other's gain: of both sides, of the first alone, of the second alone.

    Examples
    --------
    >>> import numpy as np
    >>> by_weight(np.array([[1.0, 3.0], [2.0, 1.0]]), (0.0, 0.5))
    [(0.0, 2, 2, 2), (0.5, 0, 1, 1)]
    """

    def count(first: float, second: float) -> int:
        return int(signed(gains, (first, second), nothing).sum())

    return [(float(w), count(w, w), count(w, 0.0), count(0.0, w)) for w in weights]


def largest_weights(gain: Sequence[float]) -> tuple[float, float, float]:
    """
    Give the weight from which a package is no longer signed: on both sides, on the first alone, on the second alone.

    Parameters
    ----------
    gain
        Of both sides, against no deal.

    Returns
    -------
    tuple
        0 for a package that one side does not sign at any weight.

    Notes
    -----
    The first signs while ``gain[0] > weight * gain[1]``, so up to the ratio of the gains; with the same weight on both
    sides no package is signed from 1 on.

    Examples
    --------
    >>> largest_weights((1.0, 4.0))
    (0.25, 0.25, 4.0)
    """
    mine, theirs = gain
    if mine <= 0 or theirs <= 0:
        return 0.0, 0.0, 0.0
    ratio = mine / theirs
    return min(ratio, 1 / ratio), ratio, 1 / ratio
