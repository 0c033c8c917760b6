"""Linear algebra on one thread: the products here are too small to share, and threads that wait for each other spin."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

# Libraries with the number of threads each had.
Numbers = list[tuple[Any, int]]
# Read by the libraries as they load.
VARIABLES: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def one_for_this_process() -> None:
    """Keep a process that is the program's own at one thread, unless its environment says otherwise."""
    for name in VARIABLES:
        os.environ.setdefault(name, "1")


class _Limit:
    """What holds while any call is under way in any thread; the user's own number comes back after the last."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.calls = 0
        self.before: Numbers = []
        self.added: list[str] = []
        self.mine = threading.local()

    def enter(self) -> None:
        """Begin a call."""
        with self.lock:
            self.calls += 1
            if "numpy" not in sys.modules:
                self._wait_for_numpy()
                return
            if not self.before:
                self.before = _limit(1, own=False)
        depth = getattr(self.mine, "depth", 0)
        if depth == 0:
            self.mine.before = _limit(1, own=True)
        self.mine.depth = depth + 1

    def leave(self) -> None:
        """End a call."""
        if depth := getattr(self.mine, "depth", 0):
            self.mine.depth = depth - 1
            if depth == 1:
                _restore(self.mine.before)
        with self.lock:
            self.calls -= 1
            if self.calls:
                return
            for name in self.added:
                os.environ.pop(name, None)
            if not self.before and len(self.added) == len(VARIABLES) and "numpy" in sys.modules:
                _limit(os.cpu_count() or 1, own=False)
            _restore(self.before)
            self.before, self.added = [], []

    def _wait_for_numpy(self) -> None:
        """Have a library that loads meanwhile begin with one thread."""
        if not self.added:
            self.added = [name for name in VARIABLES if name not in os.environ]
            os.environ.update(dict.fromkeys(self.added, "1"))


def _limit(number: int, *, own: bool) -> Numbers:
    """Set the number of threads of the libraries whose threads are each caller's own, or everyone's; gives those before."""
    before = []
    for library in _libraries("scipy.linalg._fblas" in sys.modules):
        if (getattr(library, "threading_layer", "") == "openmp") is own:
            before.append((library, int(library.get_num_threads())))
            _set(library, number)
    return before


def _restore(before: Numbers) -> None:
    """Give libraries the numbers they had."""
    for library, number in before:
        _set(library, number)


def _set(library: Any, number: int) -> None:
    """Set the number of threads of one library, whichever thread of the program set it last."""
    forget = getattr(library, "clear_controlling_thread", None)
    if forget is not None:
        forget(force=True)
    library.set_num_threads(number)
    if forget is not None:
        forget(force=True)


@lru_cache(maxsize=1)
def _libraries(_both: bool) -> list[Any]:
    """The libraries that are loaded: that of NumPy, and SciPy's own; finding them takes a millisecond."""
    from threadpoolctl import ThreadpoolController  # noqa: PLC0415  (only where numbers are worked out)

    found: list[Any] = ThreadpoolController().select(user_api="blas").lib_controllers
    return found


_LIMIT: Final = _Limit()


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep linear algebra at one thread for a while, whatever other threads do."""
    _LIMIT.enter()
    try:
        yield
    finally:
        _LIMIT.leave()
