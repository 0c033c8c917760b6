"""The comparison in the terminal: what it must say, in numbers that are the document's."""

from __future__ import annotations

import copy
import io
from dataclasses import replace

import pytest
from rich.console import Console

import detente as dt
from detente import formatting
from detente.asof import AsOf
from detente.errors import InputError
from detente.io.stamped import Stamp, Stamped
from detente.labels import short
from detente.ledger import open_ledger, status
from detente.queries.studies import Outcome
from detente.render import render_board, render_duty, render_result, render_rows, render_run
from detente.render.console.answer import SECTIONS as PARTS
from internal_ids import ids_in
from policy.main_run import main_run


def printed(render, document, width=160, **view):
    """Lines of a document."""
    console = Console(file=io.StringIO(), width=width, no_color=True)
    render(document, console, **view)
    return console.file.getvalue().splitlines()


def said(render, document, width=160, **view):
    """Text of a document as one line of words."""
    return " ".join(" ".join(printed(render, document, width, **view)).split())


@pytest.fixture(scope="module")
def text(document):
    return said(render_run, document, full=True)


def test_the_run_says_what_it_must(text, document):
    result = document["result"]
    share = 100 * result["world"]["groups"]["RCEP"]["gdp_share"]
    assert f"RCEP is {share:.1f} % of world GDP (claimed: about 30 %; World Bank 2022: 29.1 %)" in text
    flow = result["world"]["flows_usd_bn"]["CHN->USA"]
    assert f"CHN->USA {flow:,.1f} bn" in text
    assert "(estimated)" in text
    for name, item in result["scenarios"].items():
        assert short("scenario", name, within="kuala-lumpur") in text
        assert f"{100 * item['tariffs']['USA<-CHN']:.1f} %" in text
    for sentence in result["worth"]["worth"]["why"]:
        assert sentence in text
    for warning in document["warnings"]:
        assert warning in text
    for line in result["worth"]["worth"]["lines"]:
        assert line["instrument"] in text
    assert document["stamp"]["ledger_hash"][:12] in text


def test_the_last_thing_said_is_the_comparison(text):
    assert text.rindex("Escalation") > text.rindex("together")
    assert text.endswith("real income, % of the baseline")


def test_limits_and_targets_say_whether_they_bind(text):
    assert "Truce: soybeans, at least 84.7 % of 2022 volume: binds" in text
    assert "Escalation: rare earths, at most 26 % of 2022 volume: binds" in text
    base = "with soybeans China bought from the United States in the base year, Mt 22.13"
    assert f"{base}: soybeans, at least 113 % of 2022 volume: binds" in text


def test_observed_flows_are_not_called_estimated(document):
    other = copy.deepcopy(document)
    other["result"]["world"]["flows_estimated"] = False
    assert "(observed)" in said(render_run, other, show="worlds")


def test_markup_in_a_text_is_shown_as_it_is(document):
    """Square brackets of a study's title are no colours."""
    other = copy.deepcopy(document)
    other["result"]["study"]["title"] = "A [red]red[/red] title [/]"
    other["warnings"] = ["a [bold]warning[/]"]
    other["result"]["worth"]["worth"]["lines"][0]["instrument"] = "x [/] y"
    words = said(render_run, other, full=True)
    assert "A [red]red[/red] title [/]" in words
    assert "a [bold]warning[/]" in words
    assert "x [/] y" in words


def test_the_answer_is_a_screen(document):
    """At most thirty lines with the line of the question, of eighty columns; no table of the parts."""
    lines = printed(render_run, document, width=80)
    assert len(lines) <= 29
    assert max(map(len, lines)) <= 80
    assert lines == printed(render_run, document, width=200)


def test_the_answer_says_what_the_truce_is_worth(document):
    """Percent and dollars, with the band of the contrast that comes with the package; who gains, who loses, from what."""
    result = document["result"]
    words = said(render_run, document)
    worth, bands = result["worth"]["worth"], result["uncertainty"]["contrasts"]["worth"]
    for code, named in (("USA", "United States"), ("CHN", "China"), ("WORLD", "World")):
        income, band = result["baseline"]["income_usd_bn"][code], bands[code]
        central = worth["full_pct"][code]
        low, high = (band[key] * income / 100 for key in ("q05", "q95"))
        early = result["at_one_year"]["worth"]["worth"][code]
        assert (
            f"{named} {early:+.3f} {central:+.3f} ({band['q05']:.3f} to {band['q95']:.3f})"
            f" {central * income / 100:+.1f} ({low:.1f} to {high:.1f})"
        ) in words
    found = result["scenarios"]
    moves = {
        code: found["truce"]["economies"][code]["real_income_pct"] - row["real_income_pct"]
        for code, row in found["no-deal"]["economies"].items()
    }
    gain, lose = (sum(x > 0 for x in moves.values()), sum(x < 0 for x in moves.values()))
    assert f"Of {len(moves)} economies {gain} gain, most the United States ({moves['USA']:+.2f} %)" in words
    assert f"{lose} lose, most Cambodia ({moves['KHM']:+.2f} %)" in words
    assert min(moves, key=moves.get) == "KHM"
    lines = {line["instrument"]: line["real_income_pct"]["WORLD"] for line in worth["lines"]}
    largest = max(lines, key=lambda name: abs(lines[name]["in_order"] + lines[name]["in_reverse"]))
    assert largest in words
    assert "How this method did: " in words


def test_the_lines_of_the_answer_come_to_the_whole(document):
    """The lines named and the others together, each the mean of both orders, are the contrast's total."""
    lines = printed(render_run, document)
    start = next(k for k, line in enumerate(lines) if line.startswith("Where it comes from"))
    rows = [line.split() for line in lines[start + 1 : start + 5]]
    assert rows[-1][1:3] == ["others", "together"]
    total = document["result"]["worth"]["worth"]["total_pct"]
    for k, code in enumerate(("USA", "CHN", "WORLD"), start=-3):
        assert sum(float(row[k]) for row in rows) == pytest.approx(total[code], abs=0.0021)


def test_the_households_of_the_answer_are_the_documents(document):
    rows = [line.split() for line in printed(render_run, document)]
    costs = {
        row["scenario"]: round(row["usd_per_year"], -1)
        for row in document["result"]["households"]
        if (row["decile"], row["pass_through"]) == ("all", "full")
    }
    for name, cost in costs.items():
        title = short("scenario", name, within="kuala-lumpur").split()
        row = next(row for row in rows if row[: len(title)] == title and row[-1] == f"{cost:,.0f}")
        long = document["result"]["scenarios"][name]["economies"]["USA"]["real_income_pct"]
        early = document["result"]["at_one_year"]["scenarios"][name]["USA"]
        assert row[-7:-5] == [formatting.change(early, 2), formatting.change(long, 2)]


def test_a_sign_that_turns_with_the_horizon_is_said(document):
    result = document["result"]
    early = result["at_one_year"]["scenarios"]
    turned = sum(
        early[name]["USA"] * item["economies"]["USA"]["real_income_pct"] < 0
        for name, item in result["scenarios"].items()
    )
    assert turned > 0
    said_so = f"At one year the sign differs for the United States in {turned}: buyers move slowly."
    assert said_so in said(render_run, document)
    other = copy.deepcopy(document)
    other["result"]["at_one_year"]["scenarios"] = {
        name: {code: row["real_income_pct"] for code, row in (item["economies"] | item["groups"]).items()}
        for name, item in result["scenarios"].items()
    }
    assert "the sign differs" not in said(render_run, other)


def test_without_the_first_year_the_long_run_has_three_decimals(document):
    other = copy.deepcopy(document)
    other["result"]["at_one_year"] = None
    lines = printed(render_run, other)
    row = next(line.split() for line in lines if line.startswith("Truce expires"))
    lapse = document["result"]["scenarios"]["lapse"]["economies"]["USA"]["real_income_pct"]
    assert row[4] == formatting.change(lapse)
    assert "1 yr" not in " ".join(lines)


def test_a_study_without_contrasts_bands_or_households(document):
    """The table of scenarios remains, in the study's own words."""
    other = copy.deepcopy(document)
    other["result"] |= {
        "worth": {},
        "uncertainty": None,
        "households": [],
        "evidence": [],
        "at_one_year": None,
    }
    other["result"]["study"]["id"] = "mine"
    lines = printed(render_run, other)
    assert lines[0].split() == ["USA", "on", "CHN", "on", "USA", "CHN", "world"]
    assert any(line.startswith("Lapse as the notices read") for line in lines)
    assert "Where it comes from" not in " ".join(lines)


def test_a_contrast_without_a_band_has_none(document):
    other = copy.deepcopy(document)
    other["result"]["uncertainty"] = None
    lines = printed(render_run, other)
    assert lines[0].split() == [
        "Truce",
        "against",
        "no",
        "deal,",
        "%",
        "1",
        "year",
        "long",
        "run",
        "USD",
        "bn",
        "a",
        "year",
    ]
    central = other["result"]["worth"]["worth"]["full_pct"]["USA"]
    assert lines[1].split()[3] == f"{central:+.3f}"
    assert "(" not in lines[1]


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_what_the_whole_has_of_it(document, part):
    one = printed(render_run, document, show=part)
    assert one
    whole = "\n".join(printed(render_run, document, full=True))
    assert "\n".join(one) in whole


def test_a_part_that_there_is_none_of_is_refused(document):
    with pytest.raises(InputError) as refused:
        said(render_run, document, show="band")
    assert refused.value.where == "--show"
    assert refused.value.repair == "did you mean bands?"


def test_no_id_is_shown(document):
    """Neither in the answer, nor in all of it."""
    for view in ({}, {"full": True}):
        assert ids_in("\n".join(printed(render_run, document, **view))) == []


def test_rows_of_nothing():
    assert said(render_rows, {"result": {"rows": []}}) == "nothing to show"


def test_rows_may_have_different_keys():
    words = said(render_rows, {"result": {"rows": [{"a": 1, "b": None}, {"a": 0.123456, "b": "[/x]"}]}})
    assert words.split()[:2] == ["a", "b"]
    assert "0.123456" in words
    assert "[/x]" in words


def test_a_board_with_brackets():
    found = status(open_ledger(), asof=AsOf.of("2025-10-27")).result
    row = replace(found.board[0], instrument="[x]", side="[/]", detail="[b]")
    stamp = Stamp(detente="0", command="detente", data_hash="0")
    document = Stamped(stamp=stamp, result=replace(found, board=(row,)), assumptions=(), warnings=("[w]",))
    words = said(render_board, document, whole=True)
    for piece in ("[x]", "[/]", "[b]", "[w]"):
        assert piece in words


def test_a_duty_that_is_not_covered():
    found = dt.duty("7326.90", origin="USA", destination="DEU", on="2026-10-01")
    stamp = Stamp(detente="0", command="detente", data_hash="0")
    held = replace(found.result, covered=False, lines=(), rate=None)
    words = said(
        render_duty, Stamped(stamp=stamp, result=held, assumptions=(), warnings=("nothing is held",))
    )
    assert "total not covered" in words
    assert "nothing is held" in words


def test_any_result_has_a_layout():
    result = {
        "a": 1,
        "rows": [{"x": 1}],
        "by": {"k": 0.5},
    }
    words = said(
        render_result,
        {"result": result, "assumptions": [{"name": "n", "value": 1, "why": "y"}], "warnings": []},
    )
    assert "k 50 %" in words
    assert "assumed: n = 1: y (n)" in words


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


def test_an_outcome_is_said_in_a_line():
    """Its document has a megabyte."""
    outcome = Outcome(main_run(), "dt.run('kuala-lumpur')")
    assert repr(outcome) == (
        "<Outcome of kuala-lumpur: 10 scenarios, 'What the Kuala Lumpur truce is worth'; see .document>"
    )
