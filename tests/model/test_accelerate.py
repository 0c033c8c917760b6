"""The fixed-point solver on maps whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

from detente.model.numerics.accelerate import accelerate, newton_krylov

TOLERANCE = 1e-11


def linear(seed, size, radius):
    """A map z -> M z + b with a given spectral radius, its step, and its fixed point."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(size, size))
    matrix *= radius / np.abs(np.linalg.eigvals(matrix)).max()
    right = rng.normal(size=size)
    return lambda z: z @ matrix.T + right - z, np.linalg.solve(np.eye(size) - matrix, right)


@pytest.mark.parametrize("radius", [0.3, 0.9, 0.99])
def test_linear_maps(radius):
    step, answer = linear(1, 30, radius)
    run = accelerate(step, np.zeros((1, 30)), tolerance=TOLERANCE, max_passes=400, memory=12)
    assert run.error[0] <= TOLERANCE
    assert np.abs(run.state[0] - answer).max() < 1e-8
    # Plain iteration would need log(1e-11) / log(radius) passes.
    assert run.passes < np.log(TOLERANCE) / np.log(radius)


def test_memory_as_large_as_the_problem_solves_it_in_as_many_passes():
    step, answer = linear(2, 5, 0.95)
    run = accelerate(step, np.zeros((1, 5)), tolerance=1e-9, max_passes=50, memory=5)
    assert run.passes <= 5 + 4
    assert np.abs(run.state[0] - answer).max() < 1e-6


def test_an_expanding_map_is_still_solved():
    """Plain iteration of z -> 1 - 3 z runs away from 1/4."""
    run = accelerate(lambda z: 1 - 3 * z - z, np.full((1, 1), 0.3), tolerance=TOLERANCE, max_passes=50)
    assert run.state[0, 0] == pytest.approx(0.25)


def test_rows_are_independent_and_done_rows_are_dropped():
    systems = [linear(seed, 12, radius) for seed, radius in enumerate((0.1, 0.5, 0.9, 0.97, 0.98))]
    present = list(range(5))
    sizes = []

    def step(z):
        sizes.append(len(z))
        return np.stack([systems[k][0](row) for k, row in zip(present, z, strict=True)])

    def shrink(left):
        present[:] = [k for k, kept in zip(present, left, strict=True) if kept]
        return step

    run = accelerate(step, np.zeros((5, 12)), tolerance=TOLERANCE, max_passes=500, memory=8, shrink=shrink)
    assert (run.error <= TOLERANCE).all()
    for k, (_, answer) in enumerate(systems):
        assert np.abs(run.state[k] - answer).max() < 1e-8
    assert sizes[0] == 5
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] < 5


def test_a_map_that_leaves_its_domain_returns_to_the_best_point():
    """Logarithms of negative numbers on the way are no answer and no crash."""

    def step(z):
        return np.log(3 - 2 * np.exp(z)) * np.array([[1.0, 0.5]])

    run = accelerate(step, np.array([[0.3, -1.0]]), tolerance=TOLERANCE, max_passes=300)
    assert np.isfinite(run.state).all()
    assert run.error[0] <= 1e-6
    assert np.abs(run.state).max() < 1e-5


def test_the_limit_of_passes_is_kept():
    step, _ = linear(3, 40, 0.999)
    run = accelerate(step, np.zeros((1, 40)), tolerance=1e-14, max_passes=7)
    assert run.passes == 7
    assert run.error[0] > 1e-14


def test_newton_krylov_solves_what_does_not_contract():
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(20, 20))
    answer = rng.normal(size=20)

    def step(z):
        gap = (z - answer) @ matrix.T
        return gap + 0.1 * gap**3

    run = newton_krylov(step, np.zeros((1, 20)), tolerance=1e-10, max_passes=3000)
    assert run.error[0] <= 1e-10
    assert np.abs(run.state[0] - answer).max() < 1e-7


def test_newton_krylov_gives_its_best_when_it_fails():
    run = newton_krylov(lambda z: np.exp(z) + 1.0, np.zeros((1, 3)), tolerance=1e-10, max_passes=60)
    assert run.error[0] >= 1.0
    assert np.isfinite(run.state).all()
