"""The report as self-contained pages, a brief and its annex: no script, no request, prints on A4."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from detente.formatting import page_filters
from detente.io.documents import as_json
from detente.labels import capital, held, in_words, label, phrase
from detente.policy.documents.run import RunDocument
from detente.render import theme
from detente.render.brief.blocks import Drawing
from detente.render.drawing.findings import scenario_name
from detente.render.drawing.strategy import section_pictures
from detente.render.drawing.study import run_picture
from detente.render.drawing.text import economy, sentence
from detente.render.revenue import revenue_note

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from detente.policy.documents.run import RunResult, Worth
    from detente.render.brief.blocks import Brief
    from detente.render.drawing.picture import Picture

ID = re.compile(r' id="([^"]+)"')
REFERENCE = re.compile(r'(url\(|href=")#([^)"]+)([)"])')
HEADING = re.compile(r"<h2>(.*?)</h2>")
# Kinds of what texts name by its id.
NAMED = ("assumption", "measure", "scenario", "action", "industry", "input")
# An id that no reader would take for a word, and whatever could be one in a text.
INNER = re.compile(r"[._]|[a-z]-|-[a-z0-9]")
WORD = re.compile(r"`?(?<![\w/.])([A-Za-z][\w.-]*\w)(?![\w/-]|\.\w)`?")
CONTENTS = "<!--contents-->"
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
        made |= section_pictures(
            result.strategy, {key: scenario_name(result.study.id, item) for key, item in found.items()}
        )
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
    """Lay the annex out: every table, measure, source and assumption, with its contents."""
    run = RunDocument.read(document)
    environment = _environment()
    environment.filters |= _names(run.result) | {"revenue_note": revenue_note}
    found = run.result.converged
    page = environment.get_template("annex.html").render(
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
    return _with_contents(page)


def render_brief(brief: Brief) -> str:
    """Lay the two pages out for a screen and for print."""
    drawing = next(block for page in brief.pages for block in page if isinstance(block, Drawing))
    pictures = {"brief": drawing.picture}
    return _environment().get_template("brief.html").render(brief=brief, svg=inlined(pictures), theme=theme)


def _environment() -> Environment:
    """Templates, their numbers and names."""
    environment = Environment(
        loader=PackageLoader("detente.render"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= page_filters(points=3) | {"economy": economy, "sentence": sentence}
    return environment


def _names(result: RunResult) -> dict[str, Callable[..., str]]:
    """What stands in a table in place of an id, as filters of a template."""
    found, base, strategy = result.converged, result.baseline, result.strategy
    game = strategy.payoffs if strategy else None
    deals = strategy.deals if strategy else None

    def scenario(key: str) -> str:
        if key in found:
            return scenario_name(result.study.id, found[key])
        return base.label if key == base.id else label("scenario", key, within=result.study.id)

    def action(key: str, side: str) -> str:
        return capital(game.action(side, key)) if game else in_words(key)

    own = {item.id: item.label for item in deals.elements} if deals else {}
    return {
        "scenario": scenario,
        "action": action,
        "deal": lambda key: own.get(key) or label("deal", key, within=deals.game if deals else ""),
        "punishment": lambda item: capital(game.punishment(item)) if game else in_words(item.punishment),
        "measure": lambda key: label("measure", key),
        "part": lambda key, measure: label("part", key, within=measure),
        "assumption": lambda key: label("assumption", key),
        "world": lambda key: phrase("world", key),
        "worded": lambda text: worded(text, result.study.id),
    }


def worded(text: str, study: str = "") -> str:
    """
    Put labels in place of ids inside a text that was written for a machine as well.

    Examples
    --------
    >>> worded("16 % of sales forbidden (affiliates_share)")
    '16 % of sales forbidden (share of US high-technology sales that the affiliates rule stops)'
    """
    named = {
        name: words.label
        for (kind, within, name), words in held().items()
        if kind in NAMED and within.partition(".")[0] in {"", study} and INNER.search(name)
    }
    return WORD.sub(lambda found: named.get(found[1], found[0]), text)


def _with_contents(page: str) -> str:
    """Give every part an anchor, and list the parts at the top."""
    names = dict.fromkeys(HEADING.findall(page))
    anchors = {name: f"part-{k}" for k, name in enumerate(names, start=1)}
    page = HEADING.sub(lambda found: f'<h2 id="{anchors[found[1]]}">{found[1]}</h2>', page)
    items = "".join(f'<li><a href="#{anchor}">{name}</a></li>' for name, anchor in anchors.items())
    return page.replace(CONTENTS, f'<nav aria-label="Contents"><ol>{items}</ol></nav>', 1)
