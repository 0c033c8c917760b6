"""What the loader refuses beyond the schema: references that lead nowhere, places that do not exist, overlaps."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

from detente.errors import LedgerError
from detente.geography.economies import groups, is_economy, is_group, members
from detente.geography.territories import is_territory, unions
from detente.io.words import nearest
from detente.ledger.records.lists import CODE

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection, Iterable

    from detente.io.yaml_file import Location
    from detente.ledger.records.schema import Measure, Step

EVERYONE: Final = "*"
WHOLE: Final = "all"


@dataclass(frozen=True)
class Known:
    """
    Names that measures may refer to.

    sources, lists, coverage, assumptions: Ids in `sources.yaml`, names of list files, names in `coverage.yaml` and
        `assumptions.yaml`.
    """

    sources: Collection[str]
    lists: Collection[str]
    coverage: Collection[str]
    assumptions: Collection[str]


def check_measure(measure: Measure, known: Known, where: Callable[[Location], str]) -> None:
    """Refuse a measure that breaks a rule of the ledger."""
    _check_sources(measure, known, where)
    _check_places(measure, where)
    _check_parts(measure, where)
    _check_scopes(measure, known, where)
    for part in measure.scope:
        _check_overlaps(measure, part, where)


def _refuse_name(what: str, found: str, choices: Iterable[str], where: str, repair: str) -> LedgerError:
    """An error about a name that does not exist, with the nearest that does."""
    near = nearest(found, choices)
    return LedgerError(
        what,
        where=where,
        found=found,
        allowed=near or "a name the ledger holds",
        repair=f"write `{near}`" if near else repair,
    )


def _check_sources(measure: Measure, known: Known, where: Callable[[Location], str]) -> None:
    """Every record has a source, and every source exists."""
    cited: list[tuple[Location, tuple[str, ...]]] = [(("sources",), measure.sources)]
    for kind in ("steps", "suspensions", "resumptions", "ends", "withdrawals", "annulments"):
        for place, record in enumerate(getattr(measure, kind)):
            cited.append(((kind, place, "sources"), record.sources))
    for location, ids in cited:
        if not ids:
            raise LedgerError(
                "missing source",
                where=where(location),
                found="[]",
                allowed="at least one id from sources.yaml",
                repair="cite the act or the document that reports it",
            )
        for name in ids:
            if name not in known.sources:
                raise _refuse_name(
                    "unknown source", name, known.sources, where(location), "add it to sources.yaml"
                )


def _check_places(measure: Measure, where: Callable[[Location], str]) -> None:
    """Every economy and group exists, written as a code."""
    named: list[tuple[Location, str]] = [(("imposer",), measure.imposer)]
    named += [(("targets",), text) for text in measure.targets]
    named += [(("exempt_targets",), text) for text in measure.exempt_targets]
    for place, step in enumerate(measure.steps):
        named += [(("steps", place, "targets"), text) for text in step.targets or ()]
    for location, text in named:
        imposing = location == ("imposer",)
        if (text == EVERYONE and not imposing) or (imposing and is_territory(text)):
            continue
        if not (is_economy(text) or is_group(text)):
            others = f"or a customs union ({', '.join(unions())})" if imposing else 'or "*" for all'
            raise LedgerError(
                "unknown economy",
                where=where(location),
                found=text,
                allowed=f"ISO alpha-3 codes, {', '.join(groups())}, {others}",
                repair=_meant(text),
            )


def _meant(text: str) -> str:
    """The code someone probably meant."""
    from detente.geography.economies import nearest_code, resolve  # noqa: PLC0415  (needed only for this message)

    if text.casefold() in {"all", "world", "any"}:
        return 'write "*"'
    if near := nearest_code(text):
        return f"did you mean {' or '.join(near)}?"
    try:
        return f"write {resolve(text)}"
    except ValueError as problem:
        return str(getattr(problem, "repair", ""))


def _check_parts(measure: Measure, where: Callable[[Location], str]) -> None:
    """Records speak of parts that the scope describes."""
    for kind in ("steps", "suspensions", "resumptions", "ends", "withdrawals", "annulments"):
        for place, record in enumerate(getattr(measure, kind)):
            if record.part == WHOLE and kind != "steps":
                continue
            if record.part not in measure.scope:
                raise _refuse_name(
                    "unknown part",
                    record.part,
                    measure.scope,
                    where((kind, place, "part")),
                    "describe it under `scope`",
                )
    for place, withdrawal in enumerate(measure.withdrawals):
        days = sorted({step.from_ for step in measure.steps if step.part == withdrawal.part})
        if withdrawal.step not in days:
            raise LedgerError(
                "a withdrawal of a step that does not exist",
                where=where(("withdrawals", place, "step")),
                found=withdrawal.step,
                allowed=", ".join(map(str, days)) or "no step",
                repair="give the `from` of the step that was withdrawn",
            )


def _check_scopes(measure: Measure, known: Known, where: Callable[[Location], str]) -> None:
    """Lists, coverage assumptions and shares exist."""
    for part, scope in measure.scope.items():
        for key in ("include", "exclude"):
            for place, name in enumerate(getattr(scope, key)):
                if key == "exclude" and name == WHOLE:
                    raise LedgerError(
                        "a scope that excludes everything",
                        where=where(("scope", part, key, place)),
                        found=WHOLE,
                        allowed="lists or codes to leave out",
                        repair="leave `exclude` out, or name what is exempt",
                    )
                if name != WHOLE and not CODE.fullmatch(name) and name not in known.lists:
                    raise _refuse_name(
                        "unknown product list",
                        name,
                        known.lists,
                        where(("scope", part, key, place)),
                        "add lists/<name>.csv beside the measure",
                    )
        if scope.coverage is not None and scope.coverage not in known.coverage:
            raise _refuse_name(
                "unknown coverage assumption",
                scope.coverage,
                known.coverage,
                where(("scope", part, "coverage")),
                "add it to coverage.yaml",
            )
        if scope.share is not None and scope.share not in {*known.coverage, *known.assumptions}:
            raise _refuse_name(
                "unknown share assumption",
                scope.share,
                {*known.coverage, *known.assumptions},
                where(("scope", part, "share")),
                "add it to coverage.yaml or assumptions.yaml",
            )


def _check_overlaps(measure: Measure, part: str, where: Callable[[Location], str]) -> None:
    """Two steps made known the same day never bear on one target at once with equal precedence."""
    steps = [(place, step) for place, step in enumerate(measure.steps) if step.part == part]
    for (_, one), (place, two) in combinations(sorted(steps, key=lambda item: item[1].from_), 2):
        if one.recorded != two.recorded:
            continue
        shared = _shared(measure, one, two)
        if not shared:
            continue
        end = _end(measure, one) if _tokens(measure, one) != _tokens(measure, two) else one.to
        if one.from_ == two.from_ or (
            two.from_ < end if end else _tokens(measure, one) != _tokens(measure, two)
        ):
            raise LedgerError(
                f"steps of `{part}` overlap",
                where=where(("steps", place)),
                found=f"{_span(one)} and {_span(two)}, both made known on {two.recorded}, on {', '.join(sorted(shared))}",
                allowed="one step at a time for a target",
                repair="end the first where the second starts, name other targets, or make two parts",
            )


def _end(measure: Measure, step: Step) -> dt.date | None:
    """Where a step ends: its own `to`, or the next step with the same targets."""
    later = [
        other.from_
        for other in measure.steps
        if other.part == step.part
        and other.from_ > step.from_
        and _tokens(measure, other) == _tokens(measure, step)
    ]
    return min([*later, *([step.to] if step.to else [])], default=None)


def _tokens(measure: Measure, step: Step) -> frozenset[str]:
    """Targets of a step as written."""
    return frozenset(measure.targets if step.targets is None else step.targets)


def _shared(measure: Measure, one: Step, two: Step) -> set[str]:
    """Targets on which two steps have equal precedence."""
    first, second = _tokens(measure, one), _tokens(measure, two)
    shared = set(first & second)
    for left in first - shared:
        for right in second - shared:
            if (
                is_group(left)
                and is_group(right)
                and set(members(left, two.from_)) & set(members(right, two.from_))
            ):
                shared.add(f"{left} and {right}")
    return shared


def _span(step: Step) -> str:
    """A step's days as text."""
    return f"[{step.from_}, {step.to or 'open'})"
