"""The public functions: plain text where people write it, the same digits as the command line, and light to import."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys

import pandas as pd
import pytest

import detente
from cli.calls import result, without_clock
from detente.errors import InputError
from detente.queries.studies import Outcome
from policy.main_run import main_document, main_run

HEAVY = ("numpy", "pandas", "xarray", "scipy", "pyarrow", "pydantic", "ruamel", "altair", "rich", "cyclopts")


def loaded_after(code):
    """Heavy modules that some code loads in a fresh interpreter."""
    text = f"{code}\nimport sys, json\nprint(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, check=True, timeout=60
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_the_package_loads_nothing_heavy():
    assert loaded_after("import detente") == set()


def test_asking_the_law_loads_no_solver():
    assert not loaded_after("import detente as dt\ndt.status(on='2025-10-27')") & {
        "scipy",
        "xarray",
        "pandas",
        "altair",
    }


def test_every_public_name_is_there_and_says_what_it_does():
    for name in detente.__all__:
        found = getattr(detente, name)
        if name != "__version__":
            assert found.__doc__, name
    assert set(dir(detente)) >= set(detente.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        detente.nothing  # noqa: B018


def as_json(value):
    """A Python result as a JSON document holds it."""
    plain = value.to_dict() if hasattr(value, "to_dict") else value
    return json.loads(json.dumps(plain, default=str))


@pytest.mark.parametrize(
    ("words", "call"),
    [
        (
            [
                "duty",
                "7326.90.86.88",
                "--from",
                "China",
                "--to",
                "USA",
                "--on",
                "2026-09-18",
                "--value",
                "14172",
            ],
            lambda: detente.duty(
                "7326908688", origin="CHN", destination="United States", on="2026-09-18", value=14172
            ),
        ),
        (
            [
                "duty",
                "2204.21.50",
                "--from",
                "FRA",
                "--to",
                "USA",
                "--on",
                "2025-10-27",
                "--quantity",
                "750 L",
            ],
            lambda: detente.duty(
                "2204.21.50",
                origin="France",
                destination="USA",
                on=dt.date(2025, 10, 27),
                quantity="750 L",
            ),
        ),
        (
            ["average", "--to", "USA", "--from", "CHN", "--on", "2025-10-27", "--known", "2025-10-27"],
            lambda: detente.average_tariff("USA", "CHN", on="2025-10-27", known_on="2025-10-27"),
        ),
        (
            ["average", "--to", "USA", "--on", "2025-11-08", "--until", "2025-11-12"],
            lambda: detente.average_tariff("USA", on="2025-11-08", until="2025-11-12"),
        ),
    ],
    ids=["metal", "wine", "average", "series"],
)
def test_the_command_line_and_python_agree_to_the_last_digit(words, call, capsys):
    assert as_json(call()) == result(words, capsys)


def test_the_board_is_the_same(capsys):
    board = detente.status(on="2025-10-27", known_on="2025-10-27")
    assert (
        as_json(board["board"])
        == result(["status", "--on", "2025-10-27", "--known", "2025-10-27"], capsys)["board"]
    )
    assert board.on == "2025-10-27"
    with pytest.raises(AttributeError):
        board.nothing  # noqa: B018


def test_a_run_is_the_same(capsys):
    words = [
        "run",
        "kuala-lumpur",
        "--world",
        "wiod2011",
        "--scenario",
        "eve",
        "--scenario",
        "no-deal",
        "--quiet",
    ]
    outcome = detente.load_study("kuala-lumpur").run(world="wiod2011", scenarios=("eve", "no-deal"))
    assert without_clock(as_json(outcome.document["result"])) == without_clock(result(words, capsys))
    assert outcome.command == (
        "dt.load_study('kuala-lumpur').run(world='wiod2011', scenarios=('eve', 'no-deal'))"
    )
    assert outcome.result.scenarios["eve"]["status"] == "converged"


def test_a_solve_by_hand_is_the_study_s():
    """The truce's shock through the public solver: the same real incomes."""
    item = main_run().scenarios["truce"]
    eq = detente.solve(main_run().setting.baseline, item.law.shock)
    assert eq.status == "converged"
    truce = main_document()["result"]["scenarios"]["truce"]["economies"]
    assert {code: row["real_income_pct"] for code, row in truce.items()} == eq.real_income_pct.to_dict()


def test_tables_and_charts_of_an_outcome():
    outcome = Outcome(main_run(), "x")
    vars(outcome)["document"] = main_document()  # made once for every test
    frame = detente.table(outcome)
    assert isinstance(frame, pd.DataFrame)
    assert list(frame["id"]) == list(main_run().scenarios)
    assert set(detente.table(outcome, "worth")["of"]) >= {"USA", "CHN", "WORLD"}
    with pytest.raises(InputError) as caught:
        detente.table(outcome, "worths")
    assert "worth" in caught.value.allowed
    assert detente.chart(outcome, "tariffs").to_dict()
    with pytest.raises(InputError, match="no such scenario in this study"):
        detente.chart(outcome, "income", "truse")


def test_an_unknown_option_of_a_run():
    with pytest.raises(InputError) as caught:
        detente.load_study("kuala-lumpur").run(scenario="truce")
    assert caught.value.found == "scenario"
    assert "scenarios" in caught.value.allowed


def test_the_ledger_as_known():
    early = detente.open_ledger(known_on="2025-10-27")
    assert early.on("2025-11-10").get("us.ieepa.fentanyl.cn")[0].rate == 0.20
    assert detente.open_ledger().on("2025-11-10").get("us.ieepa.fentanyl.cn")[0].rate == 0.10


def test_a_ledger_of_one_s_own_changes_the_answer():
    ledger = detente.edit(detente.open_ledger(), set={"us.ieepa.fentanyl.cn": 0.05}, on="2025-11-10")
    mine, built_in = (
        detente.average_tariff("USA", "CHN", on="2025-11-10", ledger=given).rate for given in (ledger, None)
    )
    assert built_in - mine == pytest.approx(0.05, abs=0.005)


@pytest.mark.parametrize("bad", ["yesterday", "2025-02-30", ""])
def test_a_date_that_is_none(bad):
    with pytest.raises(InputError, match="not a date"):
        detente.status(on=bad or "x")


def test_a_schedule_and_a_single_duty_agree():
    """The line of the schedule that a case falls on, China on the eve."""
    rates = detente.schedule("USA", "2025-10-27", origins=["CHN"])
    case = detente.duty("6109.10.00.12", origin="CHN", destination="USA", on="2025-10-27", value=1000)
    line = rates.rate.sel(product="6109100012", origin="CHN")
    assert float(line) == pytest.approx(case.rate, abs=1e-12)
