"""Agreement with sampled lines of a published tracker, and none of its known errors."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT.parent / "shared" / "data" / "reference"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not REFERENCE.exists(), reason="needs ../shared: samples of a published tracker"),
]
# Printed rates are decimal fractions; totals carry shares of six digits.
EXACT, SHARED = 1e-6, 1e-3


@pytest.fixture(scope="module")
def tools():
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        from rate_validation import causes, samples  # noqa: PLC0415
    finally:
        sys.path.pop(0)
    return samples, causes


@pytest.fixture(scope="module")
def rows(tools):
    samples, _ = tools
    return samples.beside(samples.read(REFERENCE / "duty_samples.csv"))


@pytest.mark.parametrize("component", ["301", "s122", "recip", "fent"])
def test_printed_rates_agree_where_the_reference_keeps_to_the_law(tools, rows, component):
    samples, causes = tools
    differs = (rows[f"my_printed_{component}"] - rows[samples.PRINTED[component]]).abs() > EXACT
    law = causes.labelled(rows, differs)["kind"] != causes.REFERENCE
    assert 1 - differs[law].mean() >= 0.99


def test_ordinary_duties_agree(rows):
    plain = rows[rows["plain"]]
    assert ((plain["my_ordinary"] - plain["statutory_base_rate"]).abs() <= EXACT).mean() >= 0.99


def test_totals_agree_where_no_share_is_estimated_and_the_rest_is_explained(tools, rows):
    samples, causes = tools
    differs = (rows["my_total"] - rows["total_rate"]).abs() > SHARED
    named = causes.labelled(rows, differs)
    law = ~samples.shared_out(rows) & (named["kind"] != causes.REFERENCE)
    assert 1 - differs[law].mean() >= 0.97
    assert (named["kind"] == causes.OPEN).sum() == 0


def test_no_known_error_is_reproduced(tools):
    samples, _ = tools
    wrong = samples.beside(samples.read(REFERENCE / "duty_samples_known_wrong.csv"))
    assert len(wrong) == 378
    assert ((wrong["my_total"] - wrong["total_rate"]).abs() <= SHARED).sum() == 0
    assert ((wrong["my_232"] - wrong["net_232"]).abs() <= SHARED).sum() == 0
