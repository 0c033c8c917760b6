"""The door: which requests come in at all, and what every answer tells the browser."""

from __future__ import annotations

import hashlib
import hmac
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from detente.web.settings import Settings

    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

COOKIE: Final = "detente-session"
OPEN_PATHS: Final = ("/login", "/static/")
FILE_PATHS: Final = frozenset({"/parties/screen"})
METHODS: Final = frozenset({"GET", "HEAD", "POST"})
LONGEST_PATH: Final = 300
HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# What other sites may frame, and under which rules.
EMBED: Final = "/embed/"
EMBED_HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors *"
    ),
    "cross-origin-resource-policy": "cross-origin",
}
# Headers that say nothing where frames are allowed.
UNFRAMED: Final = frozenset({"x-frame-options"})


class TooLargeError(HTTPException):
    """
    The body of a request is larger than allowed.

    most: Bytes allowed.
    """

    def __init__(self, most: int) -> None:
        super().__init__(413, f"the request is larger than {most} bytes")


def session_of(token: str) -> str:
    """Give what the cookie of a signed-in browser holds, which is not the token itself."""
    return hmac.new(token.encode(), b"detente session", hashlib.sha256).hexdigest()


def same_word(given: str, wanted: str) -> bool:
    """
    Compare secrets in a time that does not tell where they differ. Gives whether they are the same.

    Examples
    --------
    >>> same_word("a", "a"), same_word("é", "a")
    (True, False)
    """
    return hmac.compare_digest(given.encode(), wanted.encode())


class Guard:
    """
    Checks host, origin, token and size of every request before anything else sees it.

    app: The application behind the door.
    settings: Names, token and limits.
    """

    def __init__(self, app: Callable[..., Awaitable[None]], settings: Settings) -> None:
        self.app, self.settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer why not."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, _dressed(send))
            return
        framed = scope["path"].startswith(EMBED)
        told = _dressed(send, UNFRAMED if framed else frozenset())
        if scope["method"] == "HEAD":
            scope, told = {**scope, "method": "GET"}, _headed(told)
        await self.app(scope, _Count(receive, self._most(scope)), told)

    def _most(self, scope: Scope) -> int:
        """Largest body of a request, by its page."""
        return self.settings.file_bytes if scope["path"] in FILE_PATHS else self.settings.body_bytes

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> Any:
        """The answer to a request that does not come in; None when it does."""
        return self._unfit(scope, headers) or self._stranger(scope, headers)

    def _unfit(self, scope: Scope, headers: dict[str, str]) -> Any:
        """The answer to a request of the wrong kind or size."""
        length = headers.get("content-length", "0")
        if scope["method"] not in METHODS:
            return _plain(405, "GET, HEAD and POST are allowed", {"allow": "GET, HEAD, POST"})
        if len(scope["path"]) > LONGEST_PATH or len(scope["query_string"]) > self.settings.query_bytes:
            return _plain(414, "the address is too long")
        if scope["query_string"].count(b"&") >= self.settings.fields:
            return _plain(414, f"more than {self.settings.fields} fields")
        most = self._most(scope)
        if not length.isdecimal() or int(length[:12]) > most:
            return _plain(413, f"the request is larger than {most} bytes")
        return None

    def _stranger(self, scope: Scope, headers: dict[str, str]) -> Any:
        """The answer to a request under another name, by another site, or without the token."""
        if not self.settings.knows(headers.get("host", "")):
            return _plain(421, "this server does not answer under that name; see `detente serve --name`")
        if _from_elsewhere(scope["method"], headers):
            return _plain(403, "requests made by another site are refused")
        if self.settings.token and not self._signed_in(scope["path"], headers):
            if scope["path"].startswith("/api/") or scope["method"] == "POST":
                return _plain(
                    401, "show the token: Authorization: Bearer ...", {"www-authenticate": "Bearer"}
                )
            return RedirectResponse("/login", status_code=303)
        return None

    def _signed_in(self, path: str, headers: dict[str, str]) -> bool:
        """Whether a request shows the token, or the cookie of a browser that showed it."""
        if path.startswith(OPEN_PATHS):
            return True
        shown = headers.get("authorization", "")
        if shown.startswith("Bearer "):
            return same_word(shown.removeprefix("Bearer ").strip(), self.settings.token)
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            return False
        return cookie is not None and same_word(cookie.value, session_of(self.settings.token))


class _Count:
    """Counts the bytes of a body while it is read."""

    def __init__(self, receive: Receive, most: int) -> None:
        self.receive, self.most, self.left = receive, most, most

    async def __call__(self) -> MutableMapping[str, Any]:
        """Next message of the client."""
        message = await self.receive()
        self.left -= len(message.get("body", b""))
        if self.left < 0:
            raise TooLargeError(self.most)
        return message


def _from_elsewhere(method: str, headers: dict[str, str]) -> bool:
    """Whether a request was made by a page of another site; following a link is allowed."""
    origin = headers.get("origin")
    if origin is not None and _name_of(origin) != headers.get("host", "").lower():
        return True
    site, mode = headers.get("sec-fetch-site", "none"), headers.get("sec-fetch-mode", "navigate")
    return site in {"cross-site", "same-site"} and not (mode == "navigate" and method == "GET")


def _name_of(origin: str) -> str:
    """Name and port of an origin; empty where it is none."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _plain(status: int, words: str, headers: dict[str, str] | None = None) -> PlainTextResponse:
    """A short answer in words."""
    return PlainTextResponse(f"{words}\n", status_code=status, headers=headers)


def _headed(send: Send) -> Send:
    """Send the head of an answer, and no body."""

    async def without_body(message: MutableMapping[str, Any]) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return without_body


def _dressed(send: Send, without: frozenset[str] = frozenset()) -> Send:
    """Add the headers every answer carries, but for some."""

    async def with_headers(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            present = {key.lower() for key, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                *(
                    (k.encode(), v.encode())
                    for k, v in HEADERS.items()
                    if k.encode() not in present and k not in without
                ),
            ]
        await send(message)

    return with_headers
