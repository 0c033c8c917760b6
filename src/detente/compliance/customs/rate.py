"""An ordinary duty that nobody holds, or that the user states; and money to the cent."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from detente.formatting import rate as rate_text
from detente.schedules.provider import OrdinaryDuty


def unknown_base(importer: str) -> OrdinaryDuty:
    """The ordinary duty of an importer whose schedule is not held."""
    ask = f"The schedule of {importer} is not held."
    return OrdinaryDuty(
        None, 0.0, bounded=False, text="not held", title="Ordinary duty", source="not held", ask=ask
    )


def stated_base(rate: float) -> OrdinaryDuty:
    """The ordinary duty as the user states it: a share of the customs value, at least 0."""
    title, source = "Ordinary duty, as stated", "stated by the user"
    return OrdinaryDuty(
        rate, rate, bounded=True, text=rate_text(rate), title=title, source=source, kind="stated"
    )


def cents(amount: float) -> float:
    """
    Money to the cent, half a cent up, as a broker writes it.

    >>> cents(17.715)
    17.72
    """
    return float(Decimal(repr(round(amount, 9))).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))
