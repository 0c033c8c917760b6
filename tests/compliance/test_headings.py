"""The heading a broker files: each line has one or a reason, and its own text names the origin and sets the rate."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from compliance.heading_texts import faults, held, named
from detente import duty
from detente.errors import InputError
from detente.ledger import built_in, open_ledger
from detente.schedules.usa.schedule import us_schedule

# Rates are sums of a few decimal fractions; the engine rounds to ten digits.
EXACT = 1e-9
ORIGINS = [
    "ARE", "ARG", "AUS", "BGD", "BRA", "CAN", "CHE", "CHN", "CRI", "CUB", "DEU", "FRA", "GBR", "GTM",
    "HKG", "IDN", "IND", "ISR", "JPN", "KHM", "KOR", "LIE", "MEX", "RUS", "SGP", "THA", "TUR", "TWN",
    "UKR", "VNM", "ZAF",
]  # fmt: skip
# The day before, and the day of, each change of 2018 to 2026 that moves a heading.
DAYS = [
    "2018-10-01", "2019-05-20", "2019-10-01", "2020-03-01", "2022-06-01", "2024-10-01", "2025-02-10",
    "2025-03-03", "2025-03-04", "2025-03-13", "2025-04-05", "2025-04-09", "2025-04-10", "2025-05-03",
    "2025-05-13", "2025-05-14", "2025-06-05", "2025-07-05", "2025-08-06", "2025-08-08", "2025-09-05",
    "2025-09-20", "2025-10-15", "2025-11-09", "2025-11-15", "2025-12-10", "2026-01-15", "2026-02-25",
    "2026-04-10", "2026-06-10", "2026-07-23", "2026-07-25", "2026-08-25", "2026-10-01",
]  # fmt: skip
QUICK, MANY = 250, 6000
FACTS = (
    {},
    {},
    {"usmca": True},
    {"use_claimed": True},
    {"us_melted": True},
    {"auto_parts_use": 1.0, "heavy_parts_use": 1.0},
    {"exclusion_301": True},
    {"metal_weight_share": 0.05, "described_article": True},
    {"steel_content": 0.4, "aluminum_content": 0.0, "copper_content": 0.5},
    {"aluminum_smelted": "RUS", "steel_melted": "IND"},
    {"uk_content": False, "chip_in_band": True},
)


def ask(code, origin, on, facts=None):
    """The duty of the United States on one product."""
    return duty(code, origin=origin, destination="USA", on=on, facts=facts or {})


def headings(answer):
    """Headings by measure."""
    return {line.measure: line.heading for line in answer.lines}


def swept(count, seed):
    """Answers to random questions over the schedule, origins, days and facts, less codes that were not there that day."""
    draw = np.random.default_rng(seed)
    codes = [code for code in np.unique(us_schedule().codes).tolist() if code[:2] not in {"98", "99"}]
    for _ in range(count):
        code, origin, day = (str(draw.choice(words)) for words in (codes, ORIGINS, DAYS))
        try:
            yield ask(code, origin, day, FACTS[draw.integers(len(FACTS))])
        except InputError:
            continue


def check(answers):
    """Every line has a heading or says why not, and a heading is what its own text says."""
    wrong, due, blank = {}, 0, 0
    for answer in answers:
        for line in answer.lines:
            due += line.contribution > 0.0
            blank += line.contribution > 0.0 and not line.heading
            for fault in faults(answer, line):
                wrong[answer.code, answer.origin, str(answer.on), line.measure, line.heading] = fault
    assert wrong == {}
    return due, blank


def test_headings_of_a_sample():
    due, blank = check(swept(QUICK, seed=11))
    assert due > QUICK
    assert blank <= due // 100


@pytest.mark.slow
@pytest.mark.nightly
def test_headings_of_many():
    # Due without a heading: drones of 2026-09 and quartz of 2026-08, whose headings are not held.
    due, blank = check(swept(MANY, seed=23))
    assert due > MANY
    assert blank <= due // 100


@pytest.mark.parametrize(
    ("heading", "rate", "origin", "found"),
    [
        ("9903.01.63", 0.10, "CHN", "does not set the rate"),  # as it was printed after 2025-05-14
        ("9903.02.19", 0.10, "DEU", "does not set the rate"),  # the wrong half of a pair
        ("9903.02.30", 0.15, "KOR", "does not name the origin"),
        ("9903.88.99", 0.25, "CHN", "does not stand on the day"),
    ],
)
def test_the_check_finds_what_is_wrong(heading, rate, origin, found):
    answer = ask("4202.12.21.20", origin, "2025-09-20")
    line = replace(answer.lines[1], heading=heading, rate=rate, heading_basis="text", basis_share=1.0)
    assert any(fault.startswith(found) for fault in faults(replace(answer, origin=origin), line))


def test_each_rule_names_a_heading_that_stands_and_its_origins():
    wrong = []
    for rule in built_in().headings.rules:
        if rule.basis != "text":
            continue
        pairs = dict(rule.by_origin) or dict.fromkeys(rule.origins or ("*",), rule.heading)
        for origin, heading in pairs.items():
            if heading is None:
                continue
            texts = held(heading)
            economies = [named(item.description) for item in texts]
            members = {"EU": "DEU"}.get(origin, origin)
            if not texts or not any(origin == "*" or not group or members in group for group in economies):
                wrong.append((heading, origin))
    assert wrong == []


@pytest.mark.parametrize(
    ("code", "origin", "on", "measure", "heading"),
    [
        # Fentanyl duty: 10 % under .20 in February 2025, 20 % and from 2025-11-10 10 % under .24.
        ("9503.00.00.73", "CHN", "2025-02-20", "us.ieepa.fentanyl.cn", "9903.01.20"),
        ("9503.00.00.73", "CHN", "2025-03-04", "us.ieepa.fentanyl.cn", "9903.01.24"),
        ("9503.00.00.73", "CHN", "2025-12-01", "us.ieepa.fentanyl.cn", "9903.01.24"),
        # Reciprocal: filers discontinue .63 on 2025-05-14.
        ("9503.00.00.73", "CHN", "2025-05-13", "us.ieepa.reciprocal.cn", "9903.01.63"),
        ("9503.00.00.73", "CHN", "2025-05-14", "us.ieepa.reciprocal.cn", "9903.01.25"),
        # Both halves of a floor: suitcases at 20 %, toys free.
        ("4202.12.21.20", "DEU", "2025-10-15", "us.ieepa.reciprocal.countries", "9903.02.19"),
        ("9503.00.00.73", "DEU", "2025-10-15", "us.ieepa.reciprocal.countries", "9903.02.20"),
        ("4202.12.21.20", "JPN", "2025-10-15", "us.ieepa.reciprocal.countries", "9903.02.72"),
        ("9503.00.00.73", "JPN", "2025-10-15", "us.ieepa.reciprocal.countries", "9903.02.73"),
        ("4202.12.21.20", "CHE", "2026-01-15", "us.ieepa.reciprocal.countries", "9903.02.82"),
        ("9503.00.00.73", "LIE", "2026-01-15", "us.ieepa.reciprocal.countries", "9903.02.88"),
        # Forced labour: one heading for each economy.
        ("9503.00.00.73", "CHN", "2026-09-01", "us.s301.fl", "9903.05.31"),
        ("9503.00.00.73", "THA", "2026-09-01", "us.s301.fl", "9903.05.77"),
        ("9503.00.00.73", "VNM", "2026-09-01", "us.s301.fl", "9903.05.84"),
        ("9503.00.00.73", "ITA", "2026-09-01", "us.s301.fl", "9903.05.39"),
        ("4202.12.21.20", "ITA", "2026-09-01", "us.s301.fl", "9903.05.38"),
        # Exempt lines: Annex II, Section 232, the economy, the use.
        ("8471.30.01.00", "CHN", "2025-10-15", "us.ieepa.reciprocal.cn", "9903.01.32"),
        ("7208.10.15.00", "VNM", "2025-10-15", "us.ieepa.reciprocal.countries", "9903.01.33"),
        ("7208.10.15.00", "VNM", "2026-03-01", "us.s122", "9903.03.06"),
        ("7208.10.15.00", "VNM", "2026-09-01", "us.s301.fl", "9903.05.90"),
        ("9503.00.00.73", "CAN", "2025-10-15", "us.ieepa.reciprocal.baseline", "9903.01.26"),
        ("9503.00.00.73", "RUS", "2025-10-15", "us.ieepa.reciprocal.baseline", "9903.01.29"),
        ("8501.52.40.00", "JPN", "2025-10-15", "us.s232.auto_parts", "9903.94.06"),
        ("4901.99.00.70", "CHN", "2025-10-15", "us.ieepa.fentanyl.cn", "9903.01.22"),
        # List 3: note 20(g) has its own heading; note 31(e) face masks in 2025.
        ("9401.71.00.31", "CHN", "2025-10-15", "us.s301.cn.list3", "9903.88.04"),
        ("4202.12.21.20", "CHN", "2025-10-15", "us.s301.cn.list3", "9903.88.03"),
    ],
)
def test_headings_by_position(code, origin, on, measure, heading):
    assert headings(ask(code, origin, on))[measure] == heading


@pytest.mark.parametrize(
    ("code", "origin", "on", "facts", "measure", "heading"),
    [
        ("9503.00.00.73", "CAN", "2025-10-15", {"usmca": True}, "us.ieepa.fentanyl.ca", "9903.01.14"),
        ("9503.00.00.73", "MEX", "2026-03-01", {"usmca": True}, "us.s122", "9903.03.08"),
        ("9503.00.00.73", "CAN", "2026-09-01", {"usmca": True}, "us.s301.fl", "9903.05.93"),
        (
            "8703.23.01.90",
            "CAN",
            "2025-10-15",
            {"usmca": True, "us_content": 0.5},
            "us.s232.autos",
            "9903.94.03",
        ),
        (
            "8807.30.00.60",
            "DEU",
            "2025-10-15",
            {"use_claimed": True},
            "us.ieepa.reciprocal.countries",
            "9903.02.76",
        ),
        (
            "9503.00.00.73",
            "IND",
            "2025-10-15",
            {"transshipped": True},
            "us.ieepa.reciprocal.countries",
            "9903.02.01",
        ),
        ("7326.90.86.88", "CHN", "2025-10-15", {"us_melted": True}, "us.s232.steel", "9903.81.92"),
        ("7208.10.15.00", "GBR", "2026-05-01", {"uk_content": False}, "us.s232.steel", "9903.82.02"),
    ],
)
def test_claims_have_headings(code, origin, on, facts, measure, heading):
    found = [line.heading for line in ask(code, origin, on, facts).lines if line.measure == measure]
    assert heading in found


def test_what_is_inferred_says_so():
    said = {line.measure: line for line in ask("9503.00.00.73", "ITA", "2026-09-01").lines}["us.s301.fl"]
    assert (said.heading_basis, said.heading_why[:8]) == ("inferred", "inferred")
    known = {line.measure: line for line in ask("9503.00.00.73", "CHN", "2026-09-01").lines}["us.s301.fl"]
    assert (known.heading_basis, known.heading_why) == ("act", "")


def test_where_no_heading_is_held_the_line_says_why():
    drone = {line.measure: line for line in ask("8806.22.00.00", "CHN", "2026-10-01").lines}["us.s232.uas"]
    assert drone.contribution > 0.0
    assert (drone.heading, drone.heading_why) == ("", "the headings of the proclamation are not held")
    soybeans = duty("1201.90", origin="USA", destination="CHN", on="2025-10-27")
    assert all(line.heading or line.heading_why for line in soybeans.lines)
    assert soybeans.lines[0].heading == "1201.90.11"


def test_a_heading_is_known_when_its_act_was():
    # The total of 15 % for Japan was made known on 2025-09-04 and reaches back to 2025-08-07.
    on = "2025-08-20"
    before = duty("9503.00.00.73", origin="JPN", destination="USA", on=on, known_on=on)
    after = duty("9503.00.00.73", origin="JPN", destination="USA", on=on)
    name = "us.ieepa.reciprocal.countries"
    assert (headings(before)[name], headings(after)[name]) == ("9903.02.30", "9903.02.73")


def test_why_nothing_is_due_is_the_reason():
    """A T-shirt is not free for its metal: the rate of the economy stands in place of the baseline."""
    shirt = {line.measure: line for line in ask("6109.10.00.12", "VNM", "2025-09-15").lines}
    note = shirt["us.ieepa.reciprocal.baseline"].note
    assert "stands in its place" in note
    assert "metal" not in note


def test_goods_returned_owe_nothing_because_they_return():
    answer = ask("6109.10.00.12", "THA", "2025-07-15", {"chapter98": "9801"})
    assert answer.rate == 0.0
    notes = {line.note for line in answer.lines if line.measure != "base" and line.basis_share == 0.0}
    assert notes == {"not due: chapter98 9801"}


def test_a_car_is_free_of_the_reciprocal_duty_as_a_car():
    car = {line.measure: line for line in ask("8703.23.01.90", "JPN", "2025-09-20").lines}
    assert "passenger vehicles" in car["us.ieepa.reciprocal.countries"].note


def test_us_content_is_left_out_only_of_a_duty_that_bears():
    """The reciprocal duty leaves US content out under 9903.01.34; of a car, which does not owe it, nothing is left out."""
    shirt = ask("6109.10.00.12", "VNM", "2025-09-15", {"us_content": 0.25})
    assert [line.heading for line in shirt.lines if line.measure == "us.ieepa.reciprocal.countries"] == [
        "9903.02.69",
        "9903.01.34",
    ]
    car = ask("8703.23.01.90", "JPN", "2025-09-20", {"us_content": 0.25})
    assert "9903.01.34" not in {line.heading for line in car.lines}


def test_the_ordinary_duty_has_the_line_itself():
    answer = ask("0406.10.04.00", "CHN", "2025-10-15")
    assert answer.lines[0].heading == "0406.10.04.00"


def test_a_rule_of_ones_own_goes_first(tmp_path):
    text = """\
headings:
  - {measures: [us.s122], heading: 9903.03.99, origins: [VNM], recorded: 2026-02-20, act: A supposed act, basis: act}
"""
    (tmp_path / "headings.yaml").write_text(text, encoding="utf-8")
    ledger = open_ledger(tmp_path)
    assert ledger.warnings == ("headings.yaml:2 goes before the rules of headings that are held",)
    mine = duty("9503.00.00.73", origin="VNM", destination="USA", on="2026-03-01", ledger=ledger)
    assert headings(mine)["us.s122"] == "9903.03.99"
    other = duty("9503.00.00.73", origin="THA", destination="USA", on="2026-03-01", ledger=ledger)
    assert headings(other)["us.s122"] == "9903.03.01"


@pytest.mark.parametrize(
    ("origin", "on", "loaded", "added", "measure", "heading"),
    [
        # CBP CSMS 64680374 and 65201773: by day of loading, entered before 2025-06-16.
        ("VNM", "2025-04-20", "2025-04-04", 0.0, "us.ieepa.reciprocal.baseline", "9903.01.28"),
        ("VNM", "2025-04-20", "2025-04-05", 0.10, "us.ieepa.reciprocal.baseline", "9903.01.25"),
        ("VNM", "2025-06-15", "2025-04-04", 0.0, "us.ieepa.reciprocal.baseline", "9903.01.28"),
        ("VNM", "2025-06-16", "2025-04-04", 0.10, "us.ieepa.reciprocal.baseline", "9903.01.25"),
        ("CHN", "2025-04-20", "2025-04-08", 0.10, "us.ieepa.reciprocal.cn", "9903.01.25"),
        ("CHN", "2025-04-20", "2025-04-09", 0.84, "us.ieepa.reciprocal.cn", "9903.01.63"),
        ("CHN", "2025-04-20", "2025-04-10", 1.25, "us.ieepa.reciprocal.cn", "9903.01.63"),
        ("CHN", "2025-06-16", "2025-04-09", 0.10, "us.ieepa.reciprocal.cn", "9903.01.25"),
        ("BRA", "2025-09-01", "2025-08-05", 0.0, "us.ieepa.br40", "9903.01.78"),
        ("VNM", "2025-09-01", "2025-08-06", 0.10, "us.ieepa.reciprocal.baseline", "9903.01.25"),
        ("VNM", "2026-02-26", "2026-02-23", 0.0, "us.s122", "9903.03.02"),
    ],
)
def test_goods_in_transit(origin, on, loaded, added, measure, heading):
    answer = ask("6109.10.00.12", origin, on, {"loaded_on": loaded})
    mine = [line for line in answer.lines if line.measure == measure]
    assert sum(line.contribution for line in mine) == pytest.approx(added, abs=EXACT)
    assert [line.heading for line in mine] == [heading]


def test_both_days_count_before_the_change():
    """Loaded and on the final mode before the day; for the fentanyl duty (heading 9903.01.23) one of them is enough."""
    early, late = "2025-04-04", "2025-04-06"
    for facts in ({"loaded_on": early, "final_mode_on": late}, {"loaded_on": late, "final_mode_on": early}):
        assert ask("6109.10.00.12", "VNM", "2025-04-20", facts).rate == pytest.approx(0.265, abs=EXACT)
    both = {"loaded_on": early, "final_mode_on": early}
    assert ask("6109.10.00.12", "VNM", "2025-04-20", both).rate == pytest.approx(0.165, abs=EXACT)
    one = ask(
        "9503.00.00.73", "CHN", "2025-02-20", {"loaded_on": "2025-01-31", "final_mode_on": "2025-02-02"}
    )
    assert (one.rate, headings(one)["us.ieepa.fentanyl.cn"]) == (0.0, "9903.01.23")


def test_the_day_of_entry_is_a_fact():
    asked = ask("9503.00.00.73", "CHN", "2025-12-01", {"entered_on": "2025-02-20"})
    assert (asked.on, asked.rate, asked.facts_used) == (dt.date(2025, 2, 20), 0.10, ("entered_on",))
    same = ask("9503.00.00.73", "CHN", "2025-02-20", {"entered_on": "2025-02-20"})
    assert (same.facts_used, [item.fact for item in same.facts_without_effect]) == ((), ["entered_on"])


def test_goods_of_a_zone():
    """Privileged status keeps the duty of the day of admission; steel owes that of the entry under 9903.81.88 (note 16)."""
    zone = {"ftz_status": "privileged", "ftz_admitted_on": "2025-05-10"}
    shirt = ask("6109.10.00.12", "VNM", "2025-09-10", zone)
    assert shirt.rate == pytest.approx(0.265, abs=EXACT)
    assert headings(shirt)["us.ieepa.reciprocal.baseline"] == "9903.01.25"
    steel = ask("7208.10.15.00", "VNM", "2025-07-10", zone)
    assert steel.rate == pytest.approx(0.50, abs=EXACT)
    assert headings(steel)["us.s232.steel"] == "9903.81.88"
    open_ = ask("6109.10.00.12", "VNM", "2025-09-10", {**zone, "ftz_status": "non-privileged"})
    assert open_.rate == pytest.approx(0.365, abs=EXACT)
    assert {item.fact for item in open_.facts_without_effect} == {"ftz_status", "ftz_admitted_on"}


METAL = ("7610.10.00.10", "KOR")


@pytest.mark.parametrize(
    ("on", "facts", "rate", "heading"),
    [
        ("2025-07-15", {"aluminum_smelted": "USA", "aluminum_cast": "USA"}, 0.0, "9903.85.09"),
        ("2025-07-15", {"aluminum_smelted": "USA", "aluminum_cast": "CAN"}, 0.50, "9903.85.07"),
        ("2025-07-15", {"aluminum_smelted": "not-known"}, 2.0, "9903.85.68"),
        ("2025-06-27", {"aluminum_smelted": "not-known"}, 0.50, "9903.85.07"),
        ("2025-07-15", {"aluminum_cast": "Russia"}, 2.0, "9903.85.68"),
        ("2025-03-20", {"aluminum_smelted": "RUS"}, 2.0, "9903.85.68"),
        ("2025-07-15", {"us_melted": True}, 0.0, "9903.85.09"),
    ],
)
def test_where_aluminum_was_smelted_and_cast(on, facts, rate, heading):
    code, origin = METAL
    mine = [line for line in ask(code, origin, on, facts).lines if line.measure == "us.s232.aluminum"]
    assert sum(line.contribution for line in mine) == pytest.approx(rate, abs=EXACT)
    assert [line.heading for line in mine] == [heading]


def test_where_steel_was_melted():
    free = ask("7326.90.86.88", "CHN", "2025-10-15", {"steel_melted": "USA"})
    assert headings(free)["us.s232.steel"] == "9903.81.92"
    assert not [line for line in free.lines if line.measure == "us.s232.steel" and line.contribution]
    other = ask("7326.90.86.88", "CHN", "2025-10-15", {"steel_melted": "CHN"})
    assert "us_melted" not in {question.fact for question in other.questions}
    british = [
        ask("7208.10.15.00", "GBR", "2026-05-01", {"steel_melted": where}).rate for where in ("GBR", "IND")
    ]
    assert british == pytest.approx([0.25, 0.50], abs=EXACT)


@pytest.mark.parametrize(
    ("code", "on", "facts", "rate", "heading"),
    [
        # Headings 9903.81.85 and 9903.85.71: metal of Mexico that comes from elsewhere, 2024-07-10 to 2025-03-12.
        ("7208.10.15.00", "2025-01-15", {"steel_melted": "CHN"}, 0.25, "9903.81.85"),
        ("7208.10.15.00", "2025-01-15", {"steel_melted": "MEX"}, 0.0, ""),
        ("7208.10.15.00", "2024-07-09", {"steel_melted": "CHN"}, 0.0, ""),
        ("7604.10.10.00", "2025-01-15", {"aluminum_smelted": "BLR"}, 0.10, "9903.85.71"),
        ("7604.10.10.00", "2025-01-15", {"aluminum_smelted": "CAN", "aluminum_cast": "MEX"}, 0.0, ""),
        ("7604.10.10.00", "2025-01-15", {"aluminum_smelted": "RUS"}, 2.0, "9903.85.67"),
    ],
)
def test_metal_of_mexico_from_elsewhere(code, on, facts, rate, heading):
    metal = next(line for line in ask(code, "MEX", on, facts).lines if line.measure.startswith("us.s232."))
    assert metal.contribution == pytest.approx(rate, abs=EXACT)
    assert metal.heading == heading


def test_an_unknown_smelt_is_a_question_with_its_range():
    answer = ask(*METAL, "2025-07-15")
    asked = {question.fact: question.effect for question in answer.questions}
    assert "russian_aluminum" in asked
    assert answer.rate_max == pytest.approx(0.057 + 2.0, abs=EXACT)
    told = ask(*METAL, "2025-07-15", {"aluminum_smelted": "CAN", "aluminum_cast": "CAN"})
    assert "russian_aluminum" not in {question.fact for question in told.questions}
    assert told.rate_max == pytest.approx(0.557, abs=EXACT)
