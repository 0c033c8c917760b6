"""Positions and steps in words."""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING

from detente.formatting import money, number, quantity, rate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from detente.ledger.records.schema import Step
    from detente.ledger.snapshots import Position, State

LONGEST_RULE = 64
ORDER: tuple[State, ...] = ("in force", "suspended", "announced", "threatened", "authorised", "ended")


def value_of(step: Step) -> str:
    """What a step imposes."""
    if step.rate is not None:
        return rate(step.rate)
    if step.cap is not None:
        return f"up to {rate(step.cap)} with the ordinary duty"
    if step.amounts is not None:
        each = [
            " ".join(f"{money(amount)} {step.currency or ''} {unit.replace('_', ' ')}".split())
            for unit, amount in step.amounts.items()
        ]
        return ", ".join(each)
    if step.quantity is not None:
        return quantity(step.quantity, step.unit or "")
    return shorten(step.rule, LONGEST_RULE, placeholder=" ...") if step.rule else "amount not known"


def unit_of(step: Step | None) -> str | None:
    """Unit of a step's value. Gives ``ad valorem``, currency per unit, the step's own unit, or None for rules."""
    if step is None:
        return None
    if step.rate is not None or step.cap is not None:
        return "ad valorem"
    if step.amounts is not None:
        return ", ".join(f"{step.currency or 'currency'} {unit.replace('_', ' ')}" for unit in step.amounts)
    return step.unit


_WITHOUT_STEP: dict[State, str] = {
    "announced": "announced, nothing set",
    "authorised": "a power to act, nothing set",
    "threatened": "under investigation, nothing set",
    "suspended": "no amount set, suspended",
    "in force": "no amount set",
}


def describe(position: Position) -> str:
    """One position in a few words. Gives such as "10 % (34 % set, 24 points suspended until 2026-11-10)"."""
    step = position.step
    if step is None:
        return _WITHOUT_STEP.get(position.state, position.state)
    value, end = value_of(step), until(position)
    if position.state == "in force":
        if position.suspended_points and position.rate is not None:
            points = f"{number(100 * position.suspended_points)} points suspended"
            return f"{rate(position.rate)} ({value} set, {points}{end})"
        return value
    void = "; held void" if position.annulled else ""
    others: dict[State, str] = {
        "suspended": f"{value}, suspended{end}",
        "announced": f"{value} from {step.from_}",
        "threatened": f"{value} from {step.from_} threatened, never in force",
    }
    over = f"ended{f' {position.since}' if position.since else ''} (was {value}){void}"
    return others.get(position.state, over)


def until(position: Position) -> str:
    """
    End of the running suspension in words.

    Gives by notice and, where a report goes further, as reported; empty without a suspension.
    """
    legal, reported = position.until_legal, position.until_reported
    return (f" until {legal}" if legal else "") + (f", as reported until {reported}" if reported else "")


def brief(position: Position | None) -> str:
    """State of a position, with its value where that is a number."""
    if position is None:
        return "nothing"
    if position.state == "in force" and position.rate is not None:
        points = f", points suspended{until(position)}" if position.suspended_points else ""
        return f"in force at {rate(position.rate)}{points}"
    return f"{position.state}{until(position) if position.state == 'suspended' else ''}"


def starts(step: Step) -> str:
    """What happens when a step starts."""
    return "takes effect" if step.rule else f"{value_of(step)} takes effect"


def overall(positions: Iterable[Position]) -> State | None:
    """
    State of several positions together: the one that binds most.

    Gives in force before suspended, announced, threatened, ended; None without positions.
    """
    states = {item.state for item in positions}
    return next((state for state in ORDER if state in states), None)
