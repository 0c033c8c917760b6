"""Six Chinese products on twelve days, each duty derived by hand from the legal texts named beside it."""

from __future__ import annotations

import pytest

from detente import duty

# Rates are sums of a few decimal fractions; the engine rounds to ten digits.
EXACT = 1e-9

DAYS = (
    "2018-07-10",  # List 1 at 25 % since 07-06 (83 FR 28710)
    "2018-10-01",  # List 3 at 10 % since 09-24 (83 FR 47974)
    "2019-06-20",  # List 3 at 25 % since 05-10 (84 FR 20459)
    "2019-10-01",  # List 4A at 15 % since 09-01 (84 FR 45821)
    "2020-03-01",  # List 4A at 7.5 % since 02-14 (85 FR 3741)
    "2024-10-01",  # four-year review since 09-27 (89 FR 76581)
    "2025-02-10",  # fentanyl 10 % since 02-04 (EO 14195)
    "2025-04-10",  # fentanyl 20 % (EO 14228); reciprocal 125 % (EO 14266); metals and cars under Section 232
    "2025-05-20",  # Geneva: reciprocal 34 %, 24 points suspended (EO 14298)
    "2025-10-27",  # metals at 50 % since 06-04 (Proclamation 10947)
    "2025-11-11",  # fentanyl 10 % since 11-10 (EO 14357)
    "2026-01-15",  # four-year review, third tranche, since 01-01 (89 FR 76581)
)

GOLDEN = {
    # Toy, 9503.00.00.73: ordinary duty free; List 4B, never charged; no exemption from the reciprocal duty.
    # 2025-04-10: 20 + 125. 2025-05-20: 20 + 10. 2025-11-11: 10 + 10.
    "9503000073": (0, 0, 0, 0, 0, 0, 0.10, 1.45, 0.30, 0.30, 0.20, 0.20),
    # Laptop, 8471.30.01.00: free; List 4B; exempt from the reciprocal duty as electronics (memorandum of
    # 2025-04-11, back to 2025-04-05), not from the fentanyl duty. 20, then 10.
    "8471300100": (0, 0, 0, 0, 0, 0, 0.10, 0.20, 0.20, 0.20, 0.10, 0.10),
    # Electric car, 8703.80.00.20: 2.5 %. List 1 at 25 % until the review put 100 % in its place (9903.91.03).
    # From 2025-04-03 Section 232 at 25 % (Proclamation 10908), so no reciprocal duty (EO 14257 sec. 3).
    # 2025-04-10: 2.5 + 100 + 20 + 25. 2025-11-11: fentanyl 10.
    "8703800020": (0.275, 0.275, 0.275, 0.275, 0.275, 1.025, 1.125, 1.475, 1.475, 1.475, 1.375, 1.375),
    # Cotton T-shirt, 6109.10.00.12: 16.5 %. List 4A: 15, then 7.5. 2025-04-10: 16.5 + 7.5 + 20 + 125.
    "6109100012": (0.165, 0.165, 0.165, 0.315, 0.24, 0.24, 0.34, 1.69, 0.54, 0.54, 0.44, 0.44),
    # Steel bolt, 7318.15.20.95: free. List 3. A derivative of chapter 73 under Section 232 on its full value from
    # 2025-03-12 (25 %, Proclamation 10896), 50 % from 06-04; no reciprocal duty on it. 2025-10-27: 25 + 20 + 50.
    "7318152095": (0, 0.10, 0.25, 0.25, 0.25, 0.25, 0.35, 0.70, 0.70, 0.95, 0.85, 0.85),
    # Lithium-ion battery not for electric cars, 8507.60.00.20: 3.4 %. List 4A until the review's 25 % on
    # 2026-01-01 (9903.91.06). As no vehicle part it stays out of Section 232. 2025-04-10: 3.4 + 7.5 + 20 + 125;
    # 2026-01-15: 3.4 + 25 + 10 + 10.
    "8507600020": (0.034, 0.034, 0.034, 0.184, 0.109, 0.109, 0.209, 1.559, 0.409, 0.409, 0.309, 0.484),
}
ROWS = [(code, day, rate) for code, rates in GOLDEN.items() for day, rate in zip(DAYS, rates, strict=True)]


@pytest.mark.parametrize(("code", "day", "rate"), ROWS)
def test_golden(code, day, rate):
    found = duty(code, origin="CHN", destination="USA", on=day)
    assert found.rate == pytest.approx(rate, abs=EXACT)
    assert found.rate_min <= found.rate <= found.rate_max
    assert sum(line.contribution for line in found.lines) == pytest.approx(rate, abs=EXACT)


# Under the forced-labour duty of 12.5 % (91 FR 47318) from 2026-07-24, the emergency powers gone.
@pytest.mark.parametrize(
    ("code", "rate"),
    [
        ("9503000073", 0.125),
        ("8703800020", 1.275),  # 2.5 + 100 + 25; Section 232 keeps the forced-labour duty off
        ("6109100012", 0.365),  # 16.5 + 7.5 + 12.5
        ("7318152095", 0.75),  # 25 + 50 (annex I-A, full value)
    ],
)
def test_golden_in_september_2026(code, rate):
    assert duty(code, origin="CHN", destination="USA", on="2026-09-18").rate == pytest.approx(rate, abs=EXACT)


def test_battery_is_free_for_civil_aircraft_only():
    # 8507.60 is on the final list, note 52(d), for civil aircraft only (general note 6): without the claim it owes 12.5 %,
    # with it nothing. Until the list was published, 2026-07-28, only the proposal was known, and the answer was partial.
    battery = {"origin": "CHN", "destination": "USA", "on": "2026-09-18"}
    found = duty("8507.60.00.90", **battery)
    assert found.covered is True
    assert found.rate == pytest.approx(0.034 + 0.25 + 0.125, abs=EXACT)
    asked = {question.fact for question in found.questions}
    assert "use_claimed" in asked
    assert "on_final_list" not in asked
    claimed = duty("8507.60.00.90", **battery, facts={"use_claimed": True})
    assert claimed.covered is True
    assert claimed.rate == pytest.approx(0.034 + 0.25, abs=EXACT)
    before = duty("8507.60.00.90", **battery, known_on="2026-07-27")
    assert before.covered == "partial"
    assert before.rate == pytest.approx(found.rate, abs=EXACT)
    assert {"on_final_list", "use_claimed"} <= {question.fact for question in before.questions}


def test_soybeans_into_china():
    # Ordinary 3 %, March 2025 10 %, reciprocal 10 %; the duties of 2018-19 (25 + 2.5) waived on request.
    before = duty("1201.90", origin="USA", destination="CHN", on="2025-10-27")
    after = duty("1201.90", origin="USA", destination="CHN", on="2025-11-11")
    assert (before.rate, after.rate) == pytest.approx((0.23, 0.13), abs=EXACT)
    assert (before.rate_max, after.rate_max) == pytest.approx((0.505, 0.405), abs=EXACT)
    assert after.currency == "CNY"
    refused = duty("1201.90", origin="USA", destination="CHN", on="2025-11-11", facts={"cn_waiver": False})
    assert refused.rate == pytest.approx(0.405, abs=EXACT)


def test_entry_summary_to_the_cent():
    # CBP Form 7501 of September 2026, quoted in the ledger's sources.
    found = duty("7326.90.86.88", origin="CHN", destination="USA", on="2026-09-18", value=14_172)
    assert (found.rate, found.amount, found.covered) == (0.779, 11_039.99, True)
    lines = {line.measure: (line.heading, line.rate, line.amount) for line in found.lines}
    assert lines == {
        "base": ("7326.90.86.88", 0.029, 410.99),
        "us.s232.steel": ("9903.82.02", 0.5, 7086.0),
        "us.s301.cn.list3": ("9903.88.03", 0.25, 3543.0),
        "us.s301.fl": ("9903.05.90", 0.125, 0.0),
    }
    assert all(line.source for line in found.lines)
    forced = next(line for line in found.lines if line.measure == "us.s301.fl")
    assert "Section 232 (claim 9903.05.90)" in forced.note
