"""Reading: strict YAML, overlays on the built-in ledger, and what a reader must survive."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from detente.errors import LedgerError, StudyError
from detente.io.yaml_file import Document
from detente.ledger import open_ledger, read_ledger, read_record
from ledger.small import FENTANYL, FOLDER, small

OVERLAY = """
sources:
  notice: {title: A notice of the reader, kind: primary, retrieved: 2026-11-23}
measures:
  - id: us.ieepa.fentanyl.cn
    title: The reader's own reading
    imposer: USA
    targets: [CHN]
    instrument: tariff
    authority: [the reader]
    scope: {main: {text: all goods, include: ["01", all]}}
    steps:
      - {from: 2025-02-04, recorded: 2025-02-01, rate: 0.15, act: a notice, sources: [notice]}
    confidence: low
    sources: [notice]
"""


@pytest.fixture
def overlay(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(OVERLAY, encoding="utf-8")
    return path


def test_an_overlay_replaces_a_measure_and_says_so(overlay):
    ledger = read_ledger([(FOLDER, False), (overlay, True)])
    assert ledger.on("2025-11-09").get(FENTANYL)[0].rate == 0.15
    assert ledger.warnings == (f"{overlay}:5 replaces the measure {FENTANYL}",)
    assert ledger.hash != small().hash
    assert set(ledger.measures) == set(small().measures)
    assert ledger.where(FENTANYL) == f"{overlay}:5"


def test_an_overlay_lies_on_the_built_in_ledger(overlay):
    mine = open_ledger(overlay, known_on="2025-10-27")
    assert mine.on("2025-11-10").get(FENTANYL)[0].rate == 0.15
    assert mine.on("2025-11-10").known_on.isoformat() == "2025-10-27"
    assert set(mine.measures) == set(open_ledger().measures)


def test_an_overlay_replaces_a_list(tmp_path):
    lists = tmp_path / "usa" / "lists"
    lists.mkdir(parents=True)
    (lists / "annex_ii.csv").write_text("code,from,to\n2710,,\n", encoding="utf-8")
    ledger = read_ledger([(FOLDER, False), (tmp_path, True)])
    assert ledger.product_list("annex_ii", ledger.horizon) == ("2710",)
    assert ledger.warnings == ("usa/lists/annex_ii.csv replaces the product list annex_ii",)


def test_the_built_in_ledger_is_read_once_and_its_copies_know_less():
    assert open_ledger() is open_ledger()
    assert open_ledger(known_on="2025-10-27").measures is open_ledger().measures
    assert open_ledger().known_on is None


def test_two_lists_of_one_name_are_refused(tmp_path):
    for folder in ("usa", "chn"):
        (tmp_path / folder / "lists").mkdir(parents=True)
        (tmp_path / folder / "lists" / "goods.csv").write_text("code,from,to\n01,,\n", encoding="utf-8")
    with pytest.raises(LedgerError, match="two product lists of one name") as caught:
        read_ledger([(tmp_path, False)])
    assert caught.value.where == "usa/lists/goods.csv"
    assert caught.value.repair == "rename it; the other is chn/lists/goods.csv"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ('"010121"', "010121"),
        ("'0406.10'", "0406.10"),
        ("2025-11-10", "2025-11-10"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("0.10", 0.1),
        ("0", 0),
        ("-3", -3),
        ("1e-3", 0.001),
        ("true", True),
        ("~", None),
        ("", None),
        ("null", None),
        ('"null"', "null"),
        (">-\n  two\n  lines", "two lines"),
    ],
)
def test_plain_values_are_read_without_guesses(text, value):
    found = Document("x.yaml", f"key: {text}").data["key"]
    assert found == value
    assert type(found) is type(value)


class Small(BaseModel):
    """A record for the tests."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    rates: dict[str, float] = {}


def test_a_record_of_any_model_with_the_error_of_its_room(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text("name: a\nrates: {x: 1, y: 0.5}\n", encoding="utf-8")
    assert read_record(path, Small, error=StudyError, largest=100) == Small(
        name="a", rates={"x": 1.0, "y": 0.5}
    )
    path.write_text("nmae: a\n", encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        read_record(path, Small, error=StudyError, largest=100)
    assert (caught.value.where, caught.value.repair) == (f"{path}:1", "write `name`")
    with pytest.raises(StudyError, match="file too large"):
        read_record(path, Small, error=StudyError, largest=5)


@settings(max_examples=200, deadline=None)
@example("{")
@example("a: [1, 2\nb: 3")
@example("? [a]\n: b")
@example("%YAML 1.1\n---\na: 1")
@example("\x00")
@example("a: &x\n  b: *x")
@example("- " * 300)
@given(st.text(alphabet=st.sampled_from(list("ab01.:-[]{}#&*!|>'\"%@`,? \n\t\u00fc\ufeff")), max_size=60))
def test_any_text_is_read_or_refused(text):
    found = None
    with contextlib.suppress(LedgerError):
        found = Document("x.yaml", text).data
    assert json.loads(json.dumps(found)) == found


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(st.none() | st.booleans() | st.integers(-99, 99) | st.text("abc:# ", max_size=5), st.lists)
)
def test_json_is_yaml_and_reads_the_same(value):
    assert Document("x.yaml", json.dumps({"key": value})).data == {"key": value}


def test_the_small_ledger_s_files_are_where_the_tests_say():
    assert Path(FOLDER, "usa", "tariffs.yaml").is_file()
