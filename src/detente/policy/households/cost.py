"""The cost of a scenario's tariffs to households, two ways: duties carried in full by prices, and the model's prices."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

import numpy as np

from detente.policy.documents.run import HouseholdRow
from detente.policy.households.tables import Households, load_households, sector_weights

if TYPE_CHECKING:
    from typing import Literal

    from numpy.typing import NDArray

    from detente.model import Equilibrium
    from detente.policy.results import StudyRun

ALL: Final = "all"


def household_costs(run: StudyRun) -> tuple[HouseholdRow, ...]:
    """Cost of every scenario against the baseline, mean and by decile; none where the world has no such households."""
    households = load_households()
    if households.economy not in run.setting.baseline.economies:
        return ()
    rows: list[HouseholdRow] = []
    for name, item in run.scenarios.items():
        eq = dataclasses.replace(item.equilibrium)  # a copy: what it works out is not kept with the run
        if not eq.converged:
            continue
        full, model = full_cost(run, eq, households), model_cost(run, eq, households)
        if full is None or model is None:
            return ()
        low = households.pass_through[1] / households.pass_through[0]
        rows += _rows(name, "full", full, low, households)
        rows += _rows(name, "model", model, 1.0, households)
    return tuple(rows)


def full_cost(run: StudyRun, eq: Equilibrium, households: Households) -> NDArray[np.float64] | None:
    """Duties added on the imports that households bought, by group, USD million, (G,)."""
    base, n = eq.base, eq.base.economies.index(households.economy)
    before = base.flows[:, n, :].copy()
    before[:, n] = 0.0
    imports = before.sum(axis=1)
    added = ((eq.wedges().importer[:, n, :] - 1 - base.tariff[:, n, :]) * before).sum(axis=1)
    rise = np.divide(added, imports, out=np.zeros_like(added), where=imports > 0)
    share = sector_weights(run.setting, households, imports)
    if share is None:
        return None
    out: NDArray[np.float64] = households.pass_through[0] * (households.imports @ (share @ rise))
    return out


def model_cost(run: StudyRun, eq: Equilibrium, households: Households) -> NDArray[np.float64] | None:
    """
    Rise of the prices of what households bought over what factors earn, by group, USD million, (G,).

    Prices of the model have no unit of money; over factor income they say how much longer one works for the same basket.
    """
    base, n = eq.base, eq.base.economies.index(households.economy)
    share = sector_weights(run.setting, households, base.alpha[:, n])
    if share is None:
        return None
    earned = float(eq.income_parts["factors"][1][n] / eq.income_parts["factors"][0][n])
    rise = eq.price_hat[:, n] / earned - 1
    out: NDArray[np.float64] = households.bought @ (share @ rise)
    return out


def _rows(
    scenario: str,
    how: Literal["full", "model"],
    cost: NDArray[np.float64],
    low: float,
    households: Households,
) -> list[HouseholdRow]:
    """Mean and deciles from the cost by group, USD million."""
    per_decile = 1e6 * (cost @ households.shares) / (households.count / households.shares.shape[1])
    values = {ALL: 1e6 * float(cost.sum()) / households.count}
    values |= {str(k): float(value) for k, value in enumerate(per_decile, start=1)}
    return [
        HouseholdRow(
            scenario=scenario,
            decile=decile,
            usd_per_year=value,
            usd_min=min(low * value, value),
            usd_max=max(low * value, value),
            pass_through=how,
        )
        for decile, value in values.items()
    ]
