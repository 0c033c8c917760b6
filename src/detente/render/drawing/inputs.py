"""The picture of a critical input: what a cut of it costs at each horizon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from detente.errors import InputError
from detente.formatting import between, rate
from detente.labels import phrase, short_phrase
from detente.render.drawing import charts, findings
from detente.render.drawing.picture import Picture
from detente.render.drawing.text import economy, the

if TYPE_CHECKING:
    from collections.abc import Mapping

HORIZONS: Final = {"quarter": "in a quarter", "year": "in a year", "long": "in the long run"}


def cuts(found: Mapping[str, Any], size: str = "wide") -> Picture:
    """Real GDP by economy and horizon after a cut of one input; refuses several inputs, and one that is not solved."""
    about = found["inputs"][0]
    order = list(dict.fromkeys(row["economy"] for row in found["rows"]))
    known = sorted(
        (row for row in found["rows"] if row["gdp_pct"] is not None),
        key=lambda row: order.index(row["economy"]),
    )
    if len(found["inputs"]) != 1 or not known:
        raise InputError(
            "several inputs are not one picture" if known else "no loss is known",
            where="chart",
            found=", ".join(item["input"] for item in found["inputs"]),
            allowed="the answer about one input",
            repair=f"chart(chokepoints({about['input']!r}))",
        )
    rows = [
        {
            "name": f"{economy(row['economy'])}, {HORIZONS[row['horizon']]}",
            "value": row["gdp_pct"],
            "low": row["gdp_pct_min"],
            "high": row["gdp_pct_max"],
        }
        for row in known
    ]
    worst = min(known, key=lambda row: row["gdp_pct"])
    span = between(worst["gdp_pct_min"], worst["gdp_pct_max"], lambda end: findings.signed(end or 0.0))
    what = short_phrase("input", about["input"], otherwise=about["title"])
    return Picture(
        f"Without {rate(known[0]['cut'])} of what {the(about['holder'])} delivers of {what}, real GDP falls most in"
        f" {the(worst['economy'])}: {findings.signed(worst['gdp_pct'])} ({span}) {HORIZONS[worst['horizon']]}",
        "Real GDP, % of the period's own; whiskers: the input's assumptions at their mild and severe ends",
        findings.source_line(
            law="not asked",
            world=phrase("world", found["world"], otherwise=found["world"]),
        ),
        rows,
        f"Bars by economy and horizon: real GDP after a cut of {what}.",
        size,
        charts.bars(rows, title="%", size=size),
    )
