"""Asks the application in process: no socket, and no server."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from detente.web import Settings, create_app

if TYPE_CHECKING:
    from fastapi import FastAPI

HOST: Final = "published.invalid"
"""Name under which the application is asked; a reserved name that no network has, so that its own links are known."""
SHELF: Final = 512_000_000
TRIES, PAUSE = 2_400, 0.25
OK: Final = 200


@dataclass(frozen=True)
class Answer:
    """
    What the application answers.

    status, kind, body: Code, content type without its parameters, bytes.
    waits: Whether it says to ask again.
    """

    status: int
    kind: str
    body: bytes
    waits: bool = False


def make_app(overlays: tuple[Any, ...] = ()) -> FastAPI:
    """Make the application that is asked: it solves nothing by itself, and keeps more answers than a server."""
    return create_app(Settings(names=(HOST,), prepare=False, shelf_bytes=SHELF), overlays=overlays)


class Asker:
    """
    Asks one application, address by address, in a thread of its own: a notebook's has a loop that runs already.

    app: The application.
    """

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.loop = asyncio.new_event_loop()
        self._thread = ThreadPoolExecutor(max_workers=1)

    def ask(self, address: str, *, patience: int = TRIES) -> Answer:
        """Ask for an address, and again up to `patience` times while it says that it is still being worked out."""
        return self._thread.submit(self._run, address, patience).result()

    def close(self) -> None:
        """End the loop and its threads."""
        self._thread.submit(self._end).result()
        self._thread.shutdown()

    def _run(self, address: str, patience: int) -> Answer:
        return self.loop.run_until_complete(self._patiently(address, patience))

    def _end(self) -> None:
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()

    async def _patiently(self, address: str, patience: int) -> Answer:
        """Ask until it is there, within a bound."""
        found = await self._once(address)
        for _ in range(patience):
            if not found.waits:
                break
            await asyncio.sleep(PAUSE)
            found = await self._once(address)
        return found

    async def _once(self, address: str) -> Answer:
        """Ask once."""
        path, _, query = address.partition("?")
        heads: list[tuple[bytes, bytes]] = []
        pieces: list[bytes] = []
        status, whole, sent = 0, asyncio.Event(), False

        async def receive() -> dict[str, Any]:
            nonlocal sent
            if sent:
                await whole.wait()
                return {"type": "http.disconnect"}
            sent = True
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                heads.extend(message["headers"])
            elif message["type"] == "http.response.body":
                pieces.append(message.get("body", b""))
                if not message.get("more_body", False):
                    whole.set()

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(b"host", HOST.encode())],
            "client": ("127.0.0.1", 1),
            "server": (HOST, 80),
        }
        await self.app(scope, receive, send)
        named = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in heads}
        kind = named.get("content-type", "").partition(";")[0].strip()
        return Answer(status, kind, b"".join(pieces), bool({"refresh", "retry-after"} & named.keys()))
