"""No internal id reaches who reads an answer in the terminal: every command of a corpus, printed and searched."""

from __future__ import annotations

import shlex

import pytest

from contract.freeze import commands, run
from detente.queries import QUESTIONS
from detente.queries.question import question_of
from internal_ids import ids_in

# Words for machines are typed in the corpus; a reader has none of them.
MACHINE = {"--json", "--csv"}
# Answers that take a screen, and how many lines they may have.
BRIEF = {
    "status --on 2018-07-05": 12,
    "status --on 2019-09-01": 12,
    "status --on 2025-04-10": 12,
    "status --on 2025-10-27": 12,
    "status --on 2025-11-10": 12,
    "status --on 2026-02-24": 12,
    "status --on 2026-10-08": 12,
    "status --on 2026-11-30": 12,
    "status --on 2027-06-01": 12,
    "status --on 2026-11-30 --between USA CHN": 14,
    "ledger diff 2026-10-08 2026-11-30": 20,
    "ledger diff 2025-11-09 2025-11-10": 20,
}
MORE = [
    "status --on 2026-11-30 --all",
    "status --on 2026-11-30 --between USA MYS",
    "ledger diff 2025-10-27 2025-11-15",
    "ledger diff 2025-10-27 2025-11-15 --all",
    "duty 8703.23.01 --from MEX --to USA --on 2025-10-01",
    "duty 9503.00.00.73 --from CHN --to USA --on 2026-10-01",
    "evidence",
    "forecast",
]
SOLVED = [
    *commands(slow=True),
    "chokepoints",
    "collected",
    "economy VNM --on 2026-11-30",
    "entry {file} --on 2025-10-27",
    "play agreements USA MEX --world wiod2011 --draws 0",
    "play calendar november-2026 --world wiod2011",
    "play rivalry USA CHN --world wiod2011 --day 2019-12-31",
    "run kuala-lumpur --world wiod2011 --scenario truce --scenario no-deal --full",
    "unresolved --world wiod2011",
]
# Answers that are files for machines, and one that solves for an hour.
NO_ANSWER = {"schedule", "schema", "sweep"}


def read(line):
    """What a reader sees of a command."""
    words = [word for word in shlex.split(line) if word not in MACHINE]
    return run([*words, "--quiet"])[1]


@pytest.mark.parametrize("line", [*commands(slow=False), *BRIEF, *MORE])
def test_no_id_reaches_a_reader(line):
    text = read(line)
    assert text
    assert ids_in(text) == []


def test_every_question_is_read():
    """A command that nobody reads here could show an id to everybody."""
    lines = [*commands(slow=False), *BRIEF, *MORE, *SOLVED]
    unread = [
        name
        for name in QUESTIONS
        if not any(line.startswith(" ".join(question_of(name).command)) for line in lines)
    ]
    assert set(unread) == NO_ANSWER


@pytest.mark.parametrize("line", BRIEF)
def test_an_answer_in_a_few_lines_of_eighty_columns(line):
    lines = read(line).splitlines()
    assert 1 < len(lines) <= BRIEF[line]
    assert max(map(len, lines)) <= 80


def test_the_board_counts_what_is_in_force_under_both_readings():
    """The number is that of the rows, and what only one reading suspends is said with its day."""
    text = " ".join(read("status --on 2026-11-30").split())
    assert "40 of 52 measures are in force as the notices read, 28 as reported" in text
    assert "The sources end 53 days before, on 8 October 2026" in text
    assert "suspended to 10 January 2027 as reported" in text
    before = " ".join(read("status --on 2025-10-27").split())
    assert "36 of 52 measures are in force." in before
    assert "sources end" not in before


def test_changes_that_are_alike_stand_together():
    lines = read("ledger diff 2026-10-08 2026-11-30 --ends reported").splitlines()
    text = " ".join(" ".join(lines).split())
    assert "suspended until 10 November 2026 -> until 10 January 2027 as reported: 11 measures" in text
    assert "in force -> ended: 1 measure US exclusions" in text
    other = " ".join(read("ledger diff 2025-11-09 2025-11-10").split())
    assert "20 % -> 10 %: 1 measure Fentanyl tariff" in other
