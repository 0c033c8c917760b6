"""The first page: the law of the day, the rates since 2018, what comes next, what the study says, and where to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter

from detente import formatting
from detente.asof import today_at
from detente.queries.page.today import aside, finding, sentences, worth
from detente.render.drawing import text as words
from detente.web.pages import overview
from detente.web.pages.layout import Take, add_page

if TYPE_CHECKING:
    from detente.web.pages.request import Visit

router = APIRouter(include_in_schema=False)
# What people look for first; words of the search.
GOODS = (
    "toys",
    "phones",
    "laptops",
    "shoes",
    "shirts",
    "furniture",
    "cars",
    "steel",
    "solar panels",
    "soybeans",
)


def _page(visit: Visit) -> tuple[str, dict[str, Any], Take]:
    """The truce today; between two others, `a` and `b`, their board."""
    if {*overview.pair_of(visit)} != {*overview.STORY}:
        return overview.board(visit)
    context, asked = overview.gather(visit)
    law, age = sentences(context["document"].result, max(context["on"], today_at(visit.state.ledger.home)))
    title = f"What applies between the United States and China, {formatting.day(context['on'])}"
    context |= {
        "told": (),
        "finding": finding(context["rates"]),
        "law": law,
        "age": age,
        "goods": GOODS,
        **_study(visit),
    }
    return (
        "first.html",
        context,
        Take(title, asked, query=asked.permanent(a=context["a"], b=context["b"], between=None)),
    )


def _study(visit: Visit) -> dict[str, Any]:
    """What the study's own question comes to, and how its method did; nothing until it is solved."""
    study = visit.state.study
    asked = next(iter(study.contrasts.values()), None)
    if study.found is None or asked is None:
        visit.passing = True
        return {"compared": None, "of": "", "against": "", "said": (), "evidence": (), "places": ()}
    found = study.compared(*asked)
    pair = study.spec.contrasts[0].between
    order = sorted(found.economies, key=words.economy)
    return {
        "compared": found,
        "of": asked[0],
        "against": asked[1],
        "said": worth(found, pair),
        "aside": aside(found),
        "question": study.spec.contrasts[0].title,
        "sides": (*pair, "WORLD"),
        "evidence": study.found.result.evidence,
        "places": order,
    }


add_page(router, "/", _page)
