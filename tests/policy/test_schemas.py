"""Documents against their published schemas: every frozen command of the kind, and what a schema refuses."""

from __future__ import annotations

import contextlib
import copy
import functools
import json
import operator
import shlex

import jsonschema
import pytest
from pydantic import ValidationError

import detente as dt
from contract.freeze import commands, run
from detente.errors import InputError
from detente.io.documents import adapter, as_json
from detente.policy.documents.run import RunDocument
from detente.queries import QUESTIONS
from detente.queries.question import question_of
from detente.queries.schemas import _kinds

BY_WORDS = {question_of(name).command: name for name in _kinds()}


def question_behind(line):
    """The question a command asks, if its document has a schema."""
    words = tuple(shlex.split(line))
    return BY_WORDS.get(words[:2]) or BY_WORDS.get(words[:1])


@functools.cache
def document(line):
    """What a command prints with ``--json``."""
    return json.loads(run([*shlex.split(line), "--json", "--quiet"])[1])


@functools.cache
def validator(name):
    """Of the schema of a document; the schema itself is one."""
    found = dict(dt.schema(name))
    jsonschema.Draft202012Validator.check_schema(found)
    return jsonschema.Draft202012Validator(found)


def follows(line):
    name = question_behind(line)
    found = document(line)
    assert [problem.message for problem in validator(name).iter_errors(found)] == []
    again = as_json(adapter(_kinds()[name]).validate_python(found))
    assert again == found


@pytest.mark.parametrize("line", [*filter(question_behind, commands(slow=False))])
def test_a_document_follows_its_schema(line):
    follows(line)


# Questions about the law whose answers are typed.
LAW = {
    "status",
    "list_measures",
    "show_measure",
    "timeline",
    "diff",
    "cite",
    "check_ledger",
    "search",
    "duty",
    "average_tariff",
    "port_fee",
    "licence",
    "screen",
    "purchases",
}


# Keys that an answer up to the last day of the sources, or of another measure, does not have.
ABSENT = {"readings", "passed", "at", "reported", "rate_min", "rate_max", "cap", "lists", "known_until"}
ABSENT |= {"by_notice", "by_report", "rate_follows"}
ABSENT |= {f"{key}_{basis}" for key in ("state", "detail") for basis in ("legal", "reported")}
SOME_ABSENT = {"status", "show_measure"}


def test_every_question_that_solves_has_a_schema():
    """A sweep, and what was collected, have no solve options of their own, and a schema."""
    solves = {name for name in QUESTIONS if question_of(name).solves}
    assert set(_kinds()) == solves | {"sweep", "collected"} | LAW


OF_LAW = {name: line for line in commands(slow=False) if (name := question_behind(line)) in LAW}


def taken(name, found):
    """Whether a document is taken: the reader and the schema say the same."""
    by_schema = not any(validator(name).iter_errors(found))
    try:
        adapter(_kinds()[name]).validate_python(found)
    except ValidationError:
        assert not by_schema, "the schema takes what the reader refuses"
        return False
    assert by_schema, "the reader takes what the schema refuses"
    return True


@pytest.mark.parametrize("name", sorted(OF_LAW))
def test_an_answer_of_the_law_has_its_keys_and_no_other(name):
    """Of its result, and of the first row of each list, none is added; one that is missing is refused, but for a few."""
    found = document(OF_LAW[name])
    lists = {key: value for key, value in found["result"].items() if isinstance(value, list) and value}
    rows = (key for key, value in lists.items() if isinstance(value[0], dict))
    for path in [("result",), *(("result", key, 0) for key in rows)]:
        missing = []
        for key in functools.reduce(operator.getitem, path, found):
            less, more = copy.deepcopy(found), copy.deepcopy(found)
            del functools.reduce(operator.getitem, path, less)[key]
            functools.reduce(operator.getitem, path, more)[f"{key}_more"] = None
            assert not taken(name, more), (path, key)
            missing += [key] if taken(name, less) else []
        assert set(missing) <= (ABSENT if name in SOME_ABSENT else set()), path


def test_the_answers_of_the_law_are_frozen_somewhere():
    assert set(OF_LAW) == LAW


def leaves(value, path=()):
    """Every value of a document that holds no other, with its path."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not pairs:
        yield path, value
    for key, item in pairs:
        yield from leaves(item, (*path, key))


# Names of which the tests below change one.
KEPT = {"USA", "RCEP"}
LINE = "run kuala-lumpur --world wiod2011 --scenario no-deal"


def test_a_run_of_some_scenarios_has_bands_of_those_alone():
    """At both horizons; a contrast that was not solved is not printed."""
    result = document(LINE)["result"]
    bands = result["uncertainty"]
    for held in (bands, bands["at_one_year"]):
        assert [*held["scenarios"]] == ["no-deal"] == [*result["scenarios"]]
    told = run([*shlex.split(LINE), "--full", "--quiet"])[1]
    assert "90 % band over" in told
    assert "What the truce is worth" not in told


@functools.cache
def small():
    """The document of a run without its bands, and of alike rows, economies and industries a few."""
    found = document(LINE)
    return thin({**found, "result": {**found["result"], "uncertainty": None}})


def thin(value, few=3):
    """A document with a few of what it has many of: entries of lists, and of mappings whose keys are names."""
    if isinstance(value, list):
        return [thin(item) for item in value[:few]]
    if not isinstance(value, dict):
        return value
    names = [key for key in value if not key.islower() or "-" in key]
    return {key: thin(item) for key, item in value.items() if key not in names[few:] or key in KEPT}


def changed(path, change):
    """The document of a run with one value changed."""
    found = copy.deepcopy(small())
    *outer, last = path
    inside = found
    for key in outer:
        inside = inside[key]
    change(inside, last)
    return found


def refused(found):
    """Whether schema and reader refuse a document, both."""
    by_schema = any(validator("run").iter_errors(found))
    with contextlib.suppress(InputError):
        RunDocument.read(found)
        assert not by_schema, "the reader takes what the schema refuses"
        return False
    return by_schema


@pytest.mark.parametrize(
    "path",
    [
        ("result", "on"),
        ("result", "scenarios", "no-deal", "tariffs"),
        ("result", "scenarios", "no-deal", "economies", "USA", "cpi_pct"),
        ("result", "world", "groups", "RCEP", "gdp_share"),
        ("assumptions", 0, "why"),
        ("stamp", "command"),
    ],
)
def test_a_key_that_is_missing_added_or_of_another_kind_is_refused(path):
    def drop(inside, last):
        del inside[last]

    def add(inside, last):
        inside[f"{last}_more"] = inside[last]

    def another(inside, last):
        inside[last] = [inside[last]]

    assert all(refused(changed(path, change)) for change in (drop, add, another))


def test_no_number_of_a_run_may_be_text():
    """Of each kind of place in a document one number, its names of scenarios and economies apart."""
    seen = {}
    for path, value in leaves(small()):
        if isinstance(value, float) and path[0] == "result" and "assume" not in path:
            seen.setdefault(tuple(key for key in path if str(key).islower() and "-" not in str(key)), path)
    assert len(seen) > 20
    assert not refused(small())
    allowed = {"value", "alternative"}
    for path in seen.values():
        if path[-1] not in allowed:
            assert refused(changed(path, lambda inside, last: inside.__setitem__(last, "much"))), path


def test_a_name_that_has_no_schema():
    with pytest.raises(InputError) as caught:
        dt.schema("hegde")
    assert caught.value.repair == "did you mean hedge?"
    assert caught.value.found == "hegde"
