"""Every example of the room runs: docstrings, the page of the docs, and a world in place of a baseline."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import detente.model
from detente.model import Shock, raise_tariff, solve
from detente.world import load_world

MODULES = sorted(module.name for module in pkgutil.iter_modules(detente.model.__path__, "detente.model."))


@pytest.mark.parametrize("name", MODULES)
def test_docstrings(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0


def test_the_page():
    text = (Path(__file__).parents[2] / "docs/model.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert blocks
    names = {}
    for block in blocks:
        exec(block, names)  # noqa: S102  (the page's own examples)
    assert names["eq"].status == "converged"


def test_a_world_is_as_good_as_its_baseline():
    world = load_world("wiod2011")
    shock = Shock(tariff=raise_tariff(world.baseline(), 0.1, importer="USA"))
    assert solve(world, shock).real_income_pct.equals(solve(world.baseline(), shock).real_income_pct)


def test_public_names_are_documented():
    for name in detente.model.__all__:
        found = getattr(detente.model, name)
        if getattr(found, "__module__", "") != "typing":  # a set of words has no docstring of its own
            assert (found.__doc__ or "").strip(), name
