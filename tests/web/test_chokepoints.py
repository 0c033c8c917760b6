"""The address of critical inputs: solved in turn, refused with the same five parts, and a table as CSV."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from web.servers import BASE, plain_app


@pytest.fixture
def client():
    return TestClient(plain_app(), base_url=BASE)


def test_an_input_that_is_not_covered_is_refused_with_the_reason(client):
    answer = client.get("/api/v1/chokepoints", params={"input": "ai-chips"})
    assert answer.status_code == 400
    assert "bought as investment" in str(answer.json())
    assert client.get("/api/v1/chokepoints", params={"cut": 2}).status_code in {400, 422}


@pytest.mark.slow
def test_the_document_of_an_input(client):
    answer = client.get("/api/v1/chokepoints", params={"input": "soybeans", "economies": "CHN"})
    assert answer.status_code in {200, 503}
    if answer.status_code == 200:
        document = answer.json()
        assert {row["horizon"] for row in document["result"]["rows"]} == {"quarter", "year", "long"}
        assert document["stamp"]["command"] == "detente chokepoints soybeans --economies CHN --json"
        assert document["warnings"]
        assert document["assumptions"]
