"""The report as one self-contained page: no script, no request, prints on A4."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from detente.errors import InputError
from detente.formatting import page_filters
from detente.geography.economies import name as place_name
from detente.io.documents import as_json
from detente.policy.documents.run import RunDocument
from detente.render import theme
from detente.render.drawing import charts, study
from detente.render.maps import BORDERS_NOTE, map_spec
from detente.render.strategy_charts import strategy_charts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Scenarios drawn side by side, where the study has them.
PANELS = ("no-deal", "truce", "escalation", "lapse")
# Coordinates beyond a tenth of a pixel only make the page heavy.
OUTLINE = re.compile(r' d="[^"]*"')
ID = re.compile(r' id="([^"]+)"')
REFERENCE = re.compile(r'(url\(|href=")#([^)"]+)([)"])')
LONG_NUMBER = re.compile(r"(\d+\.\d)\d+")
# Scenarios that have a map.
MAPPED = ("truce", "escalation")
# Scenarios whose measures are listed with their sources.
LISTED = ("eve", "truce")
HATCH = (
    '<defs><pattern id="nodata" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="5" height="5" fill="{theme.PAPER}"/><rect width="1.4" height="5" fill="{theme.RULE}"/>'
    "</pattern></defs>"
)


@dataclass(frozen=True)
class Drawing:
    """
    A chart, drawn.

    svg: An ``<svg>`` element.
    alt: What it shows, for those who cannot see it.
    """

    svg: str
    alt: str


def draw(document: RunDocument | Mapping[str, Any]) -> dict[str, Drawing]:
    """Draw every chart of a run."""
    run = RunDocument.read(document)
    result, found = run.result, run.result.converged
    panels = [key for key in PANELS if key in found] or list(found)[:3]
    drawings = {
        "tariffs": _drawn(
            study.tariffs(found.values()), "Average tariff each side charges the other, by scenario"
        ),
        "income": _drawn(study.incomes(result, panels), "Real income by economy in the main scenarios"),
    }
    for key in filter(found.__contains__, MAPPED):
        drawings[f"map-{key}"] = _drawn(map_spec(run, key), f"World map of real income: {found[key].label}")
    for key, item in result.worth.items():
        drawings[f"worth-{key}"] = _drawn(study.worth(item), f"{item.title}, by instrument")
    if result.timeline is not None:
        drawings["timeline"] = _drawn(
            study.duties_by_day(result), "Average additional duties over time, both sides"
        )
    for title, (chart, words) in (strategy_charts(result.strategy) if result.strategy else {}).items():
        drawings[title] = _drawn(chart, words)
    return {key: Drawing(_own_ids(item.svg, key), item.alt) for key, item in drawings.items()}


def _own_ids(svg: str, prefix: str) -> str:
    """Ids that no other drawing of the page has, and that do not depend on what was drawn before."""
    names = {name: f"{prefix}-{k}" for k, name in enumerate(dict.fromkeys(ID.findall(svg)))}
    svg = ID.sub(lambda found: f' id="{names[found[1]]}"', svg)
    return REFERENCE.sub(lambda found: f"{found[1]}#{names.get(found[2], found[2])}{found[3]}", svg)


def _drawn(spec: Mapping[str, Any], words: str) -> Drawing:
    """A chart as SVG, areas without data hatched."""
    svg = OUTLINE.sub(lambda path: LONG_NUMBER.sub(r"\1", path[0]), charts.draw(spec))
    if theme.NO_DATA in svg:
        svg = svg.replace(f'fill="{theme.NO_DATA}"', 'fill="url(#nodata)"')
        head, rest = svg.split(">", 1)
        svg = f"{head}>{HATCH}{rest}"
    return Drawing(svg, words)


def draw_chart(document: RunDocument | Mapping[str, Any], name: str, scenario: str) -> Any:
    """Give one chart of a run."""
    run = RunDocument.read(document)
    makers: dict[str, Callable[[], Mapping[str, Any]]] = {
        "tariffs": lambda: study.tariffs(run.result.converged.values()),
        "income": lambda: study.incomes(run.result, [scenario]),
        "worth": lambda: study.worth(next(iter(run.result.worth.values()))),
        "map": lambda: map_spec(run, scenario),
    }
    known = run.result.converged
    if name not in makers or scenario not in known:
        raise InputError(
            "no such chart",
            where="chart",
            found=f"{name}, {scenario}",
            allowed=f"{', '.join(makers)}; scenarios {', '.join(known)}",
            repair="name one of each",
        )
    import altair as alt  # noqa: PLC0415  (only a notebook needs it)

    spec = dict(makers[name]())
    # The shapes join last: validated as text, they would take ten seconds.
    datasets = spec.pop("datasets", None)
    drawn = alt.Chart.from_dict({**spec, "config": theme.config()})
    if datasets:
        drawn.datasets = datasets
    return drawn


def render_page(document: RunDocument | Mapping[str, Any], drawings: dict[str, Drawing]) -> str:
    """Lay the report out."""
    run = RunDocument.read(document)
    environment = Environment(
        loader=PackageLoader("detente.render"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= page_filters(points=3) | {"economy": place_name}
    found = run.result.converged
    return environment.get_template("report.html").render(
        document=run,
        stamp=as_json(run.stamp),
        result=run.result,
        scenarios=found,
        sides=next(iter(found.values())).sides,
        uncertain=theme.marks()["uncertain"],
        shown=[key for key in LISTED if key in found] or list(found)[:1],
        svg={key: Markup(item.svg) for key, item in drawings.items()},  # noqa: S704  (drawn here, not user text)
        alt={key: item.alt for key, item in drawings.items()},
        theme=theme,
        borders_note=BORDERS_NOTE,
    )
