"""Every notebook runs from top to bottom and shows what is committed."""

from __future__ import annotations

import importlib.util
import json
import re
from itertools import zip_longest
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "notebooks"
# Notebooks that only ask the law take a second each; the others solve or work out years of days.
QUICK = {"a_whole_entry", "one_good_two_days"}
BOOKS = sorted(path.stem for path in FOLDER.glob("*.ipynb"))
NUMBER = re.compile(r"\d+(?:\.\d+)?")
# What an output may not hold, since it is another one each time or on each machine.
PASSING = re.compile(r"object at 0x|/tmp/|/home/|\bseconds=")
# Bytes of a notebook with its pictures.
LARGEST = 200_000


@pytest.fixture(scope="module")
def runner():
    """What runs notebooks."""
    spec = importlib.util.spec_from_file_location("notebooks", ROOT / "scripts" / "notebooks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def path_of(name):
    return FOLDER / f"{name}.ipynb"


def differing(then, now):
    """
    The first words in which two outputs differ, None where they do not.

    Numbers with decimals may differ by one in the last of them: solves on another processor end at the last digits of
    their own tolerance, and what is shown is rounded. The style of a table is its library's.
    """
    texts = [re.sub(r"(?s)<style.*?</style>|\s+", " ", text) for text in (then, now)]
    if NUMBER.sub("#", texts[0]) != NUMBER.sub("#", texts[1]):
        pieces = (NUMBER.sub("#", text).split() for text in texts)
        return next((pair for pair in zip_longest(*pieces) if pair[0] != pair[1]), tuple(texts))
    for old, new in zip(*(NUMBER.findall(text) for text in texts), strict=True):
        decimals = len(old.partition(".")[2])
        room = 1.01 * 10.0**-decimals if decimals else 0.0
        if len(new.partition(".")[2]) != decimals or abs(float(old) - float(new)) > room:
            return old, new
    return None


def shown(cell):
    """What a cell shows, a text by the kind of it."""
    found = {}
    for output in cell.get("outputs", ()):
        found |= {kind: "".join(text) for kind, text in output.get("data", {}).items()}
        found |= {"stdout": "".join(output["text"])} if "text" in output else {}
    return found


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in BOOKS]
)
def test_a_notebook_shows_what_is_committed(runner, name):
    kept = json.loads(path_of(name).read_text(encoding="utf-8"))
    ran = runner.run_notebook(path_of(name))
    assert {key: kept[key] for key in ("metadata", "nbformat", "nbformat_minor")} == {
        key: ran[key] for key in ("metadata", "nbformat", "nbformat_minor")
    }
    for then, now in zip(kept["cells"], ran["cells"], strict=True):
        old, new = shown(then), shown(now)
        assert old.keys() == new.keys(), now["id"]
        for kind, text in old.items():
            assert differing(text, new[kind]) is None, (now["id"], kind)


def test_there_is_a_notebook_for_every_question():
    assert len(BOOKS) == 8
    assert set(BOOKS) >= QUICK


@pytest.mark.parametrize("name", BOOKS)
def test_a_notebook_is_short_and_ends_with_a_finding(name):
    book = json.loads(path_of(name).read_text(encoding="utf-8"))
    cells = book["cells"]
    assert path_of(name).stat().st_size < LARGEST
    assert cells[0]["source"][0].startswith("# ")
    assert cells[0]["source"][0].rstrip().endswith("?")
    assert "".join(cells[-2]["source"]) == "**The finding:**"
    assert re.search(r"\d", shown(cells[-1])["stdout"])
    for cell in cells:
        text = json.dumps(cell)
        assert not PASSING.search(text), cell["id"]
        assert cell["id"]
        assert not [row for row in cell.get("outputs", ()) if row["output_type"] == "error"]


def test_the_comparison_sees_what_it_is_to_see():
    assert differing("a 0.174 %", "a 0.175 %") is None
    assert differing("a 0.174 %", "a 0.176 %") == ("0.174", "0.176")
    assert differing("15 of 81", "16 of 81") == ("15", "16")
    assert differing("0.17 of it", "0.175 of it") == ("0.17", "0.175")
    assert differing("gains 1", "loses 1") == ("gains", "loses")
    assert differing("<style>a</style><p>1</p>", "<style>b</style><p>1</p>") is None
