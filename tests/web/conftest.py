"""A server in memory, with the main study's scenarios solved once for all tests that need them."""

from __future__ import annotations

from functools import cache

import pytest
from fastapi.testclient import TestClient

from detente.web import Settings, create_app

BASE = "http://127.0.0.1:8737"


@cache
def plain_app():
    """An application that solves nothing by itself."""
    return create_app(Settings(prepare=False))


@cache
def solved_app():
    """An application with the scenarios of the main study."""
    app = create_app(Settings(prepare=False))
    study = app.state.detente.study
    study._solve_scenarios()
    study.stage = "scenarios"
    study.ready.set()
    return app


@pytest.fixture
def client():
    """Ask a server that has solved nothing."""
    return TestClient(plain_app(), base_url=BASE, raise_server_exceptions=False)


@pytest.fixture
def solved():
    """Ask a server that has solved the scenarios."""
    return TestClient(solved_app(), base_url=BASE, raise_server_exceptions=False)


@pytest.fixture
def state():
    """What that server shares."""
    return solved_app().state.detente
