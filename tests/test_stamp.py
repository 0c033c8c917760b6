"""The stamp names code, facts and command, and nothing that changes from run to run."""

from __future__ import annotations

import detente
from detente.stamp import stamp


def test_the_stamp_names_what_made_a_result():
    made = stamp(
        command="detente run x", ledger_hash="a", world_hash="b", scenario_hash="c", ledger_version="v"
    )
    assert made == {
        "detente": detente.__version__,
        "command": "detente run x",
        "ledger_hash": "a",
        "world_hash": "b",
        "scenario_hash": "c",
        "ledger_version": "v",
    }


def test_what_was_not_used_is_left_out_and_the_stamp_repeats():
    assert set(stamp(command="detente status", ledger_hash="a", note=None)) == {
        "detente",
        "command",
        "ledger_hash",
    }
    assert stamp(command="x") == stamp(command="x")
