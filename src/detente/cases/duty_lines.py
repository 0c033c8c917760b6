"""The lines of a duty: one for each measure that reaches the good, with its basis, heading and source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from detente.tariffs import case_shares

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detente.cases.duty_case import Case
    from detente.ledger import Ledger, Position
    from detente.tariffs import Layer, Stack

WHOLE = "customs value"
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

    Parameters
    ----------
    case
        The shipment.
    stacked
        Its stack.
    facts
        Stated and assumed.
    row
        Which candidate line.
    value
        Customs value, or None.

    Returns
    -------
    lines
        One per layer that reaches the good, also those displaced to zero.
    """
    found = []
    for place, layer in enumerate(stacked.layers):
        share = float(stacked.shares[place, row])
        cover = float(layer.cover[row] if layer.cover.ndim else layer.cover)
        if cover <= 0.0:
            continue
        rate = round(float(stacked.rates[place, row]), _DIGITS)
        position = case.position(layer.measure, layer.part)
        found.append(
            DutyLine(
                measure=layer.measure,
                title=position.measure.title,
                heading=heading(position),
                basis=_basis(layer, position, share, cover, facts),
                basis_share=round(share, _DIGITS),
                rate=rate,
                contribution=round(share * rate, _DIGITS),
                amount=None if value is None else round(value * share * rate, 2),
                source=cited(position, case.book.ledger),
                note=_note(layer, position, share),
            )
        )
    return tuple(found)


def heading(position: Position) -> str:
    """
    Legal heading of a position.

    Parameters
    ----------
    position
        A position of the ledger.

    Returns
    -------
    heading
        Chapter 99 heading of its part, of its measure, else empty.
    """
    details = position.measure.details
    return str(details.get(f"heading_{position.part}", details.get("heading", "")))


def cited(position: Position, ledger: Ledger) -> str:
    """
    Act of a position and where it was read.

    Parameters
    ----------
    position, ledger
        The position, and the ledger with its sources.

    Returns
    -------
    text
        Act, then the link or title of the first source.
    """
    step = position.step
    names = step.sources if step is not None else position.measure.sources
    act = step.act if step is not None else "; ".join(position.measure.authority)
    for name in names:
        source = ledger.sources.get(name)
        if source is not None:
            return f"{act}; {source.url or source.title}"
    return act


def _basis(layer: Layer, position: Position, share: float, cover: float, facts: Mapping[str, Any]) -> str:
    """What the rate is charged on."""
    name = position.scope.share
    if name is not None and float(facts.get(name, 1.0)) < 1.0:
        return case_shares()[name].title
    if layer.rest_of and 0.0 < share < cover:
        return "value not under Section 232"
    if 0.0 < cover < 1.0:
        return "part of the value the claim leaves"
    return WHOLE


def _note(layer: Layer, position: Position, share: float) -> str:
    """Why nothing is due, or that part of the rate is suspended."""
    if share <= 0.0 and (layer.rest_of or layer.untouched_by):
        return "not due: the article is under Section 232"
    if share <= 0.0:
        return "not due: another measure of the same group comes first"
    if position.suspended_points:
        until = position.until_legal or position.until_reported
        return f"{position.suspended_points:.0%} suspended until {until}"
    return ""
