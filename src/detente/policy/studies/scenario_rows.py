"""One scenario of a run's document: what it is, its outcomes, limits and targets, and the measures in it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from detente.geography import territories as customs
from detente.labels import phrase
from detente.model import volume_hat
from detente.policy.documents.common import Edited
from detente.policy.documents.run import (
    Bound,
    BoundAt,
    Flow,
    MeasureRow,
    Scenario,
    SectorRow,
    Unsolved,
)
from detente.policy.outcomes import (
    average_tariffs,
    economy_outcomes,
    group_members,
    group_outcomes,
    real_incomes,
)
from detente.policy.solve_summary import keep

if TYPE_CHECKING:
    from collections.abc import Iterable

    from detente.ledger import Book
    from detente.model import Equilibrium
    from detente.model.results.records import BoundResult
    from detente.policy.results import ScenarioResult, StudyRun
    from detente.policy.study import ScenarioSpec


def describe(spec: ScenarioSpec) -> dict[str, Any]:
    """Fields of `Description`: what a scenario is."""
    return {
        "id": spec.id,
        "label": spec.label,
        "definition": spec.definition,
        "on": spec.on.isoformat(),
        "known_on": spec.known_on.isoformat() if spec.known_on else None,
        "ends": spec.ends,
        "edits": Edited.read(spec.edits.model_dump(mode="json", exclude_defaults=True)),
        "assume": dict(spec.assume),
    }


def called(run: StudyRun, key: str) -> str:
    """A scenario inside a sentence: its label in the package, else that of its study."""
    return phrase("scenario", key, within=run.spec.id, otherwise=run.scenarios[key].spec.label)


def scenario_row(run: StudyRun, item: ScenarioResult) -> Scenario | Unsolved:
    """One scenario of a document."""
    # A copy of its own: the flows it works out are let go of with it.
    eq = dataclasses.replace(item.equilibrium)
    head = {
        **describe(item.spec),
        "status": eq.status,
        "residual": eq.residual,
        "iterations": eq.iterations,
        "seconds": eq.seconds,
    }
    if eq.status != "converged":
        return Unsolved(**head)
    world = run.world
    return Scenario(
        **head,
        tariffs=average_tariffs(run.at(item), item.law.tariff, run.spec.pairs),
        economies=economy_outcomes(eq, world),
        groups={g: group_outcomes(eq, group_members(g, world, item.spec)) for g in run.spec.groups},
        flows={f"{i}->{n}": _flow(eq, i, n) for n, i in run.spec.pairs},
        sectors=_sectors(eq, run.spec.featured[:2]),
        constraints={bound.label: _constraint(run, item, bound) for bound in eq.constraints},
        contributions=_contributions(run, item),
        instruments={effect.instrument: tuple(effect.words) for effect in item.law.effects},
        not_included=tuple(item.law.not_included),
        floored_cells=item.law.floored,
        measures=measure_rows(item.book, run.spec.pairs),
    )


def _flow(eq: Equilibrium, exporter: str, importer: str) -> Flow:
    """Trade in goods and services of a pair, before duties."""
    flow = eq.flow(exporter, importer)
    return Flow(base_usd_bn=flow.base / 1e3, new_usd_bn=flow.new / 1e3, change_pct=flow.change_pct)


def _contributions(run: StudyRun, item: ScenarioResult) -> dict[str, dict[str, float]]:
    """What each other instrument adds to real income: with all, less without it, percent."""
    every = real_incomes(keep(item.equilibrium), run)
    found = {}
    for instrument, side in item.contributions.items():
        if side.status != "converged":
            continue
        without = real_incomes(side, run)
        found[instrument] = {key: every[key] - without[key] for key in every}
    return found


def _sectors(eq: Equilibrium, economies: Iterable[str]) -> dict[str, dict[str, SectorRow]]:
    """Output, prices and trade by sector of some economies."""
    return {
        label: {
            str(sector): SectorRow(**{str(key): float(value) for key, value in row.items()})
            for sector, row in eq.by_sector(label).iterrows()
        }
        for label in economies
        if label in eq.base.economies
    }


def _constraint(run: StudyRun, item: ScenarioResult, bound: BoundResult) -> Bound:
    """A limit or target with its multiplier and rent, and the same over the named range of its size."""
    at = [
        BoundAt(
            assumption=name,
            value=value,
            status=side.status,
            **_bound(found, run, item),
            real_income_pct=real_incomes(side, run),
        )
        for name, value, side in item.ranges.get(bound.label, ())
        for found in side.constraints
        if side.status == "converged" and found.label == bound.label
    ]
    return Bound(**_bound(bound, run, item), range=tuple(at))


def _bound(item: BoundResult, run: StudyRun, found: ScenarioResult) -> dict[str, Any]:
    """Fields of one limit or target; volumes are multiples of the world's base year, whatever the baseline."""
    moved, of = run.at(found).moved, 1.0
    if moved is not None:
        of = next(volume_hat(moved, x) for x in found.law.shock.constraints if x.label == item.label)
    return {
        "kind": item.kind,
        "bound": item.bound * of,
        "volume_hat": item.volume_hat * of,
        "multiplier": item.multiplier,
        "rent_usd_bn": item.rent_usd_mn / 1e3,
        "binding": item.binding,
    }


def measure_rows(book: Book, pairs: Iterable[tuple[str, str]]) -> tuple[MeasureRow, ...]:
    """Measures between the pairs that are not over, with their sources."""
    sides = {importer for importer, _ in pairs} | {exporter for _, exporter in pairs}
    return tuple(
        MeasureRow(
            id=item.measure.id,
            title=item.measure.title,
            imposer=item.measure.imposer,
            instrument=item.measure.instrument,
            part=item.part,
            targets=tuple(item.targets),
            state=item.state,
            rate=item.rate,
            sources=tuple(item.step.sources if item.step else item.measure.sources),
        )
        for item in book.positions
        if item.state not in {"ended", "not known"}
        and any(customs.imposes(item.measure.imposer, side, book.on) for side in sides)
    )
