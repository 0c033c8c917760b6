"""Goods by default wherever a tariff is set: one rule for every function, command and page."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import detente as dt
from detente.errors import InputError
from detente.games import Player, make_instruments
from detente.model import solve, split_sector
from detente.policy.results import Options
from detente.policy.strategy.game_setting import find_player, open_game_setting, tariffs_of
from games.small import symmetric
from model.at_random import random_baseline

WORLDS = ("wiod2011", "icio2022")


def services(base):
    return np.isin(base.sectors, base.services)


@pytest.mark.parametrize("name", WORLDS)
def test_a_world_hands_its_marks_to_its_baseline(name):
    world = dt.load_world(name)
    base = world.baseline()
    marked = [row.code for row in dt.world.sectors.read_sectors(world.classification) if not row.goods]
    assert marked
    assert list(base.services) == marked
    assert set(base.goods) | set(base.services) == set(base.sectors)


def test_marks_survive_what_makes_one_baseline_of_another():
    base = dt.load_world("wiod2011").baseline()
    moved = solve(base, dt.Shock(tariff=dt.raise_tariff(base, 0.1, importer="USA"))).as_baseline()
    assert moved.services == base.services
    assert "part" in split_sector(base, "c1", "part", 0.1).goods
    assert "part" in split_sector(base, base.services[0], "part", 0.1).services
    assert open_game_setting(options=None).base.goods


def test_marks_survive_aggregation_and_a_mixed_industry_is_goods():
    world = dt.load_world("wiod2011")
    base = world.baseline()
    groups = {
        "services": base.services[1:],
        "goods": base.goods[1:],
        "mixed": [base.services[0], base.goods[0]],
    }
    merged = world.aggregate(sectors=groups)
    assert merged.baseline().services == ("services",)
    again = merged.aggregate(sectors={"both": ["services", "goods"]})
    assert again.baseline().services == ()
    assert world.aggregate(economies={"NAFTA": ["USA", "CAN", "MEX"]}).baseline().services == base.services


def setters():
    """Every public function with a `sectors` argument whose default is goods, and those that have none."""
    found = {}
    for name in dt.__all__:
        function = getattr(dt, name)
        if inspect.isfunction(function) and any(word in name for word in ("tariffs", "raise_tariff")):
            found[name] = function
    return found


def test_every_public_function_that_sets_a_tariff_takes_goods_by_default():
    assert set(setters()) == {"optimal_tariffs", "nash_tariffs", "raise_tariff"}
    for name, function in [*setters().items(), ("make_instruments", make_instruments)]:
        assert inspect.signature(function).parameters["sectors"].default == "goods", name


def put(name, base, sectors):
    """Tariffs that a public function leaves the world with, changed cells only."""
    given = {} if sectors is None else {"sectors": sectors}
    if name == "raise_tariff":
        return dt.raise_tariff(base, 0.1, importer="USA", **given) - base.tariff
    if name == "optimal_tariffs":
        found = dt.optimal_tariffs(base, "USA", starts=("status quo",), **given)
        return found.equilibrium.shock.tariff - base.tariff
    found = dt.nash_tariffs(base, ("USA", "CHN"), starts=("status quo",), **given)
    tariff = np.array(base.tariff)
    for seat, levels in zip(found.search.seats, found.equilibria[0].levels, strict=True):
        seat.instruments.put(tariff, levels)
    return tariff - base.tariff


@pytest.mark.parametrize("name", sorted(setters()))
def test_services_are_left_alone_unless_all_is_asked_for(name):
    base = dt.load_world("wiod2011").baseline()
    plain, every = put(name, base, None), put(name, base, "all")
    assert np.array_equal(plain, put(name, base, "goods"))
    assert not plain[services(base)].any()
    assert plain[~services(base)].any()
    assert every[services(base)].any()


def test_the_best_tariff_of_the_united_states_is_on_goods():
    world = dt.load_world("icio2022")
    found = dt.optimal_tariffs(world, "USA", starts=("status quo",))
    assert found.mean == pytest.approx(0.140, abs=5e-4)
    weight = world.baseline().flows[found.instruments.cells]
    rate = found.equilibrium.shock.tariff[found.instruments.cells]
    assert found.mean == pytest.approx(float((weight * rate).sum() / weight.sum()), rel=1e-12)


def test_names_of_sectors_one_or_several():
    base = dt.load_world("wiod2011").baseline()
    usa = Player("USA")
    one, service = base.goods[3], base.services[0]
    for given, wanted in (
        (one, {one}),
        ([one], {one}),
        ((one, service), {one, service}),
        ("goods", set(base.goods)),
        ("all", set(base.sectors)),
        (None, set(base.goods)),
    ):
        own = make_instruments(base, usa, sectors=given)
        assert {base.sectors[j] for j in own.cells[0]} <= wanted
        raised = dt.raise_tariff(base, 0.1, importer="USA", exporter="CHN", sectors=given) > base.tariff
        assert {base.sectors[j] for j in np.flatnonzero(raised.any(axis=(1, 2)))} == wanted
    for function in (
        lambda: make_instruments(base, usa, sectors="gods"),
        lambda: dt.raise_tariff(base, 0.1, importer="USA", sectors="gods"),
        lambda: dt.optimal_tariffs(base, "USA", sectors=["gods"]),
    ):
        with pytest.raises(InputError) as caught:
            function()
        assert caught.value.found == "gods"
        assert "goods, all" in caught.value.allowed
        assert caught.value.repair


def test_a_world_without_marks_has_goods_only():
    for base in (symmetric(), random_baseline(3)):
        assert base.goods == base.sectors
        own = make_instruments(base, Player(base.economies[0]))
        every = make_instruments(base, Player(base.economies[0]), sectors="all")
        assert all(np.array_equal(a, b) for a, b in zip(own.cells, every.cells, strict=True))


@pytest.mark.parametrize("name", WORLDS)
def test_the_players_of_a_study_tax_goods(name):
    board = open_game_setting(options=Options(world=name))
    player = find_player(board, "USA")
    taxed = {}
    for sectors in ("goods", "all"):
        own = tariffs_of(board, player, None, "sector", (0.0, 10.0), sectors=sectors)
        taxed[sectors] = {board.base.sectors[j] for j in own.cells[0]}
    assert taxed["goods"] <= set(board.base.goods) == set(board.goods())
    assert taxed["all"] > taxed["goods"]
    assert taxed["all"] & set(board.base.services)
