"""The form of points on top of the law: it asks the question, waits for its answer, and says what the question says."""

from __future__ import annotations

import time

import detente as dt
from web.test_first_and_countries import words_of

ASKED = {
    "importer": "USA",
    "exporter": "Vietnam",
    "points": "100",
    "on": "2026-07-25",
    "answer": "",
    "industry": "",
}


def settled(client, params):
    """The page once it no longer waits."""
    for _ in range(120):
        answer = client.get("/points", params=params)
        if "refresh" not in answer.headers:
            return answer
        assert "loads itself again" in answer.text
        time.sleep(0.5)
    raise AssertionError


def test_the_form_stands_on_the_first_page_and_alone(client):
    first = client.get("/").text
    assert 'action="/points"' in first
    alone = client.get("/points")
    assert alone.status_code == 200
    assert "What points more would do" in words_of(alone)
    assert "Computers, electronics and optics" in words_of(alone)


def test_the_page_says_what_the_question_says(client):
    page = settled(client, ASKED)
    assert page.status_code == 200
    text = words_of(page)
    found = dt.what_if("USA", "VNM", 100.0, on="2026-07-25")
    exporter = found.sides[1]
    assert f"Vietnam loses {abs(exporter.real_income_pct):.2f} % of its real income" in text
    assert "100 points more of the United States on all goods of Vietnam on 25 July 2026" in text
    assert "Tariff revenue of the United States a year, at customs values" in text
    document = client.get(
        "/api/v1/what-if/points", params={key: value for key, value in ASKED.items() if value}
    ).json()
    assert document["result"]["sides"][1]["real_income_pct"] == exporter.real_income_pct
    assert "detente what-if --importer USA --exporter Vietnam --points 100" in text


def test_a_refusal_stands_on_the_page(client):
    page = settled(client, ASKED | {"exporter": "Atlantis"})
    assert page.status_code == 400
    assert "unknown economy" in page.text
    page = settled(client, ASKED | {"points": "5000"})
    assert page.status_code in {400, 422}
    assert 'role="alert"' in page.text


def test_one_industry_is_asked_by_its_name(client):
    page = settled(client, ASKED | {"industry": "C26", "answer": "10"})
    assert "on goods (computers, electronics and optics) of Vietnam, answered by 10 on all goods" in words_of(
        page
    )
