"""What a reader can move in a scenario: the duties in force on whole countries, controls and purchases."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from detente.formatting import exact, number
from detente.geography import territories as customs
from detente.geography.economies import name as place_name
from detente.policy.instrument_table import Purchase, instrument_table
from detente.policy.instruments.scenario_law import scenario_book

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from detente.ledger import Book, Position
    from detente.policy import StudyRun
    from detente.policy.study import ScenarioSpec
    from detente.queries.page.what_if import WhatIf

# Highest rate of a lever, unless the law has a higher one already.
HIGHEST = 1.5
# How far a purchase goes beyond what is asked for, or was bought in the base year.
FURTHER = 1.3
# Assumptions that size a control, with the least and most a reader may set.
SIZES = {
    "ree_volume": (0.1, 1.0, 0.05),
    "chips_usd_bn": (0.0, 40.0, 1.0),
    "affiliates_share": (0.0, 0.1, 0.005),
}


@dataclass(frozen=True)
class Lever:
    """
    One thing to move.

    key: Name of its field in a form.
    label: For readers.
    kind: ``rate`` sets a measure's rate, ``threat`` carries a threat out at a rate, ``assume`` sets an assumption,
        ``quantity`` sets what a commitment asks for in a year; at zero the commitment ends.
    target: Measure id, or name of the assumption.
    value: As the scenario has it.
    least, most, step: Range.
    unit: ``%`` for fractions shown as percentages, else words.
    why: What it stands for.
    own: For a threat: the rate it was made with.
    """

    key: str
    label: str
    kind: Literal["rate", "threat", "assume", "quantity"]
    target: str
    value: float
    least: float
    most: float
    step: float
    unit: str
    why: str
    own: float | None = None


def levers(run: StudyRun, scenario: ScenarioSpec) -> tuple[Lever, ...]:
    """List what can be moved in a scenario."""
    book = run.scenarios[scenario.id].book if scenario.id in run.scenarios else None
    book = book or scenario_book(scenario, run.ledger, run.spec.assumed(scenario))
    pairs = set(run.spec.pairs)
    found = [*_rates(book, pairs), *_threats(book, pairs)]
    return (*found, *_sizes(run, scenario), *_commitments(book, run.spec.assumed(scenario)))


def _rates(book: Book, pairs: set[tuple[str, str]]) -> Iterator[Lever]:
    """Duties in force on everything the other side sells."""
    for item in book.in_force("tariff"):
        measure = item.measure
        ours = any(
            customs.imposes(measure.imposer, i, book.on) and (e in item.targets or "*" in item.targets)
            for i, e in pairs
        )
        if ours and item.rate is not None and "all" in item.scope.include:
            yield Lever(
                key=f"rate:{measure.id}",
                label=_title(item),
                kind="rate",
                target=measure.id,
                value=item.rate,
                least=0.0,
                most=max(HIGHEST, item.rate),
                step=0.01,
                unit="%",
                why=f"{place_name(measure.imposer)}, in force on {book.on:%d %B %Y}",
            )


def _threats(book: Book, pairs: set[tuple[str, str]]) -> Iterator[Lever]:
    """Threats between the sides, withdrawn ones too, at a rate of nothing until they are carried out."""
    for measure in book.measures.values():
        ours = any(
            customs.imposes(measure.imposer, i, book.on) and (e in measure.targets or "*" in measure.targets)
            for i, e in pairs
        )
        if (
            measure.instrument != "threat"
            or not ours
            or "all" not in measure.scope[next(iter(measure.scope))].include
        ):
            continue
        live = [
            item.rate for item in book.get(measure.id) if item.state == "in force" and item.rate is not None
        ]
        yield Lever(
            key=f"{'rate' if live else 'threat'}:{measure.id}",
            label=f"{measure.title}, carried out at",
            kind="rate" if live else "threat",
            target=measure.id,
            value=live[0] if live else 0.0,
            least=0.0,
            most=HIGHEST,
            step=0.01,
            unit="%",
            why="A threat; on top of everything",
            own=next((step.rate for step in reversed(measure.steps) if step.rate is not None), None),
        )


def _sizes(run: StudyRun, scenario: ScenarioSpec) -> Iterator[Lever]:
    """Sizes of the controls that act in the scenario."""
    assumed = run.spec.assumed(scenario)
    acting = (
        {e.instrument for e in run.scenarios[scenario.id].law.effects}
        if scenario.id in run.scenarios
        else set()
    )
    used = {
        name
        for item in instrument_table().instruments
        if item.id in acting
        for name in (getattr(item, field, None) for field in ("volume", "share", "usd_bn"))
    }
    named = {item.name: item for item in (*instrument_table().assumptions, *run.spec.assumptions)}
    labels = {
        "ree_volume": ("Chinese rare-earth exports let through", "of 2022"),
        "chips_usd_bn": ("Chip sales to China held back", "USD bn a year"),
        "affiliates_share": ("US sales the 50 % affiliates rule stops", "%"),
    }
    for name, (least, most, step) in SIZES.items():
        if name in used:
            label, unit = labels[name]
            yield Lever(
                f"assume:{name}",
                label,
                "assume",
                name,
                assumed[name],
                least,
                most,
                step,
                unit,
                named[name].why,
            )


def _commitments(book: Book, assumed: Mapping[str, float]) -> Iterator[Lever]:
    """Purchases in force, from none to a third above what was bought in the base year or is asked for."""
    for item in instrument_table().instruments:
        if not isinstance(item, Purchase):
            continue
        for measure in item.measures:
            live = [
                p for p in book.get(measure) if p.state == "in force" and p.quantity and p.step is not None
            ]
            if not live or live[0].quantity is None or live[0].step is None:
                continue
            value, base = live[0].quantity, assumed[item.base]
            yield Lever(
                key=f"quantity:{measure}",
                label=item.title,
                kind="quantity",
                target=measure,
                value=value,
                least=0.0,
                most=math.ceil(FURTHER * max(value, base) / 10) * 10,
                step=1.0,
                unit=live[0].step.unit or "",
                why=f"A purchase of at least so much; {number(base)} in the base year",
            )


def _title(item: Position) -> str:
    """Title of a measure, with its part where it has several."""
    return item.measure.title if item.part == "main" else f"{item.measure.title} ({item.part})"


def moved(found: tuple[Lever, ...], given: Mapping[str, float], asked: WhatIf) -> WhatIf:
    """Turn the positions of levers into a question."""
    edits: dict[str, list[str]] = {"set": [], "enact": [], "end": [], "assume": [], "quantity": []}
    for lever in found:
        value = min(max(given.get(lever.key, lever.value), lever.least), lever.most)
        if abs(value - lever.value) < lever.step / 4:
            continue
        if lever.kind == "assume":
            edits["assume"].append(f"{lever.target}={exact(value, 10)}")
        elif lever.kind == "quantity":
            ended = value < lever.step / 4
            edits["end" if ended else "quantity"].append(
                lever.target if ended else f"{lever.target}={exact(value, 10)}"
            )
        else:
            if lever.kind == "threat":
                edits["enact"].append(lever.target)
            if lever.kind != "threat" or value != lever.own:
                edits["set"].append(f"{lever.target}={exact(value, 10)}")
    return asked.model_copy(update={key: tuple(words) for key, words in edits.items()})
