"""Every extreme equilibrium of a two-player game, by vertex enumeration in exact arithmetic."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

Mix = tuple[Fraction, ...]
Pair = tuple[Mix, Mix]
Exact = list[list[Fraction]]

# Largest number of bases tried on each side: that of eight actions against eight.
MOST_BASES: Final = comb(16, 8)
# Payoffs are read as the simplest fraction this close, relative to what counts as a tie.
_CLOSE: Final = 1e-3
# Determinant, of numbers from 1 to 2, below which floating point decides nothing; and what it may be wrong by above.
_THIN: Final = 1e-4
_SLACK: Final = 1e-5


def too_large(rows: int, columns: int) -> bool:
    """Whether a game has more bases than are tried."""
    return comb(rows + columns, rows) > MOST_BASES


def exact_payoffs(table: NDArray[np.float64], tie: float) -> Exact:
    """
    Read payoffs as fractions of their range, those that tie as one number.

    Gives of the same shape, from 0 to 1: equilibria do not depend on the unit. What differs by more than a tie still
    differs.

    Examples
    --------
    >>> exact_payoffs(np.array([[1 / 3, 0.1 + 0.2], [0.3, 0.4]]), 1e-9)[0]
    [Fraction(1, 3), Fraction(0, 1)]
    """
    low, span = float(table.min()), float(np.ptp(table))
    within = max(_CLOSE * tie, 4 * np.finfo(float).eps * float(np.abs(table).max()))
    read: dict[float, Fraction] = {}
    first = None
    for value in sorted({float(value) for value in table.flat}):
        if first is None or value - first > tie:
            first = value
            held = _simplest((value - low) / span, within / span) if span > tie else Fraction(0)
        read[value] = held
    return [[read[float(value)] for value in row] for row in table]


def _simplest(value: float, within: float) -> Fraction:
    """The fraction with the smallest denominator (to a factor of ten) that lies within a distance."""
    exact = Fraction(value)
    for power in range(16):
        near = exact.limit_denominator(10**power)
        if abs(near - exact) <= within:
            return near
    return exact


def extreme_equilibria(first: Exact, second: Exact) -> list[Pair]:
    """
    List every extreme equilibrium.

    Mangasarian (1964), "Equilibrium points of bimatrix games", SIAM Journal 12(4); Avis, Rosenberg, Savani and von
    Stengel (2010), "Enumeration of Nash equilibria for two-player games", Economic Theory 42, whose labels these are.

    Examples
    --------
    >>> one, zero = Fraction(1), Fraction(0)
    >>> pennies = [[one, -one], [-one, one]], [[-one, one], [one, -one]]
    >>> extreme_equilibria(*pennies)
    [((Fraction(1, 2), Fraction(1, 2)), (Fraction(1, 2), Fraction(1, 2)))]
    """
    rows, columns = len(first), len(first[0])
    every = frozenset(range(rows + columns))
    across = [list(column) for column in zip(*second, strict=True)]
    mine = _vertices(across, own=range(rows), other=range(rows, rows + columns))
    theirs = _vertices(first, own=range(rows, rows + columns), other=range(rows))
    return [(x, y) for x, has in mine.items() for y, also in theirs.items() if has | also == every]


def components(pairs: Sequence[Pair]) -> list[list[int]]:
    """Group extreme equilibria that are connected by equilibria in between."""
    left, groups = set(range(len(pairs))), []
    while left:
        group, edge = [], [min(left)]
        while edge:
            here = edge.pop()
            if here not in left:
                continue
            left.discard(here)
            group.append(here)
            edge += [k for k in left if pairs[k][0] == pairs[here][0] or pairs[k][1] == pairs[here][1]]
        groups.append(sorted(group))
    return sorted(groups)


def _vertices(payoffs: Exact, *, own: Sequence[int], other: Sequence[int]) -> dict[Mix, frozenset[int]]:
    """
    Vertices of a best-response polytope but 0, each with its labels.

    `payoffs[k]` are what the k-th action of the other player earns by action of this one. A label is an own action not
    played, or an action of the other that is a best reply.
    """
    low = min(min(row) for row in payoffs)
    span = max(max(row) for row in payoffs) - low or Fraction(1)
    positive = [[(value - low) / span + 1 for value in row] for row in payoffs]
    found: dict[Mix, frozenset[int]] = {}
    for played, tight in _likely(np.array(positive, dtype=np.float64)):
        part = _solve([[positive[k][a] for a in played] for k in tight])
        if part is None or min(part) < 0:
            continue
        x = [Fraction(0)] * len(own)
        for action, weight in zip(played, part, strict=True):
            x[action] = weight
        worth = [sum((row[a] * x[a] for a in played), Fraction(0)) for row in positive]
        if max(worth) > 1:
            continue
        total = sum(x)
        labels = [own[a] for a, weight in enumerate(x) if not weight]
        labels += [other[k] for k, value in enumerate(worth) if value == 1]
        found[tuple(weight / total for weight in x)] = frozenset(labels)
    return found


def _likely(positive: NDArray[np.float64]) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """
    Give the bases that may be a vertex: actions played, and as many best replies of the other.

    Floating point rules out those that are clearly none; whatever is near the line is left to exact arithmetic.
    """
    other, own = positive.shape
    for size in range(1, min(own, other) + 1):
        played = list(combinations(range(own), size))
        for tight in combinations(range(other), size):
            square = positive[np.ix_(tight, range(own))][:, np.array(played)].transpose(1, 0, 2)
            thin = np.abs(np.linalg.det(square)) < _THIN
            square[thin] = np.eye(size)
            x = np.linalg.solve(square, np.ones((len(played), size, 1)))[:, :, 0]
            slack = _SLACK * (1 + np.abs(x).max(axis=1))
            worth = np.einsum("kps,ps->pk", positive[:, np.array(played)], x)
            maybe = thin | ((x.min(axis=1) >= -slack) & (worth.max(axis=1) <= 1 + slack))
            for place in np.flatnonzero(maybe):
                yield played[place], tight


def _solve(matrix: Exact) -> list[Fraction] | None:
    """Solve `matrix x = 1` by elimination; None if the matrix is singular."""
    size = len(matrix)
    work = [[*row, Fraction(1)] for row in matrix]
    for k in range(size):
        pivot = next((r for r in range(k, size) if work[r][k]), None)
        if pivot is None:
            return None
        work[k], work[pivot] = work[pivot], work[k]
        lead = work[k][k]
        work[k] = [value / lead for value in work[k]]
        for r in range(size):
            if r != k and work[r][k]:
                factor = work[r][k]
                work[r] = [a - factor * b for a, b in zip(work[r], work[k], strict=True)]
    return [row[-1] for row in work]
