"""The elasticity of China's soybeans by origin, as the page of the evidence has it, from tonnes and values."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from detente.policy.instrument_table import instrument_table
from detente.policy.sweeps.design import load_design

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "scripts"))
from estimate_soybeans import EARLY, LATE, PAGE, drawn, kept, point, read_trade, table

SOURCE = (
    Path(__file__).resolve().parents[4]
    / "shared/data/raw/china_soybeans/china_imports_120100_by_partner_2015_2024.csv"
)

needs_source = pytest.mark.skipif(
    not SOURCE.exists(), reason="needs ../shared: China's imports of soybeans by origin"
)


@pytest.fixture(scope="module")
def series():
    """Log ratios of the United States to Brazil: tonnes, and value a tonne; 2016 from the second source."""
    table = pd.read_csv(SOURCE).set_index(["year", "partner"])
    tonnes = table["tonnes"].copy()
    tonnes.loc[2016] = table["tonnes_second_source"].loc[2016].combine_first(tonnes.loc[2016]).to_numpy()
    usa, brazil = (tonnes.xs(name, level="partner") for name in ("United States", "Brazil"))
    values = [table["value_usd"].xs(name, level="partner") for name in ("United States", "Brazil")]
    return np.log(usa / brazil), np.log(values[0] / usa) - np.log(values[1] / brazil)


DUTY = np.log(1.28 / 1.03)


@needs_source
def test_two_years_apart(series):
    tonnes, price = series
    fall = tonnes[2017] - tonnes[2019]
    cheaper = price[2017] - price[2019]
    assert round(fall, 2) == 0.79
    assert round(cheaper, 2) == 0.04
    assert round(fall / (DUTY - cheaper), 1) == 4.5


@needs_source
@pytest.mark.parametrize(("share", "expected"), [(0.75, 8.3), (1.0, 5.7)])
def test_means_of_years(series, share, expected):
    tonnes, price = (item.loc[2015:2017].mean() - item.loc[2018:2019].mean() for item in series)
    assert round(tonnes / (share * DUTY - price), 1) == expected


# A search in tenths.
STEP = 0.1


@pytest.fixture(scope="module")
def trade():
    """Years of the estimate with the ledger's duties."""
    return read_trade()


def test_the_default_is_the_estimate(trade):
    """The table of instruments, the design of the bands and the page hold what the data in the package give."""
    theta, spread = point(trade)
    item = next(row for row in instrument_table().assumptions if row.name == "soy_theta")
    low, high = np.quantile(drawn(trade, 400), [0.05, 0.95])
    assert item.value == round(theta, 1) == 5.3
    assert spread == pytest.approx(0.243, abs=5e-4)
    # Of 400 draws against the 2,000 of the page.
    assert item.alternatives[0] == pytest.approx(low, abs=0.4)
    assert item.alternatives[1] == 12 < high
    design, _ = load_design("kuala-lumpur-uncertainty")
    drawn_as = next(row for row in design.parameters if row.name == "soy_theta").triangular
    assert drawn_as == (item.alternatives[0], item.value, item.alternatives[1])
    assert f"**Estimate: {item.value}**" in PAGE.read_text(encoding="utf-8")


def test_an_elasticity_that_made_the_data_is_found(trade):
    """Tonnes made with a trend and an elasticity of 7 give it back, waivers and seasons being what they are."""
    made = 0.4 - 0.05 * (trade.years - 2005) + kept(trade, 7.0, EARLY[1], LATE[1])
    theta, left = point(replace(trade, tonnes=made))
    assert theta == pytest.approx(6.0, abs=STEP / 2)
    assert left < 1e-9


def test_what_a_duty_leaves_in_closed_form(trade):
    """A whole year at one duty with no waiver leaves the power of its factor; a waiver leaves its share besides."""
    at = int(np.flatnonzero(trade.years == 2021)[0])
    factor = np.exp(trade.duty[at, 0])
    assert (trade.duty[at] == trade.duty[at, 0]).all()
    assert np.exp(kept(trade, 6.0, 0.0, 0.0)[at]) == pytest.approx(factor**-6)
    assert np.exp(kept(trade, 6.0, 0.0, 0.8)[at]) == pytest.approx(0.8 + 0.2 * factor**-6)
    assert kept(trade, 6.0, 0.0, 0.0)[trade.years < 2018] == pytest.approx(0.0)


def test_duties_and_seasons_are_those_of_the_sources(trade):
    """25 points over an ordinary 3 from July 2018, 30 from September 2019, 27.5 from 14 February 2020."""
    rows = {int(y): np.exp(trade.duty[k]) * 1.03 - 1.03 for k, y in enumerate(trade.years)}
    assert rows[2018] == pytest.approx([0.0] * 6 + [0.25] * 6)
    assert rows[2019] == pytest.approx([0.25] * 8 + [0.30] * 4)
    assert rows[2020] == pytest.approx([0.30] + [0.275] * 11)
    assert trade.season.sum() == pytest.approx(1)
    assert trade.season[8:].sum() == pytest.approx((1711508 + 541434 + 2791270 + 4255032) / 22134150)


def test_the_zero_of_autumn_2025_is_left_out(trade):
    assert trade.years.max() == 2024
    autumn = table().set_index(["period", "origin"]).tonnes["2025-09", "USA"]
    assert autumn == 0


@pytest.mark.parametrize(("early", "expected"), [(0.0, 3.1), (0.5, 5.3), (1.0, 13.0)])
def test_the_early_waiver_makes_most_of_the_range(trade, early, expected):
    assert point(trade, early)[0] == pytest.approx(expected, abs=STEP / 2)
