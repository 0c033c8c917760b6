"""Unit cost of a product from factor and input prices, and what it pays to each: plain, or as a tree of CES nests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


Priced = Any
"""Whatever a bundle of inputs makes of log prices, once for all that is asked of it at them."""


class Inputs(Protocol):
    """How costs depend on input prices, and demand for inputs on output (Shephard's lemma)."""

    def priced(self, log_price: NDArray[np.float64]) -> Priced:
        """What the other methods need of log prices."""

    def cost(self, prices: Priced) -> NDArray[np.float64]:
        """Log cost of the input bundle, weighted by its share in cost, (J, N, K)."""

    def use(self, output: NDArray[np.float64], prices: Priced) -> NDArray[np.float64]:
        """Spending on each input, (J, N, K)."""

    def pull_cost(self, seed: NDArray[np.float64], prices: Priced) -> NDArray[np.float64]:
        """Transposed derivative of `cost`."""

    def pull_use(
        self, seed: NDArray[np.float64], output: NDArray[np.float64], prices: Priced
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Transposed derivatives of `use` in output and in log prices."""


class Costing(Protocol):
    """Production at given prices; sectors, economies, scenarios: (J, N, K)."""

    @property
    def log_cost(self) -> NDArray[np.float64]:
        """Log unit cost, (J, N, K)."""

    def payments(self, output: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What factors are paid by each sector, and spending on each input, (J, N, K) both."""

    def pull_cost(self, seed: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Transposed derivative of `log_cost` in log factor prices, by sector, and log prices."""

    def pull_use(
        self, factors: NDArray[np.float64], inputs: NDArray[np.float64], output: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Transposed derivatives of both payments in output, log factor prices by sector, log prices."""


class Production(Protocol):
    """A technology: gives its costing at log factor prices and log prices."""

    def at(self, log_wage: NDArray[np.float64], log_price: NDArray[np.float64]) -> Costing:
        """Cost and demands at these prices."""


@dataclass(frozen=True, eq=False)
class FixedFactorShare:
    """
    Value added has a fixed share in cost; the inputs are one bundle.

    va: Share of value added, (J, N, 1).
    bundle: The inputs, weighted with their shares in cost.
    """

    va: NDArray[np.float64]
    bundle: Inputs

    def at(self, log_wage: NDArray[np.float64], log_price: NDArray[np.float64]) -> FixedFactorShareCosting:
        """Cost and demands at these prices."""
        prices = self.bundle.priced(log_price)
        return FixedFactorShareCosting(self, prices, self.va * log_wage + self.bundle.cost(prices))


@dataclass(frozen=True, eq=False)
class FixedFactorShareCosting:
    """`FixedFactorShare` at given prices."""

    production: FixedFactorShare
    prices: Priced
    log_cost: NDArray[np.float64]

    def payments(self, output: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What factors are paid by each sector, and spending on each input, (J, N, K) both."""
        return self.production.va * output, self.production.bundle.use(output, self.prices)

    def pull_cost(self, seed: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Transposed derivative of `log_cost`."""
        return self.production.va * seed, self.production.bundle.pull_cost(seed, self.prices)

    def pull_use(
        self, factors: NDArray[np.float64], inputs: NDArray[np.float64], output: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Transposed derivatives of both payments."""
        by_output, by_price = self.production.bundle.pull_use(inputs, output, self.prices)
        return by_output + self.production.va * factors, np.zeros_like(output), by_price


@dataclass(frozen=True, eq=False)
class Node:
    """
    A CES index of two prices in logs: `x` with weight `share`, `y` with the rest.

    share: Baseline share of `x` in value, (J, N, 1).
    power: 1 - elasticity of substitution, (J, 1, 1); 0 is Cobb-Douglas.
    """

    share: NDArray[np.float64]
    power: NDArray[np.float64]

    def index(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Log index, and the share of `x` at these prices; exact as the elasticity tends to 1."""
        gap = x - y
        flat = self.power == 0
        if flat.all():
            return y + self.share * gap, np.broadcast_to(self.share, gap.shape)
        grown = self.share * np.expm1(self.power * gap)
        index = np.log1p(grown)
        index /= np.where(flat, 1.0, self.power)
        if flat.any():
            index = np.where(flat, self.share * gap, index)
        return y + index, (self.share + grown) / (1.0 + grown)

    def slope(self, share: NDArray[np.float64]) -> NDArray[np.float64]:
        """Derivative of the share of `x` in the log price of `x`; less that in `y`."""
        return self.power * share * (1.0 - share)


@dataclass(frozen=True, eq=False)
class CriticalNest:
    """
    Critical inputs inside an exposed part of the output of U using industries.

    rows, users: Positions of the inputs and of the industries.
    per_weight: One over the share of the inputs in the cost of the whole product, 0 where it is none, (U, N, 1).
    inputs: The inputs among each other, weighted with their shares in that cost.
    exposed: Exposed part against the rest of output.
    critical: The inputs against everything else, inside the exposed part.
    """

    rows: NDArray[np.intp]
    users: NDArray[np.intp]
    per_weight: NDArray[np.float64]
    inputs: Inputs
    exposed: Node
    critical: Node


@dataclass(frozen=True, eq=False)
class NestedProduction:
    """
    Value added against inputs, then each critical nest around what lies below it.

    factors: Value added against the other inputs.
    per_weight: One over the share of the other inputs in the cost of the product, 0 where it is none, (J, N, 1).
    bundle: The other inputs, weighted with their shares in that cost.
    nests: From the innermost out.
    """

    factors: Node
    per_weight: NDArray[np.float64]
    bundle: Inputs
    nests: Sequence[CriticalNest]

    def at(self, log_wage: NDArray[np.float64], log_price: NDArray[np.float64]) -> NestedCosting:
        """Cost and demands at these prices."""
        prices = self.bundle.priced(log_price)
        level, share = self.factors.index(log_wage, self.bundle.cost(prices) * self.per_weight)
        layers = []
        for nest in self.nests:
            own = nest.inputs.priced(log_price[nest.rows])
            below = level[nest.users]
            part, critical = nest.critical.index(nest.inputs.cost(own) * nest.per_weight, below)
            above, exposed = nest.exposed.index(part, below)
            level[nest.users] = above
            layers.append(Layer(nest, own, exposed, critical))
        return NestedCosting(self, prices, level, share, layers)


@dataclass(frozen=True, eq=False)
class Layer:
    """A critical nest at given prices: shares of the exposed part in output and of the inputs in that part."""

    nest: CriticalNest
    prices: Priced
    exposed: NDArray[np.float64]
    critical: NDArray[np.float64]

    @property
    def share(self) -> NDArray[np.float64]:
        """Share of the critical inputs in the cost at this level."""
        return self.exposed * self.critical


@dataclass(frozen=True, eq=False)
class NestedCosting:
    """`NestedProduction` at given prices; `factor_share` is value added in the innermost level."""

    production: NestedProduction
    prices: Priced
    log_cost: NDArray[np.float64]
    factor_share: NDArray[np.float64]
    layers: Sequence[Layer]

    def _split(self, output: NDArray[np.float64]) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
        """What is left of a value for the innermost level, and the value at each layer, innermost first."""
        left, values = np.array(output), []
        for layer in reversed(self.layers):
            value = left[layer.nest.users]
            values.append(value)
            left[layer.nest.users] = value * (1.0 - layer.share)
        return left, values[::-1]

    def payments(self, output: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What factors are paid by each sector, and spending on each input, (J, N, K) both."""
        left, values = self._split(output)
        earned = self.factor_share * left
        out = self.production.bundle.use((left - earned) * self.production.per_weight, self.prices)
        for layer, value in zip(self.layers, values, strict=True):
            nest = layer.nest
            out[nest.rows] += nest.inputs.use(value * layer.share * nest.per_weight, layer.prices)
        return earned, out

    def pull_cost(self, seed: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Transposed derivative of `log_cost`: by Shephard's lemma the payments themselves."""
        return self.payments(seed)

    def pull_use(
        self, factors: NDArray[np.float64], inputs: NDArray[np.float64], output: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Transposed derivatives of both payments: values from the inside out, then prices from the outside in."""
        made, share = self.production, self.factor_share
        left, values = self._split(output)
        by_own, by_price = made.bundle.pull_use(inputs, left * (1.0 - share) * made.per_weight, self.prices)
        by_own = by_own * made.per_weight
        by_value = share * factors + (1.0 - share) * by_own
        gap = made.factors.slope(share) * left * (factors - by_own)
        moves = []
        for layer, value in zip(self.layers, values, strict=True):
            users = layer.nest.users
            by_value[users], move = _pull_layer(layer, value, by_value[users], inputs, by_price)
            moves.append(move)
        by_level = np.zeros_like(by_value)
        for layer, move in zip(reversed(self.layers), reversed(moves), strict=True):
            nest, above = layer.nest, by_level[layer.nest.users]
            part = move.part + layer.exposed * above
            price = move.price + layer.critical * part
            by_level[nest.users] = (
                (1.0 - layer.exposed) * above + (1.0 - layer.critical) * part - move.part - move.price
            )
            by_price[nest.rows] += nest.inputs.pull_cost(price * nest.per_weight, layer.prices)
        bundle = (1.0 - share) * by_level - gap
        by_price += made.bundle.pull_cost(bundle * made.per_weight, self.prices)
        return by_value, gap + share * by_level, by_price


class Move(NamedTuple):
    """Derivatives through the shares of a layer: in log prices of its inputs and of its exposed part, against below."""

    price: NDArray[np.float64]
    part: NDArray[np.float64]


def _pull_layer(
    layer: Layer,
    value: NDArray[np.float64],
    by_below: NDArray[np.float64],
    inputs: NDArray[np.float64],
    by_price: NDArray[np.float64],
) -> tuple[NDArray[np.float64], Move]:
    """Derivative in the value at a layer, and through its shares; adds what its inputs owe to their prices."""
    nest, total = layer.nest, layer.share
    spent = value * total * nest.per_weight
    by_spent, moved = nest.inputs.pull_use(inputs[nest.rows], spent, layer.prices)
    by_price[nest.rows] += moved
    by_spent = by_spent * nest.per_weight
    by_share = value * (by_spent - by_below)
    critical = nest.critical.slope(layer.critical) * layer.exposed * by_share
    exposed = nest.exposed.slope(layer.exposed) * layer.critical * by_share
    return total * by_spent + (1.0 - total) * by_below, Move(critical, exposed)


class FinalDemand:
    """
    Shares of final demand: fixed, or CES across products.

    alpha: Baseline shares, (J, N, 1).
    elasticity: Of substitution between products; 1 keeps the shares.
    """

    def __init__(self, alpha: NDArray[np.float64], elasticity: float) -> None:
        self.alpha, self.power = alpha, 1.0 - elasticity

    def shares(self, log_price: NDArray[np.float64]) -> NDArray[np.float64]:
        """Shares at these prices, (J, N, K) or (J, N, 1)."""
        if self.power == 0:
            return self.alpha
        weighted = self.alpha * np.exp(self.power * log_price)
        out: NDArray[np.float64] = weighted / weighted.sum(axis=0)
        return out

    def price(self, log_price: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log price of the basket, (N, K)."""
        if self.power == 0:
            flat: NDArray[np.float64] = (self.alpha * log_price).sum(axis=0)
            return flat
        mean = (self.alpha * np.exp(self.power * log_price)).sum(axis=0)
        out: NDArray[np.float64] = np.log(mean) / self.power
        return out

    def pull_shares(
        self, seed: NDArray[np.float64], shares: NDArray[np.float64]
    ) -> NDArray[np.float64] | float:
        """Transposed derivative of the shares in log prices."""
        if self.power == 0:
            return 0.0
        out: NDArray[np.float64] = self.power * shares * (seed - (shares * seed).sum(axis=0))
        return out
