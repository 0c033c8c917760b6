"""
Build facts.csv and cost_shares.csv of src/detente/data/chokepoints from ../shared/facts/critical_inputs.csv.

    python scripts/build_chokepoints.py [--shared ../shared]

The first holds the rows that chokepoints.yaml cites, by their line in that file; the second the direct cost of an input over
gross output of its user, by economy: the rows of that kind, and for other inputs what is derived from cited rows.
"""

from __future__ import annotations

import argparse
import csv
import re
from pathlib import Path

from detente.policy.chokepoints.table import choke_points

REPO = Path(__file__).resolve().parents[1]
OUT = REPO / "src/detente/data/chokepoints"
KIND = "direct cost share of gross output"
COLUMNS = ("input", "economy", "user", "low", "high", "rows", "confidence")
GROUPS = {"EU27": "EU"}
# Fraction of the user's output; orders of size, from the rows named.
DERIVED = (
    ("gallium-germanium", "USA", "C26", 3e-4, 7e-4, "337 31", "low"),
    ("nexperia", "EU", "C29", 2e-4, 4e-4, "47", "low"),
    ("soybeans", "CHN", "C10T12", 0.0218, 0.0266, "338", "medium"),
)


# Where a line was found on this side; the source itself is what stands before it.
OURS = re.compile(
    r"\s*\((?:[a-z]+_[a-z]+ )?ids? [\d, ]+\)|(?:[a-z]+_[a-z]+ )?\bids? \d[\d, ]*|shared/data/raw/"
)


def read(shared: Path) -> dict[int, dict[str, str]]:
    """Facts by line of the file, the header being the first."""
    with (shared / "facts/critical_inputs.csv").open(newline="", encoding="utf-8") as file:
        rows = enumerate(csv.DictReader(file), start=2)
        return {line: {key: OURS.sub("", text) for key, text in row.items()} for line, row in rows}


def shares(facts: dict[int, dict[str, str]]) -> list[tuple[str, ...]]:
    """Cost shares as rows of the table."""
    found = []
    for line, fact in facts.items():
        if fact["fact"] != KIND:
            continue
        economy, user = fact["country_or_use"].split("/")
        low, high = (float(part) for part in fact["value"].split("-"))
        cells = (fact["input"], GROUPS.get(economy, economy), user, f"{low * 1e-4:.7f}", f"{high * 1e-4:.7f}")
        found.append((*cells, str(line), fact["confidence"]))
    derived = [(*row[:3], f"{row[3]:.7f}", f"{row[4]:.7f}", *row[5:]) for row in DERIVED]
    return found + derived


def write(name: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Write a table."""
    with (OUT / name).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    print(f"{name}: {len(rows)} rows")


def main() -> None:
    """Write both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--shared", type=Path, default=REPO.parent / "shared")
    facts = read(parser.parse_args().shared)
    used = shares(facts)
    lines = choke_points().cited() | {int(line) for row in used for line in row[5].split()}
    names = tuple(next(iter(facts.values())))
    write("facts.csv", ("row", *names), [(str(k), *facts[k].values()) for k in sorted(lines)])
    write("cost_shares.csv", COLUMNS, used)


if __name__ == "__main__":
    main()
