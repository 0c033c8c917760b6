"""The US tariff data: what the acts say, day by day, and what the product lists hold."""

import datetime as dt
import functools
import re
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import pandas as pd
import pytest
from pycountry import countries

from detente.geography.economies import is_group, members
from detente.ledger import open_ledger

ROOT = Path(__file__).parents[2]
SCHEDULE = ROOT.parent / "shared" / "data" / "tariff_schedule"
REFERENCE = ROOT.parent / "shared" / "data" / "reference"
FACTS = ROOT.parent / "shared" / "facts"
LISTS = ROOT / "src" / "detente" / "data" / "ledger" / "usa" / "lists"

# Rates are printed in the acts to a tenth of a percent; floats compare exactly but for sums.
EXACT = 1e-12

needs_schedule = pytest.mark.skipif(
    not SCHEDULE.exists(), reason="the tariff schedule is not beside the checkout"
)
needs_reference = pytest.mark.skipif(
    not REFERENCE.exists(), reason="the reference tables are not beside the checkout"
)
needs_facts = pytest.mark.skipif(not FACTS.exists(), reason="the facts are not beside the checkout")


@pytest.fixture(scope="module")
def ledger():
    return open_ledger()


def closeness(position, origin, on):
    if origin in position.targets:
        return 3
    if any(is_group(name) and origin in members(name, on) for name in position.targets if name != "*"):
        return 2
    return 1 if "*" in position.targets else 0


def position(ledger, measure, part, origin, on, **how):
    day = dt.date.fromisoformat(on)
    found = [
        item
        for item in ledger.on(on, **how).get(measure)
        if item.part == part and closeness(item, origin, day) and origin not in item.exempt_targets
    ]
    return max(found, key=lambda item: (item.state != "ended", closeness(item, origin, day)), default=None)


def due(ledger, measure, part, origin, on, **how):
    """Rate or ("cap", cap) of a part in force for an origin, or its state."""
    item = position(ledger, measure, part, origin, on, **how)
    if item is None:
        return "nothing"
    if item.state != "in force":
        return item.state
    return item.rate if item.cap is None else ("cap", item.cap)


# Each value is read from the act named; "known" is the day of knowledge where it matters.
GOLDEN = [
    # EO 14195 (10 %, 2025-02-04), EO 14228 (20 %, 03-04), EO 14357 of 11-04 (10 %, 11-10); end of collection 2026-02-24.
    ("us.ieepa.fentanyl.cn", "main", "CHN", "2025-02-03", None, "announced"),
    ("us.ieepa.fentanyl.cn", "main", "CHN", "2025-02-04", None, 0.10),
    ("us.ieepa.fentanyl.cn", "main", "HKG", "2025-03-04", None, 0.20),
    ("us.ieepa.fentanyl.cn", "main", "CHN", "2025-11-09", None, 0.20),
    ("us.ieepa.fentanyl.cn", "main", "CHN", "2025-11-10", None, 0.10),
    ("us.ieepa.fentanyl.cn", "main", "CHN", "2025-11-10", "2025-11-03", 0.20),
    ("us.ieepa.fentanyl.cn", "main", "CHN", "2026-02-23", None, 0.10),
    ("us.ieepa.fentanyl.cn", "main", "CHN", "2026-03-01", None, "ended"),
    # EO 14257 (10 % from 04-05, 34 % announced for 04-09), EO 14259 (84 %), EO 14266 (125 %), EO 14298 (34 with 24 off).
    ("us.ieepa.reciprocal.cn", "main", "CHN", "2025-04-08", None, 0.10),
    ("us.ieepa.reciprocal.cn", "main", "CHN", "2025-04-09", "2025-04-07", 0.34),
    ("us.ieepa.reciprocal.cn", "main", "CHN", "2025-04-09", None, 0.84),
    ("us.ieepa.reciprocal.cn", "main", "MAC", "2025-04-10", None, 1.25),
    ("us.ieepa.reciprocal.cn", "main", "CHN", "2025-05-13", None, 1.25),
    ("us.ieepa.reciprocal.cn", "main", "CHN", "2025-05-14", None, 0.10),
    # Without EO 14334 the 24 points were due again on 2025-08-12; without EO 14358 on 2025-11-10.
    ("us.ieepa.reciprocal.cn", "main", "CHN", "2025-08-12", "2025-08-10", 0.34),
    ("us.ieepa.reciprocal.cn", "main", "CHN", "2025-08-12", None, 0.10),
    ("us.ieepa.reciprocal.cn", "main", "CHN", "2025-11-10", "2025-10-27", 0.34),
    ("us.ieepa.reciprocal.cn", "main", "CHN", "2025-11-10", "2025-11-03", 0.34),
    ("us.ieepa.reciprocal.cn", "main", "CHN", "2025-11-10", "2025-11-04", 0.10),
    # EO 14257 sec. 3: baseline for all but Canada and Mexico; EO 14326 in place of it for Viet Nam.
    ("us.ieepa.reciprocal.baseline", "main", "VNM", "2025-05-01", None, 0.10),
    ("us.ieepa.reciprocal.baseline", "main", "CAN", "2025-05-01", None, "nothing"),
    ("us.ieepa.reciprocal.baseline", "main", "VNM", "2025-08-07", None, 0.0),
    ("us.ieepa.reciprocal.baseline", "main", "CHL", "2025-08-07", None, 0.10),
    # EO 14257 Annex I: one day; EO 14266 suspends it; a lapse on 2025-07-09 would have brought it back.
    ("us.ieepa.reciprocal.countries", "april", "VNM", "2025-04-09", None, 0.46),
    ("us.ieepa.reciprocal.countries", "april", "VNM", "2025-04-10", None, "suspended"),
    ("us.ieepa.reciprocal.countries", "april", "VNM", "2025-07-09", "2025-06-01", 0.46),
    ("us.ieepa.reciprocal.countries", "april", "VNM", "2025-08-07", None, "ended"),
    ("us.ieepa.reciprocal.countries", "main", "VNM", "2025-08-07", None, 0.20),
    ("us.ieepa.reciprocal.countries", "main", "LAO", "2025-12-01", None, 0.40),
    # EO 14326: Union at a 15 % floor; EO 14345 turns Japan's 15 % into a floor, back to 08-07; FR 2025-23316 Switzerland.
    ("us.ieepa.reciprocal.countries", "eu", "DEU", "2025-08-07", None, ("cap", 0.15)),
    ("us.ieepa.reciprocal.countries", "jpn", "JPN", "2025-08-20", "2025-08-20", 0.15),
    ("us.ieepa.reciprocal.countries", "jpn", "JPN", "2025-08-20", None, ("cap", 0.15)),
    ("us.ieepa.reciprocal.countries", "che", "CHE", "2025-11-20", "2025-11-20", 0.39),
    ("us.ieepa.reciprocal.countries", "che_framework", "CHE", "2025-11-20", None, ("cap", 0.15)),
    # EO 14193, paused by EO 14197 to 2025-03-04; EO 14325 (35 %); energy at 10 %.
    ("us.ieepa.fentanyl.ca", "main", "CAN", "2025-02-10", "2025-02-02", 0.25),
    ("us.ieepa.fentanyl.ca", "main", "CAN", "2025-02-10", None, "announced"),
    ("us.ieepa.fentanyl.ca", "main", "CAN", "2025-08-01", None, 0.35),
    ("us.ieepa.fentanyl.ca", "energy", "CAN", "2025-08-01", None, 0.10),
    ("us.ieepa.br40", "main", "BRA", "2025-08-06", None, 0.40),
    ("us.ieepa.in25", "main", "IND", "2026-02-06", None, 0.25),
    ("us.ieepa.in25", "main", "IND", "2026-02-07", None, "ended"),
    # The statement of 2025-10-10: a threat on 10-27, gone with the fact sheet of 11-01; 84 FR 69447 left 4B pending.
    ("us.threat.cn100", "main", "CHN", "2025-10-27", None, "threatened"),
    ("us.threat.cn100", "main", "CHN", "2025-11-10", "2025-10-27", "threatened"),
    ("us.threat.cn100", "main", "CHN", "2025-11-10", None, "ended"),
    ("us.s301.cn.list4b", "main", "CHN", "2020-01-15", None, "threatened"),
    # 83 FR 28710; 83 FR 47974 with 25 % postponed twice, then 84 FR 20459; 84 FR 45821 and 85 FR 3741.
    ("us.s301.cn.list1", "main", "CHN", "2018-07-05", None, "announced"),
    ("us.s301.cn.list1", "main", "CHN", "2018-07-06", None, 0.25),
    ("us.s301.cn.list3", "main", "CHN", "2019-01-15", "2018-11-01", 0.25),
    ("us.s301.cn.list3", "main", "CHN", "2019-01-15", None, 0.10),
    ("us.s301.cn.list3", "main", "CHN", "2019-05-10", None, 0.25),
    ("us.s301.cn.list3", "main", "CHN", "2019-11-01", None, 0.25),
    ("us.s301.cn.list4a", "main", "CHN", "2019-09-01", None, 0.15),
    ("us.s301.cn.list4a", "main", "CHN", "2020-02-14", None, 0.075),
    ("us.s301.cn.list4a", "main", "HKG", "2025-06-01", None, "nothing"),
    # 89 FR 76581: electric vehicles 100 %, masks 50 % from 2026.
    ("us.s301.cn.fouryear", "r100_2024", "CHN", "2024-09-26", None, "announced"),
    ("us.s301.cn.fouryear", "r100_2024", "CHN", "2024-09-27", None, 1.0),
    ("us.s301.cn.fouryear", "r50_2026", "CHN", "2026-01-01", None, 0.50),
    # 90 FR 48320: one day at 100 %, suspended to the end of 2026-11-09.
    ("us.s301.cn.cranes", "cranes", "CHN", "2025-11-09", None, 1.0),
    ("us.s301.cn.cranes", "cranes", "CHN", "2025-11-10", None, "suspended"),
    ("us.s301.cn.cranes", "cranes", "CHN", "2026-11-10", None, 1.0),
    ("us.s301.cn.semis2025", "main", "CHN", "2026-06-01", None, 0.0),
    # 91 FR 47318 and US note 52: tiers.
    ("us.s301.fl", "main", "CHN", "2026-07-24", None, 0.125),
    ("us.s301.fl", "mys", "MYS", "2026-07-24", None, 0.10),
    ("us.s301.fl", "eu", "FRA", "2026-07-24", None, ("cap", 0.10)),
    # The notice with the final lists was published on 2026-07-28: until then the proposal's part was in force.
    ("us.s301.fl", "proposed", "MYS", "2026-07-24", "2026-07-27", 0.10),
    ("us.s301.fl", "mys", "MYS", "2026-07-24", "2026-07-27", "nothing"),
    ("us.s301.fl", "proposed", "MYS", "2026-07-24", None, "ended"),
    ("us.s301.fl", "main", "KOR", "2026-07-24", None, ("cap", 0.125)),
    ("us.s301.fl", "main", "CHL", "2026-07-23", None, "announced"),
    ("us.s301.br", "main", "BRA", "2026-07-22", None, 0.25),
    # Proclamation 11012: 150 days; the last is 2026-07-23.
    ("us.s122", "main", "DEU", "2026-02-24", None, 0.10),
    ("us.s122", "main", "DEU", "2026-07-23", None, 0.10),
    ("us.s122", "main", "DEU", "2026-07-24", None, "ended"),
    # Proclamations of 2026-07-20 and 08-18: three days' suspension.
    ("us.s338.ca", "dairy", "CAN", "2026-08-19", None, "suspended"),
    ("us.s338.ca", "dairy", "CAN", "2026-08-22", None, 0.50),
    # Proclamations 9705, 9759, 9893, 10896, 10947, of 2026-04-02.
    ("us.s232.steel", "mill_2018", "CAN", "2018-05-01", None, 0.0),
    ("us.s232.steel", "mill_2018", "CAN", "2018-06-01", None, 0.25),
    ("us.s232.steel", "mill_2018", "CAN", "2019-05-20", None, 0.0),
    ("us.s232.steel", "mill_2018", "TUR", "2018-09-01", None, 0.50),
    ("us.s232.steel", "mill_2018", "TUR", "2019-06-01", None, 0.25),
    ("us.s232.steel", "mill", "CAN", "2025-03-12", None, 0.25),
    ("us.s232.steel", "mill", "GBR", "2025-06-04", None, 0.25),
    ("us.s232.steel", "mill", "DEU", "2025-06-04", None, 0.50),
    ("us.s232.steel", "annex_1a", "CHN", "2026-04-06", None, 0.50),
    ("us.s232.steel", "annex_1a", "GBR", "2026-04-06", None, 0.25),
    ("us.s232.aluminum", "mill_2018", "CHN", "2025-01-01", None, 0.10),
    ("us.s232.aluminum", "mill_2018", "RUS", "2023-03-10", None, 2.0),
    ("us.s232.aluminum", "annex_1a", "RUS", "2026-04-06", None, 2.0),
    ("us.s232.copper", "content", "CHL", "2025-08-01", None, 0.50),
    ("us.s232.metals_derivatives_2026", "annex_1b_steel", "GBR", "2026-05-01", None, 0.15),
    ("us.s232.metals_derivatives_2026", "annex_1c", "JPN", "2026-06-08", None, ("cap", 0.15)),
    ("us.s232.metals_derivatives_2026", "annex_1c", "CHN", "2026-06-08", None, 0.25),
    ("us.s232.metals_derivatives_2026", "annex_3_steel", "CHN", "2026-04-06", None, ("cap", 0.15)),
    ("us.s232.metals_derivatives_2026", "annex_3_steel", "RUS", "2026-04-06", None, 0.25),
    ("us.s232.metals_derivatives_2026", "annex_3_aluminum", "CHN", "2028-01-01", None, "ended"),
    # Proclamation 10908; EO 14309; FR 2025-18660 back to 08-01; FR 2025-21940 back to 11-01.
    ("us.s232.autos", "main", "DEU", "2025-08-15", "2025-08-15", 0.25),
    ("us.s232.autos", "main", "DEU", "2025-08-15", None, ("cap", 0.15)),
    ("us.s232.autos", "main", "KOR", "2025-11-01", None, ("cap", 0.15)),
    ("us.s232.autos", "main", "GBR", "2025-06-30", None, 0.075),
    ("us.s232.auto_parts", "parts", "TWN", "2026-05-01", None, ("cap", 0.15)),
    # Proclamation 10976 with rises on 2026-01-01; the proclamation of 2025-12-31 moved them a year.
    ("us.s232.wood", "cabinets", "CHN", "2026-01-15", "2025-12-01", 0.50),
    ("us.s232.wood", "cabinets", "CHN", "2026-01-15", None, 0.25),
    ("us.s232.wood", "cabinets", "CHN", "2027-01-01", None, 0.50),
    ("us.s232.mhdv", "buses", "MEX", "2025-11-01", None, 0.10),
    ("us.s232.semis", "main", "TWN", "2026-01-15", None, 0.25),
    ("us.s232.pharma", "all_firms", "IND", "2026-09-29", None, ("cap", 1.0)),
    ("us.s232.pharma", "all_firms", "IRL", "2026-09-29", None, ("cap", 0.15)),
    ("us.s232.pharma", "annex_iii_firms", "GBR", "2026-08-15", None, 0.0),
    ("us.s232.polysilicon", "main", "CHN", "2026-12-04", None, 0.15),
    ("us.s201.solar_qsp", "modules", "VNM", "2025-06-01", None, 0.14),
]


@pytest.mark.parametrize(("measure", "part", "origin", "on", "known", "expected"), GOLDEN)
def test_rate_or_state_follows_the_act(ledger, measure, part, origin, on, known, expected):
    assert due(ledger, measure, part, origin, on, known_on=known) == expected


def test_known_later_changes_nothing_earlier(ledger):
    """Whatever was recorded after the day of knowledge is not seen: no step, window or end of the future leaks."""
    day, known = "2025-11-10", dt.date(2025, 10, 27)
    for item in ledger.on(day, known_on=known).positions:
        if item.step is not None:
            assert item.step.recorded <= known, (item.measure.id, item.part)


def test_suspended_points_show_beside_the_rate(ledger):
    item = position(ledger, "us.ieepa.reciprocal.cn", "main", "CHN", "2025-10-27")
    assert (item.rate, item.suspended_points, item.until_legal) == (0.10, 0.24, dt.date(2025, 11, 10))


def test_reported_extension_counts_only_when_asked(ledger):
    on = "2026-11-20"
    assert due(ledger, "us.s301.cn.cranes", "cranes", "CHN", on) == 1.0
    assert due(ledger, "us.s301.cn.cranes", "cranes", "CHN", on, ends="reported") == "suspended"


def test_emergency_duties_are_void_from_the_start_once_ruled(ledger):
    """Learning Resources v. Trump: legally due is nothing on any day, though it was collected."""
    names = [name for name in ledger.measures if name.startswith("us.ieepa.")]
    assert len(names) == 8
    for name in names:
        for item in ledger.on("2025-12-01", view="legally-due").get(name):
            assert item.state in {"ended", "suspended", "announced"}, (name, item.part)
            assert not item.rate, (name, item.part)
    assert due(ledger, "us.ieepa.fentanyl.cn", "main", "CHN", "2025-12-01", view="collected") == 0.10


def test_threats_and_investigations_are_never_in_force(ledger):
    idle = [
        m
        for m in ledger.measures.values()
        if m.instrument in {"threat", "investigation"} and m.imposer == "USA"
    ]
    assert {m.id for m in idle} >= {"us.threat.cn100", "us.s301.cn.list4b", "us.s301.excess_capacity"}
    for measure in idle:
        for on in ("2018-06-01", "2019-12-20", "2025-11-01", "2026-08-01", "2027-06-01"):
            assert all(item.state != "in force" for item in ledger.on(on).get(measure.id)), measure.id


def test_a_suspension_is_a_window_not_a_zero_rate(ledger):
    for measure in ledger.measures.values():
        if measure.id.startswith("us.s") and measure.suspensions:
            assert all(step.rate != 0.0 for step in measure.steps), measure.id


@functools.cache
def listed(name, on=None):
    rows = pd.read_csv(LISTS / f"{name}.csv", dtype=str, keep_default_na=False)
    if on is not None:
        rows = rows[((rows["from"] == "") | (rows["from"] <= on)) & ((rows["to"] == "") | (on < rows["to"]))]
    return frozenset(rows["code"])


def covers(codes, code):
    return any(code[:size] in codes for size in range(2, 11))


ALL_LISTS = sorted(path.stem for path in LISTS.glob("*.csv"))
US_LISTS = [name for name in ALL_LISTS if name.startswith(("s1", "s2", "s3", "ieepa", "civil"))]


def test_lists_are_compact_and_used(ledger):
    used = {
        name
        for measure in ledger.measures.values()
        for scope in measure.scope.values()
        for name in (*scope.include, *scope.exclude)
    }
    assert set(US_LISTS) <= used
    assert sum((LISTS / f"{name}.csv").stat().st_size for name in US_LISTS) < 3_000_000


@pytest.mark.parametrize(
    ("name", "count"),
    [
        # Footnotes to 9903.88.01 on 860 subheadings less four of chapter 98, and eight electric vehicles to 2024-09-27.
        ("s301_cn_list1", 864),
        # Note 31(f): 16 of 8541 and 8542, polysilicon, wafers, and medical gloves in 2025.
        ("s301_cn_review_50_2025", 19),
        ("s301_cn_review_50_2024", 2),
        # Notes 20(vvv) and 20(www) name articles within 144 statistical numbers.
        ("s301_cn_exclusions", 144),
        # US note 50: 864 subheadings. US note 51: 63, 52 and 439. US note 2(aa)(ii) prints 1,098.
        ("s301_br_exempt", 864),
        ("s338_ca_alcohol", 63),
        ("s338_ca_dairy", 52),
        ("s338_ca_vehicles", 439),
        ("s122_exempt", 1098),
        # US note 52(b), (c), (e); (d) is 535, with six of chapter 98.
        ("s301_fl_exempt", 863),
        ("s301_fl_described", 16),
        ("s301_fl_by_use", 700),
        ("s301_fl_aircraft", 541),
        # Proclamations 11061 (25, and 28 packaged only), 11062 and 11063.
        ("s338_ca_ban_alcohol", 25),
        ("s338_ca_ban_alcohol_packaged", 28),
        ("s338_ca_ban_dairy", 14),
        ("s338_ca_ban_motor_vehicles", 1),
        # Proclamation 10962: 80. Note 40(c): 131. Note 37: 15, 4 and 3.
        ("s232_copper", 80),
        ("s232_pharma", 131),
        ("s232_softwood", 15),
        ("s232_wood_furniture", 4),
        ("s232_wood_cabinets", 3),
    ],
)
def test_list_counts(name, count):
    assert len(listed(name)) == count


@needs_schedule
def test_lists_are_what_the_script_builds():
    script = ROOT / "scripts" / "build_lists.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@needs_schedule
def test_final_lists_are_what_the_script_builds():
    script = ROOT / "scripts" / "build_final_lists.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@needs_schedule
def test_listed_codes_exist_in_the_schedule():
    """Every code is a heading, subheading or number of some revision; four are newer than the schedule held."""
    lines = pd.read_parquet(SCHEDULE / "hts10.parquet", columns=["hts10", "hts8"]).astype(str)
    codes = set(lines["hts10"]) | set(pd.read_parquet(SCHEDULE / "hts8.parquet")["hts8"].astype(str))
    codes |= set(lines["hts8"])
    known = {code[:size] for code in codes for size in (4, 6, 8, 10)}
    newer = {"3818000040", "3818000045", "3818000050", "3818000091"}
    for name in US_LISTS:
        assert listed(name) - known <= newer, name


@pytest.mark.parametrize("on", ["2018-12-01", "2020-03-01", "2024-10-01", "2025-06-01", "2026-06-01"])
def test_a_line_is_on_one_list_of_note_20(on):
    names = [f"s301_cn_list{which}" for which in ("1", "2", "3", "4a")]
    held = {name: listed(name, on) for name in names}
    for index, one in enumerate(names):
        for other in names[index + 1 :]:
            assert not {code for code in held[one] if covers(held[other], code)}, (one, other)
            assert not {code for code in held[other] if covers(held[one], code)}, (one, other)


def test_the_review_rate_stands_in_lieu_of_the_list_rate(ledger):
    measure = ledger.measures["us.s301.cn.fouryear"]
    for which in ("1", "2", "3", "4a"):
        assert any(fnmatchcase(f"us.s301.cn.list{which}", pattern) for pattern in measure.stacking.in_lieu_of)
    # 8507.60.0010 is within 8507.60.00 of List 4A until 2026 and pays the review rate from 2024-09-27.
    assert covers(listed("s301_cn_list4a", "2025-01-01"), "8507600010")
    assert covers(listed("s301_cn_review_25_2024", "2025-01-01"), "8507600010")
    assert not covers(listed("s301_cn_list4a", "2026-01-01"), "8507600020")
    assert covers(listed("s301_cn_review_25_2026", "2026-01-01"), "8507600020")


CHINA_RATES = [
    (f"s301_cn_list{which}", rate, "")
    for which, rate in (("1", 0.25), ("2", 0.25), ("3", 0.25), ("4a", 0.075))
]
REVIEW_RATES = [
    ("s301_cn_review_25_2024", 0.25, "2024-09-27"),
    ("s301_cn_review_50_2024", 0.50, "2024-09-27"),
    ("s301_cn_review_100_2024", 1.0, "2024-09-27"),
    ("s301_cn_review_25_2025", 0.25, "2025-01-01"),
    ("s301_cn_review_50_2025", 0.50, "2025-01-01"),
    ("s301_cn_review_25_2026", 0.25, "2026-01-01"),
    ("s301_cn_review_50_2026", 0.50, "2026-01-01"),
    ("s301_cn_review_100_2026", 1.0, "2026-01-01"),
]


def china_rate(code, on):
    groups = [(0.0, "", "")]
    for found in (CHINA_RATES, REVIEW_RATES):
        groups += [
            (rate, name, start)
            for name, rate, start in found
            if start <= on and covers(listed(name, on), code)
        ]
    return groups[-1][0]


# Rows of the sample that differ from the schedule, and why; everything else must agree.
SAMPLE_ERRORS = {
    "8507600010": "Electric-vehicle batteries owe 25 % from 2024-09-27 (9903.91.01); the sample has 0 until 2026.",
    "4015121010": "Medical gloves owe 50 % in 2025 (9903.91.05); the sample has 0.",
    "6307909885": "Only five mask numbers of 6307.90.98 moved to 50 % in 2026; the sample takes the subheading.",
    "6307909891": "As 6307.90.9885, and the sample scales by a share of exclusions claimed.",
    "3926909989": "The sample scales by a share of exclusions claimed.",
    "8486200000": "The sample scales by a share of exclusions claimed.",
    "8543709860": "The sample scales by a share of exclusions claimed.",
    "8426190000": "Ship-to-shore cranes are part of the line; held with a share, not on a list.",
}


@needs_reference
def test_section_301_agrees_with_the_sample_but_for_named_errors():
    rows = pd.read_csv(REFERENCE / "duty_samples.csv", dtype=str)
    rows = rows[rows["iso3"] == "CHN"].drop_duplicates(["hts10", "date"])
    different = {
        row.hts10
        for row in rows.itertuples()
        if abs(china_rate(row.hts10, row.date) - float(row.statutory_rate_301)) > 1e-6
    }
    assert different == set(SAMPLE_ERRORS)


@needs_reference
def test_exemptions_agree_with_the_sample_exactly():
    """Section 122, and Annex II in its three versions, on every sampled line of origins without a floor or own list."""
    rows = pd.read_csv(REFERENCE / "duty_samples.csv", dtype=str)
    surcharge = rows[rows["date"] == "2026-02-24"]
    exempt = listed("s122_exempt") | listed("civil_aircraft")
    assert all(
        covers(exempt, r.hts10) == (float(r.statutory_rate_s122) == 0.0) for r in surcharge.itertuples()
    )
    for on in ("2025-04-10", "2025-08-27", "2025-12-05"):
        own = rows[(rows["date"] == on) & rows["iso3"].isin(["CHN", "HKG", "VNM", "THA", "TWN", "MYS"])]
        annex = listed("ieepa_annex_ii", on)
        assert len(own) > 100
        assert all(
            covers(annex, r.hts10) == (float(r.statutory_rate_ieepa_recip) == 0.0) for r in own.itertuples()
        )


def test_annex_two_moves_with_the_acts():
    # Copper left with its own duty (2025-08-01), lumber with the wood duty (10-14), bullion came on 09-08, beef on 11-13.
    copper, lumber, gold, beef = "74081130", "44071100", "71081250", "02013050"
    assert copper in listed("ieepa_annex_ii", "2025-07-31")
    assert copper not in listed("ieepa_annex_ii", "2025-08-01")
    assert lumber in listed("ieepa_annex_ii", "2025-10-13")
    assert lumber not in listed("ieepa_annex_ii", "2025-10-14")
    assert not covers(listed("ieepa_annex_ii", "2025-09-07"), gold)
    assert covers(listed("ieepa_annex_ii", "2025-09-08"), gold)
    assert not covers(listed("ieepa_annex_ii", "2025-11-12"), beef)
    assert covers(listed("ieepa_annex_ii", "2025-11-13"), beef)


def test_ten_digits_where_the_notice_names_ten():
    """FR Doc 2025-15819 names 3004.90.9244 and 2106.90.9998, not their subheadings."""
    for metal in ("steel", "aluminum"):
        codes = listed(f"s232_{metal}_content")
        assert {"3004909244", "2106909998"} <= codes
        assert not {"30049092", "21069099"} & codes


def test_derivatives_start_on_their_own_days():
    steel = pd.read_csv(LISTS / "s232_steel_content.csv", dtype=str).set_index("code")["from"]
    assert steel["84321000"] == "2025-03-12"  # ploughs, Proclamation 10896
    assert steel["84501100"] == "2025-06-23"  # washing machines, 90 FR 25208
    assert steel["3004909244"] == "2025-08-18"  # 90 FR 40326
    assert listed("s232_aluminum_content", "2025-03-12") >= {"83025000", "8547900020"}
    assert "8418100000" not in listed("s232_aluminum_content", "2025-03-12")


ANNEXES = [name for name in US_LISTS if name.startswith("s232_annex_")]


def test_annexes_hold_no_captions():
    """A heading that a description mentions is not in scope: 8471 would put 25 % on all computers."""
    for name in ANNEXES:
        if not name.startswith("s232_annex_1a"):
            assert min(len(code) for code in listed(name)) >= 8, name
        assert not covers(listed(name), "8471300100"), name
        assert not covers(listed(name), "8430410000"), name


@needs_schedule
def test_every_caption_left_out_is_a_mention_or_the_head_of_listed_numbers():
    """The words of the schedule show it: 8473.30 reads "parts of the machines of heading 8471"."""
    table = pd.read_csv(SCHEDULE / "s232_scope.csv", dtype=str, keep_default_na=False)
    annexes = table[(table["program"] == "metal_annex_2026") & (table["subclass"] != "annex_1a")]
    entries = set(table.loc[table["program"] == "metal_annex_2026", "hts_prefix"])
    whole = {code for code in entries if len(code) >= 8}
    words = {
        **pd.read_parquet(SCHEDULE / "hts8.parquet").set_index("hts8")["description"].to_dict(),
        **pd.read_parquet(SCHEDULE / "hts10.parquet").set_index("hts10")["description"].to_dict(),
    }
    captions = {code for code in annexes["hts_prefix"] if len(code) < 8}
    assert {"8471", "8430", "8709", "851650", "847989"} <= captions
    for code in captions:
        dotted = code if len(code) == 4 else f"{code[:4]}.{code[4:]}"
        mention = re.compile(rf"{re.escape(dotted)}(?!\d)")
        heads = any(other.startswith(code) for other in whole)
        assert heads or any(mention.search(words.get(other, "")) for other in whole), code


def test_coffee_of_brazil_leaves_with_the_farm_goods():
    for name in ("ieepa_br_exempt", "ieepa_annex_ii"):
        assert not covers(listed(name, "2025-10-15"), "0901110025")
        assert covers(listed(name, "2025-12-05"), "0901110025")


@pytest.mark.parametrize("on", ["2026-04-06", "2026-06-08"])
def test_one_annex_per_article(on):
    """No code stands in two annexes on a day; note 16(c) puts some on the lists of two metals of one annex."""
    seen = {}
    for name in ANNEXES:
        annex, _, _ = name.rpartition("_")
        for code in listed(name, on):
            assert seen.setdefault(code, annex) == annex, (code, name, seen[code])


def test_machinery_moved_between_annexes_on_2026_06_08():
    # Proclamation 11032: bulldozers to annex I-C, harvesters to annex III, 8708.29.21 out.
    assert "84291100" in listed("s232_annex_1b_steel", "2026-06-07")
    assert "84291100" not in listed("s232_annex_1b_steel", "2026-06-08")
    assert "84291100" in listed("s232_annex_1c_steel", "2026-06-08")
    assert "84335100" in listed("s232_annex_3_steel", "2026-06-08")
    assert not covers(listed("s232_annex_1b_steel", "2026-06-08"), "8708292110")


def test_anchor_entry_is_an_annex_1a_article():
    assert covers(listed("s232_annex_1a_steel", "2026-09-18"), "7326908688")
    assert covers(listed("s301_cn_list3", "2026-09-18"), "7326908688")


AUTHORITIES = (
    "us.ieepa.reciprocal.baseline",
    "us.ieepa.reciprocal.cn",
    "us.ieepa.reciprocal.countries",
    "us.ieepa.br40",
    "us.ieepa.in25",
    "us.ieepa.fentanyl.ca",
    "us.ieepa.fentanyl.mx",
    "us.s122",
    "us.s301.fl",
    "us.s301.br",
)


def authorities(ledger, origin, on):
    """Sum of the general duties on an origin, the closest targets of each measure winning."""
    day = dt.date.fromisoformat(on)
    book = ledger.on(on)
    rates, cap = {}, None
    for name in AUTHORITIES:
        charged = [
            item
            for item in book.get(name)
            if item.state == "in force"
            and closeness(item, origin, day)
            and origin not in item.exempt_targets
            and item.part not in {"energy", "potash"}
        ]
        if charged:
            best = max(charged, key=lambda item: closeness(item, origin, day))
            rates[name] = best.rate or 0.0
            cap = best.cap if best.cap is not None else cap
    if {"us.ieepa.reciprocal.cn", "us.ieepa.reciprocal.countries"} & set(rates):
        rates.pop("us.ieepa.reciprocal.baseline", None)
    return sum(rates.values()), cap


def test_views_restate_what_the_authorities_say(ledger):
    views = [m for m in ledger.measures.values() if m.instrument == "view" and m.imposer == "USA"]
    assert len(views) == 15
    for view in views:
        for start in {step.from_ for step in view.steps}:
            for origin in view.targets:
                item = position(
                    ledger, view.id, "main", "DEU" if origin == "EU" else origin, start.isoformat()
                )
                if item is None or item.state != "in force":
                    continue
                rate, cap = authorities(ledger, "DEU" if origin == "EU" else origin, start.isoformat())
                found = (rate, cap)
                assert found == (pytest.approx(item.rate or 0.0, abs=EXACT), item.cap), (
                    view.id,
                    origin,
                    start,
                )


@needs_schedule
def test_forced_labour_tiers_follow_note_52(ledger):
    tiers = pd.read_csv(SCHEDULE / "s301_forced_labor_tiers.csv", dtype=str)
    parts = ledger.measure("us.s301.fl").scope
    for row in tiers.itertuples():
        origin = countries.get(alpha_2=row.iso2).alpha_3
        wanted = float(row.rate) if row.rate_basis == "flat" else ("cap", float(row.rate))
        found = [due(ledger, "us.s301.fl", part, origin, "2026-08-01") for part in parts]
        assert [value for value in found if value not in {"nothing", "ended"}] == [wanted], origin


@needs_facts
def test_every_measure_of_the_facts_is_held(ledger):
    text = (FACTS / "measures.yaml").read_text(encoding="utf-8")
    ids = {line.split()[-1] for line in text.splitlines() if line.startswith("- id: us.")}
    mine = (
        "us.s301.",
        "us.s232.",
        "us.s201.",
        "us.ieepa.",
        "us.threat.",
        "us.s122",
        "us.s338.",
        "us.deminimis",
    )
    wanted = {name for name in ids if name.startswith((*mine, "us.partner.", "us.asean."))}
    assert len(wanted) > 45
    assert wanted <= set(ledger.measures)


def test_primary_sources_have_an_address(ledger):
    for name, source in ledger.sources.items():
        assert source.kind != "primary" or source.url or source.note, name
    assert ledger.sources["bisstay"].note is not None
    assert ledger.sources["recall"].kind == "recalled"
