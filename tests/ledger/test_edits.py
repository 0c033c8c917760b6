"""Edits: each verb changes what is on the books, whatever is known, or is refused with what would have worked."""

from __future__ import annotations

import pytest

from detente.asof import AsOf
from detente.errors import LedgerError
from detente.ledger import edit, timeline
from ledger.small import ANSWER, CONTENT, FEE, FENTANYL, RECIPROCAL, THREAT, only, small


def test_a_threat_is_enacted_whatever_was_known():
    edited = edit(small(), enact=[THREAT], on="2025-11-10")
    for known in (None, "2025-10-27", "2025-01-01"):
        position = only(edited, THREAT, "2025-11-10", known_on=known)
        assert (position.state, position.rate) == ("in force", 1.0)
    assert [p.state for p in edited.on("2025-11-09", known_on="2025-10-27").get(THREAT)] == ["threatened"]
    assert only(small(), THREAT, "2025-11-10").state == "ended"


def test_an_announced_step_is_brought_forward():
    edited = edit(small(), enact=[CONTENT], on="2025-10-27")
    assert [p.state for p in edited.on("2025-10-27").get(CONTENT)] == ["in force"] * 2


def test_one_part_only():
    edited = edit(small(), enact=[f"{CONTENT}:value"], on="2025-10-27")
    assert {p.part: p.state for p in edited.on("2025-10-27").get(CONTENT)} == {
        "value": "in force",
        "technology": "announced",
    }


def test_an_ended_duty_comes_back():
    edited = edit(small(), enact=[FENTANYL], on="2026-03-01")
    assert only(edited, FENTANYL, "2026-03-01").rate == 0.10
    # Brought back by a what-if, it is due in every view: no court has ruled on the what-if.
    assert only(edited, FENTANYL, "2026-03-01", view="legally-due").rate == 0.10


def test_suspension_and_resumption():
    suspended = edit(small(), suspend=[FENTANYL], on="2025-11-20")
    position = only(suspended, FENTANYL, "2025-11-20", known_on="2025-10-27")
    assert (position.state, position.rate, position.until_legal) == ("suspended", 0.0, None)
    resumed = edit(suspended, resume=[FENTANYL], on="2025-12-01")
    assert only(resumed, FENTANYL, "2025-11-30").state == "suspended"
    assert only(resumed, FENTANYL, "2025-12-01").rate == 0.10
    assert (
        only(edit(resumed, suspend=[FENTANYL], on="2025-12-05"), FENTANYL, "2025-12-05").state == "suspended"
    )


def test_lifting_the_points_brings_the_schedule_back():
    edited = edit(small(), resume=[ANSWER], on="2025-11-20")
    for day in ("2025-11-20", "2026-12-01"):
        assert only(edited, ANSWER, day, ends="reported").rate == 0.34


def test_an_end_ends_the_schedule():
    edited = edit(small(), end=[FEE], on="2025-11-01")
    for day in ("2025-11-01", "2026-05-01", "2028-01-01"):
        assert only(edited, FEE, day).state == "ended"


def test_a_rate_is_what_is_due_with_nothing_suspended():
    edited = edit(small(), set={ANSWER: 0.05}, on="2025-11-20")
    for day in ("2025-11-20", "2026-12-01"):
        position = only(edited, ANSWER, day)
        assert (position.rate, position.suspended_points) == (0.05, None)


def test_a_rate_reaches_every_target_of_a_measure():
    edited = edit(small(), set={RECIPROCAL: 0.12}, on="2025-08-10")
    rates = {p.targets: p.rate for p in edited.on("2025-08-10").get(RECIPROCAL) if p.state == "in force"}
    assert rates == {("*",): 0.12, ("EU",): 0.12, ("JPN",): 0.12}


def test_verbs_apply_in_order():
    edited = edit(small(), enact=[THREAT], set={THREAT: 0.5}, on="2025-11-10")
    assert only(edited, THREAT, "2025-11-10").rate == 0.5


def test_the_hash_tells_edits_apart():
    one, other = (edit(small(), set={FENTANYL: rate}, on="2025-12-01") for rate in (0.05, 0.06))
    assert len({small().hash, one.hash, other.hash}) == 3
    assert edit(small(), set={FENTANYL: 0.05}, on="2025-12-01").hash == one.hash


def test_the_timeline_lists_what_ifs():
    edited = edit(small(), end=[FEE], on="2025-11-01")
    assert [
        (row.date.isoformat(), row.act)
        for row in timeline(edited, FEE, asof=AsOf.of("2025-10-27", known_on="2025-10-27"))
        if row.event == "ends"
    ] == [("2025-11-01", "what-if")]


@pytest.mark.parametrize(
    ("verbs", "on", "allowed"),
    [
        ({"enact": [FENTANYL]}, "2025-11-20", "a threat, an announced step, or a measure that ended"),
        ({"suspend": [FEE]}, "2025-11-20", "a measure in force"),
        ({"suspend": [THREAT]}, "2025-10-27", "a measure in force"),
        ({"resume": [FENTANYL]}, "2025-11-20", "a measure that is suspended, or has suspended points"),
        ({"end": [FENTANYL]}, "2026-03-01", "a measure that is not over"),
        ({"set": {FENTANYL: 0.1}}, "2025-11-20", "a tariff in force at another rate"),
        ({"set": {FEE: 0.1}}, "2025-10-20", "a tariff in force at another rate"),
        ({"set": {THREAT: 0.5}}, "2025-10-27", "a tariff in force at another rate"),
    ],
)
def test_an_edit_that_changes_nothing_is_refused(verbs, on, allowed):
    with pytest.raises(LedgerError) as caught:
        edit(small(), **verbs, on=on)
    assert caught.value.what == "the edit changes nothing"
    assert caught.value.allowed == allowed
    assert on in caught.value.found


def test_refusals_name_what_exists():
    with pytest.raises(LedgerError) as caught:
        edit(small(), end=["us.port.annex2"], on="2025-11-01")
    assert caught.value.allowed.startswith(FEE)
    with pytest.raises(LedgerError) as caught:
        edit(small(), end=[f"{CONTENT}:reexport"], on="2025-11-01")
    assert (caught.value.found, caught.value.allowed) == ("reexport", "value, technology")
    for rate in (-0.1, 25.0, float("nan")):
        with pytest.raises(LedgerError) as caught:
            edit(small(), set={FENTANYL: rate}, on="2025-12-01")
        assert caught.value.what == "not a rate"
    with pytest.raises(LedgerError, match="a measure of this id exists"):
        small().add(small().measures[FEE])
