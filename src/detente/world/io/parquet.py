"""Worlds as a long Parquet table: one row per cell, labels in columns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import xarray as xr

from detente.errors import WorldError
from detente.formatting import count
from detente.io.parquet import parquet
from detente.world.io.layout import LAYOUT, check_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_LABELS = ("sector", "importer", "exporter", "input", "economy")
_META = b"detente"


def write_parquet(data: xr.Dataset, file: BinaryIO) -> None:
    """Write every cell of every variable as a row."""
    pq = parquet("a world as Parquet")
    import pyarrow as pa  # noqa: PLC0415  (an extra)

    parts: dict[str, list[Any]] = {name: [] for name in ("variable", *_LABELS, "value")}
    for name, dims in LAYOUT.items():
        values = data[name].to_numpy()
        index = np.indices(values.shape).reshape(values.ndim, -1)
        parts["variable"].append(np.full(values.size, name))
        for label in _LABELS:
            names = data[label].to_numpy()
            parts[label].append(
                names[index[dims.index(label)]] if label in dims else np.full(values.size, "", names.dtype)
            )
        parts["value"].append(values.astype(np.float64).ravel())
    columns = {name: np.concatenate(chunks) for name, chunks in parts.items()}
    table = pa.table(
        {
            name: pa.array(column, pa.float64()) if name == "value" else pa.array(column).dictionary_encode()
            for name, column in columns.items()
        }
    )
    meta = {
        "attributes": dict(data.attrs),
        "dtypes": {name: data[name].dtype.str.lstrip("<>|=") for name in LAYOUT},
        "economy": [str(x) for x in data["economy"].to_numpy()],
        "sector": [str(x) for x in data["sector"].to_numpy()],
    }
    table = table.replace_schema_metadata({_META: json.dumps(meta, sort_keys=True).encode()})
    pq.write_table(table, file, compression="zstd")


def read_parquet(path: Path, check_sizes: Callable[[Mapping[str, int]], object]) -> xr.Dataset:
    """Read a table written by `write_parquet`, or one with the same columns, its labels and year read off the rows."""
    pq = parquet(str(path))
    schema = pq.read_schema(path)
    meta = json.loads((schema.metadata or {}).get(_META, b"{}"))
    missing = [name for name in ("variable", *_LABELS, "value") if name not in schema.names]
    if missing:
        raise WorldError(
            "a Parquet world lacks columns",
            where=str(path),
            found=f"missing {missing}",
            allowed="columns variable, sector, importer, exporter, input, economy, value",
            repair="see docs/world.md for the layout; a label that a variable does not have is an empty text",
        )
    _check_types(schema, path)
    if not meta:
        return _read_rows(pq.read_table(path).to_pandas(), path, check_sizes)
    if missing := [key for key in ("attributes", "dtypes", "economy", "sector") if key not in meta]:
        raise WorldError(
            "a Parquet world lacks metadata",
            where=str(path),
            found=f"missing {missing}",
            allowed="all of attributes, dtypes, economy and sector under `detente`, or none",
            repair="write it with World.to_file, or drop the metadata: labels are then read off the rows",
        )
    labels = {"sector": meta["sector"], "input": meta["sector"]}
    labels |= dict.fromkeys(("importer", "exporter", "economy"), meta["economy"])
    sizes = {dim: len(names) for dim, names in labels.items()}
    check_sizes(sizes)
    cells = sum(int(np.prod([sizes[d] for d in dims])) for dims in LAYOUT.values())
    rows = pq.read_metadata(path).num_rows
    if rows > cells:
        raise WorldError(
            "a Parquet world has more rows than cells",
            where=str(path),
            found=f"{count(rows)} rows",
            allowed=f"{count(cells)}: one row per cell",
            repair="remove duplicates",
        )
    frame = pq.read_table(path).to_pandas()
    return xr.Dataset(_arrays(frame, labels, meta["dtypes"], path), coords=labels, attrs=meta["attributes"])


def _read_rows(frame: Any, path: Path, check_sizes: Callable[[Mapping[str, int]], object]) -> xr.Dataset:
    """Read a table without metadata: labels in the order of the rows, the year from the row `year`."""
    years = frame.loc[frame["variable"] == "year", "value"]
    if len(years) != 1:
        raise WorldError(
            "a Parquet world without its year",
            where=str(path),
            found=f"{count(len(years))} rows with variable `year`",
            allowed="one row: variable `year`, empty labels, the year in `value`",
            repair="add the row",
        )
    frame = frame[frame["variable"] != "year"]
    frame = frame.assign(**{name: frame[name].astype(str) for name in ("variable", *_LABELS)})
    sectors = [name for name in dict.fromkeys(frame["sector"]) if name]
    traders = (*frame["exporter"], *frame["importer"], *frame["economy"])
    economies = [name for name in dict.fromkeys(traders) if name]
    labels = {"sector": sectors, "input": sectors}
    labels |= dict.fromkeys(("importer", "exporter", "economy"), economies)
    check_sizes({dim: len(names) for dim, names in labels.items()})
    attributes = {"name": path.stem, "year": int(years.iloc[0]), "classification": "custom"}
    arrays = _arrays(frame, labels, {}, path)
    for name in ("final_taxes", "final_taxes_source"):
        arrays.setdefault(name, (LAYOUT[name], np.zeros(len(economies))))
    return xr.Dataset(arrays, coords=labels, attrs=attributes)


def _arrays(
    frame: Any, labels: Mapping[str, list[str]], dtypes: Mapping[str, str], path: Path
) -> dict[str, tuple[tuple[str, ...], np.ndarray[Any, np.dtype[Any]]]]:
    """Arrays of the variables from rows; a cell without a row is missing."""
    sizes = {dim: len(names) for dim, names in labels.items()}
    check_names(list(frame["variable"].unique()))
    arrays = {}
    for name, part in frame.groupby("variable", observed=True):
        dims = LAYOUT[str(name)]
        values = np.full([sizes[d] for d in dims], np.nan)
        index = tuple(_positions(part[dim], labels[dim], f"{path}: {name}") for dim in dims)
        flat = np.ravel_multi_index(index, values.shape)
        if len(np.unique(flat)) != len(flat):
            raise WorldError(
                "a cell stands twice in a Parquet world",
                where=f"{path}: {name}",
                found="the same labels in two rows",
                allowed="one row for each cell",
                repair="keep one",
            )
        values.ravel()[flat] = part["value"].to_numpy(np.float64)
        arrays[str(name)] = (dims, _cast(values, dtypes.get(str(name), "f8")))
    return arrays


def _check_types(schema: Any, path: Path) -> None:
    """Refuse labels that are not text and values that are not numbers, before any is read."""
    import pyarrow as pa  # noqa: PLC0415  (an extra)

    for name in ("variable", *_LABELS, "value"):
        kind = schema.field(name).type
        plain = kind.value_type if pa.types.is_dictionary(kind) else kind
        number = pa.types.is_floating(plain) or pa.types.is_integer(plain)
        if not (number if name == "value" else pa.types.is_string(plain) or pa.types.is_large_string(plain)):
            raise WorldError(
                "a column of a Parquet world has the wrong type",
                where=f"{path}: {name}",
                found=kind,
                allowed="numbers in `value`, text in the others",
                repair="write plain numbers and text; objects are not read",
            )


def _positions(column: Any, labels: list[str], where: str) -> np.ndarray[Any, np.dtype[np.intp]]:
    index = {label: k for k, label in enumerate(labels)}
    found = [index.get(str(x), -1) for x in column]
    if -1 in found:
        raise WorldError(
            "unknown label in a Parquet world",
            where=where,
            found=str(column.iloc[found.index(-1)]),
            allowed=", ".join(labels),
            repair="list the label in the metadata, or correct the row",
        )
    return np.array(found, dtype=np.intp)


def _cast(values: np.ndarray[Any, np.dtype[np.float64]], dtype: str) -> np.ndarray[Any, np.dtype[Any]]:
    """Give the stored type back, unless a cell is missing."""
    return values if np.isnan(values).any() or dtype not in ("f4", "i1") else values.astype(dtype)
