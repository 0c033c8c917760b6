"""Costs, shares and consumer prices in levels, written apart from the solver's code: for audits and results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detente.model.preferences.technology import Technology, other_inputs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.world.baseline import Baseline


@dataclass(frozen=True, eq=False)
class CostShares:
    """
    Who is paid what, at new prices.

    cost: Unit cost, new over old, (J, N).
    factors: Share of value added in cost, (J, N).
    inputs: Shares of inputs in cost, (K, J, N).
    exposed: Share of the exposed part by critical nest, (J, N) each.
    """

    cost: NDArray[np.float64]
    factors: NDArray[np.float64]
    inputs: NDArray[np.float64]
    exposed: tuple[NDArray[np.float64], ...] = ()


def technology_of(base: Baseline) -> Technology | None:
    """Nests of a baseline, if it has any."""
    found: Technology | None = getattr(base, "technology", None)
    return found


def cost_shares(base: Baseline, wage: NDArray[np.float64], price: NDArray[np.float64]) -> CostShares:
    """Unit cost and the shares in it at given factor prices and prices."""
    technology = technology_of(base)
    full = np.broadcast_to(wage, base.va_share.shape)
    if technology is None:
        shares = ces_shares(base.io, price, getattr(base, "sigma", None))
        return CostShares(_plain_cost(base, full, price), base.va_share, shares)
    others = other_inputs(base, technology)
    weight = others.sum(axis=0)
    sigma = getattr(base, "sigma", None)
    bundle = ces_price(others, price, np.ones(len(base.sectors)) if sigma is None else sigma)
    level = base.va_share + weight
    part = np.divide(base.va_share, level, out=np.zeros_like(level), where=level > 0)
    cost, factors = _pair(part, full, bundle, technology.factors)
    inputs = ces_shares(others, price, sigma)
    inputs = inputs * np.divide(1 - factors, weight, out=np.zeros_like(weight), where=weight > 0)
    parts = []
    for nest in technology.critical:
        shares = nest.weights(base.io)
        own = shares.sum(axis=0)
        level = level + own
        live = own > 0
        size = np.divide(own, nest.exposed * level, out=np.zeros_like(own), where=live)
        within = np.full(len(base.sectors), nest.within)
        paid = ces_price(shares, price[nest.rows], within)
        exposed, critical = _pair(size, paid, cost, np.full((len(within), 1), nest.elasticity))
        cost, share = _pair(nest.exposed * live, exposed, cost, np.full((len(within), 1), nest.between))
        left = 1 - share * critical
        factors, inputs = factors * left, inputs * left
        scale = np.divide(share * critical, own, out=np.zeros_like(own), where=live)
        inputs[nest.rows] += ces_shares(shares, price[nest.rows], within) * scale
        parts.append(share)
    return CostShares(cost, factors, inputs, tuple(parts))


def _pair(
    share: NDArray[np.float64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    sigma: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """CES index of two prices with `share` the base share of `x`, and the new share of `x`; all (J, N)."""
    flat = sigma == 1
    power = np.where(flat, 1.0, 1 - sigma)
    curved = (share * x**power + (1 - share) * y**power) ** (1 / power)
    index = np.where(flat, x**share * y ** (1 - share), curved)
    return index, np.where(flat, share, share * (x / index) ** power)


def ces_price(
    weights: NDArray[np.float64], price: NDArray[np.float64], sigma: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Price of the inputs of each using sector, (J, N); 1 where it uses none. Weights (K, J, N), price (K, N)."""
    total = weights.sum(axis=0)
    out: NDArray[np.float64] = np.ones_like(total)
    for value in np.unique(sigma):
        own = sigma == value
        some = total[own]
        power = 1 - value
        level = np.log(price) if power == 0 else price**power
        mean = np.einsum("kjn,kn->jn", weights[:, own], level) / np.where(some > 0, some, 1.0)
        index = np.exp(mean) if power == 0 else np.where(some > 0, mean, 1.0) ** (1 / power)
        out[own] = np.where(some > 0, index, 1.0)
    return out


def ces_shares(
    io: NDArray[np.float64], price: NDArray[np.float64], sigma: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Shares of inputs at new prices, their sum by using sector kept, (K, J, N)."""
    if sigma is None:
        return io
    weighted: NDArray[np.float64] = io * price[:, None, :] ** (1 - sigma)[None, :, None]
    total = weighted.sum(axis=0)
    scale = np.divide(io.sum(axis=0), total, out=np.zeros_like(total), where=total > 0)
    out: NDArray[np.float64] = weighted * scale
    return out


def _plain_cost(base: Baseline, wage: NDArray[np.float64], price: NDArray[np.float64]) -> NDArray[np.float64]:
    """Unit cost with a fixed share of value added."""
    cost: NDArray[np.float64] = wage**base.va_share
    sigma = getattr(base, "sigma", None)
    if sigma is None:
        cost *= np.exp(np.einsum("kjn,kn->jn", base.io, np.log(price)))
        return cost
    out: NDArray[np.float64] = cost * ces_price(base.io, price, sigma) ** (1 - base.va_share)
    return out


def final_shares(base: Baseline, price: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares of products in final demand at new prices, (J, N)."""
    technology = technology_of(base)
    if technology is None or technology.final == 1:
        return base.alpha
    weighted = base.alpha * price ** (1 - technology.final)
    out: NDArray[np.float64] = weighted / weighted.sum(axis=0)
    return out


def consumer_price(base: Baseline, price: NDArray[np.float64]) -> NDArray[np.float64]:
    """Price of the final-demand basket, new over old, (N,)."""
    technology = technology_of(base)
    if technology is None or technology.final == 1:
        out: NDArray[np.float64] = np.exp((base.alpha * np.log(price)).sum(axis=0))
        return out
    power = 1 - technology.final
    mean: NDArray[np.float64] = (base.alpha * price**power).sum(axis=0) ** (1 / power)
    return mean
