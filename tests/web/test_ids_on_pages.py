"""No internal id reaches a reader: every page of a corpus of addresses, its words and those of its pictures, is scanned."""

from __future__ import annotations

import html
import re
import time

import pytest

from internal_ids import ids_in

LAW = (
    "/",
    "/?on=2025-10-27",
    "/?a=USA&b=VNM&on=2025-11-10",
    "/board?on=2025-10-27",
    "/board?on=2026-11-30",
    "/product?words=toys",
    "/product?code=9503.00.00.73&from=CHN&to=USA&on=2025-10-27",
    "/product?code=7326.90.86.88&from=CHN&to=USA&on=2026-09-18&value=14172",
    "/product?code=8703.23.01&from=JPN&to=USA&on=2025-12-01",
    "/product?code=1201.90&from=USA&to=CHN&on=2025-10-27",
    "/product/history-wide.svg?code=9503.00.00.73&from=CHN&to=USA&on=2025-10-27",
    "/parties",
    "/parties/port-fee?port_of=USA&net_tons=85000&containers=9000&built=CHN&on=2025-10-20",
    "/parties/licence?kind=rare-earth&from=JPN&to=USA&elements=Dy&on=2025-12-15",
    "/parties/licence?kind=chip&from=USA&to=CHN&tpp=5000&on=2025-10-27",
    "/parties/screen?name=A+bakery&on=2025-10-15",
    "/parties/purchases?id=cn.buy.soy2026_28&on=2026-06-30",
    "/ledger?on=2025-11-10",
    "/ledger/changes?first=2025-11-09&second=2025-11-11",
    "/ledger/changes?on=2018-07-06",
    "/ledger/assumptions",
    "/ledger/measure?id=us.ieepa.fentanyl.cn&on=2025-11-10",
    "/ledger/measure?id=us.s232.steel&on=2026-06-30",
    "/ledger/measure?id=cn.ret.2025.mar10&on=2025-10-27",
    "/ledger/measure?id=us.ieepa.reciprocal.country&on=2025-10-27",
    "/product?code=99.99&from=CHN&to=USA",
)
SOLVED = (
    "/",
    "/economy",
    "/compare",
    "/compare?scenario=truce",
    "/compare?of=court&against=escalation&outcome=cpi_pct",
    "/compare?scenario=truce&set=us.ieepa.reciprocal.cn%3D0.34",
    "/compare/chart/map.svg?scenario=truce&against=no-deal",
    "/compare/chart/tariffs.svg?scenario=truce",
    "/compare/chart/sectors.svg?scenario=truce&against=no-deal&economy=CHN",
    "/compare/chart/income.svg?scenario=extension&against=lapse",
)
SLOW = (
    "/economy/VNM?on=2026-11-30",
    "/economy/CHN?on=2025-10-27",
    "/strategy/hedge",
    "/strategy/reliance",
    "/strategy/rivalry",
)
# Parts of a page for machines and typing hands.
FOR_MACHINES = re.compile(r"<(script|style|code|pre)\b.*?</\1>", re.DOTALL)
SEEN = re.compile(r'\b(?:alt|aria-label|title|placeholder)="([^"]*)"')
TAG = re.compile(r"<[^>]+>")


def words_of(page):
    """What a reader sees or hears of a page: its text, the options of its forms, and the words of its pictures."""
    text = FOR_MACHINES.sub(" ", page)
    heard = " \n ".join(SEEN.findall(text))
    return html.unescape(TAG.sub(" \n ", text) + " \n " + heard)


def test_the_scan_finds_an_id_in_a_text_and_leaves_links_and_code():
    assert ids_in(
        words_of('<p>on us.s122 <a href="/x?id=us.s232.steel">steel</a> <code>us.s301.fl</code></p>')
    ) == ["us.s122"]
    assert ids_in(words_of('<img alt="cn.port.special">')) == ["cn.port.special"]


@pytest.mark.parametrize("address", LAW)
def test_no_id_on_a_page_about_the_law(client, address):
    assert ids_in(words_of(client.get(address).text)) == []


@pytest.mark.parametrize("address", SOLVED)
def test_no_id_on_a_page_that_solves(solved, address):
    assert ids_in(words_of(solved.get(address).text)) == []


@pytest.mark.slow
@pytest.mark.parametrize("address", SLOW)
def test_no_id_on_a_page_that_solves_for_long(solved, address):
    for _ in range(60):
        answer = solved.get(address)
        if "refresh" not in answer.headers:
            break
        time.sleep(1)
    assert "refresh" not in answer.headers
    assert ids_in(words_of(answer.text)) == []
