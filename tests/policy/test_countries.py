"""One economy: its tariffs, gains, industries, exposures and dates, each by a second way."""

from __future__ import annotations

from functools import cache

import pytest

from detente.asof import AsOf
from detente.errors import DetenteError
from detente.ledger import open_ledger
from detente.ledger import status as board_of
from detente.policy.chokepoints.document import choke_point_answer
from detente.policy.countries.answer import economy_answer
from detente.policy.documents.run import RunDocument
from detente.policy.strategy.game_setting import game_setting_of
from detente.policy.studies.compared import compare_scenarios
from detente.policy.studies.timeline import rates_on
from detente.world import load_world
from policy.main_run import main_document, main_run

# Sums of doubles.
EXACT = 1e-9
LATE = "2026-11-30"


@cache
def answer(name, on=LATE):
    """What is said of one economy."""
    return economy_answer(game_setting_of(main_run()), name, AsOf.of(on, imposer="USA"))


@cache
def compared():
    """The truce against no deal, from the run's document."""
    return compare_scenarios(RunDocument.read(main_document()).result, "truce", "no-deal")


@pytest.mark.parametrize("ends", ["legal", "reported"])
@pytest.mark.parametrize("code", ["VNM", "USA", "DEU"])
def test_averages_are_those_of_the_first_page(code, ends):
    found = answer(code)
    others = [row.partner for row in found.tariffs if row.partner != "*"]
    pairs = [pair for other in others for pair in ((code, other), (other, code))]
    rates = rates_on(main_run().setting, open_ledger().on(AsOf.of(LATE, ends=ends)), pairs)
    key = "" if ends == "legal" else "_reported"
    for row in found.tariffs:
        assert getattr(row, f"charges{key}") == pytest.approx(rates[f"{code}<-{row.partner}"], abs=EXACT)
        if row.partner != "*":
            assert getattr(row, f"faces{key}") == pytest.approx(rates[f"{row.partner}<-{code}"], abs=EXACT)


def test_what_is_faced_in_all_is_the_mean_of_what_each_partner_charges():
    found = answer("VNM", "2025-11-10")
    world, setting = load_world("icio2022"), main_run().setting
    others = [code for code in world.economies if code != "VNM"]
    rates = rates_on(setting, open_ledger().on(AsOf.of("2025-11-10")), [(code, "VNM") for code in others])
    sold = {code: world.goods_flow("VNM", code) for code in others}
    mean = sum(rates[f"{code}<-VNM"] * sold[code] for code in others) / sum(sold.values())
    assert found.tariffs[0].faces == pytest.approx(mean, rel=1e-6)
    assert found.tariffs[0].exports_usd_bn == pytest.approx(sum(sold.values()), rel=1e-6)


def test_up_to_the_last_day_of_the_sources_both_readings_are_one():
    assert all(row.charges == row.charges_reported for row in answer("CHN", "2026-10-08").tariffs)
    late = {row.partner: row for row in answer("CHN").tariffs}
    assert late["USA"].charges > late["USA"].charges_reported


@pytest.mark.parametrize("code", ["VNM", "KOR", "USA"])
def test_the_question_is_the_contrast_of_the_study(code):
    asked, difference = answer(code).question, compared()
    assert asked.real_income_pct == pytest.approx(difference.economies[code].real_income_pct, abs=EXACT)
    assert asked.real_income_usd_bn == pytest.approx(difference.economies[code].real_income_usd_bn, abs=1e-6)
    assert (asked.gain, asked.lose) == (len(difference.gainers), len(difference.losers))
    order = (*difference.gainers, *reversed(difference.losers))
    assert asked.place == order.index(code) + 1
    assert (asked.low, asked.high) == (difference.bands[code].low, difference.bands[code].high)


def test_scenarios_are_those_of_the_document():
    rows = {row.scenario: row for row in answer("MEX").stakes}
    for key, item in RunDocument.read(main_document()).result.converged.items():
        assert rows[key].real_income_pct == pytest.approx(item.economies["MEX"].real_income_pct, abs=EXACT)


def test_industries_move_as_the_document_says_and_the_most_dollars_come_first():
    rows = answer("CHN").industries
    assert [abs(row.output_usd_bn) for row in rows] == sorted(
        (abs(row.output_usd_bn) for row in rows), reverse=True
    )
    for row in rows:
        assert row.output_pct == pytest.approx(compared().sectors["CHN"][row.industry].output_pct, abs=EXACT)


@pytest.mark.slow
@pytest.mark.nightly
def test_exposures_are_rows_of_the_question_about_inputs():
    own = {(row.input, row.horizon): row for row in answer("DEU").exposures}
    every = choke_point_answer("", load_world("icio2022"), economies=("DEU",))["result"]["rows"]
    shown = [row for row in every if row["horizon"] != "long"]
    assert len(shown) == len(own)
    for row in shown:
        assert own[row["input"], row["horizon"]].gdp_pct == pytest.approx(row["gdp_pct"], abs=EXACT)


def test_what_lapses_is_what_the_boards_of_the_pairs_say():
    found = {(row.measure, row.date) for row in answer("VNM").lapses}
    board = board_of(open_ledger(), asof=AsOf.of(LATE), between=("USA", "VNM")).board
    coming = {(row.measures[0], row.next.date.isoformat()) for row in board if row.next}
    assert coming
    assert coming <= found
    dates = [row.date for row in answer("VNM").lapses]
    assert dates == sorted(dates)
    assert all(date > LATE for date in dates)


def test_an_economy_that_the_world_does_not_hold_is_refused():
    with pytest.raises(DetenteError, match="does not hold"):
        answer("MNG")
