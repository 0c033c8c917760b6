"""
Tables of the package: columns of text, numbers, days and flags in one small file, read one by one with NumPy alone.

A file is a first line that says what it is, a second in JSON with the source and where each column lies, and the columns,
each deflated for itself. Whole numbers are kept in as few bytes as they need, as they are, as differences, or as places in a
list of the different ones, whichever is smaller; the first bytes of all numbers stand first, then all second ones, as
alike bytes deflate well. The same content gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import json
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

ENDING: Final = ".columns"
_MAGIC: Final = b"detente columns 1\n"
# Between texts, in none of which it may stand.
_BREAK: Final = "\0"
_WHOLE: Final = ("u1", "i1", "u2", "i2", "u4", "i4", "i8")
_NO_DAY: Final = -(2**31)


@dataclass(frozen=True)
class Columns:
    """
    A table, of which columns are read when asked for.

    content: The file.
    """

    content: bytes = field(repr=False)

    @cached_property
    def _head(self) -> dict[str, Any]:
        """What the second line says, and where the columns begin."""
        start = len(_MAGIC)
        end = self.content.find(b"\n", start)
        if not self.content.startswith(_MAGIC) or end < 0:
            raise InputError(
                "not a table of the package",
                where="io.columns",
                found=repr(self.content[: len(_MAGIC)]),
                allowed=f"a file that begins with {_MAGIC.decode().strip()!r}",
                repair="build it with the script that writes it",
            )
        head: dict[str, Any] = json.loads(self.content[start:end])
        head["start"] = end + 1
        return head

    def __len__(self) -> int:
        """Number of rows."""
        return int(self._head["rows"])

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns in their order."""
        return tuple(self._head["columns"])

    @property
    def source(self) -> str:
        """Where the table comes from."""
        return str(self._head["source"])

    def strings(self, name: str) -> list[str]:
        """One column of text, (rows,)."""
        held = self._column(name)
        if "index" not in held:
            return self._parted(held["texts"])[: len(self)]
        labels = self._parted(held["texts"])
        return [labels[at] for at in self._array(held["index"]).tolist()]

    def texts(self, name: str) -> NDArray[np.str_]:
        """One column of text as an array as wide as its longest, shape (rows,), read-only."""
        held = self._column(name)
        if "index" not in held:
            return _fixed(np.array(self.strings(name), dtype=np.str_))
        return _fixed(np.array(self._parted(held["texts"]), dtype=np.str_)[self._array(held["index"])])

    def coded(self, name: str) -> tuple[NDArray[np.str_], NDArray[np.intp]]:
        """One column of text as its different texts, sorted, and the place of each row's, shape (rows,)."""
        held = self._column(name)
        if "index" in held:
            return np.array(self._parted(held["texts"]), dtype=np.str_), self._array(held["index"]).astype(
                np.intp
            )
        labels, index = np.unique(self.texts(name), return_inverse=True)
        return labels, index.astype(np.intp)

    def values(self, name: str) -> NDArray[Any]:
        """One column of numbers, days or flags as it was written, shape (rows,), read-only; missing: NaN, NaT."""
        held = self._column(name)
        values = self._array(held["values"])
        if held["kind"] != "M8[D]":
            return _fixed(values.astype(held["kind"]))
        days = values.astype(np.int64)
        days[values == _NO_DAY] = np.datetime64("NaT", "D").astype(np.int64)
        return _fixed(days.view("M8[D]"))

    def numbers(self, name: str) -> NDArray[np.float64]:
        """One column of numbers in double precision, missing ones NaN, shape (rows,), read-only."""
        return _fixed(self.values(name).astype(np.float64))

    def _column(self, name: str) -> dict[str, Any]:
        """Where a column lies and how it is kept."""
        found: dict[str, Any] = self._head["columns"][name]
        return found

    def _raw(self, place: Sequence[int]) -> bytes:
        """Bytes of a part, given by where it begins and how long it is."""
        first = self._head["start"] + place[0]
        return zlib.decompress(self.content[first : first + place[1]])

    def _parted(self, place: Sequence[int]) -> list[str]:
        """Texts of a part."""
        return self._raw(place).decode().split(_BREAK)

    def _array(self, held: Mapping[str, Any]) -> NDArray[Any]:
        """Numbers of a part, shape (rows,)."""
        if "labels" in held:
            return np.asarray(self._array(held["labels"])[self._array(held["index"])])
        kind = np.dtype(held["kind"]).newbyteorder("<")
        planes = np.frombuffer(self._raw(held["at"]), dtype=np.uint8).reshape(kind.itemsize, -1)
        values = np.ascontiguousarray(planes.T).view(kind).ravel()
        return np.cumsum(values, dtype=np.int64) if held.get("steps") else values


def to_bytes(columns: Mapping[str, ArrayLike], source: str = "") -> bytes:
    """
    A table as the content of its file.

    Columns of one length by name: texts, numbers, flags, or days (dates or `datetime64`); a number or a day may be missing.

    Examples
    --------
    >>> table = Columns(to_bytes({"code": ["01", "02", "01"], "rate": [0.5, None, 0.25]}))
    >>> table.texts("code").tolist(), table.numbers("rate").tolist()
    (['01', '02', '01'], [0.5, nan, 0.25])
    """
    parts: list[bytes] = []
    plain = {name: _plain(name, values) for name, values in columns.items()}
    sizes = {values.size for values in plain.values()}
    if len(sizes) != 1:
        raise InputError(
            "columns of a table differ in length",
            where=", ".join(plain),
            found=sorted(sizes),
            allowed="one length",
            repair="give each row a value in every column",
        )
    head = {
        "source": source,
        "rows": sizes.pop(),
        "columns": {name: _placed(_kept(values), parts) for name, values in plain.items()},
    }
    said = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    return b"".join((_MAGIC, said, b"\n", *parts))


def _fixed(values: NDArray[Any]) -> NDArray[Any]:
    """An array that nobody may write into."""
    values.flags.writeable = False
    return values


def _plain(name: str, values: ArrayLike) -> NDArray[Any]:
    """A column as an array of text, numbers, flags or days, shape (rows,)."""
    found = np.asarray(values)
    if found.dtype.kind == "O":
        found = _of_objects(found.tolist())
    if found.dtype.kind == "M":
        found = found.astype("M8[D]")
    if found.ndim != 1 or found.dtype.kind not in "UbiufM" or (found.dtype.kind == "U" and _broken(found)):
        raise InputError(
            "a column cannot be kept",
            where=name,
            found=f"{found.dtype}, {found.ndim} dimensions",
            allowed="texts without a zero character, numbers, flags, days",
            repair="convert it",
        )
    return found


def _of_objects(values: list[Any]) -> NDArray[Any]:
    """A column of Python objects as an array of text, days or numbers, shape (rows,)."""
    known = [None if value is None or value != value else value for value in values]  # noqa: PLR0124  (not a number)
    given = [value for value in known if value is not None]
    if given and all(isinstance(value, str) for value in given) and len(given) == len(values):
        return np.array(values, dtype=np.str_)
    if given and all(isinstance(value, dt.date) for value in given):
        return np.array(known, dtype="M8[D]")
    return np.array([np.nan if value is None else value for value in known])


def _broken(texts: NDArray[np.str_]) -> bool:
    """Whether what parts texts stands in one of them."""
    return _BREAK.join(texts.tolist()).count(_BREAK) >= max(1, texts.size)


def _kept(values: NDArray[Any]) -> dict[str, Any]:
    """How a column is kept: its parts as deflated bytes in the place of where they will lie."""
    if values.dtype.kind == "U":
        labels, index = np.unique(values, return_inverse=True)
        alone = {"texts": _deflated(_BREAK.join(values.tolist()).encode())}
        coded = {"texts": _deflated(_BREAK.join(labels.tolist()).encode()), "index": _smallest(index)}
        return min((alone, coded), key=_size)
    if values.dtype.kind == "M":
        days = values.astype(np.int64)
        return {"kind": "M8[D]", "values": _smallest(np.where(np.isnat(values), _NO_DAY, days))}
    kind = values.dtype.newbyteorder("<").str.lstrip("<|")
    return {"kind": kind, "values": _smallest(values.astype(np.uint8) if kind == "b1" else values)}


def _smallest(values: NDArray[Any]) -> dict[str, Any]:
    """The smallest of the ways to keep numbers."""
    if values.dtype.kind == "f":
        ways = [_as_planes(values)]
    else:
        whole = values.astype(np.int64)
        ways = [_as_planes(_narrow(whole)), _as_planes(_narrow(np.diff(whole, prepend=0))) | {"steps": True}]
    bits = values.view(f"u{values.dtype.itemsize}")
    _, first, index = np.unique(bits, return_index=True, return_inverse=True)
    if 1 < first.size <= values.size // 4:
        labels = values[first]
        labels = labels if labels.dtype.kind == "f" else _narrow(labels)
        ways.append({"labels": _as_planes(labels), "index": _as_planes(_narrow(index))})
    return min(ways, key=_size)


def _narrow(values: NDArray[Any]) -> NDArray[Any]:
    """Whole numbers in the fewest bytes that hold them all."""
    least, most = (int(values.min()), int(values.max())) if values.size else (0, 0)
    kind = next(kind for kind in _WHOLE if np.iinfo(kind).min <= least and most <= np.iinfo(kind).max)
    return values.astype(kind)


def _as_planes(values: NDArray[Any]) -> dict[str, Any]:
    """Numbers as their first bytes, then their second ones, and so on."""
    kind = values.dtype.newbyteorder("<")
    laid = np.ascontiguousarray(values.astype(kind)).view(np.uint8).reshape(-1, kind.itemsize)
    return {"kind": kind.str.lstrip("<|"), "at": _deflated(np.ascontiguousarray(laid.T).tobytes())}


def _deflated(content: bytes) -> bytes:
    """Bytes made small."""
    return zlib.compress(content, 9)


def _size(kept: Mapping[str, Any]) -> int:
    """Bytes that a way of keeping a column takes."""
    return sum(map(len, _leaves(kept)))


def _leaves(kept: Mapping[str, Any]) -> Iterable[bytes]:
    """Parts of a column."""
    for value in kept.values():
        if isinstance(value, bytes):
            yield value
        elif isinstance(value, dict):
            yield from _leaves(value)


def _placed(kept: Mapping[str, Any], parts: list[bytes]) -> dict[str, Any]:
    """The same with where each part lies; the parts are added to those there are."""
    found: dict[str, Any] = {}
    for key, value in kept.items():
        if isinstance(value, bytes):
            found[key] = [sum(map(len, parts)), len(value)]
            parts.append(value)
        else:
            found[key] = _placed(value, parts) if isinstance(value, dict) else value
    return found
