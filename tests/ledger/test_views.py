"""The board, one measure in full, the timeline, the calendar, differences, citations and findings."""

from __future__ import annotations

import dataclasses
import json

import pytest

import detente as dt
from detente.asof import AsOf
from detente.errors import InputError, LedgerError
from detente.io.documents import as_json
from detente.ledger import (
    apply_diff,
    calendar_ics,
    check_ledger,
    cite,
    diff,
    edit,
    list_measures,
    show_measure,
    snapshot,
    status,
    timeline,
)
from detente.ledger.records.schema import Stacking, Step
from ledger.small import ANSWER, CONTENT, FEE, FENTANYL, RECIPROCAL, SOYBEANS, THREAT, small


def board(on, **query):
    """Rows of the board by their first measure."""
    return {row["measures"][0]: row for row in as_json(status(small(), asof=AsOf.of(on, **query)))["board"]}


def test_the_board_on_the_eve_of_the_deal():
    rows = board("2025-10-27")
    assert {name: row["state"] for name, row in rows.items()} == {
        FENTANYL: "in force",
        ANSWER: "in force",
        THREAT: "threatened",
        FEE: "in force",
        CONTENT: "announced",
        SOYBEANS: "none",
    }
    assert rows[ANSWER]["detail"] == "10 % (34 % set, 24 points suspended until 2025-11-10)"
    assert rows[ANSWER]["next"] == {"date": "2025-11-10", "event": "suspension ends", "basis": "legal"}
    assert rows[THREAT]["next"] == {"date": "2025-11-01", "event": "100 % threatened", "basis": "reported"}
    assert rows[SOYBEANS]["next"] is None
    assert rows[FENTANYL]["next"] is None


def test_what_lapses_next_by_notice_and_by_report():
    rows = board("2026-10-08")
    assert rows[FEE]["state"] == "suspended"
    assert rows[FEE]["next"] == {
        "date": "2026-11-10",
        "event": "suspension ends",
        "basis": "legal",
        "reported": "2027-01-10",
    }


def test_a_step_up_under_a_suspension_is_not_what_comes_next():
    assert board("2025-11-10")[FEE]["next"]["date"] == "2026-11-10"
    assert board("2025-10-27")[FEE]["next"] == {
        "date": "2026-04-17",
        "event": "80 USD per net ton takes effect",
        "basis": "legal",
    }


def test_after_the_horizon_a_lapse_is_not_known():
    result = as_json(status(small(), asof=AsOf.of("2026-11-10")))
    rows = {row["measures"][0]: row for row in result["board"]}
    assert {rows[name]["state"] for name in (ANSWER, FEE, CONTENT)} == {"not known"}
    assert rows[ANSWER]["detail"] == (
        "by the notices in force at 34 %; by the reports in force at 10 %, points suspended, as reported until "
        "2027-01-10; acts after 2026-10-08 are not known"
    )
    assert {rows[name]["state"] for name in (FENTANYL, THREAT)} == {"ended"}
    assert result["known_until"] == "2026-10-08"
    assert len(result["warnings"]) == 1
    # Up to the last day of a suspension by notice, nothing has lapsed.
    assert board("2026-11-09")[FEE]["state"] == "suspended"
    # A what-if decides it.
    edited = edit(small(), end=[FEE], on="2026-11-01")
    assert show_measure(edited, FEE, asof=AsOf.of("2026-11-10")).state == "ended"


def test_the_board_without_a_day_is_that_of_the_horizon():
    assert status(small(), asof=AsOf.of(imposer=small().home)).on.isoformat() == "2026-10-08"


@pytest.mark.parametrize(
    ("on", "known", "state", "rate"),
    [
        ("2025-11-09", None, "in force", 0.20),
        ("2025-11-10", None, "in force", 0.10),
        ("2025-11-10", "2025-10-27", "in force", 0.20),
        ("2026-03-01", None, "ended", None),
        ("2025-01-01", None, "none", None),
    ],
)
def test_show_gives_state_and_rate(on, known, state, rate):
    result = as_json(show_measure(small(), FENTANYL, asof=AsOf.of(on, known_on=known)))
    assert (result["state"], result["rate"]) == (state, rate)


def test_show_has_the_shape_of_the_interface():
    result = as_json(show_measure(small(), ANSWER, asof=AsOf.of("2026-10-01")))
    wanted = "id title imposer targets instrument state rate unit from to suspended_until_legal suspended_until_reported"
    wanted += " timeline stacking sources confidence unverified"
    assert set(wanted.split()) <= set(result)
    assert (result["suspended_until_legal"], result["suspended_until_reported"]) == (
        "2026-11-10",
        "2027-01-10",
    )
    assert (result["rate"], result["unit"], result["suspended_points"]) == (0.10, "ad valorem", 0.24)
    assert result["sources"] == [
        {"id": "mofcom", "title": "MOFCOM announcements", "url": None, "kind": "primary"}
    ]
    assert json.loads(json.dumps(result)) == result


def test_show_after_the_horizon_gives_both_readings():
    legal, reported = (
        as_json(show_measure(small(), ANSWER, asof=AsOf.of("2026-11-10", ends=ends)))
        for ends in ("legal", "reported")
    )
    assert (legal["state"], legal["rate"], legal["rate_follows"]) == ("not known", 0.34, "legal")
    assert (reported["state"], reported["rate"], reported["rate_follows"]) == ("not known", 0.10, "reported")
    assert legal["known_until"] == "2026-10-08"
    assert legal["by_notice"] == "in force at 34 %"


def test_show_spans_the_rates_of_several_targets():
    result = as_json(show_measure(small(), RECIPROCAL, asof=AsOf.of("2025-04-09")))
    assert (result["rate"], result["rate_min"], result["rate_max"]) == (None, 0.10, 0.20)
    assert show_measure(small(), RECIPROCAL, asof=AsOf.of("2025-05-01")).rate == 0.10


def test_the_list_has_every_measure():
    rows = as_json(list_measures(small(), asof=AsOf.of("2025-10-27")))
    assert [row["id"] for row in rows] == list(small().measures)
    assert {row["id"]: row["state"] for row in rows}[SOYBEANS] == "none"


def test_the_timeline_is_in_order_and_stops_at_knowledge():
    rows = timeline(small(), FENTANYL)
    assert [row.date for row in rows] == sorted(row.date for row in rows)
    effects = [(row.date.isoformat(), row.detail) for row in rows if row.event == "takes effect"]
    assert effects == [("2025-02-04", "10 %"), ("2025-03-04", "20 %"), ("2025-11-10", "10 %")]
    known = timeline(small(), FENTANYL, asof=AsOf.of("2025-10-27", known_on="2025-10-27"))
    assert all(row.recorded.isoformat() <= "2025-10-27" for row in known)
    assert [row.event for row in rows][-2:] == ["held void", "ends"]
    assert len(timeline(small())) == sum(len(timeline(small(), name)) for name in small().measures)
    assert {row.basis for row in timeline(small(), FEE)} == {None, "legal", "reported"}


def test_the_calendar_is_a_calendar():
    rows = timeline(small())
    text = calendar_ics(rows)
    lines = text.split("\r\n")
    assert (lines[0], lines[-2], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR", "")
    assert all(len(line.encode()) <= 75 for line in lines)
    events = text.count("BEGIN:VEVENT")
    assert events == text.count("END:VEVENT") == len({line for line in lines if line.startswith("UID:")})
    unfolded = text.replace("\r\n ", "")
    assert "DTSTART;VALUE=DATE:20261110\r\nDTEND;VALUE=DATE:20261111\r\n" in unfolded
    assert "SUMMARY:us.port.annex1 suspended until: the whole\r\n" in unfolded
    assert calendar_ics(rows) == text
    assert "24 points\\, " not in unfolded


def test_commas_and_long_lines_of_the_calendar():
    long = "Proclamation; part 1, part 2 " + "ü" * 80
    row = dataclasses.replace(timeline(small(), FEE)[1], act=long, event="ends")
    text = calendar_ics([row])
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "DESCRIPTION:Proclamation\\; part 1\\, part 2 " + "ü" * 80 in text.replace("\r\n ", "")


def test_a_difference_names_the_change_and_its_act():
    rows = {row.measure: row for row in diff(small(), AsOf.of("2025-11-09"), AsOf.of("2025-11-10"))}
    assert (rows[FENTANYL].from_, rows[FENTANYL].to) == ("20 %", "10 %")
    assert rows[FENTANYL].act == "EO 14357"
    assert rows[FEE].change == "in force to suspended"
    assert THREAT not in rows
    assert diff(small(), AsOf.of("2025-11-20"), AsOf.of("2025-11-20")) == ()


def test_a_difference_applies_only_where_it_starts():
    rows = diff(small(), AsOf.of("2025-11-09"), AsOf.of("2025-11-10"))
    with pytest.raises(LedgerError, match="the difference does not start here"):
        apply_diff(snapshot(small().on("2025-02-05")), rows)


def test_acts_between_two_days():
    rows = cite(small(), FENTANYL, between=("2025-11-01", "2025-11-30"))
    assert [(row.act, row.source, row.url) for row in rows] == [
        ("EO 14357", "eo14357", "https://example.org/eo14357")
    ]
    assert rows[0].does == "announced 2025-10-30: 10 % from 2025-11-10; takes effect 2025-11-10: 10 %"
    assert len(cite(small(), FENTANYL)) == 5
    with pytest.raises(InputError, match="wrong way round"):
        cite(small(), FENTANYL, between=("2025-11-30", "2025-11-01"))
    with pytest.raises(LedgerError, match="no such measure"):
        cite(small(), "us.nothing")


def finding(**changes):
    """Findings about a changed fentanyl duty."""
    measure = small().measures[FENTANYL].model_copy(update=changes)
    ledger = dataclasses.replace(small(), measures={**small().measures, FENTANYL: measure})
    return [row.finding for row in check_ledger(ledger) if row.measure in {FENTANYL, ""}]


def test_a_sound_ledger_gives_no_finding_but_its_gap():
    (row,) = check_ledger(small())
    assert row.finding == "`main` is not in force from 2025-04-10 to 2025-08-07"
    assert row.where == "usa/tariffs.yaml:23"


def test_what_a_careful_reader_questions():
    steps = small().measures[FENTANYL].steps
    late = steps[0].model_copy(update={"recorded": steps[0].recorded.replace(year=2027)})
    assert (
        finding(steps=(late,))
        == [
            "EO 14195 is recorded on 2027-02-01, after the sources end",
            "source eo14357 is cited by nothing",
        ][:1]
    )
    high = steps[0].model_copy(update={"rate": 2.5})
    assert "rate of 2.5 from 2025-02-04" in finding(steps=(high, *steps[1:]))
    dollars = Step(**{**steps[0].model_dump(), "rate": None, "amounts": {"per_kg": 2.0}})
    assert "amounts without currency from 2025-02-04" in finding(steps=(dollars, *steps[1:]))
    points = small().measures[ANSWER].suspensions[0].model_copy(update={"points": 0.5})
    assert "0.5 suspended of 0.2 from 2025-05-14" in finding(suspensions=(points,))
    assert finding(stacking=Stacking(text="x", yields_to=("us.s232.*",))) == [
        "stacking names us.s232.*, which no measure matches"
    ]
    assert "no step and no event" in finding(steps=(), events=())


def test_unused_sources_and_lists_are_found():
    without = {name: m for name, m in small().measures.items() if name not in {FENTANYL, RECIPROCAL}}
    found = [row.finding for row in check_ledger(dataclasses.replace(small(), measures=without))]
    assert "source eo14195 is cited by nothing" in found
    assert "product list annex_ii is named by no scope" in found
    assert f"the board's Fentanyl tariff names {FENTANYL}, which no measure matches" in found


def test_the_measures_of_a_member_are_those_of_its_union():
    ours, unions = (dt.list_measures(imposer=name, on="2025-11-10") for name in ("DEU", "EU"))
    assert [row["id"] for row in ours] == [row["id"] for row in unions] != []
