"""Laws of the law: exclusivity over every line and origin, locale and order, edits, knowledge, ranges."""

from __future__ import annotations

import datetime as dt
import locale

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente import duty, schedule
from detente.compliance.customs.duty_facts import declared
from detente.duties import (
    Assumptions,
    LineTable,
    Reader,
    active_claims,
    duties_on,
    expected_facts,
    stacking_rules,
)
from detente.duties.layers import stack
from detente.ledger import edit, open_ledger
from detente.schedules import provider_of

ROUNDING = 1e-12
LEDGER = open_ledger()
ORIGINS = (
    "CHN",
    "HKG",
    "CAN",
    "MEX",
    "DEU",
    "GBR",
    "JPN",
    "KOR",
    "CHE",
    "VNM",
    "IND",
    "BRA",
    "RUS",
    "TWN",
    "AUS",
    "KEN",
)
DAYS = (
    "2018-07-10",
    "2020-03-01",
    "2025-03-05",
    "2025-04-10",
    "2025-08-20",
    "2025-11-05",
    "2026-03-01",
    "2026-05-01",
    "2026-09-18",
)
CODES = (
    "7326908688",
    "6109100012",
    "9503000073",
    "8703230140",
    "0901110025",
    "7208260060",
    "8433110040",
    "3004909215",
    "8471300100",
)

days = st.dates(dt.date(2025, 1, 1), dt.date(2026, 10, 8))
origins = st.sampled_from(ORIGINS)
codes = st.sampled_from(CODES)


@pytest.mark.parametrize("day", DAYS)
def test_one_programme_a_unit_of_value_on_every_line_from_every_kind_of_origin(day):
    """Over the whole schedule: shares in [0, 1], at most one Section 232 and one list duty on a unit of value."""
    book = LEDGER.on(day)
    reader = Reader(provider_of("USA").day_table(book.on), Assumptions())
    rules = stacking_rules()
    for origin in ORIGINS:
        facts = expected_facts(book, origin, reader)
        for usmca in (False, True):
            stated = {**facts, "usmca": usmca}
            found = stack(
                book, "USA", origin, reach=reader.reach(book), facts=stated, base=reader.table.column1
            )
            assert np.all((found.shares >= 0.0) & (found.shares <= 1.0 + ROUNDING))
            assert np.all(found.contributions >= 0.0)
            groups = {}
            for row, layer in enumerate(found.layers):
                if layer.group:
                    groups[layer.group] = groups.get(layer.group, 0.0) + found.shares[row]
            for taken in groups.values():
                assert np.all(taken <= 1.0 + ROUNDING)
            for row, layer in enumerate(found.layers):
                for name in layer.rest_of:
                    if name in groups:
                        assert np.all(found.shares[row] <= 1.0 - groups[name] + ROUNDING)
            assert {layer.group for layer in found.layers} <= {None, *(rule.id for rule in rules.exclusive)}


def test_exempt_means_zero():
    # Electronics of Annex II owe no reciprocal duty from anyone; coffee since 2025-11-13.
    found = schedule("USA", "2025-12-01", origins=ORIGINS)
    for measure in (
        "us.ieepa.reciprocal.cn",
        "us.ieepa.reciprocal.countries",
        "us.ieepa.reciprocal.baseline",
    ):
        rate = found.by(measure)
        assert float(rate.sel(product=["8471300100", "0901110025"]).max()) == 0.0


def test_claims_as_observed_only_lower_the_ordinary_duty():
    none = schedule("USA", "2025-10-27", origins=("KOR", "MEX", "DEU"))
    observed = schedule("USA", "2025-10-27", origins=("KOR", "MEX", "DEU"), claims="observed")
    assert float((observed.base - none.base).max()) <= ROUNDING
    assert float((none.base - observed.base).sel(origin="KOR").max()) > 0.05
    # A vehicle part claimed under the USMCA leaves the vehicle duty and may fall under metals; elsewhere claims only help.
    assert float((observed.rate - none.rate).sel(origin=["KOR", "DEU"]).max()) <= ROUNDING


def test_schedule_parts_sum_to_the_whole():
    found = schedule("USA", "2025-10-27", origins=ORIGINS)
    total = found.base + sum(found.by(name) for name in found.measures)
    assert float(abs(total - found.rate).max()) < ROUNDING


def test_schedule_and_case_agree():
    """The same kernel: a line of the schedule is the case with the same facts."""
    found = schedule("USA", "2026-09-18", origins=("CHN", "VNM", "KEN")).rate
    for origin in ("CHN", "VNM", "KEN"):
        for code in ("7326908688", "6109100012", "9503000073"):
            one = duty(code, origin=origin, destination="USA", on="2026-09-18")
            assert float(found.sel(product=code, origin=origin)) == pytest.approx(one.rate, abs=1e-9)


def test_locale_and_order_do_not_matter():
    plain = schedule("USA", "2025-10-27", origins=("CIV", "CHN")).rate
    for name in ("C", "C.UTF-8"):
        before = locale.setlocale(locale.LC_ALL)
        try:
            locale.setlocale(locale.LC_ALL, name)
            turned = schedule("USA", "2025-10-27", origins=("CHN", "CIV")).rate
        finally:
            locale.setlocale(locale.LC_ALL, before)
        assert float(abs(plain - turned.sel(origin=["CIV", "CHN"])).max()) == 0.0


def test_order_of_positions_does_not_matter():
    book = LEDGER.on("2025-10-27")
    table = LineTable(
        np.array(CODES), np.full(len(CODES), 0.05), np.full(len(CODES), 0.4), provider_of("USA")
    )
    reader = Reader(table, Assumptions())
    for origin in ("CHN", "CAN", "DEU"):
        facts = {**expected_facts(book, origin, reader), "usmca": False}
        chosen, how = duties_on(book, "USA", origin), {"facts": facts, "base": table.column1}
        straight, turned = (
            stack(book, "USA", origin, reach=reader.reach(book), chosen=entries, **how).total
            for entries in (chosen, chosen[::-1])
        )
        assert turned == pytest.approx(straight, abs=ROUNDING)


@settings(max_examples=25, deadline=None)
@given(codes, origins, days)
def test_range_holds_the_default_and_lines_sum(code, origin, day):
    found = duty(code, origin=origin, destination="USA", on=day)
    if found.rate is None:
        return
    assert found.rate_min <= found.rate
    assert found.rate_max is None or found.rate <= found.rate_max
    assert sum(line.contribution for line in found.lines) == pytest.approx(found.rate, abs=1e-9)
    assert all(line.contribution >= 0.0 for line in found.lines)


@settings(max_examples=25, deadline=None)
@given(codes, origins, days, st.data())
def test_an_unknown_fact_never_narrows_a_range(code, origin, day, data):
    wide = duty(code, origin=origin, destination="USA", on=day)
    asked = [question.fact for question in wide.questions if question.fact != "quantity"]
    if not asked or wide.rate_max is None:
        return
    fact = data.draw(st.sampled_from(asked))
    value = data.draw(st.booleans() if declared()[fact].kind == "flag" else st.floats(0.0, 1.0))
    narrow = duty(code, origin=origin, destination="USA", on=day, facts={fact: value})
    assert narrow.rate_min >= wide.rate_min - 1e-9
    assert narrow.rate_max <= wide.rate_max + 1e-9


@settings(max_examples=20, deadline=None)
@given(codes, origins, days)
def test_a_query_never_uses_what_came_later(code, origin, day):
    book = LEDGER.on(day, known_on=day)
    found = duty(code, origin=origin, destination="USA", on=day, known_on=day)
    charged = {line.measure for line in found.lines if line.contribution > 0.0} - {"base"}
    for item in book.positions:
        if item.measure.id in charged and item.step is not None and item.state == "in force":
            assert item.step.recorded <= day


@settings(max_examples=15, deadline=None)
@given(
    codes,
    days,
    st.sampled_from(
        ("us.ieepa.fentanyl.cn", "us.ieepa.reciprocal.cn", "us.s301.cn.list3", "us.s122", "us.s301.fl")
    ),
)
def test_taking_a_measure_away_never_adds_to_what_it_does_not_displace(code, day, measure):
    """None of these displaces another, so the duty falls by what the measure charged, and nothing else moves."""
    plain = duty(code, origin="CHN", destination="USA", on=day)
    charged = sum(line.contribution for line in plain.lines if line.measure == measure)
    if charged == 0.0:
        return
    without = duty(code, origin="CHN", destination="USA", on=day, ledger=edit(LEDGER, end=[measure], on=day))
    assert plain.rate - without.rate == pytest.approx(charged, abs=1e-9)


def test_every_rule_names_measures_of_the_ledger():
    rules, known = stacking_rules(), set(LEDGER.measures)

    def held(pattern):
        return pattern in known or any(
            name.startswith(pattern.rstrip("*")) for name in known if pattern.endswith("*")
        )

    named = [name for rule in rules.exclusive for row in rule.order for name in row]
    named += [name for rule in (*rules.yields, *rules.claims) for name in rule.measures]
    named += [name for clause in rules.transit for name in clause.measures]
    assert [name for name in named if not held(name)] == []
    sources = {name for rule in (*rules.exclusive, *rules.yields, *rules.claims) for name in rule.sources}
    assert sources <= set(LEDGER.sources)
    assert all(rule.act for rule in (*rules.exclusive, *rules.yields, *rules.claims))


def test_claims_wait_for_the_measure_that_grants_them():
    names = {claim.id for claim in active_claims(LEDGER.on("2019-06-01"))}
    assert "waiver-china" not in names
    assert "waiver-china" in {claim.id for claim in active_claims(LEDGER.on("2025-10-27"))}


def test_order_of_the_rules_turns_on_its_days():
    rules = stacking_rules()
    assert rules.place("us.ieepa.fentanyl.ca", dt.date(2025, 5, 1)) == ("section-232", 1)
    assert rules.place("us.ieepa.fentanyl.ca", dt.date(2025, 6, 4)) is None
    assert rules.place("us.s232.steel", dt.date(2025, 6, 3)) == ("section-232", 2)


def test_column_two_is_that_of_the_schedule():
    from detente.schedules.usa import pays_column2  # noqa: PLC0415

    for day in (dt.date(2018, 1, 1), dt.date(2022, 4, 8), dt.date(2022, 4, 9), dt.date(2026, 10, 8)):
        second = stacking_rules().second_column(day)
        for origin in (*ORIGINS, "CUB", "PRK", "BLR", "UKR"):
            assert (origin in second) == pays_column2(origin, day)
