"""Welfare, its parts, tables, and an equilibrium as a baseline."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import InputError
from detente.model import Shock, raise_tariff, solve
from detente.model.split import split_sector
from detente.world import load_world
from model.at_random import random_baseline

# Sums of parts that must add up exactly.
ROUNDING = 1e-10


@pytest.fixture(scope="module")
def war(icio):
    return solve(icio, Shock(tariff=raise_tariff(icio, 0.6, importer="USA", exporter="CHN")))


def test_revenue_is_tariff_times_customs_value(war, icio):
    tariff = raise_tariff(icio, 0.6, importer="USA", exporter="CHN")
    revenue = np.zeros(len(icio.economies))
    for n in range(len(revenue)):
        revenue[n] = sum((tariff[j, n] * war.new.paid[j, n] / (1 + tariff[j, n])).sum() for j in range(49))
    table = war.tariff_revenue
    assert np.allclose(table["new"], revenue, rtol=ROUNDING)
    assert np.allclose(table["base"], icio.revenue, rtol=ROUNDING)
    assert np.allclose(table["change"], table["new"] - table["base"])


@given(seed=st.integers(0, 500), size=st.floats(0.01, 0.05))
@settings(max_examples=12, deadline=None)
def test_parts_add_up_to_third_order(seed, size):
    """Halving a shock leaves an eighth of the remainder at average weights, a quarter at baseline weights."""
    base = random_baseline(seed)
    rng = np.random.default_rng(seed)
    foreign = (base.pi > 0) & ~np.eye(len(base.economies), dtype=bool)
    direction = [rng.uniform(0, 0.2, base.pi.shape) * foreign for _ in range(3)]
    left = []
    for scale in (size, size / 2):
        tariff, tax, cost = (scale * part for part in direction)
        shock = Shock(tariff=base.tariff + tariff, export_tax=tax, iceberg=np.exp(cost))
        eq = solve(base, shock, tolerance=1e-13)
        parts = eq.decompose()
        assert np.allclose(parts.total, eq.real_income_hat - 1)
        left.append((np.abs(parts.remainder).max(), np.abs(eq.first_order.remainder).max()))
    assert left[1][0] < 0.15 * left[0][0] + 1e-12
    assert left[1][1] < 0.28 * left[0][1] + 1e-12


def test_income_by_source_adds_up(war, icio):
    assert np.allclose(sum(new for _, new in war.income_parts.values()), war.income)
    assert np.allclose(sum(old for old, _ in war.income_parts.values()), icio.income)


def test_a_group_is_its_equivalent_variations_over_its_incomes(war, icio):
    members = ["USA", "CHN", "VNM"]
    where = [icio.economies.index(name) for name in members]
    group = war.group(members)
    change = icio.income[where] @ (war.real_income_hat[where] - 1)
    assert group["real_income_pct"] == pytest.approx(100 * change / icio.income[where].sum(), rel=ROUNDING)
    assert group["equivalent_variation_usd_mn"] == pytest.approx(
        war.equivalent_variation_usd_mn[members].sum(), rel=ROUNDING
    )
    alone = war.group(["USA"])
    assert alone["real_income_pct"] == pytest.approx(war.real_income_pct["USA"], rel=ROUNDING)
    for key in ("cpi_pct", "real_wage_pct", "exports_pct", "imports_pct", "terms_of_trade_pct"):
        assert alone[key] == pytest.approx(getattr(war, key)["USA"], rel=ROUNDING)
    assert alone["tariff_revenue_change_usd_mn"] == pytest.approx(war.tariff_revenue["change"]["USA"])
    with pytest.raises(InputError, match="an empty group"):
        war.group([])
    with pytest.raises(InputError, match="unknown economy"):
        war.group(["Atlantis"])


def test_flows_of_a_pair(war, icio):
    flow = war.flow("CHN", "USA")
    n, i = icio.economies.index("USA"), icio.economies.index("CHN")
    assert flow.base == pytest.approx(icio.flows[:, n, i].sum())
    assert flow.new == pytest.approx(war.flows[:, n, i].sum())
    assert flow.change_pct == pytest.approx(100 * (flow.new / flow.base - 1))
    assert flow.change_pct < -50
    assert war.flow("VNM", "USA").change_pct > 0
    assert war.flow("CHN", "USA", "C26").base < flow.base


def test_sector_results(war, icio):
    table = war.by_sector("USA")
    n = icio.economies.index("USA")
    assert list(table.index) == list(icio.sectors)
    assert np.allclose(table["output_usd_mn"], icio.output[:, n])
    assert np.allclose(table["output_new_usd_mn"], war.output[:, n], rtol=1e-8)
    assert np.allclose(table["domestic_share_new_pct"], 100 * war.pi[:, n, n])
    assert table.loc["C26", "domestic_share_new_pct"] > table.loc["C26", "domestic_share_pct"]
    real = (1 + table["output_volume_pct"] / 100) * (1 + table["producer_price_pct"] / 100)
    assert np.allclose(real, 1 + table["output_pct"] / 100)


def test_a_sector_says_how_much_of_it_rests_on_estimates(war, icio):
    """In this world: all sales to final users, and all to and of the rest of the world."""
    data = load_world("icio2022").data
    inputs, final = (data[name].to_numpy().astype(np.float64) for name in ("intermediate", "final"))
    rest, j = icio.economies.index("ROW"), icio.sectors.index("C26")
    table = war.to_frame("sectors").set_index(["economy", "sector"])["estimated_share_pct"]
    n = icio.economies.index("TWN")
    estimated = final[j, :, n].sum() + inputs[j, rest, n]
    assert table["TWN", "C26"] == pytest.approx(100 * estimated / (final + inputs)[j, :, n].sum(), rel=1e-6)
    assert 20 < table["TWN", "C26"] < 40
    assert table["ROW", "C26"] == pytest.approx(100)
    assert war.to_xarray()["estimated_share_pct"].attrs["units"] == "percent"


def test_an_observed_world_rests_on_no_estimate_but_what_is_split_out():
    base = load_world("wiod2011").baseline()
    assert not base.estimated.any()
    split = split_sector(base, "c1", "soybeans", 0.04, source="assumed for this test")
    assert split.estimated[split.sectors.index("soybeans")].min() == 1
    assert not split.estimated[split.sectors.index("c1")].any()
    unknown = solve(dataclasses.replace(base, estimated=None), Shock())
    assert unknown.to_frame("sectors")["estimated_share_pct"].isna().all()


def test_table_of_economies(war):
    table = war.by_economy()
    assert np.allclose(table["real_income_pct"], war.real_income_pct)
    assert np.isfinite(table.to_numpy()).all()


def test_tidy_tables_hold_everything(war, icio):
    """Rows are found again in the tables by economy, sums of flows are the totals, and labels are columns."""
    economies, sectors, flows = (war.to_frame(of) for of in ("economies", "sectors", "flows"))
    assert np.allclose(economies.set_index("economy")["real_income_pct"], war.real_income_pct)
    assert len(sectors) == len(icio.economies) * len(icio.sectors)
    own = sectors[sectors["economy"] == "VNM"].set_index("sector").drop(columns="economy")
    assert np.allclose(own, war.by_sector("VNM"), equal_nan=True)
    assert flows["paid_new_usd_mn"].sum() == pytest.approx(war.spending.sum())
    abroad = flows[flows["importer"] != flows["exporter"]]
    revenue = (
        (abroad["tariff_new"] * abroad["customs_new_usd_mn"]).groupby(abroad["importer"], observed=True).sum()
    )
    assert revenue["USA"] == pytest.approx(war.tariff_revenue.loc["USA", "new"])
    with pytest.raises(InputError, match="did you mean sectors"):
        war.to_frame("sector")


def test_labelled_arrays_hold_the_same(war):
    data = war.to_xarray()
    assert data["real_income_pct"].sel(economy="CHN").item() == pytest.approx(war.real_income_pct["CHN"])
    cell = {"sector": "C26", "importer": "USA", "exporter": "CHN"}
    row = war.to_frame("flows").set_index(["sector", "importer", "exporter"]).loc[tuple(cell.values())]
    for name in ("customs_new_usd_mn", "tariff_new"):
        assert data[name].sel(cell).item() == pytest.approx(row[name])
    assert data.attrs["status"] == "converged"
    assert {array.attrs["units"] for array in data.data_vars.values()} == {
        "percent",
        "USD million",
        "fraction",
    }


@pytest.mark.parametrize("new", [False, True])
def test_value_added_in_trade(war, icio, new):
    table = war.value_added_trade(new=new)
    added = war.wage_hat * icio.value_added if new else icio.value_added
    assert np.allclose(table.sum(axis=1), added, rtol=1e-8)
    assert table.to_numpy().min() >= 0


def test_value_added_in_trade_by_matrix_inversion(toy):
    """The textbook way: `v' (I - A)^-1 F` on the stacked input-output table."""
    J, N = toy.va_share.shape
    mix = toy.flows / toy.spending[:, :, None]
    final = np.einsum("jni,jn->jin", mix, toy.alpha * toy.income)
    table = np.einsum("kni,kjn->kijn", mix, toy.io).reshape(J * N, J * N)
    output = np.linalg.solve(np.eye(J * N) - table, final.reshape(J * N, N))
    truth = np.einsum("jn,jnd->nd", toy.va_share, output.reshape(J, N, N))
    assert np.allclose(solve(toy).value_added_trade(new=False), truth, rtol=1e-9)


@pytest.mark.parametrize("what", ["tariff", "export_tax", "iceberg", "prohibited"])
def test_an_equilibrium_is_a_baseline(toy, what):
    cube = np.full(toy.pi.shape, 0.3) * ~np.eye(len(toy.economies), dtype=bool)
    shock = Shock(**{what: np.exp(cube) if what == "iceberg" else cube})
    eq = solve(toy, shock, tolerance=1e-13)
    again = solve(eq.as_baseline())
    assert again.iterations == 1
    assert np.abs(again.real_income_hat - 1).max() < 1e-11
    assert np.allclose(again.flows, eq.flows, rtol=1e-9)
    assert eq.as_baseline().residual() < 1e-11
    if what == "export_tax":
        free = solve(eq.as_baseline(), Shock(tariff=toy.tariff, export_tax=np.zeros(toy.pi.shape)))
        assert np.abs(free.real_income_hat * eq.real_income_hat - 1).max() < 1e-9


def test_only_an_equilibrium_is_a_baseline(toy):
    eq = solve(toy, Shock(tariff=raise_tariff(toy, 3.0, importer="E001")), max_iterations=2, throw=False)
    with pytest.raises(InputError, match="a baseline must be an equilibrium"):
        eq.as_baseline()
    with pytest.raises(InputError, match="unknown welfare measure"):
        eq.welfare_pct("happiness")
