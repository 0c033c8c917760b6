"""A system that refuses the k-th call: opening, writing, syncing, renaming, making a folder."""

from __future__ import annotations

import errno
import io
import os
from contextlib import contextmanager
from pathlib import Path

OPEN = io.open
KINDS = {
    "open": errno.EMFILE,
    "write": errno.ENOSPC,
    "fsync": errno.EIO,
    "replace": errno.EACCES,
    "mkdir": errno.EROFS,
}


class Faults:
    """
    Counts calls below a folder, and refuses one of them.

    kind, at: Which call to refuse, counted from 1; 0 for none.
    seen: Calls by kind.
    """

    def __init__(self, folder: Path, kind: str = "", at: int = 0) -> None:
        self.folder, self.kind, self.at = folder.resolve(), kind, at
        self.seen = dict.fromkeys(KINDS, 0)

    def count(self, kind: str) -> None:
        """One more call."""
        self.seen[kind] += 1
        if kind == self.kind and self.seen[kind] == self.at:
            raise OSError(KINDS[kind], os.strerror(KINDS[kind]))

    def inside(self, path: object) -> bool:
        """Whether a path lies below the folder."""
        return isinstance(path, (str, os.PathLike)) and self.folder in (
            Path(path).absolute(),
            *Path(path).absolute().parents,
        )


class Raw(io.FileIO):
    """A file whose writes are counted."""

    faults: Faults

    def write(self, data: object) -> int:
        self.faults.count("write")
        return super().write(data)


@contextmanager
def failing(faults: Faults, monkeypatch):
    """Put the counting calls in place of the system's."""

    def opened(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, *rest, **more):
        if not faults.inside(file) or not set(mode) & set("wxa+"):
            return OPEN(file, mode, buffering, encoding, errors, newline, *rest, **more)
        faults.count("open")
        raw = Raw(file, mode.replace("b", "").replace("t", ""))
        raw.faults = faults
        buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding, errors, newline)

    def counted(kind, function):
        def call(*words, **more):
            if kind == "fsync" or any(faults.inside(word) for word in words):
                faults.count(kind)
            return function(*words, **more)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(io, "open", opened)
        patch.setattr("builtins.open", opened)
        for kind, names in {
            "fsync": ("fsync",),
            "replace": ("replace", "rename"),
            "mkdir": ("mkdir",),
        }.items():
            for name in names:
                patch.setattr(os, name, counted(kind, getattr(os, name)))
        yield


def content(folder: Path) -> dict[str, bytes]:
    """Everything below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b"/"
        for path in sorted(folder.rglob("*"))
    }
