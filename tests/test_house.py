"""Rules of the house that no linter knows, held over all of the code."""

from __future__ import annotations

import ast
from pathlib import Path

import detente
from detente.geography.economies import REST
from detente.geography.territories import is_territory

SOURCE = Path(detente.__file__).parent
# Providers are about one economy each: theirs is the schedule, and the codes of its partners.
PROVIDERS = ("schedules/usa/",)
# Files that name an economy still, each until its room is written anew. The list only becomes shorter.
NAMED = {
    "named until queries/ gives every question its fields": (
        "api/products.py",
        "cli/products.py",
        "web/pages/compare_charts.py",
        "web/pages/overview.py",
        "web/pages/product.py",
        "web/questions/law.py",
        "web/questions/strategy.py",
    ),
    "named until the ledger says who a law is about: ports, and chips": (
        "compliance/export_controls/chip.py",
        "compliance/port_fees/china.py",
        "compliance/port_fees/fleet.py",
        "compliance/port_fees/port_fee.py",
        "compliance/port_fees/usa.py",
    ),
    "named until studies say whom their sample shock, drivers and small parts are about": (
        "policy/instruments/disaggregation.py",
        "policy/studies/diagnostics.py",
        "policy/studies/drivers.py",
    ),
}


def economies_named(text):
    """Codes of economies and customs unions among the texts of a module, docstrings apart."""
    tree = ast.parse(text)
    described = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, described) and node.body and isinstance(node.body[0], ast.Expr)
    }
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docstrings)
    return sorted({node.value for node in texts if isinstance(node.value, str) and names_one(node.value)})


def names_one(text):
    """Whether a text is the code of an economy, or of a customs union; the rest of the world is a label."""
    return text != REST and text.isupper() and is_territory(text)


def test_no_economy_is_named_in_code():
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        if codes := economies_named(path.read_text(encoding="utf-8")):
            found[name] = codes
    left = {name: codes for name, codes in found.items() if not name.startswith(PROVIDERS)}
    allowed = {name for names in NAMED.values() for name in names}
    assert {name: codes for name, codes in left.items() if name not in allowed} == {}
    assert allowed - set(left) == set(), "take these files off the list"


def test_the_scan_sees_what_it_is_to_see():
    assert economies_named('"""USA."""\nA = {"CHN": "EU", "x": "ROW", "y": "USD"}\n') == ["CHN", "EU"]
    assert economies_named('def f(a="DEU"):\n    """On "FRA"."""\n    return "EAEU" + "DE"\n') == [
        "DEU",
        "EAEU",
    ]
