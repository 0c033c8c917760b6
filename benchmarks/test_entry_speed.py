"""Seconds of whole entries: a file of ten thousand lines as an importer might send it, a hundred of them wrong."""

from __future__ import annotations

import sys
from pathlib import Path

from detente import entry

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))


def test_ten_thousand_lines(benchmark, tmp_path):
    from compliance.entry_file import entry_lines, write_lines  # noqa: PLC0415  (from the folder of tests)

    rows, wrong = entry_lines(10_000)
    write_lines(tmp_path / "lines.csv", rows)
    found = benchmark.pedantic(entry, args=(tmp_path / "lines.csv",), rounds=1)
    assert found.totals["refused"] == len(wrong)
