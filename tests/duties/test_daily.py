"""Averages of many days at once are those of each day by itself, line by line."""

from __future__ import annotations

import datetime as dt

import pytest

from detente.asof import AsOf
from detente.duties import Assumptions, average_tariff
from detente.duties.averages import average as room
from detente.duties.averages.averager import pooled
from detente.duties.averages.daily import Daily
from detente.ledger import edit, open_ledger

# The printed digit; sums of the same products in another order are within 1e-16.
PRINTED = 1e-12
# Origins under column 2, whose rates did not move in the spring of 2025.
STILL = {"CUB", "RUS", "PRK"}


class Plain(Daily):
    """The second method: every partner's goods stacked line by line, as a single day's average is."""

    def pooled(self, book, partners):
        return pooled(self.whole(book, partner) for partner in partners)


def series(**asked):
    law = {key: asked.pop(key) for key in ("view", "ends", "known_on") if key in asked}
    first = asked.pop("on")
    found = average_tariff("USA", asof=AsOf.of(first, imposer="USA", **law), **asked)
    return [found, *found.readings]


def agree(monkeypatch, **asked):
    """Hold both methods against each other; gives how many rates there were."""
    quick = series(**asked)
    with monkeypatch.context() as patch:
        patch.setattr(room, "Daily", Plain)
        slow = series(**asked)
    days = 0
    for one, other in zip(quick, slow, strict=True):
        rows, plain = (item.series for item in (one, other))
        assert [row.date for row in rows] == [row.date for row in plain]
        for name in ("rate", "additional"):
            assert [getattr(row, name) for row in rows] == pytest.approx(
                [getattr(row, name) for row in plain], abs=PRINTED, rel=0
            )
        days += len({row.rate for row in rows})
    return days


@pytest.mark.parametrize(
    "asked",
    [
        {"on": "2018-06-01", "until": "2019-09-10"},
        {"on": "2025-07-28", "until": "2025-11-15"},
        {"on": "2026-01-20", "until": "2026-09-15"},
        {"on": "2026-09-20", "until": "2026-12-31"},
        {"on": "2025-11-05", "until": "2025-11-25", "view": "collected"},
        {"on": "2025-11-05", "until": "2025-11-25", "view": "legally-due"},
        {"on": "2025-03-01", "until": "2025-06-10", "known_on": "2025-04-15"},
        {"on": "2026-05-20", "until": "2026-06-15", "weights": "us2024-chapters-1-97"},
    ],
    ids=str,
)
def test_days_at_once_are_days_one_by_one(asked, monkeypatch):
    assert agree(monkeypatch, **asked) > 1


@pytest.mark.parametrize("origin", ["CHN", "CAN", "MEX", "JPN", "GBR", "CUB", "RUS", "PRK", "SVK", "ROW"])
def test_of_one_origin_too(origin, monkeypatch):
    assert agree(monkeypatch, on="2025-03-01", until="2025-05-20", origin=origin) > (origin not in STILL)


def test_of_edited_ledgers_and_other_judgements_too(monkeypatch):
    edited = edit(open_ledger(), enact=["us.threat.cn100"], end=["us.s232.steel"], on=dt.date(2025, 10, 20))
    assert agree(monkeypatch, on="2025-10-15", until="2025-10-25", ledger=edited) > 1
    other = Assumptions(steel_content=0.3, usmca_use=0.5, annex_use=0.4, preference_use=0.2)
    assert agree(monkeypatch, on="2025-05-30", until="2025-06-10", assumptions=other) > 1


def test_the_first_day_is_the_average_itself():
    found = average_tariff("USA", asof=AsOf.of("2025-07-30", imposer="USA"), until="2025-08-10")
    assert found.series[0].rate == found.rate
    assert found.series[0].additional == found.additional
