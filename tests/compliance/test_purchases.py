"""Purchase commitments: targets by period, pace, shortfall, what is counted, and Phase One's record."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.asof import AsOf
from detente.compliance.purchases.progress import purchases
from detente.errors import InputError
from detente.ledger import open_ledger

CLOSE = 1e-9
"""Quantities are sums of a few floats."""
ROUNDED = 0.005
"""The published share is 57 %, rounded."""


@pytest.fixture(scope="module")
def law():
    return open_ledger()


def table(*rows):
    return pd.DataFrame(list(rows), columns=["period", "quantity", "unit", "measure"])


def months(year, quantities, unit="Mt", measure="sales"):
    return [(f"{year}-{at + 1:02d}", quantity, unit, measure) for at, quantity in enumerate(quantities)]


def soy(law, on, *rows, **more):
    return purchases(
        "cn.buy.soy2026_28", asof=AsOf.of(on), actuals=table(*rows) if rows else None, ledger=law, **more
    )


def test_phase_one_as_history(law):
    found = purchases("cn.buy.phase1", asof=AsOf.of("2021-12-31"), ledger=law)
    assert found.target == pytest.approx(502.4, abs=CLOSE)
    assert (found.done, found.unit, found.flags) == (288.8, "USD bn", ("missed",))
    assert found.share == pytest.approx(0.57, abs=ROUNDED)
    assert found.shortfall == pytest.approx(213.6, abs=CLOSE)
    assert [(p.period, p.target) for p in found.by_year] == [("2020", 227.9), ("2021", 274.5)]
    assert purchases("cn.buy.phase1", asof=AsOf.of("2020-06-30"), ledger=law).done is None


def test_targets_by_year(law):
    found = soy(law, "2026-07-01")
    assert [(p.period, p.target) for p in found.by_year] == [("2026", 25.0), ("2027", 25.0), ("2028", 25.0)]
    assert found.target == 25.0
    assert found.due_to_date == pytest.approx(25 * 182 / 365, abs=CLOSE)
    assert (found.done, found.shortfall, found.flags) == (None, None, ("not known",))
    assert found.measure == "sales"
    assert {q.fact for q in found.questions} == {"actuals", "count"}


def test_progress_pace_and_shortfall(law):
    found = soy(law, "2026-06-30", *months(2026, [2.0] * 6))
    assert found.done == pytest.approx(12.0, abs=CLOSE)
    assert found.shortfall == pytest.approx(25 * 181 / 365 - 12, abs=CLOSE)
    assert found.flags == ("behind",)
    assert found.pace_needed * 184 / (365.25 / 12) == pytest.approx(13.0, abs=CLOSE)
    done = soy(law, "2026-12-31", *months(2026, [2.5] * 12))
    assert (done.flags, done.shortfall, done.by_year[0].met) == (("met",), 0.0, True)


def test_a_surplus_does_not_offset_another_year(law):
    rows = [("2026", 40.0, "Mt", "sales"), ("2027", 10.0, "Mt", "sales")]
    found = soy(law, "2027-12-31", *rows)
    assert (found.done, found.target, found.shortfall) == (50.0, 50.0, 15.0)
    assert found.flags == ("missed",)


def test_what_is_counted_is_stated(law):
    rows = [*months(2026, [3.0] * 3), *months(2026, [1.0] * 3, measure="arrivals")]
    sales, arrivals = soy(law, "2026-03-31", *rows), soy(law, "2026-03-31", *rows, count="arrivals")
    assert (sales.done, sales.measure) == (9.0, "sales")
    assert (arrivals.done, arrivals.measure) == (3.0, "arrivals")
    assert sales.by_measure == {"sales": 9.0, "arrivals": 3.0}
    only = soy(law, "2026-03-31", *months(2026, [1.0] * 3, measure="arrivals"))
    assert (only.done, only.measure) == (3.0, "arrivals")


def test_units_convert(law):
    rows = [
        ("2026-01", 1_000_000, "t", "sales"),
        ("2026-02", "1,000", "kt", "sales"),
        ("2026-03", 1, "MMT", "sales"),
    ]
    assert soy(law, "2026-03-31", *rows).done == pytest.approx(3.0, abs=CLOSE)


def test_periods_that_are_not_over_are_not_counted_and_said(law):
    found = soy(law, "2026-02-10", *months(2026, [2.0, 2.0]))
    assert found.done == 2.0
    assert "not counted, the period is not over on 2026-02-10: 2026-02" in found.warnings


def test_a_row_across_two_periods_is_split_by_days(law):
    found = soy(law, "2027-12-31", ("2026", 25.0, "Mt", "sales"), ("2027-Q1", 9.0, "Mt", "sales"))
    assert [p.done for p in found.by_year][:2] == [25.0, 9.0]


def test_other_commitments(law):
    farm = purchases("cn.buy.ag17", asof=AsOf.of("2026-12-31"), ledger=law)
    assert farm.target == pytest.approx(17 * 231 / 365, abs=CLOSE)
    aircraft = purchases("cn.buy.ag17", asof=AsOf.of("2026-12-31"), part="aircraft", ledger=law)
    assert (aircraft.target, aircraft.unit, aircraft.due_to_date) == (200.0, "aircraft", None)
    short = purchases("cn.buy.soy2025", asof=AsOf.of("2025-11-30"), ledger=law)
    assert (short.target, short.due_to_date) == (12.0, pytest.approx(12 * 30 / 61, abs=CLOSE))
    assert "period end" in {q.fact for q in short.questions}
    assert any("China has not published" in text for text in short.warnings)


def test_before_it_begins(law):
    found = soy(law, "2025-12-01")
    assert (found.flags, found.due_to_date, found.shortfall) == (("not begun",), 0.0, 0.0)


def test_the_record_is_dated(law):
    early, late = (
        purchases("cn.buy.soy2025", asof=AsOf.of(on), ledger=law) for on in ("2025-11-20", "2026-02-01")
    )
    assert len(early.record) < len(late.record)
    assert all(row.date <= "2025-11-20" for row in early.record)


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (("2026-13", 1, "Mt", "sales"), "period cannot be read"),
        (("soon", 1, "Mt", "sales"), "period cannot be read"),
        (("2026-01", "many", "Mt", "sales"), "quantity cannot be used"),
        (("2026-01", "inf", "Mt", "sales"), "quantity cannot be used"),
        (("2026-01", -1, "Mt", "arrivals"), "quantity cannot be used"),
        (("2026-01", 1, "bushels", "sales"), "unit is not known"),
        (("2026-01", 1, "USD bn", "sales"), "unit does not fit"),
        (("2026-01", 1, "Mt", "promises"), "what is counted"),
    ],
)
def test_rows_that_cannot_be_used_are_refused_in_five_parts(law, row, text):
    with pytest.raises(InputError, match=text) as raised:
        soy(law, "2026-06-30", row)
    assert "row 1" in raised.value.where
    assert all((raised.value.found, raised.value.allowed, raised.value.repair))


def test_cancellations_are_negative_sales(law):
    assert soy(law, "2026-02-28", *months(2026, [3.0, -1.0])).done == 2.0


def test_unknown_commitments_and_columns(law, tmp_path):
    with pytest.raises(InputError, match="no purchase commitment") as raised:
        purchases("us.s122", asof=AsOf.of("2026-01-01"), ledger=law)
    assert "cn.buy.soy2026_28" in raised.value.allowed
    with pytest.raises(InputError, match="file of purchases cannot be used"):
        purchases(
            "cn.buy.soy2026_28",
            asof=AsOf.of("2026-01-01"),
            actuals=pd.DataFrame({"period": ["2026"]}),
            ledger=law,
        )
    with pytest.raises(InputError, match="cannot be read"):
        purchases("cn.buy.soy2026_28", asof=AsOf.of("2026-01-01"), actuals=tmp_path / "none.csv", ledger=law)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 5), min_size=6, max_size=6), st.integers(0, 5), st.floats(0, 5))
def test_buying_more_never_raises_the_shortfall(law, quantities, at, extra):
    more = [*quantities]
    more[at] += extra
    less, greater = (soy(law, "2026-06-30", *months(2026, q)) for q in (quantities, more))
    assert greater.shortfall <= less.shortfall + CLOSE
    assert less.done == pytest.approx(sum(quantities), abs=CLOSE)


def test_json_shape(law):
    shape = soy(law, "2026-06-30", *months(2026, [2.0] * 6)).to_dict()
    assert {"target", "done", "due_to_date", "shortfall", "unit", "by_year"} <= set(shape)
    json.dumps(shape)
