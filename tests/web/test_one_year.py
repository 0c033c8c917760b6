"""What holds one year after stands beside the long run on every page that ranks, with what comes from other law."""

from __future__ import annotations

import dataclasses

import pytest

from detente.formatting import change, typographic
from detente.policy.documents.run import AtHorizon, Worth
from detente.queries.page.today import aside
from web.test_first_and_countries import words_of

# One year after, incomes here are this part of those of the long run, but for one economy, whose sign is the other.
PART, TURNED = 0.25, "VNM"


@pytest.fixture
def early(solved, monkeypatch):
    """A server whose study knows one year too, and whose question has a line that does not reach South Korea."""
    study = solved.app.state.detente.study
    result = study.found.result
    scenarios = {
        key: {code: (-1 if code == TURNED else PART) * row.real_income_pct for code, row in item.both.items()}
        for key, item in result.converged.items()
    }
    found = study.compared("truce", "no-deal")
    full = {
        code: row.real_income_pct
        for code, row in found.both.items()
        if code in ("USA", "CHN", "KOR", "WORLD")
    }
    worth = Worth(
        title="made up", of="truce", against="no-deal", between=("USA", "CHN"), lines=(), why=(),
        full_pct=full, total_pct={**full, "KOR": -full["KOR"]},
    )  # fmt: skip
    year = AtHorizon(years=1.0, ratio=0.3, scenarios=scenarios, worth={}, changes=("The truce: made up.",))
    moved = dataclasses.replace(result, at_one_year=year, worth={"truce-worth": worth})
    monkeypatch.setattr(study, "found", dataclasses.replace(study.found, result=moved))
    # Pages of another stage are kept apart.
    monkeypatch.setattr(study, "stage", "one year, made up")
    return solved


def shown(value, digits=3):
    return typographic(change(value, digits))


def test_differences_at_one_year_are_those_of_the_scenarios(early):
    study = early.app.state.detente.study
    found = study.compared("truce", "no-deal")
    for code, row in found.both.items():
        expected = (-1 if code == TURNED else PART) * row.real_income_pct
        assert found.one_year[code] == pytest.approx(expected, abs=1e-12)
    assert found.turned == (TURNED,)
    assert found.from_other_law == ("KOR",)
    assert study.compared("no-deal", "truce").from_other_law == ("KOR",)
    assert study.compared("truce", "court").from_other_law == ()
    alone = study.compared("truce", "baseline")
    assert alone.one_year["USA"] == pytest.approx(PART * alone.economies["USA"].real_income_pct, abs=1e-12)


@pytest.mark.parametrize(
    ("page", "digits", "unit"),
    [
        ("/", 2, " % after one year"),
        ("/economy", 3, ""),
        ("/compare?scenario=truce&against=no-deal", 2, " % after one year"),
    ],
)
def test_pages_that_rank_say_it(early, page, digits, unit):
    text = words_of(early.get(page))
    found = early.app.state.detente.study.compared("truce", "no-deal")
    korea = found.economies["KOR"].real_income_pct
    assert f"South Korea's gain ({shown(korea, 2)} %) comes from other law that changed in between." in text
    assert f"Vietnam {shown(found.one_year[TURNED])} % then" in text
    assert f"{shown(found.one_year['USA'], digits)}{unit}" in text


def test_the_scenarios_have_a_column_of_one_year(early):
    text = words_of(early.get("/compare?scenario=truce&against=no-deal"))
    assert "after one year" in text
    assert "Where the sign is another one year after The truce: made up." in text


def test_a_country_has_a_column_of_one_year_and_says_what_is_not_of_the_truce(early):
    for _ in range(20):
        answer = early.get("/economy/KOR?on=2026-10-08")
        if answer.status_code == 200 and "refresh" not in answer.headers:
            break
    text = words_of(answer)
    row = early.app.state.detente.study.compared("truce", "no-deal").one_year["KOR"]
    assert "After one year, %" in text
    assert shown(row) in text
    assert "The gain under truce against no deal comes from other law that changed in between." in text


def test_nothing_is_said_where_it_was_not_solved(solved):
    found = solved.app.state.detente.study.compared("truce", "no-deal")
    assert (found.one_year, found.turned, aside(found)) == (None, (), [])
    assert "after one year" not in words_of(solved.get("/"))
