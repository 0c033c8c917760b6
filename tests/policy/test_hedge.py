"""The hedge: duties inside a bloc read back from the baseline, and what they are worth."""

from __future__ import annotations

import numpy as np
import pytest

from detente.errors import InputError
from detente.policy.strategy.game_setting import open_game_setting
from detente.policy.strategy.hedge import find_bloc, hedge
from detente.policy.strategy.preferences import duties_inside, duty_shares, food_rows, ordinary_duties

# Baseline tariffs are stored in single precision.
STORED = 1e-6


@pytest.fixture(scope="module")
def board():
    return open_game_setting()


@pytest.fixture(scope="module")
def members(board):
    return find_bloc(board, "RCEP", "truce")[1]


@pytest.fixture(scope="module")
def found(board):
    return hedge(board, "RCEP", under="truce")


def test_ordinary_duties_times_shares_give_the_baseline_back(board, members):
    """The margins are read out of the world: every pair of the bloc pays its share of the ordinary duty."""
    shares = duty_shares(board.base.economies)
    predicted = ordinary_duties(board, shares)[:, :, None] * shares[food_rows(board)]
    where = np.array([board.base.economies.index(label) for label in members])
    goods = np.isin(board.base.sectors, board.goods())
    gap = np.abs(predicted - board.base.tariff)[np.ix_(goods, where, where)]
    gap[:, np.arange(len(where)), np.arange(len(where))] = 0
    assert gap.max() < STORED


def test_regimes_move_duties_inside_the_bloc_only(board, members):
    base = board.base.tariff
    where = [board.base.economies.index(label) for label in members]
    inside = np.zeros(base.shape, dtype=bool)
    inside[:, np.array(where)[:, None], np.array(where)] = True
    ordinary = duties_inside(board, members, "ordinary")
    without = duties_inside(board, members, "without", agreements=("rcep",))
    zero = duties_inside(board, members, "zero")
    for regime in (ordinary, without, zero):
        assert np.array_equal(regime[~inside], base[~inside])
    assert (zero <= base).all()
    assert (base <= without + STORED).all()
    assert (without <= ordinary + STORED).all()
    jpn, chn, vnm = (board.base.economies.index(label) for label in ("JPN", "CHN", "VNM"))
    assert without[:, jpn, chn] == pytest.approx(ordinary[:, jpn, chn], abs=STORED)
    assert np.array_equal(without[:, vnm, chn], base[:, vnm, chn])
    assert zero[:, where, where].sum() == 0
    assert np.array_equal(duties_inside(board, members, "as they are"), base)


def test_rcep_offsets_a_part_of_the_loss_and_korea_gains_most_from_deepening(found):
    rows = {row["economy"]: row for row in found["members"]}
    assert {"JPN", "KOR", "CHN", "VNM", "AUS"} <= set(rows)
    assert 0 < found["total"]["offset_share"] < 1
    assert found["total"]["loss_deepened"] < found["total"]["loss_with"] < found["total"]["loss_without"]
    assert found["total"]["gdp_share"] == pytest.approx(0.29, abs=0.02)
    assert found["gains_most"] == max(rows, key=lambda label: rows[label]["gain_from_deepening"])


def test_the_numbers_are_those_of_the_scenario_and_add_up(board, found):
    eq = board.solved("truce")
    for row in found["members"]:
        assert row["loss_with"] == pytest.approx(-float(eq.real_income_pct[row["economy"]]), abs=1e-6)
        assert row["worth_under"] == pytest.approx(row["loss_without"] - row["loss_with"], abs=1e-12)
        assert row["hedge_pct"] == pytest.approx(row["worth_under"] - row["worth_before"], abs=1e-12)
        if row["offset_share"] is not None:
            assert row["offset_share"] == pytest.approx(row["worth_under"] / row["loss_without"], abs=1e-9)


def test_a_list_of_economies_and_bad_blocs(board):
    name, members = find_bloc(board, "China, Japan,KOR", "truce")
    assert name == "CHN+JPN+KOR"
    assert sorted(members) == ["CHN", "JPN", "KOR"]
    with pytest.raises(InputError, match="at least two members") as caught:
        hedge(board, "CHN")
    assert "RCEP" in caught.value.allowed
    with pytest.raises(InputError, match="unknown regime"):
        duties_inside(board, members, "without", agreements=("atlantis",))
