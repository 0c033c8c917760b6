"""Instruments other than tariffs: sizes recomputed by hand from the ledger's amounts and the named assumptions."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from detente.ledger import open_ledger
from detente.policy import Options, load_study_spec, run_study
from detente.policy.instrument_table import instrument_table
from detente.policy.instruments.components import effects_of, measures_of, switchable, without_effect
from detente.policy.instruments.effects import combine
from detente.policy.instruments.shock import law_shock
from detente.policy.studies.run import solve_law
from detente.world.sectors import read_sectors
from policy.main_run import main_document, main_run, small_setting, spec_of

# Products of a few fractions.
EXACT = 1e-14
# A binding bound is met as closely as the solve is audited.
MET = 1e-9
# Real income, percent, that no rounding reaches.
SOMETHING = 1e-7
ASSUMED = {item.name: item.value for item in instrument_table().assumptions}
NO_DEAL = {"on": "2025-11-10", "known_on": "2025-10-27"}


def cells_of(instrument, *, on="2025-11-10", known_on="2025-10-27", **assumed):
    """One instrument's effect on the small world, or None."""
    book = open_ledger().on(on, known_on=known_on)
    found = effects_of(small_setting(), book, ASSUMED | assumed)
    return next((item for item in found if item.instrument == instrument), None)


def effect(instrument, **given):
    """The same with its tariff and its delivery cost on every flow of the world."""
    found, shape = cells_of(instrument, **given), small_setting().baseline.pi.shape
    return found and dataclasses.replace(
        found,
        tariff=found.tariff and found.tariff.whole(shape, 0.0),
        iceberg=found.iceberg and found.iceberg.whole(shape, 1.0),
    )


def without_soybeans():
    """The truce without the purchases, solved as its contribution is."""
    run, options = main_run(), Options(robustness=False)
    item = run.scenarios["truce"]
    assumed = run.spec.assumed(item.spec)
    law = law_shock(run.setting, item.spec, item.book, assumed, off={"soybeans"})
    return solve_law(run, law, options, start=item.equilibrium)


def place(*labels):
    """Positions of a sector, importer and exporter in the small world's baseline."""
    base = small_setting().baseline
    sector, importer, exporter = labels
    return base.sectors.index(sector), base.economies.index(importer), base.economies.index(exporter)


# Port fees.


def test_the_us_port_fee_by_hand():
    """Annex I: 50 USD a net ton on Chinese ships; annex II: 18 USD on ships built in China, on routes from everywhere."""
    found = effect("port-fees-us")
    tons, moved, cost = 0.0004, 0.7, 0.25
    chinese, built = 0.24 * 50 * tons, 0.06 * 18 * tons
    from_china = place("c14", "USA", "CHN")
    from_germany = place("c14", "USA", "DEU")
    assert found.tariff[from_china] == pytest.approx((chinese + built) * (1 - moved), abs=EXACT)
    assert found.tariff[from_germany] == pytest.approx(built * (1 - moved), abs=EXACT)
    assert found.iceberg[from_china] == pytest.approx(1 + (chinese + built) * moved * cost, abs=EXACT)
    assert found.tariff[place("c14", "USA", "CAN")] == 0.0
    assert found.tariff[place("c14", "USA", "USA")] == 0.0
    assert found.iceberg[place("c14", "CHN", "USA")] == 1.0


def test_the_chinese_port_due_by_hand():
    """400 CNY a net ton on ships linked to the United States, at 7.1 CNY to the dollar."""
    found = effect("port-fees-cn")
    full = 0.05 * 400 / 7.1 * 0.0009
    cell = place("c14", "CHN", "USA")
    assert found.tariff[cell] == pytest.approx(full * 0.3, abs=EXACT)
    assert found.iceberg[cell] == pytest.approx(1 + full * 0.7 * 0.25, abs=EXACT)
    assert np.count_nonzero(found.tariff) == np.count_nonzero(found.tariff[:, cell[1], cell[2]])


def test_a_port_fee_is_on_goods_only():
    found, setting = effect("port-fees-us"), small_setting()
    goods = np.array([row.goods for row in read_sectors(setting.world.classification)])[setting.parents]
    assert found.tariff[goods].any(axis=(1, 2)).all()
    assert not found.tariff[~goods].any()
    assert (found.iceberg[~goods] == 1).all()


def test_a_port_fee_follows_the_step_then_due():
    """After the lapse of 2026-11-10 annex I stands at 80 USD, the step of 2026-04-17."""
    early, late = effect("port-fees-us"), effect("port-fees-us", on="2026-11-10", known_on=None)
    cell = place("c14", "USA", "CHN")
    annexes = 0.24 * 80 + 0.06 * 23
    assert late.tariff[cell] == pytest.approx(annexes * 0.0004 * 0.3, abs=EXACT)
    assert late.tariff[cell] > early.tariff[cell]
    assert effect("port-fees-us", known_on=None) is None


def test_what_is_paid_and_what_is_lost_split_the_fee():
    cell = place("c14", "USA", "CHN")
    everything_paid = effect("port-fees-us", port_redeployed=0.0)
    nothing_paid = effect("port-fees-us", port_redeployed=1.0, port_redeployment_cost=1.0)
    assert everything_paid.tariff[cell] == pytest.approx(nothing_paid.iceberg[cell] - 1, abs=EXACT)
    assert everything_paid.iceberg[cell] == 1.0
    assert nothing_paid.tariff[cell] == 0.0


# Licences and lists.


def test_licences_add_up_and_spare_home_sales():
    both = effect("rare-earths")
    april = effect("rare-earths", known_on=None)
    cell, home = place("rare-earths", "USA", "CHN"), place("rare-earths", "CHN", "CHN")
    assert both.iceberg[cell] == pytest.approx(1.12, abs=EXACT)
    assert april.iceberg[cell] == pytest.approx(1.06, abs=EXACT)
    assert both.iceberg[home] == 1.0
    assert np.count_nonzero(both.iceberg != 1) == len(small_setting().baseline.economies) - 1
    assert (both.limits, both.size) == ((), "")


def test_a_limit_is_on_all_importers_and_named():
    (limit,) = effect("rare-earths", ree_volume=0.26).limits
    assert limit.volume == 0.26
    assert limit.rent_to == "exporter"
    others = set(small_setting().baseline.economies) - {"CHN"}
    assert set(limit.importers) == others


def test_a_forbidden_share_is_what_is_lost_at_given_prices():
    """Sales fall by the share when nothing else moves: d ** -theta = 1 - share."""
    found, base = effect("affiliates"), small_setting().baseline
    cell = place("c14", "CHN", "USA")
    assert found.iceberg[cell] ** -base.theta[cell[0]] == pytest.approx(0.99, abs=EXACT)
    assert effect("affiliates", affiliates_share=0.0) is None


def test_a_forbidden_value_is_a_share_of_the_flow():
    found, base = effect("chips"), small_setting().baseline
    cell = place("c14", "CHN", "TWN")
    share = 17e3 / base.flows[cell]
    assert found.iceberg[cell] ** -base.theta[cell[0]] == pytest.approx(1 - min(0.99, share), abs=1e-12)


def test_chips_are_released_by_the_rule_of_january_2026():
    assert effect("chips", on="2025-11-10", known_on=None) is not None
    assert effect("chips", on="2026-02-24", known_on=None) is None
    book = open_ledger().on("2026-02-24")
    assert "US export controls on chips of the H20 class" not in without_effect(book, set())


# Purchases.


def test_the_soybean_target_is_met_in_the_truce_and_binds():
    found = main_document()["result"]["scenarios"]["truce"]["constraints"]["soybeans"]
    assert found["kind"] == "target"
    assert found["bound"] == pytest.approx(25 / 29.53, abs=EXACT)
    assert found["volume_hat"] >= found["bound"] - MET
    assert found["binding"]
    assert found["multiplier"] < 1
    assert found["rent_usd_bn"] > 0


def test_without_the_commitment_china_would_buy_less():
    """Duties of 13 % on US beans alone take volume below the target: that is why it binds."""
    run = main_run()
    base = run.setting.baseline
    j, n, i = base.sectors.index("soybeans"), base.economies.index("CHN"), base.economies.index("USA")
    free, tied = without_soybeans(), run.scenarios["truce"].equilibrium
    assert free.flows[j, n, i] < tied.flows[j, n, i]


def test_the_soybean_target_against_the_tonnage_of_2024():
    """Against 22.13 Mt it asks for more than was bought, so it binds and costs more."""
    found = main_document()["result"]["scenarios"]["truce"]["constraints"]["soybeans"]
    (row,) = [row for row in found["range"] if row["value"] == 22.13]
    assert row["assumption"] == "soy_base_mt"
    assert row["bound"] == pytest.approx(25 / 22.13, abs=EXACT)
    assert row["bound"] > 1 > found["bound"]
    assert row["volume_hat"] >= row["bound"] - MET
    assert row["binding"]
    assert row["rent_usd_bn"] > found["rent_usd_bn"]


def test_a_target_below_what_is_bought_anyway_is_slack():
    spec = spec_of(
        {"on": "2024-12-31", "edits": {"enact": ["cn.buy.soy2026_28"]}, "assume": {"soy_base_mt": 40.0}}
    )
    run = run_study(spec, options=Options(robustness=False, contributions=False))
    (bound,) = run.scenarios["s"].equilibrium.constraints
    assert bound.bound == pytest.approx(0.625, abs=EXACT)
    assert not bound.binding
    assert bound.multiplier == pytest.approx(1.0, abs=MET)
    assert np.abs(run.scenarios["s"].equilibrium.real_income_hat - 1).max() < 1e-12


def test_other_sellers_of_soybeans_lose_what_the_united_states_gain():
    run = main_run()
    base = run.setting.baseline
    j, n = base.sectors.index("soybeans"), base.economies.index("CHN")
    i = base.economies.index("BRA")
    tied, free = run.scenarios["truce"].equilibrium, without_soybeans()
    assert tied.flows[j, n, i] < free.flows[j, n, i]


# The limit on rare earths.


@pytest.mark.parametrize("scenario", ["escalation", "escalation-unanswered"])
def test_the_limit_on_rare_earths_is_met_and_leaves_a_rent(scenario):
    found = main_document()["result"]["scenarios"][scenario]["constraints"]["rare-earths"]
    assert found["kind"] == "limit"
    assert found["volume_hat"] == pytest.approx(0.26, abs=MET)
    assert found["binding"]
    assert found["multiplier"] > 1
    assert found["rent_usd_bn"] > 0


def test_the_limit_over_its_named_range():
    """The tighter the limit, the higher the price; each alternative is met."""
    found = main_document()["result"]["scenarios"]["escalation"]["constraints"]["rare-earths"]
    rows = sorted(found["range"], key=lambda row: row["value"])
    assert [row["value"] for row in rows] == [0.1, 0.26, 0.75]
    assert {row["assumption"] for row in rows} == {"ree_volume"}
    for row in rows:
        assert row["volume_hat"] <= row["value"] + MET
        assert row["binding"] == (abs(row["volume_hat"] - row["value"]) < MET)
        assert row["rent_usd_bn"] >= 0
    prices = [row["multiplier"] for row in rows]
    assert prices == sorted(prices, reverse=True)


def test_there_is_no_limit_where_the_scenario_sets_none():
    for name in ("eve", "no-deal", "truce", "lapse"):
        assert "rare-earths" not in main_document()["result"]["scenarios"][name]["constraints"]


# Together.


def test_every_effect_contributes_to_somebody():
    for name, item in main_document()["result"]["scenarios"].items():
        assert set(item["contributions"]) == set(item["instruments"]), name
        for instrument, row in item["contributions"].items():
            assert {"RCEP", "ASEAN", "EU", "WORLD", "USA", "CHN"} <= set(row)
            assert max(map(abs, row.values())) > SOMETHING, (name, instrument)


def test_a_contribution_is_with_less_without():
    run = main_run()
    item = run.scenarios["no-deal"]
    assumed = run.spec.assumed(item.spec)
    law = law_shock(run.setting, item.spec, item.book, assumed, off={"chips"})
    again = run_study(
        "kuala-lumpur",
        options=Options(robustness=False, contributions=False, scenarios=("no-deal",), without=("chips",)),
    ).scenarios["no-deal"]
    assert np.array_equal(again.law.shock.tariff, law.shock.tariff)
    expected = float(item.equilibrium.real_income_pct["CHN"] - again.equilibrium.real_income_pct["CHN"])
    found = main_document()["result"]["scenarios"]["no-deal"]["contributions"]["chips"]["CHN"]
    assert found == pytest.approx(expected, abs=1e-7)


def test_an_instrument_on_the_books_without_effect_is_said_to_be_left_out():
    item = run_study(
        "kuala-lumpur",
        options=Options(
            robustness=False,
            contributions=False,
            world="wiod2011",
            scenarios=("no-deal",),
            without=("affiliates",),
        ),
    ).scenarios["no-deal"]
    assert item.law.not_included == ("50 % affiliates rule of the US entity list",)


def test_an_instrument_in_force_under_the_law_of_the_data_is_no_change():
    """One in force at the baseline is an effect of the baseline as well: see test_baselines."""
    setting = small_setting()
    assert effects_of(setting, setting.origin.book, ASSUMED) == []
    book = open_ledger().on("2025-11-10", known_on="2025-10-27")
    later = dataclasses.replace(setting, origin=dataclasses.replace(setting.origin, book=book))
    assert effects_of(later, book, ASSUMED) == []


def test_the_effects_combine():
    asked = [("port-fees-us", {}), ("port-fees-cn", {}), ("rare-earths", {"ree_volume": 0.26})]
    found = [effect(name, **given) for name, given in asked]
    shape = small_setting().baseline.pi.shape
    pieces = combine([cells_of(name, **given) for name, given in asked], shape)
    assert np.array_equal(pieces.tariff, found[0].tariff + found[1].tariff)
    assert np.allclose(pieces.iceberg, np.prod([item.iceberg for item in found], axis=0), rtol=0, atol=EXACT)
    assert len(pieces.limits) == 1
    assert set(pieces.words) == {"port-fees-us", "port-fees-cn", "rare-earths"}
    nothing = combine([], shape)
    assert (nothing.tariff, nothing.iceberg, nothing.limits, nothing.targets) == (None, None, (), ())


def test_the_words_name_every_assumption_they_use():
    assert "port_chinese_operated" in effect("port-fees-us").words[0]
    assert "port_chinese_built" in effect("port-fees-us").words[1]
    assert "ree_volume" in effect("rare-earths", ree_volume=0.26).words[1]
    assert "affiliates_share" in effect("affiliates").words[0]


def test_every_measure_of_the_table_is_in_the_ledger_and_every_assumption_has_its_source():
    ledger = open_ledger()
    for name in switchable():
        assert set(measures_of(name)) <= set(ledger.measures)
    assert measures_of("no such instrument") == ()
    for item in instrument_table().assumptions:
        assert item.alternatives, item.name
        assert item.source, item.name
    used = load_study_spec("kuala-lumpur").model_dump_json()
    assert "rate" not in {
        key
        for item in load_study_spec("kuala-lumpur").scenarios
        for key in item.edits.model_dump(exclude_defaults=True)
    }
    assert used
