"""Commands of every kind, and how to run one in this process."""

from __future__ import annotations

import json
from pathlib import Path

from detente.cli import main

FIXTURES = Path(__file__).parents[1]
# One call of each command: words, and the keys its result must have.
COMMANDS = {
    "status": (["status", "--on", "2025-10-27"], {"on", "known_on", "board"}),
    "duty": (
        [
            "duty",
            "7326.90.86.88",
            "--from",
            "China",
            "--to",
            "United States",
            "--on",
            "2026-09-18",
            "--value",
            "14172",
        ],
        {"rate", "rate_min", "rate_max", "amount", "currency", "covered", "lines", "questions"},
    ),
    "average": (
        ["average", "--to", "USA", "--from", "CHN", "--on", "2025-11-10"],
        {"rate", "by", "weights", "weights_year", "view"},
    ),
    "ledger ls": (["ledger", "ls", "--on", "2025-11-10"], {"rows"}),
    "ledger show": (
        ["ledger", "show", "us.ieepa.fentanyl.cn", "--on", "2025-11-10"],
        {
            "id",
            "title",
            "imposer",
            "targets",
            "instrument",
            "state",
            "rate",
            "unit",
            "from",
            "to",
            "suspended_until_legal",
            "suspended_until_reported",
            "timeline",
            "stacking",
            "sources",
            "confidence",
            "unverified",
        },
    ),
    "ledger timeline": (["ledger", "timeline", "us.port.annex1"], {"rows"}),
    "ledger diff": (["ledger", "diff", "2025-11-09", "2025-11-10"], {"rows"}),
    "ledger check": (["ledger", "check"], {"rows"}),
    "ledger cite": (["ledger", "cite", "us.s122"], {"rows"}),
    "port-fee": (
        [
            "port-fee",
            "--port-of",
            "USA",
            "--net-tons",
            "85000",
            "--containers",
            "9000",
            "--built",
            "CHN",
            "--on",
            "2025-10-20",
        ],
        {"amount", "amount_min", "amount_max", "currency", "rule", "suspended", "lines", "questions"},
    ),
    "licence": (
        [
            "licence",
            "rare-earth",
            "--from",
            "CHN",
            "--to",
            "DEU",
            "--fact",
            "elements=Dy",
            "--on",
            "2025-10-27",
        ],
        {"required", "decision", "test", "in_force", "path", "questions"},
    ),
    "screen": (
        ["screen", "Huawei Technologies", "--on", "2025-10-15"],
        {"status", "matches", "path", "list_date"},
    ),
    "purchases": (
        ["purchases", "cn.buy.soy2026_28", "--on", "2026-06-30"],
        {"target", "done", "due_to_date", "shortfall", "unit", "by_year"},
    ),
    "run": (
        ["run", "kuala-lumpur", "--world", "wiod2011", "--scenario", "no-deal"],
        {"baseline", "world", "worth", "scenarios"},
    ),
}
# Exit codes other than 0: a screen against the sample list clears nobody.
CODES = {"screen": 4}


def answer(words, capsys):
    """Exit code, document and stderr of a command with --json."""
    code = main([*words, "--json"])
    said = capsys.readouterr()
    return code, json.loads(said.out), said.err


def result(words, capsys):
    """Result of a command that succeeds."""
    code, found, _ = answer(words, capsys)
    assert code == 0
    return found["result"]


def without_clock(value):
    """A result without the seconds a solve took."""
    if isinstance(value, dict):
        return {key: without_clock(item) for key, item in value.items() if key != "seconds"}
    return [without_clock(item) for item in value] if isinstance(value, list) else value
