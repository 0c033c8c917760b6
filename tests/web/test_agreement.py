"""The same cases by command, by Python and over HTTP agree to the last digit; so do the copied commands and lines."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex

import pytest

from detente.cli import main
from detente.queries import QUESTIONS
from detente.queries.address import asked_of, model_of
from detente.queries.question import question_of
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
BY_ADDRESS = {question_of(name).address: question_of(name) for name in QUESTIONS}


def ids(case):
    return case[0] + " " + " ".join(map(str, case[1].values()))


def by_command(command):
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        main(shlex.split(command)[1:])
    return out.getvalue()


def question(case):
    kind = BY_ADDRESS["/" + case[0]]
    return asked_of(kind, model_of(kind)(**case[1]))


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_http_and_command_print_the_same_document(client, case):
    answer = client.get(f"/api/v1/{case[0]}", params=case[1])
    assert answer.status_code == 200, answer.text
    assert answer.text == by_command(answer.json()["stamp"]["command"])


@pytest.mark.parametrize("case", CASES, ids=ids)
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
    {"scenario": "truce", "set": ["us.ieepa.reciprocal.baseline=0.2"], "closure": "saving"},
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


PLAYED = [name for name in QUESTIONS if "setting" in question_of(name).takes]


def test_games_and_deals_are_played_over_http():
    assert len(PLAYED) == 14


@pytest.mark.parametrize("name", QUESTIONS)
def test_copied_lines_are_the_same_from_the_page_and_the_command(name):
    """What the page offers to copy is what `--reproduce` prints, and it calls the function of that name."""
    needed = {
        "entry": {"frame": "lines.csv"},
        "duty": {"code": "72", "origin": "CHN", "destination": "USA"},
        "average_tariff": {"importer": "USA"},
        "search": {"words": "toys"},
        "economy": {"economy": "VNM"},
        "what_if": {"importer": "USA", "exporter": "VNM", "points": 100.0},
        "port_fee": {"port_of": "USA", "net_tons": 9000.0},
        "licence": {"origin": "CHN", "destination": "DEU"},
        "screen": {"name": "A bakery"},
        "show_measure": {"measure": "us.s122"},
        "cite": {"measure": "us.s122"},
        "diff": {"first": "2025-11-09", "second": "2025-11-10"},
        "sweep": {"design": "kuala-lumpur-uncertainty"},
    }
    asked = question_of(name).ask(**needed.get(name, {}))
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        code = main([*asked.words(), "--reproduce"])
    assert code == 0
    assert out.getvalue().strip() == asked.python()
    assert asked.python().splitlines()[-1].strip().startswith(f"dt.{name}(")
