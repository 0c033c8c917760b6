"""Revenue, prices and jobs beside trade: identities, sums by hand, and what the record says of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from detente.ledger import open_ledger
from detente.model import Shock, raise_tariff, solve
from detente.policy.evidence.actuals import held
from detente.policy.evidence.bench import Bench
from detente.policy.evidence.beside import EMPLOYED, Jobs, _hired, _import_price, beside_rows, jobs, monthly
from detente.policy.evidence.concordance import concordance
from detente.policy.evidence.embedded import embedded
from detente.policy.evidence.registered import FOLDER, registered
from detente.world import load_world

ACTUALS = Path(__file__).parents[4] / "shared/data/actuals"
# Solves stop at a step of 3e-11; sums of shares of a whole world add some digits to it.
SOLVED = 1e-8


@cache
def latest():
    """May to July 2025 on 2024."""
    bench = Bench(held(), load_world("icio2022"), open_ledger())
    return bench.case(registered().latest, registered().latest.main)


@cache
def rows():
    return beside_rows(latest(), {"year": 0.38})


def level(what, unit="percent"):
    return next(row for row in rows()["levels"] if row["what"] == what and row["unit"] == unit)


def test_what_customs_took_is_the_sum_of_the_months():
    traded, inside = held(), np.array(concordance().block) >= 0
    sums = {}
    for year in (2024, 2025):
        at = [traded.months.index(f"{year}-{month:02d}") for month in (5, 6, 7)]
        sums[year] = [table[0][inside][:, at].sum() for table in (traded.usd, traded.duty)]
    found, dollars = level("duties over imports"), level("duties", "USD billion a year")
    for name, year in (("before", 2024), ("observed", 2025)):
        usd, duty = sums[year]
        assert found[name] == pytest.approx(100 * duty / usd, rel=1e-3)
        assert dollars[name] == pytest.approx(4 * duty / 1e9, rel=1e-3)


def test_imports_that_do_not_move_pay_the_new_rates():
    case = latest().case
    usd = np.nan_to_num(case.before.usd)
    with np.errstate(invalid="ignore"):
        rates = np.where(np.nan_to_num(case.after.usd) > 0, case.after.rate, np.nan_to_num(case.before.rate))
    assert level("duties over imports")["unmoved"] == pytest.approx(
        100 * float((usd * rates).sum() / usd.sum()), rel=1e-12
    )


def test_imports_move_away_from_what_is_taxed():
    """Between the base's imports and what was taken, nearer to the latter."""
    found = level("duties over imports")
    assert found["collected"] < found["unmoved"]
    assert abs(found["collected"] - found["observed"]) < abs(found["unmoved"] - found["observed"]) / 4


@pytest.fixture(scope="module")
def base():
    return load_world("wiod2011").baseline()


@pytest.mark.parametrize("taxed", [True, False])
def test_prices_of_imports_stand_still_without_a_shock(base, taxed):
    inside = np.ones(len(base.sectors), dtype=bool)
    assert _import_price(solve(base), base.economies.index("USA"), inside, taxed=taxed) == pytest.approx(
        0, abs=SOLVED
    )


def test_the_duty_is_what_sets_the_two_prices_apart(base):
    """At the base's purchases, the logarithm of one plus the duties over what it was, weighted."""
    eq = solve(base, Shock(tariff=raise_tariff(base, 0.2, importer="USA")))
    n, inside = base.economies.index("USA"), np.ones(len(base.sectors), dtype=bool)
    gap = _import_price(eq, n, inside, taxed=True) - _import_price(eq, n, inside, taxed=False)
    weight = base.pi[:, n, :] * base.spending[:, n, None] / (1 + base.tariff[:, n, :])
    weight[:, n] = 0
    wedge = np.log((1 + eq.shock.tariff[:, n, :]) / (1 + base.tariff[:, n, :]))
    assert gap == pytest.approx(float((weight * wedge).sum() / weight.sum()), rel=1e-9)


def test_employees_change_industries_and_none_is_lost(base):
    """Changes of all industries, weighted with what they pay factors, add up to none where factors are in fixed supply."""
    eq = solve(base, Shock(tariff=raise_tariff(base, 0.3, importer="USA")))
    n = base.economies.index("USA")
    paid = base.va_share[:, n] * base.output[:, n]
    kept = paid > 0
    some = Jobs((), (), tuple((name,) for name, used in zip(base.sectors, kept, strict=True) if used))
    hired = np.exp(_hired(eq, n, some))
    assert float(paid[kept] @ hired / paid[kept].sum()) == pytest.approx(1, abs=SOLVED)
    assert hired.max() > 1 > hired.min()


def test_every_column_of_jobs_is_held_and_its_industries_are_of_the_world():
    sectors = set(load_world("icio2022").sectors)
    for columns, industries in zip(jobs().columns, jobs().industries, strict=True):
        assert set(industries) <= sectors
        for name in (*columns, EMPLOYED):
            assert monthly().mean(name, ("2017-06", "2025-07")) > 0
    assert monthly().mean(EMPLOYED, ("2031-01",)) is None


def test_months_after_the_statistics_have_no_row():
    """Prices and jobs end in early 2026, the price before duty begins in 2020: other months are scored without them."""
    assert max(monthly().columns[EMPLOYED]) == "2026-02"
    assert monthly().mean("import_price_nonpetroleum", ("2019-06",)) is None


def test_the_record_says_what_it_comes_to():
    """Of each episode its revenue, its prices as far as they are held, its jobs; no skill in jobs is hidden."""
    answer = embedded()["result"]["answer"]
    said = [line for line in answer if "duties collected were" in line]
    assert len(said) == 2
    first = "2019, duties collected were 2.8 % of imports: 2.7 with the imports that the model makes of those of 2017"
    assert said[0] == f"{first}, 3.0 had none moved"
    assert "were 9.7 % of imports: 9.3 with" in said[1]
    assert said[1].endswith("12.1 had none moved")
    assert sum("jobs by industry: skill -" in line for line in answer) == 2
    assert sum("against their trend; the model" in line for line in answer) == 3


@pytest.mark.skipif(not ACTUALS.exists(), reason="the shared data are not there")
def test_the_months_are_those_of_the_sources():
    held_months = pd.read_csv(FOLDER / "us_monthly.csv").set_index("month")
    source = pd.read_csv(ACTUALS / "us_employment_by_industry_monthly_1996_2026.csv")
    source.index = source.pop("date").str[:7]
    for columns in jobs().columns:
        for name in columns:
            own = source[name].reindex(held_months.index).dropna()
            assert np.array_equal(own, held_months[name].dropna())
    assert held_months[EMPLOYED].dropna().to_numpy() == pytest.approx(
        source.sum(axis=1).reindex(held_months.index).dropna().to_numpy(), abs=0.051
    )
