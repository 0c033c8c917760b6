"""Tables in the formats people hold, on hand-made tables of a few cells, and the files that must be refused."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from detente.errors import WorldError
from detente.world import load_world, read_icio_csv, read_wiod
from detente.world.sectors import read_sectors

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Two economies, two industries. CHN: C26 sells 4 to itself as input, 2 to USA's G; and so on, as published files do.
ICIO = """V1,CHN_C26,CHN_G,USA_C26,USA_G,CHN_HFCE,CHN_INVNT,USA_HFCE,USA_GFCF,OUT
CHN_C26,4,1,3,2,10,-1,5,6,30
CHN_G,5,2,0,0,12,0,1,0,20
USA_C26,2,0,6,1,1,0,8,7,25
USA_G,1,1,4,10,0,0,40,4,60
TLS,1,0,2,3,1.5,0,2,0.5,10
VA,17,16,10,44,0,0,0,0,87
OUT,30,20,25,60,24.5,-1,56,17.5,232
"""
WIOD = """Intercountry Input-Output Table,,,,,,,,,,
(industry-by-industry),,,,,,,,,,
,,,,A01,B,A01,B,CONS_h,CONS_h,GO
,,,,Crops,Mining,Crops,Mining,Households,Households,Output
,,,,AUS,AUS,ROW,ROW,AUS,ROW,TOT
,,,,r1,r2,r1,r2,r57,r57,r60
A01,Crops,AUS,r1,1,2,0,1,4,2,10
B,Mining,AUS,r2,2,3,1,1,5,3,15
A01,Crops,ROW,r1,0,1,5,4,2,8,20
B,Mining,ROW,r2,1,1,3,6,0,9,20
II_fob,Total,TOT,r65,4,7,9,12,11,22,65
VA,Value added,TOT,r70,6,8,11,8,0,0,33
GO,Output,TOT,r73,10,15,20,20,0,0,65
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_world_icio_csv_by_hand(tmp_path: Path) -> None:
    world = read_icio_csv(write(tmp_path / "2022_SML.csv", ICIO), year=2022)
    assert (world.economies, world.sectors, world.year) == (("CHN", "USA"), ("C26", "G"), 2022)
    cell = dict(sector="C26", importer="USA", exporter="CHN")
    assert float(world.data["intermediate"].sel(cell)) == 3 + 2
    assert float(world.data["final"].sel(cell)) == 5 + 6
    assert float(world.data["final"].sel(cell | {"importer": "CHN"})) == 10 - 1
    assert float(world.data["input_use"].sel(input="C26", sector="G", importer="USA")) == 2 + 1
    assert float(world.data["value_added_taxes"].sel(sector="C26", economy="CHN")) == 17 + 1
    # GDP: value added, taxes on inputs and on final demand
    assert float(world.gdp.sel(economy="CHN")) == (17 + 1) + (16 + 0) + 1.5
    assert float(world.gdp.sel(economy="USA")) == (10 + 2) + (44 + 3) + 2.5
    assert set(world.gdp["basis"].to_numpy()) == {"observed"}
    assert world.baseline().residual() < 1e-13
    theta = load_world("icio2022").data["theta"]
    assert float(world.data["theta"].sel(sector="C26")) == float(theta.sel(sector="C26"))


def test_world_icio_csv_takes_duties_of_another_world(tmp_path: Path) -> None:
    path, like = write(tmp_path / "t.csv", ICIO), load_world("icio2022")
    world = read_icio_csv(path, year=2022, like=like)
    cell = dict(sector="C26", importer="USA", exporter="CHN")
    assert float(world.data["tariff"].sel(cell)) == float(like.data["tariff"].sel(cell)) > 0
    assert "icio2022" in world.estimated[0]
    free = read_icio_csv(path, year=2022)
    assert not free.data["tariff"].any()
    assert "zero" in free.estimated[0]


def test_world_icio_csv_adds_the_firms_of_extended_tables(tmp_path: Path) -> None:
    """CN1 and CN2 buy and sell as CHN; final users are CHN's already."""
    text = """V1,CN1_X,CN2_X,USA_X,CHN_HFCE,USA_HFCE,OUT
CN1_X,1,2,3,4,5,15
CN2_X,2,1,1,3,3,10
USA_X,1,1,4,2,12,20
VA,11,6,12,0,0,29
OUT,15,10,20,9,20,74
"""
    world = read_icio_csv(write(tmp_path / "e.csv", text), year=2018, theta=4.0)
    assert world.economies == ("CHN", "USA")
    assert float(world.data["output"].sel(economy="CHN").sum()) == 25
    assert float(world.data["intermediate"].sel(importer="CHN", exporter="CHN").sum()) == 6
    assert set(world.gdp["basis"].to_numpy()) == {"without taxes on final demand"}


def test_world_icio_csv_with_the_full_list_folds_households(tmp_path: Path) -> None:
    """The 50 industries of the 2025 edition become the 49 of the package, in its order."""
    codes = [s.code for s in read_sectors("icio49")] + ["T"]
    nodes = [f"{e}_{c}" for e in ("CHN", "USA") for c in codes]
    size = len(nodes)
    rng = np.random.default_rng(1)
    flows, final = rng.uniform(0.1, 1, (size, size)), rng.uniform(90, 110, (size, 2))
    output = flows.sum(axis=1) + final.sum(axis=1)
    lines = [",".join(["V1", *nodes, "CHN_HFCE", "USA_HFCE", "OUT"])]
    rows = zip(nodes, flows, final, output, strict=True)
    lines += [",".join([n, *map(repr, map(float, [*z, *f, y]))]) for n, z, f, y in rows]
    world = read_icio_csv(write(tmp_path / "full.csv", "\n".join(lines) + "\n"), year=2022)
    assert world.classification == "icio49"
    assert world.sectors == tuple(codes[:-1])
    s, t = codes.index("S"), codes.index("T")
    assert float(world.data["output"].sel(sector="S", economy="CHN")) == pytest.approx(output[s] + output[t])
    assert world.goods_flow("CHN", "USA") > 0


def test_world_wiod_sheet_by_hand(tmp_path: Path) -> None:
    world = read_wiod(write(tmp_path / "WIOT2014.csv", WIOD), year=2014, theta={"A01": 8.0, "B": 5.0})
    assert (world.economies, world.sectors) == (("AUS", "ROW"), ("A01", "B"))
    cell = dict(sector="B", importer="ROW", exporter="AUS")
    assert float(world.data["intermediate"].sel(cell)) == 1 + 1
    assert float(world.data["final"].sel(cell)) == 3
    assert float(world.data["input_use"].sel(input="A01", sector="B", importer="AUS")) == 2 + 1
    assert float(world.data["value_added_taxes"].sel(sector="A01", economy="AUS")) == 10 - 4
    assert world.data["theta"].to_numpy().tolist() == [8.0, 5.0]
    assert world.baseline().residual() < 1e-13


def test_world_wiod_sheet_of_2013_is_labelled_by_number(tmp_path: Path) -> None:
    text = WIOD.replace("r57", "c37").replace("r1,", "c1,").replace("r2,", "c2,").replace("ROW", "RoW")
    world = read_wiod(write(tmp_path / "wiot11.csv", text), year=2011, theta=5.0)
    assert (world.economies, world.sectors) == (("AUS", "ROW"), ("c1", "c2"))


def arrays() -> dict[str, Any]:
    use = np.array([[1.0, 2, 0, 1], [2, 3, 1, 1], [0, 1, 5, 4], [1, 1, 3, 6]])
    final = np.array([[4.0, 2], [5, 3], [2, 8], [0, 9]])
    return {
        "Z": use,
        "F": final,
        "output": use.sum(axis=1) + final.sum(axis=1),
        "countries": np.array(["AUS", "RoW"]),
        "industries": np.array(["A01", "B"]),
    }


def test_world_wiod_arrays_give_the_world_of_the_sheet(tmp_path: Path) -> None:
    np.savez(tmp_path / "w.npz", **arrays())
    given = read_wiod(tmp_path / "w.npz", year=2014, theta=5.0)
    sheet = read_wiod(write(tmp_path / "w.csv", WIOD), year=2014, theta=5.0)
    for name in ("intermediate", "final", "input_use", "output", "value_added_taxes"):
        np.testing.assert_array_equal(given.data[name], sheet.data[name])


def refuse(read: Callable[[], object], message: str, folder: Path) -> WorldError:
    before = sorted(p.name for p in folder.iterdir())
    with pytest.raises(WorldError, match=message) as caught:
        read()
    assert caught.value.repair
    assert caught.value.allowed
    assert caught.value.exit_code == 1
    assert sorted(p.name for p in folder.iterdir()) == before
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "message", "found"),
    [
        ("CHN_G,5,2,0", "CHN_G,5,n/a,0", "not numbers", "CHN_G / CHN_G"),
        ("CHN_G,5,2,0", "CHN_G,5,,0", "not numbers", "CHN_G / CHN_G"),
        ("USA_C26,2,0,6", "USA_C27,2,0,6", "a row has no column", "USA_C27"),
        ("USA_G,1,1", "CHN_G,1,1", "a label stands twice", "CHN_G"),
        ("CHN_C26,4,1", "CHN_C26,-4,1", "negative cells", "intermediate"),
        ("USA_G,1,1,4,10,0", "USA_G,1,1,4,90,0", "sales do not add up", "G USA"),
    ],
)
def test_world_icio_csv_is_refused_with_the_cell_named(
    tmp_path: Path, old: str, new: str, message: str, found: str
) -> None:
    assert old in ICIO
    path = write(tmp_path / "bad.csv", ICIO.replace(old, new))
    error = refuse_any(lambda: read_icio_csv(path, year=2022), message)
    assert found in error.found


def refuse_any(read: Callable[[], object], message: str) -> WorldError:
    with pytest.raises(WorldError, match=message) as caught:
        read()
    assert caught.value.repair
    return caught.value


def test_world_tables_of_another_kind_are_refused(tmp_path: Path) -> None:
    for name, content in (("a.csv", b"\x80\x04\x95pickle\x00"), ("b.csv", b"PK\x03\x04\x00\x00")):
        (tmp_path / name).write_bytes(content)
        for read in (read_icio_csv, read_wiod):
            refuse(lambda n=name, r=read: r(tmp_path / n, year=2022), "not a CSV file", tmp_path)
    write(tmp_path / "c.csv", "a,b\n1,2\n")
    refuse(lambda: read_icio_csv(tmp_path / "c.csv", year=2022), "no inter-country table", tmp_path)
    refuse(lambda: read_wiod(tmp_path / "c.csv", year=2022), "no WIOD table", tmp_path)
    write(tmp_path / "d.csv", "a,b\n1,2,3\n4,5,6,7,8\n")
    refuse(lambda: read_wiod(tmp_path / "d.csv", year=2022), "damaged CSV file", tmp_path)
    refuse(lambda: read_wiod(tmp_path / "none.csv", year=2022), "no such table", tmp_path)


def test_world_tables_of_10_gb_are_refused_by_size(tmp_path: Path) -> None:
    for name in ("huge.csv", "huge.npz"):
        with (tmp_path / name).open("wb") as stream:
            stream.truncate(10 * 2**30)
        error = refuse(lambda n=name: read_wiod(tmp_path / n, year=2011), "too large", tmp_path)
        assert "10,737,418,240" in error.found
    refuse(lambda: read_icio_csv(tmp_path / "huge.csv", year=2011), "too large", tmp_path)


def test_world_wiod_archive_with_pickled_objects_is_refused(tmp_path: Path) -> None:
    bad = arrays() | {"industries": np.array(["A01", {"a": 1}], dtype=object)}
    np.savez(tmp_path / "objects.npz", allow_pickle=True, **bad)
    refuse(lambda: read_wiod(tmp_path / "objects.npz", year=2011), "Python objects", tmp_path)
    (tmp_path / "pickle.npz").write_bytes(pickle.dumps(arrays()))
    refuse(lambda: read_wiod(tmp_path / "pickle.npz", year=2011), "Python objects", tmp_path)


def test_world_wiod_archive_with_wrong_content_is_refused(tmp_path: Path) -> None:
    lacking = arrays()
    del lacking["output"]
    np.savez(tmp_path / "a.npz", **lacking)
    assert (
        "output" in refuse(lambda: read_wiod(tmp_path / "a.npz", year=2011), "lacks arrays", tmp_path).found
    )
    np.savez(tmp_path / "b.npz", **(arrays() | {"Z": np.ones((4, 3))}))
    refuse(lambda: read_wiod(tmp_path / "b.npz", year=2011), "wrong shapes", tmp_path)
    hole = arrays()
    hole["F"][1, 1] = np.nan
    np.savez(tmp_path / "c.npz", **hole)
    error = refuse(lambda: read_wiod(tmp_path / "c.npz", year=2011), "not numbers", tmp_path)
    assert "AUS B" in error.found


def test_world_tables_need_elasticities_for_unknown_industries(tmp_path: Path) -> None:
    np.savez(tmp_path / "w.npz", **(arrays() | {"industries": np.array(["wool", "B05"])}))
    error = refuse(lambda: read_wiod(tmp_path / "w.npz", year=2011), "no elasticities", tmp_path)
    assert error.found == "wool"
    error = refuse_any(lambda: read_wiod(tmp_path / "w.npz", year=2011, theta={"wool": 4.0}), "are missing")
    assert error.found == "B05"


def test_world_wiod_sheet_with_a_row_missing_is_refused(tmp_path: Path) -> None:
    text = "\n".join(line for line in WIOD.splitlines() if not line.startswith("B,Mining,ROW"))
    path = write(tmp_path / "short.csv", text)
    refuse(lambda: read_wiod(path, year=2014, theta=5.0), "do not agree", tmp_path)
