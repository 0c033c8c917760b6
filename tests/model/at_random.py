"""Random worlds and shocks for tests and the soak test."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from detente.model import CriticalInput, Limit, Nests, Shock, Target, solve
from detente.world import Baseline


def random_baseline(
    seed: int, *, sectors: int = 3, economies: int = 4, zeros: float = 0.0, deficits: float = 0.05
) -> Baseline:
    """An exact baseline with random shares, duties, elasticities and deficits; some sectors without trade."""
    rng = np.random.default_rng(seed)
    J, N = sectors, economies
    size = np.exp(rng.normal(0, 1.2, N))
    pi = np.exp(rng.normal(0, 1, (J, N, N))) * size * (rng.random((J, N, N)) >= zeros)
    home = rng.beta(4, 2, (J, N))
    n = np.arange(N)
    pi[:, n, n] = 0
    total = pi.sum(axis=2, keepdims=True)
    pi = np.divide(pi, total, out=np.zeros_like(pi), where=total > 0) * (1 - home)[:, :, None]
    pi[:, n, n] = 1 - pi.sum(axis=2)
    if J > 2 and rng.random() < 0.5:
        pi[-1] = np.eye(N)
    tariff = rng.uniform(0, 0.3, (J, N, N)) * (rng.random((J, N, N)) < 0.7)
    tariff[:, n, n] = 0
    va = rng.uniform(0.25, 1.0, (J, N))
    io = rng.dirichlet(np.ones(J), (J, N)).transpose(2, 0, 1) * (1 - va)
    alpha = rng.dirichlet(np.ones(J), N).T
    added = size * 1e4
    gap = rng.normal(0, deficits, N) * added
    gap -= added * gap.sum() / added.sum()
    base = make_raw(pi, tariff, va, io, alpha, rng.uniform(1.5, 9, J), added, gap)
    exact = solve(base, tolerance=1e-14).as_baseline()
    return dataclasses.replace(exact, invested=np.linspace(0.15, 0.4, N))


def make_raw(
    pi: np.ndarray,
    tariff: np.ndarray,
    va: np.ndarray,
    io: np.ndarray,
    alpha: np.ndarray,
    theta: np.ndarray,
    added: np.ndarray,
    deficit: np.ndarray,
) -> Baseline:
    """A baseline from shares; not an equilibrium until it is solved once."""
    spending = alpha * added * 2
    flows = pi * spending[:, :, None] / (1 + tariff)
    revenue = (tariff * flows).sum(axis=(0, 2))
    J, N = va.shape
    return Baseline(
        economies=tuple(f"E{n:03d}" for n in range(N)),
        sectors=tuple(f"S{j:02d}" for j in range(J)),
        pi=pi,
        tariff=tariff,
        spending=spending,
        output=flows.sum(axis=1),
        va_share=va,
        io=io,
        alpha=alpha,
        theta=np.asarray(theta, dtype=np.float64),
        value_added=added,
        deficit=deficit,
        income=added + revenue + deficit,
        revenue=revenue,
        adjustments=(),
    )


def random_shock(rng: np.random.Generator, base: Baseline) -> Shock:
    """From mild to violent: duties from -50 % to prohibitive, embargoes, costs, export taxes, limits, targets."""
    J, N = base.va_share.shape
    parts: dict[str, Any] = {}
    kind = rng.integers(0, 9)
    cells = _block(rng, J, N)
    tariff = np.array(base.tariff)
    if kind in (0, 1, 6, 7):
        tariff[cells] = rng.choice([-0.5, 0.0, 0.1, 0.25, 1.0, 10.0, 1e3, 1e6])
        parts["tariff"] = tariff
    if kind == 2:
        tariff += rng.lognormal(-2, 1.5, tariff.shape)
        tariff[:, np.arange(N), np.arange(N)] = 0
        parts["tariff"] = tariff
    if kind in (3, 7):
        parts["iceberg"] = _set(np.ones_like(tariff), cells, rng.choice([0.5, 1.1, 3.0, np.inf]))
    if kind == 4:
        parts["export_tax"] = _set(np.zeros_like(tariff), cells, rng.choice([-0.3, 0.1, 0.5, 5.0]))
    if kind == 5:
        parts["prohibited"] = _set(np.zeros_like(tariff), cells, rng.choice([0.2, 0.9, 1.0]))
    if kind in (6, 8):
        parts["limits"] = tuple(_limit(rng, base) for _ in range(rng.integers(1, 6)))
        parts["targets"] = tuple(_target(rng, base) for _ in range(rng.integers(0, 3)))
    return Shock(**parts)


def random_options(rng: np.random.Generator, base: Baseline) -> dict[str, Any]:
    """Every option of a solve: closures, mobility, horizons, labour, and nests with a critical input in three of ten."""
    horizon = str(rng.choice(["long", "short", "3"]))
    supplies = ["inelastic", "elastic"] if horizon == "long" else ["inelastic", "elastic", "sticky"]
    options: dict[str, Any] = {
        "closure": str(rng.choice(["fixed", "zero", "proportional", "saving"])),
        "factors": str(rng.choice(["mobile", "fixed"], p=[0.7, 0.3])),
        "horizon": horizon,
        "labour": str(rng.choice(supplies)),
    }
    if len(base.sectors) > 2 and rng.random() < 0.3:
        low, factors, inputs, final = rng.uniform(0.1, 1.5, 4)
        critical = CriticalInput(
            base.sectors[0], low, {base.sectors[1]: float(rng.uniform(0.2, 1))}, between=1.5
        )
        options["nests"] = Nests(
            source="test", factors=factors, inputs=inputs, final=final, critical=(critical,)
        )
    return options


def _set(cube: np.ndarray, cells: tuple[np.ndarray, ...], value: float) -> np.ndarray:
    cube[cells] = value
    return cube


def _block(rng: np.random.Generator, J: int, N: int) -> tuple[np.ndarray, ...]:
    """Some sectors of one or more importers from one, several or all exporters, or the mirror image."""
    some = lambda size: rng.choice(size, rng.integers(1, size + 1), replace=False)  # noqa: E731
    few = rng.choice(N, rng.integers(1, min(3, N)), replace=False)
    sides = [few, some(N) if rng.random() < 0.5 else np.arange(N)]
    if rng.random() < 0.3:
        sides.reverse()
    j = np.arange(J) if rng.random() < 0.5 else some(J)
    mesh = np.array(np.meshgrid(j, *sides, indexing="ij")).reshape(3, -1)
    mesh = mesh[:, mesh[1] != mesh[2]]
    return mesh[0], mesh[1], mesh[2]


def _pick(rng: np.random.Generator, base: Baseline) -> tuple[Any, str, str]:
    n, i = rng.choice(len(base.economies), 2, replace=False)
    count = rng.integers(1, min(4, len(base.sectors)) + 1)
    sectors = tuple(rng.choice(base.sectors, count, replace=False))
    return sectors, base.economies[n], base.economies[i]


def _limit(rng: np.random.Generator, base: Baseline) -> Limit:
    rent = "exporter" if rng.random() < 0.5 else "importer"
    return Limit(*_pick(rng, base), volume=float(rng.choice([0.0, 0.05, 0.5, 0.9, 1.5])), rent_to=rent)


def _target(rng: np.random.Generator, base: Baseline) -> Target:
    return Target(*_pick(rng, base), volume=float(rng.choice([0.5, 1.1, 1.5, 3.0])))
