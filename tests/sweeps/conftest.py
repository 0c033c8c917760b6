from __future__ import annotations

import pytest

from detente.ledger import open_ledger
from detente.policy.sweeps.design import load_design
from detente.policy.sweeps.prepare import prepare_cases, with_law

STUDY = """
id: small-study
title: Two scenarios on a small world
question: For tests.
world: wiod2011
pairs: [[USA, CHN], [CHN, USA]]
featured: [USA, CHN]
groups: [EU, WORLD]
baseline: {id: baseline, label: Before, definition: the ledger on 2024-12-31, "on": "2024-12-31"}
scenarios:
  - id: no-deal
    label: No deal
    definition: what was due
    "on": "2025-11-10"
    known_on: "2025-10-27"
    assume: {ree_volume: 0.26}
  - id: truce
    label: Truce
    definition: the ledger on the day
    "on": "2025-11-10"
    edits: {enact: [cn.buy.soy2026_28]}
contrasts:
  - id: worth
    title: Worth
    of: truce
    against: no-deal
    between: [USA, CHN]
    lines: [{instrument: fentanyl, measures: [us.ieepa.fentanyl.cn]}]
"""
DESIGN = """
id: small-design
title: Two scenarios in a few draws
study: study.yaml
draws: 8
batch: 3
seed: 5
outcomes: [real_income_pct, cpi_pct, real_wage_pct, exports_pct, imports_pct, tariff_revenue_usd_bn]
elasticities: {common_log_sd: 0.2, relative_error: 0.2, low: 1, high: 25, why: w, source: s}
parameters:
  - {name: cn_waiver, triangular: [0.5, 0.8, 0.95], why: w, source: s}
  - {name: soy_theta, triangular: [5, 10, 12], why: w, source: s}
  - {name: ree_licence_cost, triangular: [0.0, 0.06, 0.27], why: w, source: s}
  - {name: ree_volume, scenarios: [no-deal], uniform: [0.2, 0.6], why: w, source: s}
  - {name: closure, values: [fixed, zero], weights: [0.7, 0.3], why: w, source: s}
policies:
  - {id: november, title: t, "on": "2025-11-10", states: {truce: 0.75, no-deal: 0.25}, why: w, source: s}
fan: [november]
"""


@pytest.fixture(scope="session")
def ledger():
    return open_ledger()


@pytest.fixture(scope="session")
def design_file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    path = folder / "design.yaml"
    path.write_text(DESIGN, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def cases(design_file, ledger):
    """The small design, its law tabulated."""
    design, study = load_design(design_file)
    return with_law(prepare_cases(design, study, ledger), ledger, design_file.parent / "law.npz")
