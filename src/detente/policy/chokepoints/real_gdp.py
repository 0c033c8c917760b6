"""Real GDP of an equilibrium: the volume of expenditure at the prices of the base year, imports at customs prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detente.model import Equilibrium


def gdp_volumes(eq: Equilibrium) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    GDP of the base and of the equilibrium at base prices, USD million, (N,) each.

    A volume at fixed prices (Laspeyres): under a shortage the price of the input may rise a hundredfold, and an index
    that weighs the few tonnes left at that price says little of what is made. Every origin of a product is counted at
    its own price, so that what is made less what it takes gives the same (a test).
    """
    base, old, new = eq.base, eq.old, eq.new
    exporter, wedges = eq.effective_wedges[1], eq.wedges()
    border = eq.cost_hat[:, None, :] * (exporter / wedges.exporter_0)
    delivered = eq.effective_wedges[2] * eq.cost_hat[:, None, :]
    demand = eq.final_shares * eq.income * (eq.pi / delivered).sum(axis=2)
    return _gdp(base.alpha * base.income, old.customs), _gdp(demand, new.customs / border)


def _gdp(demand: NDArray[np.float64], customs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Final demand plus exports less imports, (N,); sales at home cancel."""
    out: NDArray[np.float64] = demand.sum(axis=0) + customs.sum(axis=(0, 1)) - customs.sum(axis=(0, 2))
    return out
