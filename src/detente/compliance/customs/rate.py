"""What an ordinary duty is: known exactly, by an ad valorem equivalent, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from detente.formatting import rate as rate_text


@dataclass(frozen=True)
class Base:
    """
    The ordinary duty on one line.

    Attributes
    ----------
    rate
        Over customs value; None where it is not known.
    least
        What it is at least.
    bounded
        Whether `rate` is also the most it can be.
    text
        The rate as the schedule prints it.
    title, source
        What it is and where it was read.
    kind
        ``law`` or ``estimate``.
    ask
        What would settle it, or empty.
    """

    rate: float | None
    least: float
    bounded: bool
    text: str
    title: str
    source: str
    kind: str = "law"
    ask: str = ""


def unknown_base(importer: str) -> Base:
    """
    The ordinary duty of an importer whose schedule is not held.

    Parameters
    ----------
    importer
        ISO alpha-3.

    Returns
    -------
    base
        Unknown.
    """
    ask = f"The schedule of {importer} is not held."
    return Base(None, 0.0, bounded=False, text="not held", title="Ordinary duty", source="not held", ask=ask)


def stated_base(rate: float) -> Base:
    """
    The ordinary duty as the user states it.

    Parameters
    ----------
    rate
        Share of the customs value, at least 0.

    Returns
    -------
    base
        Marked as stated.
    """
    title, source = "Ordinary duty, as stated", "stated by the user"
    return Base(rate, rate, bounded=True, text=rate_text(rate), title=title, source=source, kind="stated")


def cents(amount: float) -> float:
    """
    Money to the cent, half a cent up.

    Parameters
    ----------
    amount
        In any currency.

    Returns
    -------
    rounded
        As a broker writes it.

    Examples
    --------
    >>> cents(17.715)
    17.72
    """
    return float(Decimal(repr(round(amount, 9))).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))
