"""What was observed: shares by hand, the rest, thin cells, older growth; the model and the law on the same cells."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest

import detente as dt
from detente.model import Shock, solve
from detente.policy.evidence.actuals import held
from detente.policy.evidence.bench import Bench
from detente.policy.evidence.cases import flows, make_case
from detente.policy.evidence.concordance import concordance
from detente.policy.evidence.economy import CLOSE, at_ratio
from detente.policy.evidence.registered import Window, registered
from detente.world import load_world

# Arithmetic in double precision; two solves to a step of 3e-11.
EXACT, SOLVED = 1e-12, 1e-8
EPISODE = registered().latest
MONTH = Window(id="2025-06", title="June", first="2025-06", last="2025-06", main=True)


@cache
def june():
    """June 2025 on June 2024, in the main world."""
    return Bench(held(), load_world("icio2022"), dt.open_ledger()).case(EPISODE, MONTH)


def place(partner, code):
    case = june().case
    return case.partners.index(partner), concordance().block[concordance().codes.index(code)]


def usd(partner, codes, month):
    traded = held()
    rows = [traded.codes.index(code) for code in codes]
    return traded.usd[traded.partners.index(partner), rows, traded.months.index(month)].sum()


def test_a_share_by_hand():
    """Furniture and miscellaneous goods from Mexico, which are one industry."""
    codes = ("337", "339")
    new, old = (usd("MEX", codes, month) / usd("WORLD", codes, month) for month in ("2025-06", "2024-06"))
    assert june().case.observed[place("MEX", "337")] == pytest.approx(np.log(new / old), abs=EXACT)


def test_the_rest_is_the_total_less_the_partners():
    found = flows(held(), ("2025-06",))
    assert found.usd.sum(axis=0) == pytest.approx(found.total, rel=EXACT)
    assert found.outside == pytest.approx(usd("WORLD", ("910", "930", "980", "990"), "2025-06"))


def test_thin_cells_have_no_weight_and_others_that_of_the_base_year():
    case, least = june().case, registered().least_usd_a_month
    thick = (case.before.usd >= least) & (case.after.usd >= least)
    assert (case.weight == np.where(thick, case.before.usd, 0)).all()
    assert 0 < case.left_out < 0.01


def test_older_growth_is_that_of_the_same_months_a_year_and_is_cut():
    case = june().case
    spot = place("VNM", "334")
    old, new = (usd("VNM", ("334",), m) / usd("WORLD", ("334",), m) for m in ("2022-06", "2024-06"))
    assert case.trends[2022][spot] == pytest.approx(np.log(new / old) / 2, abs=EXACT)
    assert np.abs(case.last_year).max() <= registered().trend_cap


def test_growth_over_two_years_counts_twice():
    window = Window(id="later", title="", first="2019-06", last="2019-06")
    first = next(item for item in registered().episodes if item.base_year == 2017)
    near = make_case(held(), first, window.model_copy(update={"first": "2018-06", "last": "2018-06"}))
    far = make_case(held(), first, window)
    assert far.trends[2013] == pytest.approx(2 * near.trends[2013], abs=EXACT)


def test_the_world_is_moved_to_the_shares_and_the_duties_of_the_base_year():
    item = june()
    column, start, before = item.economy.column, item.start, item.case.before
    bought = column.folded(start.flows)
    wanted = np.where(column.folded(column.base.flows) > 0, before.usd, 0.0)
    assert bought / bought.sum(axis=0) == pytest.approx(wanted / wanted.sum(axis=0), abs=3 * CLOSE)
    partner, block = place("CHN", "334")
    sector, economy = start.sectors.index("C26"), start.economies.index("CHN")
    assert start.tariff[sector, column.importer, economy] == pytest.approx(before.rate[partner, block])
    assert start.residual() < 1e-9


def test_no_change_of_duties_predicts_no_change():
    item = june()
    others = item.economy.law.others(EPISODE.before(MONTH.months))
    still = dataclasses.replace(item.case, after=item.case.before)
    quiet = dataclasses.replace(item, case=still)
    assert quiet.rates("collected") == pytest.approx(item.case.before.rate, abs=EXACT)
    tariff = item.economy.column.tariffs(item.case.before.rate, others)
    assert tariff == pytest.approx(item.start.tariff, abs=EXACT)


def test_relative_shares_move_by_duties_and_costs_alone():
    """Two partners in one industry: customs values move by 1 + theta of the duty and theta of the cost."""
    item, ratio = june(), 0.4
    column = item.economy.column
    found = item.model("collected", ratio)
    others = item.economy.law.others(MONTH.months)
    tariff = column.tariffs(item.rates("collected"), others)
    solved = solve(at_ratio(column, item.start, ratio), Shock(tariff=tariff))
    sector = item.start.sectors.index("C26")
    theta = item.start.theta[sector] * ratio
    expected = []
    for partner in ("CHN", "VNM"):
        economy = item.start.economies.index(partner)
        cell = (sector, column.importer, economy)
        duty = np.log1p(tariff[cell]) - np.log1p(item.start.tariff[cell])
        expected.append(-(1 + theta) * duty - theta * np.log(solved.cost_hat[sector, economy]))
    (china, block), (vietnam, _) = place("CHN", "334"), place("VNM", "334")
    assert found[china, block] - found[vietnam, block] == pytest.approx(expected[0] - expected[1], abs=SOLVED)


def test_predicted_shares_add_up():
    item = june()
    bought = item.economy.column.folded(item.start.flows)
    share = bought / bought.sum(axis=0)
    new = np.nan_to_num(share * np.exp(item.model("collected", 0.4))).sum(axis=0)
    assert new == pytest.approx(np.ones_like(new), abs=SOLVED)


def test_one_elasticity_for_all_is_their_mean_over_purchases():
    item = june()
    column = item.economy.column
    theta = at_ratio(column, item.start, 1.0, uniform=True).theta[column.block >= 0]
    assert np.ptp(theta) == 0.0
    purchases = item.start.flows[:, column.importer, :].sum(axis=1)
    purchases -= item.start.flows[:, column.importer, column.importer]
    inside = column.block >= 0
    assert theta[0] == pytest.approx(np.average(item.start.theta[inside], weights=purchases[inside]))


@pytest.mark.parametrize("partner", ["CHN", "CAN", "DEU"])
def test_the_law_on_a_cell_is_the_average_tariff_of_its_industry(partner):
    """Another way to the same number: the public question, on a month in which no duty changed."""
    found = june().economy.law.cells(("2024-04",))
    rates = dt.average_tariff(importer="USA", origin=partner, on="2024-04-15", by="sector").by
    for code, sector in (("334", "C26"), ("335", "C27"), ("313", "C13T15"), ("326", "C22")):
        assert found[place(partner, code)] == pytest.approx(rates[sector], abs=EXACT)


def test_the_law_adds_to_what_was_collected():
    item = june()
    law, collected = item.rates("law"), item.rates("collected")
    chip = place("CHN", "334")
    assert law[chip] > item.case.before.rate[chip]
    assert not np.allclose(law, collected)
    assert (law >= 0).all()
