"""Schedules that are one list of lines: China, Japan, the European Union, the United Kingdom; and free ports."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from detente import duty, search
from detente.errors import InputError
from detente.geography.territories import entry_of
from detente.io.columns import Columns
from detente.ledger import open_ledger
from detente.ledger.records.ordinary import line_on
from detente.manifest import read_bytes
from detente.schedules import provided, provider_of
from detente.schedules.codes import dotted
from detente.schedules.listed.agreements import agreements
from detente.schedules.listed.rates import bounds_in, read_rate

# Rates are decimal fractions; the engine rounds to ten digits.
EXACT = 1e-9
LISTED = ("CHN", "JPN", "EU", "GBR")
# Rates of the older table have two digits of a percent.
CHARGED = 5e-5


def ask(code, origin, destination, on="2026-10-01", **more):
    """A duty."""
    return duty(code, origin=origin, destination=destination, on=on, **more)


# --- Japan: rates read from the schedule of 2026 (Japan Customs), column by column ------------------------------------

# code, origin, claim, rate, text of the column
JAPAN = (
    # Beef: temporary rate 38.5 %; CPTPP and the agreement with the United States 20.8 %, Australia 24.7 and 24.1 %.
    ("0201.10.000", "CHN", "none", 0.385, ""),
    ("0201.10.000", "USA", "us-japan", 0.208, "Japan-United States"),
    ("0201.10.000", "AUS", "cptpp", 0.208, "CPTPP"),
    ("0201.10.000", "AUS", "epa-bilateral", 0.247, "Japan-Australia"),
    ("0202.10.000", "AUS", "epa-bilateral", 0.241, "Japan-Australia"),
    ("0202.10.000", "VNM", "cptpp", 0.208, "CPTPP"),
    # T-shirts, of cotton: knitted with embroidery (.010) and other (.020).
    ("6109.10.010", "CHN", "none", 0.109, ""),
    ("6109.10.010", "CHN", "rcep", 0.068, "RCEP (China)"),
    ("6109.10.020", "CHN", "none", 0.074, ""),
    ("6109.10.020", "CHN", "rcep", 0.046, "RCEP (China)"),
    ("6109.10.020", "USA", "none", 0.074, ""),
    ("6109.10.020", "VNM", "rcep", 0.0, "RCEP (ASEAN"),
    ("6109.10.020", "VNM", "cptpp", 0.0, "CPTPP"),
    # Leather shoes: those beyond the quota owe 30 % or 4,300 yen a pair; RCEP lines 17.1 (China), 15 (Australia, ASEAN).
    ("6403.51.011", "VNM", "none", 0.24, ""),
    ("6403.51.012", "CHN", "rcep", 0.171, "RCEP (China)"),
    ("6403.51.012", "AUS", "rcep", 0.15, "RCEP (ASEAN"),
    ("6403.51.012", "VNM", "cptpp", 0.043, "CPTPP"),
    # Cars are free for everybody.
    ("8703.23.000", "CHN", "none", 0.0, ""),
    ("8703.23.000", "USA", "none", 0.0, ""),
)


@pytest.mark.parametrize(("code", "origin", "claim", "rate", "column"), JAPAN)
def test_japan_s_columns_are_told_apart(code, origin, claim, rate, column):
    found = ask(code, origin, "JPN", facts={"agreement": claim})
    assert found.rate == pytest.approx(rate, abs=EXACT)
    assert found.currency == "JPY"
    if claim != "none":
        assert column in found.lines[0].note + found.lines[0].title


def test_the_lowest_rate_a_claim_allows_and_what_it_saves():
    shirt = ask("6109.10.020", "CHN", "JPN")
    assert (shirt.rate, shirt.rate_min) == pytest.approx((0.074, 0.046), abs=EXACT)
    assert any("4.6 % if under RCEP (China)" in item.effect for item in shirt.questions)
    # Beef of Australia: CPTPP 20.8 is under the bilateral 24.7.
    beef = ask("0201.10.000", "AUS", "JPN", facts={"preference": True})
    assert beef.rate == pytest.approx(0.208, abs=EXACT)
    assert "CPTPP: 20.8%" in beef.lines[0].note


@pytest.mark.parametrize(("origin", "claim"), [("AUS", "cptpp"), ("USA", "us-japan"), ("CHN", "rcep")])
def test_lost_agreement_columns_are_unknown_never_none(origin, claim):
    """0201.30: the columns stood on another line of the source."""
    plain = ask("0201.30.010", origin, "JPN")
    assert (plain.rate, plain.rate_min) == (0.385, 0.0)
    under = ask("0201.30.010", origin, "JPN", facts={"agreement": claim})
    assert (under.rate, under.rate_min, under.rate_max, under.covered) == (None, 0.0, 0.385, "partial")
    assert any("not held" in item.why for item in under.questions)


def test_no_claim_is_possible_without_an_agreement():
    found = ask("0201.10.000", "BRA", "JPN", facts={"preference": True})
    assert found.rate == pytest.approx(0.385)
    assert found.facts_used == ()


def test_seasons_decide_oranges():
    """June to November 16 %, December to May 32 % (0805.10)."""
    rates = [
        ask("0805.10.000", "ZAF", "JPN", on=on).rate for on in ("2026-11-30", "2026-12-01", "2026-07-01")
    ]
    assert rates == pytest.approx([0.16, 0.32, 0.16], abs=EXACT)


def test_mixed_duties_by_quantity():
    """30 % or 4,300 yen a pair, whichever is higher: of a pair at 10,000 yen 43 %, of one at 20,000 yen 30 %."""
    dear, cheap = (
        ask("6403.51.012", "BRA", "JPN", value=value, quantity="1 pair") for value in (20_000, 10_000)
    )
    assert (dear.rate, cheap.rate) == pytest.approx((0.30, 0.43), abs=EXACT)
    without = ask("6403.51.012", "BRA", "JPN")
    assert (without.rate, without.rate_min, without.rate_max) == (None, 0.3, None)


# --- China -----------------------------------------------------------------------------------------------------------


def test_equal_rates_answer_between_the_schedules_and_unequal_ones_say_what_bounds_them():
    # Perfume: 3 % since 2018-07-01 (Tariff Commission announcement 4 of 2018), 10 % before.
    assert ask("3303.00.00", "JPN", "CHN", on="2023-05-01").lines[0].rate == 0.03
    before = ask("3303.00.00", "USA", "CHN", on="2018-06-30")
    assert (before.rate, before.covered) == (None, "partial")
    assert "not known for 2018-06-30" in before.questions[0].why
    # Linseed: 15 %, in 2026 by provisional rate 9 %: on a day between at least 9 and at most 15 %.
    linseed = ask("1204.00.00", "ARG", "CHN", on="2023-10-01")
    assert (linseed.rate, linseed.rate_min, linseed.rate_max, linseed.covered) == (
        None,
        0.09,
        0.15,
        "partial",
    )
    assert ask("1204.00.00", "ARG", "CHN").rate == pytest.approx(0.09)


def test_a_line_marked_unknown_is_unknown_and_never_zero():
    rates = provider_of("CHN").day_table(dt.date(2026, 10, 1))
    assert int(np.isnan(rates.column1).sum()) == 43
    found = ask("0207.14.11", "BRA", "CHN")
    assert (found.rate, found.rate_max, found.covered) == (None, None, "partial")


def test_a_provisional_rate_of_an_item_is_a_question_and_one_of_the_line_the_rate():
    lines = provider_of("CHN").lines
    covers, codes = lines.texts("covers"), lines.codes
    mfn, provisional = lines.numbers("mfn"), lines.numbers("provisional")
    for kind in ("part", "whole"):
        row = int(np.flatnonzero((covers == kind) & (provisional < mfn))[0])
        found = ask(str(codes[row]), "ARG", "CHN")
        assert found.rate == pytest.approx(mfn[row] if kind == "part" else provisional[row])
        assert found.rate_min == pytest.approx(provisional[row])


def test_cited_rates_of_the_ledger_agree_with_the_schedule_of_2026():
    """Every single rate that holds in 2026 is that of the lines it heads."""
    table = provider_of("CHN").day_table(dt.date(2026, 10, 1))
    cited = open_ledger().mfn_lines["CHN"]
    checked = 0
    for code, rate in zip(table.codes.tolist(), table.column1.tolist(), strict=True):
        line = line_on(cited, code, dt.date(2026, 10, 1))
        if line is not None:
            assert rate == pytest.approx(line.rate), code
            checked += 1
    assert checked > 100


@pytest.mark.parametrize(
    "written", ["1201.90", "1201.90.00", "1201900000", "1201.90.00.95", "12019011", "1201901100"]
)
def test_a_code_written_with_more_zeros_or_digits_is_the_same_good(written):
    """Ordinary 3 %, March 2025 10 %, reciprocal 10 % while 24 points are suspended; the duties of 2018-19 waived."""
    found = ask(written, "USA", "CHN", on="2025-10-27")
    assert found.rate == pytest.approx(0.23, abs=EXACT)
    assert "cn.ret.2025.mar10" in {line.measure for line in found.lines}


@pytest.mark.parametrize("destination", LISTED)
def test_every_subheading_written_out_with_zeros_is_its_lines(destination):
    """The class of the fault: no zeros at the end of a code may change what is due, whatever the importer."""
    lines = provider_of(destination).lines
    heads = np.unique(lines.codes.astype("U6"))[:: max(1, lines.codes.size // 40)]
    for head in heads.tolist():
        rows = lines.find(head)[0].tolist()
        padded = head.ljust(lines.digits, "0")
        assert lines.find(padded)[0].tolist() in (rows, lines.under(padded).tolist())
        assert lines.find(padded)[0].size > 0
        own = lines.codes[rows[0]] + "0" * (10 - lines.digits)
        assert lines.codes[lines.find(own)[0]].tolist()[0] == lines.codes[rows[0]]


def test_a_code_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(InputError, match="not in the schedule of China") as refused:
        ask("84713055", "USA", "CHN")
    assert {"8471.30.10", "8471.30.90"} <= set(refused.value.allowed.split(", "))
    with pytest.raises(InputError, match="not in the schedule of Japan"):
        ask("9999", "USA", "JPN")
    with pytest.raises(InputError, match="cannot have 9 digits"):
        ask("610910010", "CHN", "USA")


# --- the European Union and the United Kingdom --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "destination", "rate"),
    [
        # Regulation (EU) 2019/1776, Annex I: T-shirts 12, cars 10, beans 0; the UK Global Tariff keeps the first two.
        ("6109.10.00", "DEU", 0.12),
        ("8703.23.19", "EU", 0.10),
        ("1201.90.00", "FRA", 0.0),
        ("6109.10.00", "GBR", 0.12),
        ("8703.23.19", "United Kingdom", 0.10),
    ],
)
def test_europe_answers_as_of_its_day(code, destination, rate):
    found = ask(code, "CHN", destination)
    assert (found.rate, found.covered) == (pytest.approx(rate), "partial")
    assert any(item.startswith("as of 202") for item in found.warnings)
    # An agreement's rate is not held: it may be lower.
    assert ask(code, "KOR", destination).rate_min == 0.0


def test_a_specific_duty_of_the_union_is_worked_out_from_a_quantity():
    """Fresh beef, boned (0201.30.00): 12.8 % + 303.4 EUR/100 kg."""
    found = ask("0201.30.00", "USA", "EU", value=10_000, quantity="1 t")
    assert found.rate == pytest.approx(0.128 + 3034 / 10_000, abs=EXACT)
    assert found.currency == "EUR"
    assert ask("0201.30.00", "USA", "EU").rate is None


# --- free by law -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("destination", ["HKG", "MAC", "SGP"])
def test_free_ports_are_free_by_law(destination):
    found = ask("8703.23", "CHN", destination)
    assert (found.rate, found.rate_max, found.covered) == (0.0, 0.0, True)
    assert any(word in found.lines[0].source for word in ("Basic Law", "Customs Act"))


def test_what_the_law_leaves_out_is_unknown():
    beer = ask("2203.00.00", "DEU", "SGP")
    assert (beer.rate, beer.covered) == (None, "partial")
    chapter = ask("22", "DEU", "SGP")
    assert chapter.rate_max is None


# --- the tables ------------------------------------------------------------------------------------------------------


def test_tables_hold_what_their_sources_say():
    held = {code: provider_of(code).lines for code in LISTED}
    assert {code: lines.codes.size for code, lines in held.items()} == {
        "CHN": 8972, "JPN": 9653, "EU": 9374, "GBR": 9374,
    }  # fmt: skip
    for code, lines in held.items():
        assert (lines.codes[1:] >= lines.codes[:-1]).all()
        assert lines.digits == entry_of(code)["digits"]
    japan = provider_of("JPN")
    assert int((~japan.lines.flags("agreements_held")).sum()) == 1896
    # Chapters 25 to 97 by subheading: 2.28 % (the World Trade Organization prints 2.4 for all but farm goods).
    rates, codes = japan.rates_on(dt.date(2026, 10, 1)), japan.lines.codes
    kept = ~np.isnan(rates) & (codes.astype("U2") >= "25")
    _, head = np.unique(codes[kept].astype("U6"), return_inverse=True)
    means = np.bincount(head, weights=rates[kept]) / np.bincount(head)
    assert float(means.mean()) * 100 == pytest.approx(2.28, abs=0.01)


def test_no_rate_of_2019_and_no_weight_is_in_the_package():
    """Their sources do not allow it: every number of China's table is one of the statute of 2026."""
    from detente.schedules.listed.held import FOLDER  # noqa: PLC0415

    table = Columns(read_bytes(FOLDER / "china.columns"))
    assert set(table.names) == {
        "code",
        "mfn",
        "provisional",
        "covers",
        "since",
        "mixed",
        "earlier_least",
        "earlier_most",
    }
    for mfn, provisional, least, most in zip(
        *(table.numbers(name).tolist() for name in ("mfn", "provisional", "earlier_least", "earlier_most")),
        strict=True,
    ):
        assert least in {0.0, mfn, provisional}
        assert np.isnan(most) or most == mfn


def test_every_agreement_with_a_column_has_it():
    for item in agreements():
        provider = provider_of(item.importer)
        if item.column is not None:
            assert any(provider.lines.texts(item.column))


@pytest.mark.parametrize(
    ("text", "value", "quantities", "amount"),
    [
        ("30% or 4300 JPY/pr., whichever is higher", 10_000, {"pr.": 1}, 4300),
        ("8.5% or 6% + 3 JPY/kg, whichever is lower", 1000, {"kg": 10}, 85),
        ("12.8% + 303.4 EUR/100 kg", 1000, {"kg": 100}, 431.4),
        ("4.5% min 0.3 EUR/each max 0.8 EUR/each", 100, {"each": 10}, 4.5),
        ("4.5% min 0.3 EUR/each max 0.8 EUR/each", 10, {"each": 10}, 3.0),
        ("4.5% min 0.3 EUR/each max 0.8 EUR/each", 1000, {"each": 10}, 8.0),
    ],
)
def test_the_common_form_of_rates(text, value, quantities, amount):
    assert read_rate(text).amount(value, quantities) == pytest.approx(amount)


def test_a_text_that_is_not_read_bounds_nothing_it_does_not_say():
    assert bounds_in("8.3% + EA MAX 24.2% + ADSZ") == (None, 0.0, None)
    assert bounds_in("関税割当数量以内のもの 5%") == (None, 0.0, None)
    assert bounds_in("10% (1 JAN-31 MAY), 12% (1 JUN-31 DEC)") == (None, 0.1, 0.12)


@pytest.mark.parametrize("destination", ["CHN", "JPN", "GBR"])
def test_words_find_lines_of_every_schedule(destination):
    found = search("cotton t-shirts", to=destination).rows
    assert found[0]["code"].startswith("6109.10")
    assert search("6109.10", to=destination).rows[0]["code"].startswith("6109.10")
    assert found[0]["imports_usd"] is None


def test_the_first_schedule_is_still_the_first():
    assert provided()[0] == "USA"
    assert dotted("610910010") == "6109.10.010"


OLDER = (
    Path(__file__).parents[3]
    / "shared/data/raw/china_tariffs_2018_2019/china_tariffs_hs10_mfn_and_on_us_2018_2019.csv"
)


@pytest.mark.skipif(not OLDER.is_file(), reason="the rates of 2018 and 2019 are not here")
@pytest.mark.parametrize("on", ["2018-01-01", "2018-05-01", "2018-07-01", "2018-11-01", "2019-01-01"])
def test_what_is_said_of_a_day_before_the_schedule_holds_what_was_charged(on):
    """Lines of unchanged code: a rate given is the highest under it, and what is not known lies within its bounds."""
    read = pd.read_csv(OLDER, dtype={"hs10": str})
    days = ["2018-05-01", "2018-07-01", "2018-11-01", "2019-01-01"]
    changes = read[[f"d_mfn_{day.replace('-', '_')}" for day in days if day <= on]].fillna(0.0).sum(axis=1)
    charged = (
        ((read["mfn_2018_01_01"] + changes) / 100)
        .groupby(read["hs10"].str[:8])
        .agg(["min", "max", "count", "size"])
    )
    whole = charged[charged["count"] == charged["size"]]
    provider, day = provider_of("CHN"), dt.date.fromisoformat(on)
    wrong, checked = [], 0
    for row, code in enumerate(provider.lines.codes.tolist()):
        if code not in whole.index:
            continue
        least, most = whole.loc[code, ["min", "max"]]
        found = provider.ordinary_duty(row, column=1, value=None, quantity=None, on=day)
        checked += 1
        if found.rate is not None:
            inside = abs(found.rate - most) < CHARGED and found.least <= least + CHARGED
        else:
            inside = found.least <= least + CHARGED and (found.most is None or most <= found.most + CHARGED)
        if not inside:
            wrong.append((code, found.rate, found.least, found.most, least, most))
    assert checked > 6000
    assert not wrong, f"{len(wrong)} of {checked}: {wrong[:8]}"
