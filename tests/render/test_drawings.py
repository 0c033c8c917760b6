"""Pictures: words and numbers inside them, nothing cut or on top of each other, and the same numbers as the document."""

from __future__ import annotations

import copy
import csv
import io
import json
import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import detente as dt
from detente.errors import InputError
from detente.formatting import day
from detente.labels import short
from detente.policy.documents.run import RunDocument
from detente.queries.studies import Outcome
from detente.render import draw_answer, draw_run, theme
from detente.render.drawing import charts_lines, maps, strategy, study
from detente.render.drawing.contrast import OUTCOMES, Contrast
from detente.render.drawing.frame import NARROW, framed, text_width, wrap
from detente.render.drawing.picture import SIZES, Picture
from detente.render.page import draw
from policy.main_run import main_run
from render.pictures import size_of, texts_of

NAMES = ("tariffs", "income", "map", "industries", "worth", "bands", "households", "rates")
# A number in a title: digits, with a decimal point or without.
NUMBER = re.compile(r"\d")
# Pixels by which a text may stand over an edge: the widths are Helvetica's, the font of a reader may differ a little.
EDGE = 1.0


@pytest.fixture(scope="module")
def drawings(document):
    return draw(document)


@pytest.fixture(scope="module")
def every(document, drawings):
    """The pictures of a report, and those of a page in each of the other sizes."""
    sized = {
        f"{name} {size}": draw_run(document, name, size=size)
        for name in NAMES
        for size in SIZES
        if size != "wide" and (name != "bands" or document["result"]["uncertainty"])
    }
    strategic = {
        f"{name} {size}": item for size in ("half", "narrow") for name, item in _strategic(size).items()
    }
    return {**drawings, **sized, **strategic}


def _strategic(size):
    """Pictures about strategy on the small world."""
    made = {
        "path": dt.path(world="wiod2011"),
        "deals": dt.deals(world="wiod2011", draws=0),
        "payoffs": dt.payoffs(world="wiod2011"),
    }
    return {name: dt.chart(found, size=size) for name, found in made.items()}


def test_a_title_is_a_finding_with_a_number_and_the_source_stands_in_the_picture(every):
    for name, item in every.items():
        assert NUMBER.search(item.title), (name, item.title)
        assert len(item.title.split()) > 5, (name, item.title)
        said = " ".join(text.words for text in texts_of(item.svg))
        for words in (item.title, item.subtitle, item.source, *item.notes):
            assert " ".join(words.split()) in " ".join(said.split()), (name, words)
        assert f"Détente {dt.__version__}" in item.source, name
        assert re.search(r"law (of|to) ", item.source), (name, item.source)
        assert item.alt.endswith("."), name


def test_no_text_lies_outside_a_picture_or_on_another(every):
    for name, item in every.items():
        shown = [text for text in texts_of(item.svg) if text.opacity > 0]
        width, height = size_of(item.svg)
        assert len(shown) > 4, name
        outside = [
            text.words
            for text in shown
            if text.left < -EDGE
            or text.top < -EDGE
            or text.right > min(width, text.edge) + EDGE
            or text.bottom > height + EDGE
        ]
        assert not outside, (name, outside)
        pairs = [(a.words, b.words) for k, a in enumerate(shown) for b in shown[k + 1 :] if a.overlaps(b)]
        assert not pairs, (name, pairs)
        assert not [text.words for text in shown if text.words.endswith("…")], name


def test_the_check_finds_what_a_drawing_inside_cuts():
    inner = '<svg width="100" height="40"><text x="70" y="20">longer than that</text></svg>'
    (text,) = (
        text
        for text in texts_of(framed(inner, title="t", subtitle="s", source="x", alt="a", width=400))
        if text.words.startswith("longer")
    )
    assert text.right < 400
    assert text.edge == 114.0
    assert text.right > text.edge


def test_the_check_finds_what_is_cut_and_what_is_on_top_of_another():
    moved = '<g transform="translate(10,20)"><text>two</text></g>'
    inner = f'<svg width="100" height="40"><text x="0" y="20">one</text>{moved}</svg>'
    words = {"title": "t", "subtitle": "s", "source": "x", "alt": "a"}
    one, two = (text for text in texts_of(framed(inner, **words, width=300)) if text.words in {"one", "two"})
    assert one.overlaps(two)
    assert (one.left, two.left) == (14.0, 24.0)
    long = framed(
        '<svg width="100" height="40"><text x="90" y="20">far too long to fit here</text></svg>',
        **words,
        width=120,
    )
    assert max(text.right for text in texts_of(long)) > size_of(long)[0]


def test_every_drawing_is_an_image_without_script_or_request(every):
    for name, item in every.items():
        root = ET.fromstring(item.svg)  # noqa: S314  (drawn by the code under test)
        assert root.tag.endswith("svg"), name
        assert not [
            node for node in root.iter() if node.tag.endswith(("script", "image", "foreignObject"))
        ], name
        assert "http" not in item.svg.replace("http://www.w3.org/", ""), name
        assert float(root.get("width")) == SIZES[item.size], name


def test_every_colour_that_words_and_lines_have_turns_on_a_dark_screen(drawings):
    used = {
        colour.lower()
        for item in drawings.values()
        for colour in map(_six, re.findall(r'(?:fill|stroke)="(#[0-9a-fA-F]{3,6}|[a-z]{3,})"', item.svg))
        if colour not in {"none", "transparent"}
    }
    sides = {colour.lower() for colour in theme.marks()["sides"].values()}
    turned = {colour.lower() for colour in theme.DARK} | sides
    assert {theme.INK, theme.MUTED, theme.PAPER, theme.RULE} | sides <= turned
    light = {colour for colour in used - turned if not _is_middling(colour)}
    assert light <= {theme.ON_FILL}


def _six(colour):
    """A colour with six digits."""
    return (
        "#" + "".join(2 * digit for digit in colour[1:]) if colour[0] == "#" and len(colour) == 4 else colour
    )


def _is_middling(colour):
    """Whether a colour is neither so dark nor so light that one of the two grounds hides it."""
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return 70 < 0.3 * red + 0.59 * green + 0.11 * blue < 200


def test_a_picture_is_saved_in_four_ways(document, tmp_path):
    item = draw_run(document, "income")
    starts = {"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF", "csv": b"\xef\xbb\xbfname,"}
    for ending, start in starts.items():
        assert item.save(tmp_path / f"x.{ending}").read_bytes().startswith(start)
    rows = list(csv.DictReader(io.StringIO(item.csv())))
    assert [row["name"] for row in rows] == [row["name"] for row in item.rows]
    assert [float(row["value"]) for row in rows] == [row["value"] for row in item.rows]
    with pytest.raises(InputError) as caught:
        item.save(tmp_path / "x.gif")
    assert caught.value.allowed == ".svg, .png, .pdf, .csv"


def test_a_notebook_shows_it_and_altair_takes_it(document):
    item = draw_run(document, "tariffs")
    assert item._repr_svg_() == item.svg
    assert item.to_altair().to_dict()["title"]["text"] == item.title
    with pytest.raises(InputError, match="a map has no Vega-Lite"):
        draw_run(document, "map").to_dict()


# Words.


def test_lines_are_no_wider_than_their_room():
    text = "The United States gains 0.18 % of real income, China gains 0.14 %; 15 of 81 economies gain"
    for width in (90.0, 140.0, 300.0):
        lines = wrap(text, width, 12.0)
        assert " ".join(lines) == text
        assert all(text_width(line, 12.0) <= width or " " not in line for line in lines)
        assert not any(line.startswith("%") for line in lines)


def test_a_title_counts_and_names_what_the_document_says(document):
    """Worked out a second time, from the document itself."""
    scenarios = document["result"]["scenarios"]
    mine, theirs = (
        {code: row["real_income_pct"] for code, row in scenarios[key]["economies"].items()}
        for key in ("truce", "no-deal")
    )
    gain = {code: mine[code] - theirs[code] for code in mine}
    item = draw_run(document, "map", of="truce", against="no-deal")
    count = f"{sum(v > 0 for v in gain.values())} of {len(gain)} economies gain, {sum(v < 0 for v in gain.values())} lose"
    assert count in item.title
    assert f"most {words_of(max(gain, key=gain.get))}" in item.title
    assert f"least {words_of(min(gain, key=gain.get))}" in item.title
    values = {row["code"]: row["value"] for row in item.rows}
    assert values == pytest.approx(gain)


def words_of(code):
    """An economy inside a sentence."""
    return study.the(code)


def test_a_against_b_is_minus_b_against_a(document):
    result = RunDocument.read(document).result
    for outcome in OUTCOMES:
        there = Contrast.read(result, "truce", "escalation").values(outcome, groups=True)
        back = Contrast.read(result, "escalation", "truce").values(outcome, groups=True)
        assert {code: -value for code, value in back.items()} == pytest.approx(there)
    alone = Contrast.read(result, "truce").values()
    assert alone == {
        code: row["real_income_pct"]
        for code, row in document["result"]["scenarios"]["truce"]["economies"].items()
    }


def test_without_words_the_studys_own_contrast_is_drawn(document):
    own = document["result"]["worth"]["worth"]
    assert (
        draw_run(document, "income").title
        == draw_run(document, "income", of=own["of"], against=own["against"]).title
    )
    assert draw_run(document, "income").title.startswith("Truce instead of no deal:")


def test_the_band_of_a_contrast_is_that_of_the_draws(document):
    bands = document["result"]["uncertainty"]["contrasts"]["worth"]
    rows = {row["name"]: row for row in draw_run(document, "income").rows}
    assert (rows["China"]["low"], rows["China"]["high"]) == (bands["CHN"]["q05"], bands["CHN"]["q95"])
    assert "90 of 100 draws" in draw_run(document, "income").subtitle
    other = draw_run(document, "income", of="truce", against="escalation")
    assert "low" not in other.rows[0]
    assert "90 of 100" not in other.subtitle


def test_what_cannot_be_drawn_is_refused_with_the_nearest(document):
    with pytest.raises(InputError) as caught:
        draw_run(document, "pie")
    assert caught.value.allowed == ", ".join(NAMES)
    with pytest.raises(InputError) as caught:
        draw_run(document, "map", of="truse")
    assert caught.value.repair == "did you mean truce?"
    with pytest.raises(InputError, match="no industries"):
        draw_run(document, "industries", side="XXX")
    with pytest.raises(InputError, match="nothing is drawn of this"):
        draw_answer({"board": []})


def test_what_a_run_lacks_is_refused_and_what_it_has_named(document):
    """A run of a few scenarios has no contrasts; the document of a run has no timeline, its outcome has."""
    bare = copy.deepcopy(document)
    bare["result"] |= {"worth": {}, "households": [], "uncertainty": None, "timeline": None}
    for name, lacking in (
        ("worth", "contrasts"),
        ("households", "households"),
        ("bands", "bands"),
        ("rates", "day"),
    ):
        with pytest.raises(InputError, match=lacking) as caught:
            draw_run(bare, name)
        assert caught.value.allowed == "tariffs, income, map, industries"
        assert "kuala-lumpur on icio2022" in caught.value.found


@pytest.mark.slow
def test_an_outcome_draws_itself_and_its_duties_by_day(document):
    outcome = Outcome(main_run(), "dt.run()")
    assert outcome.plot("tariffs") == dt.chart(outcome, "tariffs")
    assert outcome.plot("rates").rows == draw_run(document, "rates").rows
    gdp = outcome.plot("map", "truce", variable="real_gdp_pct")
    rows = document["result"]["scenarios"]["truce"]["economies"]
    assert {row["code"]: row["value"] for row in gdp.rows} == {
        code: row["real_gdp_pct"] for code, row in rows.items()
    }
    assert "timeline" not in outcome.document["result"]


# The map.


def test_the_map_has_an_area_or_a_dot_of_every_economy_and_hatches_the_rest(document):
    shapes = maps.shapes()
    drawn = {area["code"] for area in shapes["areas"]} | {dot["code"] for dot in shapes["dots"]}
    economies = set(document["result"]["scenarios"]["truce"]["economies"])
    assert economies - drawn == {"ROW"}
    svg = draw_run(document, "map").svg
    assert svg.count('fill="url(#none)"') > 50


@pytest.mark.parametrize("size", [3e-5, 0.04, 0.9, 1.0, 1.3, 2.0, 4.9, 5.0, 740.0])
def test_classes_are_few_rounded_symmetric_and_have_one_for_none(size):
    scale = maps.scale_of({"A": size, "B": -size})
    assert len(scale.colours) == len(scale.edges) + 1 == 7
    assert scale.edges == tuple(-edge for edge in reversed(scale.edges))
    assert scale.colour(0.0) == scale.colours[3]
    for edge in scale.edges[3:]:
        assert f"{edge:.6e}"[:4] in {"1.00", "2.00", "5.00"}, edge
    assert scale.edges[5] <= size < 2.6 * scale.edges[5]


def test_the_map_knows_only_the_economies_of_the_document(document):
    fewer = copy.deepcopy(document)
    for name in ("truce", "no-deal"):
        del fewer["result"]["scenarios"][name]["economies"]["BRA"]
    full, less = ({row["code"] for row in draw_run(item, "map").rows} for item in (document, fewer))
    assert full - less == {"BRA"}


# The same numbers as the document.


def test_the_tariffs_drawn_are_those_of_the_document(document):
    rows = {(row["scenario"], row["pair"]): row["rate"] for row in draw_run(document, "tariffs").rows}
    for item in document["result"]["scenarios"].values():
        for pair in ("USA<-CHN", "CHN<-USA"):
            name = short("scenario", item["id"], within="kuala-lumpur")
            assert rows[name, pair] == item["tariffs"][pair]


def test_the_incomes_drawn_are_those_of_the_document(document):
    item = document["result"]["scenarios"]["truce"]
    values = {row["name"]: row["value"] for row in draw_run(document, "income", of="truce").rows}
    assert values["China"] == item["economies"]["CHN"]["real_income_pct"]
    assert values["World"] == item["groups"]["WORLD"]["real_income_pct"]


def test_the_bars_of_the_worth_lie_between_the_two_orders(document):
    (item,) = RunDocument.read(document).result.worth.values()
    for side in ("USA", "CHN", "WORLD"):
        for row, line in zip(draw_run(document, "worth", side=side).rows, item.lines, strict=True):
            found = line.real_income_pct[side]
            assert (row["low"], row["high"]) == tuple(sorted((found.in_order, found.in_reverse)))
            assert row["low"] <= row["value"] <= row["high"]


def test_the_timeline_has_both_sides_on_every_day(document):
    spec = draw_run(document, "rates").spec
    rows = spec["layer"][0]["data"]["values"]
    assert "href" not in json.dumps(spec), "a report has no page to lead to"
    assert len(rows) == 2 * len(document["result"]["timeline"])
    assert len({row["of"] for row in rows}) == 2


# Steps of the rates.


def test_large_steps_of_the_rates_are_named_and_small_ones_are_not(document):
    rows = document["result"]["timeline"]
    named = {row["date"]: row["step"] for row in rows if row.get("step")}
    assert "20 % to 10 %" in named["2025-11-10"]
    assert "84 % to 125 %" in named["2025-04-10"]
    by_day = {row["date"]: (before, row) for before, row in pairwise(rows)}
    for date in named:
        before, row = by_day[date]
        assert max(abs(row[pair] - before[pair]) for pair in ("USA<-CHN", "CHN<-USA")) >= 0.008


def made_up(*days):
    """Rates that jump on some days, each named by its day."""
    rows = [{"date": "2018-01-01", "A<-B": 0.0}]
    for k, date in enumerate(days, start=1):
        rows.append({"date": date, "A<-B": 0.1 * (k % 2), "step": f"act of {date}"})
    return rows


@pytest.mark.parametrize("size", list(SIZES))
def test_numbers_of_steps_stand_apart_in_the_order_of_time_and_every_step_is_counted(size):
    days = ["2018-07-06", "2018-07-20", "2019-05-10", "2020-02-14", "2025-04-02", "2025-04-05", "2025-04-09"]
    marks = charts_lines.number_steps([*made_up(*days), {"date": "2026-11-10", "A<-B": 0.1}], ["A<-B"], size)
    assert [mark["number"] for mark in marks] == [str(k) for k in range(1, len(marks) + 1)]
    assert [mark["date"] for mark in marks] == sorted(mark["date"] for mark in marks)
    told = 0
    for mark in marks:
        assert mark["words"].startswith(f"{mark['number']}) ")
        others = re.search(r"and (another|\d+ other)", mark["words"])
        told += 1 + (0 if others is None else 1 if others[1] == "another" else int(others[1].split()[0]))
    assert told == len(days)
    assert day("2018-07-06") in marks[0]["words"] or "July 2018" in marks[0]["words"]


# Studies of another kind.


def test_a_study_of_one_scenario_is_drawn(document):
    one = copy.deepcopy(document)
    one["result"]["scenarios"] = {"court": one["result"]["scenarios"]["court"]}
    one["result"]["worth"], one["result"]["band"], one["result"]["uncertainty"] = {}, {}, None
    del one["result"]["timeline"]
    assert set(draw(one)) == {"tariffs", "income-court", "map-court", "households"}


def test_colours_do_not_depend_on_colour_alone(document):
    """Sides differ in shape and dash as well, and the legend shows it."""
    assert '"shape"' in json.dumps(draw_run(document, "tariffs").spec)
    (dash,) = {
        json.dumps(layer["encoding"]["strokeDash"])
        for layer in draw_run(document, "rates").spec["layer"]
        if "strokeDash" in layer["encoding"]
    }
    assert '"legend": null' not in dash


def test_a_narrow_title_is_smaller_than_a_wide_one():
    words = {"title": "t", "subtitle": "s", "source": "x", "alt": "a"}
    inner = '<svg width="10" height="10"></svg>'
    sizes = [
        re.search(r'font-size="([\d.]+)"', framed(inner, **words, width=width))[1]
        for width in (NARROW - 1, NARROW + 1)
    ]
    assert float(sizes[0]) < float(sizes[1])


def test_pictures_of_strategy_are_those_pages_ask_for():
    assert set(strategy.MAKERS) == {"payoffs", "bargain", "hedge", "path", "deals", "rivalry"}
    assert Picture("1", "", "", [], "a").csv() == "\r\n"


@pytest.mark.slow
def test_the_picture_of_the_readme_is_of_todays_numbers(document):
    """Else `python scripts/readme_picture.py` draws it anew."""
    drawn = (Path(__file__).parents[2] / "docs" / "truce.svg").read_text(encoding="utf-8")
    assert drawn == draw_run(document, "income").svg
