"""Pages: they answer, escape what they are given, refuse in words, and lead to the ledger."""

from __future__ import annotations

import csv
import io
import re

import pytest

EVIL = "\"><script>alert(1)</script>&'{{7*7}}"


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("/", "What applies between the United States and China"),
        ("/?a=USA&b=VNM", "What applies between the United States and Vietnam"),
        ("/?on=2025-10-27", "27 October 2025"),
        ("/board?on=2025-10-27", "Threatened extra 100 %"),
        ("/product?words=steel+screws", "Lines these words describe"),
        ("/product?words=7326.90.86.88", "77.9 %"),
        ("/parties/port-fee?port_of=USA&net_tons=85000&containers=9000&built=CHN&on=2025-10-20", "1,530,000"),
        ("/parties/licence?kind=chip&from=USA&to=CHN&tpp=5000", "The tests"),
        ("/parties/screen?name=A+bakery", "no current list loaded"),
        ("/parties/purchases?id=cn.buy.soy2026_28&on=2026-06-30", "25.0"),
        ("/ledger?words=fentanyl", "US fentanyl tariff on China"),
        ("/ledger/changes?on=2025-11-10", "10 November 2025"),
        ("/ledger/measure?id=us.ieepa.fentanyl.cn", "Learning Resources"),
        ("/ledger/assumptions", "Share of China&#39;s tariffs of 2018-19 that it waives"),
        ("/about", "/api/v1/duty"),
    ],
)
def test_each_page_answers_its_question(client, page, words):
    answer = client.get(page)
    assert answer.status_code == 200
    assert words in answer.text


@pytest.mark.parametrize(
    "page",
    [
        "/?a={}", "/product?words={}", "/product?code={}", "/product?code=7326.90.86&from={}", "/ledger?words={}",
        "/ledger?imposer={}", "/ledger/measure?id={}", "/ledger/changes?first={}", "/parties/screen?name={}",
        "/parties/port-fee?net_tons={}", "/parties/port-fee?net_tons=1&owner={}", "/parties/licence?from={}&to={}",
        "/parties/purchases?id={}", "/compare?scenario={}", "/strategy?goal={}", "/about?pin={}", "/about?{}=1", "/{}",
    ],
)  # fmt: skip
def test_what_is_typed_is_escaped(client, page):
    from urllib.parse import quote  # noqa: PLC0415

    answer = client.get(page.replace("{}", quote(EVIL)))
    assert answer.status_code < 500
    assert "<script>alert" not in answer.text
    assert "49" not in re.findall(r"value=\"([^\"]*)\"", answer.text)


def test_names_of_owners_are_escaped(client):
    owners = f'owner,owned,share\n"{EVIL.replace(chr(34), "")}",The Firm,0.6\n'
    answer = client.post("/parties/screen", data={"name": EVIL, "owners": owners})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


@pytest.mark.parametrize(
    ("page", "status", "words"),
    [
        ("/product?code=7326&from=ZZZ&to=USA", 400, "ZZZ"),
        ("/product?code=99.99.99&from=CHN&to=USA", 400, "99.99.99"),
        ("/?on=2025-02-30", 400, "2025-02-30"),
        ("/?on=1850-01-01", 400, "the day is out of reach"),
        ("/parties/port-fee?port_of=USA&net_tons=-5", 422, "greater than 0"),
        ("/parties/port-fee?port_of=USA&net_tons=5&type=submarine", 400, "not one of the words"),
        ("/ledger/measure?id=us.s123", 400, "us.s123"),
        ("/parties/purchases?id=us.s122", 400, "purchase"),
        ("/strategy/nothing", 400, "no such page"),
        ("/nothing", 404, "There is no such page"),
    ],
)
def test_refusals_say_what_where_and_how_to_repair(client, page, status, words):
    answer = client.get(page)
    assert answer.status_code == status
    assert words in answer.text
    assert 'class="notice wrong"' in answer.text


def test_the_api_refuses_with_the_five_parts(client):
    answer = client.get("/api/v1/duty", params={"code": "7326.90.86", "from": "Chinaa", "to": "USA"})
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["error"] == "InputError"
    assert error["found"] == "Chinaa"
    assert error["repair"]
    unknown = client.get("/api/v1/status", params={"onn": "2025-10-27"})
    assert unknown.status_code == 422
    assert unknown.json()["error"]["where"] == "query.onn"


def test_every_measure_on_the_board_leads_to_its_law(client):
    links = set(re.findall(r'href="(/ledger/measure\?id=[^"]*)"', client.get("/board").text))
    assert len(links) > 40
    for link in sorted(links)[::9]:
        page = client.get(link)
        assert page.status_code == 200
        assert "Sources" in page.text


def test_every_document_page_shows_units_basis_and_day(client):
    text = client.get("/product?words=7326.90.86.88&on=2026-09-18").text
    assert "of customs value, under default assumptions; statutory, 18 September 2026" in text
    assert 'href="/ledger/measure?id=us.s232.steel"' in text


def test_a_fact_stated_in_the_form_replaces_an_earlier_answer(client):
    base = "/product?code=7326.90.86.88&from=CHN&to=USA&fact=us_melted=no"
    stated = client.get(base + "&stated=us_melted&answer=yes").text
    assert "37.9 %" in stated
    assert "--fact us_melted=yes" in stated
    assert "us_melted=no" not in stated.split("As a command")[1].split("As data")[0]


def test_the_calendar_holds_the_deadlines(client):
    answer = client.get("/calendar.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.text.startswith("BEGIN:VCALENDAR")
    assert "20261110" in answer.text


def test_tables_and_sheets_of_a_product(client):
    query = "code=7326.90.86.88&from=CHN&to=USA&on=2026-09-18&value=14172"
    lines = client.get(f"/product/lines.csv?{query}")
    assert lines.headers["content-type"].startswith("text/csv")
    assert "us.s232.steel" in lines.text
    printed = client.get(f"/product/sheet?{query}")
    assert "script" not in printed.headers["content-security-policy"].replace("script-src", "")
    assert "11,039.99" in printed.text


def test_a_history_adds_up_to_the_duty_of_its_days(client):
    query = "code=7326.90.86.88&from=CHN&to=USA"
    table = client.get(f"/product/history.csv?{query}").text
    rows = list(csv.DictReader(io.StringIO(table)))
    on = [row for row in rows if row["from"] <= "2026-09-18" < row["to"]]
    duty = client.get(f"/api/v1/duty?{query}&on=2026-09-18").json()["result"]["rate"]
    assert sum(float(row["rate"]) for row in on) == pytest.approx(duty, abs=1e-12)
    chart = client.get(f"/product/history-narrow.svg?{query}")
    assert chart.headers["content-type"] == "image/svg+xml"
    assert "Section 232 steel" in chart.text


def test_compare_waits_and_says_so_until_the_study_is_solved(client):
    answer = client.get("/compare")
    assert answer.headers["refresh"] == "3"
    assert "being solved" in answer.text
    busy = client.get("/api/v1/what-if")
    assert busy.status_code == 503
    assert int(busy.headers["retry-after"]) >= 1
    assert client.get("/api/v1/run").status_code == 503
    assert client.get("/strategy/hedge").headers["refresh"] == "3"


def test_an_average_of_additional_duties_alone_says_so(client):
    page = client.get("/board?a=CHN&b=USA&on=2025-11-10").text
    answer = client.get("/api/v1/average", params={"to": "CHN", "from": "USA", "on": "2025-11-10"}).json()[
        "result"
    ]
    assert answer["covered"] == "partial"
    assert f"<b>{100 * answer['rate']:.1f} %</b><span>average additional duty China charges" in page.replace(
        "\N{NO-BREAK SPACE}", " "
    ).replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert "the ordinary duty is not covered" in page


def test_a_product_is_told_in_words_that_are_not_cut_and_say_something(client):
    page = client.get("/product?code=7326.90.86.88&from=CHN&to=USA&on=2026-09-18").text
    stand = re.search(r'<p class="stand">(.*?)</p>', page, re.DOTALL)[1]
    assert stand.startswith("Other articles of iron or steel. United States")
    assert not re.search(r"Other\W+Other", page)
    toys = client.get("/product?code=9503.00.00.73&from=CHN&to=USA&on=2026-09-18").text
    stand = re.search(r'<p class="stand">(.*?)</p>', toys, re.DOTALL)[1]
    assert "..." not in stand
    assert "3 to 12 years of age" in stand
