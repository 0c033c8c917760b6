"""Charts over time and in two dimensions: rates by day, the history of a duty, paths, bargaining sets."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from detente.formatting import average
from detente.render import theme
from detente.render.drawing.charts import WIDTHS, pair_label, side_scale
from detente.render.drawing.text import economy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# A change of an average smaller than this is not marked.
SMALLEST = 0.0005


def rates_over_time(
    rows: Sequence[Mapping[str, Any]], *, size: str = "wide", linked: bool = True
) -> dict[str, Any]:
    """Draw average additional duties by day, each step a link to what changed on it where it is on a page."""
    pairs = [key for key in rows[0] if "<-" in key] if rows else []
    values = [
        {"date": row["date"], "rate": row[pair], "of": pair_label(pair)} for row in rows for pair in pairs
    ]
    steps = [
        {
            "date": row["date"],
            "rate": row[pair],
            "of": pair_label(pair),
            "url": f"/ledger/changes?on={row['date']}",
            "words": f"{row['date']}: {pair_label(pair)} {average(row[pair])}",
        }
        for before, row in pairwise(rows)
        for pair in pairs
        if linked and abs(row[pair] - before[pair]) >= SMALLEST
    ]
    colour = {"field": "of", "type": "nominal", "title": None, "scale": side_scale(pairs)}
    x = {"field": "date", "type": "temporal", "title": None, "axis": {"format": "%Y", "tickCount": "year"}}
    y = {
        "field": "rate",
        "type": "quantitative",
        "title": "average additional duty on goods",
        "axis": {"format": ".0%"},
    }
    clickable = {
        "data": {"values": steps},
        "mark": {"type": "point", "filled": True, "size": 34, "opacity": 1, "cursor": "pointer"},
        "encoding": {
            "x": x,
            "y": y,
            "color": colour,
            "href": {"field": "url"},
            "description": {"field": "words"},
        },
    }
    return {
        "width": WIDTHS[size],
        "height": 270 if size == "wide" else 240,
        "layer": [
            {
                "data": {"values": values},
                "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2},
                "encoding": {
                    "x": x,
                    "y": y,
                    "color": colour,
                    "strokeDash": {"field": "of", "type": "nominal", "title": None, "legend": None},
                },
            },
            *([clickable] if linked else []),
        ],
    }


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
        "legend": {"columns": 1, "orient": "bottom", "labelLimit": WIDTHS[size]},
    }
    return {
        "width": WIDTHS[size],
        "height": 240,
        "data": {"values": list(rows)},
        "mark": {"type": "rect"},
        "encoding": {
            "x": {"field": "from", "type": "temporal", "title": None, "axis": {"tickCount": 8}},
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
    width = min(WIDTHS[size] - 60, 480)
    axes = {
        "x": {"field": "a", "type": "quantitative", "title": x, "axis": {"format": "+.2f", "tickCount": 6}},
        "y": {"field": "b", "type": "quantitative", "title": y, "axis": {"format": "+.2f", "tickCount": 6}},
    }
    kinds = list(dict.fromkeys(mark["kind"] for mark in marks))
    palette = [*reversed(theme.marks()["sides"].values()), *theme.OTHERS]
    colour = {"domain": kinds, "range": palette[: len(kinds)]}
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
        "height": int(0.72 * width),
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
                    "color": {"field": "kind", "type": "nominal", "title": None, "scale": colour},
                    "shape": {"field": "kind", "type": "nominal", "title": None, "scale": shape},
                },
            },
        ],
    }


def lines(rows: Sequence[Mapping[str, Any]], *, title: str, size: str = "wide") -> dict[str, Any]:
    """Draw values by year."""
    sides = list(dict.fromkeys(row["side"] for row in rows))
    values = [{**row, "of": economy(row["side"])} for row in rows]
    colour = {"domain": [economy(side) for side in sides], "range": theme.side_colours(sides)}
    return {
        "width": WIDTHS[size] - 60,
        "height": 260,
        "data": {"values": values},
        "mark": {"type": "line", "strokeWidth": 2, "point": True},
        "encoding": {
            "x": {
                "field": "year",
                "type": "quantitative",
                "title": None,
                "axis": {"format": "d", "tickMinStep": 1},
                "scale": {"zero": False},
            },
            "y": {"field": "value", "type": "quantitative", "title": title, "scale": {"zero": False}},
            "color": {"field": "of", "type": "nominal", "title": None, "scale": colour},
            "strokeDash": {"field": "run", "type": "nominal", "title": None, "sort": None},
        },
    }
