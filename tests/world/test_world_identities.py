"""Identities of worlds and baselines on random worlds, and a world solved by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from detente.errors import WorldError
from detente.world import World, load_world
from detente.world.io.layout import make_dataset
from world.toy_worlds import ATTRIBUTES, make_toy, worlds

# Sums of some hundred doubles of order one.
EXACT = 1e-13
# The same after a division by small sums.
CLOSE = 1e-11
few = settings(max_examples=25, deadline=None)


@few
@given(worlds)
def test_world_random_is_consistent_and_baseline_exact(world: World) -> None:
    world.check()
    assert world.baseline().residual() < EXACT


@few
@given(worlds)
def test_world_flows_come_back_with_and_without_duties(world: World) -> None:
    flows = (world.data["intermediate"] + world.data["final"]).to_numpy()
    free = world.with_variables(tariff=0 * world.data["tariff"]).baseline()
    taxed = world.baseline()
    np.testing.assert_allclose(taxed.flows, flows, rtol=EXACT)
    np.testing.assert_allclose(free.flows, flows, rtol=EXACT)
    np.testing.assert_allclose(taxed.deficit, free.deficit, atol=EXACT * flows.sum())


@few
@given(worlds)
def test_world_duties_on_inputs_leave_value_added_and_return_as_revenue(world: World) -> None:
    free = world.with_variables(tariff=0 * world.data["tariff"]).baseline()
    taxed = world.baseline()
    final_share = world.data["final"].sum(["exporter"]) / (
        world.data["final"] + world.data["intermediate"]
    ).sum(["exporter"])
    duties = (taxed.tariff * taxed.flows).sum(axis=2)
    on_final = (duties * final_share.to_numpy()).sum(axis=0)
    capped = any("cut to" in note for note in taxed.adjustments)
    if not capped:
        np.testing.assert_allclose(taxed.income - free.income, on_final, atol=CLOSE * free.income.max())


@few
@given(worlds)
def test_world_aggregation_commutes(world: World) -> None:
    both = world.aggregate(economies={"G": ["E0", "E1"]}, sectors={"all": list(world.sectors)})
    one = world.aggregate(economies={"G": ["E0", "E1"]}).aggregate(sectors={"all": list(world.sectors)})
    other = world.aggregate(sectors={"all": list(world.sectors)}).aggregate(economies={"G": ["E0", "E1"]})
    both.check()
    for name in ("intermediate", "final", "input_use", "output", "value_added_taxes", "tariff"):
        for way in (one, other):
            np.testing.assert_allclose(way.data[name], both.data[name], rtol=CLOSE, atol=EXACT)
    assert both.baseline().residual() < EXACT
    assert both.baseline().output.sum() == pytest.approx(world.baseline().output.sum(), rel=EXACT)


@few
@given(worlds)
def test_world_aggregation_keeps_duties_between_groups(world: World) -> None:
    merged = world.aggregate(sectors={"all": list(world.sectors)})
    np.testing.assert_allclose(merged.baseline().revenue, world.baseline().revenue, rtol=CLOSE)


def test_world_two_economies_by_hand() -> None:
    """One good; H buys 80 at home and 20 from F at 50 % duty, half of it as inputs; F buys 10 of H."""
    arrays = {
        "intermediate": [[[40.0, 10.0], [5.0, 30.0]]],
        "final": [[[40.0, 10.0], [5.0, 30.0]]],
        "input_use": [[[50.0, 35.0]]],
        "output": [[90.0, 80.0]],
        "value_added_taxes": [[40.0, 45.0]],
        "tariff": [[[0.0, 0.5], [0.0, 0.0]]],
        "theta": [4.0],
    }
    world = World(make_dataset(arrays, economies=["H", "F"], sectors=["x"], attributes=ATTRIBUTES))
    world.check()
    base = world.baseline()
    assert base.spending[0].tolist() == [110.0, 70.0]
    assert base.pi[0, 0].tolist() == pytest.approx([80 / 110, 30 / 110])
    assert base.revenue.tolist() == [10.0, 0.0]
    assert base.deficit.tolist() == [10.0, -10.0]
    # inputs cost 50 x 1.1; duties on them, 5, leave value added of 40
    assert base.io[0, 0].tolist() == pytest.approx([55 / 90, 35 / 80])
    assert base.value_added.tolist() == pytest.approx([35.0, 45.0])
    assert base.income.tolist() == pytest.approx([55.0, 35.0])
    assert base.alpha.tolist() == [[1.0, 1.0]]


def test_world_empty_node_and_unspent_product_get_neutral_values() -> None:
    world = make_toy(1, 3, 2)
    names = ("intermediate", "final", "output", "input_use", "value_added_taxes")
    inter, final, output, use, _ = (world.data[name].to_numpy().copy() for name in names)
    inter[1, :, 2] = final[1, :, 2] = 0.0  # E2 makes no s1
    inter[1, 0, :] = final[1, 0, :] = 0.0  # E0 buys no s1
    use *= 0
    use[:, 0, :] = inter.sum(axis=2)  # and only s0 uses inputs
    output = (inter + final).sum(axis=1)
    changed = world.with_variables(
        intermediate=inter,
        final=final,
        output=output,
        input_use=use,
        value_added_taxes=output - use.sum(axis=0),
    )
    base = changed.baseline()
    assert base.va_share[1, 2] == 1.0
    assert not base.io[:, 1, 2].any()
    assert base.pi[1, 0].tolist() == [1.0, 0.0, 0.0]
    assert base.residual() < EXACT


def test_world_input_share_is_capped_and_listed() -> None:
    world = make_toy(2, 2, 1)
    use = world.data["input_use"].to_numpy()
    output = world.data["output"].to_numpy().copy()
    scale = 0.99 * output[0, 0] / use[0, 0, 0]
    inter = world.data["intermediate"].to_numpy().copy()
    inter[0, 0] *= scale
    base = world.with_variables(intermediate=inter).baseline()
    assert base.va_share.min() >= 0.05 - EXACT
    if (inter.sum(axis=2) > 0.95 * base.output).any():
        assert "cut to 0.95 of output" in base.adjustments[0]


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("final", np.nan, "cells that are not numbers"),
        ("intermediate", -1.0, "negative cells without a reason"),
        ("tariff", 25.0, "baseline tariffs that cannot be"),
        ("theta", 0.0, "elasticities that are not positive"),
        ("output", 999.0, "sales do not add up to output"),
        ("value_added_taxes", 999.0, "costs do not add up to output"),
    ],
)
def test_world_check_names_the_cell(name: str, change: float, message: str) -> None:
    world = make_toy(3, 3, 2)
    values = world.data[name].to_numpy().copy()
    cell = (0, 1, 2)[: values.ndim]
    values[cell] = change
    with pytest.raises(WorldError, match=message) as caught:
        world.with_variables(**{name: values}).check()
    assert caught.value.repair
    assert "s0" in caught.value.found


def test_world_check_refuses_duty_at_home() -> None:
    world = make_toy(3, 3, 2)
    rate = world.data["tariff"].to_numpy().copy()
    rate[0, 1, 1] = 0.1
    with pytest.raises(WorldError, match="cannot be") as caught:
        world.with_variables(tariff=rate).check()
    assert "importer E1, exporter E1" in caught.value.found


def test_world_check_refuses_input_use_that_was_not_bought() -> None:
    world = make_toy(3, 3, 2)
    use = world.data["input_use"].to_numpy().copy()
    moved = 0.5 * use[0, 0, 0]
    use[0, 0, 0] -= moved
    use[1, 0, 0] += moved
    with pytest.raises(WorldError, match="inputs used are not the inputs bought"):
        world.with_variables(input_use=use).check()


def test_world_negative_final_needs_a_reason_and_is_listed() -> None:
    world = make_toy(4, 2, 1)
    final, output = world.data["final"].to_numpy().copy(), world.data["output"].to_numpy().copy()
    output[0, 0] += -1.0 - final[0, 1, 0]
    final[0, 1, 0] = -1.0
    added = output - world.data["input_use"].to_numpy().sum(axis=0)
    changed = world.with_variables(final=final, output=output, value_added_taxes=added)
    with pytest.raises(WorldError, match="negative cells"):
        changed.check()
    allowed = World(changed.data.assign_attrs(negative_allowed='{"final": "inventories"}'))
    allowed.check()
    assert (
        allowed.baseline().adjustments[0] == "negative final demand set to zero: s0 from E0 in E1, -1 USD mn"
    )
    assert allowed.baseline().residual() < EXACT


@pytest.mark.parametrize(
    ("groups", "found"),
    [
        ({"economies": {"G": ["E0", "ZZZ"]}}, "unknown label 'ZZZ'"),
        ({"economies": {"G": ["E0"], "H": ["E0"]}}, "'E0' is in 'G' and 'H'"),
        ({"economies": {"G": []}}, "group 'G' is empty"),
        ({"sectors": {"s1": ["s0"]}}, "names a group and an old label"),
    ],
)
def test_world_aggregate_refuses_bad_groups(groups: dict[str, dict[str, list[str]]], found: str) -> None:
    with pytest.raises(WorldError, match="cannot aggregate") as caught:
        make_toy(5, 3, 2).aggregate(**groups)
    assert found in caught.value.found


def test_world_aggregate_without_groups_changes_nothing() -> None:
    world = load_world("wiod2011")
    assert world.aggregate().economies == world.economies
    np.testing.assert_array_equal(world.aggregate().data["final"], world.data["final"])


def test_world_relabelling_permutes_the_baseline() -> None:
    world = make_toy(6, 4, 3, 0.3)
    order = [2, 0, 3, 1]
    labels = [world.economies[k] for k in order]
    dims = ("importer", "exporter", "economy")
    moved = World(world.data.sel(dict.fromkeys(dims, labels)))
    moved.check()
    np.testing.assert_allclose(moved.baseline().alpha, world.baseline().alpha[:, order], rtol=EXACT)


def test_world_arrays_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        make_toy(7, 2, 1).data["final"].to_numpy()[0, 0, 0] = 1.0
