"""Default and range: one rule, evaluated over every value the unknown facts could take."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING, Any

from detente.compliance.documents.common import Assumption, Question
from detente.formatting import money

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclasses.dataclass(frozen=True)
class Open:
    """
    A fact nobody stated.

    values: What it could be; the first is the default.
    why: The legal test that asks for it.
    words: The values in words, in the same order.
    frees: Whether its other values can only free from the charge. One is then as good as several, so such facts are
        varied one at a time.
    """

    values: tuple[Any, ...]
    why: str
    words: tuple[str, ...]
    frees: bool = False


@dataclasses.dataclass(frozen=True)
class Span:
    """The smallest and largest outcome, the open questions, and the defaults used meanwhile."""

    least: float
    most: float
    questions: tuple[Question, ...]
    assumptions: tuple[Assumption, ...]


_Row = dict[Any, float]


def span(
    rule: Callable[[dict[str, Any]], float],
    known: Mapping[str, Any],
    unknown: Mapping[str, Open],
    *,
    show: Callable[[float], str] = money,
) -> Span:
    """
    Evaluate a rule over its unknown facts.

    Examples
    --------
    >>> unknown = {"free": Open((False, True), "test", ("no", "yes"))}
    >>> found = span(lambda f: 10.0 * (not f["free"]), {}, unknown)
    >>> found.least, found.most, found.questions[0].effect
    (0.0, 10.0, '10 if no, 0 if yes')
    """
    rows = _grid(rule, known, unknown)
    amounts = [amount for row in rows.values() for amount in row.values()]
    questions, assumptions = [], []
    for name, fact in unknown.items():
        effect = _effect(_compared(rows, name, unknown), fact, show)
        if effect:
            questions.append(Question(name, fact.why, effect))
            assumptions.append(Assumption(name, fact.words[0], fact.words[1:], fact.why))
    return Span(min(amounts), max(amounts), tuple(questions), tuple(assumptions))


def _grid(
    rule: Callable[[dict[str, Any]], float], known: Mapping[str, Any], unknown: Mapping[str, Open]
) -> dict[tuple[int, ...], _Row]:
    """Amount by the facts that charge (a full grid) and by the fact that frees (one at a time)."""
    charging = [name for name, fact in unknown.items() if not fact.frees]
    freeing = {name: fact for name, fact in unknown.items() if fact.frees}
    calm = {**known, **{name: fact.values[0] for name, fact in freeing.items()}}
    rows = {}
    for at in itertools.product(*(range(len(unknown[name].values)) for name in charging)):
        facts = {**calm, **{n: unknown[n].values[i] for n, i in zip(charging, at, strict=True)}}
        row: _Row = {None: rule(facts)}
        for name, fact in freeing.items():
            row |= {(name, i): rule({**facts, name: fact.values[i]}) for i in range(1, len(fact.values))}
        rows[at] = row
    return rows


def _compared(rows: dict[tuple[int, ...], _Row], name: str, unknown: Mapping[str, Open]) -> list[list[float]]:
    """List the amounts by the values of one fact, all else equal; all else at its default comes first."""
    size = range(len(unknown[name].values))
    if unknown[name].frees:
        return [[row[None], *(row[name, i] for i in size[1:])] for row in rows.values()]
    axis = [n for n, fact in unknown.items() if not fact.frees].index(name)
    base = [at for at in rows if at[axis] == 0]
    keys = next(iter(rows.values()))
    return [[rows[(*at[:axis], i, *at[axis + 1 :])][key] for i in size] for key in keys for at in base]


def _effect(compared: list[list[float]], fact: Open, show: Callable[[float], str]) -> str:
    """Say what one fact changes; empty if it never changes anything."""
    alone = compared[0]
    if len(set(alone)) > 1:
        return ", ".join(f"{show(a)} if {word}" for a, word in zip(alone, fact.words, strict=True))
    moved = [amount for amounts in compared if len(set(amounts)) > 1 for amount in amounts]
    if not moved:
        return ""
    return f"matters only together with another open fact ({show(min(moved))} to {show(max(moved))})"
