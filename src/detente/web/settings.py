"""What a server may be told, and its limits."""

from __future__ import annotations

import ipaddress
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from detente.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
SHORTEST_TOKEN: Final = 24
LONGEST_TOKEN: Final = 512


@dataclass(frozen=True)
class Settings:
    """
    How a server is reached, and what one request may cost.

    host, port: Address to listen on.
    names: Further names under which browsers reach the server.
    lists: Screening list files the operator gives.
    token: What a request must show when the host is not loopback; empty on loopback.
    body_bytes, query_bytes, fields: Largest body, longest query, most fields of a query or form.
    file_bytes: Largest body of a page that takes a file: a full screening list.
    waiting, per_client, seconds: Solves waiting at most, of one client at most, and seconds until a solve is given up.
    shelf_bytes: Memory for answers kept.
    prepare: Whether the main study is solved as the server starts.
    """

    host: str = "127.0.0.1"
    port: int = 8737
    names: tuple[str, ...] = ()
    lists: tuple[Path, ...] = ()
    token: str = ""
    body_bytes: int = 262_144
    file_bytes: int = 67_108_864
    query_bytes: int = 6_000
    fields: int = 120
    waiting: int = 8
    per_client: int = 4
    seconds: float = 120.0
    shelf_bytes: int = 64_000_000
    prepare: bool = True

    def __post_init__(self) -> None:
        """Refuse to listen beyond this machine without a token."""
        if not self.loopback and not self.token:
            raise InputError(
                "the page would be open to others without a token",
                where="--host",
                found=self.host,
                allowed="127.0.0.1, ::1 or localhost; any other address with --token-file",
                repair="write a long random word to a file only you can read and give --token-file FILE",
            )

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in LOOPBACK

    def knows(self, host: str) -> bool:
        """
        Tell whether a Host header names this server, which a rebound name of another site does not.

        Gives True for loopback names, names given, and bare addresses when listening beyond loopback.

        Examples
        --------
        >>> Settings().knows("localhost:8737"), Settings().knows("evil.example:8737")
        (True, False)
        """
        name, port = _split(host.strip().lower())
        if port not in {"", str(self.port)} and self.loopback:
            return False
        if name in LOOPBACK or name in self.names or name == self.host:
            return True
        return not self.loopback and _is_address(name)


def _split(host: str) -> tuple[str, str]:
    """Name and port of a Host header."""
    if host.startswith("["):
        name, _, rest = host[1:].partition("]")
        return name, rest.removeprefix(":")
    name, _, port = host.partition(":")
    return name, port


def _is_address(name: str) -> bool:
    """Whether a name is an address, which cannot be rebound."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def read_token(path: Path) -> str:
    """Read the token that requests must show."""
    if not path.is_file():
        raise InputError(
            "no such token file", where="--token-file", found=path, allowed="a file", repair="check the path"
        )
    held = path.stat()
    if held.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        writes = held.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        raise InputError(
            "others can write the token file" if writes else "others can read the token file",
            where="--token-file",
            found=f"{path}: mode {stat.S_IMODE(held.st_mode):03o}",
            allowed="a file only its owner can read and write",
            repair=f"chmod 600 {path}",
        )
    if hasattr(os, "geteuid") and held.st_uid not in {os.geteuid(), 0}:
        raise InputError(
            "the token file belongs to somebody else",
            where="--token-file",
            found=f"{path}: user {held.st_uid}",
            allowed=f"a file of the user that runs the server ({os.geteuid()}), or of root",
            repair="write a token to a file of your own",
        )
    token = path.read_text(encoding="utf-8").strip() if path.stat().st_size <= 2 * LONGEST_TOKEN else ""
    if not SHORTEST_TOKEN <= len(token) <= LONGEST_TOKEN or not token.isascii() or not token.isprintable():
        raise InputError(
            "the token cannot be used",
            where="--token-file",
            found=f"{len(token)} characters",
            allowed=f"{SHORTEST_TOKEN} to {LONGEST_TOKEN} printable ASCII characters on one line",
            repair="write a long random word to the file",
        )
    return token
