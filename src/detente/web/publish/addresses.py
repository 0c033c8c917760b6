"""Addresses of the application, and the files that stand for them."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath
from posixpath import relpath
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from detente.web.publish.asking import HOST

ENDINGS: Final = {
    "text/html": ".html",
    "application/json": ".json",
    "image/svg+xml": ".svg",
    "image/png": ".png",
    "text/csv": ".csv",
    "text/calendar": ".ics",
    "text/css": ".css",
    "text/javascript": ".js",
    "application/javascript": ".js",
    "application/yaml": ".yaml",
    "application/pdf": ".pdf",
    "font/woff2": ".woff2",
}
HOME: Final = "index.html"
_WORDS, _DIGITS = 60, 10
_OTHER = re.compile(r"[^0-9A-Za-z.]+")


def address_of(link: str, page: str = "/") -> str | None:
    """
    Read a link on a page: the address of the application it leads to, its fields in one order; None if it leads elsewhere.

    Examples
    --------
    >>> address_of("/product?to=USA&code=22#stack"), address_of("?on=2026-01-01", "/ledger")
    ('/product?code=22&to=USA', '/ledger?on=2026-01-01')
    >>> address_of("https://example.org/") is None
    True
    """
    parts = urlsplit(link.strip())
    if parts.scheme not in {"", "http"} or parts.netloc not in {"", HOST}:
        return None
    path = parts.path or page.partition("?")[0]
    if not path.startswith("/"):
        path = str(PurePosixPath(page.partition("?")[0]).parent / path)
    pairs = sorted(parse_qsl(parts.query, keep_blank_values=True), key=lambda pair: pair[0])
    return f"{path}?{urlencode(pairs)}" if pairs else path


def fragment_of(link: str) -> str:
    """Give the part of a link behind its address, with its sign; empty without one."""
    mark = urlsplit(link.strip()).fragment
    return f"#{mark}" if mark else ""


def file_of(address: str, kind: str) -> str:
    """
    Name the file of an address: its path, the words of its fields, and digits that tell two of the same words apart.

    Examples
    --------
    >>> file_of("/", "text/html"), file_of("/static/page.css", "text/css")
    ('index.html', 'static/page.css')
    >>> file_of("/product?code=22&to=USA", "text/html")
    'product/code-22-to-USA-c876be22aa.html'
    """
    path, _, query = address.partition("?")
    ending = ENDINGS.get(kind, ".txt")
    place = "/".join(_OTHER.sub("-", piece) for piece in path.strip("/").split("/"))
    stem = place.removesuffix(ending)
    if not query:
        return f"{stem}{ending}" if stem else HOME
    words = _OTHER.sub("-", query.replace("=", "-"))[:_WORDS].strip("-.")
    digits = hashlib.sha256(address.encode()).hexdigest()[:_DIGITS]
    return f"{stem or 'index'}/{words}-{digits}{ending}"


def between(page: str, file: str) -> str:
    """
    Write the way from one file to another, as a link of the first.

    Examples
    --------
    >>> between("product/a.html", "static/page.css"), between("index.html", "product/a.html")
    ('../static/page.css', 'product/a.html')
    """
    return relpath(file, str(PurePosixPath(page).parent))
