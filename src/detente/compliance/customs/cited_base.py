"""The ordinary duty of importers whose schedule is not held line by line: single cited rates of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.compliance.customs.rate import Base
from detente.formatting import rate as rate_text
from detente.geography import economies as places
from detente.ledger.records.ordinary import line_on

if TYPE_CHECKING:
    import datetime as dt

    from detente.ledger.law import Law

CHINA = "CHN"
_HTS8 = 8


def chinese_lines(code: str, law: Law) -> tuple[str, ...]:
    """
    Eight-digit Chinese lines under a code.

    Parameters
    ----------
    code
        Digits.
    law
        Its lists and cited rates name lines.

    Returns
    -------
    codes
        As far as a list or a cited rate names any, else the code itself.
    """
    if len(code) >= _HTS8:
        return (code,)
    named = {item.code for item in law.mfn_lines.get(CHINA, ())}
    for name in law.lists:
        if name.startswith("cn_"):
            named.update(row[0] for row in law.lists[name].rows)
    found = sorted(item for item in named if len(item) == _HTS8 and item.startswith(code))
    return tuple(found) or (code,)


def cited_words(importer: str, code: str, on: dt.date, law: Law) -> str:
    """
    Words of a line.

    Parameters
    ----------
    importer
        ISO alpha-3.
    code
        Digits.
    on
        Day.
    law
        Its cited rates say what a line is.

    Returns
    -------
    words
        Empty where no rate is cited.
    """
    line = line_on(law.mfn_lines.get(importer, ()), code, on)
    return line.text if line else ""


def cited_base(importer: str, code: str, on: dt.date, law: Law) -> Base:
    """
    Ordinary duty on a line by a cited rate.

    Parameters
    ----------
    importer
        ISO alpha-3.
    code
        Digits.
    on
        Day.
    law
        The rates, and the sources in words.

    Returns
    -------
    base
        A cited single rate, or unknown: the schedule is not held line by line.
    """
    title, line = "Ordinary duty, most favoured nation", line_on(law.mfn_lines.get(importer, ()), code, on)
    if line is None:
        ask = (
            "China's ordinary duty on this line is not held; the Tariff Commission publishes it every year."
            if importer == CHINA
            else f"The ordinary duty of {places.name(importer)} on this line is not held."
        )
        return Base(None, 0.0, bounded=False, text="not held", title=title, source="not held", ask=ask)
    source = "; ".join(law.sources[name].title for name in line.sources if name in law.sources)
    return Base(
        line.rate,
        line.rate if line.quota_rate is None else line.quota_rate,
        bounded=True,
        text=rate_text(line.rate),
        title=title,
        source=source,
    )
