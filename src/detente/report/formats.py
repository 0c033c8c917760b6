"""Numbers as text, the same in the terminal, on the page and in tables."""

from __future__ import annotations


def percent(value: float, digits: int = 1) -> str:
    """
    Write a fraction as a percentage.

    Parameters
    ----------
    value
        Fraction; 0.25 is 25 %.
    digits
        Decimals.

    Returns
    -------
    str
        For instance ``"25.0 %"``.

    Examples
    --------
    >>> percent(0.779)
    '77.9 %'
    """
    return f"{100 * value:.{digits}f} %"


def points(value: float) -> str:
    """
    Write a change in percent, signed.

    Parameters
    ----------
    value
        Already in percent.

    Returns
    -------
    str
        Three decimals, with a true minus sign left to the page.

    Examples
    --------
    >>> points(-0.1234)
    '-0.123'
    """
    text = f"{value:+.3f}"
    return "0.000" if text in {"+0.000", "-0.000"} else text


def money(value: float, digits: int = 1) -> str:
    """
    Write an amount with thousands separated.

    Parameters
    ----------
    value
        Any unit.
    digits
        Decimals.

    Returns
    -------
    str
        For instance ``"11,039.99"``.

    Examples
    --------
    >>> money(11039.988, 2)
    '11,039.99'
    """
    return f"{value:,.{digits}f}"
