"""What economies invest: the shares of the built-in worlds against their tables, merging, files, worlds of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import detente as dt
from detente.errors import WorldError

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "raw"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="needs the source data in ../shared")
# Shares are written with four decimals.
WRITTEN = 5e-5


def shares_of(world):
    return dict(zip(world.economies, world.baseline().invested, strict=True))


def test_shares_of_the_built_in_worlds():
    main, old = (shares_of(dt.load_world(name)) for name in ("icio2022", "wiod2011"))
    assert (main["USA"], main["CHN"], main["DEU"]) == (0.2297, 0.4395, 0.2428)
    assert (old["USA"], old["CHN"]) == (0.1638, 0.4987)
    # Not in the table of 2019 by name: of 2011, or of its rest of the world.
    assert main["NLD"] == old["NLD"]
    assert main["VNM"] == main["ROW"] == 0.2540
    assert all(0.05 < share < 0.55 for share in (*main.values(), *old.values()))


@needs_shared
def test_shares_are_those_of_the_tables():
    with np.load(SHARED / "wiod_2013_release/wiot_2011.npz") as table:
        n = [str(c) for c in table["countries"]].index("JPN")
        bought = table["F"][:, 5 * n : 5 * n + 5].sum(axis=0, dtype=float)
    assert shares_of(dt.load_world("wiod2011"))["JPN"] == pytest.approx(
        1 - bought[:3].sum() / bought.sum(), abs=WRITTEN
    )
    with np.load(SHARED / "oecd_icio_2023_2019_g20/icio2019_g20_sections.npz") as table:
        n = [str(c) for c in table["countries"]].index("BRA")
        consumed = table["final_demand"][:, n, :, [0, 2]].sum()
        everything = table["final_demand"][:, n].sum()
    assert shares_of(dt.load_world("icio2022"))["BRA"] == pytest.approx(
        1 - consumed / everything, abs=WRITTEN
    )


@needs_shared
def test_a_table_of_wiod_tells_what_is_invested():
    """The archive that the built-in world was made from, read as anybody's."""
    world = dt.read_world(SHARED / "wiod_2013_release/wiot_2011.npz", layout="wiod", year=2011)
    built_in = shares_of(dt.load_world("wiod2011"))
    found = {"ROU" if label == "ROM" else label: share for label, share in shares_of(world).items()}
    assert found == pytest.approx(built_in, abs=WRITTEN)


def test_another_estimate_of_the_world_invests_the_same():
    assert shares_of(dt.load_world("icio2022", variant="china-plus-15")) == shares_of(
        dt.load_world("icio2022")
    )


def test_merged_economies_invest_their_weighted_mean(tmp_path):
    world = dt.load_world("wiod2011")
    rest = [label for label in world.economies if label not in ("USA", "CHN")]
    small = world.aggregate(economies={"RST": rest}, sectors={"ALL": world.sectors})
    alone, merged = shares_of(world), shares_of(small)
    final = world.data["final"].sum(("sector", "exporter")).astype(float)
    weights = final.sel(importer=rest).to_numpy()
    assert merged["RST"] == pytest.approx(np.average([alone[label] for label in rest], weights=weights))
    assert (merged["USA"], merged["CHN"]) == pytest.approx((alone["USA"], alone["CHN"]))
    for ending in (".nc", ".parquet"):
        back = dt.load_world(small.to_file(tmp_path / f"small{ending}"))
        assert shares_of(back) == pytest.approx(merged)
        assert back.hash == small.hash
    # Merging industries leaves economies, and what they invest, alone.
    assert shares_of(world.aggregate(sectors={"ALL": world.sectors})) == alone


def test_a_world_of_ones_own_says_what_it_invests():
    world = dt.load_world("wiod2011").aggregate(
        economies={"EUR": "EU"}, sectors={"ALL": dt.load_world("wiod2011").sectors}
    )
    given = dict.fromkeys(world.economies, 0.2) | {"USA": 0.3}
    own = world.with_invested(given)
    assert shares_of(own) == given
    assert own.hash != world.hash
    eq = dt.solve(own, closure="saving")
    assert eq.investment["base"]["USA"] == pytest.approx(
        0.3 * own.baseline().income[own.economies.index("USA")]
    )


@pytest.mark.parametrize(
    ("shares", "what", "found"),
    [
        ({"A": 0.2}, "shares of investment for other economies", "missing: B"),
        ({"A": 0.2, "B": 0.2, "C": 0.1}, "shares of investment for other economies", "unknown: C"),
        ({"A": 0.2, "B": 1.0}, "a share of investment that cannot be one", "B 1"),
        ({"A": -0.1, "B": 0.2}, "a share of investment that cannot be one", "A -0.1"),
        ({"A": float("nan"), "B": 0.2}, "a share of investment that cannot be one", "A not a number"),
    ],
)
def test_refusals(shares, what, found):
    with pytest.raises(WorldError) as caught:
        two().with_invested(shares)
    assert (caught.value.what, caught.value.found) == (what, found)
    assert caught.value.repair


@pytest.mark.parametrize("text", ["[0.2, 0.2]", "a quarter", json.dumps({"A": "much", "B": 0.2})])
def test_an_attribute_that_cannot_be_read(text):
    with pytest.raises(WorldError, match="an attribute of a world that cannot be read"):
        dt.World(two().data.assign_attrs(invested=text)).baseline()


def two(**given):
    """Two economies, one industry."""
    import pandas as pd  # noqa: PLC0415

    rows = [("goods", i, n, 20.0 if i == n else 5.0, 30.0 if i == n else 5.0) for i in "AB" for n in "AB"]
    flows = pd.DataFrame(rows, columns=["sector", "exporter", "importer", "intermediate", "final"])
    use = pd.DataFrame(
        [("goods", "goods", n, 25.0) for n in "AB"], columns=["input", "sector", "economy", "value"]
    )
    return dt.World.from_frames(flows, use, elasticities=4.0, name="two", year=2022, **given)


def test_tidy_tables_may_say_it():
    assert two().baseline().invested is None
    assert shares_of(two(invested={"B": 0.3, "A": 0.2})) == {"A": 0.2, "B": 0.3}
    with pytest.raises(WorldError, match="missing: A"):
        two(invested={"B": 0.3})
