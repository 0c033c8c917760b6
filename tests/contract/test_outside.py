"""The outside of the house is what was frozen: it changes by a named decision only (decisions.md)."""

from __future__ import annotations

import functools
import math

import pytest

from contract.freeze import commands, document, frozen, hashes, lines_of, reproduced, visited

# Solves on another processor end at the last digits of their own tolerance (1e-10); nothing printed has more than nine.
RELATIVE, ABSOLUTE = 1e-7, 1e-9
written = functools.cache(frozen)


def differing(then, now, path=""):
    """Paths at which two documents differ."""
    if isinstance(then, dict) and isinstance(now, dict):
        keys = [*then, *(key for key in now if key not in then)]
        return [found for key in keys for found in differing(then.get(key), now.get(key), f"{path}/{key}")]
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        pairs = enumerate(zip(then, now, strict=True))
        return [found for at, (a, b) in pairs for found in differing(a, b, f"{path}/{at}")]
    if isinstance(then, float) and isinstance(now, (int, float)):
        return (
            [] if math.isclose(then, now, rel_tol=RELATIVE, abs_tol=ABSOLUTE) else [f"{path}: {then} {now}"]
        )
    return [] if then == now else [f"{path}: {str(then)[:120]} -> {str(now)[:120]}"]


def test_everything_listed_is_frozen():
    assert [*written()["commands"]] == [*commands(slow=False), *commands(slow=True)]
    assert [*written()["addresses"]] == lines_of("addresses.txt")
    assert len(written()["commands"]) >= 60


def test_hashes():
    assert hashes() == written()["hashes"]


@pytest.mark.parametrize("line", commands(slow=False))
def test_document_of_a_command(line):
    assert differing(written()["commands"][line], document(line)) == []


@pytest.mark.parametrize("line", commands(slow=False) + commands(slow=True))
def test_lines_that_reproduce(line):
    assert reproduced(line) == written()["reproduce"][line]


@pytest.mark.parametrize("address", lines_of("addresses.txt"))
def test_address(address):
    assert differing(written()["addresses"][address], visited(address)) == []
