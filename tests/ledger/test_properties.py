"""Laws of the ledger, on ledgers made at random: knowledge, order, differences, edits, unrelated measures."""

from __future__ import annotations

import contextlib
import datetime as dt
import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from detente.asof import AsOf
from detente.errors import LedgerError
from detente.ledger import (
    Ledger,
    apply_diff,
    diff,
    edit,
    list_measures,
    read_ledger,
    show_measure,
    snapshot,
    timeline,
)
from detente.ledger.records.schema import Annulment, End, Measure, Resumption, Scope, Step, Suspension

MANY = settings(max_examples=60, deadline=None)
START = dt.date(2025, 1, 1)
SPAN = 60
SOURCES = ("press",)

days = st.integers(0, SPAN).map(lambda n: START + dt.timedelta(n))
rates = st.sampled_from([0.0, 0.1, 0.2, 0.25, 0.34, 1.0])
targets = st.sampled_from([None, ("*",), ("EU",), ("DEU",), ("JPN", "KOR"), ("DEU", "JPN")])
parts = st.sampled_from(["main", "other"])
views = st.sampled_from(["statutory", "collected", "legally-due"])
readings = st.sampled_from(["legal", "reported"])


@st.composite
def steps(draw):
    start = draw(days)
    end = draw(st.none() | st.integers(1, 20).map(lambda n: start + dt.timedelta(n)))
    cap = draw(st.booleans())
    rate = draw(rates)
    return Step(
        from_=start,
        to=end,
        recorded=draw(days),
        part=draw(parts),
        targets=draw(targets),
        rate=None if cap else rate,
        cap=rate if cap else None,
        act=draw(st.sampled_from("abc")),
        sources=SOURCES,
    )


@st.composite
def suspensions(draw):
    start = draw(days)
    end = start + dt.timedelta(draw(st.integers(1, 20)))
    legal = draw(st.booleans())
    return Suspension(
        from_=start,
        to_legal=end if legal else None,
        to_reported=None if legal else end,
        recorded=draw(days),
        part=draw(st.sampled_from(["main", "other", "all"])),
        points=draw(st.none() | st.sampled_from([0.05, 0.1, 0.24])),
        act="suspension",
        sources=SOURCES,
    )


def acts(kind):
    """Ends or resumptions."""
    made = {"from_": days, "recorded": days, "part": st.sampled_from(["main", "other", "all"])}
    return st.builds(kind, **made, act=st.just("act"), sources=st.just(SOURCES))


annulments = st.builds(Annulment, recorded=days, act=st.just("ruling"), sources=st.just(SOURCES))


def distinct(records):
    """Records of which no two differ only in what they say."""
    found = {}
    for item in records:
        values = item.model_dump()
        found[tuple(values.get(k) for k in ("from_", "recorded", "part", "targets"))] = item
    return tuple(found.values())


@st.composite
def measures(draw, name="x.one"):
    return Measure(
        id=name,
        title=name,
        imposer="USA",
        targets=("*",),
        exempt_targets=draw(st.sampled_from([(), ("CAN",)])),
        instrument=draw(st.sampled_from(["tariff", "threat"])),
        authority=("act",),
        scope={"main": Scope(text="all"), "other": Scope(text="rest")},
        steps=distinct(draw(st.lists(steps(), min_size=1, max_size=6))),
        suspensions=distinct(draw(st.lists(suspensions(), max_size=3))),
        resumptions=distinct(draw(st.lists(acts(Resumption), max_size=1))),
        ends=distinct(draw(st.lists(acts(End), max_size=2))),
        annulments=tuple(draw(st.lists(annulments, max_size=1))),
        confidence="low",
        sources=SOURCES,
    )


def ledger_of(*made) -> Ledger:
    """A ledger of measures."""
    found = {item.id: item for item in made}
    return Ledger(measures=found, sources={}, coverage={}, lists={}, horizon=dt.date(2030, 1, 1), hash="x")


def known_by(measure, day):
    """The measure without what was recorded after a day."""
    kinds = ("steps", "suspensions", "resumptions", "ends", "withdrawals", "annulments")
    kept = {kind: tuple(r for r in getattr(measure, kind) if r.recorded <= day) for kind in kinds}
    return measure.model_copy(update=kept)


def rows(ledger, on, **query):
    """A book as values that compare."""
    return snapshot(ledger.on(on, **query))


@MANY
@given(measures(), days, days, views, readings)
def test_a_query_never_uses_what_was_recorded_later(measure, on, known, view, ends):
    asked = {"known_on": known, "view": view, "ends": ends}
    forgetful = ledger_of(known_by(measure, known))
    assert rows(ledger_of(measure), on, **asked) == rows(forgetful, on, view=view, ends=ends)


@MANY
@given(measures(), days)
def test_the_timeline_never_uses_what_was_recorded_later(measure, known):
    assert timeline(ledger_of(measure), asof=AsOf(known, known)) == timeline(
        ledger_of(known_by(measure, known))
    )


@MANY
@given(measures(), st.randoms(use_true_random=False), days, views, readings)
def test_the_order_of_records_does_not_matter(measure, chance, on, view, ends):
    kinds = ("steps", "suspensions", "resumptions", "ends", "annulments")
    shuffled = {
        kind: tuple(chance.sample(getattr(measure, kind), len(getattr(measure, kind)))) for kind in kinds
    }
    mixed = ledger_of(measure.model_copy(update=shuffled))
    assert rows(ledger_of(measure), on, view=view, ends=ends) == rows(mixed, on, view=view, ends=ends)


@MANY
@given(measures(), measures("x.two"), days, days, days, views, readings)
def test_a_difference_turns_one_day_into_the_other(one, two, first, second, known, view, ends):
    ledger = ledger_of(one, two)
    asked = {"known_on": known, "view": view, "ends": ends}
    before, after = (rows(ledger, day, **asked) for day in (first, second))
    early, late = (AsOf(day, **asked) for day in (first, second))
    assert apply_diff(before, diff(ledger, early, late)) == after
    assert apply_diff(after, diff(ledger, late, early)) == before


@MANY
@given(measures(), measures("x.two"), days, st.none() | days, views, readings)
def test_an_unrelated_measure_changes_nothing_else(one, two, on, known, view, ends):
    asked = {"known_on": known, "view": view, "ends": ends}
    alone, both = ledger_of(one), ledger_of(one).add(two)
    assert both.on(on, **asked).get("x.one") == alone.on(on, **asked).get("x.one")


# A step a court held void, and one that was known only after the ruling: an end of both leaves the first as void as it was.
HALF_VOID = Measure.model_validate(
    {
        "id": "x.one", "title": "x.one", "imposer": "USA", "targets": ["*"], "instrument": "tariff", "authority": ["act"],
        "scope": {"main": {"text": "all"}}, "confidence": "low", "sources": ["press"],
        "steps": [
            {"from": dt.date(2025, 1, 1), "recorded": dt.date(2025, 1, 1), "rate": 0.1, "act": "a", "sources": ["press"]},
            {
                "from": dt.date(2025, 1, 1), "recorded": dt.date(2025, 1, 2), "targets": ["EU"], "rate": 0.1, "act": "a",
                "sources": ["press"],
            },
        ],
        "annulments": [{"recorded": dt.date(2025, 1, 1), "act": "ruling", "sources": ["press"]}],
    }
)  # fmt: skip


@MANY
@given(measures(), days, st.sampled_from(["enact", "suspend", "resume", "end", "set"]), rates)
@example(HALF_VOID, dt.date(2025, 1, 2), "end", 0.0)
def test_every_edit_changes_the_books_or_is_refused(measure, on, verb, rate):
    ledger = ledger_of(measure)
    verbs = {verb: {"x.one": rate} if verb == "set" else ["x.one"]}
    edited = None
    with contextlib.suppress(LedgerError):
        edited = edit(ledger, **verbs, on=on)
    if edited is None:
        with pytest.raises(LedgerError, match="the edit changes nothing"):
            edit(ledger, **verbs, on=on)
        return
    assert edited.on(on).positions != ledger.on(on).positions
    assert edited.hash != ledger.hash
    before = on - dt.timedelta(1)
    assert [p.state for p in edited.on(before).in_force()] == [p.state for p in ledger.on(before).in_force()]


@MANY
@given(measures(), days, views, readings)
def test_rates_are_rates_and_states_agree_with_them(measure, on, view, ends):
    for position in ledger_of(measure).on(on, view=view, ends=ends).positions:
        assert position.rate is None or 0.0 <= position.rate <= 1.0
        assert position.state != "suspended" or not position.rate
        assert position.state not in {"threatened", "announced"} or position.rate is None
        assert measure.instrument != "threat" or position.state in {"threatened", "ended"}
        assert position.targets
        if view == "legally-due" and measure.annulments:
            assert position.rate == 0.0


@MANY
@given(measures(), days, views)
def test_no_economy_is_reached_twice_by_one_part(measure, on, view):
    book = ledger_of(measure).on(on, view=view)
    for part in ("main", "other"):
        living = [
            p for p in book.positions if p.part == part and p.state in {"in force", "suspended"} and p.since
        ]
        begun = [p for p in living if p.step.from_ <= on]
        for economy in ("DEU", "FRA", "JPN", "KOR", "BRA", "CAN"):
            assert sum(p.reaches(economy, on) for p in begun) <= 1


@MANY
@given(st.lists(steps(), min_size=1, max_size=6), days)
def test_one_chain_against_a_second_method(made, on):
    # The second method walks the days: each day the step that starts then (the one recorded last) takes over.
    plain = distinct([item.model_copy(update={"part": "main", "targets": None}) for item in made])
    standing = None
    for number in range((on - START).days + 1):
        today = START + dt.timedelta(number)
        starting = sorted((s for s in plain if s.from_ == today), key=lambda s: s.recorded)
        standing = starting[-1] if starting else standing
        if standing is not None and standing.to is not None and standing.to <= today:
            standing = None
    measure = Measure(
        id="x.one",
        title="x",
        imposer="USA",
        targets=("*",),
        instrument="tariff",
        authority=("act",),
        scope={"main": Scope(text="all")},
        steps=plain,
        confidence="low",
        sources=SOURCES,
    )
    found = ledger_of(measure).on(on).in_force()
    assert [p.step for p in found] == ([standing] if standing else [])


@MANY
@given(measures(), days, views, readings)
def test_nothing_changes_between_days_of_change(measure, on, view, ends):
    ledger = ledger_of(measure)
    last = ledger.days_of_change(START, on)[-1]
    assert last <= on
    assert rows(ledger, on, view=view, ends=ends) == rows(ledger, last, view=view, ends=ends)


@settings(max_examples=15, deadline=None)
@given(measures(), days)
def test_the_views_for_people_cover_every_state(measure, on):
    ledger = ledger_of(measure)
    (row,) = list_measures(ledger, asof=AsOf.of(on))
    assert row.state in {"in force", "suspended", "threatened", "announced", "ended", "none"}
    assert row.detail
    assert len(timeline(ledger, "x.one")) >= len(measure.steps)


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_files_does_not_matter(seed, tmp_path):
    chance = random.Random(seed)  # noqa: S311
    small = {}
    for number in range(6):
        small[f"x.m{number}"] = (
            f"id: x.m{number}\ntitle: t\nimposer: USA\ntargets: [CHN]\ninstrument: tariff\nauthority: [act]\n"
            f"scope: {{main: {{text: all}}}}\nsteps:\n  - {{from: 2025-02-0{number + 1}, recorded: 2025-01-01, "
            f"rate: 0.{number + 1}, act: act, sources: [press]}}\nconfidence: low\nsources: [press]\n"
        )
    books = []
    for folder in ("one", "two"):
        names = chance.sample(sorted(small), len(small))
        root = tmp_path / folder
        root.mkdir()
        source = "sources:\n  press: {title: press, kind: secondary, retrieved: 2026-11-23}\n"
        (root / "sources.yaml").write_text(source, encoding="utf-8")
        for place, name in enumerate(names):
            (root / f"f{place}.yaml").write_text(small[name], encoding="utf-8")
        ledger = read_ledger([(root, False)])
        books.append(
            (
                rows(ledger, "2025-02-04"),
                list(ledger.measures),
                show_measure(ledger, "x.m3", asof=AsOf.of("2025-02-04")),
            )
        )
    assert books[0] == books[1]
