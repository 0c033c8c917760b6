"""Queue, shelf, tables, numbers and maps: fair turns, bounded memory, safe cells, a scale centred on zero."""

from __future__ import annotations

import csv
import io
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.render.drawing.maps import scale_of, shapes, world_map
from detente.render.spreadsheet import FORMULA, cell, sheet
from detente.web.cache import Shelf
from detente.web.job_queue import BusyError, Turns


def blocked(turns):
    """A queue whose worker waits until it is let go."""
    gate = threading.Event()
    started = threading.Event()

    def wait():
        started.set()
        gate.wait(5)

    turns.ask("first", wait)
    started.wait(5)
    return gate


def test_turns_are_taken_by_client_however_much_one_asks_for():
    turns = Turns(waiting=20, per_client=10)
    gate = blocked(turns)
    order: list[str] = []
    futures = [turns.ask("greedy", lambda k=k: order.append(f"greedy {k}")) for k in range(5)]
    futures += [
        turns.ask("modest", lambda: order.append("modest")),
        turns.ask("other", lambda: order.append("other")),
    ]
    gate.set()
    for future in futures:
        future.result(5)
    assert order[:3] == ["greedy 0", "modest", "other"]
    assert order[3:] == [f"greedy {k}" for k in range(1, 5)]
    turns.close()


def test_a_full_queue_says_busy_and_when_to_come_back():
    turns = Turns(waiting=3, per_client=2)
    gate = blocked(turns)
    futures = [turns.ask("a", lambda: 1), turns.ask("a", lambda: 2)]
    with pytest.raises(BusyError) as refusal:
        turns.ask("a", lambda: 3)
    assert refusal.value.seconds >= 1
    futures.append(turns.ask("b", lambda: 4))
    with pytest.raises(BusyError, match="ask again in"):
        turns.ask("c", lambda: 5)
    gate.set()
    assert [future.result(5) for future in futures] == [1, 2, 4]
    turns.close()


def test_the_same_work_is_done_once():
    turns = Turns(waiting=5, per_client=5)
    gate = blocked(turns)
    done: list[int] = []
    futures = [turns.ask(who, lambda: done.append(1), key="same") for who in ("a", "b", "c")]
    gate.set()
    for future in futures:
        future.result(5)
    assert done == [1]
    turns.close()


def test_work_that_waited_too_long_is_dropped_and_errors_reach_who_asked():
    turns = Turns(waiting=5, per_client=5)
    gate = blocked(turns)
    late = turns.ask("a", lambda: 1, patience=0.01)
    wrong = turns.ask("b", lambda: 1 / 0)
    time.sleep(0.05)
    gate.set()
    with pytest.raises(BusyError):
        late.result(5)
    with pytest.raises(ZeroDivisionError):
        wrong.result(5)
    assert turns.ask("a", lambda: "after").result(5) == "after"
    turns.close()


def test_the_newest_question_of_a_slider_takes_the_place_of_older_ones():
    turns = Turns(waiting=9, per_client=2)
    gate = blocked(turns)
    other = turns.ask("b", lambda: "other", newest=True)
    kept = turns.ask("a", lambda: "kept")
    old = [turns.ask("a", lambda k=k: k, key=k, newest=True) for k in range(6)]
    gate.set()
    assert old[-1].result(5) == 5
    assert [future.cancelled() for future in old] == [True] * 5 + [False]
    assert (kept.result(5), other.result(5)) == ("kept", "other")
    turns.close()


def test_moving_on_takes_no_answer_from_others_who_wait_for_it():
    turns = Turns(waiting=9, per_client=4)
    gate = blocked(turns)
    shared = turns.ask("a", lambda: "shared", key="same", newest=True)
    assert turns.ask("b", lambda: "again", key="same", newest=True) is shared
    own = turns.ask("a", lambda: "moved on", key="other", newest=True)
    last = turns.ask("b", lambda: "too", key="other", newest=True)
    assert shared.cancelled()
    assert last is own
    third = turns.ask("a", lambda: "third", key="third", newest=True)
    gate.set()
    assert (own.result(5), third.result(5)) == ("moved on", "third")
    turns.close()


def test_asking_again_keeps_the_place_in_the_queue():
    turns = Turns(waiting=9, per_client=2)
    gate = blocked(turns)
    first = turns.ask("a", lambda: "first", key="same", newest=True)
    turns.ask("b", lambda: "b", newest=True)
    assert turns.ask("a", lambda: "again", key="same", newest=True) is first
    gate.set()
    assert first.result(5) == "first"
    turns.close()


def test_closing_cancels_what_waits():
    turns = Turns(waiting=5, per_client=5)
    gate = blocked(turns)
    future = turns.ask("a", lambda: 1)
    gate.set()
    turns.close()
    assert future.cancelled() or future.result(1) == 1


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 40)), max_size=60))
@settings(max_examples=60, deadline=None)
def test_a_shelf_never_holds_more_than_it_may(items):
    shelf = Shelf(100)
    for key, size in items:
        shelf.put(key, f"value {key}", size)
        assert shelf.held <= 100
        assert shelf.held == sum(size for _, size in shelf._kept.values())


def test_a_shelf_drops_what_was_longest_unused_and_never_keeps_what_is_too_large():
    shelf = Shelf(100)
    for key in "abcd":
        shelf.put(key, key, 25)
    shelf.get("a")
    shelf.put("e", "e", 25)
    assert shelf.get("a") == "a"
    assert shelf.get("b") is None
    shelf.put("large", "large", 26)
    assert shelf.get("large") is None


def test_a_value_many_ask_for_is_made_once():
    shelf, made = Shelf(1000), []

    def make():
        time.sleep(0.02)
        made.append(1)
        return "value"

    threads = [threading.Thread(target=lambda: shelf.once("key", make, len)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]
    assert shelf.get("key") == "value"


@given(st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_no_cell_starts_a_formula_and_nothing_is_lost(text):
    found = cell(text)
    assert not found.startswith(FORMULA)
    assert found in {text, "'" + text}


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "a": st.text(alphabet=st.characters(exclude_characters="\r\x00", exclude_categories=["Cs"])),
                "b": st.floats(allow_nan=False),
            }
        ),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=60, deadline=None)
def test_a_sheet_reads_back(rows):
    read = list(csv.DictReader(io.StringIO(sheet(rows), newline="")))
    assert [row["a"].removeprefix("'") for row in read] == [row["a"].removeprefix("'") for row in rows]
    assert [float(row["b"]) for row in read] == [row["b"] for row in rows]


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_known_attacks_are_text(text):
    assert sheet([{"a": text}]).splitlines()[1].lstrip('"').startswith("'")


@given(st.dictionaries(st.text(min_size=1), st.floats(-50, 50), max_size=30))
@settings(max_examples=80, deadline=None)
def test_the_scale_of_a_map_is_centred_on_zero(values):
    scale = scale_of(values)
    assert list(scale.edges) == sorted(scale.edges)
    assert [-edge for edge in reversed(scale.edges)] == list(scale.edges)
    assert scale.colour(0.0) == scale.colours[3]
    assert scale.colour(-1e9) == scale.colours[0]
    assert scale.colour(1e9) == scale.colours[-1]
    assert len(scale.labels) == len(scale.colours)


def test_a_map_colours_by_value_and_hatches_what_it_does_not_know():
    svg = world_map({"USA": 1.0, "CHN": -1.0, "SGP": 0.0}, unit="%", title='<"&')
    scale = scale_of({"USA": 1.0, "CHN": -1.0, "SGP": 0.0})
    assert f'fill="{scale.colour(1.0)}" d=' in svg
    assert "<title>United States: +1.000 %</title>" in svg
    assert "<title>Brazil: no data</title>" in svg
    assert 'fill="url(#none)"' in svg
    assert '<title>&lt;"&amp;</title>' in svg
    assert "<circle" in svg


def test_the_shapes_hold_the_small_economies():
    codes = {area["code"] for area in shapes()["areas"]} | {dot["code"] for dot in shapes()["dots"]}
    assert {"SGP", "HKG", "MLT", "LUX", "BRN", "CYP", "USA", "CHN", "TWN", "XKX"} <= codes
