"""The name of a group stands for its members wherever a sum or a mean over them makes sense."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from detente.errors import InputError, WorldError
from detente.games.instruments import Player
from detente.geography.economies import members, with_members
from detente.world import gdp_share

EU = members("EU")


@pytest.fixture(scope="module")
def world():
    return dt.load_world("wiod2011").aggregate(
        {"rest": ["AUS", "BRA", "CAN", "GBR", "IDN", "IND", "RUS", "TUR"]}
    )


@pytest.fixture(scope="module")
def base(world):
    return world.baseline()


@pytest.fixture(scope="module")
def eq(base):
    return dt.solve(base, dt.Shock(tariff=dt.raise_tariff(base, 0.1, importer="USA", exporter="CHN")))


@pytest.fixture(scope="module")
def listed(world):
    return tuple(economy for economy in world.economies if economy in EU)


def limit(base, label):
    shock = dt.Shock(limits=(dt.Limit("c4", label, "CHN", volume=0.8),))
    return dt.solve(base, shock).real_income_pct.to_numpy()


def target(base, label):
    shock = dt.Shock(targets=(dt.Target("c3", label, "USA", volume=1.1),))
    return dt.solve(base, shock).real_income_pct.to_numpy()


ASKED = {
    "raise_tariff, importer": lambda _w, b, _e, label: dt.raise_tariff(
        b, 0.1, importer=label, exporter="CHN"
    ),
    "raise_tariff, exporter": lambda _w, b, _e, label: dt.raise_tariff(
        b, 0.1, importer="USA", exporter=label
    ),
    "limit": lambda _w, b, _e, label: limit(b, label),
    "target": lambda _w, b, _e, label: target(b, label),
    "eq.group": lambda _w, _b, e, label: list(e.group(label).values()),
    "eq.flow": lambda _w, _b, e, label: e.flow("CHN", label).new,
    "eq.flow, exporter": lambda _w, _b, e, label: e.flow(label, "CHN", "c4").new,
    "world.gdp_share": lambda w, _b, _e, label: w.gdp_share(label),
    "gdp_share": lambda _w, _b, _e, label: gdp_share(label),
    "optimal_tariffs, against": lambda _w, b, _e, label: (
        dt.optimal_tariffs(
            b, "USA", against=[label] if isinstance(label, str) else label, sectors=["c4"]
        ).levels
    ),
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=list(ASKED))
def test_a_group_is_its_members(asked, world, base, eq, listed):
    of_all = EU if asked is ASKED["gdp_share"] else listed
    by_list, by_name = (np.asarray(asked(world, base, eq, given)) for given in (list(of_all), "EU"))
    np.testing.assert_allclose(by_name, by_list, rtol=1e-9, atol=1e-12)
    assert np.any(by_name)
    np.testing.assert_allclose(np.asarray(asked(world, base, eq, "eu")), by_name, rtol=1e-9, atol=1e-12)


def test_real_income_of_a_group_is_weighted_by_spending(base, eq, listed):
    where = [base.economies.index(economy) for economy in listed]
    weight = base.income[where] / base.income[where].sum()
    expected = weight @ eq.real_income_pct.to_numpy()[where]
    assert eq.group("EU")["real_income_pct"] == pytest.approx(expected, rel=1e-6)


def test_a_group_plays_as_one(base, listed):
    by_name, by_list = (
        dt.nash_tariffs(base, ["USA", eu], sectors=["c4"], starts=("status quo",))
        for eu in ("EU", Player("EU", listed))
    )
    assert by_name.equilibria
    for one, other in zip(by_name.equilibria[0].levels, by_list.equilibria[0].levels, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9)


def test_sales_of_a_group_are_added_up():
    world = dt.load_world("icio2022")
    each = sum(world.goods_flow(member, "USA") for member in EU)
    assert world.goods_flow("EU", "USA") == pytest.approx(each, rel=1e-5)


def test_groups_and_economies_may_be_mixed_and_count_once(world, base):
    first = dt.raise_tariff(base, 0.1, importer="CHN", exporter=["EU", "DEU", "USA"])
    second = dt.raise_tariff(base, 0.1, importer="CHN", exporter=["USA", "EU"])
    np.testing.assert_array_equal(first, second)
    assert world.gdp_share(["EU", "DEU"]) == pytest.approx(world.gdp_share("EU"))


def test_a_gradient_of_a_group_is_that_of_its_mean(base, eq, listed):
    where = np.array([base.economies.index(economy) for economy in listed])
    weight = dict(zip(listed, base.income[where] / base.income[where].sum(), strict=True))
    named, spread = eq.gradient("EU"), eq.gradient(weight)
    np.testing.assert_allclose(named.tariff, spread.tariff, rtol=1e-9, atol=1e-14)


def test_where_one_economy_is_wanted_a_group_is_refused_with_its_members(eq):
    with pytest.raises(InputError, match="one economy is wanted") as caught:
        eq.by_sector("EU")
    assert "World.aggregate" in caught.value.repair
    assert "DEU" in caught.value.repair


def test_a_label_of_the_world_goes_before_a_group(listed):
    merged = dt.load_world("wiod2011").aggregate({"EU": "EU", "USMCA": ["CAN", "MEX", "USA"]})
    assert merged.economies.count("EU") == 1
    assert not set(listed) & set(merged.economies)
    assert with_members("EU", merged.economies) == ["EU"]
    assert merged.gdp_share("EU") == pytest.approx(dt.load_world("wiod2011").gdp_share("EU"))


def test_a_group_without_a_member_here_and_a_word_that_is_none_are_refused(base, world):
    with pytest.raises(InputError, match="unknown economy"):
        dt.raise_tariff(base, 0.1, importer="GCC")
    with pytest.raises(WorldError, match="unknown economy"):
        world.gdp_share(["EUR"])
