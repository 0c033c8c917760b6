"""Permalinks: reopened they give the same numbers; with another ledger they say so and use what was known."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

import detente
from detente.formatting import average
from detente.policy import Options, run_document, run_study
from detente.web import Settings, create_app
from detente.web.permalinks import differences, others, pin_of, read_pin
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


@pytest.mark.slow
def test_what_is_solved_is_worked_out_again_as_known_on_the_day_of_the_link(solved, state):
    pin = f"0.0.9~2026-03-01~{'0' * 16}~{'1' * 16}~{'2' * 16}"
    other = state.as_known(dt.date(2026, 3, 1))
    waiting = solved.get("/compare", params={"pin": pin})
    assert waiting.headers["refresh"] == "3"
    assert other.study.ready.wait(120)
    page = solved.get("/compare", params={"pin": pin}).text
    assert "as it was known on 1 March 2026" in page
    assert "The link's world and study cannot be worked out again here" in page
    assert 'pip install "detente[web]==0.0.9"' in unescape(page)
    # A ledger that knows the Section 301 duties of July 2026 has a higher tariff in that month than one of March.
    run = run_study(state.study.spec, options=Options(scenarios=("mid-2026",), robustness=False, contributions=False),
                    ledger=state.ledger.as_known(dt.date(2026, 3, 1)))  # fmt: skip
    then = run_document(run, command="")["result"]["scenarios"]["mid-2026"]
    now = state.study.document["result"]["scenarios"]["mid-2026"]
    shown = other.study.document["result"]["scenarios"]["mid-2026"]
    assert shown["tariffs"] == then["tariffs"] != now["tariffs"]
    assert average(then["tariffs"]["USA<-CHN"]) in page
    assert permalink(page).endswith(f"pin={pin}")
    assert '<code id="take-command">detente run kuala-lumpur --known 2026-03-01</code>' in page
    assert 'id="take-python"' not in page
    moved = solved.get(
        "/compare/answer", params={"pin": pin, "scenario": "truce", "quantity:cn.buy.soy2026_28": "30"}
    )
    assert moved.status_code == 200
    assert "pin=0.0.9" in moved.text
    assert "what-if.yaml" not in moved.text
    for address in re.findall(r'(?:src|srcset)="(/compare/chart[^"]*)"', page):
        assert f"pin={pin}" in address
    chart = solved.get("/compare/chart/tariffs.svg", params={"pin": pin}).text
    assert chart != solved.get("/compare/chart/tariffs.svg").text


def test_one_other_day_is_kept_and_none_where_all_was_known():
    own = create_app(Settings(prepare=False)).state.detente
    assert own.as_known(own.ledger.horizon) is own
    first = own.as_known(dt.date(2026, 1, 1))
    assert own.as_known(dt.date(2026, 1, 1)) is first
    assert first.ledger.known_on == dt.date(2026, 1, 1)
    assert first.quick is own.quick
    assert first.shelf is not own.shelf
    assert own.as_known(dt.date(2026, 1, 2)) is not first
    assert own.known is None
    own.close()


def test_what_cannot_be_worked_out_again_is_named():
    then = read_pin(f"0.1.0~2026-10-08~{'0' * 16}~{'1' * 16}~{'2' * 16}")
    assert others(then, read_pin(f"0.1.0~2026-10-08~{'3' * 16}~{'1' * 16}~{'4' * 16}")) == ("study",)
    assert others(then, read_pin(f"0.1.0~2026-10-08~{'3' * 16}~~")) == ()


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


def test_a_link_made_on_other_data_says_so():
    here = pin_of(plain_app().state.detente.ledger)
    assert here.data
    then = read_pin(f"{str(here).removesuffix(here.data)}{'7' * 16}")
    assert differences(then, here) == (f"data {'7' * 8} then, {here.data[:8]} here",)
    assert others(then, here) == ("data",)
    older = read_pin(str(here).removesuffix(f"~{here.data}"))
    assert differences(older, here) == others(older, here) == ()
