"""What tariffs cost households: closed forms, the tables behind it, and published figures beside it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from detente.model import Shock, solve
from detente.policy.households.cost import full_cost, household_costs, model_cost
from detente.policy.households.tables import MARGINS, load_households, sector_weights
from detente.policy.results import Options
from detente.policy.studies.run import run_study

REPO = Path(__file__).parents[3]
SHARED = REPO.parent / "shared" / "data" / "us_households"
# Hale, Hobijn, Nechio and Wilson (2019), FRBSF Economic Letter 2019-01: about 11 % of US consumption is imported, half of
# it inside goods and services made at home. The tables here are of 2024; two points either way.
IMPORT_CONTENT, CONTENT_TOLERANCE = 0.11, 0.02


@pytest.fixture(scope="module")
def run():
    return run_study(
        "kuala-lumpur", options=Options(scenarios=("eve", "truce"), contributions=False, robustness=False)
    )


def test_import_content_of_consumption_is_near_the_published_one():
    households = load_households()
    share = households.imports.sum() / households.bought.sum()
    assert share == pytest.approx(IMPORT_CONTENT, abs=CONTENT_TOLERANCE)
    assert households.shares.sum(axis=1) == pytest.approx(1.0)
    assert households.commodities[-1] == MARGINS


def test_a_uniform_duty_costs_its_rate_times_the_imports_in_consumption(run):
    """Goods that the world taxes: the rate times the customs value of their imports in consumption."""
    households, base = load_households(), run.setting.baseline
    n = base.economies.index(households.economy)
    tariff = base.tariff.copy()
    tariff[:, n, :] += 0.1
    tariff[:, n, n] = base.tariff[:, n, n]
    eq = solve(base, Shock(tariff=tariff))
    imports = base.flows[:, n, :].sum(axis=1) - base.flows[:, n, n]
    named = sector_weights(run.setting, households, imports).sum(axis=1)
    assert full_cost(run, eq, households) == pytest.approx(0.1 * households.imports @ named)
    assert (model_cost(run, eq, households) > 0).all()


def test_no_change_costs_nothing(run):
    households = load_households()
    eq = solve(run.setting.baseline, Shock())
    assert full_cost(run, eq, households) == pytest.approx(0, abs=1e-9)
    assert model_cost(run, eq, households) == pytest.approx(0, abs=1e-2)


def test_deciles_add_up_and_the_truce_costs_less_than_the_eve(run):
    rows = household_costs(run)
    by = {(row.scenario, row.decile, row.pass_through): row for row in rows}
    for scenario in ("eve", "truce"):
        for how in ("full", "model"):
            deciles = [by[scenario, str(k), how].usd_per_year for k in range(1, 11)]
            assert np.mean(deciles) == pytest.approx(by[scenario, "all", how].usd_per_year)
            assert deciles == sorted(deciles)
            row = by[scenario, "all", how]
            assert row.usd_min <= row.usd_per_year <= row.usd_max
    assert by["truce", "all", "full"].usd_per_year < by["eve", "all", "full"].usd_per_year


def test_the_eve_stands_beside_the_published_estimate(run):
    """
    The Budget Lab at Yale, 2025-09-03 (17.4 % effective, 15.0 points above 2024): USD 2,300 a household before substitution.

    Ours adds duties in dollars to what imports cost at the border; theirs moves retail prices in percent: ours is lower,
    by less than a third.
    """
    row = next(
        r for r in household_costs(run) if (r.scenario, r.decile, r.pass_through) == ("eve", "all", "full")
    )
    assert 2300 * 2 / 3 < row.usd_per_year < 2300


@pytest.mark.skipif(
    not SHARED.is_dir(), reason="the tables of the US Bureau of Economic Analysis are not here"
)
def test_the_tables_are_what_the_script_writes(tmp_path, monkeypatch, capsys):
    spec = importlib.util.spec_from_file_location(
        "build_households", REPO / "scripts" / "build_households.py"
    )
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    committed = script.TARGET
    monkeypatch.setattr(script, "TARGET", tmp_path)
    script.main()
    for name in ("purchases.csv", "import_content.csv", "groups.csv"):
        assert (tmp_path / name).read_bytes() == (committed / name).read_bytes()
    assert "consumption 19.90 trillion" in capsys.readouterr().out
