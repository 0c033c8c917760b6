"""A server on a real socket: slow and half-open connections, HEAD, a port that is taken, headers of every kind."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time

import pytest
import uvicorn

from detente.errors import InputError, OutputError
from detente.manifest import PACKAGE
from detente.web import read_token
from detente.web.connections import Connection, listen

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n"


class Quick(Connection):
    """As served, in tenths of a second, and with four connections half open."""

    head_seconds, body_seconds, most = 0.6, 0.6, 4


async def echo(scope, receive, send):
    """Answer with the length of the body."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    text = str(size).encode()
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(text))]}
    )
    await send({"type": "http.response.body", "body": text})


@pytest.fixture(scope="module")
def port():
    """A server with short times."""
    taken, address = listen("127.0.0.1", 0)
    config = uvicorn.Config(echo, http=Quick, log_level="critical", lifespan="off", timeout_keep_alive=5)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: server.run(sockets=[taken]), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    assert address.endswith(f":{taken.getsockname()[1]}/")
    yield taken.getsockname()[1]
    server.should_exit = True
    thread.join(timeout=20)


def opened(port, sent=b""):
    """A connection on which something was sent."""
    link = socket.create_connection(("127.0.0.1", port), timeout=20)
    link.sendall(sent)
    return link


def closed(link):
    """What the server sends until it closes."""
    found = b""
    with contextlib.suppress(ConnectionResetError), link:
        while part := link.recv(65_536):
            found += part
    return found


@pytest.mark.parametrize(
    "sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nA: ", HEAD, HEAD + b"12345"], ids=repr
)
def test_a_request_that_does_not_arrive_in_time_is_dropped(port, sent):
    assert closed(opened(port, sent)) == b""


def drip(link):
    """Send a byte at a time; gives how many the server took."""
    with link:
        for taken in range(100):
            try:
                link.sendall(b"a")
            except OSError:
                return taken
            time.sleep(0.05)
    return 100


def test_a_request_that_drips_is_dropped_all_the_same(port):
    assert 2 < drip(opened(port)) < 60


def test_a_second_request_on_a_connection_has_its_own_time(port):
    link = opened(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    answer = b""
    while not answer.endswith(b"\r\n\r\n0"):
        answer += link.recv(4096)
    assert answer.startswith(b"HTTP/1.1 200")
    link.sendall(b"GET / HT")
    assert closed(link) == b""


def test_whole_requests_are_answered_though_others_are_half_open(port):
    held = [opened(port) for _ in range(4)]
    refused = [opened(port) for _ in range(6)]
    time.sleep(0.2)
    assert [closed(link) for link in refused] == [b""] * 6
    for link in held:
        link.close()
    time.sleep(0.2)
    answer = closed(opened(port, HEAD.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + b"1234567890"))
    assert answer.endswith(b"\r\n10")
    assert sum(Quick.half_open.values()) == 0


def test_the_head_of_an_answer_is_that_of_get(client):
    for path in ("/about", "/", "/static/page.css", "/api/v1/ledger/ls?on=2025-10-27", "/nothing"):
        head, whole = client.head(path), client.get(path)
        assert (head.status_code, head.content) == (whole.status_code, b""), path
        assert head.headers["content-type"] == whole.headers["content-type"]
        assert head.headers["content-length"] == whole.headers["content-length"]
        assert "content-security-policy" in head.headers


ODD = ("http://[", "http://[::1", "http://a b", "//", "\x80", "null", "http://[::1]:99999", "http://\xff")


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize(
    "name", ["origin", "host", "cookie", "accept", "referer", "content-type", "sec-fetch-site"]
)
def test_no_header_ends_in_an_error_of_the_server(client, name, odd):
    for method, path in (("GET", "/about"), ("POST", "/parties/screen"), ("GET", "/api/v1/status")):
        answer = client.request(method, path, headers={name: odd.encode("latin-1")})
        assert answer.status_code < 500, (name, odd, path)


def test_a_port_that_is_taken_is_refused_before_anything_is_said():
    taken, _ = listen("127.0.0.1", 0)
    number = taken.getsockname()[1]
    with taken:
        with pytest.raises(OutputError, match="the port cannot be taken"):
            listen("127.0.0.1", number)
        said = subprocess.run(
            [sys.executable, "-m", "detente", "serve", "--port", str(number)],
            capture_output=True,
            text=True,
            timeout=120,
            env=os.environ | {"PYTHONPATH": str(PACKAGE.parent)},
            check=False,
        )
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.splitlines() == [
        "OutputError: the port cannot be taken",
        f"  where   --host 127.0.0.1 --port {number}",
        "  found   Address already in use",
        "  allowed an address of this machine, and a port that no other program has; 0 takes any that is free",
        "  repair  stop the other program, or give another --port",
    ]


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o660, 0o610, 0o604])
def test_a_token_file_that_others_can_touch_is_refused(tmp_path, mode):
    path = tmp_path / "token"
    path.write_text("a-long-random-word-of-letters-0123456789", encoding="utf-8")
    path.chmod(mode)
    with pytest.raises(InputError, match="others can") as refused:
        read_token(path)
    assert f"mode {mode:03o}" in refused.value.found


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="the system has no owners of files")
def test_a_token_file_of_somebody_else_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "token"
    path.write_text("a-long-random-word-of-letters-0123456789", encoding="utf-8")
    path.chmod(0o600)
    owner = path.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    if owner == 0:
        assert read_token(path)  # root may lend a file
        os.chown(path, 12_345, -1)
    with pytest.raises(InputError, match="belongs to somebody else"):
        read_token(path)
