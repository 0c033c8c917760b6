"""Charts as Vega-Lite, drawn on the server as SVG: wide, and narrow for small screens."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Any

from detente.errors import InputError
from detente.places import is_group
from detente.places import name as place_name
from detente.report import theme

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
WIDTHS = {"wide": 720, "half": 500, "narrow": 330}
# The drawing library puts this before links that have no host.
BASE = re.compile(r'(xlink:href=")https://vega\.github\.io/vega-datasets/+')
_DRAWING = threading.Lock()


def draw(spec: Mapping[str, Any]) -> str:
    """
    Draw a chart, without a browser and without script.

    Parameters
    ----------
    spec
        Vega-Lite.

    Returns
    -------
    str
        An ``<svg>`` element.

    Raises
    ------
    InputError
        The extra that draws is not installed.
    """
    try:
        import vl_convert  # noqa: PLC0415  (an extra, and 80 MB)
    except ImportError:
        raise InputError(
            "charts cannot be drawn",
            where="charts",
            found="vl-convert-python is not installed",
            allowed="the extra [charts]",
            repair='pip install "detente[web]"',
        ) from None
    with _DRAWING:
        svg = str(vl_convert.vegalite_to_svg({"$schema": SCHEMA, "config": theme.config(), **spec}))
    return BASE.sub(r"\1/", svg)


def label(code: str) -> str:
    """
    Name an economy or group.

    Parameters
    ----------
    code
        ISO alpha-3, a group, or WORLD.

    Returns
    -------
    str
        For readers.
    """
    return "World" if code == "WORLD" else code if is_group(code) else place_name(code)


def pair_label(pair: str) -> str:
    """
    Name a pair of importer and exporter.

    Parameters
    ----------
    pair
        Such as ``USA<-CHN``.

    Returns
    -------
    str
        For readers.

    Examples
    --------
    >>> pair_label("USA<-CHN")
    'United States on China'
    """
    importer, _, exporter = pair.partition("<-")
    return f"{label(importer)} on {'all' if exporter == '*' else label(exporter)}"


def _sides(pairs: Sequence[str]) -> dict[str, Any]:
    """Colour by pair: each importer has its own."""
    labels = [pair_label(pair) for pair in pairs]
    return {"domain": labels, "range": theme.side_colours([pair.partition("<-")[0] for pair in pairs])}


def rates_over_time(rows: Sequence[Mapping[str, Any]], *, size: str = "wide") -> dict[str, Any]:
    """
    Draw average additional duties by day, each step a link to what changed on it.

    Parameters
    ----------
    rows
        ``date`` and a rate by pair.
    size
        wide or narrow.

    Returns
    -------
    dict
        Vega-Lite.
    """
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
            "words": f"{row['date']}: {pair_label(pair)} {100 * row[pair]:.1f} %",
        }
        for before, row in zip(rows, rows[1:], strict=False)
        for pair in pairs
        if abs(row[pair] - before[pair]) >= 0.0005
    ]
    colour = {"field": "of", "type": "nominal", "title": None, "scale": _sides(pairs)}
    x = {"field": "date", "type": "temporal", "title": None, "axis": {"format": "%Y", "tickCount": "year"}}
    y = {
        "field": "rate",
        "type": "quantitative",
        "title": "average additional duty on goods",
        "axis": {"format": ".0%"},
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
            {
                "data": {"values": steps},
                "mark": {"type": "point", "filled": True, "size": 34, "opacity": 1, "cursor": "pointer"},
                "encoding": {
                    "x": x,
                    "y": y,
                    "color": colour,
                    "href": {"field": "url"},
                    "description": {"field": "words"},
                },
            },
        ],
    }


def history(rows: Sequence[Mapping[str, Any]], *, size: str = "wide") -> dict[str, Any]:
    """
    Draw the duty on one product by day, its parts stacked.

    Parameters
    ----------
    rows
        ``from``, ``to``, ``part`` and ``rate``: one row a part and span of days.
    size
        wide or narrow.

    Returns
    -------
    dict
        Vega-Lite.
    """
    order = list(dict.fromkeys(row["part"] for row in rows))
    palette = [theme.MUTED, *theme.SIDES.values(), *theme.OTHERS, *theme.DIVERGING]
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


def bars(
    rows: Iterable[Mapping[str, Any]], *, title: str, form: str = "+.2f", size: str = "wide", step: int = 19
) -> dict[str, Any]:
    """
    Draw signed values by name: losses brown, gains teal, whiskers where there is a band.

    Parameters
    ----------
    rows
        ``name``, ``value`` and, where known, ``low`` and ``high``.
    title
        Of the axis, with the unit.
    form
        Format of the values written beside the bars.
    size
        wide or narrow.
    step
        Pixels a row.

    Returns
    -------
    dict
        Vega-Lite.
    """
    listed = [
        {**row, "low": row.get("low", row["value"]), "high": row.get("high", row["value"])} for row in rows
    ]
    ends = [row[key] for row in listed for key in ("low", "high", "value")] + [0.0]
    reach = max(ends) - min(ends) or 1.0
    domain = [min(ends) - 0.14 * reach, max(ends) + 0.14 * reach]
    y = {
        "field": "name",
        "type": "nominal",
        "title": None,
        "sort": None,
        "axis": {"labelLimit": 150 if size == "narrow" else 260, "domain": False, "ticks": False},
    }
    x = {
        "field": "value",
        "type": "quantitative",
        "title": title,
        "scale": {"domain": domain, "nice": False},
        "axis": {"tickCount": 5},
    }
    sign = "datum.value < 0"
    colour = {"condition": {"test": sign, "value": theme.DIVERGING[1]}, "value": theme.DIVERGING[5]}
    text = {"field": "value", "type": "quantitative", "format": form}
    label_of = {"y": y, "text": text}
    return {
        "width": WIDTHS[size] - (110 if size == "narrow" else 120),
        "height": {"step": step},
        "data": {"values": listed},
        "layer": [
            {"mark": {"type": "bar", "height": 12}, "encoding": {"y": y, "x": x, "color": colour}},
            {
                "mark": {"type": "rule", "color": theme.INK},
                "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}},
            },
            {
                "transform": [{"filter": "datum.value >= 0"}],
                "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 11, "color": theme.INK},
                "encoding": {**label_of, "x": {**x, "field": "high"}},
            },
            {
                "transform": [{"filter": "datum.value < 0"}],
                "mark": {"type": "text", "align": "right", "dx": -5, "fontSize": 11, "color": theme.INK},
                "encoding": {**label_of, "x": {**x, "field": "low"}},
            },
        ],
    }


def tariff_dots(rows: Sequence[Mapping[str, Any]], *, size: str = "wide") -> dict[str, Any]:
    """
    Draw the average tariff each side charges the other, scenario by scenario.

    Parameters
    ----------
    rows
        ``scenario``, ``pair`` and ``rate``.
    size
        wide or narrow.

    Returns
    -------
    dict
        Vega-Lite.
    """
    pairs = list(dict.fromkeys(row["pair"] for row in rows))
    values = [{**row, "of": pair_label(row["pair"])} for row in rows]
    y = {
        "field": "scenario",
        "type": "nominal",
        "title": None,
        "sort": None,
        "axis": {"labelLimit": 130 if size == "narrow" else 240, "domain": False, "ticks": False},
    }
    x = {
        "field": "rate",
        "type": "quantitative",
        "title": "average tariff on goods",
        "axis": {"format": ".0%", "tickCount": 6},
    }
    labels = [pair_label(pair) for pair in pairs]
    colour = {"field": "of", "type": "nominal", "title": None, "scale": _sides(pairs)}
    shape = {"field": "of", "type": "nominal", "title": None, "scale": {"domain": labels}}
    written = [
        {
            "transform": [{"filter": {"field": "of", "equal": name}}],
            "mark": {"type": "text", "dy": dy, "fontSize": 11},
            "encoding": {
                "y": y,
                "x": x,
                "color": {**colour, "legend": None},
                "text": {"field": "rate", "type": "quantitative", "format": ".1%"},
            },
        }
        for name, dy in zip(labels, (-12, 14, -12, 14), strict=False)
    ]
    return {
        "width": WIDTHS[size] - (110 if size == "narrow" else 160),
        "height": {"step": 44},
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "rule", "color": theme.RULE, "strokeWidth": 3},
                "encoding": {
                    "y": y,
                    "x": {**x, "aggregate": "min"},
                    "x2": {"field": "rate", "aggregate": "max"},
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 120, "opacity": 1},
                "encoding": {
                    "y": y,
                    "x": x,
                    "color": colour,
                    "shape": shape,
                },
            },
            *written,
        ],
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
    """
    Draw what two sides gain: a frontier or a cloud, with named points.

    Parameters
    ----------
    points, marks
        ``a``, ``b`` and ``kind``; marks are named in the legend.
    x, y
        Titles of the axes.
    size
        wide, half or narrow.
    line
        Whether the points are joined.

    Returns
    -------
    dict
        Vega-Lite.
    """
    width = min(WIDTHS[size] - 60, 480)
    axes = {
        "x": {"field": "a", "type": "quantitative", "title": x, "axis": {"format": "+.2f", "tickCount": 6}},
        "y": {"field": "b", "type": "quantitative", "title": y, "axis": {"format": "+.2f", "tickCount": 6}},
    }
    kinds = list(dict.fromkeys(mark["kind"] for mark in marks))
    palette = [theme.SIDES["CHN"], theme.SIDES["USA"], *theme.OTHERS]
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
    """
    Draw values by year.

    Parameters
    ----------
    rows
        ``year``, ``value`` and ``of``.
    title
        Of the axis, with the unit.
    size
        wide, half or narrow.

    Returns
    -------
    dict
        Vega-Lite.
    """
    order = list(dict.fromkeys(row["of"] for row in rows))
    palette = [*theme.SIDES.values(), *theme.OTHERS]
    colour = {"domain": order, "range": [palette[k % len(palette)] for k in range(len(order))]}
    legend = {"columns": 1 if size == "narrow" else 2, "labelLimit": WIDTHS[size]}
    return {
        "width": WIDTHS[size] - 60,
        "height": 260,
        "data": {"values": list(rows)},
        "mark": {"type": "line", "strokeWidth": 2, "point": True},
        "encoding": {
            "x": {
                "field": "year",
                "type": "quantitative",
                "title": None,
                "axis": {"format": "d"},
                "scale": {"zero": False},
            },
            "y": {"field": "value", "type": "quantitative", "title": title, "scale": {"zero": False}},
            "color": {"field": "of", "type": "nominal", "title": None, "scale": colour, "legend": legend},
            "strokeDash": {"field": "of", "type": "nominal", "title": None, "scale": {"domain": order}},
        },
    }
