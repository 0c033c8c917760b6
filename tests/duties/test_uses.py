"""Exemptions that hang on a use, goods free by their kind, and value that a claim relieves."""

from __future__ import annotations

import numpy as np
import pytest

from detente import average_tariff, duty
from detente.duties import Assumptions, LineTable, Reader, origin_duties
from detente.ledger import open_ledger
from detente.schedules import provider_of

EXACT = 1e-12
LEDGER = open_ledger()


def charged(code, origin, day, **assumed):
    table = LineTable(np.array([code]), np.zeros(1), np.zeros(1), provider_of("USA"))
    return origin_duties(
        LEDGER.on(day), origin, Reader(table, Assumptions(**assumed)), importer="USA"
    ).by_measure


def test_aircraft_lines_pay_the_surcharge_on_the_share_not_claimed():
    # Loudspeakers of 8518.30.20 are on the list of note 2(aa)(iv); 11 % of chapter 85 claimed, 97 % of chapter 88.
    assert charged("8518302000", "VNM", "2026-03-15")["us.s122"][0] == pytest.approx(0.10 * 0.89, abs=EXACT)
    assert charged("8802400140", "FRA", "2026-03-15")["us.s122"][0] == pytest.approx(0.10 * 0.03, abs=EXACT)
    assert "us.s122" not in charged("8518302000", "VNM", "2026-03-15", aircraft_use=1.0)


def test_the_longest_heading_of_the_table_decides():
    codes = np.array(["8411919085", "8411998085", "8807300060", "4011300050"])
    table = LineTable(codes, np.zeros(4), np.zeros(4), provider_of("USA"))
    assert Reader(table, Assumptions()).used("aircraft_use").tolist() == [0.97, 0.09, 0.97, 0.41]
    assert Reader(table, Assumptions(aircraft_use=0.5)).used("aircraft_use") == 0.5


@pytest.mark.parametrize("day", ["2025-10-27", "2026-03-15", "2026-08-15"])
def test_artworks_are_informational_materials(day):
    # Headings 9903.01.31, 9903.03.11 and note 52 name artworks; antiques of 9706 are not among them. The final
    # list of note 52(b), of July 2026, frees antiques as well.
    assert sum(rate[0] for rate in charged("9701210000", "FRA", day).values()) == 0.0
    antique = sum(rate[0] for rate in charged("9706900060", "FRA", day).values())
    assert antique == 0.0 if day == "2026-08-15" else antique > 0.0


def test_laptops_are_on_the_proposal_that_restates_the_exemptions_of_section_122():
    found = duty("8471.30.01.00", origin="VNM", destination="USA", on="2026-09-18")
    assert (found.rate, found.covered) == (0.0, "partial")


def test_usmca_truck_parts_are_free_and_trucks_relieved_of_their_us_content():
    # Note 38(k) frees parts; 9903.74.03 charges the rest of a truck's value; buses have no such heading.
    def paid(code, day="2026-01-15"):
        return sum(rate[0] for rate in charged(code, "MEX", day, usmca_use=1.0).values())

    assert paid("8708407580") == 0.0
    assert paid("8704230100") == pytest.approx(0.25 * 0.6, abs=EXACT)
    assert paid("8702103100") == pytest.approx(0.10, abs=EXACT)


def test_value_that_a_claim_relieves_goes_to_no_other_programme():
    # Buses of 8702.10.31 and tractors of 8701.21.00 are on annex I-B as well: one programme of Section 232 an article.
    found = charged("8701210080", "MEX", "2026-05-01", usmca_use=1.0)
    assert found["us.s232.mhdv"][0] == pytest.approx(0.25 * 0.6, abs=EXACT)
    assert found.get("us.s232.metals_derivatives_2026", np.zeros(1))[0] == 0.0


def test_the_measured_use_raises_the_average_of_the_surcharge():
    plain = average_tariff("USA", on="2026-05-01").rate
    assert plain > average_tariff("USA", on="2026-05-01", assumptions=Assumptions(aircraft_use=1.0)).rate


# Headings 9903.96.01 to .03, 9903.02.76 and .81: days of effect, and a line of each list that is on the metals lists too.
AIRCRAFT_DEALS = {
    "GBR": ("2025-06-29", "2025-06-30"),
    "DEU": ("2025-08-31", "2025-09-01"),
    "JPN": ("2025-09-15", "2025-09-16"),
    "KOR": ("2025-11-13", "2025-11-14"),
    "TWN": ("2026-04-30", "2026-05-01"),
}


@pytest.mark.parametrize("origin", AIRCRAFT_DEALS)
def test_steel_tubes_for_civil_aircraft_owe_no_metals_duty_once_a_deal_frees_them(origin):
    before, after = AIRCRAFT_DEALS[origin]
    asked = {"origin": origin, "destination": "USA", "facts": {"use_claimed": True}}
    rate = 0.25 if origin == "GBR" else 0.50
    assert duty("7304.31.30.00", on=before, **asked).rate == pytest.approx(rate)
    found = duty("7304.31.30.00", on=after, **asked)
    assert found.rate == 0.0
    assert any("use_claimed" in line.note for line in found.lines if line.measure == "us.s232.steel")
    plain = duty("7304.31.30.00", origin=origin, destination="USA", on=after)
    assert plain.rate == pytest.approx(rate)
    assert any(item.fact == "use_claimed" for item in plain.questions)


def test_the_relief_needs_the_list_and_the_deal():
    # 7208.51 is on no list for aircraft; note 16 does not name the Swiss heading 9903.02.85.
    claimed = {"destination": "USA", "on": "2026-06-08", "facts": {"use_claimed": True}}
    assert duty("7208.51.00.30", origin="KOR", **claimed).rate == 0.50
    assert duty("7304.31.30.00", origin="CHE", **claimed).rate == 0.50


def test_averages_charge_metals_on_the_share_not_claimed_and_nothing_else_takes_the_rest_up():
    # 41 % of chapter 73 claims the use; what is let off owes no surcharge of Section 122 either.
    found = charged("7304313000", "KOR", "2026-06-08")
    assert found["us.s232.steel"][0] == pytest.approx(0.50 * 0.59, abs=EXACT)
    assert found.get("us.s122", np.zeros(1))[0] == pytest.approx(0.0, abs=EXACT)
    assert charged("7304313000", "KOR", "2025-11-13")["us.s232.steel"][0] == pytest.approx(0.50, abs=EXACT)


def test_the_deal_with_korea_was_not_known_before_its_notice():
    asked = {"origin": "KOR", "destination": "USA", "on": "2025-11-20", "facts": {"use_claimed": True}}
    assert duty("7304.31.30.00", known_on="2025-12-03", **asked).rate == 0.50
    assert duty("7304.31.30.00", known_on="2025-12-04", **asked).rate == 0.0
