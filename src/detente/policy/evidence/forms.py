"""Forms in which people write months, codes, partners and dollars, turned into the one form of a file of imports."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.errors import InputError
from detente.geography.economies import is_economy, name, resolve
from detente.policy.evidence.registered import registered

if TYPE_CHECKING:
    import pandas as pd

# A year and a month, whatever stands between, or the first day of a month; `.0` is a number that was a decimal.
_MONTH: Final = re.compile(
    r"(\d{4})(?:[-/. ]?(\d{2})|[-/. ](\d))(?:\.0|[-/.]0?1(?:[ T]00:00(?::00(?:\.0+)?)?)?)?"
)
_DECIMAL: Final = re.compile(r"(\d+)\.0+")
# Dollars with a sign of the currency or commas between thousands.
_DOLLARS: Final = re.compile(r"(?:USD|US\$|\$)?\s*(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")
_DIGITS: Final = 3
_TOTALS: Final = ("world", "world total", "total", "all countries", "total for all countries", "all partners")


def columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Heads in small letters, without blanks around, lines for blanks inside."""
    return frame.set_axis([str(head).strip().lower().replace(" ", "_") for head in frame.columns], axis=1)


def months(column: pd.Series[Any]) -> pd.Series[str]:
    """Months as YYYY-MM where they are written 202508, 2025-8, 2025/08, as the first day or as a time; else as they are."""
    return _each(column, _month)


def codes(column: pd.Series[Any]) -> pd.Series[str]:
    """Codes of three digits where they were numbers or have zeros in front; all products as they are called."""
    return _each(column, _code)


def partners(column: pd.Series[Any]) -> pd.Series[str]:
    """Codes of partners that are given by name, by two letters or in small letters; else as they are."""
    return _each(column, _partner)


def dollars(column: pd.Series[Any]) -> pd.Series[float]:
    """Numbers, and text with commas between thousands or a sign of the currency; NaN for what is neither."""
    import pandas as pd  # noqa: PLC0415

    if pd.api.types.is_numeric_dtype(column):
        return column.astype(np.float64)
    return pd.to_numeric(_each(column, _amount), errors="coerce").astype(np.float64)


def _each(column: pd.Series[Any], form: Any) -> pd.Series[str]:
    """Every different value in its form."""
    text = column.astype(str).str.strip()
    return text.map({value: form(value) for value in text.unique()})


def _amount(text: str) -> str:
    found = _DOLLARS.fullmatch(text)
    return found[1].replace(",", "") + (found[2] or "") if found else text


def _month(text: str) -> str:
    found = _MONTH.fullmatch(text)
    return f"{found[1]}-{int(found[2] or found[3]):02d}" if found else text


def _code(text: str) -> str:
    found = _DECIMAL.fullmatch(text)
    digits = found[1] if found else text
    if digits.isdigit() and (len(digits) != _DIGITS or digits.startswith("0")):
        digits = digits.lstrip("0") or registered().data.whole
    return digits


@cache
def _named() -> dict[str, str]:
    """Names of the total and of groups that overlap, in small letters."""
    plan = registered().data
    groups = {name(group).lower(): group for group in plan.overlapping}
    return dict.fromkeys(_TOTALS, plan.total) | groups | {group.lower(): group for group in plan.overlapping}


def _partner(text: str) -> str:
    if is_economy(text):
        return text
    if text.lower() in _named():
        return _named()[text.lower()]
    try:
        return resolve(text)
    except InputError:
        return text
