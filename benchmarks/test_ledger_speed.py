"""Seconds to open the ledger, to ask it for a day, and to show the board."""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import files
from pathlib import Path

from detente.asof import AsOf
from detente.io import yaml_file as reading
from detente.ledger import open_ledger, read_ledger, status

FOLDER = Path(str(files("detente") / "data" / "ledger"))


def test_open_the_ledger(benchmark):
    ledger = benchmark(lambda: read_ledger([(FOLDER, False)]))
    assert ledger.measures


def test_open_the_ledger_as_yaml(benchmark, monkeypatch):
    monkeypatch.setattr(reading, "compiled", dict)
    ledger = benchmark.pedantic(lambda: read_ledger([(FOLDER, False)]), rounds=3)
    assert ledger.measures


def test_one_day(benchmark):
    ledger = open_ledger()
    book = benchmark(lambda: ledger.on("2025-11-10"))
    assert book.positions


def test_the_board(benchmark):
    open_ledger()
    assert benchmark(lambda: status(open_ledger(), asof=AsOf.of("2025-11-10"))).board


def test_the_board_as_a_command(benchmark):
    command = [sys.executable, "-m", "detente", "status", "--on", "2025-10-27", "--json"]
    done = benchmark.pedantic(lambda: subprocess.run(command, capture_output=True, check=True), rounds=3)
    assert done.stdout
