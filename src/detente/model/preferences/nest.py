"""Constant elasticity of substitution between inputs, by using sector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class _Group:
    """Using sectors with one elasticity: positions, 1 - elasticity, weights (N, K, own), share of inputs in cost."""

    sectors: NDArray[np.intp]
    power: float
    weights: NDArray[np.float64]
    share: NDArray[np.float64]


class _PricedGroup(NamedTuple):
    """A group, `P**(1 - sigma)` of its inputs (log P at 1) and the weighted sum by using sector."""

    group: _Group
    level: NDArray[np.float64]
    total: NDArray[np.float64]


class CesInputs:
    """
    Cost `Q**(1 - va)` with `Q = (sum_k a_k P_k**(1 - sigma))**(1 / (1 - sigma))`, `a = g / (1 - va)`.

    io: g, (N, K, J): economy, input, using sector; the inputs may be a few only.
    sigma: Elasticity of substitution by using sector, (J,); 1 is Cobb-Douglas.
    """

    def __init__(self, io: NDArray[np.float64], sigma: NDArray[np.float64]) -> None:
        self.groups = []
        self.users = len(sigma)
        for value in np.unique(sigma):
            own = np.flatnonzero(sigma == value)
            share = io[:, :, own].sum(axis=1)
            scale = np.where(share != 0, share, 1.0)
            weights = io[:, :, own] if value == 1 else io[:, :, own] / scale[:, None, :]
            self.groups.append(
                _Group(own, 1.0 - float(value), np.ascontiguousarray(weights), share.T[..., None])
            )

    def priced(self, log_price: NDArray[np.float64]) -> list[_PricedGroup]:
        """Each group with `P**(1 - sigma)` and its weighted sum (1 where there are no inputs)."""
        out = []
        for group in self.groups:
            if group.power == 0:
                out.append(_PricedGroup(group, log_price, log_price))
                continue
            level = np.exp(group.power * log_price)
            total = _gather(group, level)
            out.append(_PricedGroup(group, level, np.where(group.share != 0, total, 1.0)))
        return out

    def cost(self, prices: list[_PricedGroup]) -> NDArray[np.float64]:
        """Log cost of the input bundle, weighted by its share in cost, (J, N, K)."""
        out = np.empty((self.users, *prices[0].level.shape[1:]))
        for group, level, total in prices:
            out[group.sectors] = (
                _gather(group, level) if group.power == 0 else group.share * np.log(total) / group.power
            )
        return out

    def use(self, output: NDArray[np.float64], prices: list[_PricedGroup]) -> NDArray[np.float64]:
        """Spending on each input, (J, N, K)."""
        out = np.zeros((*prices[0].level.shape[:-1], output.shape[-1]))
        for group, level, total in prices:
            own = output[group.sectors]
            out += (
                _spread(group, own) if group.power == 0 else level * _spread(group, group.share * own / total)
            )
        return out

    def pull_cost(self, seed: NDArray[np.float64], prices: list[_PricedGroup]) -> NDArray[np.float64]:
        """Transposed derivative of `cost`: by Shephard's lemma the same as `use`."""
        return self.use(seed, prices)

    def pull_use(
        self, seed: NDArray[np.float64], output: NDArray[np.float64], prices: list[_PricedGroup]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Transposed derivatives of `use` in output and in log prices."""
        by_output, by_price = np.empty((*output.shape[:-1], seed.shape[-1])), np.zeros_like(seed)
        for group, level, total in prices:
            if group.power == 0:
                by_output[group.sectors] = _gather(group, seed)
                continue
            value = group.share * output[group.sectors] / total
            pulled = _gather(group, level * seed)
            by_output[group.sectors] = group.share / total * pulled
            use = level * _spread(group, value)
            by_price += group.power * (use * seed - level * _spread(group, value / total * pulled))
        return by_output, by_price


def _gather(group: _Group, by_input: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weighted sum over inputs, by using sector."""
    out: NDArray[np.float64] = np.matmul(group.weights.transpose(0, 2, 1), by_input.transpose(1, 0, 2))
    return out.transpose(1, 0, 2)


def _spread(group: _Group, by_sector: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weighted sum over using sectors, by input."""
    out: NDArray[np.float64] = np.matmul(group.weights, by_sector.transpose(1, 0, 2))
    return out.transpose(1, 0, 2)
