"""Duties on the books beside duties collected: known values, the parts of the gap, and a second way to the books."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import pandas as pd
import pytest

import detente
from detente.errors import InputError
from detente.ledger import open_ledger
from detente.policy.documents.collected import CollectedRates
from detente.policy.evidence.actuals import held
from detente.policy.evidence.collected import FIRST, STEPS, Ladder, collected
from detente.policy.evidence.concordance import concordance

RAW = Path(__file__).parents[3] / "shared/data/actuals/us_imports_naics3_partner_monthly_2013_2025_07.parquet"
OUTSIDE = ("00", "910", "930", "980", "990")
PARTS = ("exemptions_rate", "contents_rate", "usmca_rate", "preferences_rate")
GAP = ("deposits_rate", "transit_rate", "rest_rate")
# Sums of doubles.
EXACT = 1e-12

# Added up by hand from the file of the Census Bureau: all codes but 910, 930, 980 and 990, USD.
BY_HAND = [
    ("CHN", "2025-05", 18_049_028_875, 9_339_233_963),
    ("CAN", "2025-03", 33_142_828_219, 654_949_558),
    ("DEU", "2024-06", 11_724_507_683, 189_354_936),
]


@pytest.mark.parametrize(("partner", "month", "usd", "duty"), BY_HAND)
def test_imports_and_duties_are_those_of_the_statistics(partner, month, usd, duty):
    (row,) = detente.collected(partner, first=month, last=month).rows
    assert (row.imports_usd, row.duty_usd) == (usd, duty)
    assert row.collected_rate == pytest.approx(duty / usd, abs=EXACT)


@pytest.mark.skipif(not RAW.exists(), reason="the file of the Census Bureau is not beside the checkout")
@pytest.mark.parametrize(("partner", "month", "usd", "duty"), BY_HAND)
def test_the_values_by_hand_are_those_of_the_file(partner, month, usd, duty):
    rows = pd.read_parquet(RAW)
    mine = rows[(rows["partner"] == partner) & (rows["month"] == month) & ~rows["naics3"].isin(OUTSIDE)]
    assert (mine["imports_usd"].sum(), mine["duty_usd"].sum()) == (usd, duty)


@pytest.fixture(scope="module")
def china():
    """China in the months of 2025 in which the law changed most."""
    return collected("CHN", first="2025-03", last="2025-07", ledger=open_ledger())


def test_the_parts_of_the_gap_add_up(china):
    industries = collected("CHN", first="2025-04", last="2025-05", by="industry", ledger=open_ledger())
    for row in (*china.rows, *industries.rows):
        assert row.letter_rate - sum(getattr(row, name) for name in PARTS) == pytest.approx(
            row.statutory_rate, abs=EXACT
        )
        assert row.statutory_rate - sum(getattr(row, name) for name in GAP) == pytest.approx(
            row.collected_rate, abs=EXACT
        )


def test_what_the_parts_are_where_the_law_says_so(china):
    by_month = {row.month: row for row in china.rows}
    assert all(row.usmca_rate == 0.0 for row in china.rows)  # no good of China originates under it
    assert all(row.exemptions_rate >= 0.0 and row.contents_rate >= 0.0 for row in china.rows)
    # The window of the reciprocal duties closed on 2025-06-16: in July no good was spared for being on the water.
    assert by_month["2025-07"].transit_rate == 0.0
    assert by_month["2025-05"].transit_rate > 0.3
    # Electronics were freed on 2025-04-11 back to 2025-04-05: customs took more in April than the books say now.
    assert by_month["2025-04"].deposits_rate < -0.005
    assert by_month["2025-06"].deposits_rate == 0.0


def test_the_books_are_the_average_by_industry_with_the_weights_of_the_month():
    month, day = "2024-03", dt.date(2024, 3, 15)
    assert open_ledger().days_of_change(dt.date(2024, 3, 1), dt.date(2024, 3, 31)) == (dt.date(2024, 3, 1),)
    average = detente.average_tariff(importer="USA", origin="CHN", on=day.isoformat(), by="sector")
    table, traded = concordance(), held()
    at = traded.partners.index("CHN"), traded.months.index(month)
    usd = table.folded(traded.usd[at[0] : at[0] + 1, :, at[1]])[0]
    owed = 0.0
    for value, names in zip(usd, table.industries, strict=True):
        here = sum(average.imports.get(name, 0.0) for name in names)
        paid = sum(average.by.get(name, 0.0) * average.imports.get(name, 0.0) for name in names)
        owed += value * paid / here if here else 0.0
    (row,) = detente.collected("CHN", first=month, last=month).rows
    assert row.statutory_rate == pytest.approx(owed / usd.sum(), abs=1e-9)


def test_partners_and_industries_add_up_to_the_month():
    month = "2024-02"
    (whole,) = detente.collected(first=month, last=month).rows
    for by in ("partner", "industry"):
        rows = detente.collected(first=month, last=month, by=by).rows
        assert sum(row.imports_usd for row in rows) == pytest.approx(whole.imports_usd, rel=EXACT)
        for name in ("letter_rate", *PARTS, "statutory_rate", *GAP, "collected_rate"):
            found = sum(getattr(row, name) * row.imports_usd for row in rows) / whole.imports_usd
            assert found == pytest.approx(getattr(whole, name), abs=1e-9), (by, name)
        assert [row.imports_usd for row in rows] == sorted((row.imports_usd for row in rows), reverse=True)


def test_every_judgement_of_a_step_is_one_of_the_ledger_and_in_one_step():
    names = [name for _, values in STEPS for name in values]
    assert set(names) <= set(open_ledger().assumptions)
    assert len(names) == len(set(names))


def test_goods_on_the_water_owe_what_was_due_before_the_change():
    ladder = Ladder(open_ledger(), "USA", ("VNM",), ("VNM",))
    for day, before in (
        ("2025-04-09", "2025-04-04"),
        ("2025-06-15", "2025-04-04"),
        ("2025-08-10", "2025-08-06"),
    ):
        book = open_ledger().on(dt.date.fromisoformat(day))
        spared = ladder._afloat(book)
        earlier = open_ledger().on(dt.date.fromisoformat(before))
        mine, theirs = (
            {
                (item.measure.id, item.part, item.targets, item.rate)
                for item in one.positions
                if item.measure.id.startswith("us.ieepa.reciprocal")
            }
            for one in (spared, earlier)
        )
        assert mine == theirs, day
    closed = open_ledger().on(dt.date(2025, 6, 16))
    assert ladder._afloat(closed) is closed


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"first": "2017-12"}, "first"),
        ({"last": "2025-08"}, "last"),
        ({"first": "2025-03", "last": "2025-02"}, "last"),
        ({"partner": "VEN"}, "partner"),
    ],
)
def test_what_is_not_held_is_refused_with_what_is(given, where):
    with pytest.raises(InputError) as problem:
        detente.collected(**given)
    assert problem.value.where == where
    assert problem.value.allowed
    assert problem.value.repair


def test_the_document_is_as_its_schema_says(china):
    assert CollectedRates.read(china.to_dict()).rows == china.rows
    assert detente.schema("collected")["properties"]["result"]
    assert FIRST == "2018-01"
    assert all(a.month < b.month for a, b in itertools.pairwise(china.rows))
