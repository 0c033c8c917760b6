"""Pictures of single answers: what is drawn is what the answer says, and nothing is cut."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from functools import cache

import pytest

import detente as dt
from detente.display import plot
from detente.errors import InputError
from detente.formatting import average, change, number, rate
from detente.policy.documents.strategy import read_strategy
from detente.render import theme
from detente.render.drawing.rivalry import rivalry
from internal_ids import ids_in
from render.pictures import size_of, texts_of

# Sums of parts of an average, in percent.
EXACT = 1e-9


@cache
def answers():
    """One answer of each kind that has a picture; games on the small world."""
    world = dt.load_world("wiod2011")
    raised = dt.raise_tariff(world.baseline(), 0.10, importer="USA", exporter="CHN")
    return {
        "duty": dt.duty("9503.00.00.73", origin="CHN", destination="USA", on="2025-10-27"),
        "average": dt.average_tariff("USA", "CHN", on="2025-10-27", by="measure"),
        "series": dt.average_tariff("USA", "CHN", on="2025-11-08", until="2025-11-12"),
        "equilibrium": dt.solve(world, dt.Shock(tariff=raised)),
        "optimal": dt.play_optimal("USA", world="wiod2011"),
        "hedge": dt.hedge("RCEP", under="truce", world="wiod2011"),
        "reliance": dt.reliance("USA", "CHN", world="wiod2011"),
        "rivalry": dt.play_rivalry("USA", "CHN", day=("2024-12-31", "2025-06-30"), world="wiod2011"),
        "economy": dt.economy("IDN", on="2025-11-10", world="wiod2011"),
    }


# An answer, and the name of one of its pictures.
KINDS = (
    "duty",
    "duty history",
    "average",
    "series",
    "equilibrium",
    "equilibrium map",
    "optimal",
    "hedge",
    "hedge losses",
    "reliance",
    "rivalry",
    "economy",
)


@pytest.mark.parametrize("size", ["wide", "narrow"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_has_a_picture_with_nothing_cut_covered_or_internal(kind, size):
    answer, _, name = kind.partition(" ")
    item = dt.chart(answers()[answer], name, size=size)
    shown = [text for text in texts_of(item.svg) if text.opacity > 0]
    width, height = size_of(item.svg)
    assert not [
        text.words for text in shown if text.left < -1 or text.right > width + 1 or text.bottom > height + 1
    ]
    assert not [(a.words, b.words) for k, a in enumerate(shown) for b in shown[k + 1 :] if a.overlaps(b)]
    assert ids_in(" ".join(text.words for text in shown)) == []
    assert any(letter.isdigit() for letter in item.title)
    assert "Détente" in item.source


def test_the_lines_of_a_duty_add_up_to_its_title():
    found, item = answers()["duty"], dt.chart(answers()["duty"])
    assert f"pays {rate(found.rate)} in the United States" in item.title
    assert sum(row["value"] for row in item.rows) == pytest.approx(100 * found.rate, abs=EXACT)
    assert f"{rate(found.rate_min)} to {rate(found.rate_max)}" in item.title


def test_a_duty_of_nothing_is_drawn_as_nothing():
    free = dt.duty("9503.00.00.73", origin="DEU", destination="USA", on="2025-02-01")
    assert free.rate == 0
    item = dt.chart(free)
    assert "pays 0 %" in item.title
    assert [row["value"] for row in item.rows] == [0.0]


def test_a_duty_that_is_not_known_is_not_drawn_as_nothing():
    unknown = dt.duty("8802.40.00.40", origin="CAN", destination="USA", on="2018-01-01")
    assert unknown.rate is None
    with pytest.raises(InputError, match="a duty that is not known is not drawn"):
        dt.chart(unknown)


def test_the_parts_of_an_average_are_sorted_and_named():
    found, item = answers()["average"], dt.chart(answers()["average"])
    values = [row["value"] for row in item.rows]
    assert values == sorted(values, reverse=True)
    assert f"charges goods from China {average(found.rate)} on average" in item.title
    assert values[0] == pytest.approx(100 * max(found.by.values()), abs=EXACT)
    assert sum(values) == pytest.approx(100 * found.rate, abs=0.05)


def test_an_average_by_partner_is_of_the_largest_and_each_its_own():
    """Rates of partners do not add up, so none is said to be a part of the average."""
    found = dt.average_tariff("USA", on="2025-10-27", by="partner")
    item = found.plot()
    largest = sorted(found.imports, key=lambda code: -found.imports[code])[:14]
    assert sorted(row["value"] for row in item.rows) == pytest.approx(
        sorted(100 * found.by[code] for code in largest if found.by[code])
    )
    assert item.rows[0]["name"] == "Goods from China"
    assert f"{average(found.by['CHN'])} on goods from China" in item.title
    assert "of it" not in item.title


@pytest.mark.parametrize(("by", "name"), [("sector", "Chemicals"), ("chapter", "Chapter 85")])
def test_the_parts_of_an_average_are_said_in_words(by, name):
    item = dt.average_tariff("USA", "CHN", on="2025-10-27", by=by).plot()
    assert name in {row["name"] for row in item.rows}


def test_the_days_of_an_average_are_its_series():
    found, item = answers()["series"], dt.chart(answers()["series"])
    assert [row["date"] for row in item.rows] == [str(row.date) for row in found.series]
    assert average(found.series[-1].rate) in item.title
    assert "law to 12 November 2025" in item.source


def test_an_equilibrium_names_who_gains_and_loses_most():
    """A tariff on China alone: its own income falls, which a second look at the same solve says."""
    solved, item = answers()["equilibrium"], dt.chart(answers()["equilibrium"])
    values = solved.real_income_pct
    assert f"{int((values > 0).sum())} of {len(values)} economies gain" in item.title
    assert values.idxmin() == "CHN"
    assert "China loses" in item.title
    assert {row["value"] for row in item.rows} <= set(values.tolist())


def test_the_tariffs_chosen_are_those_of_the_answer():
    found, item = answers()["optimal"], dt.chart(answers()["optimal"])
    (chosen,) = found["tariffs"].values()
    assert [row["value"] for row in item.rows] == pytest.approx(
        [100 * chosen["mean_before"], 100 * chosen["mean"]]
    )
    assert f"{average(chosen['mean'])} instead of {average(chosen['mean_before'])}" in item.title


def test_an_end_to_trade_costs_more_at_first():
    item = dt.chart(answers()["reliance"])
    by_name = {row["name"]: row["value"] for row in item.rows}
    for side in ("United States", "China"):
        assert by_name[f"{side}, short run"] > by_name[f"{side}, long run"] > 0


# What is drawn of an answer by its own method.


@pytest.mark.parametrize("kind", KINDS)
def test_plot_is_the_chart(kind):
    answer, _, name = kind.partition(" ")
    found = answers()[answer]
    assert found.plot(name, size="half") == dt.chart(found, name, size="half")


def test_plot_takes_what_chart_takes():
    asked, drawn = (inspect.signature(call).parameters for call in (dt.chart, plot))
    assert [(item.name, item.kind, item.default) for item in drawn.values()][1:] == [
        (item.name, item.kind, item.default) for item in asked.values()
    ][1:]


@pytest.mark.parametrize(
    ("kind", "options", "what", "allowed"),
    [
        ("duty", {"name": "pie"}, "no such chart", "parts, history"),
        ("hedge", {"name": "loses"}, "no such chart", "worth, losses"),
        (
            "average",
            {"of": "truce"},
            "an option that this answer has no use for",
            "of, against and side with",
        ),
        ("reliance", {"variable": "cpi_pct"}, "an option that this answer has no use for", "variable with"),
        ("equilibrium", {"variable": "gdp"}, "no such outcome", "real_income_pct, real_gdp_pct"),
        ("equilibrium", {"size": "huge"}, "no such size", "wide, half, narrow"),
    ],
)
def test_what_plot_cannot_draw_is_refused_in_five_parts(kind, options, what, allowed):
    with pytest.raises(InputError, match=what) as caught:
        answers()[kind].plot(**options)
    assert caught.value.allowed.startswith(allowed)
    assert all((caught.value.where, caught.value.found, caught.value.repair))


def test_a_solve_is_drawn_by_each_of_its_outcomes():
    solved = answers()["equilibrium"]
    item = solved.plot("map", variable="exports_pct")
    assert {row["code"]: row["value"] for row in item.rows} == pytest.approx(solved.exports_pct.to_dict())
    assert item.title.startswith("This shock: exports rise in ")
    assert " and fall in " in item.title


def test_a_history_is_the_duty_on_every_day():
    """On days of its own the same question gives the same rate."""
    item = answers()["duty"].plot("history")
    for on in ("2025-04-20", "2025-10-27", "2026-01-05"):
        drawn = sum(row["rate"] for row in item.rows if row["from"] <= on < row["to"])
        asked = dt.duty("9503.00.00.73", origin="CHN", destination="USA", on=on)
        assert drawn == pytest.approx(asked.rate, abs=EXACT)
    assert "9503.00.00.73" in item.subtitle


def test_a_history_is_not_drawn_of_facts_or_of_another_ledger():
    asked = {"origin": "MEX", "destination": "USA", "on": "2025-10-01"}
    with pytest.raises(InputError, match="no history that can be drawn") as caught:
        dt.duty("8703.23.01", **asked, facts={"preference": "yes"}).plot("history")
    assert caught.value.found == "facts: preference"
    other = replace(answers()["duty"], rate=0.5)
    with pytest.raises(InputError, match="no history that can be drawn") as caught:
        other.plot("history")
    assert "built-in ledger" in caught.value.found


@pytest.mark.slow
def test_a_cut_of_an_input_is_drawn_with_its_range():
    found = dt.chokepoints("nexperia", economies=("DEU", "JPN"))
    item = found.plot()
    assert {row["value"] for row in item.rows} == {row["gdp_pct"] for row in found.rows}
    assert [row["name"] for row in item.rows][:2] == ["Germany, in a quarter", "Germany, in a year"]
    assert "real GDP falls most in" in item.title
    with pytest.raises(InputError, match="several inputs are not one picture"):
        dt.chart({**found.to_dict(), "inputs": [*found.inputs, *found.inputs]})


def filled(svg):
    """Colours of the areas of a map by the words shown over them."""
    return {words: colour for colour, words in re.findall(r'<path fill="([^"]+)" [^>]*><title>([^<]+)<', svg)}


def test_a_rise_of_prices_has_the_colour_of_a_loss():
    """Brown where more is a gain, teal; of prices the other way round, with its sign."""
    solved = answers()["equilibrium"]
    incomes, prices = (dt.chart(solved, "map", variable=word) for word in ("real_income_pct", "cpi_pct"))
    for item, losses in ((incomes, theme.DIVERGING[:3]), (prices, theme.DIVERGING[4:])):
        colours = filled(item.svg)
        fallen = {f"{row['economy']}: {change(row['value'])}" for row in item.rows if row["value"] < -0.1}
        assert fallen
        assert {colours[words] for words in fallen} <= set(losses)
    bars = dt.chart(solved, variable="cpi_pct").svg
    highest = max(prices.rows, key=lambda row: row["value"])
    assert f">{change(highest['value'], 2)}<" in bars
    assert bars.index(theme.DIVERGING[1]) < bars.index(theme.DIVERGING[5])


def test_rivalry_is_drawn_with_its_range_and_said_at_its_highest():
    found, item = answers()["rivalry"], dt.chart(answers()["rivalry"])
    assert [(row["side"], row["date"], row["low"], row["high"]) for row in item.rows] == [
        (row["side"], row["on"], row["weight_low"], row["weight_high"]) for row in found.rivalry
    ]
    most = max((row for row in found.rivalry if row["side"] == "USA"), key=lambda row: row["weight_high"])
    assert f"the United States {number(most['weight_low'], 2)} to" in item.title
    bare = dt.play_rivalry("USA", "CHN", day=("2024-12-31",), world="wiod2011")
    unknown = [{**row, "weight_low": None, "weight_high": None} for row in bare["rivalry"]]
    with pytest.raises(InputError, match="no weight is known"):
        rivalry(read_strategy({**bare, "rivalry": unknown}))
