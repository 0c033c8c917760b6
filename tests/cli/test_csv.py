"""One header for each question, whatever the answer, and every column told on docs/csv.md."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from functools import cache
from pathlib import Path

import pytest

from contract.freeze import commands, run
from detente.queries import QUESTIONS
from detente.queries.question import question_of
from detente.render.columns import columns
from detente.render.spreadsheet import flat, main_rows, sheet

PAGE = Path(__file__).parents[2] / "docs" / "csv.md"
BY_WORDS = {question_of(name).command: name for name in QUESTIONS}
# Beside the corpus: days after the sources, goods that may not come in, answers without rows, other forms of a question.
MORE = [
    "average --to USA --by measure --on 2026-11-30",
    "average --to EU --on 2026-11-30",
    "duty 22 --from CAN --to USA --on 2026-11-30",
    "duty 7326 --from CHN --to USA --on 2026-11-30 --fees",
    "evidence",
    "forecast",
    "ledger cite us.ieepa.fentanyl.cn --known 2025-03-01",
    "ledger diff 2025-11-10 2025-11-10",
    "ledger diff 2026-10-08 2026-11-30",
    "ledger ls --on 2026-11-30",
    "ledger ls --on 2025-11-10 --words xyzzy",
    "ledger show us.s122 --on 2026-11-30",
    "ledger show us.s232.steel --at 2025-11-10T03:00:00Z",
    "ledger show us.s232.steel --on 2026-11-30",
    "ledger timeline",
    "licence chip --from USA --to CHN --on 2026-11-30",
    "port-fee --port-of USA --net-tons 5 --on 2026-11-30",
    "purchases cn.buy.ag17",
    "screen Huawei --on 2026-11-30",
    "unresolved",
    "unresolved --on 2026-10-08",
    "what-if --importer USA --exporter MEX --points 5 --on 2026-07-25 --world wiod2011",
    "what-if --importer EU --exporter CHN --points 5 --answer 5 --horizon short --on 2026-11-30 --world wiod2011",
]
SLOW = [
    "collected --first 2025-04 --last 2025-06",
    "economy VNM --on 2026-11-30",
    "economy Germany --on 2025-10-27 --world wiod2011",
    "chokepoints magnets",
    "hedge RCEP --world wiod2011",
]
# Their answers are no table, or files.
NO_HEADER = {
    "schedule", "play_optimal", "play_nash", "payoffs", "play_bargain", "deals", "play_calendar", "play_rivalry",
    "play_agreements", "path", "sweep", "schema",
}  # fmt: skip
ENTRY = "entry,line,code,origin,value,entered_on\nE1,1,7326.90.86.88,CHN,14172,2025-10-27\n"


def named(line):
    """The question that a command asks."""
    words = tuple(shlex.split(line))
    return BY_WORDS.get(words[:2]) or BY_WORDS[words[:1]]


@cache
def header(line):
    """First line of what a command prints."""
    _, text = run([*shlex.split(line), "--csv", "--quiet"])
    return tuple(next(csv.reader(io.StringIO(text)), ()))


def told(name):
    """Columns of a question on the page."""
    command = " ".join(question_of(name).command)
    body = re.search(
        rf"^## {re.escape(command)}\n(.*?)(?=^## |\Z)", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    return re.findall(r"^\| `([^`]+)` \| [^|]+ \| [^|]+ \|$", body[1], re.MULTILINE)


def checked(line):
    """A header: each column is told, none is missing, in the page's order."""
    name = named(line)
    found, known = header(line), columns()[name]
    assert [key for key in found if not any(item.means(key) for item in known)] == []
    assert [item.name for item in known if not any(item.means(key) for key in found)] == []
    if not any(item.of_many for item in known):
        assert list(found) == told(name)


@pytest.mark.parametrize("line", [*commands(slow=False), *MORE])
def test_a_quick_command_prints_the_header_of_the_page(line):
    checked(line)


@pytest.mark.slow
@pytest.mark.parametrize("line", SLOW)
def test_a_slow_command_prints_the_header_of_the_page(line):
    checked(line)


def test_an_entry_prints_the_header_of_the_page(tmp_path):
    file = tmp_path / "entry.csv"
    file.write_text(ENTRY, encoding="utf-8")
    checked(f"entry {file} --on 2025-10-27")


def test_findings_of_a_ledger_have_the_columns_of_the_page():
    row = {"where": "a.yaml:1", "measure": "x", "finding": "odd", "repair": "mend it"}
    text = sheet(main_rows({"result": {"rows": [row]}}), "\n", columns()["check_ledger"])
    assert text.splitlines()[0].split(",") == told("check_ledger")


def test_the_page_is_what_the_columns_say():
    """Made by scripts/csv_page.py: every question with columns, each with its unit and meaning."""
    for name, known in columns().items():
        assert told(name) == [item.name for item in known]
        assert all(item.unit and item.meaning for item in known)
        assert len({item.name for item in known}) == len(known)
    assert set(QUESTIONS) - set(columns()) == NO_HEADER


def test_no_value_of_an_answer_is_lost():
    """Every number of the rows stands in the table, those inside a cell with their names."""
    line = "ledger show us.port.annex1 --on 2026-04-20"
    document = json.loads(run([*shlex.split(line), "--json", "--quiet"])[1])
    (row,) = main_rows(document)
    _, text = run([*shlex.split(line), "--csv", "--quiet"])
    (printed,) = csv.DictReader(io.StringIO(text))
    inside = {key: value for key, value in flat(row) if key.startswith("details.") and value is not None}
    assert len(inside) > 3
    assert printed["details"].count(": ") >= len(inside)
    assert "round_up_tons: false" in printed["details"]


def test_tariffs_that_sides_choose_are_a_row_each():
    by = {"C10T12": {"tariff": 0.2, "before": 0.1}, "C29": {"tariff": 0.3, "before": 0.02}}
    own = {"mean": 0.25, "mean_before": 0.05, "by": by, "at_bound": []}
    rows = main_rows({"result": {"under": "truce", "tariffs": {"USA": own, "CHN": own}, "payoffs": {}}})
    assert [(row["player"], row["instrument"], row["tariff"], row["under"]) for row in rows] == [
        (player, name, by[name]["tariff"], "truce") for player in ("USA", "CHN") for name in by
    ]
