"""Industry of each line, through the MIT-licensed crosswalk of HTS10 to GTAP sectors."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from detente.io.columns import ENDING, Columns
from products.writing import write

CONCORDANCE = Path("src/detente/data/worlds/wiod35_icio49.csv")
TO_ICIO = Path("scripts/baseline_tariffs/gtap_icio49.csv")
NOTE = "HTS10 to GTAP: (c) 2025-2026 The Budget Lab at Yale, MIT; GTAP to industry: this project"
ORES, SHIPS = "26", tuple(f"89{heading:02d}" for heading in range(1, 9))
WITHOUT_INDUSTRY = ("98", "99")
LEVELS = (10, 8, 6, 4, 2)


def build_industries(shared: Path, out: Path) -> None:
    """Write the industries of every line of the schedule and of the imports of 2024."""
    known = pd.read_parquet(shared / "data/tariff_schedule/hts10_gtap.parquet").dropna()
    codes = sorted({code for name in ("hts10", "imports_2024") for code in _table(out, name).strings("code")})
    gtap = _gtap(pd.Series(codes), known.set_index("hts10")["gtap"].str.upper())
    frame = pd.DataFrame({"code": codes, "gtap": gtap})
    special = frame["code"].str[:2].isin(WITHOUT_INDUSTRY)
    frame.loc[special, "gtap"] = ""
    icio = frame["gtap"].map(pd.read_csv(TO_ICIO).set_index("gtap")["icio49"])
    icio = icio.mask(frame["code"].str.startswith(ORES), "B07").mask(
        frame["code"].str[:4].isin(SHIPS), "C301"
    )
    frame["icio49"] = icio.mask(special, "").fillna("")
    frame["wiod35"] = _wiod(frame["icio49"], frame["gtap"])
    lost = frame[(frame["icio49"] == "") & ~special]
    if len(lost):
        raise SystemExit(f"lines without an industry: {lost['code'].tolist()}")
    write(out, "industries", frame[["code", "icio49", "wiod35"]], NOTE)


def _table(out: Path, name: str) -> Columns:
    """A table written before."""
    return Columns((out / f"{name}{ENDING}").read_bytes())


def _gtap(codes: pd.Series, known: pd.Series) -> pd.Series:
    """GTAP sector of each code: its own, else the commonest under its longest known prefix."""
    found = pd.Series(pd.NA, index=codes.index, dtype=object)
    for digits in LEVELS:
        commonest = known.groupby(known.index.str[:digits]).agg(lambda sectors: sectors.mode().iloc[0])
        found = found.fillna(codes.str[:digits].map(commonest))
    return found


def _wiod(icio: pd.Series, gtap: pd.Series) -> pd.Series:
    """WIOD industry; leather is apart there."""
    pairs = pd.read_csv(CONCORDANCE)
    first = pairs.drop_duplicates("icio49").set_index("icio49")["wiod35"]
    return icio.map(first).mask(gtap == "LEA", "c5").fillna("")
