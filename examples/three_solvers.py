"""
One counterfactual, three independent solvers: hat algebra, levels, and complementarity.

Three economies and three sectors, cut out of the embedded WIOD table. The United States raises its tariff on Chinese
goods, and its purchases of them are limited. The three answers:

1. `detente.model.solve`: changes, one accelerated fixed point, the limit inside the map;
2. levels: quantities and prices of a CES economy, by a general root finder, for each guess of whether the limit binds;
3. complementarity: the same levels with the limit as `permit >= 1, room >= 0, one of them zero`.

Run: `python examples/three_solvers.py`
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import root

from detente.model import Limit, Shock, raise_tariff, solve
from detente.world import load_world

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.world import Baseline

    Array = NDArray[np.float64]
    Cell = tuple[int, int, int]

# Largest residual of the levels model, and largest difference between the solvers.
ACCEPTED = 1e-9
SAME = 1e-8


class Levels:
    """
    CES preferences over origins, Cobb-Douglas production, unit quantities at the baseline.

    Unknowns are wages, producers' prices, outputs and permit prices; equations are zero profits, goods markets in units,
    labour markets in workers, and permits. Nothing of the package's solver or of hat algebra is used.
    """

    def __init__(
        self, base: Baseline, tariff: np.ndarray, limits: tuple[tuple[int, int, int, float], ...] = ()
    ) -> None:
        self.base, self.tariff, self.limits = base, tariff, limits
        # Taste of n for j from i at baseline prices of 1: the price index is then 1 as well.
        self.taste = base.pi * (1 + base.tariff) ** base.theta[:, None, None]
        self.units = self.demand_units(np.ones_like(base.spending), base.spending, base.tariff, {})

    def demand_units(self, price: Array, spending: Array, tariff: Array, permits: dict[Cell, float]) -> Array:
        """Units shipped: Shephard's lemma on the price index of each importer."""
        theta = self.base.theta[:, None, None]
        paid = price[:, None, :] * (1 + tariff)
        for (j, n, i), permit in permits.items():
            paid[j, n, i] *= permit
        index = (self.taste * paid**-theta).sum(axis=2, keepdims=True) ** (-1 / theta)
        self.index = index[:, :, 0]
        return self.taste * (paid / index) ** (-theta - 1) * spending[:, :, None] / index

    def solve(self, binding: tuple[int, ...] = ()) -> dict[str, Any]:
        """Solve with a given set of limits binding; the caller checks the signs."""
        return self._solve({self.limits[k][:3]: self.limits[k][3] for k in binding}, complementarity=False)

    def solve_complementarity(self) -> dict[str, Any]:
        """Solve with all limits as complementarity conditions, by the function of Fischer and Burmeister."""
        return self._solve({limit[:3]: limit[3] for limit in self.limits}, complementarity=True)

    def _solve(self, cells: dict[Cell, float], *, complementarity: bool) -> dict[str, Any]:
        base, (J, N) = self.base, self.base.va_share.shape
        names = list(cells)
        labour_0 = base.va_share * base.output
        world = base.value_added.sum()

        def unpack(x: Array) -> tuple[Array, Array, Array, dict[Cell, float]]:
            wage, price, output = (
                np.exp(x[:N]),
                np.exp(x[N : N + J * N]),
                np.exp(x[N + J * N : N + 2 * J * N]),
            )
            permits = {name: np.exp(v) for name, v in zip(names, x[N + 2 * J * N :], strict=True)}
            return wage, price.reshape(J, N), output.reshape(J, N), permits

        def equations(x: Array, *, full: bool = False) -> Any:
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
            rooms = [np.log(v * self.units[c] / units[c]) for c, v in cells.items()]
            if complementarity:
                pairs = [(np.log(permits[c]), room) for c, room in zip(cells, rooms, strict=True)]
                rooms = [a + b - np.hypot(a, b) for a, b in pairs]
            gaps = np.concatenate([np.log(price / cost).ravel(), supply.ravel(), jobs, rooms])
            return (gaps, wage, spending, index, units, permits) if full else gaps

        start = np.zeros(N + 2 * J * N + len(names))
        start[N + J * N : N + 2 * J * N] = np.log(base.output).ravel()
        found = root(equations, start, tol=1e-13)
        gaps, wage, spending, index, units, permits = equations(found.x, full=True)
        if not np.abs(gaps).max() < ACCEPTED:
            raise ArithmeticError(f"the levels model was not solved: residual {np.abs(gaps).max():.1e}")
        return {
            "real_income": self.income / base.income / np.exp((base.alpha * np.log(index)).sum(axis=0)),
            "wage": wage,
            "spending": spending,
            "permits": permits,
            "volumes": {limit[:3]: units[limit[:3]] / self.units[limit[:3]] for limit in self.limits},
        }

    def spending(self, wage: Array, price: Array, output: Array, permits: dict[Cell, float]) -> Array:
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


def small_world() -> Baseline:
    """The United States, China and the rest; primary goods, manufactures, services."""
    world = load_world("wiod2011")
    rest = [name for name in world.economies if name not in ("USA", "CHN")]
    codes = list(world.sectors)
    groups = {"primary": codes[:2], "manufactures": codes[2:16], "services": codes[16:]}
    return world.aggregate(economies={"REST": rest}, sectors=groups).baseline()


def compare(bound: float) -> tuple[list[str], float]:
    """Solve in three ways with a limit; lines to print, and the largest difference."""
    base = small_world()
    tariff = raise_tariff(base, 0.2, importer="USA", exporter="CHN", sectors="manufactures")
    j = base.sectors.index("manufactures")
    n, i = base.economies.index("USA"), base.economies.index("CHN")
    levels = Levels(base, tariff, ((j, n, i, bound),))
    guesses = [levels.solve(()), levels.solve((0,))]
    slack_holds = guesses[0]["volumes"][j, n, i] <= bound
    by_levels = guesses[0] if slack_holds else guesses[1]
    by_complementarity = levels.solve_complementarity()
    limit = Limit("manufactures", "USA", "CHN", volume=bound)
    eq = solve(base, Shock(tariff=tariff, limits=(limit,)), tolerance=1e-13)
    answers = {
        "hat algebra": (eq.real_income_hat, eq.constraints[0].multiplier, eq.constraints[0].volume_hat),
        "levels": _read(by_levels, (j, n, i)),
        "complementarity": _read(by_complementarity, (j, n, i)),
    }
    lines = [
        f"{name:16}" + "".join(f"{100 * (x - 1):12.6f}" for x in incomes) + f"{permit:12.6f}{volume:12.6f}"
        for name, (incomes, permit, volume) in answers.items()
    ]
    first = np.append(*answers["hat algebra"][:2])
    gap = max(float(np.abs(np.append(*other[:2]) - first).max()) for other in answers.values())
    header = "".join(f"{name:>12}" for name in (*base.economies, "permit", "volume"))
    return [f"{f'limit {bound:g}':16}{header}", *lines], gap


def _read(found: dict[str, Any], cell: Cell) -> tuple[Array, float, float]:
    return found["real_income"], float(found["permits"].get(cell, 1.0)), float(found["volumes"][cell])


def main() -> int:
    """Print real income changes in percent, the permit price, and the volume; 0 if the three agree."""
    worst = 0.0
    for bound in (0.2, 0.5):
        lines, gap = compare(bound)
        print("\n".join(lines))
        worst = max(worst, gap)
    print(f"largest difference between the three: {worst:.1e}")
    return 0 if worst < SAME else 1


if __name__ == "__main__":
    sys.exit(main())
