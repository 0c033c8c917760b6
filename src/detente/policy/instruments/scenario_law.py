"""From law to shock: the ledger in a scenario, less the ledger at the baseline, on top of what was collected."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from detente.duties.averages.additional import additional_array
from detente.duties.scope import list_names
from detente.duties.targets import CHARGING
from detente.errors import StudyError
from detente.formatting import number
from detente.geography import territories as customs
from detente.geography.economies import is_group, members
from detente.io.words import meant, one_of
from detente.ledger import edit
from detente.ledger.records.lists import ProductList
from detente.ledger.records.schema import Measure, Scope, Stacking, Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from detente.duties import Assumptions
    from detente.ledger import Book, Ledger, Position
    from detente.ledger.records.lists import Row
    from detente.policy.study import Mirror, Relief, ScenarioSpec, Surcharge
    from detente.world import World


# How the unit of a yearly quantity ends.
YEARLY = " a year"


def scenario_book(spec: ScenarioSpec, ledger: Ledger, assumed: Mapping[str, float]) -> Book:
    """What is on the books in a scenario."""
    edited = scenario_ledger(spec, ledger, assumed)
    return with_quantities(edited.on(spec.asof), spec)


def with_quantities(book: Book, spec: ScenarioSpec) -> Book:
    """
    Put the yearly quantities of a scenario in place of those the ledger records.

    Gives the same if the scenario names none.
    """
    wanted, found = spec.edits.quantity, set()
    positions = []
    for item in book.positions if wanted else ():
        yearly = item.quantity and item.step is not None and str(item.step.unit).endswith(YEARLY)
        if item.step is not None and item.measure.id in wanted and item.state == "in force" and yearly:
            found.add(item.measure.id)
            step = item.step.model_copy(update={"quantity": wanted[item.measure.id]})
            positions.append(dataclasses.replace(item, step=step))
        else:
            positions.append(item)
    if unknown := sorted(set(wanted) - found):
        raise StudyError(
            "no such commitment to change",
            where=f"scenario {spec.id}: edits: quantity",
            found=", ".join(unknown),
            allowed="a measure in force on the scenario's day with a quantity a year",
            repair="enact it in the same scenario, or see `detente ledger ls`",
        )
    return dataclasses.replace(book, positions=tuple(positions)) if wanted else book


def scenario_ledger(spec: ScenarioSpec, ledger: Ledger, assumed: Mapping[str, float]) -> Ledger:
    """
    Edit the ledger as a scenario says.

    Gives the same ledger if the scenario edits nothing. Edits change the law as it is known in the scenario.
    """
    edits = spec.edits
    if edits.mirror and assumed[edits.mirror.share] > 0:
        ledger = ledger.add(mirror_measure(edits.mirror, ledger, spec, points=assumed[edits.mirror.share]))
    lists = {name: getattr(edits, name) for name in ("enact", "suspend", "resume", "end")}
    if any(lists.values()) or edits.set:
        known = ledger.as_known(spec.asof.limited(ledger.known_on).known_on)
        return edit(known, **lists, set=edits.set, on=spec.on).as_known(ledger.known_on)
    return ledger


def mirror_measure(mirror: Mirror, ledger: Ledger, spec: ScenarioSpec, *, points: float) -> Measure:
    """The answer of `mirror.imposer` to a measure: the same points, times a share, on all goods of the target."""
    answered = ledger.measures.get(mirror.measure)
    rates = [step.rate for step in answered.steps if step.rate is not None] if answered else []
    if answered is None or not rates:
        raise StudyError(
            "nothing to mirror",
            where=f"scenario {spec.id}: edits: mirror",
            found=mirror.measure,
            allowed="a measure of the ledger with an ad valorem rate",
            repair=meant(mirror.measure, ledger.measures, otherwise="see `detente ledger ls`")
            if answered is None
            else "see `detente ledger ls`",
        )
    step = Step(
        from_=spec.on,
        recorded=min(day for day in (spec.on, spec.known_on, ledger.known_on) if day is not None),
        rate=rates[-1] * points,
        act=f"what-if: answer to {answered.id} at {number(points)} of its points",
        sources=answered.sources,
    )
    return Measure(
        id=mirror.id,
        title=f"{mirror.imposer} answers: {answered.title}",
        imposer=mirror.imposer,
        targets=(mirror.target,),
        instrument="tariff",
        authority=("none: a what-if of this scenario",),
        scope={"main": Scope(text="all goods", include=("all",))},
        steps=(step,),
        stacking=Stacking(text="On top of everything."),
        confidence="low",
        sources=answered.sources,
    )


def swap_measures(book: Book, other: Book, ids: Iterable[str]) -> Book:
    """The same book with some measures as they stand in another book."""
    chosen = set(ids)
    kept = tuple(item for item in book.positions if item.measure.id not in chosen)
    taken = tuple(item for item in other.positions if item.measure.id in chosen)
    if not kept:
        return dataclasses.replace(other, positions=taken)
    dated = _dated_lists(taken, book, other)
    taken = tuple(_with_lists(item, dated) for item in taken)
    if not dated:
        return dataclasses.replace(book, positions=(*kept, *taken))
    own = {item.name: item for item in dated.values()}
    law = dataclasses.replace(book.law, lists={**book.law.lists, **own})
    return dataclasses.replace(book, positions=(*kept, *taken), law=law)


def _dated_lists(taken: Iterable[Position], book: Book, other: Book) -> dict[str, ProductList]:
    """Lists of the positions taken that read differently on the two days, as on the day of `other`."""
    dated = {}
    for name in {name for item in taken for name in list_names(item.scope)}:
        items = other.law.lists[name]
        codes = items.codes(other.on)
        if codes != items.codes(book.on):
            rows: list[tuple[Row, ...]] = [tuple((code, None, None) for code in codes)]
            # The old name stays at the end: exemption lists are told by it.
            dated[name] = ProductList(
                f"{other.on}/{name}", items.path, items.shown, rows, items.digest, items.known
            )
    return dated


def _with_lists(position: Position, dated: Mapping[str, ProductList]) -> Position:
    """The position with the dated lists in its scope."""
    scope = position.scope
    if not any(name in dated for name in list_names(scope)):
        return position

    def renamed(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(dated[name].name if name in dated else name for name in names)

    changed = {"include": renamed(scope.include), "exclude": renamed(scope.exclude)}
    scopes = {**position.measure.scope, position.part: scope.model_copy(update=changed)}
    return dataclasses.replace(position, measure=position.measure.model_copy(update={"scope": scopes}))


def additional_duties(book: Book, world: World, assumptions: Assumptions) -> NDArray[np.float64]:
    """
    Duties of the ledger on top of the ordinary tariff, on the world's industries and economies.

    Gives ad valorem fractions, : sector, importer, exporter. Zero where an importer imposes nothing in the ledger.

    Shapes: duties (J, N, N).
    """
    economies = list(world.economies)
    duties = np.zeros((len(world.sectors), len(economies), len(economies)))
    imposers = {item.measure.imposer for item in book.positions if item.measure.instrument in CHARGING}
    for importer in economies:
        if imposers.isdisjoint(customs.imposers_of(importer, book.on)):
            continue
        duties[:, economies.index(importer), :] = additional_array(
            book,
            importer=importer,
            classification=world.classification,
            sectors=world.sectors,
            economies=economies,
            assumptions=assumptions,
        )
    for n in range(len(economies)):
        duties[:, n, n] = 0.0
    return duties


def relieve(
    duties: NDArray[np.float64], world: World, reliefs: Iterable[Relief], assumed: Mapping[str, float]
) -> NDArray[np.float64]:
    """
    Take additional duties off a stated value of imports, spread evenly over a pair's goods.

    Gives duties scaled by ``1 - share * usd_bn / flow`` for each pair, never below zero.

    Shapes: duties (J, N, N).
    """
    relieved = duties.copy()
    economies = list(world.economies)
    for relief in reliefs:
        if not {relief.importer, relief.exporter} <= set(economies):
            continue  # a pair that the world does not tell apart
        n, i = economies.index(relief.importer), economies.index(relief.exporter)
        flow = world.goods_flow(relief.exporter, relief.importer)
        covered = min(1.0, assumed[relief.share] * assumed[relief.usd_bn] / flow)
        relieved[:, n, i] *= 1.0 - covered
    return relieved


def stated_duties(
    duties: NDArray[np.float64],
    world: World,
    parents: NDArray[np.intp],
    spec: ScenarioSpec,
    assumed: Mapping[str, float],
) -> NDArray[np.float64]:
    """
    Additional duties with what a scenario states beside the law: relief taken off, then surcharges put on top.

    Shapes: duties (J, N, N), parents (J,).
    """
    stated = relieve(duties, world, spec.relief, assumed)
    economies = list(world.economies)
    for extra in spec.surcharges:
        importers, exporters = surcharged(extra, world, spec)
        sectors = np.isin(np.array(world.sectors)[parents], extra.industries or world.baseline().goods)
        places = (np.array([economies.index(label) for label in side]) for side in (importers, exporters))
        stated[np.ix_(np.flatnonzero(sectors), *places)] += extra.rate
    return stated


def surcharged(extra: Surcharge, world: World, spec: ScenarioSpec) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Economies of a world that charge a surcharge, and those outside them that bear it; refuses where there are none."""
    at = f"scenario {spec.id}: surcharges"
    charging = customs.territory(extra.importer, spec.on)
    group = is_group(extra.exporter)
    bearing = set(members(extra.exporter, spec.on) if group else customs.territory(extra.exporter, spec.on))
    importers = tuple(label for label in world.economies if label in charging)
    exporters = tuple(label for label in world.economies if label in bearing - charging)
    for label, found in ((extra.importer, importers), (extra.exporter, exporters)):
        if not found:
            raise StudyError(
                "the world does not have an economy that the study needs",
                where=at,
                found=label,
                allowed=f"an economy of {world.name}, or one outside the importer's customs territory",
                repair="choose another world, or another economy",
            )
    goods = world.baseline().goods
    for name in extra.industries:
        one_of(name, goods, what="the world has no such industry of goods", where=at, error=StudyError)
    return importers, exporters


def new_tariff(
    world_tariff: NDArray[np.float64], at_scenario: NDArray[np.float64], at_baseline: NDArray[np.float64]
) -> tuple[NDArray[np.float64], int]:
    """
    The tariff of a scenario: collected at the baseline plus the change in the ledger.

    Gives tariff: ``t0 + (scenario - baseline)``, not below zero.

    Shapes: world_tariff (J, N, N).
    """
    raw = world_tariff + (at_scenario - at_baseline)
    floored = (raw < 0.0) & (at_scenario < at_baseline)
    return np.where(floored, 0.0, raw), int(floored.sum())
