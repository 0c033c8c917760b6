"""What drives the spread: Sobol indices from the sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detente.errors import StudyError
from detente.policy.sweeps.spread.bands import INCOME, read_results

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from detente.policy.sweeps.cases import StudyCases
    from detente.policy.sweeps.sweep import Sweep

RESAMPLES = 20
# Fewest draws from which first-order indices are taken: a score of draws in each bin.
LEAST_DRAWS = 128


def sample_drivers(
    sweep: Sweep, scenario: str, labels: Sequence[str], outcome: str = INCOME
) -> dict[str, list[dict[str, Any]]]:
    """
    Sobol indices of an outcome.

    Gives by label, largest first: name, first-order index and half-width of its 95 % interval (bootstrap), method; with
    a Saltelli design the total index as well.

    A Saltelli design gives `SALib.analyze.sobol` by group of parameters. Any other sample gives first-order indices
    only, from the means in bins of one quantity at a time (`SALib.analyze.delta`, method "sobol"), less the share that
    bins of noise would have; the sectors' own elasticities are added up as one driver. Methods that order the draws and
    look at frequencies, such as RBD-FAST, are misled by the regularity of Sobol points and are not used.
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
