"""Addresses at random: an answer or a refusal, never an error of the server."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from detente.queries.question import question_of
from fuzz.typed import ASKED, BASE, ODD, fields_of, meant
from fuzz.verdict import SPILLED, batches, chance
from web.servers import BASE as SERVER
from web.servers import plain_app

REFUSALS = {400, 401, 403, 404, 405, 409, 413, 414, 415, 421, 422, 503}
PAGES = (
    "/", "/now", "/compare", "/economy", "/economy/VNM", "/product", "/ledger", "/ledger/measure",
    "/lapses", "/port-fee", "/licence", "/parties", "/purchases", "/about", "/entry", "/play",
    "/compare/chart/tariffs.svg", "/embed", "/static/page.css", "/api/v1",
)  # fmt: skip
HEADERS = (
    ("accept", "text/csv"), ("accept", "*/*;q=x"), ("origin", "http://["), ("origin", "null"),
    ("if-none-match", '"'), ("accept-encoding", "gzip;q=2"), ("range", "bytes=9-1"), ("cookie", "a=b; ="),
    ("content-type", "text/plain"), ("accept-language", b"\xff"), ("x-forwarded-for", "1.2.3.4"),
    ("if-modified-since", "never"),
)  # fmt: skip


@pytest.fixture(scope="module")
def client():
    """Ask a server that has solved nothing; what it raises is an answer 500."""
    return TestClient(plain_app(), base_url=SERVER, raise_server_exceptions=False)


def _address(source):
    """An address, and what is asked of it."""
    if source.random() < 0.25:
        path = source.choice(PAGES) + source.choice(("", "", "", "/", "/x", "//", "/%2e%2e", "/USA"))
        keys = ["on", "from", "to", "id", "code", "scenario", "of", "against", "q", "name", "known", "view"]
        return path, [(source.choice(keys), source.choice(ODD)) for _ in range(source.randint(0, 3))]
    name = source.choice(ASKED)
    question = question_of(name)
    own = {item.name: item for item in fields_of(name)}
    given = [(own[key].key, value) for key, value in BASE[name].items() if key in own]
    for item in source.sample(list(own.values()), source.randint(0, min(4, len(own)))):
        value = meant(item, source) if source.random() < 0.5 else source.choice(ODD)
        given += [(item.key, str(one)) for one in (value if isinstance(value, tuple) else (value,))]
    return f"/api/v1{question.address or '/status'}", given


@pytest.mark.parametrize("batch", batches(600, 60))
def test_an_address_answers_or_refuses(client, batch):
    source = chance("http", batch)
    for _ in range(60):
        path, given = _address(source)
        method = source.choice(("GET", "GET", "GET", "GET", "HEAD", "POST", "PUT", "OPTIONS"))
        headers = source.sample(HEADERS, source.choice((0, 0, 1, 2)))
        found = client.request(method, path, params=[(k, str(v)[:500]) for k, v in given], headers=headers)
        shown = f"{method} {path} {given!r} {headers!r}\n{found.status_code} {found.text[:800]}"
        assert found.status_code < 400 or found.status_code in REFUSALS, shown
        if found.status_code >= 400 and method != "HEAD":
            assert not any(word in found.text for word in SPILLED), shown
