"""One made-up economy written in every layout that is read: each gives the same world; what does not fit is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import detente as dt
from detente.errors import InputError, WorldError
from detente.world.readers.read import read_world
from detente.world.sectors import read_sectors

# Three economies, two industries (A01 goods, S services). Rows sell, columns buy.
ECONOMIES = ("AUT", "CHN", "ROW")
INDUSTRIES = ("A01", "S")
FLOWS = np.array(
    [
        [4.0, 1, 3, 2, 0, 0],
        [5.0, 2, 0, 0, 1, 0],
        [2.0, 0, 6, 1, 2, 0],
        [1.0, 1, 4, 9, 0, 0],
        [0.0, 1, 2, 0, 3, 0],
        [0.0, 0, 0, 0, 0, 0],  # the rest of the world makes no services
    ]
)
# Households and inventories of each economy; inventories of Chinese goods are run down in AUT.
FINAL = np.array(
    [
        [10.0, 1, 5, 0, 2, 0],
        [12.0, 0, 1, 0, 1, 0],
        [8.0, -1, 15, 2, 6, 0],
        [1.0, 0, 40, 0, 0, 0],
        [2.0, 0, 1, 0, 20, 1],
        [0.0, 0, 0, 0, 0, 0],
    ]
)
OUTPUT = FLOWS.sum(axis=1) + FINAL.sum(axis=1)
ADDED = OUTPUT - FLOWS.sum(axis=0)
NODES = [(economy, industry) for economy in ECONOMIES for industry in INDUSTRIES]
# As each layout calls them.
ALPHA2 = {"AUT": "AT", "CHN": "CN", "ROW": "FIGW1"}
EXIO = {"AUT": "AT", "CHN": "CN", "ROW": "WF"}
FIGARO_CODES = {"A01": "A01", "S": "S94"}
USERS = ("HH", "INV")


def text(rows, separator):
    return "\n".join(separator.join(map(str, row)) for row in rows) + "\n"


def write_icio(folder, flows=FLOWS, final=FINAL):
    names = [f"{e}_{i}" for e, i in NODES]
    buyers = [f"{e}_{u}" for e in ECONOMIES for u in ("HFCE", "INVNT")]
    rows = [["V1", *names, *buyers, "OUT"]]
    rows += [[n, *z, *f, y] for n, z, f, y in zip(names, flows, final, OUTPUT, strict=True)]
    rows.append(["VA", *ADDED, *[0] * 6, ADDED.sum()])
    path = folder / "2022_SML.csv"
    path.write_text(text(rows, ","), encoding="utf-8")
    return path


def write_exiobase(folder, flows=FLOWS, final=FINAL, *, coefficients=False, unit="M.EUR"):
    folder = folder / "IOT_2022_ixi"
    folder.mkdir()
    nodes = [(EXIO[e], i) for e, i in NODES]
    buyers = [(EXIO[e], u) for e in ECONOMIES for u in USERS]
    share = np.divide(flows, OUTPUT, out=np.zeros_like(flows), where=OUTPUT > 0)
    for name, values, columns, head in (
        ("A.txt" if coefficients else "Z.txt", share if coefficients else flows, nodes, "sector"),
        ("Y.txt", final, buyers, "category"),
    ):
        rows = [["region", "", *(a for a, _ in columns)], [head, "", *(b for _, b in columns)]]
        rows.append(["region", "sector", *[""] * len(columns)])
        rows += [[*node, *value] for node, value in zip(nodes, values, strict=True)]
        (folder / name).write_text(text(rows, "\t"), encoding="utf-8")
    made = [["region", "sector", "indout"], *([*n, y] for n, y in zip(nodes, OUTPUT, strict=True))]
    (folder / "x.txt").write_text(text(made, "\t"), encoding="utf-8")
    units = [["region", "sector", "unit"], *([*n, unit if n[1] == "S" else "M.EUR"] for n in nodes)]
    (folder / "unit.txt").write_text(text(units, "\t"), encoding="utf-8")
    return folder


def write_eora(folder, flows=FLOWS, final=FINAL, *, added=None):
    """With the row and column of discrepancies that the published table has as an economy of one sector."""
    folder = folder / "eora"
    folder.mkdir()
    code = {"AUT": "AUT", "CHN": "CHN", "ROW": "SUD"}
    labels = [[e, code[e], "Industries", i, ""] for e, i in NODES] + [
        ["Discrepancies", "ROW", "Industries", "TOTAL", ""]
    ]
    wanted = [[e, code[e], "Final Demand", u, ""] for e in ECONOMIES for u in USERS]
    wanted += [["Discrepancies", "ROW", "Final Demand", u, ""] for u in USERS]
    square = np.full((7, 7), 0.5)
    square[:6, :6] = flows
    demand = np.full((7, 8), 0.25)
    demand[:6, :6] = final
    paid = np.append(ADDED if added is None else added, 0.5)[None, :]
    for name, rows in (
        ("labels_T.txt", labels),
        ("labels_FD.txt", wanted),
        ("Eora26_2022_bp_T.txt", square * 1000),
        ("Eora26_2022_bp_FD.txt", demand * 1000),
        ("Eora26_2022_bp_VA.txt", paid * 1000),
    ):
        (folder / name).write_text(text(rows, "\t"), encoding="utf-8")
    return folder


def write_figaro(folder, flows=FLOWS, final=FINAL, *, flat=False):
    names = [(ALPHA2[e], FIGARO_CODES[i]) for e, i in NODES]
    columns = names + [(ALPHA2[e], u) for e in ECONOMIES for u in ("P3_S14", "P5M")]
    below = [
        ("W2", "D21X31", [*np.full(6, 0.5), *np.full(6, 0.25)]),
        ("W2", "D1", [*(ADDED - 0.5), *np.zeros(6)]),
    ]
    rows = [(*n, [*z, *f]) for n, z, f in zip(names, flows, final, strict=True)] + below
    if flat:
        path = folder / "flatfile_eu-ic-io_ind-by-ind_24ed_2022.csv"
        lines = [["icioiRow", "icioiCol", "refArea", "rowIi", "counterpartArea", "colIi", "obsValue"]]
        lines += [
            [f"{a}_{b}", f"{c}_{d}", a, b, c, d, x]
            for a, b, values in rows
            for (c, d), x in zip(columns, values, strict=True)
            if x
        ]
    else:
        path = folder / "matrix_eu-ic-io_ind-by-ind_24ed_2022.csv"
        lines = [["rowLabels", *(f"{a}_{b}" for a, b in columns)], *([f"{a}_{b}", *v] for a, b, v in rows)]
    path.write_text(text(lines, ","), encoding="utf-8")
    return path


WRITERS = {
    "icio": (write_icio, {}),
    "exiobase": (write_exiobase, {"scale": 1.0}),
    "eora26": (write_eora, {}),
    "figaro": (write_figaro, {"scale": 1.0}),
}
LAYOUTS = sorted(WRITERS)


def read(layout, path, **options):
    return read_world(path, layout=layout, **({"year": 2022, "theta": 5.0} | WRITERS[layout][1] | options))


@pytest.fixture(params=LAYOUTS)
def layout(request):
    return request.param


@pytest.fixture
def world(layout, tmp_path):
    return read(layout, WRITERS[layout][0](tmp_path))


def at(world, name, **labels):
    """A cell by the labels of this file."""
    rest = world.economies[-1]
    services = world.sectors[1]
    named = {key: {"ROW": rest, "S": services}.get(value, value) for key, value in labels.items()}
    return float(world.data[name].sel(named))


def test_a_flow_lands_in_its_cell(world):
    assert world.economies[:2] == ("AUT", "CHN")
    cell = dict(sector="A01", exporter="CHN", importer="AUT")
    assert at(world, "intermediate", **cell) == 2 + 0
    assert at(world, "final", **cell) == 8 - 1
    assert at(world, "intermediate", sector="S", exporter="AUT", importer="ROW") == 1
    assert at(world, "input_use", input="A01", sector="S", importer="AUT") == 1 + 0 + 1
    assert at(world, "input_use", input="S", sector="A01", importer="CHN") == 0 + 4 + 0
    assert at(world, "output", sector="S", economy="CHN") == 15 + 41
    assert at(world, "output", sector="S", economy="ROW") == 0
    assert at(world, "value_added_taxes", sector="A01", economy="AUT") == pytest.approx(28 - 12)


def test_every_layout_gives_the_same_world(layout, world, tmp_path):
    other = read("icio", write_icio(tmp_path))
    for name in ("intermediate", "final", "input_use", "output", "value_added_taxes"):
        np.testing.assert_allclose(world.data[name].to_numpy(), other.data[name].to_numpy(), atol=1e-5)
    assert world.year == 2022
    assert not world.data["tariff"].any()
    assert "Baseline tariffs are zero" in world.estimated[0]


def test_a_tariff_on_the_world_that_was_read_can_be_solved(world):
    base = world.baseline()
    eq = dt.solve(
        base, dt.Shock(tariff=dt.raise_tariff(base, 0.1, importer="AUT", exporter="CHN", sectors=["A01"]))
    )
    assert eq.converged
    sold = eq.to_frame("flows").set_index(["sector", "exporter", "importer"]).loc[("A01", "CHN", "AUT")]
    assert sold["tariff_new"] == pytest.approx(0.1)
    # Elasticity 5: (1.1)^-5 is 0.62 of the share, before incomes and prices give way.
    assert 0.5 < float(sold["customs_new_usd_mn"]) / float(sold["customs_usd_mn"]) < 0.75


def test_coefficients_of_exiobase_are_multiplied_out(tmp_path):
    world = read("exiobase", write_exiobase(tmp_path, coefficients=True), economies={"ROW": ["ROW-AFRICA"]})
    assert world.economies == ECONOMIES
    assert at(world, "input_use", input="A01", sector="S", importer="AUT") == pytest.approx(2)
    assert at(world, "intermediate", sector="A01", exporter="CHN", importer="AUT") == pytest.approx(2)


def test_the_flat_file_of_figaro_is_the_matrix(tmp_path):
    flat, matrix = (read("figaro", write_figaro(tmp_path, flat=flat)) for flat in (True, False))
    for name in ("intermediate", "final", "input_use", "value_added_taxes", "final_taxes"):
        np.testing.assert_array_equal(flat.data[name], matrix.data[name])
    # Taxes on what final users buy: 0.25 in each of two categories.
    assert float(flat.gdp.sel(economy="AUT")) == pytest.approx(ADDED[:2].sum() + 0.5)
    assert flat.economies == ECONOMIES


def test_money_is_in_dollars(tmp_path):
    euros = read("figaro", write_figaro(tmp_path), scale=1.05)
    assert at(euros, "final", sector="A01", exporter="CHN", importer="AUT") == pytest.approx(7 * 1.05)
    for layout in ("exiobase", "figaro"):
        with pytest.raises(InputError, match="money in dollars is not known") as caught:
            read_world(tmp_path, layout=layout, year=2022)
        assert "US dollars in one euro" in caught.value.repair
    with pytest.raises(InputError, match="money in dollars is not known"):
        read("icio", tmp_path, scale=-1.0)


def test_discrepancies_and_what_the_table_does_not_balance_are_told(tmp_path):
    world = read("eora26", write_eora(tmp_path))
    assert world.economies == ("AUT", "CHN", "SDN")
    assert any("discrepancies, 6,500 of its money" in line for line in world.estimated)
    assert any("Value added is output less inputs" in line for line in world.estimated)


def test_economies_and_industries_are_merged_before_elasticities_and_duties(tmp_path):
    rows = [("A01", "CHN", "EU", 0.2)]
    duties = pd.DataFrame(rows, columns=["sector", "importer", "exporter", "tariff"])
    path = write_figaro(tmp_path)
    world = read_world(
        path,
        layout="figaro",
        year=2022,
        scale=1.0,
        tariffs=duties,
        economies={"EU": "EU"},
        sectors={"S": ["S94"]},
    )
    assert (world.economies, world.sectors) == (("EU", "CHN", "ROW"), ("A01", "S"))
    assert float(world.data["tariff"].sel(sector="A01", importer="CHN", exporter="EU")) == 0.2
    assert world.data["tariff"].sum() == pytest.approx(0.2)
    own = dt.load_world("icio2022").data["theta"]
    assert world.data["theta"].to_numpy() == pytest.approx([float(own.sel(sector=s)) for s in ("A01", "S")])
    # Services are marked: a tariff on goods leaves them alone.
    raised = dt.raise_tariff(world.baseline(), 0.1, importer="CHN")
    assert raised[0, 1, 0] == pytest.approx(0.3)
    assert raised[1].sum() == 0


def test_duties_of_another_world_are_taken_where_both_have_the_labels(tmp_path):
    like = dt.load_world("icio2022")
    world = read("icio", write_icio(tmp_path), tariffs=like)
    cell = dict(sector="A01", importer="CHN", exporter="AUT")
    assert float(world.data["tariff"].sel(cell)) == float(like.data["tariff"].sel(cell)) > 0
    assert "icio2022" in world.estimated[0]


def test_an_input_below_zero_is_taken_off_final_use_and_told(layout, tmp_path):
    if layout == "icio":
        pytest.skip("its tables have none; refused there")
    flows = FLOWS.copy()
    flows[2, 2] = -0.5
    final = FINAL.copy()
    final[2, 2] += FLOWS[2, 2] + 0.5  # the row still adds up
    world = read(layout, WRITERS[layout][0](tmp_path, flows, final))
    cell = dict(sector="A01", exporter="CHN", importer="CHN")
    assert at(world, "intermediate", **cell) == 1
    assert at(world, "final", **cell) == pytest.approx(15 + 6.5 + 2 - 0.5)
    assert any("1 inputs below zero" in line for line in world.estimated)


def test_what_was_read_is_saved_and_loaded(layout, world, tmp_path):
    for ending in ("nc", "parquet"):
        path = world.to_file(tmp_path / f"own.{ending}")
        assert dt.load_world(path).economies == world.economies


def refused(message, layout, path, **options):
    """A refusal with its five parts."""
    with pytest.raises((WorldError, InputError), match=message) as caught:
        read(layout, path, **options)
    assert caught.value.repair
    assert caught.value.allowed
    return caught.value


def test_an_unknown_layout_is_named_with_the_nearest():
    with pytest.raises(InputError, match="unknown layout") as caught:
        read_world("x", layout="exiobase3", year=2022)
    assert "exiobase" in caught.value.repair


def test_another_year_is_refused(layout, tmp_path):
    path = WRITERS[layout][0](tmp_path)
    error = refused("another year|file of a table is missing", layout, path, year=2019)
    assert "2022" in error.found


@pytest.mark.parametrize(
    ("layout", "gone", "message"),
    [
        ("exiobase", "Z.txt", "file of a table is missing"),
        ("exiobase", "Y.txt", "file of a table is missing"),
        ("eora26", "labels_FD.txt", "file of a table is missing"),
        ("eora26", "Eora26_2022_bp_FD.txt", "file of a table is missing"),
    ],
)
def test_a_missing_file_is_named(layout, gone, message, tmp_path):
    folder = WRITERS[layout][0](tmp_path)
    (folder / gone).unlink()
    error = refused(message, layout, folder)
    assert gone in error.allowed
    refused("not a folder of tables", layout, tmp_path / "absent_2022")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    for layout in ("icio", "wiod", "figaro"):
        with pytest.raises(WorldError, match="no such table"):
            read_world(tmp_path / "absent.csv", layout=layout, year=2022, scale=1.0)


def spoil(path, old, new):
    told = path.read_text(encoding="utf-8")
    assert old in told
    path.write_text(told.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("layout", "file", "old", "new", "message", "found"),
    [
        ("exiobase", "Z.txt", "AT\tS\t5.0", "AT\tS\tn/a", "not numbers", "AUT S / AUT A01"),
        ("exiobase", "Z.txt", "AT\tS\t5.0", "BE\tS\t5.0", "do not agree", "BE S"),
        ("exiobase", "Y.txt", "AT\tS\t12.0", "AT\tT\t12.0", "do not agree", "AT T"),
        ("exiobase", "Y.txt", "AT\tS\t12.0", "AT\tS\t99.0", "sales do not add up", "S AUT"),
        ("exiobase", "x.txt", "AT\tS\t", "BE\tS\t", "output of a table is missing", "AT S"),
        ("exiobase", "unit.txt", "CN\tS\tM.EUR", "CN\tS\ttonnes", "several units", "tonnes"),
        ("exiobase", "Z.txt", "region\t\tAT", "country\t\tAT", "no EXIOBASE table", "country"),
        ("eora26", "labels_T.txt", "CHN\tCHN\tIndustries\tS\t\n", "", "differ in size", "7 rows"),
        ("eora26", "labels_T.txt", "Industries\tS", "Industries\tA01", "stands twice", "AUT A01"),
        ("eora26", "labels_FD.txt", "AUT\tAUT\tFinal", "GRC\tGRC\tFinal", "a column has no row", "GRC"),
        ("eora26", "Eora26_2022_bp_T.txt", "5000.0", "x", "not numbers", "AUT S / AUT A01"),
        ("eora26", "Eora26_2022_bp_VA.txt", "16000.0", "160000.0", "does not balance", "as published"),
        ("figaro", "", "AT_S94,5.0", "AT_S94,", "not numbers", "AUT S94 / AUT A01"),
        ("figaro", "", "rowLabels", "labels", "no FIGARO table", "labels"),
        ("figaro", "", "CN_S94", "CN_S95", "a row has no column", "CHN S94"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_name(layout, file, old, new, message, found, tmp_path):
    path = WRITERS[layout][0](tmp_path)
    spoil(path / file if file else path, old, new)
    error = refused(message, layout, path)
    assert found in error.found


def test_a_cell_that_stands_twice_in_a_flat_file_is_refused(tmp_path):
    path = write_figaro(tmp_path, flat=True)
    line = path.read_text(encoding="utf-8").splitlines()[1]
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    assert "AT_A01 to AT_A01" in refused("a cell stands twice", "figaro", path).found


def test_prices_with_margins_inside_are_refused(tmp_path):
    folder = write_eora(tmp_path)
    (folder / "Eora26_2022_bp_T.txt").rename(folder / "Eora26_2022_pp_T.txt")
    refused("purchasers' prices", "eora26", folder)


def test_elasticities_that_nobody_has_are_asked_for(tmp_path):
    error = refused("no elasticities for these sectors", "figaro", write_figaro(tmp_path), theta=None)
    assert error.found == "S94"
    assert "one number" in error.repair


def test_industries_of_the_package_in_another_order_are_its_list(tmp_path):
    """So that a world merged into them can be asked what rests on the law."""
    codes = [sector.code for sector in read_sectors("wiod35")][::-1]
    size = 2 * len(codes)
    nodes = [(e, c) for e in ("AT", "CN") for c in codes]
    rows = [["rowLabels", *(f"{a}_{b}" for a, b in nodes), "AT_P3_S14", "CN_P3_S14"]]
    rows += [[f"{a}_{b}", *[1.0] * size, 100.0 + k, 50.0] for k, (a, b) in enumerate(nodes)]
    path = tmp_path / "matrix_2022.csv"
    path.write_text(text(rows, ","), encoding="utf-8")
    world = read("figaro", path, theta=None)
    assert world.classification == "wiod35"
    assert at(world, "final", sector=codes[0], exporter="AUT", importer="AUT") == 100
    assert at(world, "final", sector=codes[-1], exporter="CHN", importer="AUT") == 100 + size - 1
    # Textiles are one industry in both lists of the package.
    textiles = float(dt.load_world("icio2022").data["theta"].sel(sector="C13T15"))
    assert float(world.data["theta"].sel(sector="c4")) == pytest.approx(textiles)


@pytest.mark.parametrize("capital", [True, False])
def test_what_is_invested_is_read_off_the_categories(layout, tmp_path, capital):
    """The second category of each economy, if it is fixed capital; a table with inventories alone does not tell."""
    final = FINAL.copy()
    final[2, :2] = 6, 1  # none run down; the row sells what it did
    path = WRITERS[layout][0](tmp_path, final=final)
    names = {"icio": ("_INVNT", "_GFCF"), "figaro": ("_P5M", "_P51G")}
    old, new = names.get(layout, ("\tINV", "\tGross fixed capital formation"))
    for file in [path] if path.is_file() else path.iterdir():
        told = file.read_text(encoding="utf-8")
        file.write_text(told.replace(old, new) if capital else told, encoding="utf-8")
    found = read(layout, path).baseline().invested
    if capital:
        assert found == pytest.approx([2 / 33, 2 / 64, 1 / 30])
    else:
        assert found is None
