"""Charts of the main study and of a scenario a reader moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.errors import InputError
from detente.render.drawing import charts, maps, study
from detente.render.drawing.text import economy, industry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detente.policy.documents.run import MovedScenario, RunResult, Scenario
    from detente.web.pages.request import Visit

# Outcomes a map can show, with what stands behind the value.
OUTCOMES = {
    "real_income_pct": "real income, % of baseline",
    "cpi_pct": "consumer prices, % of baseline",
    "exports_pct": "exports, % of baseline",
    "imports_pct": "imports, % of baseline",
    "terms_of_trade_pct": "terms of trade, % of baseline",
}
MOST_SECTORS = 12


@dataclass(frozen=True)
class Shown:
    """
    What a chart is drawn of.

    scenarios: By id; the moved one alone where one was moved.
    study: The study as solved; None for a scenario that was moved.
    """

    scenarios: Mapping[str, Scenario | MovedScenario]
    study: RunResult | None = None


def drawn(shown: Shown, name: str, visit: Visit) -> str:
    """Draw one chart."""
    item = shown.scenarios.get(visit.one("scenario", "truce")) or next(iter(shown.scenarios.values()))
    size = visit.one("size", "wide") if visit.one("size") in charts.WIDTHS else "wide"
    outcome = visit.one("outcome") if visit.one("outcome") in OUTCOMES else "real_income_pct"
    if name == "map":
        values = {code: getattr(row, outcome) for code, row in item.economies.items()}
        return maps.world_map(values, unit=OUTCOMES[outcome], title=f"{item.label}: {OUTCOMES[outcome]}")
    if name == "tariffs":
        return charts.draw(study.tariffs(shown.scenarios.values(), size))
    makers = {"income": _income_rows, "sectors": _sector_rows, "worth": _worth_rows}
    if name not in makers:
        raise InputError(
            "no such chart", where="chart", found=name[:40], allowed="tariffs, map, income, sectors, worth"
        )
    rows, title = makers[name](shown, item, visit)
    return charts.draw(charts.bars(rows, title=title, size=size))


Bars = tuple[list[study.Row], str]


def _income_rows(shown: Shown, item: Scenario | MovedScenario, visit: Visit) -> Bars:
    """Real income of the featured economies and groups, with the band of the estimated flows."""
    spec = visit.state.study.spec
    band = shown.study.ranges.get(item.id) if shown.study else None
    return study.income_rows(item, (*spec.featured, *spec.groups), band), OUTCOMES["real_income_pct"]


def _sector_rows(_shown: Shown, item: Scenario | MovedScenario, visit: Visit) -> Bars:
    """Sectors whose output changes most in one economy."""
    found = item.sectors.get(visit.one("economy", "USA")) or next(iter(item.sectors.values()))
    names = visit.state.study.industries
    largest = sorted(found.items(), key=lambda pair: -abs(pair[1].output_pct))[:MOST_SECTORS]
    rows: list[study.Row] = [
        {"name": industry(names.get(code, code)), "value": row.output_pct}
        for code, row in sorted(largest, key=lambda pair: pair[1].output_pct)
    ]
    return rows, "output, % of baseline"


def _worth_rows(shown: Shown, _item: Scenario | MovedScenario, visit: Visit) -> Bars:
    """What each instrument adds, mean of the two orders and both as whiskers."""
    worth = shown.study.worth if shown.study else {}
    if not worth:
        raise InputError(
            "the contrast is still being solved", where="chart", found="worth", allowed="a moment later"
        )
    side = visit.one("economy", "USA")
    rows = study.worth_rows(next(iter(worth.values())), side)
    return rows, f"real income of {economy(side)}, % of baseline"
