"""Project the bundled world shapes once, so that the page colours a map without drawing it again."""

from __future__ import annotations

import json
import math
import re
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import pycountry
import vl_convert

from detente.render.theme import marks

WIDTH, HEIGHT = 960, 470
OUT = Path("src/detente/render/shapes.json")
# Areas of the shapes without an ISO number of their own.
UNNUMBERED = {"Kosovo": "XKX", "N. Cyprus": "", "Somaliland": ""}
# Points nearer to each other than this, in pixels, are one.
CLOSE = 0.7
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def specification() -> dict[str, Any]:
    """
    Write the map as Vega-Lite, every area and dot described by its name.

    Returns
    -------
    dict
        Equal Earth projection of the bundled shapes.
    """
    text = (resources.files("detente") / "data" / "maps" / "countries-50m.json").read_text(encoding="utf-8")
    shapes = json.loads(text)
    for area in shapes["objects"]["countries"]["geometries"]:
        area["properties"]["key"] = f"{area.get('id', '')}|{area['properties']['name']}"
    points = [{"key": f"dot|{code}", "lon": lon, "lat": lat} for code, (lon, lat) in marks()["dots"].items()]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH,
        "height": HEIGHT,
        "padding": 0,
        "projection": {"type": "equalEarth", "precision": 0.3},
        "layer": [
            {
                "data": {"values": shapes, "format": {"type": "topojson", "feature": "countries"}},
                "mark": "geoshape",
                "encoding": {"description": {"field": "properties.key"}},
            },
            {
                "data": {"values": points},
                "mark": {"type": "circle"},
                "encoding": {
                    "longitude": {"field": "lon", "type": "quantitative"},
                    "latitude": {"field": "lat", "type": "quantitative"},
                    "description": {"field": "key"},
                },
            },
        ],
    }


def alpha3(key: str) -> str:
    """
    Give the ISO alpha-3 code of an area.

    Parameters
    ----------
    key
        ISO number and name of the area, with a bar between them.

    Returns
    -------
    str
        Empty where the area has no code.
    """
    number, name = key.split("|", 1)
    if name in UNNUMBERED:
        return UNNUMBERED[name]
    found = pycountry.countries.get(numeric=number.zfill(3)) if number else None
    return str(found.alpha_3) if found else ""


def simplify(path: str) -> str:
    """
    Write a path in steps of a tenth of a pixel, without points and rings that are too close to be seen.

    Parameters
    ----------
    path
        Of an SVG path element.

    Returns
    -------
    str
        A shorter path that looks the same at this width.
    """
    rings = []
    for ring in path.split("M")[1:]:
        pairs = NUMBER.findall(ring)
        points = [(float(x), float(y)) for x, y in zip(pairs[::2], pairs[1::2], strict=True)]
        kept = points[:1]
        for point in points[1:]:
            if math.dist(point, kept[-1]) >= CLOSE:
                kept.append(point)
        xs, ys = [x for x, _ in points], [y for _, y in points]
        if len(kept) > 2 and max(max(xs) - min(xs), max(ys) - min(ys)) >= CLOSE:
            rings.append(_relative(kept))
    return "".join(rings)


def _relative(points: list[tuple[float, float]]) -> str:
    """One ring as steps from point to point, in tenths of a pixel."""
    tenths = [(round(10 * x), round(10 * y)) for x, y in points]
    steps = [(x - u, y - v) for (x, y), (u, v) in zip(tenths[1:], tenths, strict=False)]
    text = "".join(f"{x / 10:g}" + (f"{y / 10:g}" if y < 0 else f",{y / 10:g}") + " " for x, y in steps)
    return f"M{tenths[0][0] / 10:g},{tenths[0][1] / 10:g}l{text.strip()}Z"


def main() -> int:
    """
    Write the projected shapes.

    Returns
    -------
    int
        0.
    """
    svg = vl_convert.vegalite_to_svg(specification())
    areas, dots = [], []
    for element in re.findall(r"<path [^>]*aria-label=\"[^\"]*\"[^>]*>", svg):
        label = re.search(r'aria-label="([^"]*)"', element)[1].replace("&amp;", "&").replace("&#39;", "'")
        shape = re.search(r' d="([^"]*)"', element)[1]
        if label.startswith("dot|"):
            x, y = NUMBER.findall(re.search(r'transform="translate\(([^)]*)\)"', element)[1])
            dots.append({"code": label[4:], "x": round(float(x), 1), "y": round(float(y), 1)})
        elif path := simplify(shape):
            areas.append({"code": alpha3(label), "name": label.split("|", 1)[1], "path": path})
    found = {"width": WIDTH, "height": HEIGHT, "areas": areas, "dots": dots}
    OUT.write_text(json.dumps(found, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    print(f"{OUT}: {len(areas)} areas, {len(dots)} dots, {OUT.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
