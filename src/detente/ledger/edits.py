"""What-ifs: each verb is a new record, and each must change what is on the books."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from detente.asof import AsOf, day_of, parse_moment
from detente.errors import LedgerError
from detente.formatting import exact
from detente.formatting import number as number_text
from detente.io.words import meant
from detente.ledger.history import Amendment, History
from detente.ledger.query import positions_of
from detente.ledger.records.rules import WHOLE
from detente.ledger.records.schema import End, Resumption, Step, Suspension

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from detente.ledger.ledger import Ledger
    from detente.ledger.records.schema import Measure
    from detente.ledger.snapshots import Position

ACT: Final = "what-if"
HIGHEST: Final = 10.0


@dataclass(frozen=True)
class _Edit:
    """One verb on one measure, or one part of it."""

    verb: str
    name: str
    part: str
    on: dt.date
    rate: float | None = None

    def __str__(self) -> str:
        """The edit as one writes it on the command line."""
        target = self.name if self.part == WHOLE else f"{self.name}:{self.part}"
        return f"--{self.verb} {target}" + ("" if self.rate is None else f"={exact(self.rate)}")


def edit(
    ledger: Ledger,
    *,
    enact: Sequence[str] = (),
    suspend: Sequence[str] = (),
    resume: Sequence[str] = (),
    end: Sequence[str] = (),
    set: Mapping[str, float] | None = None,  # noqa: A002  (the verb people write)
    on: dt.date | str,
) -> Ledger:
    """
    Give the ledger after what-ifs, each a new record dated `on` that counts whatever is known.

    Parameters
    ----------
    ledger
        The ledger to start from.
    enact
        Threats and announced steps that take effect, or ended measures that come back.
    suspend, resume
        Measures suspended as a whole, or whose suspension is lifted.
    end
        Measures that end.
    set
        Rates (fractions) by measure: what is due from `on`, in force or suspended.
    on
        Day of the records.

    Returns
    -------
    Ledger
        A new one. Ids may name one part: ``us.s232.wood:furniture``. Edits apply in the order of the arguments.

    Raises
    ------
    LedgerError
        An unknown measure or part, a rate that is not one, or an edit that would change nothing.

    Examples
    --------
    >>> from detente.ledger import open_ledger
    >>> led = edit(open_ledger(), enact=["us.threat.cn100"], on="2025-11-10")
    >>> led.on("2025-11-10").get("us.threat.cn100")[0].rate
    1.0
    """
    day, rates = day_of(parse_moment(on, where="on")), set or {}
    named = {"enact": enact, "suspend": suspend, "resume": resume, "end": end, "set": rates}
    for verb, texts in named.items():
        for text in texts:
            name, _, part = text.partition(":")
            measure = ledger.measure(name)
            rate = float(rates[text]) if verb == "set" else None
            change = _Edit(verb, name, part or WHOLE, day, rate)
            _check(change, measure)
            ledger = _apply(ledger, measure, change)
    return ledger


def _check(edit: _Edit, measure: Measure) -> None:
    """The part exists, the rate is one."""
    if edit.part != WHOLE and edit.part not in measure.scope:
        raise LedgerError(
            "no such part of the measure",
            where=str(edit),
            found=edit.part,
            allowed=", ".join(measure.scope),
            repair=meant(
                edit.part, measure.scope, otherwise="name one of these, or leave the part out for all"
            ),
        )
    if edit.rate is not None and not 0.0 <= edit.rate <= HIGHEST:
        raise LedgerError(
            "not a rate",
            where=str(edit),
            found=edit.rate,
            allowed=f"a fraction from 0 to {number_text(HIGHEST)}",
            repair="write 25 % as 0.25",
        )


def _apply(ledger: Ledger, measure: Measure, edit: _Edit) -> Ledger:
    """One edit; it must change the positions of its measure on its day."""
    before = ledger.amendments.get(measure.id, Amendment())
    number = 1 + sum(len(records) for item in ledger.amendments.values() for records in vars(item).values())
    asof = AsOf(edit.on, ledger.known_on)
    positions = [item for item in positions_of(measure, asof, before) if edit.part in {WHOLE, item.part}]
    after = _RECORDS[edit.verb](measure, before, edit, positions, number)
    if after == before or positions_of(measure, asof, after) == positions_of(measure, asof, before):
        states = ", ".join(dict.fromkeys(f"{item.part}: {item.state}" for item in positions))
        raise LedgerError(
            "the edit changes nothing",
            where=str(edit),
            found=f"{measure.id} on {edit.on}: {states or 'not announced yet, without a step'}",
            allowed=_NEEDS[edit.verb],
            repair="see `detente ledger show " + measure.id + f" --on {edit.on}`",
        )
    return ledger.amended(measure.id, after, f"{edit} {edit.on}")


def _enact(
    measure: Measure, before: Amendment, edit: _Edit, positions: list[Position], number: int
) -> Amendment:
    """Steps that were threatened, announced or ended take effect; a step known only later counts as well."""
    waiting = [item.step for item in positions if item.state not in {"in force", "suspended"} and item.step]
    if not positions:
        history = History(measure, AsOf(dt.date.max))
        parts = [part for part in measure.scope if edit.part in {WHOLE, part}]
        waiting = [chain[0][1] for part in parts for chain in history.chains(part).values()]
    added = [
        (
            number,
            step.model_copy(
                update={"from_": edit.on, "to": None, "at": None, "recorded": edit.on, "act": ACT}
            ),
        )
        for step in waiting
    ]
    return replace(before, steps=(*before.steps, *added))


def _suspend(
    measure: Measure, before: Amendment, edit: _Edit, positions: list[Position], number: int
) -> Amendment:
    """The parts in force are suspended until further act."""
    parts = sorted({item.part for item in positions if item.state == "in force"})
    added = [
        (
            number,
            Suspension(
                from_=edit.on,
                to_legal=dt.date.max,
                recorded=edit.on,
                part=part,
                act=ACT,
                sources=measure.sources,
            ),
        )
        for part in parts
    ]
    return replace(before, suspensions=(*before.suspensions, *added))


def _resume(
    measure: Measure, before: Amendment, edit: _Edit, positions: list[Position], number: int
) -> Amendment:
    """Suspensions, whole or of points, are lifted."""
    parts = sorted({item.part for item in positions if item.state == "suspended" or item.suspended_points})
    added = [
        (number, Resumption(from_=edit.on, recorded=edit.on, part=part, act=ACT, sources=measure.sources))
        for part in parts
    ]
    return replace(before, resumptions=(*before.resumptions, *added))


def _end(
    measure: Measure, before: Amendment, edit: _Edit, positions: list[Position], number: int
) -> Amendment:
    """Parts that are not over end."""
    parts = sorted({item.part for item in positions if item.state != "ended"})
    added = [
        (number, End(from_=edit.on, recorded=edit.on, part=part, act=ACT, sources=measure.sources))
        for part in parts
    ]
    return replace(before, ends=(*before.ends, *added))


def _set(
    measure: Measure, before: Amendment, edit: _Edit, positions: list[Position], number: int
) -> Amendment:
    """What is due from the day on is the rate given: in force, with no points suspended."""
    due = [item for item in positions if item.state in {"in force", "suspended"} and item.step]
    due = [item for item in due if item.step and item.step.amounts is None and item.step.rule is None]
    steps = [
        (
            number,
            Step(
                from_=edit.on,
                recorded=edit.on,
                part=item.part,
                targets=item.step.targets if item.step else None,
                rate=edit.rate,
                act=ACT,
                sources=measure.sources,
            ),
        )
        for item in due
        if item.rate != edit.rate or item.state == "suspended" or item.cap is not None
    ]
    changed = {step.part for _, step in steps}
    lifted = [
        item for item in due if item.part in changed and (item.suspended_points or item.state == "suspended")
    ]
    return _resume(measure, replace(before, steps=(*before.steps, *steps)), edit, lifted, number)


_RECORDS: Final[dict[str, Callable[[Measure, Amendment, _Edit, list[Position], int], Amendment]]] = {
    "enact": _enact,
    "suspend": _suspend,
    "resume": _resume,
    "end": _end,
    "set": _set,
}
_NEEDS: Final = {
    "enact": "a threat, an announced step, or a measure that ended",
    "suspend": "a measure in force",
    "resume": "a measure that is suspended, or has suspended points",
    "end": "a measure that is not over",
    "set": "a tariff in force at another rate",
}
