"""Bargains of one side with several partners, each pair taking the other agreements as given: Nash in Nash."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from detente.errors import ConvergenceError, InputError
from detente.formatting import number

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Change of every term between rounds at which agreements stand, and the most rounds.
SETTLED: Final = 1e-5
_MOST_ROUNDS: Final = 40
# Slope at which a pair's search stops: this share of what the terms moved by in the round before, and at least the second.
_OF_LAST: Final = 1e-3
_FINE: Final = 1e-8
# A gain over no agreement below this, percent, is none.
NOTHING: Final = 1e-9
# Shares of the way from no agreement at which a pair looks for a start, and at which a check tries other terms.
_LOOK: Final = (0.5, 1.0)
_NEARER: Final = tuple(0.5**k for k in range(1, 8))
_CHECK: Final = (0.0, 0.5, 1.0)
_STEPS: Final = (-0.05, 0.05)
_CURVATURE: Final = 30.0

Terms = list["NDArray[np.float64]"]


class Payoffs(Protocol):
    """What the hub, first, and every partner get at the terms of all pairs."""

    def values(self, terms: Terms) -> NDArray[np.float64]:
        """Of the hub and of each partner, (1 + pairs,)."""

    def slope(self, terms: Terms, pair: int, weights: tuple[float, float]) -> NDArray[np.float64]:
        """Derivative of a weighted sum of what the hub and the partner get in the pair's own terms, (K,)."""


@dataclass(frozen=True, eq=False)
class Agreement:
    """
    The agreement of one pair.

    terms: Within their bounds, (K,); those of no agreement where `signed` is false.
    gains: Of the hub and of the partner over no agreement of theirs, all others as agreed.
    signed: Whether both gain.
    """

    terms: NDArray[np.float64]
    gains: tuple[float, float]
    signed: bool


@dataclass(frozen=True)
class Agreements:
    """
    All of them, and how many rounds it took until none moved.

    agreements: In the order of the pairs.
    values: Of the hub and of each partner with all of them, and with none, (1 + pairs,).
    """

    agreements: tuple[Agreement, ...]
    values: NDArray[np.float64]
    values_none: NDArray[np.float64]
    rounds: int


def nash_in_nash(
    payoffs: Payoffs,
    low: Terms,
    high: Terms,
    *,
    power: float = 0.5,
) -> Agreements:
    """
    Solve the bargains of a hub with each partner, each pair maximising Nash's product with all others as agreed.

    Parameters
    ----------
    payoffs
        What everybody gets.
    low, high
        Bounds of each pair's terms; `low` is no agreement.
    power
        Bargaining power of the hub, above 0 and below 1.

    Returns
    -------
    Agreements

    Raises
    ------
    InputError
        A power that is no share.
    ConvergenceError
        Agreements that do not settle.

    References
    ----------
    Horn and Wolinsky (1988), Bilateral monopolies and incentives for merger, RAND Journal of Economics 19(3).

    Notes
    -----
    A pair that breaks off finds the other agreements unchanged: what it has without one is not what would be agreed anew.
    """
    if not 0 < power < 1:
        raise InputError(
            "a bargaining power is a share",
            where="power",
            found=power,
            allowed="above 0 and below 1",
            repair="0.5 is equal power",
        )
    terms = [bound.copy() for bound in low]
    last = 1.0
    for round_ in range(1, _MOST_ROUNDS + 1):
        moved, precision = 0.0, max(_FINE, _OF_LAST * last)
        for pair in range(len(low)):
            new = _agree(payoffs, terms, pair, (low[pair], high[pair]), power, precision)
            moved = max(moved, float(np.abs(new - terms[pair]).max()))
            terms[pair] = new
        if moved < SETTLED:
            return _found(payoffs, terms, low, round_)
        last = moved
    raise ConvergenceError(
        "the agreements do not settle",
        where="agreements",
        found=f"terms still move by {number(moved)} after {_MOST_ROUNDS} rounds",
        allowed=f"moves below {number(SETTLED)}",
        repair="name fewer partners, or another bargaining power",
    )


def _found(payoffs: Payoffs, terms: Terms, low: Terms, rounds: int) -> Agreements:
    """The agreements with what each is worth to its pair."""
    values, agreements = payoffs.values(terms), []
    for pair, own in enumerate(terms):
        without = payoffs.values(_with(terms, pair, low[pair]))
        gains = (float(values[0] - without[0]), float(values[1 + pair] - without[1 + pair]))
        agreements.append(Agreement(own, gains, min(gains) > NOTHING))
    return Agreements(tuple(agreements), values, payoffs.values(list(low)), rounds)


def _with(terms: Terms, pair: int, own: NDArray[np.float64]) -> Terms:
    """All terms with those of one pair exchanged."""
    return [own if k == pair else held for k, held in enumerate(terms)]


class _Pair:
    """One pair's bargain, everything else as agreed: log of Nash's product, and its derivative in scaled terms."""

    def __init__(
        self, payoffs: Payoffs, terms: Terms, pair: int, none: NDArray[np.float64], power: float
    ) -> None:
        self.payoffs, self.terms, self.pair, self.power = payoffs, terms, pair, power
        self.threat = self._both(none)

    def _both(self, own: NDArray[np.float64]) -> NDArray[np.float64]:
        """What the hub and the partner get, (2,)."""
        return self.payoffs.values(_with(self.terms, self.pair, own))[[0, 1 + self.pair]]

    def gains(self, own: NDArray[np.float64]) -> NDArray[np.float64]:
        """Over no agreement, (2,)."""
        return self._both(own) - self.threat

    def product(self, own: NDArray[np.float64]) -> float:
        """Log of Nash's product; minus infinity where one does not gain."""
        gains = self.gains(own)
        if gains.min() <= NOTHING:
            return -np.inf
        return float(self.power * np.log(gains[0]) + (1 - self.power) * np.log(gains[1]))

    def slope(self, own: NDArray[np.float64], weights: tuple[float, float]) -> NDArray[np.float64]:
        """Derivative of a weighted sum of both gains in the pair's terms."""
        return self.payoffs.slope(_with(self.terms, self.pair, own), self.pair, weights)

    def loss(self, own: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Less the log of the product, and its derivative, for a minimiser."""
        gains = self.gains(own)
        if gains.min() <= NOTHING:
            return 1e3, np.zeros(len(own))
        slope = self.slope(own, (self.power / float(gains[0]), (1 - self.power) / float(gains[1])))
        return -float(self.power * np.log(gains[0]) + (1 - self.power) * np.log(gains[1])), -slope


def _start(table: _Pair, low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Terms by which both gain: the best of a few, else on the way on which both gain most from no agreement."""
    tried: list[NDArray[np.float64]] = [
        low + (high - low) * np.array(shares) for shares in product(_LOOK, repeat=len(low))
    ]
    worth = [table.product(own) for own in tried]
    if np.isfinite(worth).any():
        return tried[int(np.argmax(worth))]
    slopes = np.array([table.slope(low, weights) for weights in ((1.0, 0.0), (0.0, 1.0))]) * (high - low)
    size = np.linalg.norm(slopes, axis=1, keepdims=True)
    way = np.maximum((slopes / np.where(size > 0, size, 1.0)).sum(axis=0), 0)
    if not way.any() or (slopes @ way).min() <= 0:
        return None
    for step in _NEARER:
        own: NDArray[np.float64] = low + (high - low) * way / way.max() * step
        if np.isfinite(table.product(own)):
            return own
    return None


def _agree(
    payoffs: Payoffs,
    terms: Terms,
    pair: int,
    bounds: tuple[NDArray[np.float64], NDArray[np.float64]],
    power: float,
    precision: float,
) -> NDArray[np.float64]:
    """The terms one pair agrees on, to a slope of `precision`; those of no agreement where none suits both."""
    from scipy.optimize import minimize  # noqa: PLC0415

    low, high = bounds
    table = _Pair(payoffs, terms, pair, low, power)
    start = terms[pair]
    if not np.isfinite(table.product(start)):
        found = _start(table, low, high)
        if found is None:
            return low.copy()
        start = found
    scale = np.sqrt(_CURVATURE)

    def goal(y: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        value, slope = table.loss(np.clip(y / scale, low, high))
        return value, slope / scale

    box = list(zip(low * scale, high * scale, strict=True))
    settings = {"maxiter": 100, "gtol": precision, "ftol": 1e-15}
    run = minimize(goal, start * scale, jac=True, method="L-BFGS-B", bounds=box, options=settings)
    out: NDArray[np.float64] = np.clip(run.x / scale, low, high)
    return out


def largest_gain(
    payoffs: Payoffs, found: Agreements, low: Terms, high: Terms, *, power: float = 0.5
) -> tuple[float, int]:
    """
    Look for terms that one pair would rather have, others as agreed: by values alone, on a grid and beside what it has.

    Parameters
    ----------
    payoffs, low, high, power
        As they were solved with.
    found
        The agreements.

    Returns
    -------
    tuple
        By how much the log of Nash's product could be larger for some pair (infinite where an unsigned pair could agree),
        and the terms tried.
    """
    terms = [item.terms for item in found.agreements]
    worst, count = 0.0, 0
    for pair, item in enumerate(found.agreements):
        table = _Pair(payoffs, terms, pair, low[pair], power)
        held = table.product(item.terms)
        span = high[pair] - low[pair]
        tried = [low[pair] + span * np.array(shares) for shares in product(_CHECK, repeat=len(span))]
        for k in range(len(span)):
            for step in _STEPS:
                beside = item.terms.copy()
                beside[k] = np.clip(beside[k] + step * span[k], low[pair][k], high[pair][k])
                tried.append(beside)
        best = max(table.product(own) for own in tried)
        count += len(tried)
        if best > held:
            worst = max(worst, best - held)
    return worst, count
