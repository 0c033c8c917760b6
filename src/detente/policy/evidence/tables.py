"""Rows of the document: scores of the model, of rules without an economy, and what partners and industries did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.policy.evidence.concordance import concordance
from detente.policy.evidence.economy import block_elasticities
from detente.policy.evidence.predictions import SHOCKS, Predicted
from detente.policy.evidence.registered import Trend, registered
from detente.policy.evidence.scoring import brief_score, full_score, make_pairs, skill_gain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from detente.policy.evidence.scoring import Pairs

ALL, THIRD = "all", "third"


@dataclass(frozen=True)
class Group:
    """Cells that are scored together: partners (P,) and blocks (B,)."""

    name: str
    partners: NDArray[np.bool_]
    blocks: NDArray[np.bool_]


def main_groups(item: Predicted) -> tuple[Group, ...]:
    """All partners, the one in focus, and the others."""
    focus, size = registered().focus, len(concordance().labels)
    is_focus = np.array([name == focus for name in item.case.partners])
    every = np.ones(size, dtype=bool)
    return (
        Group(ALL, np.ones_like(is_focus), every),
        Group(focus, is_focus, every),
        Group(THIRD, ~is_focus, every),
    )


def industry_groups(item: Predicted) -> tuple[Group, ...]:
    """Each block by itself."""
    everyone, labels = np.ones(len(item.case.partners), dtype=bool), concordance().labels
    return tuple(Group(name, everyone, np.array(labels) == name) for name in labels)


def pairs_of(
    item: Predicted,
    predicted: NDArray[np.float64],
    group: Group,
    trend: Trend | None = None,
    partners: NDArray[np.bool_] | None = None,
) -> Pairs:
    """Cells of a group: what was observed, an older trend taken out if one is named, beside what was predicted."""
    case = item.case
    observed = case.observed if trend is None else case.observed - case.trends[trend.from_year]
    chosen = group.partners if partners is None else group.partners & partners
    weight = case.weight * chosen[:, None] * group.blocks[None, :]
    return make_pairs(predicted, observed, weight, (case.partners, concordance().labels))


def _span(item: Predicted) -> dict[str, Any]:
    """Which window a row is of."""
    window = item.case.window
    return {"window": window.id, "from": window.first, "to": window.last}


def _trend(trend: Trend | None) -> dict[str, Any]:
    """Whether older growth was taken out, and from which year on."""
    return {"trends": trend is not None, "trend_from": trend.from_year if trend else None}


def score_rows(item: Predicted, horizons: Mapping[str, float]) -> list[dict[str, Any]]:
    """Scores of the model in one window, by shock, horizon, trend and group."""
    main = item.case.window.main
    trends: tuple[Trend | None, ...] = (None, *item.case.episode.trends[: None if main else 1])
    rows = []
    for shock in SHOCKS:
        for horizon, ratio in horizons.items():
            predicted = item.model(shock, ratio)
            about = {"horizon": horizon, "ratio": ratio, "shock": shock}
            for trend in trends:
                for group in main_groups(item):
                    score = full_score(pairs_of(item, predicted, group, trend))
                    if not main:
                        score.pop("slope_without")
                    rows.append({**about, "group": group.name, **_span(item), **_trend(trend), **score})
            if main and horizon == next(iter(horizons)):
                rows += _industry_rows(item, predicted, about)
    return rows


def _industry_rows(
    item: Predicted, predicted: NDArray[np.float64], about: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Scores within each industry, over partners."""
    return [
        {
            **about,
            "group": group.name,
            **_span(item),
            **_trend(None),
            **brief_score(pairs_of(item, predicted, group)),
        }
        for group in industry_groups(item)
    ]


def null_rows(item: Predicted, ratio: float, fitted: Mapping[str, float]) -> list[dict[str, Any]]:
    """Scores of rules without an economy and what the model gains on each, on its cells; `fitted` by rule."""
    found, model = [], item.model("collected", ratio)
    for trend in (None, *item.case.episode.trends[:1]):
        for rule, predicted in rules_of(item, ratio, fitted).items():
            alike = np.where(np.isfinite(model), predicted, np.nan)
            for group in main_groups(item):
                own, pairs = (pairs_of(item, table, group, trend) for table in (model, alike))
                score = {**brief_score(pairs), **skill_gain(own, pairs)}
                found.append({"rule": rule, "group": group.name, **_span(item), **_trend(trend), **score})
    return found


def rules_of(item: Predicted, ratio: float, fitted: Mapping[str, float]) -> dict[str, NDArray[np.float64]]:
    """Predictions of each rule that users would otherwise use, by its name."""
    case = item.case
    found = {"no change": np.zeros_like(case.observed), "last year's growth": case.last_year}
    found |= {f"growth since {year}": grown for year, grown in case.trends.items()}
    found["one elasticity"] = item.gravity(item.customs_elasticity(ratio))
    if "one elasticity" in fitted:
        found["one elasticity, fitted"] = item.gravity(fitted["one elasticity"])
    found["SMART"] = item.gravity(registered().smart.substitution)
    found["partial equilibrium"] = item.partial(ratio)
    found["model, one elasticity"] = item.model("collected", ratio, uniform=True)
    return found


def partner_rows(item: Predicted, ratio: float) -> list[dict[str, Any]]:
    """Each partner of a window: duties, and the mean change of its shares, observed and predicted, weighted."""
    case = item.case
    predicted = {shock: item.model(shock, ratio) for shock in SHOCKS}
    collected = np.nan_to_num(case.after.rate - case.before.rate)
    rows = []
    for at, name in enumerate(case.partners):
        weight = case.weight[at]
        if not weight.sum() > 0:
            continue
        rows.append(
            {
                "partner": name,
                "imports_usd": float(weight.sum()),
                "duty_change_collected": _mean(collected[at], weight),
                "duty_change_law": _mean(item.law_change[at], weight),
                "observed_pct": _percent(case.observed[at], weight),
                **{
                    f"predicted_{shock}_pct": _percent(table[at], weight)
                    for shock, table in predicted.items()
                },
            }
        )
    return rows


def industry_rows(item: Predicted, ratio: float) -> list[dict[str, Any]]:
    """Each block of a window: its elasticity, the change of duties, and how its shares were predicted."""
    case, table = item.case, concordance()
    predicted = item.model("collected", ratio)
    theta = block_elasticities(item.economy.column, item.start)
    change = np.nan_to_num(case.after.rate - case.before.rate)
    rows = []
    for at, group in enumerate(industry_groups(item)):
        weight = case.weight[:, at]
        if not weight.sum() > 0:
            continue
        score = brief_score(pairs_of(item, predicted, group))
        rows.append(
            {
                "industry": group.name,
                "name": table.names[at],
                "imports_usd": float(weight.sum()),
                "elasticity": float(theta[at]),
                "duty_change_collected": _mean(change[:, at], weight),
                **{key: score[key] for key in ("slope", "correlation", "skill", "n")},
            }
        )
    return rows


def _mean(values: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """Weighted mean over cells with a weight."""
    return float(np.average(np.nan_to_num(values), weights=weight))


def _percent(values: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """Weighted mean of log changes as a percent change."""
    return float(np.expm1(_mean(values, weight)) * 100.0)


def left_out(item: Predicted) -> dict[str, Any]:
    """Shares of imports that are not scored: thin cells, and goods without an industry."""
    before = item.case.before
    unscored: Sequence[str] = [
        name for name, usd in zip(item.case.partners, item.case.observed, strict=True) if np.isnan(usd).all()
    ]
    return {
        "thin_share": item.case.left_out,
        "without_industry_share": before.outside / (before.outside + float(before.total.sum())),
        "partners": list(unscored),
    }
