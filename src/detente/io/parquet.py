"""Parquet, which only files of users need: an extra."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from detente.errors import InputError


def has_parquet() -> bool:
    """Whether Parquet can be read and written here."""
    return find_spec("pyarrow") is not None


def parquet(where: str) -> Any:
    """The module that reads and writes Parquet; refuses where the extra is missing."""
    try:
        import pyarrow.parquet as found  # noqa: PLC0415  (an extra, and 170 MB)
    except ImportError:
        raise InputError(
            "Parquet cannot be read or written",
            where=where,
            found="pyarrow is not installed",
            allowed="the extra [parquet], or another kind of file: CSV, or NetCDF for a world",
            repair='pip install "detente[parquet]"',
        ) from None
    return found
