"""Forecasts held against what happened: probabilities from gains over draws, Brier's score, the rank of what was signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from detente.games.odds import HIGH, LOW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# Draws of the interval of a gain, and cases below which none is given.
_DRAWS: Final = 1999
_FEWEST: Final = 4
_SEED: Final = 0


def of_draws(share: float, draws: int) -> float:
    """
    Give the probability that a share of draws stands for, never 0 or 1: k of n as (k + 1) / (n + 2).

    Examples
    --------
    >>> of_draws(1.0, 8), of_draws(0.5, 8)
    (0.9, 0.5)
    """
    return (share * draws + 1) / (draws + 2)


def brier(probability: Sequence[float], outcome: Sequence[bool]) -> float:
    """
    Give the mean square of probability less outcome (Brier 1950).

    Examples
    --------
    >>> brier([0.5, 1.0], [True, True])
    0.125
    """
    return float(np.mean((np.asarray(probability) - np.asarray(outcome, dtype=float)) ** 2))


@dataclass(frozen=True)
class Gain:
    """
    What one forecast is better than another.

    gain: Brier's score of the other less its own: above 0 it is better.
    low, high: Of nine draws of ten of whole cases; None with fewer than four.
    """

    gain: float
    low: float | None
    high: float | None


def gain_on(
    probability: Sequence[float], other: Sequence[float], outcome: Sequence[bool], case: Sequence[str]
) -> Gain:
    """
    Compare two forecasts of the same statements; statements of one case stand or fall together.

    Examples
    --------
    >>> gain_on([1.0, 0.0], [0.5, 0.5], [True, False], ["a", "b"]).gain
    0.25
    """
    happened = np.asarray(outcome, dtype=float)
    gains = (np.asarray(other) - happened) ** 2 - (np.asarray(probability) - happened) ** 2
    names, at = np.unique(np.asarray(case), return_inverse=True)
    low = high = None
    if len(names) >= _FEWEST:
        sums, counts = np.bincount(at, gains), np.bincount(at)
        picked = np.random.default_rng(_SEED).integers(0, len(names), (_DRAWS, len(names)))
        low, high = (
            float(x) for x in np.quantile(sums[picked].sum(axis=1) / counts[picked].sum(axis=1), (LOW, HIGH))
        )
    return Gain(float(gains.mean()), low, high)


def threat_share(
    own: NDArray[np.float64], others: NDArray[np.float64], nothing: float = 0.0
) -> tuple[float, int]:
    """
    Give how often a threat is carried out: it is credible, and the other side would rather bear it than yield.

    Parameters
    ----------
    own
        What carrying it out gains its author once refused, (draws, readings of the author).
    others
        What bearing it gains the other side over yielding, (draws, readings of the other).
    nothing
        A gain up to this is none.

    Returns
    -------
    tuple
        The share over draws and pairs of readings, and the draws with numbers.

    Examples
    --------
    >>> threat_share(np.array([[1.0, -1.0]]), np.array([[2.0, 3.0]]))
    (0.5, 1)
    """
    known = np.isfinite(own).all(axis=1) & np.isfinite(others).all(axis=1)
    credible = (own[known] >= -nothing).mean(axis=1)
    borne = (others[known] > nothing).mean(axis=1)
    return (float((credible * borne).mean()) if known.any() else np.nan), int(known.sum())


def promise_share(own: NDArray[np.float64], nothing: float = 0.0) -> tuple[float, int]:
    """
    Give how often a promise is carried out: what goes with it is worth no less than none of it, (draws, readings).

    Examples
    --------
    >>> promise_share(np.array([[1.0, -1.0], [2.0, 0.0]]))
    (0.75, 2)
    """
    known = np.isfinite(own).all(axis=1)
    return (float((own[known] >= -nothing).mean()) if known.any() else np.nan), int(known.sum())


def beaten(gains: NDArray[np.float64], signed: int, nothing: float = 0.0) -> float:
    """
    Give the share of the other packages that the signed one beats, ties by half.

    Parameters
    ----------
    gains
        Of both sides by package, no deal among them, (packages, 2); a row that is not a number was not solved.
    signed
        Place of the signed one.
    nothing
        A gain up to this is none.

    Returns
    -------
    float
        One half is chance. Packages that both would sign are ranked by the product of gains, above all others; those by
        the smaller gain.

    Examples
    --------
    >>> beaten(np.array([[0.0, 0.0], [1.0, 1.0], [3.0, -1.0]]), 1)
    1.0
    >>> beaten(np.array([[0.0, 0.0], [1.0, 1.0], [3.0, -1.0]]), 2)
    0.0
    """
    least = gains.min(axis=1)
    both = least > nothing
    worth = np.where(both, gains.prod(axis=1), np.where(np.abs(least) <= nothing, 0.0, least))
    # All that both would sign above all others.
    worth = (
        np.where(both, 1.0 + worth / max(float(worth[both].max()), np.finfo(float).tiny), worth)
        if both.any()
        else worth
    )
    known = np.isfinite(gains).all(axis=1) & (np.arange(len(gains)) != signed)
    others = worth[known]
    return float(((others < worth[signed]) + (others == worth[signed]) / 2).mean())
