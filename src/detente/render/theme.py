"""Colours, fonts and formats shared by every chart."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, cast

from detente.errors import InputError
from detente.io.yaml_file import Document
from detente.manifest import DATA, read_text

INK: Final = "#1c1c1c"
MUTED: Final = "#6b6b6b"
RULE: Final = "#d8d4cc"
PAPER: Final = "#fffdf8"
# Words on a fill that stays light where the screen is dark.
ON_FILL: Final = "#1d1d1d"
OTHERS: Final = ("#5b7f3b", "#8a5a9e", "#c08a2d", "#3f8f8f")
# Brown to teal, colour-blind safe (ColorBrewer BrBG), centred on zero: losses brown, gains teal.
DIVERGING: Final = ("#7f4a0b", "#c08a43", "#ead3a8", "#f4f1ea", "#b9ded8", "#56a69b", "#0b5f57")
# A fill that stands for "no data": the page draws hatching over it.
NO_DATA: Final = "#fefefd"
FONT: Final = "Helvetica Neue, Helvetica, Arial, sans-serif"
# What a colour becomes where a reader's screen is dark; colours of the two sides stand beside them in marks.yaml.
DARK: Final = {
    INK: "#ececea",
    MUTED: "#b3b0aa",
    RULE: "#45433f",
    PAPER: "#191918",
    NO_DATA: "#191918",
    "#7f4a0b": "#e0a860",
    "#c08a43": "#c08a43",
    "#ead3a8": "#6d5327",
    "#f4f1ea": "#34332f",
    "#b9ded8": "#245a53",
    "#56a69b": "#56a69b",
    "#0b5f57": "#8fd6cb",
}


@cache
def marks() -> dict[str, Any]:
    """What drawings single out: sides and their colours, dots, the empty area, economies whose bands are printed."""
    text = read_text(DATA / "maps" / "marks.yaml")
    return cast("dict[str, Any]", Document("marks.yaml", text, error=InputError).data)


@cache
def dark_rules() -> str:
    """Style rules that turn a drawing dark where the reader's screen is."""
    turned = {**DARK, **{colour: marks()["dark"][side] for side, colour in marks()["sides"].items()}}
    rules = "".join(
        f'[fill="{light}"]{{fill:{dark}}}[stroke="{light}"]{{stroke:{dark}}}'
        for light, dark in turned.items()
    )
    return f"@media (prefers-color-scheme: dark){{{rules}}}"


def config() -> dict[str, Any]:
    """Give the Vega-Lite configuration of every chart."""
    axis = {
        "labelFont": FONT,
        "titleFont": FONT,
        "labelColor": INK,
        "titleColor": MUTED,
        "titleFontWeight": "normal",
        "gridColor": RULE,
        "domainColor": MUTED,
        "tickColor": RULE,
        "labelFontSize": 12,
        "titleFontSize": 12,
    }
    return {
        "background": "transparent",
        "view": {"stroke": None},
        "axis": axis,
        "legend": {
            "labelFont": FONT,
            "titleFont": FONT,
            "labelColor": INK,
            "titleColor": INK,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "orient": "top",
        },
        "header": {
            "labelFont": FONT,
            "labelColor": INK,
            "labelFontSize": 13,
            "labelFontWeight": "bold",
            "titleFont": FONT,
        },
        "title": {"font": FONT, "color": INK, "anchor": "start", "fontSize": 14},
        "text": {"font": FONT, "color": INK},
    }


def side_colours(labels: list[str]) -> list[str]:
    """Give a colour to each economy: the two sides keep theirs."""
    rest = iter(OTHERS * (1 + len(labels)))
    return [marks()["sides"].get(label) or next(rest) for label in labels]
