"""The JSON document of a run: the interface's keys, numbers recomputed, words that follow from numbers."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from detente.geography.economies import members
from detente.policy import Options, load_study_spec, run_document, run_study
from detente.policy.studies.narrative import Channels, why
from policy.main_run import main_document, main_run, small_file, spec_of

# Sums of doubles.
EXACT = 1e-9
SCENARIO = {
    "status",
    "residual",
    "iterations",
    "seconds",
    "tariffs",
    "economies",
    "groups",
    "flows",
    "sectors",
    "constraints",
    "contributions",
    "not_included",
}
OUTCOMES = {
    "real_gdp_pct",
    "real_income_pct",
    "cpi_pct",
    "real_wage_pct",
    "exports_pct",
    "imports_pct",
    "tariff_revenue_usd_bn",
    "terms_of_trade_pct",
}


@pytest.fixture(scope="module")
def result():
    return main_document()["result"]


def test_the_document_has_the_keys_of_the_interface(result):
    document = main_document()
    assert set(document) == {"stamp", "result", "assumptions", "warnings"}
    assert {"baseline", "world", "worth", "scenarios"} <= set(result)
    assert {"name", "year", "groups", "estimated"} <= set(result["world"])
    for item in result["scenarios"].values():
        assert set(item) >= SCENARIO
        assert item["status"] == "converged"
        assert item["residual"] < 1e-9
        assert set(item["tariffs"]) == {"USA<-CHN", "USA<-*", "CHN<-USA", "CHN<-*"}
        assert set(item["flows"]) == {"CHN->USA", "USA->CHN"}
        assert {"RCEP", "ASEAN", "EU", "WORLD"} <= set(item["groups"])
        for row in (*item["economies"].values(), *item["groups"].values()):
            assert set(row) == OUTCOMES
        for bound in item["constraints"].values():
            assert set(bound) >= {"kind", "bound", "volume_hat", "multiplier", "rent_usd_bn", "binding"}


def test_the_document_is_json_without_nan():
    text = json.dumps(main_document(), allow_nan=False)
    assert json.loads(text) == main_document()


def test_the_stamp_names_code_facts_and_command():
    stamp = main_document()["stamp"]
    run = main_run()
    assert stamp["command"] == "detente run kuala-lumpur"
    assert stamp["ledger_hash"] == run.ledger.hash
    assert stamp["world_hash"] == run.world.hash
    assert stamp["scenario_hash"] == run.spec.hash
    assert stamp["detente"]


def test_every_economy_of_the_world_is_in_every_scenario(result):
    for item in result["scenarios"].values():
        assert list(item["economies"]) == list(main_run().world.economies)


def test_the_share_of_rcep_stands_beside_the_claim(result):
    """29.1 % of world GDP in 2022 by the World Bank; the world holds value added plus taxes of its own sources."""
    world = result["world"]
    assert world["groups"]["RCEP"]["gdp_share"] == pytest.approx(0.291, abs=0.005)
    assert set(world["groups"]["RCEP"]["members"]) <= set(
        members("RCEP", load_study_spec("kuala-lumpur").baseline.on)
    )
    assert world["claim"]["share"] == 0.30
    assert world["claim"]["share_2022"] == 0.291
    assert world["groups"]["WORLD"]["gdp_share"] == pytest.approx(1.0, abs=EXACT)


def test_a_group_is_weighted_by_income(result):
    run = main_run()
    eq = run.scenarios["truce"].equilibrium
    inside = [
        run.world.economies.index(x)
        for x in members("RCEP", run.spec.baseline.on)
        if x in run.world.economies
    ]
    income = eq.base.income[inside]
    by_hand = 100 * float((income * (eq.real_income_hat[inside] - 1)).sum() / income.sum())
    assert result["scenarios"]["truce"]["groups"]["RCEP"]["real_income_pct"] == pytest.approx(
        by_hand, abs=EXACT
    )


def test_the_average_tariff_by_hand(result):
    run = main_run()
    base = run.setting.baseline
    n, i = base.economies.index("USA"), base.economies.index("CHN")
    tariff = run.scenarios["no-deal"].law.tariff
    goods = [
        k
        for k, label in enumerate(base.sectors)
        if label in ("rare-earths", "soybeans") or (label[0] in "ABC" and label != "B09")
    ]
    weights = base.flows[goods, n, i]
    by_hand = float((tariff[goods, n, i] * weights).sum() / weights.sum())
    assert result["scenarios"]["no-deal"]["tariffs"]["USA<-CHN"] == pytest.approx(by_hand, abs=EXACT)
    others = np.arange(len(base.economies)) != n
    paid = (tariff[np.ix_(goods, [n], others)] * base.flows[np.ix_(goods, [n], others)]).sum()
    on_all = paid / base.flows[np.ix_(goods, [n], others)].sum()
    assert result["scenarios"]["no-deal"]["tariffs"]["USA<-*"] == pytest.approx(on_all, abs=EXACT)


def test_revenue_is_duty_times_customs_value(result):
    run = main_run()
    item = run.scenarios["truce"]
    base, eq = run.setting.baseline, item.equilibrium
    n = base.economies.index("USA")
    paid = item.law.shock.tariff[:, n, :] * eq.new.customs[:, n, :]
    found = result["scenarios"]["truce"]["economies"]["USA"]["tariff_revenue_usd_bn"]
    assert found == pytest.approx(paid.sum() / 1e3, rel=1e-6)


def test_flows_change_as_they_say(result):
    for item in result["scenarios"].values():
        for flow in item["flows"].values():
            assert flow["change_pct"] == pytest.approx(
                100 * (flow["new_usd_bn"] / flow["base_usd_bn"] - 1), abs=EXACT
            )
    assert len({item["flows"]["CHN->USA"]["base_usd_bn"] for item in result["scenarios"].values()}) == 1


def test_each_result_prints_the_flow_it_rests_on(result):
    world = main_run().world
    for pair, value in result["world"]["flows_usd_bn"].items():
        exporter, importer = pair.split("->")
        assert value == pytest.approx(world.goods_flow(exporter, importer), abs=EXACT)
    assert result["world"]["flows_estimated"] is True
    assert any("estimated" in text for text in main_document()["warnings"])


def test_what_is_not_known_after_the_horizon_is_said():
    warnings = main_document()["warnings"]
    assert (
        warnings[0]
        == "The sources cover the law to 2026-10-08; what is not known after it is shown as not known."
    )
    assert warnings[1] == (
        "Dated after that day, so a reading of notices and reports: truce extended, as reported (10 November 2026);"
        " truce expires (10 November 2026)."
    )
    assert warnings[2] == (
        "Duties are taken off a stated value of imports in 30-for-30 tariff cuts: no measure of the ledger, so it stays"
        " whatever is off."
    )


def test_every_measure_has_sources_that_are_listed(result):
    for item in result["scenarios"].values():
        assert item["measures"]
        for row in item["measures"]:
            assert row["imposer"] in {"USA", "CHN"}
            assert row["state"] not in {"ended", "not known"}
            assert row["sources"], row["id"]
            assert set(row["sources"]) <= set(result["sources"])
    threatened = [row for row in result["scenarios"]["eve"]["measures"] if row["state"] == "threatened"]
    assert threatened
    assert all(row["rate"] is None for row in threatened)


def test_assumptions_have_name_value_reason_and_source():
    rows = main_document()["assumptions"]
    names = [row["name"] for row in rows]
    assert len(names) == len(set(names))
    assert {"match", "relief_usd_bn", "ree_volume", "soy_base_mt", "port_redeployed", "cn_waiver"} <= set(
        names
    )
    for row in rows:
        assert row["why"]
        assert row["source"]
        assert row["alternatives"]


def test_a_study_may_replace_the_size_of_an_instrument(tmp_path):
    own = "baseline:\n", "  - {name: ree_volume, value: 0.5, why: x, source: y}\nbaseline:\n"
    run = run_study(small_file(tmp_path, own), options=Options(contributions=False))
    document = run_document(run, command="x")
    rows = [row for row in document["assumptions"] if row["name"] == "ree_volume"]
    assert [row["value"] for row in rows] == [0.5]
    assert document["result"]["scenarios"]["before"]["constraints"]["rare-earths"]["bound"] == 0.5


def test_a_scenario_says_what_it_assumes(result):
    assert result["scenarios"]["escalation"]["assume"] == {"ree_volume": 0.26}
    assert result["scenarios"]["escalation-unanswered"]["assume"] == {"match": 0, "ree_volume": 0.26}
    assert result["scenarios"]["escalation"]["edits"]["enact"] == ["us.threat.cn100"]
    assert result["scenarios"]["truce"]["on"] == "2025-11-10"


def test_sides_are_reported_even_where_they_are_not_featured(tmp_path):
    path = small_file(
        tmp_path, ("featured: [USA, CHN]", "featured: [DEU]"), ("groups: [WORLD]", "groups: [EU]")
    )
    run = run_study(path, options=Options(contributions=False))
    cut = run_document(run, command="x")["result"]["worth"]["cut"]
    assert set(cut["total_pct"]) == {"DEU", "USA", "CHN", "EU", "WORLD"}
    assert cut["why"][0].startswith("The United States")
    assert "from After rather than Before" in cut["why"][0]


def test_a_world_without_an_estimate_of_flows_says_so():
    run = run_study(spec_of({"on": "2024-12-31"}), options=Options(robustness=False, contributions=False))
    assert run_document(run, command="x")["result"]["world"]["flows_estimated"] is False


# Words.


def test_the_words_of_each_side_follow_from_its_numbers(result):
    item = result["worth"]["worth"]
    for side, country, sentence in zip(
        item["between"], ("The United States", "China"), item["why"], strict=True
    ):
        total = item["total_pct"][side]
        verb = "gains" if total > 0 else "loses"
        assert sentence.startswith(f"{country} {verb} {abs(total):.3f} % of real income")
        assert "tariff revenue" in sentence
        assert "terms of trade" in sentence


@pytest.mark.parametrize(
    ("channels", "said"),
    [
        (
            Channels(0.3, 0.2, 0.1, 1.0),
            ["gains 0.300 %", "improve (+0.200)", "trades more", "rises by USD 1.0 bn"],
        ),
        (
            Channels(-0.3, -0.2, -0.1, -1.0),
            ["loses 0.300 %", "worsen (-0.200)", "trades less", "falls by USD 1.0 bn"],
        ),
        (Channels(0.5, 0.2, 0.1, 0.0), ["interaction (+0.200)"]),
    ],
)
def test_words(channels, said):
    sentence = why("X", channels, change="this")
    for piece in said:
        assert piece in sentence


def test_a_rest_that_is_small_is_not_mentioned():
    assert "interaction" not in why("X", Channels(0.31, 0.2, 0.1, 0.0), change="this")


def test_every_number_is_finite(result):
    def walk(value):
        if isinstance(value, float):
            assert math.isfinite(value)
        elif isinstance(value, dict):
            for item in value.values():
                walk(item)
        elif isinstance(value, (list, tuple)):
            for item in value:
                walk(item)

    walk(result)
