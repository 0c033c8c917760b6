"""Commands that solve for long: as frozen, after their schemas, without an internal id, and well printed."""

from __future__ import annotations

import pytest

from answered import answered_once
from contract.freeze import commands, document
from contract.test_outside import differing, written
from internal_ids import ids_in
from policy.test_schemas import follows, question_behind
from surfaces.test_commands_and_pages import check
from surfaces.test_words import SOLVED, read

pytestmark = pytest.mark.slow
PRINTED = {
    "run": ["run", "kuala-lumpur", "--world", "wiod2011"],
    "optimal": ["play", "optimal", "USA", "--world", "wiod2011"],
    "nash": ["play", "nash", "USA", "CHN", "--world", "wiod2011"],
    "payoffs": ["play", "payoffs", "kuala-lumpur", "--world", "wiod2011"],
    "bargain": ["play", "bargain", "USA", "CHN", "--world", "wiod2011"],
    "deals": ["play", "deals", "kuala-lumpur", "--world", "wiod2011"],
    "hedge": ["hedge", "RCEP", "--world", "wiod2011"],
    "path": ["path", "kuala-lumpur", "--years", "2", "--world", "wiod2011"],
    "doctor": ["doctor"],
}
ENTRY = """entry,line,code,origin,value,entered_on
E1,1,7326.90.86.88,CHN,14172,2025-10-27
E1,2,8703.23.01,MEX,25000,2025-10-27
"""


@pytest.mark.parametrize("line", commands(slow=True))
def test_a_document_is_what_was_frozen(line):
    assert differing(written()["commands"][line], document(line)) == []


@pytest.mark.parametrize("line", [*filter(question_behind, commands(slow=True))])
def test_a_document_follows_its_schema(line):
    follows(line)


@pytest.mark.parametrize("line", SOLVED)
def test_no_id_reaches_a_reader(line, tmp_path):
    file = tmp_path / "entry.csv"
    file.write_text(ENTRY, encoding="utf-8")
    text = read(line.replace("{file}", str(file)))
    assert text
    assert ids_in(text) == []


@pytest.mark.parametrize("name", PRINTED)
def test_what_is_printed_reads_right(name, capsys, monkeypatch):
    with answered_once():
        check(PRINTED[name], capsys, monkeypatch)
