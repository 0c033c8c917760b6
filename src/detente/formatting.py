"""Numbers, days and counts as text: one formatter by kind, the same on every surface."""

from __future__ import annotations

import datetime as dt
import math
from typing import Final

MINUS: Final = "\N{MINUS SIGN}"
UNKNOWN: Final = "not known"
OPEN: Final = "no upper limit"


def number(value: float | None, digits: int = 6, *, least: int = 0) -> str:
    """
    Write a number in full: thousands separated, no exponent, no zero with a sign, no trailing zeros.

    Parameters
    ----------
    value
        Any unit; None for one that is not known.
    digits
        Most decimals.
    least
        Fewest decimals, kept even where they are zeros.

    Returns
    -------
    text
        ``"not known"`` for None and for what is not a number, ``"no upper limit"`` for infinity.

    Examples
    --------
    >>> number(85123.0), number(7.3704374999999995, 2), number(-1e-9, 4), number(None)
    ('85,123', '7.37', '0', 'not known')
    """
    if value is None or math.isnan(value):
        return UNKNOWN
    if math.isinf(value):
        return OPEN if value > 0 else "no lower limit"
    text = f"{value:,.{digits}f}"
    if "." in text:
        whole, _, part = text.partition(".")
        part = part.rstrip("0").ljust(least, "0")
        text = f"{whole}.{part}" if part else whole
    return text.removeprefix("-") if not text.strip("-0.,") else text


def rate(value: float | None, digits: int = 4) -> str:
    """
    Write a rate held as a fraction in percent.

    Parameters
    ----------
    value
        Fraction; None for one that is not known.
    digits
        Most decimals of the percentage.

    Returns
    -------
    text
        For instance ``"7.5 %"``.

    Examples
    --------
    >>> rate(0.34 - 0.24), rate(1.25), rate(None)
    ('10 %', '125 %', 'not known')
    """
    text = number(None if value is None else 100 * value, digits)
    return text if value is None or not math.isfinite(value) else f"{text} %"


def average(value: float | None, digits: int = 1) -> str:
    """
    Write an average rate with a fixed number of decimals, so that columns line up.

    Parameters
    ----------
    value
        Fraction; None for one that is not known.
    digits
        Decimals of the percentage.

    Returns
    -------
    text
        For instance ``"25.0 %"``.

    Examples
    --------
    >>> average(0.25), average(-0.00001)
    ('25.0 %', '0.0 %')
    """
    text = number(None if value is None else 100 * value, digits, least=digits)
    return text if value is None or not math.isfinite(value) else f"{text} %"


def change(value: float | None, digits: int = 3) -> str:
    """
    Write a change in percent or points, signed.

    Parameters
    ----------
    value
        Already in percent or points; None for one that is not known.
    digits
        Decimals.

    Returns
    -------
    text
        Signed but for zero; an ASCII minus, which the page replaces by a true one.

    Examples
    --------
    >>> change(0.1234), change(-0.00001), change(-2.5, 1)
    ('+0.123', '0.000', '-2.5')
    """
    text = number(value, digits, least=digits)
    signed = value is not None and math.isfinite(value) and value > 0 and bool(text.strip("0.,"))
    return f"+{text}" if signed else text


def money(value: float | None, currency: str = "", digits: int = 2) -> str:
    """
    Write an amount of money: cents where there are any.

    Parameters
    ----------
    value
        In units of the currency; None for one that is not known.
    currency
        ISO 4217 code, written before the amount; empty for none.
    digits
        Decimals of an amount that is not whole.

    Returns
    -------
    text
        For instance ``"USD 11,039.99"`` or ``"USD 1,955,000"``.

    Examples
    --------
    >>> money(11039.988, "USD"), money(1955000.0, "USD"), money(0.5)
    ('USD 11,039.99', 'USD 1,955,000', '0.50')
    """
    whole = value is not None and math.isfinite(value) and round(value, digits) == round(value)
    text = number(value, digits, least=0 if whole else digits)
    known = value is not None and math.isfinite(value)
    return f"{currency} {text}" if currency and known else text


def count(value: float | None) -> str:
    """
    Write a count.

    Parameters
    ----------
    value
        A whole number; None for one that is not known.

    Returns
    -------
    text
        Thousands separated.

    Examples
    --------
    >>> count(40960)
    '40,960'
    """
    return number(value, 0)


def quantity(value: float | None, unit: str = "", digits: int = 3) -> str:
    """
    Write a quantity with its unit.

    Parameters
    ----------
    value
        In `unit`; None for one that is not known.
    unit
        As it stands after the number.
    digits
        Most decimals.

    Returns
    -------
    text
        For instance ``"25 Mt"``.

    Examples
    --------
    >>> quantity(25.0, "Mt"), quantity(85123, "net tons")
    ('25 Mt', '85,123 net tons')
    """
    text = number(value, digits)
    return f"{text} {unit}".strip() if value is not None and math.isfinite(value) else text


def day(value: dt.date | str | None) -> str:
    """
    Write a day in words.

    Parameters
    ----------
    value
        A date, or an ISO date; None or empty for none.

    Returns
    -------
    text
        Empty for none.

    Examples
    --------
    >>> day("2025-11-10"), day(None)
    ('10 November 2025', '')
    """
    if not value:
        return ""
    date = dt.date.fromisoformat(value) if isinstance(value, str) else value
    return f"{date.day} {date:%B %Y}"


def typographic(text: str) -> str:
    """
    Put the true minus sign where a number is negative, for pages and print.

    Parameters
    ----------
    text
        One formatted number, or a range of two.

    Returns
    -------
    text
        With U+2212 before digits.

    Examples
    --------
    >>> typographic("-0.12") == MINUS + "0.12"
    True
    """
    return text.replace("-", MINUS)
