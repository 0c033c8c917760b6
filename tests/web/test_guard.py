"""What comes in at all: names, origins, tokens, sizes; and what every answer tells the browser."""

from __future__ import annotations

import logging
import re

import pytest
from fastapi.testclient import TestClient

from detente.errors import InputError
from detente.web import Settings, create_app, read_token
from detente.web.guard import COOKIE, session_of

TOKEN = "a-long-random-word-of-letters-0123456789"  # noqa: S105  (of this test)
BASE = "http://127.0.0.1:8737"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8737", "127.0.0.1.evil.example", "", "127.0.0.1:9999"]
)
def test_another_name_is_not_answered(client, host):
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "does not answer under that name" in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1:8737", "localhost:8737", "[::1]:8737", "localhost"])
def test_loopback_names_are_answered(client, host):
    assert client.get("/about", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_requests_made_by_another_site_are_refused(client, method, headers):
    assert client.request(method, "/api/v1/run", headers=headers).status_code == 403


def test_a_form_posted_by_another_site_is_refused_though_it_navigates(client):
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert client.post("/parties/screen", data={"name": "x"}, headers=headers).status_code == 403


def test_a_link_from_another_site_may_be_followed(client):
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert client.get("/about", headers=headers).status_code == 200


def test_own_posts_come_in(client):
    answer = client.post("/parties/screen", data={"name": "A bakery"}, headers={"origin": BASE})
    assert answer.status_code == 200


def test_sizes_are_limited(client):
    assert client.get("/product", params={"words": "x" * 7000}).status_code == 414
    assert client.get("/about?" + "&".join(f"a{k}=1" for k in range(200))).status_code == 414
    assert client.get("/" + "a" * 400).status_code == 414
    assert client.post("/api/v1/run", content=b"x" * 300_000).status_code == 413
    assert client.post("/api/v1/run", content=iter([b"x" * 200_000] * 3)).status_code == 413
    assert client.put("/api/v1/run").status_code == 405
    assert client.request("TRACE", "/").status_code == 405


def test_every_answer_carries_a_strict_policy(client):
    for path in ("/", "/api/v1/status", "/nothing", "/static/page.css"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "access-control-allow-origin" not in headers


PAGES = [
    "/", "/product", "/product?words=steel+screws", "/product?code=7326.90.86.88&from=CHN&to=USA", "/parties",
    "/parties/port-fee", "/parties/licence", "/parties/screen", "/parties/purchases", "/ledger", "/ledger/changes",
    "/ledger/assumptions", "/ledger/measure?id=us.s122", "/about", "/compare", "/strategy", "/nothing",
]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_pages_have_nothing_inline_and_ask_nobody_else(client, page):
    text = client.get(page).text
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"", text)
    loaded = re.findall(r"<(?:script|img|source|link|iframe)\b[^>]*?(?:src|srcset|href)=\"([^\"]*)\"", text)
    assert loaded
    assert all(address.startswith("/") and not address.startswith("//") for address in loaded)


def test_beyond_loopback_a_token_is_needed():
    with pytest.raises(InputError, match="open to others without a token"):
        Settings(host="0.0.0.0")  # noqa: S104  (the refusal is the test)


@pytest.fixture
def guarded():
    app = create_app(Settings(host="192.0.2.7", token=TOKEN, prepare=False))
    return TestClient(app, base_url="http://192.0.2.7:8737", follow_redirects=False)


def test_the_token_opens_the_api_in_a_header_only(guarded):
    assert guarded.get("/api/v1/status").status_code == 401
    assert guarded.get("/api/v1/status", params={"token": TOKEN}).status_code == 401
    assert guarded.get("/api/v1/status", headers={"authorization": f"Bearer {TOKEN}x"}).status_code == 401
    assert guarded.get("/api/v1/status", headers={"authorization": f"Basic {TOKEN}"}).status_code == 401
    assert guarded.get("/api/v1/status", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_a_browser_signs_in_with_a_form(guarded, caplog):
    with caplog.at_level(logging.DEBUG):
        sent_away = guarded.get("/")
        assert (sent_away.status_code, sent_away.headers["location"]) == (303, "/login")
        assert guarded.get("/login").status_code == 200
        assert guarded.post("/login", data={"token": "wrong"}).status_code == 403
        signed = guarded.post("/login", data={"token": TOKEN})
        assert signed.status_code == 303
        cookie = signed.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert TOKEN not in cookie
        assert guarded.get("/about").status_code == 200
    assert TOKEN not in caplog.text
    guarded.cookies.clear()
    guarded.cookies.set(COOKIE, "0" * 64)
    assert guarded.get("/about").status_code == 303
    assert session_of(TOKEN) != session_of(TOKEN + "x")


def test_bare_addresses_are_answered_beyond_loopback_and_names_are_not(guarded):
    headers = {"authorization": f"Bearer {TOKEN}"}
    assert guarded.get("/about", headers=headers | {"host": "rebound.example:8737"}).status_code == 421
    named = create_app(Settings(host="192.0.2.7", token=TOKEN, prepare=False, names=("trade.example",)))
    client = TestClient(named, base_url="http://trade.example:8737")
    assert client.get("/about", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("text", "mode", "found"), [("short", 0o600, "cannot be used"), (TOKEN, 0o644, "others can read")]
)
def test_token_files_are_checked(tmp_path, text, mode, found):
    path = tmp_path / "token"
    path.write_text(text + "\n", encoding="utf-8")
    path.chmod(mode)
    with pytest.raises(InputError, match=found):
        read_token(path)


def test_a_good_token_file_is_read(tmp_path):
    path = tmp_path / "token"
    path.write_text(TOKEN + "\n", encoding="utf-8")
    path.chmod(0o600)
    assert read_token(path) == TOKEN
    with pytest.raises(InputError, match="no such token file"):
        read_token(tmp_path / "absent")


def test_paths_do_not_reach_the_file_system(client):
    for path in (
        "/static/../settings.py",
        "/static/%2e%2e/settings.py",
        "/static//etc/passwd",
        "/static/..%2f..%2fpyproject.toml",
    ):
        answer = client.get(path)
        assert answer.status_code in {404, 405, 421}
        assert "detente" not in answer.text.lower().replace("détente", "") or "<!doctype" in answer.text
    assert (
        client.get(
            "/api/v1/licence", params={"from": "CHN", "to": "USA", "fact": "bill=/etc/passwd"}
        ).status_code
        == 400
    )
    assert client.get("/api/v1/run", params={"study": "../../etc/passwd"}).status_code == 422
    assert client.get("/api/v1/run", params={"world": "/etc/passwd"}).status_code == 422
