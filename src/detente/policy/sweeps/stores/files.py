"""Files that are there whole or not at all, and a lock that ends with its process."""

from __future__ import annotations

import errno
import sys
from typing import TYPE_CHECKING

from detente.errors import StudyError
from detente.io.outputs import replaced_file

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(target: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    try:
        with replaced_file(target) as handle:
            handle.write(data)
    except OSError as error:
        raise not_written(target.parent, error) from None


def not_written(folder: Path, error: OSError) -> StudyError:
    """Make the error for a disk that takes no more."""
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    return StudyError(
        "the disk is full" if full else "the store cannot be written",
        where=str(folder),
        found=error.strerror or str(error),
        allowed="room for the parts, and the right to write",
        repair="make room and run the same command again: what is written stays, and the run goes on from there",
    )


def no_results(folder: Path) -> StudyError:
    """Make the error for a store without parts."""
    return StudyError(
        "the store has no results",
        where=str(folder),
        found="no part",
        allowed="at least one part that was done",
        repair="run the sweep, or see why every part failed",
    )


if sys.platform == "win32":

    def lock_file(descriptor: int) -> None:
        """Take the lock of a file, or raise OSError."""
        import msvcrt  # noqa: PLC0415

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:

    def lock_file(descriptor: int) -> None:
        """Take the lock of a file, or raise OSError."""
        import fcntl  # noqa: PLC0415

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
