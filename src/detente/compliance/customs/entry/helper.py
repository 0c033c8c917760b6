"""A second process for large files: half of the lines are worked out there while this one works out the others."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detente.compliance.customs.entry.rows import Entered
    from detente.compliance.customs.entry.work import Task

WORTH: Final = 2_000
"""Lines from which a second process saves more than its start costs."""


class Helper:
    """
    A process that works lines out.

    Several may run beside each other; what one could not do, for whatever reason, is left to its caller.
    """

    def __init__(self, task: Task, lines: Sequence[Entered]) -> None:
        self.done = 0
        self.found: Any = None
        clean = replace(task, ledger=replace(task.ledger))  # without what it remembers
        path = os.pathsep.join(entry for entry in sys.path if entry)
        self._process = subprocess.Popen(  # noqa: S603  (this interpreter and this module)
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )
        # Written as bytes now: a thread that pickles beside this one's work gets its turns too late.
        given = pickle.dumps((clean, list(lines)), protocol=pickle.HIGHEST_PROTOCOL)
        self._thread = threading.Thread(target=self._talk, args=(given,), daemon=True)
        self._thread.start()

    def _talk(self, given: bytes) -> None:
        """Hand the lines over, and read how many are done until the answer comes."""
        process = self._process
        if process.stdin is None or process.stdout is None:
            return
        with suppress(OSError, EOFError, pickle.UnpicklingError), process.stdin, process.stdout:
            process.stdin.write(given)
            process.stdin.close()
            while self.found is None:
                said = pickle.load(process.stdout)  # noqa: S301  (sent by the process that this one started)
                if isinstance(said, int):
                    self.done = said
                else:
                    self.found = said

    def result(self) -> Any:
        """What the process found; None where it failed."""
        self._thread.join()
        self._process.wait()
        return self.found


def helpers(lines: int) -> int:
    """How many processes beside this one are worth their start: one where there are lines and cores enough."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 1 if lines >= WORTH and cores > 1 and sys.executable else 0


def main() -> None:
    """Work out what comes on the standard input; numbers done, then the answer, go to the standard output."""
    from detente.compliance.customs.entry.work import worked_out  # noqa: PLC0415  (this process only)

    out = sys.stdout.buffer

    def say(done: int) -> None:
        pickle.dump(done, out, protocol=pickle.HIGHEST_PROTOCOL)
        out.flush()

    task, lines = pickle.load(sys.stdin.buffer)  # noqa: S301  (sent by the process that started this one)
    pickle.dump(worked_out(task, lines, say), out, protocol=pickle.HIGHEST_PROTOCOL)
    out.flush()


if __name__ == "__main__":
    main()
