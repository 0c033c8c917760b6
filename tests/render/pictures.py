"""What a drawn picture says, read back from its SVG: every text with the box it takes."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from detente.render.drawing.frame import text_width

MOVE = re.compile(r"(translate|rotate|scale)\(([^)]*)\)")


@dataclass(frozen=True)
class Text:
    """A line of text, its box in pixels of the picture, and where the drawing that holds it ends on the right."""

    words: str
    left: float
    top: float
    right: float
    bottom: float
    turned: bool
    opacity: float
    edge: float

    def overlaps(self, other, room=1.0):
        """Whether two boxes share more than a pixel each way."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > room and down > room


def texts_of(svg):
    """
    Every line of text of a picture.

    A line is as wide as the widths of Helvetica say and as high as 0.72 of its size above the baseline and 0.2 below;
    moves, turns by a right angle and nested drawings are followed.
    """
    root = ET.fromstring(svg)  # noqa: S314  (drawn by the code under test)
    found = []
    for child in root:
        _walk(child, (0.0, 0.0, 1.0, 0.0), found, {"edge": size_of(svg)[0]})
    return found


def size_of(svg):
    """Width and height of a picture."""
    _, _, width, height = (float(value) for value in ET.fromstring(svg).get("viewBox").split())  # noqa: S314
    return width, height


def _walk(node, at, found, style):
    """Follow one element."""
    tag = node.tag.rsplit("}", 1)[-1]
    if tag in {"title", "desc", "style", "defs", "clipPath"}:
        return
    x, y, scale, turn = at
    if tag == "svg":
        x, y = x + scale * float(node.get("x", 0)), y + scale * float(node.get("y", 0))
        style = {**style, "edge": min(style["edge"], x + scale * float(node.get("width", "inf")))}
        if node.get("viewBox"):
            scale *= float(node.get("width")) / float(node.get("viewBox").split()[2])
    for kind, values in MOVE.findall(node.get("transform", "")):
        given = [float(value) for value in re.split(r"[ ,]+", values.strip())]
        if kind == "translate":
            dx, dy = given[0], given[1] if len(given) > 1 else 0.0
            x += scale * (dx * math.cos(turn) - dy * math.sin(turn))
            y += scale * (dx * math.sin(turn) + dy * math.cos(turn))
        elif kind == "rotate":
            turn += math.radians(given[0])
        else:
            scale *= given[0]
    style = {
        **style,
        **{
            key: node.get(key)
            for key in ("font-size", "text-anchor", "font-weight", "opacity")
            if node.get(key)
        },
    }
    if tag == "text":
        _lines(node, (x, y, scale, turn), found, style)
        return
    for child in node:
        _walk(child, (x, y, scale, turn), found, style)


def _lines(node, at, found, style):
    """The lines of a text element."""
    x, y, scale, turn = at
    x, y = x + scale * float(node.get("x", 0)), y + scale * float(node.get("y", 0))
    spans = [(child.text or "", float(child.get("dy", 0))) for child in node]
    for words, down in spans or [(node.text or "", 0.0)]:
        y += scale * down
        if not words.strip():
            continue
        size = scale * float(style.get("font-size", "12").removesuffix("px"))
        width = text_width(words, size, bold=style.get("font-weight") == "bold")
        before = {"middle": 0.5, "end": 1.0}.get(style.get("text-anchor"), 0.0) * width
        box = (-before, -0.72 * size, width - before, 0.2 * size)
        turned = abs(math.sin(turn)) > 0.5
        left, top, right, bottom = (box[1], -box[2], box[3], -box[0]) if turned else box
        found.append(
            Text(
                words,
                x + left,
                y + top,
                x + right,
                y + bottom,
                turned,
                float(style.get("opacity", 1)),
                style["edge"],
            )
        )
