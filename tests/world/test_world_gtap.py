"""Header array files byte by byte, and a made-up data base of two regions in both systems of names."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from detente.errors import WorldError
from detente.world.readers.har import read_har
from detente.world.readers.read import read_world
from world import har_files as har

FOOD, SERVICES = "food", "svces"
COMMODITIES, REGIONS = [FOOD, SERVICES], ["usa", "Elsewhere"]
# (commodity, origin, destination): exports fob; the second region has trade among its own economies.
FOB = np.array([[[0, 10.0], [20, 4]], [[0, 5], [5, 0]]])
# Freight is a tenth of food's fob value, and nothing for services.
CIF = FOB * np.array([1.1, 1.0])[:, None, None]
DUTY = np.array([[[0, 0.2], [0.1, 0.05]], [[0, 0.0], [0, 0]]])
PAID = CIF * (1 + DUTY)
# Sold to freight by the two regions: 3.4 in all, as freight costs.
TRANSPORT = np.array([[2.4, 1.0]])
# Imports go to the food industry, to services, to households, government and investment.
SPLIT = (0.25, 0.25, 0.3, 0.15, 0.05)
# (commodity, activity, region): inputs made at home; (commodity, region): what final users buy at home.
HOME = np.array([[[6.0, 3], [2, 1]], [[4, 2], [30, 12]]])
FINAL_HOME = np.array([[40.0, 25], [90, 50]])
SUBSTITUTION = np.array([[5.0, 7.0], [3.0, 3.0]])


def headers(*, classic=False, sparse=False):
    """The headers of the data base; classic files hold investment as a column of what firms buy."""
    total = PAID.sum(axis=1)
    firms = np.stack([total * SPLIT[0], total * SPLIT[1]], axis=1)
    users = ("COMM", "ACTS", "REG")
    activities = COMMODITIES
    home = HOME
    invested = (FINAL_HOME * 0.2, total * SPLIT[4])
    if classic:
        users, activities = ("TRAD", "PROD", "REG"), [*COMMODITIES, "CGDS"]
        home = np.concatenate([HOME, invested[0][:, None]], axis=1)
        firms = np.concatenate([firms, invested[1][:, None]], axis=1)
    goods = (users[0], COMMODITIES)
    three = [goods, (users[1], activities), ("REG", REGIONS)]
    pair = [goods, ("REG", REGIONS), ("REG", REGIONS)]
    two = [goods, ("REG", REGIONS)]
    names = (
        "VDFM VIFM VDPM VIPM VDGM VIGM VXWD VIWS VIMS"
        if classic
        else "VDFB VMFB VDPB VMPB VDGB VMGB VFOB VCIF VMSB"
    )
    values = [
        (three, home),
        (three, firms),
        (two, FINAL_HOME * 0.5),
        (two, total * SPLIT[2]),
        (two, FINAL_HOME * 0.3),
        (two, total * SPLIT[3]),
        (pair, FOB),
        (pair, CIF),
        (pair, PAID),
    ]
    write = har.sparse if sparse else har.full
    out = {name: write(name, *each) for name, each in zip(names.split(), values, strict=True)}
    if not classic:
        out |= {"VDIB": write("VDIB", two, invested[0]), "VMIB": write("VMIB", two, invested[1])}
    out["VST"] = write("VST", [("MARG", [SERVICES]), ("REG", REGIONS)], TRANSPORT)
    return out


def write(folder, content, parameters=None):
    folder.mkdir(exist_ok=True)
    (folder / "basedata.har").write_bytes(har.text("SETS", COMMODITIES) + b"".join(content.values()))
    if parameters is not None:
        axes = [("COMM", COMMODITIES), ("REG", REGIONS)]
        (folder / "default.prm").write_bytes(har.full("ESBM", axes, parameters))
    return folder


def read(path, **options):
    return read_world(path, layout="gtap", **({"year": 2017} | options))


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("classic", [False, True])
def test_flows_of_a_data_base(tmp_path, classic, sparse):
    world = read(write(tmp_path / "v", headers(classic=classic, sparse=sparse), SUBSTITUTION))
    assert (world.economies, world.sectors) == (("USA", "Elsewhere"), (FOOD, SERVICES))
    data = world.data

    def at(name, **labels):
        return pytest.approx(float(data[name].sel(labels)), rel=1e-5)

    there = dict(sector=FOOD, exporter="USA", importer="Elsewhere")
    assert at("intermediate", **there) == 10 * 0.5
    assert at("final", **there) == 10 * 0.5
    # At home: what firms and final users buy there, and trade among economies of a region.
    assert at("intermediate", sector=FOOD, exporter="Elsewhere", importer="Elsewhere") == 3 + 1 + 4 * 0.5
    assert at("final", sector=FOOD, exporter="Elsewhere", importer="Elsewhere") == 25 + 4 * 0.5
    # Freight on food into the second region, 1.4, is bought from both in proportion to what they carry.
    carried = 1.4 * 2.4 / 3.4
    assert at("final", sector=SERVICES, exporter="USA", importer="Elsewhere") == 5 * 0.5 + carried * 0.5
    assert at("input_use", input=FOOD, sector=SERVICES, importer="USA") == 2 + 20 * 0.25
    assert at("input_use", input=SERVICES, sector=FOOD, importer="USA") == 4 + 5 * 0.25 + 2.0 * 0.25
    # All freight is sold by somebody: 2.4 by the United States.
    assert at("output", sector=SERVICES, economy="USA") == 4 + 30 + 90 + 5 + 2.4
    duties = data["tariff"].sel(sector=FOOD)
    assert float(duties.sel(importer="Elsewhere", exporter="USA")) == pytest.approx(0.2, abs=1e-6)
    assert float(duties.sel(importer="USA", exporter="Elsewhere")) == pytest.approx(0.1, abs=1e-6)
    assert float(duties.sel(importer="Elsewhere", exporter="Elsewhere")) == 0
    assert data["theta"].to_numpy() == pytest.approx([5.0, 2.0])
    assert any("in proportion" in line for line in world.estimated)
    # A fifth of what is bought at home, and SPLIT[4] of imports out of what is not inputs.
    imports = PAID.sum(axis=1)
    invested = (0.2 * FINAL_HOME + SPLIT[4] * imports).sum(axis=0) / (
        FINAL_HOME + sum(SPLIT[2:]) * imports
    ).sum(axis=0)
    assert world.baseline().invested == pytest.approx(invested)


def test_a_tariff_on_a_data_base_can_be_solved(tmp_path):
    base = read(write(tmp_path / "v", headers(), SUBSTITUTION)).baseline()
    eq = dt.solve(
        base,
        dt.Shock(tariff=dt.raise_tariff(base, 0.1, importer="USA", exporter="Elsewhere", sectors=[FOOD])),
    )
    assert eq.converged
    sold = eq.to_frame("flows").set_index(["sector", "exporter", "importer"]).loc[(FOOD, "Elsewhere", "USA")]
    assert (sold["tariff"], sold["tariff_new"]) == (
        pytest.approx(0.1, abs=1e-6),
        pytest.approx(0.2, abs=1e-6),
    )
    assert float(sold["customs_new_usd_mn"]) < float(sold["customs_usd_mn"])


def test_elasticities_are_asked_for_without_parameters(tmp_path):
    folder = write(tmp_path / "v", headers())
    with pytest.raises(WorldError, match="no elasticities for these sectors"):
        read(folder)
    assert float(read(folder / "basedata.har", theta=4.0).data["theta"][0]) == 4.0


def test_an_import_subsidy_is_left_out_and_told(tmp_path):
    content = headers()
    axes = [("COMM", COMMODITIES), ("REG", REGIONS), ("REG", REGIONS)]
    content["VCIF"] = har.full("VCIF", axes, CIF * 1.25)
    world = read(write(tmp_path / "v", content, SUBSTITUTION))
    assert not world.data["tariff"].any()
    assert any("Import subsidies of 4 flows are left out" in line for line in world.estimated)


@pytest.mark.parametrize(
    ("change", "message", "found"),
    [
        (lambda c: c.pop("VFOB"), "not all of it", "VFOB"),
        (lambda c: c.pop("VDFB"), "not all of it", "VDFM"),
        (
            lambda c: c.update(
                VMPB=har.full("VMPB", [("COMM", COMMODITIES), ("REG", REGIONS)], np.ones((2, 2)))
            ),
            "do not add up to imports by origin",
            "food in",
        ),
        (
            lambda c: c.update(
                VDGB=har.full("VDGB", [("COMM", COMMODITIES), ("REG", ["a", "b"])], np.ones((2, 2)))
            ),
            "disagree on a set",
            "VDGB, axis 2: a, b",
        ),
        (
            lambda c: c.update(
                VDFB=har.full("VDFB", [("COMM", COMMODITIES), ("ACTS", ["x", "y"]), ("REG", REGIONS)], HOME)
            ),
            "activities are not the commodities",
            "x, y, food, svces",
        ),
        (
            lambda c: c.update(VCIF=har.full("VCIF", [], CIF, kind="RLFULL")),
            "not all of it",
            "without the elements",
        ),
        (
            lambda c: c.update(VST=har.full("VST", [("MARG", ["sea"]), ("REG", REGIONS)], TRANSPORT)),
            "disagree on a set",
            "VST: sea",
        ),
    ],
)
def test_a_data_base_that_does_not_fit_is_refused(tmp_path, change, message, found):
    content = headers()
    change(content)
    with pytest.raises(WorldError, match=message) as caught:
        read(write(tmp_path / "v", content, SUBSTITUTION))
    assert found in caught.value.found
    assert caught.value.allowed
    assert caught.value.repair


def test_substitution_without_an_elasticity_is_refused(tmp_path):
    with pytest.raises(WorldError, match="without a trade elasticity") as caught:
        read(write(tmp_path / "v", headers(), SUBSTITUTION * 0.2))
    assert "svces" in caught.value.found


def test_every_type_of_header_is_read(tmp_path):
    values = np.arange(12.0).reshape(3, 4)
    cube = np.arange(24.0).reshape(2, 3, 4)
    axes = [("A", ["a1", "a2"]), ("B", ["b1", "b2", "b3"]), ("C", ["c1", "c2", "c3", "c4"])]
    path = tmp_path / "all.har"
    path.write_bytes(
        har.text("TEXT", ["one", "two", "three"])
        + har.matrix("REAL", values)
        + har.matrix("INTS", values, kind="2IFULL")
        + har.full("BARE", [], cube, kind="RLFULL")
        + har.full("CUBE", axes, cube)
        + har.sparse("thin", axes, cube * (cube % 5 == 0))
    )
    found = read_har(path)
    assert list(found) == ["TEXT", "REAL", "INTS", "BARE", "CUBE", "THIN"]
    assert found["TEXT"].values.tolist() == ["one", "two", "three"]
    np.testing.assert_array_equal(found["REAL"].values, values)
    np.testing.assert_array_equal(found["INTS"].values, values)
    np.testing.assert_array_equal(found["BARE"].values.reshape(2, 3, 4), cube)
    np.testing.assert_array_equal(found["CUBE"].values, cube)
    np.testing.assert_array_equal(found["THIN"].values, cube * (cube % 5 == 0))
    assert found["CUBE"].elements[2] == ("c1", "c2", "c3", "c4")
    assert list(read_har(path, {"CUBE"})) == ["CUBE"]


WHOLE = har.full("CUBE", [("A", ["a1", "a2"]), ("B", ["b1", "b2", "b3"])], np.ones((2, 3)))


@pytest.mark.parametrize(
    ("content", "message", "found"),
    [
        (b"", "no header array file", "no header in it"),
        (b"PK\x03\x04rest of an archive", "no header array file", "a record of"),
        (b"\xfd\x10CUBE\x10", "no header array file", "a record of"),
        (WHOLE[:-2], "no header array file", "does not repeat"),
        (WHOLE + b"\x04\x00", "no header array file", "within a length"),
        (WHOLE.replace(b"REFULL", b"DEFULL"), "type of header that is not read", "CUBE: DEFULL"),
        (WHOLE.replace(har.ints(7, 2, 3), har.ints(7, 2, 9), 1), "no header array file", "CUBE (REFULL)"),
        (
            WHOLE[: -len(har.record(b"    " + har.ints(1) + b"\0" * 8))],
            "no header array file",
            "CUBE (REFULL)",
        ),
        (har.record(b"CUBE"), "type of header that is not read", "nothing"),
    ],
)
def test_a_file_that_is_none_or_damaged_is_refused(tmp_path, content, message, found):
    path = tmp_path / "bad.har"
    path.write_bytes(content)
    with pytest.raises(WorldError, match=message) as caught:
        read_har(path)
    assert found in caught.value.found
    assert caught.value.repair
