"""What every command and every page prints: numbers in full, no Python, no name of a key."""

from __future__ import annotations

import json
import re

import pytest
from fastapi.testclient import TestClient

from cli.calls import COMMANDS
from detente.cli import main, printing
from surfaces.reading import faults, keys_of, visible
from web.servers import BASE, plain_app, solved_app

QUICK = {
    **{name: words for name, (words, _) in COMMANDS.items() if name != "run"},
    "duty, open end": [
        "duty",
        "9102.11.25",
        "--from",
        "CHN",
        "--to",
        "USA",
        "--on",
        "2025-12-05",
        "--value",
        "10000",
    ],
    "duty, chapter": ["duty", "22", "--from", "CAN", "--to", "USA", "--on", "2026-10-01"],
    "duty, not covered": ["duty", "7326.90", "--from", "USA", "--to", "DEU", "--on", "2026-10-01"],
    "port fee, scheduled": [
        "port-fee",
        "--port-of",
        "USA",
        "--net-tons",
        "85123",
        "--operator",
        "CHN",
        "--on",
        "2026-10-01",
    ],
    "port fee, China": [
        "port-fee",
        "--port-of",
        "CHN",
        "--net-tons",
        "85123.5",
        "--us-share",
        "0.3",
        "--on",
        "2025-10-20",
    ],
    "average by partner": ["average", "--to", "USA", "--by", "partner", "--on", "2026-10-01"],
    "average over days": [
        "average",
        "--to",
        "USA",
        "--from",
        "CHN",
        "--on",
        "2025-11-09",
        "--until",
        "2025-11-11",
    ],
    "licence, chip": [
        "licence",
        "chip",
        "--from",
        "USA",
        "--to",
        "CHN",
        "--fact",
        "tpp=2400.5",
        "--on",
        "2025-10-27",
    ],
    "show, money per unit": ["ledger", "show", "us.port.annex1", "--on", "2026-04-20"],
    "show, quantity": ["ledger", "show", "cn.buy.soy2026_28", "--on", "2026-06-30"],
    "reliance": ["reliance", "USA", "CHN", "--world", "wiod2011"],
}
WRONG = {
    "value": ["duty", "7326.90", "--from", "CHN", "--to", "USA", "--value", "-2500000000"],
    "share": ["duty", "7326.90", "--from", "CHN", "--to", "USA", "--fact", "us_content=12345678.5"],
    "quantity": ["duty", "0402.10", "--from", "CHN", "--to", "USA", "--quantity", "-5 kg"],
    "tons": ["port-fee", "--port-of", "USA", "--net-tons", "-85123.25"],
    "rate": ["duty", "7326.90", "--from", "CHN", "--to", "USA", "--set", "us.ieepa.fentanyl.cn=123456.5"],
    "us share": ["port-fee", "--port-of", "CHN", "--net-tons", "9000", "--us-share", "1.7"],
    "tpp": ["licence", "chip", "--from", "USA", "--to", "CHN", "--fact", "tpp=-4800"],
    "iterations": [
        "run",
        "kuala-lumpur",
        "--world",
        "wiod2011",
        "--scenario",
        "no-deal",
        "--max-iterations",
        "1",
    ],
    "draws": ["sweep", "kuala-lumpur-uncertainty", "--draws", "0"],
}
PRODUCT = "/product?code="
PORT = "/parties/port-fee?port_of="
PAGES = (
    "/",
    "/?on=2025-10-27",
    "/?a=USA&b=VNM",
    "/product?words=steel+screws",
    PRODUCT + "9102.11.25&from=CHN&to=USA&value=10000",
    PRODUCT + "72&from=CHN&to=USA&on=2025-12-05",
    PRODUCT + "7326&from=USA&to=DEU",
    PRODUCT + "7326.90.86&from=CHN&to=USA&value=-5",
    PORT + "USA&net_tons=85123&operator=CHN",
    PORT + "USA&net_tons=85000&containers=9000&built=CHN",
    PORT + "CHN&net_tons=85123.5&us_share=0.3&on=2025-10-20",
    "/parties/licence?kind=chip&from=USA&to=CHN&tpp=5000",
    "/parties/screen?name=Huawei",
    "/parties/purchases?id=cn.buy.soy2026_28",
    "/ledger",
    "/ledger/changes?first=2025-11-09&second=2025-11-11",
    "/ledger/measure?id=us.port.annex1",
    "/ledger/measure?id=cn.buy.soy2026_28",
    "/ledger/assumptions",
    "/about",
)
SOLVED = ("/compare", "/compare?scenario=truce", "/", "/strategy")
# Quantities bought have one decimal, as averages on the first page have; assumptions quote their sources.
ROUNDED = ("/parties/purchases", "/ledger/assumptions")
# A whole number that a person would write without its point.
POINT_NOUGHT = re.compile(r"(?<![\w.])\d[\d,]*\.0(?![\d.])")
# What a reader meets by that name: options and facts he gives, names in the ledger.
NAMES = re.compile(r"^(\?|assumed:|  )")


def said(words, capsys, monkeypatch):
    """What a command prints at 80 columns, and its document."""
    monkeypatch.setattr(printing, "PIPE_WIDTH", 80)
    capsys.readouterr()
    main([*words, "--quiet"])
    text = capsys.readouterr().out
    main([*words, "--csv", "--quiet"])
    table = capsys.readouterr().out
    main([*words, "--json", "--quiet"])
    return text, table, json.loads(capsys.readouterr().out)


def check(words, capsys, monkeypatch):
    """A command's text and table."""
    text, table, document = said(words, capsys, monkeypatch)
    assert not faults(text)
    assert not [fault for fault in faults(table) if "figures" not in fault]
    plain = " ".join(line for line in text.splitlines() if not NAMES.match(line))
    assert not {
        key
        for key in keys_of(document["result"])
        if re.search(rf"(?<![\w.]){re.escape(key)}(?![\w.=])", plain)
    }


@pytest.mark.parametrize("name", QUICK)
def test_what_a_command_prints(name, capsys, monkeypatch):
    check(QUICK[name], capsys, monkeypatch)


@pytest.mark.parametrize("name", WRONG)
def test_what_an_error_prints(name, capsys):
    assert main([*WRONG[name], "--quiet"]) != 0
    said = capsys.readouterr()
    assert said.err.strip()
    assert not faults(said.err)
    assert not POINT_NOUGHT.search(said.err)


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_prints(page):
    reply = TestClient(plain_app(), base_url=BASE).get(page)
    assert reply.status_code < 500
    assert not faults(visible(reply.text))
    assert not re.search(r"<td>-?\d+\.0[,<]", reply.text)
    if not page.startswith(ROUNDED) and page != "/":
        assert not POINT_NOUGHT.findall(visible(reply.text))


@pytest.mark.slow
@pytest.mark.parametrize("page", SOLVED)
def test_what_a_page_of_solved_scenarios_prints(page):
    reply = TestClient(solved_app(), base_url=BASE).get(page)
    assert reply.status_code == 200
    assert not faults(visible(reply.text))
