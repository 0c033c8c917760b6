"""Probabilities of the forecasters, what they score, and where the signed packages rank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.games.forecasts import beaten, brier, gain_on, of_draws, promise_share, threat_share
from detente.policy.strategy.forecast.cases import Numbers, elements_of, gains_on, solve_package_list

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from detente.games import Player
    from detente.ledger import Ledger
    from detente.ledger.records.statements import Statement
    from detente.policy.strategy.forecast.registered import ForecastCase, ForecastPackage, Register
    from detente.policy.strategy.game_setting import GameSetting
    from detente.policy.strategy.revealed import Reading

# The forecasters: weights read off all registered days, none, those of the last day; and rules without a model.
READINGS, INCOME, LAST, BASE, HALF = "readings", "real_income", "last_day", "base_rate", "half"
MODELS: Final = (READINGS, INCOME, LAST)
KINDS: Final = ("threat", "promise")
# A gain up to this, percent, is none: what solves may be wrong by.
NOTHING: Final = 1e-7

Weights = dict[str, tuple["NDArray[np.float64]", "NDArray[np.float64]"]]


def weights_of(plan: Register, found: Sequence[Reading], sides: Sequence[str]) -> Weights:
    """By forecaster and side, weights on revenue and on the other's loss, (readings, 2); below 0 is none."""

    def of(side: str, kept: Sequence[Reading]) -> NDArray[np.float64]:
        pairs = [
            (value, max(item.weight(value), 0.0))
            for item in kept
            if item.side == side and item.identified
            for value in plan.readings.revenue
        ]
        return np.array(pairs or [(0.0, 0.0)])

    last = [item for item in found if item.on == max(plan.readings.days)]
    none = np.zeros((1, 2))
    first, second = sides
    return {
        READINGS: (of(first, found), of(second, found)),
        INCOME: (none, none),
        LAST: (of(first, last), of(second, last)),
    }


@dataclass(frozen=True)
class BaseRate:
    """What had become of statements of a kind by a day."""

    carried_out: int
    of: int

    @property
    def share(self) -> float:
        """The share carried out; one half where nothing is known."""
        return self.carried_out / self.of if self.of else 0.5


def base_rates(plan: Register, ledger: Ledger) -> dict[str, BaseRate]:
    """What was known on the day of knowledge, of both sides together."""
    known = [
        item
        for item in ledger.as_known(plan.known_on).law().statements
        if item.made_known <= plan.known_on and item.outcome != "pending"
    ]
    return {
        kind: BaseRate(
            sum(item.kind == kind and item.outcome in plan.carried_out for item in known),
            sum(item.kind == kind for item in known),
        )
        for kind in KINDS
    }


def probability(
    case: ForecastCase,
    said: Statement,
    numbers: Mapping[str, Numbers],
    sides: Sequence[str],
    weights: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> tuple[float, int] | None:
    """How likely a statement is carried out, and of how many draws; None without a size."""
    if f"{case.id}-done" not in numbers or said.of not in sides:
        return None
    me = sides.index(said.of)
    done, left = numbers[f"{case.id}-done"], numbers[f"{case.id}-left"]
    own = gains_on(done, left, me, weights[me])
    if said.kind == "threat" and f"{case.id}-yielded" in numbers:
        yielded = numbers[f"{case.id}-yielded"]
        share, draws = threat_share(own, gains_on(done, yielded, 1 - me, weights[1 - me]), NOTHING)
    else:
        share, draws = promise_share(own, NOTHING)
    return (of_draws(share, draws), draws) if draws else None


def rows_of(
    plan: Register, ledger: Ledger, numbers: Mapping[str, Numbers], sides: Sequence[str], weights: Weights
) -> list[dict[str, Any]]:
    """One row for each statement of the cases, with the probabilities of every forecaster."""
    said_by_id = {item.id: item for item in ledger.law().statements}
    rates = base_rates(plan, ledger)
    found = []
    for case in plan.cases:
        for name in case.statements:
            said = said_by_id[name]
            rate = rates[said.kind].share
            models = {word: probability(case, said, numbers, sides, weights[word]) for word in MODELS}
            pending, main = said.outcome == "pending", models[READINGS]
            found.append(
                {
                    "statement": said.id,
                    "said_on": said.date.isoformat(),
                    "by": said.by,
                    "kind": said.kind,
                    "says": said.says,
                    "case": case.id,
                    "title": case.title,
                    "why": case.why,
                    "outcome": said.outcome,
                    "carried_out": None if pending else said.outcome in plan.carried_out,
                    "sized": main is not None,
                    "draws": main[1] if main else 0,
                    "probability": {
                        **{word: item[0] if item else rate for word, item in models.items()},
                        BASE: rate,
                        HALF: 0.5,
                    },
                }
            )
    return sorted(found, key=lambda row: (row["said_on"], row["statement"]))


def scores(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Brier's scores of all settled statements, of threats and of promises."""
    found = []
    for group, kinds in (("all", KINDS), *((kind, (kind,)) for kind in KINDS)):
        kept = [row for row in rows if row["carried_out"] is not None and row["kind"] in kinds]
        if not kept:
            continue
        outcome = [row["carried_out"] for row in kept]
        told = {word: [row["probability"][word] for row in kept] for word in (*MODELS, BASE, HALF)}
        gains = {
            word: gain_on(told[word], told[BASE], outcome, [row["case"] for row in kept]) for word in MODELS
        }
        found.append(
            {
                "group": group,
                "statements": len(kept),
                "cases": len({row["case"] for row in kept}),
                "carried_out": sum(outcome),
                "brier": {word: brier(values, outcome) for word, values in told.items()},
                "gain": {word: vars(gain) for word, gain in gains.items()},
            }
        )
    return found


def package_row(
    board: GameSetting, sides: tuple[Player, Player], item: ForecastPackage, weights: Weights
) -> dict[str, Any]:
    """Where the signed package ranks among all of its elements."""
    packages, gains = solve_package_list(board, sides, item)
    at = packages.index(tuple(name for name in packages[-1] if name in item.signed))
    names = [side.name for side in sides]
    ranks, signs = {}, {}
    for word in MODELS:
        first, second = weights[word]
        pairs = [_wanted(gains, mine, theirs) for mine in first for theirs in second]
        ranks[word] = float(np.mean([beaten(pair, at, NOTHING) for pair in pairs]))
        signs[word] = float(np.mean([pair[at].min() > NOTHING for pair in pairs]))
    plain = gains[:, :, 0]
    best = int(np.nanargmax(np.where(plain.min(axis=1) > NOTHING, plain.prod(axis=1), -1.0)))
    return {
        "package": item.id,
        "title": item.title,
        "packages": len(packages),
        "solved": int(np.isfinite(plain).all(axis=1).sum()),
        "elements": [{"id": name, "label": text} for name, text in elements_of(item).items()],
        "signed": list(packages[at]),
        "gain_pct": dict(zip(names, map(float, plain[at]), strict=True)),
        "beaten": ranks,
        "both_sign": signs,
        "best": list(packages[best]),
        "best_gain_pct": dict(zip(names, map(float, plain[best]), strict=True)),
    }


def _wanted(
    gains: NDArray[np.float64], first: NDArray[np.float64], second: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Gains of both sides in what they want with a pair of readings, (packages, 2)."""
    columns = [
        gains[:, k, 0] + own[0] * gains[:, k, 1] - own[1] * gains[:, 1 - k, 0]
        for k, own in enumerate((first, second))
    ]
    return np.stack(columns, axis=1)
