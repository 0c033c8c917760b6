"""Every command: one JSON document, progress on stderr only, CSV, and Python lines that give the same result."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex

import pytest

import detente
from cli.calls import CODES, COMMANDS, answer, without_clock
from detente.cli import main
from detente.cli.printing import console
from detente.queries.python_text import Code, arguments
from detente.queries.question import question_of

DOCUMENT = {"stamp", "result", "assumptions", "warnings"}


@pytest.mark.parametrize("name", COMMANDS)
def test_one_document_with_the_keys_of_the_interface(name, capsys):
    words, keys = COMMANDS[name]
    code, found, _ = answer(words, capsys)
    assert code == CODES.get(name, 0)
    assert set(found) == DOCUMENT
    assert set(found["result"]) >= keys
    assert found["stamp"]["command"] == shlex.join(["detente", *words, "--json"])
    assert found["stamp"]["ledger_hash"]
    assert found["stamp"]["detente"]
    assert isinstance(found["assumptions"], list)
    assert all(isinstance(text, str) for text in found["warnings"])


@pytest.mark.parametrize("name", COMMANDS)
def test_the_same_words_give_the_same_document(name, capsys):
    words, _ = COMMANDS[name]
    first, second = (answer(words, capsys)[1] for _ in range(2))
    assert without_clock(first) == without_clock(second)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_python_lines_give_the_same_result(name, capsys):
    words, _ = COMMANDS[name]
    _, found, _ = answer(words, capsys)
    again = _plain(_executed(words, capsys))
    if name == "ledger check" and not again["rows"]:
        # Without findings the command says how much it looked at.
        (counts,) = found["result"]["rows"]
        assert counts["findings"] == 0
        assert counts["measures"] > 50
    elif "rows" in again:
        # The document of a listing says its day as well.
        assert without_clock(again["rows"]) == without_clock(found["result"]["rows"])
        assert found["result"]["on"]
    else:
        assert without_clock(again) == without_clock(found["result"])


def _executed(words, capsys):
    """Value of the last of the lines that --reproduce prints."""
    assert main([*words, "--reproduce"]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert lines[0] == "import detente as dt"
    names = {}
    exec("\n".join(lines), names)  # noqa: S102  (the lines are the product's own)
    return eval(last, names)  # noqa: S307


def _plain(value):
    """A Python result as the JSON document holds it."""
    if isinstance(value, list):
        value = {"rows": value}
    elif hasattr(value, "document"):
        value = value.document["result"]
    elif hasattr(value, "to_dict"):
        value = value.to_dict()
    value = {key: item for key, item in value.items() if key != "warnings"} if "board" in value else value
    return json.loads(json.dumps(value, default=str))


@pytest.mark.parametrize(
    "words",
    [
        ["status", "--on", "2025-10-27", "--suspend", "us.port.annex1"],
        ["ledger", "show", "us.port.annex1", "--on", "2026-12-01", "--ends", "reported"],
        ["ledger", "show", "us.ieepa.fentanyl.cn", "--on", "2025-11-10", "--known", "2025-10-27"],
        ["ledger", "show", "us.ieepa.fentanyl.cn", "--at", "2025-11-10T00:00:30-05:00"],
        [
            "average",
            "--to",
            "USA",
            "--on",
            "2025-11-10",
            "--set",
            "us.ieepa.fentanyl.cn=0.05",
            "--by",
            "sector",
        ],
        ["average", "--to", "USA", "--from", "CHN", "--on", "2026-03-01", "--view", "legally-due"],
        [
            "duty",
            "8541.42.00",
            "--from",
            "CHN",
            "--to",
            "USA",
            "--on",
            "2025-10-27",
            "--fact",
            "use_claimed=no",
        ],
        ["port-fee", "--port-of", "CHN", "--net-tons", "60000.2", "--us-share", "0.26", "--on", "2025-10-14"],
    ],
    ids=lambda words: " ".join(words[:3]),
)
def test_the_python_lines_keep_edits_readings_and_instants(words, capsys):
    _, found, _ = answer(words, capsys)
    assert _plain(_executed(words, capsys)) == found["result"]


def test_lines_name_overlays_and_files(tmp_path, capsys):
    owners = tmp_path / "owners.csv"
    owners.write_text("owner,owned,share,from,to\nHuawei Technologies Co. Ltd.,A,0.6,,\n", encoding="utf-8")
    words = ["screen", "A", "--owners", str(owners), "--on", "2025-10-15"]
    _, found, _ = answer(words, capsys)
    assert _plain(_executed(words, capsys)) == found["result"]
    main(["ledger", "ls", "--ledger", "one.yaml", "--ledger", "two", "--reproduce"])
    assert "ledger = dt.open_ledger('one.yaml', 'two')" in capsys.readouterr().out


def test_arguments_leave_out_what_a_function_assumes_anyway():
    given = {"ends": "reported", "until": None, "facts": {}}
    assert arguments((Code("ledger"), None), given) == "ledger, ends='reported'"
    asked = question_of("duty").ask(
        code="72", origin="CHN", destination="USA", on="2025-10-27", view="statutory"
    )
    assert (
        asked.python().splitlines()[-1] == "dt.duty('72', origin='CHN', destination='USA', on='2025-10-27')"
    )


def test_progress_is_one_line_of_a_terminal_and_nothing_of_a_pipe(capsys, monkeypatch):
    words = ["run", "kuala-lumpur", "--world", "wiod2011", "--scenario", "no-deal"]
    _, _, said = answer(words, capsys)
    assert said == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    _, _, said = answer(words, capsys)
    assert "\n" not in said
    steps = said.split("\r")[1:]
    assert any("no-deal" in step for step in steps)
    assert steps[-1] == "\x1b[K"
    _, _, quiet = answer([*words, "--quiet"], capsys)
    assert quiet == ""


def test_a_calendar_has_the_days_to_come_and_past_ones_on_request(tmp_path, capsys):
    words = ["ledger", "timeline", "us.port.annex1", "--on", "2026-10-01", "--ics"]
    found = {}
    for name, more in (("to come", []), ("all", ["--past"])):
        path = tmp_path / f"{name}.ics"
        assert answer([*words, str(path), *more], capsys)[0] == 0
        found[name] = set(re.findall(r"DTSTART;VALUE=DATE:(\d{8})", path.read_text(encoding="utf-8")))
    assert found["to come"] == {day for day in found["all"] if day >= "20261001"}
    assert "20270110" in found["to come"]
    assert min(found["all"]) < "20251015"


@pytest.mark.parametrize("view", [["--full"], ["--show", "bands"]])
@pytest.mark.parametrize("form", ["--json", "--csv"])
def test_a_choice_for_a_reader_beside_a_form_for_machines_is_refused(view, form, capsys):
    assert main(["run", "kuala-lumpur", *view, form]) == 1
    said = capsys.readouterr().err
    assert f"where   {view[0]}" in said
    assert f"found   {form}" in said


@pytest.mark.parametrize("name", COMMANDS)
def test_csv_is_a_table_with_one_header(name, capsys):
    words, _ = COMMANDS[name]
    assert main([*words, "--csv", "--quiet"]) == CODES.get(name, 0)
    header, *rows = csv.reader(io.StringIO(capsys.readouterr().out))
    assert len(set(header)) == len(header) > 0
    assert all(len(row) == len(header) for row in rows)


def test_the_csv_of_a_run_is_its_comparison(capsys):
    words, _ = COMMANDS["run"]
    _, found, _ = answer(words, capsys)
    assert main([*words, "--csv", "--quiet"]) == 0
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(capsys.readouterr().out))}
    for name, item in found["result"]["scenarios"].items():
        assert float(rows[name]["tariff USA<-CHN"]) == item["tariffs"]["USA<-CHN"]
        assert float(rows[name]["real_income_pct CHN"]) == item["economies"]["CHN"]["real_income_pct"]


@pytest.mark.parametrize("name", COMMANDS)
def test_what_a_reader_sees_has_no_escape_codes_in_a_pipe(name, capsys, monkeypatch):
    words, _ = COMMANDS[name]
    assert main([*words, "--quiet"]) == CODES.get(name, 0)
    text = capsys.readouterr().out
    assert text.strip()
    assert not re.search(r"\x1b\[", text)


def test_no_color_is_respected(monkeypatch, capsys):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    console().print("[bold red]x[/bold red]")
    plain = capsys.readouterr().out
    assert "\x1b[31m" not in plain
    assert "x" in plain


def test_help_lists_every_command_and_says_what_it_does(capsys):
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    for name in {name.split()[0] for name in COMMANDS} | {"doctor"}:
        assert re.search(rf"^\W*{name}\s+\w", text, re.MULTILINE), name


def test_the_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == detente.__version__


@pytest.mark.slow
def test_the_installation_checks_itself(capsys):
    code, found, _ = answer(["doctor"], capsys)
    assert code == 0
    assert all(row["ok"] for row in found["result"]["checks"])
    assert {"ledger", "world icio2022", "world wiod2011"} <= {
        row["check"] for row in found["result"]["checks"]
    }
    assert _plain(_executed(["doctor"], capsys))["rows"] == found["result"]["checks"]


def test_the_csv_of_a_split_average_is_its_parts(capsys):
    words = ["average", "--to", "USA", "--from", "CHN", "--on", "2025-11-10", "--by", "sector"]
    _, found, _ = answer(words, capsys)
    assert main([*words, "--csv"]) == 0
    rows = {row["part"]: float(row["rate"]) for row in csv.DictReader(io.StringIO(capsys.readouterr().out))}
    assert rows == found["result"]["by"]


def test_a_run_can_be_told_to_someone_who_knew_only_what_was_known_on_a_day(capsys):
    words = ["run", "kuala-lumpur", "--world", "wiod2011", "--scenario", "mid-2026", "--scenario", "no-deal"]
    before, found, _ = answer([*words, "--known", "2025-10-27"], capsys)
    assert before == 0
    limited = found["result"]["scenarios"]
    _, whole, _ = answer(words, capsys)
    known = whole["result"]["scenarios"]
    # On 27 October 2025 nobody knew of the truce: China's suspension was to end, as it does in the scenario without a deal.
    assert limited["mid-2026"]["tariffs"]["CHN<-USA"] == limited["no-deal"]["tariffs"]["CHN<-USA"]
    assert known["mid-2026"]["tariffs"]["CHN<-USA"] < known["no-deal"]["tariffs"]["CHN<-USA"] - 0.2
    # That scenario names the same day of knowledge itself.
    assert limited["no-deal"]["tariffs"] == known["no-deal"]["tariffs"]
    assert "Told to someone who knew only what was known on 2025-10-27." in found["warnings"]
    again = _plain(_executed([*words, "--known", "2025-10-27"], capsys))
    assert without_clock(again) == without_clock(found["result"])


def test_the_lines_of_a_game_name_the_ledger_and_the_day_of_knowledge(capsys):
    main(
        [
            "hedge",
            "RCEP",
            "--ledger",
            "one.yaml",
            "--known",
            "2025-10-27",
            "--horizon",
            "short",
            "--reproduce",
        ]
    )
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:] == [
        "ledger = dt.open_ledger('one.yaml')",
        "dt.hedge('RCEP', horizon='short', known_on='2025-10-27', ledger=ledger)",
    ]
