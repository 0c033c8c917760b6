"""Findings about a ledger that loads: what a careful reader would question."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from detente.asof import AsOf
from detente.formatting import number
from detente.ledger.documents.records import Finding
from detente.ledger.files.names import named_in_rule, refuse_name
from detente.ledger.history import History
from detente.ledger.lint.reach import reaches_nobody
from detente.ledger.records.standing import SEVERAL, SINGLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from detente.ledger.ledger import Ledger
    from detente.ledger.records.schema import (
        Annulment,
        End,
        Measure,
        Resumption,
        Step,
        Suspension,
        Withdrawal,
    )

    Act = Step | Suspension | Resumption | End | Withdrawal | Annulment

# A rate above this is legal and rare; its step says in a note why it is that high.
RARE_RATE: Final = 2.0
# An event after the horizon is a date set ahead, and says so.
AHEAD: Final = ("scheduled", "due", "deadline", "end", "expire")

Said = tuple[str, str]


def check_ledger(ledger: Ledger) -> tuple[Finding, ...]:
    """
    Question every record of a ledger that loads.

    Empty if there is nothing to say: every source used, every list
    named and in order, every suspension over a step, no gap without an act, no date out of order, no duty that is
    charged on nobody's goods.

    Examples
    --------
    >>> from detente.ledger import open_ledger
    >>> check_ledger(open_ledger())
    ()
    """
    rows = [
        Finding(where=ledger.where(name), measure=name, finding=finding, repair=repair)
        for name, measure in ledger.measures.items()
        for finding, repair in _questions(measure, ledger)
    ]
    whole = [Finding(where="", measure="", finding=said, repair=repair) for said, repair in _whole(ledger)]
    return (*rows, *whole)


def _questions(measure: Measure, ledger: Ledger) -> Iterator[Said]:
    """All questions about one measure."""
    yield from _dates(measure, ledger.horizon)
    yield from _suspensions(measure)
    yield from _gaps(measure)
    yield from _values(measure)
    yield from _references(measure, ledger)
    yield from reaches_nobody(measure, ledger)


def _dates(measure: Measure, horizon: dt.date) -> Iterator[Said]:
    """Dates in order, nothing recorded after the sources end."""
    records: list[Act] = [*measure.steps, *measure.suspensions, *measure.resumptions, *measure.ends]
    records += [*measure.withdrawals, *measure.annulments]
    for record in records:
        if record.recorded > horizon:
            yield f"{record.act} is recorded on {record.recorded}, after the sources end", "correct the date"
    for step in measure.steps:
        if step.announced and step.announced > step.recorded:
            yield f"step of {step.from_} announced {step.announced}, after it was recorded", "swap the dates"
    for event in measure.events:
        if event.date > horizon and not any(word in event.event for word in AHEAD):
            yield f"event of {event.date} lies after the sources end", f"say what it is: {', '.join(AHEAD)}"
    if measure.instrument != "threat" and not measure.steps and not measure.events:
        yield "no step and no event", "say what happened"


def _suspensions(measure: Measure) -> Iterator[Said]:
    """A suspension lies over a step, and suspends no more than there is."""
    for item in measure.suspensions:
        steps = [step for step in measure.steps if item.part in {"all", step.part}]
        end = item.to_legal or item.to_reported or dt.date.max
        if not any(step.from_ < end and (step.to is None or step.to > item.from_) for step in steps):
            yield (
                f"suspension of {item.from_} lies over no step of `{item.part}`",
                "name the part it suspends",
            )
        if item.points is None:
            continue
        for step in steps:
            if (
                step.rate is not None
                and _at(measure, step.from_, item.from_, step.part)
                and item.points > step.rate
            ):
                yield (
                    f"{number(item.points)} suspended of {number(step.rate)} from {item.from_}",
                    "correct the points",
                )


def _at(measure: Measure, start: dt.date, day: dt.date, part: str) -> bool:
    """Whether the step that starts on `start` is the one in force on a day."""
    starts = [step.from_ for step in measure.steps if step.part == part and step.from_ <= day]
    return max(starts, default=None) == start


def _gaps(measure: Measure) -> Iterator[Said]:
    """Between two steps of the same targets there is no time without an act that says so."""
    history = History(measure, AsOf(dt.date.max))
    for part in measure.scope:
        ends = {end.from_ for _, end in history.ends if end.part in {"all", part}}
        for chain in history.chains(part).values():
            for (_, one), (_, two) in pairwise(chain):
                if (
                    one.to is not None
                    and one.to < two.from_
                    and one.to not in ends
                    and not (one.note or two.note)
                ):
                    yield (
                        f"`{part}` is not in force from {one.to} to {two.from_}",
                        "say why in a note, or close it",
                    )


def _values(measure: Measure) -> Iterator[Said]:
    """Values within reason and units given."""
    for step in measure.steps:
        if step.rate is not None and step.rate > RARE_RATE and not step.note:
            yield (
                f"rate of {number(step.rate)} from {step.from_}",
                "a rate is a fraction; say in a note why it is so high",
            )
        if step.amounts is not None and step.currency is None:
            yield f"amounts without currency from {step.from_}", "add `currency:`"
        if step.quantity is not None and step.unit is None:
            yield f"quantity without unit from {step.from_}", "add `unit:`"


def _references(measure: Measure, ledger: Ledger) -> Iterator[Said]:
    """What stacking names exists."""
    names = [*measure.stacking.in_lieu_of, *measure.stacking.yields_to] if measure.stacking else []
    for name in names:
        stem = name.rstrip("*")
        if not any(
            known == name or (name.endswith("*") and known.startswith(stem)) for known in ledger.measures
        ):
            yield f"stacking names {name}, which no measure matches", "correct the id"


def _whole(ledger: Ledger) -> Iterator[Said]:
    """Questions about the ledger as a whole."""
    yield from _unused(ledger)
    yield from _rules(ledger)
    for row in ledger.board:
        for name in row.measures:
            stem = name.rstrip("*")
            if not any(
                known == name or (name.endswith("*") and known.startswith(stem)) for known in ledger.measures
            ):
                yield (
                    f"the board's {row.instrument} names {name}, which no measure matches",
                    "correct board.yaml",
                )


def _rules(ledger: Ledger) -> Iterator[Said]:
    """What stacking rules name and the ledger does not hold."""
    for kind in (*SEVERAL, *SINGLE):
        held = getattr(ledger.rules, kind)
        for rule in held if isinstance(held, tuple) else (held,) if held is not None else ():
            for named in named_in_rule(kind, rule):
                refusal = refuse_name(named, ledger, "stacking.yaml")
                if refusal is not None:
                    yield f"a rule of {kind} ({rule.act}): {refusal.what} {refusal.found}", refusal.repair
    for heading in ledger.headings.rules:
        for named in named_in_rule("headings", heading):
            refusal = refuse_name(named, ledger, "headings.yaml")
            if refusal is not None:
                yield f"a rule of headings ({heading.act}): {refusal.what} {refusal.found}", refusal.repair


def _unused(ledger: Ledger) -> Iterator[Said]:
    """Sources and lists that nothing names."""
    cited: set[str] = set()
    named: set[str] = set()
    for measure in ledger.measures.values():
        cited |= set(measure.sources)
        for kind in ("steps", "suspensions", "resumptions", "ends", "withdrawals", "annulments"):
            cited |= {name for record in getattr(measure, kind) for name in record.sources}
        named |= {name for scope in measure.scope.values() for name in (*scope.include, *scope.exclude)}
    for name in sorted(set(ledger.sources) - cited - ledger.cited_elsewhere):
        yield f"source {name} is cited by nothing", "cite it or remove it"
    for name in sorted(set(ledger.lists) - named - ledger.cited_elsewhere):
        yield f"product list {name} is named by no scope", "name it or remove it"
