"""The report as one self-contained page: no script, no request, prints on A4."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from detente.formatting import page_filters
from detente.geography.economies import name as place_name
from detente.io.documents import as_json
from detente.policy.documents.run import RunDocument
from detente.render import theme
from detente.render.drawing.strategy import section_pictures
from detente.render.drawing.study import run_picture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detente.policy.documents.run import RunResult, Worth
    from detente.render.drawing.picture import Picture

ID = re.compile(r' id="([^"]+)"')
REFERENCE = re.compile(r'(url\(|href=")#([^)"]+)([)"])')
# Scenarios drawn by themselves beside the study's contrast.
ALONE = ("truce", "escalation")
# Scenarios whose measures are listed with their sources.
LISTED = ("eve", "truce")


def draw(document: RunDocument | Mapping[str, Any]) -> dict[str, Picture]:
    """Make every picture of a run: of its contrasts, of its scenarios, and of what each side would sign."""
    run = RunDocument.read(document)
    result, found = run.result, run.result.converged
    made = {"tariffs": run_picture(result, "tariffs")}
    for key, item in result.worth.items():
        if {item.of, item.against} <= set(found):
            made |= _of_contrast(result, key, item)
    for key in [key for key in ALONE if key in found] or list(found)[:1]:
        made |= {f"{name}-{key}": run_picture(result, name, of=key) for name in ("income", "map")}
    if result.uncertainty is not None:
        sides = next(iter(found.values())).sides
        made |= {f"bands-{side}": run_picture(result, "bands", side=side) for side in sides}
    if result.households:
        made["households"] = run_picture(result, "households")
    if result.timeline:
        made["timeline"] = run_picture(result, "rates")
    if result.strategy:
        made |= section_pictures(result.strategy, {key: item.label for key, item in found.items()})
    return made


def _of_contrast(result: RunResult, key: str, item: Worth) -> dict[str, Picture]:
    """Pictures of one contrast: everyone, the map, its lines and the industries of each side."""

    def made(name: str, side: str = "") -> Picture:
        return run_picture(result, name, of=item.of, against=item.against, side=side)

    return {
        f"income-{key}": made("income"),
        f"map-{key}": made("map"),
        **{f"worth-{key}-{side}": made("worth", side) for side in (*item.between, "WORLD")},
        **{f"industries-{key}-{side}": made("industries", side) for side in item.between},
    }


def inlined(pictures: Mapping[str, Picture]) -> dict[str, Markup]:
    """Pictures for one page: with ids that no other drawing of the page has."""
    return {key: Markup(_own_ids(item.inlined, key)) for key, item in pictures.items()}  # noqa: S704  (drawn here)


def _own_ids(svg: str, prefix: str) -> str:
    """Ids that no other drawing of the page has, and that do not depend on what was drawn before."""
    names = {name: f"{prefix}-{k}" for k, name in enumerate(dict.fromkeys(ID.findall(svg)))}
    svg = ID.sub(lambda found: f' id="{names[found[1]]}"', svg)
    return REFERENCE.sub(lambda found: f"{found[1]}#{names.get(found[2], found[2])}{found[3]}", svg)


def render_page(document: RunDocument | Mapping[str, Any], drawings: Mapping[str, Picture]) -> str:
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
        svg=inlined(drawings),
        alt={key: item.alt for key, item in drawings.items()},
        theme=theme,
    )
