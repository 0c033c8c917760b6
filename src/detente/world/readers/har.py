"""
Header array files of GEMPACK: a name of four letters, then what is filed under it.

A file is a row of records, each between its length in bytes, four bytes little-endian. A header is a record of four letters,
one that tells type, description and dimensions, and records of content, which all begin with four blanks. Types read here:
1C (text), 2I and 2R (matrices), RL (up to seven dimensions) and RE (with elements of its sets), the last two full or sparse.

Source: the readers of R, HARr (CC0), and of Julia, HeaderArrayFile (its README).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.formatting import count
from detente.world.table import refuse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

_INT: Final = np.dtype("<i4")
_REAL: Final = np.dtype("<f4")
_BLANK: Final = b"    "
# Places in the second record of a header: type, and where the number of dimensions stands, followed by their sizes.
_TYPE: Final = slice(4, 10)
_DIMENSIONS: Final = 80
# Where names of sets stand in the record on sets, and their length; a mark tells which of them have elements.
_SETS, _WORD, _KNOWN = 32, 12, b"k"
# Bytes before the content of a record, by kind.
_TEXT_AT, _MATRIX_AT, _FRAME_AT, _SPARSE_AT = 16, 32, 8, 16
_READ: Final = ("1CFULL", "2IFULL", "2RFULL", "RLFULL", "REFULL", "RLSPSE", "RESPSE")
_LARGEST: Final = 100_000_000


@dataclass(frozen=True)
class HeaderArray:
    """
    What stands under one name.

    name, kind: Four letters, and the type.
    values: Numbers, an axis a set; text for 1C.
    elements: Labels of each axis; empty where the file has none.
    """

    name: str
    kind: str
    values: NDArray[Any]
    elements: tuple[tuple[str, ...], ...] = ()


def read_har(path: Path, names: Collection[str] | None = None) -> dict[str, HeaderArray]:
    """What stands in a file under some names, in capitals; under all by default."""
    found: dict[str, HeaderArray] = {}
    for name, records in _headers(path):
        if names is None or name in names:
            found[name] = _decode(path, name, records)
    return found


def _headers(path: Path) -> Iterator[tuple[str, list[bytes]]]:
    """Names with their records."""
    name, records = "", list[bytes]()
    for record in _records(path):
        if len(record) == len(_BLANK) and record != _BLANK:
            if name:
                yield name, records
            name, records = record.decode("latin-1").strip().upper(), []
        elif name:
            records.append(record)
    if not name:
        raise _no_file(path, "no header in it")
    yield name, records


def _records(path: Path) -> Iterator[bytes]:
    """Records in order; a file that is cut short or of another kind is refused."""
    with path.open("rb") as stream:
        while head := stream.read(_INT.itemsize):
            if len(head) < _INT.itemsize:
                raise _no_file(path, "an end within a length")
            length = int(np.frombuffer(head, _INT)[0])
            if not 0 < length <= path.stat().st_size:
                raise _no_file(path, f"a record of {count(length)} bytes")
            record, tail = stream.read(length), stream.read(_INT.itemsize)
            if len(record) < length or tail != head:
                raise _no_file(
                    path, f"a record of {count(length)} bytes whose end does not repeat its length"
                )
            yield record


def _no_file(path: Path, found: str) -> Exception:
    return refuse(
        "no header array file, or a damaged one",
        path,
        found,
        "records between their lengths, as GEMPACK writes since version 5",
        "save it again, with ViewHAR or as a file of one year's data base",
    )


def _decode(path: Path, name: str, records: list[bytes]) -> HeaderArray:
    """Content by type."""
    kind = records[0][_TYPE].decode("latin-1") if records else "nothing"
    if kind not in _READ:
        raise refuse(
            "a type of header that is not read",
            path,
            f"{name}: {kind}",
            ", ".join(_READ),
            "save the header as real values, full or sparse",
        )
    try:
        shape = _shape(records[0])
        if kind == "1CFULL":
            return HeaderArray(name, kind, _text(records[1:], shape))
        if kind in ("2IFULL", "2RFULL"):
            return HeaderArray(name, kind, _matrix(records[1:], shape, _INT if kind == "2IFULL" else _REAL))
        elements, used, rest = (
            _sets(records[1:], shape) if kind.startswith("RE") else ((), len(shape), records[1:])
        )
        flat = _full(rest, shape) if kind.endswith("FULL") else _sparse(rest, shape)
        return HeaderArray(name, kind, flat.reshape(shape[:used], order="F"), elements)
    except (IndexError, ValueError) as error:
        raise _no_file(path, f"{name} ({kind}): {error}") from error


def _shape(record: bytes) -> tuple[int, ...]:
    """Dimensions, as the second record of a header tells them."""
    sizes = _ints(record, _DIMENSIONS)
    shape = tuple(int(size) for size in sizes[1 : 1 + int(sizes[0])])
    if min(shape, default=0) < 0 or float(np.prod(shape, dtype=np.float64)) > _LARGEST:
        raise ValueError(f"dimensions {shape}")
    return shape


def _ints(record: bytes, start: int, number: int | None = None) -> NDArray[np.int32]:
    """Whole numbers of a record from a place on, so many or all that fit."""
    fit = (len(record) - start) // _INT.itemsize
    return np.frombuffer(record, _INT, count=fit if number is None else number, offset=start)


def _words(content: bytes, width: int, number: int) -> list[str]:
    """Text of equal length."""
    return [
        content[k * width : (k + 1) * width].decode("latin-1").replace("\0", " ").strip()
        for k in range(number)
    ]


def _text(records: list[bytes], shape: tuple[int, ...]) -> NDArray[Any]:
    """Text of equal length; a record tells how many it holds."""
    number, width = shape
    words: list[str] = []
    for record in records:
        words += _words(record[_TEXT_AT:], width, int(_ints(record, _TEXT_AT - 4, 1)[0]))
    if len(words) != number:
        raise ValueError(f"{len(words)} of {number} texts")
    return np.array(words)


def _matrix(records: list[bytes], shape: tuple[int, ...], kind: np.dtype[Any]) -> NDArray[Any]:
    """A matrix in blocks; a record tells the first and last row and column of its own."""
    out = np.full(shape, np.nan if kind == _REAL else 0, np.float64)
    for record in records:
        top, bottom, left, right = map(int, _ints(record, 16, 4))
        block = np.frombuffer(record, kind, offset=_MATRIX_AT)
        out[top - 1 : bottom, left - 1 : right] = block.reshape(
            (bottom - top + 1, right - left + 1), order="F"
        )
    return out


def _sets(
    records: list[bytes], shape: tuple[int, ...]
) -> tuple[tuple[tuple[str, ...], ...], int, list[bytes]]:
    """Labels of each axis, how many axes are used, and the records after them."""
    head = records[0]
    used = int(_ints(head, 12, 1)[0])
    names = _words(head[_SETS:], _WORD, used)
    marks = head[_SETS + used * _WORD :][:used]
    listed = list(dict.fromkeys(n for n, mark in zip(names, marks, strict=True) if bytes([mark]) == _KNOWN))
    labels: dict[str, list[str]] = {}
    rest = records[1:]
    for name in listed:
        labels[name], rest = _elements(rest)
    elements = tuple(
        tuple(labels.get(name, [str(k + 1) for k in range(size)]))
        for name, size in zip(names, shape, strict=False)
    )
    if any(len(axis) != size for axis, size in zip(elements, shape, strict=False)):
        raise ValueError(f"sets of {[len(axis) for axis in elements]} elements, dimensions {shape[:used]}")
    return elements, used, rest


def _elements(records: list[bytes]) -> tuple[list[str], list[bytes]]:
    """Elements of one set, which may go over several records, and the records after them."""
    total = int(_ints(records[0], 8, 1)[0])
    words: list[str] = []
    for k, record in enumerate(records):
        words += _words(record[_TEXT_AT:], _WORD, int(_ints(record, 12, 1)[0]))
        if len(words) >= total:
            return words, records[k + 1 :]
    raise ValueError(f"{len(words)} of {total} elements")


def _full(records: list[bytes], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """All values in column order: after a record of sizes, pairs of a box (first and last of each axis) and its values."""
    out = np.full(shape, np.nan)
    frames = records[1:]
    for box, values in zip(frames[::2], frames[1::2], strict=True):
        ends = _ints(box, _FRAME_AT, 2 * len(shape)).reshape(-1, 2)
        cells = tuple(slice(int(first) - 1, int(last)) for first, last in ends)
        block = np.frombuffer(values, _REAL, offset=_FRAME_AT)
        out[cells] = block.reshape([int(last) - int(first) + 1 for first, last in ends], order="F")
    if np.isnan(out).any():
        raise ValueError(f"{int(np.isnan(out).sum())} of {out.size} values are missing")
    return out.ravel(order="F")


def _sparse(records: list[bytes], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """All values in column order, of records of places (from 1) and their values; the others are zero."""
    out = np.zeros(int(np.prod(shape)))
    total, seen = int(_ints(records[0], 4, 1)[0]), 0
    for record in records[1:]:
        number = int(_ints(record, 12, 1)[0])
        places = _ints(record, _SPARSE_AT, number)
        if number and not 1 <= places.min() <= places.max() <= out.size:
            raise ValueError(f"a place outside {shape}")
        out[places - 1] = np.frombuffer(record, _REAL, count=number, offset=_SPARSE_AT + 4 * number)
        seen += number
    if seen != total:
        raise ValueError(f"{seen} of {total} values")
    return out
