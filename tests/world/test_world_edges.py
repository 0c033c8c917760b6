"""Worlds as people make them: refused in five parts, or accepted, and then checked, described and solved."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr  # noqa: TC002  (the tests make data sets)

import detente as dt
from detente.errors import DetenteError, InputError, WorldError
from detente.world import World
from detente.world.io.layout import JSON_LISTS, JSON_MAPPINGS, LAYOUT, OPTIONAL, REQUIRED
from world.toy_worlds import make_toy

DIMS = ("sector", "input", "importer", "exporter", "economy")


def toy() -> xr.Dataset:
    """The data of a small world, free to be changed."""
    return make_toy(3, 3, 2, 0.3).data.copy(deep=True)


def changed(name: str, change) -> xr.Dataset:
    """The data with one variable changed."""
    data = toy()
    values = np.array(data[name].to_numpy(), dtype=np.float64)
    return data.assign({name: (LAYOUT[name], change(values))})


def first_cell(value: float):
    """Put a value in the first cell."""

    def change(values: np.ndarray) -> np.ndarray:
        values.flat[0] = value
        return values

    return change


CASES = {
    **{f"{name} missing": lambda name=name: toy().drop_vars(name) for name in LAYOUT},
    **{f"{name} not a number": lambda name=name: changed(name, first_cell(np.nan)) for name in LAYOUT},
    **{f"{name} infinite": lambda name=name: changed(name, first_cell(np.inf)) for name in LAYOUT},
    **{f"{name} of the wrong sign": lambda name=name: changed(name, lambda x: -x - 1) for name in LAYOUT},
    **{f"{name} far too large": lambda name=name: changed(name, lambda x: x * 1e3 + 99) for name in LAYOUT},
    **{f"{name} words": lambda name=name: toy().assign({name: toy()[name].astype(str)}) for name in LAYOUT},
    **{
        f"{name} transposed": lambda name=name: toy().assign(
            {name: toy()[name].transpose(*LAYOUT[name][::-1])}
        )
        for name in LAYOUT
        if len(LAYOUT[name]) > 1
    },
    **{
        f"{name} over another dimension": lambda name=name: toy().assign(
            {name: (("other", *LAYOUT[name][1:]), toy()[name].to_numpy())}
        )
        for name in LAYOUT
    },
    **{f"{dim} labels missing": lambda dim=dim: toy().drop_vars(dim) for dim in DIMS},
    **{
        f"{dim} labels in another order": lambda dim=dim: toy().assign_coords(
            {dim: toy()[dim].to_numpy()[::-1]}
        )
        for dim in DIMS
    },
    **{
        f"{dim} rows in another order": lambda dim=dim: toy().isel({dim: slice(None, None, -1)})
        for dim in DIMS
    },
    **{
        f"{dim} labels twice": lambda dim=dim: toy().assign_coords({dim: ["a"] * toy().sizes[dim]})
        for dim in DIMS
    },
    **{f"{dim} one short": lambda dim=dim: toy().isel({dim: slice(1, None)}) for dim in DIMS},
    **{
        f"attribute {name} missing": lambda name=name: _without(name)
        for name in (*REQUIRED, *JSON_LISTS, *JSON_MAPPINGS, "variant", "tolerance")
    },
    **{
        f"attribute {name} of another kind": lambda name=name: toy().assign_attrs({name: "{not json"})
        for name in ("year", "tolerance", *JSON_LISTS, *JSON_MAPPINGS)
    },
    "an unknown variable": lambda: toy().assign(more=(("sector",), np.zeros(2))),
    "no data set": lambda: {"theta": [4.0]},
    "nothing": lambda: None,
    "as it should be": toy,
}
ACCEPTED = {"as it should be", *(f"{name} missing" for name in OPTIONAL)}
ACCEPTED |= {f"attribute {name} missing" for name in (*JSON_LISTS, *JSON_MAPPINGS, "variant", "tolerance")}


def _relabelled(dim: str) -> xr.Dataset:
    data = toy()
    return data.assign_coords({dim: data[dim].to_numpy()[::-1]})


def _without(attribute: str) -> xr.Dataset:
    data = toy()
    del data.attrs[attribute]
    return data


def used(data: object) -> None:
    """Everything a person does first with a world."""
    world = World(data)
    world.check()
    assert world.name in world.summary()
    assert len(world.hash) == 64
    shock = dt.Shock(tariff=dt.raise_tariff(world.baseline(), 0.1, importer="E0", exporter="E1"))
    assert dt.solve(world.baseline(), shock).converged


def problem_of(data: object) -> DetenteError | None:
    """Why a world cannot be used; None where everything works."""
    try:
        used(data)
    except DetenteError as refused:
        return refused
    return None


@pytest.mark.parametrize("case", CASES)
def test_a_world_is_refused_in_five_parts_or_everything_works(case: str):
    data = CASES[case]()
    if case in ACCEPTED:
        used(data)
        return
    refused = problem_of(data)
    if refused is not None:
        for part in (refused.what, refused.found, refused.repair):
            assert str(part).strip(), refused


@pytest.mark.parametrize("case", CASES)
def test_no_number_comes_out_of_values_without_meaning(case: str):
    refused = problem_of(CASES[case]())
    unbalanced = ("add up", "inputs bought", "spending does not")
    if refused is not None and not any(words in str(refused) for words in unbalanced):
        with pytest.raises(WorldError):
            World(CASES[case]()).baseline()


@pytest.mark.parametrize("theta", [-4.0, 0.0, np.nan, np.inf])
def test_a_baseline_with_elasticities_of_the_wrong_sign_is_refused(theta: float):
    base = make_toy(3, 3, 2).baseline()
    with pytest.raises(WorldError, match="not positive") as refused:
        dt.Baseline(**{**vars(base), "theta": np.array([4.0, theta])})
    assert "s1" in refused.value.found
    assert refused.value.repair


@pytest.mark.parametrize("points", [25, -25, 100.0, np.nan, np.inf, "0.1", None])
def test_points_that_are_percent_or_no_number_are_refused(points: object):
    base = make_toy(3, 3, 2).baseline()
    with pytest.raises(InputError, match="fraction") as refused:
        dt.raise_tariff(base, points, importer="E0")
    assert " % as " in refused.value.repair
    if points == 25:
        assert refused.value.repair == "write 25 % as 0.25"


def test_groups_are_known_and_labels_nobody_knows_refused_with_what_is_known():
    world = dt.load_world("wiod2011")
    base = world.baseline()
    eq = dt.solve(base, dt.Shock())
    calls = (
        lambda name: dt.raise_tariff(base, 0.1, importer=name),
        lambda name: dt.raise_tariff(base, 0.1, importer="USA", exporter=name),
        lambda name: eq.group([name]),
        eq.group,
    )
    for call in calls:
        assert np.size(call("EU")) > 0
        with pytest.raises(InputError, match=r"(?s)CHM.*did you mean CHN"):
            call("CHM")
    with pytest.raises(WorldError, match="unknown label"):
        world.aggregate(economies={"bloc": ["CHM"]})
    with pytest.raises(InputError):
        eq.group([])


def test_a_table_or_chart_of_what_has_none_is_refused():
    eq = dt.solve(make_toy(3, 3, 2).baseline(), dt.Shock())
    for thing in (eq, None, {}):
        with pytest.raises(InputError, match="not the outcome of a study"):
            dt.table(thing)
    for thing in (None, {}, 1.0):
        with pytest.raises(InputError, match="nothing is drawn of this"):
            dt.chart(thing)


def test_an_equilibrium_without_a_shock_is_drawn_as_one_in_which_nobody_moves():
    """Of a toy world whose economies have made-up names."""
    world = make_toy(3, 3, 2).baseline()
    item = dt.chart(dt.solve(world, dt.Shock()))
    assert item.title.startswith("0 of 3 economies gain, 0 lose")
    assert [row["name"] for row in item.rows] == list(world.economies)
