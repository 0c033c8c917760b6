"""Average additional duties day by day."""

from __future__ import annotations

import datetime as dt
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from detente.duties import additional_rates
from detente.ledger import open_ledger
from detente.policy import rates_over_time
from detente.policy.outcomes import average_tariffs
from detente.world.sectors import read_sectors
from policy.main_run import main_run, small_setting

PAIRS = (("USA", "CHN"), ("CHN", "USA"))
# Averages of a few hundred products of doubles.
EXACT = 1e-12


@cache
def rows():
    return rates_over_time(small_setting(), open_ledger(), PAIRS)


def on(day):
    """The row in force on a day."""
    return [row for row in rows() if row["date"] <= day][-1]


def test_one_row_per_day_of_change_from_2018_to_the_horizon():
    days = [row["date"] for row in rows()]
    assert days == sorted(set(days))
    assert days[0] == "2018-01-01"
    assert days[-1] <= open_ledger().horizon.isoformat()
    assert {"2018-07-06", "2025-02-04", "2025-04-09", "2025-05-14", "2025-11-10", "2026-02-24"} <= set(days)


def test_the_story_told_by_the_series():
    """No duty before 2018; the peak of April 2025; the pause of May; each step of the truce and the court."""
    assert rows()[0]["USA<-CHN"] < 0.001
    assert on("2025-04-12")["USA<-CHN"] > 1.0
    assert on("2025-04-12")["CHN<-USA"] > 1.0
    assert max(row["USA<-CHN"] for row in rows()) == max(
        row["USA<-CHN"] for row in rows() if "2025-04-09" <= row["date"] < "2025-05-14"
    )
    steps = [on(day)["USA<-CHN"] for day in ("2025-05-13", "2025-10-27", "2025-11-10", "2026-02-24")]
    assert steps == sorted(steps, reverse=True)


def test_a_row_is_the_average_with_the_worlds_flows():
    setting = small_setting()
    world = setting.world
    book = open_ledger().on("2025-10-27")
    rates = additional_rates(book, importer="USA", classification=world.classification, economies=("CHN",))
    goods = np.array([row.goods for row in read_sectors(world.classification)])
    n, i = world.economies.index("USA"), world.economies.index("CHN")
    weights = np.where(goods, world.baseline().flows[:, n, i], 0.0)
    expected = float((rates.sel(exporter="CHN").to_numpy() * weights).sum() / weights.sum())
    assert on("2025-10-27")["USA<-CHN"] == pytest.approx(expected, abs=EXACT)


def test_the_series_moves_as_the_scenarios_do():
    """Two ways to the same change: rows of the series, and average tariffs of scenarios on the carved world."""
    run = main_run()
    days = [dt.date(2025, 10, 27), dt.date(2025, 11, 10)]
    two_days = SimpleNamespace(
        on=run.ledger.on, horizon=run.ledger.horizon, days_of_change=lambda _first, _last: days
    )
    before, after = rates_over_time(run.setting, two_days, PAIRS)
    eve = average_tariffs(run.setting, run.scenarios["eve"].law.tariff, PAIRS)
    truce = average_tariffs(run.setting, run.scenarios["truce"].law.tariff, PAIRS)
    for pair in ("USA<-CHN", "CHN<-USA"):
        by_series = after[pair] - before[pair]
        # The carved parts pay by their own codes, the series by industry: a tenth of a point at most.
        assert truce[pair] - eve[pair] == pytest.approx(by_series, abs=0.002)


def test_every_day_of_change_is_a_day_of_the_ledger():
    ledger = open_ledger()
    days = ledger.days_of_change(dt.date(2018, 1, 1), ledger.horizon)
    assert [row["date"] for row in rows()] == [day.isoformat() for day in days]
