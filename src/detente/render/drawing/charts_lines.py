"""Charts over time and in two dimensions: rates by day, the history of a duty, paths, bargaining sets."""

from __future__ import annotations

import datetime as dt
import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from detente.formatting import average, day
from detente.render import theme
from detente.render.drawing.charts import FITTED, WIDTHS, legend, pair_label, side_scale
from detente.render.drawing.text import economy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# A change of an average smaller than this is not marked.
SMALLEST = 0.0005
# Lines of the sides, so that they differ without colour as well.
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3])
# Steps that are named, the largest.
STEPS = {"wide": 16, "half": 12, "narrow": 8}
HEIGHTS = {"wide": 300, "half": 260, "narrow": 240}
# Pixels: of a number above its line, between two numbers, of the axis beside the plot.
LIFT, APART, AXIS = 12.0, 19.0, 45


def rates_over_time(
    rows: Sequence[Mapping[str, Any]], *, size: str = "wide", linked: bool = True
) -> tuple[dict[str, Any], list[str]]:
    """
    Draw average additional duties by day; a row's ``step`` names what changed on it.

    Gives the chart and the list of its numbered steps. Each change is a link to the law of its day where it is on a page.
    """
    pairs = [key for key in rows[0] if "<-" in key] if rows else []
    values = [
        {"date": row["date"], "rate": row[pair], "of": pair_label(pair)} for row in rows for pair in pairs
    ]
    changes = [
        {
            "date": row["date"],
            "rate": row[pair],
            "of": pair_label(pair),
            "url": f"/ledger/changes?on={row['date']}",
            "words": f"{day(row['date'])}: {pair_label(pair)} {average(row[pair])}",
        }
        for before, row in pairwise(rows)
        for pair in pairs
        if linked and abs(row[pair] - before[pair]) >= SMALLEST
    ]
    marks = number_steps(rows, pairs, size)
    scale = side_scale(pairs)
    colour = {"field": "of", "type": "nominal", "title": None, "scale": scale, "legend": legend(size)}
    dash = {**colour, "scale": {"domain": scale["domain"], "range": DASHES[: len(scale["domain"])]}}
    x = {"field": "date", "type": "temporal", "title": None, "axis": {"format": "%Y", "tickCount": "year"}}
    top = max([0.01, *(row["rate"] for row in values)])
    y = {
        "field": "rate",
        "type": "quantitative",
        "title": None,
        "axis": {"format": ".0%"},
        "scale": {"domain": [0, 1.08 * top], "nice": False},
    }
    clickable = {
        "data": {"values": changes},
        "mark": {"type": "point", "filled": True, "size": 34, "opacity": 1, "cursor": "pointer"},
        "encoding": {
            "x": x,
            "y": y,
            "color": colour,
            "href": {"field": "url"},
            "description": {"field": "words"},
        },
    }
    at = {"x": x, "y": {**y, "field": "at"}}
    numbered = [
        {
            "data": {"values": marks},
            "mark": {"type": "point", "filled": True, "size": 230, "opacity": 1, "fill": theme.INK},
            "encoding": at,
        },
        {
            "data": {"values": marks},
            "mark": {
                "type": "text",
                "fontSize": 10,
                "fontWeight": "bold",
                "color": theme.PAPER,
                "baseline": "middle",
                "dy": 0.5,
            },
            "encoding": {**at, "text": {"field": "number", "type": "nominal"}},
        },
    ]
    return {
        "width": WIDTHS[size],
        "autosize": FITTED,
        "height": HEIGHTS[size],
        "layer": [
            {
                "data": {"values": values},
                "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2},
                "encoding": {"x": x, "y": y, "color": colour, "strokeDash": dash},
            },
            *([clickable] if linked else []),
            *(numbered if marks else []),
        ],
    }, [mark["words"] for mark in marks]


def number_steps(rows: Sequence[Mapping[str, Any]], pairs: Sequence[str], size: str) -> list[dict[str, Any]]:
    """
    Number the named steps of a chart of rates, the largest first, so that no two numbers lie on each other.

    A step whose number would lie on another's joins it. Gives date, height of the number, number and words, in the order
    of time.
    """
    if not rows:
        return []
    top = max([0.01, *(row[pair] for row in rows for pair in pairs)])
    first, last = (dt.date.fromisoformat(rows[k]["date"]).toordinal() for k in (0, -1))
    lifted = LIFT / HEIGHTS[size] * 1.08 * top
    steps = [
        (
            max(abs(row[pair] - before[pair]) for pair in pairs),
            row,
            max(max(row[pair], before[pair]) for pair in pairs) + lifted,
        )
        for before, row in pairwise(rows)
        if row.get("step")
    ]
    placed: list[dict[str, Any]] = []
    for _, row, height in sorted(steps, key=lambda step: -step[0])[: STEPS[size]]:
        across = (dt.date.fromisoformat(row["date"]).toordinal() - first) / max(1, last - first)
        spot = (across * (WIDTHS[size] - AXIS), height / (1.08 * top) * HEIGHTS[size])
        near = next((item for item in placed if math.dist(item["spot"], spot) < APART), None)
        if near is None:
            placed.append({"spot": spot, "date": row["date"], "at": min(height, 1.05 * top), "rows": [row]})
        else:
            near["rows"].append(row)
    placed.sort(key=lambda item: min(row["date"] for row in item["rows"]))
    return [
        {"date": item["date"], "at": item["at"], "number": str(k), "words": f"{k}) {_named(item['rows'])}"}
        for k, item in enumerate(placed, start=1)
    ]


def _named(rows: Sequence[Mapping[str, Any]]) -> str:
    """The steps under one number: the largest in words, and how far those that joined it reach."""
    largest, others = rows[0], sorted(row["date"] for row in rows[1:])
    said = f"{day(largest['date'])}: {largest['step']}"
    if not others:
        return said
    more = "another step" if len(others) == 1 else f"{len(others)} other steps"
    when = day(others[0]) if others[0] == others[-1] else f"{day(others[0])} to {day(others[-1])}"
    return f"{said} (and {more}, {when})"


def history(rows: Sequence[Mapping[str, Any]], *, size: str = "wide") -> dict[str, Any]:
    """Draw the duty on one product by day, its parts stacked."""
    order = list(dict.fromkeys(row["part"] for row in rows))
    palette = [theme.MUTED, *theme.marks()["sides"].values(), *theme.OTHERS, *theme.DIVERGING]
    colour = {
        "field": "part",
        "type": "nominal",
        "title": None,
        "sort": order,
        "scale": {"domain": order, "range": [palette[k % len(palette)] for k in range(len(order))]},
        "legend": {"columns": 1, "orient": "bottom", "labelLimit": WIDTHS[size] - 40},
    }
    return {
        "width": WIDTHS[size],
        "autosize": FITTED,
        "height": 240,
        "data": {"values": list(rows)},
        "mark": {"type": "rect"},
        "encoding": {
            "x": {
                "field": "from",
                "type": "temporal",
                "title": None,
                "axis": {"format": "%Y", "tickCount": "year"},
            },
            "x2": {"field": "to"},
            "y": {"field": "low", "type": "quantitative", "title": "duty", "axis": {"format": ".0%"}},
            "y2": {"field": "high"},
            "color": colour,
        },
    }


def scatter(
    points: Sequence[Mapping[str, Any]],
    marks: Sequence[Mapping[str, Any]],
    *,
    x: str,
    y: str,
    size: str = "wide",
    line: bool = True,
) -> dict[str, Any]:
    """Draw what two sides gain: a frontier or a cloud, with named points."""
    width = WIDTHS[size]
    axes = {
        "x": {"field": "a", "type": "quantitative", "title": x, "axis": {"format": "+.2f", "tickCount": 6}},
        "y": {"field": "b", "type": "quantitative", "title": y, "axis": {"format": "+.2f", "tickCount": 6}},
    }
    kinds = list(dict.fromkeys(mark["kind"] for mark in marks))
    palette = [*reversed(theme.marks()["sides"].values()), *theme.OTHERS]
    colour = {"domain": kinds, "range": palette[: len(kinds)]}
    key = legend(size)
    shape = {"domain": kinds, "range": ["diamond", "circle", "square", "triangle-up"][: len(kinds)]}
    joined = {
        "type": "line",
        "strokeWidth": 1.5,
        "color": theme.MUTED,
        "point": {"color": theme.MUTED, "size": 18},
    }
    cloud = {"type": "point", "filled": True, "size": 22, "opacity": 0.45, "color": theme.MUTED}
    return {
        "width": width,
        "autosize": FITTED,
        "height": int(0.55 * width),
        "layer": [
            {
                "data": {"values": list(points)},
                "mark": joined if line else cloud,
                "encoding": axes | ({"order": {"field": "a"}} if line else {}),
            },
            {
                "data": {"values": list(marks)},
                "mark": {"type": "point", "filled": True, "size": 110, "opacity": 1},
                "encoding": axes
                | {
                    "color": {
                        "field": "kind",
                        "type": "nominal",
                        "title": None,
                        "scale": colour,
                        "legend": key,
                    },
                    "shape": {
                        "field": "kind",
                        "type": "nominal",
                        "title": None,
                        "scale": shape,
                        "legend": key,
                    },
                },
            },
        ],
    }


def lines(rows: Sequence[Mapping[str, Any]], *, title: str, size: str = "wide") -> dict[str, Any]:
    """Draw values by year."""
    sides = list(dict.fromkeys(row["side"] for row in rows))
    values = [{**row, "of": economy(row["side"])} for row in rows]
    colour = {"domain": [economy(side) for side in sides], "range": theme.side_colours(sides)}
    key = {**legend(size), "symbolType": "stroke", "symbolStrokeColor": theme.INK, "symbolSize": 260}
    return {
        "width": WIDTHS[size],
        "autosize": FITTED,
        "height": 260,
        "data": {"values": values},
        "mark": {"type": "line", "strokeWidth": 2},
        "encoding": {
            "x": {
                "field": "year",
                "type": "quantitative",
                "title": None,
                "axis": {"format": "d", "tickMinStep": 1},
                "scale": {"zero": False},
            },
            "y": {"field": "value", "type": "quantitative", "title": title, "scale": {"zero": False}},
            "color": {"field": "of", "type": "nominal", "title": None, "scale": colour, "legend": key},
            "strokeDash": {"field": "run", "type": "nominal", "title": None, "sort": None, "legend": key},
        },
    }
