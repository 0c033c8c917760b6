from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from detente.model import solve
from detente.world import load_world
from model.at_random import random_baseline
from model.nafta import PATH, load_nafta


@pytest.fixture(scope="session")
def wiod():
    return load_world("wiod2011").baseline()


@pytest.fixture(scope="session")
def icio():
    return load_world("icio2022").baseline()


@pytest.fixture(scope="session")
def toy():
    """Three sectors, four economies, with duties and deficits; exact."""
    return random_baseline(1)


@pytest.fixture(scope="session")
def nafta():
    """The article's balanced baseline and the tariffs after NAFTA."""
    if not PATH.exists():
        pytest.skip("the NAFTA data of Caliendo and Parro (2015) lie outside the repository, in ../shared")
    raw, after = load_nafta()
    return solve(raw, closure="zero", tolerance=1e-13).as_baseline(), after


def load_example(name):
    """Import a file of `examples/` as a module."""
    path = Path(__file__).parents[2] / "examples" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def three_solvers():
    return load_example("three_solvers")


@pytest.fixture(scope="session")
def liberation_day():
    return load_example("liberation_day")


@pytest.fixture(scope="session")
def published_losses():
    return load_example("published_losses")
