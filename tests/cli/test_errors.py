"""What is refused: exit codes, the five parts on stderr, nothing on stdout, nothing written."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys

import numpy as np
import pytest

from cli.calls import COMMANDS, answer
from detente.cli import main
from detente.world import load_world

RUN = ["run", "kuala-lumpur", "--world", "wiod2011", "--scenario", "truce", "--quiet"]


def refused(words, capsys, *, code=1):
    """The parts of the message of a command that is refused, by name; `what` is the first line."""
    assert main(words) == code
    said = capsys.readouterr()
    assert said.out == ""
    first, *rest = [line for line in said.err.splitlines() if not line.startswith("  loading")]
    parts = {line[2:9].strip(): line[10:] for line in rest}
    return {"what": first.partition(": ")[2], **parts}


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (
            ["average", "--to", "USA", "--from", "Chima"],
            {"what": "unknown economy", "found": "Chima", "repair": "did you mean China (CHN)?"},
        ),
        (
            ["duty", "7326.90.86", "--from", "CHN", "--to", "USA", "--quantity", "abc"],
            {"what": "a quantity is a number and a unit", "found": "abc", "repair": "state both"},
        ),
        (
            ["serve", "--port", "99999999"],
            {"what": "no such port", "found": "99999999", "allowed": "0 to 65535; 0 takes any that is free"},
        ),
        (
            ["hedge", "RCEP", "--under", "zz", "--quiet"],
            {"what": "no such scenario in this study", "repair": "name a scenario of this study"},
        ),
        (
            ["play", "bargain", "USA", "--quiet"],
            {"what": "not two sides of a bargain", "found": "USA"},
        ),
        (
            ["duty", "7326.90.86", "--from", "CHX", "--to", "USA"],
            {"what": "unknown economy", "found": "CHX"},
        ),
        (
            ["status", "--on", "2025-13-01"],
            {
                "what": "not a date",
                "where": "--on",
                "found": "2025-13-01",
                "allowed": "an ISO date such as 2025-11-10",
                "repair": "write YYYY-MM-DD with a day that exists",
            },
        ),
        (
            ["ledger", "show", "us.ieepa.fentanil.cn"],
            {
                "what": "no such measure",
                "found": "us.ieepa.fentanil.cn",
                "allowed": "us.ieepa.fentanyl.cn, us.ieepa.fentanyl.ca, us.ieepa.fentanyl.mx",
            },
        ),
        (
            ["ledger", "ls", "--set", "us.s122"],
            {"what": "--set needs a measure and a rate", "where": "--set", "found": "us.s122"},
        ),
        (
            ["ledger", "ls", "--set", "us.ieepa.fentanyl.cn=-1", "--on", "2025-11-10"],
            {"what": "not a rate", "found": "-1", "allowed": "a fraction from 0 to 10"},
        ),
        (
            ["duty", "7326.90.86", "--from", "CHN", "--to", "USA", "--fact", "us_content"],
            {"what": "a fact is a key and a value, each key once", "where": "--fact", "found": "us_content"},
        ),
        (
            ["port-fee", "--port-of", "USA", "--net-tons", "-1", "--on", "2025-10-20"],
            {"found": "-1"},
        ),
        (
            ["run", "kuala-lumpr"],
            {"what": "no such study", "where": "STUDY", "found": "kuala-lumpr"},
        ),
        (
            ["run", "kuala-lumpur", "--scenario", "truse"],
            {
                "what": "no such scenario in this study",
                "where": "--scenario",
                "repair": "did you mean truce?",
            },
        ),
        (
            [*RUN, "--only", "us.s123"],
            {
                "what": "no measure or instrument matches",
                "where": "--only",
                "repair": "did you mean us.s122?",
            },
        ),
        (
            ["run", "kuala-lumpur", "--world", "icio2023"],
            {
                "what": "unknown world",
                "where": "world (--world)",
                "found": "icio2023",
                "allowed": "icio2022, wiod2011",
                "repair": "did you mean icio2022?",
            },
        ),
        (
            ["hedge", "RCEP", "--world", "zz", "--quiet"],
            {"what": "unknown world", "where": "world (--world)", "found": "zz"},
        ),
        (
            [*RUN, "--horizon", "soon"],
            {"what": "unknown horizon", "found": "soon"},
        ),
        (
            ["screen", "x" * 100_000, "--on", "2025-10-15"],
            {},
        ),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_bad_input_is_refused_with_exit_code_1(words, parts, capsys):
    found = refused(words, capsys)
    assert parts.items() <= found.items()
    assert found["what"]


@pytest.mark.parametrize(
    "words",
    [
        ["nope"],
        ["run"],
        ["run", "kuala-lumpur", "--factors", "sticky"],
        ["run", "kuala-lumpur", "--closure", "open"],
        ["run", "kuala-lumpur", "--max-iterations", "many"],
        ["status", "--view", "actual"],
        ["average", "--from", "CHN"],
        ["port-fee", "--port-of", "USA", "--net-tons", "many"],
    ],
    ids=" ".join,
)
def test_a_command_that_cannot_be_read_is_a_usage_error(words, capsys):
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("usage: ")


@pytest.mark.parametrize("words", [words for words, _ in COMMANDS.values()], ids=list(COMMANDS))
@pytest.mark.parametrize("forms", [["--json", "--csv"], ["--csv", "--json"]], ids=" ".join)
def test_two_forms_of_a_result_at_once(words, forms, capsys):
    """Every command refuses both at once before it works anything out, whatever their order."""
    assert refused([*words, *forms], capsys) == {
        "what": "a result is printed in one form",
        "where": "--json, --csv",
        "found": "both",
        "allowed": "--json, --csv, or neither for a table to read",
        "repair": "leave one of them out",
    }


def a_world_file(folder, **changes):
    """The small world with cells changed, as a file."""
    path = folder / "world.nc"
    data = load_world("wiod2011").data.copy(deep=True)
    for name, value in changes.items():
        data[name][dict.fromkeys(data[name].dims, 1)] = value
    data.to_netcdf(path, engine="scipy", format="NETCDF3_64BIT")
    return path


@pytest.mark.parametrize("value", [np.nan, np.inf, -1.0])
def test_a_world_with_a_cell_that_cannot_be(value, tmp_path, capsys):
    path, out = a_world_file(tmp_path, intermediate=value), tmp_path / "out"
    found = refused(["run", "kuala-lumpur", "--world", str(path), "--quiet", "--out", str(out)], capsys)
    assert "intermediate" in " ".join(found.values())
    assert not out.exists()


def test_a_world_that_is_pickled(tmp_path, capsys):
    path = tmp_path / "world.nc"
    path.write_bytes(pickle.dumps({"pi": 1}))
    found = refused(["run", "kuala-lumpur", "--world", str(path)], capsys)
    assert found["what"] == "not a world file"
    assert found["found"] == "pickled Python objects"


def test_a_world_that_is_not_there(tmp_path, capsys):
    found = refused(["run", "kuala-lumpur", "--world", str(tmp_path / "w.nc")], capsys)
    assert found["what"] == "no such world file"


def test_a_world_of_ten_gigabytes_is_refused_unread(tmp_path, capsys):
    path = tmp_path / "world.nc"
    with path.open("wb") as file:
        file.truncate(10_000_000_000)
    found = refused(["run", "kuala-lumpur", "--world", str(path)], capsys)
    assert found["what"] == "world file too large"
    assert found["found"] == "10,000,000,000 bytes"


def test_a_solve_at_its_limit_ends_with_exit_code_3_and_no_number(tmp_path, capsys):
    out = tmp_path / "out"
    code, found, said = answer([*RUN, "--max-iterations", "3", "--out", str(out)], capsys)
    assert code == 3
    assert found["result"] == {"scenarios": {"truce": {"status": "not converged", "residual": None}}}
    assert said == "truce: not converged\n"
    assert not out.exists()
    assert main([*RUN, "--max-iterations", "3"]) == 3
    assert capsys.readouterr().out == ""
    assert main([*RUN, "--max-iterations", "3", "--csv"]) == 3
    assert capsys.readouterr().out == ""


def test_a_test_list_clears_nobody(capsys):
    """An unlisted name is `review` with exit code 4, and a banner on stderr names the list's age."""
    code, found, said = answer(["screen", "Perfectly Ordinary Bakery", "--on", "2025-10-15"], capsys)
    assert code == 4
    assert found["result"]["status"] == "review"
    assert said.startswith("TEST LIST: ")
    assert "days before 2025-10-15" in said


def test_an_overlay_that_is_broken(tmp_path, capsys):
    path = tmp_path / "overlay.yaml"
    path.write_text("measures:\n  - id: us.test\n    titel: x\n", encoding="utf-8")
    found = refused(["status", "--on", "2025-10-27", "--ledger", str(path)], capsys)
    assert found["where"].startswith("overlay.yaml:") or str(path) in found["where"]


def test_out_that_is_a_file(tmp_path, capsys):
    path = tmp_path / "taken"
    path.write_text("mine", encoding="utf-8")
    found = refused([*RUN, "--out", str(path)], capsys)
    assert found["what"] == "the report needs a folder"
    assert path.read_text(encoding="utf-8") == "mine"


def test_a_pipe_that_closes_early_is_no_error():
    """`detente ledger ls | head -1` ends quietly."""
    text = (
        "import subprocess, sys;"
        "p = subprocess.Popen([sys.executable, '-m', 'detente', 'ledger', 'ls', '--json'],"
        " stdout=subprocess.PIPE, stderr=subprocess.PIPE);"
        "p.stdout.read(10); p.stdout.close(); err = p.stderr.read(); sys.stdout.write(err.decode()); sys.exit(p.wait())"
    )
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout == ""
    assert done.returncode == 0


def test_errors_are_text_and_not_tracebacks(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "detente", "status", "--on", "yesterday"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("InputError: not a date\n")
    assert "Traceback" not in done.stderr
    assert json.dumps(done.stderr)


@pytest.mark.parametrize("words", ["run kuala-lumpur", "reliance USA CHN", "hedge RCEP", "play nash USA CHN"])
def test_a_horizon_there_is_none_of_is_refused_before_anything_is_solved(words, capsys):
    assert main([*words.split(), "--horizon", "-3"]) == 1
    err = capsys.readouterr().err
    assert "unknown horizon" in err
    assert "found   -3" in err
    assert "loading" not in err
