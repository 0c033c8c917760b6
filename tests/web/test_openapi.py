"""Generated requests from the OpenAPI description: none makes the server fail."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error

from detente.web import Settings, create_app
from web.servers import BASE

pytestmark = pytest.mark.slow
HOST = {"host": BASE.removeprefix("http://")}
# Requests per address; 503 is the honest answer of a server that has solved nothing.
EXAMPLES = 15
BUSY = 503


@schemathesis.serializer("application/yaml")
def as_text(_context, value):
    """Send what was generated as it is."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


# Solves are given up after a second: what is tested is that the server says so.
app = create_app(Settings(prepare=False, seconds=1))
schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, headers=HOST)


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_request_makes_the_server_fail(case):
    response = case.call(headers=HOST)
    if response.status_code != BUSY:
        case.validate_response(response, checks=[not_a_server_error])
    assert "nosniff" in response.headers["x-content-type-options"]


def test_the_description_names_every_command_of_the_page():
    paths = set(schema.raw_schema["paths"])
    wanted = {
        "status", "duty", "average", "port-fee", "licence", "screen", "purchases", "ledger/ls", "ledger/show",
        "ledger/timeline", "ledger/diff", "ledger/cite", "ledger/check", "run", "what-if", "play/payoffs",
        "play/deals", "play/nash", "play/optimal", "play/bargain", "hedge", "reliance", "path",
    }  # fmt: skip
    assert {f"/api/v1/{name}" for name in wanted} <= paths
