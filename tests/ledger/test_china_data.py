"""
China's duties on goods of the United States against the acts.

Every expected value is derived by hand from the act named beside it. Rates are exact: the acts give whole or half
points, and the ledger rounds differences to ten digits.
"""

from __future__ import annotations

import csv
import datetime as dt
import importlib.util
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from detente.io.yaml_file import Document
from detente.ledger import Ledger, open_ledger

ROOT = Path(__file__).parents[2]
DATA = ROOT / "src" / "detente" / "data" / "ledger"
SHARED = ROOT.parent / "shared" / "data"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared/data, which is not published")

GOODS = {  # a line for each list, as the notices describe it
    "soybeans": "12019019",
    "crude oil": "27090000",
    "LNG": "27111100",
    "coking coal": "27011210",
    "pork": "02032900",
    "cotton": "52010000",
    "corn": "10059000",
    "apples": "08081000",
    "aluminum scrap": "76020000",
    "large car": "87032412",
    "small car": "87032341",
    "combine harvester": "84335100",
    "aircraft": "88024020",
    "chips": "85423111",
}


@pytest.fixture(scope="module")
def law() -> Ledger:
    return open_ledger()


@cache
def _mfn() -> list[dict[str, object]]:
    text = (DATA / "chn" / "mfn_lines.yaml").read_text(encoding="utf-8")
    return Document("mfn_lines.yaml", text).data["lines"]


def _ordinary(code: str, day: dt.date) -> float:
    found = [
        row
        for row in _mfn()
        if code.startswith(str(row["code"]))
        and dt.date.fromisoformat(str(row["from"])) <= day
        and ("to" not in row or day < dt.date.fromisoformat(str(row["to"])))
    ]
    assert len(found) == 1, code
    return float(str(found[0]["rate"]))


def _additional(law: Ledger, code: str, day: str, known: str | None = None, *, waived: bool) -> float:
    """Sum of the additional duties on a line, by the lists and not by the stacking engine."""
    total = 0.0
    date = dt.date.fromisoformat(day)
    for position in law.on(day, known_on=known).in_force("tariff"):
        measure = position.measure
        old = measure.id.startswith("cn.ret.301") or measure.id == "cn.ret.232.2018"
        if measure.imposer != "CHN" or "USA" not in position.targets or (old and waived):
            continue
        names = position.scope.include
        if "all" in names or any(code in law.product_list(name, date) for name in names):
            total += position.rate or 0.0
    return round(total, 10)


@pytest.mark.parametrize(
    ("measure", "part", "day", "known", "state", "rate"),
    [
        # Notice of 2018-04-01: 15 and 25 points from the next day.
        ("cn.ret.232.2018", "fifteen", "2018-04-01", None, "announced", None),
        ("cn.ret.232.2018", "fifteen", "2018-04-02", None, "in force", 0.15),
        ("cn.ret.232.2018", "twentyfive", "2026-10-08", None, "in force", 0.25),
        # Announcements 5 and 7 of 2018.
        ("cn.ret.301.list12", "list1", "2018-07-05", None, "announced", None),
        ("cn.ret.301.list12", "list1", "2018-07-06", None, "in force", 0.25),
        ("cn.ret.301.list12", "list2", "2018-08-23", None, "in force", 0.25),
        # Announcement 10 of 2018: cars suspended from 2019-01-01, prolonged until further notice.
        ("cn.ret.301.list12", "cars", "2018-12-31", None, "in force", 0.25),
        ("cn.ret.301.list12", "cars", "2019-01-01", None, "suspended", 0.0),
        ("cn.ret.301.list12", "cars", "2019-04-01", "2019-03-30", "in force", 0.25),
        ("cn.ret.301.list12", "cars", "2026-10-08", None, "suspended", 0.0),
        # Announcement 8 of 2018 and Announcement 3 of 2019: 10 to 25, 10 to 20, 5 to 10, 5 stays.
        ("cn.ret.301.list3", "group25", "2019-05-31", None, "in force", 0.10),
        ("cn.ret.301.list3", "group25", "2019-06-01", None, "in force", 0.25),
        ("cn.ret.301.list3", "group20", "2019-06-01", None, "in force", 0.20),
        ("cn.ret.301.list3", "group10", "2019-06-01", None, "in force", 0.10),
        ("cn.ret.301.list3", "group05", "2019-06-01", None, "in force", 0.05),
        # Announcement 4 of 2019, halved by Announcement 1 of 2020.
        ("cn.ret.301.list4", "ten", "2020-02-13", None, "in force", 0.10),
        ("cn.ret.301.list4", "ten", "2020-02-14", None, "in force", 0.05),
        ("cn.ret.301.list4", "five", "2020-02-14", None, "in force", 0.025),
        # Announcement 1 of 2025, dated 2025-02-04: not known the day before.
        ("cn.ret.2025.feb10", "fifteen", "2025-02-09", None, "announced", None),
        ("cn.ret.2025.feb10", "fifteen", "2025-02-10", None, "in force", 0.15),
        ("cn.ret.2025.feb10", "ten", "2026-10-08", None, "in force", 0.10),
        # Announcement 2 of 2025, ended by the announcement of 2025-11-05 from 13:01 on 2025-11-10.
        ("cn.ret.2025.mar10", "ten", "2025-11-09", None, "in force", 0.10),
        ("cn.ret.2025.mar10", "fifteen", "2025-11-10", None, "ended", None),
        ("cn.ret.2025.mar10", "fifteen", "2025-11-10", "2025-11-04", "in force", 0.15),
        # Announcements 4, 5 and 6 of 2025, a day apart; then Announcement 7.
        ("cn.ret.2025.reciprocal", "main", "2025-04-10", "2025-04-08", "in force", 0.34),
        ("cn.ret.2025.reciprocal", "main", "2025-04-10", None, "in force", 0.84),
        ("cn.ret.2025.reciprocal", "main", "2025-04-11", None, "in force", 0.84),
        ("cn.ret.2025.reciprocal", "main", "2025-04-12", None, "in force", 1.25),
        ("cn.ret.2025.reciprocal", "main", "2025-05-13", None, "in force", 1.25),
        ("cn.ret.2025.reciprocal", "main", "2025-05-14", None, "in force", 0.10),
        ("cn.ret.2025.reciprocal", "main", "2025-08-12", "2025-08-11", "in force", 0.34),
        ("cn.ret.2025.reciprocal", "main", "2025-08-12", None, "in force", 0.10),
        ("cn.ret.2025.reciprocal", "main", "2025-11-10", "2025-10-27", "in force", 0.34),
        ("cn.ret.2025.reciprocal", "main", "2025-11-10", "2025-11-04", "in force", 0.34),
        ("cn.ret.2025.reciprocal", "main", "2025-11-10", "2025-11-05", "in force", 0.10),
        ("cn.ret.2025.reciprocal", "main", "2026-11-09", None, "in force", 0.10),
        ("cn.ret.2025.reciprocal", "main", "2026-11-10", None, "in force", 0.34),
    ],
)
def test_rates_follow_the_acts(
    law: Ledger, measure: str, part: str, day: str, known: str | None, state: str, rate: float | None
) -> None:
    (position,) = [p for p in law.on(day, known_on=known).get(measure) if p.part == part]
    assert position.state == state
    if state in {"in force", "suspended"}:
        assert position.rate == rate


def test_the_suspended_points_are_a_window_and_not_a_smaller_rate(law: Ledger) -> None:
    (position,) = law.on("2025-10-27").get("cn.ret.2025.reciprocal")
    assert position.step is not None
    assert (position.step.rate, position.suspended_points, position.rate) == (0.34, 0.24, 0.10)
    assert position.until_legal == dt.date(2025, 11, 10)


def test_the_reported_extension_counts_only_when_asked_for(law: Ledger) -> None:
    (position,) = law.on("2026-11-10", ends="reported").get("cn.ret.2025.reciprocal")
    assert position.rate == 0.10
    (position,) = law.on("2027-01-10", ends="reported").get("cn.ret.2025.reciprocal")
    assert position.rate == 0.34


def test_the_second_part_of_the_last_list_never_applied_and_has_no_invented_rate(law: Ledger) -> None:
    before = [
        p for p in law.on("2019-12-15", known_on="2019-12-14").get("cn.ret.301.list4") if p.part == "second"
    ]
    assert [(p.unknown, p.rate) for p in before] == [(True, None)]
    after = [p for p in law.on("2019-12-15").get("cn.ret.301.list4") if p.part == "second"]
    assert all(p.state not in {"in force", "suspended"} for p in after)


@pytest.mark.parametrize(
    ("good", "day", "waived", "expected"),
    [
        # Soybeans: 10 of March and 10 in force of 34; 3 % ordinary duty on top gives 23 and 13 %.
        ("soybeans", "2025-10-27", True, 0.20),
        ("soybeans", "2025-11-10", True, 0.10),
        # Without the waiver 25 of List 1 and 2.5 of September 2019 besides.
        ("soybeans", "2025-10-27", False, 0.475),
        ("soybeans", "2018-07-06", False, 0.25),
        ("soybeans", "2019-09-01", False, 0.30),
        ("soybeans", "2020-02-14", False, 0.275),
        # Crude: 2.5 of September 2019, 10 of February 2025, 10 of the 34.
        ("crude oil", "2025-10-27", False, 0.225),
        ("crude oil", "2025-10-27", True, 0.20),
        # LNG: 10, then 25 of List 3; 15 of February 2025.
        ("LNG", "2018-09-24", False, 0.10),
        ("LNG", "2019-06-01", False, 0.25),
        ("LNG", "2025-03-28", False, 0.40),
        ("LNG", "2026-10-08", True, 0.25),
        # Pork: 25 for Section 232, 25 of List 1, 5 of September 2019, 10 of March 2025.
        ("pork", "2025-03-28", False, 0.65),
        ("cotton", "2025-03-28", False, 0.40),
        ("corn", "2025-03-28", True, 0.15),
        ("apples", "2018-04-02", False, 0.15),
        ("aluminum scrap", "2018-08-23", False, 0.50),
        # Cars: the 25 points are suspended, the 10 of February 2025 reach engines above 2,500 cc only.
        ("large car", "2025-03-28", False, 0.10),
        ("small car", "2025-03-28", False, 0.0),
        # Cars of 1.5 to 2 litres came with List 2, sport utility vehicles of that size with List 1.
        ("small car", "2018-07-06", False, 0.0),
        ("small car", "2018-08-23", False, 0.25),
        ("combine harvester", "2025-03-28", False, 0.30),
        # Aircraft and processors were on no list; only the duty on all goods reaches them.
        ("aircraft", "2025-03-28", False, 0.0),
        ("aircraft", "2025-11-10", False, 0.10),
        ("chips", "2025-04-12", False, 1.25),
    ],
)
def test_one_good_on_one_day(law: Ledger, good: str, day: str, waived: bool, expected: float) -> None:
    assert _additional(law, GOODS[good], day, waived=waived) == expected


def test_soybeans_owe_23_and_then_13_percent(law: Ledger) -> None:
    code = GOODS["soybeans"]
    for day, whole in (("2025-10-27", 0.23), ("2025-11-09", 0.23), ("2025-11-10", 0.13)):
        ordinary = _ordinary(code, dt.date.fromisoformat(day))
        assert round(ordinary + _additional(law, code, day, waived=True), 10) == whole


def test_lists_have_the_number_of_lines_the_announcements_give(law: Ledger) -> None:
    day = dt.date(2025, 3, 10)
    sizes = {
        name: len(law.product_list(f"cn_{name}", day))
        for name in ("feb10_15", "feb10_10", "mar10_15", "mar10_10")
    }
    assert sizes == {"feb10_15": 8, "feb10_10": 72, "mar10_15": 29, "mar10_10": 711}
    assert len(law.product_list("cn_232_25", day)) == 8
    assert not set(law.product_list("cn_mar10_10", day)) & set(law.product_list("cn_mar10_15", day))


def test_no_line_is_on_two_lists_that_exclude_each_other(law: Ledger) -> None:
    day = dt.date(2025, 3, 28)
    groups = [
        (
            "cn_301_cars",
            "cn_301_list1",
            "cn_301_list2",
            *(f"cn_301_list3_{n}" for n in ("05", "10", "20", "25")),
        ),
        ("cn_301_list4_05", "cn_301_list4_10"),
        ("cn_232_15", "cn_232_25"),
    ]
    for names in groups:
        count = Counter(code for name in names for code in law.product_list(name, day))
        assert max(count.values()) == 1


@needs_shared
def test_the_lists_add_up_to_the_ita_matrix_line_by_line(law: Ledger) -> None:
    day = dt.date(2025, 3, 28)
    rates: Counter[str] = Counter()
    for position in law.on(day).positions:
        measure, step = position.measure, position.step
        if (measure.imposer, measure.instrument) != ("CHN", "tariff") or step is None:
            continue
        if position.state in {"in force", "suspended"}:  # the matrix counts the suspended duty on cars
            for code in law.product_list(position.scope.include[0], day):
                rates[code] += round((step.rate or 0.0) * 1000)
    path = SHARED / "tariff_schedule" / "retaliation_lines_2025_03_28.csv"
    with path.open(encoding="utf-8") as file:
        matrix = {
            row["national_line"]: round(float(row["retaliatory_rate"]) * 1000)
            for row in csv.DictReader(file)
            if row["country"] == "China"
        }
    assert len(matrix) == 7048
    assert {code: rates[code] for code in matrix} == matrix


@needs_shared
def test_the_split_by_act_agrees_with_an_independent_table_of_2019() -> None:
    """Every line: the split is read from that table where it has the line, and must still add up to the matrix."""
    spec = importlib.util.spec_from_file_location("build", ROOT / "scripts" / "build_china_lists.py")
    assert spec is not None
    assert spec.loader is not None
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    matrix = build.read_matrix(SHARED)
    apart = build.take_apart(matrix, build.read_march(SHARED, matrix), build.Noticed(SHARED))
    path = SHARED / "raw" / "china_tariffs_2018_2019" / "china_tariffs_hs10_mfn_and_on_us_2018_2019.csv"
    with path.open(encoding="utf-8") as file:
        rows = {row["hs10"][:8]: row for row in csv.DictReader(file)}
    same = {"232": 0, "before September 2019": 0}
    lines = [code for code in apart if code in rows]
    for code in lines:
        parts = apart[code].items()
        metals = sum(points for name, points in parts if name.startswith("cn_232"))
        lists = sum(points for name, points in parts if name.startswith("cn_301"))
        lists -= sum(points for name, points in parts if name.startswith("cn_301_list4"))
        row = rows[code]
        waves = ("d_s301_2018_07_06", "d_s301_2018_08_23", "d_s301_2018_09_24", "d_s301_2019_06_01")
        same["232"] += metals == round(float(row["d_s232_2018_04_02"] or 0) * 10)
        same["before September 2019"] += lists == round(sum(float(row[w] or 0) for w in waves) * 10)
    assert same == {"232": len(lines), "before September 2019": len(lines)}
    left = {
        points for code in lines for name, points in apart[code].items() if name.startswith("cn_301_list4")
    }
    assert left == {25, 50}


def test_coverage_shares_are_fractions_and_every_list_has_one(law: Ledger) -> None:
    named = {
        scope.coverage
        for measure in law.measures.values()
        if measure.imposer == "CHN"
        for scope in measure.scope.values()
        if scope.coverage
    }
    assert {"cn_mar10_10", "cn_feb10_10", "cn_301_list1"} <= named
    for name in named:
        shares = law.coverage[name].shares or {"all": law.coverage[name].share}
        assert all(0.0 < value <= 1.0 for value in shares.values() if value is not None), name
        assert law.coverage[name].source


def test_coverage_of_the_farm_list_leaves_room_for_nothing_above_all(law: Ledger) -> None:
    ten, fifteen = (law.coverage[f"cn_mar10_{n}"].shares or {} for n in (10, 15))
    assert ten["A01"] > 0.75
    for industry in ten:
        assert ten[industry] + fifteen.get(industry, 0.0) <= 1.0
    for name in law.coverage["cn_mar10_10"].alternatives:
        assert name in law.coverage


def test_crude_and_lng_are_all_of_oil_and_gas_bought(law: Ledger) -> None:
    ten, fifteen = (law.coverage[f"cn_feb10_{n}"].shares or {} for n in (10, 15))
    assert ten["B06"] + fifteen["B06"] == pytest.approx(1.0, abs=0.002)  # three digits each
    assert fifteen["B05"] == 1.0


@needs_shared
def test_ordinary_rates_agree_with_an_independent_table_where_it_has_the_line() -> None:
    path = SHARED / "raw" / "china_tariffs_2018_2019" / "china_tariffs_hs10_mfn_and_on_us_2018_2019.csv"
    with path.open(encoding="utf-8") as file:
        table = {row["hs10"][:8]: row["china_mfn_2019_01_01"] for row in csv.DictReader(file)}
    checked = 0
    for row in _mfn():
        code, start = str(row["code"]), str(row["from"])
        if len(code) == 8 and code in table and start <= "2019-01-01" and "to" not in row:
            assert float(str(row["rate"])) * 100 == pytest.approx(float(table[code])), code
            checked += 1
    assert checked >= 12


def test_exclusions_are_an_open_question_with_a_date_and_an_assumption(law: Ledger) -> None:
    measure = law.measures["cn.ret.exclusions"]
    (before,) = law.on("2020-03-01").get("cn.ret.exclusions")
    (after,) = law.on("2020-03-02").get("cn.ret.exclusions")
    assert (before.state, after.state) == ("announced", "in force")
    assert measure.scope["main"].share == "cn_waiver"
    assert law.on("2027-01-01", known_on="2025-10-27").get("cn.ret.exclusions")[0].state == "in force"
    assert law.on("2027-01-01").get("cn.ret.exclusions")[0].state == "ended"
    assert measure.details["end_in_other_text"] == "2026-11-10"
