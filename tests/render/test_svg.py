"""Charts drawn by this package: places worked out by hand, and those that Vega-Lite's own library gives."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from detente.render import theme
from detente.render.drawing import charts, charts_lines
from detente.render.drawing.svg.guides import apart, keys_of, legend
from detente.render.drawing.svg.marks import Layer, holds
from detente.render.drawing.svg.plot import draw_chart, layers_of
from detente.render.drawing.svg.scales import Scale, scale_of, tick_values, ticks, written
from detente.render.drawing.vega import draw_spec

# Coordinates are rounded to a tenth of a pixel.
ROUNDED = 0.11
ROWS = [
    {"name": "China", "value": 0.25, "low": 0.2, "high": 0.31},
    {"name": "United States", "value": -0.125, "low": -0.2, "high": -0.05},
    {"name": "Japan", "value": 0.01, "low": 0.0, "high": 0.02},
]


def nodes(svg, tag):
    """Elements of a kind."""
    return [node for node in ET.fromstring(svg).iter() if node.tag.endswith(f"}}{tag}")]  # noqa: S314


@pytest.mark.parametrize(
    ("low", "high", "wanted", "found"),
    [
        (0.0, 1.0, 5, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (-0.3, 0.72, 6, [-0.2, 0.0, 0.2, 0.4, 0.6]),
        (0.0, 131.0, 4, [0.0, 50.0, 100.0]),
        (2025, 2035, 10, [float(year) for year in range(2025, 2036)]),
        (-1e-4, 1e-4, 2, [-1e-4, 0.0, 1e-4]),
    ],
)
def test_ticks_are_round_numbers_inside_the_ends(low, high, wanted, found):
    assert ticks(low, high, wanted) == pytest.approx(found)


def test_a_value_stands_at_its_share_of_the_length():
    across = Scale("quantitative", 200.0, (-1.0, 3.0))
    assert [across.at(value) for value in (-1.0, 0.0, 3.0)] == [0.0, 50.0, 200.0]
    up = Scale("quantitative", 200.0, (-1.0, 3.0), upward=True)
    assert [up.at(value) for value in (-1.0, 0.0, 3.0)] == [200.0, 150.0, 0.0]
    time = Scale("temporal", 366.0, (dt.date(2024, 1, 1).toordinal(), dt.date(2025, 1, 1).toordinal()))
    assert time.at("2024-03-01") == pytest.approx(60.0)
    assert tick_values(time, {}) == [(0.0, "2024"), (366.0, "2025")]
    names = Scale("nominal", 90.0, labels=("a", "b", "c"))
    assert [names.at(name) for name in "abc"] == [15.0, 45.0, 75.0]


def test_ends_reach_zero_and_round_numbers_unless_told_otherwise():
    rows = [{"x": 0.31}, {"x": 0.87}]
    plain = {"x": {"field": "x", "type": "quantitative"}}
    assert scale_of([(rows, plain)], "x", 1.0).ends == pytest.approx((0.0, 0.9))
    free = {"x": {**plain["x"], "scale": {"zero": False}}}
    assert scale_of([(rows, free)], "x", 1.0).ends == pytest.approx((0.3, 0.9))
    fixed = {"x": {**plain["x"], "scale": {"domain": [0.1, 2.0]}}}
    assert scale_of([(rows, fixed)], "x", 1.0).ends == (0.1, 2.0)


def test_numbers_are_written_with_the_true_minus_sign_and_a_blank_before_the_percent_sign():
    assert written(-1234.5, "+,.1f") == "\N{MINUS SIGN}1,234.5"
    assert written(0.4, ".0%") == "40 %"
    assert written(2031.0, "d") == "2031"


def test_labels_that_would_lie_on_each_other_are_every_second_or_third():
    shown = [(10.0 * k, "0.25") for k in range(9)]
    kept = [x for x, _ in apart(shown)]
    assert kept == [0.0, 30.0, 60.0]


def test_a_condition_of_another_form_is_not_guessed():
    assert holds("datum.value < 0", {"value": -1.0})
    with pytest.raises(ValueError, match="not known"):
        holds("datum.value == 0", {"value": 0.0})


def test_bars_reach_from_zero_to_their_value_and_lines_over_them_from_low_to_high():
    spec = {**charts.bars(ROWS, title="%", width=400)}
    low, high = spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    at = {
        value: (value - low) / (high - low) * 400
        for value in (0.0, *(v for r in ROWS for v in list(r.values())[1:]))
    }
    svg = draw_spec(spec)
    bars = [node for node in nodes(svg, "rect") if node.get("height") == "12"]
    for row, bar in zip(ROWS, bars, strict=True):
        ends = sorted((at[0.0], at[row["value"]]))
        assert float(bar.get("x")) == pytest.approx(ends[0], abs=ROUNDED)
        assert float(bar.get("width")) == pytest.approx(ends[1] - ends[0], abs=ROUNDED)
        assert bar.get("fill") == theme.DIVERGING[1 if row["value"] < 0 else 5]
    rules = [
        [float(x) for x in re.findall(r"[ML]([-\d.]+),", node.get("d"))]
        for node in nodes(svg, "path")
        if node.get("stroke") == theme.INK
    ]
    for row, rule in zip(ROWS, rules, strict=True):
        assert rule == pytest.approx([at[row["low"]], at[row["high"]]], abs=ROUNDED)


def by_vega(spec):
    """The same drawn by Vega-Lite's own library."""
    library = pytest.importorskip("vl_convert")
    return library.vegalite_to_svg(
        {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "config": theme.config(), **spec}
    )


def test_bars_are_as_long_as_in_vega_lite():
    spec = charts.bars(ROWS, title="%", width=400)
    theirs = [
        abs(float(found))
        for found in re.findall(r'd="M[\d.]+,[\d.]+h(-?[\d.]+)v12h', by_vega(spec))
        if float(found) != 0
    ]
    ours = [float(node.get("width")) for node in nodes(draw_spec(spec), "rect") if node.get("height") == "12"]
    assert len(theirs) == len(ROWS)
    assert ours == pytest.approx(theirs, abs=ROUNDED)


def test_numbers_at_the_axes_are_those_of_vega_lite():
    """Their minus sign is the same; a blank stands before our percent sign."""
    points = [{"a": 0.1 * k, "b": 0.03 * k * k - 0.2} for k in range(9)]
    marks = [{"a": 0.3, "b": 0.1, "kind": "deal"}]
    spec = charts_lines.scatter(points, marks, x="one", y="other")
    del spec["autosize"]
    theirs, ours = (
        {node.text for node in nodes(svg, "text") if re.match(r"[+\N{MINUS SIGN}]\d", node.text)}
        for svg in (by_vega(spec), draw_spec(spec))
    )
    assert len(ours) > 8
    assert ours == theirs


def test_a_line_that_keeps_its_height_turns_at_right_angles():
    rows = [
        {"date": "2025-01-01", "A<-B": 0.1},
        {"date": "2025-07-01", "A<-B": 0.4},
        {"date": "2026-01-01", "A<-B": 0.2},
    ]
    spec, _ = charts_lines.rates_over_time(rows, linked=True)
    svg = draw_spec(spec)
    (path,) = [node.get("d") for node in nodes(svg, "path") if node.get("d").count("L") == 4]
    spots = [tuple(map(float, spot.split(","))) for spot in path[1:].split("L")]
    assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(spots))
    links = nodes(svg, "a")
    assert [node.get("{http://www.w3.org/1999/xlink}href") for node in links] == [
        "/ledger/changes?on=2025-07-01",
        "/ledger/changes?on=2026-01-01",
    ]


def test_the_least_and_the_most_of_a_name_are_the_ends_of_its_line():
    rows = [
        {"scenario": "Truce", "pair": pair, "rate": rate}
        for pair, rate in (("USA<-CHN", 0.3), ("CHN<-USA", 0.1))
    ]
    first = layers_of(charts.tariff_dots(rows))[0]
    assert [(row["x"], row["x2"]) for row in first.rows] == [(0.1, 0.3)]


def test_a_legend_names_each_column_once_and_breaks_where_it_is_too_wide():
    rows = [{"k": name, "x": 0.0, "y": 0.0} for name in ("first name", "second name", "third name")]
    key = {
        "field": "k",
        "type": "nominal",
        "legend": {"columns": 0},
        "scale": {"range": ["#111111", "#222222", "#333333"]},
    }
    layer = Layer(rows, {"type": "point"}, {"color": key, "shape": {**key, "scale": {"range": ["circle"]}}})
    keys = keys_of([layer, layer])
    assert [found.names() for found in keys] == [["first name", "second name", "third name"]]
    assert [legend(keys, width)[1] for width in (400.0, 200.0, 100.0)] == [19.0, 38.0, 57.0]
    assert keys_of([Layer(rows, {"type": "rect"}, {"color": {**key, "legend": None}})]) == []


def test_a_cell_without_a_value_has_no_colour_and_one_at_an_end_has_that_of_the_end():
    scale = {"domain": [-1.0, 0, 1.0], "range": ["#000000", "#808080", "#ffffff"]}
    layer = Layer([], {"type": "rect"}, {"color": {"field": "v", "type": "quantitative", "scale": scale}})
    found = [layer.colour({"v": value}) for value in (None, -1.0, -0.5, 0.0, 1.0, 9.0)]
    assert found == [None, "#000000", "#404040", "#808080", "#ffffff", "#ffffff"]


def test_charts_one_below_the_other_take_the_height_of_both():
    one = {"title": "A", **charts.bars(ROWS, title="%", width=200)}
    both = draw_chart({"vconcat": [one, one]})
    assert both.height == pytest.approx(2 * draw_chart(one).height + 20.0)
