"""
Write what predictions are held against, and how they did, to src/detente/data/evidence.

    python scripts/embed_evidence.py [--data] [--scores]

`--data` takes the months of US imports, prices and jobs from ../shared/data/actuals; `--scores` works the scores out
anew. Both by default. Running either twice gives the same bytes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from evidence_page import write_page

from detente.io.columns import ENDING, to_bytes
from detente.manifest import read_rows, write_manifest
from detente.policy.evidence.registered import registered

REPO = Path(__file__).resolve().parents[1]
ACTUALS = REPO.parent / "shared/data/actuals"
SOURCE = ACTUALS / "us_imports_naics3_partner_monthly_2013_2025_07.parquet"
FIRST_MONTH = "2013-01"
FOLDER = REPO / "src/detente/data/evidence"
PAGE = REPO / "docs/validation/evidence.md"
LABELS = ["partner", "naics3", "month"]
NUMBERS = ["imports_usd", "duty_usd"]
CENSUS = "US Census Bureau, imports for consumption and calculated duties by month, USD; public domain"


def embed_data() -> Path:
    """Rows with trade, overlapping ones left out, sorted, whole numbers kept."""
    plan = registered().data
    frame = pd.read_parquet(SOURCE)
    kept = ~frame["partner"].isin(plan.overlapping) & (frame["naics3"] != plan.whole)
    frame = frame[kept & frame[NUMBERS].any(axis=1)].sort_values(LABELS)
    frame = frame.astype(dict.fromkeys(NUMBERS, "int64"))
    target = FOLDER / f"us_imports{ENDING}"
    target.write_bytes(to_bytes({name: frame[name].to_numpy() for name in LABELS + NUMBERS}, CENSUS))
    return target


def embed_monthly() -> Path:
    """Prices of imports and employees by industry from the first month of trade held; numbers as the sources have them."""
    jobs = pd.read_csv(ACTUALS / "us_employment_by_industry_monthly_1996_2026.csv", dtype=str)
    kept = [row["column"] for row in read_rows(FOLDER / "jobs_industries.csv")]
    own = jobs[["date", *kept]].copy()
    own["all_employees"] = jobs.drop(columns="date").astype(float).sum(axis=1).round(1).astype(str)
    prices = pd.read_csv(ACTUALS / "us_import_price_index.csv", dtype=str)[["date", "imported_core_goods"]]
    before_duty = pd.read_csv(ACTUALS / "us_import_prices.csv", dtype=str)[
        ["date", "import_price_nonpetroleum"]
    ]
    frame = (
        own.merge(prices, on="date", how="outer")
        .merge(before_duty, on="date", how="outer")
        .sort_values("date")
    )
    frame.insert(0, "month", frame.pop("date").str[:7])
    target = FOLDER / "us_monthly.csv"
    frame[frame["month"] >= FIRST_MONTH].to_csv(target, index=False, lineterminator="\n")
    return target


def main() -> None:
    """Write either or both, and say how large they are."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--data", action="store_true")
    parser.add_argument("--scores", action="store_true")
    asked = parser.parse_args()
    both = not (asked.data or asked.scores)
    files = [embed_data(), embed_monthly()] if asked.data or both else []
    if asked.scores or both:
        from detente.policy.evidence.embedded import embedded, write_scores  # noqa: PLC0415  (reads the table written above)

        files.append(write_scores(FOLDER))
        write_manifest()
        PAGE.write_text(write_page((embedded() or {})["result"]), encoding="utf-8")
        files.append(PAGE)
    for file in files:
        print(f"{file.name}: {file.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
