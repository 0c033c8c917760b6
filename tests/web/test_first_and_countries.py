"""The first page answers first; a country page says what the question about one economy says."""

from __future__ import annotations

import datetime as dt
import html
import re
from dataclasses import replace

import pytest

from detente.asof import AsOf
from detente.ledger import open_ledger, status
from detente.ledger.documents.board import BoardAnswer
from detente.queries.page.countries import gain
from detente.queries.page.today import coming, finding, sentences

BREAKS = dict.fromkeys(map(ord, "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"), " ")


def words_of(answer):
    """Text of a page as a reader sees it."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", answer.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)).translate(BREAKS))


def test_the_first_page_says_both_readings_and_how_old_the_sources_are(solved, at):
    at("2026-11-30T12:00:00Z")
    text = words_of(solved.get("/"))
    board = solved.get("/api/v1/status?on=2026-11-30").json()["result"]
    for reading in board["readings"]:
        assert f"{reading['states']['in force']} are in force" in text
    assert "The sources were read to 8 October 2026, 53 days before" in text


def test_the_first_page_says_what_the_truce_is_worth_in_percent_and_dollars(solved):
    text = words_of(solved.get("/"))
    found = solved.app.state.detente.study.compared("truce", "no-deal")
    assert f"{len(found.gainers)} of 81 economies gain" in text
    assert f"{len(found.losers)} lose" in text
    usa = found.economies["USA"]
    assert (
        f"+{usa.real_income_pct:.2f} % for the United States (USD +{usa.real_income_usd_bn:.0f} bn a year"
        in text
    )
    assert f"+{found.bands['USA'].low:.2f} to +{found.bands['USA'].high:.2f} in nine draws of ten" in text
    assert "held against what was traded" in text


def test_every_date_of_the_board_stands_under_what_comes_next_once(client):
    board = client.get("/api/v1/status?on=2026-10-08").json()["result"]
    dates = coming(BoardAnswer.read(board))
    listed = [row.measures for date in dates for group in date["groups"] for row in group["rows"]]
    assert len(listed) == sum(row["next"] is not None for row in board["board"])
    days = [date["date"] for date in dates]
    assert days == sorted(set(days))
    assert all(
        date["days"] == (day - dt.date(2026, 10, 8)).days for date, day in zip(dates, days, strict=True)
    )


@pytest.mark.parametrize(
    ("legal", "reported", "said"),
    [(0.43, 0.19, "43.0 % by the notices and 19.0 % as reported"), (0.245, 0.244, "24.5 %")],
)
def test_two_readings_are_told_where_they_differ(legal, reported, said):
    row = {"importer": "USA", "exporter": "CHN", "model": 0.2, "both": {}}
    other = {
        "importer": "CHN",
        "exporter": "USA",
        "model": legal,
        "both": {"legal": legal, "reported": reported},
    }
    assert finding([row, other]).endswith(f"China the United States {said}")
    assert finding([row, {**other, "model": None}]) == ""


def test_a_day_the_sources_cover_has_one_reading():
    board = status(open_ledger(), asof=AsOf.of("2025-10-27"))
    picked = {row.state: row for row in board.board}
    two = replace(board, board=(picked["in force"], picked["suspended"]))
    law, age = sentences(two, dt.date(2026, 11, 30))
    assert law == "On 27 October 2025 1 are in force, 1 suspended of 2 measures between the two."
    assert "covers that day" in age


@pytest.mark.parametrize(
    ("value", "verb"), [(0.2, "gains 0.20 %"), (-0.13, "loses 0.13 %"), (0.001, "neither gains nor")]
)
def test_a_country_gains_loses_or_neither(value, verb):
    asked = {
        "scenario": "truce",
        "against": "no-deal",
        "label": "",
        "against_label": "",
        "real_income_pct": value,
    }
    said = gain({"economy": "USA", "study": "kuala-lumpur", "question": asked})
    assert said.startswith(f"The United States {verb}")


def patient(client, address):
    """Ask until the answer is worked out: cuts of inputs take long on a busy machine."""
    for _ in range(20):
        answer = client.get(address)
        if answer.status_code != 503:
            return answer
    pytest.fail(f"{address} is not answered")


def test_a_country_page_says_what_the_question_says(solved):
    found = patient(solved, "/api/v1/economy?economy=VNM&on=2026-10-08").json()["result"]
    text = words_of(solved.get("/economy/VNM?on=2026-10-08"))
    assert f"Vietnam loses {-found['question']['real_income_pct']:.2f} % of real income" in text
    assert f"place {found['question']['place']} of 81" in text
    for row in found["stakes"]:
        assert f"{row['real_income_usd_bn']:+.2f}".replace("-", "\N{MINUS SIGN}") in text
    for row in found["lapses"]:
        assert f"id={row['measure']}" in solved.get("/economy/VNM?on=2026-10-08").text


def test_every_economy_of_the_world_has_an_address(solved):
    page = solved.get("/economy")
    links = set(re.findall(r'href="/economy/([A-Z]{3})"', page.text))
    assert links == set(solved.app.state.detente.near().world.economies)
    assert "15 of 81 economies gain" in words_of(page)


@pytest.mark.parametrize("name", ["Vietnam", "vnm", "VNM"])
def test_a_country_is_found_by_name_and_code(solved, name):
    answer = solved.get("/economy", params={"of": name}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/economy/VNM")


@pytest.mark.parametrize("name", ["Atlantis", "EU", "MNG"])
def test_what_is_no_economy_of_the_world_is_refused(solved, name):
    for answer in (solved.get("/economy", params={"of": name}), solved.get(f"/economy/{name}")):
        assert answer.status_code == 400
        assert 'class="notice wrong"' in answer.text


def test_countries_wait_until_the_study_is_solved(client):
    for page in ("/economy", "/economy/VNM"):
        assert client.get(page).headers["refresh"] == "3"
