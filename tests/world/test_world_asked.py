"""A table of few economies in the package's industries is read, saved, and asked what rests on the law."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from detente.errors import InputError, StudyError

NAMED = ("USA", "CHN", "DEU", "VNM")
CODES = {"USA": "US", "CHN": "CN", "DEU": "DE", "VNM": "VN", "ROW": "FIGW1"}


@pytest.fixture(scope="module")
def small():
    whole = dt.load_world("icio2022")
    return whole.aggregate({"ROW": [economy for economy in whole.economies if economy not in NAMED]})


@pytest.fixture(scope="module")
def saved(small, tmp_path_factory):
    """The world as a table in the layout of FIGARO, every user's inputs of all origins in proportion; read and saved."""
    folder = tmp_path_factory.mktemp("own")
    inputs, final, needs = (
        small.data[name].to_numpy().astype(np.float64) for name in ("intermediate", "final", "input_use")
    )
    bought = inputs.sum(axis=2, keepdims=True)
    origin = np.divide(inputs, bought, out=np.zeros_like(inputs), where=bought > 0)
    size = len(small.economies) * len(small.sectors)
    flows = np.einsum("sni,skn->isnk", origin, needs).reshape(size, size)
    sold = final.transpose(2, 0, 1).reshape(size, -1)
    nodes = [f"{CODES[economy]}_{sector}" for economy in small.economies for sector in small.sectors]
    lines = [["rowLabels", *nodes, *(f"{CODES[economy]}_P3_S14" for economy in small.economies)]]
    lines += [[node, *z, *f] for node, z, f in zip(nodes, flows.tolist(), sold.tolist(), strict=True)]
    path = folder / "matrix_2022.csv"
    path.write_text("\n".join(",".join(map(str, line)) for line in lines), encoding="utf-8")
    world = dt.read_world(path, layout="figaro", year=2022, scale=1.0, tariffs=dt.load_world("icio2022"))
    return world.to_file(folder / "own.nc")


def test_what_is_read_is_the_world_behind_it(saved, small):
    world = dt.load_world(saved)
    assert world.classification == "icio49"
    assert world.goods_flow("CHN", "USA") == pytest.approx(small.goods_flow("CHN", "USA"), rel=1e-6)
    assert world.baseline().residual() < 1e-12


def test_strategy_is_asked_of_it(saved):
    found = dt.play_optimal("USA", against=("CHN",), world=str(saved))
    assert found.player == "USA"
    reliance = dt.reliance("USA", "CHN", world=str(saved))
    assert reliance.a == "USA"


def test_a_study_runs_on_it_without_the_economies_it_lacks(saved):
    """Machines for chips from the Netherlands and what others were let off are not in it."""
    run = dt.load_study("kuala-lumpur").run(world=str(saved), scenarios=("truce",))
    found = run.document["result"]["scenarios"]["truce"]
    assert found["status"] == "converged"
    assert set(NAMED) <= set(found["economies"])
    assert "chips" not in found["instruments"]
    assert any("chip" in line.lower() for line in found["not_included"])
    assert np.isfinite([item["real_income_pct"] for item in found["groups"].values()]).all()


def test_a_world_without_a_member_of_a_studys_group_is_refused(saved, tmp_path):
    less = dt.load_world(saved).aggregate({"ROW": ["DEU", "ROW"]}).to_file(tmp_path / "less.nc")
    with pytest.raises(InputError, match="without any member of a group") as caught:
        dt.load_study("kuala-lumpur").run(world=str(less), scenarios=("truce",))
    assert caught.value.found == "no member of EU"
    assert "keeps its code" in caught.value.repair


def test_a_union_that_is_one_economy_is_the_group(small, tmp_path):
    """As `economies={"EU": "EU"}` makes it."""
    union = small.aggregate({"EU": "EU"}).to_file(tmp_path / "union.nc")
    run = dt.load_study("kuala-lumpur").run(world=str(union), scenarios=("truce",))
    found = run.document["result"]["scenarios"]["truce"]
    assert found["groups"]["EU"]["real_income_pct"] == pytest.approx(
        found["economies"]["EU"]["real_income_pct"], rel=1e-9
    )


def test_a_world_without_the_sides_of_the_truce_is_asked_of_others(saved, tmp_path):
    less = str(dt.load_world(saved).aggregate({"ROW": ["USA", "ROW"]}).to_file(tmp_path / "less.nc"))
    assert dt.play_optimal("CHN", against=("VNM",), world=less).player == "CHN"
    assert dt.reliance("CHN", "DEU", world=less).a == "CHN"
    with pytest.raises(StudyError, match="does not have an economy that the study needs"):
        dt.load_study("kuala-lumpur").run(world=less, scenarios=("truce",))
    every = dt.chokepoints(economies=("CHN",), world=less)
    assert "soybeans" not in {row["input"] for row in every.rows}
    assert any("not told apart in this world: Soybeans" in line for line in every.warnings)
    with pytest.raises(StudyError, match="needs a world that tells its holder apart"):
        dt.chokepoints("soybeans", economies=("CHN",), world=less)


def test_a_critical_input_from_origins_it_does_not_tell_apart_is_the_rests(saved):
    found = dt.chokepoints("rare-earths", economies=("USA", "VNM"), world=str(saved))
    losses = [row["gdp_pct"] for row in found.rows if row["economy"] in ("USA", "VNM")]
    assert losses
    assert all(-5 < loss < 0 for loss in losses)
