"""The embedded schedule, its equivalents, imports and industries: identities, known values, and the inputs again."""

from __future__ import annotations

import datetime as dt
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from detente.errors import InputError
from detente.geography import economies as places
from detente.io.columns import Columns
from detente.schedules.expressions import parse_rate, parse_special
from detente.schedules.usa import (
    RATE_SOURCES,
    chapters_of,
    industry_of,
    pays_column2,
    programs,
    programs_of,
    us_imports_2024,
    us_schedule,
)
from detente.schedules.usa.tables import FOLDER

SHARED = Path(__file__).parents[3] / "shared" / "data"
needs_inputs = pytest.mark.skipif(not SHARED.is_dir(), reason="the folder of inputs is not there")
# Sums of 200,000 whole dollars are exact in double precision; ratios round once.
EXACT = 1e-12


def test_every_row_has_a_tariff_line() -> None:
    """Rows are sorted, each starts with its tariff line's code, and every tariff line has a row."""
    schedule = us_schedule()
    assert np.array_equal(schedule.codes, np.sort(schedule.codes))
    assert np.array_equal(schedule.hts8[schedule.parent], schedule.codes.astype("U8"))
    assert set(schedule.parent.tolist()) == set(range(schedule.hts8.size))
    assert (len(schedule), schedule.hts8.size) == (20_430, 11_861)
    assert Counter(np.char.str_len(schedule.codes).tolist()) == {10: 19_957, 8: 473}


def test_rows_of_one_code_do_not_overlap() -> None:
    """On any day a code stands at most once."""
    schedule = us_schedule()
    for day in (
        dt.date(2018, 7, 6),
        dt.date(2025, 1, 1),
        dt.date(2025, 7, 1),
        dt.date(2026, 2, 3),
        dt.date(2026, 6, 8),
    ):
        codes = schedule.codes[schedule.in_force(day)]
        assert codes.size == np.unique(codes).size
    ends = ~np.isnat(schedule.valid_to)
    assert np.all(schedule.valid_from[ends] < schedule.valid_to[ends])


@pytest.mark.parametrize(
    ("code", "general", "column1", "column2"),
    [
        ("7326908688", "2.9%", 0.029, 0.45),
        ("8703800060", "2.5%", 0.025, 0.10),
        ("6109100012", "16.5%", 0.165, 0.90),
        ("8471300100", "Free", 0.0, 0.35),
        ("9503000073", "Free", 0.0, 0.70),
    ],
)
def test_rates_everyone_can_look_up(code: str, general: str, column1: float, column2: float) -> None:
    """Printed rates of five lines, both columns (HTSUS 2025)."""
    schedule = us_schedule()
    line = schedule.line(int(schedule.rows(code)[0]))
    assert line.general == general
    assert (line.column1, line.column1_source) == (column1, "statutory")
    assert (line.column2_rate, line.column2_source) == (column2, "statutory")


def test_statutory_rates_are_those_of_their_texts() -> None:
    """Where the source says statutory, reading the text gives the same number, and the reverse."""
    schedule = us_schedule()
    for texts, rates, sources in (
        (schedule.general, schedule.column1, schedule.column1_source),
        (schedule.column2_text, schedule.column2, schedule.column2_source),
    ):
        read = [parse_rate(text).ad_valorem for text in texts.tolist()]
        of_rows = np.array([np.nan if rate is None else rate for rate in read])[schedule.parent]
        statutory = sources == "statutory"
        assert np.array_equal(~np.isnan(of_rows), statutory)
        assert np.array_equal(of_rows[statutory], rates[statutory])


def test_no_rate_is_zero_for_want_of_a_number() -> None:
    """A line that is not free never has the equivalent zero: it has a positive one, or none with its reason."""
    schedule = us_schedule()
    for rates, sources in (
        (schedule.column1, schedule.column1_source),
        (schedule.column2, schedule.column2_source),
    ):
        assert set(sources.tolist()) == set(RATE_SOURCES) - (
            {"collected 2024"} if rates is schedule.column2 else set()
        )
        assert np.array_equal(np.isnan(rates), sources == "none")
        estimated = ~np.isin(sources, ["statutory", "none"])
        with_duty = np.array(
            [parse_rate(text).kind in {"specific", "compound"} for text in schedule.general.tolist()]
        )
        if rates is schedule.column1:
            assert np.all(rates[estimated & with_duty[schedule.parent]] > 0.0)
        assert np.all(rates[estimated] >= 0.0)
    outside = schedule.codes.astype("U2") != "98"
    none = outside & (schedule.column1_source == "none")
    assert np.unique(schedule.parent[none]).size == 8


def test_equivalents_of_compound_rates_hold_their_percentage() -> None:
    """An estimated equivalent is at least the percentage that the text adds."""
    schedule = us_schedule()
    for row in np.flatnonzero(schedule.column1_source == "unit value").tolist():
        rate = parse_rate(str(schedule.general[schedule.parent[row]]))
        parts = getattr(rate, "parts", (rate,))
        assert schedule.column1[row] >= sum(part.ad_valorem or 0.0 for part in parts)


def test_imports_sum_to_the_published_totals() -> None:
    """
    The Union 597.5 billion at 1.23 %, China 429.4 at 10.87 %, Mexico 503.4 at 0.25 %; in all 3,208.8 billion.

    The extract sums to 3,217.0: it holds Slovakia (8.1 billion) twice, by itself and in the Union.
    """
    imports = us_imports_2024()
    assert imports.usd.sum() == pytest.approx(3.2088e12, rel=1e-4)
    assert imports.duty.sum() / imports.usd.sum() == pytest.approx(0.0236, abs=5e-5)
    for partner, usd, rate in (("EUN", 597.5, 0.0123), ("CHN", 429.4, 0.1087), ("MEX", 503.4, 0.0025)):
        found = imports.of(partner)
        assert found.basis == "observed"
        assert found.usd.sum() / 1e9 == pytest.approx(usd, abs=0.05)
        assert found.duty.sum() / found.usd.sum() == pytest.approx(rate, abs=5e-5)


def test_partners_and_totals_add_up() -> None:
    """By partner and by code are two ways to the same sum; codes are sorted and each has imports."""
    imports = us_imports_2024()
    by_partner = imports.by_partner()
    assert len(by_partner) == 50
    assert sum(usd.sum() for _, usd in by_partner.values()) == pytest.approx(imports.usd.sum(), rel=EXACT)
    assert sum(imports.total().values()) == pytest.approx(imports.usd.sum(), rel=EXACT)
    assert np.array_equal(imports.codes, np.unique(imports.codes))
    assert all(places.is_economy(partner) for partner in by_partner if partner != "EUN")
    for rows, _ in by_partner.values():
        assert np.all(np.diff(rows) > 0)


def test_members_share_out_the_union() -> None:
    """Derived lines of a member keep its chapters; the members together make the Union, chapter by chapter."""
    imports = us_imports_2024()
    together = np.zeros(imports.codes.size)
    for member in places.members("EU"):
        part = imports.of(member)
        assert part.basis == ("observed" if member == "SVK" else "derived")
        np.add.at(together, part.rows, part.usd)
    union = imports.of("EUN")
    whole = np.zeros(imports.codes.size)
    whole[union.rows] = union.usd
    # Shares of a chapter sum to one up to rounding of the chapter totals to whole dollars.
    assert together == pytest.approx(whole, rel=1e-6, abs=100.0)
    germany = imports.of("DEU")
    chapter = imports.codes[germany.rows].astype("U2").astype(int)
    kept = np.bincount(chapter, weights=germany.usd, minlength=100)
    usd, _ = chapters_of("DEU")
    covered = kept > 0.0
    assert kept[covered] == pytest.approx(usd[covered], rel=1e-9)
    assert kept.sum() == pytest.approx(usd.sum(), rel=1e-3)


def test_small_partners_are_derived_and_unknown_ones_refused() -> None:
    """An economy outside the 51 has its chapters spread over the lines of all partners."""
    imports = us_imports_2024()
    laos = imports.of("LAO")
    assert laos.basis == "derived"
    assert laos.usd.sum() == pytest.approx(chapters_of("LAO")[0].sum(), rel=1e-3)
    with pytest.raises(InputError, match="no US imports of 2024"):
        imports.of("XXX")


def test_industries_of_the_schedule() -> None:
    """Every line of chapters 1 to 97 makes part of an industry that makes goods; 98 and 99 of none."""
    codes = us_schedule().codes
    for classification in ("icio49", "wiod35"):
        found = industry_of(None, classification)
        special = np.isin(codes.astype("U2"), ["98", "99"])
        assert np.array_equal(found == "", special)
    icio = industry_of()
    assert set(icio[np.char.startswith(codes, "26")].tolist()) == {"B07"}
    ships = [f"89{heading:02d}" for heading in range(1, 9)]
    assert set(icio[np.isin(codes.astype("U4"), ships)].tolist()) == {"C301"}
    assert set(icio[codes.astype("U4") == "8703"].tolist()) == {"C29"}
    assert set(icio[codes.astype("U4") == "1201"].tolist()) == {"A01"}
    with pytest.raises(InputError, match="no concordance"):
        industry_of(None, "naics")


def test_industries_cover_the_imports() -> None:
    """All value of chapters 1 to 97 has an industry; a line not in the table takes that of its neighbour."""
    imports = us_imports_2024()
    industry = industry_of(imports.codes)
    value = np.bincount(imports.rows, weights=imports.usd, minlength=imports.codes.size)
    special = np.isin(imports.codes.astype("U2"), ["98", "99"])
    assert value[(industry == "") & ~special].sum() == 0.0
    assert value[special].sum() / value.sum() == pytest.approx(0.0387, abs=1e-3)
    assert industry_of(np.array(["8703809999", "0000000000"])).tolist() == ["C29", ""]


def test_both_classifications_agree() -> None:
    """WIOD's industries follow from the world's concordance; leather is told apart by the crosswalk."""
    text = (FOLDER.parent / "worlds" / "wiod35_icio49.csv").read_text(encoding="utf-8")
    pairs = {tuple(line.split(",")) for line in text.split()[1:]}
    icio, wiod = industry_of(None, "icio49"), industry_of(None, "wiod35")
    for pair in set(zip(wiod.tolist(), icio.tolist(), strict=True)) - {("", "")}:
        assert pair in pairs
    codes = us_schedule().codes
    assert set(wiod[codes.astype("U4") == "4202"].tolist()) == {"c5"}
    assert set(wiod[codes.astype("U4") == "6109"].tolist()) == {"c4"}


def test_every_programme_of_the_special_column_is_known() -> None:
    """No code of the schedule is missing from the file of programmes."""
    known = {program.code for program in programs()}
    used = {
        name
        for text in us_schedule().special.tolist()
        for clause in parse_special(text)
        for name in clause.programmes
        if name != "*"
    }
    assert used <= known
    assert len(known) == len(programs())


def test_programmes_by_origin_and_day() -> None:
    """Lapsed programmes give nothing; economies are codes; China has none."""
    day = dt.date(2025, 6, 1)
    assert [program.code for program in programs_of("KOR", day)] == ["KR"]
    assert "D" in [program.code for program in programs_of("ZAF", day)]
    assert "D" not in [program.code for program in programs_of("ZAF", dt.date(2025, 10, 1))]
    assert programs_of("CHN", day) == ()
    assert not [program for program in programs(day) if program.code.startswith("A") and program.code != "AU"]
    for program in programs():
        assert all(places.is_economy(economy) for economy in program.economies)
        assert list(program.economies) == sorted(program.economies)


def test_column_two_by_day() -> None:
    """Russia and Belarus from 2022-04-09 (Public Law 117-110)."""
    assert [pays_column2("BLR", dt.date(2022, 4, day)) for day in (8, 9)] == [False, True]
    assert pays_column2("CUB", dt.date(2018, 1, 1))
    assert not pays_column2("CHN", dt.date(2026, 1, 1))


def test_the_package_stays_small() -> None:
    """Data of this room: under 5 MB, and no table without its source."""
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 5_000_000
    tables = list(FOLDER.glob("*.columns"))
    assert len(tables) == 7
    for file in tables:
        assert Columns(file.read_bytes()).source


def test_loading_does_not_import_pandas() -> None:
    """Half a second that one duty does not have."""
    import subprocess  # noqa: PLC0415

    program = (
        "import sys; from detente.schedules.usa import find, us_imports_2024, industry_of, us_schedule;"
        "find('7326908688', '2026-01-01').lines; us_schedule().column1; us_imports_2024().by_partner(); industry_of();"
        "assert 'pandas' not in sys.modules, 'pandas'; assert 'scipy' not in sys.modules, 'scipy'"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@needs_inputs
def test_nothing_of_the_inputs_is_lost() -> None:
    """Every line, text and dollar of the published tables is in the embedded ones."""
    import pandas as pd  # noqa: PLC0415

    schedule = us_schedule()
    tariff = pd.read_parquet(SHARED / "tariff_schedule" / "hts8.parquet").sort_values("hts8")
    assert tariff["hts8"].tolist() == schedule.hts8.tolist()
    for theirs, ours in (
        ("general_text", schedule.general),
        ("special_text", schedule.special),
        ("column2_text", schedule.column2_text),
    ):
        assert tariff[theirs].str.split().tolist() == [text.split() for text in ours.tolist()]
    ten = pd.read_parquet(SHARED / "tariff_schedule" / "hts10.parquet")
    assert set(ten["hts10"]) == {code for code in schedule.codes.tolist() if len(code) == 10}
    raw = pd.read_parquet(SHARED / "tariff_schedule" / "imports_2024_hts10_partner.parquet")
    imports = us_imports_2024()
    slovakia = raw["cty_code"] == "4359"
    assert raw.loc[slovakia, "imports_usd"].sum() == int(imports.of("SVK").usd.sum())
    raw = raw[~slovakia]
    assert raw["imports_usd"].sum() == int(imports.usd.sum())
    assert raw["calculated_duty_usd"].sum() == int(imports.duty.sum())
    totals = raw.groupby("hts10")["imports_usd"].sum()
    assert imports.total() == {code: float(usd) for code, usd in totals.items()}


@needs_inputs
def test_equivalents_agree_with_an_independent_reading() -> None:
    """Ad valorem rates of an independent parse of the schedule are ours to 1e-9, line by line."""
    import pandas as pd  # noqa: PLC0415

    theirs = pd.read_csv(SHARED / "raw" / "us_tariff_schedule_yale" / "mfn_rates_2025.csv", dtype=str)
    schedule = us_schedule()
    ours = {
        code: parse_rate(text).ad_valorem
        for code, text in zip(schedule.hts8.tolist(), schedule.general.tolist(), strict=True)
    }
    compared = 0
    for code, rate in zip(theirs["hs8"].tolist(), theirs["mfn_rate"].astype(float).tolist(), strict=True):
        if ours.get(code) is not None and not np.isnan(rate):
            assert ours[code] == pytest.approx(rate, abs=1e-9), code
            compared += 1
    assert compared > 9_000


def test_the_stacking_rules_name_the_same_economies() -> None:
    """Column 2 of the stacking rules is that of this room on every day that matters."""
    from detente.duties import stacking_rules  # noqa: PLC0415

    rules = stacking_rules()
    for day in (dt.date(2018, 7, 6), dt.date(2022, 4, 8), dt.date(2022, 4, 9), dt.date(2026, 9, 18)):
        everyone = places.members("WORLD")
        assert {economy for economy in everyone if pays_column2(economy, day)} == set(
            rules.second_column(day)
        )
