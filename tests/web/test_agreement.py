"""The same cases by command, by Python and over HTTP agree to the last digit; so do the copied commands and lines."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex

import pytest

from detente.cli import main
from detente.web import questions as q
from detente.web.state import text_of

CASES = [
    ("status", {}),
    ("status", {"on": "2025-10-27", "known": "2025-10-27"}),
    ("status", {"on": "2026-11-10", "ends": "reported"}),
    ("duty", {"code": "7326.90.86.88", "from": "CHN", "to": "USA", "on": "2026-09-18", "value": "14172"}),
    ("duty", {"code": "8517.13.00", "from": "China", "to": "USA", "on": "2025-10-27"}),
    ("duty", {"code": "1201.90.00", "from": "USA", "to": "CHN", "on": "2025-10-27"}),
    (
        "duty",
        {"code": "8703.23.01", "from": "JPN", "to": "USA", "fact": ["us_content=0.25"], "on": "2025-12-01"},
    ),
    ("duty", {"code": "0901.11", "from": "BRA", "to": "USA", "on": "2025-10-27", "view": "legally-due"}),
    (
        "duty",
        {"code": "7326.90.86", "from": "CHN", "to": "USA", "set": ["us.s232.steel=0.25"], "fees": "true"},
    ),
    ("average", {"to": "USA", "from": "CHN", "on": "2025-10-27", "by": "measure"}),
    ("average", {"to": "USA", "on": "2025-11-09", "until": "2025-11-12"}),
    (
        "port-fee",
        {"port_of": "USA", "net_tons": "85000", "containers": "9000", "built": "CHN", "on": "2025-10-20"},
    ),
    (
        "port-fee",
        {"port_of": "CHN", "net_tons": "50000", "us_share": "0.3", "on": "2025-10-20", "fact": ["flag=USA"]},
    ),
    (
        "licence",
        {"kind": "rare-earth", "from": "JPN", "to": "USA", "on": "2025-12-15", "fact": ["elements=Dy"]},
    ),
    ("licence", {"kind": "chip", "from": "USA", "to": "CHN", "fact": ["tpp=5000"]}),
    ("purchases", {"id": "cn.buy.soy2026_28", "on": "2026-06-30"}),
    ("ledger/ls", {"on": "2025-10-27"}),
    ("ledger/show", {"id": "us.ieepa.fentanyl.cn", "on": "2025-11-10"}),
    ("ledger/timeline", {"id": "us.ieepa.reciprocal.cn"}),
    ("ledger/diff", {"first": "2025-11-09", "second": "2025-11-11"}),
    ("ledger/cite", {"id": "us.ieepa.fentanyl.cn", "first": "2025-02-01", "second": "2025-12-31"}),
    ("ledger/check", {}),
]
QUESTIONS = {
    kind.address: kind
    for kind in (
        q.Status, q.Duty, q.Average, q.PortFee, q.Licence, q.Screen, q.Purchases, q.LedgerList, q.LedgerShow,
        q.Timeline, q.Diff, q.Cite, q.LedgerCheck,
    )
}  # fmt: skip


def ids(case):
    return case[0] + " " + " ".join(map(str, case[1].values()))


def by_command(command):
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        main(shlex.split(command)[1:])
    return out.getvalue()


def question(case):
    fields = {key: value[0] if isinstance(value, tuple) else value for key, value in case[1].items()}
    return QUESTIONS["/" + case[0]](**fields)


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_http_and_command_print_the_same_document(client, case):
    answer = client.get(f"/api/v1/{case[0]}", params=case[1])
    assert answer.status_code == 200, answer.text
    assert answer.text == by_command(answer.json()["stamp"]["command"])


@pytest.mark.parametrize("case", [case for case in CASES if not case[0].startswith("ledger")], ids=ids)
def test_python_gives_the_same_numbers(client, case):
    lines = question(case).python().splitlines()
    space: dict = {}
    exec("\n".join(lines[:-1]), space)  # noqa: S102  (the lines a reader copies)
    found = eval(lines[-1], space)  # noqa: S307
    result = (
        found.to_dict() if hasattr(found, "to_dict") else {k: v for k, v in found.items() if k != "warnings"}
    )
    over_http = client.get(f"/api/v1/{case[0]}", params=case[1]).json()["result"]
    assert json.loads(text_of(result)) == over_http


@pytest.mark.parametrize("case", [case for case in CASES if case[0].startswith("ledger")], ids=ids)
def test_python_of_the_ledger_gives_the_same_rows(client, case):
    lines = question(case).python().splitlines()
    space: dict = {}
    exec("\n".join(lines[:-1]), space)  # noqa: S102
    found = eval(lines[-1], space)  # noqa: S307
    over_http = client.get(f"/api/v1/{case[0]}", params=case[1]).json()["result"]
    if case[0] == "ledger/check":
        assert found == []
        assert over_http["rows"][0]["findings"] == 0
    else:
        rows = over_http if case[0] == "ledger/show" else over_http["rows"]
        assert json.loads(text_of(found)) == rows


def test_screening_agrees_and_keeps_names_out_of_addresses(client):
    owners = "owner,owned,share\nHuawei Technologies Co. Ltd.,Middle Ltd,0.6\nMiddle Ltd,The Firm,0.6\n"
    page = client.post("/parties/screen", data={"name": "The Firm", "on": "2025-10-15", "owners": owners})
    assert page.status_code == 200
    assert "Middle" in page.text
    assert all(
        "Middle" not in link and "The+Firm" not in link
        for link in re.findall(r'(?:href|src)="([^"]*)"', page.text)
    )
    document = client.get("/api/v1/screen", params={"name": "The Firm", "on": "2025-10-15"}).json()
    assert document["result"]["status"] == "review"


def test_csv_of_a_document_is_its_main_table(client):
    params = {"code": "7326.90.86.88", "from": "CHN", "to": "USA", "on": "2026-09-18"}
    table = client.get("/api/v1/duty", params=params, headers={"accept": "text/csv"})
    lines = client.get("/api/v1/duty", params=params).json()["result"]["lines"]
    assert table.text.splitlines()[0].split(",")[0] == "measure"
    assert len(table.text.strip().splitlines()) == 1 + len(lines)


MOVED = [
    {"scenario": "truce", "set": ["us.ieepa.reciprocal.cn=0.3"], "assume": ["ree_volume=0.5"]},
    {"scenario": "truce", "quantity": ["cn.buy.soy2026_28=37"]},
    {"scenario": "truce", "set": ["us.ieepa.reciprocal.baseline=0.2"], "closure": "zero"},
]


@pytest.mark.slow
@pytest.mark.parametrize("params", MOVED, ids=" ".join)
def test_a_moved_scenario_agrees_with_the_command_to_the_printed_digit(solved, tmp_path, monkeypatch, params):
    # The page starts from a nearby equilibrium, the command from none: both stop at the model's own tolerance.
    over_http = solved.get("/api/v1/what-if", params=params).json()
    study = solved.get("/api/v1/what-if/study.yaml", params=params)
    (tmp_path / "what-if.yaml").write_text(study.text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    by_hand = json.loads(by_command(over_http["stamp"]["command"]))
    for key in ("ledger_hash", "world_hash", "scenario_hash"):
        assert by_hand["stamp"][key] == over_http["stamp"][key]
    one, other = (doc["result"]["scenarios"]["truce"] for doc in (over_http, by_hand))
    assert one["tariffs"] == other["tariffs"]
    for label, row in one["economies"].items():
        for key, value in row.items():
            assert round(value, 4) == pytest.approx(round(other["economies"][label][key], 4), abs=1e-4)


PLAYED = (q.Payoffs, q.Deals, q.Nash, q.Optimal, q.Bargain, q.Hedge, q.Reliance, q.Path)


@pytest.mark.parametrize("kind", PLAYED, ids=lambda kind: kind.address)
def test_strategy_lines_are_python_of_this_package(kind):
    lines = kind().python().splitlines()
    space: dict = {}
    exec("\n".join(line for line in lines if line.startswith("from")), space)  # noqa: S102
    compile("\n".join(lines), "copied", "exec")
    assert lines[-1].partition("(")[0] in space


@pytest.mark.parametrize("kind", PLAYED, ids=lambda kind: kind.address)
def test_strategy_commands_are_commands_of_this_package(kind):
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        code = main([*kind().words(), "--reproduce"])
    assert code == 0
    assert kind().call().partition("(")[0] in out.getvalue()
