"""A world from tidy tables: what goes in comes out, solves alike, and what does not fit is refused by table and row."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import detente as dt
from detente.errors import WorldError

# Sums of single-precision flows of the built-in world against its double-precision output.
ROUNDING = 1e-6


@pytest.fixture(scope="module")
def small():
    world = dt.load_world("wiod2011")
    keep = ("USA", "CHN")
    rest = [label for label in world.economies if label not in keep]
    goods, others = world.sectors[:16], world.sectors[16:]
    return world.aggregate(economies={"RST": rest}, sectors={"GDS": goods, "SRV": others})


def build(tables, **changes):
    given = tables | changes
    return dt.World.from_frames(given.pop("flows"), given.pop("use"), name="own", year=2011, **given)


def tables_of(small):
    data = small.data
    use = data["input_use"].rename({"importer": "economy"}).to_dataframe("value").reset_index()
    return {
        "flows": data[["intermediate", "final"]].to_dataframe().reset_index(),
        "use": use,
        "tariffs": data["tariff"].to_dataframe().reset_index(),
        "elasticities": dict(zip(small.sectors, data["theta"].to_numpy().tolist(), strict=True)),
    }


@pytest.fixture(scope="module")
def tables(small):
    return {
        name: table.sample(frac=1, random_state=1) if isinstance(table, pd.DataFrame) else table
        for name, table in tables_of(small).items()
    }


def test_a_world_comes_back_from_its_tables_and_solves_alike(small, tables):
    own = build(tables)
    assert set(own.economies) == set(small.economies)
    n = [own.economies.index(label) for label in small.economies]
    j = [own.sectors.index(label) for label in small.sectors]
    assert own.data["intermediate"].to_numpy()[np.ix_(j, n, n)] == pytest.approx(
        small.data["intermediate"].to_numpy()
    )
    shock = {"importer": "USA", "exporter": "CHN", "sectors": ["GDS"]}
    left, right = (
        dt.solve(world, dt.Shock(tariff=dt.raise_tariff(world.baseline(), 0.25, **shock))).real_income_pct
        for world in (small, own)
    )
    assert right[list(small.economies)].to_numpy() == pytest.approx(left.to_numpy(), rel=ROUNDING)


def test_tariffs_and_value_added_may_be_left_out(tables):
    without = build({name: table for name, table in tables.items() if name != "tariffs"})
    assert float(without.data["tariff"].sum()) == 0
    assert without.estimated == ("Baseline tariffs are zero: none were given.",)
    added = without.data["value_added_taxes"].to_dataframe("value").reset_index()
    assert build(tables, value_added=added).gdp.sum() == pytest.approx(float(without.gdp.sum()))


def spoiled(table, column, value, row=3):
    out = table.reset_index(drop=True).copy()
    out[column] = out[column].astype(object)
    out.loc[row, column] = value
    return out


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda t: {"flows": t["flows"].drop(columns="final")}, "a table of a world lacks columns"),
        (lambda t: {"flows": pd.concat([t["flows"], t["flows"][:1]])}, "a cell stands twice"),
        (lambda t: {"flows": spoiled(t["flows"], "final", -1.0)}, "a value that a table of a world cannot"),
        (lambda t: {"flows": spoiled(t["flows"], "final", "many")}, "a value that a table of a world cannot"),
        (lambda t: {"use": spoiled(t["use"], "economy", "USB")}, "an unknown label in a table of a world"),
        (lambda t: {"use": spoiled(t["use"], "value", 1e9)}, "inputs used and sold differ"),
        (lambda _: {"elasticities": {"GDS": 4.0}}, "sectors without a trade elasticity"),
        (lambda _: {"services": ["SRW"]}, "an unknown sector among the services"),
    ],
)
def test_what_does_not_fit_is_refused_by_table_and_row(tables, change, what):
    with pytest.raises(WorldError, match=what) as caught:
        build(tables, **change(tables))
    assert caught.value.repair


def test_an_unknown_label_is_named_with_its_row_and_what_was_meant(tables):
    with pytest.raises(WorldError, match="use, row 3, column economy") as caught:
        build(tables, use=spoiled(tables["use"], "economy", "USB"))
    assert "USA" in str(caught.value.repair)


def test_a_parquet_table_by_another_hand_is_read_off_its_rows(tables, tmp_path):
    """Columns as documented, no metadata, one row for the year."""
    small = build(tables)
    path = small.to_file(tmp_path / "own.parquet")
    table = pq.read_table(path).replace_schema_metadata(None).to_pandas()
    year = dict.fromkeys(table.columns, "") | {"variable": "year", "value": 2011.0}
    plain = pd.concat([table.astype({c: str for c in table.columns if c != "value"}), pd.DataFrame([year])])
    plain.to_parquet(path, index=False)
    own = dt.World.from_file(path)
    assert (own.name, own.year, own.economies) == ("own", 2011, small.economies)
    assert own.data["final"].to_numpy() == pytest.approx(small.data["final"].to_numpy())
    plain[plain.variable != "year"].to_parquet(path, index=False)
    with pytest.raises(WorldError, match="a Parquet world without its year"):
        dt.World.from_file(path)
