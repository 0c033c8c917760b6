"""Answers travel small, and an unchanged one is not sent again; tables carry the headings of their columns."""

from __future__ import annotations

import gzip
import re

import pytest
from starlette.datastructures import Headers

from detente.web.cards import label_cells
from detente.web.delivery import delivered

# Bytes of a first read of the first page, style, script and fonts among them.
FIRST_READ = 100_000
LOADED = re.compile(r'<(?:link rel="(?:stylesheet|icon)" href|script type="module" src)="([^"]+)"')
FONT = re.compile(r'url\("(/static/fonts/[^"]+)"\)')


@pytest.mark.parametrize("address", ["/", "/static/page.css", "/api/v1/status?on=2025-10-27", "/ledger"])
def test_an_unchanged_answer_is_not_sent_again(client, address):
    first = client.get(address)
    again = client.get(address, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert client.get(address, headers={"if-none-match": '"another"'}).content == first.content


@pytest.mark.parametrize("address", ["/", "/static/page.css", "/api/v1/status?on=2025-10-27"])
def test_text_travels_small_and_is_the_same(client, address):
    plain = client.get(address, headers={"accept-encoding": "identity"})
    with client.stream("GET", address, headers={"accept-encoding": "gzip"}) as small:
        raw = b"".join(small.iter_raw())
    assert small.headers["content-encoding"] == "gzip"
    assert int(small.headers["content-length"]) == len(raw) < len(plain.content) / 2
    assert gzip.decompress(raw) == plain.content
    assert small.headers["etag"] != plain.headers["etag"]
    assert "accept-encoding" in small.headers["vary"].lower()


def test_refusals_and_what_must_not_be_kept_have_no_mark(client):
    assert "etag" not in client.get("/nothing").headers
    assert "etag" not in client.post("/parties/screen", data={"name": "A bakery"}).headers
    start = {"type": "http.response.start", "status": 200, "headers": [(b"cache-control", b"no-store")]}
    sent = delivered([start, {"type": "http.response.body", "body": b"x"}], Headers({}))
    assert b"etag" not in dict(sent[0]["headers"])


def test_the_first_read_of_the_first_page_is_small(solved):
    page = solved.get("/", headers={"accept-encoding": "identity"}).text
    style = solved.get("/static/page.css", headers={"accept-encoding": "identity"}).text
    # A browser loads a font where it is used; nothing of the first page is in italics.
    fonts = [name for name in FONT.findall(style) if "italic" not in name]
    assert len(fonts) == 2
    total = 0
    for address in ("/", *LOADED.findall(page), *fonts):
        with solved.stream("GET", address, headers={"accept-encoding": "gzip"}) as answer:
            total += len(b"".join(answer.iter_raw()))
    assert total < FIRST_READ


def test_a_cell_carries_the_heading_of_its_column_past_spans():
    table = (
        '<table><thead><tr><th>Date</th><th colspan="2">What <b>happens</b></th><th>Basis</th></tr></thead><tbody>'
        '<tr><th rowspan="2">1 May</th><td>a</td><td>b</td><td>c</td></tr><tr><td>d</td><td>e</td><td>f</td></tr>'
        '<tr><td>g</td><td colspan="2">h</td><td>i</td></tr></tbody></table>'
    )
    found = re.findall(r'<t[dh][^>]* data-label="([^"]*)"[^>]*>(\w)', label_cells(table))
    assert found == [
        ("Date", "1"), ("What happens", "a"), ("What happens", "b"), ("Basis", "c"), ("What happens", "d"),
        ("What happens", "e"), ("Basis", "f"), ("Date", "g"), ("What happens", "h"), ("Basis", "i"),
    ]  # fmt: skip


@pytest.mark.parametrize("address", ["/board?on=2025-10-27", "/ledger", "/ledger/assumptions", "/about"])
def test_every_cell_under_a_heading_carries_it(client, address):
    page = client.get(address).text
    body = re.findall(r"<tbody>.*?</tbody>", page, re.DOTALL)
    cells = [cell for part in body for cell in re.findall(r"<td\b[^>]*>", part)]
    assert cells
    assert all("data-label=" in cell for cell in cells)
    assert label_cells("<p>no table</p>") == "<p>no table</p>"
