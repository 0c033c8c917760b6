"""The forecast: its rule, base rates by hand, the record against its own rows, cases against single solves."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

import detente
from detente.errors import InputError
from detente.games import RealIncome
from detente.policy.strategy.actions import Cells
from detente.policy.strategy.forecast.cases import chosen_from, gains_on, solve_cases
from detente.policy.strategy.forecast.record import embedded, made_of, work_out
from detente.policy.strategy.forecast.registered import register
from detente.policy.strategy.forecast.scores import MODELS, base_rates, probability, weights_of
from detente.policy.strategy.game_setting import find_player, open_game_setting
from detente.policy.strategy.revealed import Reading
from detente.policy.study import load_study_spec
from detente.stamp import digest

# Digits of the record that comes with the package; solves side by side against one by one, percent.
DIGITS, PERCENT = 6e-5, 1e-7


@pytest.fixture(scope="module")
def board():
    return open_game_setting(register().study)


@pytest.fixture(scope="module")
def sides(board):
    return find_player(board, "USA"), find_player(board, "CHN")


def test_every_threat_and_promise_after_the_day_is_in_one_case(board):
    plan = register()
    named = [name for case in plan.cases for name in case.statements]
    later = [
        item.id
        for item in board.run.ledger.law().statements
        if item.date > plan.known_on and item.kind in {"threat", "promise"}
    ]
    assert sorted(named) == sorted(later)


def test_no_law_of_a_case_knows_more_than_was_known_when_it_was_said(board):
    said = {item.id: item for item in board.run.ledger.law().statements}
    for case in register().cases:
        for law in case.laws():
            # Statements of one agreement are known together; those still open are told on the last day of the sources.
            last = max(said[name].date for name in case.statements)
            pending = all(said[name].outcome == "pending" for name in case.statements)
            assert law.known_on <= (board.run.ledger.horizon if pending else last)


def test_base_rates_by_hand(board):
    """Until 30 April 2025: of 13 threats 10 were carried out (3 taken back in 2019), of 4 promises 3 (one was broken)."""
    rates = base_rates(register(), board.run.ledger)
    assert (rates["threat"].carried_out, rates["threat"].of) == (10, 13)
    assert (rates["promise"].carried_out, rates["promise"].of) == (3, 4)


def test_the_record_is_of_the_rule_that_comes_with_the_package():
    """After a change of the rule: `python scripts/embed_forecast.py`."""
    assert embedded()["made_of"]["rule"] == digest(register().model_dump(mode="json", by_alias=True))


def test_scores_follow_from_the_rows():
    found = detente.forecast()
    for score in found.scores:
        kinds = {"threat", "promise"} if score["group"] == "all" else {score["group"]}
        rows = [row for row in found.forecasts if row["kind"] in kinds and row["carried_out"] is not None]
        assert score["statements"] == len(rows)
        for word, value in score["brier"].items():
            gaps = [row["probability"][word] - row["carried_out"] for row in rows]
            assert value == pytest.approx(float(np.mean(np.square(gaps))), abs=DIGITS)
    pending = [row for row in found.forecasts if row["carried_out"] is None]
    assert {row["outcome"] for row in pending} == {"pending"}
    assert not any(row["sized"] and row["draws"] != found.draws for row in found.forecasts)


def test_a_case_is_two_runs_of_the_law(board, sides):
    """Gains of a promise with real income alone are differences of two single solves."""
    case = next(item for item in register().cases if item.id == "h20")
    found = solve_cases(board, sides, [case], 1)
    cells = Cells(board)
    equilibria = [cells.solve(law) for law in case.laws()]
    for k, side in enumerate(sides):
        done, left = (RealIncome(side.economies).percent(eq) for eq in equilibria)
        one = found[f"{case.id}-done"].middle[0, k, 0] - found[f"{case.id}-left"].middle[0, k, 0]
        assert one == pytest.approx(done - left, abs=PERCENT)
    weights = np.array([[0.0, 0.0], [0.0, 1.0]])
    gains = gains_on(found["h20-done"], found["h20-left"], 0, weights)
    change = (found["h20-done"].draws - found["h20-left"].draws)[0]
    assert gains[0, 1] == pytest.approx(change[0, 0] - change[1, 0], abs=1e-12)


def test_a_statement_without_a_size_has_the_base_rate():
    row = next(row for row in detente.forecast().forecasts if not row["sized"])
    assert {row["probability"][word] for word in MODELS} == {row["probability"]["base_rate"]}


def test_readings_below_nothing_count_as_none(board):
    plan = register()
    day = max(plan.readings.days)
    found = [
        Reading("USA", "CHN", day, 0.1, own=0.01, revenue=0.01, rival=-0.01),
        Reading("CHN", "USA", day, 0.1, own=-0.01, revenue=0.0, rival=-0.01),
        Reading("CHN", "USA", dt.date(2019, 12, 31), 2.0, own=-0.01, revenue=0.0, rival=-1e-9),
    ]
    first, second = weights_of(plan, found, ("USA", "CHN"))["readings"]
    assert first[:, 1].tolist() == [0.0] * len(plan.readings.revenue)
    assert second[:, 1] == pytest.approx([1.0] * len(plan.readings.revenue))
    said = next(item for item in board.run.ledger.law().statements if item.id == "2025-05-12-chn-2")
    case = next(item for item in plan.cases if said.id in item.statements)
    assert probability(case, said, {}, ("USA", "CHN"), (first, second)) is None


def test_packages_hold_the_signed_one_and_none(board):
    for item in register().packages:
        packages, law = chosen_from(item)
        assert packages[0] == ()
        assert set(item.signed) <= set(packages[-1])
        assert law(packages[0]).on == law(packages[-1]).on
        assert law(packages[0]).known_on <= law(packages[0]).on


def test_another_study_is_refused():
    other = load_study_spec(register().study).model_copy(update={"id": "another"})
    with pytest.raises(InputError, match="one study") as caught:
        detente.forecast(setting=open_game_setting(other))
    assert caught.value.repair


@pytest.mark.slow
@pytest.mark.nightly
def test_the_record_is_what_is_worked_out(board):
    """In fewer draws: readings and ranks are those of the record, probabilities near them."""
    found = work_out(board, 4, lambda _text: None)
    held = embedded()
    if held["made_of"] != made_of(board):
        pytest.skip("the record is of other data, and says so")
    for one, other in zip(found["revealed"], held["result"]["revealed"], strict=True):
        assert one["own_pct"] == pytest.approx(other["own_pct"], rel=1e-3)
    for one, other in zip(found["packages"], held["result"]["packages"], strict=True):
        assert one["beaten"] == pytest.approx(other["beaten"], abs=0.02)
    for one, other in zip(found["forecasts"], held["result"]["forecasts"], strict=True):
        assert one["statement"] == other["statement"]
        assert one["probability"]["base_rate"] == pytest.approx(other["probability"]["base_rate"], abs=DIGITS)
