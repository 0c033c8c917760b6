"""Workers behind `concurrent.futures`: local processes, or a Dask cluster; each gets the cases once."""

from __future__ import annotations

import contextlib
import pickle
import threading
import time
from collections import Counter, deque
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from detente.formatting import count
from detente.policy.sweeps.stores.store import Range, to_bytes
from detente.policy.sweeps.workers import require_start, spawned
from detente.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import pyarrow as pa

# A part whose worker ends without an answer this many times is given up.
MOST_ATTEMPTS = 3
# Seconds without any worker after which a run ends, and between two looks.
PATIENCE = 300.0
LOOK = 10.0
# Parts in the air for each worker: one being solved, one waiting.
DEPTH = 2
_LOCK = threading.Lock()
_CASES: dict[str, Cases] = {}
# What holds until the worker ends.
_STACK = contextlib.ExitStack()


class Cases(Protocol):
    """What a sweep solves: numbered draws in parts, each part a function of its range alone."""

    @property
    def key(self) -> str:
        """Name of the run."""

    @property
    def count(self) -> int:
        """Number of draws."""

    @property
    def batch(self) -> int:
        """Draws of one part."""

    def describe(self) -> dict[str, Any]:
        """Say what the store holds."""

    def solve(self, start: int, stop: int) -> pa.Table:
        """Solve some of the draws."""


@dataclass(frozen=True)
class Part:
    """A part that was solved: its file's content, rows and failures with their reasons, and seconds spent."""

    data: bytes
    rows: int
    failed: tuple[tuple[int, str, str], ...]
    seconds: float


def take(payload: bytes) -> None:
    """Receive the cases in a worker, and keep BLAS at one thread there."""
    _STACK.enter_context(one_thread())
    cases = pickle.loads(payload)  # noqa: S301  (sent by the process that started this one, never read from a file)
    _CASES.clear()
    _CASES[cases.key] = cases


def pack(cases: Cases) -> bytes:
    """Make the message that every worker gets once."""
    return pickle.dumps(cases, protocol=pickle.HIGHEST_PROTOCOL)


def work(key: str, start: int, stop: int) -> Part:
    """Solve one part in a worker."""
    with _LOCK:  # a Dask worker may have several threads
        begun = time.perf_counter()
        table = _CASES[key].solve(start, stop)
        return Part(to_bytes(table), table.num_rows, failures(table), time.perf_counter() - begun)


def failures(table: pa.Table) -> tuple[tuple[int, str, str], ...]:
    """List the cases without an equilibrium."""
    columns = [table[name].to_pylist() for name in ("draw", "scenario", "status")]
    return tuple(
        (int(draw), str(scenario), str(status))
        for draw, scenario, status in zip(*columns, strict=True)
        if status != "converged"
    )


class Pool:
    """
    Workers, and what to do when one of them dies.

    make: Starts the workers and gives the executor.
    workers: How many there are.
    breaks: Whether one worker that dies takes the whole pool with it, as in `ProcessPoolExecutor`; Dask replaces it by
        itself, and tries its part again several times.
    alive: How many workers there are now.
    """

    def __init__(
        self,
        make: Callable[[], Executor],
        workers: int,
        *,
        breaks: bool,
        alive: Callable[[], int] = lambda: 1,
    ) -> None:
        self.make, self.workers, self.breaks, self.alive = make, workers, breaks, alive
        self.attempts = MOST_ATTEMPTS if breaks else 2
        # With Dask one part at a time: no other part waits on a worker that dies.
        self.most = (DEPTH if breaks else 1) * workers
        self.executor = make()

    def replace(self) -> None:
        """Start new workers in place of a pool that broke."""
        if self.breaks:
            self.executor.shutdown(wait=False, cancel_futures=True)
            self.executor = self.make()
            require_start(self.executor)


@contextlib.contextmanager
def open_pool(
    kind: Literal["local", "dask"], cases: Cases, *, workers: int, address: str | None
) -> Iterator[Pool]:
    """Start workers, and give each of them the cases once."""
    payload = pack(cases)
    if kind == "dask":
        from detente.policy.sweeps.dask_pool import dask_client, ship  # noqa: PLC0415  (it imports this module)

        with dask_client(workers, address) as client:
            ship(client, payload)

            def alive() -> int:
                return len(client.scheduler_info(n_workers=-1)["workers"])

            yield Pool(
                lambda: client.get_executor(pure=False, retries=0), max(1, alive()), breaks=False, alive=alive
            )
        return

    with spawned(workers, payload, take) as make:
        pool = Pool(make, workers, breaks=True)
        try:
            require_start(pool.executor)
            yield pool
        finally:
            pool.executor.shutdown(wait=False, cancel_futures=True)


def run_parts(
    pool: Pool,
    key: str,
    ranges: Sequence[Range],
    done: Callable[[Range, Part], None],
    lost: Callable[[Range, str], None],
) -> None:
    """
    Solve parts until each is done or given up.

    When a worker dies, the parts that were in the air are tried again one at a time, so that a part that kills its
    worker is found out and given up after three attempts, and no other part with it.
    """
    waiting, suspects = deque(ranges), deque[Range]()
    flying: dict[Future[Part], Range] = {}
    attempts = Counter[Range]()
    while waiting or suspects or flying:
        _fill(pool, key, flying, (suspects, waiting), attempts)
        if not _wait(pool, flying):
            for item in sorted([*flying.values(), *suspects, *waiting]):
                lost(item, f"no worker was left for {count(PATIENCE)} s")
            return
        broken = _collect(flying, done, lost)
        if broken and pool.breaks:
            broken += _abandon(flying)
            pool.replace()
        for item in sorted(broken):
            attempts[item] += 1
            if attempts[item] < pool.attempts:
                suspects.append(item)
            else:
                lost(item, f"its worker ended without an answer, {pool.attempts} times")


def _wait(pool: Pool, flying: Iterable[Future[Part]]) -> bool:
    """Wait for a part; False if there has been no worker for too long."""
    since = time.monotonic()
    while not wait(flying, timeout=LOOK, return_when=FIRST_COMPLETED).done:
        if pool.alive():
            since = time.monotonic()
        elif time.monotonic() - since > PATIENCE:
            return False
    return True


def _collect(
    flying: dict[Future[Part], Range], done: Callable[[Range, Part], None], lost: Callable[[Range, str], None]
) -> list[Range]:
    """
    Hand over the parts that are finished; give those whose worker died.

    No future is kept: as long as one is, Dask holds its result, and makes it again when the worker that had it dies.
    """
    broken = []
    for future in [future for future in flying if future.done()]:
        item = flying.pop(future)
        error = future.exception()
        if error is None:
            done(item, future.result())
        elif _died(error):
            broken.append(item)
        else:
            lost(item, f"{type(error).__name__}: {error}")
    return broken


def _fill(
    pool: Pool,
    key: str,
    flying: dict[Future[Part], Range],
    queues: tuple[deque[Range], deque[Range]],
    attempts: Counter[Range],
) -> None:
    """Start parts until every worker has enough; a suspect only by itself."""
    suspects, waiting = queues
    while waiting or suspects:
        alone = bool(suspects) or any(attempts[item] for item in flying.values())
        if flying and (alone or len(flying) >= pool.most):
            return
        source = suspects or waiting
        try:
            flying[pool.executor.submit(work, key, *source[0])] = source[0]
            source.popleft()
        except BrokenExecutor:
            pool.replace()


def _died(error: BaseException) -> bool:
    """Tell whether the worker ended, not the work."""
    return isinstance(error, BrokenExecutor) or type(error).__name__ in {"KilledWorker", "CancelledError"}


def _abandon(flying: dict[Future[Part], Range]) -> list[Range]:
    """Parts in the air of a pool that broke; those that were done in time are left to be collected."""
    left = [future for future in flying if not (future.done() and future.exception() is None)]
    return [flying.pop(future) for future in left]
