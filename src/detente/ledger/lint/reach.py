"""Measures that charge nobody: whom the duties of a ledger reach, by imposer, target and scope."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from detente.geography import economies as places
from detente.geography import territories as customs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from detente.ledger.ledger import Ledger
    from detente.ledger.records.schema import Measure, Scope, Step

# Instruments that bear on imports, at once or when an edit enacts them.
CHARGING: Final = frozenset({"tariff", "threat", "import_ban"})
EVERYONE: Final = "*"
WHOLE: Final = "all"

Finding = tuple[str, str]


def reaches_nobody(measure: Measure, ledger: Ledger) -> Iterator[Finding]:
    """Why a measure that charges imports can charge nobody's, with what to write."""
    if measure.instrument not in CHARGING:
        return
    days = _days(measure)
    found = _of_the_imposer(measure, days)
    if found is not None:
        yield found
        return
    if not any(
        _targets(measure, step, day) for step in measure.steps or (None,) for day in _days_of(step, days)
    ):
        yield (
            "no economy is left among its targets: exempt, or inside the imposer's own territory",
            "name a target outside it that is not exempt",
        )
    parts = {step.part for step in measure.steps} & set(measure.scope)
    empty = sorted(part for part in parts if not _holds(measure.scope[part], ledger))
    # A part whose list is not held may stay empty where the measure says that something is unverified.
    for part in empty if len(empty) == len(parts) or measure.unverified is None else ():
        yield (
            f"`{part}` reaches no goods",
            "name goods under `include` that `exclude` does not name again, or a coverage assumption",
        )


def _days(measure: Measure) -> tuple[dt.date, ...]:
    """Days on which whom a measure reaches may change: the first of each step, and those of memberships."""
    return tuple(sorted({*(step.from_ for step in measure.steps), *places.membership_days(), dt.date.max}))


def _days_of(step: Step | None, days: Iterable[dt.date]) -> Iterator[dt.date]:
    """The days on which a step bears."""
    for day in days:
        if step is None or (step.from_ <= day and (step.to is None or day < step.to)):
            yield day


def _of_the_imposer(measure: Measure, days: tuple[dt.date, ...]) -> Finding | None:
    """What keeps an imposer from charging anything."""
    imposer = measure.imposer
    importers = frozenset().union(*(customs.territory(imposer, day) for day in days))
    if not importers:
        known = ", ".join(customs.unions())
        return (
            f"{imposer} is a group without a customs border: its duties are charged on nobody's imports",
            f"name an economy, or a customs union ({known})",
        )
    above = {customs.union_over(imposer, day) for step in measure.steps for day in _days_of(step, days)}
    if above and None not in above:
        union = min(filter(None, above))
        return (
            f"{imposer} sets no duty of its own: those of {union} are charged on its imports",
            f"write `imposer: {union}`",
        )
    if importers.isdisjoint(places.importers()):
        return (
            f"the imports of {imposer} are held in no world: no average and no scenario moves",
            f"correct the imposer, or ask for the duty on single products of {imposer}",
        )
    return None


def _targets(measure: Measure, step: Step | None, day: dt.date) -> frozenset[str]:
    """Economies a step reaches on a day."""
    named = measure.targets if step is None else step.targets or measure.targets
    exempt = _expanded(measure.exempt_targets, day)
    return _expanded(named, day) - exempt - customs.territory(measure.imposer, day)


def _expanded(targets: Iterable[str], day: dt.date) -> frozenset[str]:
    """Economies that targets name, by code, by group, or all of them."""
    found: set[str] = set()
    for item in targets:
        if item == EVERYONE:
            found |= set(places.members("WORLD"))
        elif places.is_group(item):
            found |= set(places.members(item, day))
        else:
            found.add(item)
    return frozenset(found)


def _holds(scope: Scope, ledger: Ledger) -> bool:
    """Whether a scope may hold a line: a code included that is not excluded as it stands, or a share assumed."""
    if scope.coverage is not None:
        return True
    excluded = _codes(scope.exclude, ledger)
    return "" not in excluded and bool(_codes(scope.include, ledger) - excluded)


def _codes(names: Iterable[str], ledger: Ledger) -> frozenset[str]:
    """Codes that a scope names, by itself or on a list; empty text for all goods."""
    found: set[str] = set()
    for item in names:
        if item == WHOLE:
            found.add("")
        elif item in ledger.lists:
            found |= {str(row[0]) for row in ledger.lists[item].rows}
        else:
            found.add(item)
    return frozenset(found)
