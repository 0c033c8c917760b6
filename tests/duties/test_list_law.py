"""Duties on goods whose list sets a condition: each case with the line of law that decides it."""

import pytest

from detente import duty

# Sums of rates printed to a tenth of a percent.
EXACT = 1e-9

BRAZIL = "2(x)(iv): heading 9903.01.82 frees articles of civil aircraft only"
BRAZIL_DESCRIBED = "2(x)(iii)(b): heading 9903.01.90 frees particular articles, acai of 2008.99.21 among them"
BIBLES = "20(s)(ii)(1): 4901.99.00, except for printed matter of 4901.99.0040"
SEATS_3 = "20(g)(5): 9401.71.00, except for seats of 9401.71.0001, 0005, 0006, 0007"
SEATS_4A = "20(s)(ii)(4): 9401.71.00, except for seats of 9401.71.0001, 0005, 0006, 0008, 0011, 0031"
CRIBS = "20(g)(10): 9403.70.40, except for furniture of 9403.70.4003"
PLASTIC = "20(g)(11): 9403.70.80, except for furniture of 9403.70.8003"
CHILDREN = "20(g)(9): 9401.80.60, except for seats of 9401.80.6021 and 6023"
ANNEX_1B = "16(c)(vii) lists 9403.99.9020"
ANNEX_3 = "16(c)(ix) and (x) list 8424.89.90 under aluminum and under steel; heading 9903.85.68"
TRUCKS = "33(b) lists 8704.60.00; heading 9903.94.01"
BRITISH = "33(i): heading 9903.94.31 is for passenger vehicles of 8703"
MAGNETS = "2(v)(iii)(a) lists 8505.11.0070, not 8505.11.00"
SURCHARGE = "2(aa)(ii) lists 8505.11.0070, not 8505.11.00"
OPTICS = "2(aa)(ii) does not list 9031.49.70"
BEER = "19(k) lists 2203.00.00"
RUSSIA_35 = "30(b): 35 % in lieu of column 2, which is free"
RUSSIA_70 = (
    "30(d): 35 %, from 2023-04-01 70 %, in lieu of the 18.5 % of column 2; Section 232 adds 10 %, then 200 %"
)
BRITISH_PARTS = "33(j) lists 8708.99.6805, not 6820; heading 9903.94.32"
STAMPINGS = "19(i)(E): bumper stampings of aluminum"

# Code, origin, day, and the whole duty of one case where nothing more is stated.
CASES = [
    ("3917.21.00.00", "BRA", "2025-10-15", 0.531, BRAZIL),
    ("2008.99.21.40", "BRA", "2025-12-15", 0.545, BRAZIL_DESCRIBED),
    ("4901.99.00.40", "CHN", "2026-10-01", 0.0, BIBLES),
    ("4901.99.00.93", "CHN", "2026-10-01", 0.075, BIBLES),
    ("9401.71.00.01", "CHN", "2024-06-03", 0.0, SEATS_4A),
    ("9401.71.00.05", "CHN", "2024-06-03", 0.0, SEATS_4A),
    ("9401.71.00.06", "CHN", "2024-06-03", 0.0, SEATS_4A),
    ("9401.71.00.07", "CHN", "2024-06-03", 0.075, SEATS_4A),
    ("9401.71.00.08", "CHN", "2024-06-03", 0.25, SEATS_3),
    ("9401.71.00.11", "CHN", "2024-06-03", 0.25, SEATS_3),
    ("9401.80.60.21", "CHN", "2024-06-03", 0.0, CHILDREN),
    ("9401.80.60.25", "CHN", "2024-06-03", 0.25, CHILDREN),
    ("9403.70.40.01", "CHN", "2024-06-03", 0.25, CRIBS),
    ("9403.70.40.02", "CHN", "2024-06-03", 0.25, CRIBS),
    ("9403.70.40.03", "CHN", "2024-06-03", 0.0, CRIBS),
    ("9403.70.80.01", "CHN", "2024-06-03", 0.25, PLASTIC),
    ("9403.70.80.03", "CHN", "2024-06-03", 0.0, PLASTIC),
    ("9403.99.90.20", "VNM", "2026-05-01", 0.25, ANNEX_1B),
    ("8424.89.90.00", "RUS", "2026-05-01", 2.35, ANNEX_3),
    ("8704.60.00.00", "JPN", "2025-06-10", 0.50, TRUCKS),
    ("8704.21.01.00", "GBR", "2026-01-10", 0.50, BRITISH),
    ("8703.23.01.90", "GBR", "2026-01-10", 0.10, BRITISH),
    ("8505.11.00.10", "VNM", "2025-12-01", 0.221, MAGNETS),
    ("8505.11.00.70", "VNM", "2025-12-01", 0.021, MAGNETS),
    ("8505.11.00.10", "VNM", "2026-05-01", 0.121, SURCHARGE),
    ("9031.49.70.00", "DEU", "2026-05-01", 0.10, OPTICS),
    ("2203.00.00.60", "NLD", "2025-07-01", 0.50, BEER),
    ("2203.00.00.60", "NLD", "2025-03-20", 0.0, BEER),
    ("4901.10.00.20", "RUS", "2025-02-01", 0.35, RUSSIA_35),
    ("7601.10.30.00", "RUS", "2022-12-01", 0.45, RUSSIA_70),
    ("7601.10.30.00", "RUS", "2024-06-03", 2.70, RUSSIA_70),
    ("8708.99.68.20", "GBR", "2025-09-01", 0.275, BRITISH_PARTS),
    ("8708.99.68.05", "GBR", "2025-09-01", 0.10, BRITISH_PARTS),
    # 2.5 % and the 10 % on aluminum; the stampings of steel owe the 25 % of Proclamation 9980, those of other metal nothing.
    ("8708.10.30.30", "DEU", "2021-06-01", 0.125, STAMPINGS),
    ("8708.10.30.20", "DEU", "2021-06-01", 0.275, STAMPINGS),
    ("8708.10.30.40", "DEU", "2021-06-01", 0.025, STAMPINGS),
]


@pytest.mark.parametrize(("code", "origin", "on", "rate", "law"), CASES)
def test_the_note_decides(code, origin, on, rate, law):
    assert duty(code, origin=origin, destination="USA", on=on).rate == pytest.approx(rate, abs=EXACT), law


@pytest.mark.parametrize(
    ("code", "origin", "on", "note", "words", "free"),
    [
        ("1905.90.10.70", "BRA", "2025-12-15", "2(x)(iii)(b)", "for religious purposes only", 0.0),
        ("1905.90.90.90", "VNM", "2025-12-15", "2(v)(iii)(b)", "communion wafers", 0.045),
        (
            "2106.90.99.73",
            "VNM",
            "2026-05-15",
            "2(aa)(iii)",
            "Acai preparations for the manufacture of beverages",
            0.064,
        ),
        (
            "3301.29.51.50",
            "FRA",
            "2025-10-15",
            "2(v)(xxi)",
            "Essential oils other than those of citrus fruit",
            0.0,
        ),
        (
            "1905.90.10.70",
            "VNM",
            "2026-09-15",
            "52(c): the wording of the note is not held, and is inferred from US note 2(aa)(iii)",
            "for religious purposes only",
            0.0,
        ),
        ("8413.91.90.85", "CHN", "2024-08-01", "20(vvv)", "Pump casings and bodies", 0.0),
    ],
)
def test_a_described_article_is_asked_in_the_words_of_its_note(code, origin, on, note, words, free):
    case = {"origin": origin, "destination": "USA", "on": on}
    found = duty(code, **case)
    fact = "exclusion_301" if origin == "CHN" else "described_article"
    why = next(item.why for item in found.questions if item.fact == fact)
    assert note in why
    assert words in why
    assert found.rate > duty(code, **case, facts={fact: True}).rate == pytest.approx(free, abs=EXACT)


def test_a_described_article_whose_wording_is_not_held_says_where_to_read_it():
    # Note 52(c)(3) to (7) and (16): the lines are held, the wording is not.
    found = duty("1207.40.00.10", origin="VNM", destination="USA", on="2026-09-15")
    why = next(item.why for item in found.questions if item.fact == "described_article")
    assert "the wording of the note is not held" in why
    assert "52(c)" in why


def test_the_deals_with_korea_and_switzerland_free_no_described_article():
    # Heading 9903.02.78 names headings 9903.01.25 and 9903.02.02 to .73; Korea's and Switzerland's of the deals come after.
    for origin in ("KOR", "CHE"):
        for on, asked in (("2025-11-13", True), ("2025-12-15", False)):
            found = duty("3301.29.51.50", origin=origin, destination="USA", on=on)
            assert ("described_article" in {item.fact for item in found.questions}) is asked, (origin, on)


def test_nobody_asked_before_the_order_was_made_known():
    # EO 14360 of 2025-11-14 reaches back a day.
    case = {"origin": "VNM", "destination": "USA", "on": "2025-11-13"}
    for known, asked in (("2025-11-13", False), ("2025-11-14", True)):
        found = duty("1905.90.90.90", **case, known_on=known)
        assert ("described_article" in {item.fact for item in found.questions}) is asked, known


def test_aircraft_parts_of_two_deals_are_those_of_their_own_lists():
    # Note 35(a) lists unmanned aircraft of 8806; note 35(b), "other than ... unmanned aircraft", does not.
    for origin, asked in (("GBR", True), ("JPN", False)):
        found = duty("8806.22.00.00", origin=origin, destination="USA", on="2025-10-15")
        assert ("use_claimed" in {item.fact for item in found.questions}) is asked, origin


def test_an_electric_truck_is_light_or_heavy():
    # Notes 33(b) and 38(b) both list 8704.60.00: heavy ones owe nothing before 2025-11-01, their own 25 % since.
    case = {"origin": "JPN", "destination": "USA"}
    heavy = {"truck_light_use": 0.0}
    assert duty("8704.60.00.00", on="2025-06-10", **case, facts=heavy).rate == pytest.approx(0.35, abs=EXACT)
    assert duty("8704.60.00.00", on="2026-01-10", **case, facts=heavy).rate == pytest.approx(0.50, abs=EXACT)
    assert duty("8704.60.00.00", on="2026-01-10", **case).rate == pytest.approx(0.25, abs=EXACT)


@pytest.mark.parametrize(
    ("code", "rate", "law"),
    [
        ("9101.11.40.00", 0.075, "20(s)(i)"),
        ("9102.11.10.00", 0.075, "20(s)(i)"),
        ("9103.10.80.00", 0.075, "20(s)(i)"),
        ("9105.19.10.00", 0.075, "20(s)(i)"),
        ("9108.11.40.00", 0.075, "20(s)(i)"),
        ("9104.00.05.00", 0.25, "20(f)"),
        ("9103.10.20.00", None, "20(u)(i), which never took effect"),
    ],
)
def test_watches_and_clocks_owe_the_duty_of_their_list(code, rate, law):
    found = duty(code, origin="CHN", destination="USA", on="2024-06-03")
    due = [line.rate for line in found.lines if line.measure.startswith("us.s301.cn.list")]
    assert due == ([] if rate is None else [rate]), law
