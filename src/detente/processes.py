"""A second process of this machine: it works calls out while this one goes on; what it cannot do is done here."""

from __future__ import annotations

import gc
import os
import pickle
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack, contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any, Final, Generic, TypeVar

from detente.threads import VARIABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")
_RARELY: Final = 50_000
"""Objects made between two looks of the collector, as in a command."""
_PIECE: Final = 1 << 20
"""Bytes that are handed over at a time."""


class Asked(Generic[T]):
    """A call handed to a second process; its result is that of the call, wherever it was worked out."""

    def __init__(self, function: Callable[..., T], arguments: tuple[Any, ...]) -> None:
        self._call = function, arguments
        self._there = threading.Event()
        self._found: tuple[T, ...] = ()

    def settle(self, found: tuple[T, ...]) -> None:
        """Say what the process found: one value, or none where it could not."""
        self._found = found
        self._there.set()

    @property
    def done(self) -> bool:
        """Whether the process has answered, or cannot."""
        return self._there.is_set()

    def result(self) -> T:
        """Wait for the value; where there is none, work it out here, with the refusal it may end in."""
        self._there.wait()
        function, arguments = self._call
        return self._found[0] if self._found else function(*arguments)


class Beside:
    """
    A second process, started with the first call; without one, calls are worked out as their results are asked for.

    Functions are those of modules, arguments and values what pickle takes; nothing is said on the way.

    wanted: Whether a process is started where there is a core for it.
    """

    def __init__(self, *, wanted: bool = False) -> None:
        self._wanted = wanted and cores() > 1 and bool(sys.executable)
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting: queue.SimpleQueue[tuple[Asked[Any], IO[bytes]] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def ask(self, function: Callable[..., T], *arguments: Any) -> Asked[T]:
        """Hand a call over."""
        asked = Asked(function, arguments)
        if self._wanted and self._process is None:
            self._begin()
        # Written now, since a thread that pickles beside this one's work gets its turns too late; to a file, since the
        # process may be at another call for long.
        sent = None if self._process is None else _written((function, arguments))
        if sent is None:
            asked.settle(())
        else:
            self._waiting.put((asked, sent))
        return asked

    @property
    def at_work(self) -> bool:
        """Whether there is a process, since the first call."""
        return self._process is not None

    def _begin(self) -> None:
        """Start the process; there is none where the system refuses."""
        self._process, self._wanted = _start(), False
        if self._process is not None:
            self._thread = threading.Thread(target=self._talk, args=(self._process,), daemon=True)
            self._thread.start()

    def _talk(self, process: subprocess.Popen[bytes]) -> None:
        """Hand over one call after another; none once the process has ended."""
        found: tuple[Any, ...] | None = ()
        while (waiting := self._waiting.get()) is not None:
            asked, sent = waiting
            with sent:
                found = None if found is None else _answer(process, sent)
            asked.settle(found or ())

    def close(self) -> None:
        """End the process, whatever it is at."""
        self._wanted = False
        if self._process is None or self._thread is None:
            return
        self._waiting.put(None)
        self._process.kill()
        self._thread.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        self._process.wait()
        self._process = None


@contextmanager
def second_process() -> Iterator[Beside]:
    """A second process to hand calls to, ended with the work."""
    made = Beside(wanted=True)
    try:
        yield made
    finally:
        made.close()


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _start() -> subprocess.Popen[bytes] | None:
    """Start the process; None where the system refuses."""
    path = os.pathsep.join(entry for entry in sys.path if entry)
    environment = {**os.environ, **dict.fromkeys(VARIABLES, "1"), "PYTHONPATH": path}
    with suppress(OSError):
        return subprocess.Popen(  # noqa: S603  (this interpreter and this module)
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
    return None


def _written(call: tuple[Callable[..., Any], tuple[Any, ...]]) -> IO[bytes] | None:
    """A call as a file without a name; None where it cannot be written."""
    with suppress(OSError, pickle.PicklingError, AttributeError, TypeError), ExitStack() as stack:
        file = stack.enter_context(tempfile.TemporaryFile())
        pickle.dump(call, file, protocol=pickle.HIGHEST_PROTOCOL)
        stack.pop_all()
        return file
    return None


def _answer(process: subprocess.Popen[bytes], sent: IO[bytes]) -> tuple[Any, ...] | None:
    """One call's value, or none where it failed; None where the process has ended."""
    if process.stdin is None or process.stdout is None:
        return None
    # Whatever is wrong with what comes back, the call is worked out here.
    with suppress(Exception):
        sent.seek(0)
        shutil.copyfileobj(sent, process.stdin, _PIECE)
        process.stdin.flush()
        found: tuple[Any, ...] = pickle.load(process.stdout)  # noqa: S301  (sent by the process that this one started)
        return found
    return None


def main() -> None:
    """Work out the calls that come on the standard input; their values go to the standard output, one by one."""
    gc.set_threshold(_RARELY, *gc.get_threshold()[1:])
    given, out = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr
    while True:
        try:
            function, arguments = pickle.load(given)  # noqa: S301  (sent by the process that started this one)
        except EOFError:
            return
        found = pickle.dumps((), protocol=pickle.HIGHEST_PROTOCOL)
        # The process that asked works a call out again that failed here, and says why.
        with suppress(Exception):
            found = pickle.dumps((function(*arguments),), protocol=pickle.HIGHEST_PROTOCOL)
        out.write(found)
        out.flush()


if __name__ == "__main__":
    main()
