"""Speed of the strategy room, on the embedded world: `pytest benchmarks/test_games_speed.py`."""

from __future__ import annotations

import pytest

from detente.games import (
    Player,
    RealIncome,
    Seat,
    find_nash,
    is_nash,
    make_arena,
    make_instruments,
    optimal_tariffs,
)
from detente.geography.economies import members
from detente.policy.strategy.actions import payoff_matrix
from detente.policy.strategy.game_file import load_game
from detente.policy.strategy.game_setting import open_game_setting
from detente.world import load_world
from detente.world.sectors import read_sectors

SEVEN = ("USA", "CHN", "EU", "JPN", "KOR", "MEX", "CAN")


@pytest.fixture(scope="module")
def base():
    return load_world("icio2022").baseline()


@pytest.fixture(scope="module")
def goods():
    return [row.code for row in read_sectors("icio49") if row.goods]


def seats_of(base, goods, names, by):
    players = [Player(name, members("EU") if name == "EU" else ()) for name in names]
    seats = []
    for player in players:
        partners = [label for other in players if other is not player for label in other.economies]
        own = make_instruments(base, player, partners=partners, by=by, sectors=goods)
        seats.append(Seat(own, RealIncome(player.economies)))
    return seats


def test_optimal_tariffs_of_the_united_states_by_partner_and_industry(benchmark, base, goods):
    """About 2,000 instruments; at most 30 s on two idle cores."""
    found = benchmark.pedantic(
        optimal_tariffs, (base, "USA"), {"by": "both", "sectors": goods, "starts": ("status quo",)}, rounds=1
    )
    assert len(found.instruments) > 1900
    assert found.first_order < 1e-6


def test_nash_of_two_players_by_industry(benchmark, base, goods):
    """Three starts, path and certificate included; at most 10 s."""
    arena, seats = make_arena(base), seats_of(base, goods, ("USA", "CHN"), "sector")

    def play():
        search = find_nash(arena, seats)
        return is_nash(arena, seats, search.candidates[0].levels)

    assert benchmark.pedantic(play, rounds=1).is_nash


def test_nash_of_seven_players_by_partner(benchmark, base, goods):
    """The same for seven; at most 60 s."""
    arena, seats = make_arena(base), seats_of(base, goods, SEVEN, "partner")

    def play():
        search = find_nash(arena, seats)
        return is_nash(arena, seats, search.candidates[0].levels)

    assert benchmark.pedantic(play, rounds=1).is_nash


def test_payoff_matrix_of_five_by_five(benchmark):
    """Duties worked out from the ledger, 25 audited solves; at most 3 s with the study open."""
    board, game = open_game_setting(), load_game("kuala-lumpur")
    found = benchmark.pedantic(payoff_matrix, (board, game), rounds=1)
    assert found.game.failed == []
