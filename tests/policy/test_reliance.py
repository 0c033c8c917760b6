"""Reliance: the rounds of inputs against a Leontief inverse, cut-offs against closed forms and each other."""

from __future__ import annotations

import numpy as np
import pytest

from detente.errors import InputError
from detente.games import Player
from detente.policy.strategy.game_setting import open_game_setting
from detente.policy.strategy.reliance import cut_equilibrium, direct, look_through, reliance, requirements
from model.at_random import random_baseline

# Rounds are added until none is larger than 1e-12.
ROUNDS = 1e-9


@pytest.fixture(scope="module")
def board():
    return open_game_setting()


@pytest.fixture(scope="module")
def found(board):
    return reliance(board, "CHN", "USA", by_sector=False)


def test_rounds_of_inputs_are_the_leontief_inverse():
    base = random_baseline(2)
    J, N = base.output.shape
    origin = base.pi / (1 + base.tariff)
    technology = np.einsum("kni,kjn->kijn", origin, base.io).reshape(J * N, J * N)
    inverse = np.linalg.inv(np.eye(J * N) - technology).reshape(J, N, J, N)
    first, every = requirements(base, 1, np.arange(J))
    unit = np.zeros((J, N, J, N))
    unit[np.arange(J)[:, None], np.arange(N), np.arange(J)[:, None], np.arange(N)] = 1
    assert np.abs(first - technology.reshape(J, N, J, N)[:, :, :, 1]).max() < 1e-12
    assert np.abs(every - (inverse - unit)[:, :, :, 1]).max() < ROUNDS


def test_direct_shares_by_hand():
    base = random_baseline(2)
    first, second = base.economies[:2]
    row = direct(base, Player(first), Player(second), base.sectors)
    flows = base.flows
    imports = flows[:, 0].sum() - flows[:, 0, 0].sum()
    assert row["import_share"] == pytest.approx(flows[:, 0, 1].sum() / imports)
    assert row["use_share"] == pytest.approx(flows[:, 0, 1].sum() / flows[:, 0].sum())
    exports = flows[:, :, 0].sum() - flows[:, 0, 0].sum()
    assert row["export_share"] == pytest.approx(flows[:, 1, 0].sum() / exports)
    assert 1 / (len(base.economies) - 1) - 1e-12 <= row["concentration"] <= 1


def test_shares_of_all_sources_add_up_to_one():
    base = random_baseline(2)
    user = Player(base.economies[0])
    parts = [look_through(base, user, Player(source), base.sectors) for source in base.economies]
    for key in ("face_value", "look_through"):
        assert sum(part[key] for part in parts) == pytest.approx(1, abs=1e-9)


def test_american_reliance_on_china_is_larger_than_it_looks(found):
    """Baldwin, Freeman and Theodorakopoulos (2023): look-through exposure is a multiple of face value."""
    row = found["look_through"]["USA on CHN"]
    assert row["hidden"] > 2
    assert row["look_through"] > found["look_through"]["CHN on USA"]["look_through"]


def test_cut_offs_cost_more_in_the_short_run_and_are_mirrored(board, found):
    short, long = found["cutoff"]["short"], found["cutoff"]["long"]
    for side in ("CHN", "USA"):
        assert short["loss_pct"][side] > long["loss_pct"][side] > 0
    assert short["leverage"]["CHN"] == pytest.approx(1 / short["leverage"]["USA"])
    other = reliance(board, "USA", "CHN", by_sector=False)
    assert other["cutoff"]["long"]["loss_pct"]["USA"] == pytest.approx(long["loss_pct"]["USA"], abs=1e-9)


def test_nothing_is_traded_after_a_cut_off(board):
    pair = (Player("CHN"), Player("USA"))
    eq = cut_equilibrium(board, board.base, pair, "long")
    i, n = (board.base.economies.index(label) for label in ("CHN", "USA"))
    assert eq.converged
    assert eq.flows[:, n, i].sum() == eq.flows[:, i, n].sum() == 0


@pytest.mark.slow
def test_by_industry_and_at_a_scenario(board):
    found = reliance(board, "CHN", "USA", at="truce")
    assert (
        found["cutoff"]["long"]["loss_pct"]["CHN"]
        < reliance(board, "CHN", "USA", by_sector=False)["cutoff"]["long"]["loss_pct"]["CHN"]
    )
    listed = [row["sector"] for row in found["by_sector"]]
    assert set(listed) <= set(board.goods())
    assert listed[0] == "C26"
    assert all(row[run]["status"] == "converged" for row in found["by_sector"] for run in ("short", "long"))


def test_an_economy_does_not_rely_on_itself(board):
    with pytest.raises(InputError, match="between two different economies"):
        reliance(board, "DEU", "EU")
