"""Charts of strategy results: the bargaining set, packages, the hedge, the path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.render.drawing import charts, charts_lines
from detente.render.drawing.text import economy

if TYPE_CHECKING:
    from collections.abc import Callable

    from detente.policy.documents.games import BargainResult, Deals
    from detente.policy.documents.strategy import Hedge, Path


def _gain(side: str) -> str:
    """Title of an axis."""
    return f"{economy(side)}: gain of real income, %"


def frontier(bargain: BargainResult, size: str = "wide") -> dict[str, Any]:
    """What each side gains over no agreement."""
    a, b = bargain.players
    points = [{"a": row.gain_pct[a], "b": row.gain_pct[b], "kind": "frontier"} for row in bargain.frontier]
    marks: list[dict[str, Any]] = [{"a": 0.0, "b": 0.0, "kind": "no agreement"}]
    marks += [
        {"a": point.gain_pct[a], "b": point.gain_pct[b], "kind": name}
        for name, point in bargain.solutions.items()
    ]
    return charts_lines.scatter(points, marks, x=_gain(a), y=_gain(b), size=size)


def worth(hedge: Hedge, size: str = "wide") -> dict[str, Any]:
    """What the bloc is worth to each member."""
    rows = sorted(hedge.members, key=lambda row: -row.worth_under)
    listed = [{"name": economy(row.economy), "value": row.worth_under} for row in rows]
    return charts.bars(listed, title="worth of the bloc, % of real income", size=size)


def breakdowns(path: Path, size: str = "wide") -> dict[str, Any]:
    """Cost of a breakdown in its first year and in the long run, by year of the breakdown."""
    rows = [
        {"year": row.year, "value": change[side], "side": side, "run": words}
        for row in path.years
        for words, change in (
            ("first year", row.breakdown.first_year_pct),
            ("long run", row.breakdown.long_run_pct),
        )
        for side in path.sides
    ]
    return charts_lines.lines(rows, title="real income if the truce breaks that year, %", size=size)


def packages(deals: Deals, size: str = "wide") -> dict[str, Any]:
    """Every package by what it gives each side."""
    a, b = deals.players
    points = [{"a": row.gain_pct[a], "b": row.gain_pct[b], "kind": "package"} for row in deals.rows]
    marks: list[dict[str, Any]] = [
        {"a": row.gain_pct[a], "b": row.gain_pct[b], "kind": "no other is better for both"}
        for row in deals.rows
        if row.best_for_both
    ]
    marks.append({"a": 0.0, "b": 0.0, "kind": "no deal"})
    return charts_lines.scatter(points, marks, x=_gain(a), y=_gain(b), size=size, line=False)


MAKERS: dict[str, Callable[[Any, str], dict[str, Any]]] = {
    "bargain": frontier,
    "hedge": worth,
    "path": breakdowns,
    "deals": packages,
}
