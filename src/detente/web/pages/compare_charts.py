"""Charts of one scenario against another, and of a scenario a reader moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from detente.errors import InputError
from detente.io.words import one_of
from detente.render.drawing import charts, maps
from detente.render.drawing.study import income_rows, run_picture

if TYPE_CHECKING:
    from detente.policy.documents.run import MovedScenario, RunResult
    from detente.render.drawing.picture import Picture
    from detente.web.pages.request import Visit

# Outcomes a map can show, with what stands behind the value.
OUTCOMES: Final = {
    "real_income_pct": "real income, % of baseline",
    "cpi_pct": "consumer prices, % of baseline",
    "exports_pct": "exports, % of baseline",
    "imports_pct": "imports, % of baseline",
    "terms_of_trade_pct": "terms of trade, % of baseline",
}
# Files of a picture, and what they are.
KINDS: Final = {"svg": "image/svg+xml", "png": "image/png", "csv": "text/csv; charset=utf-8"}
# Charts of the study by their name in an address, and the picture behind each.
PICTURES: Final = {
    "tariffs": "tariffs",
    "map": "map",
    "income": "income",
    "sectors": "industries",
    "worth": "worth",
    "bands": "bands",
    "households": "households",
}


@dataclass(frozen=True)
class Shown:
    """
    What a chart is drawn of.

    study: The study as solved.
    of, against: The two scenarios that are compared; an empty `against` is the baseline.
    moved: A scenario that a reader moved, in their place.
    """

    study: RunResult
    of: str
    against: str
    moved: MovedScenario | None = None


def picture(shown: Shown, name: str, visit: Visit) -> Picture:
    """One picture of the study, by its name."""
    one_of(name, PICTURES, what="no such chart", where="chart")
    if name == "worth" and not shown.study.worth:
        raise InputError(
            "the contrast is still being solved",
            where="chart",
            found="worth",
            allowed="a moment later",
            repair="ask again in some seconds",
        )
    return run_picture(
        shown.study,
        PICTURES[name],
        of=shown.of,
        against=shown.against,
        side=visit.one("economy"),
        variable=outcome_of(visit),
        size=size_of(visit),
    )


def moved_chart(shown: Shown, moved: MovedScenario, name: str, visit: Visit) -> str:
    """A map or bars of a scenario that a reader moved, as an ``<svg>`` element."""
    outcome = outcome_of(visit)
    if name == "map":
        values = {code: getattr(row, outcome) for code, row in moved.economies.items()}
        return maps.world_map(values, unit=OUTCOMES[outcome], title=f"{moved.label}: {OUTCOMES[outcome]}")
    if name == "income":
        spec = visit.state.study.spec
        rows = income_rows(moved, (*spec.featured, *spec.groups))
        return charts.draw(charts.bars(rows, title=OUTCOMES["real_income_pct"], size=size_of(visit)))
    return picture(shown, name, visit).svg


def as_file(found: Picture, kind: str) -> str | bytes:
    """A picture as a file of a kind."""
    return found.svg if kind == "svg" else found.png() if kind == "png" else found.csv()


def size_of(visit: Visit) -> str:
    """Width of a chart, as asked."""
    return visit.one("size", "wide") if visit.one("size") in charts.WIDTHS else "wide"


def outcome_of(visit: Visit) -> str:
    """Outcome of a map, as asked."""
    return visit.one("outcome") if visit.one("outcome") in OUTCOMES else "real_income_pct"
