"""The source tables in the layout of a world: (sector, importer, exporter), USD million."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from detente.world.elasticities import read_rows
from detente.world.sectors import read_sectors

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

ICIO = "raw/oecd_icio_2025_2022"
ROW = "ROW"
# Regions of the 20-region table that are one economy, with an exact split of other costs.
SINGLE = (
    *("AUS", "CAN", "CHL", "CHN", "GBR", "IDN", "IND", "JPN", "KAZ", "KOR"),
    *("NOR", "RUS", "SGP", "TUR", "USA"),
)
# The EU's taxes on inputs for A01 to B09 are blank in the source; they add up to this (its printed row total).
_EU_BLANK_TAXES = 16_321.9


@dataclass(frozen=True)
class Icio:
    """
    The 2022 table without final demand: 80 economies, 49 industries (T inside S).

    Attributes
    ----------
    economies, sectors
        Labels, ROW left out.
    inputs
        (sector, importer, exporter).
    use
        (input, sector, importer).
    output, other_uses, other_costs
        (sector, economy).
    """

    economies: list[str]
    sectors: list[str]
    inputs: Array
    use: Array
    output: Array
    other_uses: Array
    other_costs: Array


@dataclass(frozen=True)
class Regions:
    """
    The 20-region table: exact value added and taxes.

    Attributes
    ----------
    of
        Economy to region, ROW included.
    output, value_added, taxes
        Region to (sector,); taxes are less subsidies, on inputs.
    final_taxes
        Region to taxes less subsidies on final demand.
    """

    of: dict[str, str]
    output: dict[str, Array]
    value_added: dict[str, Array]
    taxes: dict[str, Array]
    final_taxes: dict[str, float]


@dataclass(frozen=True)
class Observed:
    """
    A published table with final demand: inputs and final sales, (sector, importer, exporter).

    Attributes
    ----------
    economies, sectors
        Labels.
    inputs, final
        USD million; negative final cells (inventories) are set to zero.
    """

    economies: list[str]
    sectors: list[str]
    inputs: Array
    final: Array


def fold_households(values: Array, codes: list[str], axes: tuple[int, ...]) -> Array:
    """Add industry T (households as employers) to S along the axes given."""
    s, t = codes.index("S"), codes.index("T")
    for axis in axes:
        moved = np.moveaxis(values.copy(), axis, 0)
        moved[s] += moved[t]
        values = np.moveaxis(np.delete(moved, t, axis=0), 0, axis)
    return np.ascontiguousarray(values)


def read_icio(shared: Path) -> Icio:
    """
    Read the table of 2022.

    Parameters
    ----------
    shared
        Folder that holds `raw/`.

    Returns
    -------
    Icio
        Industries in the order of sectors.csv.
    """
    with np.load(shared / ICIO / "icio2022_compact.npz") as table:
        codes = [str(x) for x in table["industries"]]
        economies = [str(x) for x in table["countries"]]
        trade = table["trade_intermediate"].astype(np.float64)
        use = table["io_use"].astype(np.float64)
        others = [table[name].T for name in ("gross_output", "other_uses", "other_costs")]
    sectors = [code for code in codes if code != "T"]
    expected = [s.code for s in read_sectors("icio49")]
    if sectors != expected:
        raise SystemExit(f"industries of the source {sectors} are not those of sectors.csv {expected}")
    return Icio(
        economies,
        sectors,
        fold_households(trade, codes, (2,)).transpose(2, 1, 0).copy(),
        fold_households(use, codes, (1, 2)).transpose(1, 2, 0).copy(),
        *(fold_households(values, codes, (0,)) for values in others),
    )


def read_regions(shared: Path) -> Regions:
    """
    Read the 20-region table of value added and taxes.

    Parameters
    ----------
    shared
        Folder that holds `raw/`.

    Returns
    -------
    Regions
        T inside S; the EU's blank taxes shared out by output.
    """
    frame = pd.read_csv(shared / ICIO / "icio2022_va_tls_20regions.csv")
    codes = list(dict.fromkeys(frame["industry"]))
    columns = {}
    for name in ("gross_output", "value_added", "taxes_less_subsidies_on_inputs"):
        wide = frame.pivot_table(index="industry", columns="region", values=name, dropna=False).loc[codes]
        columns[name] = wide
    _fill_taxes(columns, shared)
    folded = [
        {str(r): fold_households(wide[r].to_numpy(np.float64), codes, (0,)) for r in wide}
        for wide in columns.values()
    ]
    regions = pd.read_csv(shared / ICIO / "icio2022_region20_map.csv").set_index("economy")["region20"]
    final = pd.read_csv(shared / ICIO / "icio2022_tls_on_final_demand_20regions.csv", index_col="region")
    return Regions({str(k): str(v) for k, v in regions.items()}, *folded, final.sum(axis=1).to_dict())


def _fill_taxes(columns: dict[str, pd.DataFrame], shared: Path) -> None:
    """
    Share the EU's blank taxes out in proportion to other costs less value added, in place.

    That difference is taxes plus inputs from ROW, so neither part can turn out negative.
    """
    taxes = columns["taxes_less_subsidies_on_inputs"]
    blank = taxes["EU27"].isna().to_numpy()
    regions = pd.read_csv(shared / ICIO / "icio2022_region20_map.csv").set_index("economy")["region20"]
    with np.load(shared / ICIO / "icio2022_compact.npz") as table:
        members = [regions[str(c)] == "EU27" for c in table["countries"]]
        costs = table["other_costs"][members].sum(axis=0)
    weight = (costs - columns["value_added"]["EU27"].to_numpy())[blank]
    taxes.loc[blank, "EU27"] = _EU_BLANK_TAXES * weight / weight.sum()


def read_wiod(shared: Path, year: int) -> Observed:
    """
    Read a year of the World Input-Output Database, 2013 release.

    Parameters
    ----------
    shared
        Folder that holds `raw/`.
    year
        1995, 2000, 2005, 2007, 2008, 2009 or 2011.

    Returns
    -------
    Observed
        41 economies (ROW last), 35 industries.
    """
    with np.load(shared / f"raw/wiod_2013_release/wiot_{year}.npz") as table:
        use, final = table["Z"].astype(np.float64), table["F"].astype(np.float64)
        names = [str(c) for c in table["countries"]]
        sectors = [str(c) for c in table["industries"]]
    economies = [{"ROM": "ROU", "RoW": ROW}.get(c, c) for c in names]
    n, j = len(economies), len(sectors)
    inputs = use.reshape(n, j, n, j).sum(axis=3).transpose(1, 2, 0)
    finals = final.reshape(n, j, n, -1).sum(axis=3).transpose(1, 2, 0)
    return Observed(economies, sectors, inputs.copy(), np.maximum(finals, 0.0))


def read_g20(shared: Path) -> Observed:
    """
    Read the 2019 table by section (19 G20 economies, the others as ROW; T inside S).

    Parameters
    ----------
    shared
        Folder that holds `raw/`.

    Returns
    -------
    Observed
        20 economies, 19 sections.
    """
    with np.load(shared / "raw/oecd_icio_2023_2019_g20/icio2019_g20_sections.npz") as table:
        codes = [str(x) for x in table["sections"]]
        inputs, final = table["trade_intermediate"], table["final_demand"].sum(axis=3)
        economies = [str(x) for x in table["countries"]]
    folded = [fold_households(v, codes, (2,)).transpose(2, 1, 0).copy() for v in (inputs, final)]
    return Observed(economies, [c for c in codes if c != "T"], *folded)


def wiod_of_icio() -> dict[str, str]:
    """Each icio49 industry's WIOD industry; where several, the first that is wholly its own kind."""
    first: dict[str, str] = {}
    for row in read_rows("wiod35_icio49.csv"):
        first.setdefault(row["icio49"], row["wiod35"])
    return first | {"G": "c20", "S": "c34"}


def read_goods_trade(shared: Path, economies: list[str]) -> Array:
    """
    BACI 2023, all goods, USD million: (importer, exporter) over the economies, then one row and column of others.

    Parameters
    ----------
    shared
        Folder that holds `raw/`.
    economies
        Labels; those BACI lacks have zeros.

    Returns
    -------
    numpy.ndarray
        (N + 1, N + 1); the last index holds every economy outside the list.
    """
    frame = pd.read_parquet(shared / "raw/baci_2023_total_bilateral/baci_hs22_2023_total_goods.parquet")
    position = {economy: k for k, economy in enumerate(economies)}
    n, i = (
        frame[side].map(position).fillna(len(economies)).to_numpy(np.intp)
        for side in ("importer", "exporter")
    )
    out = np.zeros((len(economies) + 1, len(economies) + 1))
    np.add.at(out, (n, i), frame["value_kusd"].to_numpy(np.float64) / 1e3)
    return out


def read_balances(shared: Path) -> pd.DataFrame:
    """Exports and imports of goods and services, 2022, USD million, by economy with both."""
    path = shared / "raw/cia_factbook_trade_2021_2024/exports_imports_goods_services_musd.csv"
    frame = pd.read_csv(path).set_index("iso3")[["exports_2022", "imports_2022"]].dropna()
    return frame.set_axis(["exports", "imports"], axis=1)
