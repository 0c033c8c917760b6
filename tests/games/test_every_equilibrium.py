"""Every equilibrium of a finite game: games with known answers, a second method on random and degenerate ones."""

from __future__ import annotations

from fractions import Fraction
from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog, nnls

import detente as dt
from detente.games import largest_gain

# Linear programmes are right to about this.
LINEAR = 1e-7
# How far a mixture of corners may be from the point: both come from linear systems solved to about 1e-10.
MIXED = 1e-8


def game(first, second, scale=(1.0, 1.0), shift=(0.0, 0.0)):
    first, second = np.asarray(first, float), np.asarray(second, float)
    names = tuple(f"r{k}" for k in range(first.shape[0])), tuple(f"c{k}" for k in range(first.shape[1]))
    payoffs = np.array([first * scale[0] + shift[0], second * scale[1] + shift[1]])
    return dt.FiniteGame(("A", "B"), names, payoffs)


def every(table):
    """All profiles listed, pure ones as mixtures."""
    return [({r: 1.0}, {c: 1.0}) for r, c in table.pure_equilibria()] + table.mixed_equilibria()


def vectors(table, profile):
    return tuple(np.array([profile[k].get(name, 0.0) for name in table.actions[k]]) for k in (0, 1))


def shares(*numbers):
    return np.array([float(Fraction(number)) for number in numbers])


# Games on which a well-known package listed too few (its issues 231, 39 and 82), with all their equilibria.
CYCLE = np.array(
    [
        [0, -1, -1, -1, 1, -1], [1, 0, 1, -1, -1, -1], [1, -1, 0, -1, -1, 1],
        [1, 1, 1, 0, -1, -1], [-1, 1, 1, 1, 0, -1], [1, 1, -1, 1, 1, 0],
    ]
)  # fmt: skip
FOUR = np.array([[0, 1, 0, -1], [-1, 0, 1, 1], [0, -1, 0, 1], [1, -1, -1, 0]])
COST_A = np.array([[0, 0, 6, 0, 0], [0, 0, 3, 2, 1], [4, 3, 0, 0, 1]])
COST_B = np.array([[3, 0, 2, 1, 0], [0, 2, 0, 0, 4], [4, 0, 2, 4, 4]])
HALVES, THIRDS = ("1/2", 0, "1/2", 0), ("1/3", "1/3", 0, "1/3")
KNOWN = {
    "one": (CYCLE, -CYCLE, [((0, 0, "1/3", 0, "1/3", "1/3"),) * 2]),
    "four": (FOUR, -FOUR, [(a, b) for a in (HALVES, THIRDS) for b in (HALVES, THIRDS)]),
    "eight": (
        -COST_A,
        -COST_B,
        [
            ((1, 0, 0), (0, 1, 0, 0, 0)), ((1, 0, 0), (0, 0, 0, 0, 1)),
            (("2/3", "1/3", 0), (0, 1, 0, 0, 0)), (("1/3", "1/2", "1/6"), (0, "4/9", "2/9", "1/3", 0)),
            ((0, "1/2", "1/2"), (0, "1/2", "1/2", 0, 0)), ((0, 1, 0), ("3/7", 0, "4/7", 0, 0)),
            ((0, 1, 0), (1, 0, 0, 0, 0)), ((0, 1, 0), ("3/8", 0, "1/4", "3/8", 0)),
        ],
    ),
    "three, two of them joined": (
        [[3, 3], [2, 5], [0, 6]],
        [[3, 3], [2, 6], [3, 1]],
        [((0, "1/3", "2/3"), ("1/3", "2/3")), ((1, 0, 0), (1, 0)), ((1, 0, 0), ("2/3", "1/3"))],
    ),
    "every pair of a constant game": (
        np.ones((2, 2)), np.ones((2, 2)), [((a, 1 - a), (b, 1 - b)) for a in (0, 1) for b in (0, 1)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("scale", [(1.0, 1.0), (1 / 3, 700.0), (1e-9, 1e6)])
def test_games_with_known_equilibria(name, scale):
    first, second, wanted = KNOWN[name]
    table = game(first, second, scale, shift=(0.1, -0.7))
    found = [vectors(table, profile) for profile in every(table)]
    assert len(found) == len(wanted)
    for p, q in wanted:
        gaps = [max(np.abs(shares(*p) - x).max(), np.abs(shares(*q) - y).max()) for x, y in found]
        assert min(gaps) < 1e-9


def test_infinitely_many_are_said_to_be_and_given_by_their_corners():
    table = game(*KNOWN["three, two of them joined"][:2])
    assert not table.complete
    assert "infinitely many" in table.incomplete
    ((one, other),) = table.continua
    middle = tuple({n: (one[k].get(n, 0) + other[k].get(n, 0)) / 2 for n in table.actions[k]} for k in (0, 1))
    assert largest_gain(cells(table), *middle) < 1e-12
    assert game(CYCLE, -CYCLE).complete
    assert game(CYCLE, -CYCLE).continua == []


def test_a_game_too_large_says_so_and_its_pure_equilibria_stand():
    rng = np.random.default_rng(1)
    table = game(rng.normal(size=(12, 12)), rng.normal(size=(12, 12)))
    assert table.mixed_equilibria() == []
    assert not table.complete
    assert "too many" in table.incomplete
    easy = np.arange(144.0).reshape(12, 12)
    assert game(easy, easy).complete
    assert game(easy, easy).pure_equilibria() == [("r11", "c11")]


def cells(table):
    rows, columns = table.actions
    return {(r, c): tuple(map(float, table.at(r, c))) for r in rows for c in columns}


def subsets(size):
    return chain.from_iterable(combinations(range(size), k) for k in range(1, size + 1))


def supported(first, second, rows, columns):
    """An equilibrium that plays exactly these actions, by one linear programme a side, or None."""
    found = []
    for table, own, other in ((first, rows, columns), (second.T, columns, rows)):
        # Probabilities of `other` that make every action of `own` a best reply; the least of them as large as can be.
        n, m = table.shape[1], table.shape[0]
        free = [k for k in range(n) if k not in other]
        equal = [
            np.append(np.isin(np.arange(n), free).astype(float), [0.0, 0.0]),
            np.append(np.ones(n), [0, 0]),
        ]
        equal += [np.append(table[a], [-1.0, 0.0]) for a in own]
        upper = [np.append(table[a], [-1.0, 0.0]) for a in range(m)]
        upper += [np.append(-np.eye(n)[k], [0.0, 1.0]) for k in other]
        run = linprog(
            np.append(np.zeros(n + 1), -1.0), A_eq=equal, b_eq=[0.0, 1.0, *[0.0] * len(own)], A_ub=upper,
            b_ub=np.zeros(len(upper)), bounds=[(0, 1)] * n + [(None, None), (None, 1)],
        )  # fmt: skip
        if not run.success or run.x[-1] <= LINEAR:
            return None
        found.append(run.x[:n])
    return found[1], found[0]


def mixture_of(point, corners):
    """Whether a point is a mixture of corners."""
    if not corners:
        return False
    _, distance = nnls(np.vstack([np.array(corners).T, np.ones(len(corners))]), np.append(point, 1.0))
    return distance < MIXED


def assert_nothing_is_missing(first, second):
    """Whatever another method finds on any supports is a mixture of what is listed; what is listed holds."""
    table = game(first, second)
    listed = [vectors(table, profile) for profile in every(table)]
    assert listed
    for profile in every(table):
        assert largest_gain(cells(table), *profile) <= 1e-9
    others = 0
    for rows in subsets(len(first)):
        for columns in subsets(len(first[0])):
            found = supported(np.asarray(first, float), np.asarray(second, float), rows, columns)
            if found is None:
                continue
            others += 1
            p, q = found
            replies = [
                x for x, _ in listed if np.max(first @ q) - x @ first @ q < LINEAR and holds(x, q, second)
            ]
            answers = [
                y
                for _, y in listed
                if np.max(p @ second) - p @ second @ y < LINEAR and holds_too(p, y, first)
            ]
            assert mixture_of(p, replies), (first, second, rows, columns)
            assert mixture_of(q, answers), (first, second, rows, columns)
    assert others >= len(listed) if table.complete else others


def holds(x, q, second):
    """Whether q is a best answer to x."""
    return np.max(x @ second) - x @ second @ q < LINEAR


def holds_too(p, y, first):
    """Whether p is a best answer to y."""
    return np.max(first @ y) - p @ first @ y < LINEAR


SMALL = st.integers(2, 3)


@given(rows=SMALL, columns=SMALL, seed=st.integers(0, 10**6), most=st.integers(1, 4))
@settings(max_examples=25, deadline=None)
def test_a_second_method_finds_nothing_else_in_degenerate_games(rows, columns, seed, most):
    """Payoffs of few whole numbers: ties in most of them."""
    rng = np.random.default_rng(seed)
    assert_nothing_is_missing(*rng.integers(0, most + 1, (2, rows, columns)).astype(float))


@given(seed=st.integers(0, 10**6))
@settings(max_examples=8, deadline=None)
def test_a_second_method_finds_nothing_else_in_games_without_ties(seed):
    rng = np.random.default_rng(seed)
    first, second = rng.normal(size=(2, 3, 3))
    assert_nothing_is_missing(first, second)
    table = game(first, second)
    assert table.complete
    assert len(every(table)) % 2 == 1


def test_two_actions_that_are_the_same_make_a_line_of_equilibria():
    table = game([[2, 0], [2, 0], [0, 1]], [[1, 0], [1, 0], [0, 1]])
    assert not table.complete
    assert len(table.pure_equilibria()) == 3
    assert next(len(group) for group in table.continua) >= 2


def test_a_difference_no_larger_than_noise_is_a_tie():
    payoffs = np.array([[[1.0, 0.0], [1.0 + 1e-8, 0.0]], [[1.0, 0.0], [1.0, 0.0]]])
    names = (("a", "b"), ("x", "y"))
    assert dt.FiniteGame(("A", "B"), names, payoffs, noise=1e-7).pure_equilibria() == [("a", "x"), ("b", "x")]
    small = np.array([1e-6 * payoffs[1], payoffs[1] * 1e6])
    assert dt.FiniteGame(("A", "B"), names, small).ties == pytest.approx((1e-13, 0.1))
