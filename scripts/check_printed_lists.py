"""
Hold every US product list of the ledger against the notes that print it.

Reads `law_text` and `tariff_schedule`, and `printed_lists.yaml` of the ledger, which says where each list is printed and
gives a reason for every code in which it differs. Prints each difference without a reason, and each reason without a
difference.

Usage: python scripts/check_printed_lists.py [--source DIR]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd
from printed_law.compare import findings
from printed_law.law import PrintedLaw

from detente.ledger import open_ledger

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def read_law(source: Path) -> PrintedLaw:
    """The printed law, with the statistical numbers of every revision of the schedule held."""
    schedule = source / "tariff_schedule"
    numbers = pd.read_parquet(schedule / "hts10.parquet", columns=["hts10"])["hts10"].astype(str)
    lines = pd.read_parquet(schedule / "hts8.parquet", columns=["hts8"])["hts8"].astype(str)
    without = set(lines) - {number[:8] for number in numbers}
    return PrintedLaw.read(source / "law_text", [*numbers, *without])


def main() -> int:
    """Print what differs; the status says whether anything does."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--source", type=Path, default=SHARED)
    options = parser.parse_args()
    found = findings(open_ledger(), read_law(options.source))
    for line in found:
        sys.stdout.write(f"{line}\n")
    sys.stderr.write(f"{len(found)} differences without a reason, or reasons without a difference\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
