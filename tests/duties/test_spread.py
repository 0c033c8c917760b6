"""Averages over the lines of a schedule with the world's flows by industry: China and others, against published figures."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from detente import average_tariff, open_ledger
from detente.duties import Assumptions
from detente.duties.averages.coverage import industry_imports
from detente.duties.duties import origin_duties
from detente.duties.lines import industries
from detente.duties.reader import Reader
from detente.errors import InputError
from detente.schedules import provider_of
from detente.schedules.provider import LineTable

SHARED = Path(__file__).parents[3] / "shared" / "data"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is not there")
# Peterson Institute (Bown), China on the United States, exclusions not netted: see docs/validation/china_average.md.
PUBLISHED = {
    "2018-09-25": 18.3,
    "2019-12-19": 21.1,
    "2025-01-20": 21.2,
    "2025-05-14": 32.6,
    "2025-11-10": 31.9,
}
# Where the institute's ordinary duties are those that the schedule of 2026 has, one point; before, what docs explains.
POINT, EXPLAINED = 1.0, 1.6
# The institute published no figure for the days of April 2025: what the notices change of those around them, in points.
APRIL = {"2025-04-10": 32.6 - 10 + 84, "2025-04-12": 32.6 - 10 + 125}


def china(on, **how):
    """China's average on US goods without any waiver, percent."""
    law = Assumptions(open_ledger().assumptions, cn_waiver=0.0)
    return average_tariff("CHN", "USA", on=on, assumptions=law, **how)


@pytest.mark.parametrize(("on", "figure"), {**PUBLISHED, **APRIL}.items())
def test_china_s_average_is_the_published_one(on, figure):
    allowed = EXPLAINED if on < "2020-02-14" else POINT
    assert china(on).rate * 100 == pytest.approx(figure, abs=allowed)


def test_the_average_is_every_industry_s_plain_mean_weighted_with_its_flow():
    """A second way: means by industry by hand."""
    on = dt.date(2026, 10, 1)
    provider = provider_of("CHN")
    codes, rates, _ = provider.spread_lines(on)
    known = ~np.isnan(rates)
    table = LineTable(codes[known], rates[known], rates[known], provider)
    reader = Reader(table, Assumptions(open_ledger().assumptions, cn_waiver=0.0))
    total = origin_duties(open_ledger().on(on), "USA", reader, importer="CHN").total
    names = provider.industries_of(codes[known])
    flows = dict(zip(industries(), industry_imports()["CHN"]["USA"], strict=True))
    means = {name: total[names == name].mean() for name in set(names.tolist()) if name}
    whole = sum(flows[name] * mean for name, mean in means.items()) / sum(flows[name] for name in means)
    found = china(on, by="sector")
    assert found.rate == pytest.approx(whole, abs=1e-12)
    assert found.by["C29"] == pytest.approx(means["C29"], abs=1e-12)
    # Flows of no industry are lost: every industry of goods has lines.
    assert sum(found.imports.values()) == pytest.approx(sum(flows.values()), rel=0.01)


@needs_shared
def test_additional_duties_with_the_imports_of_2017_by_line():
    """With the institute's own weights of 2017 the additional duty of June 2019 is that of its table, line by line."""
    folder = SHARED / "raw" / "china_tariffs_2018_2019"
    with (folder / "china_imports_from_us_2017_hs8.csv").open(encoding="utf-8") as file:
        usd = {row["hs8"]: float(row["import_from_us_2017_kusd"]) for row in csv.DictReader(file)}
    with (folder / "china_tariffs_hs10_mfn_and_on_us_2018_2019.csv").open(encoding="utf-8") as file:
        theirs = {row["hs10"][:8]: float(row["additional_on_us_2019_06_01"]) for row in csv.DictReader(file)}
    codes = np.array(sorted(set(provider_of("CHN").lines.codes.tolist()) & set(theirs)))
    table = LineTable(codes, np.zeros(codes.size), np.zeros(codes.size), None)
    reader = Reader(table, Assumptions(open_ledger().assumptions, cn_waiver=0.0))
    ours = origin_duties(open_ledger().on("2019-06-01"), "USA", reader, importer="CHN").total * 100
    expected = np.array([theirs[code] for code in codes.tolist()])
    assert np.abs(ours - expected).max() < 1e-9
    # These lines are four fifths of the imports of 2017; the rest have other codes now, soybeans among them.
    assert sum(usd.get(code, 0.0) for code in codes.tolist()) / sum(usd.values()) > 0.75


@pytest.mark.parametrize("importer", ["JPN", "EU", "GBR", "DEU"])
def test_other_importers_have_an_average_of_their_ordinary_duties(importer):
    found = average_tariff(importer, on="2026-10-01", by="partner")
    assert 0.01 < found.rate < 0.06
    assert found.additional == 0.0
    assert found.weights == "icio2022-lines"
    if importer == "DEU":
        assert found.by["FRA"] == 0.0 < found.by["CHN"]
    assert found.covered == (True if importer == "JPN" else "partial")
    assert "every line counts alike" in found.warnings[0]


def test_weights_are_refused_by_name():
    with pytest.raises(InputError, match="no weights of that name") as refused:
        average_tariff("CHN", "USA", on="2026-10-01", weights="icio2022-line")
    assert refused.value.allowed == "icio2022-lines, icio2022-industries"
    assert average_tariff("CHN", "USA", on="2026-10-01", by="chapter").by["87"] > 0.2
    assert average_tariff("CHN", "USA", on="2026-10-01", weights="icio2022-industries").covered == "partial"
