"""
NetCDF 3 files of numbers and text, read without the machinery of a general reader.

Only what a world needs: fixed dimensions, plain types, no packing. Sizes are checked before any value is read.

Source: NetCDF classic format specification (Unidata), classic and 64-bit offset.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.manifest import read_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_TYPES: Final = {1: ">i1", 2: "S1", 3: ">i2", 4: ">i4", 5: ">f4", 6: ">f8"}
_DIMENSIONS, _VARIABLES, _ATTRIBUTES = 10, 11, 12
_WIDE: Final = b"CDF\x02"
_TEXT: Final = "S"
# Largest number of entries a list of a header may claim, and largest number of dimensions of a variable.
_LONGEST_LIST: Final = 10_000
_MOST_DIMENSIONS: Final = 32


@dataclass(frozen=True)
class Stored:
    """
    A variable of a file.

    dims, shape: Names and sizes of its dimensions.
    dtype: As stored, big-endian.
    attributes: Of the variable.
    begin: Position of its first value.
    """

    dims: tuple[str, ...]
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    attributes: dict[str, Any]
    begin: int


class NetcdfFile:
    """
    The header of a NetCDF 3 file, and its variables on demand.

    path: Classic or 64-bit offset format, known by its first four bytes.
    """

    def __init__(self, path: Path) -> None:
        self._bytes = read_bytes(path)
        self._at = 4
        self._wide = self._bytes[:4] == _WIDE
        self._integer()  # number of records
        self.sizes: dict[str, int] = {}
        for _ in range(self._count(_DIMENSIONS)):
            name = self._name()
            self.sizes[name] = self._integer()
        if 0 in self.sizes.values():
            raise ValueError("a dimension without a fixed size")
        self.attributes = self._read_attributes()
        names = list(self.sizes)
        self.variables = {}
        for _ in range(self._count(_VARIABLES)):
            key, variable = self._read_variable(names)
            self.variables[key] = variable

    def values(self, name: str) -> NDArray[Any]:
        """
        Read a variable.

        Gives read-only, in the file's byte order; text with its characters joined along the last dimension.
        """
        found = self.variables[name]
        flat = np.frombuffer(self._bytes, found.dtype, prod(found.shape), found.begin)
        out: NDArray[Any] = flat.reshape(found.shape)
        if found.dtype.kind == _TEXT and found.shape:
            joined = np.ascontiguousarray(out).view(f"S{found.shape[-1]}").reshape(found.shape[:-1])
            return np.char.decode(joined, "utf-8")
        return out

    def labels(self, name: str) -> list[str]:
        """Read a variable of one dimension as text."""
        return [str(x) for x in self.values(name).ravel()]

    def _take(self, count: int) -> bytes:
        part = self._bytes[self._at : self._at + count]
        if count < 0 or len(part) < count:
            raise ValueError("the file ends inside its header")
        self._at += count
        return part

    def _integer(self) -> int:
        return int(struct.unpack(">i", self._take(4))[0])

    def _offset(self) -> int:
        return int(struct.unpack(">q", self._take(8))[0]) if self._wide else self._integer()

    def _count(self, tag: int) -> int:
        found, count = self._integer(), self._integer()
        if (found, count) != (0, 0) and (found != tag or not 0 <= count <= _LONGEST_LIST):
            raise ValueError(f"a list of a header with tag {found} and {count} entries")
        return count

    def _padded(self, count: int) -> bytes:
        part = self._take(count)
        self._take(-count % 4)
        return part

    def _name(self) -> str:
        return self._padded(self._integer()).decode("utf-8")

    def _read_attributes(self) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for _ in range(self._count(_ATTRIBUTES)):
            name = self._name()
            dtype = np.dtype(_TYPES[self._integer()])
            raw = self._padded(self._integer() * dtype.itemsize)
            if dtype.kind == _TEXT:
                out[name] = raw.decode("utf-8").rstrip("\0")  # an empty text is stored as one NUL
            else:
                numbers = np.frombuffer(raw, dtype)
                out[name] = numbers[0].item() if numbers.size == 1 else numbers.tolist()
        return out

    def _read_variable(self, names: list[str]) -> tuple[str, Stored]:
        name = self._name()
        rank = self._integer()
        if not 0 <= rank <= _MOST_DIMENSIONS:
            raise ValueError(f"variable {name} with {rank} dimensions")
        dims = tuple(names[self._integer()] for _ in range(rank))
        attributes = self._read_attributes()
        dtype = np.dtype(_TYPES[self._integer()])
        self._integer()  # size, which follows from the shape
        begin = self._offset()
        shape = tuple(self.sizes[d] for d in dims)
        if begin < 0 or begin + prod(shape) * dtype.itemsize > len(self._bytes):
            raise ValueError(f"variable {name} lies outside the file")
        return name, Stored(dims, shape, dtype, attributes, begin)
