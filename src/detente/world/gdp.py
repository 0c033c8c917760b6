"""GDP of the economies of a world, beside the World Bank's, and which cells are estimated."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import xarray as xr

from detente.errors import WorldError
from detente.geography.economies import is_group
from detente.geography.economies import members as group_members
from detente.world.elasticities import read_rows
from detente.world.io.layout import LAYOUT, TARIFF_SOURCES, unpack_attribute

if TYPE_CHECKING:
    from collections.abc import Iterable

WORLD_BANK_YEAR: Final = 2022
_WORLD: Final = "WLD"
_WITHOUT: Final = "without taxes on final demand"


def measure_gdp(data: xr.Dataset) -> xr.DataArray:
    """
    Compute GDP by economy: value added and taxes less subsidies on inputs and on final demand.

    Gives USD million by economy, coordinate `basis` in words.
    """
    added = data["value_added_taxes"].to_numpy().sum(axis=0, dtype=np.float64)
    words = (_WITHOUT, *TARIFF_SOURCES[1:])
    basis = [words[code] for code in data["final_taxes_source"].to_numpy()]
    return xr.DataArray(
        added + data["final_taxes"].to_numpy(),
        dims="economy",
        coords={"economy": data["economy"].to_numpy(), "basis": ("economy", basis)},
        name="gdp",
        attrs={"units": "USD million"},
    )


def mark_estimated(data: xr.Dataset, variable: str) -> xr.DataArray:
    """Mark the estimated cells of a variable. Gives True where estimated."""
    if variable not in LAYOUT:
        raise WorldError(
            "unknown variable of a world",
            where="variable",
            found=variable,
            allowed=", ".join(LAYOUT),
            repair="see docs/world.md",
        )
    where = unpack_attribute(data, "estimated_cells").get(variable, {})
    marks = xr.zeros_like(data[variable], dtype=bool)
    if where == "all":
        return ~marks
    for dim, labels in where.items():
        marks = marks | data[dim].isin(labels)
    return marks.transpose(*LAYOUT[variable])


def _codes(label: str) -> tuple[str, ...]:
    """Codes of a group, all its members, or the label itself."""
    return group_members(label) if is_group(label.upper()) else (label,)


@cache
def world_bank_gdp() -> dict[str, float]:
    """
    Read GDP of 2022 as the World Bank publishes it.

    Returns
    -------
    dict
        ISO alpha-3 to current USD million; "WLD" is the published world total. The World Bank has no figure for TWN.

    Examples
    --------
    >>> round(world_bank_gdp()["USA"] / 1e6, 2)
    25.74
    """
    return {row["iso3"]: float(row["gdp_musd"]) for row in read_rows("world_bank_gdp_2022.csv")}


def gdp_share(members: str | Iterable[str]) -> float:
    """
    Part of the world's GDP of 2022 that some economies make, by the World Bank's figures.

    Parameters
    ----------
    members
        ISO alpha-3 codes, or names of groups such as RCEP.

    Returns
    -------
    float
        Fraction of the published world total.

    Raises
    ------
    WorldError
        An economy without a figure.

    Source: World Bank, World Development Indicators, NY.GDP.MKTP.CD (CC BY 4.0).

    Examples
    --------
    >>> round(gdp_share(["USA", "CHN"]), 3)
    0.431
    """
    known = world_bank_gdp()
    named = [members] if isinstance(members, str) else list(members)
    chosen = list(dict.fromkeys(code for label in named for code in _codes(label)))
    absent = [code for code in chosen if code not in known]
    if absent:
        raise WorldError(
            "no GDP of the World Bank for this economy",
            where="members",
            found=", ".join(absent),
            allowed="ISO alpha-3 codes of the 2022 table; it has none for TWN",
            repair="leave it out, or use World.gdp_share",
        )
    return sum(known[code] for code in chosen) / known[_WORLD]
