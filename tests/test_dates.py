"""Days, instants and the day rule."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import InputError
from detente.io.dates import end_of_day, local_time, parse_date, parse_instant, within


@pytest.mark.parametrize(
    "text",
    ["2025-13-01", "2025-02-30", "20251027", "27.10.2025", "2025-1-2", "", "1761523200", "2025-10-27T00:00"],
)
def test_what_is_not_a_date_is_refused(text):
    with pytest.raises(InputError) as caught:
        parse_date(text, where="--on")
    assert (caught.value.what, caught.value.where, caught.value.found) == (
        "not a date",
        "--on",
        text or "nothing",
    )
    assert caught.value.allowed == "an ISO date such as 2025-11-10"


def test_a_datetime_is_not_a_date():
    with pytest.raises(InputError):
        parse_date(dt.datetime(2025, 10, 27, tzinfo=dt.UTC), where="on")


@given(st.dates())
@settings(max_examples=50, deadline=None)
def test_dates_survive_the_round_trip(day):
    assert parse_date(day.isoformat()) == day == parse_date(day)


@pytest.mark.parametrize("text", ["2025-11-10T00:01", "2025-11-10", "noon", "2025-11-10T25:00Z"])
def test_an_instant_needs_time_and_offset(text):
    with pytest.raises(InputError) as caught:
        parse_instant(text, where="--at")
    assert caught.value.what == "not an instant"
    assert caught.value.found == text


def test_one_instant_on_two_clocks():
    # The US suspension began at 00:01 in Washington on 2025-11-10, one minute after 13:00 in Beijing.
    instant = parse_instant("2025-11-10T00:01-05:00")
    assert local_time(instant, "Asia/Shanghai") == dt.datetime.fromisoformat("2025-11-10T13:01+08:00")
    assert parse_instant("2025-11-10T05:01Z") == instant


def test_a_date_means_the_end_of_the_day_at_the_capital():
    beijing = end_of_day(dt.date(2025, 11, 10), "Asia/Shanghai")
    washington = end_of_day(dt.date(2025, 11, 10), "America/New_York")
    assert washington - beijing == dt.timedelta(hours=13)
    # Daylight saving: 12 hours in May, as when the Geneva cuts began.
    gap = end_of_day(dt.date(2025, 5, 14), "America/New_York") - end_of_day(
        dt.date(2025, 5, 14), "Asia/Shanghai"
    )
    assert gap == dt.timedelta(hours=12)


def test_intervals_are_half_open():
    start, end = dt.date(2025, 11, 10), dt.date(2026, 11, 10)
    assert within(start, start, end)
    assert not within(end, start, end)
    assert within(dt.date(1900, 1, 1), None, end)
    assert within(dt.date(2100, 1, 1), start, None)
