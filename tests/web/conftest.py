"""Clients of servers in memory."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from web.servers import BASE, plain_app, solved_app


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
