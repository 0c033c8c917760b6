"""The lines of a duty: one for each measure that reaches the good, with its basis, heading and source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from detente.compliance.customs.rate import cents
from detente.formatting import rate as rate_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from detente.compliance.customs.case import Case
    from detente.duties import Layer, Stack
    from detente.ledger import Position
    from detente.ledger.law import Law

WHOLE = "customs value"
_HEADING = re.compile(r"99\d\d\.\d\d\.\d\d")
_DIGITS = 10


@dataclass(frozen=True)
class DutyLine:
    """
    One line of a duty.

    Attributes
    ----------
    measure
        Id in the ledger; ``base`` for the ordinary duty, ``fee.*`` for a fee.
    title
        What it is.
    heading
        Legal heading, empty where the ledger names none.
    basis
        What the rate is charged on, in words.
    basis_share
        That basis as a share of customs value.
    rate
        Ad valorem rate on the basis, None for a specific duty shown by its amount alone.
    contribution
        Share times rate: the lines sum to the duty.
    amount
        In the currency of the answer, None without a customs value.
    source
        Act and where it was read.
    kind
        ``law``, ``estimate`` or ``stated`` (by the user).
    note
        Why the line is zero or what else to know.
    """

    measure: str
    title: str
    heading: str
    basis: str
    basis_share: float
    rate: float | None
    contribution: float
    amount: float | None
    source: str
    kind: str = "law"
    note: str = ""


def measure_lines(
    case: Case, stacked: Stack, facts: Mapping[str, Any], *, row: int, value: float | None
) -> tuple[DutyLine, ...]:
    """
    Lines of the additional duties on one candidate line.

    One per layer that reaches the good, also those displaced to zero.
    """
    found = []
    for place, layer in enumerate(stacked.layers):
        share = float(stacked.shares[place, row])
        cover = float(layer.cover[row])
        if cover <= 0.0:
            continue
        rate = round(float(stacked.rates[place, row]), _DIGITS)
        position = case.position(layer.measure, layer.part)
        found.append(
            DutyLine(
                measure=layer.measure,
                title=position.measure.title,
                heading=heading(position),
                basis=_basis(layer, case, share, cover, facts),
                basis_share=round(share, _DIGITS),
                rate=rate,
                contribution=round(share * rate, _DIGITS),
                amount=None if value is None else cents(value * share * rate),
                source=cited(position, case.book.law),
                note=_note(layer, position, share, case),
            )
        )
    laid = {(layer.measure, layer.part) for layer in stacked.layers}
    return (*found, *_claimed_away(case, laid, facts, row=row, value=value))


def _claimed_away(
    case: Case, laid: set[tuple[str, str]], facts: Mapping[str, Any], *, row: int, value: float | None
) -> Iterator[DutyLine]:
    """Lines of measures that reach the good and that a claim, stated or assumed, takes off."""
    for entry in case.reaching:
        item = entry.position
        claim = case.claim_against(item.measure.id, facts)
        key = (item.measure.id, item.part)
        if claim is None or key in laid or not case.reader.cover(item, case.book, facts)[row]:
            continue
        laid.add(key)
        yield DutyLine(
            measure=item.measure.id,
            title=item.measure.title,
            heading=heading(item),
            basis=WHOLE,
            basis_share=0.0,
            rate=item.rate,
            contribution=0.0,
            amount=None if value is None else 0.0,
            source=cited(item, case.book.law),
            note=f"not due: {claim.fact} ({claim.act})",
        )


def heading(position: Position) -> str:
    """
    Legal heading of a position.

    Chapter 99 heading that the act of its step names, else that of its measure, else empty.
    """
    named = _HEADING.search(position.step.act) if position.step is not None else None
    return named[0] if named else str(position.measure.details.get("heading", ""))


def cited(position: Position, law: Law) -> str:
    """Act of a position, then the link or title of its first source."""
    step = position.step
    names = step.sources if step is not None else position.measure.sources
    act = step.act if step is not None else "; ".join(position.measure.authority)
    for name in names:
        source = law.sources.get(name)
        if source is not None:
            return f"{act}; {source.url or source.title}"
    return act


def _basis(layer: Layer, case: Case, share: float, cover: float, facts: Mapping[str, Any]) -> str:
    """What the rate is charged on."""
    name, shares = case.position(layer.measure, layer.part).scope.share, case.book.law.assumptions
    if name in shares and float(facts.get(str(name), 1.0)) < 1.0:
        return shares[str(name)].title
    if layer.rest_of and 0.0 < share < cover:
        return "value not under Section 232"
    if 0.0 < cover < 1.0:
        return "part of the value the claim leaves"
    return WHOLE


def _note(layer: Layer, position: Position, share: float, case: Case) -> str:
    """Why nothing is due, or that part of the rate is suspended."""
    if share <= 0.0:
        rules = case.book.law.rules.gives_way(layer.measure, case.book.on)
        return (
            f"not due: {rules[0].text}" if rules else "not due: another measure of the same group comes first"
        )
    if position.suspended_points:
        until = position.until_legal or position.until_reported
        return f"{rate_text(position.suspended_points)} suspended until {until}"
    return ""
