"""The embedded tables, read column by column when asked for."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.manifest import DATA, read_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NO_DAY: Final = np.datetime64("NaT", "D").astype(np.int64)
FOLDER: Final = DATA / "products"


@functools.cache
def _content(table: str) -> bytes:
    """A table's file, read and checked once."""
    return read_bytes(FOLDER / f"{table}.parquet")


def _table(table: str) -> Any:
    """A table, open: a `pyarrow.parquet.ParquetFile`, for one thread."""
    import pyarrow as pa  # noqa: PLC0415  (heavy, used only here)
    import pyarrow.parquet as pq  # noqa: PLC0415

    return pq.ParquetFile(pa.BufferReader(_content(table)))


@functools.cache
def column(table: str, name: str) -> Any:
    """One column of an embedded table: a `pyarrow.Array`, dictionary-encoded text decoded."""
    import pyarrow as pa  # noqa: PLC0415  (heavy, used only here)

    values = _table(table).read(columns=[name])[name].combine_chunks()
    return values.dictionary_decode() if pa.types.is_dictionary(values.type) else values


def texts(table: str, name: str) -> NDArray[np.str_]:
    """One column of text as a NumPy array, shape (rows,), read-only."""
    values = np.asarray(column(table, name).to_pylist(), dtype=np.str_)
    values.flags.writeable = False
    return values


def numbers(table: str, name: str) -> NDArray[np.float64]:
    """One column of numbers as a NumPy array, missing values as NaN, shape (rows,), read-only."""
    held = column(table, name)
    # The direct way, `to_numpy`, imports pandas.
    values = np.array(held.to_pylist() if held.null_count else np.from_dlpack(held), dtype=np.float64)
    values.flags.writeable = False
    return values


def days(table: str, name: str) -> NDArray[np.datetime64]:
    """One column of dates as a NumPy array, missing values as NaT, shape (rows,), read-only, resolution of a day."""
    import pyarrow as pa  # noqa: PLC0415  (as above)

    # By way of the days' numbers: the direct way imports pandas, half a second, and Python's dates are slow.
    numbers = column(table, name).view(pa.int32()).to_pylist()
    values = np.array([_NO_DAY if day is None else day for day in numbers], dtype=np.int64).view("M8[D]")
    values.flags.writeable = False
    return values


def coded(table: str, name: str) -> tuple[NDArray[np.str_], NDArray[np.intp]]:
    """
    One column of repeated text as labels and the place of each row's label.

    Sorted labels; index into them, shape (rows,).
    """
    values = _table(table).read(columns=[name])[name].unify_dictionaries().chunk(0)
    labels = np.asarray(values.dictionary.to_pylist(), dtype=np.str_)
    index = np.from_dlpack(values.indices).astype(np.intp)
    return labels, index
