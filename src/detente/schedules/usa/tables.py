"""The embedded tables, read column by column when asked for."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

import numpy as np

from detente.io.columns import ENDING, Columns
from detente.manifest import DATA, read_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDER: Final = DATA / "products"


@functools.cache
def table(name: str) -> Columns:
    """A table, its file read and checked once."""
    return Columns(read_bytes(FOLDER / f"{name}{ENDING}"))


@functools.cache
def strings(name: str, column: str) -> list[str]:
    """One column of text, (rows,): for single cells of a column whose texts are long."""
    return table(name).strings(column)


@functools.cache
def values(name: str, column: str) -> NDArray[np.generic]:
    """One column of numbers or days as it is kept, shape (rows,), read-only: for single cells."""
    return table(name).values(column)


def texts(name: str, column: str) -> NDArray[np.str_]:
    """One column of text as a NumPy array, shape (rows,), read-only."""
    return table(name).texts(column)


def numbers(name: str, column: str) -> NDArray[np.float64]:
    """One column of numbers as a NumPy array, missing values as NaN, shape (rows,), read-only."""
    return table(name).numbers(column)


def days(name: str, column: str) -> NDArray[np.datetime64]:
    """One column of dates as a NumPy array, missing values as NaT, shape (rows,), read-only, resolution of a day."""
    return np.asarray(values(name, column), dtype="M8[D]")


def coded(name: str, column: str) -> tuple[NDArray[np.str_], NDArray[np.intp]]:
    """
    One column of repeated text as labels and the place of each row's label.

    Sorted labels; index into them, shape (rows,).
    """
    return table(name).coded(column)
