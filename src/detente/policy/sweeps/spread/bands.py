"""Answers of a sweep: quantiles, expected values, probabilities of losing, a fan over time; each with its sampling error."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.policy.sweeps.stores.files import no_results

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from detente.policy.sweeps.schema import Policy
    from detente.policy.sweeps.sweep import Sweep

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
LEVEL = 0.9
INCOME = "real_income_pct"
KEYS = tuple(f"q{round(100 * level):02d}" for level in QUANTILES)


def weighted_quantiles(
    values: NDArray[np.float64], weights: NDArray[np.float64], levels: Sequence[float]
) -> NDArray[np.float64]:
    """
    Quantiles of weighted values, by column.

    Gives shape (levels, columns): between order statistics on a straight line, each draw at the middle of its own
    weight.

    Examples
    --------
    >>> import numpy as np
    >>> weighted_quantiles(np.arange(5.0)[:, None], np.ones(5), [0.5]).tolist()
    [[2.0]]
    """
    order = np.argsort(values, axis=0, kind="stable")
    out = np.empty((len(levels), values.shape[1]))
    for k in range(values.shape[1]):
        own = weights[order[:, k]]
        place = (np.cumsum(own) - 0.5 * own) / own.sum()
        out[:, k] = np.interp(levels, place, values[order[:, k], k])
    return out


def effective_size(weights: NDArray[np.float64]) -> float:
    """Number of equal draws with the same variance of a mean (Kish 1965)."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def summarise(
    values: NDArray[np.float64], weights: NDArray[np.float64] | None = None
) -> dict[str, NDArray[np.float64]]:
    """
    Mean, spread, quantiles and share below zero, with sampling errors.

    Gives ``mean, sd, mean_se, q05 .. q95, q05_se .. q95_se, p_below, p_below_se``, each by column.

    Errors are those of independent draws: of a quantile, half the distance between the order statistics one binomial
    standard deviation to either side; of a share, with two draws added to each side (Agresti and Coull 1998) so that it
    is not zero when none was seen. Sobol and Latin hypercube samples do better: for them the errors are cautious.
    """
    some = np.ones(len(values)) if weights is None else weights
    share, size = some / some.sum(), effective_size(some)
    mean = share @ values
    sd = np.sqrt(share @ (values - mean) ** 2 * size / max(size - 1, 1.0))
    found = {"mean": mean, "sd": sd, "mean_se": sd / np.sqrt(size)}
    middle = weighted_quantiles(values, some, QUANTILES)
    for key, level, row in zip(KEYS, QUANTILES, middle, strict=True):
        reach = np.sqrt(level * (1 - level) / size)
        ends = weighted_quantiles(values, some, [max(level - reach, 0.0), min(level + reach, 1.0)])
        found[key], found[f"{key}_se"] = row, 0.5 * (ends[1] - ends[0])
    below = share @ (values < 0)
    softened = (below * size + 2) / (size + 4)
    found["p_below"], found["p_below_se"] = below, np.sqrt(softened * (1 - softened) / (size + 4))
    return found


@dataclass(frozen=True)
class Results:
    """
    Outcomes of a sweep as arrays.

    labels, scenarios, outcomes: Names along the axes.
    draws: Positions of the draws, shape (draws,).
    values: By outcome: shape (scenarios, draws, labels); not a number where there was no equilibrium.
    """

    labels: tuple[str, ...]
    scenarios: tuple[str, ...]
    outcomes: tuple[str, ...]
    draws: NDArray[np.int64]
    values: Mapping[str, NDArray[np.float64]]

    def converged(self, scenarios: Sequence[str]) -> NDArray[np.bool_]:
        """Draws in which every one of some scenarios has an equilibrium."""
        some = self.values[self.outcomes[0]]
        where = [self.scenarios.index(name) for name in scenarios]
        return np.array(~np.isnan(some[where]).any(axis=(0, 2)), dtype=np.bool_)

    def of(self, outcome: str, scenario: str) -> NDArray[np.float64]:
        """One outcome in one scenario."""
        found: NDArray[np.float64] = self.values[outcome][self.scenarios.index(scenario)]
        return found


def read_results(sweep: Sweep, outcomes: Sequence[str] | None = None) -> Results:
    """Read a sweep's results. Gives arrays in the order of the draws; parts are read one after the other."""
    store = sweep.store
    names = tuple(outcomes or store.manifest["outcomes"])
    scenarios = tuple(store.manifest["scenarios"])
    shape = (len(scenarios), sweep.swept.rows // len(scenarios), len(store.labels))
    draws = np.empty(shape[1], dtype=np.int64)
    values = {name: np.empty(shape) for name in names}
    done = 0
    for part in store.tables(sweep.swept.ranges, ["draw", *names]):
        own = slice(done, done + part.num_rows // len(scenarios))
        draws[own] = part["draw"].to_numpy()[:: len(scenarios)]
        for name in names:
            flat = part[name].combine_chunks().flatten().to_numpy(zero_copy_only=False)
            values[name][:, own] = flat.reshape(-1, len(scenarios), shape[2]).transpose(1, 0, 2)
        done = own.stop
    if not done:
        raise no_results(store.path)
    return Results(store.labels, scenarios, names, draws, values)


def outcomes_of(sweep: Sweep) -> Iterator[Bands]:
    """Go through the outcomes of a sweep with one of them in memory at a time."""
    for name in sweep.store.manifest["outcomes"]:
        yield Bands(sweep, read_results(sweep, [name]))


@dataclass(frozen=True)
class Bands:
    """
    Everything that is said about the uncertainty of a study.

    sweep: What was run.
    results: Its outcomes.
    """

    sweep: Sweep
    results: Results

    @cached_property
    def scenarios(self) -> dict[str, dict[str, dict[str, NDArray[np.float64]]]]:
        """Summary by scenario and outcome."""
        return {
            scenario: {
                outcome: summarise(self.results.of(outcome, scenario)[self.results.converged([scenario])])
                for outcome in self.results.outcomes
            }
            for scenario in self.results.scenarios
            if self.results.converged([scenario]).any()
        }

    @cached_property
    def contrasts(self) -> dict[str, dict[str, NDArray[np.float64]]]:
        """By contrast of the study: real income in one scenario less that in the other, draw by draw, percent."""
        found = {}
        for contrast in self.sweep.cases.study.contrasts:
            if INCOME in self.results.outcomes:
                both = self.results.converged([contrast.of, contrast.against])
                if not both.any():
                    continue
                gap = self.results.of(INCOME, contrast.of) - self.results.of(INCOME, contrast.against)
                found[contrast.id] = summarise(gap[both])
        return found

    def expected(self, policy: Policy, outcome: str) -> dict[str, NDArray[np.float64]]:
        """The expected value under the probabilities of a decision, and how it varies over the draws."""
        both = self.results.converged(list(policy.states))
        parts = [p * self.results.of(outcome, name)[both] for name, p in policy.states.items()]
        return summarise(np.sum(parts, axis=0))

    def mixture(self, policy: Policy, outcome: str) -> dict[str, NDArray[np.float64]]:
        """What may come, with the state unknown: all states' draws together, weighted by their probabilities."""
        values, weights = [], []
        for name, probability in policy.states.items():
            own = self.results.of(outcome, name)[self.results.converged([name])]
            values.append(own)
            weights.append(np.full(len(own), probability / max(len(own), 1)))
        return summarise(np.concatenate(values), np.concatenate(weights))

    def fan(self, outcome: str) -> list[dict[str, Any]]:
        """
        Quantiles along the path of the design.

        Gives ``{"on", "point", "quantiles": {label: {q05 .. q95}}}`` by day: a scenario's, or a mixture over the states
        of a decision.
        """
        design, study = self.sweep.design, self.sweep.cases.study
        days: list[tuple[dt.date, str, dict[str, NDArray[np.float64]]]] = [
            (spec.on, spec.id, self.scenarios[spec.id][outcome])
            for spec in study.scenarios
            if spec.id in design.fan and spec.id in self.scenarios
        ]
        days += [
            (policy.on, policy.id, self.mixture(policy, outcome))
            for policy in design.policies
            if policy.id in design.fan and self.answered(policy)
        ]
        return [
            {"on": day.isoformat(), "point": point, "quantiles": self.labelled(summary, KEYS)}
            for day, point, summary in sorted(days, key=lambda item: (item[0], item[1]))
        ]

    def answered(self, policy: Policy) -> bool:
        """Tell whether any draw has an equilibrium in every state of a decision."""
        return bool(self.results.converged(list(policy.states)).any())

    def labelled(
        self, summary: Mapping[str, NDArray[np.float64]], keys: Sequence[str] | None = None
    ) -> dict[str, dict[str, float]]:
        """A summary by label."""
        return {
            label: {key: float(summary[key][k]) for key in keys or summary}
            for k, label in enumerate(self.results.labels)
        }
