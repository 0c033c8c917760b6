"""Processes of this machine: what they are given goes by a file, and those that do not start are noticed."""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import current_process, get_context, parent_process
from pathlib import Path
from typing import TYPE_CHECKING, Final

from detente.errors import StudyError
from detente.formatting import count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Seconds in which a first worker starts.
PATIENCE: Final = 300.0
GUARD: Final = 'if __name__ == "__main__":'


@contextmanager
def spawned(
    workers: int, payload: bytes, receive: Callable[[bytes], None]
) -> Iterator[Callable[[], ProcessPoolExecutor]]:
    """
    Give what starts processes, each of which receives a payload once, and ends with this one.

    By a file: more than a pipe holds would keep this process waiting for a worker that ended as it started.
    """
    require_own_process()
    with tempfile.TemporaryDirectory(prefix="detente-") as folder:
        file = Path(folder) / "payload"
        file.write_bytes(payload)
        sent = (str(file), hashlib.sha256(payload).hexdigest(), receive)

        def make() -> ProcessPoolExecutor:
            return ProcessPoolExecutor(
                workers, mp_context=get_context("spawn"), initializer=_begin, initargs=sent
            )

        yield make


def require_start(executor: Executor) -> None:
    """Refuse to go on with workers that do not start."""
    try:
        executor.submit(_started).result(timeout=PATIENCE)
    except (BrokenExecutor, TimeoutError) as problem:
        stuck = isinstance(problem, TimeoutError)
        raise StudyError(
            "the workers do not start",
            where="workers",
            found=f"none within {count(PATIENCE)} s" if stuck else "they ended before their first part",
            allowed="processes that can read the script that starts them without starting it again",
            repair=f"put the call under `{GUARD}`; see also what the workers wrote above",
        ) from None


def require_own_process() -> None:
    """Refuse to begin in a worker that is still starting: the script that starts it is not guarded."""
    if getattr(current_process(), "_inheriting", False):
        raise StudyError(
            "a sweep begins in a worker that is starting",
            where="the script that calls it",
            found="no guard",
            allowed=f"`{GUARD}` around the call",
            repair="workers read the script that starts them: put the call under that line",
        )


def _begin(file: str, digest: str, receive: Callable[[bytes], None]) -> None:
    """Read the payload in a process that starts."""
    _end_with_parent()
    payload = Path(file).read_bytes()
    if hashlib.sha256(payload).hexdigest() != digest:
        raise ValueError("the payload is not what was sent")
    receive(payload)


def _started() -> bool:
    """The first thing a worker does."""
    return True


def _end_with_parent() -> None:
    """End this process when the one that started it ends, however that happens."""
    parent = parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
