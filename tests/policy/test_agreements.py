"""Agreements on the law: cuts are those of the model, gains add up, what was signed is a solve of its own, refusals."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest
from rich.console import Console

from detente.errors import InputError
from detente.model import solve
from detente.policy.results import Options
from detente.policy.strategy.agreements import _law, _shock, agreements_file, play_agreements
from detente.policy.strategy.document import strategy_document
from detente.policy.strategy.fragility.answers import Draws
from detente.policy.strategy.game_setting import find_player, open_game_setting
from detente.policy.strategy.tariffs import Choice, play_optimal
from detente.render import render_strategy

# Real income in percent, from solves to 1e-12 and to the usual step.
PERCENT = 1e-6


@pytest.fixture(scope="module")
def board():
    return open_game_setting(options=Options(world="wiod2011"))


@pytest.fixture(scope="module")
def found(board):
    return play_agreements(board, ["USA", "KOR", "EU"], draws=Draws(1))


def test_gains_and_losses_are_those_of_single_solves(board, found):
    plan = agreements_file()
    shock = _shock(board, _law(plan.on, plan.known_on))
    tariff = np.array(shock.tariff)
    places = {name: find_player(board, name).economies for name in ("USA", "KOR", "EU")}
    inside = {label for labels in places.values() for label in labels}
    where = {name: [board.base.economies.index(x) for x in labels] for name, labels in places.items()}
    goods = np.isin(board.base.sectors, board.goods())
    for row in found["agreements"]:
        pair = ("USA", row["partner"])
        for a, b in (pair, pair[::-1]):
            cells = np.ix_(np.flatnonzero(goods), where[a], where[b])
            tariff[cells] *= 1 - row["cut"][a]
    terms = vars(board.options.terms(board.run.spec))
    eq = solve(board.base, dataclasses.replace(shock, tariff=tariff), **terms)
    none = solve(board.base, shock, **terms)
    change = eq.real_income_pct - none.real_income_pct
    assert found["together_pct"]["USA"] == pytest.approx(float(change["USA"]), abs=PERCENT)
    assert found["together_pct"]["KOR"] == pytest.approx(float(change["KOR"]), abs=PERCENT)
    others = {x: float(change[x]) for x in board.base.economies if x not in inside and x != "ROW"}
    assert found["left_out"]["lose"] == sum(value < -1e-9 for value in others.values())
    worst = min(others, key=others.get)
    if others[worst] < 0:
        assert found["left_out"]["most_lost_pct"][worst] == pytest.approx(others[worst], abs=PERCENT)


def test_both_gain_where_both_sign_and_nothing_tried_is_better(found):
    assert found["largest_gain"] <= 1e-6
    for row in found["agreements"]:
        assert row["signed"]
        assert min(row["gain_pct"].values()) > 0
        for side, before in row["tariff_before"].items():
            assert row["tariff_agreed"][side] == pytest.approx(before * (1 - row["cut"][side]), abs=1e-12)
        assert row["verdict"]["p_both"] in {0.0, 1.0}


def test_an_hub_keeps_no_tariff_above_its_best(board, found):
    """A cut goes at least to the tariff that is best for the hub alone, if that lies below what it would charge."""
    row = next(item for item in found["agreements"] if item["partner"] == "EU")
    best = play_optimal(board, "USA", against=("EU",), choice=Choice(under="baseline"))["tariffs"]["USA"][
        "mean"
    ]
    if best < row["tariff_before"]["USA"]:
        assert row["tariff_agreed"]["USA"] < best + 0.01


def test_what_was_signed_is_nothing_where_the_law_is_the_same(board):
    """With the same law after as without an agreement, nothing was gained."""
    day = dt.date(2024, 12, 31)
    found = play_agreements(board, ["USA", "KOR"], before=day, told=day, after=day, draws=Draws(0))
    row = found["agreements"][0]
    assert row["after_gain_pct"] == pytest.approx({"USA": 0.0, "KOR": 0.0}, abs=PERCENT)
    assert row["tariff_after"] == pytest.approx(row["tariff_before"], abs=1e-12)
    assert row["verdict"] is None
    console = Console(record=True, width=150)
    render_strategy(strategy_document(board, found, command="detente play agreements USA KOR"), console)
    text = console.export_text()
    assert "South Korea, none" in text
    assert "South Korea: " not in text


@pytest.mark.parametrize("players", [["USA"], ["USA", "USA"], ["USA", "EU", "DEU"]])
def test_no_economy_sits_on_two_sides(board, players):
    with pytest.raises(InputError, match="not a hub and its partners") as caught:
        play_agreements(board, players)
    assert caught.value.repair
