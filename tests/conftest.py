"""The clock of every test, and of its child processes, stands on the last day the sources cover unless a test sets it."""

from __future__ import annotations

import os
from contextlib import ExitStack

import pytest

from detente.asof import VARIABLE, clock
from detente.ledger import open_ledger

os.environ[VARIABLE] = open_ledger().horizon.isoformat()


@pytest.fixture
def at(monkeypatch):
    """Set the clock, for this process and its children, until the test is over."""
    with ExitStack() as opened:

        def set_to(moment):
            opened.enter_context(clock(moment))
            monkeypatch.setenv(VARIABLE, str(moment))

        yield set_to
