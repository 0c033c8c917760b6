"""The elasticity of China's soybeans by origin, as the page of the evidence has it, from tonnes and values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

SOURCE = (
    Path(__file__).resolve().parents[4]
    / "shared/data/raw/china_soybeans/china_imports_120100_by_partner_2015_2024.csv"
)

pytestmark = pytest.mark.skipif(
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


def test_two_years_apart(series):
    tonnes, price = series
    fall = tonnes[2017] - tonnes[2019]
    cheaper = price[2017] - price[2019]
    assert round(fall, 2) == 0.79
    assert round(cheaper, 2) == 0.04
    assert round(fall / (DUTY - cheaper), 1) == 4.5


@pytest.mark.parametrize(("share", "expected"), [(0.75, 8.3), (1.0, 5.7)])
def test_means_of_years(series, share, expected):
    tonnes, price = (item.loc[2015:2017].mean() - item.loc[2018:2019].mean() for item in series)
    assert round(tonnes / (share * DUTY - price), 1) == expected
