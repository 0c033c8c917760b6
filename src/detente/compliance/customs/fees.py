"""Customs user fees on one US entry: not duties, shown only when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.compliance.customs.lines import LAW, WHOLE
from detente.compliance.customs.rate import cents
from detente.compliance.documents.duty import DutyLine
from detente.formatting import fixed
from detente.ledger import open_ledger

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from detente.ledger.records.stacking import Fee

SEA_ONLY = "hmf"


def fee_lines(
    on: dt.date, value: float | None, fees: Iterable[Fee] | None = None
) -> tuple[tuple[DutyLine, ...], tuple[str, ...]]:
    """
    Merchandise processing and harbor maintenance fees on a formal entry.

    One line a fee; a warning where the amounts of the year are not held.
    """
    known = tuple(open_ledger().rules.fees if fees is None else fees)
    held = [fee for fee in known if fee.holds(on)]
    missing = {fee.id for fee in known} - {fee.id for fee in held}
    warnings = tuple(
        f"fee {name}: the limits of the fiscal year of {on} are not held, so it is left out"
        for name in sorted(missing)
    )
    return tuple(_line(fee, value) for fee in held), warnings


def _line(fee: Fee, value: float | None) -> DutyLine:
    """One fee."""
    amount = None
    if value is not None:
        amount = cents(min(max(value * fee.rate, fee.min or 0.0), fee.max or float("inf")))
    limits = (
        f", at least {fixed(fee.min, 2)} and at most {fixed(fee.max, 2)}"
        if fee.min is not None and fee.max
        else ""
    )
    return DutyLine(
        measure=f"fee.{fee.id}",
        title=fee.title,
        heading="",
        basis=WHOLE + limits,
        basis_share=1.0,
        rate=fee.rate,
        contribution=0.0,
        amount=amount,
        source=fee.act,
        kind=LAW,
        note="a fee, not part of the duty; by sea only"
        if fee.id == SEA_ONLY
        else "a fee, not part of the duty",
        heading_why="a fee is filed under its class code, not under a heading",
        heading_basis="",
        filing="",
        drawback="",
        drawback_why="",
    )
