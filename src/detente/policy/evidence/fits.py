"""Fitted on one episode and scored on the other, on partners set aside and on later months; and the path month by month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.policy.evidence.fitting import Fit, fit, losses
from detente.policy.evidence.registered import Episode, Window, months_between, registered
from detente.policy.evidence.scoring import brief_score
from detente.policy.evidence.tables import main_groups, pairs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from detente.policy.evidence.bench import Bench
    from detente.policy.evidence.fitting import Losses
    from detente.policy.evidence.predictions import Predicted

MODEL, UNIFORM, GRAVITY = "model", "model, one elasticity", "one elasticity"
REGISTERED: Final = "registered"
# Elasticities of customs value a gravity rule is fitted over.
ELASTICITIES = tuple(np.linspace(0.0, 12.0, 25).tolist())


@dataclass(frozen=True)
class Rule:
    """A rule with one parameter: what it is called, the grid, and its prediction at a value."""

    name: str
    parameter: str
    values: tuple[float, ...]
    predict: Callable[[Predicted, float], NDArray[np.float64]]


def fitted_rules() -> tuple[Rule, ...]:
    """The model with its own elasticities, the model with one, and one elasticity without a model."""
    ratios = registered().ratios
    return (
        Rule(MODEL, "ratio", ratios, lambda item, value: item.model("collected", value)),
        Rule(UNIFORM, "ratio", ratios, lambda item, value: item.model("collected", value, uniform=True)),
        Rule(GRAVITY, "elasticity", ELASTICITIES, lambda item, value: item.gravity(value)),
    )


def fit_rows(bench: Bench) -> list[dict[str, Any]]:
    """Every rule fitted on each episode and on the registered months and partners, with its scores elsewhere."""
    plan = registered()
    aside = np.array([name in plan.testing.partners for name in bench.economy.law.lines.partners])
    everyone = np.ones_like(aside)
    training = {item.id: bench.case(item, _fitting_window(item)) for item in plan.episodes}
    main = {item.id: bench.case(item, item.main) for item in plan.episodes}
    rows = []
    for rule in fitted_rules():
        for name, item in training.items():
            found = fit([_losses(rule, item, everyone)])
            tested = [(main[other], everyone, "all") for other in main if other != name]
            rows.append(_fit_row(rule, name, [item], found, tested))
        found = fit([_losses(rule, item, ~aside) for item in training.values()])
        tested = [(item, aside, "set aside") for item in main.values()]
        tested += [(item, everyone, "all") for item in _test_windows(bench)]
        rows.append(_fit_row(rule, REGISTERED, list(training.values()), found, tested))
    return rows


def _fitting_window(episode: Episode) -> Window:
    """Months of an episode's main window that may be fitted on."""
    last = min(episode.main.last, registered().fitting.until)
    return episode.main.model_copy(update={"id": f"{episode.main.id}-fitting", "last": last})


def _test_windows(bench: Bench) -> list[Predicted]:
    """Windows that lie wholly after the months of the fit."""
    first = registered().testing.first
    return [
        bench.case(episode, window)
        for episode in registered().episodes
        for window in bench.windows(episode)
        if window.first >= first
    ]


def _losses(rule: Rule, item: Predicted, scored: NDArray[np.bool_]) -> Losses:
    """Errors of a rule over its grid."""
    return losses(item.case, rule.values, [rule.predict(item, value) for value in rule.values], scored)


def _fit_row(
    rule: Rule,
    name: str,
    training: Sequence[Predicted],
    found: Fit,
    tested: Sequence[tuple[Predicted, NDArray[np.bool_], str]],
) -> dict[str, Any]:
    """A value with its band, where it comes from, and how it does where it was not fitted."""
    return {
        "rule": rule.name,
        "parameter": rule.parameter,
        "fitted_on": name,
        "windows": [{"from": item.case.window.first, "to": item.case.window.last} for item in training],
        "value": found.value,
        "q05": found.low,
        "q95": found.high,
        "at_end": found.at_end,
        "scored": [
            row for item, chosen, label in tested for row in _tested(rule, item, found.value, chosen, label)
        ],
    }


def _tested(
    rule: Rule, item: Predicted, value: float, chosen: NDArray[np.bool_], label: str
) -> list[dict[str, Any]]:
    """Scores of a fitted rule on one window, by group."""
    predicted, window = rule.predict(item, value), item.case.window
    about = {"episode": item.case.episode.id, "from": window.first, "to": window.last, "partners": label}
    return [
        {**about, "group": group.name, **brief_score(pairs)}
        for group in main_groups(item)
        if (pairs := pairs_of(item, predicted, group, partners=chosen)).weight.size
    ]


def path_rows(bench: Bench) -> list[dict[str, Any]]:
    """The ratio that fits each month since the first change of an episode best, with its band."""
    model, rows = fitted_rules()[0], []
    for episode in registered().episodes:
        for since, month in enumerate(months_between(episode.started, episode.ended)):
            window = Window(id=f"path-{month}", title=month, first=month, last=month)
            item = bench.case(episode, window)
            found = fit([_losses(model, item, np.ones(len(item.case.partners), dtype=bool))])
            rows.append(
                {
                    "episode": episode.id,
                    "month": month,
                    "months_since": since,
                    "ratio": found.value,
                    "q05": found.low,
                    "q95": found.high,
                    "at_end": found.at_end,
                    "customs_elasticity": item.customs_elasticity(found.value),
                }
            )
    return rows


def fitted_values(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """The registered fit of each rule."""
    return {row["rule"]: row["value"] for row in rows if row["fitted_on"] == REGISTERED}
