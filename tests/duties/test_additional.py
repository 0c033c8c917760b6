"""Additional duties on a world's sectors: uniform duties are exact, coarser classifications agree, nothing is invented."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from detente import average_tariff
from detente.duties import Assumptions, additional_rates
from detente.duties.lines import goods, industries, industry_index
from detente.duties.scope import match_length
from detente.errors import InputError, LedgerError
from detente.ledger import edit, open_ledger
from detente.schedules import provider_of

EXACT = 1e-12
LEDGER = open_ledger()
ECONOMIES = ("USA", "CHN", "HKG", "CAN", "MEX", "DEU", "JPN", "VNM", "ROW")


def rates(
    day, *, importer="USA", ledger=LEDGER, economies=ECONOMIES, classification="icio49", how=None, **assumed
):
    return additional_rates(
        ledger.on(day, **(how or {})),
        importer=importer,
        classification=classification,
        economies=economies,
        assumptions=Assumptions(**assumed),
    )


def test_shape_labels_and_zeros():
    found = rates("2025-10-27")
    assert found.dims == ("sector", "exporter")
    assert tuple(found.coords["sector"].values) == industries()
    assert tuple(found.coords["exporter"].values) == ECONOMIES
    assert float(found.sel(exporter="USA").max()) == 0.0
    assert float(found.values[~goods()].max()) == 0.0
    assert float(found.min()) >= 0.0


def test_a_uniform_duty_is_exact_in_every_sector():
    # The fentanyl duty fell from 20 to 10 % on 2025-11-10 on all goods of China and Hong Kong, metals included, but not on
    # informational materials (9903.01.22): printing (C17_18) and the arts hold some.
    step = rates("2025-11-08") - rates("2025-11-10")
    codes = provider_of("USA").weighted_table().codes
    free = match_length(codes, LEDGER.product_list("informational_materials", dt.date(2025, 11, 10))) > 0
    plain = goods() & ~np.isin(np.arange(goods().size), industry_index(provider_of("USA"))[free])
    assert plain.sum() >= goods().sum() - 4
    for origin in ("CHN", "HKG"):
        assert step.sel(exporter=origin).values[plain] == pytest.approx(0.10, abs=1e-9)
        assert step.sel(exporter=origin).values.max() <= 0.10 + 1e-9
    assert float(abs(step.sel(exporter=["VNM", "ROW"])).max()) < EXACT


def test_the_threat_counts_only_once_enacted_and_then_in_full():
    day = dt.date(2025, 11, 10)
    enacted = edit(LEDGER, enact=["us.threat.cn100"], on=day)
    step = rates(day, ledger=enacted) - rates(day)
    assert step.sel(exporter="CHN").values[goods()] == pytest.approx(1.0, abs=1e-9)
    assert float(abs(step.sel(exporter=["HKG", "VNM"])).max()) < EXACT


def test_chinas_twenty_four_points_come_back_by_the_notice_and_not_by_the_report():
    legal = rates("2026-11-10", importer="CHN")
    reported = rates("2026-11-10", importer="CHN", how={"ends": "reported"})
    step = (legal - reported).sel(exporter="USA").values
    assert step[goods()] == pytest.approx(0.24, abs=1e-9)
    assert float(abs(legal.sel(exporter=["VNM", "DEU"])).max()) == 0.0


def test_chinas_farm_duties_fall_on_farm_goods():
    step = (rates("2025-10-27", importer="CHN") - rates("2025-11-11", importer="CHN")).sel(exporter="USA")
    assert float(step.sel(sector="A01")) > 0.05
    assert float(step.sel(sector="C26")) == 0.0


def test_the_waiver_scales_the_duties_of_2018_19_alone():
    day = "2024-12-31"
    none, all_waived = (
        rates(day, importer="CHN", cn_waiver=share).sel(exporter="USA") for share in (0.0, 1.0)
    )
    half = rates(day, importer="CHN", cn_waiver=0.5).sel(exporter="USA")
    assert float(all_waived.max()) == 0.0
    assert half.values == pytest.approx(none.values / 2, abs=EXACT)
    assert float(none.sel(sector="A01")) > 0.15


def test_members_of_the_union_have_its_law_and_their_own_goods():
    found = rates("2025-10-27", economies=("DEU", "IRL"))
    steel = found.sel(sector="C24A").values
    assert steel[0] == pytest.approx(steel[1], abs=0.08)
    assert float(found.sel(exporter="DEU", sector="C29")) > 0.05


def test_coarser_sectors_lie_between_their_industries():
    fine = rates("2025-10-27", economies=("CHN", "VNM"))
    coarse = rates("2025-10-27", economies=("CHN", "VNM"), classification="wiod35")
    agriculture = fine.sel(sector=["A01", "A02", "A03"])
    for origin in ("CHN", "VNM"):
        low, high = (float(getattr(agriculture.sel(exporter=origin), end)()) for end in ("min", "max"))
        assert low - 1e-9 <= float(coarse.sel(sector="c1", exporter=origin)) <= high + 1e-9


def test_sectors_average_to_the_published_average():
    # Second method: sector rates weighted with sector imports are the average over chapters 1 to 97.
    day, origin = "2025-10-27", "CHN"
    by = average_tariff("USA", origin=origin, on=day, by="sector", weights="us2024-chapters-1-97")
    found = rates(day, economies=(origin,)).sel(exporter=origin)
    weights = np.array([by.imports.get(name, 0.0) for name in industries()])
    assert float(found.values @ weights / weights.sum()) == pytest.approx(by.additional, abs=2e-4)


def test_the_same_question_twice_is_the_same_answer_and_safe_to_change():
    first = rates("2026-05-01")
    first.values[:] = 9.0
    assert float(rates("2026-05-01").max()) < 3.0


def test_edits_are_not_forgotten_by_memory():
    plain = rates("2025-10-27")
    without = rates(
        "2025-10-27", ledger=edit(LEDGER, end=["us.ieepa.reciprocal.cn"], on=dt.date(2025, 10, 27))
    )
    assert float((plain - without).sel(exporter="CHN").max()) > 0.05
    assert float(abs(rates("2025-10-27") - plain).max()) == 0.0


def test_refused():
    with pytest.raises(InputError, match="no concordance"):
        rates("2025-10-27", classification="nace99")


def test_a_list_without_a_share_is_refused_and_not_guessed():
    measure = LEDGER.measures["cn.ret.2025.feb10"]
    bare = {name: scope.model_copy(update={"coverage": None}) for name, scope in measure.scope.items()}
    ledger = LEDGER.add(measure.model_copy(update={"id": "cn.ret.bare", "scope": bare}))
    with pytest.raises(LedgerError, match="share of imports a measure reaches is not held"):
        rates("2025-10-27", importer="CHN", ledger=ledger)


def test_a_day_on_which_a_group_changes_is_not_mistaken_for_another():
    # The United Kingdom left the Union on 2020-02-01; its steel stayed under Section 232 as before.
    before, after = (rates(day, economies=("GBR", "DEU")) for day in ("2020-01-31", "2020-02-01"))
    assert float(abs(before - after).sel(sector="C24A").max()) < EXACT
