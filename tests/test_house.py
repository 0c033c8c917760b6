"""How the house is built: what the source itself must look like, read from its syntax trees."""

from __future__ import annotations

import ast
from pathlib import Path

import detente

SOURCE = Path(detente.__file__).parent
# Rooms that read the words as people give them; everything below takes them whole.
SURFACES = ("api", "cli", "queries", "web")
# Where a function of the other rooms still takes a word by itself, and why.
TAKEN_APART = {
    "view": {
        "asof:AsOf.of",  # reads the words
        "ledger.ledger:Ledger.on",  # ledger.on(date, known_on=date), as people write it
        "compliance.customs.case:book_on",
        "compliance.customs.duty:duty",
    },
    "ends": {
        "asof:AsOf.of",
        "asof:AsOf.under",  # changes this word
        "ledger.ledger:Ledger.on",
        "compliance.customs.case:book_on",
        "compliance.customs.duty:duty",
        "compliance.customs.reply:_money",  # the two ends of a range
    },
    "known_on": {
        "asof:AsOf.of",
        "asof:AsOf.limited",  # changes this word
        "ledger.files.load:open_ledger",  # a ledger may be limited to what was known
        "ledger.ledger:Ledger.as_known",
        "ledger.ledger:Ledger.law",  # the law has knowledge, and no day
        "ledger.ledger:Ledger.on",
        "compliance.customs.case:book_on",
        "compliance.customs.duty:duty",
        "policy.strategy.game_file:GameSpec.edited",  # a field of the scenario it writes
        "policy.studies.starting_point:at_law",  # public, as people write it
    },
    "closure": {
        "model.solve:solve",  # public, as people write it
        "model.batch:solve_many",
        "policy.studies.starting_point:at_law",
        "model.audit:deficits",  # the one word that the equations of deficits turn on
        "model.feasibility:_stuck_deficit",
        "model.feasibility:find_impossible",
        "model.kernel:Map.__init__",
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
        frozenset({"fixed", "zero", "proportional"}): ["model.results.records"],
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
