"""
Write the names of economies: src/detente/data/country_names.csv.

    python scripts/build_country_names.py

ISO 3166-1 as the package pycountry lists it: alpha-3 code, short, common and official English name.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pycountry

TARGET = Path(__file__).parents[1] / "src" / "detente" / "data" / "country_names.csv"
COLUMNS = ("name", "common_name", "official_name")


def main() -> None:
    """Write one row a country, in the order of codes."""
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("code", *COLUMNS))
        for item in sorted(pycountry.countries, key=lambda found: found.alpha_3):
            rows.writerow((item.alpha_3, *(getattr(item, column, "") for column in COLUMNS)))


if __name__ == "__main__":
    main()
