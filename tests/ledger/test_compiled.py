"""The table of compiled files says what the YAML says, and reading it is only quicker."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

from detente.io import yaml_file as reading
from detente.io.yaml_file import Document, compiled, fingerprint
from detente.ledger import read_ledger
from detente.ledger.records.schema import Measure

DATA = Path(str(files("detente") / "data"))
FOLDERS = [path for name in ("ledger", "products") for path in sorted((DATA / name).rglob("*.yaml"))]
FILES = [DATA / "places.yaml", *FOLDERS]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(DATA).as_posix())
def test_every_file_is_compiled_as_it_reads(path):
    text = path.read_text(encoding="utf-8")
    assert fingerprint(text) in compiled(), "run scripts/compile_data.py"
    assert json.loads(compiled()[fingerprint(text)]) == Document(path.name, text).parse()


def test_nothing_else_is_in_the_table():
    assert set(compiled()) == {fingerprint(path.read_text(encoding="utf-8")) for path in FILES}


def test_the_ledger_is_the_same_without_the_table(monkeypatch):
    quick = read_ledger([(DATA / "ledger", False)])
    monkeypatch.setattr(reading, "compiled", dict)
    slow = read_ledger([(DATA / "ledger", False)])
    assert slow.measures == quick.measures
    assert slow.sources == quick.sources
    assert slow.coverage == quick.coverage
    assert slow.board == quick.board
    assert slow.hash == quick.hash


def test_a_changed_file_is_read_as_yaml(monkeypatch):
    text = (Path(__file__).parent / "fixtures" / "small" / "chn" / "tariffs.yaml").read_text(encoding="utf-8")
    stale = {fingerprint(text + "\n"): json.dumps({"measures": []})}
    monkeypatch.setattr(reading, "compiled", lambda: stale)
    measures = Document("tariffs.yaml", text).data["measures"]
    assert [item["id"] for item in measures] == ["cn.ret.2025.reciprocal", "cn.xc.61", "cn.buy.soy2025"]


def test_lines_are_found_for_a_compiled_file(monkeypatch):
    text = (Path(__file__).parents[1] / "broken_ledger" / "norway_by_two_letters.yaml").read_text(
        encoding="utf-8"
    )
    good = json.dumps(Document("x.yaml", text).parse())
    monkeypatch.setattr(reading, "compiled", lambda: {fingerprint(text): good})
    document = Document("x.yaml", text)
    assert document.validate(Measure).targets == ("NO",)
    assert document.where(("targets",)) == "x.yaml:4"
