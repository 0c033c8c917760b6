"""The schedule: statistical lines, tariff lines with rates, headings of chapter 99 (USITC, public domain)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from detente.schedules.expressions import parse_rate
from products.equivalents import equivalents
from products.writing import write

if TYPE_CHECKING:
    from pathlib import Path

USITC = "USITC, Harmonized Tariff Schedule, revisions of 2025-01-01 to 2026-06-08; public domain"
# Counted in the European Union as well.
SLOVAKIA = "4359"
COLUMNS = {"general_text": "general", "special_text": "special", "column2_text": "column2"}


def build_schedule(shared: Path, out: Path) -> None:
    """Write the tables of lines."""
    folder = shared / "data/tariff_schedule"
    tariff = pd.read_parquet(folder / "hts8.parquet")
    revisions = pd.read_csv(folder / "hts_revisions.csv", dtype=str)
    lines = statistical_lines(pd.read_parquet(folder / "hts10.parquet"), tariff, revisions)
    imports = pd.read_parquet(folder / "imports_2024_hts10_partner.parquet").query("cty_code != @SLOVAKIA")
    lines["usd_2024"] = _imports_of(lines["code"], imports)
    write(out, "hts10", lines, f"{USITC}; imports: Census Bureau, 2024, public domain")
    write(out, "hts8", tariff_lines(tariff), f"{USITC}; equivalents: Census Bureau, 2024, public domain")
    write(out, "chapter99", provisions(pd.read_parquet(folder / "chapter99.parquet")), USITC)


def statistical_lines(lines: pd.DataFrame, tariff: pd.DataFrame, revisions: pd.DataFrame) -> pd.DataFrame:
    """Ten-digit lines, and tariff lines that have none, with dates, headings and units."""
    ten = pd.DataFrame(
        {
            "code": lines["hts10"],
            "valid_from": lines["valid_from_policy"],
            "valid_to": lines["valid_to_policy"],
            "path": lines["description"].map(_path),
            "units": (lines["unit1"] + ";" + lines["unit2"]).map(_units),
        }
    )
    alone = tariff[~tariff["hts8"].isin(lines["hts8"])]
    eight = pd.DataFrame(
        {
            "code": alone["hts8"],
            "valid_from": alone["first_revision"].map(revisions.set_index("revision")["policy_date"]),
            "valid_to": alone["last_revision"].map(_next_day(revisions)),
            "path": alone["description"].map(_path),
            "units": alone["units"].map(_units),
        }
    )
    both = pd.concat([ten, eight]).sort_values(["code", "valid_from"], kind="stable")
    for column in ("valid_from", "valid_to"):
        both[column] = pd.to_datetime(both[column].replace("", None)).dt.date
    return both


def tariff_lines(tariff: pd.DataFrame) -> pd.DataFrame:
    """Eight-digit lines with rate texts, what they are, and ad valorem equivalents."""
    tariff = tariff.sort_values("hts8")
    frame = pd.DataFrame({"code": tariff["hts8"], "path": tariff["description"].map(_path)})
    for old, new in COLUMNS.items():
        frame[new] = tariff[old].str.replace(r"\s+", " ", regex=True).str.strip()
    frame["kind"] = [parse_rate(text).kind for text in frame["general"]]
    return pd.concat([frame, equivalents(tariff)], axis=1)


def provisions(chapter99: pd.DataFrame) -> pd.DataFrame:
    """Headings of chapter 99 with dates and rate texts."""
    frame = pd.DataFrame(
        {
            "code": chapter99["ch99_code"],
            "valid_from": pd.to_datetime(chapter99["valid_from_policy"]).dt.date,
            "valid_to": pd.to_datetime(chapter99["valid_to_policy"].replace("", None)).dt.date,
        }
    )
    for column in ("description", "general", "special", "column2"):
        frame[column] = chapter99[column].str.replace(r"\s+", " ", regex=True).str.strip()
    return frame.sort_values(["code", "valid_from"], kind="stable")


def _imports_of(codes: pd.Series, imports: pd.DataFrame) -> pd.Series:
    """Imports of 2024 of each row: of its code, or of all codes under a line of eight digits."""
    ten = imports.groupby("hts10")["imports_usd"].sum()
    eight = ten.groupby(ten.index.str[:8]).sum()
    alone = codes.str.len() == 8
    return codes.map(ten).where(~alone, codes.map(eight)).fillna(0).astype("int64")


def _next_day(revisions: pd.DataFrame) -> dict[str, str]:
    """Revision to the day the next one took effect; empty for the last."""
    following = revisions["policy_date"].shift(-1).fillna("")
    return dict(zip(revisions["revision"], following, strict=True))


def _path(description: str) -> str:
    """Headings with single spaces."""
    return " > ".join(" ".join(part.split()) for part in description.split(">"))


def _units(text: str) -> str:
    """Units of a line, each once."""
    return ";".join(dict.fromkeys(unit.strip() for unit in text.split(";") if unit.strip()))
