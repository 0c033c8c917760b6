"""One definition of a question gives its function, command, address, permalink and Python lines, field by field."""

from __future__ import annotations

import contextlib
import inspect
import io
import re
from typing import Annotated, Unpack
from urllib.parse import parse_qsl

import pytest
from fastapi.testclient import TestClient

import detente
from detente.cli import main
from detente.cli.command import command_of
from detente.errors import InputError
from detente.queries import QUESTIONS, address
from detente.queries.fields import Limits, Word, fields_of, words_of_law
from detente.queries.law import LAW_FIELDS, Law
from detente.queries.question import Question, question_of
from web.servers import BASE, plain_app

NAMES = list(QUESTIONS)


def helped(words):
    """Text of a command's help."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        main([*words, "--help"])
    return said.getvalue()


@pytest.mark.parametrize("name", NAMES)
def test_every_field_is_an_option_of_the_command_and_is_explained(name):
    question = question_of(name)
    text = helped(question.command)
    for item in question.fields:
        assert item.help, item.name
        shown = item.name.upper().replace("_", "-") if item.positional else item.option
        assert re.search(rf"(?<![\w-]){re.escape(shown)}(?![\w-])", text), shown


@pytest.mark.parametrize("name", NAMES)
def test_the_function_is_public_and_has_no_other_argument(name):
    question = question_of(name)
    assert getattr(detente, name) is question.function
    own = {
        key
        for key, item in inspect.signature(question.function).parameters.items()
        if item.kind is not inspect.Parameter.VAR_KEYWORD and "HIDDEN" not in str(item.annotation)
    }
    assert own <= {item.name for item in question.fields}
    assert set(question.takes) - {"ledger", "setting"} <= {item.name for item in question.fields}


def test_every_field_that_is_offered_is_in_the_schema_of_its_address():
    paths = TestClient(plain_app(), base_url=BASE).get("/api/v1/openapi.json").json()["paths"]
    for question in map(question_of, NAMES):
        if not question.address:
            continue
        held = {item["name"] for item in paths[f"/api/v1{question.address}"]["get"].get("parameters", ())}
        assert held == {key for item in question.offered for key in item.word.apart or (item.key,)}


@pytest.mark.parametrize("name", [name for name in NAMES if question_of(name).address])
def test_a_permalink_read_again_is_the_same_question(name):
    question = question_of(name)
    needed = {
        "code": "7326.90.86.88", "origin": "CHN", "destination": "USA", "facts": ("us_content=0.25",), "words": "toys",
        "port_of": "USA", "net_tons": 85_000.0, "name": "A bakery", "measure": "us.s122", "first": "2025-11-09",
        "second": "2025-11-10", "on": "2025-10-27", "known_on": "2025-10-27", "economy": "VNM",
        "importer": "USA", "exporter": "VNM", "points": 100.0,
    }  # fmt: skip
    if name == "collected":
        needed["first"] = "2025-04"
    own = {item.name for item in question.offered} - ({"on"} if name == "diff" else set())
    given = {key: value for key, value in needed.items() if key in own}
    asked = question.ask(**given)
    typed: dict = {}
    model = address.model_of(question)
    for key, value in parse_qsl(asked.permanent()):
        several = "tuple" in str(model.model_fields[key].annotation)
        typed[key] = (*typed.get(key, ()), value) if several else value
    again = address.asked_of(question, model(**typed))
    assert again.words() == asked.words()
    assert again.python() == asked.python()


def one_more(
    code: str,
    *,
    incoterm: Annotated[str | None, Word("terms"), Limits(length=3)] = None,
    **law: Unpack[Law],
) -> dict:
    """
    Say something of a code.

    Parameters
    ----------
    code
        Of a product.
    incoterm
        Terms of delivery.
    **law
        The law.
    """
    return {"code": code, "incoterm": incoterm, **law}


def test_an_option_added_to_a_function_is_an_option_everywhere(monkeypatch, capsys):
    """What a new option costs: a parameter and its line in the docstring."""
    fields = (*fields_of(one_more), *LAW_FIELDS)
    question = Question(one_more, ("one-more",), "/one-more", None, fields, words_of_law(one_more))
    monkeypatch.setattr("detente.cli.command.question_of", lambda _name: question)
    signature = inspect.signature(command_of("one_more"))
    assert "--terms" in str(signature.parameters["incoterm"].annotation)
    assert "Terms of delivery." in str(signature.parameters["incoterm"].annotation)
    model = address.model_of(question)
    asked = address.asked_of(question, model(code="72", terms="CIF", on="2025-10-27"))
    assert asked.words() == ["one-more", "72", "--terms", "CIF", "--on", "2025-10-27"]
    assert dict(parse_qsl(asked.permanent()))["terms"] == "CIF"
    assert asked.python().splitlines()[-1] == "dt.one_more('72', incoterm='CIF', on='2025-10-27')"
    capsys.readouterr()
    with pytest.raises(ValueError, match="at most 3 characters"):
        model(code="72", terms="CIFF")


def test_an_address_takes_no_game_that_is_too_long_for_a_server():
    question = question_of("play_optimal")
    model = address.model_of(question)
    assert address.asked_of(question, model(by="sector")).by == "sector"
    with pytest.raises(ValueError, match="'uniform' or 'sector'"):
        model(by="both")
    assert question.ask(by="both").words()[-2:] == ["--by", "both"]


def test_a_word_that_a_question_does_not_have_is_refused():
    with pytest.raises(InputError, match="licence has no view"):
        question_of("licence").ask(origin="CHN", destination="DEU", view="collected").words_taken()
    with pytest.raises(InputError, match="no such field"):
        question_of("duty").ask(code="72", origin="CHN", destination="USA", colour="red")
    with pytest.raises(InputError, match="a field is missing"):
        question_of("duty").ask(code="72")
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        detente.duty("72", origin="CHN", destination="USA", colour="red")
