"""Nests as arrays: what a baseline carries, and the solver's production made of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.model.preferences.nest import CesInputs
from detente.model.preferences.production import (
    CriticalNest,
    FixedFactorShare,
    NestedProduction,
    Node,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from detente.model.preferences.production import Inputs, Production


@dataclass(frozen=True, eq=False)
class CriticalTechnology:
    """
    A critical nest.

    rows: Positions of the inputs.
    exposed: Share of the exposed part in the value of output at the level of this nest, (J, N); 0 where it has none.
    elasticity: Between the inputs and everything else there; within: among them; between: exposed and other output.
    """

    rows: NDArray[np.intp]
    exposed: NDArray[np.float64]
    elasticity: float
    within: float
    between: float

    @property
    def users(self) -> NDArray[np.intp]:
        """Positions of the industries with an exposed part."""
        return np.flatnonzero(self.exposed.any(axis=1))

    def weights(self, io: NDArray[np.float64]) -> NDArray[np.float64]:
        """Shares of the inputs in the cost of the exposed industries, (rows, J, N)."""
        out: NDArray[np.float64] = io[self.rows] * (self.exposed > 0)
        return out


@dataclass(frozen=True, eq=False)
class Technology:
    """
    Nests of a baseline.

    factors: Elasticity between value added and inputs, (J, N).
    final: Elasticity between products in final demand.
    critical: Nests of critical inputs, from the innermost out.
    complements: Positions of inputs whose origins substitute with less than 1.
    """

    factors: NDArray[np.float64]
    final: float
    critical: tuple[CriticalTechnology, ...]
    complements: tuple[int, ...] = ()


def carry_on(base: Any, exposed: tuple[NDArray[np.float64], ...]) -> dict[str, Technology]:
    """The nests at new shares of the exposed parts, as a change of a baseline; none without nests."""
    technology: Technology | None = getattr(base, "technology", None)
    if technology is None:
        return {}
    pairs = zip(technology.critical, exposed, strict=True)
    return {"technology": replace(technology, critical=tuple(replace(a, exposed=b) for a, b in pairs))}


def other_inputs(base: Any, technology: Technology) -> NDArray[np.float64]:
    """Input shares without those that have a nest of their own, (K, J, N)."""
    io = np.array(base.io)
    for nest in technology.critical:
        io[nest.rows] -= nest.weights(base.io)
    return io


def make_production(
    base: Any, order: NDArray[np.intp], bundle: Callable[[NDArray[np.float64]], Inputs]
) -> Production:
    """The solver's production of a baseline; `bundle` makes the inputs of shares (K, J, N) in the solver's order."""
    technology: Technology | None = getattr(base, "technology", None)
    va = np.ascontiguousarray(base.va_share[order])[..., None]
    io = base.io if technology is None else other_inputs(base, technology)
    others = bundle(io[np.ix_(order, order)])
    if technology is None:
        return FixedFactorShare(va, others)
    place = np.empty(len(order), dtype=np.intp)
    place[order] = np.arange(len(order))
    weight = io.sum(axis=0)[order][..., None]
    level = va + weight
    factors = Node(va / np.where(level > 0, level, 1.0), (1.0 - technology.factors[order])[..., None])
    nests = []
    for nest in technology.critical:
        users = np.sort(place[nest.users])
        shares = nest.weights(base.io)[:, order[users]]
        own = shares.sum(axis=0)[..., None]
        level[users] += own
        exposed = nest.exposed[order[users]][..., None]
        inner = own / np.where(own > 0, exposed * level[users], 1.0)
        one = np.ones(len(users))
        nests.append(
            CriticalNest(
                rows=place[nest.rows],
                users=users,
                per_weight=_one_over(own),
                inputs=CesInputs(np.ascontiguousarray(shares.transpose(2, 0, 1)), nest.within * one),
                exposed=Node(exposed, _power(nest.between * one)),
                critical=Node(inner, _power(nest.elasticity * one)),
            )
        )
    return NestedProduction(factors, _one_over(weight), others, tuple(nests))


def _one_over(weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Inverse of a weight, 0 where it is none."""
    out: NDArray[np.float64] = np.divide(1.0, weight, out=np.zeros_like(weight), where=weight > 0)
    return out


def _power(elasticity: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 - elasticity, (J, 1, 1)."""
    return (1.0 - elasticity)[:, None, None]
