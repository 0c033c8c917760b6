"""Connections of the server: how long a request may take to arrive, and how many may be half open."""

from __future__ import annotations

import socket
from collections import Counter
from typing import TYPE_CHECKING, Any, ClassVar, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from detente.io.outputs import system_refusal

if TYPE_CHECKING:
    import asyncio

    from detente.errors import OutputError

# Seconds in which the head of a request is whole, and its body.
HEAD_SECONDS: Final = 20.0
BODY_SECONDS: Final = 60.0
# Connections of one address on which no whole request has arrived.
MOST_HALF_OPEN: Final = 64
BACKLOG: Final = 256


class Connection(H11Protocol):
    """
    A connection that is closed where a request does not arrive in time.

    half_open: Connections by address on which a request is awaited.
    """

    half_open: ClassVar[Counter[str]] = Counter()
    head_seconds, body_seconds, most = HEAD_SECONDS, BODY_SECONDS, MOST_HALF_OPEN

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, unless its address has too many half open."""
        super().connection_made(transport)
        self._waits_for = ""
        self._timer: asyncio.TimerHandle | None = None
        peer = transport.get_extra_info("peername")
        self._address = str(peer[0]) if peer else ""
        self._await("head", self.head_seconds)
        if self.half_open[self._address] > self.most:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        self._await("", 0.0)
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """Read what came, and see what is awaited now."""
        super().handle_events()
        if self.transport.is_closing():
            return
        state = self.conn.their_state
        if state is h11.SEND_BODY:
            self._await("body", self.body_seconds)
        elif state is h11.IDLE and self.conn.trailing_data[0]:
            self._await("head", self.head_seconds)
        elif state is not h11.IDLE:
            self._await("", 0.0)

    def _await(self, what: str, seconds: float) -> None:
        """Wait for a part of a request, or for none; a part that is awaited already keeps its time."""
        before = self._waits_for
        if what == before:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.half_open[self._address] += bool(what) - bool(before)
        if not self.half_open[self._address]:
            del self.half_open[self._address]
        self._waits_for = what
        if what:
            self._timer = self.loop.call_later(seconds, self._late)

    def _late(self) -> None:
        """Close a connection whose request did not arrive in time."""
        self._timer = None
        if not self.transport.is_closing():
            self.transport.abort()


def listen(host: str, port: int) -> tuple[socket.socket, str]:
    """
    Take a port, before anything is made ready or said. Gives the socket and its address to be shown.

    OutputError where another program has it.
    """
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        taken = socket.socket(family, kind, proto)
        try:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(address)
            taken.listen(BACKLOG)
        except OSError:
            taken.close()
            raise
    except OSError as problem:
        raise _not_taken(problem, host, port) from None
    shown = f"[{host}]" if ":" in host else host
    return taken, f"http://{shown}:{taken.getsockname()[1]}/"


def _not_taken(problem: OSError, host: str, port: int) -> OutputError:
    """The refusal of a port."""
    found: Any = system_refusal(problem, f"--host {host} --port {port}")
    found.what = "the port cannot be taken"
    found.allowed = (
        "an address of this machine, and a port that no other program has; 0 takes any that is free"
    )
    found.repair = "stop the other program, or give another --port"
    return found  # type: ignore[no-any-return]
