"""The picture of one economy: its real income in every scenario, with the band."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.render.drawing import charts, findings
from detente.render.drawing.picture import Picture
from detente.render.drawing.text import scenario, the

if TYPE_CHECKING:
    from collections.abc import Mapping


def stakes(result: Mapping[str, Any], size: str = "wide") -> Picture:
    """Real income of one economy in every scenario, from the answer about it."""
    rows: list[dict[str, float | str]] = [
        {"name": scenario(row["scenario"], result["study"], row["label"]), "value": row["real_income_pct"]}
        | ({} if row["low"] is None else {"low": row["low"], "high": row["high"]})
        for row in result["stakes"]
    ]
    ranked = sorted(rows, key=lambda row: float(row["value"]))
    said = [
        f"{findings.signed(float(row['value']))} ({findings.lowered(str(row['name']))})"
        for row in (ranked[0], ranked[-1])
    ]
    banded = any("low" in row for row in rows)
    return Picture(
        f"Real income of {the(result['economy'])} runs from {' to '.join(said)}",
        f"Real income, % of the baseline, long run{'; whiskers: nine draws of ten' if banded else ''}",
        findings.source_line(law="of each scenario's day", world=f"world of {result['year']}"),
        rows,
        f"Bars by scenario: real income of {the(result['economy'])}.",
        size,
        charts.bars(rows, title="%", size=size),
    )
