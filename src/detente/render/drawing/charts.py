"""Charts as Vega-Lite: signed bars side by side, dots of tariffs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.formatting import average
from detente.render import theme
from detente.render.drawing.frame import text_width, wrap
from detente.render.drawing.picture import ROOM, Picture
from detente.render.drawing.text import economy
from detente.render.drawing.vega import draw_spec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# Inside width of a drawing by the room it has, in pixels.
WIDTHS = ROOM
# The most room for names of rows.
LABELS = {"wide": 310, "half": 210, "narrow": 150}


def draw(drawing: Picture | Mapping[str, Any]) -> str:
    """Draw a picture with its words, or a bare chart. Gives an ``<svg>`` element."""
    return drawing.svg if isinstance(drawing, Picture) else draw_spec(drawing)


def pair_label(pair: str) -> str:
    """
    Name a pair of importer and exporter.

    Examples
    --------
    >>> pair_label("USA<-CHN")
    'United States on China'
    """
    importer, _, exporter = pair.partition("<-")
    return f"{economy(importer)} on {'all' if exporter == '*' else economy(exporter)}"


def side_scale(pairs: Sequence[str]) -> dict[str, Any]:
    """Give each pair the colour of its importer."""
    labels = [pair_label(pair) for pair in pairs]
    return {"domain": labels, "range": theme.side_colours([pair.partition("<-")[0] for pair in pairs])}


# Pixels that a number beside a bar takes.
NUMBER = 54
# Size of the names of rows, and what parts the lines of one.
LABEL, BREAK = 12.0, "|"
# Values smaller than this are written with three decimals.
SMALL, FINE = 0.5, 3
# Everything of a chart lies inside its width, names of rows included.
FITTED = {"type": "fit-x", "contains": "padding"}


def broken(name: str, size: str) -> str:
    """
    Break a name of a row where it is wider than its room.

    Examples
    --------
    >>> broken("A name", "wide")
    'A name'
    """
    return BREAK.join(wrap(name, LABELS[size], LABEL))


def names_axis(field: str, size: str) -> dict[str, Any]:
    """Names of rows in their order, beside the drawing."""
    axis = {
        "labelLimit": LABELS[size] + 20,
        "labelExpr": f"split(datum.label, '{BREAK}')",
        "domain": False,
        "ticks": False,
    }
    return {"field": field, "type": "nominal", "title": None, "sort": None, "axis": axis}


def legend(size: str) -> dict[str, Any]:
    """A legend that is no wider than its drawing."""
    return {"columns": 1 if size == "narrow" else 0, "labelLimit": WIDTHS[size] - 40}


def bars(
    rows: Iterable[Mapping[str, Any]],
    *,
    title: str,
    size: str = "wide",
    step: int = 19,
    scale_of: Iterable[Mapping[str, Any]] | None = None,
    width: int | None = None,
    digits: int | None = None,
    costs: bool = False,
    worse: bool = False,
) -> dict[str, Any]:
    """
    Draw signed values by name: losses brown, gains teal, whiskers where there is a band; scaled for more if given.

    Where values are costs, more is a loss and has no sign; where more of a signed value is `worse` it has.
    """
    listed = [{**row, "name": broken(row["name"], size)} for row in _with_ends(rows)]
    spanned = listed if scale_of is None else _with_ends(scale_of)
    digits = _digits(spanned) if digits is None else digits
    domain = _domain(
        spanned, width or WIDTHS[size] - max([0.0, *(_name_width(row["name"]) for row in listed)])
    )
    most = max((row["name"].count(BREAK) + 1 for row in listed), default=1)
    y = names_axis("name", size)
    x = {
        "field": "value",
        "type": "quantitative",
        "title": title,
        "scale": {"domain": domain, "nice": False},
        "axis": {"tickCount": 3 if size == "narrow" or width else 6},
    }
    sign = "datum.value < 0"
    below, above = (5, 1) if costs or worse else (1, 5)
    colour = {"condition": {"test": sign, "value": theme.DIVERGING[below]}, "value": theme.DIVERGING[above]}
    text = {"field": "value", "type": "quantitative", "format": f"{'' if costs else '+'},.{digits}f"}
    label_of = {"y": y, "text": text}
    return {
        "width": width or WIDTHS[size],
        **({} if width else {"autosize": FITTED}),
        "height": {"step": max(step, 13 * most + 6)},
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


def _name_width(name: str) -> float:
    """Pixels that the name of a row takes."""
    return max(text_width(line, LABEL) for line in name.split(BREAK)) + 8


def _domain(rows: Sequence[Mapping[str, Any]], width: float) -> list[float]:
    """Ends of a scale that leaves room for the numbers written at the bars, on the sides that have any."""
    values, ends = [row["value"] for row in rows], [row[key] for row in rows for key in ("low", "high")]
    negative, positive = any(value < 0 for value in values), any(value >= 0 for value in values)
    low, high = min([0.0, *ends]), max([0.0, *ends])
    sides = negative + positive
    share = min(0.3, NUMBER / max(1.0, width))
    room = (high - low or 1.0) * share / (1 - sides * share)
    return [low - room * negative, high + room * positive]


def _digits(rows: Iterable[Mapping[str, Any]]) -> int:
    """Decimals that show the small ones among the values, two or three."""
    return FINE if max((abs(row["value"]) for row in rows), default=0.0) < SMALL else 2


def _with_ends(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows with the ends of their whiskers; those of a row without a band are its value."""
    return [{"low": row["value"], "high": row["value"], **row} for row in rows]


def tariff_dots(rows: Sequence[Mapping[str, Any]], *, size: str = "wide") -> dict[str, Any]:
    """Draw the average tariff each side charges the other, scenario by scenario."""
    pairs = list(dict.fromkeys(row["pair"] for row in rows))
    values = [
        {
            **row,
            "scenario": broken(row["scenario"], size),
            "of": pair_label(row["pair"]),
            "said": average(row["rate"]),
        }
        for row in rows
    ]
    top = max([0.01, *(row["rate"] for row in rows)])
    y = names_axis("scenario", size)
    x = {
        "field": "rate",
        "type": "quantitative",
        "title": None,
        "axis": {"format": ".0%", "tickCount": 6},
        "scale": {"domain": [0, (1.16 if size == "narrow" else 1.07) * top], "nice": False},
    }
    labels = [pair_label(pair) for pair in pairs]
    colour = {
        "field": "of",
        "type": "nominal",
        "title": None,
        "scale": side_scale(pairs),
        "legend": legend(size),
    }
    shape = {"field": "of", "type": "nominal", "title": None, "scale": {"domain": labels}}
    written = [
        {
            "transform": [{"filter": {"field": "of", "equal": name}}],
            "mark": {"type": "text", "dy": dy, "fontSize": 11},
            "encoding": {
                "y": y,
                "x": x,
                "color": colour,
                "text": {"field": "said", "type": "nominal"},
            },
        }
        for name, dy in zip(labels, (-12, 14, -12, 14), strict=False)
    ]
    return {
        "width": WIDTHS[size],
        "autosize": FITTED,
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
                    "shape": {**shape, "legend": legend(size)},
                },
            },
            *written,
        ],
    }
