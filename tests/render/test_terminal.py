"""The comparison in the terminal: what it must say, in numbers that are the document's."""

from __future__ import annotations

import copy
import io

import pytest
from rich.console import Console

from detente import formatting
from detente.render import render_board, render_duty, render_result, render_rows, render_run


def said(render, document, width=160):
    """Text of a document as one line of words."""
    console = Console(file=io.StringIO(), width=width, no_color=True)
    render(document, console)
    return " ".join(console.file.getvalue().split())


@pytest.fixture(scope="module")
def text(document):
    return said(render_run, document)


def test_the_run_says_what_it_must(text, document):
    result = document["result"]
    share = 100 * result["world"]["groups"]["RCEP"]["gdp_share"]
    assert f"RCEP is {share:.1f} % of world GDP (claimed: about 30 %; World Bank 2022: 29.1 %)" in text
    flow = result["world"]["flows_usd_bn"]["CHN->USA"]
    assert f"CHN->USA {flow:,.1f} bn" in text
    assert "(estimated)" in text
    for name, item in result["scenarios"].items():
        assert name in text
        assert f"{100 * item['tariffs']['USA<-CHN']:.1f} %" in text
    for sentence in result["worth"]["worth"]["why"]:
        assert sentence in text
    for warning in document["warnings"]:
        assert warning in text
    for line in result["worth"]["worth"]["lines"]:
        assert line["instrument"] in text
    assert document["stamp"]["ledger_hash"][:12] in text


def test_the_last_thing_said_is_the_comparison(text):
    assert text.rindex("escalation") > text.rindex("together")
    assert text.endswith("real income, % of the baseline")


def test_limits_and_targets_say_whether_they_bind(text):
    assert "soybeans, at least 0.847 of the base year: binds" in text
    assert "rare-earths, at most 0.260 of the base year: binds" in text
    assert "soy_base_mt 22.13: soybeans, at least 1.130 of the base year: binds" in text


def test_observed_flows_are_not_called_estimated(document):
    other = copy.deepcopy(document)
    other["result"]["world"]["flows_estimated"] = False
    assert "(observed)" in said(render_run, other)


def test_markup_in_a_text_is_shown_as_it_is(document):
    """Square brackets of a study's title are no colours."""
    other = copy.deepcopy(document)
    other["result"]["study"]["title"] = "A [red]red[/red] title [/]"
    other["warnings"] = ["a [bold]warning[/]"]
    other["result"]["worth"]["worth"]["lines"][0]["instrument"] = "x [/] y"
    words = said(render_run, other)
    assert "A [red]red[/red] title [/]" in words
    assert "a [bold]warning[/]" in words
    assert "x [/] y" in words


def test_rows_of_nothing():
    assert said(render_rows, {"result": {"rows": []}}) == "nothing to show"


def test_rows_may_have_different_keys():
    words = said(render_rows, {"result": {"rows": [{"a": 1, "b": None}, {"a": 0.123456, "b": "[/x]"}]}})
    assert words.split()[:2] == ["a", "b"]
    assert "0.123456" in words
    assert "[/x]" in words


def test_a_board_with_brackets():
    row = {"instrument": "[x]", "side": "[/]", "state": "in force", "detail": "[b]", "next": None}
    words = said(render_board, {"result": {"on": "2025-10-27", "board": [row]}, "warnings": ["[w]"]})
    for piece in ("[x]", "[/]", "[b]", "[w]"):
        assert piece in words


def test_a_duty_that_is_not_covered():
    result = {"lines": [], "rate": None, "amount": None, "covered": False, "questions": []}
    words = said(render_duty, {"result": result, "assumptions": [], "warnings": []})
    assert "total not covered" in words


def test_any_result_has_a_layout():
    result = {
        "a": 1,
        "rows": [{"x": 1}],
        "by": {"k": 0.5},
        "questions": [{"fact": "f", "why": "[w]", "effect": "e"}],
    }
    words = said(
        render_result,
        {"result": result, "assumptions": [{"name": "n", "value": 1, "why": "y"}], "warnings": []},
    )
    assert "k 50 %" in words
    assert "? f: [w]: e" in words
    assert "assumed: n = 1 (y)" in words


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.779, "77.9 %"), (0.0, "0.0 %"), (-0.05, "-5.0 %"), (1.58, "158.0 %")],
)
def test_percent(value, text):
    assert formatting.average(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(-0.1234, "-0.123"), (0.0001, "0.000"), (-0.0004, "0.000"), (0.0006, "+0.001"), (12.0, "+12.000")],
)
def test_points(value, text):
    assert formatting.change(value) == text


def test_money():
    assert formatting.money(11039.988) == "11,039.99"
