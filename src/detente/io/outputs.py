"""What a command leaves behind is there whole or not at all; what the system refuses is said in five parts."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import shutil
import stat
import sys
from typing import TYPE_CHECKING, Final

from detente.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedWriter
    from pathlib import Path

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_counter = itertools.count()


def system_refusal(problem: OSError, where: str | Path = "") -> OutputError:
    """
    What the system refused, in five parts.

    Examples
    --------
    >>> system_refusal(OSError(errno.ENOSPC, "No space left on device"), "a.html").what
    'the disk is full'
    """
    full, missing = problem.errno in _FULL, isinstance(problem, FileNotFoundError | NotADirectoryError)
    denied = isinstance(problem, PermissionError) or problem.errno == errno.EROFS
    if full:
        parts = ("the disk is full", "room for the whole file", "make room, or name another place")
    elif isinstance(problem, IsADirectoryError):
        parts = ("a file is needed, not a folder", "the name of a file", "add the name of a file to the path")
    elif missing:
        parts = (
            "no such folder or file",
            "a place that is there",
            "make the folder first, or check the path",
        )
    elif denied:
        parts = (
            "the system does not allow it",
            "the right to read or write there",
            "ask for the right, or name another place",
        )
    else:
        parts = (
            "the system refused",
            "a place that can be read and written",
            "name another place, or try again",
        )
    what, allowed, repair = parts
    place = where or problem.filename or "standard output"
    return OutputError(
        what, where=str(place), found=problem.strerror or str(problem), allowed=allowed, repair=repair
    )


@contextlib.contextmanager
def refused_in_words(where: str | Path) -> Iterator[None]:
    """Say in five parts what the system refuses meanwhile."""
    try:
        yield
    except OSError as problem:
        raise system_refusal(problem, where) from None


def write_text(path: Path, text: str) -> Path:
    """Write UTF-8 text, whole or not at all."""
    return write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> Path:
    """Write a file, whole or not at all."""
    with whole_file(path) as handle:
        handle.write(content)
    return path


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[BufferedWriter]:
    """
    Open a file to be written: it takes its name when all of it is on the disk, and leaves nothing behind before.

    A device or a pipe is written to as it is. OutputError says what the system refused.
    """
    with refused_in_words(path), replaced_file(path) as handle:
        yield handle


@contextlib.contextmanager
def replaced_file(path: Path) -> Iterator[BufferedWriter]:
    """As `whole_file`, with the system's own errors."""
    if _is_device(path):
        with path.open("wb") as handle:
            yield handle
        return
    target = path.resolve()
    temporary = _beside(target)
    try:
        with temporary.open("xb") as handle:
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        if target.exists():
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        temporary.replace(target)
        _sync_folder(target.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """
    Give a folder to write into, whose files go to another one together or not at all.

    Files of the other folder that have no namesake stay. OutputError says what the system refused; then the other folder
    is as it was.
    """
    with refused_in_words(out):
        target = out.resolve()
        base = target
        while not base.exists():
            base = base.parent
        stage = _beside(base / target.name)
        stage.mkdir()
        try:
            yield stage
            for path in sorted(stage.rglob("*")):
                if path.is_file():
                    _sync(path)
            _move(stage, target)
        finally:
            shutil.rmtree(stage, ignore_errors=True)


def require_place(path: Path) -> None:
    """Refuse a file that could not be written, before anything is worked out for it."""
    with refused_in_words(path):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not _is_device(path):
            _try(path.resolve().parent)


def require_folder_place(out: Path) -> None:
    """Refuse a folder that could not be written, before anything is worked out for it."""
    with refused_in_words(out):
        base = out.resolve()
        while not base.exists():
            base = base.parent
        _try(base)


def _try(folder: Path) -> None:
    """Make something in a folder, and take it away."""
    tried = _beside(folder / "x")
    tried.mkdir()
    tried.rmdir()


def _is_device(path: Path) -> bool:
    """Whether a path is a device or a pipe, under its own name or as a stream of the process."""
    return str(path).startswith("/dev/") or (path.exists() and not path.is_file() and not path.is_dir())


def _beside(target: Path) -> Path:
    """A name in the folder of a target that nothing else has."""
    return target.parent / f".{os.getpid()}-{next(_counter)}.tmp"


def _move(stage: Path, target: Path) -> None:
    """Move the files of one folder into another; undo all of it if one cannot be moved."""
    kept = stage / ".before"
    kept.mkdir()
    undo: list[tuple[Path, Path | None]] = []
    try:
        for path in sorted(item for item in stage.rglob("*") if kept not in (item, *item.parents)):
            place = target / path.relative_to(stage)
            if path.is_dir():
                _make(place, undo)
                continue
            _make(place.parent, undo)
            before = kept / str(len(undo)) if place.exists() else None
            if before is not None:
                place.replace(before)
            undo.append((place, before))
            path.replace(place)
        for folder in {place.parent for place, _ in undo}:
            _sync_folder(folder)
    except BaseException:
        for place, before in reversed(undo):
            with contextlib.suppress(OSError):
                _take_back(place, before)
        raise


def _make(folder: Path, undo: list[tuple[Path, Path | None]]) -> None:
    """Make a folder and those above it, each to be taken back."""
    if folder.is_dir():
        return
    _make(folder.parent, undo)
    folder.mkdir()
    undo.append((folder, None))


def _take_back(place: Path, before: Path | None) -> None:
    """Undo one move."""
    if before is not None:
        before.replace(place)
    elif place.is_dir():
        place.rmdir()
    else:
        place.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Have a file on the disk."""
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())


def _sync_folder(folder: Path) -> None:
    """Make a rename last; not every system lets a folder be opened."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
