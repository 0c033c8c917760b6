"""An importer with a schedule is one folder: a made-up provider answers every question that the United States' does."""

from __future__ import annotations

import dataclasses
import datetime as dt
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from detente import average_tariff, duty, open_ledger, schedule
from detente.duties import additional_rates
from detente.duties.averages.cells import held_by_line
from detente.errors import InputError
from detente.geography.economies import entries
from detente.ledger.records.schema import Coverage
from detente.schedules import provided, provider_of
from detente.schedules.provider import Candidates, Cells, LineTable, OrdinaryDuty

EXACT = 1e-12
CODES, MFN, GENERAL = ("12011000", "87032300"), (0.05, 0.7), (0.1, 0.9)
SOURCE = "sources:\n  made_up: {title: Made up, kind: primary, retrieved: 2026-01-01}\n"
MEASURE = """\
id: vn.made_up
title: Made-up duty on cars
imposer: VNM
instrument: tariff
confidence: high
targets: [CHN]
authority: [made up]
scope:
  main: {text: cars, include: ["8703"]}
steps:
  - {part: main, from: 2025-01-01, recorded: 2025-01-01, rate: 0.2, act: made up, sources: [made_up]}
sources: [made_up]
"""


class MadeUp:
    """Two lines; soybeans from Thailand are free under a preference."""

    importer, first_day, entry_rules = "VNM", dt.date(2025, 1, 1), False
    weights, weights_year, special_chapters, stands_for = ("made-up",), 2024, (), {}

    def day_table(self, _):
        return LineTable(np.array(CODES), np.array(MFN), np.array(GENERAL), self)

    def weighted_table(self):
        return self.day_table(None)

    def candidates(self, code, _):
        rows = tuple(row for row, line in enumerate(CODES) if line.startswith(code))
        codes = np.array([CODES[row] for row in rows])
        return Candidates(codes, rows, 0, ("soybeans", "cars")[: len(rows)], (), covered=True)

    def ordinary_duty(self, row, *, column, **_):
        rate = (MFN, GENERAL)[column - 1][row]
        return OrdinaryDuty(rate, rate, bounded=True, text=f"{rate:.0%}", title="Ordinary duty", source="s")

    def special_rates(self, rows, origin, _):
        return np.array([0.0 if origin == "THA" and row == 0 else np.nan for row in rows])

    def share_by_line(self, name, codes, origin):
        return np.full(codes.shape, 0.5 if name == "preference_use" and origin == "THA" else 0.0)

    def industry_codes(self, _):
        return np.array(["A01", "C29"])

    def imports(self):
        rows = np.arange(2)
        return {
            "CHN": Cells(rows, np.array([1e8, 3e8]), "observed"),
            "THA": Cells(rows, np.array([2e8, 0.0]), "observed"),
        }

    def imports_of(self, economy):
        return self.imports().get(economy)


@pytest.fixture
def vietnam(monkeypatch, tmp_path):
    """The ledger with a duty of the made-up importer."""
    provider_of.cache_clear(), held_by_line.cache_clear()
    monkeypatch.setitem(entries(), "VNM", {"schedule": "made_up", "currency": "VND"})
    monkeypatch.setitem(sys.modules, "detente.schedules.made_up", SimpleNamespace(PROVIDER=MadeUp()))
    (tmp_path / "sources.yaml").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "made_up.yaml").write_text(MEASURE, encoding="utf-8")
    yield open_ledger(tmp_path)
    provider_of.cache_clear(), held_by_line.cache_clear()


def test_one_duty_is_the_line_s_and_the_ledger_s(vietnam):
    ask = {"destination": "VNM", "on": "2025-10-27", "ledger": vietnam, "value": 1000.0, "fees": True}
    cars = duty("8703", origin="CHN", **ask)
    assert (cars.rate, cars.additional, cars.currency, cars.covered) == (0.9, 0.2, "VND", True)
    assert [line.measure for line in cars.lines] == ["base", "vn.made_up"]
    assert duty("8703", origin="JPN", **ask).rate == 0.7
    # Column 2, the low value and the claims of the ledger's rules are the United States'.
    assert duty("8703", origin="RUS", **ask).rate == 0.7
    assert duty("8703", origin="CAN", facts={"usmca": True}, **ask).facts_used == ()
    assert duty("1201", origin="THA", facts={"preference": True}, **ask).rate == 0.0


def test_the_whole_schedule_and_its_averages_are_by_line(vietnam):
    found = schedule("VNM", "2025-10-27", origins=("CHN", "JPN"), ledger=vietnam)
    assert found.rate.values == pytest.approx(np.array([[0.05, 0.05], [0.9, 0.7]]), abs=EXACT)
    mean = average_tariff("VNM", on="2025-10-27", by="sector", ledger=vietnam)
    # Chinese soybeans and cars, and Thai soybeans half of which claim the preference.
    assert mean.rate == pytest.approx((0.05 * 1 + 0.9 * 3 + 0.025 * 2) / 6, abs=EXACT)
    assert mean.by["C29"] == pytest.approx(0.9, abs=EXACT)
    assert (mean.weights, mean.weights_year, mean.covered) == ("made-up", 2024, True)
    rates = additional_rates(vietnam.on("2025-10-27"), importer="VNM", economies=("CHN", "THA", "VNM"))
    assert rates.sel(sector="C29").values == pytest.approx([0.2, 0.0, 0.0], abs=EXACT)


def test_a_provider_without_trade_by_line_is_averaged_by_industry(vietnam, monkeypatch):
    monkeypatch.setattr(MadeUp, "weights", ())
    share = {"text": "t", "recorded": "2025-01-01", "share": 0.5, "source": "made up"}
    held = dataclasses.replace(vietnam, coverage={**vietnam.coverage, "cars": Coverage.model_validate(share)})
    scope = vietnam.measures["vn.made_up"].scope["main"].model_copy(update={"coverage": "cars"})
    measure = vietnam.measures["vn.made_up"].model_copy(update={"scope": {"main": scope}})
    held = dataclasses.replace(held, measures={**held.measures, "vn.made_up": measure})
    mean = average_tariff("VNM", "CHN", on="2025-10-27", ledger=held)
    assert (mean.rate, mean.covered) == (pytest.approx(0.1), "partial")
    assert schedule("VNM", "2025-10-27", origins=("CHN",), ledger=held).rate.shape == (2, 1)


def test_without_the_folder_the_importer_has_no_schedule():
    assert provided() == ("USA", "CHN", "JPN", "EU", "GBR")
    with pytest.raises(InputError) as refused:
        schedule("VNM", "2025-10-27")
    assert refused.value.allowed == "USA, CHN, JPN, EU, GBR"
