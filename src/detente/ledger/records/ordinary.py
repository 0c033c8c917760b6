"""Cited single rates of ordinary duty, of importers whose schedule is not held day by day: `mfn_lines.yaml`."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  (pydantic resolves the annotations at run time)
from typing import Annotated

from pydantic import Field

from detente.ledger.records.schema import Rate, Record

# Chapter 00 does not exist: as a code it heads every line.
ALL = "00"
Code = Annotated[str, Field(pattern=r"^\d{2,10}$")]
Economy = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class MfnLine(Record):
    """
    One cited most-favoured-nation rate: it holds until a later one for the same code, or its own `to`.

    `recorded` is the day of the act that set it; left out, it was always known. The code ``00`` heads every line; without
    a rate there is a duty that is not held, and `text` says which.
    """

    code: Code
    rate: Rate | None
    quota_rate: Rate | None = None
    from_: dt.date = Field(alias="from")
    to: dt.date | None = None
    recorded: dt.date | None = None
    text: str
    sources: tuple[str, ...] = Field(min_length=1)


class MfnFile(Record):
    """The rates held of an importer, and what is said of all its other lines."""

    importer: Economy
    elsewhere: str
    lines: tuple[MfnLine, ...]


def line_on(lines: tuple[MfnLine, ...], code: str, on: dt.date) -> MfnLine | None:
    """The cited rate of a line on a day: the longest code that heads it, of two the one that starts last."""
    held = [
        item
        for item in lines
        if (item.code == ALL or code.startswith(item.code))
        and item.from_ <= on
        and (item.to is None or on < item.to)
    ]
    return max(held, key=lambda item: (0 if item.code == ALL else len(item.code), item.from_), default=None)
