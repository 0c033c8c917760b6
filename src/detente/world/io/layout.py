"""The variables of a world: names, dimensions, units, and how a data set is put together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import xarray as xr

from detente.errors import WorldError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike

FLOW: Final = ("sector", "importer", "exporter")
LAYOUT: Final[Mapping[str, tuple[str, ...]]] = {
    "intermediate": FLOW,
    "final": FLOW,
    "input_use": ("input", "sector", "importer"),
    "output": ("sector", "economy"),
    "value_added_taxes": ("sector", "economy"),
    "tariff": FLOW,
    "tariff_source": FLOW,
    "theta": ("sector",),
    "theta_uncapped": ("sector",),
    "final_taxes": ("economy",),
    "final_taxes_source": ("economy",),
}
# Variables a file may leave out.
OPTIONAL: Final = ("final_taxes", "final_taxes_source")
UNITS: Final[Mapping[str, str]] = {
    "intermediate": "USD million, basic prices: sector's product sold by exporter as input to importer",
    "final": "USD million, basic prices: sector's product sold by exporter to final users of importer",
    "input_use": "USD million, basic prices: product `input` used by `sector` of economy `importer`",
    "output": "USD million, basic prices",
    "value_added_taxes": "USD million: value added and taxes less subsidies on inputs, duties included",
    "tariff": "fraction of the customs value, baseline applied duty of importer on exporter",
    "tariff_source": "0 not applicable, 1 observed, 2 derived, 3 assumed",
    "theta": "trade elasticity, positive, within the named caps",
    "theta_uncapped": "trade elasticity as published",
    "final_taxes": "USD million: taxes less subsidies on products bought by final users; for GDP only",
    "final_taxes_source": "0 not known, 1 observed, 2 derived, 3 assumed",
}
# The words behind the codes of `tariff_source`. 0 stands at home, in services and where nothing is traded.
TARIFF_SOURCES: Final = ("not applicable", "observed", "derived", "assumed")
# Attributes kept as JSON text: lists of sentences, and mappings.
JSON_LISTS: Final = ("estimated", "sources")
JSON_MAPPINGS: Final = ("negative_allowed", "estimated_cells")
# Attributes every world has.
REQUIRED: Final = ("name", "year", "classification")
_DIMS: Final = ("sector", "input", "importer", "exporter", "economy")


def make_dataset(
    arrays: Mapping[str, ArrayLike],
    *,
    economies: Sequence[str],
    sectors: Sequence[str],
    attributes: Mapping[str, Any],
) -> xr.Dataset:
    """Put labelled arrays together as the data set of a world."""
    sizes = {"sector": len(sectors), "input": len(sectors)}
    sizes |= dict.fromkeys(("importer", "exporter", "economy"), len(economies))
    filled = dict(arrays)
    shape = tuple(sizes[d] for d in FLOW)
    filled.setdefault("tariff", np.zeros(shape, np.float32))
    filled.setdefault("tariff_source", np.zeros(shape, np.int8))
    filled.setdefault("theta_uncapped", filled.get("theta", np.empty(0)))
    filled.setdefault("final_taxes", np.zeros(len(economies)))
    filled.setdefault("final_taxes_source", np.zeros(len(economies), np.int8))
    check_names(filled)
    data = {}
    for name, dims in LAYOUT.items():
        values = np.array(filled[name])
        check_shape(name, values.shape, sizes)
        values.flags.writeable = False
        data[name] = (dims, values, {"units": UNITS[name]})
    labels = {"sector": list(sectors), "input": list(sectors)}
    labels |= {dim: list(economies) for dim in ("importer", "exporter", "economy")}
    return xr.Dataset(data, coords=labels, attrs=pack_attributes(attributes))


def complete(data: Any) -> xr.Dataset:
    """
    The data set of a world with what may be left out filled in, or a refusal of what cannot be one.

    Gives the same where nothing was left out.
    """
    if not isinstance(data, xr.Dataset):
        raise WorldError(
            "a world is made of a labelled data set",
            where="World(data)",
            found=type(data).__name__,
            allowed="an xarray.Dataset with the variables of docs/world.md",
            repair="make it with detente.world.io.layout.make_dataset, or load a world with load_world",
        )
    check_names([str(name) for name in data.data_vars])
    if missing := [dim for dim in _DIMS if dim not in data.coords or data[dim].dims != (dim,)]:
        raise WorldError(
            "a world without labels",
            where="World(data)",
            found=f"no labels for {', '.join(missing)}",
            allowed=", ".join(_DIMS),
            repair="give the data set a coordinate for each of these dimensions",
        )
    sizes = {str(name): size for name, size in data.sizes.items()}
    for name in map(str, data.data_vars):
        _check_variable(name, data[name], sizes)
    lacking = {
        name: (LAYOUT[name], np.zeros(sizes["economy"], kind), {"units": UNITS[name]})
        for name, kind in zip(OPTIONAL, (np.float64, np.int8), strict=True)
        if name not in data
    }
    filled = data.assign(lacking) if lacking else data
    return _with_attributes(filled)


def _check_variable(name: str, values: xr.DataArray, sizes: Mapping[str, int]) -> None:
    """Refuse a variable of other dimensions, another shape, or of no numbers."""
    if values.dims != LAYOUT[name]:
        raise WorldError(
            "wrong dimensions of a variable of a world",
            where=name,
            found=values.dims,
            allowed=LAYOUT[name],
            repair="transpose the variable, or rename its dimensions",
        )
    check_shape(name, values.shape, sizes)
    if values.dtype.kind not in "fiub":
        raise WorldError(
            "a variable of a world that holds no numbers",
            where=name,
            found=f"values of kind {values.dtype}",
            allowed="whole numbers or decimals",
            repair="turn the values into numbers",
        )


def _with_attributes(data: xr.Dataset) -> xr.Dataset:
    """Fill the attributes that may be left out; refuse a world without those that may not, or that cannot be read."""
    if missing := [name for name in REQUIRED if name not in data.attrs]:
        raise WorldError(
            "a world lacks attributes",
            where="World(data)",
            found=f"no {', '.join(missing)}",
            allowed=f"{', '.join(REQUIRED)} are given",
            repair="add them with data.assign_attrs(...)",
        )
    attrs = pack_attributes(data.attrs)
    kinds: dict[str, type] = dict.fromkeys(JSON_LISTS, list) | dict.fromkeys(JSON_MAPPINGS, dict)
    for name in ("year", "tolerance", *kinds):
        try:
            value = json.loads(attrs[name]) if name in kinds else float(attrs[name])
        except (TypeError, ValueError):
            value = None
        if value is None or (name in kinds and not isinstance(value, kinds[name])):
            wanted = {"year": "a year", "tolerance": "an amount, USD million"}
            raise WorldError(
                "an attribute of a world that cannot be read",
                where=f"attribute {name}",
                found=attrs[name],
                allowed=wanted.get(name, f"JSON text of a {'list' if name in JSON_LISTS else 'mapping'}"),
                repair="write it as docs/world.md says",
            )
    return data if attrs.keys() == data.attrs.keys() else data.assign_attrs(attrs)


def check_names(found: Mapping[str, Any] | Sequence[str]) -> None:
    """Refuse a set of variables that lacks one of the layout or has one too many."""
    missing = [name for name in LAYOUT if name not in found and name not in OPTIONAL]
    unknown = [name for name in found if name not in LAYOUT]
    if missing or unknown:
        raise WorldError(
            "wrong variables in a world",
            where="variables",
            found=f"missing {missing}, unknown {unknown}",
            allowed=", ".join(LAYOUT),
            repair="give every variable of docs/world.md under its name, and no other",
        )


def check_shape(name: str, shape: tuple[int, ...], sizes: Mapping[str, int]) -> None:
    """Refuse an array whose shape does not follow its dimensions."""
    dims = LAYOUT[name]
    expected = tuple(sizes[dim] for dim in dims)
    if shape != expected:
        raise WorldError(
            "wrong shape of a variable of a world",
            where=name,
            found=f"shape {shape}",
            allowed=f"{dict(zip(dims, expected, strict=True))}",
            repair="order the axes as in docs/world.md, one entry per label",
        )


def pack_attributes(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Turn lists and mappings among the attributes into JSON text, which NetCDF can hold."""
    packed = {"variant": "", "tolerance": 0.0} | dict(attributes)
    for key in (*JSON_LISTS, *JSON_MAPPINGS):
        value = packed.get(key, {} if key in JSON_MAPPINGS else [])
        if not isinstance(value, str):
            packed[key] = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return dict(sorted(packed.items()))


def unpack_attribute(data: xr.Dataset, key: str) -> Any:
    """Read one of the JSON attributes back."""
    return json.loads(data.attrs[key])
