"""
China's duty on the 40 lines of which the United States sold it most in 2017, on eight days, by hand from the notices.

The table has the lines whose code still stands in 2026; imports of 2017 chose them and are not in it. `ordinary_percent` is
the most-favoured-nation or provisional rate of the day: of the statute of 2026 where the line had it throughout since that
day, of the act cited in the ledger for cars (notice of 2018-05-22) and cotton, and empty where it is not known.
`additional_percent` is the sum of `notices`, without any waiver.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from detente import duty

# Sums of decimal fractions, rounded to ten digits by the engine.
EXACT = 1e-9
with (Path(__file__).parent / "china_40_lines.csv").open(encoding="utf-8", newline="") as file:
    ROWS = tuple(csv.DictReader(file))


def test_the_table_adds_up():
    assert len(ROWS) == 40 * 8
    assert len({row["code"] for row in ROWS}) == 40
    for row in ROWS:
        points = [
            float(part.split()[0]) for part in row["notices"].split(";")[0].split(" + ") if part != "none"
        ]
        assert sum(points) == float(row["additional_percent"])


@pytest.mark.parametrize("code", sorted({row["code"] for row in ROWS}))
def test_a_line_owes_what_the_notices_say(code):
    for row in (item for item in ROWS if item["code"] == code):
        ask = {"origin": "USA", "destination": "CHN", "on": row["on"]}
        found = duty(code, facts={"cn_waiver": False}, **ask) if _waivable(row) else duty(code, **ask)
        assert found.additional == pytest.approx(float(row["additional_percent"]) / 100, abs=EXACT), row
        if row["ordinary_percent"]:
            whole = (float(row["ordinary_percent"]) + float(row["additional_percent"])) / 100
            assert found.rate == pytest.approx(whole, abs=EXACT), row
            assert found.covered is True
        else:
            assert found.rate is None, row
            assert found.covered == "partial"


def _waivable(row):
    """Whether duties of 2018-19 are due on a day on which a purchaser's request can be granted."""
    earlier = any(year in row["notices"] for year in ("of 2018", "of 2019", "of 2020", "notice of 2018"))
    return earlier and row["on"] >= "2020-03-02"
