"""How answers travel: marked by their content, so that an unchanged one is not sent again, and smaller where it helps."""

from __future__ import annotations

import gzip
import hashlib
from typing import TYPE_CHECKING, Any, Final

from starlette.datastructures import Headers, MutableHeaders

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Scope = MutableMapping[str, Any]
    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

# Kinds of text that become smaller; fonts and pictures are small already.
TEXTS: Final = ("text/", "application/json", "application/yaml", "image/svg+xml", "application/javascript")
LEAST: Final = 800
LEVEL: Final = 6
OK: Final = 200


class Delivery:
    """
    Gives whole answers to GET an ETag, answers 304 to who has them, and compresses text for who takes it.

    app: The application behind it.
    """

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, and hold its answer until it is whole."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        held: list[Message] = []

        async def hold(message: Message) -> None:
            held.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                for part in delivered(held, Headers(scope=scope)):
                    await send(part)

        await self.app(scope, receive, hold)


def delivered(messages: list[Message], asked: Headers) -> list[Message]:
    """A whole answer as it is sent: itself, smaller, or a note that nothing has changed."""
    start, body = messages[0], b"".join(part.get("body", b"") for part in messages[1:])
    headers = MutableHeaders(raw=list(start["headers"]))
    if start["status"] != OK or "content-encoding" in headers:
        return messages
    text = headers.get("content-type", "").startswith(TEXTS)
    if text:
        headers.add_vary_header("Accept-Encoding")
    # Not one answer for everybody: the mark is that of this content under this encoding.
    small = text and len(body) >= LEAST and "gzip" in asked.get("accept-encoding", "")
    mark = f'"{hashlib.sha256(body).hexdigest()[:32]}{"-gzip" if small else ""}"'
    if headers.get("cache-control") != "no-store":
        headers["etag"] = mark
        if mark in [one.strip().removeprefix("W/") for one in asked.get("if-none-match", "").split(",")]:
            del headers["content-length"]
            return [
                {**start, "status": 304, "headers": headers.raw},
                {"type": "http.response.body", "body": b""},
            ]
    if small:
        body = gzip.compress(body, LEVEL, mtime=0)
        headers["content-encoding"] = "gzip"
    headers["content-length"] = str(len(body))
    return [{**start, "headers": headers.raw}, {"type": "http.response.body", "body": body}]
