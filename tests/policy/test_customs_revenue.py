"""Tariff revenue at customs values: identities of the factor, and what the document, terminal and annex say."""

from __future__ import annotations

import json

import numpy as np
import pytest

from detente.policy import customs_revenue as cr
from detente.policy.documents.run import RunDocument
from detente.render.revenue import revenue_note
from policy.main_run import main_document, main_run

# Sums of some two thousand products.
EXACT = 1e-9


@pytest.fixture(scope="module")
def run():
    return main_run()


def test_factor_times_the_flow_is_the_customs_value_of_every_cell(run):
    """Summed over what a sector is carved into, in the world's year; cells the world leaves empty are left out and said."""
    values, setting = cr.load_customs_values(), run.setting
    n = run.world.economies.index(values.importer)
    factors = cr.customs_factors(setting, values)
    flows = setting.origin.baseline.flows[:, n, :].copy()
    flows[:, n] = 0.0
    found = np.zeros((len(run.world.sectors), len(run.world.economies)))
    np.add.at(found, setting.parents, factors * flows)
    customs, basic = cr.customs_cells(setting, values), cr.basic_flows(setting, values)
    np.testing.assert_allclose(found, np.where(basic > 0, customs, 0.0), rtol=EXACT, atol=EXACT)
    told = main_document()["result"]["customs_revenue"]
    assert told["imports_customs_usd_bn"] == pytest.approx(found.sum() / 1e3, rel=EXACT)
    assert told["imports_customs_usd_bn"] + told["left_out_usd_bn"] == pytest.approx(
        sum(values.cells.values()) / 1e3
    )
    # US imports for consumption of 2024, 3,251 bn USD by the Census's monthly series
    assert sum(values.cells.values()) / 1e3 == pytest.approx(3251.2, abs=0.5)


def test_the_first_basis_is_the_models_revenue(run):
    """Duties summed over cells are the revenue among the incomes of the same equilibrium."""
    document = main_document()["result"]
    for key, row in document["customs_revenue"]["scenarios"].items():
        own = document["scenarios"][key]["economies"]["USA"]["tariff_revenue_usd_bn"]
        assert row["world_usd_bn"] == pytest.approx(own, rel=EXACT), key
        assert row["factor"] == pytest.approx(row["customs_usd_bn"] / row["world_usd_bn"], rel=EXACT)


def test_the_second_basis_is_a_sum_over_cells(run):
    values, item = cr.load_customs_values(), run.scenarios["truce"]
    n = run.world.economies.index(values.importer)
    setting, eq = item.setting or run.setting, item.equilibrium
    factors, total = cr.customs_factors(setting, values), 0.0
    rates, new = eq.wedges().importer[:, n, :] - 1, eq.new.customs[:, n, :]
    for j in range(len(new)):
        for i in range(len(run.world.economies)):
            total += 0.0 if i == n else factors[j, i] * rates[j, i] * new[j, i]
    row = main_document()["result"]["customs_revenue"]["scenarios"]["truce"]
    assert row["customs_usd_bn"] == pytest.approx(total / 1e3, rel=EXACT)


def test_the_truce_at_one_year_is_near_what_was_collected(run):
    """Law of November 2025 against August 2025 to January 2026: within a tenth; on the world's flows a fifth below."""
    found = main_document()["result"]["customs_revenue"]
    taken = found["collected"]["usd_bn_a_year"]
    assert taken == pytest.approx(2 * (29503 + 29675 + 31354 + 30756 + 27892 + 27742) / 1e3)
    assert found["at_one_year"]["truce"]["customs_usd_bn"] == pytest.approx(taken, rel=0.1)
    assert found["at_one_year"]["truce"]["world_usd_bn"] < 0.85 * taken


def test_another_world_has_no_customs_values():
    import detente as dt  # noqa: PLC0415
    from detente.policy.instruments.shock import Setting  # noqa: PLC0415

    values = cr.load_customs_values()
    small = Setting.__new__(Setting)
    object.__setattr__(small, "world", dt.load_world("wiod2011"))
    assert cr.customs_factors(small, values) is None


def test_the_words_name_both_bases_and_what_is_not_covered():
    found = RunDocument.read(json.loads(json.dumps(main_document()))).result.customs_revenue
    words = revenue_note(found)
    assert "at customs values of 2024 3,251 bn, a factor of 1.3" in words
    assert "Collected, August 2025 to January 2026: USD 354 bn a year (US Department of the Treasury" in words
    assert words.endswith("Other importers: customs values are not covered.")
