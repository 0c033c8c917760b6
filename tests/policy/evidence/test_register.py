"""What was registered, what is held, and which industries the codes are of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detente.duties.lines import goods, industries
from detente.geography.economies import is_economy
from detente.policy.evidence.actuals import held
from detente.policy.evidence.concordance import concordance
from detente.policy.evidence.registered import months_between, registered, same_months

ACTUALS = Path(__file__).resolve().parents[4] / "shared/data/actuals"
SOURCE = ACTUALS / "us_imports_naics3_partner_monthly_2013_2025_07.parquet"
NEEDS = pytest.mark.skipif(
    not SOURCE.exists(), reason="needs ../shared: the months as the Census Bureau gives them"
)


def test_months_of_the_test_are_none_of_the_fit():
    plan = registered()
    assert plan.fitting.until < plan.testing.first
    assert plan.testing.first <= plan.data.last_month
    assert set(plan.testing.partners) <= set(held().partners) - {plan.focus}


def test_windows_can_be_held_against_one_year():
    for episode in registered().episodes:
        assert sum(window.main for window in episode.windows) == 1
        assert {trend.from_year for trend in episode.trends} <= set(range(2013, episode.base_year))
        for window in episode.windows:
            assert held().has(window.months)
            assert held().has(episode.before(window.months))
            assert len(window.months) == len(episode.before(window.months)) <= 12


def test_every_third_partner_is_set_aside():
    plan = registered()
    others = [name for name in held().partners[1:] if name != plan.focus]
    assert tuple(others[2::3]) == plan.testing.partners


def test_months_in_a_row():
    assert months_between("2024-12", "2025-01") == ("2024-12", "2025-01")
    assert same_months(("2025-12", "2026-01"), 2024) == ("2024-01", "2024-12")


def test_every_industry_that_makes_goods_is_in_one_block():
    table = concordance()
    members = [name for block in table.industries for name in block]
    made = [name for name, is_goods in zip(industries(), goods(), strict=True) if is_goods]
    assert sorted(members) == sorted(made)
    assert sorted(table.codes) == sorted(set(table.codes))


def test_codes_of_one_industry_are_one_block():
    table = concordance()
    block = dict(zip(table.codes, table.block.tolist(), strict=True))
    assert block["337"] == block["339"]
    assert block["311"] == block["312"] != block["313"]
    assert {code for code, at in block.items() if at < 0} == {"910", "930", "980", "990"}
    values = np.arange(len(table.codes), dtype=float)[None, :]
    assert table.folded(values).sum() + table.outside(values).sum() == values.sum()


# Billion USD of the year, all codes, as SOURCES_T2.md of the shared data has them.
@pytest.mark.parametrize(
    ("year", "partner", "expected"),
    [
        (2017, "CHN", 503.7), (2017, "VNM", 46.0), (2019, "CHN", 452.6), (2019, "VNM", 64.6),
        (2024, "CHN", 429.4), (2024, "VNM", 141.4),
    ],
)  # fmt: skip
def test_published_totals_come_back(year, partner, expected):
    usd, _ = held().summed(months_between(f"{year}-01", f"{year}-12"))
    total = usd[held().partners.index(partner)].sum() / 1e9
    assert round(total, 1) == expected


def test_partners_are_economies_and_the_total_is_first():
    partners = held().partners
    assert partners[0] == registered().data.total
    assert len(partners) == 31
    assert all(is_economy(name) for name in partners[1:])
    assert held().present.all()


@NEEDS
def test_every_number_is_the_sources():
    pandas = pytest.importorskip("pandas")
    source = pandas.read_parquet(SOURCE)
    plan = registered().data
    whole = source[(source["naics3"] == plan.whole) & ~source["partner"].isin(plan.overlapping)]
    for name, values in (("imports_usd", held().usd), ("duty_usd", held().duty)):
        expected = whole.pivot_table(index="partner", columns="month", values=name, aggfunc="sum")
        found = values.sum(axis=1)
        assert (found == expected.loc[list(held().partners), list(held().months)].to_numpy()).all()
