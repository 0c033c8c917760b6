"""Solves in fair turns: one at a time, one client after another, and a clear "busy" when too many wait."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Work = tuple["Callable[[], Any]", "Future[Any]", "Hashable | None", float, bool]


class BusyError(Exception):
    """
    Too many solves wait.

    Parameters
    ----------
    seconds
        When it is worth asking again.
    """

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"busy: ask again in {seconds} s")


class Turns:
    """
    A queue that takes from one client after another, however much any of them asks for.

    Parameters
    ----------
    waiting
        Most pieces of work waiting, of all clients.
    per_client
        Most pieces of work waiting of one client.

    Examples
    --------
    >>> turns = Turns(waiting=4, per_client=2)
    >>> turns.ask("a client", lambda: 6 * 7).result()
    42
    >>> turns.close()
    """

    def __init__(self, *, waiting: int, per_client: int) -> None:
        self.waiting, self.per_client = waiting, per_client
        self._queues: OrderedDict[str, deque[Work]] = OrderedDict()
        self._same: dict[Hashable, Future[Any]] = {}
        self._change = threading.Condition()
        self._open = True
        self._typical = 1.0
        self._thread = threading.Thread(target=self._run, name="solves", daemon=True)
        self._thread.start()

    def ask(
        self,
        client: str,
        work: Callable[[], Any],
        *,
        key: Hashable | None = None,
        patience: float = 60.0,
        newest: bool = False,
    ) -> Future[Any]:
        """
        Put work in the queue.

        Parameters
        ----------
        client
            Who asks; turns are taken by client.
        work
            What to do.
        key
            Work with the same key that still waits or runs is shared.
        patience
            Seconds after which work that has not begun is dropped as too late.
        newest
            Whether this takes the place of earlier work of the client that said the same: a slider that is moved on
            no longer wants its old answer.

        Returns
        -------
        concurrent.futures.Future
            Its result, or what it raised.

        Raises
        ------
        BusyError
            The queue, or the client's share of it, is full.
        """
        with self._change:
            if key is not None and key in self._same:
                return self._same[key]
            if newest:
                self._drop_older(client)
            queue = self._queues.get(client)
            total = sum(len(each) for each in self._queues.values())
            if total >= self.waiting or (queue is not None and len(queue) >= self.per_client):
                raise BusyError(max(1, round(self._typical * (total + 1))))
            future: Future[Any] = Future()
            self._queues.setdefault(client, deque()).append(
                (work, future, key, time.monotonic() + patience, newest)
            )
            if key is not None:
                self._same[key] = future
            self._change.notify()
            return future

    def close(self) -> None:
        """Stop after the work at hand; what waits is cancelled."""
        with self._change:
            self._open = False
            for queue in self._queues.values():
                for _, future, *_ in queue:
                    future.cancel()
            self._queues.clear()
            self._change.notify()
        self._thread.join(timeout=1)

    def _drop_older(self, client: str) -> None:
        """Cancel what a client's newest question takes the place of."""
        queue = self._queues.pop(client, deque())
        kept = deque(item for item in queue if not item[4])
        for _, future, key, _, newest in queue:
            if newest:
                future.cancel()
                self._same.pop(key, None)
        if kept:
            self._queues[client] = kept
            self._queues.move_to_end(client, last=False)

    def _next(self) -> Work | None:
        """The first piece of work of the client whose turn it is."""
        with self._change:
            while self._open and not self._queues:
                self._change.wait()
            if not self._open:
                return None
            client, queue = self._queues.popitem(last=False)
            work = queue.popleft()
            if queue:
                self._queues[client] = queue
            return work

    def _run(self) -> None:
        """Do one piece of work after another."""
        while (item := self._next()) is not None:
            work, future, key, latest, _ = item
            started = time.monotonic()
            if started > latest:
                future.set_exception(BusyError(round(self._typical) + 1))
            elif future.set_running_or_notify_cancel():
                try:
                    future.set_result(work())
                except BaseException as problem:  # noqa: BLE001  (it belongs to who asked)
                    future.set_exception(problem)
                self._typical = 0.8 * self._typical + 0.2 * (time.monotonic() - started)
            with self._change:
                if key is not None and self._same.get(key) is future:
                    del self._same[key]
