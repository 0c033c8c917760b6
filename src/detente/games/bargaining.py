"""Bargaining over instruments both sides can move: the Pareto frontier, Nash's and Kalai and Smorodinsky's solutions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

import numpy as np

from detente.display import as_html, in_short
from detente.errors import ConvergenceError, InputError
from detente.formatting import exact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# What both sides get at some instruments, (2,), and the derivatives, (2, K).
Payoffs = Callable[["NDArray[np.float64]"], "tuple[NDArray[np.float64], NDArray[np.float64]]"]
# Weights of the two sides, (2,), at what they get.
Weigh = Callable[["NDArray[np.float64]"], "NDArray[np.float64]"]

# Change of a scaled payoff at which solvers stop, and gradient in scaled instruments; the frontier is asked for to 1e-6.
_PRECISION: Final = 1e-9
# The same where a solution is only checked against the frontier.
_CHECKED: Final = 1e-7
# A shortfall of this much of the spread of payoffs is what solvers leave.
_SUPPORTED: Final = 1e-5
_GRADIENT: Final = 1e-5
_FINE_GRADIENT: Final = 1e-9
_MOST_STEPS: Final = 300
_MOST_CONSTRAINED_STEPS: Final = 50
_WEIGHTS: Final = (0.0, 0.15, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85, 1.0)
# A gain over the threat point below this, relative to the spread of payoffs, is none.
_NO_GAIN: Final = 1e-9


@dataclass(frozen=True, eq=False)
class Point:
    """
    A point of the bargaining set.

    Attributes
    ----------
    levels
        Instruments, (K,).
    payoffs
        Of both sides, (2,).
    weight
        Weight of the first side in the weighted sum that the point maximises.
    """

    levels: NDArray[np.float64]
    payoffs: NDArray[np.float64]
    weight: float


@dataclass(frozen=True, eq=False)
class Bargain:
    """
    The bargaining problem solved.

    Attributes
    ----------
    threat_point
        Payoffs without agreement, (2,).
    frontier
        Points of the Pareto frontier, from the second side's best to the first side's.
    ideal
        The best each can get while the other has its threat point, (2,).
    nash, kalai_smorodinsky
        The solutions; None if nothing is better than the threat point for both.
    off_frontier
        By how much the weighted sum at each solution falls short of its maximum.
    """

    __repr__ = in_short
    _repr_html_ = as_html

    threat_point: NDArray[np.float64]
    frontier: tuple[Point, ...]
    ideal: NDArray[np.float64]
    nash: Point | None
    kalai_smorodinsky: Point | None
    off_frontier: dict[str, float]


@runtime_checkable
class Weighable(Protocol):
    """Payoffs that can give the derivative of one weighted sum for less than those of both sides."""

    def weighted(
        self, levels: NDArray[np.float64], weigh: Weigh
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Payoffs, (2,), and the derivative of their sum at the weights they are given, (K,)."""


class BargainingTable:
    """
    The bargaining table: payoffs scaled so that solvers see numbers around 1.

    payoffs: Values and derivatives of both sides.
    threat: Payoffs without agreement, (2,).
    low, high: Bounds of the instruments, (K,).
    scale: Of the instruments, (K,): the solvers move ``levels * scale``.
    """

    def __init__(
        self,
        payoffs: Payoffs,
        threat: NDArray[np.float64],
        low: NDArray[np.float64],
        high: NDArray[np.float64],
        scale: NDArray[np.float64] | None = None,
    ) -> None:
        if not (low <= high).all() or low.shape != high.shape:
            raise InputError(
                "bounds out of order",
                where="bargain",
                found=f"lowest up to {exact(low.max())}, highest from {exact(high.min())}",
                allowed="lowest <= highest",
                repair="swap them",
            )
        self.payoffs, self.threat = payoffs, np.asarray(threat, dtype=np.float64)
        self.low, self.high = low, high
        self.scale = np.ones_like(low) if scale is None else scale
        self.bounds = list(zip(low * self.scale, high * self.scale, strict=True))
        self._memory: dict[bytes, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}
        self._gains: dict[bytes, NDArray[np.float64]] = {}
        corners = [self.gains(y * self.scale)[0] for y in (low, high, (low + high) / 2)]
        self.unit = np.maximum(np.ptp(np.array([*corners, np.zeros(2)]), axis=0), 1e-300)

    def gains(self, y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Gains over the threat point and their derivatives in scaled instruments; every answer is kept."""
        key = y.tobytes()
        if key not in self._memory:
            values, slopes = self.payoffs(self._levels(y))
            self._memory[key] = values - self.threat, slopes / self.scale
        return self._memory[key]

    def scaled(self, y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The same in units of the spread of payoffs."""
        values, slopes = self.gains(y)
        return values / self.unit, slopes / self.unit[:, None]

    def weighted(
        self, y: NDArray[np.float64], weigh: Weigh
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Gains in units of the spread, and the derivative of their sum at the weights they are given."""
        if not isinstance(self.payoffs, Weighable) or y.tobytes() in self._memory:
            values, slopes = self.scaled(y)
            return values, weigh(values) @ slopes
        values, slope = self.payoffs.weighted(
            self._levels(y), lambda found: weigh((found - self.threat) / self.unit) / self.unit
        )
        self._gains[y.tobytes()] = values - self.threat
        return (values - self.threat) / self.unit, slope / self.scale

    def _levels(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Instruments within their bounds."""
        levels: NDArray[np.float64] = np.clip(y / self.scale, self.low, self.high)
        return levels

    def maximise(self, weights: NDArray[np.float64], start: NDArray[np.float64]) -> NDArray[np.float64]:
        """Maximise a weighted sum of scaled gains."""
        from scipy.optimize import minimize  # noqa: PLC0415

        def goal(y: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            values, slope = self.weighted(y, lambda _: weights)
            return -float(weights @ values), -slope

        settings = {"maxiter": _MOST_STEPS, "gtol": _GRADIENT, "ftol": 1e-12, "maxcor": 20}
        run = minimize(goal, start, jac=True, method="L-BFGS-B", bounds=self.bounds, options=settings)
        return np.asarray(run.x, dtype=np.float64)

    def point(self, y: NDArray[np.float64], weight: float) -> Point:
        """Levels and payoffs at scaled instruments."""
        known = self._gains.get(y.tobytes())
        gains = self.gains(y)[0] if known is None else known
        return Point(y / self.scale, gains + self.threat, weight)


def bargain(
    payoffs: Payoffs,
    threat: Sequence[float],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    *,
    power: float = 0.5,
    scale: NDArray[np.float64] | None = None,
    weights: Sequence[float] = _WEIGHTS,
) -> Bargain:
    """
    Solve a bargaining problem over instruments.

    Parameters
    ----------
    payoffs
        Gives values, (2,), and derivatives, (2, K), at instruments, (K,).
    threat
        Payoffs of both sides without agreement.
    low, high
        Bounds of the instruments.
    power
        Bargaining power of the first side in Nash's product, 0 to 1.
    scale
        Of the instruments, so that all have about the same curvature.
    weights
        Of the first side, at which the frontier is drawn; payoffs are scaled by their spread first.

    Returns
    -------
    Bargain

    Raises
    ------
    InputError
        Bounds out of order, or a power outside 0 to 1.

    References
    ----------
    Nash (1950), Econometrica 18(2); Kalai and Smorodinsky (1975), Econometrica 43(3).

    Examples
    --------
    >>> def pie(x):
    ...     return np.array([x[0], 1 - x[0] ** 2]), np.array([[1.0], [-2 * x[0]]])
    >>> round(float(bargain(pie, (0, 0), np.zeros(1), np.ones(1)).nash.payoffs[0]), 6)
    0.57735
    """
    if not 0 <= power <= 1:
        raise InputError(
            "a bargaining power is a share",
            where="power",
            found=power,
            allowed="0 to 1",
            repair="0.5 is equal power",
        )
    table = BargainingTable(payoffs, np.asarray(threat, dtype=np.float64), low, high, scale)
    frontier = _frontier(table, weights)
    ideal = np.array([_ideal(table, side, frontier) for side in (0, 1)])
    start = _inside(table, frontier)
    if start is None or (ideal / table.unit <= _NO_GAIN).any():
        return Bargain(table.threat, frontier, ideal + table.threat, None, None, {})
    nash = _nash(table, start, power)
    kalai = _kalai_smorodinsky(table, start, ideal)
    off = {name: _shortfall(table, point) for name, point in (("nash", nash), ("kalai_smorodinsky", kalai))}
    return Bargain(table.threat, frontier, ideal + table.threat, nash, kalai, off)


def _frontier(table: BargainingTable, weights: Sequence[float]) -> tuple[Point, ...]:
    """Maximise weighted sums, each from the last."""
    y = np.clip((table.low + table.high) / 2, table.low, table.high) * table.scale
    points = []
    for weight in weights:
        y = table.maximise(np.array([weight, 1 - weight]), y)
        points.append(table.point(y, weight))
    return tuple(points)


def _inside(table: BargainingTable, frontier: Sequence[Point]) -> NDArray[np.float64] | None:
    """Scaled instruments better than the threat point for both: a frontier point, or one found between."""
    worst = [float(((point.payoffs - table.threat) / table.unit).min()) for point in frontier]
    top = int(np.argmax(worst))
    y = frontier[top].levels * table.scale
    if worst[top] > _NO_GAIN:
        return y
    y, share = _slsqp(table, y, np.ones(2))
    return y if share > _NO_GAIN else None


def _ideal(table: BargainingTable, side: int, frontier: Sequence[Point]) -> float:
    """The most one side gains while the other gains nothing."""
    from scipy.optimize import minimize  # noqa: PLC0415

    other = 1 - side
    allowed = [p for p in frontier if (p.payoffs - table.threat)[other] >= 0]
    if not allowed:
        return 0.0
    best = max(allowed, key=lambda p: float(p.payoffs[side]))
    run = minimize(
        lambda y: -float(table.scaled(y)[0][side]),
        best.levels * table.scale,
        jac=lambda y: -table.scaled(y)[1][side],
        method="SLSQP",
        bounds=table.bounds,
        constraints={
            "type": "ineq",
            "fun": lambda y: table.scaled(y)[0][other],
            "jac": lambda y: table.scaled(y)[1][other],
        },
        options={"maxiter": _MOST_CONSTRAINED_STEPS, "ftol": _PRECISION},
    )
    gains = table.gains(run.x)[0]
    reached = float(gains[side]) if gains[other] >= -1e-7 * table.unit[other] else 0.0
    return max(reached, float((best.payoffs - table.threat)[side]))


def _nash(table: BargainingTable, start: NDArray[np.float64], power: float) -> Point:
    """Maximise the weighted log gains from a point where both gain."""
    from scipy.optimize import minimize  # noqa: PLC0415

    share = np.array([power, 1 - power])

    def goal(y: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        values, slope = table.weighted(y, lambda found: share / np.where(found > 0, found, 1.0))
        if (values <= 0).any():
            return 1e3, np.zeros(len(y))
        return -float(share @ np.log(values)), -slope

    settings = {"maxiter": _MOST_STEPS, "gtol": _FINE_GRADIENT, "ftol": 1e-13, "maxcor": 20}
    run = minimize(goal, start, jac=True, method="L-BFGS-B", bounds=table.bounds, options=settings)
    values = (table.point(run.x, power).payoffs - table.threat) / table.unit
    implied = share / values / table.unit
    return table.point(run.x, float(implied[0] / implied.sum()))


def _kalai_smorodinsky(
    table: BargainingTable, start: NDArray[np.float64], ideal: NDArray[np.float64]
) -> Point:
    """Both get the largest same share of their ideal gains."""
    y, _ = _slsqp(table, start, ideal / table.unit)
    return table.point(y, float("nan"))


def _slsqp(
    table: BargainingTable, start: NDArray[np.float64], per: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Maximise s with scaled gains at least `s * per`."""
    from scipy.optimize import minimize  # noqa: PLC0415

    first = float((table.scaled(start)[0] / per).min())
    run = minimize(
        lambda z: -z[-1],
        np.append(start, first),
        jac=lambda z: np.append(np.zeros(len(z) - 1), -1.0),
        method="SLSQP",
        bounds=[*table.bounds, (None, None)],
        constraints={
            "type": "ineq",
            "fun": lambda z: table.scaled(z[:-1])[0] / per - z[-1],
            "jac": lambda z: np.column_stack([table.scaled(z[:-1])[1] / per[:, None], [-1.0, -1.0]]),
        },
        options={"maxiter": _MOST_CONSTRAINED_STEPS, "ftol": _PRECISION},
    )
    return np.asarray(run.x[:-1]), float(run.x[-1])


def _shortfall(table: BargainingTable, point: Point) -> float:
    """
    How far a point lies below the frontier, in payoff units of the first side, sought from beside it.

    Where the weighted sum whose weights are normal to the frontier there is largest at the point, nothing lies above it.
    Where it is not, as with a frontier that is not concave, the most the first side can get while the second keeps what it
    has, less what it has.
    """
    held = (point.payoffs - table.threat) / table.unit
    aside = (0.95 * point.levels + 0.05 * (table.low + table.high) / 2) * table.scale
    weights = _normal(table, point)
    best = table.maximise(weights, aside)
    above = float(weights @ (table.weighted(best, lambda _: weights)[0] - held))
    if above <= _SUPPORTED * weights[0]:
        return max(above, 0.0) * float(table.unit[0] / weights[0])
    return _more_for_first(table, held, aside)


def _normal(table: BargainingTable, point: Point) -> NDArray[np.float64]:
    """Weights at which a weighted sum is flat in the instruments that are free at a point, (2,)."""
    y = point.levels * table.scale
    first, second = table.scaled(y)[1] * ((point.levels > table.low) & (point.levels < table.high))
    gap = first - second
    size = float(gap @ gap)
    weight = 0.5 if size == 0 else float(np.clip(-(second @ gap) / size, 0.0, 1.0))
    return np.array([weight, 1 - weight])


def _more_for_first(table: BargainingTable, held: NDArray[np.float64], start: NDArray[np.float64]) -> float:
    """What the first side can gain while the second keeps what it has, in payoff units of the first side."""
    from scipy.optimize import minimize  # noqa: PLC0415

    run = minimize(
        lambda y: -float(table.scaled(y)[0][0]),
        start,
        jac=lambda y: -table.scaled(y)[1][0],
        method="SLSQP",
        bounds=table.bounds,
        constraints={
            "type": "ineq",
            "fun": lambda y: table.scaled(y)[0][1] - held[1],
            "jac": lambda y: table.scaled(y)[1][1],
        },
        options={"maxiter": _MOST_CONSTRAINED_STEPS, "ftol": _CHECKED},
    )
    values = table.scaled(run.x)[0]
    if values[1] < held[1] - 1e-6:
        raise ConvergenceError(
            "the frontier could not be checked",
            where="bargain",
            found=run.message,
            allowed="the second side no worse than at the solution",
            repair="use fewer instruments or narrower bounds",
        )
    return float(max(values[0] - held[0], 0.0) * table.unit[0])
