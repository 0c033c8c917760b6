"""Points on top of the law: the same by a study file and the ledger, by raised tariffs, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

import detente as dt
from contract.freeze import run
from detente.errors import DetenteError, InputError, StudyError
from detente.policy import Options, load_study_spec, run_study

# Two solves of one problem, percent of real income; sums of doubles.
SOLVED, EXACT = 1e-6, 1e-9
DAY, WORLD = "2025-11-10", "wiod2011"
FILE = """
id: by-hand
title: The threat carried out
question: By the ledger instead of points
world: wiod2011
pairs: [[USA, CHN]]
baseline: {id: law, label: Law, definition: the ledger, on: "2025-11-10"}
scenarios:
  - id: enacted
    label: Enacted
    definition: the threat of 100 points in force
    on: "2025-11-10"
    edits: {enact: [us.threat.cn100]}
  - id: stated
    label: Stated
    definition: the same points as a surcharge
    on: "2025-11-10"
    surcharges: [{importer: USA, exporter: CHN, rate: 1.0}]
"""


@pytest.fixture(scope="module")
def by_file(tmp_path_factory):
    """The study by hand, solved."""
    path = tmp_path_factory.mktemp("study") / "by-hand.yaml"
    path.write_text(FILE, encoding="utf-8")
    return run_study(path, options=Options(robustness=False, contributions=False))


@pytest.fixture(scope="module")
def found():
    """The question."""
    return dt.what_if("USA", "CHN", 100.0, on=DAY, world=WORLD)


def test_a_study_file_that_enacts_the_threat_gives_the_same(found, by_file):
    """The ledger's own way to 100 points: the threat of October 2025 in force on every line."""
    enacted = by_file.scenarios["enacted"]
    rows = {row.economy: row.real_income_pct for row in found.rows}
    for code, value in enacted.equilibrium.real_income_pct.items():
        assert rows[code] == pytest.approx(value, abs=SOLVED)
    pair = found.tariffs[0]
    assert pair.after - pair.before == pytest.approx(1.0, abs=EXACT)
    place = by_file.world.economies.index
    goods = np.isin(by_file.setting.baseline.sectors, by_file.setting.baseline.goods)
    of = enacted.law.tariff[goods, place("USA"), place("CHN")]
    stated = by_file.scenarios["stated"].law.tariff[goods, place("USA"), place("CHN")]
    assert stated == pytest.approx(of, abs=EXACT)


def test_a_scenario_after_another_reads_its_points_anew(by_file):
    """The second scenario's law is moved from the first's: its points are its own, on that pair alone."""
    alone = by_file.scenarios["stated"].law.duties - by_file.setting.duties
    place = by_file.world.economies.index
    touched = {tuple(cell[1:]) for cell in np.argwhere(np.abs(alone) > EXACT)}
    assert touched == {(place("USA"), place("CHN"))}


def test_at_one_year_the_study_at_that_horizon_gives_the_same(found, tmp_path):
    path = tmp_path / "by-hand.yaml"
    path.write_text(FILE, encoding="utf-8")
    at = Options(robustness=False, contributions=False, horizon="1", scenarios=("enacted",))
    early = run_study(path, options=at).scenarios["enacted"].equilibrium.real_income_pct
    for row in found.rows:
        assert row.at_one_year_pct == pytest.approx(early[row.economy], abs=SOLVED)


def test_raised_tariffs_of_one_industry_and_the_answer_give_the_same():
    """A second way that knows no study: the world at that law, and tariffs raised by hand."""
    answer = dt.what_if("USA", "CHN", 25.0, industries=("c15",), answer=10.0, on=DAY, world=WORLD)
    before = dt.at_law(WORLD, DAY)
    usa, chn = (before.economies.index(code) for code in ("USA", "CHN"))
    tariff = before.tariff.copy()
    tariff[before.sectors.index("c15"), usa, chn] += 0.25
    tariff[np.isin(before.sectors, before.goods), chn, usa] += 0.10
    other = dt.solve(before, dt.Shock(tariff=tariff)).real_income_pct
    for row in answer.rows:
        assert row.real_income_pct == pytest.approx(other[row.economy], abs=1e-3)
    pair, every, back, _ = answer.tariffs
    assert (pair.importer, every.exporter, back.importer) == ("USA", "*", "CHN")
    assert back.after - back.before == pytest.approx(0.10, abs=EXACT)


def test_a_member_charges_by_its_union():
    """Germany's points are the Union's: every member charges them, none pays them, and trade inside is not touched."""
    answer = dt.what_if("Germany", "CHN", 20.0, on=DAY, world=WORLD)
    assert (answer.importer, answer.importer_name) == ("EU", "European Union")
    first = answer.run.scenarios["more"].law.duties - answer.run.setting.duties
    importers = {answer.run.world.economies[n] for _, n, _ in np.argwhere(first > EXACT)}
    exporters = {answer.run.world.economies[i] for _, _, i in np.argwhere(first > EXACT)}
    assert {"DEU", "FRA", "POL"} < importers
    assert exporters == {"CHN"}
    assert "GBR" not in importers


def test_trade_revenue_and_output_are_those_of_the_solve(found, by_file):
    eq = by_file.scenarios["enacted"].equilibrium
    there, back = found.flows
    assert (there.exporter, there.importer, back.exporter) == ("CHN", "USA", "USA")
    assert there.after_usd_bn == pytest.approx(eq.flow("CHN", "USA").new / 1e3, rel=1e-6)
    (row,) = found.revenue
    assert row.basis == "world"
    assert row.after_usd_bn == pytest.approx(eq.tariff_revenue["new"]["USA"] / 1e3, rel=1e-6)
    by_sector = eq.by_sector("USA")
    told = next(row for row in found.outputs if row.economy == "USA" and row.industry in by_sector.index)
    assert told.output_pct == pytest.approx(by_sector["output_pct"][told.industry], abs=1e-4)
    assert found.household is None


def test_customs_revenue_and_households_where_they_are_held():
    """As the run document of the same scenario has them."""
    found = dt.what_if("USA", "VNM", 100.0, on="2026-07-25")
    document = found.as_document("x")
    assert [row["basis"] for row in document["result"]["revenue"]] == ["world", "customs"]
    from detente.policy import run_document  # noqa: PLC0415

    whole = run_document(found.run, command="x")["result"]
    assert found.revenue[1].after_usd_bn == whole["customs_revenue"]["scenarios"]["more"]["customs_usd_bn"]
    mean = next(r for r in whole["households"] if (r["decile"], r["pass_through"]) == ("all", "full"))
    assert found.household.full_usd == mean["usd_per_year"]
    assert "duties are charged on top of the ledger that no measure sets" in " ".join(document["warnings"])


def test_the_study_it_makes_runs_as_a_file(found, tmp_path):
    """The same numbers from the study written down: nothing about it is special."""
    path = tmp_path / "what-if.yaml"
    path.write_text(found.run.spec.model_dump_json(exclude_defaults=True), encoding="utf-8")
    again = run_study(path, options=Options(robustness=False, contributions=False))
    eq = again.scenarios["more"].equilibrium
    assert load_study_spec(path).hash == found.run.spec.hash
    assert found.sides[0].real_income_pct == pytest.approx(eq.real_income_pct["USA"], abs=SOLVED)


WRONG = {
    "itself": (
        {"exporter": "USA"},
        "an importer charges no duty on its own goods",
        "two customs territories",
    ),
    "inside": (
        {"importer": "DEU", "exporter": "FRA"},
        "an importer charges no duty on its own goods",
        "another",
    ),
    "unknown": ({"exporter": "CHNN"}, "unknown economy", "did you mean China"),
    "group": ({"importer": "ASEAN"}, "a group that is no customs territory", "ask for one of its members"),
    "not held": ({"exporter": "VNM"}, "an economy this world does not hold", "another world"),
    "none": ({"points": 0.0}, "not a number of points", "above 0, up to 1,000"),
    "less": ({"points": -5.0}, "not a number of points", "write 25 points as 25"),
    "many": ({"points": 1001.0}, "not a number of points", "above 0, up to 1,000"),
    "answer": ({"answer": 0.0}, "not a number of points", "or leave it out"),
    "industry": ({"industries": ("c155",)}, "no such industry of goods", "did you mean c15?"),
    "services": ({"industries": ("c30",)}, "no such industry of goods", "c1, c2, c3"),
    "day": ({"on": "9999-12-31"}, "out of reach", "2"),
}


@pytest.mark.parametrize("name", WRONG)
def test_refusals_say_five_parts(name):
    given, what, more = WRONG[name]
    usual = {"importer": "USA", "exporter": "CHN", "points": 10.0, "world": WORLD, "on": DAY}
    with pytest.raises(InputError) as refused:
        dt.what_if(**(usual | given))
    text = str(refused.value)
    assert what in text
    assert more in text
    assert all(getattr(refused.value, part) for part in ("where", "found", "allowed", "repair"))


STATED = "surcharges: [{importer: USA, exporter: CHN, rate: 1.0}]"
BROKEN = {
    "rate": ("{importer: USA, exporter: CHN, rate: 100}", "too large a number in `rate`"),
    "economy": ("{importer: USA, exporter: CHX, rate: 1.0}", "unknown economy"),
    "territory": ("{importer: ASEAN, exporter: CHN, rate: 1.0}", "unknown economy"),
    "industry": ("{importer: USA, exporter: CHN, rate: 1.0, industries: [C26]}", "no such industry of goods"),
    "inside": ("{importer: EU, exporter: DEU, rate: 1.0}", "does not have an economy"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_surcharges_of_a_file_are_refused(name, tmp_path):
    entry, what = BROKEN[name]
    path = tmp_path / "broken.yaml"
    path.write_text(FILE.replace(STATED, f"surcharges: [{entry}]"), encoding="utf-8")
    with pytest.raises(DetenteError, match=what) as refused:
        run_study(path, options=Options(robustness=False, contributions=False))
    assert isinstance(refused.value, StudyError)


def test_a_study_without_surcharges_keeps_its_hash():
    spec = load_study_spec("kuala-lumpur")
    assert "surcharges" not in spec.model_dump_json()


def test_an_answer_in_24_lines_of_eighty_columns():
    words = [
        "what-if",
        "--importer",
        "USA",
        "--exporter",
        "VNM",
        "--points",
        "100",
        "--on",
        "2026-07-25",
        "--quiet",
    ]
    code, text = run([*words, "--answer", "20"])
    assert code == 0
    lines = text.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines[1:])) <= 80
    said = " ".join(text.split())
    assert said.startswith(
        "100 points more of the United States on all goods of Vietnam, answered by 20 on all goods, on 25 July 2026"
    )
    assert "Average tariff of the United States on goods of Vietnam: 15.6 % before, 115.6 % after" in said
    assert "Tariff revenue of the United States a year, at customs values: USD" in said
    assert "A US household pays USD" in said
    document = json.loads(run([*words, "--json"])[1])
    assert document["result"]["answer"] is None
    assert {row["economy"] for row in document["result"]["sides"]} == {"USA", "VNM", "WORLD"}
