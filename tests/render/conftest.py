from __future__ import annotations

import copy

import pytest

from detente.policy import rates_over_time
from detente.policy.studies.lapses import next_lapses
from detente.render import write_report
from policy.main_run import main_document, main_run


@pytest.fixture(scope="session")
def document():
    """The main study's document with its timeline, shared: do not change it."""
    run = main_run()
    found = copy.deepcopy(main_document())
    found["result"]["lapses"] = next_lapses(run.ledger)
    found["result"]["timeline"] = rates_over_time(run.setting, run.ledger, run.spec.pairs)
    return found


@pytest.fixture(scope="session")
def folder(document, tmp_path_factory):
    """The report of that document."""
    out = tmp_path_factory.mktemp("report") / "out"
    write_report(document, out)
    return out
