"""The picture of rivalry: the weight on the other's loss that each side's tariffs reveal, day by day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from detente.errors import InputError
from detente.formatting import between, day, number
from detente.labels import phrase
from detente.render import theme
from detente.render.drawing import findings
from detente.render.drawing.charts import FITTED, WIDTHS, legend
from detente.render.drawing.charts_lines import DASHES
from detente.render.drawing.picture import Picture
from detente.render.drawing.text import economy, the

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from detente.policy.documents.forecasts import Revealed, RivalryIndex

# Half the width of a bar, in days; bars of a day stand beside each other.
HALF: Final = 12
HEIGHT: Final = 280


def rivalry(found: RivalryIndex, size: str = "wide") -> Picture:
    """A bar for each side and day from the least weight to the most, and a line through their middles."""
    known = [item for item in found.rivalry if item.weight_low is not None and item.weight_high is not None]
    if not known:
        raise InputError(
            "no weight is known",
            where="chart",
            found=f"{len(found.rivalry)} tariffs, none of which costs the other side anything",
            allowed="a day on which a point more of the tariff costs the other side something",
            repair="ask for other days, or another pair",
        )
    rows = [_row(item, found.sides.index(item.side), len(found.sides)) for item in known]
    said = [_said([item for item in known if item.side == side]) for side in found.sides]
    revenue = between(min(found.on_revenue), max(found.on_revenue))
    return Picture(
        f"The weight on the other's loss that tariffs reveal: {'; '.join(text for text in said if text)}",
        f"Weight at which the tariff of the day is the best one, with a weight on revenue of {revenue}: range and middle",
        findings.source_line(law="of each day", world=phrase("world", found.world, otherwise=found.world)),
        rows,
        "Lines by day and side: the weight on the other side's loss, with its range.",
        size,
        _drawn(rows, found.sides, size),
    )


def _row(item: Revealed, place: int, sides: int) -> dict[str, Any]:
    """One side on one day: the range, its middle, and the days between which its bar is drawn."""
    low, high = float(item.weight_low or 0.0), float(item.weight_high or 0.0)
    moved = dt.timedelta(days=round(2 * HALF * (place - (sides - 1) / 2)))
    middle = dt.date.fromisoformat(item.on) + moved
    return {
        "date": item.on,
        "side": item.side,
        "of": economy(item.side),
        "value": (low + high) / 2,
        "low": low,
        "high": high,
        "from": (middle - dt.timedelta(days=HALF)).isoformat(),
        "to": (middle + dt.timedelta(days=HALF)).isoformat(),
        "at": middle.isoformat(),
    }


def _said(items: Sequence[Revealed]) -> str:
    """The day of the highest weight of a side, and the last day."""
    if not items:
        return ""
    highest, last = max(items, key=lambda item: item.weight_high or 0.0), max(items, key=lambda item: item.on)
    top = f"{the(highest.side)} {_span(highest)} on {day(highest.on)}"
    return top if highest is last else f"{top}, {_span(last)} on {day(last.on)}"


def _span(item: Revealed) -> str:
    """The range of a weight."""
    return between(item.weight_low, item.weight_high, lambda end: number(end or 0.0, 2))


def _drawn(rows: Sequence[Mapping[str, Any]], sides: Sequence[str], size: str) -> dict[str, Any]:
    """The chart."""
    scale = {"domain": [economy(side) for side in sides], "range": theme.side_colours(list(sides))}
    colour = {"field": "of", "type": "nominal", "title": None, "scale": scale, "legend": legend(size)}
    dash = {**colour, "scale": {"domain": scale["domain"], "range": DASHES[: len(sides)]}}
    x = {"field": "at", "type": "temporal", "title": None, "axis": {"format": "%Y", "tickCount": "year"}}
    top = 1.08 * max([0.1, *(row["high"] for row in rows)])
    y = {
        "field": "value",
        "type": "quantitative",
        "title": "weight on the other's loss",
        "scale": {"domain": [0, top], "nice": False},
    }
    return {
        "width": WIDTHS[size],
        "autosize": FITTED,
        "height": HEIGHT,
        "data": {"values": list(rows)},
        "layer": [
            {
                "mark": {"type": "rect"},
                "encoding": {
                    "x": {**x, "field": "from"},
                    "x2": {"field": "to"},
                    "y": {**y, "field": "low"},
                    "y2": {"field": "high"},
                    "color": colour,
                },
            },
            {
                "mark": {"type": "line", "strokeWidth": 1.5},
                "encoding": {"x": x, "y": y, "color": colour, "strokeDash": dash},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 30, "opacity": 1},
                "encoding": {"x": x, "y": y, "color": colour},
            },
        ],
    }
