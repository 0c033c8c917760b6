"""Charts of a run, the same on the page, in the report and in a notebook: tariffs, incomes, worth, duties by day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.render.drawing import charts, charts_lines
from detente.render.drawing.text import economy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from detente.policy.documents.run import MovedScenario, Range, RunResult, Scenario, Worth

REAL_INCOME = "real income, % of baseline"
Row = dict[str, float | str]


def tariffs(scenarios: Iterable[Scenario | MovedScenario], size: str = "wide") -> dict[str, Any]:
    """The average tariff each side charges the other, scenario by scenario."""
    rows = [
        {"scenario": item.label, "pair": pair, "rate": item.tariffs[pair]}
        for item in scenarios
        for pair in item.pairs
    ]
    return charts.tariff_dots(rows, size=size)


def income_rows(
    item: Scenario | MovedScenario, names: Iterable[str], band: Mapping[str, Range] | None = None
) -> list[Row]:
    """Real income of some economies and groups, with the band of the estimated flows where there is one."""
    both, ends = item.both, band or {}
    return [
        {
            "name": economy(name),
            "value": both[name].real_income_pct,
            **({"low": ends[name].low, "high": ends[name].high} if name in ends else {}),
        }
        for name in names
        if name in both
    ]


def incomes(result: RunResult, scenarios: Sequence[str]) -> dict[str, Any]:
    """Real income of the featured economies and groups, one panel a scenario."""
    panels = {}
    for key in scenarios:
        item, band = result.converged[key], result.ranges.get(key, {})
        panels[item.label] = income_rows(item, band or (*item.groups, *item.economies), band)
    return charts.panels(panels, title=REAL_INCOME)


def worth_rows(worth: Worth, side: str) -> list[Row]:
    """What each instrument adds for one side: mean of the two orders, and both as whiskers."""
    rows: list[Row] = []
    for line in worth.lines:
        if found := line.real_income_pct.get(side):
            low, high = sorted((found.in_order, found.in_reverse))
            rows.append({"name": line.instrument, "value": (low + high) / 2, "low": low, "high": high})
    return rows


def worth(item: Worth) -> dict[str, Any]:
    """What one scenario is worth against another, instrument by instrument, one panel a side."""
    panels = {economy(side): worth_rows(item, side) for side in (*item.between, "WORLD")}
    return charts.panels(panels, title="real income, %", step=26)


def duties_by_day(result: RunResult) -> dict[str, Any]:
    """The average additional duty each side has charged the other, day by day."""
    return charts_lines.rates_over_time(result.timeline or (), linked=False)
