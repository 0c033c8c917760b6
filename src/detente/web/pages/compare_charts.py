"""Charts of the main study and of a scenario a reader moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.errors import InputError
from detente.render.drawing import charts, maps
from detente.render.drawing.text import industry
from detente.render.tables import converged

if TYPE_CHECKING:
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


def drawn(document: dict[str, Any], name: str, visit: Visit) -> str:
    """Draw one chart."""
    scenarios = converged(document)
    key = visit.one("scenario", "truce")
    item = scenarios.get(key) or next(iter(scenarios.values()))
    size = visit.one("size", "wide") if visit.one("size") in charts.WIDTHS else "wide"
    outcome = visit.one("outcome") if visit.one("outcome") in OUTCOMES else "real_income_pct"
    if name == "map":
        values = {code: row[outcome] for code, row in item["economies"].items()}
        return maps.world_map(values, unit=OUTCOMES[outcome], title=f"{item['label']}: {OUTCOMES[outcome]}")
    if name == "tariffs":
        rows = [
            {"scenario": each["label"], "pair": pair, "rate": rate}
            for each in scenarios.values()
            for pair, rate in each["tariffs"].items()
            if not pair.endswith("*")
        ]
        return charts.draw(charts.tariff_dots(rows, size=size))
    makers = {"income": _income_rows, "sectors": _sector_rows, "worth": _worth_rows}
    if name not in makers:
        raise InputError(
            "no such chart", where="chart", found=name[:40], allowed="tariffs, map, income, sectors, worth"
        )
    rows, title = makers[name](document, item, visit)
    return charts.draw(charts.bars(rows, title=title, size=size))


def _income_rows(
    document: dict[str, Any], item: dict[str, Any], visit: Visit
) -> tuple[list[dict[str, Any]], str]:
    """Real income of the featured economies and groups, with the band of the estimated flows."""
    spec = visit.state.study.spec
    both = {**item["economies"], **item["groups"]}
    band = document["result"]["band"].get("real_income_pct", {}).get(item["id"], {})
    names = [name for name in (*spec.featured, *spec.groups) if name in both]
    rows = [{"name": charts.label(n), "value": both[n]["real_income_pct"], **band.get(n, {})} for n in names]
    return rows, OUTCOMES["real_income_pct"]


def _sector_rows(
    _document: dict[str, Any], item: dict[str, Any], visit: Visit
) -> tuple[list[dict[str, Any]], str]:
    """Sectors whose output changes most in one economy."""
    economy = visit.one("economy", "USA")
    found = item["sectors"].get(economy) or next(iter(item["sectors"].values()))
    names = visit.state.study.industries
    largest = sorted(found.items(), key=lambda pair: -abs(pair[1]["output_pct"]))[:MOST_SECTORS]
    rows = [
        {"name": industry(names.get(code, code)), "value": row["output_pct"]}
        for code, row in sorted(largest, key=lambda pair: pair[1]["output_pct"])
    ]
    return rows, "output, % of baseline"


def _worth_rows(
    document: dict[str, Any], _item: dict[str, Any], visit: Visit
) -> tuple[list[dict[str, Any]], str]:
    """What each instrument adds, mean of the two orders and both as whiskers."""
    worth = document["result"]["worth"]
    if not worth:
        raise InputError(
            "the contrast is still being solved", where="chart", found="worth", allowed="a moment later"
        )
    side = visit.one("economy", "USA")
    rows = []
    for line in next(iter(worth.values()))["lines"]:
        found = line["real_income_pct"].get(side)
        if found:
            low, high = sorted((found["in_order"], found["in_reverse"]))
            rows.append({"name": line["instrument"], "value": (low + high) / 2, "low": low, "high": high})
    return rows, f"real income of {charts.label(side)}, % of baseline"
