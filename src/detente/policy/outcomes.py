"""Numbers a document shows: averages of tariffs, outcomes of economies and groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detente.errors import InputError
from detente.geography.economies import members
from detente.policy.documents.run import Outcomes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from detente.model import Equilibrium
    from detente.policy.instruments.shock import Setting
    from detente.policy.results import StudyRun
    from detente.policy.solve_summary import SideSolve
    from detente.policy.study import ScenarioSpec
    from detente.world import World

# Keys of an economy or group in the document, and the Equilibrium attribute behind each.
OUTCOMES = {
    "real_income_pct": "real_income_pct",
    "real_gdp_pct": "real_gdp_pct",
    "cpi_pct": "cpi_pct",
    "real_wage_pct": "real_wage_pct",
    "exports_pct": "exports_pct",
    "imports_pct": "imports_pct",
    "terms_of_trade_pct": "terms_of_trade_pct",
}


def group_members(group: str, world: World, spec: ScenarioSpec) -> list[str]:
    """
    Members of a group that a world knows, on a scenario's day, in the world's order, or the group where it is one economy.

    Refuses a world without any.
    """
    if group == "WORLD":
        return list(world.economies)
    if group in world.economies:
        return [group]
    inside = set(members(group, on=spec.on))
    found = [label for label in world.economies if label in inside]
    if not found:
        raise InputError(
            "a world without any member of a group",
            where=f"world {world.name}",
            found=f"no member of {group}",
            allowed=f"at least one of {', '.join(sorted(inside))}",
            repair="merge economies so that a member keeps its code, or ask without the group (a study names its `groups`)",
        )
    return found


def average_tariffs(
    setting: Setting, tariff: NDArray[np.float64], pairs: Iterable[tuple[str, str]]
) -> dict[str, float]:
    """
    Average tariffs on goods, weighted with the world's flows: levels that do not depend on a study's baseline.

    Gives ``"USA<-CHN"`` for each pair, and ``"USA<-*"`` on all partners for each importer.

    Shapes: tariff (J, N, N).
    """
    averages = {}
    for importer, exporter in pairs:
        others = [label for label in setting.baseline.economies if label != importer]
        averages[f"{importer}<-{exporter}"] = average_between(setting, tariff, [importer], [exporter])
        averages[f"{importer}<-*"] = average_between(setting, tariff, [importer], others)
    return averages


def average_between(
    setting: Setting, tariff: NDArray[np.float64], importers: Sequence[str], exporters: Sequence[str]
) -> float:
    """Average tariff of some economies on goods of others, weighted with the world's flows; shapes: tariff (J, N, N)."""
    sides = (np.array([setting.baseline.economies.index(x) for x in side]) for side in (importers, exporters))
    cells = np.ix_(np.flatnonzero(goods_mask(setting)), *sides)
    return _mean(tariff[cells], setting.origin.baseline.flows[cells])


def goods_mask(setting: Setting) -> NDArray[np.bool_]:
    """Which sectors of a setting's baseline are goods."""
    return np.isin(setting.baseline.sectors, setting.baseline.goods)


def _mean(rates: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """Weighted mean; zero where nothing is traded."""
    total = float(weights.sum())
    return float((rates * weights).sum() / total) if total > 0 else 0.0


def economy_outcomes(eq: Equilibrium, world: World) -> dict[str, Outcomes]:
    """Outcomes of every economy, by ISO alpha-3."""
    columns = {key: np.asarray(getattr(eq, attribute), float) for key, attribute in OUTCOMES.items()}
    columns["tariff_revenue_usd_bn"] = eq.tariff_revenue["new"].to_numpy() / 1e3
    return {
        label: Outcomes(**{key: float(values[k]) for key, values in columns.items()})
        for k, label in enumerate(world.economies)
    }


def group_outcomes(eq: Equilibrium, inside: list[str]) -> Outcomes:
    """Outcomes of a group: sums of equivalent variations, incomes and flows, not means of percentages."""
    outcome = eq.group(inside)
    found = {key: float(outcome[key]) for key in OUTCOMES}
    return Outcomes(**found, tariff_revenue_usd_bn=float(outcome["tariff_revenue_usd_mn"]) / 1e3)


def real_incomes(solve: SideSolve, run: StudyRun) -> dict[str, float]:
    """
    Change of real income of the featured economies, the sides and the study's groups.

    Gives percent, by economy or group.
    """
    economies = run.world.economies
    place = {label: k for k, label in enumerate(economies)}
    sides = [label for pair in run.spec.pairs for label in pair]
    sides += [label for contrast in run.spec.contrasts for label in contrast.between]
    of = {label: [place[label]] for label in (*run.spec.featured, *sides) if label in place}
    for group in dict.fromkeys((*run.spec.groups, "WORLD")):
        of[group] = [place[label] for label in group_members(group, run.world, run.spec.baseline)]
    return {key: real_income_of(solve, inside) for key, inside in of.items()}


def real_income_of(solve: SideSolve, inside: Sequence[int]) -> float:
    """
    Change of real income of some economies together: the sum of equivalent variations over the sum of incomes.

    Gives percent.
    """
    income, hat = solve.income[inside], solve.real_income_hat[inside]
    return 100 * float((income * (hat - 1)).sum() / income.sum())
