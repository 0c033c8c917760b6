"""A second model of the same economy, in quantities and levels, solved by a general root finder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import root

if TYPE_CHECKING:
    from detente.world import Baseline


class Levels:
    """
    CES preferences over origins, Cobb-Douglas production, unit quantities at the baseline.

    Unknowns are wages, producers' prices, outputs and permit prices; equations are zero profits, goods markets in units,
    labour markets in workers, and permits. Nothing of the package's solver or of hat algebra is used.
    """

    def __init__(
        self, base: Baseline, tariff: np.ndarray, limits: tuple[tuple[int, int, int, float], ...] = ()
    ):
        self.base, self.tariff, self.limits = base, tariff, limits
        # Taste of n for j from i at baseline prices of 1: the price index is then 1 as well.
        self.taste = base.pi * (1 + base.tariff) ** base.theta[:, None, None]
        self.units = self.demand_units(np.ones_like(base.spending), base.spending, base.tariff, {})

    def demand_units(self, price, spending, tariff, permits):
        """Units shipped: Shephard's lemma on the price index of each importer."""
        theta = self.base.theta[:, None, None]
        paid = price[:, None, :] * (1 + tariff)
        for (j, n, i), permit in permits.items():
            paid[j, n, i] *= permit
        index = (self.taste * paid**-theta).sum(axis=2, keepdims=True) ** (-1 / theta)
        self.index = index[:, :, 0]
        return self.taste * (paid / index) ** (-theta - 1) * spending[:, :, None] / index

    def solve(self, binding: tuple[int, ...] = ()) -> dict[str, np.ndarray]:
        """Solve with a given set of limits binding; the caller checks the signs."""
        base, (J, N) = self.base, self.base.va_share.shape
        cells = {self.limits[k][:3]: self.limits[k][3] for k in binding}
        names = list(cells)
        labour_0 = base.va_share * base.output
        world = base.value_added.sum()

        def unpack(x):
            wage, price, output = (
                np.exp(x[:N]),
                np.exp(x[N : N + J * N]),
                np.exp(x[N + J * N : N + 2 * J * N]),
            )
            permits = {name: np.exp(v) for name, v in zip(names, x[N + 2 * J * N :], strict=True)}
            return wage, price.reshape(J, N), output.reshape(J, N), permits

        def equations(x, *, full=False):
            wage, price, output, permits = unpack(x)
            # spending depends on income, income on revenue, revenue on units: units are linear in spending.
            spending = self.spending(wage, price, output, permits)
            units = self.demand_units(price, spending, self.tariff, permits)
            index = self.index
            cost = wage**base.va_share * np.exp(np.einsum("kjn,kn->jn", base.io, np.log(index)))
            workers = labour_0 * (output / base.output) * cost / wage
            supply = units.sum(axis=1) / output - 1
            jobs = workers.sum(axis=0) / base.value_added - 1
            jobs[0] = wage @ base.value_added / world - 1
            permit_gaps = [np.log(units[c] / (v * self.units[c])) for c, v in cells.items()]
            gaps = np.concatenate([np.log(price / cost).ravel(), supply.ravel(), jobs, permit_gaps])
            return (gaps, wage, spending, index, units, permits) if full else gaps

        start = np.zeros(N + 2 * J * N + len(names))
        start[N + J * N : N + 2 * J * N] = np.log(base.output).ravel()
        found = root(equations, start, tol=1e-13)
        gaps, wage, spending, index, units, permits = equations(found.x, full=True)
        assert np.abs(gaps).max() < 1e-9
        return {
            "real_income": self.income / base.income / np.exp((base.alpha * np.log(index)).sum(axis=0)),
            "wage": wage,
            "spending": spending,
            "permits": permits,
            "volumes": {limit[:3]: units[limit[:3]] / self.units[limit[:3]] for limit in self.limits},
        }

    def spending(self, wage, price, output, permits):
        """Spending by solving the linear system of income, revenue and rents."""
        base, (J, N) = self.base, self.base.va_share.shape
        inputs = np.einsum("kjn,jn->kn", base.io, price * output)
        unit = self.demand_units(price, np.ones((J, N)), self.tariff, permits)
        customs = unit * price[:, None, :]
        for (j, n, i), permit in permits.items():
            customs[j, n, i] *= permit
        collected = (customs * self.tariff).sum(axis=2)
        rent = np.zeros((J, N, N))
        for (j, n, i), permit in permits.items():
            rent[j, n, i] = unit[j, n, i] * price[j, i] * (permit - 1)
        # I = w L + sum_j collected X + rents of exporters + D with X = inputs + alpha I.
        to_income = np.zeros((N, N))
        fixed = wage * base.value_added + base.deficit
        for n in range(N):
            to_income[n, n] += collected[:, n] @ base.alpha[:, n]
            fixed[n] += collected[:, n] @ inputs[:, n]
            to_income[:, n] += rent[:, n].T @ base.alpha[:, n]
            fixed += rent[:, n].T @ inputs[:, n]
        self.income = np.linalg.solve(np.eye(N) - to_income, fixed)
        return inputs + base.alpha * self.income
