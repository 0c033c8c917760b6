"""Duties on sampled lines beside those of the Budget Lab tracker, component by component, residuals by cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from detente.duties import Assumptions, LineTable, Reader, Stack, expected_facts, origin_duties
from detente.duties.layers import stack
from detente.ledger import Book, open_ledger
from detente.schedules import provider_of
from detente.schedules.usa import us_schedule

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

# Rates are decimal fractions; the tracker's carry six digits where a share enters.
EXACT, SHARED = 1e-6, 1e-3
FAMILIES = {
    "232": ("us.s232.",),
    "301": ("us.s301.cn.",),
    "recip": ("us.ieepa.reciprocal.", "us.ieepa.br40", "us.ieepa.in25"),
    "fent": ("us.ieepa.fentanyl.",),
    "s122": ("us.s122",),
    "s201": ("us.s201.",),
    "in_lieu": ("us.russia.in_lieu",),
}
PRINTED = {
    "301": "rate_301",
    "s122": "statutory_rate_s122",
    "recip": "statutory_rate_ieepa_recip",
    "fent": "statutory_rate_ieepa_fent",
}
# The tracker takes exemption lists by use, and lines that also hold other goods than parts, whole.
AS_TRACKER = {
    "use_claimed": 1.0,
    "aircraft_use": 1.0,
    "auto_parts_use": 1.0,
    "heavy_parts_use": 1.0,
    "sts_cranes_use": 1.0,
    "chassis_use": 1.0,
}


def read(path: Path) -> pd.DataFrame:
    """Read a file of samples."""
    return pd.read_csv(path, dtype={"hts10": str, "cty_code": str}, keep_default_na=True)


def beside(frame: pd.DataFrame) -> pd.DataFrame:
    """Put our components beside each row."""
    codes = np.array(sorted(frame["hts10"].unique())).astype("U10")
    base = pd.Series(codes).map(frame.groupby("hts10")["statutory_base_rate"].first()).to_numpy(dtype=float)
    table = LineTable(codes, base, base, provider_of("USA"))
    reader = Reader(table, Assumptions(**AS_TRACKER))
    ledger, parts = open_ledger(), []
    for (origin, day), rows in frame.groupby(["iso3", "date"]):
        book = ledger.on(str(day))
        at = np.searchsorted(codes, rows["hts10"].to_numpy().astype("U10"))
        parts.append(rows.assign(**_components(book, str(origin), reader, at)))
    found = pd.concat(parts)
    return found.assign(**_ordinary(found))


def _components(
    book: Book, origin: str, reader: Reader, at: NDArray[np.intp]
) -> dict[str, NDArray[np.float64]]:
    """Our printed rates, and our contributions to the total, by family."""
    printed = _printed(_bare(book, origin, reader))
    charged = origin_duties(book, origin, reader, importer="USA")
    found = {f"my_printed_{name}": values[at] for name, values in printed.items()}
    found["my_base"] = charged.base[at]
    for name, families in FAMILIES.items():
        mine = [rate for measure, rate in charged.by_measure.items() if measure.startswith(families)]
        found[f"my_{name}"] = np.sum(mine, axis=0)[at] if mine else np.zeros(at.size)
    found["my_additional"] = charged.additional[at]
    found["my_total"] = charged.total[at]
    return found


def _bare(book: Book, origin: str, reader: Reader) -> Stack:
    """The layers without any claim."""
    facts = {**expected_facts(book, origin, reader), "usmca": False}
    return stack(book, "USA", origin, reach=reader.reach(book), facts=facts, base=reader.table.column1)


def _printed(stacked: Stack) -> dict[str, NDArray[np.float64]]:
    """Rates the law prints for each line, before one duty keeps another off."""
    found = {name: np.zeros(stacked.shares.shape[1]) for name in PRINTED}
    for row, layer in enumerate(stacked.layers):
        for name in PRINTED:
            if layer.measure.startswith(FAMILIES[name]):
                bears_on = stacked.shares[row] if name == "301" else layer.cover
                found[name] = found[name] + stacked.rates[row] * bears_on
    return found


def _ordinary(frame: pd.DataFrame) -> dict[str, NDArray[np.generic]]:
    """Our ordinary duty of each line, and whether it is ad valorem throughout."""
    schedule = us_schedule()
    rates, plain = {}, {}
    for code in frame["hts10"].unique():
        rows = schedule.rows(code)
        rates[code] = float(schedule.column1[rows[0]]) if rows.size else np.nan
        plain[code] = bool(rows.size) and str(schedule.kind[rows[0]]) in {"free", "ad valorem"}
    return {
        "my_ordinary": frame["hts10"].map(rates).to_numpy(),
        "plain": frame["hts10"].map(plain).to_numpy(dtype=bool),
    }


def shared_out(frame: pd.DataFrame) -> pd.Series:
    """Rows in which an estimated share enters the reference's total: content, USMCA, offset, exclusions."""
    content = (frame["nonmetal_share"] > 0.0) & (frame["nonmetal_share"] < 1.0)
    scaled = (frame["rate_232"] - frame["statutory_rate_232"]).abs() > EXACT
    offset = (frame["rate_232"] - frame["rate_232"].round(3)).abs() > EXACT
    excluded = (frame["rate_301"] - frame["rate_301"].round(3)).abs() > EXACT
    return content | scaled | offset | excluded | frame["iso3"].isin(["CAN", "MEX"])
