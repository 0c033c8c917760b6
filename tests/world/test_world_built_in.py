"""The embedded worlds against published totals, and the build against itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from detente.world import load_world, world_names
from detente.world.sectors import read_sectors

REPO = Path(__file__).resolve().parents[2]
SHARED = REPO.parent / "shared" / "data"
# The published totals carry four digits.
DIGITS = 5e-4
TRILLION = 1e-6
needs_icio = pytest.mark.skipif("icio2022" not in world_names(), reason="the icio2022 world is not built")


def test_world_wiod_totals_are_the_published_ones() -> None:
    world = load_world("wiod2011")
    assert (len(world.economies), len(world.sectors), world.year) == (41, 35, 2011)
    assert float(world.data["output"].sum()) * TRILLION == pytest.approx(141.8, rel=DIGITS)
    assert float(world.data["final"].sum()) * TRILLION == pytest.approx(69.27, rel=DIGITS)
    assert float(world.data["value_added_taxes"].sum()) * TRILLION == pytest.approx(69.33, rel=DIGITS)
    negative = world.data["final"].to_numpy() < 0
    clipped = [note for note in world.baseline().adjustments if note.startswith("negative final demand")]
    assert len(clipped) == negative.sum() == 43


def test_world_wiod_cells_are_those_of_the_source() -> None:
    """Three sums over the published table, read from it once more in its own order."""
    if not SHARED.is_dir():
        pytest.skip("needs the source data in ../shared")
    world = load_world("wiod2011")
    with np.load(SHARED / "raw/wiod_2013_release/wiot_2011.npz") as table:
        use, final = table["Z"].astype(float), table["F"].astype(float)
        names = [str(x) for x in table["countries"]]
    china, usa, c14 = names.index("CHN"), names.index("USA"), 13
    row = china * 35 + c14
    cell = dict(sector="c14", importer="USA", exporter="CHN")
    assert float(world.data["intermediate"].sel(cell)) == use[row, usa * 35 : (usa + 1) * 35].sum()
    assert float(world.data["final"].sel(cell)) == final[row, usa * 5 : (usa + 1) * 5].sum()
    column = use.reshape(41, 35, 41, 35)[:, c14, china, 12].sum()
    assert float(world.data["input_use"].sel(input="c14", sector="c13", importer="CHN")) == column


@needs_icio
def test_world_icio_is_81_by_49_and_says_what_is_estimated() -> None:
    world = load_world("icio2022")
    assert (len(world.economies), len(world.sectors), world.year) == (81, 49, 2022)
    assert world.economies[-1] == "ROW"
    assert "Final demand" in world.estimated[0]
    assert any("opinions expressed" in text for text in world.sources)


@needs_icio
def test_world_icio_totals_are_those_of_the_source() -> None:
    """GDP of the world 100.80 tn (value added and all taxes); gross output of the 80 economies 192.42 tn."""
    world = load_world("icio2022")
    output = world.data["output"]
    assert float(output.sel(economy=list(world.economies[:-1])).sum()) * TRILLION == pytest.approx(
        192.42, rel=DIGITS
    )
    assert float(world.gdp.sum()) * TRILLION == pytest.approx(100.80, rel=DIGITS)
    goods_cell = world.data["intermediate"].sel(importer="USA", exporter="CHN")
    assert float(goods_cell.isel(sector=slice(0, 27)).sum()) * 1e-3 == pytest.approx(159.8, rel=DIGITS)


@needs_icio
def test_world_icio_no_negative_flow_and_balances_sum_to_zero() -> None:
    world = load_world("icio2022")
    assert float(world.data["final"].min()) >= 0.0
    base = world.baseline()
    assert abs(base.deficit.sum()) < 1e-9 * base.output.sum()
    flows = (world.data["intermediate"].astype(float) + world.data["final"].astype(float)).to_numpy()
    np.testing.assert_allclose(base.flows, flows, rtol=1e-12, atol=1e-9)


@needs_icio
@pytest.mark.parametrize("variant", ["china-plus-15", "china-minus-15"])
def test_world_icio_variants_move_china_and_keep_totals(variant: str) -> None:
    world, other = load_world("icio2022"), load_world("icio2022", variant=variant)
    other.check()
    assert other.variant == variant
    assert other.estimated[-1].startswith("Variant: CHN")
    main, moved = world.goods_flow("CHN", "USA"), other.goods_flow("CHN", "USA")
    assert (moved > main) == (variant == "china-plus-15")
    assert 0.02 < abs(moved / main - 1) < 0.15
    np.testing.assert_allclose(other.baseline().deficit, world.baseline().deficit, atol=1.0)
    goods = [s.code for s in read_sectors("icio49") if s.goods]
    abroad = [
        w.data["final"]
        .sel(sector=goods, exporter="CHN", importer=[e for e in w.economies if e != "CHN"])
        .sum()
        for w in (other, world)
    ]
    factor = 1.15 if variant == "china-plus-15" else 0.85
    assert float(abroad[0] / abroad[1]) == pytest.approx(factor, rel=1e-4)


@needs_icio
def test_world_icio_variant_of_2019_anchors_keeps_totals() -> None:
    world, other = load_world("icio2022"), load_world("icio2022", variant="anchors-2019")
    other.check()
    for dims in ("importer", ["sector", "exporter"]):
        mine, theirs = (w.data["final"].astype(float).sum(dims) for w in (world, other))
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=0.01)
    assert other.goods_flow("CHN", "USA") == pytest.approx(world.goods_flow("CHN", "USA"), rel=0.1)
    assert other.estimated[-1].startswith("Variant: final demand from inputs and the pair anchors")
    assert float(abs(other.data["final"] - world.data["final"]).sum() / world.data["final"].sum()) > 0.01


def test_world_build_gives_the_same_bytes(tmp_path: Path) -> None:
    if not SHARED.is_dir():
        pytest.skip("needs the source data in ../shared")
    command = [sys.executable, REPO / "scripts/build_world.py", "wiod2011", "--out", tmp_path]
    subprocess.run(command, check=True, capture_output=True)
    built = (REPO / "src/detente/data/worlds/wiod2011.nc").read_bytes()
    assert (tmp_path / "wiod2011.nc").read_bytes() == built
