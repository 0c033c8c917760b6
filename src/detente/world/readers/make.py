"""From a published inter-country table to a checked world: aggregation, duties, elasticities."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.errors import WorldError
from detente.world.aggregation import aggregate_dataset
from detente.world.elasticities import read_elasticities, read_rows
from detente.world.investment import INVESTED, invested_text
from detente.world.io.frames import fill
from detente.world.io.layout import make_dataset, unpack_attribute
from detente.world.sectors import SERVICES, marked_services, read_sectors
from detente.world.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    import xarray as xr
    from numpy.typing import NDArray

    from detente.world.table import MultiRegionTable

    Array = NDArray[np.float64]
    Groups = Mapping[str, Sequence[str]]

_CLASSIFICATIONS: Final = ("icio49", "wiod35")
_INVENTORIES: Final = "inventories run down, as published; set to zero in the baseline and listed there"
# A gap between sales and output, relative to the largest output, that is in the last digits, and that can still
# be the rounding of a source to whole millions (WIOD: 3e-5).
_LAST_DIGITS: Final = 1e-6
_ROUNDING: Final = 1e-4
_HOUSEHOLDS, _SERVICES = "T", "S"


def make_world(
    table: MultiRegionTable,
    *,
    name: str,
    year: int,
    theta: Mapping[str, float] | float | None,
    tariffs: World | pd.DataFrame | None,
    groups: tuple[Groups, Groups] = ({}, {}),
    services: Iterable[str] = (),
) -> World:
    """
    Put a checked world together from a published table, its economies and sectors merged by `groups` first.

    Value added and taxes are output less inputs; the largest gap between sales and output is the tolerance, if it can be
    rounding. Services are labels of the table.
    """
    table = _fold_households(table)
    data = _draft(table, name, year, frozenset(services))
    if any(groups):
        data = aggregate_dataset(data, *groups)
    data = _in_known_order(data)
    economies = tuple(str(label) for label in data["economy"].to_numpy())
    sectors = tuple(str(label) for label in data["sector"].to_numpy())
    classification = _classification(sectors)
    inputs = table.inputs if sectors == table.sectors else data["intermediate"].to_numpy().transpose(2, 0, 1)
    arrays: dict[str, Any] = {str(key): data[key].to_numpy() for key in data.data_vars}
    if not any(groups):
        arrays |= {key: arrays[key].astype(np.float32) for key in ("intermediate", "final", "input_use")}
    if theta is not None or table.theta is None:
        arrays["theta"], arrays["theta_uncapped"] = _elasticities(sectors, classification, theta, inputs)
    estimated = ["Baseline tariffs are zero: the table has none."] if table.tariff is None else []
    if tariffs is not None:
        arrays["tariff"], arrays["tariff_source"], estimated = _duties(economies, sectors, tariffs)
    attributes = {
        "name": name,
        "year": year,
        "classification": classification,
        "estimated": [*estimated, *table.notes],
        "sources": [f"Read from {name}"],
        "tolerance": data.attrs["tolerance"],
        "negative_allowed": unpack_attribute(data, "negative_allowed"),
    }
    if INVESTED in data.attrs:
        attributes[INVESTED] = data.attrs[INVESTED]
    if classification == "custom" and (marked := _services(data, sectors)):
        attributes[SERVICES] = json.dumps(list(marked))
    world = World(make_dataset(arrays, economies=economies, sectors=sectors, attributes=attributes))
    world.check()
    return world


def _draft(table: MultiRegionTable, name: str, year: int, services: frozenset[str]) -> xr.Dataset:
    """The data set of a table before it is merged; elasticities of one where the table has none."""
    gap = np.abs(table.output - table.inputs.sum(axis=2) - table.final.sum(axis=2)).max()
    theta = np.ones(len(table.sectors)) if table.theta is None else table.theta
    arrays: dict[str, Any] = {
        "intermediate": table.inputs.transpose(1, 2, 0),
        "final": table.final.transpose(1, 2, 0),
        "input_use": table.needs.transpose(0, 2, 1),
        "output": table.output.T,
        "value_added_taxes": (table.output - table.costs).T,
        "theta": theta,
        "theta_uncapped": theta,
    }
    if table.final_taxes is not None:
        arrays["final_taxes"] = table.final_taxes
        arrays["final_taxes_source"] = np.ones(len(table.economies), np.int8)
    if table.tariff is not None:
        arrays["tariff"] = table.tariff
        arrays["tariff_source"] = (table.tariff > 0).astype(np.int8)
    attributes: dict[str, Any] = {
        "name": name,
        "year": year,
        "classification": _classification(table.sectors),
        "tolerance": _tolerance(float(gap), float(table.output.max())),
        "negative_allowed": {"final": _INVENTORIES, "value_added_taxes": "as published"},
    }
    if services:
        attributes[SERVICES] = sorted(services)
    if table.invested is not None:
        shares = dict(zip(table.economies, table.invested.tolist(), strict=True))
        attributes[INVESTED] = invested_text(shares, table.economies)
    return make_dataset(arrays, economies=table.economies, sectors=table.sectors, attributes=attributes)


def _tolerance(gap: float, largest: float) -> float:
    """Rounding of the source, USD million: none if the gap is in the last digits, or too large to be rounding."""
    return float(math.ceil(gap)) if _LAST_DIGITS * largest < gap <= _ROUNDING * largest else 0.0


def _fold_households(table: MultiRegionTable) -> MultiRegionTable:
    """Add T to S where the rest of the list is that of the package, which has no T."""
    known = {s.code for s in read_sectors("icio49")}
    return table.merged(_HOUSEHOLDS, _SERVICES) if set(table.sectors) == known | {_HOUSEHOLDS} else table


def _classification(sectors: Sequence[str]) -> str:
    for name in _CLASSIFICATIONS:
        if tuple(s.code for s in read_sectors(name)) == tuple(sectors):
            return name
    return "custom"


def _in_known_order(data: xr.Dataset) -> xr.Dataset:
    """The data set with its industries in the order of a list of the package, where they are that list in another order."""
    found = [str(label) for label in data["sector"].to_numpy()]
    for name in _CLASSIFICATIONS:
        order = [sector.code for sector in read_sectors(name)]
        if found != order and sorted(found) == sorted(order):
            return data.sel(sector=order, input=order)
    return data


def _services(data: xr.Dataset, sectors: Sequence[str]) -> tuple[str, ...]:
    """Services of a merged table: those the draft marks, else those of the package's own list where all are of it."""
    if marked := marked_services(data.attrs, sectors):
        return marked
    if SERVICES in data.attrs:
        known = {s.code: s.goods for s in read_sectors("icio49")}
        if all(sector in known for sector in sectors):
            return tuple(sector for sector in sectors if not known[sector])
    return ()


def _elasticities(
    sectors: Sequence[str], classification: str, theta: Mapping[str, float] | float | None, inputs: Array
) -> tuple[Array, Array]:
    """Elasticities within the caps and as published, or those given by the caller twice."""
    if isinstance(theta, Mapping):
        missing = [code for code in sectors if code not in theta]
        if missing:
            raise WorldError(
                "elasticities are missing",
                where="theta",
                found=", ".join(missing),
                allowed="one for every sector of the table",
                repair="add them, or give one number for all sectors",
            )
        given = np.array([float(theta[code]) for code in sectors])
        return given, given
    if theta is not None:
        given = np.full(len(sectors), float(theta))
        return given, given
    known = {row["industry"] for row in read_rows("elasticities.csv")}
    if classification == "custom" and not set(sectors) <= known:
        raise WorldError(
            "no elasticities for these sectors",
            where="theta",
            found=", ".join(code for code in sectors if code not in known),
            allowed="sectors of icio49 or wiod35, or `theta` by sector",
            repair="give `theta` as a mapping of sector to elasticity, or one number",
        )
    if classification == "custom":
        by_code = dict(
            zip(
                (s.code for s in read_sectors("icio49")),
                zip(*read_elasticities("icio49", {}), strict=True),
                strict=True,
            )
        )
        pairs = np.array([by_code[code] for code in sectors])
        return pairs[:, 0], pairs[:, 1]
    abroad = inputs.sum(axis=(0, 2)) - np.einsum("iji->j", inputs)
    return read_elasticities(classification, dict(zip(sectors, abroad, strict=True)))


def _duties(
    economies: Sequence[str], sectors: Sequence[str], tariffs: World | pd.DataFrame
) -> tuple[NDArray[Any], NDArray[np.int8], list[str]]:
    """Duties given as rows, or those of another world, with their sources and what is said of them."""
    if isinstance(tariffs, World):
        told = f"Baseline tariffs are those of {tariffs.name} ({tariffs.year})."
        return *_borrow_duties(economies, sectors, tariffs), [told]
    axes = {"sector": tuple(sectors)} | dict.fromkeys(("importer", "exporter"), tuple(economies))
    rate = fill("tariffs", tariffs, axes)["tariff"]
    return rate, (rate > 0).astype(np.int8), []


def _borrow_duties(
    economies: Sequence[str], sectors: Sequence[str], like: World
) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """Duties of another world for the labels both have; zero, not applicable, elsewhere."""
    size = len(economies)
    rate = np.zeros((len(sectors), size, size), np.float32)
    source = np.zeros(rate.shape, np.int8)
    mine = [k for k, code in enumerate(sectors) if code in like.sectors]
    here = [k for k, code in enumerate(economies) if code in like.economies]
    there = [like.economies.index(economies[k]) for k in here]
    theirs = [like.sectors.index(sectors[k]) for k in mine]
    to, of = np.ix_(mine, here, here), np.ix_(theirs, there, there)
    rate[to] = like.data["tariff"].to_numpy()[of]
    source[to] = like.data["tariff_source"].to_numpy()[of]
    return rate, source
