"""Header array files written record by record, as their description says; for tests of the reader alone."""

from __future__ import annotations

import struct

import numpy as np


def record(content):
    size = struct.pack("<i", len(content))
    return size + content + size


def ints(*values):
    return struct.pack(f"<{len(values)}i", *values)


def words(values, width=12):
    return b"".join(value.encode("latin-1").ljust(width) for value in values)


def head(name, kind, shape):
    first = record(name.encode().ljust(4))
    return first + record(b"    " + kind.encode() + b"a made-up header".ljust(70) + ints(len(shape), *shape))


def text(name, values, width=12, each=2):
    """1C, in records of `each` texts."""
    out = head(name, "1CFULL", (len(values), width))
    for k in range(0, len(values), each):
        part = values[k : k + each]
        out += record(b"    " + ints(1, len(values), len(part)) + words(part, width))
    return out


def matrix(name, values, kind="2RFULL"):
    """2R or 2I, a record for each column."""
    rows, columns = values.shape
    out = head(name, kind, values.shape)
    for k in range(columns):
        place = ints(columns - k, rows, columns, 1, rows, k + 1, k + 1)
        out += record(b"    " + place + values[:, k].astype("<i4" if kind == "2IFULL" else "<f4").tobytes())
    return out


def sets(name, axes):
    """The record on sets and those of their elements, each set once; the second goes over two records."""
    listed = list(dict(axes))
    out = record(
        b"    "
        + ints(len(listed), -1, len(axes))
        + words([name])
        + ints(-1)
        + words([axis for axis, _ in axes])
        + b"k" * len(axes)
        + b"\0" * (4 + 4 * len(axes))
    )
    for axis, labels in dict(axes).items():
        half = len(labels) if axis == listed[0] else (len(labels) + 1) // 2
        for part in (labels[:half], labels[half:]):
            if part:
                out += record(b"    " + ints(1, len(labels), len(part)) + words(part))
    return out


def full(name, axes, values, kind="REFULL"):
    """RE or RL in seven dimensions, a frame for each place of the last axis in use."""
    values = np.asarray(values, dtype="<f4")
    shape = values.shape + (1,) * (7 - values.ndim)
    out = head(name, kind, shape) + (sets(name, axes) if kind == "REFULL" else b"")
    last = values.ndim - 1
    frames = shape[last]
    out += record(b"    " + ints(1 + 2 * frames, 7, *shape))
    for k in range(frames):
        box = [
            pair
            for axis, size in enumerate(shape)
            for pair in ((k + 1, k + 1) if axis == last else (1, size))
        ]
        out += record(b"    " + ints(2 * (frames - k), *box))
        part = values.take([k], axis=last)
        out += record(b"    " + ints(2 * (frames - k) - 1) + part.tobytes(order="F"))
    return out


def sparse(name, axes, values, each=3):
    """RE, only what is not zero, in records of `each` values."""
    values = np.asarray(values, dtype="<f4")
    shape = values.shape + (1,) * (7 - values.ndim)
    flat = values.ravel(order="F")
    places = np.flatnonzero(flat)
    out = (
        head(name, "RESPSE", shape) + sets(name, axes) + record(b"    " + ints(len(places), 4, 4) + b" " * 80)
    )
    for k in range(0, max(len(places), 1), each):
        part = places[k : k + each]
        numbers = (part + 1).astype("<i4").tobytes() + flat[part].tobytes()
        out += record(b"    " + ints(1, len(places), len(part)) + numbers)
    return out
