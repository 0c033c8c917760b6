"""What drives the spread, without a sample: slopes from the adjoint, and the mean they predict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.model import solve
from detente.model.adjoint import gradient
from detente.policy.outcomes import group_members
from detente.policy.sweeps.schema import THETA
from detente.policy.sweeps.spread.bands import INCOME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from detente.model import Equilibrium
    from detente.model.adjoint import Gradient
    from detente.policy.instruments.shock import LawShock, Setting
    from detente.policy.study import ScenarioSpec
    from detente.policy.sweeps.cases import StudyCases
    from detente.policy.sweeps.sampling import Value
    from detente.world import Baseline

# Step of a slope, in standard deviations of the parameter: small enough for a derivative, large enough for rounding.
STEP = 0.01
# Points at which a distribution is integrated.
GRID = 4001


@dataclass(frozen=True)
class Slopes:
    """
    A linear picture of an outcome around the middle of the distributions.

    scenario, label: Real income of whom, and where, percent.
    middle: Its value with every parameter at its median (words at the most probable).
    rows: Of each parameter: slope, mean less median, standard deviation, share of the variance, and whether by the
        adjoint or by solving again.
    mean, sd: Predicted by the slopes.
    curvature: What the second derivatives along each parameter add to the mean (by solving at one standard deviation to
        either side), or None if not asked: the stated error of `mean`.
    """

    scenario: str
    label: str
    middle: float
    rows: tuple[dict[str, Any], ...]
    mean: float
    sd: float
    curvature: float | None


def slope_drivers(cases: StudyCases, scenario: str, label: str, *, curvature: bool = False) -> Slopes:
    """
    Differentiate real income in every parameter of a design.

    Gives first-order mean, spread and shares of the variance.

    One adjoint gives the derivative in every tariff, delivery cost and elasticity; a parameter's slope is its product
    with the change of these under a small step. Parameters that move a limit or target, the closure, the world or its
    flows (as every elasticity does where deficits are taken away first) are solved again.
    """
    middle = _Middle(cases, scenario, label)
    rows = [middle.row(name) for name in cases.sampler.names]
    variances = np.array([row["slope_sd"] ** 2 for row in rows])
    total = float(variances.sum())
    for row, variance in zip(rows, variances, strict=True):
        row["share"] = float(variance / total) if total > 0 else 0.0
    bend = middle.curvature() if curvature else None
    return Slopes(
        scenario=scenario,
        label=label,
        middle=middle.value,
        rows=tuple(sorted(rows, key=lambda row: -row["share"])),
        mean=middle.value + sum(row["shift"] for row in rows),
        sd=float(np.sqrt(total)),
        curvature=bend,
    )


class _Middle:
    """
    A scenario at the middle of a design, with its derivatives.

    cases, scenario, label: As in `slope_drivers`.
    """

    def __init__(self, cases: StudyCases, scenario: str, label: str) -> None:
        self.cases, self.label = cases, label
        self.spec: ScenarioSpec = next(item for item in cases.study.scenarios if item.id == scenario)
        sampler = cases.sampler
        columns = sampler.transform(np.full((1, len(sampler.names)), 0.5))
        self.draw: dict[str, Value] = {
            name: column[0] if isinstance(column[0], str) else float(column[0])
            for name, column in columns.items()
        }
        self.options = {item.name: item for item in cases.design.parameters if item.values is not None}
        for name, item in self.options.items():
            weights = item.weights or (1.0,) * len(item.values or ())
            self.draw[name] = (item.values or ())[int(np.argmax(weights))]
        self.eq = self.solve(self.draw)
        self.value = self.income(self.draw, self.eq)
        where, weights_of = self.weights(self.draw, self.eq.base)
        hats = self.eq.real_income_hat
        self.slopes: Gradient = gradient(
            self.eq,
            {self.eq.base.economies[k]: float(w * hats[k]) for k, w in zip(where, weights_of, strict=True)},
        )

    def at(self, draw: Mapping[str, Value]) -> tuple[Setting, LawShock]:
        """Setting and shock of a draw."""
        place = self.cases.place(draw)
        setting = self.cases.setting(place, draw)
        return setting, self.cases.law(place, setting, self.spec, draw)

    def solve(self, draw: Mapping[str, Value]) -> Equilibrium:
        """Equilibrium of a draw."""
        setting, law = self.at(draw)
        return solve(setting.baseline, law.shock, closure=self.cases.closure(draw))

    def weights(self, draw: Mapping[str, Value], base: Baseline) -> tuple[list[int], NDArray[np.float64]]:
        """Positions of the label's economies in the world of a draw, and their shares in its income."""
        world = self.cases.place(draw).setting.world
        inside = [self.label] if self.label in base.economies else group_members(self.label, world, self.spec)
        where = [base.economies.index(item) for item in inside]
        income = base.income[where]
        return where, income / income.sum()

    def income(self, draw: Mapping[str, Value], solved: Equilibrium | None = None) -> float:
        """Real income of the label in a draw, percent."""
        eq = solved or self.solve(draw)
        where, weights = self.weights(draw, eq.base)
        return 100 * float(weights @ (eq.real_income_hat[where] - 1))

    def moved(self, name: str, value: Value) -> dict[str, Value]:
        """The middle draw with one quantity changed; the common elasticity takes every sector's with it."""
        draw = {**self.draw, name: value}
        if name == THETA:
            ratio = float(value) / float(self.draw[THETA])
            draw |= {key: float(own) * ratio for key, own in self.draw.items() if key.startswith(f"{THETA}.")}
        return draw

    def spread(self, name: str) -> tuple[float, float]:
        """Mean less median, and standard deviation, of one quantity with the others at the middle."""
        sampler = self.cases.sampler
        cube = np.full((GRID, len(sampler.names)), 0.5)
        cube[:, sampler.names.index(name)] = (np.arange(GRID) + 0.5) / GRID
        column = sampler.transform(cube)[name].astype(np.float64)
        return float(column.mean() - float(self.draw[name])), float(column.std())

    def row(self, name: str) -> dict[str, Any]:
        """Slope and contribution of one quantity."""
        if name in self.options:
            return self._row_by_values(name)
        shift, sd = self.spread(name)
        step = STEP * sd
        if step == 0:
            return {"name": name, "slope": 0.0, "sd": 0.0, "slope_sd": 0.0, "shift": 0.0, "method": "adjoint"}
        centre = float(self.draw[name])
        draws = [self.moved(name, centre + sign * step) for sign in (-1, 1)]
        low, high = map(self.at, draws)
        if _moves_more_than_wedges(low, high):
            ends = [self.income(draw) for draw in draws]
            slope, method = (ends[1] - ends[0]) / (2 * step), "solve"
        else:
            slope, method = self._adjoint(low, high) / (2 * step), "adjoint"
        return {
            "name": name,
            "slope": slope,
            "sd": sd,
            "slope_sd": abs(slope) * sd,
            "shift": slope * shift,
            "method": method,
        }

    def _adjoint(self, low: tuple[Setting, LawShock], high: tuple[Setting, LawShock]) -> float:
        """Change of real income between two nearby shocks, percent."""
        change = float((self.slopes.tariff * (high[1].shock.tariff - low[1].shock.tariff)).sum())
        costs = [law.shock.iceberg for _, law in (low, high)]
        if costs[0] is not None and costs[1] is not None:
            change += float((self.slopes.iceberg * np.log(costs[1] / costs[0])).sum())
        theta = high[0].baseline.theta - low[0].baseline.theta
        return 100 * (change + float(self.slopes.theta @ theta))

    def _row_by_values(self, name: str) -> dict[str, Any]:
        """Contribution of a quantity with listed values, by solving at each."""
        item = self.options[name]
        values = item.values or ()
        weights = np.array(item.weights or (1.0 / len(values),) * len(values))
        found = np.array([self.income(self.moved(name, value)) for value in values])
        mean = float(weights @ found)
        sd = float(np.sqrt(weights @ (found - mean) ** 2))
        return {
            "name": name,
            "slope": None,
            "sd": None,
            "slope_sd": sd,
            "shift": mean - self.value,
            "method": "solve",
        }

    def curvature(self) -> float:
        """Half the sum of second differences at one standard deviation, percent."""
        total = 0.0
        for name in self.cases.sampler.names:
            if name in self.options:
                continue
            _, sd = self.spread(name)
            centre = float(self.draw[name])
            reach = min(sd, 0.9 * centre) if centre > 0 else sd
            if reach <= 0:
                continue
            found = [self.income(self.moved(name, centre + sign * reach)) for sign in (-1, 1)]
            total += 0.5 * (found[0] + found[1] - 2 * self.value) * (sd / reach) ** 2
        return total


def _moves_more_than_wedges(low: tuple[Setting, LawShock], high: tuple[Setting, LawShock]) -> bool:
    """Tell whether two nearby shocks differ in a limit or target, or start from different flows."""
    bounds = [[(item.label, item.volume) for item in law.shock.constraints] for _, law in (low, high)]
    return bounds[0] != bounds[1] or not np.array_equal(low[0].baseline.pi, high[0].baseline.pi)


def compare_means(bands: Mapping[str, Any]) -> list[dict[str, Any]]:
    """
    Compare the mean of the draws with the first-order mean, for real income in the scenario that has slopes.

    Gives by label: ``mean`` of the draws and its ``mean_se``, ``first_order``, ``curvature``, ``gap`` (mean less first
    order), the stated ``error`` of the first-order mean, whether the gap is ``within`` it, and both standard
    deviations.

    The first-order mean is in error by what second derivatives add: those along each parameter are known
    (``curvature``), products of two parameters are not and are allowed the same again. The mean of the draws is in
    error by four standard errors at most.
    """
    slopes = bands["drivers"]["slopes"]
    if not slopes:
        return []
    drawn = bands["scenarios"][slopes["scenario"]][INCOME]
    rows = []
    for label, slope in slopes["labels"].items():
        own, curvature = drawn[label], slope["curvature"] or 0.0
        gap = own["mean"] - slope["mean"]
        error = 2 * abs(curvature) + 4 * own["mean_se"]
        rows.append(
            {
                "label": label,
                "mean": own["mean"],
                "mean_se": own["mean_se"],
                "first_order": slope["mean"],
                "curvature": curvature,
                "gap": gap,
                "error": error,
                "within": abs(gap) <= error,
                "sd": own["sd"],
                "first_order_sd": slope["sd"],
            }
        )
    return rows
