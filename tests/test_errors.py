"""Errors carry five parts, and print those that say something."""

from __future__ import annotations

import ast
from pathlib import Path

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


PARTS = {"where", "found", "allowed", "repair"}
# The refusal of a cell: its row and column are put in by the reader of the row.
ELSEWHERE = {("rows.py", "where")}


def test_every_error_that_is_raised_says_all_parts():
    short = []
    for path in sorted(Path(errors.__file__).parent.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "").endswith("Error"):
                said = {item.arg for item in call.keywords}
                if said & PARTS and None not in said:
                    short += [(path.name, call.lineno, part) for part in sorted(PARTS - said)]
    assert [item for item in short if (item[0], item[2]) not in ELSEWHERE] == []


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        ("", "nothing"),
        ("  ", "nothing"),
        ("a\x00b", "a\\x00b"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\u202eabc", "\\u202eabc"),
        ("Türkiye", "Türkiye"),
        (0.1, "0.1"),
        ("x" * 2_000, "x" * 1_000 + "... (2000 letters)"),
    ],
)
def test_what_was_found_can_be_seen(found, shown):
    assert errors.InputError("unknown", found=found).found == shown


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
