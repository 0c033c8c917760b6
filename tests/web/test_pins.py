"""Permalinks: reopened they give the same numbers; with another ledger they say so and use what was known."""

from __future__ import annotations

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

import detente
from detente.web import Settings, create_app
from detente.web.pins import differences, pin_of, read_pin
from web.servers import BASE, plain_app

PAGES = [
    "/?on=2025-10-27",
    "/product?code=7326.90.86.88&from=CHN&to=USA&on=2026-09-18",
    "/ledger?imposer=CHN&state=suspended&on=2025-11-20",
    "/ledger/measure?id=us.ieepa.fentanyl.cn&on=2025-11-10",
    "/ledger/changes?first=2025-11-09&second=2025-11-11",
    "/parties/port-fee?port_of=USA&net_tons=85000&built=CHN&on=2025-10-20",
    "/parties/licence?kind=rare-earth&from=JPN&to=USA&elements=Dy&on=2025-12-15",
    "/parties/purchases?id=cn.buy.soy2026_28&on=2026-06-30",
]
OVERLAY = """\
measures:
  - id: us.s122
    title: Another reading of Section 122
    imposer: USA
    targets: ["*"]
    instrument: tariff
    authority: [a test]
    scope: {main: {text: all goods, include: [all]}}
    steps:
      - {from: "2026-02-24", recorded: "2026-02-20", rate: 0.15, act: a test, sources: [scotus]}
    stacking: {text: on top of everything}
    confidence: low
    sources: [scotus]
"""


def permalink(text):
    return unescape(re.search(r'<code id="take-link">([^<]*)</code>', text)[1])


def numbers(text):
    return re.findall(r"<b>[^<]*</b>|<td class=\"n\">[^<]*</td>", text.split('<section class="take"')[0])


@pytest.mark.parametrize("page", PAGES)
def test_a_permalink_gives_the_same_page(client, page):
    first = client.get(page)
    link = permalink(first.text)
    assert link.startswith(BASE)
    again = client.get(link.removeprefix(BASE))
    assert again.status_code == 200
    assert "made with other facts" not in again.text
    assert numbers(again.text) == numbers(first.text)
    assert permalink(again.text) == link


def test_a_permalink_names_its_day_and_facts(client):
    link = permalink(client.get("/product?code=7326.90.86.88&from=CHN&to=USA").text)
    ledger = plain_app().state.detente.ledger
    assert f"on={ledger.horizon.isoformat()}" in link
    assert ledger.hash[:16] in link


def test_with_another_ledger_it_says_so_and_goes_back_to_what_was_known(tmp_path, client):
    path = tmp_path / "overlay.yaml"
    path.write_text(OVERLAY, encoding="utf-8")
    other = TestClient(create_app(Settings(prepare=False), overlays=(path,)), base_url=BASE)
    link = permalink(client.get("/product?code=7326.90.86.88&from=CHN&to=USA&on=2026-03-10").text)
    reopened = other.get(link.removeprefix(BASE))
    assert reopened.status_code == 200
    assert "This link was made with other facts" in reopened.text
    assert "as it was known on 8 October 2026" in reopened.text
    assert f"pip install &#34;detente[web]=={detente.__version__}&#34;" in reopened.text
    assert "as known on 8 October 2026" in reopened.text
    assert "known=2026-10-08" in permalink(reopened.text)


def test_an_older_code_is_named():
    ledger = plain_app().state.detente.ledger
    here = pin_of(ledger)
    old = read_pin(str(here).replace(detente.__version__, "0.0.9"))
    assert old.install == 'pip install "detente[web]==0.0.9"'
    assert differences(old, here) == (f"détente 0.0.9 then, {detente.__version__} here",)
    assert differences(here, here) == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "0.1.0~2026-13-40~0123456789abcdef~~",
        "0.1.0~2026-10-08~0123~~",
        "<b>~2026-10-08~0123456789abcdef~~",
    ],
)
def test_what_is_no_pin_is_left_aside(client, text):
    assert read_pin(text) is None
    assert client.get("/about", params={"pin": text}).status_code == 200
