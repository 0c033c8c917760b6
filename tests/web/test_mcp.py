"""The questions as tools: one definition, the documents of the command line, refusals in five parts."""

from __future__ import annotations

import contextlib
import json
import shlex
import subprocess
import sys

import anyio
import jsonschema
import pytest
from mcp.client import Client

from detente.cli import main
from detente.queries import QUESTIONS
from detente.queries.question import question_of
from detente.web import Settings
from detente.web.mcp.server import make_server
from detente.web.mcp.tools import questions
from detente.web.state import State

ASKED = {
    "duty": {"code": "9503.00.00.73", "from": "CHN", "to": "USA", "on": "2025-10-27"},
    "port-fee": {"port_of": "USA", "net_tons": 85000, "containers": 9000, "built": "CHN", "on": "2025-10-20"},
    "ledger-show": {"id": "us.ieepa.fentanyl.cn", "on": "2025-11-10"},
    "status": {"on": "2025-10-27"},
}
LINES = {
    "duty": "Duty on 9503.00.00.73 (",
    "status": "The board on 27 October 2025: ",
}


@pytest.fixture(scope="module")
def state():
    """The memory of a server, closed at the end."""
    held = State(Settings(prepare=False))
    yield held
    held.close()


def session(state, *calls):
    """What a client hears: the tools, and the answer to each call."""

    async def heard():
        async with Client(make_server(state), mode="legacy") as client:
            return await client.list_tools(), [await client.call_tool(name, given) for name, given in calls]

    return anyio.run(heard)


def printed(command, capsys):
    """The document that a command prints."""
    with contextlib.suppress(SystemExit):
        main(shlex.split(command)[1:])
    return json.loads(capsys.readouterr().out)


def test_every_question_of_an_address_is_a_tool(state):
    listed, _ = session(state)
    told = {tool.name: tool for tool in listed.tools}
    asked = [question_of(name) for name in QUESTIONS if question_of(name).address]
    assert {name: tool.description for name, tool in told.items()} == {
        "-".join(each.command): each.help for each in asked
    }
    for name, tool in told.items():
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        keys = {key for item in questions()[name].offered for key in item.word.apart or (item.key,)}
        assert set(tool.input_schema["properties"]) == keys
        assert all(each["description"] for each in tool.input_schema["properties"].values()), name
        assert tool.annotations.read_only_hint


@pytest.mark.parametrize("name", ASKED)
def test_a_document_is_that_of_the_command(name, state, capsys):
    _, (answer,) = session(state, (name, ASKED[name]))
    assert not answer.is_error
    line, text = (item.text for item in answer.content)
    document = json.loads(text)
    assert printed(document["stamp"]["command"], capsys) == document
    assert line.startswith(LINES.get(name, ""))
    assert "\n" not in line


def test_the_line_says_the_rate_of_the_document(state):
    _, (answer,) = session(state, ("duty", ASKED["duty"]))
    line, text = (item.text for item in answer.content)
    found = json.loads(text)["result"]
    assert f"{100 * found['rate']:g} %" in line.rpartition(": ")[2]


@pytest.mark.parametrize(
    ("name", "given", "where"),
    [
        ("duty", {"code": "99.99", "from": "CHN", "to": "USA", "on": "2025-10-27"}, "code"),
        ("duty", {"code": "22", "from": "CHN", "to": "USA", "colour": "red"}, "colour"),
        ("duty", {"code": "22", "from": "Atlantis", "to": "USA", "on": "2025-10-27"}, "from"),
        ("status", {"on": "1801-01-01"}, "date"),
        ("search", {"words": "x" * 200}, "words"),
        ("run", {"study": "/etc/passwd"}, "study"),
        ("ducks", {}, "name"),
    ],
)
def test_a_refusal_has_its_parts(name, given, where, state):
    _, (answer,) = session(state, (name, given))
    assert answer.is_error
    told = answer.structured_content["error"]
    assert told["where"] == where
    assert all(told[part] for part in ("error", "what", "found", "allowed", "repair"))
    text = answer.content[0].text
    assert all(told[part] in text for part in ("what", "where", "found", "allowed", "repair"))


def test_a_missing_extra_is_said(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "mcp", None)
    monkeypatch.delitem(sys.modules, "detente.web.mcp.server", raising=False)
    monkeypatch.delitem(sys.modules, "detente.web.mcp.tools", raising=False)
    monkeypatch.setitem(sys.modules, "mcp_types", None)
    assert main(["mcp"]) == 1
    assert 'repair  pip install "detente[mcp]"' in capsys.readouterr().err


def test_the_command_speaks_the_protocol_and_nothing_else_on_standard_output():
    hello = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    }
    done = subprocess.run(
        [sys.executable, "-m", "detente", "mcp"],
        input=json.dumps(hello) + "\n",
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["result"]["serverInfo"]["name"] == "detente"
