"""Every example in a docstring runs and prints what it says, with warnings as errors."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import warnings
from pathlib import Path

import pytest

import detente

# Modules whose examples load a world, a schedule or a whole list.
SLOW_ROOMS = ("model", "world", "games", "scenarios", "tariffs", "cases", "products", "api")
# Running these would start the program or a server.
PROGRAMS = {"detente.__main__"}
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def modules():
    """Every module of the package."""
    found = pkgutil.walk_packages(detente.__path__, "detente.")
    return ["detente", *sorted(item.name for item in found if item.name not in PROGRAMS)]


def with_examples(slow):
    """Modules with examples, the quick ones or the slow ones."""
    chosen = []
    for name in modules():
        room = name.split(".")[1] if "." in name else ""
        source = importlib.util.find_spec(name)
        if (room in SLOW_ROOMS) is slow and source and source.origin:
            text = Path(source.origin).read_text(encoding="utf-8")
            chosen += [name] if ">>> " in text else []
    return chosen


def run_examples(name):
    """Run the examples of a module."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        failed, tried = doctest.testmod(importlib.import_module(name), optionflags=OPTIONS)
    assert tried > 0
    assert failed == 0


@pytest.mark.parametrize("name", with_examples(slow=False))
def test_examples(name):
    run_examples(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", with_examples(slow=True))
def test_examples_on_real_data(name):
    run_examples(name)
