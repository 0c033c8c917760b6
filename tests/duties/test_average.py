"""Averages: parts that sum, a second method on one line, the published record where it is at hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from detente import average_tariff, schedule
from detente.duties import Assumptions, additional_rates, case_shares
from detente.duties.averages.averager import Sums, restrictiveness
from detente.duties.averages.coverage import industry_imports
from detente.duties.lines import goods
from detente.errors import InputError
from detente.ledger import edit, open_ledger
from detente.schedules.usa import us_imports_2024

# Sums of thousands of doubles relative to a rate of order 0.1.
PARTS = 1e-12
# Budget Lab at Yale tracker, published daily series, before its two Section 232 rates were added (2025-08-18).
TRACKER = {"2025-01-01": 0.02657, "2025-04-10": 0.22799, "2025-05-14": 0.13017, "2025-08-01": 0.14046}
# Half a point: our weights hold 98 % of imports, theirs all.
HALF_POINT = 0.005


BY_INDUSTRY = "icio2022-industries"


@pytest.mark.parametrize("origin", [None, "CHN", "DEU", "MEX", "KEN"])
@pytest.mark.parametrize("day", ["2025-04-10", "2025-10-27", "2026-09-18"])
def test_parts_by_measure_sum_to_the_rate(origin, day):
    found = average_tariff("USA", origin=origin, on=day, by="measure")
    assert sum(found.by.values()) == pytest.approx(found.rate, abs=PARTS)
    assert found.rate - found.by["base"] == pytest.approx(found.additional, abs=PARTS)
    assert min(found.by.values()) >= 0.0


@pytest.mark.parametrize("by", ["sector", "chapter", "partner"])
def test_groups_average_to_the_whole(by):
    found = average_tariff("USA", on="2025-10-27", by=by, weights="us2024-chapters-1-97")
    paid = sum(found.by[name] * found.imports[name] for name in found.by)
    assert paid / sum(found.imports.values()) == pytest.approx(found.rate, abs=1e-10)


@pytest.mark.parametrize(("day", "published"), TRACKER.items())
def test_near_the_tracker_where_it_adds_no_rates_twice(day, published):
    assert average_tariff("USA", on=day, weights="us2024-chapters-1-97").rate == pytest.approx(
        published, abs=HALF_POINT
    )


@pytest.mark.parametrize("day", ["2024-12-31", "2025-06-10", "2026-10-01"])
@pytest.mark.parametrize("pair", [("USA", "CHN"), ("USA", None), ("CHN", "USA"), ("JPN", "CHN")])
def test_restrictiveness_is_the_root_of_the_mean_of_squares(pair, day):
    """Never below the average (Jensen); by partner it pools as squares do, and equals the average where duties are even."""
    found = average_tariff(*pair, on=day)
    assert found.restrictiveness >= found.rate
    sums = Sums(2.0, 0.1, 2 * 0.05**2, {}, np.zeros(0), np.zeros(0))
    assert restrictiveness([sums]) == pytest.approx(0.05)
    uneven = (
        Sums(1.0, 0.0, 0.0, {}, np.zeros(0), np.zeros(0)),
        Sums(1.0, 0.2, 0.04, {}, np.zeros(0), np.zeros(0)),
    )
    assert restrictiveness(uneven) == pytest.approx(0.2 / 2**0.5)


def test_an_average_is_the_schedule_weighted():
    # Second method: the schedule of the day, line by line, no claims; Vietnam on lines that stand unchanged.
    day, imports = "2025-10-27", us_imports_2024().of("VNM")
    none = Assumptions(preference_use=0.0)
    lines = schedule("USA", day, origins=["VNM"], assumptions=none).rate.sel(origin="VNM")
    codes = us_imports_2024().codes[imports.rows]
    held = np.isin(codes, lines.coords["product"].values) & (np.char.str_len(codes) == 10)
    by_hand = float(lines.sel(product=codes[held]).values @ imports.usd[held] / imports.usd[held].sum())
    found = average_tariff("USA", origin="VNM", on=day, assumptions=none).rate
    # Lines that left the schedule since 2024 are a small part of imports.
    assert imports.usd[held].sum() / imports.usd.sum() > 0.97
    assert by_hand == pytest.approx(found, abs=0.003)


def test_series_stands_still_between_changes_and_steps_on_the_day():
    found = average_tariff("USA", origin="CHN", on="2025-11-05", until="2025-11-15")
    rates = {row.date.isoformat(): row.rate for row in found.series}
    assert len(rates) == 11
    assert rates["2025-11-05"] == rates["2025-11-08"]
    assert rates["2025-11-09"] > rates["2025-11-08"]  # cranes and chassis at 100 % for one day
    assert rates["2025-11-10"] < rates["2025-11-09"] - 0.05  # the fentanyl duty falls from 20 to 10 %
    assert found.series[0].rate == found.rate


def test_series_agrees_with_single_days():
    found = average_tariff("USA", origin="JPN", on="2025-08-01", until="2025-09-20")
    for row in found.series[::7]:
        assert average_tariff("USA", origin="JPN", on=row.date).rate == pytest.approx(row.rate, abs=PARTS)


def test_backcast_is_flagged():
    early = average_tariff("USA", on="2019-06-20")
    assert early.backcast
    assert early.warnings[0].startswith("backcast")
    assert not average_tariff("USA", on="2025-01-01").backcast


def test_views_part_after_the_ruling():
    on_the_books = average_tariff("USA", on="2025-10-27")
    due = average_tariff("USA", on="2025-10-27", view="legally-due", by="measure")
    assert due.rate < on_the_books.rate - 0.04
    assert not any(name.startswith("us.ieepa.") for name in due.by)


def test_each_assumption_moves_an_average_on_some_day():
    moved = {
        "usmca_use": ("CAN", "2025-10-27", 0.0),
        "preference_use": ("KOR", "2024-12-31", 0.0),
        "steel_content": ("DEU", "2025-10-27", 1.0),
        "aluminum_content": ("DEU", "2025-10-27", 1.0),
        "copper_content": ("CHL", "2025-10-27", 1.0),
        "metal_weight_met": ("DEU", "2026-05-01", 0.5),
        "us_auto_content": ("MEX", "2025-10-27", 0.0),
        "patented_share": ("IND", "2026-10-01", 1.0),
        "chips_in_band": ("TWN", "2026-05-01", 0.2),
        "exclusions_claimed": ("CHN", "2026-05-01", 1.0),
        "annex_use": ("VNM", "2025-10-27", 0.5),
        "use_claimed": ("BRA", "2026-07-25", 0.0),
        "aircraft_use": ("FRA", "2026-05-01", 0.0),
        "described_use": ("IND", "2026-10-01", 1.0),
        "packaged_share": ("CAN", "2026-10-01", 0.0),
        "auto_parts_use": ("MEX", "2025-06-15", 1.0),
        "heavy_parts_use": ("MEX", "2025-12-15", 1.0),
        "pharma_annex_iii_firms": ("IRL", "2026-08-15", 0.0),
        "sts_cranes_use": ("CHN", "2025-02-01", 0.0),
        "truck_light_use": ("JPN", "2025-06-15", 0.0),
        "chassis_use": ("CHN", "2025-11-09", 1.0),
    }
    for name, (origin, day, other) in moved.items():
        plain = average_tariff("USA", origin=origin, on=day).rate
        assert (
            average_tariff("USA", origin=origin, on=day, assumptions=Assumptions(**{name: other})).rate
            != plain
        ), name
    # Only what was known before the final list was published hangs on the proposal.
    then = {"origin": "CHN", "on": "2026-09-18", "known_on": "2026-07-27"}
    kept = average_tariff("USA", **then).rate
    assert average_tariff("USA", **then, assumptions=Assumptions(proposed_kept=0.0)).rate != kept
    # The waiver is China's; the fill of quotas is written as zero rates in the ledger.
    assert {row["name"] for row in Assumptions().rows()} - set(moved) == {"cn_waiver", "proposed_kept"}
    assert set(case_shares()) <= set(moved)


def test_known_on_hides_what_came_later():
    then = average_tariff("USA", origin="CHN", on="2025-11-10", known_on="2025-10-27")
    now = average_tariff("USA", origin="CHN", on="2025-11-10")
    # Both 24-point suspensions were to lapse, and the fentanyl duty stood at 20.
    assert then.rate > now.rate + 0.20


def test_edits_move_averages():
    plain = open_ledger()
    gone = edit(plain, end=["us.ieepa.fentanyl.cn"], on=dt.date(2025, 10, 27))
    rates = [
        average_tariff("USA", origin="CHN", on="2025-10-27", ledger=ledger).rate for ledger in (plain, gone)
    ]
    assert rates[0] - rates[1] == pytest.approx(0.195, abs=0.006)


@pytest.mark.parametrize(
    ("how", "where"),
    [
        ({"importer": "CAN"}, "importer"),
        ({"importer": "CHN", "by": "chapter", "weights": BY_INDUSTRY}, "by"),
        ({"importer": "CHN", "weights": "us2024-chapters-1-97"}, "weights"),
        ({"importer": "CHN", "origin": "LIE"}, "origin"),
        ({"origin": "Ruritania"}, "origin"),
        ({"on": "2017-12-31"}, "on"),
        ({"until": "2025-01-01"}, "until"),
        ({"by": "colour"}, "by"),
        ({"weights": "gdp"}, "weights"),
    ],
)
def test_refused(how, where):
    with pytest.raises(InputError) as refused:
        average_tariff(**{"importer": "USA", "on": "2025-10-27", **how})
    assert where in refused.value.where
    assert refused.value.allowed
    assert refused.value.repair


def test_assumptions_are_refused_by_name_and_range():
    with pytest.raises(InputError, match="not an assumption"):
        Assumptions(steel=0.2)
    with pytest.raises(InputError, match="a share"):
        Assumptions(steel_content=1.2)
    with pytest.raises(InputError, match="a share"):
        Assumptions(steel_content="half")


def test_series_sees_the_day_of_an_edit():
    edited = edit(open_ledger(), set={"us.ieepa.fentanyl.cn": 0.4}, on=dt.date(2025, 10, 20))
    rows = average_tariff("USA", origin="CHN", on="2025-10-15", until="2025-10-25", ledger=edited).series
    rates = {row.date.isoformat(): row.rate for row in rows}
    assert rates["2025-10-20"] - rates["2025-10-19"] == pytest.approx(0.195, abs=0.006)


def test_china_by_industry_says_what_is_missing():
    found = average_tariff("CHN", "USA", on="2025-10-27", by="measure", weights=BY_INDUSTRY)
    assert found.covered == "partial"
    assert found.rate == found.additional == pytest.approx(sum(found.by.values()), abs=1e-12)
    # 10 % on all goods is 10 points whatever the weights; the ordinary duty is not in it.
    assert found.by["cn.ret.2025.reciprocal"] == pytest.approx(0.10, abs=1e-12)
    assert "base" not in found.by
    assert "not covered" in found.warnings[0]
    assert [row.name for row in found.assumptions] == ["cn_waiver"]
    assert found.to_dict()["weights"] == "icio2022-industries"


def test_chinas_average_is_the_models_duties_with_the_flows_of_2022():
    book, waived = open_ledger().on("2025-11-11"), Assumptions(cn_waiver=0.25)
    rates = additional_rates(book, importer="CHN", economies=("USA",), assumptions=waived).sel(exporter="USA")
    imports = industry_imports()["CHN"]["USA"]
    expected = float(rates.values @ imports / imports.sum())
    found = average_tariff(
        "CHN", "USA", on="2025-11-11", assumptions=waived, by="sector", weights=BY_INDUSTRY
    )
    assert found.rate == pytest.approx(expected, abs=1e-12)
    assert found.by["C26"] == pytest.approx(float(rates.sel(sector="C26")), abs=1e-12)
    # US goods sold to China were about USD 150 bn in 2022; the OECD's industries hold 125 of them.
    assert sum(found.imports.values()) == pytest.approx(125e9, rel=0.02)


def test_chinas_average_moves_on_its_days_only_and_on_no_one_else():
    found = average_tariff("CHN", "USA", on="2025-11-08", until="2025-11-12", weights=BY_INDUSTRY)
    rates = [row.rate for row in found.series]
    assert rates[0] == rates[1] > rates[2] == rates[4]
    everyone = average_tariff("CHN", on="2025-11-08", by="partner", weights=BY_INDUSTRY)
    assert {name for name, rate in everyone.by.items() if rate > 0.0} == {"USA"}
    assert everyone.rate < found.rate


def test_imports_by_industry_are_of_goods_and_from_others():
    held = industry_imports()
    assert len(held) == 81
    assert len(held["CHN"]) > 75
    assert all(importer not in flows for importer, flows in held.items())
    services = ~goods()
    assert all(not cells[services].any() for flows in held.values() for cells in flows.values())
