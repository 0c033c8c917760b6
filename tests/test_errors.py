"""Errors carry five parts, and print those that say something."""

from __future__ import annotations

import pytest

from detente import errors
from detente.io.words import allowed_keys, nearest
from detente.ledger.records.schema import LedgerFile


def test_all_five_parts_are_printed_in_order():
    error = errors.InputError(
        "unknown economy", where="--from", found="ZZZ", allowed="ISO alpha-3", repair="write CHN"
    )
    assert str(error) == (
        "InputError: unknown economy\n  where   --from\n  found   ZZZ\n  allowed ISO alpha-3\n  repair  write CHN"
    )


def test_empty_parts_are_left_out():
    assert str(errors.WorldError("not a world", found=3)) == "WorldError: not a world\n  found   3"


@pytest.mark.parametrize(
    ("kind", "code", "base"),
    [
        (errors.InputError, 1, ValueError),
        (errors.LedgerError, 1, ValueError),
        (errors.WorldError, 1, ValueError),
        (errors.StudyError, 1, ValueError),
        (errors.ConvergenceError, 3, RuntimeError),
        (errors.UnsafeAnswerError, 4, RuntimeError),
    ],
)
def test_exit_code_and_family(kind, code, base):
    error = kind("what")
    assert error.exit_code == code
    assert isinstance(error, (errors.DetenteError, base))
    assert issubclass(kind, errors.DetenteError)
    assert issubclass(kind, base)


def test_nearest_is_silent_when_nothing_is_close():
    assert nearest("recordd", ["recorded", "sources"]) == "recorded"
    assert nearest("xyz", ["recorded", "sources"]) == ""


def test_allowed_keys_at_depth():
    assert allowed_keys(LedgerFile, ()) == ["measures", "sources"]
    assert allowed_keys(LedgerFile, ("measures", 0, "suspensions", 1))[:4] == [
        "from",
        "at",
        "to_legal",
        "to_reported",
    ]
    assert allowed_keys(LedgerFile, ("measures", 0, "scope", "main")) == [
        "text",
        "include",
        "exclude",
        "coverage",
        "share",
    ]
