"""All exporters at once give what each line by line gives, and lines read as kinds give what lines give."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.duties import Assumptions, Reader, additional_rates, charging, choose, closeness, origin_duties
from detente.duties.averages import by_line as room
from detente.duties.averages.cells import filled, weights
from detente.duties.duties import book_signature
from detente.duties.kinds import Kinds
from detente.duties.lines import goods, industries, industry_index
from detente.duties.scope import list_names, match_length
from detente.duties.targets import chooser
from detente.ledger import edit, open_ledger
from detente.ledger.records.lists import ProductList
from detente.schedules import provider_of

# Sums of the same products in another order: some thousands of doubles, each below one.
REORDERED = 1e-13
LEDGER = open_ledger()
USA = provider_of("USA")
# An origin of each kind: claims, floors with and without preferences, column 2, lines of others, all partners' lines.
EXPORTERS = ("CHN", "CAN", "MEX", "DEU", "EUN", "JPN", "KOR", "GBR", "VNM", "RUS", "CUB", "BRA", "ROW", "SVK")
# Days before and after the turns of the law: lists of 2018, content shares, floors, Section 122, annexes of 2026.
DAYS = ("2019-07-01", "2025-03-12", "2025-08-20", "2025-11-14", "2026-05-01")


def line_by_line(book, exporter, classification, assumptions):
    """The slow road: every line stacked for itself, then weighted with imports."""
    duties = origin_duties(
        book, exporter, Reader(USA.weighted_table(), assumptions), importer="USA"
    ).additional
    cells = filled(weights(USA), weights(USA).of(exporter), classification)
    paid, value = np.zeros(len(industries(classification))), np.zeros(len(industries(classification)))
    for j in np.flatnonzero(goods(classification)):
        inside = industry_index(USA, classification)[cells.rows] == j
        paid[j] = duties[cells.rows[inside]] @ cells.usd[inside]
        value[j] = cells.usd[inside].sum()
    return np.divide(paid, value, out=np.zeros(paid.shape), where=value > 0.0)


def agree(book, exporters=EXPORTERS, classification="icio49", **assumed):
    assumptions = Assumptions(**assumed)
    fast = additional_rates(
        book, importer="USA", classification=classification, economies=exporters, assumptions=assumptions
    )
    assert float(fast.max()) > 0.0
    for exporter in exporters:
        slow = line_by_line(book, exporter, classification, assumptions)
        assert fast.sel(exporter=exporter).values == pytest.approx(slow, abs=REORDERED)


@pytest.mark.parametrize("day", DAYS)
def test_all_exporters_at_once_are_each_line_by_line(day):
    agree(LEDGER.on(day), classification="wiod35" if day == DAYS[1] else "icio49")


@pytest.mark.parametrize(
    "assumed",
    [
        {"steel_content": 0.3, "usmca_use": 0.5, "annex_use": 0.4},
        {"preference_use": 0.2, "aircraft_use": 0.5, "proposed_kept": 0.5, "metal_weight_met": 0.1},
    ],
)
def test_under_other_judgements_too(assumed):
    agree(LEDGER.on("2026-05-01"), ("CHN", "CAN", "DEU", "KOR", "VNM"), **assumed)


@pytest.mark.parametrize(
    "verbs",
    [
        {"enact": ["us.threat.cn100"]},
        {"set": {"us.ieepa.fentanyl.cn": 0.37}},
        {"end": ["us.s232.steel"]},
        {"suspend": ["us.ieepa.reciprocal.countries"]},
    ],
    ids=lambda verbs: next(iter(verbs)),
)
def test_of_edited_ledgers_too(verbs):
    day = dt.date(2025, 11, 14)
    plain, edited = LEDGER.on(day), edit(LEDGER, **verbs, on=day).on(day)
    agree(edited, ("CHN", "DEU", "MEX", "VNM"))
    agree(plain, ("CHN", "DEU"))


def test_kinds_that_turn_out_too_coarse_are_split_and_the_work_is_done_again(monkeypatch):
    book, law = LEDGER.on("2026-05-01"), ("CHN", "MEX", "DEU", "VNM")
    found = room.rates_by_line(book, USA, law, "icio49", Assumptions())
    coarse = Kinds(np.zeros(USA.weighted_table().codes.shape, dtype=np.intp))
    monkeypatch.setattr(room, "_latest", lambda _, latest={"kinds": coarse}: latest)
    monkeypatch.setattr(room, "fine_enough", lambda kinds, *_: kinds)
    again = room.rates_by_line(book, USA, law, "icio49", Assumptions())
    assert again == pytest.approx(found, abs=REORDERED)


def test_what_was_asked_before_does_not_move_a_bit_of_the_answer(monkeypatch):
    book, finer = LEDGER.on("2025-11-14"), LEDGER.on("2026-05-01")
    alone = {"kinds": Kinds(np.zeros(USA.weighted_table().codes.shape, dtype=np.intp))}
    monkeypatch.setattr(room, "_latest", lambda _: alone)
    first = room.rates_by_line(book, USA, EXPORTERS, "icio49", Assumptions())
    coarse = alone["kinds"].rows.size
    room.rates_by_line(finer, USA, EXPORTERS, "icio49", Assumptions())
    assert alone["kinds"].rows.size > coarse
    assert np.array_equal(room.rates_by_line(book, USA, EXPORTERS, "icio49", Assumptions()), first)


def test_what_is_handed_out_is_kept_within_its_bytes(monkeypatch):
    book, other = LEDGER.on("2025-11-14"), LEDGER.on("2026-05-01")
    found = room.rates_by_line(book, USA, EXPORTERS, "icio49", Assumptions())
    small = room._Memory(most=1)
    monkeypatch.setattr(room, "_handed_out", lambda: small)
    for asked in (book, other, book):
        again = room.rates_by_line(asked, USA, EXPORTERS, "icio49", Assumptions())
    assert again == pytest.approx(found, abs=REORDERED)
    assert len(small.held) == 1
    assert small.bytes == sum(item.shares.nbytes for item in small.held.values())


def test_a_floor_moves_with_its_cap_and_not_with_what_was_remembered():
    # The Japanese duty of 2025-09 is the larger of 15 % and the ordinary duty.
    book = LEDGER.on("2025-11-14")
    capped = [item for item in charging(book, "USA") if item.cap is not None and "JPN" in item.targets]
    assert capped
    measures = {
        item.measure.id: item.measure.model_copy(update={"steps": tuple(map(halved, item.measure.steps))})
        for item in capped
    }
    lower = dataclasses.replace(LEDGER, measures={**LEDGER.measures, **measures})
    agree(lower.on("2025-11-14"), ("JPN", "DEU"))
    agree(book, ("JPN", "DEU"))


def halved(step):
    return step if step.cap is None else step.model_copy(update={"cap": step.cap / 2})


def test_a_day_on_which_only_a_list_of_exclusions_changes_is_another_day():
    granted, end = LEDGER.measures["us.s301.cn.exclusions"], dt.date(2025, 11, 20)
    names = {name for scope in granted.scope.values() for name in list_names(scope)}
    ended = {
        name: ProductList(name, items.path, "ended", [tuple((row[0], row[1], end) for row in items.rows)])
        for name, items in LEDGER.lists.items()
        if name in names
    }
    ledger = dataclasses.replace(LEDGER, lists={**LEDGER.lists, **ended})
    before, after = ledger.on("2025-11-19"), ledger.on("2025-11-20")
    assert before.get(granted.id)[0].state == after.get(granted.id)[0].state == "in force"
    assert book_signature(before, "USA") != book_signature(after, "USA")
    agree(before, ("CHN",), exclusions_claimed=1.0)
    agree(after, ("CHN",), exclusions_claimed=1.0)
    paid = [
        additional_rates(
            book, importer="USA", economies=("CHN",), assumptions=Assumptions(exclusions_claimed=1.0)
        )
        for book in (before, after)
    ]
    assert float((paid[1] - paid[0]).max()) > 0.0


def test_another_share_under_the_same_name_of_a_coverage_is_another_answer():
    day = "2025-04-20"
    names = {
        item.scope.coverage for item in charging(LEDGER.on(day), "CHN") if item.scope.coverage is not None
    }
    halves = {name: LEDGER.coverage[name].model_copy(update={"share": 0.5, "shares": None}) for name in names}
    changed = dataclasses.replace(LEDGER, coverage={**LEDGER.coverage, **halves})
    plain, other = (
        additional_rates(ledger.on(day), importer="CHN", economies=("USA",)) for ledger in (LEDGER, changed)
    )
    assert float(abs(plain - other).max()) > 0.0


def test_many_origins_are_chosen_for_as_one_is():
    book = LEDGER.on("2025-11-14")
    positions = charging(book, "USA")
    nearness = chooser(positions, book.on)
    for origin in (*EXPORTERS, "HKG", "IND"):
        near = nearness(origin)
        assert tuple(item for item, n in zip(positions, near, strict=True) if n) == tuple(
            entry.position for entry in choose(positions, origin, book.on)
        )
        assert [n for n in near if n] == [
            closeness(entry.position.targets, origin, book.on) for entry in choose(positions, origin, book.on)
        ]


values = st.lists(st.sampled_from((0.0, 0.25, 1.0)), min_size=12, max_size=12).map(np.array)


@settings(max_examples=60, deadline=None)
@given(st.lists(values, min_size=1, max_size=5))
def test_laws_of_kinds(columns):
    kinds = Kinds(np.zeros(12, dtype=np.intp))
    for column in columns:
        kinds = kinds.split(column)
    for column in columns:
        assert kinds.split(column) is kinds
        assert np.array_equal(kinds.fold(column)[kinds.of], column)
    assert kinds.rows.size == len({tuple(row) for row in np.transpose(columns).tolist()})
    assert sorted(set(kinds.of.tolist())) == list(range(kinds.rows.size))
    if kinds.rows.size < 12:
        assert kinds.fold(np.arange(12)) is None


digits = st.text("0123456789", min_size=10, max_size=10)
heads = st.integers(2, 10).flatmap(lambda n: st.text("01289", min_size=n, max_size=n))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(digits, min_size=1, max_size=8), st.sets(heads, max_size=8), st.randoms(use_true_random=False)
)
def test_longest_matches_do_not_depend_on_the_order_of_codes(codes, prefixes, shuffler):
    # Enough codes that they are not looked up one by one, some of them under a prefix.
    codes = [*codes, *(prefix.ljust(10, "5") for prefix in prefixes), *(f"{n:010d}" for n in range(70))]
    shuffler.shuffle(codes)
    mixed = np.array(codes)
    order = np.argsort(mixed)
    found = match_length(mixed, prefixes)
    assert np.array_equal(match_length(mixed[order], prefixes), found[order])
    for code, length in zip(codes, found.tolist(), strict=True):
        assert length == max((len(p) for p in prefixes if code.startswith(p)), default=-1)
