"""How the house is built: rules that no linter knows, read from the syntax trees of all of the code."""

from __future__ import annotations

import ast
from pathlib import Path

import detente
from detente.geography.economies import REST
from detente.geography.territories import is_territory

SOURCE = Path(detente.__file__).parent
# Rooms that read the words as people give them; everything below takes them whole.
SURFACES = ("cli", "queries", "web")
# Where a function of the other rooms still takes a word by itself, and why.
TAKEN_APART = {
    "view": {
        "asof:AsOf.of",  # reads the words
        "ledger.ledger:Ledger.on",  # ledger.on(date, known_on=date), as people write it
    },
    "ends": {
        "asof:AsOf.of",
        "asof:AsOf.under",  # changes this word
        "ledger.ledger:Ledger.on",
        "compliance.customs.reply:_money",  # the two ends of a range
    },
    "known_on": {
        "asof:AsOf.of",
        "asof:AsOf.limited",  # changes this word
        "ledger.files.load:open_ledger",  # a ledger may be limited to what was known
        "ledger.ledger:Ledger.as_known",
        "ledger.ledger:Ledger.law",  # the law has knowledge, and no day
        "ledger.ledger:Ledger.on",
        "policy.strategy.game_file:GameSpec.edited",  # a field of the scenario it writes
        "policy.studies.starting_point:at_law",  # public, as people write it
    },
    "closure": {
        "model.solve:solve",  # public, as people write it
        "model.batch:solve_many",
        "policy.studies.starting_point:at_law",
        "model.feasibility:_stuck_deficit",
        "model.feasibility:find_impossible",
        "policy.sweeps.cases:StudyCases._solve",  # drawn by itself
    },
}


def modules():
    """Every module of the package by its name within it, as a syntax tree."""
    for path in sorted(SOURCE.rglob("*.py")):
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        yield name, ast.parse(path.read_text(encoding="utf-8"))


def signatures(node, at=""):
    """Functions below a node by their qualified name, each with the names of its parameters."""
    for child in ast.iter_child_nodes(node):
        name = at
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            name = f"{at}.{child.name}".lstrip(".")
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            given = child.args
            yield name, {item.arg for item in (*given.posonlyargs, *given.args, *given.kwonlyargs)}
        yield from signatures(child, name)


def test_the_words_of_a_question_are_passed_whole():
    found = {word: set() for word in TAKEN_APART}
    for module, tree in modules():
        if module.partition(".")[0] in SURFACES:
            continue
        for name, parameters in signatures(tree):
            for word in parameters & found.keys():
                found[word].add(f"{module}:{name}")
    assert found == TAKEN_APART


def test_the_words_a_question_may_take_are_listed_once():
    """Each set of words is one type; rooms import it."""
    listed = {}
    for module, tree in modules():
        if module.partition(".")[0] in SURFACES:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Subscript) and getattr(node.value, "id", "") == "Literal":
                words = frozenset(
                    item.value for item in ast.walk(node.slice) if isinstance(item, ast.Constant)
                )
                listed.setdefault(words, []).append(module)
    once = {
        frozenset({"statutory", "collected", "legally-due"}): ["asof"],
        frozenset({"legal", "reported"}): ["asof"],
        frozenset({"fixed", "zero", "proportional", "saving"}): ["model.results.records"],
        frozenset({"mobile", "fixed"}): ["model.results.records"],
    }
    assert {words: listed[words] for words in once} == once


def test_what_a_ledger_is_made_of_does_not_know_it():
    """Not even for a type: measures, rules, law and books stand below the ledger that holds them."""
    below = ("ledger.history", "ledger.law", "ledger.query", "ledger.records", "ledger.snapshots")
    for module, tree in modules():
        if module.startswith(below):
            named = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
            assert not named & {"detente.ledger", "detente.ledger.ledger", "detente.ledger.edits"}, module


# Providers are about one economy each: theirs is the schedule, and the codes of its partners.
PROVIDERS = ("schedules/usa/",)
# Files that name an economy still, each until its room is written anew. The list only becomes shorter.
NAMED = {
    "the two sides of the story are what its pages and questions begin with": (
        "queries/strategy.py",
        "web/pages/overview.py",
        "web/pages/product.py",
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
