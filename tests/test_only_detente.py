"""Whatever a reader copies imports nothing but `detente`: only its names are public."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

import detente
from contract.freeze import commands, frozen, reproduced
from detente.queries import QUESTIONS

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "README.md",
    *sorted(ROOT.glob("docs/notebooks/*.ipynb")),
]


def blocks(path):
    """Python of a document or a notebook."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


def private(code):
    """What some code takes from the package that is not public."""
    tree = ast.parse(code)
    names = {"detente": "detente"} | {
        item.asname or item.name: item.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for item in node.names
    }
    found = [name for name in names.values() if name.startswith("detente.")]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "detente":
            public = node.module == "detente"
            found += [item.name for item in node.names if not public or item.name not in detente.__all__]
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            home = names.get(node.value.id)
            if home == "detente" and node.attr not in detente.__all__:
                found.append(f"detente.{node.attr}")
    return found


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_imports_nothing_but_detente(path):
    assert [name for code in blocks(path) for name in private(code)] == []


@pytest.mark.parametrize("line", commands(slow=False) + commands(slow=True))
def test_lines_that_reproduce_import_nothing_but_detente(line):
    assert private(reproduced(line)) == []


def test_every_frozen_line_is_one_of_these():
    assert len(frozen()["reproduce"]) == len(commands(slow=False) + commands(slow=True))


def test_every_question_is_a_public_function():
    assert set(QUESTIONS) <= set(detente.__all__)


def test_the_scan_finds_what_it_looks_for():
    assert private("from detente.ledger import diff") == ["diff"]
    assert private("import detente as dt\ndt.nothing()") == ["detente.nothing"]
    assert private("import detente.world") == ["detente.world"]
    assert private("import detente as dt\ndt.status(on='2025-10-27')") == []
