"""Real GDP: the volume of what an economy produces, at market prices, imports at customs prices."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from detente.model.equilibrium import Equilibrium


class Gdp(NamedTuple):
    """
    GDP from the side of expenditure, USD million, (N,) each: final uses plus exports less imports.

    `before` and `after` at the prices of their own equilibrium; `at_old_prices` what is made after, at prices of before;
    `at_new_prices` what was made before, at prices of after.
    """

    before: NDArray[np.float64]
    after: NDArray[np.float64]
    at_old_prices: NDArray[np.float64]
    at_new_prices: NDArray[np.float64]

    def volume(self) -> NDArray[np.float64]:
        """
        Real GDP of economies, new over old: the Fisher index, System of National Accounts 2008, chapter 15.

        A gain of the terms of trade alone moves it by nothing to first order: Kehoe and Ruhl (2008), Review of Economic
        Dynamics 11(4).
        """
        out: NDArray[np.float64] = np.sqrt(
            (self.at_old_prices / self.before) * (self.after / self.at_new_prices)
        )
        return out

    def of(self, inside: Sequence[int]) -> Gdp:
        """GDP of several economies together, (1,)."""
        return Gdp(*(values[list(inside)].sum(keepdims=True) for values in self))


def measure_gdp(eq: Equilibrium) -> Gdp:
    """
    Add up GDP, each product of each origin at its own price.

    Exports count as they are shipped and imports as they arrive, both at the border without the importer's duty. What is
    made less what it takes as inputs, plus taxes on products, is the same sum cell by cell. A good that nobody can buy
    any more has no new price and is left out at new prices.
    """
    base, old, new = eq.base, eq.old, eq.new
    importer, exporter, factor = eq.effective_wedges
    wedges = eq.wedges()
    cost = eq.cost_hat[:, None, :]
    paid, shipped = factor * cost, cost * (exporter / wedges.exporter_0)
    arrived = paid / (importer / wedges.importer_0)
    abroad = ~np.eye(len(base.economies), dtype=bool)[None]
    first = _share(base.alpha * base.income, base.spending) * old.paid
    last = _share(eq.final_shares * eq.income, eq.spending) * new.paid
    sold, bought = old.customs * abroad, new.customs * abroad
    live = new.paid > 0
    return Gdp(
        _total(first, sold, sold),
        _total(last, bought, bought),
        _total(_over(last, paid, live), _over(bought, shipped, live), _over(bought, arrived, live)),
        _total(_times(first, paid, live), _times(sold, shipped, live), _times(sold, arrived, live)),
    )


def _share(use: NDArray[np.float64], spent: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of final uses in what is spent on a product, (J, N, 1)."""
    out: NDArray[np.float64] = np.divide(use, spent, out=np.zeros_like(use), where=spent > 0)[:, :, None]
    return out


def _total(
    final: NDArray[np.float64], exports: NDArray[np.float64], imports: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Final uses plus exports less imports, (N,), from cubes (J, N, N)."""
    out: NDArray[np.float64] = final.sum(axis=(0, 2)) + exports.sum(axis=(0, 1)) - imports.sum(axis=(0, 2))
    return out


def _over(
    value: NDArray[np.float64], price: NDArray[np.float64], live: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Values at other prices: divided by the change of price."""
    out: NDArray[np.float64] = np.divide(value, price, out=np.zeros_like(value), where=live)
    return out


def _times(
    value: NDArray[np.float64], price: NDArray[np.float64], live: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Values at other prices: times the change of price."""
    out: NDArray[np.float64] = np.multiply(value, price, out=np.zeros_like(value), where=live)
    return out
