"""The duty cases of the reference set, each made testable: a ten-digit line, facts, a view."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from detente import duty

EXACT = 1e-9
SHARED = Path(__file__).parents[3] / "shared" / "data" / "reference" / "gold_cases.csv"

S232 = "us.s232."
# case, line, origin, day, which part, expected, facts and view
CASES = [
    ("cbp_7501_2026_09", "7326908688", "CHN", "2026-09-18", "total", 0.779, {}),
    ("brazil_coffee_2025_10", "0901110025", "BRA", "2025-10-15", "total", 0.5, {}),
    ("brazil_coffee_2025_12", "0901110025", "BRA", "2025-12-05", "total", 0.0, {}),
    # Sawn pine, 4407.11.00: note 37(b) and List 3.
    ("cn_wood_2026_04", "4407110001", "CHN", "2026-04-06", "additional", 0.35, {}),
    # Petrol car of 1.5 to 3 litres: List 1.
    ("cn_auto_2026_04", "8703230140", "CHN", "2026-04-06", "additional", 0.5, {}),
    ("cn_steel_2026_04", "7318152095", "CHN", "2026-04-06", "additional", 0.75, {}),
    ("cn_non232_4a_2026_04", "6109100012", "CHN", "2026-04-06", "additional", 0.175, {}),
    ("kr_auto_2025_12", "8703230140", "KOR", "2025-12-05", "total", 0.15, {"facts": {"preference": True}}),
    ("ru_aluminium_2026_04", "7601103000", "RUS", "2026-04-06", S232, 2.0, {}),
    ("medicaments_3004_2025_09", "3004909215", "DEU", "2025-09-15", S232, 0.0, {}),
    ("uk_steel_2026_04", "7208260060", "GBR", "2026-04-06", S232, 0.25, {"facts": {"uk_content": True}}),
    ("uk_pharma_2026_08", "3004909215", "GBR", "2026-08-15", S232, 0.0, {}),
    ("s122_expiry", "6109100012", "DEU", "2026-07-24", "us.s122", 0.0, {}),
    ("ieepa_void", "6109100012", "VNM", "2026-02-21", "us.ieepa.", 0.0, {"view": "legally-due"}),
]


def part(found, which):
    if which in {"total", "additional"}:
        return found.rate if which == "total" else found.additional
    return sum(line.contribution for line in found.lines if line.measure.startswith(which))


@pytest.mark.parametrize(("case", "code", "origin", "day", "which", "expected", "how"), CASES)
def test_gold_case(case, code, origin, day, which, expected, how):
    found = duty(code, origin=origin, destination="USA", on=day, **how)
    assert part(found, which) == pytest.approx(expected, abs=EXACT), case


def test_the_other_side_of_each_edge():
    # The last day of the surcharge; the duty the court voided, as the books said; British metal that is not British;
    # the one medicament line the notice names.
    german_shirt = duty("6109100012", origin="DEU", destination="USA", on="2026-07-23")
    assert part(german_shirt, "us.s122") == pytest.approx(0.10, abs=EXACT)
    assert part(
        duty("6109100012", origin="VNM", destination="USA", on="2026-02-21"), "us.ieepa."
    ) == pytest.approx(0.2)
    other_metal = duty(
        "7208260060", origin="GBR", destination="USA", on="2026-04-06", facts={"uk_content": False}
    )
    assert part(other_metal, S232) == pytest.approx(0.5, abs=EXACT)
    named = duty("3004909244", origin="DEU", destination="USA", on="2025-09-15")
    assert part(named, S232) > 0.0


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared: the reference set of gold cases")
def test_expectations_are_those_of_the_reference():
    with SHARED.open(encoding="utf-8", newline="") as file:
        said = {row["case_id"]: row for row in csv.DictReader(file)}
    for case, _, _, day, _, expected, _ in CASES:
        assert float(said[case]["expected"]) == pytest.approx(expected), case
        assert said[case]["date"] == day, case
    duties = {name for name, row in said.items() if row["measure"] not in {"usd", "restricted"}}
    assert duties == {case[0] for case in CASES}
