"""The one address that other sites may frame."""

from __future__ import annotations

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from detente.render import theme
from web.servers import BASE, plain_app, solved_app


@pytest.fixture(scope="module")
def client():
    return TestClient(plain_app(), base_url=BASE)


CHART = "/embed/compare/chart/income.svg?of=truce&against=no-deal"


def policy(answer):
    return dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))


def test_a_chart_may_be_framed_by_anybody_and_runs_nothing(client):
    answer = client.get(CHART)
    assert answer.status_code == 200
    rules = policy(answer)
    assert rules["frame-ancestors"] == "*"
    assert rules["default-src"] == "'none'"
    assert "script-src" not in rules
    assert "x-frame-options" not in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "<script" not in answer.text


def test_the_picture_is_the_one_of_the_address_in_both_widths(client):
    text = client.get(CHART).text
    for attribute, size in (("src", "wide"), ("srcset", "narrow")):
        (found,) = re.findall(rf' {attribute}="([^"]+)"', text)
        assert found == f"/compare/chart/income.svg?of=truce&amp;against=no-deal&amp;size={size}"


@pytest.mark.parametrize("path", ["/", "/compare", "/ledger", "/compare/chart/income.svg", "/api/v1/status"])
def test_nothing_else_may_be_framed(client, path):
    answer = client.get(path)
    assert policy(answer)["frame-ancestors"] == "'none'"
    assert answer.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    "chart",
    [
        "compare",
        "ledger/changes",
        "economy/vnm/scenarios.svg",
        "/evil.example/x.svg",
        "compare/chart/../../ledger.svg",
        "compare/chart/a.png",
        "",
    ],
)
def test_only_pictures_of_this_server_are_held(client, chart):
    answer = client.get(f"/embed/{chart}")
    assert answer.status_code in {404, 422, 400}
    assert "<img" not in answer.text


def test_what_stands_in_a_query_is_text(client):
    answer = client.get("/embed/compare/chart/map.svg", params={"of": '"><script>alert(1)</script>'})
    assert "<script" not in answer.text


def test_drawings_inside_a_page_turn_dark_as_those_outside_do(client):
    answer = client.get("/static/charts.css")
    assert answer.text.split("\n", 1)[1] == theme.dark_rules() + "\n"
    assert 'href="/static/charts.css"' in client.get("/").text


def test_the_code_under_a_chart_leads_to_the_page_that_may_be_framed():
    """On the page of Compare, solved: every chart has its code, whose address answers with that chart."""
    client = TestClient(solved_app(), base_url=BASE)
    text = client.get("/compare").text
    codes = [unescape(code) for code in re.findall(r"<code>(&lt;iframe .*?)</code>", text)]
    assert len(codes) == len(re.findall(r'<figure class="chart', text)) > 4
    for code in codes:
        (address,) = re.findall(r'src="([^"]+)"', code)
        assert address.startswith(f"{BASE}/embed/")
        answer = client.get(address)
        assert answer.status_code == 200
        (drawn,) = re.findall(r' src="([^"]+)"', answer.text)
        picture = unescape(drawn).partition("&size=")[0].partition("?")[0]
        assert f'src="{picture}?' in unescape(text)
