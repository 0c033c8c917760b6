"""
Write the final exemption lists of the forced-labour duties, and the lists of the Canadian import bans.

Reads `law_text` (HTSUS chapter 99 US note 52 as printed, Proclamations 11061 to 11063) and writes
`src/detente/data/ledger/usa/lists/s301_fl_*.csv` and `s338_ca_ban_*.csv`. The name of a list says under which condition
it frees a line: `_described` for the described article only, `_aircraft` and `_by_use` for a use that is claimed,
`_originating` for goods that originate under the agreement; without one it frees the line. Codes are quoted digit
strings, sorted, unique. The result depends on the inputs alone.

Usage: python scripts/build_final_lists.py [--source DIR] [--out DIR] [--check]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import build_lists
import pandas as pd

# Note 52(b) to (e): how the file of the common list calls each condition, and the list that carries it.
COMMON = {
    "full": "s301_fl_exempt",
    "ex": "s301_fl_described",
    "aircraft": "s301_fl_aircraft",
    "pharma": "s301_fl_by_use",
}
# Note 52(j): the Census code that a block of the file begins with, the part of the measure, the paragraph of the note.
BLOCKS = {
    "4120": ("gbr", 1),
    "4010": ("eu", 2),
    "4419": ("che", 3),
    "5570": ("mys", 4),
    "5550": ("khm", 5),
    "2050": ("gtm", 6),
    "2110": ("slv", 7),
    "3570": ("arg", 8),
    "5380": ("bgd", 9),
    "5830": ("twn", 10),
    "5600": ("idn", 11),
    "3310": ("ecu", 12),
    "5110": ("jor", 13),
}
AGREEMENT = "s301_fl_cafta_originating"
# Jordan's paragraph (ii) names two lines; two more that the other paragraphs (ii) describe count as described there too,
# until the paragraph is looked up.
DESCRIBED_TOO = {"jor": ("13019091", "15159081")}
PACKAGED = {"all": "", "packaged only": "_packaged"}


def table(source: Path, name: str) -> pd.DataFrame:
    """One file of the printed law, as text."""
    return pd.read_csv(source / f"{name}.csv", dtype=str).fillna("")


def common(source: Path) -> dict[str, set[str]]:
    """Lists for all economies, by condition."""
    rows = table(source, "s301fl_final_common_exemptions")
    return {name: set(rows.loc[rows["condition"] == word, "hts_code"]) for word, name in COMMON.items()}


def by_economy(source: Path) -> dict[str, set[str]]:
    """Lists of note 52(j): each economy's own, what of it is described articles only, and textiles under an agreement."""
    rows = table(source, "s301fl_final_country_exemptions")
    notes = table(source, "hts_2026_rev21_note_lists")
    found = {AGREEMENT: set(rows.loc[rows["condition"] == "fta", "hts_code"])}
    whole = rows[rows["condition"] == "full"]
    for block, codes in whole.groupby("countries")["hts_code"]:
        part, paragraph = BLOCKS[block.split(";")[0]]
        named = set(notes.loc[notes["note"] == f"52(j)({paragraph})(ii)", "code"])
        described = named | set(DESCRIBED_TOO.get(part, ()))
        found[f"s301_fl_{part}"] = set(codes) - described
        if described:
            found[f"s301_fl_{part}_described"] = described
    return found


def bans(source: Path) -> dict[str, set[str]]:
    """Goods of Canada excluded from importation, and those excluded only when packaged."""
    rows = table(source, "canada_338_import_bans")
    groups = rows.groupby(["part", "scope"])["hts_code"]
    return {f"s338_ca_ban_{part}{PACKAGED[scope]}": set(codes) for (part, scope), codes in groups}


def build(source: Path) -> dict[str, str]:
    """Build every list: file name without suffix -> CSV text; codes that are no line of any revision held are left out."""
    tables = build_lists.Tables.read(source.parent / "tariff_schedule")
    known = tables.known()
    found: dict[str, set[str]] = {**common(source), **by_economy(source), **bans(source)}
    rows = {name: [build_lists.Row(code) for code in codes] for name, codes in sorted(found.items())}
    rows[COMMON["ex"]] = build_lists.worded(tables, found[COMMON["ex"]])
    return {name: build_lists.render(name, build_lists.clean(own, known)) for name, own in rows.items()}


def main() -> int:
    """Write the lists, or with `--check` compare them with what is there."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--source", type=Path, default=build_lists.SOURCE.parent / "law_text")
    parser.add_argument("--out", type=Path, default=build_lists.OUT)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    texts = build(options.source)
    stale = [
        name
        for name, text in texts.items()
        if not (path := options.out / f"{name}.csv").exists() or path.read_text(encoding="utf-8") != text
    ]
    if not options.check:
        for name in stale:
            (options.out / f"{name}.csv").write_text(texts[name], encoding="utf-8")
    sys.stderr.write(f"{len(texts)} lists, {len(stale)} {'stale' if options.check else 'written'}\n")
    return int(options.check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
