"""Solves in fair turns: one at a time, one client after another, and a clear "busy" when too many wait."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable


@dataclass(eq=False)
class _Piece:
    """
    One piece of work that waits or runs.

    work, key, latest: What to do, its name, and when it is too late to begin.
    who: Who wants it; and whether their next question takes its place.
    """

    work: Callable[[], Any]
    key: Hashable | None
    latest: float
    who: dict[str, bool]
    future: Future[Any] = field(default_factory=Future)


class BusyError(Exception):
    """
    Too many solves wait.

    seconds: When it is worth asking again.
    """

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"busy: ask again in {seconds} s")


class Turns:
    """
    A queue that takes from one client after another, however much any of them asks for.

    waiting: Most pieces of work waiting, of all clients.
    per_client: Most pieces of work waiting of one client.

    Examples
    --------
    >>> turns = Turns(waiting=4, per_client=2)
    >>> turns.ask("a client", lambda: 6 * 7).result()
    42
    >>> turns.close()
    """

    def __init__(self, *, waiting: int, per_client: int) -> None:
        self.waiting, self.per_client = waiting, per_client
        self._queues: OrderedDict[str, deque[_Piece]] = OrderedDict()
        self._same: dict[Hashable, _Piece] = {}
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
        """Put work in the queue."""
        with self._change:
            piece = self._same.get(key) if key is not None else None
            if newest:
                self._drop_older(client, piece)
            if piece is not None:
                piece.who[client] = newest and piece.who.get(client, True)
                return piece.future
            queue = self._queues.get(client)
            total = sum(len(each) for each in self._queues.values())
            if total >= self.waiting or (queue is not None and len(queue) >= self.per_client):
                raise BusyError(max(1, round(self._typical * (total + 1))))
            piece = _Piece(work, key, time.monotonic() + patience, {client: newest})
            self._queues.setdefault(client, deque()).append(piece)
            if key is not None:
                self._same[key] = piece
            self._change.notify()
            return piece.future

    def close(self) -> None:
        """Stop after the work at hand; what waits is cancelled."""
        with self._change:
            self._open = False
            for queue in self._queues.values():
                for piece in queue:
                    piece.future.cancel()
            self._queues.clear()
            self._change.notify()
        self._thread.join(timeout=1)

    def _drop_older(self, client: str, kept: _Piece | None) -> None:
        """Take a client off what its newest question takes the place of; what nobody else wants is cancelled."""
        for owner, queue in list(self._queues.items()):
            for piece in [each for each in queue if each is not kept and each.who.get(client)]:
                del piece.who[client]
                if not piece.who:
                    queue.remove(piece)
                    piece.future.cancel()
                    self._forget(piece)
            if not queue:
                del self._queues[owner]

    def _forget(self, piece: _Piece) -> None:
        """Share a piece of work no longer."""
        if piece.key is not None and self._same.get(piece.key) is piece:
            del self._same[piece.key]

    def _next(self) -> _Piece | None:
        """The first piece of work of the client whose turn it is."""
        with self._change:
            while self._open and not self._queues:
                self._change.wait()
            if not self._open:
                return None
            client, queue = self._queues.popitem(last=False)
            piece = queue.popleft()
            if queue:
                self._queues[client] = queue
            return piece

    def _run(self) -> None:
        """Do one piece of work after another."""
        while (piece := self._next()) is not None:
            started = time.monotonic()
            if started > piece.latest:
                piece.future.set_exception(BusyError(round(self._typical) + 1))
            elif piece.future.set_running_or_notify_cancel():
                try:
                    piece.future.set_result(piece.work())
                except BaseException as problem:  # noqa: BLE001  (it belongs to who asked)
                    piece.future.set_exception(problem)
                self._typical = 0.8 * self._typical + 0.2 * (time.monotonic() - started)
            with self._change:
                self._forget(piece)
