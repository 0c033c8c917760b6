"""Numbers, days and counts as text: one formatter by kind, the same on every surface."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

MINUS: Final = "\N{MINUS SIGN}"
UNKNOWN: Final = "not known"
OPEN: Final = "no upper limit"
# A number of more figures than this is read by nobody, and the last of them are the arithmetic's.
FIGURES: Final = 12
# Residuals below this are written as "1 in ..."; relative room within which a number is a power of ten.
_WORDS_BELOW, _SAME = 1e-5, 1e-9
_LARGE = ("million", "billion", "trillion", "quadrillion", "quintillion")
_SMALLEST = 18
_SMALLEST_FIGURE = 9


def number(value: float | None, digits: int = 6, *, least: int = 0) -> str:
    """
    Write a number in full: thousands separated, no exponent, no zero with a sign, no trailing zeros.

    Gives ``"not known"`` for None and for what is not a number, ``"no upper limit"`` for infinity.

    Examples
    --------
    >>> number(85123.0), number(7.3704374999999995, 2), number(-1e-9, 4), number(None)
    ('85,123', '7.37', '0', 'not known')
    """
    if value is None or math.isnan(value):
        return UNKNOWN
    if math.isinf(value):
        return OPEN if value > 0 else "no lower limit"
    figures = math.frexp(value)[1] * math.log10(2) if value else 0.0
    decimals = max(least, min(digits, FIGURES - max(0, math.ceil(figures))))
    text = f"{value:,.{decimals}f}"
    if "." in text:
        whole, _, part = text.partition(".")
        part = part.rstrip("0").ljust(least, "0")
        text = f"{whole}.{part}" if part else whole
    return text.removeprefix("-") if not text.strip("-0.,") else text


def figure(value: float) -> str:
    """
    Write the size of a change with three decimals, or with as many as leave two that are not zero.

    Examples
    --------
    >>> figure(-0.25), figure(0.000123)
    ('0.250', '0.00012')
    """
    size, digits = abs(value), 3
    while size and digits < _SMALLEST_FIGURE and size * 10**digits < 10:  # noqa: PLR2004  (two digits)
        digits += 1
    return number(size, digits, least=3)


def fixed(value: float | None, digits: int) -> str:
    """
    Write a number with a fixed number of decimals, so that columns line up.

    Examples
    --------
    >>> fixed(0.25, 3), fixed(-0.0001, 2)
    ('0.250', '0.00')
    """
    return number(value, digits, least=digits)


def rate(value: float | None, digits: int = 4) -> str:
    """
    Write a rate held as a fraction in percent. Gives for instance ``"7.5 %"``.

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

    Gives for instance ``"25.0 %"``.

    Examples
    --------
    >>> average(0.25), average(-0.00001)
    ('25.0 %', '0.0 %')
    """
    text = number(None if value is None else 100 * value, digits, least=digits)
    return text if value is None or not math.isfinite(value) else f"{text} %"


def change(value: float | None, digits: int = 3, *, least: int | None = None) -> str:
    """
    Write a change in percent or points, signed.

    Examples
    --------
    >>> change(0.1234), change(-0.00001), change(-2.5, 1)
    ('+0.123', '0.000', '-2.5')
    """
    text = number(value, digits, least=digits if least is None else least)
    signed = value is not None and math.isfinite(value) and value > 0 and bool(text.strip("0.,"))
    return f"+{text}" if signed else text


def money(value: float | None, currency: str = "", digits: int = 2) -> str:
    """
    Write an amount of money: cents where there are any.

    Gives for instance ``"USD 11,039.99"`` or ``"USD 1,955,000"``.

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

    Examples
    --------
    >>> count(40960)
    '40,960'
    """
    return number(value, 0)


def quantity(value: float | None, unit: str = "", digits: int = 3) -> str:
    """
    Write a quantity with its unit. Gives for instance ``"25 Mt"``.

    Examples
    --------
    >>> quantity(25.0, "Mt"), quantity(85123, "net tons")
    ('25 Mt', '85,123 net tons')
    """
    text = number(value, digits)
    return f"{text} {unit}".strip() if value is not None and math.isfinite(value) else text


def day(value: dt.date | str | None) -> str:
    """
    Write a day in words. Gives empty for none.

    Examples
    --------
    >>> day("2025-11-10"), day(None)
    ('10 November 2025', '')
    """
    if not value:
        return ""
    date = dt.date.fromisoformat(value) if isinstance(value, str) else value
    return f"{date.day} {date:%B %Y}"


def month(value: dt.date | str) -> str:
    """
    Write the month of a day in words.

    Examples
    --------
    >>> month("2025-11-10")
    'November 2025'
    """
    date = dt.date.fromisoformat(value) if isinstance(value, str) else value
    return f"{date:%B %Y}"


def between(low: float | None, high: float | None, kind: Callable[[float | None], str] = number) -> str:
    """
    Write a range, whose upper end may be open. Gives one number where the ends are the same as written.

    Examples
    --------
    >>> between(0.1, 0.25, rate), between(0.1, None, rate), between(0.1, 0.1, rate), between(None, None)
    ('10 % to 25 %', 'at least 10 %, no upper limit', '10 %', 'not known')
    """
    if low is None:
        return UNKNOWN if high is None else f"at most {kind(high)}"
    if high is None or math.isinf(high):
        return f"at least {kind(low)}, {OPEN}"
    least, most = kind(low), kind(high)
    return least if least == most else f"{least} to {most}"


def small(value: float | None) -> str:
    """
    Write a residual or a tolerance, which matters by its size alone.

    Examples
    --------
    >>> small(0.001234), small(1e-9), small(3.2e-12), small(0.0)
    ('0.0012', '1 in a billion', 'under 1 in 100 billion', '0')
    """
    if value is None or not math.isfinite(value) or value == 0:
        return number(value)
    size = abs(value)
    power = math.ceil(math.log10(size) - _SAME)
    if size >= _WORDS_BELOW:
        return number(value, max(0, 2 - power))
    if power < -_SMALLEST:
        return f"under 1 in a {_LARGE[-1]}"
    exact_power = math.isclose(size, 10.0**power, rel_tol=_SAME)
    zeros, group = -power % 3, -power // 3 - 1
    parts = f"{10**zeros}{',000' if group == 0 else f' {_LARGE[group - 1]}'}"
    parts = parts if zeros or group == 0 else f"a {_LARGE[group - 1]}"
    return f"{'' if exact_power else 'under '}1 in {parts}"


def exact(value: float | None, digits: int | None = None) -> str:
    """
    Write a number for a machine or a command: nothing lost, no separators, no exponent, no zero with a sign.

    Gives empty for None and for what is not a number; ``"inf"`` for infinity.

    Examples
    --------
    >>> exact(1955000.0), exact(1e-7), exact(-0.0), exact(0.1 + 0.2, 15), exact(None)
    ('1955000', '0.0000001', '0', '0.3', '')
    """
    if value is None or math.isnan(value):
        return ""
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    short = repr(float(value)) if digits is None else f"{value:.{digits}g}"
    text = str(value) if isinstance(value, int) else f"{Decimal(short):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def typographic(text: str) -> str:
    """
    Put the true minus sign where a number is negative, for pages and print.

    Examples
    --------
    >>> typographic("-0.12") == MINUS + "0.12"
    True
    """
    return text.replace("-", MINUS)


def page_filters(*, points: int = 2) -> dict[str, Callable[..., str]]:
    """
    Give the formatters of this module to templates of pages, with the typography of print.

    Gives ``rate`` is a rate of law, ``percent`` an average, ``points`` a change, ``plain`` and ``money`` numbers of
    fixed decimals, ``amount`` money with its currency.

    Examples
    --------
    >>> page_filters()["percent"](-0.125) == MINUS + "12.5 %"
    True
    """

    def printed(kind: Callable[..., str], default: int | None = None) -> Callable[..., str]:
        def show(value: Any, *given: Any) -> str:
            return typographic(kind(value, *(given or (() if default is None else (default,)))))

        return show

    kinds: dict[str, Callable[[float | None], str]] = {"rate": rate, "amount": money, "number": number}
    return {
        "between": lambda low, high, kind="number": typographic(between(low, high, kinds[kind])),
        "rate": printed(rate),
        "percent": printed(average),
        "points": printed(change, points),
        "plain": printed(fixed, 2),
        "money": printed(fixed, 1),
        "amount": printed(money),
        "number": printed(number),
        "count": printed(count),
        "small": printed(small),
        "figure": figure,
        "day": day,
    }


def coordinate(value: float) -> str:
    """
    Write a length or a place in a drawing, in at most six digits.

    Examples
    --------
    >>> coordinate(12.0), coordinate(1 / 3)
    ('12', '0.333333')
    """
    return f"{value:g}"
