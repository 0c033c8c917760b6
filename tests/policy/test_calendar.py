"""Games over a calendar on solved cells: what a calendar with one date must give, and what files are refused."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from detente.errors import StudyError
from detente.model import elasticity_ratio
from detente.policy.strategy.calendar import flows_by_age, play_calendar
from detente.policy.strategy.calendar_file import built_in_calendars, load_calendar
from detente.policy.strategy.game_setting import open_game_setting

SAME = 1e-9

FILE = """
id: small
game: november-2026
title: One date
start: {USA: extend, CHN: extend}
since: "2025-11-10"
dates:
  - {on: "2026-11-10", label: the end, moves: [[USA, CHN]], source: test}
until: "2027-11-10"
breakdown: {USA: lapse, CHN: lapse}
horizons: [1]
renewals: [6]
assumptions:
  - {name: discount_year, value: 1.0, why: none, source: test}
  - {name: hazard_year, value: 0.0, why: none, source: test}
"""


@pytest.fixture(scope="module")
def board():
    return open_game_setting("kuala-lumpur")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("calendars") / "small.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def once(board, small):
    return play_calendar(board, small)


@pytest.fixture(scope="module")
def game():
    return dt.payoffs("november-2026", horizon=1.0, draws=0)


def test_one_date_without_time_is_the_game_itself(once, game):
    """A year counted in full at one horizon: values are the payoffs, and what is done is an equilibrium of the game."""
    cells = {(row["USA"], row["CHN"]): row["payoff"] for row in game.payoffs}
    (course,) = once["dates"][0]["course"]
    done = course["actions"]["USA"], course["actions"]["CHN"]
    assert {"USA": done[0], "CHN": done[1]} in game.equilibria["pure"]
    for key, profile in (
        ("value_pct", done),
        ("kept_pct", ("extend", "extend")),
        ("broken_pct", ("lapse", "lapse")),
    ):
        for side in ("USA", "CHN"):
            assert once[key][side] == pytest.approx(cells[profile][side], abs=SAME)


def test_threats_on_the_only_date_are_those_of_the_game(once, game):
    held = {item["threat"]: item for item in game.credible}
    for item in once["dates"][0]["threats"]:
        assert item["credible"] == held[item["threat"]]["credible"]
        assert item["gain_pct"] == pytest.approx(held[item["threat"]]["gain_pct"], abs=1e-6)
        for key in ("harm_pct", "worth_yielding_pct"):
            assert item[key] == pytest.approx(held[item["threat"]][key], abs=1e-6)


def test_half_a_year_of_the_agreement_is_half_of_it(once):
    (renewal,) = once["renewals"]
    for side in ("USA", "CHN"):
        half = (once["kept_pct"][side] - once["broken_pct"][side]) / 2
        assert renewal["gain_pct"][side] == pytest.approx(half, abs=SAME)


def test_nobody_can_wait_where_there_is_one_date(once):
    assert all(item["option_pct"] == pytest.approx(0, abs=SAME) for item in once["waiting"].values())


def test_payoffs_between_horizons_follow_the_elasticity():
    """At a solved age the solved payoff, between two of them on the line in the elasticity, beyond them the last."""
    rng = np.random.default_rng(2)
    tables = [rng.normal(size=(2, 2, 3)) for _ in range(3)]
    years = (1.0, 3.0, 6.0)
    flows = flows_by_age(tables, years, 120)
    for table, year in zip(tables, years, strict=True):
        assert np.abs(flows[..., int(12 * year)] - table).max() < SAME
    assert np.abs(flows[..., 0] - tables[0]).max() < SAME
    assert np.abs(flows[..., 120] - tables[2]).max() < SAME
    low, high, middle = elasticity_ratio(3.0), elasticity_ratio(6.0), elasticity_ratio(4.0)
    share = (middle - low) / (high - low)
    assert np.abs(flows[..., 48] - (1 - share) * tables[1] - share * tables[2]).max() < SAME


@pytest.mark.slow
@pytest.mark.parametrize("name", built_in_calendars())
def test_the_built_in_calendars(board, name):
    """The course adds up, what is not moved is worth what is kept, and the option to wait is no loss."""
    spec, game = load_calendar(name)
    found = play_calendar(board, name)
    assert [item["on"] for item in found["dates"]] == [day.on.isoformat() for day in spec.dates]
    for item in found["dates"]:
        assert sum(course["chance"] for course in item["course"]) == pytest.approx(1, abs=0.05)
    for side in game.players:
        waiting = found["waiting"][side]
        assert waiting["first_moves"][0]["value_pct"] == pytest.approx(found["value_pct"][side], abs=SAME)
    types = found["types"]
    assert all(0 <= share <= 1 for row in types["credible"].values() for share in row)
    assert len(types["kept"]) == len(spec.dates)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('on: "2026-11-10"', 'on: "2025-01-01"', "days in order"),
        ("start: {USA: extend, CHN: extend}", "start: {USA: extend, CHN: exten}", "an action of each side"),
        ("moves: [[USA, CHN]]", "moves: [[USA, USA]]", "each once at most"),
        ("value: 0.0", "value: 1.5", "discount_year and hazard_year"),
        ("game: november-2026", "game: november", "no such game"),
    ],
)
def test_files_that_cannot_be_played_are_refused(tmp_path, old, new, says):
    path = tmp_path / "bad.yaml"
    assert old in FILE
    path.write_text(FILE.replace(old, new), encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        load_calendar(path)
    assert says in str(caught.value)
