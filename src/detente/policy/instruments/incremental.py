"""A scenario moved a little: its book and its duties from those of the scenario it was moved from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from detente.duties.averages.additional import additional_array
from detente.duties.layers import active_claims
from detente.duties.targets import CHARGING, closeness
from detente.geography import territories as customs
from detente.ledger.query import positions_of
from detente.policy.instruments.disaggregation import part_duties
from detente.policy.instruments.scenario_law import (
    scenario_book,
    scenario_ledger,
    stated_duties,
    surcharged,
    with_quantities,
)
from detente.policy.instruments.shock import law_shock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from detente.ledger import Book, Ledger, Position
    from detente.policy.instruments.shock import LawShock, Setting
    from detente.policy.results import ScenarioResult
    from detente.policy.study import ScenarioSpec


class Near(NamedTuple):
    """A scenario whose law has been read: what another is moved from."""

    spec: ScenarioSpec
    book: Book
    law: LawShock


def read_law(
    setting: Setting,
    near: Near | ScenarioResult | None,
    spec: ScenarioSpec,
    ledger: Ledger,
    assumed: Mapping[str, float],
) -> tuple[Book, LawShock]:
    """Read the law of a scenario, from that of a near one if there is one."""
    if near is None:
        book, duties = scenario_book(spec, ledger, assumed), None
    else:
        book = moved_book(near, spec, ledger, assumed)
        duties = moved_duties(setting, near, spec, book, assumed)
    return book, law_shock(setting, spec, book, assumed, duties=duties)


def moved_book(
    near: Near | ScenarioResult, spec: ScenarioSpec, ledger: Ledger, assumed: Mapping[str, float]
) -> Book:
    """
    What is on the books in a moved scenario: only measures that were edited are read again.

    Gives equal to `scenario_book`; positions that nothing changed are the same objects as in the near book.
    """
    old = near.book
    edited = scenario_ledger(spec, ledger, assumed)
    asof = spec.asof.limited(edited.known_on)
    if old.asof != asof:
        return scenario_book(spec, ledger, assumed)
    kept: dict[str, list[Position]] = {}
    for item in old.positions:
        kept.setdefault(item.measure.id, []).append(item)
    positions: list[Position] = []
    for name, measure in edited.measures.items():
        amendment = edited.amendments.get(name)
        if measure is old.measures.get(name) and amendment == old.amendments.get(name):
            positions += kept.get(name, ())
        else:
            positions += positions_of(measure, asof, amendment)
    return with_quantities(edited.book(asof, positions), spec)


def moved_duties(
    setting: Setting,
    near: Near | ScenarioResult,
    spec: ScenarioSpec,
    book: Book,
    assumed: Mapping[str, float],
) -> NDArray[np.float64] | None:
    """
    Additional duties of a moved scenario: only pairs a changed measure reaches are worked out again.

    Gives shape (J, N, N), equal to those of `law_shock`; None where everything may have changed: another day, or
    another set of claims in force.
    """
    old = near.book
    if (old.on, old.law) != (book.on, book.law):
        return None
    if active_claims(old) != active_claims(book):
        return None
    pairs = _reached(_changed(old, book), setting.baseline.economies, book)
    for relief in (*near.spec.relief, *spec.relief):
        pairs.setdefault(relief.importer, set()).add(relief.exporter)
    for item in (near.spec, spec):
        for extra in item.surcharges:
            charging, bearing = surcharged(extra, setting.world, item)
            for importer in charging:
                pairs.setdefault(importer, set()).update(bearing)
    duties = near.law.duties.copy()
    for importer, exporters in pairs.items():
        _work_out(duties, setting, book, importer, sorted(exporters))
    named = {(importer, exporter) for importer, exporters in pairs.items() for exporter in exporters}
    if len(setting.baseline.sectors) != len(setting.world.sectors):
        duties = part_duties(duties, book, setting.baseline, setting.assumptions, pairs=named)
    return stated_duties(duties, setting.world, setting.parents, spec, assumed)


def _changed(old: Book, new: Book) -> list[Position]:
    """Positions of the measures that charge a duty and stand otherwise in one book than in the other."""
    held: tuple[dict[str, list[Position]], ...] = ({}, {})
    for book, by_measure in zip((old, new), held, strict=True):
        for item in book.positions:
            if item.measure.instrument in CHARGING:
                by_measure.setdefault(item.measure.id, []).append(item)
    found: list[Position] = []
    for name in held[0] | held[1]:
        before, after = (by_measure.get(name, []) for by_measure in held)
        same = len(before) == len(after) and all(a is b or a == b for a, b in zip(before, after, strict=True))
        found += [] if same else [*before, *after]
    return found


def _reached(positions: Sequence[Position], economies: Sequence[str], book: Book) -> dict[str, set[str]]:
    """Exporters that positions reach, by importer."""
    pairs: dict[str, set[str]] = {}
    for item in positions:
        imposer = item.measure.imposer
        inside = [label for label in economies if customs.imposes(imposer, label, book.on)]
        if not inside:
            continue
        reached = {label for label in economies if closeness(item.targets, label, book.on)}
        for importer in inside:
            pairs.setdefault(importer, set()).update(reached.difference(inside))
    return pairs


def _work_out(
    duties: NDArray[np.float64], setting: Setting, book: Book, importer: str, exporters: Sequence[str]
) -> None:
    """Put the duties of an importer on some exporters in place."""
    if not exporters:
        return
    world, economies = setting.world, setting.baseline.economies
    rates = additional_array(
        book,
        importer=importer,
        classification=world.classification,
        sectors=world.sectors,
        economies=exporters,
        assumptions=setting.assumptions,
    )
    columns = [economies.index(label) for label in exporters]
    duties[:, economies.index(importer), columns] = rates[setting.parents]
