"""Round trips of world files, and every file that must be refused."""

from __future__ import annotations

import contextlib
import pickle
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import scipy.io

import detente.world
from detente.errors import WorldError
from detente.world import World, load_world, world_names
from world.toy_worlds import make_toy

if TYPE_CHECKING:
    import xarray as xr


@pytest.fixture
def toy() -> World:
    return make_toy(11, 3, 2, 0.3)


@pytest.mark.parametrize("ending", ["nc", "parquet"])
def test_world_round_trip_is_bit_equal(toy: World, tmp_path: Path, ending: str) -> None:
    first = toy.to_file(tmp_path / f"a.{ending}")
    back = World.from_file(first)
    assert back.hash == toy.hash
    assert back.to_file(tmp_path / f"b.{ending}").read_bytes() == first.read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"a.{ending}", f"b.{ending}"]


@pytest.mark.parametrize("ending", ["nc", "parquet"])
def test_world_round_trip_keeps_single_precision(tmp_path: Path, ending: str) -> None:
    world = load_world("wiod2011").aggregate(economies={"REST": list(load_world("wiod2011").economies[2:])})
    single = world.with_variables(final=world.data["final"].to_numpy().astype(np.float32))
    back = World.from_file(single.to_file(tmp_path / f"w.{ending}"))
    assert back.data["final"].dtype == np.float32
    assert back.hash == single.hash


def test_world_hash_follows_content(toy: World) -> None:
    final = toy.data["final"].to_numpy().copy()
    final[0, 0, 0] = np.nextafter(final[0, 0, 0], np.inf)
    assert toy.with_variables(final=final).hash != toy.hash
    assert World(toy.data.assign_attrs(year=2001)).hash != toy.hash
    assert World(toy.data.copy(deep=True)).hash == toy.hash


def refuse(path: Path, message: str) -> WorldError:
    """Ask for the file, expect a refusal with a repair, and see that nothing was written beside it."""
    before = sorted(path.parent.iterdir())
    with pytest.raises(WorldError, match=message) as caught:
        load_world(path)
    assert caught.value.repair
    assert caught.value.exit_code == 1
    assert sorted(path.parent.iterdir()) == before
    return caught.value


@pytest.mark.parametrize("ending", ["nc", "parquet"])
def test_world_file_of_10_gb_is_refused_by_size(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"huge.{ending}"
    with path.open("wb") as stream:
        stream.truncate(10 * 2**30)
    assert "10,737,418,240" in refuse(path, "too large").found


@pytest.mark.parametrize("protocol", [2, 5])
def test_world_file_with_a_pickle_is_refused(tmp_path: Path, protocol: int) -> None:
    path = tmp_path / "world.nc"
    path.write_bytes(pickle.dumps({"final": [1.0]}, protocol=protocol))
    assert refuse(path, "not a world file").found == "pickled Python objects"


def test_world_file_with_numpy_objects_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "world.npy", np.array([{}], dtype=object), allow_pickle=True)
    assert "pickled objects" in refuse(tmp_path / "world.npy", "not a world file").found
    np.savez(tmp_path / "world.npz", final=np.ones(3))
    assert "pickled objects" in refuse(tmp_path / "world.npz", "not a world file").found


def test_world_file_of_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "world.nc"
    path.write_text("sector,importer\n")
    assert "unknown content" in refuse(path, "not a world file").found


def test_world_file_that_is_missing_is_refused(tmp_path: Path) -> None:
    refuse(tmp_path / "absent.nc", "no such world file")


@pytest.mark.parametrize("kept", [40, 700, 2000])
def test_world_file_that_is_cut_off_is_refused(toy: World, tmp_path: Path, kept: int) -> None:
    path = tmp_path / "cut.nc"
    path.write_bytes(toy.to_file(tmp_path / "whole.nc").read_bytes()[:kept])
    refuse(path, "damaged|wrong|lacks")


def test_world_parquet_that_is_cut_off_is_refused(toy: World, tmp_path: Path) -> None:
    path = tmp_path / "cut.parquet"
    path.write_bytes(toy.to_file(tmp_path / "whole.parquet").read_bytes()[:-50])
    refuse(path, "damaged")


def save(data: xr.Dataset, path: Path) -> Path:
    data.to_netcdf(path, engine="scipy")
    return path


def test_world_file_with_nan_is_refused(toy: World, tmp_path: Path) -> None:
    data = toy.data.copy(deep=True)
    data["final"] = data["final"].where(data["final"] < data["final"].max())
    error = refuse(save(data, tmp_path / "nan.nc"), "not numbers")
    assert "= not known" in error.found


def test_world_file_with_wrong_dimensions_is_refused(toy: World, tmp_path: Path) -> None:
    swapped = toy.data.assign(final=toy.data["final"].transpose("sector", "exporter", "importer"))
    assert "importer" in refuse(save(swapped, tmp_path / "a.nc"), "wrong dimensions").allowed
    fewer = toy.data.isel(exporter=[0, 1])
    refuse(save(fewer, tmp_path / "b.nc"), "wrong dimensions in a world file")


def test_world_file_with_disagreeing_labels_is_refused(toy: World, tmp_path: Path) -> None:
    data = toy.data.assign_coords(exporter=["E0", "E1", "X"])
    assert "'X'" in refuse(save(data, tmp_path / "a.nc"), "labels").found


def test_world_file_without_a_variable_or_attribute_is_refused(toy: World, tmp_path: Path) -> None:
    assert "theta" in refuse(save(toy.data.drop_vars("theta"), tmp_path / "a.nc"), "wrong variables").found
    bare = toy.data.copy()
    del bare.attrs["year"]
    assert "year" in refuse(save(bare, tmp_path / "b.nc"), "lacks attributes").found


def test_world_file_with_text_values_is_refused(toy: World, tmp_path: Path) -> None:
    data = toy.data.assign(theta=("sector", ["a", "b"]))
    refuse(save(data, tmp_path / "a.nc"), "not numeric")


def test_world_parquet_with_a_missing_cell_is_refused(toy: World, tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    table = pq.read_table(toy.to_file(tmp_path / "whole.parquet"))
    pq.write_table(table.slice(1), tmp_path / "less.parquet")
    assert "= not known" in refuse(tmp_path / "less.parquet", "not numbers").found


def test_world_parquet_with_nan_is_refused(toy: World, tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    table = pq.read_table(toy.to_file(tmp_path / "whole.parquet"))
    values = table["value"].to_numpy().copy()
    values[3] = np.nan
    spoilt = table.set_column(
        table.schema.get_field_index("value"), "value", pa.array(values, from_pandas=False)
    )
    pq.write_table(spoilt, tmp_path / "nan.parquet")
    error = refuse(tmp_path / "nan.parquet", "not numbers")
    assert error.found.startswith("intermediate[")
    assert error.found.endswith("= not known")


def test_world_parquet_with_pickled_values_is_refused(toy: World, tmp_path: Path) -> None:
    """Values as bytes, each a pickle: refused by the type of the column, before any is read."""
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    table = pq.read_table(toy.to_file(tmp_path / "whole.parquet"))
    pickles = pa.array([pickle.dumps(1.0)] * table.num_rows, pa.binary())
    spoilt = table.set_column(table.schema.get_field_index("value"), "value", pickles)
    pq.write_table(spoilt, tmp_path / "pickled.parquet")
    assert refuse(tmp_path / "pickled.parquet", "wrong type").found == "binary"
    text = table.set_column(table.schema.get_field_index("value"), "value", pa.array(["1"] * table.num_rows))
    pq.write_table(text, tmp_path / "text.parquet")
    assert "value" in refuse(tmp_path / "text.parquet", "wrong type").where


def test_world_parquet_with_a_cell_twice_or_an_unknown_label_is_refused(toy: World, tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    table = pq.read_table(toy.to_file(tmp_path / "whole.parquet"))
    pq.write_table(pa.concat_tables([table.slice(1), table.slice(1, 1)]), tmp_path / "twice.parquet")
    refuse(tmp_path / "twice.parquet", "a cell stands twice")
    pq.write_table(pa.concat_tables([table, table.slice(0, 1)]), tmp_path / "more.parquet")
    refuse(tmp_path / "more.parquet", "more rows than cells")
    names = pa.array(["E9" if x == "E1" else x for x in table["exporter"].to_pylist()])
    odd = table.set_column(table.schema.get_field_index("exporter"), "exporter", names)
    pq.write_table(odd, tmp_path / "odd.parquet")
    assert refuse(tmp_path / "odd.parquet", "unknown label").found == "E9"


def test_world_file_with_a_wrong_attribute_is_refused(toy: World, tmp_path: Path) -> None:
    for value in ("not json", "[]", "7"):
        spoilt = toy.data.assign_attrs(negative_allowed=value)
        error = refuse(save(spoilt, tmp_path / "a.nc"), "not what it has to be")
        assert "negative_allowed" in error.where


def test_world_file_reads_as_another_reader_reads_it() -> None:
    """Every variable, label and attribute of the embedded world against SciPy's reader."""
    folder = Path(detente.world.__file__).parents[1] / "data" / "worlds"
    world = load_world("icio2022")
    with scipy.io.netcdf_file(folder / "icio2022.nc", "r", mmap=False) as other:
        for name in world.data.data_vars:
            np.testing.assert_array_equal(world.data[name], other.variables[name][:])
        exporters = [b"".join(row).decode().rstrip("\0") for row in other.variables["exporter"][:]]
        assert exporters == list(world.economies)
        assert other.year == world.year
        assert other.estimated.decode() == world.data.attrs["estimated"]


PACKED = {"dtype": "i2", "scale_factor": 0.01, "_FillValue": -32768}


def test_world_file_that_is_packed_is_refused(toy: World, tmp_path: Path) -> None:
    path = tmp_path / "packed.nc"
    toy.data.to_netcdf(path, engine="scipy", encoding={"final": PACKED})
    assert refuse(path, "is packed").found == "scale_factor"


@pytest.mark.parametrize("seed", range(30))
def test_world_file_with_bytes_changed_is_refused_or_read(toy: World, tmp_path: Path, seed: int) -> None:
    """A damaged header never gives anything but a world error, or a world that passes its checks."""
    rng = np.random.default_rng(seed)
    content = bytearray(toy.to_file(tmp_path / "whole.nc").read_bytes())
    for at in rng.integers(4, 900, 3):
        content[at] = rng.integers(0, 256)
    (tmp_path / "odd.nc").write_bytes(bytes(content))
    with contextlib.suppress(WorldError):
        World.from_file(tmp_path / "odd.nc").check()


def test_world_file_may_leave_out_taxes_on_final_demand(toy: World, tmp_path: Path) -> None:
    path = save(toy.data.drop_vars(["final_taxes", "final_taxes_source"]), tmp_path / "a.nc")
    back = World.from_file(path)
    assert not back.data["final_taxes"].any()
    assert back.hash == toy.hash


def test_world_parquet_of_something_else_is_refused(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    pq.write_table(pa.table({"x": [1, 2]}), tmp_path / "x.parquet")
    refuse(tmp_path / "x.parquet", "lacks columns")


def test_world_unknown_name_lists_the_known() -> None:
    with pytest.raises(WorldError, match="unknown world") as caught:
        load_world("domesday1086")
    assert caught.value.where == "world (--world)"
    assert caught.value.found == "domesday1086"
    assert caught.value.allowed == "icio2022, wiod2011"
    assert caught.value.repair == "use a built-in name or a file path"


def test_world_from_a_file_has_no_variants(tmp_path: Path) -> None:
    with pytest.raises(WorldError, match="has no variants") as caught:
        load_world(tmp_path / "mine.nc", variant="observed")
    assert (caught.value.where, caught.value.found) == ("variant", "observed")


def test_world_unknown_variant_is_refused() -> None:
    with pytest.raises(WorldError, match="unknown variant") as caught:
        load_world("wiod2011", variant="china-plus-15")
    assert "observed" in caught.value.allowed


def test_world_unknown_ending_is_refused(toy: World, tmp_path: Path) -> None:
    with pytest.raises(WorldError, match="unknown kind of world file") as caught:
        toy.to_file(tmp_path / "world.csv")
    assert (caught.value.where, caught.value.found) == (str(tmp_path / "world.csv"), ".csv")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", world_names())
def test_world_built_in_is_consistent(name: str) -> None:
    world = load_world(name)
    world.check()
    assert world.baseline().residual() < 1e-13
    assert world is load_world(name)
    assert len(world.summary().splitlines()) < 24
