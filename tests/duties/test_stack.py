"""The kernel on made-up layers: known sums, and laws that hold for any layers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.duties.stack import Layer, ValueSplit, stack_layers

# Sums of a handful of doubles of size about one.
ROUNDING = 1e-12
METALS = "section-232"


def layer(measure, rate, cover=1.0, **how):
    cap = how.pop("cap", None)
    cover = np.atleast_1d(np.asarray(cover, dtype=float))
    return Layer(measure, how.pop("part", "main"), None if cap is not None else rate, cap, cover, **how)


def total(*layers, base=0.0):
    return float(stack_layers(layers, np.array([base])).total[0])


def test_content_split_before_april_2026():
    # 40 % steel content at 50 %, 60 % of the value at a reciprocal 10 %: 0.20 + 0.06.
    steel = layer("steel", 0.5, 0.4, group=METALS)
    rest = layer("reciprocal", 0.1, rest_of=(METALS,))
    assert total(steel, rest) == pytest.approx(0.26, abs=ROUNDING)


def test_two_metals_bear_each_on_its_own_content():
    # 30 % steel, 20 % aluminum, both at 50 %: 0.25; the other half at 10 %: 0.05. A tracker that charges both
    # rates on one content gets 0.50 here.
    steel = layer("steel", 0.5, 0.3, group=METALS)
    aluminum = layer("aluminum", 0.5, 0.2, group=METALS)
    rest = layer("reciprocal", 0.1, rest_of=(METALS,))
    assert total(steel, aluminum, rest) == pytest.approx(0.30, abs=ROUNDING)


def test_a_truck_of_steel_owes_the_truck_duty_alone():
    truck, metal = layer("truck", 0.25, group=METALS), layer("metal", 0.5, group=METALS)
    assert total(truck, metal) == pytest.approx(0.25, abs=ROUNDING)


def test_entry_summary_of_september_2026():
    # CBP Form 7501 quoted in the ledger's sources: 2.9 % base apart, 50 % metals on the full value, 25 % list 3,
    # 12.5 % forced-labour duty displaced by the metals duty.
    metals = layer("metals", 0.5, group=METALS)
    list3 = layer("list3", 0.25)
    forced = layer("forced", 0.125, rest_of=(METALS,))
    assert total(metals, list3, forced) == pytest.approx(0.75, abs=ROUNDING)


def test_floor_is_net_of_the_ordinary_duty():
    assert total(layer("floor", None, cap=0.15), base=0.025) == pytest.approx(0.125, abs=ROUNDING)
    assert total(layer("floor", None, cap=0.15), base=0.32) == 0.0


def test_any_metal_keeps_the_early_reciprocal_duty_off():
    metal = layer("metal", 0.25, [0.3, 0.0], group=METALS)
    rest = layer("reciprocal", 0.1, [1.0, 1.0], untouched_by=(METALS,))
    found = stack_layers([metal, rest], np.zeros(2)).total
    assert found == pytest.approx([0.075, 0.1], abs=ROUNDING)


def test_parts_of_one_measure_never_meet():
    energy = layer("border", 0.10, part="energy")
    everything = layer("border", 0.35, part="main")
    assert total(energy, everything) == pytest.approx(0.10, abs=ROUNDING)


def test_in_lieu_of_takes_the_value_first():
    review, listed = layer("review", 1.0), layer("list", 0.25, replaced_by=("review",))
    assert total(review, listed) == pytest.approx(1.0, abs=ROUNDING)


def test_what_stands_in_lieu_keeps_the_other_off_even_where_it_yields_itself():
    # 40 % metal; the country rate bears on the other 60 %, and the baseline it replaces on nothing.
    metal = layer("metal", 0.5, 0.4, group=METALS)
    country = layer("country", 0.2, rest_of=(METALS,))
    baseline = layer("baseline", 0.1, rest_of=(METALS,), replaced_by=("country",))
    assert total(metal, country, baseline) == pytest.approx(0.4 * 0.5 + 0.6 * 0.2, abs=ROUNDING)


def test_value_is_handed_out_once():
    split = ValueSplit(3)
    first = split.take(np.array([0.2, 0.9, 1.0]))
    second = split.take(np.array([0.9, 0.9, 0.9]))
    assert first + second == pytest.approx([1.0, 1.0, 1.0], abs=ROUNDING)
    assert split.take(np.ones(3)) == pytest.approx([0.0, 0.0, 0.0], abs=ROUNDING)


shares = st.floats(0.0, 1.0)
rates = st.floats(0.0, 2.0)


@st.composite
def piles(draw):
    metals = [
        layer(f"programme{n}", draw(rates), draw(shares), group=METALS)
        for n in range(draw(st.integers(0, 4)))
    ]
    resting = [
        layer(f"resting{n}", draw(rates), draw(shares), rest_of=(METALS,))
        for n in range(draw(st.integers(0, 3)))
    ]
    plain = [layer(f"plain{n}", draw(rates), draw(shares)) for n in range(draw(st.integers(0, 3)))]
    floors = [
        layer(f"floor{n}", None, 1.0, cap=draw(rates), rest_of=(METALS,))
        for n in range(draw(st.integers(0, 1)))
    ]
    return [*metals, *resting, *floors, *plain], draw(rates)


@settings(max_examples=150, deadline=None)
@given(piles())
def test_laws_of_any_pile(pile):
    layers, base = pile
    found = stack_layers(layers, np.array([base]))
    assert np.all(found.contributions >= 0.0)
    assert np.all((found.shares >= 0.0) & (found.shares <= 1.0 + ROUNDING))
    assert found.contributions.sum() == pytest.approx(float(found.total[0]), abs=ROUNDING)
    under = sum(found.shares[row, 0] for row, item in enumerate(layers) if item.group == METALS)
    assert under <= 1.0 + ROUNDING
    for row, item in enumerate(layers):
        if item.rest_of:
            assert found.shares[row, 0] <= 1.0 - under + ROUNDING


@settings(max_examples=100, deadline=None)
@given(piles(), st.randoms(use_true_random=False))
def test_order_of_what_does_not_compete_is_indifferent(pile, shuffler):
    layers, base = pile
    grouped = [item for item in layers if item.group]
    others = [item for item in layers if not item.group]
    mixed = others[:]
    shuffler.shuffle(mixed)
    straight = stack_layers([*grouped, *others], np.array([base])).total
    assert stack_layers([*grouped, *mixed], np.array([base])).total == pytest.approx(straight, abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(piles(), st.floats(0.0, 2.0))
def test_an_unrelated_measure_changes_no_other_line(pile, rate):
    layers, base = pile
    before = stack_layers(layers, np.array([base]))
    after = stack_layers([*layers, layer("unrelated", rate)], np.array([base]))
    assert after.contributions[:-1] == pytest.approx(before.contributions, abs=ROUNDING)


def test_one_line_and_many_agree():
    covers = np.linspace(0.0, 1.0, 7)
    many = stack_layers(
        [layer("a", 0.5, covers, group=METALS), layer("b", 0.1, np.ones(7), rest_of=(METALS,))], np.zeros(7)
    )
    single = [
        total(layer("a", 0.5, float(cover), group=METALS), layer("b", 0.1, rest_of=(METALS,)))
        for cover in covers
    ]
    assert many.total == pytest.approx(single, abs=ROUNDING)
