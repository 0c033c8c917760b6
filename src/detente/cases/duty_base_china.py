"""China's ordinary duty: single cited rates; its schedule by line may not be passed on and is not held."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  (pydantic resolves the annotations at run time)
import functools
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from detente.cases.duty_rate import Base
from detente.errors import LedgerError
from detente.formatting import rate
from detente.ledger.schema import Record
from detente.reading import read_record

if TYPE_CHECKING:
    from detente.ledger import Ledger

_MFN_FILE = Path(__file__).parent.parent / "data" / "ledger" / "chn" / "mfn_lines.yaml"
_HTS8 = 8


class MfnLine(Record):
    """One cited Chinese most-favoured-nation rate."""

    code: str
    rate: float
    quota_rate: float | None = None
    from_: dt.date = Field(alias="from")
    to: dt.date | None = None
    text: str
    sources: tuple[str, ...]


class MfnFile(Record):
    """The Chinese rates held, and what is said of all others."""

    importer: str
    elsewhere: str
    lines: tuple[MfnLine, ...]


@functools.cache
def _mfn() -> tuple[MfnLine, ...]:
    """The Chinese rates held."""
    return read_record(_MFN_FILE, MfnFile, error=LedgerError).lines


def chinese_lines(code: str, ledger: Ledger) -> tuple[str, ...]:
    """
    Eight-digit Chinese lines under a code.

    Parameters
    ----------
    code
        Digits.
    ledger
        Its lists name lines.

    Returns
    -------
    codes
        As far as a list or a cited rate names any, else the code itself.
    """
    if len(code) >= _HTS8:
        return (code,)
    named = {item.code for item in _mfn()}
    for name, items in ledger.lists.items():
        if name.startswith("cn_"):
            named.update(row[0] for row in items.rows)
    found = sorted(item for item in named if len(item) == _HTS8 and item.startswith(code))
    return tuple(found) or (code,)


def _mfn_line(code: str, on: dt.date) -> MfnLine | None:
    """The cited Chinese rate of a line on a day: the longest code that heads it."""
    held = [
        item
        for item in _mfn()
        if code.startswith(item.code) and item.from_ <= on and (item.to is None or on < item.to)
    ]
    return max(held, key=lambda item: len(item.code), default=None)


def chinese_words(code: str, on: dt.date) -> str:
    """
    Words of a Chinese line.

    Parameters
    ----------
    code
        Digits.
    on
        Day.

    Returns
    -------
    words
        Empty where no rate is cited.
    """
    line = _mfn_line(code, on)
    return line.text if line else ""


def chinese_base(code: str, on: dt.date, ledger: Ledger) -> Base:
    """
    China's ordinary duty on a line.

    Parameters
    ----------
    code
        Digits.
    on
        Day.
    ledger
        Gives the sources in words.

    Returns
    -------
    base
        A cited single rate, or unknown: China's schedule is not held line by line.
    """
    title, line = "Ordinary duty, most favoured nation", _mfn_line(code, on)
    if line is None:
        ask = "China's ordinary duty on this line is not held; the Tariff Commission publishes it every year."
        return Base(None, 0.0, bounded=False, text="not held", title=title, source="not held", ask=ask)
    source = "; ".join(ledger.sources[name].title for name in line.sources if name in ledger.sources)
    return Base(
        line.rate,
        line.quota_rate or line.rate,
        bounded=True,
        text=rate(line.rate),
        title=title,
        source=source,
    )
