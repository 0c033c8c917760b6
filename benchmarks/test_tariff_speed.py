"""Seconds of the tariff room: one duty, a whole schedule, a daily series, a scenario's duties."""

from __future__ import annotations

import datetime as dt

import numpy as np

from detente import average_tariff, duty, schedule
from detente.duties import Assumptions, additional_rates
from detente.ledger import edit, open_ledger
from detente.world import load_world

ECONOMIES = (
    "CHN",
    "CAN",
    "MEX",
    "DEU",
    "FRA",
    "ITA",
    "JPN",
    "KOR",
    "VNM",
    "IND",
    "GBR",
    "BRA",
    "CHE",
    "TWN",
    "THA",
    "ROW",
)


def test_one_duty(benchmark):
    found = benchmark(duty, "7326.90.86.88", origin="CHN", destination="USA", on="2026-09-18", value=14_172)
    assert found.amount == 11_039.99


def test_one_schedule_of_all_lines_and_origins(benchmark):
    days = iter(f"2025-10-{day:02d}" for day in range(1, 31))

    def one():
        return schedule("USA", next(days)).rate

    rate = benchmark.pedantic(one, rounds=3, warmup_rounds=1)
    assert rate.shape[0] > 19_000
    assert rate.shape[1] > 200


def test_daily_series_since_2018(benchmark):
    found = benchmark.pedantic(
        average_tariff, args=("USA",), kwargs={"on": "2018-01-01", "until": "2026-10-08"}, rounds=1
    )
    assert len(found.series) == 3203


def test_additional_rates_of_a_new_day(benchmark):
    # Days on which the law turns: nothing is remembered but lists of goods.
    ledger, economies = open_ledger(), load_world("icio2022").economies
    books = [ledger.on(day) for day in ("2025-04-10", "2025-08-08", "2025-11-14", "2026-03-01", "2026-05-01")]
    shares = iter(np.linspace(0.2, 0.8, 50))

    def one():
        assumptions = Assumptions(steel_content=float(next(shares)))
        for book in books:
            additional_rates(book, importer="USA", economies=economies, assumptions=assumptions)

    benchmark.pedantic(one, rounds=5, warmup_rounds=1)


def test_additional_rates_of_a_moved_slider(benchmark):
    ledger, economies, day = open_ledger(), load_world("icio2022").economies, dt.date(2025, 11, 14)
    rates = iter(np.linspace(0.2, 0.8, 50))

    def one():
        edited = edit(ledger, set={"us.ieepa.fentanyl.cn": float(next(rates))}, on=day)
        return additional_rates(edited.on(day), importer="USA", economies=economies)

    benchmark.pedantic(one, rounds=5, warmup_rounds=1)


def test_additional_rates_again(benchmark):
    book = open_ledger().on("2025-10-27")
    additional_rates(book, importer="USA", economies=ECONOMIES)
    benchmark(additional_rates, book, importer="USA", economies=ECONOMIES)
