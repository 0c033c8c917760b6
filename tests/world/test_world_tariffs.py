"""Baseline tariffs of the embedded worlds against the figures they are anchored to."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from detente.world import World, load_world, world_names
from detente.world.elasticities import HIGHEST_THETA, LOWEST_THETA, read_elasticities, read_rows
from detente.world.io.layout import TARIFF_SOURCES
from detente.world.sectors import read_sectors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

REPO = Path(__file__).resolve().parents[2]
SHARED = REPO.parent / "shared" / "data"
# Rates are stored in single precision.
SINGLE = 1e-6
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="needs the source data in ../shared")
AGREEMENTS = REPO / "src/detente/data/worlds/agreements.yaml"
EU = list(YAML(typ="safe").load(AGREEMENTS.read_text(encoding="utf-8"))["blocs"]["EU"])


@pytest.fixture(params=world_names())
def world(request: pytest.FixtureRequest) -> World:
    return load_world(request.param)


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ModuleType]]:
    """Import a module of the build, which lives in scripts/."""
    monkeypatch.syspath_prepend(str(REPO / "scripts"))
    yield lambda name: importlib.import_module(f"baseline_tariffs.{name}")
    for name in [name for name in sys.modules if name.startswith("baseline_tariffs")]:
        del sys.modules[name]


def mean_duty(world: World, importer: str, sectors: np.ndarray, partners: np.ndarray) -> float:
    """Percent of imports, weighted by the world's own flows."""
    n = world.economies.index(importer)
    flows = world.baseline().flows[sectors][:, n][:, partners]
    rates = world.data["tariff"].to_numpy().astype(float)[sectors][:, n][:, partners]
    return 100 * float((flows * rates).sum() / flows.sum())


def masks(world: World) -> tuple[np.ndarray, np.ndarray]:
    listed = read_sectors(world.classification)
    return np.array([s.goods for s in listed]), np.array([s.primary for s in listed])


def partners_of(world: World, importer: str) -> np.ndarray:
    """Every partner abroad; for an EU member, those outside the EU: the published mean is the EU's."""
    bloc = EU if importer in EU else [importer]
    return np.array([e not in bloc for e in world.economies])


def test_world_tariffs_services_and_home_are_zero(world: World) -> None:
    goods, _ = masks(world)
    rate, source = world.data["tariff"].to_numpy(), world.data["tariff_source"].to_numpy()
    assert not rate[~goods].any()
    assert not source[~goods].any()
    home = np.arange(len(world.economies))
    assert not rate[:, home, home].any()
    assert source[rate > 0].min() > 0


def test_world_tariffs_inside_agreements(world: World) -> None:
    goods, _ = masks(world)
    rate = world.data["tariff"].sel(sector=np.array(world.sectors)[goods])
    members = [e for e in EU if e in world.economies]
    assert float(rate.sel(importer=members, exporter=members).max()) == 0.0
    assert float(rate.sel(importer="MEX", exporter="CAN").mean()) < 0.12 * float(
        rate.sel(importer="MEX", exporter="CHN").mean()
    )
    np.testing.assert_allclose(
        rate.sel(importer="DEU", exporter="CHN"), rate.sel(importer="FRA", exporter="CHN"), rtol=SINGLE
    )


def test_world_tariffs_source_of_cells(world: World) -> None:
    source = world.data["tariff_source"]
    words = np.array(TARIFF_SOURCES)
    goods, _ = masks(world)
    sectors = np.array(world.sectors)[goods]
    usa_china = words[source.sel(importer="USA", exporter="CHN", sector=sectors).to_numpy()]
    assert set(usa_china) <= {"observed", "assumed"}
    assert (usa_china == "observed").mean() > 0.9
    assert set(words[source.sel(importer="CHN", exporter="USA", sector=sectors).to_numpy()]) <= {
        "assumed",
        "derived",
    }
    assert set(words[source.sel(importer="TWN", exporter="USA", sector=sectors).to_numpy()]) <= {
        "assumed",
        "not applicable",
    }


@needs_shared
def test_world_tariffs_meet_the_world_bank_means(world: World) -> None:
    """Manufactures and primary products exactly; all products within the difference of import mixes."""
    anchors = pd.read_csv(
        SHARED / "raw/wdi_applied_tariffs/wdi_applied_weighted_latest.csv", index_col="iso3"
    )
    goods, primary = masks(world)
    gaps = []
    for economy in world.economies:
        if economy in anchors.index and economy not in ("USA", "CHN") and economy not in EU:
            partners = partners_of(world, economy)
            row = anchors.loc[economy]
            found = (
                mean_duty(world, economy, goods & ~primary, partners),
                mean_duty(world, economy, primary, partners),
            )
            assert found == pytest.approx((row["manufactures_pct"], row["primary_pct"]), rel=1e-4, abs=1e-6)
            gaps.append(abs(mean_duty(world, economy, goods, partners) - row["all_products_pct"]))
    assert np.median(gaps) < 0.2


@needs_shared
def test_world_tariffs_of_the_eu_meet_its_mean(world: World) -> None:
    goods, primary = masks(world)
    flows = world.baseline().flows
    outside = np.array([e not in EU for e in world.economies])
    for mask, published in ((goods & ~primary, 1.64), (primary, 0.84)):
        paid = due = 0.0
        for economy in (e for e in EU if e in world.economies):
            n = world.economies.index(economy)
            part = flows[mask][:, n][:, outside]
            due += part.sum()
            paid += (part * world.data["tariff"].to_numpy().astype(float)[mask][:, n][:, outside]).sum()
        assert 100 * paid / due == pytest.approx(published, rel=1e-4)


def test_world_tariffs_of_china_on_us_goods_add_the_kept_share(world: World) -> None:
    """A fifth of 24, 13 and 1 points on food, electronics and vehicles stands above what MFN partners pay."""
    rate = world.data["tariff"].sel(importer="CHN").astype(float)
    food, electronics, vehicles = (
        ("C10T12", "C26", "C29") if world.name == "icio2022" else ("c3", "c14", "c15")
    )
    for sector, added in ((food, 0.2 * 0.24), (electronics, 0.2 * 0.13), (vehicles, 0.2 * 0.01)):
        extra = float(rate.sel(sector=sector, exporter="USA") - rate.sel(sector=sector, exporter="DEU"))
        assert extra == pytest.approx(added, abs=SINGLE)


@needs_shared
def test_world_us_rates_reproduce_duties_collected(build: Callable[[str], ModuleType]) -> None:
    """2.36 % on all imports of 2024 and 10.87 % on China's, from Census totals, through industries."""
    us = build("us")
    collected = us.read_collected(SHARED)
    known = set(collected.lines.index.get_level_values("iso3"))
    partners = sorted(known - {"EUN"} | set(EU))
    industries = [s.code for s in read_sectors("icio49")]
    rate, source, imports = us.collected_rates(collected, partners, industries)
    china = partners.index("CHN")
    assert 100 * (rate * imports).sum() / imports.sum() == pytest.approx(2.36, abs=0.005)
    assert 100 * (rate * imports)[:, china].sum() / imports[:, china].sum() == pytest.approx(10.87, abs=0.005)
    assert imports.sum() == pytest.approx(3.217e12 - 8.1e9, rel=1e-3)
    eu = [partners.index(e) for e in EU]
    assert 100 * (rate * imports)[:, eu].sum() / imports[:, eu].sum() == pytest.approx(1.23, abs=0.005)
    assert set(np.unique(source)) == {1, 2, 3}


@needs_shared
def test_world_us_rates_are_those_in_the_world(build: Callable[[str], ModuleType]) -> None:
    us = build("us")
    world = load_world("icio2022") if "icio2022" in world_names() else load_world("wiod2011")
    if world.classification != "icio49":
        pytest.skip("the icio2022 world is not built")
    rate, _, _ = us.collected_rates(us.read_collected(SHARED), list(world.economies), list(world.sectors))
    stored = world.data["tariff"].sel(importer="USA")
    goods, _ = masks(world)
    abroad = np.array([e != "USA" for e in world.economies])
    np.testing.assert_allclose(
        stored.to_numpy()[goods][:, abroad], rate[goods][:, abroad], rtol=1e-6, atol=1e-9
    )


@needs_shared
def test_world_tariffs_rank_like_published_sector_means(build: Callable[[str], ModuleType]) -> None:
    """
    Compare the sector shape with the 2022 sector means it was estimated from, economy by economy.

    The shape has four tiers only, so single economies differ; ranks over economies and sectors must agree.
    """
    if "icio2022" not in world_names():
        pytest.skip("the icio2022 world is not built")
    world = load_world("icio2022")
    table = pd.read_csv(SHARED / "raw/wits_sector_tariffs/wits_2022_applied_8_sectors.csv").dropna()
    found, published = [], []
    for row in table.itertuples():
        if (
            row.iso3 in world.economies
            and row.iso3 != "USA"
            and row.applied_weighted_pct == row.applied_weighted_pct
        ):
            mask = np.isin(world.sectors, build("shape").GROUPS_8[row.sector])
            found.append(mean_duty(world, row.iso3, mask, partners_of(world, row.iso3)))
            published.append(row.applied_weighted_pct)
    assert np.corrcoef(pd.Series(found).rank(), pd.Series(published).rank())[0, 1] > 0.75


def test_world_elasticities_are_capped_by_name() -> None:
    theta, published = read_elasticities("icio49", {})
    codes = [s.code for s in read_sectors("icio49")]
    moved = {code for code, a, b in zip(codes, theta, published, strict=True) if a != b}
    assert moved == {"B05", "B07", "B09", "C24B", "E", "H52", "J61", "J62_63", "L"}
    assert (theta.min(), theta.max()) == (LOWEST_THETA, HIGHEST_THETA)
    assert all(row["source"] and row["basis"] for row in read_rows("elasticities.csv"))


def test_world_elasticities_of_merged_industries_lie_between_their_parts() -> None:
    theta, _ = read_elasticities("wiod35", {"C20": 3.0, "C21": 1.0})
    codes = [s.code for s in read_sectors("wiod35")]
    assert theta[codes.index("c9")] == pytest.approx(0.75 * 8.10989 + 0.25 * 8.54232, rel=1e-4)


def test_world_sector_lists_are_complete() -> None:
    assert [len(read_sectors(c)) for c in ("icio49", "wiod35")] == [49, 35]
    mapped = read_rows("wiod35_icio49.csv")
    assert {row["icio49"] for row in mapped} == {s.code for s in read_sectors("icio49")}
    assert [s.code for s in read_sectors("wiod35")] == list(dict.fromkeys(row["wiod35"] for row in mapped))
    goods = {s.code for s in read_sectors("icio49") if s.goods}
    for row in mapped:
        wiod = next(s for s in read_sectors("wiod35") if s.code == row["wiod35"])
        assert wiod.goods == (row["icio49"] in goods or row["icio49"] == "B09")
