"""Worlds in and out of files, refusing what is too large, of another kind, or malformed."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.errors import WorldError
from detente.formatting import count
from detente.io.outputs import whole_file
from detente.world.io.layout import JSON_LISTS, JSON_MAPPINGS, LAYOUT, check_names, check_shape, make_dataset
from detente.world.io.netcdf import NetcdfFile
from detente.world.io.parquet import read_parquet, write_parquet

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr
    from numpy.typing import NDArray

# Largest file that is opened: fits in the memory of a laptop. 200 economies x 120 sectors take 0.1 GB.
LARGEST_FILE: Final = 2_000_000_000
# Largest number of labels on an axis and of cells in a variable that a header may claim.
LARGEST_AXIS: Final = 10_000
LARGEST_VARIABLE: Final = 250_000_000
_OTHER_KINDS: Final = {
    b"\x89HDF": "NetCDF 4 / HDF5",
    b"\x93NUM": "NumPy array, which may hold pickled objects",
    b"PK\x03\x04": "zip or NumPy archive, which may hold pickled objects",
    b"CDF\x05": "NetCDF 5",
    b"\x1f\x8b": "gzip",
}
_AXES: Final[tuple[str, ...]] = ("sector", "input", "importer", "exporter", "economy")
# Attributes by which a file says that its numbers are not the values.
_PACKING: Final = ("scale_factor", "add_offset")
# What the NetCDF and Parquet readers raise on damaged bytes.
_DAMAGED: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BufferError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    struct.error,
    TypeError,
    ValueError,
)


def write_world(data: xr.Dataset, path: Path | str) -> Path:
    """Write the data set of a world; the same content gives the same bytes."""
    path = Path(path)
    if path.suffix not in {".nc", ".parquet"}:
        raise WorldError(
            "unknown kind of world file",
            where=str(path),
            found=path.suffix or "no ending",
            allowed=".nc, .parquet",
            repair="rename it",
        )
    with whole_file(path) as handle:
        if path.suffix == ".parquet":
            write_parquet(data, handle)
        else:
            no_fill: Mapping[Any, Any] = {name: {"_FillValue": None} for name in LAYOUT}
            data.to_netcdf(handle, engine="scipy", format="NETCDF3_64BIT", encoding=no_fill)
    return path


def read_world(path: Path | str) -> xr.Dataset:
    """Read the data set of a world; size, kind, dimensions and shapes are checked before values are used."""
    path = Path(path)
    if not path.is_file():
        raise WorldError(
            "no such world file",
            where=str(path),
            found="nothing",
            allowed="a .nc or .parquet file",
            repair="check the path",
        )
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise WorldError(
            "world file too large",
            where=str(path),
            found=f"{count(size)} bytes",
            allowed=f"up to {count(LARGEST_FILE)} bytes",
            repair="aggregate economies or sectors before saving",
        )
    with path.open("rb") as stream:
        magic = stream.read(4)
    readers = {b"CDF\x01": _read_netcdf, b"CDF\x02": _read_netcdf, b"PAR1": _read_parquet}
    if magic not in readers:
        kind = next((word for head, word in _OTHER_KINDS.items() if magic.startswith(head)), "")
        kind = kind or (
            "pickled Python objects" if magic.startswith(b"\x80") else f"unknown content {magic!r}"
        )
        raise WorldError(
            "not a world file",
            where=str(path),
            found=kind,
            allowed="NetCDF 3 (classic or 64-bit offset) or Parquet",
            repair='save it with World.to_file, or xarray to_netcdf(engine="scipy")',
        )
    try:
        return readers[magic](path)
    except WorldError:
        raise
    except _DAMAGED as error:
        raise WorldError(
            "damaged world file",
            where=str(path),
            found="content that cannot be read to the end",
            allowed="a file as World.to_file writes it",
            repair="write the file again with World.to_file",
        ) from error


def _read_parquet(path: Path) -> xr.Dataset:
    data = read_parquet(path, lambda sizes: _read_sizes(sizes, path))
    labels = {dim: [str(x) for x in data[dim].to_numpy()] for dim in _AXES}
    arrays = {str(name): data[name].to_numpy() for name in data.data_vars}
    return _rebuild(arrays, labels, dict(data.attrs), path)


def _read_netcdf(path: Path) -> xr.Dataset:
    file = NetcdfFile(path)
    names = [name for name in file.variables if name not in _AXES]
    check_names(names)
    used = {dim: size for dim, size in file.sizes.items() if not dim.startswith("string")}
    sizes = _read_sizes(used, path)
    for name in names:
        found, where = file.variables[name], f"{path}: {name}"
        _check_kind(found.dtype, where)
        if found.dims != LAYOUT[name]:
            raise WorldError(
                "wrong dimensions of a variable of a world",
                where=where,
                found=found.dims,
                allowed=LAYOUT[name],
                repair="transpose it, or rename its dimensions",
            )
        check_shape(name, found.shape, sizes)
        packed = [key for key in _PACKING if key in found.attributes]
        if packed:
            raise WorldError(
                "a variable of a world is packed",
                where=where,
                found=", ".join(packed),
                allowed="plain numbers",
                repair="store the values themselves, without scale or offset",
            )
    labels = {dim: file.labels(dim) for dim in _AXES if dim in file.variables}
    missing = [dim for dim in _AXES if dim not in labels]
    if missing:
        raise WorldError(
            "a world file lacks labels",
            where=str(path),
            found=f"missing {missing}",
            allowed=", ".join(_AXES),
            repair="give every dimension a variable of its name with the labels",
        )
    return _rebuild({name: file.values(name) for name in names}, labels, file.attributes, path)


def _read_sizes(sizes: Mapping[str, int], path: Path) -> Mapping[str, int]:
    """Refuse a header whose axes are missing, disagree, or claim more than can be meant."""
    expected = {dim for dims in LAYOUT.values() for dim in dims}
    ok = (
        set(sizes) == expected
        and sizes["importer"] == sizes["exporter"] == sizes["economy"]
        and sizes["sector"] == sizes["input"]
        and min(sizes.values()) > 0
        and max(sizes.values()) <= LARGEST_AXIS
        and max(sizes["sector"], sizes["importer"]) ** 2 * sizes["sector"] <= LARGEST_VARIABLE
    )
    if not ok:
        raise WorldError(
            "wrong dimensions in a world file",
            where=str(path),
            found=dict(sizes),
            allowed=f"{sorted(expected)}; importer = exporter = economy, input = sector, up to "
            f"{count(LARGEST_VARIABLE)} cells in a variable",
            repair="see docs/world.md for the layout",
        )
    return sizes


def _check_kind(dtype: np.dtype[Any], where: str) -> None:
    if dtype.kind not in "fiu":
        raise WorldError(
            "a variable of a world is not numeric",
            where=where,
            found=dtype,
            allowed="float32, float64 or integers",
            repair="store numbers; text and objects are not read",
        )


def _rebuild(
    arrays: Mapping[str, NDArray[Any]],
    labels: Mapping[str, list[str]],
    attributes: Mapping[str, Any],
    path: Path,
) -> xr.Dataset:
    """Take over known content only: variables, labels and attributes of the layout."""
    needed = ("name", "year", "classification")
    missing = [key for key in needed if key not in attributes]
    if missing:
        raise WorldError(
            "a world file lacks attributes",
            where=str(path),
            found=f"missing {missing}",
            allowed=", ".join(needed),
            repair="set them as global attributes",
        )
    _check_labels(labels, path)
    plain = {
        key: value.item() if isinstance(value, np.generic) else value for key, value in attributes.items()
    }
    _check_attributes(plain, path)
    return make_dataset(
        {name: v.astype(v.dtype.newbyteorder("="), copy=False) for name, v in arrays.items()},
        economies=labels["economy"],
        sectors=labels["sector"],
        attributes=plain,
    )


def _check_attributes(attributes: Mapping[str, Any], path: Path) -> None:
    """Refuse an attribute that is not the JSON it has to be."""
    for keys, kind in ((JSON_LISTS, list), (JSON_MAPPINGS, dict)):
        for key in keys:
            text = attributes.get(key, json.dumps(kind()))
            try:
                found = json.loads(text)
            except (TypeError, ValueError):
                found = None
            if not isinstance(found, kind):
                raise WorldError(
                    "an attribute of a world file is not what it has to be",
                    where=f"{path}: {key}",
                    found=str(text)[:80],
                    allowed=f"JSON text of a {'list of sentences' if kind is list else 'mapping'}",
                    repair="write it with json.dumps, or leave it out",
                )


def _check_labels(labels: Mapping[str, list[str]], path: Path) -> None:
    for dim, like in (("importer", "economy"), ("exporter", "economy"), ("input", "sector")):
        if labels[dim] != labels[like]:
            raise WorldError(
                "labels of a world do not agree",
                where=f"{path}: {dim}",
                found=[a for a, b in zip(labels[dim], labels[like], strict=True) if a != b][:6],
                allowed=f"the labels of {like}, in the same order",
                repair=f"reorder the axis {dim}, values with it",
            )
