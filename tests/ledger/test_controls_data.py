"""
Port fees, export controls, listings, purchases, agreements and statements against the acts.

Every expected value is derived by hand from the act named beside it.
"""

from __future__ import annotations

import datetime as dt

import pytest

from detente.ledger import Ledger, open_ledger
from detente.ledger.views.track_record import record_of, statements

SUSPENDED = (
    "us.port.annex1",
    "us.port.annex2",
    "us.port.annex3",
    "cn.port.special",
    "cn.xc.61",
    "us.affiliates50",
)


@pytest.fixture(scope="module")
def law() -> Ledger:
    return open_ledger()


@pytest.mark.parametrize(
    ("measure", "day", "known", "state", "amounts"),
    [
        # 90 FR 17114: announced 2025-04-17, nil for 180 days, then by net ton with steps each 17 April.
        ("us.port.annex1", "2025-10-13", None, "announced", None),
        ("us.port.annex1", "2025-10-14", None, "in force", {"per_net_ton": 50}),
        ("us.port.annex1", "2025-11-09", None, "in force", {"per_net_ton": 50}),
        ("us.port.annex1", "2025-11-10", None, "suspended", {"per_net_ton": 50}),
        # Known on 27 October, nothing is suspended.
        ("us.port.annex1", "2025-11-10", "2025-10-27", "in force", {"per_net_ton": 50}),
        # The schedule runs on underneath: the step of April 2026 is what comes back.
        ("us.port.annex1", "2026-04-17", None, "suspended", {"per_net_ton": 80}),
        ("us.port.annex1", "2026-11-10", None, "in force", {"per_net_ton": 80}),
        ("us.port.annex1", "2027-04-17", None, "in force", {"per_net_ton": 110}),
        ("us.port.annex1", "2028-04-17", None, "in force", {"per_net_ton": 140}),
        ("us.port.annex2", "2025-10-20", None, "in force", {"per_net_ton": 18, "per_container": 120}),
        ("us.port.annex2", "2026-11-10", None, "in force", {"per_net_ton": 23, "per_container": 153}),
        ("us.port.annex2", "2027-04-17", None, "in force", {"per_net_ton": 28, "per_container": 195}),
        ("us.port.annex2", "2028-04-17", None, "in force", {"per_net_ton": 33, "per_container": 250}),
        # Annex III: 150 per car equivalent unit was the law until the notice of 2025-10-10 put 46 per net ton.
        ("us.port.annex3", "2025-10-14", "2025-10-09", "in force", {"per_car_equivalent_unit": 150}),
        ("us.port.annex3", "2025-10-14", None, "in force", {"per_net_ton": 46}),
        ("us.port.annex3", "2028-04-17", None, "in force", {"per_net_ton": 46}),
        # Ministry of Transport Announcement 54.
        ("cn.port.special", "2025-10-13", None, "announced", None),
        ("cn.port.special", "2025-10-14", None, "in force", {"per_net_ton": 400}),
        ("cn.port.special", "2025-11-10", None, "suspended", {"per_net_ton": 400}),
        ("cn.port.special", "2026-11-10", None, "in force", {"per_net_ton": 640}),
        ("cn.port.special", "2027-04-17", None, "in force", {"per_net_ton": 880}),
        ("cn.port.special", "2028-04-17", None, "in force", {"per_net_ton": 1120}),
    ],
)
def test_fees_by_day(
    law: Ledger, measure: str, day: str, known: str | None, state: str, amounts: dict[str, float] | None
) -> None:
    (position,) = law.on(day, known_on=known).get(measure)
    assert position.state == state
    if amounts is not None:
        assert position.amounts == amounts


def test_currencies_and_rule_numbers(law: Ledger) -> None:
    for name, currency in (("us.port.annex1", "USD"), ("us.port.annex2", "USD"), ("cn.port.special", "CNY")):
        assert {step.currency for step in law.measures[name].steps} == {currency}
        assert law.measures[name].details["cap_per_year"] == 5
    two = law.measures["us.port.annex2"].details
    assert (two["exempt_teu_max"], two["exempt_dwt_max"], two["exempt_bulk_dwt_max"]) == (4000, 55000, 80000)
    assert (two["exempt_voyage_nm_below"], two["exempt_us_ownership_min"]) == (2000, 0.75)
    china = law.measures["cn.port.special"].details
    assert (china["ownership_threshold"], china["cap_year"], china["round_up_tons"]) == (0.25, "04-17", True)


@pytest.mark.parametrize("measure", SUSPENDED)
def test_the_truce_ends_by_notice_on_one_day_and_by_report_on_another(law: Ledger, measure: str) -> None:
    during = law.on("2026-06-01").get(measure)
    assert {p.state for p in during} == {"suspended"}
    assert {p.until_legal for p in during} == {dt.date(2026, 11, 10)}
    assert "suspended" not in {p.state for p in law.on("2026-11-10").get(measure)}
    reported = law.on("2026-11-10", ends="reported").get(measure)
    assert {p.state for p in reported} == {"suspended"}
    assert {p.until_reported for p in reported} == {dt.date(2027, 1, 10)}
    assert "suspended" not in {p.state for p in law.on("2027-01-10", ends="reported").get(measure)}


@pytest.mark.parametrize(
    ("measure", "part", "day", "known", "state"),
    [
        # Announcement 18 of 2025 took effect when published and was never suspended.
        ("cn.xc.ree7", "main", "2025-04-04", None, "in force"),
        ("cn.xc.ree7", "main", "2025-11-10", None, "in force"),
        ("cn.xc.ree7", "main", "2026-10-08", None, "in force"),
        # Announcement 61: paragraph 3 at once, 1 and 2 from 2025-12-01; suspended from 2025-11-07.
        ("cn.xc.61", "reexport", "2025-10-09", None, "in force"),
        ("cn.xc.61", "value", "2025-10-27", None, "announced"),
        ("cn.xc.61", "reexport", "2025-11-06", None, "in force"),
        ("cn.xc.61", "reexport", "2025-11-07", None, "suspended"),
        ("cn.xc.61", "value", "2025-12-01", "2025-10-27", "in force"),
        ("cn.xc.61", "value", "2025-12-15", None, "suspended"),
        ("cn.xc.61", "technology", "2026-11-10", None, "in force"),
        # Announcements 55 to 58: from 2025-11-08, suspended the day before.
        ("cn.xc.oct2025.56", "rare_earths", "2025-11-06", None, "announced"),
        ("cn.xc.oct2025.56", "rare_earths", "2025-11-08", "2025-10-27", "in force"),
        ("cn.xc.oct2025.56", "batteries", "2025-11-08", None, "suspended"),
        ("cn.xc.62", "main", "2025-10-27", None, "in force"),
        ("cn.xc.62", "main", "2025-11-10", None, "suspended"),
        # Announcement 46 of 2024: clause 2 suspended to 2026-11-27, clause 1 never.
        ("cn.xc.usban46", "materials", "2025-11-08", None, "in force"),
        ("cn.xc.usban46", "materials", "2025-11-09", None, "suspended"),
        ("cn.xc.usban46", "materials", "2026-11-26", None, "suspended"),
        ("cn.xc.usban46", "materials", "2026-11-27", None, "in force"),
        ("cn.xc.usban46", "military", "2026-06-01", None, "in force"),
        # 90 FR 47201 and 90 FR 50857.
        ("us.affiliates50", "main", "2025-09-29", None, "in force"),
        ("us.affiliates50", "main", "2025-11-09", None, "in force"),
        ("us.affiliates50", "main", "2025-11-10", None, "suspended"),
        ("us.affiliates50", "main", "2025-11-10", "2025-10-27", "in force"),
        # Chips: the thresholds of 2022 give way to those of 2023; H200 review from 2026-01-15.
        ("us.xc.2022", "main", "2022-10-20", None, "announced"),
        ("us.xc.2022", "main", "2022-10-21", None, "in force"),
        ("us.xc.2022", "main", "2023-11-17", None, "ended"),
        ("us.xc.2022", "main", "2023-11-17", "2023-10-16", "in force"),
        ("us.xc.2023", "main", "2023-11-16", None, "announced"),
        ("us.xc.2023", "main", "2023-11-17", None, "in force"),
        ("us.xc.h20", "main", "2025-04-09", None, "in force"),
        ("us.xc.h200", "main", "2026-01-14", None, "announced"),
        ("us.xc.h200", "main", "2026-01-15", None, "in force"),
        ("cn.sanction.hanwha", "main", "2025-10-14", None, "in force"),
        ("cn.sanction.hanwha", "main", "2025-11-10", None, "suspended"),
        ("cn.list.us_firms", "april", "2025-05-14", None, "suspended"),
        ("cn.list.us_firms", "march", "2025-10-27", None, "in force"),
    ],
)
def test_controls_by_day(
    law: Ledger, measure: str, part: str, day: str, known: str | None, state: str
) -> None:
    (position,) = [p for p in law.on(day, known_on=known).get(measure) if p.part == part]
    assert position.state == state


def test_the_diffusion_rule_was_never_applied(law: Ledger) -> None:
    for day in ("2025-05-15", "2026-10-08"):
        found = [p for p in law.on(day).get("us.xc.2025") if p.part == "diffusion"]
        assert all(p.state != "in force" for p in found)
    known = law.on("2025-05-15", known_on="2025-05-12").get("us.xc.2025")
    assert {p.part: p.state for p in known}["diffusion"] == "in force"


def test_chip_thresholds(law: Ledger) -> None:
    of = {name: law.measures[f"us.xc.{name}"].details for name in ("2022", "2023", "h200")}
    assert of["2022"]["interconnect_min"] == 600
    assert (of["2023"]["tpp_min"], of["2023"]["tpp_with_density_min"]) == (4800, 1600)
    assert of["2023"]["performance_density_min"] == 5.92
    assert (of["h200"]["tpp_below"], of["h200"]["dram_bandwidth_below"]) == (21000, 6500)
    assert (of["h200"]["volume_ratio_max"], of["h200"]["policy_reexport"]) == (0.5, "presumption of denial")


def test_rare_earth_items(law: Ledger) -> None:
    seven = str(law.measures["cn.xc.ree7"].details["elements"]).split(",")
    five = str(law.measures["cn.xc.oct2025.56"].details["elements"]).split(",")
    assert sorted(seven) == ["Dy", "Gd", "Lu", "Sc", "Sm", "Tb", "Y"]
    assert sorted(five) == ["Er", "Eu", "Ho", "Tm", "Yb"]
    abroad = law.measures["cn.xc.61"].details
    assert (abroad["de_minimis_value_share"], abroad["de_minimis_test"]) == (0.001, "at least")
    assert sorted(str(abroad["part1_metals"]).split(",")) == sorted(seven)
    assert {abroad[f"policy_{user}"] for user in ("military", "listed_party", "wmd_or_terror")} == {"deny"}


def test_the_three_ownership_rules_differ_at_half_and_in_branches(law: Ledger) -> None:
    us, china, europe = (
        law.measures[name].details for name in ("us.affiliates50", "cn.xc.61", "eu.ownership50")
    )
    assert (us["threshold"], us["threshold_test"]) == (0.5, "at least")
    assert (china["ownership_test"], "branches" in str(china["ownership_includes"])) == ("at least", True)
    assert (europe["ownership_threshold"], europe["ownership_test"]) == (0.5, "more than")


@pytest.mark.parametrize(
    ("measure", "day", "known", "quantity"),
    [
        ("cn.buy.soy2025", "2025-10-27", "2025-10-27", None),
        ("cn.buy.soy2025", "2025-11-10", None, 12),
        ("cn.buy.soy2026_28", "2025-10-27", "2025-10-27", None),
        ("cn.buy.soy2026_28", "2026-01-01", None, 25),
        ("cn.buy.soy2026_28", "2028-12-31", None, 25),
        ("cn.buy.phase1", "2020-06-30", None, 227.9),
        ("cn.buy.phase1", "2021-06-30", None, 274.5),
    ],
)
def test_purchases(law: Ledger, measure: str, day: str, known: str | None, quantity: float | None) -> None:
    found = [p.quantity for p in law.on(day, known_on=known).get(measure) if p.state == "in force"]
    assert found == ([] if quantity is None else [quantity])


def test_phase_one_targets_add_up_and_57_percent_was_bought(law: Ledger) -> None:
    measure = law.measures["cn.buy.phase1"]
    total = float(measure.details["target_total"])
    assert sum(step.quantity or 0 for step in measure.steps) == pytest.approx(total, abs=1e-9)
    bought = float(measure.details["bought_total"]) / total
    assert bought == pytest.approx(float(measure.details["bought_share"]), abs=0.005)  # whole percent


def test_rcep_members_join_on_their_days(law: Ledger) -> None:
    def members(day: str) -> set[str]:
        return {code for p in law.on(day).get("rcep") if p.state == "in force" for code in p.targets}

    assert len(members("2022-01-01")) == 10
    assert members("2022-02-01") - members("2022-01-31") == {"KOR"}
    assert members("2022-03-18") - members("2022-03-17") == {"MYS"}
    assert members("2023-01-02") - members("2023-01-01") == {"IDN"}
    assert members("2023-06-02") == set(law.measures["rcep"].targets)
    assert len(law.measures["rcep"].targets) == 15


def test_a_framework_enacts_nothing(law: Ledger) -> None:
    measure = law.measures["bot.30for30"]
    assert not measure.steps
    assert all(p.state != "in force" for p in law.on("2026-10-08").get("bot.30for30"))


def test_an_unread_fact_is_said_and_a_recalled_one_has_no_high_confidence(law: Ledger) -> None:
    for name, measure in law.measures.items():
        if name.startswith(("cn.", "us.port", "us.xc", "us.aff", "us.entity", "rcep", "bot", "eu.")):
            if measure.sources == ("recall",):
                assert measure.confidence != "high", name
                assert measure.unverified, name
            assert measure.unverified or measure.confidence == "high", name


def test_statements_point_at_measures_parts_and_sources(law: Ledger) -> None:
    found = statements()
    assert len(found) >= 25
    assert len({s.id for s in found}) == len(found)
    assert [s.date for s in found] == sorted(s.date for s in found)
    for statement in found:
        measure = law.measures[statement.measure]
        assert statement.part is None or statement.part in measure.scope, statement.id
        assert set(statement.sources) <= set(law.sources), statement.id
        assert statement.act_recorded is None or statement.act_recorded >= statement.date, statement.id


def test_an_act_that_followed_is_in_the_ledger_on_its_first_day(law: Ledger) -> None:
    """A step, suspension or end of the measure starts on the day the statement's act took effect."""
    for statement in statements():
        if statement.outcome in {"followed", "partly", "broken"} and statement.act_effective is not None:
            measure = law.measures[statement.measure]
            days = {r.from_ for r in (*measure.steps, *measure.suspensions, *measure.ends)}
            assert statement.act_effective in days, statement.id


def test_days_and_the_record_of_each_side() -> None:
    threat, taken = statements(measure="us.threat.cn100")
    assert (threat.outcome, threat.days) == ("taken back", 16)  # 10 to 26 October 2025
    assert (taken.kind, taken.outcome) == ("promise", "followed")
    (cut,) = [s for s in statements(measure="us.ieepa.fentanyl.cn") if s.kind == "promise"]
    assert (cut.days, cut.days_late) == (5, 0)  # agreed 30 October, order of 4 November, in force 10 November
    (soy,) = statements(measure="cn.buy.soy2025")
    assert (soy.other_side, soy.days_late) == ("silent", 20)  # due 31 December, reported 20 January
    assert record_of("USA", "threat")["taken back"] >= 2
    assert not [
        s for s in statements(ledger=open_ledger(known_on="2025-10-09")) if s.measure == "us.threat.cn100"
    ]
