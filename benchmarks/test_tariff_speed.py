"""Seconds of the tariff room: one duty, a whole schedule, a daily series, a scenario's duties."""

from __future__ import annotations

from detente.cases import duty
from detente.ledger import open_ledger
from detente.tariffs import additional_rates, average_tariff, schedule

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
    found = benchmark.pedantic(average_tariff, kwargs={"on": "2018-01-01", "until": "2026-10-08"}, rounds=1)
    assert len(found.series) == 3203


def test_additional_rates_of_a_new_day(benchmark):
    ledger = open_ledger()
    days = iter(f"2025-09-{day:02d}" for day in range(1, 30))

    def one():
        return additional_rates(ledger.on(next(days)), importer="USA", economies=ECONOMIES)

    benchmark.pedantic(one, rounds=5, warmup_rounds=1)


def test_additional_rates_again(benchmark):
    book = open_ledger().on("2025-10-27")
    additional_rates(book, importer="USA", economies=ECONOMIES)
    benchmark(additional_rates, book, importer="USA", economies=ECONOMIES)
