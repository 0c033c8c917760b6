"""What is on the books on a day, to someone who knew what was known on a day, under each view and reading."""

from __future__ import annotations

import datetime as dt

import pytest

from detente.errors import InputError, LedgerError
from detente.io.dates import parse_instant
from detente.ledger.records.schema import (
    Annulment,
    End,
    Measure,
    Resumption,
    Scope,
    Step,
    Suspension,
    Withdrawal,
)
from ledger.small import ANSWER, CONTENT, FEE, FENTANYL, RECIPROCAL, SOYBEANS, THREAT, only, small


@pytest.mark.parametrize(
    ("on", "known", "rate"),
    [
        ("2025-02-04", None, 0.10),
        ("2025-03-03", None, 0.10),
        ("2025-03-04", None, 0.20),
        ("2025-11-09", None, 0.20),
        ("2025-11-10", None, 0.10),
        # Agreed on 2025-10-30, ordered on 2025-11-04: an agreement enacts nothing.
        ("2025-11-10", "2025-10-27", 0.20),
        ("2025-11-10", "2025-10-31", 0.20),
        ("2025-11-10", "2025-11-03", 0.20),
        ("2025-11-10", "2025-11-04", 0.10),
        ("2025-11-10", "2025-11-05", 0.10),
        ("2026-02-23", None, 0.10),
        # Before the ruling nobody knew of the end.
        ("2026-03-01", "2026-02-19", 0.10),
    ],
)
def test_the_fentanyl_duty_by_day_and_knowledge(on, known, rate):
    position = only(small(), FENTANYL, on, known_on=known)
    assert (position.state, position.rate) == ("in force", rate)


def test_the_fentanyl_duty_ends():
    position = only(small(), FENTANYL, "2026-03-01")
    assert (position.state, position.rate, position.since) == ("ended", None, dt.date(2026, 2, 24))


def test_nothing_is_known_before_it_is_said():
    assert small().on("2025-01-31").get(FENTANYL) == ()
    announced = only(small(), FENTANYL, "2025-02-01")
    assert (announced.state, announced.rate, announced.step.rate) == ("announced", None, 0.10)
    assert small().on("2025-10-27").get(SOYBEANS) == ()


def test_suspended_points_are_taken_off_an_unchanged_schedule():
    position = only(small(), ANSWER, "2025-10-27")
    assert position.step.rate == 0.34
    assert (position.rate, position.suspended_points) == (0.10, 0.24)
    assert position.until_legal == dt.date(2025, 11, 10)
    assert position.until_reported is None


@pytest.mark.parametrize(
    ("on", "known", "ends", "rate", "legal", "reported"),
    [
        ("2025-11-10", "2025-10-27", "legal", 0.34, None, None),
        ("2025-11-10", None, "legal", 0.10, "2026-11-10", None),
        ("2026-09-30", None, "legal", 0.10, "2026-11-10", "2027-01-10"),
        ("2026-11-09", None, "legal", 0.10, "2026-11-10", "2027-01-10"),
        ("2026-11-10", None, "legal", 0.34, None, "2027-01-10"),
        ("2026-11-10", None, "reported", 0.10, None, "2027-01-10"),
        ("2026-11-10", "2026-09-27", "reported", 0.34, None, None),
        ("2027-01-10", None, "reported", 0.34, None, None),
    ],
)
def test_a_suspension_ends_by_notice_or_by_report(on, known, ends, rate, legal, reported):
    position = only(small(), ANSWER, on, known_on=known, ends=ends)
    shown = tuple(day.isoformat() if day else None for day in (position.until_legal, position.until_reported))
    assert (position.state, position.rate, *shown) == ("in force", rate, legal, reported)


def test_of_two_steps_for_one_day_the_later_recorded_counts():
    assert only(small(), ANSWER, "2025-04-10").rate == 0.84
    assert only(small(), ANSWER, "2025-04-10", known_on="2025-04-08").rate == 0.34


def test_step_ups_run_on_under_a_suspension():
    fee = only(small(), FEE, "2026-05-01")
    assert (fee.state, fee.amounts) == ("suspended", {"per_net_ton": 80.0})
    assert only(small(), FEE, "2026-11-10").amounts == {"per_net_ton": 80.0}
    assert only(small(), FEE, "2026-11-10").state == "in force"
    assert only(small(), FEE, "2026-11-10", ends="reported").state == "suspended"
    assert only(small(), FEE, "2027-04-17").amounts == {"per_net_ton": 110.0}


def test_a_rule_suspended_before_it_began():
    states = [
        [p.state for p in small().on(day).get(CONTENT)] for day in ("2025-10-27", "2025-11-07", "2026-11-10")
    ]
    assert states == [["announced"] * 2, ["suspended"] * 2, ["in force"] * 2]


@pytest.mark.parametrize(
    ("on", "state"),
    [
        ("2025-10-09", None),
        ("2025-10-10", "threatened"),
        ("2025-10-31", "threatened"),
        ("2025-11-03", "ended"),
    ],
)
def test_a_threat_never_has_a_rate(on, state):
    positions = small().on(on).get(THREAT)
    assert [p.state for p in positions] == ([state] if state else [])
    assert all(p.rate is None for p in positions)
    assert not [p for p in small().on(on).in_force() if p.measure.id == THREAT]


def test_a_threat_whose_day_has_passed_is_still_a_threat():
    assert only(small(), THREAT, "2025-11-05", known_on="2025-10-27").state == "threatened"


def test_the_narrower_target_goes_first_and_comes_back():
    def shares(on, **query):
        return {
            p.targets: (p.state, p.rate, p.cap, p.exempt_targets)
            for p in small().on(on, **query).get(RECIPROCAL)
        }

    assert shares("2025-04-09") == {
        ("*",): ("in force", 0.10, None, ("CAN", "EU", "MEX")),
        ("EU",): ("in force", 0.20, None, ("CAN", "MEX")),
    }
    # The day after, the Union's own step is over and it is under the general one again.
    assert shares("2025-04-10")["*",] == ("in force", 0.10, None, ("CAN", "MEX"))
    assert shares("2025-08-07")["JPN",] == ("in force", None, 0.15, ("CAN", "MEX"))
    assert shares("2025-08-07")["*",][3] == ("CAN", "EU", "JPN", "MEX")


def test_reaches_follows_groups_and_exemptions():
    day = dt.date(2025, 8, 7)
    by_targets = {p.targets: p for p in small().on(day).get(RECIPROCAL)}
    assert by_targets["EU",].reaches("DEU", day)
    assert not by_targets["*",].reaches("DEU", day)
    assert by_targets["*",].reaches("GBR", day)
    assert not by_targets["*",].reaches("CAN", day)
    reached = [p.targets for p in by_targets.values() if p.reaches("JPN", day)]
    assert reached == [("JPN",)]


def test_collected_leaves_out_what_was_recorded_later():
    # Japan's ceiling was ordered on 2025-09-04, back to 2025-08-07: customs took the full 15 % until then.
    def japan(on, view):
        return next(p for p in small().on(on, view=view).get(RECIPROCAL) if p.targets == ("JPN",))

    assert japan("2025-08-10", "collected").rate == 0.15
    assert japan("2025-08-10", "statutory").cap == 0.15
    assert japan("2025-09-04", "collected").cap == 0.15


@pytest.mark.parametrize("on", ["2025-02-04", "2025-06-01", "2026-02-21", "2026-03-01"])
def test_a_void_duty_is_zero_from_its_first_day(on):
    position = only(small(), FENTANYL, on, view="legally-due")
    assert (position.state, position.rate, position.annulled) == ("ended", 0.0, True)
    before = only(small(), FENTANYL, on, view="legally-due", known_on="2026-02-19")
    assert before.rate in {0.10, 0.20}


def test_customs_collected_until_collection_stopped():
    for view in ("statutory", "collected"):
        assert only(small(), FENTANYL, "2026-02-23", view=view).rate == 0.10
        assert only(small(), FENTANYL, "2026-02-24", view=view).state == "ended"


def test_an_instant_within_the_day_on_the_capital_s_clock():
    before, after = (
        small().on(parse_instant(f"2025-05-14T12:{m}+08:00")).get(ANSWER)[0] for m in ("00", "01")
    )
    assert (before.rate, after.rate) == (1.25, 0.10)
    # The same instants asked in Washington's offset, where it is just past midnight.
    assert small().on(parse_instant("2025-05-14T00:00-04:00")).get(ANSWER)[0].rate == 1.25
    assert small().on(parse_instant("2025-05-14T00:01-04:00")).get(ANSWER)[0].rate == 0.10


def test_a_ledger_limited_to_a_day_of_knowledge_stays_limited():
    then = small().as_known(dt.date(2025, 10, 27))
    assert only(then, FENTANYL, "2025-11-10").rate == 0.20
    assert only(then, FENTANYL, "2025-11-10", known_on="2026-01-01").rate == 0.20
    assert only(then, FENTANYL, "2025-03-10", known_on="2025-03-01").rate == 0.10


def test_lists_by_day_and_codes_as_lists_of_one():
    assert small().product_list("annex_ii", dt.date(2025, 4, 5)) == ("0101", "010121", "8703")
    assert small().product_list("annex_ii", dt.date(2025, 9, 8)) == ("0101", "8703")
    assert small().product_list("1201", dt.date(2025, 9, 8)) == ("1201",)
    with pytest.raises(LedgerError) as caught:
        small().product_list("annex_iii", dt.date(2025, 9, 8))
    assert caught.value.allowed == "annex_ii"


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ({"date": "2025-02-30"}, "not a date"),
        ({"date": "2025-02-03", "view": "paid"}, "unknown view"),
        ({"date": "2025-02-03", "ends": "guessed"}, "unknown ends"),
        ({"date": dt.datetime(2025, 2, 3)}, "an instant needs its offset"),  # noqa: DTZ001
    ],
)
def test_bad_questions_are_refused(query, what):
    with pytest.raises(InputError) as caught:
        small().on(**query)
    assert caught.value.what == what


def test_an_unknown_measure_is_met_with_near_ids():
    with pytest.raises(LedgerError) as caught:
        small().measure("us.ieepa.fentanil.cn")
    assert caught.value.allowed.split(", ")[0] == FENTANYL


# Rules of the law that the small ledger does not hold, each on a measure made for it.

DAY = dt.date(2025, 1, 1)


def step(day: int, rate: float, *, recorded: int = 0, to: int | None = None) -> Step:
    """A step counted in days from the first of January."""
    end = None if to is None else DAY + dt.timedelta(to)
    return Step(
        from_=DAY + dt.timedelta(day),
        to=end,
        recorded=DAY + dt.timedelta(recorded),
        rate=rate,
        act="act",
        sources=("press",),
    )


def measure(**records):
    """A ledger with one measure."""
    made = Measure(
        id="us.test",
        title="test",
        imposer="USA",
        targets=("CHN",),
        instrument="tariff",
        authority=("act",),
        scope={"main": Scope(text="all")},
        confidence="high",
        sources=("press",),
        **records,
    )
    return small().add(made)


def act(kind, **given):
    """A record of any kind with the parts that are the same."""
    return kind(act="act", sources=("press",), **given)


def day(number: int) -> dt.date:
    """A day counted from the first of January."""
    return DAY + dt.timedelta(number)


def test_a_step_with_an_end_of_its_own_leaves_nothing_behind():
    ledger = measure(steps=(step(10, 0.1), step(20, 0.5, to=30)))
    assert [only(ledger, "us.test", day(n)).rate for n in (19, 20, 29)] == [0.1, 0.5, 0.5]
    assert only(ledger, "us.test", day(30)).state == "ended"


def test_a_withdrawn_step_never_counts_once_withdrawn():
    rise = (step(10, 0.1), step(40, 0.3, recorded=1))
    ledger = measure(steps=rise, withdrawals=(act(Withdrawal, step=day(40), recorded=day(30)),))
    assert only(ledger, "us.test", day(50)).rate == 0.1
    assert only(ledger, "us.test", day(50), known_on=day(29)).rate == 0.3


def test_an_end_takes_back_later_steps_known_before_it_but_not_those_made_after_it():
    ends = (act(End, from_=day(30), recorded=day(25)),)
    planned = measure(steps=(step(10, 0.1), step(40, 0.3, recorded=1)), ends=ends)
    assert only(planned, "us.test", day(50)).state == "ended"
    again = measure(steps=(step(10, 0.1), step(40, 0.3, recorded=35)), ends=ends)
    assert only(again, "us.test", day(35)).state == "announced"
    assert only(again, "us.test", day(50)).rate == 0.3


def test_without_an_act_that_ends_it_a_ruling_ends_it_on_its_day():
    ledger = measure(steps=(step(10, 0.1),), annulments=(act(Annulment, recorded=day(30)),))
    assert [only(ledger, "us.test", day(n)).state for n in (29, 30)] == ["in force", "ended"]
    assert only(ledger, "us.test", day(29), view="legally-due").rate == 0.0


def test_a_resumption_lifts_the_windows_known_by_then():
    windows = (
        act(Suspension, from_=day(20), to_legal=day(40), recorded=day(19)),
        act(Suspension, from_=day(40), to_legal=day(60), recorded=day(35)),
    )
    lifted = (act(Resumption, from_=day(30), recorded=day(28)),)
    ledger = measure(steps=(step(10, 0.1),), suspensions=windows, resumptions=lifted)
    states = [only(ledger, "us.test", day(n)).state for n in (19, 20, 29, 30, 39, 40, 60)]
    assert states == ["in force", "suspended", "suspended", "in force", "in force", "suspended", "in force"]
    assert only(ledger, "us.test", day(30), known_on=day(27)).state == "suspended"


def test_a_window_recorded_later_with_the_same_start_replaces_the_first():
    windows = (
        act(Suspension, from_=day(20), to_legal=day(40), recorded=day(19)),
        act(Suspension, from_=day(20), to_legal=day(25), recorded=day(22)),
    )
    ledger = measure(steps=(step(10, 0.1),), suspensions=windows)
    assert only(ledger, "us.test", day(30)).state == "in force"
    assert only(ledger, "us.test", day(30), known_on=day(21)).state == "suspended"


def test_more_points_than_the_rate_leave_zero():
    window = act(Suspension, from_=day(20), to_legal=day(40), recorded=day(19), points=0.24)
    assert only(measure(steps=(step(10, 0.1),), suspensions=(window,)), "us.test", day(20)).rate == 0.0
