"""One scenario against another: differences, dollars, who gains, and the band of the contrast either way round."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest

from detente.errors import DetenteError
from detente.policy.documents.run import RunDocument
from detente.policy.studies.compared import compare_scenarios, main_contrast
from policy.main_run import main_document, main_run

# Sums of doubles.
EXACT = 1e-9


@cache
def result():
    """What the main study found."""
    return RunDocument.read(main_document()).result


def test_the_main_question_is_the_first_contrast_of_the_study():
    assert main_contrast(result()) == ("truce", "no-deal")
    without = dataclasses.replace(result(), worth={})
    assert main_contrast(without) == (next(iter(result().converged)), "baseline")


def test_the_difference_is_what_the_contrast_says_with_everything_that_differs():
    found = compare_scenarios(result(), "truce", "no-deal")
    for code, value in result().worth["worth"].full_pct.items():
        assert found.both[code].real_income_pct == pytest.approx(value, abs=EXACT)


def test_every_economy_gains_or_loses_and_the_largest_come_first():
    found = compare_scenarios(result(), "truce", "no-deal")
    assert (len(found.gainers), len(found.losers)) == (15, 66)
    assert found.gainers[:3] == ("USA", "CHN", "KOR")
    assert found.losers[:3] == ("KHM", "VNM", "MEX")


def test_dollars_are_equivalent_variations_of_the_solves():
    found = compare_scenarios(result(), "truce", "no-deal")
    one, other = (main_run().scenarios[key].equilibrium for key in ("truce", "no-deal"))
    gain = (one.equivalent_variation_usd_mn - other.equivalent_variation_usd_mn) / 1e3
    assert all(
        row.real_income_usd_bn == pytest.approx(gain[code], abs=1e-6) for code, row in found.economies.items()
    )
    assert found.groups["WORLD"].real_income_usd_bn == pytest.approx(gain.sum(), abs=1e-6)
    revenue = one.tariff_revenue["base"].to_numpy() / 1e3
    held = [result().baseline.tariff_revenue_usd_bn[code] for code in found.economies]
    assert np.allclose(held, revenue, atol=1e-9)


def test_turned_round_everything_changes_its_sign_and_the_band_its_ends():
    there, back = (
        compare_scenarios(result(), *names) for names in (("truce", "no-deal"), ("no-deal", "truce"))
    )
    assert there.gainers == back.losers
    for code, row in there.both.items():
        assert back.both[code].real_income_pct == -row.real_income_pct
    assert (back.bands["USA"].low, back.bands["USA"].high) == (
        -there.bands["USA"].high,
        -there.bands["USA"].low,
    )
    assert there.bands["USA"].low < there.both["USA"].real_income_pct < there.bands["USA"].high


def test_against_the_baseline_a_scenario_is_itself():
    found = compare_scenarios(result(), "escalation", "baseline")
    for code, row in result().converged["escalation"].economies.items():
        assert found.economies[code].real_income_pct == row.real_income_pct
    assert found.tariffs["USA<-CHN"][1] == result().baseline.tariffs["USA<-CHN"]
    assert found.bands["USA"].low < found.both["USA"].real_income_pct < found.bands["USA"].high


def test_two_scenarios_that_no_draw_solved_together_have_no_band():
    assert compare_scenarios(result(), "court", "escalation").bands == {}


def test_a_scenario_there_is_none_of_is_refused():
    with pytest.raises(DetenteError, match="no such scenario"):
        compare_scenarios(result(), "truce", "no-dael")
