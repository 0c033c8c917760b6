"""What drives the spread: Sobol indices from the sample, and slopes from the adjoint as a fast second way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.errors import StudyError
from detente.model import solve
from detente.model.adjoint import gradient
from detente.scenarios.bands import INCOME, read_results
from detente.scenarios.design import CLOSURE, THETA, WORLD
from detente.scenarios.outcomes import group_members

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from detente.model import Equilibrium
    from detente.model.adjoint import Gradient
    from detente.scenarios.design_sample import Value
    from detente.scenarios.shock import LawShock, Setting
    from detente.scenarios.study import ScenarioSpec
    from detente.scenarios.sweep import Sweep
    from detente.scenarios.sweep_cases import StudyCases

# Step of a slope, in standard deviations of the parameter: small enough for a derivative, large enough for rounding.
STEP = 0.01
# Points at which a distribution is integrated.
GRID = 4001
SECTORS = "theta by sector"
RESAMPLES = 20
# Fewest draws from which first-order indices are taken: a score of draws in each bin.
LEAST_DRAWS = 128


def sample_drivers(
    sweep: Sweep, scenario: str, labels: Sequence[str], outcome: str = INCOME
) -> dict[str, list[dict[str, Any]]]:
    """
    Sobol indices of an outcome.

    Parameters
    ----------
    sweep
        That was run.
    scenario
        Its id.
    labels
        Economies and groups.
    outcome
        Name.

    Returns
    -------
    drivers
        By label, largest first: name, first-order index and half-width of its 95 % interval (bootstrap), method; with
        a Saltelli design the total index as well.

    Raises
    ------
    StudyError
        SALib is not installed, or a draw of a Saltelli design failed.

    Notes
    -----
    A Saltelli design gives `SALib.analyze.sobol` by group of parameters. Any other sample gives first-order indices
    only, from the means in bins of one quantity at a time (`SALib.analyze.delta`, method "sobol"), less the share that
    bins of noise would have; the sectors' own elasticities are added up as one driver. Methods that order the draws
    and look at frequencies, such as RBD-FAST, are misled by the regularity of Sobol points and are not used.
    """
    results = read_results(sweep, [outcome])
    sampler = sweep.cases.sampler
    good = results.converged([scenario])
    values = results.of(outcome, scenario)
    saltelli = sweep.design.sample == "saltelli"
    few = int(good.sum()) < LEAST_DRAWS
    if sweep.design.sample in {"grid", "list"} or few or (saltelli and not good.all()):
        raise StudyError(
            "no Sobol indices from this sample",
            where=sweep.design.id,
            found=f"sample: {sweep.design.sample}, {int(good.sum())} draws of {len(good)} with an equilibrium",
            allowed=f"sobol, random or latin-hypercube with {LEAST_DRAWS} draws; saltelli with every draw solved",
            repair="choose another sample, or more draws",
        )
    analyse = _by_saltelli if saltelli else _by_bins
    cube = sampler.points(0, sampler.count)[results.draws][good]
    found = {}
    for label in labels:
        column = values[good][:, results.labels.index(label)]
        rows = analyse(sweep.cases, cube, column) if column.std() > 0 else []
        found[label] = sorted(rows, key=lambda row: -row["first_order"])
    return found


def _salib(name: str) -> Any:
    """A method of SALib, or how to get it."""
    try:
        from importlib import import_module  # noqa: PLC0415

        return import_module(f"SALib.analyze.{name}")
    except ImportError:
        raise StudyError(
            "SALib is not installed",
            where="drivers",
            found="no module SALib",
            allowed="SALib 1.5 or later",
            repair="pip install 'detente[sweep]'",
        ) from None


def _by_bins(
    cases: StudyCases, cube: NDArray[np.float64], column: NDArray[np.float64]
) -> list[dict[str, Any]]:
    """First-order indices of any sample: the variance of the means in bins of one quantity, less what chance adds."""
    sampler = cases.sampler
    problem = {key: value for key, value in sampler.problem.items() if key != "groups"}
    found = _salib("delta").analyze(
        problem, cube, column, num_resamples=RESAMPLES, seed=cases.design.seed, method="sobol"
    )
    # Bins as SALib chooses them; the means of that many bins of noise have this share of its variance.
    size = len(column)
    bins = min(int(np.ceil(size ** (2 / (7 + np.tanh((1500 - size) / 500))))), 48)
    chance = (bins - 1) / (size - 1)
    sums: dict[str, float] = {}
    squares: dict[str, float] = {}
    listed = {item.name for item in cases.design.parameters if item.values is not None}
    columns = sampler.transform(cube)
    names = zip(sampler.names, sampler.groups, found["S1"], found["S1_conf"], strict=True)
    for name, group, binned, half in names:
        index = (float(binned) - chance) / (1 - chance)
        if name in listed:
            index = _by_value(columns[name], column)
        for key in {name, group}:
            sums[key] = sums.get(key, 0.0) + index
            squares[key] = squares.get(key, 0.0) + float(half) ** 2
    return [
        {"name": key, "first_order": total, "half_width": squares[key] ** 0.5, "method": "bins"}
        for key, total in sums.items()
    ]


def _by_value(values: NDArray[Any], column: NDArray[np.float64]) -> float:
    """First-order index of a quantity with listed values: the variance of the means at each, less what chance adds."""
    _, where = np.unique(values.astype(str), return_inverse=True)
    sizes = np.bincount(where)
    means = np.bincount(where, weights=column) / sizes
    explained = float((sizes * (means - column.mean()) ** 2).sum() / ((column - column.mean()) ** 2).sum())
    chance = (len(sizes) - 1) / max(len(column) - 1, 1)
    return (explained - chance) / (1 - chance)


def _by_saltelli(
    cases: StudyCases,
    cube: NDArray[np.float64],  # noqa: ARG001  (the order of the draws carries the design)
    column: NDArray[np.float64],
) -> list[dict[str, Any]]:
    """First-order and total indices of groups."""
    problem = cases.sampler.problem
    found = _salib("sobol").analyze(
        problem, column, calc_second_order=False, num_resamples=RESAMPLES, seed=cases.design.seed
    )
    return [
        {
            "name": name,
            "first_order": float(found["S1"][k]),
            "half_width": float(found["S1_conf"][k]),
            "total": float(found["ST"][k]),
            "total_half_width": float(found["ST_conf"][k]),
            "method": "saltelli",
        }
        for k, name in enumerate(dict.fromkeys(problem["groups"]))
    ]


@dataclass(frozen=True)
class Slopes:
    """
    A linear picture of an outcome around the middle of the distributions.

    Attributes
    ----------
    scenario, label
        Real income of whom, and where, percent.
    middle
        Its value with every parameter at its median (words at the most probable).
    rows
        Of each parameter: slope, mean less median, standard deviation, share of the variance, and whether by the
        adjoint or by solving again.
    mean, sd
        Predicted by the slopes.
    curvature
        What the second derivatives along each parameter add to the mean (by solving at one standard deviation to either
        side), or None if not asked: the stated error of `mean`.
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

    Parameters
    ----------
    cases
        A design, prepared.
    scenario
        Id.
    label
        Economy or group.
    curvature
        Whether to solve at one standard deviation to either side of every parameter too.

    Returns
    -------
    slopes
        First-order mean, spread and shares of the variance.

    Notes
    -----
    One adjoint gives the derivative in every tariff, delivery cost and elasticity; a parameter's slope is its product
    with the change of these under a small step. Parameters that move a limit or target, the closure or the world are
    solved again.
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

    Parameters
    ----------
    cases, scenario, label
        As in `slope_drivers`.
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
        self.setting, self.law = self.at(self.draw)
        self.eq = self.solve(self.setting, self.law, self.draw)
        self.value = self.income(self.eq)
        where, weights_of = self.weights()
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

    def solve(self, setting: Setting, law: LawShock, draw: Mapping[str, Value]) -> Equilibrium:
        """Equilibrium of a draw."""
        closure: Any = draw.get(CLOSURE, self.cases.study.closure)
        return solve(setting.baseline, law.shock, closure=closure)

    def weights(self) -> tuple[list[int], NDArray[np.float64]]:
        """Positions of the label's economies and their shares in its income."""
        base, world = self.eq.base, self.setting.world
        inside = [self.label] if self.label in base.economies else group_members(self.label, world, self.spec)
        where = [base.economies.index(item) for item in inside]
        income = base.income[where]
        return where, income / income.sum()

    def income(self, eq: Equilibrium) -> float:
        """Real income of the label, percent."""
        where, weights = self.weights()
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
        low, high = self.at(self.moved(name, centre - step)), self.at(self.moved(name, centre + step))
        bounds = [[(c.label, c.volume) for c in law.shock.constraints] for _, law in (low, high)]
        if bounds[0] != bounds[1]:
            ends = [
                self.income(self.solve(*self.at(d), d))
                for d in (self.moved(name, centre - step), self.moved(name, centre + step))
            ]
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
        found = np.array([self._value_at(self.moved(name, value)) for value in values])
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

    def _value_at(self, draw: Mapping[str, Value]) -> float:
        """Real income in a draw, on that draw's world."""
        setting, law = self.at(draw)
        if draw.get(WORLD) == self.draw.get(WORLD):
            return self.income(self.solve(setting, law, draw))
        eq = self.solve(setting, law, draw)
        base, world = eq.base, setting.world
        inside = [self.label] if self.label in base.economies else group_members(self.label, world, self.spec)
        where = [base.economies.index(item) for item in inside]
        return 100 * float(base.income[where] @ (eq.real_income_hat[where] - 1) / base.income[where].sum())

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
            pair = [self.at(self.moved(name, centre + sign * reach)) for sign in (-1, 1)]
            found = [self.income(self.solve(*one, self.draw)) for one in pair]
            total += 0.5 * (found[0] + found[1] - 2 * self.value) * (sd / reach) ** 2
        return total
