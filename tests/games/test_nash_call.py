"""Nash tariffs of a world in one call."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from detente.errors import InputError
from detente.games import Player

# First-order conditions are solved this tightly; payoffs are flatter still.
SETTLED = 1e-7


def test_each_answers_the_other() -> None:
    """At what is found, each tariff is the best answer to the other's, found by the other routine."""
    world = dt.load_world("wiod2011")
    found = dt.nash_tariffs(world, ["USA", "CHN"], starts=("status quo",))
    assert len(found.equilibria) == 1
    ours = dict(zip(("USA", "CHN"), (float(x[0]) for x in found.equilibria[0].levels), strict=True))
    base = world.baseline()
    tariff = base.tariff.copy()
    n, i = base.economies.index("CHN"), base.economies.index("USA")
    traded = (base.flows[:, n, i] > 0) & np.isin(base.sectors, base.goods)
    tariff[traded, n, i] = ours["CHN"]
    answer = dt.optimal_tariffs(
        world, "USA", against=["CHN"], shock=dt.Shock(tariff=tariff), starts=("status quo",)
    )
    assert float(answer.levels[0]) == pytest.approx(ours["USA"], rel=1e-3)
    assert found.equilibria[0].first_order < SETTLED


def test_a_player_alone_is_no_game() -> None:
    with pytest.raises(InputError, match="a player without instruments"):
        dt.nash_tariffs(dt.load_world("wiod2011"), [Player("USA")])
