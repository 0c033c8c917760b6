"""
Write docs/validation/collected.md: duties on the books beside duties collected, by month, partner and industry.

    python scripts/collected_page.py [--shared DIR]

`--shared` holds ``data/actuals`` with the Treasury's receipts; without it that column is left out.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import detente
from detente.formatting import fixed
from detente.geography.economies import name as named
from detente.policy.evidence.concordance import concordance

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

REPO = Path(__file__).parents[1]
PAGE = REPO / "docs/validation/collected.md"
RECEIPTS = "data/actuals/us_customs_duties_imports_1982_2026_03.csv"
YEARS = range(2018, 2025)
FIRST, SPAN = "2025-01", "2025-04"
LARGEST = 10
BILLION = 1e9
TREASURY = "- **Treasury**: customs duties received over all goods imports: another measure, and later than the entries."
PARTS = (
    "letter",
    "exemptions",
    "contents",
    "usmca",
    "preferences",
    "statutory",
    "deposits",
    "transit",
    "rest",
    "collected",
)
HEADS = (
    "letter",
    "exempt",
    "contents",
    "USMCA",
    "preferences",
    "books",
    "later",
    "water",
    "rest",
    "collected",
)


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """A table of text in Markdown, all columns but the first to the right."""
    heads = list(heads)
    lines = [f"| {' | '.join(heads)} |", f"| --- |{' ---: |' * (len(heads) - 1)}"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows), ""]


def parts(row: Any) -> list[str]:
    """The value and the parts of a row."""
    return [
        fixed(row.imports_usd / BILLION, 1),
        *(fixed(100 * getattr(row, f"{name}_rate"), 1) for name in PARTS),
    ]


def receipts(shared: Path | None) -> Mapping[str, str]:
    """Customs duties received by the Treasury over imports, percent, by month; empty without the file."""
    path = None if shared is None else shared / RECEIPTS
    if path is None or not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["date"][:7]: fixed(float(row["effective_rate"]), 1) for row in csv.DictReader(file)}


def yearly() -> list[list[str]]:
    """Books and collections of the years before, weighted by month."""
    found = []
    for year in YEARS:
        sums: dict[str, float] = defaultdict(float)
        for row in detente.collected(first=f"{year}-01", last=f"{year}-12").rows:
            sums["usd"] += row.imports_usd
            for name in PARTS:
                sums[name] += getattr(row, f"{name}_rate") * row.imports_usd
        found.append(
            [
                str(year),
                fixed(sums["usd"] / BILLION, 1),
                *(fixed(100 * sums[name] / sums["usd"], 1) for name in PARTS),
            ]
        )
    return found


def by_month(name: str, months: tuple[str, ...], rows: Mapping[str, Any]) -> list[str]:
    """Books and collected of one partner or industry month by month: `books / collected`."""
    cells = (rows.get(month) for month in months)
    said = [
        f"{fixed(100 * c.statutory_rate, 1)} / {fixed(100 * c.collected_rate, 1)}" if c else "" for c in cells
    ]
    return [name, *said]


def july(row: Any) -> list[str]:
    """What is left in a month in which no window was open for goods on the water."""
    if row.transit_rate:
        return []
    left = fixed(100 * row.rest_rate, 1)
    return [
        f"In {row.month} no window was open: {left} points are left that are neither law nor goods on the water.",
        "",
    ]


def page(shared: Path | None) -> str:
    """The whole page."""
    every = detente.collected(first=FIRST)
    months = tuple(row.month for row in every.rows)
    paid = receipts(shared)
    partners = detente.collected(first=SPAN, by="partner").rows[: LARGEST + 1]
    partners = [row for row in partners if row.partner != "ROW"][:LARGEST]
    industries = detente.collected(first=SPAN, by="industry").rows[:LARGEST]
    words = dict(zip(concordance().labels, concordance().names, strict=True))
    each = {
        row.partner: {one.month: one for one in detente.collected(row.partner, first=FIRST).rows}
        for row in partners
    }
    own: dict[str, dict[str, Any]] = defaultdict(dict)
    for month in months:
        for row in detente.collected(first=month, last=month, by="industry").rows:
            own[row.industry][month] = row
    extra = ["Treasury"] if paid else []
    monthly = [[row.month, *parts(row), *([paid.get(row.month, "")] if paid else [])] for row in every.rows]
    lines = [
        "# Duties on the books beside duties collected",
        "",
        "Written by `python scripts/collected_page.py`; `detente collected` gives the same for any partner and month from",
        "2018-01 on. The law of every day of a month is read line by line and weighted, by partner and industry, with the",
        "imports of that month; within an industry lines keep the weights of 2024. Percent of customs value.",
        "",
        "- **letter**: every duty in full: no exemption, claim or preference; the whole value of a derivative is its metal.",
        "- **exempt**, **contents**, **USMCA**, **preferences**: what these take off, in this order; what is left are the",
        "  **books**, the average that `detente average` gives, here with the weights of the month.",
        "- **later**: acts that reached back, so that customs took something else on the day (the view `collected`).",
        "- **water**: the **most** that goods loaded before a change can explain: all goods that entered while a clause for",
        "  goods in transit was open. How many had been loaded before is not published.",
        "- **rest**: what cannot be told apart, if all of them had been; else it is larger by up to **water**.",
        "- **collected**: calculated duty over imports for consumption (Census Bureau).",
        *([TREASURY] if paid else []),
        "",
        *every.answer,
        "",
        f"{fixed(100 * every.left_out_share, 1)} % of the value is left out: goods returned, scrap and special provisions.",
        "",
        "## All partners, 2025 by month",
        "",
        *table(["month", "USD bn", *HEADS, *extra], monthly),
        "## What cannot be told apart",
        "",
        *(f"- {text[0].upper()}{text[1:]}." for text in every.warnings),
        "",
        *july(every.rows[-1]),
        "## The ten largest partners, April to July 2025",
        "",
        *table(["partner", "USD bn", *HEADS], [[named(row.partner), *parts(row)] for row in partners]),
        "Books / collected by month:",
        "",
        *table(
            ["partner", *months],
            [by_month(named(row.partner), months, each[row.partner]) for row in partners],
        ),
        "## The ten largest industries, April to July 2025",
        "",
        *table(
            ["industry", "USD bn", *HEADS],
            [[words[row.industry], *parts(row)] for row in industries],
        ),
        "Books / collected by month:",
        "",
        *table(
            ["industry", *months],
            [by_month(words[row.industry], months, own[row.industry]) for row in industries],
        ),
        "## The years before",
        "",
        "Lines and lists of 2025-01-01 stand for those of the day (`backcast`).",
        "",
        *table(["year", "USD bn", *HEADS], yearly()),
    ]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--shared", type=Path, default=REPO.parent / "shared")
    PAGE.write_text(page(parser.parse_args().shared), encoding="utf-8")
    print(PAGE)
